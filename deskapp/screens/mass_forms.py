"""The forms of mass complaints: which are alike, their cause, one answer, one resolution, taking out (row T11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.courtesy import needs_of
from deskapp.i18n import say
from deskapp.screens.base import DeskDialog, Framed
from deskapp.screens.courtesy_advice import AdvisedForm
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.screens.mass_lists import child_columns
from deskapp.screens.record_form import Values
from deskapp.widgets.form import LongField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.mass_complaint import MassComplaint
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Ticket


class AlikeDialog(DeskDialog[tuple[int, ...]]):
    """Open complaints of the same category that no group has: Space marks, Enter takes those marked."""

    SCREEN_ID, TITLE_CODE, ROWS = "mass_alike", "mass.alike_title", ("T11",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", id="mass_alike.mark"),
        Binding("enter", "take", id="mass_alike.take"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    AlikeDialog .dialog { width: 96%; height: 70%; }
    """

    def __init__(self, rows: Iterable[TicketRow], marked: Iterable[int] = ()) -> None:
        super().__init__()
        self.rows, self.marked = list(rows), set(marked)
        self.table = RecordTable((), empty_code="mass.nothing_alike", id="mass-alike")

    def body(self) -> Iterable[Widget]:
        """What to do; the list."""
        yield Lines([Content.styled(say("mass.alike_how"), "$text-muted")], grow=True)
        yield self.table

    def ready(self) -> None:
        """Show them."""
        self.table.source = ListSource(self.rows, key=lambda row: row.ticket.id)
        self.table.focus()
        self._paint()

    def _paint(self) -> None:
        self.table.columns = child_columns(self.desk, self.marked.__contains__)

    def action_mark(self) -> None:
        """Mark the one under the cursor, or not, and go to the next."""
        row: TicketRow | None = self.table.selected
        if row is not None:
            self.marked ^= {row.ticket.id}
            self._paint()
            self.table.action_move(1)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take those marked."""
        self.action_take()

    def action_take(self) -> None:
        """Take those marked; where none is, the one under the cursor."""
        row: TicketRow | None = self.table.selected
        chosen = self.marked or ({row.ticket.id} if row is not None else set())
        self.dismiss(tuple(sorted(chosen)) or None)


class CauseDialog(FormDialog):
    """The cause that complaints have in common, in a few words."""

    SCREEN_ID, TITLE_CODE, ROWS = "mass_cause", "mass.cause_title", ("T11",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {"mass.cause": "cause"}

    def __init__(self, ticket_ids: tuple[int, ...], cause: str) -> None:
        self.ticket_ids = ticket_ids
        super().__init__(f"mass-{min(ticket_ids, default=0)}", {"cause": cause})

    def fields(self) -> Iterable[Widget]:
        """The cause."""
        yield TextField("cause", "mass.field.cause", max_length=120, required=True)

    def ready(self) -> None:
        """Say how many they are."""
        super().ready()
        self.query_one(".dialog").entitle(count=len(self.ticket_ids))  # type: ignore[attr-defined]


class MassWordsDialog(AdvisedForm):
    """One answer, one resolution, or why a group is taken apart."""

    SCREEN_ID, TITLE_CODE, ROWS = "mass_words", "mass.words_title", ("T11", "T7")

    def __init__(self, what: str, mass: MassComplaint) -> None:
        self.what, self.mass = what, mass
        given = {"answer": mass.answer, "resolve": mass.resolution}.get(what, "")
        self.outgoing = what in ("answer", "resolve")
        needs = needs_of("complaint") if self.outgoing else ()
        super().__init__(f"mass-{mass.id}-{what}", {"words": given}, needs)

    def speaks_of(self) -> tuple[int | None, int | None]:
        """Of nobody alone: the words go to many."""
        return None, None

    def fields(self) -> Iterable[Widget]:
        """The words."""
        needed = self.what in ("answer", "resolve")
        yield LongField("words", f"mass.field.{self.what}", lines=5, required=needed)

    def ready(self) -> None:
        """Say what is done to which group, and what follows."""
        super().ready()
        self.query_one(".dialog").entitle(  # type: ignore[attr-defined]
            what=say(f"mass.do.{self.what}"), number=self.mass.number
        )
        if self.error is None:
            self.tell(say(f"mass.follows.{self.what}"), "$text-muted")


def words(
    screen: Framed,
    mass: MassComplaint,
    what: str,
    then: Callable[[Any], object],
    do: Callable[[MassComplaint, Values], object] | None = None,
) -> None:
    """Ask for the words of an act on a group, and do it; who was slower is told and keeps what was typed."""
    from deskapp.services import mass as verbs

    desk = screen.desk

    def save(loaded: MassComplaint, values: Values) -> object:
        said, key = values["words"] or "", str(values["submission"])
        if do is not None:
            return do(loaded, values)
        verb = {"answer": verbs.answer_all, "resolve": verbs.resolve_all, "dissolve": verbs.dissolve}[what]
        return verb(desk, loaded, said, key=key)  # type: ignore[operator]

    edit(screen, mass, partial(MassWordsDialog, what), save, lambda: _fresh(desk, mass.id), then=then)


def take_out(screen: Framed, mass: MassComplaint, ticket: Ticket, then: Callable[[Any], object]) -> None:
    """Take one complaint out of a group."""
    from deskapp.services import mass as verbs

    desk = screen.desk

    def do(loaded: MassComplaint, values: Values) -> object:
        key = str(values["submission"])
        return verbs.remove(desk, loaded, ticket.id, values["words"] or "", key=key)

    words(screen, mass, "take_out", then, do)


def add(screen: Framed, ticket: Ticket, mass: MassComplaint, then: Callable[[Any], object]) -> None:
    """Choose complaints alike and put them into a group."""
    from deskapp.services import mass as verbs

    desk = screen.desk

    def chosen(ids: tuple[int, ...] | None) -> None:
        if ids:
            screen.act(lambda: verbs.add(desk, mass, ids), then)

    def show(rows: tuple[TicketRow, ...]) -> None:
        screen.app.push_screen(AlikeDialog(rows), chosen)

    screen.ask(lambda: verbs.addable(desk, ticket), show, group="alike")


def group(screen: Framed, ticket: Ticket, then: Callable[[Any], object] | None = None) -> None:
    """Group a complaint with others alike: into the group they are in, or into a new one of those chosen."""
    from deskapp.services import mass as verbs

    desk = screen.desk

    def read() -> tuple[Any, tuple[TicketRow, ...]]:
        return verbs.alike_to(desk, ticket), verbs.addable(desk, ticket)

    def show(found: tuple[Any, tuple[TicketRow, ...]]) -> None:
        alike, rows = found
        if alike is not None and alike.mass is not None:
            mass = alike.mass
            screen.act(lambda: verbs.add(desk, mass, [ticket.id]), partial(_grouped, screen, then))
            return
        if not rows:
            screen.app.say("mass.nothing_alike")
            return
        marked = [one.id for one in alike.tickets] if alike is not None else []
        screen.app.push_screen(AlikeDialog(rows, marked), partial(_named, screen, ticket, then))

    screen.ask(read, show, group="alike")


def _named(
    screen: Framed, ticket: Ticket, then: Callable[[Any], object] | None, ids: tuple[int, ...] | None
) -> None:
    """Ask for the cause of those chosen, and group them."""
    from deskapp.services import mass as verbs

    if not ids:
        return
    desk, chosen = screen.desk, (*ids, ticket.id)

    def save(_: str, values: Values) -> object:
        return verbs.open_group(desk, chosen, values["cause"] or "", key=str(values["submission"]))

    edit(
        screen,
        ticket.subject,
        lambda cause: CauseDialog(chosen, cause),
        save,
        lambda: ticket.subject,
        then=partial(_grouped, screen, then),
    )


def _grouped(screen: Framed, then: Callable[[Any], object] | None, mass: MassComplaint) -> None:
    screen.app.say("mass.grouped", number=mass.number)
    if then is not None:
        then(mass)


def _fresh(desk: Desk, mass_id: int) -> MassComplaint:
    with desk.read() as work:
        return work.mass_complaints.find(mass_id)
