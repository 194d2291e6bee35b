"""The dialogs an inspection and a re-inspection are written in (row S2; text 4, 1.3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual.widget import Widget

from deskapp.domain.address import full_address
from deskapp.domain.inspection import SEVERITIES, VERDICTS, Draft
from deskapp.domain.time_words import read_deadline
from deskapp.i18n import say
from deskapp.screens.base import Panel
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.screens.site_form import staff_choices
from deskapp.screens.site_forms import typed_day, wrong_days
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.site import Site
    from deskapp.domain.staff import StaffMember
    from deskapp.domain.ticket import Ticket
    from deskapp.services.inspections import Recorded


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the forms begin with: the site, who works here, whom the site and the operator name, the days."""

    site: Site
    client_name: str
    today: date
    due: str
    """The deadline the policy gives, as it is typed."""
    zone: str
    staff: tuple[StaffMember, ...] = ()
    names: dict[int, str] = field(default_factory=dict)
    inspector_id: int | None = None
    ticket: Ticket | None = None
    """The rectification that is looked at again."""

    @property
    def about(self) -> str:
        """Whom and where it is about."""
        return f"{self.client_name} {full_address(self.site.estate, self.site.address)}".strip()


def load(desk: Desk, site_id: int, ticket_id: int | None = None) -> Loaded:
    """Read what the forms begin with; runs in a thread."""
    from deskapp.services.inspections import deadline
    from deskapp.services.planning import today_of

    own = desk.operator.staff_id if desk.operator else None
    with desk.read() as work:
        site = work.sites.find(site_id)
        client = work.clients.get(site.client_id)
        everybody = work.staff.all()
        due = desk.local(deadline(desk, work.now))
        return Loaded(
            site,
            client.name if client else "",
            today_of(desk, work.now),
            due.format("YYYY-MM-DD"),
            desk.policy.timezone,
            tuple(one for one in everybody if one.left_on is None),
            {one.id: one.name for one in everybody},
            own,
            work.tickets.get(ticket_id),
        )


class InspectionDialog(FormDialog):
    """One visit to a site: when, who, what was found; a defect says who puts it right and by when."""

    SCREEN_ID, TITLE_CODE, ROWS = "inspection", "inspections.form.title", ("S2", "T2")
    FIELD_OF: ClassVar = {
        "inspections.future": "done_on",
        "inspections.before_start": "done_on",
        "inspections.findings_missing": "findings",
        "ticket.proved_by_doer": "inspector",
        "attachments.type": "photos",
        "attachments.mismatch": "photos",
        "attachments.empty": "photos",
        "attachments.too_big": "photos",
        "attachments.no_file": "photos",
        "attachments.unreadable": "photos",
    }
    AGAIN: ClassVar[bool] = False
    """Whether a defect is looked at again."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        draft = f"{self.SCREEN_ID}-{loaded.ticket.id if loaded.ticket else loaded.site.id}"
        inspector, manager = loaded.inspector_id, loaded.site.manager_id
        super().__init__(
            draft,
            {
                "done_on": loaded.today.isoformat(),
                "inspector": inspector,
                "inspector.text": loaded.names.get(inspector or 0, ""),
                "severity": loaded.ticket.severity if loaded.ticket else "minor",
                "responsible": manager,
                "responsible.text": loaded.names.get(manager or 0, ""),
                "due": loaded.due,
            },
        )

    def fields(self) -> Iterable[Widget]:
        """What was found first; the rest is filled in already."""
        verdicts = [Choice(one, self._verdict(one)) for one in VERDICTS]
        yield ChoiceField("verdict", "inspections.field.verdict", verdicts, required=True, advance=True)
        yield LongField("findings", "inspections.field.findings", lines=4)
        yield TextField(
            "photos", "inspections.field.photos", max_length=4_000, placeholder_code="attachments.hint"
        )
        yield PickField(
            "inspector",
            "inspections.field.inspector",
            self._lookup("inspector"),
            placeholder_code="site.form.person_hint",
        )
        yield TextField(
            "done_on", "inspections.field.done_on", max_length=30, placeholder_code="sites.day_hint"
        )
        if not self.AGAIN:
            grades = [Choice(one, say(f"ticket.severity.{one}")) for one in SEVERITIES]
            yield ChoiceField("severity", "inspections.field.severity", grades)
            yield PickField(
                "responsible",
                "inspections.field.responsible",
                self._lookup("project_manager"),
                placeholder_code="site.form.person_hint",
            )
        yield TextField(
            "due", "inspections.field.due", max_length=30, placeholder_code="inspections.due_hint"
        )

    def _verdict(self, verdict: str) -> str:
        return say(f"inspections.again.{verdict}") if self.AGAIN else say(f"inspections.verdict.{verdict}")

    def _lookup(self, trade: str) -> Any:
        return lambda typed: staff_choices(self.loaded.staff, trade, typed)

    def ready(self) -> None:
        """Say which site it is."""
        super().ready()
        number = self.loaded.ticket.number if self.loaded.ticket else ""
        self.query_one(".dialog", Panel).entitle(about=self.loaded.about[:50], number=number)
        subject = self.loaded.ticket.subject if self.loaded.ticket else ""
        if subject and self.error is None and self.typed is None:
            self.tell(say("inspections.form.defect", subject=subject[:60]), "$warning")

    def wrong(self, values: Values) -> dict[str, str]:
        """A defect is described; days are days; people work here."""
        loaded = self.loaded
        wrong = super().wrong(values) | wrong_days(values, ("done_on",), loaded.today)
        for name in ("inspector", "responsible"):
            if values.get(name) is None and values.get(f"{name}.text"):
                wrong[name] = say("site.form.nobody")
        if values["verdict"] == "defects":
            if not values["findings"]:
                wrong["findings"] = say("inspections.findings_missing")
            if values["due"] and read_deadline(values["due"], self.desk.now(), loaded.zone) is None:
                wrong["due"] = say("inspections.due_wrong")
        if self.AGAIN and values["verdict"] == "ok" and values["inspector"] is None:
            wrong.setdefault("inspector", say("inspections.inspector_missing"))
        return wrong

    @classmethod
    def draft_of(cls, desk: Desk, loaded: Loaded, values: Values) -> Draft:
        """What was typed, as an inspection."""
        defects = values["verdict"] == "defects"
        due = values["due"] if defects else ""
        return Draft(
            loaded.site.id,
            typed_day(values["done_on"], loaded.today) or loaded.today,
            values["inspector"],
            values["verdict"],
            values["findings"],
            values.get("severity") or "minor",
            values.get("responsible"),
            read_deadline(due, desk.now(), desk.policy.timezone) if due and due != loaded.due else None,
        )

    @classmethod
    def save(cls, desk: Desk, loaded: Loaded, values: Values) -> Recorded:
        """Record what was typed."""
        from deskapp.services import attachments, inspections

        draft, key = cls.draft_of(desk, loaded, values), values.get("submission", "")
        return inspections.record(desk, draft, key=key, photos=attachments.paths_of(values["photos"]))


class ReinspectionDialog(InspectionDialog):
    """Another look at a defect: put right it closes the rectification, else it is due anew."""

    SCREEN_ID, TITLE_CODE, ROWS = "reinspection", "inspections.form.again", ("S2", "T2")
    AGAIN = True

    @classmethod
    def save(cls, desk: Desk, loaded: Loaded, values: Values) -> Recorded:
        """Record what was seen."""
        from deskapp.services import attachments, rectifications

        if loaded.ticket is None:
            raise LookupError("ticket")
        draft, key = cls.draft_of(desk, loaded, values), values.get("submission", "")
        photos: Sequence[Any] = attachments.paths_of(values["photos"])
        return rectifications.reinspect(desk, loaded.ticket, draft, key=key, photos=photos)
