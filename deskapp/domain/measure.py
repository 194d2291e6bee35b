"""The measures of the department as declarations: what each counts, over what, and which way is better (row R2).

Every measure is made of sets of records: the cases counted, and those they are a share of. The repository says in SQL
which records are in a set, once: a figure and the list of cases behind it cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.period import Period

UNITS = ("count", "percent", "seconds", "score")
SLICES = ("operator", "department", "trade", "site", "category")
WHICH = ("top", "rest", "all")
"""Of the cases behind a share: those counted, the others, both."""
SATISFIED = 4
"""The score out of five from which an answer counts as satisfied."""
MOST_PARTS = 500
"""A slice shows no more parts than this, those with the most cases."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One way to reckon a measure: the set counted, and the set it is a share of ("" for a plain count)."""

    code: str = ""
    top: str = ""
    bottom: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Records one statement reads: their noun, what puts one into a period, and what they may be sliced by."""

    code: str
    noun: str
    slices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: words are figures.name.CODE and figures.formula.CODE (with .FORMULA where there are rivals).

    A mean or a median is that of `amount` over the cases of its set; `higher` says which way is better.
    """

    code: str
    family: str
    unit: str
    formulas: tuple[Formula, ...]
    higher: bool | None = None
    how: str = "share"
    amount: str = ""

    def formula(self, code: str = "") -> Formula:
        """The formula of that code; the first where none is named."""
        found = [one for one in self.formulas if one.code == code] if code else self.formulas[:1]
        if not found:
            raise RuleBroken("figures.formula_unknown", value=code[:40])
        return found[0]

    @property
    def slices(self) -> tuple[str, ...]:
        """What it may be sliced by."""
        return FAMILIES[self.family].slices

    @property
    def noun(self) -> str:
        """What the cases behind it are."""
        return FAMILIES[self.family].noun

    @property
    def parts(self) -> tuple[str, ...]:
        """Which lists stand behind it: a share has three, a count or a mean one."""
        return WHICH if self.how == "share" else WHICH[:1]


FAMILIES: Mapping[str, Family] = {
    one.code: one
    for one in (
        Family("received", "ticket", SLICES),
        Family("ended", "ticket", SLICES),
        Family("closed", "ticket", SLICES),
        Family("calls", "call", ("operator", "department", "site")),
        Family("followups", "followup", ("operator", "site")),
        Family("sites", "site", ("site",)),
        Family("inspections", "inspection", ("site",)),
        Family("papers", "paper", ("operator",)),
        Family("forms", "form", ("site",)),
        Family("returns", "form", ("site",)),
        Family("scores", "score", ("trade", "site")),
    )
}


def _share(code: str, family: str, top: str, bottom: str, higher: bool = True) -> Measure:
    return Measure(code, family, "percent", (Formula("", top, bottom),), higher)


def _count(code: str, family: str, top: str, higher: bool | None = None) -> Measure:
    return Measure(code, family, "count", (Formula("", top),), higher, "count")


def _time(code: str, family: str, top: str, how: str, amount: str) -> Measure:
    return Measure(code, family, "seconds", (Formula("", top, top),), False, how, amount)


SERVICE_LEVELS = (
    Formula("offered", "in_time", "offered"),
    Formula("answered", "in_time", "answered"),
    Formula("both", "in_time_or_left", "offered"),
    Formula("patient", "in_time", "patient"),
)
"""The four rival formulas of the service level: over answered + abandoned, over answered, with those who hung up within
the target counted as met, and with those left out."""
REOPENED = (Formula("closed", "reopened", "closed"), Formula("resolved", "sent_back", "resolved"))

MEASURES: tuple[Measure, ...] = (
    _count("received", "received", "received", higher=False),
    _share("response_met", "received", "met", "fell_due"),
    _share("response_24h", "received", "within_24h", "fell_due_24h"),
    _time("response_mean", "received", "answered", "mean", "response"),
    _time("response_median", "received", "answered", "median", "response"),
    _share("resolved_met", "received", "resolved_met", "resolve_due"),
    _time("resolution_mean", "ended", "solved", "mean", "resolution"),
    _time("resolution_median", "ended", "solved", "median", "resolution"),
    _share("complaint_rate", "sites", "complained", "active", higher=False),
    _share("repeat_rate", "received", "repeated", "kept", higher=False),
    Measure("reopened", "closed", "percent", REOPENED, False),
    _share("satisfaction", "calls", "satisfied", "scored"),
    _share("answer_rate", "calls", "scored", "asked"),
    _share("followups_done", "followups", "done", "due"),
    _share("first_contact", "calls", "solved_at_once", "contacts"),
    _count("offered", "calls", "offered"),
    Measure("service_level", "calls", "percent", SERVICE_LEVELS, True),
    _share("abandoned", "calls", "abandoned", "offered", higher=False),
    _time("speed_of_answer", "calls", "waited", "mean", "wait"),
    _time("handling_time", "calls", "handled", "mean", "handling"),
    _share("papers_on_time", "papers", "on_time", "due"),
    _share("records_complete", "sites", "complete", "active"),
    _share("quality_passed", "inspections", "passed", "done"),
    _count("forms_sent", "forms", "sent"),
    _share("forms_back", "forms", "returned", "sent"),
    _count("forms_returned", "returns", "returned", higher=True),
    Measure("forms_mean", "scores", "score", (Formula("", "scored", "scored"),), True, "mean", "score"),
)
BY_CODE: Mapping[str, Measure] = {one.code: one for one in MEASURES}


def measures_of(codes: Iterable[str] = ()) -> tuple[Measure, ...]:
    """The measures of some codes in their order, all where none is named; an unknown one breaks figures.unknown."""
    wanted = list(codes)
    for code in wanted:
        if code not in BY_CODE:
            raise RuleBroken("figures.unknown", value=code[:40])
    return tuple(one for one in MEASURES if not wanted or one.code in wanted)


@dataclass(frozen=True, slots=True)
class Part:
    """One group of the cases: a slice and its value (an id, a trade, a category's words; None: nobody, nowhere)."""

    by: str = ""
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as counted: the cases counted, those they are a share of, and a mean or median: seconds, points."""

    top: int = 0
    bottom: int = 0
    seconds: float | None = None

    def of(self, how: str) -> float | None:
        """The figure itself: a count, a percentage, seconds; None where there is nothing to reckon with."""
        if how == "count":
            return self.top
        if how == "share":
            return 100 * self.top / self.bottom if self.bottom else None
        return self.seconds

    def cases(self, which: str) -> int:
        """How many cases stand behind it in one of its lists."""
        return {"top": self.top, "rest": self.bottom - self.top, "all": self.bottom}[which]


@dataclass(frozen=True, slots=True)
class Line:
    """A measure over one group: as it is, and as it was in the period before."""

    measure: Measure
    formula: Formula
    now: Value
    before: Value
    part: Part = field(default_factory=Part)
    name: str = ""
    """The name of the group where data gives one: an operator's, a department's, an address, a category."""

    @property
    def value(self) -> float | None:
        """The figure of the period."""
        return self.now.of(self.measure.how)

    @property
    def earlier(self) -> float | None:
        """The figure of the period before."""
        return self.before.of(self.measure.how)

    @property
    def change(self) -> float | None:
        """How much it rose since the period before: percentage points, seconds or cases."""
        return None if self.value is None or self.earlier is None else self.value - self.earlier

    @property
    def better(self) -> bool | None:
        """Whether the change is for the better; None where it is neither, or there is none to compare."""
        if not self.change or self.measure.higher is None:
            return None
        return (self.change > 0) is self.measure.higher


@dataclass(frozen=True, slots=True)
class Board:
    """Figures of a period beside those of the period before, whole or by the parts of a slice."""

    period: Period
    before: Period
    at: DateTime
    """When it was read."""
    by: str = ""
    lines: tuple[Line, ...] = ()
    cut: int = 0
    """How many parts with fewer cases are not among the lines."""

    def of(self, code: str) -> tuple[Line, ...]:
        """The lines of one measure: one for the whole, or one a part, those with the most cases first."""
        return tuple(line for line in self.lines if line.measure.code == code)

    def line(self, code: str) -> Line:
        """The line of a measure over the whole."""
        return self.of(code)[0]


@dataclass(frozen=True, slots=True)
class Owed:
    """A paper that is to be issued: its kind, the first day it is for, the day it is due."""

    kind: str
    first_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What figures depend on besides the records: the instants and days of a period, now, and the policy's numbers."""

    period: Period
    since: DateTime
    until: DateTime
    now: DateTime
    today: date
    timezone: str
    answer_s: int = 20
    repeat_days: int = 30
    reopened_days: int = 30
    contact_days: int = 7
    owed: tuple[Owed, ...] = ()
    """The papers due in the period, whether anybody has issued them or not."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The cases behind one figure: of a measure under a formula, of a group, all, those counted, or the others."""

    measure: Measure
    formula: Formula
    terms: Terms
    part: Part = field(default_factory=Part)
    which: str = "top"


@dataclass(frozen=True, slots=True)
class Case:
    """One record behind a figure as a list shows it; `place` is where it stands in the list."""

    noun: str
    id: int
    place: tuple[object, ...]
    at: DateTime | date | None = None
    number: str = ""
    client_id: int | None = None
    client: str = ""
    address: str = ""
    words: str = ""
    state: str = ""
    counted: bool = True
    """Whether it is among the cases counted."""
    seconds: float | None = None
    ticket_id: int | None = None
    site_id: int | None = None
    first_on: date | None = None
    """The first day a paper is for."""
    form_id: int | None = None
    """The evaluation form it is, or is a score of."""
