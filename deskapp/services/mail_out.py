"""Letters to clients: kept with their ticket first, handed over after, the answer recorded when they are taken (C6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from deskapp.domain import mail as rules
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.mail import MailFailed, Outgoing
from deskapp.domain.message import Message
from deskapp.domain.ticket import INTERNAL_KINDS, Ticket, legal_moves
from deskapp.services.outside import outside_in, read_outside, secret_of
from deskapp.services.submissions import once
from deskapp.services.ticket_told import record
from deskapp.services.tickets import move_in

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.outside import Mail
    from deskapp.repository.work import Work

MOST_AT_ONCE = 20
OUR_FAULT = 6
"""How many times more often is tried what no server has refused: it was not reached, or did not know us."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be written back: to whom, under which subject, in which words, and whether it is the answer."""

    recipient: str
    subject: str
    words: str
    responds: bool = True


def proposed(desk: Desk, ticket: Ticket) -> tuple[Reply, str]:
    """To whom and under which subject to answer a ticket, and the words that would be quoted."""
    with desk.read() as work:
        came = [one for one in work.messages.of(ticket.id) if one.direction == "in" and not one.automatic]
        emails = work.emails.of(ticket.client_id)
    last = came[-1] if came else None
    recipient = last.sender if last else emails[0].address if emails else ""
    subject = rules.with_number((last.subject if last else "") or ticket.subject, ticket.number)
    return Reply(recipient, subject, ""), rules.quoted(last.body) if last else ""


def check_on(desk: Desk) -> None:
    """Refuse to begin a letter where nobody would send it."""
    mail = read_outside(desk).mail
    if not mail.on or not mail.smtp_host:
        raise RuleBroken("mail.off")


def reply(desk: Desk, ticket: Ticket, answer: Reply, *, key: str = "") -> Message:
    """Keep a letter to a client, to be sent from now on; under a `key` once. The clock runs until it is taken.

    Whoever writes is put on to watch the ticket: what comes back is told to them.
    """
    recipient, subject, words = rules.check_outgoing(answer.recipient, answer.subject, answer.words)
    if rules.numbers_in(subject)[:1] != (ticket.number,):
        subject = rules.with_number(subject, ticket.number)
    with desk.write("ticket.move" if answer.responds else "ticket.note") as work:
        mail = outside_in(work).mail
        if not mail.on or not mail.smtp_host:
            raise RuleBroken("mail.off")

        def written() -> Message:
            operator_id = work.operator.id if work.operator else None
            if operator_id:
                work.watchers.put(ticket.id, operator_id)
            return work.messages.add(
                Message(
                    ticket_id=ticket.id,
                    client_id=ticket.client_id,
                    direction="out",
                    message_key=f"<{ticket.number}.{uuid4().hex}@{mail.sender.partition('@')[2]}>"[-200:],
                    in_reply_to=_answered(work, ticket),
                    sender=mail.sender,
                    recipient=recipient,
                    subject=subject,
                    body=words,
                    at=work.now,
                    state="waiting",
                    responds=answer.responds,
                    operator_id=operator_id,
                )
            )

        return once(work, key, "mail.reply", written, work.messages.find)


def _answered(work: Work, ticket: Ticket) -> str:
    """The id of the letter that is answered: the last that came, else the last of ours."""
    ids = [one for one in work.messages.of(ticket.id) if one.message_key.startswith("<")]
    came = [one.message_key for one in ids if one.direction == "in"]
    return (came or [one.message_key for one in ids] or [""])[-1]


def retry(desk: Desk, message: Message) -> Message:
    """Try a letter again at once that waits or was given up."""
    with desk.write("ticket.note") as work:
        fresh = work.messages.held(message.id)
        if fresh.direction != "out" or fresh.state == "sent":
            raise RuleBroken("mail.sent_already")
        again = replace(fresh, state="waiting", attempts=0, next_at=None)
        return work.messages.save(again)


def give_up(desk: Desk, message: Message) -> Message:
    """Send a letter no more that nobody has taken: it is somebody's work no longer."""
    with desk.write("ticket.note") as work:
        fresh = work.messages.held(message.id)
        if fresh.state == "sent":
            raise RuleBroken("mail.sent_already")
        if fresh.held_until is not None and fresh.held_until > work.now:
            raise RuleBroken("mail.being_sent")
        return work.messages.save(replace(fresh, state="dropped", next_at=None))


def unknown_here(desk: Desk) -> MailFailed | None:
    """Why this machine cannot send: it has no password. Another may have it, and sends what waits."""
    mail = read_outside(desk).mail
    if mail.on and mail.smtp_host and mail.smtp_user and not secret_of(desk, "smtp_password"):
        return MailFailed("mail.no_password", host=mail.smtp_host, user=mail.smtp_user)
    return None


def send_due(desk: Desk) -> tuple[int, int]:
    """Hand over the letters it is time for; return how many were taken, and how many are given up."""
    mail = read_outside(desk).mail
    if not mail.on or not mail.smtp_host or unknown_here(desk) is not None:
        return 0, 0
    with desk.read() as work:
        due = work.messages.due(work.now, MOST_AT_ONCE)
    sent, dead = 0, 0
    for one in due:
        held = _held(desk, one)
        if held is None:
            continue
        failed = _handed_over(desk, mail, held)
        if failed is None:
            sent += 1
            continue
        dead += _failed(desk, held, failed).state == "dead"
        if failed.code in ("mail.unreachable", "mail.login", "mail.tls"):
            break
    return sent, dead


def _held(desk: Desk, message: Message) -> Message | None:
    """Take a letter to send it, so that no other desk does meanwhile; None when one was first."""
    try:
        with desk.store.write("mail.send") as work:
            fresh = work.messages.held(message.id)
            if fresh.version != message.version or fresh.state != "waiting":
                return None
            until = work.now.add(seconds=rules.LEASE_S)
            return work.messages.save(replace(fresh, held_until=until, attempts=fresh.attempts + 1))
    except Conflict:
        return None


def _handed_over(desk: Desk, mail: Mail, message: Message) -> MailFailed | None:
    """Hand a letter to the server; at its yes, and only then, note that it is sent and the client answered."""
    from deskapp.adapters import smtp

    letter = Outgoing(
        message.message_key,
        mail.sender,
        message.recipient,
        message.subject,
        message.body,
        message.in_reply_to,
        sender_name=desk.company,
    )
    try:
        smtp.send(mail, secret_of(desk, "smtp_password"), letter, message.at or desk.now())
    except MailFailed as failed:
        return failed
    _accepted(desk, message, desk.now())
    return None


def _accepted(desk: Desk, message: Message, at: DateTime) -> None:
    with desk.read() as work:
        writer = work.operators.get(message.operator_id)
    with desk.store.write("mail.send", writer) as work:
        fresh = work.messages.held(message.id)
        if fresh.state == "sent":
            return
        work.messages.save(replace(fresh, state="sent", sent_at=at, held_until=None, next_at=None, error=""))
        ticket = work.tickets.held(fresh.ticket_id)
        answers = fresh.responds and _unanswered(ticket)
        facts = {"message_id": fresh.id, "to": fresh.recipient}
        record(work, ticket, "mail_out", "" if answers else fresh.body, facts, at)
        if answers:
            writing = replace(desk, operator=writer)
            move_in(work, writing, ticket, "respond", fresh.body, {"message_id": fresh.id}, at)


def _unanswered(ticket: Ticket) -> bool:
    """Whether the client still waits for an answer that may be given."""
    waits = ticket.responded_at is None or ticket.state == "reopened"
    return waits and ticket.kind not in INTERNAL_KINDS and "respond" in legal_moves(ticket)


def _failed(desk: Desk, message: Message, failed: MailFailed) -> Message:
    """Note why, and when to try again; refused for good or too often, it is somebody's work."""
    most = rules.MOST_ATTEMPTS * (1 if failed.code == "mail.refused" else OUR_FAULT)
    dead = failed.lasting or message.attempts >= most
    with desk.store.write("mail.send") as work:
        fresh = work.messages.held(message.id)
        if fresh.state != "waiting":
            return fresh
        next_at = None if dead else work.now.add(seconds=rules.wait_before(message.attempts))
        state = "dead" if dead else "waiting"
        saved = work.messages.save(
            replace(fresh, state=state, held_until=None, next_at=next_at, error=rules.as_kept(failed))
        )
        if dead or message.attempts == 1:
            ticket = work.tickets.find(fresh.ticket_id)
            facts = {"message_id": fresh.id, "to": fresh.recipient}
            record(work, ticket, "mail_failed" if dead else "mail_delayed", "", facts)
        return saved
