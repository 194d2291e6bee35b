"""The complaint form's fields and where their choices come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.widget import Widget

from deskapp.domain.repair import SCOPES
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.answerers import answer_of
from deskapp.screens.ticket_dialog import severity_choices
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.client import ClientCard
    from deskapp.domain.ticket import Draft
    from deskapp.services.clients import ClientFile

DRAFTS = "complaint-"
"""How the names of the drafts of complaints begin; the submission follows."""
CHANNELS = ("phone", "email", "visit", "web", "gm", "leadership")
FOUND = 12
FOLDED = ("site", "channel", "demand")
"""What a complaint is filed without: there after a key."""


def complaint_fields(kind: str = "complaint") -> list[Widget]:
    """Who, what, how bad, who answers for it, by when; then what is folded away."""
    words = "complaint.words" if kind == "complaint" else "complaint.content"
    answers = PickField("answers", "complaint.answers", placeholder_code="acts.answers_hint")
    answers.text_field.select_on_focus = True
    return [
        PickField("who", "complaint.who", free=True, placeholder_code="complaint.who_hint"),
        TextField("phone", "complaint.phone", max_length=60),
        LongField("words", words, lines=4, required=True),
        ChoiceGrid("category", "complaint.category", advance=True),
        ChoiceField("severity", "complaint.severity", severity_choices(), value="minor", advance=True),
        *(repair_fields() if kind == "repair" else ()),
        answers,
        Lines(id="complaint-why", classes="line"),
        TextField("due", "complaint.due", max_length=20, placeholder_code="complaint.due_hint"),
        TextField("subject", "complaint.subject", max_length=120, placeholder_code="complaint.subject_hint"),
        ChoiceGrid("site", "complaint.site"),
        ChoiceField("channel", "complaint.channel", channel_choices(), value="phone"),
        TextField("demand", "complaint.demand", max_length=400),
    ]


def repair_fields() -> list[Widget]:
    """What a repair is about, which its warranty depends on, and when somebody comes."""
    scopes = [Choice(scope, say(f"repair.scope.{scope}")) for scope in SCOPES]
    return [
        ChoiceField("scope", "repair.field.scope", scopes, value=SCOPES[0], advance=True),
        TextField(
            "appointment", "repair.field.appointment", max_length=20, placeholder_code="repair.when_hint"
        ),
    ]


def channel_choices() -> list[Choice]:
    """How a complaint comes in."""
    return [Choice(channel, say(f"ticket.channel.{channel}")) for channel in CHANNELS]


def proposed_due(desk: Desk, kind: str) -> str:
    """The deadline proposed for a kind of ticket, as it is typed; none where the severity sets it."""
    from deskapp.domain.time_words import day_end

    days = {"followup_issue": desk.policy.issue_days, "rectification": desk.policy.rectification_days}
    return typed_due(desk, day_end(desk.now(), days[kind], desk.policy.timezone)) if kind in days else ""


def typed_due(desk: Desk, at: DateTime | None) -> str:
    """A deadline as it is typed into the form."""
    return desk.local(at).format("YYYY-MM-DD HH:mm") if at is not None else ""


def read_due(desk: Desk, typed: str) -> DateTime | None:
    """The deadline typed; None for none and for what cannot be read."""
    from deskapp.domain.time_words import read_deadline

    return read_deadline(typed, desk.now(), desk.policy.timezone) if typed else None


def wrong_times(desk: Desk, values: Mapping[str, Any]) -> dict[str, str]:
    """Which of the times typed cannot be read or have gone by, with what to say there."""
    wrong = {"due": "complaint.due_wrong", "appointment": "repair.when_wrong"}
    return {
        name: say(code)
        for name, code in wrong.items()
        if values.get(name) and read_due(desk, values[name]) is None
    }


def read_categories(desk: Desk) -> list[Choice]:
    """What is complained of, in the company's order, with the keys that pick it."""
    with desk.read() as work:
        listed = work.categories.listed()
    return [Choice(one.id, shown(one.name), keys=tuple(one.keys.lower().split())) for one in listed]


def site_choices(file: ClientFile | None) -> list[Choice]:
    """The client's sites."""
    from deskapp.domain.address import full_address

    sites = [one.site for one in file.sites] if file else []
    return [
        Choice(
            site.id,
            f"{shown(full_address(site.estate, site.address))} {say(f'site.stage.{site.stage}')}",
        )
        for site in sites
    ]


class ClientLookup:
    """Finds clients for what is typed: name, pinyin, initials, digits of a number, address."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __call__(self, typed: str) -> list[Choice]:
        """The clients that fit, the closest first."""
        with self.desk.read() as work:
            return [client_choice(self.desk, card) for card in work.search.clients(typed, FOUND)]


def client_choice(desk: Desk, card: ClientCard) -> Choice:
    """A client as a choice: the name, and beside it number and address."""
    phones = "  ".join(paint.number(desk, one.normal, one.raw) for one in card.phones[:2])
    detail = "  ".join(part for part in (phones, shown(card.address)) if part)
    return Choice(card.client.id, paint.client_name(card.client.name), detail=detail)


def anything_typed(values: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether anything of the caller's is in the form that would be lost, besides what it opened with."""
    names = ("words", "subject", "demand")
    typed = [values.get(name) for name in names if values.get(name) != given.get(name)]
    if values.get("who") is None:
        typed.append(values.get("who.text"))
    return any(str(text or "").strip() for text in typed)


def to_draft(
    values: Mapping[str, Any],
    client_id: int | None,
    call_id: int | None,
    submission: str,
    kind: str = "complaint",
    own_due_at: DateTime | None = None,
) -> Draft:
    """What the fields hold as a draft to be filed."""
    from deskapp.domain.ticket import Draft

    department_id, responsible_id = answer_of(values["answers"])
    words = values["words"]
    return Draft(
        client_id=client_id,
        client_name="" if client_id else values["who.text"],
        phone="" if client_id else values["phone"],
        site_id=values["site"],
        kind=kind,
        own_due_at=own_due_at,
        channel=values["channel"] or "unknown",
        category_id=values["category"],
        severity=values["severity"] or "minor",
        subject=values["subject"] or first_line(words),
        description=words or values["subject"],
        demand=values["demand"],
        department_id=department_id,
        responsible_id=responsible_id,
        call_id=call_id,
        submission=submission,
        scope=values.get("scope") or "",
    )


def first_line(words: str) -> str:
    """The first line of what the caller said, as a subject."""
    return words.strip().partition("\n")[0][:80]


def errors_of(error: Exception) -> dict[str, str]:
    """Which fields an error is about, with what to say there; none when it is about no field."""
    from deskapp.domain.errors import RuleBroken
    from deskapp.i18n.errors import in_words

    if not isinstance(error, RuleBroken):
        return {}
    if error.code == "ticket.missing":
        lacking = error.facts.get("fields", ())
        places = {"client": "who", "subject": "words"}
        return {places[name]: say(f"complaint.need.{places[name]}") for name in lacking if name in places}
    place = {"phone": "phone", "client": "who", "repair": "appointment"}.get(error.code.partition(".")[0])
    return {place: in_words(error)} if place else {}
