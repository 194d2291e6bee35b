"""Consoles in step: what one changes is on the other's glass, who has what open is told, claims live with the desk."""

from __future__ import annotations

import pytest

from deskapp.domain.policy import Policy
from deskapp.screens import live
from deskapp.services import calls, presence, tickets
from deskapp.services.tick import tick
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until


@pytest.mark.row("P1")
async def test_a_call_that_rings_at_one_desk_shows_at_the_other(desk, second_desk):
    builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "没有等候的电话")
        calls.ring(second_desk, "13800138000")
        await shows(app, pilot, "来电 张伟明")
        await shows(app, pilot, "呼入 1")
        found = calls.take_next(second_desk)
        await shows(app, pilot, "没有等候的电话")
        calls.give_back(second_desk, found)
        await shows(app, pilot, "呼入 1")


@pytest.mark.row("P1")
async def test_a_ticket_moved_at_one_desk_is_read_anew_at_the_other(desk, second_desk):
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        app.open_ticket(ticket.id)
        await settle(app, pilot)
        tickets.respond(second_desk, ticket, "明天上午九点上门")
        await shows(app, pilot, "明天上午九点上门")


@pytest.mark.row("T15")
async def test_a_ticket_open_at_another_desk_says_who_has_it(desk, second_desk):
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        app.open_ticket(ticket.id)
        await settle(app, pilot)
        assert "也开着" not in seen(app)
        presence.here(second_desk, "other", [("ticket", ticket.id)])
        await shows(app, pilot, "刘敏 也开着这张单")
        presence.gone(second_desk, "other")
        await until(app, pilot, lambda: "也开着" not in seen(app), "nobody else has it open")


@pytest.mark.row("T15")
async def test_a_console_tells_what_it_has_open_and_that_it_left(desk, second_desk):
    ticket = builders.a_complaint(desk)

    def told() -> list[tuple[int, str]]:
        with second_desk.read() as work:
            return [(one.record_id, one.who) for one in work.presence.elsewhere("other")]

    async with console(desk) as (app, pilot):
        assert told() == []
        app.open_ticket(ticket.id)
        await until(app, pilot, lambda: told() == [(ticket.id, "李敏")], "the other desk is told")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: told() == [], "the other desk is told it is free")


@pytest.mark.row("C2")
async def test_a_claim_lives_as_long_as_its_desk(desk, second_desk, clock):
    calls.ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await press(app, pilot, "enter")
        claimed = taken(desk)
        clock.at = clock.at.add(minutes=Policy().claim_minutes, seconds=-1)
        app.live.do_chores()
        await until(app, pilot, lambda: taken(desk).claim_until > claimed.claim_until, "renewed")
        assert taken(desk).version == claimed.version, "a renewal is no change another act could collide with"
    clock.at = clock.at.add(minutes=Policy().claim_minutes, seconds=1)
    assert tick(second_desk).released == 1, "the desk is gone: its claim has expired"
    assert calls.take_next(second_desk).id == claimed.id


def taken(desk):
    with desk.read() as work:
        return work.calls.taken_by(desk.operator.id)[0].call


@pytest.mark.row("C2")
async def test_a_dead_desks_call_comes_back_into_the_queue_by_itself(desk, second_desk, clock):
    calls.ring(desk, "13800138000")
    calls.take_next(second_desk)
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "没有等候的电话")
        clock.at = clock.at.add(minutes=Policy().claim_minutes, seconds=1)
        app.live.do_chores()
        await shows(app, pilot, "呼入 1")


async def test_what_others_change_in_a_burst_is_read_together(desk, second_desk, monkeypatch):
    async with console(desk) as (app, pilot):
        await settle(app, pilot)
        reads: list[bool] = []
        monkeypatch.setattr(app.reader, "read", lambda *, anew=False, told=False: reads.append(anew))
        for number in range(12):
            builders.a_client(second_desk, f"客户{number}")
        await until(app, pilot, lambda: reads, "something was heard")
        assert len(reads) < 12


async def test_a_console_that_closes_listens_no_more(desk):
    async with console(desk) as (app, pilot):
        listener = app.live.listener
        assert listener is not None and listener.ready.wait(30)
    listener.join(30)
    assert not listener.is_alive() and app.live.listener is None


@pytest.mark.row("C2")
def test_ticking_twice_or_side_by_side_does_it_once(desk, second_desk, clock):
    calls.ring(desk, "13800138000")
    calls.take_next(desk)
    presence.here(desk, "dead", [("ticket", 1)])
    clock.at = clock.at.add(hours=1)
    first, second = tick(desk), tick(second_desk)
    assert (first.released, first.swept) == (1, 1) and first.sealed > 0
    assert (second.released, second.swept) == (0, 0)
    assert live.CHORES_S < presence.LEASE_S
