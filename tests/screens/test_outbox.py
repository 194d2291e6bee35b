"""Notices going out by keys: given up ones shown as work, tried again, told by hand, their words changed (row N1)."""

from __future__ import annotations

import pytest

from deskapp.domain.outside import Notices
from deskapp.screens.outbox import HandledDialog, OutboxScreen, WordsDialog
from deskapp.screens.ticket import TicketScreen
from deskapp.services import outside, post
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("N1"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]


@pytest.fixture
def by_hand(desk):
    """A complaint whose responsible has only a telephone, left to be told by hand."""
    member = builders.a_member(desk, "赵[b]", channel="phone", phone="13800000001")
    ticket = builders.a_complaint(desk, builders.a_client(desk, "张伟明"), responsible_id=member.id)
    outside.save_outside(desk, Notices(on=True))
    assert post.send_due(desk) == post.Posted(hand=1)
    return ticket


def state(desk):
    """The state of the one notice there is."""
    with desk.read() as work:
        return work.outbox.all()[0].state


async def here(app, pilot):
    await press(app, pilot, "f10", "3")
    await until(app, pilot, lambda: isinstance(app.screen, OutboxScreen), "the screen")
    await shows(app, pilot, "赵[b]")


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, by_hand, size, language):
    async with console(desk, size=size, language=language) as (app, pilot):
        await here(app, pilot)
        await shows(app, pilot, "1 条通知未送达" if language == "zh" else "1 notices undelivered")
        await shows(app, pilot, "13800000001")
        assert "⟦" not in seen(app)
        print(seen(app))
        await press(app, pilot, "d")
        await until(app, pilot, lambda: isinstance(app.screen, HandledDialog), "the dialog")
        await shows(app, pilot, "13800000001")
        await press(app, pilot, "escape", "e")
        await until(app, pilot, lambda: isinstance(app.screen, WordsDialog), "the words")
        await shows(app, pilot, "{name}")
        await shows(app, pilot, "赵[b]：张伟明")
        assert "⟦" not in seen(app)
        print(seen(app))


async def test_told_by_hand_it_is_nobodys_work_any_more(desk, by_hand):
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "1 条通知未送达")
        await here(app, pilot)
        await press(app, pilot, "d")
        await write(app, pilot, "已打电话")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: state(desk) == "handled", "handled")
        await shows(app, pilot, "没有未送达的通知")
        await until(app, pilot, lambda: "1 条" not in seen(app), "the frame says no more of it")


async def test_tried_again_it_comes_back_and_enter_opens_its_ticket(desk, by_hand):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        with desk.read() as work:
            version = work.outbox.all()[0].version
        await press(app, pilot, "r")

        def returned():
            with desk.read() as work:
                one = work.outbox.all()[0]
            return one.version == version + 2 and one.state == "hand"

        await until(app, pilot, returned, "tried, and to be told by hand again")
        await shows(app, pilot, "赵[b]")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the ticket")


async def test_words_are_changed_with_the_example_following(desk, by_hand):
    async with console(desk) as (app, pilot):
        await here(app, pilot)
        await press(app, pilot, "e")
        await until(app, pilot, lambda: isinstance(app.screen, WordsDialog), "the words")
        await write(app, pilot, "急")
        await until(app, pilot, lambda: "急" in seen(app).split("例:", 1)[-1], "the example follows")
        await press(app, pilot, "ctrl+s")

        def kept():
            with desk.read() as work:
                own = work.notice_templates.by_reason("ticket.filed")
            return own is not None and "急" in own.title

        await until(app, pilot, kept, "kept")
