"""Numbers are masked on a client's file until somebody asks, which is written down; a person goes for a reason."""

from __future__ import annotations

import pytest

from deskapp.domain.audit import AuditFilter
from deskapp.screens.call import CallScreen
from deskapp.screens.call_detail import CallDetailDialog
from deskapp.screens.client import ClientScreen
from deskapp.screens.client_keeping import EraseDialog
from deskapp.screens.client_more import ClientMoreDialog
from deskapp.services import calls
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("P6"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def chosen(app, pilot, letter):
    await press(app, pilot, "m")
    await until(app, pilot, lambda: isinstance(app.screen, ClientMoreDialog), "what else can be done")
    await press(app, pilot, letter)


async def test_numbers_are_shown_when_asked_for_and_a_person_goes_for_a_reason(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        app.open_client(client.client.id)
        await until(
            app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file, "the history"
        )
        await shows(app, pilot, "138****8000")
        await chosen(app, pilot, "w")
        await shows(app, pilot, "138 0013 8000")
        with desk.read() as work:
            (entry,) = [
                e for e in work.audit.page(AuditFilter("client"), 9) if e.act == "phone.unmask:unmask"
            ]
        assert (
            entry.record_id == client.client.id and entry.who == "李敏" and "8000" not in str(entry.changes)
        )
        await chosen(app, pilot, "f")
        await until(app, pilot, lambda: isinstance(app.screen, EraseDialog), "the question")
        await write(app, pilot, "本人来电申请")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "XH20261123-001")
    with desk.read() as work:
        assert work.clients.find(client.client.id).name == ""


async def test_an_agent_sees_no_whole_number_until_the_work_needs_it(desk, second_desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    ticket = builders.a_complaint(desk, client)
    call = builders.a_ring(desk, "13800138000")
    async with console(second_desk) as (app, pilot):
        await shows(app, pilot, "138****8000")
        assert "138 0013 8000" not in seen(app), "rows, the card beside them and the caller's line"
        app.open_ticket(ticket.id)
        await until(app, pilot, lambda: "138****8000" in seen(app), "the ticket")
        assert "138 0013 8000" not in seen(app)
        app.push_screen(CallDetailDialog(call.id))
        await until(app, pilot, lambda: isinstance(app.screen, CallDetailDialog), "the call")
        await shows(app, pilot, "138****8000")
        assert "138 0013 8000" not in seen(app)
        await press(app, pilot, "escape")
        calls.take(app.desk, call)
        app.push_screen(CallScreen(call.id))
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen), "in the call")
        await shows(app, pilot, "138 0013 8000")
    with desk.read() as work:
        acts = [entry.act for entry in work.audit.page(AuditFilter("client"), 9)]
    assert "phone.unmask:unmask" not in acts, "taking the call is what is written down"
