"""What may be written, what is quoted, what counts as missed, and which articles fit (K1)."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain import article as rules
from deskapp.domain.article import Article, missed, quotable, whole
from deskapp.domain.article_fit import MOST_TOKENS, best, tokens_of, words_of
from deskapp.domain.errors import RuleBroken
from deskapp.domain.search_text import grams

pytestmark = pytest.mark.row("K1")

LEAK = Article(1, title="漏水渗水先怎么处理", keys="滴水 楼下", body="关总阀", category_id=7)
NOISE = Article(2, title="邻居投诉装修噪音", keys="扰民 楼下", body="客户 漏水", category_id=8)
DELAY = Article(3, title="Explaining a delay", keys="late schedule", body="call back")
ALL = [NOISE, DELAY, LEAK]


@pytest.mark.parametrize(
    ("text", "category", "expected"),
    [
        ("卫生间漏水,楼下找来", None, [1, 2]),
        ("太吵了,噪音扰民", None, [2]),
        ("nothing was said about a DELAY", None, [3]),
        ("", 7, [1]),
        ("楼下", 8, [2, 1]),
        ("客户说了一句话", None, []),
        ("late", None, [3]),
        ("the", None, []),
    ],
)
def test_what_fits_best_comes_first(text, category, expected):
    assert [fit.article.id for fit in best(ALL, words_of(text), category, 5)] == expected


def test_among_equals_the_one_that_helped_comes_first():
    helped, failed = Article(1, title="空鼓", helped=2), Article(2, title="空鼓", failed=1)
    assert [fit.article.id for fit in best([failed, helped], ("空鼓",), None, 5)] == [1, 2]


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_every_token_asked_for_is_one_the_index_has_of_the_text(text):
    words = words_of(text)
    assert len(words) <= MOST_TOKENS and len(set(words)) == len(words)
    assert set(tokens_of(words)) <= set(grams(text).split())


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        (" ＡＢ  c ", "ab c"),
        ("新风", "新风"),
        ("水", ""),
        ("", ""),
        ("138-0013 8000", ""),
        ("2026新规", "2026新规"),
        ("长" * 300, "长" * 80),
    ],
)
def test_what_was_missed_is_counted_folded(typed, counted):
    assert missed(typed) == counted


@pytest.mark.parametrize(
    ("body", "quoted", "plain"),
    [
        (
            "1.关阀\n可以这样说:\n> 请您关阀。\n>马上到。",
            "请您关阀。\n马上到。",
            "1.关阀\n可以这样说:\n请您关阀。\n马上到。",
        ),
        ("只有步骤\n第二步", "只有步骤\n第二步", "只有步骤\n第二步"),
        ("a > b", "a > b", "a > b"),
    ],
)
def test_what_may_be_said_is_quoted_alone(body, quoted, plain):
    assert (quotable(body), whole(body)) == (quoted, plain)


def test_retired_is_not_retired_again():
    with pytest.raises(RuleBroken, match="already_retired"):
        rules.check_state(Article(state="retired"), "retired")
    rules.check_state(Article(state="retired"), "live")


def test_the_starters_are_the_same_in_both_languages_and_may_be_written():
    read = {
        language: tomllib.loads(
            (files("deskapp.data") / f"articles.{language}.toml").read_text(encoding="utf-8")
        )["article"]
        for language in ("zh", "en")
    }
    categories = tomllib.loads((files("deskapp.data") / "categories.toml").read_text(encoding="utf-8"))
    known = {"", *(one["code"] for one in categories["category"])}
    codes = [[(one["code"], one.get("category", "")) for one in entries] for entries in read.values()]
    assert codes[0] == codes[1]
    assert len({code for code, _ in codes[0]}) == len(codes[0]) >= 20
    for one in [*read["zh"], *read["en"]]:
        assert one.get("category", "") in known
        rules.check_article(Article(title=one["title"], body=one["body"].strip(), keys=one["keys"]))
