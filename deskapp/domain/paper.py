"""Papers: what each is, when it is due, and what was issued (row R1; text 4, 1.3.4, 2.3.13, 3.3.5 and 3.3.12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pendulum import DateTime

from deskapp.domain.calendar import day_kind
from deskapp.domain.errors import RuleBroken
from deskapp.domain.period import Period, period_of

PREFIX = "BB"
PERIODS = ("week", "month", "quarter", "none")
SIGNATURES = ("maker", "checker", "approver")
"""Who signs the foot of a paper, unless it says otherwise."""
FORMS = ("xlsx", "docx", "pdf")
"""What a paper is kept and exported as."""
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class PaperKind:
    """What a paper is: how often it is made, when it is due, who signs it, which parts of it a person writes."""

    code: str
    period: str = "week"
    """One of PERIODS; a paper of "none" is made for a day, whenever there is occasion."""
    due: str = ""
    """When it is due, as `due_on` reads it; "" when it never is."""
    prefix: str = PREFIX
    signatures: tuple[str, ...] = SIGNATURES
    parts: tuple[str, ...] = ()
    owner: str = "agent"
    """The role that owes it."""

    @property
    def title_code(self) -> str:
        """The code of its title's words."""
        return f"paper.title.{self.code}"

    @property
    def unit(self) -> str:
        """The unit of the periods it is made for."""
        return "day" if self.period == "none" else self.period

    def period_of(self, day: date) -> Period:
        """The period a day lies in, as this paper counts them."""
        return period_of(self.unit, day)

    def usual_period(self, day: date) -> Period:
        """The period people make it for on a day: a plan is for the next."""
        period = self.period_of(day)
        return period.after() if self.due == "before" else period


def due_on(kind: PaperKind, period: Period) -> date | None:
    """The day a paper of a period is due: moved back to a working day, as papers before a holiday are.

    Rules: "friday", the Friday of the period's last week; "end", its last day; "first", its first day, and "before",
    the day before that (plans); "after:3", the third working day after it. Other words, and "", mean never.
    A week nobody works in is accounted for on the first working day after its Friday.
    """
    name, _, count = kind.due.partition(":")
    if name == "friday":
        friday = period.last - timedelta((period.last.weekday() - 4) % 7)
        day = _worked(friday)
        return day if day >= period.first else _next_worked(friday)
    if name == "end":
        return _worked(period.last)
    if name == "first":
        return _worked(period.first)
    if name == "before":
        return _worked(period.first - timedelta(1))
    if name == "after":
        day, left = period.last, int(count or 1)
        while left:
            day += timedelta(1)
            left -= day_kind(day).working
        return day
    return None


def _worked(day: date) -> date:
    """The day itself, or the last working day before it."""
    while not day_kind(day).working:
        day -= timedelta(1)
    return day


def _next_worked(day: date) -> date:
    """The first working day after a day."""
    day += timedelta(1)
    while not day_kind(day).working:
        day += timedelta(1)
    return day


def number(prefix: str, day: str, serial: int) -> str:
    """A paper's number: BB20261127-0001."""
    return f"{prefix}{day}-{serial:04d}"


def check_text(kind: PaperKind, part: str, words: str) -> None:
    """Refuse words for a part the paper has not, and more words than a page of it holds."""
    if part not in kind.parts:
        raise RuleBroken("paper.no_part", part=part)
    if len(words) > LONGEST_TEXT:
        raise RuleBroken("paper.text_long", most=LONGEST_TEXT)


def check_issue(latest: IssuedPaper | None, seen: int, reason: str) -> None:
    """Refuse to issue over what another desk has issued since, and to correct without a reason."""
    if latest is not None and latest.revision != seen:
        raise RuleBroken("paper.issued_already", number=latest.number)
    if latest is not None and not reason.strip():
        raise RuleBroken("paper.reason_missing", number=latest.number)


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """A paper as it was issued, for days `first_on` to `last_on`; a correction is a new revision of the same days."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = ""
    first_on: date = date.min
    last_on: date = date.min
    due_on: date | None = None
    revision: int = 1
    replaces_id: int | None = None
    reason: str = ""
    title: str = ""
    document: Mapping[str, object] | None = None
    issued_at: DateTime | None = None
    issued_by: int | None = None


@dataclass(frozen=True, slots=True)
class PaperText:
    """What a person wrote for one part of a paper that begins on a day."""

    id: int = 0
    version: int = 0
    kind: str = ""
    first_on: date = date.min
    part: str = ""
    words: str = ""
    written_at: DateTime | None = None
    written_by: int | None = None


@dataclass(frozen=True, slots=True)
class PaperTemplate:
    """A company's own Word template for a kind of paper; its bytes are kept among the blobs."""

    id: int = 0
    version: int = 0
    kind: str = ""
    name: str = ""
    sha256: str = ""
    set_at: DateTime | None = None
    set_by: int | None = None


@dataclass(frozen=True, slots=True)
class PaperRow:
    """An issued paper as a list shows it, without its document, and who issued it."""

    paper: IssuedPaper
    who: str = ""
    issued_on: date | None = None
    """The company's day it was issued on."""

    @property
    def late_days(self) -> int:
        """How many days after it was due it was issued; 0 in time, or when it was never due."""
        due = self.paper.due_on
        if due is None or self.issued_on is None or self.paper.revision > 1:
            return 0
        return max(0, (self.issued_on - due).days)
