"""Samples drawn by lot, scores on a form, results and agreement (A5)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp import i18n
from deskapp.domain import quality as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.quality import (
    CRISIS,
    RANDOM,
    Form,
    QualitySample,
    QualityScore,
    Question,
    mean,
    parse,
    total,
)
from deskapp.domain.quality_draw import CALL, TICKET, Work, draw
from deskapp.domain.quality_figures import Scored, agreements, kappa, results, worst
from deskapp.services.company import defaults

pytestmark = pytest.mark.row("A5")
NOVEMBER = date(2026, 11, 1)
FORMS, CURRENT = parse(defaults("quality_form"))
FORM = FORMS[CURRENT]
FULL = {one.id: one.most for one in FORM.questions}
SMALL = Form(
    "s", (Question("a", 2, 3, skip=True), Question("b", 1, 1, fatal=True), Question("c", 3, 2, skip=True))
)


def broken(act, *args) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*args)
    return refused.value.code


def test_the_form_of_the_house_asks_what_text_3_demands_in_both_languages() -> None:
    assert list(FULL) == ["greeting", "courtesy", "listening", "clean", "voice", "understood", "apology", "record",
                          "promise"]  # fmt: skip
    assert [one.id for one in FORM.questions if one.fatal] == ["clean"]
    assert FULL["courtesy"] == 5, "one point for each of the five courteous words"
    for language in i18n.LANGUAGES:
        words = i18n.area(language, "quality")
        assert all(f"quality.{part}.{name}" in words for part in ("question", "help") for name in FULL)


@pytest.mark.parametrize("spoil", [
    {"most": 0}, {"most": 10}, {"weight": 0}, {"fatal": True, "skip": True},
])  # fmt: skip
def test_a_form_nobody_can_mean_is_refused(spoil) -> None:
    one = {"id": "a", "most": 2} | spoil
    with pytest.raises(ValueError, match="form f"):
        parse({"current": "f", "form": [{"code": "f", "question": [one]}]})
    with pytest.raises(ValueError, match="form other"):
        parse({"current": "other", "form": [{"code": "f", "question": [{"id": "a", "most": 2}]}]})


@pytest.mark.parametrize(("answers", "expected"), [
    ({"a": 2, "b": 1, "c": 3}, 10_000),
    ({"a": 1, "b": 1, "c": 3}, 7_692),     # (3 + 1 + 6) / 13
    ({"a": None, "b": 1, "c": 2}, 7_143),  # (1 + 4) / 7
    ({"a": None, "b": 1, "c": None}, 10_000),
    ({"a": 2, "b": 0, "c": 3}, 0),         # foul words
    ({"a": 0, "b": 1, "c": 0}, 769),       # 1 / 13
])  # fmt: skip
def test_a_score_in_hundredths_of_a_percent(answers, expected: int) -> None:
    assert total(SMALL, answers) == expected


@pytest.mark.parametrize(("change", "code"), [
    ({"a": 3}, "quality.points"), ({"a": -1}, "quality.points"), ({"b": None}, "quality.applies"),
    ({"c": True}, "quality.points"),
])  # fmt: skip
def test_wrong_points_are_refused(change, code: str) -> None:
    good = {"a": 2, "b": 1, "c": 3}
    assert broken(total, SMALL, good | change) == code
    assert broken(total, SMALL, {"a": 2, "b": 1}) == "quality.unanswered"
    lax = Form("l", (Question("a", 2, skip=True),))
    assert broken(total, lax, {"a": None}) == "quality.nothing_applies"


@given(st.fixed_dictionaries({q.id: st.integers(0, q.most) | (st.none() if q.skip else st.nothing())
                              for q in FORM.questions}))  # fmt: skip
@settings(max_examples=60)
def test_more_points_are_never_a_lower_score(answers) -> None:
    value = total(FORM, answers)
    assert 0 <= value <= 10_000 and (answers["clean"] or value == 0)
    for one in FORM.questions:
        points = answers[one.id]
        if points is not None and points < one.most:
            assert total(FORM, answers | {one.id: points + 1}) >= value
    assert (value == 10_000) is all(answers[q.id] in (None, q.most) for q in FORM.questions)


def test_who_may_score_and_who_confirms() -> None:
    sample = QualitySample(id=1, operator_id=5)
    assert broken(rules.check_scorer, sample, 5, []) == "quality.own_work"
    assert broken(rules.check_scorer, sample, 6, [7, 8]) == "quality.two_scorers"
    rules.check_scorer(sample, 6, [7, 6])
    rules.check_scorer(sample, 6, [7])
    assert broken(rules.check_read, sample, QualityScore(coaching="x"), 6) == "quality.not_yours"
    assert broken(rules.check_read, sample, QualityScore(coaching=" "), 5) == "quality.no_coaching"
    rules.check_read(sample, QualityScore(coaching="x"), 5)


WORKS = st.lists(
    st.builds(Work, st.sampled_from([CALL, TICKET]), st.integers(1, 40), st.integers(1, 3), st.booleans()),
    unique_by=lambda one: (one.kind, one.id), max_size=40,
)  # fmt: skip


def keys(samples) -> set:
    return {(one.call_id, one.ticket_id) for one in samples}


@given(WORKS, st.integers(0, 6), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_a_draw_takes_every_crisis_and_of_each_as_many_as_there_are_up_to_k(works, each: int, dice) -> None:
    found = draw(NOVEMBER, works, {}, each)
    shuffled = list(works)
    dice.shuffle(shuffled)
    assert draw(NOVEMBER, shuffled, {}, each) == found, "the same whatever order work comes in"
    assert len(keys(found)) == len(found), "nothing twice"
    assert sum(one.reason == CRISIS for one in found) == sum(work.crisis for work in works)
    for who in (1, 2, 3):
        there = sum(not work.crisis and work.operator_id == who for work in works)
        assert sum(one.reason == RANDOM and one.operator_id == who for one in found) == min(each, there)


@given(WORKS, st.integers(0, 20), st.integers(1, 5))
@settings(max_examples=60)
def test_drawing_again_adds_only_what_lacks(works, cut: int, each: int) -> None:
    first = draw(NOVEMBER, works[:cut], {}, each)
    there: dict[int, int] = {}
    for one in first:
        if one.reason == RANDOM:
            there[one.operator_id] = there.get(one.operator_id, 0) + 1
    left = [w for w in works if (w.id if w.kind == CALL else None, w.id if w.kind == TICKET else None)
            not in keys(first)]  # fmt: skip
    again = draw(NOVEMBER, left, there, each)
    assert not keys(first) & keys(again)
    for who in (1, 2, 3):
        plain = sum(not w.crisis and w.operator_id == who for w in works)
        drawn = sum(o.reason == RANDOM and o.operator_id == who for o in [*first, *again])
        assert drawn == min(each, plain)


def test_another_month_is_another_lot() -> None:
    works = [Work(CALL, number, 1) for number in range(1, 60)]
    months = [keys(draw(date(2026, month, 1), works, {}, 5)) for month in (9, 10, 11)]
    assert months[0] != months[1] != months[2]


def a_score(sample: int, by: int, answers, value: int = 0, form: str = "s") -> QualityScore:
    return QualityScore(sample_id=sample, scored_by=by, answers=answers, total=value, form=form)


def test_results_count_a_sample_once_and_name_what_went_worst() -> None:
    forms = {"s": SMALL}
    now = [
        Scored(1, a_score(1, 8, {"a": 1, "b": 1, "c": 3}, 8_000)),
        Scored(1, a_score(1, 9, {"a": 2, "b": 1, "c": 3}, 9_000)),
        Scored(1, a_score(2, 8, {"a": 0, "b": 1, "c": None}, 6_001)),
        Scored(2, a_score(3, 8, {"a": 2, "b": 1, "c": 3}, 10_000)),
    ]
    before = [Scored(1, a_score(9, 8, {}, 7_000)), Scored(3, a_score(8, 8, {}, 1))]
    first, second = results(now, before, {1: "刘敏", 2: "王芳"}, forms)
    assert (first.name, first.samples, first.mean, first.change) == (
        "刘敏",
        2,
        7_251,
        251,
    )  # (8500 + 6001) / 2
    assert first.worst == (("a", 5_000),) and not first.passed(80)
    assert (second.mean, second.change, second.worst, second.passed(100)) == (10_000, None, (), True)
    assert worst([], forms) == () and mean([]) is None and mean([1, 2]) == 2


def test_agreement_by_hand() -> None:
    pairs = [
        a_score(1, 8, {"a": 2, "b": 1, "c": 3}, 10_000), a_score(1, 9, {"a": 1, "b": 1, "c": 3}, 7_692),
        a_score(2, 9, {"a": None, "b": 0, "c": 1}, 0), a_score(2, 8, {"a": None, "b": 1, "c": 2}, 7_143),
        a_score(3, 8, {"a": 2, "b": 1, "c": 3}), a_score(4, 8, {}, 0, "s"), a_score(4, 7, {}, 0, "gone"),
    ]  # fmt: skip
    [found] = agreements(pairs, {"s": SMALL})
    assert (found.first, found.second, found.samples, found.questions, found.alike) == (8, 9, 2, 6, 3)
    assert found.percent == Fraction(1, 2)
    # 8: all all all none all some; 9: some all all none zero some. po = 4/6; pe = (4*2 + 1*1 + 1*2)/36 = 11/36.
    assert found.kappa == (Fraction(4, 6) - Fraction(11, 36)) / (1 - Fraction(11, 36)) == Fraction(13, 25)
    assert found.apart == 4_726  # (2308 + 7143) / 2, half up


@pytest.mark.parametrize(("classes", "expected"), [
    ([], None),
    ([("x", "x")] * 4, None),
    ([("x", "x"), ("y", "y")], Fraction(1)),
    ([("x", "y"), ("y", "x")], Fraction(-1)),
    # Cohen's own kind of table: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no → 0.4.
    ([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15, Fraction(2, 5)),
])  # fmt: skip
def test_kappa(classes, expected) -> None:
    assert kappa(classes) == expected


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=30))
@settings(max_examples=60)
def test_kappa_is_the_same_either_way_and_at_most_one(classes) -> None:
    value = kappa(classes)
    assert value == kappa([(other, one) for one, other in classes])
    assert value is None or (value <= 1 and (value == 1) is all(one == other for one, other in classes))
