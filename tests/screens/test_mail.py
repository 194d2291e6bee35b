"""A letter from key to server: written on the ticket, taken or refused, tried again, read in the history."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deskapp.desk import Desk
from deskapp.domain.message import Message
from deskapp.domain.ticket import Ticket
from deskapp.gallery_glass import seen, settle
from deskapp.services import mail, outside
from tests import builders
from tests.mail_servers import PASSWORD, SmtpServer, imap_server, mail_at, smtp_server
from tests.screens.pilot import console, press, until, write
from tests.services.test_mail import a_letter

pytestmark = pytest.mark.row("C6")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def server(desk: Desk) -> Iterator[SmtpServer]:
    """A server that takes letters, and a company that knows it."""
    with smtp_server() as one:
        outside.save_outside(desk, mail_at(smtp=one.port, signature="海棠装饰 客服部"))
        yield one


def came(desk: Desk, **fields: str) -> Ticket:
    """A ticket that a client's letter has opened."""
    from deskapp.domain.mail_reader import read_letter

    with desk.store.write("mail.fetch") as work:
        kept = mail.keep(work, desk, read_letter(a_letter(**fields), "kefu@haitang.example", desk.now()))
        assert kept is not None
        return work.tickets.find(kept.ticket_id)


def letters(desk: Desk, ticket: Ticket) -> list[Message]:
    """The letters of a ticket."""
    with desk.read() as work:
        return work.messages.of(ticket.id)


def state_is(desk: Desk, ticket: Ticket, state: str) -> bool:
    """Whether the last letter of a ticket stands so."""
    return letters(desk, ticket)[-1].state == state


@pytest.mark.row("T2")
@pytest.mark.parametrize(("size", "language"), [((120, 40), "zh"), ((80, 24), "en")])
@sqlite_only
async def test_an_answer_written_on_the_ticket(
    desk: Desk, server: SmtpServer, size: tuple[int, int], language: str
) -> None:
    ticket = came(desk)
    async with console(desk, size=size, language=language) as (app, pilot):
        await press(app, pilot, "f5", "enter")
        glass = await press(app, pilot, "x")
        assert "zhang@example.cn" in glass
        assert f"Re: 卫生间漏水 [{ticket.number}]" in glass
        assert "海棠装饰 客服部" in glass
        await write(app, pilot, "师傅下午两点到。")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: state_is(desk, ticket, "sent"), "the server took it")
        app.changed()
        await settle(app, pilot)
        glass = seen(app)
        assert {"zh": "首次响应", "en": "First response"}[language] in glass
        assert "师傅下午两点到。" in glass
    [sent] = server.taken
    body = sent.get_payload(decode=True)
    assert isinstance(body, bytes)
    lines = body.decode("utf-8").split("\n")
    assert lines[1].strip() == "师傅下午两点到。", "written below the greeting, above the signature"


@sqlite_only
async def test_a_refused_letter_is_work_until_it_goes_out(desk: Desk, server: SmtpServer) -> None:
    ticket = came(desk)
    server.says.append("550 no such person")
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f5", "enter", "x")
        await write(app, pilot, "您好。")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: state_is(desk, ticket, "dead"), "refused")
        app.changed()
        await settle(app, pilot)
        glass = seen(app)
        assert "发不出" in glass
        assert "550 no such person" in glass
        assert "1 封邮件发不出" in glass, "the frame says so wherever one is"
        glass = await press(app, pilot, "f10", "5")
        assert "550 no such person" in glass
        await press(app, pilot, "r")
        await until(app, pilot, lambda: state_is(desk, ticket, "sent"), "taken the second time")
        app.changed()
        await until(app, pilot, lambda: "没有待发或发不出的邮件" in seen(app))
        glass = await press(app, pilot, "v")
        assert "已发" in glass


@sqlite_only
async def test_a_letter_given_up_is_nobodys_work(desk: Desk, server: SmtpServer) -> None:
    ticket = came(desk)
    server.says.append("550 no such person")
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f5", "enter", "x")
        await write(app, pilot, "您好。")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: state_is(desk, ticket, "dead"), "refused")
        app.changed()
        await settle(app, pilot)
        await press(app, pilot, "q")
        await until(app, pilot, lambda: "550 no such person" in seen(app))
        await press(app, pilot, "x")
        await until(app, pilot, lambda: state_is(desk, ticket, "dropped"), "given up")
        await until(app, pilot, lambda: "不发了" in seen(app))
    assert server.taken == []


@sqlite_only
async def test_without_mail_it_says_what_to_do(desk: Desk) -> None:
    came(desk)
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f5", "enter", "x")
        await until(app, pilot, lambda: "邮件还没有开启" in seen(app))
        glass = await press(app, pilot, "escape", "f10", "5")
        assert "邮件未开启" in glass


@sqlite_only
async def test_markup_in_a_letter_shows_as_it_was_written(desk: Desk) -> None:
    came(desk, Subject="[red]漏水[/red]")
    async with console(desk) as (app, pilot):
        glass = await press(app, pilot, "f10", "5", "v")
        assert "[red]漏水[/red]" in glass


@sqlite_only
async def test_mail_fetched_by_a_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", PASSWORD)
    with imap_server() as server:
        outside.save_outside(desk, mail_at(imap=server.port))
        async with console(desk) as (app, pilot):
            await press(app, pilot, "f10", "5", "v")
            server.put(a_letter())
            await press(app, pilot, "g")
            await until(app, pilot, lambda: "张伟明  卫生间漏水" in seen(app))
            assert "收件正常" in seen(app)


@sqlite_only
async def test_a_server_that_is_away_is_said_in_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", PASSWORD)
    outside.save_outside(desk, mail_at(imap=1))
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f10", "5", "g")
        await until(app, pilot, lambda: "连不上邮件服务器 127.0.0.1:1" in seen(app))


@sqlite_only
async def test_addresses_are_kept_in_the_clients_form(desk: Desk) -> None:
    card = builders.a_client(desk)
    async with console(desk) as (app, pilot):
        app.open_client(card.client.id)
        await settle(app, pilot)
        await press(app, pilot, "e")
        app.screen.form.field("emails").focus()
        await write(app, pilot, "Zhang@example.cn x")
        await press(app, pilot, "ctrl+s")
        assert "不是一个邮箱地址" in seen(app)
        await press(app, pilot, "backspace", "backspace", "ctrl+s")
        await until(app, pilot, lambda: "zhang@example.cn" in seen(app))
    with desk.read() as work:
        assert [one.address for one in work.emails.of(card.client.id)] == ["zhang@example.cn"]


@pytest.mark.row("K2")
@sqlite_only
async def test_a_letter_is_advised_but_not_for_what_it_quotes(desk: Desk, server: SmtpServer) -> None:
    ticket = came(desk, body="你们闭嘴")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f5", "enter", "x")
        await write(app, pilot, "随便你,")
        await until(app, pilot, lambda: "“随便你”(第 2 行第 1 字)" in seen(app), "advised")
        assert "“闭嘴”" not in seen(app)
        assert "道歉(" in seen(app)
        assert "问候(" not in seen(app), "it begins with a greeting"
        await press(app, pilot, "ctrl+d")
        await write(app, pilot, "apsm")
        await press(app, pilot, "1", "ctrl+s")
        assert "{{client.address}} 还空着" in seen(app)
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: letters(desk, ticket)[-1].direction == "out", "sent as it is")
