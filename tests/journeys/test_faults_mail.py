"""A client's letter comes while the console is open, is answered while no mail server is there, and is sent later."""

from __future__ import annotations

import pytest

from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.message import Message
from deskapp.domain.ticket import Ticket
from deskapp.gallery_glass import seen
from deskapp.screens.mail import MailScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.services import outside
from tests.mail_servers import PASSWORD, free_port, imap_server, mail_at, smtp_server
from tests.screens.pilot import console, press, shows, until, write
from tests.services.test_mail import a_letter

pytestmark = [
    pytest.mark.row("C6", "T2", "T4", "P3"),
    pytest.mark.timeout(180),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
WORDS = {
    "zh": {
        "unread": "收不到邮件",
        "wrong": "主机在,但没有邮件服务",
        "held": "1 封邮件发不出,在重试",
        "waits": "待发",
        "answered": "首次响应",
        "sent": "已发",
    },
    "en": {
        "unread": "Mailbox away",
        "wrong": "nothing listens",
        "held": "1 letters held up",
        "waits": "Waiting",
        "answered": "First response",
        "sent": "Sent",
    },
}


def there(desk: Desk) -> tuple[Ticket | None, list[Message]]:
    """The one ticket, when it is there, and its letters."""
    with desk.read() as work:
        found = work.tickets.all()
        return (found[0], work.messages.of(found[0].id)) if found else (None, [])


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en")])
async def test_a_letter_answered_while_the_mail_is_down(
    desk: Desk, clock: StillClock, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], language: str
) -> None:
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", PASSWORD)
    say, port = WORDS[language], free_port()
    with imap_server() as box:
        outside.save_outside(desk, mail_at(imap=free_port(), smtp=port))
        async with console(desk, size=size, language=language) as (app, pilot):
            app.live.do_chores()
            await shows(app, pilot, say["unread"])
            await press(app, pilot, "f10", "5")
            await shows(app, pilot, say["wrong"])
            outside.save_outside(desk, mail_at(imap=box.port, smtp=port))
            box.put(a_letter("厨房漏水", "柜子都泡了，请尽快！"))
            app.live.do_chores()
            await until(app, pilot, lambda: there(desk)[0], "the letter has come")
            await until(app, pilot, lambda: say["unread"] not in seen(app), "the mailbox is well again")

            await press(app, pilot, "f5", "enter")
            await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "its ticket")
            await shows(app, pilot, "柜子都泡了")
            await press(app, pilot, "x")
            await write(app, pilot, "师傅一小时内到。")
            await press(app, pilot, "ctrl+s")
            await until(app, pilot, lambda: there(desk)[1][-1].attempts == 1, "tried in vain")
            app.changed()
            await shows(app, pilot, say["held"])
            await shows(app, pilot, say["wrong"])
            assert say["answered"] not in seen(app)
            ticket, letters = there(desk)
            assert ticket is not None
            assert (ticket.clock_runs, letters[-1].state) == (True, "waiting")
            await press(app, pilot, "escape", "f10", "5")
            await until(app, pilot, lambda: isinstance(app.screen, MailScreen), "what is not out yet")
            await shows(app, pilot, say["waits"])
            await shows(app, pilot, say["wrong"])

            with smtp_server(port) as server:
                clock.at = clock.at.add(seconds=61)
                app.live.do_chores()
                await until(app, pilot, lambda: there(desk)[1][-1].state == "sent", "the server is back")
                app.live.do_chores()
                await press(app, pilot, "v")
                await shows(app, pilot, say["sent"])
                await press(app, pilot, "enter")
                await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "its ticket")
                await shows(app, pilot, say["answered"])
                assert [one["Message-ID"] for one in server.taken] == [letters[-1].message_key]
    ticket, letters = there(desk)
    assert ticket is not None
    assert (ticket.responded_at, letters[-1].sent_at) == (clock.at, clock.at)
    assert [one.direction for one in letters] == ["in", "out"]
