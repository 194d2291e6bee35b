"""E-commerce clients: their shops and what these turn over each month (row S7; text 1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.praise import month_after

LONGEST_NAME = 100
LONGEST_NOTE = 2000
MOST = 10**13
"""The largest turnover kept, in fen."""
FIRST_YEAR = 1990
BASELINE_MONTHS = 3
"""How many months before the calls began a shop is compared with."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of a client; `began_on` is the day the calls began."""

    id: int = 0
    version: int = 0
    client_id: int = 0
    name: str = ""
    platform: str = ""
    began_on: date | None = None
    note: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Turnover:
    """What a shop turned over in a month (its first day), in fen."""

    id: int = 0
    version: int = 0
    shop_id: int = 0
    month: date = date.min
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One figure against another: "better", "worse", "same", or "unknown" while one of them is missing.

    `permille` is the change in tenths of a percent, rounded; None when unknown or when it grew from nothing.
    """

    verdict: str = "unknown"
    permille: int | None = None


UNKNOWN = Change()
Figures = Mapping[date, int]
"""What a shop turned over, by the first day of the month."""


def change(now: int | None, before: int | None) -> Change:
    """Compare a figure with an earlier one."""
    if now is None or before is None:
        return UNKNOWN
    verdict = "better" if now > before else "worse" if now < before else "same"
    if before == 0:
        return Change(verdict, 0 if now == 0 else None)
    doubled = 2 * 1000 * abs(now - before)
    rounded = (doubled + abs(before)) // (2 * abs(before))
    return Change(verdict, rounded if now >= before else -rounded)


def first_of(day: date) -> date:
    """The first day of a day's month."""
    return date(day.year, day.month, 1)


def against_month_before(figures: Figures, month: date) -> Change:
    """A month against the month before it."""
    return change(figures.get(month), figures.get(month_after(month, -1)))


def baseline_months(began_on: date | None) -> tuple[date, ...]:
    """The months before the one in which the calls began: what a shop was like without them."""
    if began_on is None:
        return ()
    return tuple(month_after(first_of(began_on), -back) for back in range(BASELINE_MONTHS, 0, -1))


def baseline(figures: Figures, began_on: date | None) -> int | None:
    """The mean of the months known before the calls began, in fen; None when none is known."""
    known = [figures[month] for month in baseline_months(began_on) if month in figures]
    return round(sum(known) / len(known)) if known else None


def since_calls_began(figures: Figures, began_on: date | None, month: date) -> Change:
    """A month against the mean of the months before the calls began; unknown for a month before that."""
    if began_on is None or month < first_of(began_on):
        return UNKNOWN
    return change(figures.get(month), baseline(figures, began_on))


def months_shown(began_on: date | None, month: date) -> tuple[date, ...]:
    """The months whose figures a line about a month needs."""
    return (*baseline_months(began_on), month_after(month, -1), month)


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A shop as a list shows it for a month: whose, its figures by month, the last call, the open problem."""

    shop: Shop
    month: date
    client: str = ""
    figures: Figures | None = None
    heard_at: DateTime | None = None
    problem: str = ""
    """The newest open diagnosis."""

    @property
    def now(self) -> int | None:
        """The month's turnover in fen."""
        return (self.figures or {}).get(self.month)

    @property
    def before(self) -> int | None:
        """The turnover of the month before, in fen."""
        return (self.figures or {}).get(month_after(self.month, -1))

    @property
    def change(self) -> Change:
        """The month against the one before it."""
        return against_month_before(self.figures or {}, self.month)

    @property
    def since(self) -> Change:
        """The month against the time before the calls began."""
        return since_calls_began(self.figures or {}, self.shop.began_on, self.month)


@dataclass(frozen=True, slots=True)
class BetterClient:
    """A client reached by telephone in a month, what their shops turned over then, and in the month before."""

    client_id: int
    client: str
    shops: int
    before: int
    now: int


def better_off(clients: Iterable[BetterClient]) -> list[BetterClient]:
    """Those whose shops turned over more than in the month before, the greatest gain first."""
    grown = [one for one in clients if one.now > one.before]
    return sorted(grown, key=lambda one: (one.before - one.now, one.client_id))


def check_shop(shop: Shop, today: date) -> None:
    """Refuse a shop without a name, and calls that began in the future."""
    if not shop.name.strip():
        raise RuleBroken("shop.name")
    if len(shop.name) > LONGEST_NAME or len(shop.platform) > LONGEST_NAME:
        raise RuleBroken("shop.name_long", limit=LONGEST_NAME)
    if len(shop.note) > LONGEST_NOTE:
        raise RuleBroken("shop.note_long", limit=LONGEST_NOTE)
    if shop.began_on is not None and shop.began_on > today:
        raise RuleBroken("shop.began_later", day=shop.began_on)


def check_turnover(month: date, amount: int, today: date) -> None:
    """Refuse an amount below nothing and a month that has not come."""
    if month.day != 1 or month.year < FIRST_YEAR:
        raise RuleBroken("shop.month", value=month)
    if month > first_of(today):
        raise RuleBroken("shop.month_to_come", value=month)
    if not 0 <= amount <= MOST:
        raise RuleBroken("shop.amount", value=amount)


def read_month(typed: str, today: date) -> date:
    """Read a month as typed: 2026-10, 202610, or 10 for the last October there was."""
    text = unicodedata.normalize("NFKC", typed).strip()
    found = _MONTH.fullmatch(text)
    if found is None or not 1 <= int(found["month"]) <= 12:
        raise RuleBroken("shop.month", value=typed)
    month = int(found["month"])
    year = int(found["year"]) if found["year"] else today.year - (month > today.month)
    return date(max(year, 1), month, 1)


_MONTH = re.compile(r"(?:(?P<year>\d{4})\D{0,2})?(?P<month>\d{1,2})\D?", re.ASCII)
