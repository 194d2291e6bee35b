"""Scores and praise for the people of a site, caught where clients give them (rows A3, A4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

TRADES = ("designer", "consultant", "supervisor", "project_manager", "crew")
"""The trades of a site whose work a client scores."""
SOURCES = ("call", "evaluation", "praise")
LONGEST_WORDS = 2000
WHICH_FORMS = ("all", "sent", "returned", "out", "late")
"""The lists behind the figures of a month's forms; `late` ones have been out longer than the policy allows."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One score from 1 to 5 a client gave a trade; of a person where the site says who it was."""

    id: int = 0
    version: int = 0
    at: DateTime | None = None
    source: str = "call"
    source_id: int = 0
    client_id: int | None = None
    site_id: int | None = None
    staff_id: int | None = None
    trade: str = ""
    score: int = 0


@dataclass(frozen=True, slots=True)
class Praise:
    """A client praised somebody by name (text 4, 1.3.7); reported once the company was told."""

    id: int = 0
    version: int = 0
    at: DateTime | None = None
    source: str = "call"
    source_id: int | None = None
    client_id: int | None = None
    site_id: int | None = None
    staff_id: int = 0
    words: str = ""
    reported_at: DateTime | None = None
    reported_by: int | None = None
    created_by: int | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation form: sent to a completed site for a month, returned or not (text 4, 1.3.8)."""

    id: int = 0
    version: int = 0
    site_id: int = 0
    client_id: int = 0
    month: date = date.min
    sent_on: date | None = None
    returned_on: date | None = None
    words: str = ""
    created_by: int | None = None


@dataclass(frozen=True, slots=True)
class PraiseRow:
    """A praise as a list shows it: who was praised, where they work, who praised them."""

    praise: Praise
    staff: str = ""
    trade: str = ""
    department: str = ""
    client: str = ""
    address: str = ""
    reward: str = ""
    """How the reward proposed for it stands, as a state of it; "" where none was."""


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """An evaluation form as a list shows it: whose it is, and the scores it came back with by trade."""

    evaluation: Evaluation
    client: str = ""
    address: str = ""
    completed_on: date | None = None
    scores: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The evaluation forms of a month in figures, and its praise."""

    sent: int = 0
    returned: int = 0
    praised: int = 0
    reported: int = 0
    by_trade: Mapping[str, tuple[float, int]] | None = None
    """The mean score and how many scores there are, by trade."""
    late: int = 0
    """Forms that have been out longer than the policy allows."""
    rate_before: float | None = None
    """The return rate of the month before."""

    @property
    def return_rate(self) -> float | None:
        """How many of the forms sent came back, from 0 to 1; None when none was sent."""
        return self.returned / self.sent if self.sent else None


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def month_after(month: date, months: int = 1) -> date:
    """The first day of the month so many months on, or back."""
    years, place = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(years, place + 1, 1)


def check_scores(scores: Mapping[str, int]) -> None:
    """Refuse a score outside 1 to 5, and one for a trade no site has."""
    for trade, score in scores.items():
        if trade not in TRADES:
            raise RuleBroken("praise.trade", value=trade)
        if isinstance(score, bool) or not 1 <= score <= 5:
            raise RuleBroken("ticket.score", value=score)


def check_praise(praise: Praise) -> None:
    """Refuse praise of nobody, and one longer than anybody reads."""
    if not praise.staff_id:
        raise RuleBroken("praise.nobody")
    if len(praise.words) > LONGEST_WORDS:
        raise RuleBroken("praise.words_long", limit=LONGEST_WORDS)


def check_return(evaluation: Evaluation, returned_on: date, today: date) -> None:
    """Refuse a form that came back before it was sent, or tomorrow."""
    if returned_on > today:
        raise RuleBroken("praise.return_later", day=returned_on)
    if evaluation.sent_on is not None and returned_on < evaluation.sent_on:
        raise RuleBroken("praise.return_before", day=returned_on, sent=evaluation.sent_on)
