"""What every screen has: the frame around it, questions in a thread, errors in words, keys by id."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget

from deskapp.i18n import knows, say
from deskapp.screens import frame_words
from deskapp.widgets import glass
from deskapp.widgets.lively import Lively, lively_on
from deskapp.widgets.quick import QuickCompositor
from deskapp.widgets.strip import ClockStrip, KeyBar, Place, TopBar

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from deskapp.app import DeskApp
    from deskapp.desk import Desk

T = TypeVar("T")
NARROW = 100
"""Columns under which a screen is narrow."""
LOW = 30
"""Lines under which a dialog may take all there is."""
FRESH_S = 1.0

PLACES = (
    Place("queue", "F2", "frame.place.queue"),
    Place("clients", "F3", "frame.place.clients"),
    Place("form", "F4", "frame.place.form"),
    Place("clocks", "F5", "frame.place.clocks"),
    Place("reports", "F8", "frame.place.reports"),
    Place("knowledge", "F9", "frame.place.knowledge"),
    Place("more", "F10", "frame.place.more"),
)


def key_label(binding_id: str) -> str:
    """The words of a key, by its binding's id: the label is never in Python."""
    code = f"keys.{binding_id}"
    return say(code)


def spawn(node: DOMNode, work: Callable[[], Awaitable[None]], group: str, *, exclusive: bool = False) -> None:
    """Run work on the event loop, owned by a screen or the app; what it raises is its own to tell."""
    node.run_worker(cast("Any", work), group=group, exclusive=exclusive, exit_on_error=False)


class Asking:
    """Questions asked of the database in a thread: the newest of a group wins, errors become words."""

    app: DeskApp
    OVER_LOCK: ClassVar[bool] = False
    """Whether answers come at once though the screen is locked: those of whoever unlocks it."""

    @property
    def desk(self) -> Desk:
        """The desk this screen works at; there only once storage is open."""
        desk = self.app.desk
        if desk is None:
            raise RuntimeError("storage is not open yet")
        return desk

    def ask(
        self,
        question: Callable[[], T],
        then: Callable[[T], object],
        *,
        group: str = "ask",
        wrong: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run `question` in a thread and hand its answer to `then`; a newer question of the group replaces it."""
        asking = partial(self._asked, question, self.receiver(then), self.receiver(wrong or self.app.tell))
        spawn(cast("DOMNode", self), asking, group, exclusive=True)

    def receiver(self, told: Callable[..., object]) -> Callable[..., object]:
        """Whom the answer to a question asked now is handed to."""
        return told

    def act(
        self,
        act: Callable[[], T],
        then: Callable[[T], object] | None = None,
        *,
        wrong: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run a verb that writes: never replaced, never cancelled with its screen; the frame is read anew after."""

        def done(answer: T) -> None:
            self.app.written += 1
            try:
                if then is not None:
                    then(answer)
            finally:
                self.app.changed()

        spawn(self.app, partial(self._asked, act, done, wrong), "acts")

    async def _asked(
        self,
        question: Callable[[], T],
        then: Callable[[T], object],
        wrong: Callable[[Exception], object] | None,
    ) -> None:
        seat = self.app.seat
        try:
            answer = await asyncio.to_thread(question)
        except Exception as error:
            self._deliver(seat, partial(wrong or self.app.tell, error))
            return
        self._deliver(seat, partial(then, answer))

    def _deliver(self, seat: int, told: Callable[[], object]) -> None:
        def safely() -> None:
            try:
                told()
            except Exception as error:
                if getattr(self, "is_attached", True):
                    self.app.tell(error)

        if self.OVER_LOCK:
            safely()
        else:
            self.app.hand_over(seat, safely)


class Framed(Asking):
    """The lines always on the glass: top bar and clock strip above, keys below; the same on screens and dialogs."""

    PLACE: ClassVar[str] = ""
    """The place lit in the top bar."""
    SCREEN_ID: ClassVar[str] = ""
    """Names the screen in screens.md and in the catalogues: screens.<id>.purpose."""
    ROWS: ClassVar[tuple[str, ...]] = ()
    """The duties of the manual this screen serves."""

    _ends_with: tuple[Any] | None = None
    """What it ends with as soon as nothing lies above it any more."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """End with a result; what lies above is not taken away in its place, and an end comes once."""
        stack = cast("list[object]", self.app.screen_stack)
        if stack[-1] is self:
            return cast("AwaitComplete", super().dismiss(result))  # type: ignore[misc]
        if self in stack:
            self._ends_with = (result,)
        return cast("AwaitComplete", AwaitComplete.nothing())  # type: ignore[no-untyped-call]

    def ends_now(self) -> bool:
        """Pay an end that was owed, having come on top again; whether there was one."""
        owed, self._ends_with = self._ends_with, None
        if owed is not None:
            self.dismiss(*owed)
        return owed is not None

    def frame_top(self) -> Iterable[Widget]:
        """Top bar and clock strip."""
        yield TopBar(PLACES, zone="")
        yield ClockStrip()

    def frame_bottom(self) -> Iterable[Widget]:
        """The keys that do something here."""
        yield KeyBar(key_label)

    def paint_frame(self) -> None:
        """Show time, operator, phone and clocks as the app knows them."""
        app = self.app
        now_us = app.now_us()
        for one in self._lively():
            if isinstance(one, TopBar):
                one.zone = app.zone
                away = app.tray.since, app.tray.waiting
                link = app.telephone.link
                one.show(frame_words.top_state(self.PLACE, app.desk, app.facts, *away, link=link))
            elif isinstance(one, ClockStrip):
                one.show(frame_words.clock_summary(app.facts))
        self.paint_foot()
        self.tick(now_us)

    def paint_foot(self) -> None:
        """Show what can be undone, else the day's progress, beside the keys."""
        app = self.app
        progress = frame_words.progress(app.desk, app.facts, short=app.size.width < NARROW)
        for one in self._lively():
            if isinstance(one, KeyBar):
                one.show_progress(app.undoing.line() or progress)

    def tick(self, now_us: int) -> None:
        """One second has passed: repaint what shows time, and nothing else."""
        screen = cast("Screen[object]", self)
        glass.begin(screen)
        try:
            for one in self._lively():
                one.tick(now_us)
        finally:
            glass.end(screen)

    def _lively(self) -> list[Lively]:
        return list(lively_on(cast("Screen[object]", self)))

    def relabel(self) -> None:
        """Say everything again, after the language or the signs have changed."""
        for widget in self.query("*"):  # type: ignore[attr-defined]
            again = getattr(widget, "relabel", None)
            if again is not None:
                again()
            widget.refresh()

    def ready(self) -> None:
        """Storage is open and somebody sits at the desk: read what the screen shows."""

    def settled(self) -> None:
        """What was asked for when it was made ready is there: read what may come after it."""

    def changed(self) -> None:
        """Something was written, here or at another desk: read again what the screen shows."""

    def opens(self) -> tuple[str, int] | None:
        """The record that lies open here, as a noun and its number, to be told to the other desks."""
        return None

    def speaks_of(self) -> tuple[int | None, int | None] | None:
        """The client and the ticket that words written here are about; None leaves it to the screen below."""
        give = getattr(self, "context", None)
        found: dict[str, Any] = give() if give is not None else {}
        return None if give is None else (found.get("client_id"), None)

    def neighbours(self) -> None:
        """What is open at other desks has changed."""

    def read_since(self, at: float) -> bool:
        """Whether the whole screen was read after an instant of the monotonic clock."""
        return False


class DeskScreen(Framed, Screen[ScreenResultType]):
    """A whole screen within the frame; subclasses give `body`."""

    app: DeskApp
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]
    _read_at: tuple[tuple[object, ...], float] | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._compositor = QuickCompositor()

    def body(self) -> Iterable[Widget]:
        """The widgets between the strip and the keys."""
        return ()

    def compose(self) -> ComposeResult:
        """Frame and body; the width's class is set first, or all would be styled twice."""
        wide = self.app.size.width >= NARROW
        self.set_class(wide, "-wide").set_class(not wide, "-narrow")
        yield from self.frame_top()
        with Vertical(classes="body"):
            yield from self.body()
        yield from self.frame_bottom()

    def on_mount(self) -> None:
        """Paint the frame at once; read when storage is open."""
        self.made_ready()

    def made_ready(self) -> None:
        """Paint the frame, and read what it is for."""
        self.paint_frame()
        if self.app.desk is not None:
            self._is_fresh()
            self.ready()
            self.settled()
            self.app.live.look()

    def on_screen_resume(self) -> None:
        """Come back: show the frame as it is now, and what may have changed meanwhile."""
        if self.ends_now():
            return
        if self.app.desk is not None and not self._is_fresh():
            self.paint_frame()
            self.changed()

    def read_since(self, at: float) -> bool:
        """Whether it came on the glass or back to it after an instant of the monotonic clock."""
        return self._read_at is not None and self._read_at[1] > at

    def _is_fresh(self) -> bool:
        """Whether it was read a moment ago for this operator and nobody has written since; from now on it is."""
        facts, before = self.app.facts, self._read_at
        mark = (facts.version if facts else None, self.app.written, self.app.desk)
        self._read_at = (mark, time.monotonic())
        return before is not None and before[0] == self._read_at[0] and self._read_at[1] - before[1] < FRESH_S


class DeskDialog(Framed, ModalScreen[ScreenResultType], Generic[ScreenResultType]):
    """A dialog over a screen, with the clocks above it; Esc leaves it with nothing."""

    app: DeskApp
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", id="back")]
    TITLE_CODE: ClassVar[str] = ""

    def body(self) -> Iterable[Widget]:
        """The widgets of the dialog."""
        return ()

    def compose(self) -> ComposeResult:
        """The frame's lines, and the dialog in the middle."""
        with Vertical(classes="frame-top"):
            yield from self.frame_top()
        with Panel(self.TITLE_CODE, classes="dialog"):
            yield from self.body()
        with Vertical(classes="frame-bottom"):
            yield from self.frame_bottom()

    def on_mount(self) -> None:
        """Paint the frame."""
        self.paint_frame()
        if self.app.desk is not None:
            self.ready()

    def on_screen_resume(self) -> None:
        """Come on top again: end, where that is owed."""
        self.ends_now()

    def action_leave(self) -> None:
        """Close without a result."""
        self.dismiss(None)


class Panel(Vertical):
    """A bordered part of a screen, titled by a code so that it can be said again in another language."""

    DEFAULT_CSS = """
    Panel { height: 1fr; }
    """

    def __init__(self, title_code: str = "", *children: Widget, subtitle: str = "", **options: Any) -> None:
        super().__init__(*children, **options)
        self.title_code = title_code
        self.facts: dict[str, Any] = {}
        self.words = subtitle

    def on_mount(self) -> None:
        """Say the title."""
        self.relabel()

    def entitle(self, **facts: Any) -> None:
        """Fill the title's sentence with other facts."""
        if facts != self.facts:
            self.facts = facts
            self.relabel()

    def relabel(self) -> None:
        """Say the title in the language in use."""
        from deskapp.widgets.safe_text import shown

        if self.title_code:
            safe = {
                key: shown(value) if isinstance(value, str) else value for key, value in self.facts.items()
            }
            title = say(self.title_code, **safe) if safe else say(self.title_code)
            self.border_title = _plain("" if "{" in title and not safe else title)

    def whisper(self, text: str) -> None:
        """Write a line into the lower border."""
        from deskapp.widgets.safe_text import shown

        self.border_subtitle = _plain(shown(text))


def _plain(text: str) -> str:
    """A border title is markup: what people typed must not be read as such."""
    from textual.markup import escape

    return escape(text)


def screen_purpose(screen: type[Framed]) -> str:
    """What a screen is for, in the language in use."""
    code = f"screens.{screen.SCREEN_ID}.purpose"
    return say(code) if knows(code) else ""
