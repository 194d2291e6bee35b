"""What filing a complaint gave: its number, deadline and countdown at once, and the slip ready to print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import clock_paint, paint
from deskapp.screens.base import DeskDialog
from deskapp.screens.ticket import save_slip
from deskapp.widgets import painting
from deskapp.widgets.countdown import BigDigits
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.mass_complaint import Alike
    from deskapp.domain.rows import TicketRow


class FiledDialog(DeskDialog[Literal["open"]]):
    """The number to tell the caller, and how long there is; Enter goes on with what one was doing."""

    SCREEN_ID, TITLE_CODE, ROWS = "filed", "complaint.filed.title", ("T2", "T4", "T11")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape", "leave", id="back"),
        Binding("p", "slip", id="filed.slip"),
        Binding("o", "open", id="filed.open"),
        Binding("g", "group", id="filed.group"),
    ]
    DEFAULT_CSS = """
    FiledDialog BigDigits { margin: 1 0; }
    """

    def __init__(self, row: TicketRow, again: bool = False, alike: Alike | None = None) -> None:
        super().__init__()
        self.row, self.again, self.alike = row, again, alike
        self.grouped = row.ticket.parent_id is not None
        self.digits = BigDigits()
        self.number = Lines(grow=True)
        self.about = Lines(grow=True)

    def body(self) -> Iterable[Widget]:
        """The number, the countdown, and what follows."""
        yield self.number
        yield self.digits
        yield self.about

    def ready(self) -> None:
        """Show it."""
        desk, row, ticket = self.desk, self.row, self.row.ticket
        amber_s, red_s = clock_paint.thresholds(desk.policy)
        now_us = self.app.now_us()
        self.digits.show(row.respond_by_us or None, now_us, amber_s=amber_s, red_s=red_s)
        number = [
            painting.safe(ticket.number, "bold $primary"),
            Content(paint.client_name(row.client_name)),
            paint.severity(ticket.severity),
        ]
        self.number.show([painting.join(number), Content(shown(ticket.subject))])
        self.about.show(self._about())

    def _about(self) -> list[Content]:
        desk, ticket = self.desk, self.row.ticket
        respond = Content("")
        if ticket.respond_by is not None:
            respond = Content(say("complaint.filed.respond", when=paint.when(desk, ticket.respond_by)))
        resolve = Content(say("complaint.filed.resolve", when=paint.when(desk, ticket.due_at)))
        lines = [
            painting.join([respond, resolve, clock_paint.provisional(ticket)]),
            clock_paint.who_has_it(self.row),
        ]
        if ticket.repeat_no:
            words = say("complaint.filed.repeat", count=ticket.repeat_no + 1)
            lines.append(Content.styled(words, "$error"))
        if self.grouped:
            lines.append(Content.styled(say("mass.filed_into"), "bold $success"))
        elif self.alike is not None:
            words = say("mass.offer", clients=self.alike.clients, days=self.alike.days)
            lines.append(Content.styled(words, "bold $warning"))
        if self.again:
            lines.append(Content.styled(say("complaint.filed.again"), "$warning"))
        return [*lines, Content(""), Content.styled(say("complaint.filed.how"), "$text-muted")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """It is grouped where others alike are, once."""
        return action != "group" or (self.alike is not None and not self.grouped)

    def action_group(self) -> None:
        """Group it with those alike."""
        from deskapp.screens import mass_forms

        mass_forms.group(self, self.row.ticket, self._grouped)

    def _grouped(self, _: object) -> None:
        self.grouped = True
        self.about.show(self._about())
        self.refresh_bindings()

    def action_slip(self) -> None:
        """Write the slip where it can be printed from."""
        save_slip(self, self.row.ticket.id)

    def action_open(self) -> None:
        """Open the ticket."""
        self.dismiss("open")
