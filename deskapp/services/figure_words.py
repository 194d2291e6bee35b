"""A figure in words: its name, its value, how it changed, the formula with its numbers in (row R2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.i18n import say

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.measure import Line, Measure

MINUTE, HOUR, DAY = 60, 3600, 86_400
NOTHING = "-"


def name_of(measure: Measure) -> str:
    """What a measure is called."""
    return say(f"figures.name.{measure.code}")


def value_words(measure: Measure, value: float | None) -> str:
    """A figure as people read it: 91.3%, 35, 4 h 30 min; a dash where there is nothing to reckon with."""
    if value is None:
        return NOTHING
    if measure.unit == "percent":
        return f"{value:.1f}%"
    if measure.unit == "score":
        return f"{value:.2f}"
    return str(round(value)) if measure.unit == "count" else span_words(value)


def span_words(seconds: float) -> str:
    """A length of time in its two largest units."""
    if seconds < MINUTE:
        return say("figures.span.seconds", seconds=f"{seconds:.1f}".removesuffix(".0"))
    whole = round(seconds)
    if whole < HOUR:
        return say("figures.span.minutes", minutes=whole // MINUTE, seconds=whole % MINUTE)
    if whole < 2 * DAY:
        return say("figures.span.hours", hours=whole // HOUR, minutes=whole % HOUR // MINUTE)
    return say("figures.span.days", days=f"{whole / DAY:.1f}")


def change_words(line: Line) -> str:
    """The difference to the period before, and in a word whether it is for the better."""
    if line.change is None:
        return NOTHING
    if not line.change or _written(line) == value_words(line.measure, 0.0):
        return say("figures.change.same")
    word = {True: "figures.change.better", False: "figures.change.worse", None: ""}[line.better]
    sign = "+" if line.change > 0 else "-"
    return f"{sign}{_written(line)} {say(word)}" if word else f"{sign}{_written(line)}"


def _written(line: Line) -> str:
    size = abs(line.change or 0.0)
    if line.measure.unit == "percent":
        return say("figures.change.points", points=f"{size:.1f}")
    return value_words(line.measure, size)


def part_words(line: Line) -> str:
    """What a group is called: an operator, a department, a trade, a site, a category, nobody, or all."""
    part = line.part
    if not part.by:
        return say("figures.all")
    if part.value is None:
        return say(f"figures.without.{part.by}")
    return say(f"staff.trade.{part.value}") if part.by == "trade" else line.name or f"#{part.value}"


def formula_words(desk: Desk, line: Line) -> str:
    """The formula used, with its numbers in."""
    measure, rival = line.measure, line.formula.code
    facts = {"top": line.now.top, "bottom": line.now.bottom, "value": value_words(measure, line.value)}
    code = f"figures.formula.{measure.code}" if not rival else f"figures.formula.{measure.code}_{rival}"
    return say(code, **facts, **_limits(desk))


def left_out_words(desk: Desk, measure: Measure) -> str:
    """What a measure leaves out, and what counts as failed."""
    return say(f"figures.left_out.{measure.code}", **_limits(desk))


def _limits(desk: Desk) -> dict[str, int]:
    """The policy's numbers a formula may name."""
    policy = desk.policy
    return {
        "answer": policy.answer_target_seconds,
        "repeat": policy.repeat_days,
        "reopened": policy.reopened_days,
        "contact": policy.contact_days,
    }
