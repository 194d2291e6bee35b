"""An Enter chooses from the answer to what is typed, however late that comes; what others write moves no cursor."""

import threading
from datetime import date

import pytest

from deskapp.domain.article import RETIRED, About, Article
from deskapp.domain.errors import RuleBroken
from deskapp.domain.office_document import OfficeDocument
from deskapp.screens.article_find import ArticleFinder
from deskapp.screens.article_forms import ArticleForm
from deskapp.screens.article_pick import PickArticleDialog, offer_articles
from deskapp.screens.article_view import ArticleScreen
from deskapp.screens.articles import ArticlesScreen
from deskapp.screens.document import DocumentScreen
from deskapp.screens.document_forms import DocumentDialog
from deskapp.screens.phrase_pick import PhrasePick
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_tags import TagFilterDialog
from deskapp.screens.tickets import TicketsScreen
from deskapp.services import article_search, articles, collaboration, documents
from tests import builders
from tests.screens.pilot import console, press, settle, until, write

pytestmark = [pytest.mark.row("P5"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


class Held:
    """A reading that waits until it is let go, and fails where that is wanted."""

    def __init__(self, real):
        self.real, self.gate, self.asked, self.fails = real, threading.Event(), [], False

    def __call__(self, *given, **named):
        self.asked.append(given)
        fails = self.fails
        assert self.gate.wait(20)
        if fails:
            raise RuleBroken("article.title_missing")
        return self.real(*given, **named)


def held(monkeypatch, module, name):
    one = Held(getattr(module, name))
    monkeypatch.setattr(module, name, one)
    return one


async def on(app, pilot, screen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)


async def knowledge(app, pilot):
    await press(app, pilot, "f9")
    await on(app, pilot, ArticlesScreen)
    return app.screen.finder


def misses(desk):
    with desk.read() as work:
        return [one.typed for one in work.search_misses.all()]


async def test_a_fast_enter_opens_the_first_article_and_counts_no_miss(desk, monkeypatch):
    one = articles.write(desk, Article(title="除甲醛", body="开窗"))
    find, pay = held(monkeypatch, article_search, "find"), ArticleFinder._pay

    def left(finder):
        finder.given_up()  # Somebody leaves the line while the list opens.
        pay(finder)

    monkeypatch.setattr(ArticleFinder, "_pay", left)
    async with console(desk) as (app, pilot):
        finder = await knowledge(app, pilot)
        for key in "jq":
            await pilot.press(key)
        await pilot.press("enter")
        find.gate.set()
        await on(app, pilot, ArticleScreen)
        assert app.screen.article_id == one.id
    assert (finder.typed, misses(desk)) == ("jq", [])


async def test_enter_comes_before_the_articles_that_fit(desk, monkeypatch):
    suggest = held(monkeypatch, article_search, "suggest")
    async with console(desk) as (app, pilot):
        app.screen.article_about = lambda: About(text="卫生间漏水")
        offer_articles(app)
        await until(app, pilot, lambda: suggest.asked, "asked")
        assert isinstance(app.screen, PickArticleDialog)
        app.screen.finder.line.action_choose()
        suggest.gate.set()
        await on(app, pilot, ArticleScreen)


async def test_enter_before_what_fits_takes_nothing_where_nothing_fits(desk, monkeypatch):
    suggest = held(monkeypatch, article_search, "suggest")
    async with console(desk) as (app, pilot):
        app.screen.article_about = lambda: About(text="qqqq")
        offer_articles(app)
        await until(app, pilot, lambda: suggest.asked, "asked")
        app.screen.finder.line.action_choose()
        suggest.gate.set()
        await until(app, pilot, lambda: app.screen.finder.selected is not None, "the most used")
        assert isinstance(app.screen, PickArticleDialog)


async def test_enter_after_a_failed_search_searches_again(desk, monkeypatch):
    articles.write(desk, Article(title="除甲醛", body="开窗"))
    find = held(monkeypatch, article_search, "find")
    find.fails = True
    async with console(desk) as (app, pilot):
        finder = await knowledge(app, pilot)
        await pilot.press("j", "q", "enter")
        find.gate.set()
        await until(app, pilot, lambda: len(find.asked) == 2 and not finder._busy, "the newest text too")
        finder.again()
        find.fails = False
        await until(app, pilot, lambda: not finder._busy, "the list is read again")
        assert isinstance(app.screen, ArticlesScreen), "an Enter does nothing after an error"
        find.fails = True
        await pilot.press("x")
        await until(app, pilot, lambda: not finder._busy, "another error")
        find.fails = False
        await pilot.press("backspace")
        await until(app, pilot, lambda: finder.answered, "found")
        await pilot.press("enter")
        await on(app, pilot, ArticleScreen)


async def test_enter_alone_asks_again_after_an_error(desk, monkeypatch):
    articles.write(desk, Article(title="除甲醛", body="开窗"))
    find = held(monkeypatch, article_search, "find")
    find.fails = True
    find.gate.set()
    async with console(desk) as (app, pilot):
        finder = await knowledge(app, pilot)
        await write(app, pilot, "jq")
        await until(app, pilot, lambda: find.asked and not finder._busy, "the error")
        find.fails = False
        await pilot.press("enter")
        await on(app, pilot, ArticleScreen)


async def test_an_answer_among_others_than_are_wanted_now_is_not_taken(desk, monkeypatch):
    articles.write(desk, Article(title="除甲醛", body="开窗"))
    old = articles.retire(desk, articles.write(desk, Article(title="甲醛旧法", body="通风")))
    find = held(monkeypatch, article_search, "find")
    async with console(desk) as (app, pilot):
        finder = await knowledge(app, pilot)
        await pilot.press("j", "tab", "r")
        assert finder.wanted.state == RETIRED and not finder.answered
        find.gate.set()
        await until(app, pilot, lambda: finder.selected is not None, "the retired one")
        assert [row.article.id for row in finder.table.source.records] == [old.id]


async def tickets(app, pilot, desk, clock, monkeypatch):
    for name in ("张伟明", "李秀英"):
        builders.a_complaint(desk, builders.a_client(desk, name), subject="漏水")
        clock.at = clock.at.add(minutes=5)
    real, gate, fails = TicketsScreen._question, threading.Event(), []

    def question(screen, typed):
        find = real(screen, typed)

        def wait():
            assert gate.wait(20)
            if fails:
                raise RuleBroken("article.title_missing")
            return find()

        return wait

    monkeypatch.setattr(TicketsScreen, "_question", question)
    await press(app, pilot, "f10", "d")
    await on(app, pilot, TicketsScreen)
    await until(app, pilot, lambda: app.screen.table.row_count == 2, "rows")
    return gate, fails


@pytest.mark.parametrize("keys", [("enter",), ("tab", "enter")])
async def test_a_fast_enter_opens_the_ticket_typed_and_not_the_newest(desk, clock, monkeypatch, keys):
    async with console(desk) as (app, pilot):
        gate, _ = await tickets(app, pilot, desk, clock, monkeypatch)
        screen = app.screen
        await pilot.press("z", "w", "m", *keys)
        assert app.screen is screen, "nothing is opened before the answer"
        gate.set()
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the ticket")
        assert screen.table.source.records[0].client_name == "张伟明"
        assert app.screen.ticket_id == screen.table.source.records[0].ticket.id


async def test_a_letter_or_an_error_cancels_the_enter(desk, clock, monkeypatch):
    async with console(desk) as (app, pilot):
        gate, fails = await tickets(app, pilot, desk, clock, monkeypatch)
        screen = app.screen
        await pilot.press("z", "w", "enter", "m")
        gate.set()
        await until(app, pilot, lambda: screen.answered and screen.table.selected, "found")
        assert app.screen is screen
        fails.append(True)
        await pilot.press("backspace", "enter")
        await until(app, pilot, lambda: not screen._asking, "the error")
        fails.clear()
        screen.changed()
        await until(app, pilot, lambda: screen.answered and screen.table.selected, "found again")
        assert app.screen is screen


async def test_what_another_desk_writes_leaves_the_cursor_on_its_tag(desk):
    one = builders.a_complaint(desk)
    for tag in ("漏水", "返工", "噪音"):
        collaboration.tag(desk, one, tag)
    async with console(desk) as (app, pilot):
        app.push_screen(TagFilterDialog())
        await until(app, pilot, lambda: app.screen.table.row_count == 3, "the tags")
        await press(app, pilot, "down", "down")
        marked = app.screen.table.selected.value
        for tag in ("空鼓", "开裂"):
            collaboration.tag(desk, builders.a_complaint(desk), tag)
        app.screen.changed()
        await until(app, pilot, lambda: app.screen.table.row_count == 5, "the new ones")
        assert app.screen.table.selected.value == marked


async def test_what_another_desk_writes_does_not_read_the_phrases_again(desk):
    async with console(desk) as (app, pilot):
        app.push_screen(PhrasePick())
        await until(app, pilot, lambda: app.screen.table.row_count, "the phrases")
        await press(app, pilot, "down", "down")
        marked, source = app.screen.table.selected, app.screen.table.source
        app.screen.changed()
        await settle(app, pilot)
        assert app.screen.table.source is source and app.screen.table.selected == marked


async def edits_before_it_is_read(app, pilot, screen, read, form):
    app.push_screen(screen)
    await until(app, pilot, lambda: read.asked, "asked")
    app.screen.action_edit()
    read.gate.set()
    await on(app, pilot, form)


async def test_a_key_before_the_article_is_read_waits_for_it_and_a_change_closes_no_form(desk, monkeypatch):
    one = articles.write(desk, Article(title="除甲醛", body="开窗"))
    read = held(monkeypatch, articles, "read")
    async with console(desk) as (app, pilot):
        await edits_before_it_is_read(app, pilot, ArticleScreen(one.id), read, ArticleForm)
        await press(app, pilot, "escape")
        await on(app, pilot, ArticleScreen)
        app.screen.action_edit()
        app.screen.changed()
        await on(app, pilot, ArticleForm)


async def test_a_key_before_the_document_is_read_waits_for_it(desk, monkeypatch):
    one = documents.save(
        desk, OfficeDocument(title="周例会", day=date(2026, 11, 23), people="李敏", body="空鼓")
    )
    read = held(monkeypatch, documents, "opened")
    async with console(desk) as (app, pilot):
        await edits_before_it_is_read(app, pilot, DocumentScreen(one.id), read, DocumentDialog)
