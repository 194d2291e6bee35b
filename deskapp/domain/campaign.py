"""Greetings for holidays and special notices to a chosen set of clients (row F5; text 4, 1.3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from string import Formatter

from pendulum import DateTime

from deskapp.domain.call import Call
from deskapp.domain.client import ClientCard
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import STAGES

KINDS = ("greeting", "notice")
STATES = ("draft", "sending", "sent", "cancelled")
OPEN_STATES = ("draft", "sending")
TARGET_STATES = ("queued", "reached", "missed", "opted_out", "no_number", "dropped")
"""A call waits; the client was reached; trying ended without; left out, or taken out before the call was made."""
LEFT_OUT = ("opted_out", "no_number")
PREFIX = "WH"
MOST_TARGETS = 20_000
"""Nobody calls more clients than this for one occasion: a wider choice is a mistake."""
MOST_NAMED = 1_000
"""The most clients named one by one, or taken out one by one."""
LONGEST_TITLE, LONGEST_TEXT = 60, 500
LONGEST_QUIET = 3_650
HOLES = ("client", "company", "festival")
"""What a text may leave to be filled in."""
_HOLE = re.compile(r"\{(" + "|".join(HOLES) + r")\}")
CLIENT_KINDS = ("home", "shop")
WARRANTY = ("in", "out")
COMPLAINT = ("with", "without")


@dataclass(frozen=True, slots=True)
class Campaign:
    """One greeting or notice: what is said, to whom, and on which day the calls are due."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = "greeting"
    occasion: str = ""
    title: str = ""
    text: str = ""
    due_on: date = date.min
    audience: Mapping[str, object] | None = None
    state: str = "draft"
    chosen: int = 0
    skipped: int = 0
    created_at: DateTime | None = None
    created_by: int | None = None
    sent_at: DateTime | None = None


@dataclass(frozen=True, slots=True)
class CampaignTarget:
    """One client a campaign reaches, or why not; `call_id` is the latest try."""

    id: int = 0
    version: int = 0
    campaign_id: int = 0
    client_id: int = 0
    call_id: int | None = None
    state: str = "queued"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a campaign is for: every condition given must hold, those about a site for one and the same site.

    `only` names clients one by one, `without` leaves some out. Who wants no calls is left out whatever is chosen.
    """

    stages: tuple[str, ...] = ()
    warranty: str = ""
    estate: str = ""
    designer_id: int | None = None
    manager_id: int | None = None
    kind: str = ""
    quiet_days: int = 0
    complaint: str = ""
    search: str = ""
    only: tuple[int, ...] = ()
    without: tuple[int, ...] = ()

    @property
    def of_site(self) -> bool:
        """Whether it asks for anything a site has."""
        return bool(
            self.stages or self.warranty or self.estate.strip() or self.designer_id or self.manager_id
        )

    def to_json(self) -> dict[str, object]:
        """Write it as plain data, leaving out what is not asked."""
        return {name: value for name, value in asdict(self).items() if value}


def audience_of(data: Mapping[str, object] | None) -> Audience:
    """Read an audience from plain data; what is not known is left out."""
    known = {field.name for field in fields(Audience)}
    given = {name: value for name, value in (data or {}).items() if name in known}
    return Audience(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """What an audience comes to: how many match, how many of them are called, and why the others are not."""

    matched: int = 0
    opted_out: int = 0
    no_number: int = 0
    doubled: int = 0
    """Of those called, how many another campaign calls on the same day."""

    @property
    def chosen(self) -> int:
        """How many calls it takes."""
        return self.matched - self.opted_out - self.no_number

    @property
    def too_many(self) -> bool:
        """Whether there are more than anybody calls."""
        return self.matched > MOST_TARGETS


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """One client an audience matches: why no call is laid for them, and whether another campaign calls that day."""

    card: ClientCard
    why: str = ""
    doubled: bool = False


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target with the client's card and the latest call."""

    target: CampaignTarget
    card: ClientCard
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the calls of a campaign have come, counted over its targets."""

    queued: int = 0
    reached: int = 0
    missed: int = 0
    opted_out: int = 0
    no_number: int = 0
    dropped: int = 0

    @property
    def chosen(self) -> int:
        """How many were to be called."""
        return self.queued + self.reached + self.missed + self.dropped

    @property
    def made(self) -> int:
        """How many calls have come to an end."""
        return self.reached + self.missed


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign with how far its calls have come."""

    campaign: Campaign
    progress: Progress = Progress()


def check_campaign(campaign: Campaign, today: date) -> None:
    """Refuse one without a title or words, for a day that has passed, or with holes nothing fills."""
    if campaign.kind not in KINDS:
        raise RuleBroken("campaign.unknown", field="kind", value=campaign.kind)
    if not campaign.title.strip():
        raise RuleBroken("campaign.title_missing")
    if len(campaign.title) > LONGEST_TITLE:
        raise RuleBroken("campaign.title_long", most=LONGEST_TITLE)
    if not campaign.text.strip():
        raise RuleBroken("campaign.text_missing")
    if len(campaign.text) > LONGEST_TEXT:
        raise RuleBroken("campaign.text_long", most=LONGEST_TEXT)
    for hole in holes_of(campaign.text):
        if hole not in HOLES:
            raise RuleBroken("campaign.hole_unknown", value=hole)
    if campaign.due_on < today:
        raise RuleBroken("campaign.due_past")
    check_audience(audience_of(campaign.audience))


def check_audience(audience: Audience) -> None:
    """Refuse what no client can be."""
    known = {
        "warranty": ({audience.warranty}, ("", *WARRANTY)),
        "kind": ({audience.kind}, ("", *CLIENT_KINDS)),
        "complaint": ({audience.complaint}, ("", *COMPLAINT)),
        "stages": (set(audience.stages), STAGES),
    }
    for field, (values, possible) in known.items():
        for value in values - set(possible):
            raise RuleBroken("campaign.unknown", field=field, value=value)
    if not 0 <= audience.quiet_days <= LONGEST_QUIET:
        raise RuleBroken("campaign.quiet_days", most=LONGEST_QUIET)
    if max(len(audience.only), len(audience.without)) > MOST_NAMED:
        raise RuleBroken("campaign.named_many", most=MOST_NAMED)


def check_open(campaign: Campaign) -> None:
    """Refuse to send what has been sent or cancelled."""
    if campaign.state not in OPEN_STATES:
        raise RuleBroken("campaign.closed", number=campaign.number)


def check_draft(campaign: Campaign) -> None:
    """Refuse to change what is being sent or was."""
    if campaign.state != "draft":
        raise RuleBroken("campaign.not_draft", number=campaign.number)


def check_cancel(campaign: Campaign) -> None:
    """Refuse to cancel what is cancelled."""
    if campaign.state == "cancelled":
        raise RuleBroken("campaign.closed", number=campaign.number)


def holes_of(text: str) -> list[str]:
    """The names of what a text leaves to be filled in; a brace that opens and never closes is a hole too."""
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return [text[text.find("{") :][:20] if "{" in text else "}"]


def filled(text: str, client: str, company: str, festival: str) -> str:
    """Fill a text in for a client; holes it does not know stay as they are written."""
    facts = dict(zip(HOLES, (client, company, festival), strict=True))
    return _HOLE.sub(lambda hole: facts[hole[1]], text)


def target_state(outcome: str, *, goes_on: bool) -> str:
    """What a target is after a call: still to be called when another try follows."""
    if outcome == "reached":
        return "reached"
    return "queued" if goes_on else "missed"


def number(day: str, serial: int) -> str:
    """Write a campaign's number: gapless per day."""
    return f"{PREFIX}{day}-{serial:04d}"
