"""What a diagnosis needs, and what may be said of its outcome (C8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain import diagnosis as rules
from deskapp.domain.diagnosis import Diagnosis, Outcome
from deskapp.domain.errors import RuleBroken
from tests.builders import NOW

pytestmark = pytest.mark.row("C8")

GOOD = Diagnosis(client_id=1, problem="转化率低", cause="主图不清", measure="月营业额", before=100_00)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"problem": " "}, "problem"),
        ({"cause": ""}, "cause"),
        ({"cause": "长" * 2001}, "words_long"),
        ({"shop_id": 1, "site_id": 2}, "about_two"),
        ({"measure": ""}, "measure"),
        ({"measure": "长" * 61}, "measure_long"),
        ({"before": 10**16}, "figure"),
    ],
)
def test_what_a_diagnosis_needs(fields, code) -> None:
    rules.check_diagnosis(GOOD)
    with pytest.raises(RuleBroken) as broken:
        rules.check_diagnosis(replace(GOOD, **fields))
    assert broken.value.code == f"diagnosis.{code}"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome("open", "好了"), "no_state"),
        (Outcome("helped", " "), "outcome"),
        (Outcome("helped", "长" * 2001), "words_long"),
        (Outcome("helped", "好了", 10**16), "figure"),
    ],
)
def test_what_an_outcome_needs(outcome, code) -> None:
    with pytest.raises(RuleBroken) as broken:
        rules.ended(GOOD, outcome, NOW, 1)
    assert broken.value.code == f"diagnosis.{code}"
    with pytest.raises(RuleBroken, match=r"diagnosis\.nothing_measured"):
        rules.ended(replace(GOOD, measure="", before=None), Outcome("helped", "好了", 5), NOW, 1)


def test_said_again_the_first_moment_stays_until_the_answer_changes() -> None:
    first = rules.ended(GOOD, Outcome("helped", " 好了 ", 130_00), NOW, 1)
    assert (first.state, first.outcome, first.after, first.ended_at, first.ended_by) == (
        "helped",
        "好了",
        130_00,
        NOW,
        1,
    )
    later = NOW.add(days=1)
    same = rules.ended(first, Outcome("helped", "更好了", 150_00), later, 2)
    assert (same.outcome, same.ended_at, same.ended_by) == ("更好了", NOW, 1)
    other = rules.ended(first, Outcome("no_change", "又差了"), later, 2)
    assert (other.ended_at, other.ended_by, other.after) == (later, 2, None)
