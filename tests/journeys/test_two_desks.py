"""Two consoles, one ticket, keys only: a race one of them wins, a transfer the other is told of (rows T5, T15)."""

from __future__ import annotations

import pytest

from deskapp.screens.notices import NoticesScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_dialog import ActDialog
from deskapp.services import collaboration, tickets
from tests import builders
from tests.screens.pilot import EITHER, console, press, seen, shows, until, write

pytestmark = pytest.mark.row("T5", "T15", "P1", "P3")

MINE = "已致电客户,明天九点上门"
THEIRS = "已请财务核对"


async def opened(app, pilot, ticket):
    app.open_ticket(ticket.id)
    await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "ticket")


async def asked(app, pilot, act, *keys):
    await press(app, pilot, *keys)
    await until(
        app,
        pilot,
        lambda: isinstance(app.screen, ActDialog) and app.screen.act_of.name == act,
        f"asked: {act}",
    )


def stored(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)


def history(desk, ticket):
    with desk.read() as work:
        return [(one.kind, one.text, one.operator_id) for one in work.ticket_events.of(ticket.id)]


@EITHER
async def test_both_answer_one_wins_the_other_is_told_and_answers_again(
    desk, second_desk, tmp_path, size, language
):
    ticket = builders.a_complaint(desk)
    one = console(desk, size=size, language=language, folder=tmp_path / "one")
    two = console(second_desk, size=size, language=language, folder=tmp_path / "two")
    async with one as (app, pilot), two as (other, its_pilot):
        await opened(app, pilot, ticket)
        await opened(other, its_pilot, ticket)
        await asked(app, pilot, "respond", "a")
        await asked(other, its_pilot, "respond", "a")
        await write(app, pilot, MINE)
        await write(other, its_pilot, THEIRS)

        await press(other, its_pilot, "ctrl+s")
        await until(other, its_pilot, lambda: stored(desk, ticket).state == "responded", "the faster one")
        await press(app, pilot, "ctrl+s")
        await until(
            app,
            pilot,
            lambda: isinstance(app.screen, ActDialog) and app.screen.why,
            "given back with a word why",
        )
        told = app.screen.why
        assert "刘敏" in told and "09:42" in told and THEIRS in told
        assert ("首次响应" if language == "zh" else "First response") in told
        await shows(app, pilot, THEIRS)
        assert app.screen.form.values()["words"] == MINE, "nothing typed is lost"
        assert app.screen.row.ticket.state == "responded", "over the ticket as it is now"

        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: len(history(desk, ticket)) == 3, "one key tries again")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "done")
        await shows(other, its_pilot, MINE)
        await until(app, pilot, lambda: not list(tmp_path.glob("*/drafts/*.json")), "no draft is left")
    assert history(desk, ticket)[1:] == [
        ("responded", THEIRS, second_desk.operator.id),
        ("answered", MINE, desk.operator.id),
    ]
    assert stored(desk, ticket).response == THEIRS, "only the first answer stopped the clock"


async def test_what_the_other_ended_is_given_back_as_a_note_that_says_so(desk, second_desk, tmp_path):
    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path) as (app, pilot), console(second_desk) as (other, its_pilot):
        await opened(app, pilot, ticket)
        await opened(other, its_pilot, ticket)
        await asked(app, pilot, "respond", "a")
        await write(app, pilot, MINE)
        await asked(other, its_pilot, "withdraw", "w")
        await write(other, its_pilot, "客户说不用了")
        await press(other, its_pilot, "ctrl+s")
        await until(other, its_pilot, lambda: stored(desk, ticket).state == "withdrawn", "withdrawn")
        await press(app, pilot, "ctrl+s")
        await until(
            app,
            pilot,
            lambda: isinstance(app.screen, ActDialog) and app.screen.act_of.name == "note",
            "as a note",
        )
        assert "刘敏" in app.screen.why and "客户说不用了" in app.screen.why
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: history(desk, ticket)[-1][:2] == ("note", MINE), "kept as a note")


async def test_a_transfer_needs_a_reason_and_reaches_whom_it_concerns(desk, second_desk):
    """李敏 hands 赵刚's ticket to 钱永福; 刘敏, who watches it, is told on her own glass and reads why."""
    one, two = builders.a_member(desk, "赵刚"), builders.a_member(desk, "钱永福")
    ticket = tickets.dispatch(desk, builders.a_complaint(desk), one.department_id, one.id)
    collaboration.watch(second_desk, ticket)
    async with console(desk) as (app, pilot), console(second_desk, size=(80, 24)) as (other, its_pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "dispatch", "d")
        assert "转交" in seen(app)
        await write(app, pilot, "qianyongfu")
        await shows(app, pilot, "钱永福 · 工程部")
        await press(app, pilot, "enter", "enter")
        await shows(app, pilot, "请写明原因")
        await write(app, pilot, "赵刚休假到周五")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: stored(desk, ticket).responsible_id == two.id, "handed over")
        await shows(app, pilot, "赵刚 · 工程部 > 钱永福 · 工程部")

        await shows(other, its_pilot, "@1 提醒")
        await press(other, its_pilot, "f10", "m")
        await until(other, its_pilot, lambda: isinstance(other.screen, NoticesScreen), "notices")
        await shows(other, its_pilot, "赵刚休假到周五")
        await press(other, its_pilot, "enter")
        await until(other, its_pilot, lambda: isinstance(other.screen, TicketScreen), "the ticket")
        await shows(other, its_pilot, "转交  赵刚")
        await until(other, its_pilot, lambda: "@1" not in seen(other), "read")
    after = stored(desk, ticket)
    assert (after.respond_by, after.clock_runs) == (ticket.respond_by, True)
    with desk.read() as work:
        told = [(notice.reason, notice.staff_id) for notice in work.outbox.unsent_of(ticket.id)]
    assert told[1:] == [("ticket.transferred", two.id), ("ticket.released", one.id)]
