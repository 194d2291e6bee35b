"""Articles in the store: what the index finds is what the text says, on either database; misses by times (K1)."""

from __future__ import annotations

import pytest

from deskapp.domain.article import Article, Wanted
from deskapp.domain.search_text import haystack, matches, pinyin_text, query_terms

pytestmark = pytest.mark.row("K1")

TEXTS = (
    ("漏水先关阀", "渗水 滴水", "请客户关掉总水阀 100%"),
    ("Water leaks", "dripping", "close the valve_1"),
    ("瓷砖空鼓", "", "约监理 3-2-1101 敲验\\不重铺"),
    ("龘𠮷", "ＡＢＣ", "。"),
)
TYPED = (
    *(
        "水",
        "关阀",
        "漏水 阀",
        "loushui",
        "ls",
        "LS",
        "kg",
        "ckg",
        "valve",
        "val",
        "va",
        "leak drip",
        "100%",
        "%",
        "_1",
    ),
    *(
        "3-2-1101",
        "1101",
        "\\不",
        "abc",
        "𠮷",
        "龘",
        "shui",
        "漏水 xgf",
        "ciz",
        "。",
        "zz",
        "漏 drip",
        "a",
        "'",
        '"',
    ),
)


def test_what_is_typed_finds_the_articles_that_hold_it_and_no_others(desk):
    with desk.store.write("test") as work:
        there = {one.id for one in work.articles.all()}
        mine = [
            work.articles.add(Article(title=title, keys=keys, body=body, written_at=work.now))
            for title, keys, body in TEXTS
        ]
        work.articles.add(Article(title="漏水 停用", state="retired", written_at=work.now))
    spoken = {
        one.id: haystack(*(one.title, one.keys, *map(pinyin_text, (one.title, *one.keys.split()))), one.body)
        for one in mine
    }
    with desk.read() as work:
        for typed in TYPED:
            found = set(work.article_search.ids(typed, Wanted(), 1000)) - there
            assert found == {key for key, text in spoken.items() if matches(text, query_terms(typed))}, typed
        assert work.article_search.ids(" ", Wanted(), 10) == []
        assert work.article_search.ids("漏水", Wanted(category_id=0), 10)[0] == mine[0].id
        assert mine[0].id not in work.article_search.ids("漏水", Wanted(category_id=1), 100)


def test_what_shares_most_with_a_text_comes_first(desk):
    with desk.store.write("test") as work:
        both = work.articles.add(Article(title="马桶堵塞", body="疏通", written_at=work.now))
        one = work.articles.add(Article(title="马桶松动", body="", written_at=work.now))
        work.articles.add(Article(title="马桶堵塞疏通", state="retired", written_at=work.now))
    with desk.read() as work:
        assert work.article_search.sharing(["马桶", "堵塞", "疏通", '"', "'"], 5) == [both.id, one.id]
        assert work.article_search.sharing([], 5) == []


def test_misses_are_listed_by_times_page_by_page(desk):
    with desk.store.write("test") as work:
        for times, typed in ((2, "b"), (5, "a"), (1, "c"), (2, "d")):
            work.search_misses.missed(typed, work.now, times)
    with desk.read() as work:
        page = work.search_misses.page
        first = page(2)
        rest = page(9, after=first[-1])
        assert [one.typed for one in [*first, *rest]] == ["a", "d", "b", "c"]
        assert page(2, before=rest[0]) == first and page(1, last=True) == rest[-1:]
        assert page(2, offset=1) == [first[1], rest[0]]
        assert work.search_misses.count() == 4
