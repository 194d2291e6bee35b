"""Designers in figures, and the days they are counted over (row S4; text 4, 2.3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from deskapp.domain.errors import RuleBroken

SPANS = {"month": 1, "quarter": 3, "year": 12}
"""How many months each span takes."""


@dataclass(frozen=True, slots=True)
class DesignerFigures:
    """One designer's talks within days; staff_id 0 is nobody."""

    staff_id: int = 0
    name: str = ""
    talks: int = 0
    deposits: int = 0
    refunded: int = 0
    """Of the deposits, those given back."""
    signed: int = 0
    lost: int = 0

    @property
    def rate(self) -> float | None:
        """The conversion rate: deposits ÷ talks; None when there was no talk."""
        return self.deposits / self.talks if self.talks else None


def total(rows: Iterable[DesignerFigures]) -> DesignerFigures:
    """All designers together."""
    rows = list(rows)
    names = ("talks", "deposits", "refunded", "signed", "lost")
    return DesignerFigures(**{name: sum(getattr(one, name) for one in rows) for name in names})


def span_of(day: date, span: str, by: int = 0) -> tuple[date, date]:
    """The first and the last day of the month, quarter or year a day lies in, or of one some spans away."""
    months = SPANS[span]
    serial = (day.year * 12 + day.month - 1) // months * months + by * months
    return _month(serial), _month(serial + months) - timedelta(days=1)


def _month(serial: int) -> date:
    return date(serial // 12, serial % 12 + 1, 1)


def check_span(first: date | None, last: date | None) -> tuple[date, date]:
    """Refuse days that are missing or the wrong way round."""
    if first is None or last is None:
        raise RuleBroken("designers.days_missing")
    if last < first:
        raise RuleBroken("designers.days_turned")
    return first, last
