"""The forms of responsibility: what was found out, who answers for it or not, who apologised (row T8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import pendulum
from textual.widget import Widget

from deskapp.domain.responsibility import LONGEST_CAUSE
from deskapp.domain.staff import TRADES
from deskapp.domain.time_words import read_day
from deskapp.i18n import say
from deskapp.screens.base import Framed, Panel
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.screens.record_form import Values
from deskapp.screens.site_form import staff_choices
from deskapp.widgets.form import Choice, LongField, PickField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.responsibility import Finding, Responsibility, ResponsibleRow
    from deskapp.domain.staff import StaffMember

FREE = ("cause", "crew", "material")


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding, and the causes, crews and materials named before."""

    finding: Finding
    known: Mapping[str, Sequence[str]]


def read_finding(desk: Desk, ticket_id: int) -> FindingFacts:
    """What the form of a finding opens with; a new one has the crew of the site."""
    from deskapp.domain.responsibility import Finding

    with desk.read() as work:
        found = work.findings.of_ticket(ticket_id)
        if found is None:
            ticket = work.tickets.find(ticket_id)
            site = work.sites.get(ticket.site_id)
            found = Finding(ticket_id=ticket_id, crew=site.crew if site else "")
        return FindingFacts(found, {name: work.findings.known(name) for name in FREE})


class FindingDialog(FormDialog):
    """The cause in a word or two, as it was called before; trade, crew and material it lies with."""

    SCREEN_ID, TITLE_CODE, ROWS = "finding", "finding.title", ("T8",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {"finding.cause": "cause", "finding.trade": "trade"}

    def __init__(self, facts: FindingFacts) -> None:
        self.facts, one = facts, facts.finding
        given: dict[str, Any] = {"trade": one.trade or None, "words": one.words}
        for name in FREE:
            given |= {name: None, f"{name}.text": getattr(one, name)}
        super().__init__(f"finding-{one.ticket_id}", given)

    def fields(self) -> Iterable[Widget]:
        """Cause, trade, crew, material, and what was found in words."""
        yield self._free("cause", required=True)
        trades = [Choice(trade, say(f"staff.trade.{trade}")) for trade in TRADES]
        yield ChoiceGrid("trade", "finding.field.trade", trades)
        yield self._free("crew")
        yield self._free("material")
        yield LongField("words", "finding.field.words", lines=3)

    def _free(self, name: str, required: bool = False) -> PickField:
        return PickField(
            name,
            f"finding.field.{name}",
            lambda typed: self._known(name, typed),
            required=required,
            free=True,
            placeholder_code=f"finding.hint.{name}",
        )

    def _known(self, name: str, typed: str) -> list[Choice]:
        from deskapp.domain.search_text import name_keys

        wanted = typed.strip().casefold()
        return [
            Choice(value, shown(value))
            for value in self.facts.known[name]
            if wanted in value.casefold() or any(key.startswith(wanted) for key in name_keys(value))
        ][:20]

    def wrong(self, values: Values) -> dict[str, str]:
        """A cause, and nothing too long."""
        wrong = {} if values["cause.text"].strip() else {"cause": say("finding.cause")}
        for name in FREE:
            if len(values[f"{name}.text"]) > LONGEST_CAUSE:
                field = say(f"finding.field.{name}")
                wrong[name] = say("finding.long", field=field, limit=LONGEST_CAUSE)
        return wrong

    def finding(self, values: Values) -> Finding:
        """The finding as typed."""
        named = {name: values[f"{name}.text"].strip() for name in FREE}
        return replace(self.facts.finding, trade=values["trade"] or "", words=values["words"], **named)


def find_out(screen: Framed, ticket_id: int) -> None:
    """Write down what was found out about a ticket, or correct it."""
    from deskapp.services import responsibility

    desk = screen.desk
    _ask(
        screen,
        lambda: read_finding(desk, ticket_id),
        FindingDialog,
        lambda dialog, values: responsibility.find_out(
            desk, dialog.finding(values), key=values["submission"]
        ),
        "finding.saved",
    )


@dataclass(frozen=True, slots=True)
class PeopleFacts:
    """Who works here, and of whom it is asked."""

    ticket_id: int
    staff: Sequence[StaffMember] = ()
    row: ResponsibleRow | None = None
    chosen: StaffMember | None = None


def read_people(desk: Desk, ticket_id: int, row: ResponsibleRow | None = None) -> PeopleFacts:
    """Read who works here; whoever the ticket was given to stands there first when nobody does yet."""
    with desk.read() as work:
        staff = [one for one in work.staff.all() if one.left_on is None]
        ticket = work.tickets.find(ticket_id)
        held = work.responsibilities.of_ticket(ticket_id)
        row = next((one for one in held if row and one.responsibility.id == row.responsibility.id), None)
    whose = row.responsibility.staff_id if row else ticket.responsible_id if not held else None
    return PeopleFacts(ticket_id, staff, row, next((one for one in staff if one.id == whose), None))


class ResponsibleDialog(FormDialog):
    """Who answers for it, and for what."""

    SCREEN_ID, TITLE_CODE, ROWS = "responsible", "responsibility.title_person", ("T8",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {"responsibility.nobody": "staff"}

    def __init__(self, facts: PeopleFacts) -> None:
        self.facts, row = facts, facts.row
        given: dict[str, Any] = {"words": row.responsibility.words if row else ""}
        given |= {"staff": facts.chosen.id if facts.chosen else None}
        given |= {"staff.text": facts.chosen.name if facts.chosen else ""}
        super().__init__(f"responsible-{facts.ticket_id}-{row.responsibility.id if row else 0}", given)

    def fields(self) -> Iterable[Widget]:
        """The person, unless it is known, and the words."""
        if self.facts.row is None:
            yield PickField(
                "staff",
                "responsibility.field.staff",
                lambda typed: staff_choices(self.facts.staff, "", typed),
                required=True,
                placeholder_code="site.form.person_hint",
            )
        yield LongField("words", "responsibility.field.words", lines=3)

    def ready(self) -> None:
        """Say of whom it is."""
        super().ready()
        if self.facts.row is not None:
            self.query_one(".dialog", Panel).whisper(self.facts.row.staff)

    def wrong(self, values: Values) -> dict[str, str]:
        """Somebody of the list."""
        wrong = super().wrong(values)
        if self.facts.row is None and values["staff"] is None:
            wrong["staff"] = say("responsibility.nobody")
        return wrong


def hold_responsible(screen: Framed, ticket_id: int, row: ResponsibleRow | None = None) -> None:
    """Say who answers for a ticket, or correct for what."""
    from deskapp.services import responsibility

    desk = screen.desk

    def save(dialog: ResponsibleDialog, values: Values) -> Responsibility:
        known = dialog.facts.row
        whose = known.responsibility.staff_id if known else values["staff"]
        return responsibility.hold_responsible(
            desk, ticket_id, whose, values["words"], key=values["submission"]
        )

    read = lambda: read_people(desk, ticket_id, row)  # noqa: E731
    _ask(screen, read, ResponsibleDialog, save, "responsibility.saved")


class ApologyDialog(FormDialog):
    """Who apologised to the client, when, and in which words."""

    SCREEN_ID, TITLE_CODE, ROWS = "apology", "responsibility.title_apology", ("T8",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "responsibility.apologiser": "staff",
        "responsibility.apology_words": "words",
        "responsibility.apology_later": "at",
        "responsibility.apology_before": "at",
    }

    def __init__(self, facts: PeopleFacts) -> None:
        self.facts = facts
        assert facts.row is not None
        one = facts.row.responsibility
        given: dict[str, Any] = {"staff": one.staff_id, "staff.text": facts.row.staff, "at": "", "words": ""}
        super().__init__(f"apology-{one.id}", given)

    def fields(self) -> Iterable[Widget]:
        """Who, when, and the words."""
        yield PickField(
            "staff",
            "responsibility.field.apologiser",
            lambda typed: staff_choices(self.facts.staff, "", typed),
            required=True,
            placeholder_code="site.form.person_hint",
        )
        yield TextField(
            "at", "responsibility.field.at", max_length=20, placeholder_code="responsibility.at_hint"
        )
        yield LongField("words", "responsibility.field.apology", lines=3, required=True)

    def wrong(self, values: Values) -> dict[str, str]:
        """Somebody of the list, and a time that can be read."""
        wrong = super().wrong(values)
        if values["staff"] is None:
            wrong["staff"] = say("responsibility.apologiser")
        if values["at"] and read_past(self.desk, values["at"]) is None:
            wrong["at"] = say("responsibility.at_wrong")
        return wrong


def read_past(desk: Desk, typed: str) -> DateTime | None:
    """Read when something was done: 9:30 is today's, -1 14:00 yesterday's, 11-22 that day at noon."""
    local = desk.local(desk.now())
    found = re.fullmatch(r"(?:(\S+)\s+)?(\d{1,2}):(\d{2})", typed.strip())
    today = date(local.year, local.month, local.day)
    day = read_day(found[1] if found else typed, today) if not found or found[1] else today
    hour, minute = (int(found[2]), int(found[3])) if found else (12, 0)
    if day is None or hour > 23 or minute > 59:
        return None
    at = pendulum.datetime(day.year, day.month, day.day, hour, minute, tz=desk.policy.timezone)
    return at.in_timezone("UTC")


def apologise(screen: Framed, row: ResponsibleRow) -> None:
    """Record the apology made for what somebody answers for."""
    from deskapp.services import responsibility

    desk, one = screen.desk, row.responsibility

    def save(_: ApologyDialog, values: Values) -> Responsibility:
        at = read_past(desk, values["at"]) if values["at"] else None
        return responsibility.apologise(
            desk, one, values["staff"], at, values["words"], key=values["submission"]
        )

    read = lambda: read_people(desk, one.ticket_id, row)  # noqa: E731
    _ask(screen, read, ApologyDialog, save, "responsibility.apology_saved")


class ReleaseDialog(FormDialog):
    """Why somebody does not answer for it after all."""

    SCREEN_ID, TITLE_CODE, ROWS = "release", "responsibility.title_release", ("T8",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {"responsibility.why": "words"}

    def __init__(self, facts: PeopleFacts) -> None:
        self.facts = facts
        assert facts.row is not None
        super().__init__(f"release-{facts.row.responsibility.id}", {"words": ""})

    def fields(self) -> Iterable[Widget]:
        """The words."""
        yield LongField("words", "responsibility.field.why", lines=3, required=True)

    def ready(self) -> None:
        """Say of whom it is."""
        super().ready()
        if self.facts.row is not None:
            self.query_one(".dialog", Panel).whisper(self.facts.row.staff)


def release(screen: Framed, row: ResponsibleRow) -> None:
    """Say that somebody does not answer for it after all."""
    from deskapp.services import responsibility

    desk, one = screen.desk, row.responsibility
    read = lambda: read_people(desk, one.ticket_id, row)  # noqa: E731

    def save(_: ReleaseDialog, values: Values) -> None:
        responsibility.release(desk, one, values["words"])

    _ask(screen, read, ReleaseDialog, save, "responsibility.release_done")


def _ask(
    screen: Framed,
    read: Callable[[], Any],
    form: Callable[[Any], FormDialog],
    save: Callable[[Any, Values], object],
    done_code: str,
) -> None:
    """Read, show the form, save what comes back, say that it is done."""
    made: list[Any] = []

    def make(facts: Any) -> FormDialog:
        dialog = form(facts)
        made.append(dialog)
        return dialog

    def opened(facts: Any) -> None:
        edit(
            screen,
            facts,
            make,
            lambda _, values: save(made[-1], values),
            read,
            then=lambda _: screen.app.say(done_code),
        )

    screen.ask(read, opened, group="edit")
