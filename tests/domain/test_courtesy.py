"""The adviser on outgoing text: what is forbidden and where it stands, what courtesy is missing, which hole is open."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain.courtesy import NEEDS, Forbidden, Rules, advise, marks_of, needs_of, open_holes, rules_of
from deskapp.domain.errors import RuleBroken
from deskapp.domain.phrase import HOLES, KINDS, Phrase, check_phrase, fill, fits
from deskapp.services.phrases import starter

pytestmark = pytest.mark.row("K2")

ZH, EN = rules_of(starter("zh")), rules_of(starter("en"))
RULES = Rules((Forbidden(("闭嘴", "SB", "not my job"), "恶语", "请稍等"),), {})


def found(text, rules=RULES, needs=()):
    return [(one.kind, one.found) for one in advise(text, rules, needs)]


@pytest.mark.parametrize(
    ("text", "expressions"),
    [
        ("请您闭嘴。", ["闭嘴"]),
        ("闭 嘴!闭\n嘴", ["闭 嘴", "闭\n嘴"]),
        ("闭\u200b嘴", ["闭\u200b嘴"]),
        ("你ＳＢ,sb", ["ＳＢ", "sb"]),
        ("usb线、SBS", []),
        ("NOT  my\nJob!", ["NOT  my\nJob"]),
        ("cannot my jobs", []),
        ("> 你闭嘴\n＞闭嘴\n您好", []),
        ("[b]闭嘴[/b]{{x}}", ["闭嘴"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_forbidden_expression_is_found_however_it_is_written(text, expressions):
    assert [words for _, words in found(text)] == expressions


def test_a_finding_names_the_rule_and_the_way_out():
    (one,) = advise("好的。闭嘴", RULES)
    assert (one.begin, one.end, one.rule, one.advice) == (3, 5, "恶语", "请稍等")


def test_the_longer_expression_wins():
    rules = Rules((Forbidden(("废话",), "短", "a"), Forbidden(("少废话",), "长", "b")))
    assert [one.rule for one in advise("少废话,全是废话", rules)] == ["长", "短"]


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("马上去修", ["greeting", "courtesy", "apology"]),
        ("您好,马上去修", ["apology"]),
        ("对不起,马上去修", ["greeting"]),
        ("早上好,非常抱歉,谢谢您", []),
        ("> 您好,对不起\n马上去修", ["greeting", "courtesy", "apology"]),
    ],
)
def test_a_complaint_answered_without_courtesy_is_told_so(text, lacking):
    assert [one.kind for one in advise(text, ZH, needs_of("complaint"))] == lacking


def test_what_is_missing_comes_with_words_for_it_and_without_words_nothing_is_missing():
    assert [one.advice for one in advise("马上去", ZH, ["apology"])] == ["对不起 / 请原谅 / 抱歉"]
    assert found("马上去", rules_of([]), NEEDS) == []


@pytest.mark.parametrize(
    ("kind", "letter", "needs"),
    [
        ("complaint", False, NEEDS),
        ("complaint", True, NEEDS),
        ("repair", False, ("courtesy",)),
        ("repair", True, ("greeting", "courtesy")),
        ("handoff", True, ()),
    ],
)
def test_what_an_answer_needs(kind, letter, needs):
    assert needs_of(kind, letter=letter) == needs


def test_only_short_phrases_without_holes_are_what_a_courtesy_is_known_by():
    assert marks_of(Phrase(words="对不起!请原谅!")) == ("对不起", "请原谅")
    assert marks_of(Phrase(words="{{greeting}}")) == marks_of(Phrase(words="您的心情我完全理解")) == ()
    assert rules_of([Phrase(kind="apology", words="对不起", active=False)]).marks["apology"] == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_starter_list_keeps_its_own_rules(language):
    phrases = starter(language)
    rules = rules_of(phrases)
    for phrase in phrases:
        check_phrase(phrase)
        assert not set(fill(phrase.words, dict.fromkeys(HOLES, "x")).unknown)
    assert {one.kind for one in phrases} == set(KINDS)
    assert [one.code for one in phrases] == [one.code for one in starter("zh")]
    for phrase in phrases:
        hits = [advise(one, rules) for one in phrase.expressions] if phrase.kind == "forbidden" else []
        assert all(hit and hit[0].kind == "forbidden" for hit in hits)
        if phrase.kind == "reply":
            assert [one for one in advise(phrase.advice, rules) if one.kind == "forbidden"] == []


@settings(max_examples=60)
@given(st.data(), st.sampled_from(["zh", "en"]))
def test_a_text_of_courteous_phrases_is_never_forbidden(data, language):
    said = [one.words for one in starter(language) if one.kind != "forbidden"]
    text = data.draw(
        st.lists(st.sampled_from(said), max_size=8).map(
            data.draw(st.sampled_from(["", " ", "\n", "，"])).join
        )
    )
    assert [one for one in advise(text, ZH if language == "zh" else EN) if one.kind == "forbidden"] == []


@settings(max_examples=60)
@given(
    st.text(max_size=60),
    st.sampled_from(["闭嘴", "他妈的", "shut up", "e\u0301", "\ufb03"]),
    st.text(max_size=60),
)
def test_it_never_raises_and_every_place_lies_in_the_text(before, expression, after):
    text = before + expression + after
    for rules in (ZH, EN, Rules((Forbidden((expression, before, after), "r", "a"),))):
        for one in advise(text, rules, NEEDS):
            assert 0 <= one.begin <= one.end <= len(text)
            assert one.kind != "forbidden" or (one.begin < one.end and text[one.begin : one.end] == one.found)


@settings(max_examples=60)
@given(
    st.sampled_from([word for rule in ZH.forbidden for word in rule.expressions]),
    st.sampled_from("，。!\n 的"),
)
def test_width_and_case_hide_nothing(expression, between):
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in expression)
    for spelled in (expression, expression.lower(), expression.upper(), wide):
        hits = advise(f"好{between}{spelled}{between}好", ZH)
        assert any(one.kind == "forbidden" and one.found == spelled for one in hits), spelled


def test_open_holes_are_those_of_ones_own_words():
    assert open_holes("{{client.name}}您好,____上门\n> {{ticket.due}}") == ("client.name", "____")
    assert open_holes("您好") == ()


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        (Phrase(kind="other", title="a", words="a"), "phrase.kind"),
        (Phrase(title=" ", words="a"), "phrase.title"),
        (Phrase(title="a", words=" "), "phrase.words"),
        (Phrase(title="a", words="{{client.age}}您好"), "phrase.hole"),
        (Phrase(kind="forbidden", title="a", words="b"), "phrase.advice"),
    ],
)
def test_a_phrase_that_cannot_be_is_refused(phrase, code):
    with pytest.raises(RuleBroken) as refused:
        check_phrase(phrase)
    assert refused.value.code == code
    if code == "phrase.hole":
        assert refused.value.facts["hole"] == "{{client.age}}"


@pytest.mark.parametrize("typed", ["", "原谅", "qingyuanliang", "qyl", "ＱＹＬ", "麻烦 请", "gntmf"])
def test_a_phrase_is_found_by_words_pinyin_initials_and_keys(typed):
    assert fits(Phrase(title="请原谅", words="给您添麻烦了", keys="gntmf"), typed)
    assert not fits(Phrase(title="请原谅", words="给您添麻烦了", keys="gntmf"), "再见")
