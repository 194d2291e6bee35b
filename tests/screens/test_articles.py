"""The knowledge base by keys: found, read, written, changed, retired; inserted into an answer; what was missed (K1)."""

from __future__ import annotations

import pytest

from deskapp.domain.article import Article
from deskapp.screens.article_forms import ArticleForm
from deskapp.screens.article_misses import MissesScreen
from deskapp.screens.article_pick import PickArticleDialog
from deskapp.screens.article_view import ArticleScreen, VersionsDialog
from deskapp.screens.articles import ArticlesScreen
from deskapp.screens.ticket_dialog import ActDialog
from deskapp.services import articles
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("K1"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def on(app, screen):
    return lambda: isinstance(app.screen, screen)


async def here(app, pilot):
    await press(app, pilot, "f9")
    await until(app, pilot, on(app, ArticlesScreen), "the knowledge base")


def all_of(desk):
    with desk.read() as work:
        return {one.title: one for one in work.articles.all()}


@pytest.mark.parametrize(("size", "language"), [((120, 40), "zh"), ((80, 24), "en")])
async def test_an_article_is_found_as_one_types_and_read(desk, size, language):
    articles.write(desk, Article(title="除[red]甲醛", body="> \x1b[31m开窗通风\n七天以后再测", keys="jq"))
    async with console(desk, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await write(app, pilot, "jiaquan")
        await shows(app, pilot, "除[red]甲醛")
        await shows(app, pilot, "七天以后再测")
        await press(app, pilot, "enter")
        await until(app, pilot, on(app, ArticleScreen), "the article")
        await shows(app, pilot, "七天以后再测")
        glass = seen(app)
        assert "⟦" not in glass and "\x1b" not in glass
        await press(app, pilot, "y")
        await press(app, pilot, "escape")
        await until(app, pilot, on(app, ArticlesScreen), "the list again")
        await press(app, pilot, "end", *["backspace"] * 7, "tab", "f", "3")
        await until(app, pilot, lambda: app.screen.finder.table.row_count == 1, "one category")
        await shows(app, pilot, {"zh": "漏水渗水先怎么处理", "en": "漏水渗水"}[language])
        await press(app, pilot, "escape")
    found = all_of(desk)["除[red]甲醛"]
    assert (found.used, found.helped) == (1, 0)


async def test_written_changed_its_version_seen_and_brought_back_then_retired(desk):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "tab", "n")
        await until(app, pilot, on(app, ArticleForm), "the form")
        await write(app, pilot, "新风系统")
        await press(app, pilot, "tab", "tab", "tab")
        await write(app, pilot, "半年换滤芯")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已保存: 新风系统")
        await press(app, pilot, "s")
        await shows(app, pilot, "新写在前")
        await press(app, pilot, "e")
        await until(app, pilot, on(app, ArticleForm), "the form again")
        await press(app, pilot, "tab", "tab", "tab")
        await write(app, pilot, ",每周清洗")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "半年换滤芯,每周清洗")
        await press(app, pilot, "v")
        await until(app, pilot, on(app, VersionsDialog), "the versions")
        await press(app, pilot, "down", "b")
        await shows(app, pilot, "已恢复为第 1 版的内容")
        await press(app, pilot, "escape", "x")
        await press(app, pilot, "r")
        await shows(app, pilot, "新风系统")
        await shows(app, pilot, "已停用 · 全部类别")
    found = all_of(desk)["新风系统"]
    assert (found.state, found.revision, found.body) == ("retired", 3, "半年换滤芯")


async def test_an_answer_takes_the_words_of_the_article_that_fits(desk):
    ticket = builders.a_complaint(desk, subject="卫生间漏水", category_id=builders.a_category(desk))
    async with console(desk) as (app, pilot):
        app.open_ticket(ticket.id)
        await shows(
            app, pilot, "尚未派单"
        )  # The ticket itself: its subject stands in the clock strip before it.
        await press(app, pilot, "a")
        await until(app, pilot, on(app, ActDialog), "the answer")
        await write(app, pilot, "您好。")
        await press(app, pilot, "ctrl+k")
        await until(app, pilot, on(app, PickArticleDialog), "the articles")
        await shows(app, pilot, "漏水渗水先怎么处理")
        await press(app, pilot, "enter")
        await until(app, pilot, on(app, ActDialog), "the answer again")
        text = app.screen.form.values()["words"]
        assert text == "您好。请您先把水表旁的总阀关上,我马上安排师傅,他会在…之前到您家。"
        await press(app, pilot, "escape", "ctrl+k", "enter")
        await until(app, pilot, on(app, ArticleScreen), "the article")
        await press(app, pilot, "y")
        await shows(app, pilot, "已记下: 有用")
    found = all_of(desk)["漏水渗水先怎么处理"]
    assert (found.used, found.helped) == (2, 1)
    with desk.read() as work:
        assert {(use.act, use.ticket_id) for use in work.article_uses.all()} == {
            ("inserted", ticket.id),
            ("opened", ticket.id),
            ("helped", ticket.id),
        }


async def test_what_fits_stands_beside_form_and_call(desk):
    call = builders.a_ring(desk)
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f12")
        await press(app, pilot, "e")
        await write(app, pilot, "邻居说装修噪音太大")
        await shows(app, pilot, "邻居投诉装修噪音")
        await press(app, pilot, "ctrl+k", "enter")
        await until(app, pilot, lambda: "向对方道歉" in app.screen.notes.text, "the note")
        await press(app, pilot, "escape", "n")
        await write(app, pilot, "张三")
        await press(app, pilot, "tab", "tab")
        await write(app, pilot, "插座没电了")
        await shows(app, pilot, "跳闸、插座没电怎样先排查")
    with desk.read() as work:
        assert [(use.act, use.call_id) for use in work.article_uses.all()] == [("inserted", call.id)]


async def test_from_a_line_too_the_articles_are_offered_and_its_words_stay(desk):
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f4")
        await write(app, pilot, "张三")
        await press(app, pilot, "home", "ctrl+k")
        await until(app, pilot, on(app, PickArticleDialog), "the articles")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: not isinstance(app.screen, PickArticleDialog), "the form again")
        await shows(app, pilot, "张三")


async def test_on_a_low_glass_the_best_article_has_a_line_and_with_nothing_typed_the_most_used_are_offered(
    desk,
):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f4")
        await press(app, pilot, "tab", "tab", "ctrl+k")
        await shows(app, pilot, "常用的文章")
        await press(app, pilot, "escape")
        await write(app, pilot, "插座没电了")
        await shows(app, pilot, "- 跳闸、插座没电怎样先排查")


async def test_what_was_not_found_is_noted_once_and_written(desk):
    articles.count_miss(desk, "除甲醛")
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await write(app, pilot, "新风")
        await shows(app, pilot, "没有找到文章")
        await press(app, pilot, "enter")
        await shows(app, pilot, "已记入待写文章")
        await press(app, pilot, "enter", "f2", "f9")
        await write(app, pilot, "地暖")
        await shows(app, pilot, "没有找到文章")
        await press(app, pilot, "f2", "f9", "tab", "m")
        await until(app, pilot, on(app, MissesScreen), "what was missed")
        await shows(app, pilot, "除甲醛")
        await press(app, pilot, "home")
        await until(app, pilot, lambda: app.screen.table.selected is not None, "a line")
        typed = app.screen.table.selected.typed
        await press(app, pilot, "n")
        await until(app, pilot, on(app, ArticleForm), "the form")
        assert app.screen.form.values()["title"] == typed
        await press(app, pilot, "tab", "tab", "tab")
        await write(app, pilot, "写好了")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: app.screen.table.row_count == 2, "one fewer")
        await press(app, pilot, "d", "d")
        await shows(app, pilot, "没有查不到的内容")
    with desk.read() as work:
        assert {(one.typed, one.times) for one in work.search_misses.all()} == {
            ("新风", 1),
            ("除甲醛", 1),
            ("地暖", 1),
        }
        assert {one.state for one in work.search_misses.all()} == {"written", "dropped"}


async def test_an_older_company_is_offered_the_starters(desk):
    from deskapp.repository import tables

    with desk.store.write("test") as work:
        for table in (tables.article_search, tables.articles):
            work.connection.execute(table.delete())
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "还没有放入")
        await press(app, pilot, "tab", "i")
        await shows(app, pilot, "已放入 24 篇文章")
        await until(app, pilot, lambda: "还没有放入" not in seen(app), "the offer is gone")
    assert articles.missing_starters(desk, "zh") == 0
