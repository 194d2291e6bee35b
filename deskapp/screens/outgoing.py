"""The tray: what the database did not take waits on the desk's disk, and goes by itself when it answers (row P3)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.errors import is_away
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.base import Asking, DeskDialog, spawn
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from pendulum import DateTime
    from textual.timer import Timer

    from deskapp.app import DeskApp
    from deskapp.desk import Desk
    from deskapp.services.outgoing import Round, Sent, Waiting

QUIET_S = 15.0
"""That the database is away is said no more often than this, however many questions fail."""


class Backoff:
    """How long to wait before trying again: from one second to fifteen, no two desks at the same moment."""

    def __init__(self) -> None:
        self._tries = 0

    def next(self) -> float:
        """The seconds to wait this time."""
        self._tries += 1
        return min(15.0, 2.0 ** min(self._tries - 1, 4)) * random.uniform(0.7, 1.0)

    def reset(self) -> None:
        """It worked: begin anew the next time."""
        self._tries = 0


class Tray:
    """What waits at this desk, and the one who sends it; all but the sending runs on the event loop."""

    def __init__(self, app: DeskApp) -> None:
        self.app = app
        self.waiting = 0
        """How many acts wait to be sent."""
        self.since: DateTime | None = None
        """Since when the database has not answered."""
        self._backoff = Backoff()
        self._timer: Timer | None = None
        self._sending = False
        self._told_at = float("-inf")
        self._under_way: set[str] = set()

    @property
    def holds(self) -> bool:
        """Whether an act goes to the tray at once: the database is away, or others wait before it."""
        return self.since is not None or self.waiting > 0

    def submit(
        self,
        screen: Asking,
        one: Waiting,
        then: Callable[[Any], object],
        *,
        kept: Callable[[], object],
        wrong: Callable[[Exception], object],
    ) -> None:
        """Do an act of a form: `then` gets what it gave; where the database does not answer it waits, `kept` is told.

        It is on the disk before anybody is told: whoever sits here by then, it is sent.
        """
        from deskapp.services import outgoing

        desk, hold = screen.desk, self.holds

        def submitting() -> Any:
            self._under_way.add(one.key)
            try:
                return outgoing.submit(desk, one, hold=hold)
            finally:
                self._under_way.discard(one.key)

        def done(answer: Any) -> None:
            if not isinstance(answer, outgoing.Kept):
                then(answer)
                return
            self.waiting += 1
            self.app.say("outgoing.kept")
            self._why(answer.why)
            kept()
            self._paint()
            self.app.read_facts()
            self._later()

        screen.act(submitting, done, wrong=wrong)

    def said(self, error: Exception) -> bool:
        """Whether an error only says that the database is away, and that was said a moment ago."""
        if not is_away(error):
            return False
        now = time.monotonic()
        again = now - self._told_at < QUIET_S
        if not again:
            self._told_at = now
        return again

    def lost(self, error: Exception) -> None:
        """The database did not answer: what is on the glass is from now on as old as this."""
        if self.since is None and self.app.desk is not None:
            self.since = self.app.desk.now()
        self.app.tell(error)

    def back(self) -> None:
        """The database answers again."""
        self.since = None
        self._backoff.reset()
        self.app.say("outgoing.back")
        self.send()

    def send(self) -> None:
        """Send what waits, in a thread, one round at a time."""
        desk = self.app.desk
        if self._sending or desk is None or desk.operator is None:
            return
        self._sending = True
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        spawn(self.app, partial(self._send, desk), "outgoing")

    async def _send(self, desk: Desk) -> None:
        from deskapp.services import outgoing

        try:
            went = await asyncio.to_thread(outgoing.send, desk, frozenset(self._under_way))
        except Exception as error:
            self.app.tell(error)
            self._later()
            return
        finally:
            self._sending = False
        self._went(went)

    def _went(self, went: Round) -> None:
        self.waiting = went.left
        if went.away is None:
            self._backoff.reset()
        else:
            self._why(went.away)
            self.app.read_facts()
        if went.left:
            self._later()
        self._paint()
        if went.sent:
            self.app.written += 1
            self._tell(went.sent)
            self.app.changed()

    def _why(self, error: Exception | None) -> None:
        """Say why it waits where the frame does not: a database that is there and takes nothing."""
        if error is not None and getattr(error, "code", "") not in ("storage.lost", "storage.locked"):
            self.app.tell(error)

    def _later(self) -> None:
        """Try again after a while."""
        if self._timer is None:
            self._timer = self.app.set_timer(self._backoff.next(), self._again)

    def _again(self) -> None:
        self._timer = None
        self.send()

    def _tell(self, sent: tuple[Sent, ...]) -> None:
        """Say what went and under which numbers, and what was refused and is a draft again."""
        app = self.app
        went = [_name(one) for one in sent if one.refused is None]
        if went:
            what = say("cli.list_comma").join(shown(name) for name in went[:5] if name)
            app.notify(say("outgoing.sent", count=len(went), what=what), markup=False, timeout=10)
        for one in sent:
            if one.refused is not None:
                facts = {"act": say(f"outgoing.act.{one.one.act}"), "about": shown(one.one.about)}
                why = in_words(one.refused)
                words = say("outgoing.refused", why=why, who=shown(one.one.who), **facts)
                app.notify(words, severity="error", markup=False, timeout=30)

    def _paint(self) -> None:
        for screen in self.app.framed():
            screen.paint_frame()


def _name(one: Sent) -> str:
    """The number a complaint was given, else what the act was about."""
    gave = one.gave
    if isinstance(gave, tuple) and gave:
        return str(gave[0].ticket.number)
    issue = getattr(gave, "issue", None)
    if issue is not None:
        return str(issue.ticket.number)
    return one.one.about


class OutgoingDialog(DeskDialog[None]):
    """What waits on this desk's disk to be sent, the oldest first; nothing needs to be done about it."""

    SCREEN_ID, TITLE_CODE, ROWS = "outgoing", "outgoing.title", ("P3",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape", "leave", id="back")]

    def __init__(self, waiting: Sequence[Waiting] | None = None) -> None:
        super().__init__()
        self._waiting = waiting
        """What to show; read from the disk when it is not given."""
        self.list = Lines(grow=True)

    def body(self) -> Iterable[Widget]:
        """What waits, and what will happen to it."""
        how = Content.styled(say("outgoing.how"), "$warning")
        yield Lines([how, Content.styled(say("outgoing.numbers"), "$text-muted"), Content("")], grow=True)
        yield self.list

    def ready(self) -> None:
        """Read what waits."""
        from deskapp.services import outgoing

        desk = self.desk
        if self._waiting is not None:
            self._show(self._waiting)
            return
        self.ask(lambda: outgoing.all_waiting(desk), self._show)

    def changed(self) -> None:
        """Something was sent meanwhile."""
        self.ready()

    def _show(self, waiting: Sequence[Waiting]) -> None:
        lines = [self._line(one) for one in waiting[-12:]]
        if len(waiting) > 12:
            lines.insert(0, Content.styled(say("outgoing.more", count=len(waiting) - 12), "$text-muted"))
        self.list.show(lines or [Content(say("outgoing.none"))])

    def _line(self, one: Waiting) -> Content:
        return Content.assemble(
            (paint.when(self.desk, one.at), "$text-muted"),
            "  ",
            say(f"outgoing.act.{one.act}"),
            "  ",
            (shown(one.about), "bold"),
            "  ",
            (shown(one.who), "$text-muted"),
        )
