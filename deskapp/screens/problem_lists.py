"""How problems are painted: the bars of a Pareto, what is beside them, the clients who were lost (row R3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.register_lists import choice_word
from deskapp.services import problems
from deskapp.services.problem_charts import value_words
from deskapp.widgets import charts, painting, signs
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskapp.domain.problem_analysis import Bar, Lost, Measures
    from deskapp.domain.register import EntryRow
    from deskapp.domain.rows import TicketRow
    from deskapp.services.problems import Analysis

TREND_TONES = {"new": "bold $warning", "growing": "bold $error"}
NAMED_MOST = 6
"""The most causes named beside the bars; the rest are counted."""
SUGGESTED_MOST = 3
STANDING_TONES = {"open": "$warning", "accepted": "$primary", "done": "$success", "refused": "$text-muted"}


def bar_columns(analysis: Analysis, wide: bool) -> list[Column]:
    """What it is, how many as a bar and a number, the period before, the shares down to it, what changed."""
    largest = max((bar.count for bar in analysis.bars), default=0)
    dimension = analysis.dimension

    def value(bar: Bar, _: PaintContext) -> Content:
        return painting.safe(value_words(dimension, bar.value), "bold" if bar.vital else "")

    def drawn(bar: Bar, context: PaintContext) -> Content:
        tone = "$primary" if bar.vital or dimension == "month" else "$text-muted"
        return Content.styled(charts.bar(bar.count, largest, context.width), tone)

    def before(bar: Bar, _: PaintContext) -> Content:
        return Content.styled(str(bar.before), "$text-muted" if bar.before else "$text-disabled")

    found = [
        Column("value", "problems.column.value", 22 if wide else 18, value),
        Column("bar", "problems.column.bar", None, drawn),
        Column("count", "problems.column.count", 6, _count, align="right"),
        Column("before", "problems.column.before", 6, before, align="right"),
    ]  # fmt: skip
    if dimension != "month":
        found.append(Column("share", "problems.column.share", 7, _share, align="right"))
        found.append(Column("trend", "problems.column.trend", 11, _changed))
    return found


def _count(bar: Bar, _: PaintContext) -> Content:
    return Content.styled(str(bar.count), "bold")


def _share(bar: Bar, _: PaintContext) -> Content:
    return Content.styled(f"{bar.cumulative:.1f}%", "bold" if bar.vital else "$text-muted")


def _changed(bar: Bar, _: PaintContext) -> Content:
    """New or growing in a word; whether it is one of the vital few."""
    words = [Content.styled(say(f"problems.trend.{bar.trend}"), TREND_TONES[bar.trend])] if bar.trend else []
    vital = [Content.styled(say("problems.trend.vital"), "$primary")] if bar.vital else []
    return painting.join([*vital, *words], " ")


def side_lines(analysis: Analysis, bar: Bar | None, measures: Measures, width: int) -> list[Content]:
    """What grows and what is new with both counts, what was suggested on the bar, who was lost."""
    lines: list[Content] = []
    if not analysis.before and analysis.dimension != "month":
        lines.append(Content.styled(say("problems.nothing_before"), "$text-muted"))
    elif analysis.dimension != "month":
        head = say("problems.side.growing", least=measures.least, times=f"{measures.times:g}")
        lines += _named(analysis, "growing", head, width)
        lines += _named(analysis, "new", say("problems.side.new"), width)
    lines += _lost_line(analysis)
    if bar is not None and analysis.dimension != "month":
        lines += _suggestions(analysis, bar)
    return lines


def _named(analysis: Analysis, trend: str, head: str, width: int) -> list[Content]:
    bars = analysis.trending(trend)
    title = Content.styled(head, TREND_TONES[trend])
    if not bars:
        return [Content.assemble(title, ": ", (say("problems.side.none"), "$text-muted"))]
    code = "problems.side.line" if trend == "growing" else "problems.side.line_new"
    parts = []
    for bar in bars[:NAMED_MOST]:
        label = shown(value_words(analysis.dimension, bar.value))
        parts.append(Content(say(code, label=label, before=bar.before, count=bar.count)))
    if len(bars) > NAMED_MOST:
        more = say("problems.side.more", count=len(bars) - NAMED_MOST)
        parts.append(Content.styled(more, "$text-muted"))
    return painting.rows([Content.assemble(title, ":"), *parts], max(16, width), "  ")


def _lost_line(analysis: Analysis) -> list[Content]:
    withdrawn = sum(one.kind == "withdrawn" for one in analysis.lost)
    lost = len(analysis.lost) - withdrawn
    if not analysis.lost:
        return [Content.styled(say("problems.lost_none"), "$text-muted")]
    words = say("problems.lost_line", count=lost, withdrawn=withdrawn)
    key = Content.styled(" l ", "bold $primary")
    return [Content.assemble((words, "bold $error" if lost else "$text-muted"), key)]


def _suggestions(analysis: Analysis, bar: Bar) -> list[Content]:
    label = shown(value_words(analysis.dimension, bar.value))
    found = problems.suggested(analysis, bar.value, label)
    if not found:
        return [Content.styled(say("problems.no_suggestion"), "$text-muted")]
    lines = [Content.styled(say("problems.suggestion_on", label=label, count=len(found)), "bold")]
    for row in found[:SUGGESTED_MOST]:
        lines += _suggestion(row)
    if len(found) > SUGGESTED_MOST:
        more = say("problems.side.more", count=len(found) - SUGGESTED_MOST)
        lines.append(Content.styled(more, "$text-muted"))
    return lines


def _suggestion(row: EntryRow) -> list[Content]:
    """A suggestion: how it stands, to whom, what; then what came of it."""
    from deskapp.services.registers import kinds

    kind, state = kinds()[problems.SUGGESTIONS], row.entry.state
    standing = choice_word(kind, kind.state, state) if state else ""
    people = [str(row.values.get("department") or ""), *row.people.values()]
    who = shown(" ".join(name for name in people if name))
    said = shown(" ".join(str(row.values.get("words") or "").split()))
    head = [
        Content.styled(f"[{standing}]", STANDING_TONES.get(state, "")),
        Content.styled(f"{row.entry.day:%m-%d}", "$text-muted"),
        Content(say("problems.made_to", who=who) if who else ""),
        Content(said),
    ]
    lines = [painting.join(head, " ")]
    outcome = " ".join(str(row.values.get("outcome") or "").split())
    if outcome:
        lines.append(Content.styled(say("problems.came_of_it", outcome=shown(outcome)), "$text-muted"))
    return lines


def lost_columns() -> list[Column]:
    """When, how, who, and why as far as somebody wrote it."""
    return [
        Column("day", "problems.lost_column.day", 10, lambda one, _: f"{one.day:%Y-%m-%d}"),
        Column("kind", "problems.lost_column.kind", 14, _lost_kind),
        Column("client", "problems.lost_column.client", 12, lambda one, _: paint.client_name(one.client)),
        Column("reason", "problems.lost_column.reason", None, _lost_why),
        Column("number", "problems.lost_column.number", 16, lambda one, _: one.number, min_terminal=90),
    ]


def _lost_kind(one: Lost, _: PaintContext) -> Content:
    tone = "$text-muted" if one.kind == "withdrawn" else "$error"
    mark = "=" if one.kind == "withdrawn" else signs.sign("missed")
    return Content.styled(f"{mark} {say(f'problems.lost.{one.kind}')}", tone)


def _lost_why(one: Lost, _: PaintContext) -> Content:
    from deskapp.services.registers import kinds

    why = choice_word(kinds()["talks"], "lost_reason", one.why) if one.why else ""
    words = " ".join(part for part in (why, " ".join(one.reason.split())) if part)
    return painting.safe(words) if words else Content.styled(say("problems.no_reason"), "$text-disabled")


def _severity(row: TicketRow, _: PaintContext) -> Content:
    return paint.severity(row.ticket.severity)


def ticket_columns(paint_when: Column) -> Sequence[Column]:
    """The columns of the tickets behind a bar."""
    return [
        paint_when,
        Column("number", "tickets.column.number", 16, lambda row, _: painting.safe(row.ticket.number, "$text-muted")),
        Column("client", "tickets.column.client", 10, lambda row, _: paint.client_name(row.client_name)),
        Column("subject", "tickets.column.subject", None, lambda row, _: painting.safe(row.ticket.subject)),
        Column("severity", "tickets.column.severity", 8, _severity, min_terminal=90),
        Column("state", "tickets.column.state", 10, lambda row, _: Content(say(f"ticket.state.{row.ticket.state}"))),
    ]  # fmt: skip
