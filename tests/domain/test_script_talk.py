"""What a script says and asks, and which answers its questions take (row F4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.followup import Script
from deskapp.domain.script_talk import Question, answered, opening_of, questions_of

pytestmark = pytest.mark.row("F4")

ASKED = (
    Question("progress", "进度相符吗?", "yes_no"),
    Question("designer", "设计师几分?", "score"),
    Question("left", "有没有遗留问题?"),
)


def test_an_opening_is_filled_with_what_is_known_and_nothing_else() -> None:
    text = "您好,我是{company}客服{operator}。{address}怎么样? {else}"
    filled = opening_of(text, {"company": "海棠装饰", "operator": "李敏", "address": "海棠湾 3-2-1101"})
    assert filled == "您好,我是海棠装饰客服李敏。海棠湾 3-2-1101怎么样? {else}"


@given(st.text(alphabet="{}ab "))
def test_braces_somebody_typed_never_break_a_call(text: str) -> None:
    assert opening_of(text, {}) == text


def test_questions_without_code_or_words_are_none_and_an_unknown_kind_takes_words() -> None:
    written = [{"code": "a", "text": "A?", "kind": "score"}, {"code": "", "text": "B?"}, {"code": "c"}]
    script = Script(questions=[*written, {"code": "d", "text": "D?", "kind": "dance"}])
    assert questions_of(script) == (Question("a", "A?", "score"), Question("d", "D?", "text"))
    assert questions_of(None) == ()


def test_a_score_asked_of_a_trade_is_that_trade_s() -> None:
    assert [one.trade for one in ASKED] == ["", "designer", ""]
    assert Question("manager", "?", "score").trade == "project_manager"
    assert Question("manager", "?", "text").trade == ""


def test_answers_that_are_none_are_left_out() -> None:
    assert answered(ASKED, {"progress": "yes", "designer": None, "left": "", "else": "x"}) == {
        "progress": "yes"
    }


@pytest.mark.parametrize(
    "answers", [{"designer": 6}, {"designer": True}, {"designer": "5"}, {"progress": "maybe"}, {"left": 3}]
)
def test_an_answer_its_question_does_not_take_is_refused(answers: dict[str, object]) -> None:
    with pytest.raises(RuleBroken, match=r"followup_call\.answer"):
        answered(ASKED, answers)
