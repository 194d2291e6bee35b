"""Figures a manager asks for, over days of the company's calendar (row R2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pendulum

from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken
from deskapp.domain.kpi import ResponseFigures


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the company's zone, first and last included."""

    first: date
    last: date
    timezone: str


def first_response(desk: Desk, first: date, last: date) -> tuple[Period, ResponseFigures]:
    """Measure first response over the complaints received from one day to another, both included."""
    if last < first:
        raise RuleBroken("kpi.period", first=first.isoformat(), last=last.isoformat())
    period = Period(first, last, desk.policy.timezone)
    with desk.read() as work:
        return period, work.figures.first_response(_start(first, period), _start(last, period).add(days=1))


def _start(day: date, period: Period) -> pendulum.DateTime:
    return pendulum.datetime(day.year, day.month, day.day, tz=period.timezone)
