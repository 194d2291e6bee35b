"""Mail fetched from a real server: each letter once, to its ticket or a new one, whatever breaks in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest

from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.mail import from_kept
from deskapp.domain.message import Email, Message
from deskapp.domain.ticket import Ticket
from deskapp.services import mail, outside
from deskapp.services import tickets as ticket_verbs
from deskapp.services.mail import Mailed
from deskapp.services.mailboxes import mailbox_name
from tests import builders
from tests.mail_servers import OWN, PASSWORD, ImapServer, imap_server, mail_at

pytestmark = pytest.mark.row("C6")
CLIENT = "zhang@example.cn"
_folders = count(1)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


class Box:
    """A folder of the server."""

    def __init__(self, server: ImapServer, folder: str) -> None:
        self.server, self.folder = server, folder

    def put(self, *letters: bytes, **how: Any) -> None:
        """Letters arrive."""
        self.server.put(*letters, folder=self.folder, **how)

    def desk(self, desk: Desk, **fields: Any) -> Desk:
        """Tell a desk's company of this folder."""
        outside.save_outside(desk, mail_at(imap=self.server.port, folder=self.folder, **fields))
        return desk


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    """One server for the tests of this module; each uses a folder of its own."""
    with imap_server() as one:
        yield one


@pytest.fixture
def box(server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> Box:
    """A folder of this test's own, and how to put letters into it."""
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", PASSWORD)
    folder = f"t{next(_folders)}"
    server.renew(folder)
    return Box(server, folder)


def a_letter(subject: str = "卫生间漏水", body: str = "楼下天花板渗水，请尽快。", **headers: str) -> bytes:
    """A client's letter."""
    letter = EmailMessage()
    values = {
        "From": f"张伟明 <{CLIENT}>",
        "To": OWN,
        "Subject": subject,
        "Message-ID": f"<{hash(subject)}@x.cn>",
    }
    for name, value in (values | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            letter[name] = value
    letter.set_content(body)
    return letter.as_bytes()


def fetched(desk: Desk) -> Mailed:
    """Fetch now, whatever the time."""
    return mail.fetch(desk, at_once=True)


def letters(desk: Desk) -> list[Message]:
    """Every letter there is."""
    with desk.read() as work:
        return work.messages.all()


def tickets(desk: Desk) -> list[Ticket]:
    """Every ticket there is."""
    with desk.read() as work:
        return work.tickets.all()


def events(desk: Desk, ticket_id: int) -> list[str]:
    """What happened to a ticket, by kind."""
    with desk.read() as work:
        return [event.kind for event in work.ticket_events.of(ticket_id)]


@pytest.mark.row("T1")
@pytest.mark.row("T2")
def test_a_letter_of_a_stranger_opens_a_file_and_a_ticket(desk: Desk, box: Box) -> None:
    box.put(a_letter())
    assert fetched(box.desk(desk)) == Mailed(taken=1)
    [ticket], [letter] = tickets(desk), letters(desk)
    assert (ticket.number, ticket.kind, ticket.channel) == ("TS20261123-0001", "complaint", "email")
    assert (ticket.subject, ticket.description) == ("卫生间漏水", "楼下天花板渗水，请尽快。")
    assert ticket.received_at == builders.NOW.subtract(minutes=2), "the clock runs since the server had it"
    assert ticket.clock_runs
    assert ticket.filed_by is None
    assert letter.ticket_id == ticket.id
    with desk.read() as work:
        client = work.clients.find(ticket.client_id)
        assert [one.address for one in work.emails.of(client.id)] == [CLIENT]
    assert client.name == "张伟明"


def test_an_address_on_file_finds_its_client(desk: Desk, box: Box) -> None:
    card = builders.a_client(desk)
    site = builders.a_site(desk, card)
    with desk.write("client.save") as work:
        work.emails.add(Email(client_id=card.client.id, address=CLIENT))
    box.put(a_letter(From="Somebody <ZHANG@Example.cn>"))
    fetched(box.desk(desk))
    [ticket] = tickets(desk)
    assert (ticket.client_id, ticket.site_id) == (card.client.id, site.id)


@pytest.mark.parametrize(
    "subject", ["Re: 漏水 [TS20261123-0001]", "回复：ts20261123－0001", "WG: (Ts20261123 0001)"]
)
def test_a_number_in_the_subject_joins(desk: Desk, box: Box, subject: str) -> None:
    ticket = builders.a_complaint(desk)
    box.put(a_letter(subject))
    assert fetched(box.desk(desk)).taken == 1
    assert [one.id for one in tickets(desk)] == [ticket.id]
    assert events(desk, ticket.id)[-1] == "mail_in"
    assert tickets(desk)[0].clock_runs


def test_an_answer_joins_by_its_headers_and_follows_a_merge(desk: Desk, box: Box) -> None:
    box.put(a_letter(Message_ID="<first@x.cn>"))
    fetched(box.desk(desk))
    [duplicate] = tickets(desk)
    kept = builders.a_complaint(desk, duplicate.client_id, received_at=builders.NOW.subtract(hours=1))
    ticket_verbs.merge(desk, duplicate, kept, "同一件事")
    box.put(a_letter("还在漏", Message_ID="<second@x.cn>", In_Reply_To="<first@x.cn>"))
    fetched(desk)
    assert letters(desk)[-1].ticket_id == kept.id


def test_a_letter_to_a_closed_ticket_becomes_a_callback(desk: Desk, box: Box) -> None:
    ticket = builders.a_ticket_in(desk, "closed")
    box.put(a_letter(f"又漏了 {ticket.number}"), a_letter(f"真的 {ticket.number}"))
    assert fetched(box.desk(desk)).taken == 2
    with desk.read() as work:
        calls = work.calls.open_for(ticket.id, "callback")
    assert [one.reason for one in calls] == [f"又漏了 {ticket.number}"]
    assert tickets(desk)[0].state == "closed"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"List_Id": "<news.example.cn>"},
        {"Return_Path": "<>"},
        {"From": OWN},
        {"Subject": "自动回复：外出 [TS20261123-0001]"},
    ],
)
def test_what_a_machine_writes_is_kept_and_marked(desk: Desk, box: Box, headers: dict[str, str]) -> None:
    ticket = builders.a_complaint(desk)
    box.put(a_letter(**({"Subject": "Re: [TS20261123-0001]"} | headers)))
    fetched(box.desk(desk))
    [letter] = letters(desk)
    assert (letter.ticket_id, letter.automatic, letter.direction) == (ticket.id, True, "in")
    assert tickets(desk)[0].clock_runs
    assert [one for one in letters(desk) if one.direction == "out"] == []


def test_headers_and_bodies_in_gb18030(desk: Desk, box: Box) -> None:
    raw = b"From: =?gb2312?B?1cXOsMP3?= <a@b.cn>\r\nSubject: " + "厨房䶮裂".encode("gb18030")
    raw += b"\r\nContent-Type: text/html; charset=gb2312\r\n\r\n"
    raw += "<p>瓷砖<b>䶮</b>裂</p>[red]<script>x</script>".encode("gb18030")
    box.put(raw)
    fetched(box.desk(desk))
    [ticket] = tickets(desk)
    assert (ticket.subject, ticket.description) == ("厨房䶮裂", "瓷砖䶮裂\n\n[red]")
    with desk.read() as work:
        assert work.clients.find(ticket.client_id).name == "张伟明"


def test_files_are_kept_and_those_that_may_not_be_are_named(desk: Desk, box: Box) -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = CLIENT, "照片"
    letter.set_content("见附件")
    letter.add_attachment(PNG, maintype="image", subtype="png", filename="../../etc/厨房.png")
    letter.add_attachment(b"MZ" * 30, maintype="application", subtype="x", filename="setup.exe")
    box.put(letter.as_bytes())
    fetched(box.desk(desk))
    [kept] = letters(desk)
    assert kept.error == "type\tsetup.exe"
    with desk.read() as work:
        [file] = work.attachments.of("message", kept.id)
        assert (file.name, work.attachments.content(file.sha256)) == ("厨房.png", PNG)


def test_a_file_over_the_limit_is_named_and_the_letter_kept(desk: Desk, box: Box) -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = CLIENT, "照片"
    letter.set_content("见附件")
    for name, size in (("大.png", 1024 * 1024), ("小.png", 10)):
        letter.add_attachment(PNG + b"0" * size, maintype="image", subtype="png", filename=name)
    box.put(letter.as_bytes())
    fetched(box.desk(desk, attachment_mb=1))
    [kept] = letters(desk)
    assert (kept.body, kept.error) == ("见附件", "big\t大.png")
    with desk.read() as work:
        assert [one.name for one in work.attachments.of("message", kept.id)] == ["小.png"]


def test_of_a_letter_too_big_the_head_is_kept(desk: Desk, box: Box) -> None:
    box.put(a_letter("很大", "字" * 900_000))
    fetched(box.desk(desk, attachment_mb=1))
    [ticket], [letter] = tickets(desk), letters(desk)
    assert (ticket.subject, letter.error) == ("很大", "whole")


def test_a_letter_is_taken_once_however_often_it_is_seen(desk: Desk, box: Box) -> None:
    box.put(a_letter("一"), a_letter("一"), a_letter("二", Message_ID=""), a_letter("二", Message_ID=""))
    assert fetched(box.desk(desk)).taken == 2
    assert fetched(desk).taken == 0
    assert box.server.unseen(box.folder) == box.server.count(box.folder) == 4, "the mailbox is as it was"


def test_two_letters_under_one_id_are_both_kept(desk: Desk, box: Box) -> None:
    box.put(a_letter("一", Message_ID="<same@x.cn>"), a_letter("二", Message_ID="<same@x.cn>"))
    assert fetched(box.desk(desk)).taken == 2
    assert len(tickets(desk)) == 1
    assert [one.subject for one in letters(desk)] == ["一", "二"]


def test_a_server_that_counts_anew_doubles_and_loses_nothing(desk: Desk, box: Box) -> None:
    old = [a_letter("一"), a_letter("二")]
    box.put(*old)
    fetched(box.desk(desk))
    box.server.renew(box.folder)
    box.put(*old, a_letter("三"))
    assert fetched(desk).taken == 1
    assert [one.subject for one in letters(desk)] == ["一", "二", "三"]


def test_what_is_older_than_the_first_reading_stays_where_it_is(desk: Desk, box: Box) -> None:
    box.put(a_letter("旧"), at=builders.NOW.subtract(days=40))
    box.put(a_letter("新"))
    assert fetched(box.desk(desk)).taken == 1
    assert [one.subject for one in letters(desk)] == ["新"]


def test_killed_between_fetch_and_commit_nothing_is_lost_or_doubled(
    desk: Desk, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process dies."""

    box.put(a_letter("一"), a_letter("二"))
    keep, calls = mail.keep, 0

    def dies(*words: Any) -> Message | None:
        nonlocal calls
        calls += 1
        kept = keep(*words)
        if calls == 2:
            raise Killed
        return kept

    monkeypatch.setattr(mail, "keep", dies)
    with pytest.raises(Killed):
        fetched(box.desk(desk))
    assert [one.subject for one in letters(desk)] == ["一"]
    monkeypatch.setattr(mail, "keep", keep)
    assert fetched(desk).taken == 1
    assert [one.subject for one in letters(desk)] == ["一", "二"]
    assert [one.number for one in tickets(desk)] == ["TS20261123-0001", "TS20261123-0002"]


def test_two_desks_fetching_at_once_take_each_letter_once(desk: Desk, second_desk: Desk, box: Box) -> None:
    box.put(*(a_letter(f"第{n}封") for n in range(12)))
    box.desk(desk)
    done: list[Mailed] = []
    together = threading.Barrier(2)

    def fetching(one: Desk) -> None:
        together.wait(30)
        done.append(fetched(one))

    threads = [threading.Thread(target=fetching, args=(one,)) for one in (desk, second_desk)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sum(one.taken for one in done) == 12
    assert [one.error for one in done] == ["", ""]
    assert len(tickets(desk)) == len(letters(desk)) == 12


def test_a_letter_nobody_can_read_stops_no_other(desk: Desk, box: Box) -> None:
    box.put(b"\x00\xff\xfe garbage\r\n\r\n\x00\x01", a_letter("好的"))
    assert fetched(box.desk(desk)).taken == 2
    assert [one.subject for one in tickets(desk)][-1] == "好的"


def test_fetched_again_only_when_it_is_time(desk: Desk, box: Box, clock: StillClock) -> None:
    box.desk(desk, poll_seconds=60)
    assert mail.fetch(desk) == Mailed()
    box.put(a_letter())
    assert mail.fetch(desk).taken == 0
    clock.at = clock.at.add(seconds=61)
    assert mail.fetch(desk).taken == 1


def test_what_is_wrong_is_kept_until_it_is_right(
    desk: Desk, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", "wrong")
    box.put(a_letter())
    error = from_kept(fetched(box.desk(desk)).error)
    assert error is not None
    assert error.code == "mail.login"
    settings = outside.read_outside(desk).mail
    with desk.read() as work:
        state = work.mailboxes.get(mailbox_name(settings))
    assert state is not None
    assert PASSWORD not in state.error
    assert "wrong" not in state.error
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", PASSWORD)
    assert fetched(desk) == Mailed(taken=1)
    with desk.read() as work:
        state = work.mailboxes.get(mailbox_name(settings))
    assert state is not None
    assert state.error == ""


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"imap_port": 1}, "mail.unreachable"),
        ({"folder": "nowhere"}, "mail.folder"),
        ({"imap_tls": "tls"}, "mail.tls"),
        ({"imap_tls": "starttls"}, "mail.tls"),
    ],
)
def test_each_fault_says_what_it_is(desk: Desk, box: Box, fields: dict[str, Any], code: str) -> None:
    outside.save_outside(desk, replace(mail_at(imap=box.server.port, folder=box.folder), **fields))
    error = from_kept(fetched(desk).error)
    assert error is not None
    assert error.code == code


def test_a_machine_without_the_password_leaves_it_to_one_that_has_it(
    desk: Desk, second_desk: Desk, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(a_letter())
    box.desk(desk)
    with monkeypatch.context() as elsewhere:
        elsewhere.delenv("DESKAPP_IMAP_PASSWORD")
        error = from_kept(mail.fetch(desk).error)
        assert error is not None
        assert error.code == "mail.no_password"
        assert from_kept(mail.standing(desk).error) is not None
    assert mail.fetch(second_desk) == Mailed(taken=1), "its turn was not used up"
    assert mail.standing(desk) == mail.Standing(True, builders.NOW, "")
