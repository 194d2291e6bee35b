"""One call of the past or to come, in full: when, who, how it ended, and what was noted (row C4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.widgets import painting
from deskapp.widgets.form import LongField
from deskapp.widgets.prose import Prose
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.call import Call

MOST_SHOWN = 20_000


class CallDetailDialog(DeskDialog[None]):
    """A call's times, outcome, score and notes, to be read."""

    SCREEN_ID, TITLE_CODE, ROWS = "call_detail", "call.detail.title", ("C4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave", id="back"),
        Binding("t", "ticket", id="call_detail.ticket"),
        Binding("e", "notes", id="call_detail.notes"),
    ]
    DEFAULT_CSS = """
    CallDetailDialog .dialog { height: 18; }
    """

    def __init__(self, call_id: int) -> None:
        super().__init__()
        self.call_id = call_id
        self.call: Call | None = None
        self.prose = Prose()

    def body(self) -> Iterable[Widget]:
        """Everything that is known of the call."""
        yield self.prose

    def ready(self) -> None:
        """Read the call."""
        self.prose.focus()
        self.changed()

    def changed(self) -> None:
        """Read it again: the telephone system tells its end, a colleague may write in it."""
        desk, call_id = self.desk, self.call_id

        def read() -> tuple[Call, str]:
            with desk.read() as work:
                call = work.calls.find(call_id)
                who = work.operators.get(call.taken_by)
            return call, who.name if who else ""

        self.ask(read, lambda found: self._show(*found), group="call")

    def _show(self, call: Call, who: str) -> None:
        self.call = call
        self.prose.show(call_lines(self.desk, call, who))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a ticket to open only when the call was about one; a call nobody here had is anybody's to note."""
        if action == "notes":
            return self.call is not None and self.call.elsewhere and self.call.state == "done"
        return self.call is not None and self.call.ticket_id is not None if action == "ticket" else True

    def action_ticket(self) -> None:
        """Open the ticket the call was about."""
        if self.call is not None and self.call.ticket_id is not None:
            ticket_id = self.call.ticket_id
            self.dismiss(None)
            self.app.open_ticket(ticket_id)

    def action_notes(self) -> None:
        """Write down what was said at a telephone no operator has; whoever writes, it stays nobody's call."""
        from deskapp.services import calls

        desk, call_id = self.desk, self.call_id

        def reload() -> Call:
            with desk.read() as work:
                return work.calls.find(call_id)

        if self.call is not None:
            edit(
                self,
                self.call,
                ElsewhereNotesDialog,
                lambda call, typed: calls.note_elsewhere(desk, call, str(typed["notes"] or "")),
                reload,
                then=lambda call: self._show(call, ""),
            )


class ElsewhereNotesDialog(FormDialog):
    """What was said in a call that was answered at a telephone no operator has."""

    SCREEN_ID, TITLE_CODE, ROWS = "call_elsewhere", "call.elsewhere_title", ("C4", "C5")

    def __init__(self, call: Call) -> None:
        super().__init__(f"call-elsewhere-{call.id}", {"notes": call.notes})

    def fields(self) -> Iterable[Widget]:
        """The notes."""
        yield LongField("notes", "call.elsewhere_notes", lines=6)


def call_lines(desk: Desk, call: Call, who: str) -> list[Content]:
    """A call in words, notes last."""
    outcome = say(f"call.outcome.{call.outcome}") if call.outcome else say(f"call.state.{call.state}")
    head = painting.join(
        [
            Content.styled(say(f"call.kind.{call.kind}"), paint.CALL_TONES.get(call.kind, "")),
            Content.styled(outcome, "bold"),
            say("client.score", score=call.score) if call.score else "",
        ]
    )
    # A telephone system would have told it, and nobody heard: that is not nought.
    unknown = say("call.detail.unknown")
    heard_late = call.pbx_key is not None and call.outcome == "reached"
    unknown_wait = unknown if heard_late and call.direction == "in" and call.wait_s is None else ""
    unknown_talk = unknown if heard_late and call.talk_s is None else ""
    facts = [
        ("number", paint.number(desk, call.number)),
        ("due", paint.when(desk, call.due_at)),
        ("started", unknown if call.began_unheard else paint.when(desk, call.started_at or call.taken_at)),
        ("ended", paint.when(desk, call.ended_at)),
        ("waited", paint.span(call.wait_s) if call.wait_s else unknown_wait),
        ("talked", paint.span(call.talk_s) if call.talk_s else unknown_talk),
        ("attempts", str(call.attempts) if call.attempts > 1 else ""),
        ("who", paint.elsewhere(call.agent) if call.elsewhere else shown(who)),
        ("reason", shown(call.reason[:MOST_SHOWN])),
    ]
    lines = [head, Content("")]
    lines += [
        Content.assemble((say(f"call.detail.{name}"), "$text-muted"), "  ", value)
        for name, value in facts
        if value
    ]
    notes = [painting.safe(line) for line in call.notes[:MOST_SHOWN].splitlines()]
    return [*lines, Content(""), *notes] if notes else lines
