"""Who was at fault: the finding, those responsible, their apology (row T8; text 4, 1.3.5b and 2.3.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.staff import TRADES
from deskapp.domain.ticket import Ticket

LONGEST_CAUSE = 60
LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about a ticket: its cause in a word or two, and trade, crew and material it lies with."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    cause: str = ""
    trade: str = ""
    crew: str = ""
    material: str = ""
    words: str = ""
    at: DateTime | None = None
    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One person who answers for a ticket, and whether somebody has apologised to the client for it."""

    id: int = 0
    version: int = 0
    ticket_id: int = 0
    staff_id: int = 0
    words: str = ""
    at: DateTime | None = None
    operator_id: int | None = None
    apology_at: DateTime | None = None
    apology_by: int | None = None
    apology: str = ""


@dataclass(frozen=True, slots=True)
class ResponsibleRow:
    """One who answers for a ticket as a list shows them, with the name of whoever apologised."""

    responsibility: Responsibility
    staff: str = ""
    trade: str = ""
    apologiser: str = ""


def checked(finding: Finding) -> Finding:
    """The finding with its words trimmed; refuse one without a cause, or of a trade there is not."""
    named = {name: " ".join(getattr(finding, name).split()) for name in ("cause", "crew", "material")}
    if not named["cause"]:
        raise RuleBroken("finding.cause")
    for name, value in named.items():
        if len(value) > LONGEST_CAUSE:
            raise RuleBroken("finding.long", field=name, limit=LONGEST_CAUSE)
    if finding.trade and finding.trade not in TRADES:
        raise RuleBroken("finding.trade", value=finding.trade)
    if len(finding.words) > LONGEST_WORDS:
        raise RuleBroken("finding.long", field="words", limit=LONGEST_WORDS)
    return replace(
        finding,
        cause=named["cause"],
        crew=named["crew"],
        material=named["material"],
        words=finding.words.strip(),
    )


def apologised(
    one: Responsibility, ticket: Ticket, by: int | None, at: DateTime, words: str, now: DateTime
) -> Responsibility:
    """The responsibility with the apology made: by whom, when, in which words; once only, and never to come."""
    if one.apology_at is not None:
        raise RuleBroken("responsibility.apologised")
    if by is None:
        raise RuleBroken("responsibility.apologiser")
    if not words.strip():
        raise RuleBroken("responsibility.apology_words")
    if at > now:
        raise RuleBroken("responsibility.apology_later")
    if ticket.received_at is not None and at < ticket.received_at:
        raise RuleBroken("responsibility.apology_before")
    return replace(one, apology_at=at, apology_by=by, apology=words.strip())
