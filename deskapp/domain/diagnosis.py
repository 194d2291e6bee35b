"""Diagnoses: the problem of a shop or site, its cause, the advice and what came of it (row C8; text 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

STATES = ("open", "helped", "no_change")
ENDED = STATES[1:]
LONGEST_WORDS = 2000
LONGEST_MEASURE = 60
MOST = 10**15
"""The largest figure kept, in hundredths."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis; `before` and `after` are the figure named by `measure`, in hundredths."""

    id: int = 0
    version: int = 0
    at: DateTime | None = None
    client_id: int = 0
    shop_id: int | None = None
    site_id: int | None = None
    call_id: int | None = None
    operator_id: int | None = None
    problem: str = ""
    cause: str = ""
    advice: str = ""
    outcome: str = ""
    measure: str = ""
    before: int | None = None
    after: int | None = None
    state: str = "open"
    ended_at: DateTime | None = None
    """When it was said what came of the advice."""
    ended_by: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what came of the advice."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class DiagnosisRow:
    """A diagnosis as a list shows it: whose, of which shop or site, and who made it."""

    diagnosis: Diagnosis
    client: str = ""
    about: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the advice: whether it helped, in words, and the figure afterwards in hundredths."""

    state: str
    words: str = ""
    after: int | None = None


def check_diagnosis(one: Diagnosis) -> None:
    """Refuse a diagnosis without its problem, without its cause (text 1: 80 % is finding it), or about two things."""
    if not one.problem.strip():
        raise RuleBroken("diagnosis.problem")
    if not one.cause.strip():
        raise RuleBroken("diagnosis.cause")
    if one.shop_id is not None and one.site_id is not None:
        raise RuleBroken("diagnosis.about_two")
    _check_words(one.problem, one.cause, one.advice)
    if len(one.measure) > LONGEST_MEASURE:
        raise RuleBroken("diagnosis.measure_long", limit=LONGEST_MEASURE)
    if one.before is not None and not one.measure.strip():
        raise RuleBroken("diagnosis.measure")
    _check_figure(one.before)


def ended(one: Diagnosis, outcome: Outcome, now: DateTime, by: int | None) -> Diagnosis:
    """Return the diagnosis with what came of it; said once more, the first moment stays unless the answer changes."""
    if outcome.state not in ENDED:
        raise RuleBroken("diagnosis.no_state", value=outcome.state)
    if not outcome.words.strip():
        raise RuleBroken("diagnosis.outcome")
    _check_words(outcome.words)
    if outcome.after is not None and not one.measure.strip():
        raise RuleBroken("diagnosis.nothing_measured")
    _check_figure(outcome.after)
    same = one.state == outcome.state
    return replace(
        one,
        state=outcome.state,
        outcome=outcome.words.strip(),
        after=outcome.after,
        ended_at=one.ended_at if same else now,
        ended_by=one.ended_by if same else by,
    )


def _check_words(*texts: str) -> None:
    if any(len(text) > LONGEST_WORDS for text in texts):
        raise RuleBroken("diagnosis.words_long", limit=LONGEST_WORDS)


def _check_figure(figure: int | None) -> None:
    if figure is not None and not -MOST <= figure <= MOST:
        raise RuleBroken("diagnosis.figure", value=figure)
