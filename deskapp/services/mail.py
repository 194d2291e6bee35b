"""Mail fetched into tickets, each letter once: the letter and how far one has read in one transaction (row C6).

A letter that answers one of ours, or names a ticket in its subject, joins that ticket; any other opens one, for the
client who has its address or for a new file. What machines write joins or opens too, so that nothing is lost, but is
marked; nothing is ever written back by itself, and no letter that comes in stops a clock. A ticket that has ended is
not opened again by a letter, which may only say thank you: its people are told, and a callback is put into the queue,
so that somebody reads it and decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any

from deskapp.domain import attachment
from deskapp.domain.call import Call
from deskapp.domain.client import MAX_NAME, Client
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.domain.mail import (
    Letter,
    MailFailed,
    as_kept,
    digest,
    fresh_part,
    from_kept,
    is_address,
    numbers_in,
)
from deskapp.domain.mail_reader import read_letter
from deskapp.domain.message import Email, Message
from deskapp.domain.ticket import LONGEST_WAIT_DAYS, Draft, Ticket
from deskapp.services import attachments, mail_out, tickets
from deskapp.services.calls import newest_site
from deskapp.services.clients import open_file
from deskapp.services.mailboxes import mailbox_name
from deskapp.services.outside import outside_in, read_outside, secret_of
from deskapp.services.ticket_told import record, tell

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.adapters.imap import Inbox
    from deskapp.desk import Desk
    from deskapp.domain.outside import Mail
    from deskapp.repository.messages import MailboxState
    from deskapp.repository.work import Work

MOST_AT_ONCE = 200
"""Letters taken in one go; the rest at the next."""
MOST_MERGES = 20
ENCODED = 1.5
"""How much heavier a file is in a letter than by itself."""
_attending = Lock()


@dataclass(frozen=True, slots=True)
class Mailed:
    """What was done with the mail: letters taken, sent, and given up; what is wrong with the mailbox."""

    taken: int = 0
    sent: int = 0
    failed: int = 0
    error: str = ""

    @property
    def anything(self) -> bool:
        """Whether there is anything to show anew."""
        return self.taken + self.sent + self.failed > 0


def attend(desk: Desk) -> Mailed:
    """Send what waits and fetch what is new, when mail is on and it is time; a second thread of a desk does nothing."""
    if not _attending.acquire(blocking=False):
        return Mailed()
    try:
        sent, failed = mail_out.send_due(desk)
        fetched = fetch(desk)
        missing = mail_out.unknown_here(desk)
        error = as_kept(missing) if missing else fetched.error
        return replace(fetched, sent=sent, failed=failed, error=error)
    finally:
        _attending.release()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the mail stands: whether it is on, when the mailbox was last looked into, what is wrong."""

    on: bool = False
    checked_at: DateTime | None = None
    error: str = ""


def standing(desk: Desk) -> Standing:
    """Read how the mail stands."""
    with desk.read() as work:
        mail = outside_in(work).mail
        state = work.mailboxes.get(mailbox_name(mail))
    if not mail.on or not mail.imap_host:
        return Standing(mail.on)
    missing = unknown_here(desk, mail)
    if state is None or state.checked_at is None:
        return Standing(mail.on, None, as_kept(missing) if missing else "")
    return Standing(mail.on, state.checked_at, state.error)


def fetch(desk: Desk, *, at_once: bool = False) -> Mailed:
    """Take every new letter of the mailbox; not before it is time, unless `at_once`, nor without its password."""
    mail = read_outside(desk).mail
    if not mail.on or not mail.imap_host:
        return Mailed()
    if (missing := unknown_here(desk, mail)) is not None:
        return Mailed(error=as_kept(missing))
    if not (_claimed(desk, mail) or at_once):
        return Mailed()
    from deskapp.adapters import imap

    name, taken, error = mailbox_name(mail), 0, ""
    try:
        with imap.opened(mail, secret_of(desk, "imap_password")) as inbox:
            for letter_taken in _each_taken(desk, mail, inbox):
                taken += letter_taken
    except MailFailed as failed:
        error = as_kept(failed)
    _note(desk, name, error)
    return Mailed(taken, error=error)


def unknown_here(desk: Desk, mail: Mail) -> MailFailed | None:
    """Why this machine cannot look into the mailbox: it has no password. Another may, so it is left to that one."""
    if mail.imap_user and not secret_of(desk, "imap_password"):
        return MailFailed("mail.no_password", host=mail.imap_host, user=mail.imap_user)
    return None


def _claimed(desk: Desk, mail: Mail) -> bool:
    """Whether it is time to look and no other desk has begun to: look before writing."""
    name = mailbox_name(mail)
    with desk.read() as work:
        if not _is_time(work.mailboxes.get(name), mail, work.now):
            return False
    with desk.store.write("") as work:
        state = work.mailboxes.held(name)
        if not _is_time(state, mail, work.now):
            return False
        work.mailboxes.put(replace(state, checked_at=work.now))
    return True


def _is_time(state: MailboxState | None, mail: Mail, now: DateTime) -> bool:
    if state is None or state.checked_at is None or state.checked_at > now:
        return True
    return (now - state.checked_at).total_seconds() >= mail.poll_seconds


def _note(desk: Desk, name: str, error: str) -> None:
    """Keep what is wrong with a mailbox, or that nothing is any more; when it turns, every console hears of it."""
    with desk.read() as work:
        state = work.mailboxes.get(name)
    if state is not None and state.error == error:
        return
    with desk.store.write("") as work:
        state = work.mailboxes.held(name)
        work.mailboxes.put(replace(state, error=error))
        if bool(state.error) != bool(error):
            failed = from_kept(error)
            work.log("mailbox", None, "change", {"error": failed.code if failed else ""})


def _each_taken(desk: Desk, mail: Mail, inbox: Inbox) -> Iterator[int]:
    """Take the new letters one by one; 1 for each that was new."""
    name = mailbox_name(mail)
    after, since = _place(desk, name, inbox)
    most = int(mail.attachment_mb * 1024 * 1024)
    for uid in inbox.uids(after, since if after == 0 else None)[:MOST_AT_ONCE]:
        arrived = inbox.fetch(uid, int(most * ENCODED) + 1024 * 1024)
        if arrived is None:
            continue
        letter = read_letter(arrived.content, mail.sender or mail.imap_user, arrived.at, most_bytes=most)
        if not arrived.whole:
            letter = replace(letter, left_out=(*letter.left_out, "whole"))
        yield int(take(desk, mail, inbox.validity, uid, letter) is not None)


def _place(desk: Desk, name: str, inbox: Inbox) -> tuple[int, date]:
    """Where to read on, and the day of the first reading: what is older was never ours to take.

    Where the server counts anew (another UIDVALIDITY, or a next uid it has given before), everything since that day
    is looked at again, and what was taken before is known by its key.
    """

    def counts_on(state: MailboxState) -> bool:
        return state.uidvalidity == inbox.validity and not 0 < inbox.next_uid <= state.last_uid

    key = f"mail.since.{name}"
    with desk.read() as work:
        state, since = work.mailboxes.get(name), work.settings.get(key)
        if state is not None and counts_on(state) and since:
            return state.last_uid, date.fromisoformat(since)
    with desk.store.write("mail.fetch") as work:
        state = work.mailboxes.held(name)
        if not counts_on(state):
            state = replace(state, uidvalidity=inbox.validity, last_uid=0)
            work.mailboxes.put(state)
        since = work.settings.get(key)
        if not since:
            since = str(work.now.subtract(days=LONGEST_WAIT_DAYS + 1).date())
            work.settings.put(key, since)
    return state.last_uid, date.fromisoformat(since)


def take(desk: Desk, mail: Mail, validity: int, uid: int, letter: Letter) -> Message | None:
    """Keep one letter and how far that is, in one transaction; None where it was taken before.

    One that cannot be kept as it is, is kept without its files and with what can be said of it, rather than not.
    """
    bare = replace(letter, parts=(), body=letter.body[:2000], left_out=(*letter.left_out, "unreadable"))
    for attempt in (letter, letter, bare):
        try:
            return _take(desk, mail, validity, uid, attempt)
        except StorageFailed as error:
            if error.away:
                raise
            last: Exception = error
        except (RuleBroken, LookupError, ValueError) as error:
            last = error
    raise MailFailed("mail.not_kept", host=mail.imap_host, uid=uid, why=str(last)[:200]) from last


def _take(desk: Desk, mail: Mail, validity: int, uid: int, letter: Letter) -> Message | None:
    with desk.store.write("mail.fetch") as work:
        state = work.mailboxes.held(mailbox_name(mail))
        if state.uidvalidity != validity or uid <= state.last_uid:
            return None
        kept = keep(work, replace(desk, operator=None), letter, mail.sender)
        work.mailboxes.put(replace(state, last_uid=uid))
        return kept


def keep(work: Work, desk: Desk, letter: Letter, own: str = "") -> Message | None:
    """Keep a letter with its ticket, inside a transaction; None where it is here already.

    Another letter under a known id (some programs use one twice) joins the ticket of the first.
    """
    ticket = None
    known = work.messages.by_key(letter.key)
    if known is not None:
        if _same(known, letter, own):
            return None
        said = "\n".join((letter.key, letter.sender, letter.subject, letter.body))
        letter = replace(letter, key=digest(said.encode()))
        if work.messages.by_key(letter.key) is not None:
            return None
        ticket = work.tickets.get(known.ticket_id)
    when = _when(letter, work.now)
    ticket = _merged_into(work, ticket or _about(work, letter))
    if ticket is None:
        ticket = _opened(work, desk, letter, when)
        message = _stored(work, ticket, letter, when)
        record(work, ticket, "mail_in", "", _facts(message) | {"opens": True}, when)
        return message
    message = _stored(work, ticket, letter, max(when, ticket.received_at or when))
    _joined(work, ticket, message)
    return message


def _facts(message: Message) -> dict[str, Any]:
    return {"message_id": message.id, "from": message.sender, "automatic": message.automatic}


def _same(known: Message, letter: Letter, own: str) -> bool:
    if known.direction == "out":
        return letter.sender.lower() in (known.sender.lower(), own.lower())
    return (known.sender, known.subject, known.body) == (letter.sender, letter.subject, letter.body)


def _when(letter: Letter, now: DateTime) -> DateTime:
    """When it came: never in the future, nor longer ago than anything may be filed late."""
    earliest = now.subtract(days=LONGEST_WAIT_DAYS).add(minutes=1)
    return min(max(letter.at or now, earliest), now)


def _about(work: Work, letter: Letter) -> Ticket | None:
    """The ticket a letter is about: by what it answers, else by the number its subject names."""
    known = work.messages.by_keys(letter.references)
    for key in letter.references:
        if key in known:
            return work.tickets.get(known[key].ticket_id)
    for number in numbers_in(letter.subject):
        if (found := work.tickets.by_number(number)) is not None:
            return found
    return None


def _merged_into(work: Work, ticket: Ticket | None) -> Ticket | None:
    for _ in range(MOST_MERGES):
        if ticket is None or ticket.merged_into is None:
            break
        ticket = work.tickets.get(ticket.merged_into)
    return ticket


def _opened(work: Work, desk: Desk, letter: Letter, when: DateTime) -> Ticket:
    """File what a letter says as a complaint of its sender (rows T1, C6)."""
    client_id = _sender(work, desk, letter)
    words = fresh_part(letter.body)
    subject = letter.subject or next(iter(words.splitlines()), "")[:80] or letter.sender or "-"
    draft = Draft(
        client_id=client_id,
        site_id=newest_site(work, client_id),
        channel="email",
        subject=subject,
        description=words,
        received_at=when,
    )
    return tickets.file_in(work, desk, draft).ticket


def _sender(work: Work, desk: Desk, letter: Letter) -> int:
    """Whose address it is; a new file for one nobody has."""
    for email in work.emails.by_address(letter.sender) if letter.sender else ():
        return email.client_id
    name = (letter.sender_name or letter.sender)[:MAX_NAME]
    client = Client(name=name, named=bool(letter.sender_name))
    client_id = open_file(work, client, "", desk.policy).client.id
    if is_address(letter.sender):
        work.emails.add(Email(client_id=client_id, address=letter.sender))
    return client_id


def _stored(work: Work, ticket: Ticket, letter: Letter, when: DateTime) -> Message:
    """The letter itself with its files."""
    whose = work.emails.by_address(letter.sender) if letter.sender else []
    message = work.messages.add(
        Message(
            ticket_id=ticket.id,
            client_id=whose[0].client_id if whose else None,
            message_key=letter.key,
            in_reply_to=letter.references[0] if letter.references else "",
            sender=letter.sender,
            recipient=letter.recipient,
            subject=letter.subject,
            body=letter.body,
            at=when,
            automatic=letter.automatic,
            error="\n".join(letter.left_out),
        )
    )
    files = [
        attachments.LocalFile(part.name, attachment.kind_of(part.name, part.content), part.content)
        for part in letter.parts
    ]
    attachments.keep(work, "message", message.id, files)
    return message


def _joined(work: Work, ticket: Ticket, message: Message) -> None:
    """Put a letter into its ticket's history, and see to it that somebody reads it."""
    record(work, ticket, "mail_in", "", _facts(message), message.at)
    if message.automatic:
        return
    tell(work, ticket, "mail")
    if not ticket.is_open and not work.calls.open_for(ticket.id, "callback"):
        phones = work.phones.of(ticket.client_id)
        work.calls.add(
            Call(
                kind="callback",
                direction="out",
                client_id=ticket.client_id,
                site_id=ticket.site_id,
                ticket_id=ticket.id,
                number=phones[0].normal if phones else "",
                reason=message.subject[:200],
                due_at=work.now,
                created_at=work.now,
            )
        )
