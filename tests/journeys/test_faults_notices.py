"""A messaging service that is down while people work: said in one line, told once when it is back, the dead one dealt
with by a key (rows N1, T2, P3).
"""

from __future__ import annotations

import pytest

from deskapp.domain.outside import Notices
from deskapp.screens import live
from deskapp.screens.call import CallScreen
from deskapp.screens.outbox import HandledDialog, OutboxScreen
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import outside, post
from tests import builders
from tests.mail_servers import free_port
from tests.notice_receiver import a_receiver
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [
    pytest.mark.row("N1", "T2", "P3"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated"),
]
WORDS = "卫生间漏水,楼下天花板渗水"


@pytest.fixture
def port(desk, monkeypatch) -> int:
    """Where the service of the channel wecom should answer, and does not yet."""
    found = free_port()
    monkeypatch.setenv("DESKAPP_KEYRING", "0")
    monkeypatch.setenv("DESKAPP_NOTICE_URL_WECOM", f"json://127.0.0.1:{found}/tok3n-secret")
    monkeypatch.setattr(live, "CHORES_S", 0.3)
    outside.save_outside(desk, Notices(on=True, most_attempts=3))
    post.send_due(desk)
    return found


def notices(desk):
    with desk.read() as work:
        return [(one.reason, one.state) for one in work.outbox.all()]


async def a_complaint_by_keys(desk, app, pilot):
    """A caller rings; the call is taken and the complaint filed."""
    await until(app, pilot, lambda: app.screen.table.selected is not None, "it rings")
    await press(app, pilot, "enter")
    await until(app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None, "call")
    await press(app, pilot, "n")
    await until(
        app,
        pilot,
        lambda: isinstance(app.screen, TicketFormScreen) and app.screen._choice("category").choices,
        "form",
    )
    await write(app, pilot, WORDS)
    await press(app, pilot, "tab", "1", "ctrl+s")
    await until(app, pilot, lambda: notices(desk), "filed, with its notice")


async def test_the_service_is_down_while_a_complaint_is_filed(desk, port, clock):
    manager = builders.a_member(desk, "赵刚", channel="wecom", department_id=builders.a_department(desk).id)
    client = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_site(desk, client, manager_id=manager.id, designer_id=manager.id, supervisor_id=manager.id)
    builders.a_ring(desk, "13800138000")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await a_complaint_by_keys(desk, app, pilot)
        await until(app, pilot, lambda: _tried(desk) == 1, "tried in vain")
        await press(app, pilot, "enter")
        await press(app, pilot, "1")
        await press(app, pilot, "f2")
        await shows(app, pilot, "1 条通知发不出,在重试")
        assert notices(desk) == [("ticket.filed", "waiting")]

        await press(app, pilot, "f10", "3")
        await until(app, pilot, lambda: isinstance(app.screen, OutboxScreen), "the outbox")
        await shows(app, pilot, "拒绝连接")
        assert "tok3n" not in seen(app)
        with a_receiver(port) as web:
            clock.at = clock.at.add(seconds=61)
            await until(app, pilot, lambda: notices(desk) == [("ticket.filed", "sent")], "it is back")
            await shows(app, pilot, "没有未送达的通知")
            await until(app, pilot, lambda: "在重试" not in seen(app), "the frame says no more of it")
            assert len(web.got) == 1 and "赵刚" in web.got[0]["message"]

            web.answer = 400
            builders.a_complaint(desk, client, responsible_id=manager.id)
            builders.a_complaint(desk, client, responsible_id=manager.id)
            await shows(app, pilot, "2 条通知未送达")
            while app.screen.state != "dead":
                await press(app, pilot, "v")
            await shows(app, pilot, "对方拒收")
            await press(app, pilot, "d")
            await until(app, pilot, lambda: isinstance(app.screen, HandledDialog), "told by hand")
            await write(app, pilot, "打了电话")
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: ("ticket.filed", "handled") in notices(desk), "dealt with")
            web.answer = 200
            await until(app, pilot, lambda: app.screen.table.selected is not None, "the other one")
            await press(app, pilot, "r")
            await shows(app, pilot, "没有未送达的通知")
            states = sorted(state for _, state in notices(desk))
            assert states == ["handled", "sent", "sent"] and len(web.got) == 2


def _tried(desk) -> int:
    with desk.read() as work:
        return work.post.delayed()
