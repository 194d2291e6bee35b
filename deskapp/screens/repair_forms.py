"""The forms of a repair: when who comes, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.domain.repair import Appointment, Finished
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.screens.record_form import Values
from deskapp.screens.repair_view import facts_lines
from deskapp.screens.site_form import read_yuan, staff_choices
from deskapp.screens.ticket_form_fields import read_due
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.lines import Lines

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.repair import Repair, RepairRow
    from deskapp.domain.staff import StaffMember
    from deskapp.screens.base import Framed

WORKERS = "crew"
"""The trade those who repair mostly have."""


class RepairDialog(FormDialog):
    """A form about one repair, which stands above the fields."""

    ROWS = ("T13",)

    def __init__(self, row: RepairRow, draft: str, given: Values) -> None:
        self.row = row
        self.about = Lines(grow=True)
        super().__init__(draft, given)

    def body(self) -> Iterable[Widget]:
        """What it is about, and the fields."""
        yield self.about
        yield from super().body()

    def ready(self) -> None:
        """Say what it is about."""
        self.about.show(facts_lines(self.desk, self.row))
        super().ready()


class AppointDialog(RepairDialog):
    """When somebody comes and who; agreed with the client, it is the first answer to them."""

    SCREEN_ID, TITLE_CODE = "appoint", "repair.appoint.title"
    FIELD_OF: ClassVar = {"repair.past": "at", "repair.too_far": "at", "repair.over": "at"}

    def __init__(self, row: RepairRow, now_typed: str = "") -> None:
        self.staff: Sequence[StaffMember] | None = None
        given = {
            "at": now_typed,
            "worker": row.repair.worker_id,
            "worker.text": row.worker,
            "crew": row.repair.crew,
            "agreed": "yes",
            "words": "",
        }
        super().__init__(row, f"appoint-{row.ticket.id}", given)

    def fields(self) -> Iterable[Widget]:
        """When, who, and whether the client knows."""
        known = [
            Choice("yes", say("repair.agreed.yes"), keys=("y",)),
            Choice("no", say("repair.agreed.no"), keys=("n", "h")),
        ]
        hint = "repair.when_hint"
        yield TextField("at", "repair.field.appointment", max_length=20, required=True, placeholder_code=hint)
        yield PickField("worker", "repair.field.worker", self._find, placeholder_code="repair.worker_hint")
        yield TextField("crew", "repair.field.crew", max_length=60)
        yield ChoiceField("agreed", "repair.field.agreed", known, required=True, advance=True)
        yield TextField("words", "repair.field.words", max_length=200, placeholder_code="repair.words_hint")

    def _find(self, typed: str) -> list[Choice]:
        if self.staff is None:
            with self.desk.read() as work:
                self.staff = [member for member in work.staff.all() if member.left_on is None]
        return staff_choices(self.staff, WORKERS, typed)

    def wrong(self, values: Values) -> dict[str, str]:
        """The time must be read, and whoever comes must be known."""
        wrong = super().wrong(values)
        if values["at"] and read_due(self.desk, values["at"]) is None:
            wrong["at"] = say("repair.when_wrong")
        if values["worker"] is None and values["worker.text"]:
            wrong["worker"] = say("repair.nobody_so_called")
        return wrong

    @staticmethod
    def save(desk: Desk, row: RepairRow, values: Values) -> Repair:
        """Make the appointment."""
        from deskapp.services import repairs

        at = read_due(desk, values["at"])
        if at is None:
            raise RuleBroken("repair.past")
        worker, agreed = values["worker"], values["agreed"] == "yes"
        terms = Appointment(at, worker, values["crew"], agreed, values["words"])
        return repairs.appoint(desk, row, terms, key=values["submission"])


class DoneDialog(RepairDialog):
    """What was done and what it costs: the client is called and asked to rate it."""

    SCREEN_ID, TITLE_CODE = "repair_done", "repair.done.title"
    FIELD_OF: ClassVar = {"repair.work_missing": "work", "repair.cost": "cost", "repair.over": "work"}

    def __init__(self, row: RepairRow) -> None:
        super().__init__(row, f"repaired-{row.ticket.id}", {"work": "", "cost": ""})

    def fields(self) -> Iterable[Widget]:
        """The work, and the charge."""
        yield LongField("work", "repair.field.work", lines=4, required=True)
        yield TextField("cost", "repair.field.cost", max_length=20, placeholder_code="repair.cost_hint")

    def wrong(self, values: Values) -> dict[str, str]:
        """The charge must be an amount."""
        wrong = super().wrong(values)
        try:
            read_yuan(values["cost"])
        except RuleBroken as error:
            wrong["cost"] = in_words(error)
        return wrong

    @staticmethod
    def save(desk: Desk, row: RepairRow, values: Values) -> Repair:
        """Record it."""
        from deskapp.services import repairs

        finished = Finished(values["work"], read_yuan(values["cost"]))
        return repairs.done(desk, row, finished, key=values["submission"])


def appoint(screen: Framed, ticket_id: int) -> None:
    """Ask when who comes to a repair, from any screen."""
    desk = screen.desk

    def make(row: RepairRow) -> FormDialog:
        at = row.repair.appointment_at
        ahead = at is not None and at > desk.now()
        return AppointDialog(row, desk.local(at).format("YYYY-MM-DD HH:mm") if at and ahead else "")

    def made(row: RepairRow) -> Callable[[Repair], object]:
        return lambda repair: screen.app.say(
            "repair.appointed", number=row.ticket.number, when=paint.when(desk, repair.appointment_at)
        )

    _open(screen, ticket_id, make, AppointDialog.save, made)


def finish(screen: Framed, ticket_id: int) -> None:
    """Ask what was done in a repair, from any screen."""

    def made(row: RepairRow) -> Callable[[Repair], object]:
        return lambda _: screen.app.say("repair.finished", number=row.ticket.number)

    _open(screen, ticket_id, DoneDialog, DoneDialog.save, made)


def _open(
    screen: Framed,
    ticket_id: int,
    make: Callable[[RepairRow], FormDialog],
    save: Callable[[Desk, RepairRow, Values], Any],
    then: Callable[[RepairRow], Callable[[Any], object]],
) -> None:
    """Read the repair, refuse at once what cannot be done with it, else show the form."""
    from deskapp.domain.repair import check_waits
    from deskapp.services import repairs

    desk = screen.desk

    def opened(row: RepairRow) -> None:
        try:
            check_waits(row.ticket, row.repair)
        except RuleBroken as error:
            screen.app.tell(error)
            return
        edit(
            screen,
            row,
            make,
            lambda seen, values: save(desk, seen, values),
            lambda: repairs.read(desk, ticket_id),
            then=then(row),
        )

    screen.ask(lambda: repairs.read(desk, ticket_id), opened, group="repair")
