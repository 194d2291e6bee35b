"""Quality monitoring at work: drawn, scored, coached, read, and what it comes to (row A5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import quality as rules
from deskapp.domain.call import Call
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.notice import COACHED
from deskapp.domain.operator import may
from deskapp.domain.period import Period, period_of
from deskapp.domain.quality import (
    SCORED,
    Answers,
    Form,
    QualitySample,
    QualityScore,
    SampleFilter,
    SampleRow,
)
from deskapp.domain.quality_draw import draw as by_lot
from deskapp.domain.quality_figures import Agreement, Result, agreements, results
from deskapp.services.company import defaults
from deskapp.services.planning import today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket, TicketEvent
    from deskapp.repository.work import Work

MOST_EVENTS = 60
"""The newest lines of a ticket's history that are put before a scorer."""


@cache
def _declared() -> tuple[dict[str, Form], str]:
    return rules.parse(defaults("quality_form"))


def forms() -> dict[str, Form]:
    """Every version of the score form, by code."""
    return _declared()[0]


def form_of(score: QualityScore | None = None) -> Form:
    """The form a score was given on, or the one scored on now."""
    known, current = _declared()
    return known.get(score.form if score else "", known[current])


def this_month(desk: Desk) -> Period:
    """The company's present month."""
    return period_of("month", today_of(desk, desk.now()))


def draw(desk: Desk, month: date) -> list[QualitySample]:
    """Draw what a month still lacks: of each operator's work by lot, and every crisis; again, only what is missing."""
    with desk.write("quality.draw") as work:
        return draw_in(work, desk, month)


def draw_in(work: Work, desk: Desk, month: date) -> list[QualitySample]:
    """Draw inside a transaction that does more than that."""
    period = period_of("month", month)
    if period.first > today_of(desk, work.now):
        raise RuleBroken("quality.to_come", month=period.code)
    work.counters.next(
        f"quality{period.code}"
    )  # Held to the end: two who draw at once do so one after the other.
    undrawn = work.quality_samples.undrawn(*period.bounds(desk.policy.timezone))
    there = work.quality_samples.drawn(period.first)
    chosen = by_lot(period.first, undrawn, there, desk.policy.quality_per_operator)
    by = work.operator.id if work.operator else None
    return work.quality_samples.add_many([replace(one, drawn_at=work.now, drawn_by=by) for one in chosen])


def score(
    desk: Desk,
    sample: QualitySample,
    answers: Answers,
    words: str = "",
    coaching: str = "",
    *,
    seen: QualityScore | None = None,
    key: str = "",
) -> QualityScore:
    """Score a sample, or correct one's own score `seen` until its coaching was read; whose work it is, is told."""
    with desk.write("quality.score") as work:
        return once(
            work,
            key,
            "quality.score",
            lambda: score_in(work, sample.id, answers, words, coaching, seen),
            work.quality_scores.find,
        )


def score_in(
    work: Work,
    sample_id: int,
    answers: Answers,
    words: str = "",
    coaching: str = "",
    seen: QualityScore | None = None,
) -> QualityScore:
    """Score inside a transaction that does more than that."""
    assert work.operator is not None
    sample, by = work.quality_samples.held(sample_id), work.operator.id
    there = [row.score for row in work.quality_scores.of([sample.id]).get(sample.id, ())]
    rules.check_scorer(sample, by, [one.scored_by for one in there])
    rules.check_words(words, coaching)
    own = next((one for one in there if one.scored_by == by), None)
    if own is not None and (seen is None or (seen.id, seen.version) != (own.id, own.version)):
        raise work.quality_scores.conflict(own.id)
    if own is not None and own.read_at is not None:
        raise RuleBroken("quality.was_read")
    form = form_of(own)
    given = replace(
        own or QualityScore(sample_id=sample.id, scored_by=by),
        scored_at=work.now,
        form=form.code,
        answers={one.id: answers.get(one.id) for one in form.questions if one.id in answers},
        total=rules.total(form, answers),
        words=words.strip(),
        coaching=coaching.strip(),
    )
    stored = work.quality_scores.add(given) if own is None else work.quality_scores.save(given, known=own)
    if sample.state != SCORED:
        work.quality_samples.save(replace(sample, state=SCORED), known=sample)
    if stored.coaching and (own is None or own.coaching != stored.coaching):
        _tell(work, sample)
    return stored


def coach(desk: Desk, seen: QualityScore, coaching: str) -> QualityScore:
    """Write another coaching note with one's own score; it is to be read anew."""
    with desk.write("quality.score") as work:
        assert work.operator is not None
        present = work.quality_scores.held(seen.id)
        if present.scored_by != work.operator.id:
            raise RuleBroken("quality.not_your_score")
        if present.version != seen.version:
            raise work.quality_scores.conflict(present.id)
        if not coaching.strip():
            raise RuleBroken("quality.coaching_missing")
        rules.check_words(coaching)
        noted = replace(present, coaching=coaching.strip(), read_at=None)
        if present.coaching == noted.coaching:
            return present
        _tell(work, work.quality_samples.find(present.sample_id))
        return work.quality_scores.save(noted, known=present)


def _tell(work: Work, sample: QualitySample) -> None:
    if sample.operator_id is not None:
        work.notices.tell(sample.operator_id, COACHED, sample.ticket_id)


def read_coaching(desk: Desk, seen: QualityScore) -> QualityScore:
    """Confirm that one has read a coaching note on one's own work; it must be the note that was seen."""
    with desk.write("quality.read") as work:
        assert work.operator is not None
        present = work.quality_scores.held(seen.id)
        rules.check_read(work.quality_samples.find(present.sample_id), present, work.operator.id)
        if present.coaching != seen.coaching:
            raise work.quality_scores.conflict(present.id)
        if present.read_at is not None:
            return present
        return work.quality_scores.save(replace(present, read_at=work.now), known=present)


def judges(desk: Desk) -> bool:
    """Whether who sits here scores others; everybody else sees only what is their own."""
    return desk.operator is not None and may(desk.operator.role, "quality.score")


def visible(desk: Desk, chosen: SampleFilter) -> SampleFilter:
    """What of a list may be shown here: one's own scored work to whoever does not score."""
    if judges(desk):
        return chosen
    return replace(chosen, operator_id=desk.operator.id if desk.operator else 0, scored=True)


def seen_by(desk: Desk, row: SampleRow) -> SampleRow:
    """A sample as it may be seen here: without the first scorer's scores by whoever may still be the second."""
    if desk.operator is None or not judges(desk):
        return row
    return rules.blind(row, desk.operator.id)


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample with the call or ticket it is of, to be read while one scores."""

    row: SampleRow
    call: Call | None = None
    ticket: Ticket | None = None
    events: tuple[TicketEvent, ...] = ()
    own: QualityScore | None = None
    """What whoever sits here gave it."""


def view(desk: Desk, sample_id: int) -> SampleView:
    """A sample to be scored or read; another's only to those who score, blind while they may score it still."""
    with desk.read() as work:
        row = work.quality_samples.row(sample_id)
        if row is None:
            raise LookupError(f"quality_sample {sample_id}")
        me = desk.operator.id if desk.operator else 0
        if row.sample.operator_id != me and not judges(desk):
            role = desk.operator.role if desk.operator else ""
            raise NotAllowed("rights.refused", act="quality.score", role=role)
        call, ticket = work.calls.get(row.sample.call_id), work.tickets.get(row.sample.ticket_id)
        events = work.ticket_events.of(ticket.id)[-MOST_EVENTS:] if ticket else []
    return SampleView(seen_by(desk, row), call, ticket, tuple(events), row.of(me))


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month's results by operator, and how far scorers agree; names by operator."""

    results: Sequence[Result]
    agreements: Sequence[Agreement] = ()
    names: dict[int, str] | None = None


def figures(desk: Desk, month: Period) -> MonthFigures:
    """What a month comes to: of everybody to those who score, of oneself to all others."""
    own = None if judges(desk) else (desk.operator.id if desk.operator else 0)
    with desk.read() as work:
        now = work.quality_scores.of_month(month.first, own)
        past = work.quality_scores.of_month(month.before().first, own)
        people = {one.operator_id for one in now if one.operator_id} | {one.score.scored_by for one in now}
        names = {one.id: one.name for one in work.operators.get_many(people).values()}
    known: dict[int | None, str] = {None: "", **dict[int | None, str](names.items())}
    found = results(now, past, known, forms())
    agreed = agreements([one.score for one in now], forms()) if own is None else []
    return MonthFigures(found, agreed, names)
