"""`deskapp kpi`: figures of days or of a period, whole or by a slice, as lines or as JSON (row R2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskapp.i18n import say
from deskapp.services import figure_words, figures

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.domain.measure import Line


def measured(desk: Desk, first: date, last: date, by: str = "") -> tuple[dict[str, Any], list[str]]:
    """First response over some days and every other figure, as data and as lines of words."""
    from dataclasses import asdict

    from deskapp.domain.period import days_between

    _, response = figures.first_response(desk, first, last)
    board = figures.figures_of(desk, days_between(first, last), by)
    zone = desk.policy.timezone
    said: dict[str, Any] = asdict(response) | {"met_percent": response.met_percent}
    days = {"from": first.isoformat(), "to": last.isoformat(), "timezone": zone}
    lines = [say("cli.kpi.title", first=first, last=last, timezone=zone)]
    for name, value in said.items():
        lines.append(say("cli.kpi.line", name=say(f"cli.kpi.{name}"), value="-" if value is None else value))
    lines += [say("cli.kpi.line", name=_name(line), value=_value(line)) for line in board.lines]
    return days | said | {"figures": [_data(line) for line in board.lines]}, lines


def _name(line: Line) -> str:
    name = figure_words.name_of(line.measure)
    return f"{name} / {figure_words.part_words(line)}" if line.part.by else name


def _value(line: Line) -> str:
    counts = f"{line.now.top}/{line.now.bottom}"
    return (
        f"{figure_words.value_words(line.measure, line.value)} ({counts}) {figure_words.change_words(line)}"
    )


def _data(line: Line) -> dict[str, Any]:
    """A figure as data; `before` is that of as many days before."""
    told: dict[str, Any] = {
        "code": line.measure.code,
        "unit": line.measure.unit,
        "value": line.value,
        "counted": line.now.top,
        "of": line.now.bottom,
        "before": line.earlier,
    }
    if line.formula.code:
        told["formula"] = line.formula.code
    if line.part.by:
        told |= {"by": line.part.by, "part": line.part.value, "name": line.name}
    return told
