"""Tags, watchers, mentions, merged histories and drafts on the glass, by keys (row T15)."""

from __future__ import annotations

import pytest

from deskapp.screens.notices import NoticesScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_dialog import ActDialog
from deskapp.screens.ticket_tags import TagFilterDialog, TagsDialog, WatchersDialog
from deskapp.screens.tickets import TicketsScreen
from deskapp.services import collaboration, notices, tickets
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("T15"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

SIZES = [((80, 24), "zh"), ((120, 40), "en")]


async def opened(app, pilot, ticket):
    app.open_ticket(ticket.id)
    await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "ticket")


async def dialog(app, pilot, kind, *keys):
    await press(app, pilot, *keys)
    await until(app, pilot, lambda: isinstance(app.screen, kind), kind.__name__)


def tags(desk, ticket):
    return collaboration.tags_of(desk, ticket.id)[0]


def rows_listed(app) -> int:
    return app.screen.table.row_count


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_notes_and_answers_are_told_apart_without_colour(desk, size, language):
    ticket = tickets.respond(desk, builders.a_complaint(desk), "已致电")
    ticket = tickets.respond(desk, ticket, "周三上门")
    tickets.note(desk, ticket, "客户难缠")
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot, ticket)
        told = app.screen.history.text
        note, again, first = (
            ("内部备注", "再次答复客户", "首次响应")
            if language == "zh"
            else ("Internal note", "Answered again", "First response")
        )
        assert f"¦ {note}" in told and f"» {again}" in told and f"» {first}" in told
        assert "  ¦ 客户难缠" in told and "  » 周三上门" in told


async def test_a_tag_is_made_found_by_pinyin_and_taken_off(desk):
    one, other = builders.a_complaint(desk), builders.a_complaint(desk)
    collaboration.tag(desk, other, "漏水")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, one)
        await dialog(app, pilot, TagsDialog, "number_sign")
        await write(app, pilot, "loushui")
        await shows(app, pilot, "#漏水")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: tags(desk, one) == ("漏水",), "put on")
        await until(app, pilot, lambda: app.screen.typed.value == "" and app.screen.lines[0].on, "shown")
        await write(app, pilot, "#返工")
        await shows(app, pilot, "新标签")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: tags(desk, one) == ("漏水", "返工"), "made")
        await until(app, pilot, lambda: len(app.screen.lines) == 2, "shown")
        await write(app, pilot, "ls")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: tags(desk, one) == ("返工",), "taken off")
        await press(app, pilot, "escape")
        await shows(app, pilot, "去标签  #漏水")
        assert "#返工" in app.screen.head.text


async def test_the_list_shows_tags_and_is_narrowed_to_one(desk):
    one, other = builders.a_complaint(desk), builders.a_complaint(desk)
    for ticket, word in ((one, "漏水"), (one, "急"), (other, "漏电")):
        collaboration.tag(desk, ticket, word)
    builders.a_complaint(desk)
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f10", "d")
        await until(app, pilot, lambda: isinstance(app.screen, TicketsScreen) and rows_listed(app) == 3)
        await shows(app, pilot, "#急 +1 卫生间")
        await write(app, pilot, "#漏")
        await until(app, pilot, lambda: rows_listed(app) == 2, "by typing")
        await write(app, pilot, "电")
        await until(app, pilot, lambda: rows_listed(app) == 1, "by typing more")
        await dialog(app, pilot, TagFilterDialog, "ctrl+b")
        await write(app, pilot, "ls")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketsScreen) and rows_listed(app) == 1)
        await shows(app, pilot, "全部 #漏水 1")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: rows_listed(app) == 3, "all again")


async def test_one_watches_and_puts_a_colleague_on(desk, second_desk):
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await press(app, pilot, "z")
        await until(app, pilot, lambda: "李敏" in app.screen.head.text, "watching")
        await dialog(app, pilot, WatchersDialog, "i")
        await write(app, pilot, "lm")
        await press(app, pilot, "down", "enter")
        await until(app, pilot, lambda: len(app.screen.lines) == 2 and all(x.on for x in app.screen.lines))
        await press(app, pilot, "down", "enter")
        await shows(app, pilot, "只有刘敏自己能取消")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: "李敏、刘敏" in app.screen.head.text, "both")
        await press(app, pilot, "z")
        await until(app, pilot, lambda: "李敏" not in app.screen.head.text, "no more")
    assert notices.OwnNotices(second_desk).unread() == 1


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_notices_are_counted_in_the_frame_opened_and_read(desk, second_desk, size, language):
    ticket = builders.a_complaint(desk)
    count = {"zh": "@{} 提醒", "en": "@{} new"}[language].format
    async with console(second_desk, size=size, language=language) as (app, pilot):
        assert "@1" not in seen(app)
        tickets.note(desk, ticket, "@刘敏 请回电")
        await shows(app, pilot, count(1))
        tickets.note(desk, ticket, "@刘敏 急")
        tickets.note(desk, ticket, "@刘敏 很急")
        await shows(app, pilot, count(3))
        await press(app, pilot, "f10", "m")
        await until(app, pilot, lambda: isinstance(app.screen, NoticesScreen) and rows_listed(app) == 3)
        await shows(app, pilot, "请回电")
        await press(app, pilot, "r")
        await shows(app, pilot, count(2))
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the ticket")
        await shows(app, pilot, count(1))
        await press(app, pilot, "escape", "a")
        await until(app, pilot, lambda: count(1) not in seen(app), "all read")
        assert notices.OwnNotices(second_desk).unread() == 0


async def test_a_duplicate_s_history_is_read_where_it_went(desk, clock):
    client = builders.a_client(desk)
    target = builders.a_complaint(desk, client)
    clock.at = clock.at.add(minutes=5)
    duplicate = tickets.respond(desk, builders.a_complaint(desk, client), "答复在重复单上")
    clock.at = clock.at.add(minutes=5)
    tickets.merge(desk, duplicate, target, "同一件事")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, target)
        told = app.screen.history.text
        assert f"09:47  {duplicate.number}  » 首次响应" in told and "答复在重复单上" in told
        assert told.index("并入他单") < told.index("» 首次响应") < told.rindex("受理")
        assert f"并入的 {duplicate.number} 已于 09:47 答复客户" in seen(app)
        assert app.screen.view.row.ticket.clock_runs
        await opened(app, pilot, duplicate)
        await press(app, pilot, "j")
        await until(app, pilot, lambda: app.screen.view and app.screen.view.row.ticket.id == target.id)


@pytest.mark.row("P3")
async def test_a_draft_left_is_offered_again_and_dropped_by_a_key(desk, tmp_path):
    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await opened(app, pilot, ticket)
        await dialog(app, pilot, ActDialog, "t")
        assert "^b" not in seen(app)
        await write(app, pilot, "写了一半")
        await press(app, pilot, "escape")
        await dialog(app, pilot, ActDialog, "t")
        await shows(app, pilot, "没做完的内容已取回")
        await press(app, pilot, "ctrl+b")
        await until(app, pilot, lambda: not app.screen.form.values()["words"], "dropped")
        await until(app, pilot, lambda: not list(tmp_path.glob("drafts/*.json")), "off the disk")
        await press(app, pilot, "escape")
        await dialog(app, pilot, ActDialog, "t")
        assert "没做完" not in seen(app)
