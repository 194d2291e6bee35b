"""Quality monitoring: calls and tickets drawn, scored on a form, talked over (row A5; texts 3 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

OPEN, SCORED = "open", "scored"
STATES = (OPEN, SCORED)
"""In the order lists have them: what is still to be scored comes first."""
RANDOM, CRISIS = "random", "crisis"
REASONS = (RANDOM, CRISIS)
WHOLE = 10_000
"""A perfect score, in hundredths of a percent."""
MOST_SCORERS = 2
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class QualitySample:
    """One call or one ticket drawn to be scored, and the operator whose work it was."""

    id: int = 0
    version: int = 0
    drawn_at: DateTime | None = None
    drawn_by: int | None = None
    month: date = date.min
    operator_id: int | None = None
    call_id: int | None = None
    ticket_id: int | None = None
    reason: str = RANDOM
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class QualityScore:
    """What one scorer gave a sample: points by question, the `total` in hundredths of a percent, and coaching."""

    id: int = 0
    version: int = 0
    sample_id: int = 0
    scored_at: DateTime | None = None
    scored_by: int = 0
    form: str = ""
    answers: Mapping[str, object] | None = None
    total: int = 0
    words: str = ""
    coaching: str = ""
    read_at: DateTime | None = None


Answers = Mapping[str, int | None]
"""Points by question; None where the question does not apply."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form: points from 0 to `most`, how heavily it counts, whether it may not apply."""

    id: str
    most: int
    weight: int = 1
    skip: bool = False
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A version of the score form."""

    code: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class SampleFilter:
    """Which samples a list shows: of a month, perhaps of one operator, perhaps only those scored."""

    month: date
    operator_id: int | None = None
    scored: bool = False


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A score and who gave it."""

    score: QualityScore
    who: str = ""


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample as a list shows it: whose work, what it was, and the scores it has."""

    sample: QualitySample
    operator: str = ""
    client: str = ""
    number: str = ""
    """The ticket's number, or the telephone number of the call."""
    about: str = ""
    """The ticket's subject, or the call's reason or notes."""
    at: DateTime | None = None
    kind: str = ""
    """The kind of the call; "" for a ticket."""
    scores: tuple[ScoreRow, ...] = field(default=())
    hidden: int = 0
    """How many scores are kept from whoever looks, who may still score it without knowing them."""

    @property
    def total(self) -> int | None:
        """The mean of its scores in hundredths of a percent; None while it has none."""
        return mean([row.score.total for row in self.scores])

    def of(self, operator_id: int) -> QualityScore | None:
        """What one scorer gave it."""
        return next((row.score for row in self.scores if row.score.scored_by == operator_id), None)


def blind(row: SampleRow, scorer_id: int) -> SampleRow:
    """A sample as somebody sees it who scores others: while they may still be its second scorer, without its scores."""
    mine = row.sample.operator_id == scorer_id or row.of(scorer_id) is not None
    if mine or not 0 < len(row.scores) < MOST_SCORERS:
        return row
    return replace(row, scores=(), hidden=len(row.scores))


def mean(totals: list[int]) -> int | None:
    """The mean of some scores, halves rounded up; None of none."""
    return (2 * sum(totals) + len(totals)) // (2 * len(totals)) if totals else None


def parse(declared: Mapping[str, Any]) -> tuple[dict[str, Form], str]:
    """Read the forms as declared, by code, and which one is current; ValueError names what cannot be meant."""
    forms: dict[str, Form] = {}
    for given in declared["form"]:
        form = Form(given["code"], tuple(Question(**one) for one in given["question"]))
        ids = [one.id for one in form.questions]
        sane = all(
            1 <= one.most <= 9 and one.weight >= 1 and not (one.fatal and one.skip) for one in form.questions
        )
        if not ids or len(set(ids)) != len(ids) or not sane or form.code in forms:
            raise ValueError(f"form {form.code}")
        forms[form.code] = form
    current = declared["current"]
    if current not in forms:
        raise ValueError(f"form {current}")
    return forms, current


def wrong(form: Form, answers: Answers) -> dict[str, RuleBroken]:
    """What is wrong with the answers, by question, each naming it."""
    found: dict[str, RuleBroken] = {}
    for one in form.questions:
        points = answers.get(one.id)
        if one.id not in answers:
            found[one.id] = RuleBroken("quality.unanswered", question=one.id)
        elif points is None and not one.skip:
            found[one.id] = RuleBroken("quality.applies", question=one.id)
        elif points is not None and (isinstance(points, bool) or not 0 <= points <= one.most):
            found[one.id] = RuleBroken("quality.points", question=one.id, most=one.most)
    return found


def total(form: Form, answers: Answers) -> int:
    """The score in hundredths of a percent: weighted points of those there were to get where a question applies.

    Halves are rounded up; no point at a fatal question makes it 0. Wrong answers break a rule.
    """
    for error in wrong(form, answers).values():
        raise error
    counted = [(one, answers[one.id] or 0) for one in form.questions if answers[one.id] is not None]
    if any(one.fatal and points == 0 for one, points in counted):
        return 0
    # A form has at least one question; one that leaves out everything says nothing.
    best = sum(one.weight * one.most for one, _ in counted)
    if not best:
        raise RuleBroken("quality.nothing_applies")
    got = sum(one.weight * points for one, points in counted)
    return (2 * WHOLE * got + best) // (2 * best)


def check_scorer(sample: QualitySample, scorer_id: int, others: list[int]) -> None:
    """Refuse whoever would score their own work, and a third scorer; `others` have scored it."""
    if sample.operator_id == scorer_id:
        raise RuleBroken("quality.own_work")
    if len(set(others) - {scorer_id}) >= MOST_SCORERS:
        raise RuleBroken("quality.two_scorers", most=MOST_SCORERS)


def check_words(*texts: str) -> None:
    """Refuse remarks nobody would read to the end."""
    if any(len(text) > LONGEST for text in texts):
        raise RuleBroken("quality.long", most=LONGEST)


def check_read(sample: QualitySample, score: QualityScore, reader_id: int) -> None:
    """Refuse to confirm for somebody else that a note was read, and where there is none."""
    if sample.operator_id != reader_id:
        raise RuleBroken("quality.not_yours")
    if not score.coaching.strip():
        raise RuleBroken("quality.no_coaching")
