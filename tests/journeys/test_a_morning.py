"""A working morning by keys only: it rings, the history opens, a complaint is filed, answered, solved, confirmed."""

import pytest

from deskapp.screens.call import CallScreen
from deskapp.screens.clocks import ClocksScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.screens.ticket_form import TicketFormScreen
from tests import builders
from tests.screens.pilot import EITHER, console, press, seen, shows, until, write

WORDS = "卫生间漏水,楼下邻居已经找上门"


@pytest.mark.row("T1", "T2", "T4", "T5", "T7", "C1", "C3", "C4")
@EITHER
async def test_from_the_ring_to_closed(desk, second_desk, size, language, tmp_path):
    builders.a_client(desk, "张伟明", "13800138000", address="海棠湾 3-2-1101")
    async with console(desk, size=size, language=language, folder=tmp_path) as (app, pilot):
        await press(app, pilot, "i")
        await write(app, pilot, "+86 138-0013-8000")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: app.screen.table.selected is not None, "it rings")
        await press(app, pilot, "enter")
        await until(
            app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None, "taken"
        )
        assert "海棠湾 3-2-1101" in seen(app), "the caller's card is there before a word is said"

        await press(app, pilot, "n")
        await until(app, pilot, lambda: isinstance(app.screen, TicketFormScreen), "the form")
        await write(app, pilot, WORDS)
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed")
        await shows(app, pilot, "TS20261123-0001")
        await press(app, pilot, "enter", "1")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the call has ended")

        await press(app, pilot, "f5")
        await until(app, pilot, lambda: isinstance(app.screen, ClocksScreen), "the board")
        await shows(app, pilot, "24:00:00")
        await press(app, pilot, "a")
        await write(app, pilot, "致歉,今天下午三点上门")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: state(desk) == "responded", "answered")
        await press(app, pilot, "f2")
        app.open_ticket(only(desk).id)
        await until(
            app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view is not None, "ticket"
        )
        await press(app, pilot, "s")
        await write(app, pilot, "更换角阀,观察一天未再漏")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: state(desk) == "resolved", "resolved")

    async with console(second_desk, size=size, language=language, folder=tmp_path) as (app, pilot):
        await until(app, pilot, lambda: app.screen.table.selected is not None, "the verification call waits")
        await press(app, pilot, "enter")
        await until(
            app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None, "taken"
        )
        await press(app, pilot, "y", "5")
        await until(app, pilot, lambda: state(desk) == "closed", "closed")

    ticket = only(desk)
    assert ticket.response_met is True
    assert (ticket.satisfaction, ticket.resolved_by) == (5, desk.operator.id)
    assert ticket.verified_by == second_desk.operator.id, "another operator verified it"
    with desk.read() as work:
        told = [event.kind for event in work.ticket_events.of(ticket.id)]
        heard = {call.kind: call.outcome for call in work.calls.of_client(ticket.client_id)}
    assert told == ["filed", "responded", "resolved", "verified", "closed"]
    assert heard == {"inbound": "reached", "verification": "reached"}


def only(desk):
    with desk.read() as work:
        return work.tickets.newest(1)[0].ticket


def state(desk):
    return only(desk).state
