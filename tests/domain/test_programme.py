"""Rules that make sense, spans and questions as people type them, and what an edited rule demands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.programme import (
    QUESTION_KINDS,
    UNITS,
    FollowupRule,
    Script,
    check_rule,
    check_script,
    in_force,
    read_questions,
    read_span,
)

pytestmark = pytest.mark.row("F1", "F4")

WEEKLY = FollowupRule(
    id=1, code="weekly", anchor="start", first_count=1, first_unit="week", every_count=1, every_unit="week"
)
WORDS = {"天": "day", "周": "week", "个月": "month", "月": "month"}
KINDS = {"打分": "score", "是否": "yes_no", "文字": "text"}


def test_a_sound_rule_passes() -> None:
    check_rule(WEEKLY)
    check_rule(FollowupRule(name="签约后", anchor="signed"))
    check_rule(FollowupRule(code="solved", anchor="solved", purpose="solved"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": " ", "name": ""}, "name_missing"),
        ({"anchor": "moon"}, "unknown"),
        ({"until_event": "moon"}, "unknown"),
        ({"every_unit": "year"}, "unknown"),
        ({"shift": "sideways"}, "unknown"),
        ({"purpose": "fun"}, "unknown"),
        ({"first_count": -1}, "count"),
        ({"every_count": 1000}, "count"),
        ({"until_event": "start"}, "until_itself"),
        ({"anchor": "solved", "purpose": "solved"}, "solved_once"),
        ({"anchor": "solved", "every_count": 0}, "solved_purpose"),
        ({"purpose": "solved"}, "solved_purpose"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(change, code) -> None:
    with pytest.raises(RuleBroken) as broken:
        check_rule(replace(WEEKLY, **change))
    assert broken.value.code == f"followup.{code}"


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("", (0, "day")),
        ("3天", (3, "day")),
        (" 2 周 ", (2, "week")),
        ("1个月", (1, "month")),
        ("15 月", (15, "month")),
        ("3 days", (3, "day")),
        ("2w", (2, "week")),
        ("1 Month", (1, "month")),
    ],
)
def test_a_span_is_read_as_people_type_it(typed, span) -> None:
    assert read_span(typed, WORDS) == span


@pytest.mark.parametrize("typed", ["周", "3", "三周", "3 年", "-1天", "1.5周", "3天2周"])
def test_what_is_no_span_is_refused(typed) -> None:
    with pytest.raises(RuleBroken, match=r"followup\.span"):
        read_span(typed, WORDS)


@given(st.integers(0, 999), st.sampled_from(UNITS))
def test_a_span_written_is_read_back(count, unit) -> None:
    assert read_span(f"{count} {unit}", WORDS) == (count, unit)


def test_questions_are_read_a_line_each_in_either_language() -> None:
    typed = "打分：本周质量几分？\n\nyes_no: 进度相符吗？\n  文字 有什么要处理：水电？ "
    assert [(one["kind"], one["text"]) for one in read_questions(typed, KINDS)] == [
        ("score", "本周质量几分？"),
        ("yes_no", "进度相符吗？"),
        ("text", "有什么要处理：水电？"),
    ]


@pytest.mark.parametrize(("typed", "line"), [("打分：好\n多少：几分", 2), ("本周质量几分", 1), ("打分：", 1)])
def test_a_line_without_a_kind_is_refused_by_its_number(typed, line) -> None:
    with pytest.raises(RuleBroken, match=r"followup\.question") as broken:
        read_questions(typed, KINDS)
    assert broken.value.facts["line"] == line


def test_a_question_keeps_the_code_its_answers_are_stored_under() -> None:
    before = [
        {"code": "quality", "text": "质量几分？", "kind": "score"},
        {"code": "left", "text": "遗留问题？", "kind": "text"},
    ]
    moved = read_questions("文字：遗留问题？\n打分：质量几分？", KINDS, before)
    assert [one["code"] for one in moved] == ["left", "quality"]
    reworded = read_questions("打分：工程质量您打几分？\n文字：遗留问题？", KINDS, before)
    assert [one["code"] for one in reworded] == ["quality", "left"]
    another = read_questions("是否：质量好吗？\n文字：遗留问题？", KINDS, before)
    assert [one["code"] for one in another] == ["q1", "left"], "another kind of answer is another question"
    more = read_questions("打分：质量几分？\n打分：卫生几分？\n文字：遗留问题？", KINDS, before)
    assert [one["code"] for one in more] == ["quality", "q1", "left"]


texts = st.text("质量进度卫生好吗几分", min_size=1, max_size=8)
questions = st.lists(
    st.tuples(st.sampled_from(QUESTION_KINDS), texts), unique_by=lambda one: one[1], max_size=6
)


@given(questions, questions)
def test_codes_are_never_given_twice(first, second) -> None:
    def typed(asked):
        return "\n".join(f"{kind}: {text}" for kind, text in asked)

    before = read_questions(typed(first), KINDS)
    after = read_questions(typed(second), KINDS, before)
    check_script(Script(name="话术", questions=after))
    codes = {one["text"]: one["code"] for one in before}
    assert all(one["code"] == codes[one["text"]] for one in after if one["text"] in codes)
    assert read_questions(typed(second), KINDS, after) == after


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (Script(), "name_missing"),
        (Script(name="话术", questions=[{"code": "a", "text": " ", "kind": "text"}]), "question"),
        (Script(name="话术", questions=[{"code": "a", "text": "好吗", "kind": "smile"}]), "question"),
        (
            Script(name="话术", questions=[{"code": "a", "text": x, "kind": "text"} for x in "一二"]),
            "question_twice",
        ),
    ],
)
def test_a_script_nobody_can_ask_is_refused(script, code) -> None:
    with pytest.raises(RuleBroken) as broken:
        check_script(script)
    assert broken.value.code == f"followup.{code}"


def test_other_days_demand_nothing_for_the_past() -> None:
    today = date(2026, 11, 23)
    rule = replace(WEEKLY, since_on=date(2026, 1, 1))
    assert in_force(replace(WEEKLY, since_on=None), None, today).since_on == today
    assert in_force(rule, None, today).since_on == date(2026, 1, 1)
    assert in_force(replace(rule, name="每周", script_id=3), rule, today).since_on == date(2026, 1, 1)
    assert in_force(replace(rule, every_count=2), rule, today).since_on == today
    assert in_force(replace(rule, active=False), rule, today).since_on == today
    told = replace(rule, every_count=2, since_on=date(2026, 6, 1))
    assert in_force(told, rule, today) == told
