"""The knowledge base at the services: written with versions, found, offered, counted, rated, missed, laid in (K1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.article import About, Article, Wanted
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.services import article_search, articles
from tests import builders

pytestmark = pytest.mark.row("K1")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def write(desk, title="除甲醛要多久", body="一般三到七天,开窗通风", keys="甲醛 通风", **fields):
    return articles.write(desk, Article(title=title, body=body, keys=keys, **fields))


def titles(desk, typed, state="live"):
    return [row.article.title for row in article_search.find(desk, typed, Wanted(state))]


def misses(desk):
    with desk.read() as work:
        return [(one.typed, one.times, one.state, one.article_id) for one in work.search_misses.all()]


@pytest.mark.parametrize(
    "typed", ["甲", "甲醛", "除甲醛 多久", "chujiaquan", "cjq", "jq", "七天 通风", "JIAQUAN", "cj 通风"]
)
def test_an_article_is_found_as_everything_is(desk, typed):
    write(desk)
    assert "除甲醛要多久" in titles(desk, typed)
    assert titles(desk, typed + "龘") == []


def test_a_change_keeps_what_it_said_and_is_found_by_its_new_words(desk):
    first = write(desk)
    changed = articles.write(desk, replace(first, body="至少十五天", title="  入住前 除甲醛  "))
    assert (changed.revision, changed.title) == (2, "入住前 除甲醛")
    assert titles(desk, "十五天") == ["入住前 除甲醛"]
    assert titles(desk, "三到七天") == []
    now, before = articles.versions(desk, changed)
    assert (now.revision, now.body) == (2, "至少十五天")
    assert (before.revision, before.body, before.title) == (1, first.body, first.title)
    again = articles.bring_back(desk, changed, before)
    assert (again.revision, again.title, again.body) == (3, first.title, first.body)
    assert [one.revision for one in articles.versions(desk, again)] == [3, 2, 1]
    assert articles.write(desk, again) == again
    with pytest.raises(Conflict):
        articles.write(desk, replace(first, body="晚了一步"))


def test_the_most_used_come_first_page_by_page(desk):
    made = [write(desk, title=f"甲醛 {n}") for n in range(5)]
    with desk.read() as work:
        there = work.articles.count(Wanted())
    for _ in range(2):
        articles.use(desk, made[3].id, "opened")
    articles.use(desk, made[1].id, "inserted")
    with desk.read() as work:
        page = work.articles.page(Wanted(), 2)
        assert [(row.article.title, row.article.used) for row in page] == [("甲醛 3", 2), ("甲醛 1", 1)]
        rest = work.articles.page(Wanted(), there, after=page[-1].article)
        assert len(rest) == there - 2
        assert work.articles.page(Wanted(), 2, before=rest[0].article) == page
        assert work.articles.page(Wanted(), 1, last=True) == rest[-1:]
        assert work.articles.page(Wanted(), 3, offset=2) == rest[:3]
        newest = work.articles.page(Wanted(order="newest"), 2)
        assert [row.article.id for row in newest] == [made[4].id, made[3].id]
        assert work.articles.count(Wanted(category_id=0)) < there


def test_a_use_does_not_disturb_who_is_editing(desk):
    article = write(desk)
    articles.use(desk, article.id, "opened")
    stored = articles.write(desk, replace(article, body="改了"))
    assert articles.read(desk, stored.id).article.used == 1


def test_a_word_on_an_article_counts_once_for_a_case_and_may_be_changed(desk, second_desk):
    article, ticket = write(desk), builders.a_complaint(desk)
    about = About(ticket_id=ticket.id)
    for _ in range(2):
        articles.use(desk, article.id, "helped", about)
    articles.use(second_desk, article.id, "helped", about)
    found = articles.read(desk, article.id).article
    assert (found.helped, found.failed, found.used) == (2, 0, 0)
    articles.use(desk, article.id, "failed", about)
    found = articles.read(desk, article.id).article
    assert (found.helped, found.failed) == (1, 1)
    with pytest.raises(RuleBroken, match="rate_nothing"):
        articles.use(desk, article.id, "helped")


def test_retired_is_found_no_more_and_comes_back(desk):
    article = articles.retire(desk, write(desk))
    assert titles(desk, "甲醛") == []
    assert titles(desk, "甲醛", "retired") == [article.title]
    assert article_search.suggest(desk, About("业主问甲醛的事")) == []
    with pytest.raises(RuleBroken, match="already_retired"):
        articles.retire(desk, article)
    articles.restore(desk, article)
    assert titles(desk, "甲醛") == [article.title]


def test_writing_an_article_neither_retires_it_nor_renames_its_code(desk):
    article = write(desk)
    changed = articles.write(desk, replace(article, body="至少十五天", state="retired", code="other"))
    assert (changed.body, changed.state, changed.code) == ("至少十五天", "live", article.code)
    assert titles(desk, "十五天") == [article.title]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("卫生间天花板一直滴水,楼下邻居找上来了", "leak"),
        ("客户问退款怎么还没到账", "refund"),
        ("墙砖敲起来空空的,怀疑空鼓", "tile"),
    ],
)
def test_what_is_typed_offers_the_article_that_fits(desk, text, code):
    rows = article_search.suggest(desk, About(text))
    assert rows[0].article.code == code


def test_a_category_offers_its_articles_though_nothing_is_typed(desk):
    rows = article_search.suggest(desk, About(category_id=builders.a_category(desk, "noise")))
    assert [row.article.code for row in rows] == ["noise"]
    assert article_search.suggest(desk, About()) == []


def test_what_is_not_found_is_counted_written_and_open_again_when_missed_again(desk):
    assert titles(desk, "新风系统") == []
    for typed in ("新风系统", " 新风系统 ", "x"):
        articles.count_miss(desk, typed)
    assert misses(desk) == [("新风系统", 2, "open", None)]
    made = articles.write(desk, Article(title="新风系统保养", body="半年换滤芯"), miss="新风系统")
    assert misses(desk) == [("新风系统", 2, "written", made.id)]
    articles.count_miss(desk, "新风系统")
    assert misses(desk) == [("新风系统", 3, "open", made.id)]
    with desk.read() as work:
        assert work.search_misses.count() == 1
        miss = work.search_misses.page(5)[0]
    articles.drop_miss(desk, miss)
    with desk.read() as work:
        assert work.search_misses.page(5) == []


@sqlite_only
def test_starters_are_laid_in_once_and_an_edited_one_stays_as_it_is(desk):
    with desk.read() as work:
        codes, all_before = work.articles.codes(), work.articles.count(Wanted())
    assert len(codes) >= 20
    assert articles.missing_starters(desk, "zh") == articles.missing_starters(desk, "en") == 0
    leak = article_search.suggest(desk, About("漏水"))[0].article
    edited = articles.write(desk, replace(leak, body="我们自己的写法"))
    articles.retire(desk, edited)
    assert articles.lay_in(desk, "zh") == 0
    with desk.read() as work:
        assert work.articles.find(leak.id).body == "我们自己的写法"
        assert work.articles.count(Wanted()) == all_before - 1


@sqlite_only
def test_an_older_company_without_articles_is_given_them(desk):
    from deskapp.repository import tables

    with desk.store.write("test") as work:
        for table in (tables.article_search, tables.articles):
            work.connection.execute(table.delete())
    absent = articles.missing_starters(desk, "en")
    assert absent >= 20
    assert articles.lay_in(desk, "en") == absent
    assert articles.missing_starters(desk, "zh") == 0
    assert titles(desk, "leaking") == ["Water is leaking: what to do first"]


@sqlite_only
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"body": "\n"}, "body_missing"),
        ({"title": "长" * 121}, "too_long"),
    ],
)
def test_what_nobody_could_read_out_is_refused(desk, fields, code):
    with pytest.raises(RuleBroken, match=code):
        write(desk, **fields)


@sqlite_only
def test_a_new_article_sent_twice_is_made_once(desk):
    new = Article(title="甲醛", body="通风")
    assert articles.write(desk, new, key="k1") == articles.write(desk, new, key="k1")
