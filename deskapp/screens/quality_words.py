"""How samples, scores and results are painted (row A5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.ticket_history import event_word
from deskapp.services.quality import form_of
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.quality import QualityScore, SampleRow, ScoreRow
    from deskapp.services.quality import SampleView


def percent(hundredths: int) -> str:
    """A score as people say it: 8750 → 87.5%."""
    return f"{hundredths / 100:.1f}%"


def passed(total: int, line: int) -> Content:
    """A score with a sign for whether it is enough."""
    good = total >= line * 100
    sign = signs.sign("met" if good else "missed")
    return Content.styled(f"{sign} {percent(total)}", "$success" if good else "bold $error")


def columns(desk: Desk) -> list[Column]:
    """The samples of a month."""

    def at(row: SampleRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.at) if row.at else "", "$text-muted")

    def standing(row: SampleRow, _: PaintContext) -> Content:
        return stands(row, desk.policy.quality_pass)

    def about(row: SampleRow, _: PaintContext) -> Content:
        name = painting.safe(paint.client_name(row.client), "bold")
        return painting.join([name, painting.safe(" ".join(row.about.split()))])

    return [
        Column("who", "quality.column.who", 8, lambda row, _: painting.safe(row.operator)),
        Column("kind", "quality.column.kind", 10, lambda row, _: kind_word(row)),
        Column("at", "quality.column.at", 11, at, min_terminal=100),
        Column("about", "quality.column.about", None, about),
        Column("by", "quality.column.by", 14, _by, min_terminal=100),
        Column("coaching", "quality.column.coaching", 10, lambda row, _: coached(row)),
        Column("state", "quality.column.state", 10, standing),
    ]


def kind_word(row: SampleRow) -> Content:
    """Whether it is a call or a ticket, or a crisis."""
    if row.sample.reason == "crisis":
        return Content.styled(f"{signs.sign('overdue')} {say('quality.reason.crisis')}", "bold $error")
    return Content(say("quality.call" if row.sample.call_id else "quality.ticket"))


def stands(row: SampleRow, line: int) -> Content:
    """What it came to, or that it is still to be scored."""
    total = row.total
    if row.hidden:
        return Content.styled(say("quality.state.blind"), "$accent")
    return Content.styled(say("quality.state.open"), "$warning") if total is None else passed(total, line)


def _by(row: SampleRow, _context: PaintContext) -> Content:
    return painting.safe(" ".join(one.who for one in row.scores), "$text-muted")


def coached(row: SampleRow) -> Content:
    """Whether there is a coaching note, and whether it was read."""
    notes = [one.score for one in row.scores if one.score.coaching]
    if not notes:
        return Content("")
    if all(one.read_at for one in notes):
        return Content.styled(f"{signs.sign('met')} {say('quality.was_read_short')}", "$success")
    return Content.styled(say("quality.unread"), "bold $warning")


def facts_of(desk: Desk, seen: SampleView) -> list[Content]:
    """The call or ticket of a sample in full: what was said, and everything that was done."""
    row, lines = seen.row, list[Content]()
    lines.append(painting.join([kind_word(row), painting.safe(paint.client_name(row.client), "bold")]))
    if seen.call is not None:
        call = seen.call
        lines.append(
            painting.safe(f"{say(f'call.kind.{call.kind}')} {paint.number(desk, call.number)}", "$accent")
        )
        if call.ended_at is not None:
            lines.append(Content.styled(paint.when(desk, call.ended_at), "$text-muted"))
        if call.talk_s is not None:
            lines.append(Content.styled(say("quality.talked", minutes=-(-call.talk_s // 60)), "$text-muted"))
        lines += _said("quality.call_reason", call.reason) + _said("quality.call_notes", call.notes)
    if seen.ticket is not None:
        one = seen.ticket
        lines.append(
            painting.join([painting.safe(one.number, "$accent"), painting.safe(one.subject, "bold")])
        )
        lines.append(Content.styled(say(f"ticket.severity.{one.severity}"), "$text-muted"))
        lines += _said("quality.description", one.description) + _said("quality.response", one.response)
        lines += _said("quality.resolution", one.resolution)
        for event in seen.events:
            when = paint.when(desk, event.at) if event.at else ""
            words = painting.safe(" ".join(event.text.split()))
            parts = [Content.styled(when, "$text-muted"), Content(event_word(event.kind)), words]
            lines.append(painting.join([part for part in parts if part.plain], " "))
    return lines


def _said(code: str, text: str) -> list[Content]:
    said = [line for line in text.splitlines() if line.strip()]
    return [Content.styled(say(code), "$text-muted"), *(painting.safe(line) for line in said)] if said else []


def score_lines(row: ScoreRow, line: int) -> list[Content]:
    """One score in full: each question, what was remarked, and the coaching."""
    one = row.score
    head = painting.join([painting.safe(row.who, "bold"), passed(one.total, line)])
    parts = [
        Content.assemble((f"{say(f'quality.question.{q.id}')} ", "$text-muted"), _points(one, q.id, q.most))
        for q in form_of(one).questions
    ]
    lines = [head, *painting.rows(parts, 70, "  ")]
    lines += _said("quality.words", one.words) + _said("quality.coaching", one.coaching)
    if one.coaching:
        lines.append(
            Content.styled(say("quality.is_read"), "$success")
            if one.read_at
            else Content.styled(say("quality.not_read"), "$warning")
        )
    return lines


def _points(score: QualityScore, name: str, most: int) -> Content:
    points = (score.answers or {}).get(name)
    if points is None:
        return Content.styled(say("quality.not_applicable"), "$text-muted")
    return Content.styled(f"{points}/{most}", "" if points == most else "$warning")
