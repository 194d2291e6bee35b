"""Letters to clients over a real server: the answer counts when the server takes it, not before, and once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import Message as EmailLetter

import pytest

from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.domain.mail import LEASE_S, MOST_ATTEMPTS, from_kept
from deskapp.domain.message import Email, Message
from deskapp.domain.ticket import Ticket
from deskapp.services import mail, mail_out, outside, tickets
from deskapp.services.mail_out import Reply
from deskapp.services.tick import tick
from tests import builders
from tests.mail_servers import OWN, PASSWORD, SmtpServer, free_port, imap_server, mail_at, smtp_server

pytestmark = pytest.mark.row("C6")
ANSWER = Reply("zhang@example.cn", "Re: 卫生间漏水", "张先生您好，师傅今天下午到。", responds=True)


@pytest.fixture
def server(desk: Desk) -> Iterator[SmtpServer]:
    """A server that takes letters, and a company that knows it."""
    with smtp_server() as one:
        outside.save_outside(desk, mail_at(smtp=one.port))
        yield one


def now_(desk: Desk, ticket: Ticket) -> Ticket:
    """The ticket as it is now."""
    with desk.read() as work:
        return work.tickets.find(ticket.id)


def letter(desk: Desk) -> Message:
    """The one letter there is."""
    with desk.read() as work:
        [one] = work.messages.all()
    return one


def events(desk: Desk, ticket: Ticket) -> list[str]:
    """What happened to a ticket, by kind."""
    with desk.read() as work:
        return [one.kind for one in work.ticket_events.of(ticket.id)]


@pytest.mark.row("T2")
@pytest.mark.row("T4")
def test_the_answer_counts_when_the_server_takes_it(
    desk: Desk, server: SmtpServer, clock: StillClock
) -> None:
    ticket = builders.a_complaint(desk)
    mail_out.reply(desk, ticket, ANSWER)
    assert now_(desk, ticket).clock_runs
    assert letter(desk).state == "waiting"
    clock.at = clock.at.add(minutes=5)
    assert mail_out.send_due(desk) == (1, 0)
    after = now_(desk, ticket)
    assert (after.state, after.responded_at, after.response) == ("responded", clock.at, ANSWER.words)
    assert (letter(desk).state, letter(desk).sent_at) == ("sent", clock.at)
    assert events(desk, ticket) == ["filed", "mail_out", "responded"]
    with desk.read() as work:
        assert {one.operator_id for one in work.ticket_events.of(ticket.id)} == {desk.operator.id}  # type: ignore[union-attr]
    assert mail_out.send_due(desk) == (0, 0)


def test_what_goes_over_the_wire(desk: Desk, server: SmtpServer) -> None:
    ticket = builders.a_complaint(desk)
    with desk.write("client.save") as work:
        work.messages.add(
            Message(
                ticket_id=ticket.id,
                message_key="<q@x.cn>",
                sender="zhang@example.cn",
                subject="漏水",
                at=work.now,
            )
        )
    answer, quote = mail_out.proposed(desk, ticket)
    assert (answer.recipient, answer.subject, quote) == (
        "zhang@example.cn",
        f"Re: 漏水 [{ticket.number}]",
        ">",
    )
    kept = mail_out.reply(desk, ticket, replace(answer, words="您好\n.\n[red]再见"))
    mail_out.send_due(desk)
    [sent] = server.taken
    assert str(make_header(decode_header(sent["Subject"]))) == f"Re: 漏水 [{ticket.number}]"
    assert (sent["Message-ID"], sent["In-Reply-To"], sent["References"]) == (
        kept.message_key,
        "<q@x.cn>",
        "<q@x.cn>",
    )
    assert (sent["To"], OWN in sent["From"]) == ("zhang@example.cn", True)
    body = sent.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode("utf-8").replace("\r\n", "\n") == "您好\n.\n[red]再见\n"


def test_a_letter_that_is_no_answer_stops_no_clock(desk: Desk, server: SmtpServer) -> None:
    ticket = builders.a_complaint(desk)
    mail_out.reply(desk, ticket, replace(ANSWER, responds=False))
    assert mail_out.send_due(desk) == (1, 0)
    assert now_(desk, ticket).clock_runs
    assert events(desk, ticket) == ["filed", "mail_out"]


def test_the_same_reply_sent_again_is_one(desk: Desk, server: SmtpServer) -> None:
    ticket = builders.a_complaint(desk)
    first = mail_out.reply(desk, ticket, ANSWER, key="form-1")
    assert mail_out.reply(desk, ticket, ANSWER, key="form-1").id == first.id
    assert mail_out.send_due(desk) == (1, 0)
    assert len(server.taken) == 1


def test_refused_for_now_it_is_tried_again_as_the_same_letter(
    desk: Desk, server: SmtpServer, clock: StillClock
) -> None:
    ticket = builders.a_complaint(desk)
    kept = mail_out.reply(desk, ticket, ANSWER)
    server.says += ["451 come back", "drop"]
    assert mail_out.send_due(desk) == (0, 0)
    assert (letter(desk).state, letter(desk).attempts) == ("waiting", 1)
    failed = from_kept(letter(desk).error)
    assert failed is not None
    assert (failed.code, failed.facts["why"]) == ("mail.refused", "451 come back")
    assert mail_out.send_due(desk) == (0, 0), "not before its time"
    assert letter(desk).attempts == 1
    clock.at = clock.at.add(seconds=60)
    assert mail_out.send_due(desk) == (0, 0)
    assert (server.dropped, letter(desk).attempts) == (1, 2)
    assert now_(desk, ticket).clock_runs
    clock.at = clock.at.add(seconds=120)
    assert mail_out.send_due(desk) == (1, 0)
    assert [one["Message-ID"] for one in server.taken] == [kept.message_key]
    assert now_(desk, ticket).responded_at == clock.at
    assert letter(desk).error == ""


@pytest.mark.parametrize("where", ["says", "to_recipient"])
def test_refused_for_good_it_is_somebodys_work(desk: Desk, server: SmtpServer, where: str) -> None:
    ticket = builders.a_complaint(desk)
    mail_out.reply(desk, ticket, ANSWER)
    getattr(server, where).append("550 no such person")
    assert mail_out.send_due(desk) == (0, 1)
    assert letter(desk).state == "dead"
    assert now_(desk, ticket).clock_runs
    assert events(desk, ticket) == ["filed", "mail_failed"]
    with desk.read() as work:
        assert [one.id for one in work.messages.in_state("dead", 9)] == [letter(desk).id]
        assert work.notices.unread(desk.operator.id), "whoever wrote it is told"  # type: ignore[union-attr]
    mail_out.retry(desk, letter(desk))
    assert mail_out.send_due(desk) == (1, 0)
    assert now_(desk, ticket).state == "responded"
    with pytest.raises(RuleBroken, match=r"mail\.sent_already"):
        mail_out.retry(desk, letter(desk))


def test_refused_too_often_it_is_given_up(desk: Desk, server: SmtpServer, clock: StillClock) -> None:
    mail_out.reply(desk, builders.a_complaint(desk), ANSWER)
    server.says += ["451 later"] * MOST_ATTEMPTS
    outcomes = []
    for _ in range(MOST_ATTEMPTS):
        outcomes.append(mail_out.send_due(desk))
        clock.at = clock.at.add(hours=1)
    assert outcomes == [(0, 0)] * (MOST_ATTEMPTS - 1) + [(0, 1)]
    assert mail_out.send_due(desk) == (0, 0)
    assert mail_out.give_up(desk, letter(desk)).state == "dropped"


def test_a_server_that_is_not_there_is_no_fault_of_the_letter(desk: Desk, clock: StillClock) -> None:
    outside.save_outside(desk, mail_at(smtp=free_port()))
    mail_out.reply(desk, builders.a_complaint(desk), ANSWER)
    for _ in range(MOST_ATTEMPTS + 2):
        assert mail_out.send_due(desk) == (0, 0)
        clock.at = clock.at.add(hours=2)
    failed = from_kept(letter(desk).error)
    assert failed is not None
    assert (letter(desk).state, failed.code) == ("waiting", "mail.unreachable")


def test_a_desk_that_died_sending_leaves_it_to_the_others(
    desk: Desk, second_desk: Desk, server: SmtpServer, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = builders.a_complaint(desk)
    mail_out.reply(desk, ticket, ANSWER)

    def dies(*_: object) -> None:
        raise StorageFailed("storage.lost", why="gone")

    with monkeypatch.context() as broken:
        broken.setattr(mail_out, "_accepted", dies)
        with pytest.raises(StorageFailed):
            mail_out.send_due(desk)
    assert now_(desk, ticket).clock_runs
    assert mail_out.send_due(second_desk) == (0, 0), "the other desk may still be at it"
    clock.at = clock.at.add(seconds=LEASE_S)
    assert mail_out.send_due(second_desk) == (1, 0)
    assert len({one["Message-ID"] for one in server.taken}) == 1, "the receiver knows it for the same letter"
    assert now_(desk, ticket).responded_at == clock.at


def test_two_desks_send_each_letter_once(desk: Desk, second_desk: Desk, server: SmtpServer) -> None:
    for _ in range(8):
        mail_out.reply(desk, builders.a_complaint(desk), ANSWER)
    together = threading.Barrier(2)
    done: list[tuple[int, int]] = []

    def sending(one: Desk) -> None:
        together.wait(30)
        done.append(mail_out.send_due(one))

    threads = [threading.Thread(target=sending, args=(one,)) for one in (desk, second_desk)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sum(sent for sent, _ in done) == 8
    assert len(server.taken) == 8


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (replace(ANSWER, recipient=" "), "mail.no_recipient"),
        (replace(ANSWER, recipient="a@b.cn\r\nBcc: x@y.cn"), "mail.address"),
        (replace(ANSWER, recipient="a@b.cn, c@d.cn"), "mail.address"),
        (replace(ANSWER, words=" \n"), "mail.no_words"),
    ],
)
def test_a_letter_that_cannot_be_is_refused_before(
    desk: Desk, server: SmtpServer, answer: Reply, code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        mail_out.reply(desk, builders.a_complaint(desk), answer)
    assert refused.value.code == code


def test_without_a_server_nothing_is_promised(desk: Desk) -> None:
    with pytest.raises(RuleBroken, match=r"mail\.off"):
        mail_out.reply(desk, builders.a_complaint(desk), ANSWER)


def test_a_first_letter_goes_to_the_address_on_file(desk: Desk, server: SmtpServer) -> None:
    card = builders.a_client(desk)
    with desk.write("client.save") as work:
        work.emails.add(Email(client_id=card.client.id, address="zhang@example.cn"))
    ticket = builders.a_complaint(desk, card)
    answer, _ = mail_out.proposed(desk, ticket)
    assert (answer.recipient, answer.subject) == ("zhang@example.cn", f"Re: 卫生间漏水 [{ticket.number}]")


def test_mail_that_is_off_does_nothing(desk: Desk) -> None:
    assert mail.attend(desk) == mail.Mailed()


def test_two_mailboxes_that_answer_by_themselves_fall_silent(
    desk: Desk, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our letter meets a machine that answers every letter at once: it is taken, marked, and left at that."""
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", PASSWORD)
    with imap_server() as box:

        def answers(letter: EmailLetter) -> None:
            number = len(server.taken)
            box.put(
                f"From: zhang@example.cn\r\nSubject: Auto: {letter['Subject']}\r\nAuto-Submitted: auto-replied\r\n"
                f"Message-ID: <auto{number}@example.cn>\r\nIn-Reply-To: {letter['Message-ID']}\r\n\r\naway".encode()
            )

        server.on_taken = answers
        outside.save_outside(desk, mail_at(imap=box.port, smtp=server.port))
        ticket = builders.a_complaint(desk)
        mail_out.reply(desk, ticket, replace(ANSWER, responds=False))
        assert mail_out.send_due(desk) == (1, 0)
        for _ in range(5):
            mail.fetch(desk, at_once=True)
            mail_out.send_due(desk)
    assert len(server.taken) == 1
    with desk.read() as work:
        assert len(work.tickets.all()) == 1
        assert [(one.direction, one.automatic) for one in work.messages.of(ticket.id)] == [
            ("out", False),
            ("in", True),
        ]
    assert now_(desk, ticket).clock_runs


def test_the_tick_sends_and_fetches(desk: Desk, server: SmtpServer) -> None:
    ticket = builders.a_complaint(desk)
    mail_out.reply(desk, ticket, ANSWER)
    ticked = tick(desk)
    assert ticked.mailed.sent == 1
    assert ticked.anything
    assert now_(desk, ticket).state == "responded"


@pytest.mark.row("T5")
def test_an_answer_to_what_was_answered_meanwhile_is_no_second_one(
    desk: Desk, server: SmtpServer, clock: StillClock
) -> None:
    ticket = builders.a_complaint(desk)
    mail_out.reply(desk, ticket, ANSWER)
    tickets.respond(desk, ticket, "电话里已答复")
    first = clock.at
    clock.at = clock.at.add(minutes=5)
    assert mail_out.send_due(desk) == (1, 0)
    after = now_(desk, ticket)
    assert (after.responded_at, after.response) == (first, "电话里已答复")
    assert events(desk, ticket) == ["filed", "responded", "mail_out"]


def test_a_machine_without_the_password_leaves_letters_to_one_that_has_it(
    desk: Desk, server: SmtpServer
) -> None:
    outside.save_outside(desk, mail_at(smtp=server.port, smtp_user="kefu"))
    mail_out.reply(desk, builders.a_complaint(desk), ANSWER)
    attended = mail.attend(desk)
    failed = from_kept(attended.error)
    assert failed is not None
    assert (failed.code, attended.sent) == ("mail.no_password", 0)
    assert (letter(desk).state, letter(desk).attempts) == ("waiting", 0)
