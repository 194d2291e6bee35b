"""The sample's letters: one a client answered this morning, one by a machine, one waiting, one refused (C6)."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from deskapp.domain.mail import Letter, MailFailed, as_kept, quoted, with_number
from deskapp.domain.message import Email, Message
from deskapp.services.mail import keep
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.ticket import Ticket
    from deskapp.services.sample import Stage

OWN = "kefu@haitang.example"
"""Nothing can be sent to an address of .example (RFC 2606)."""
HOST = "smtp.haitang.example:465"
BY = "limin"
WROTE_MIN, CAME_MIN, WAITS_MIN, REFUSED_MIN = 74, 25, 3, 52
"""Minutes ago."""


def write_letters(stage: Stage, seed: int) -> None:
    """Let letters go to and fro about tickets there are: they open none and stop no clock."""
    dice, work = Random(f"letters-{seed}"), stage.work
    listed = [row.ticket for row in work.tickets.newest(500, only_open=True, kind="complaint")]
    listed.sort(key=lambda one: one.id)
    answered = [one for one in listed if one.state == "responded"]
    running = [
        one for one in listed if one.clock_runs and one.channel == "phone" and one.severity != "crisis"
    ]
    first = next((one for one in answered if one.client_id == stage.clients[0].id), answered[0])
    others = [one for one in answered if one.id != first.id]
    about, astray = dice.sample(others, 2)
    asked, also_asked = _sent(stage, first), _sent(stage, about)
    _came(stage, about, also_asked, "away", WROTE_MIN - 1)
    _undeliverable(stage, astray)
    _came(stage, first, asked, "answers", CAME_MIN)
    waits = max(running, key=lambda one: (one.respond_by or stage.now, one.id))
    work.now = stage.ago(minutes=WAITS_MIN)
    stage.seat(BY)
    _written(stage, waits, "calms", state="waiting", responds=True)
    work.now = stage.now


def _address(stage: Stage, client_id: int) -> str:
    """The address of a client, as many have it: their number's; it is kept in their file."""
    for email in stage.work.emails.of(client_id):
        return email.address
    phones = stage.work.phones.of(client_id)
    name = phones[0].normal.lstrip("+").removeprefix("86") if phones else f"client{client_id}"
    return stage.work.emails.add(Email(client_id=client_id, address=f"{name}@mail.example")).address


def _sent(stage: Stage, ticket: Ticket) -> Message:
    """A letter of ours that was sent."""
    work, sent = stage.work, stage.ago(minutes=WROTE_MIN)
    work.now = sent.subtract(seconds=20)
    stage.seat(BY)
    out = _written(stage, ticket, "asks", state="sent", sent_at=sent)
    record(work, ticket, "mail_out", out.body, {"message_id": out.id, "to": out.recipient}, sent)
    return out


def _came(stage: Stage, ticket: Ticket, asked: Message, which: str, minutes: int) -> None:
    """What came back: the client's answer, or a machine's."""
    work, words, automatic = stage.work, stage.words["letters"], which == "away"
    work.now, work.operator = stage.ago(minutes=minutes), None
    letter = Letter(
        f"<{ticket.number}.{which}@mail.example>",
        sender=asked.recipient,
        sender_name=work.clients.find(ticket.client_id).name,
        recipient=OWN,
        subject=f"{words['away_subject']}{asked.subject}" if automatic else asked.subject,
        body=words[which] if automatic else f"{words[which]}\n\n{quoted(asked.body)}",
        references=(asked.message_key,),
        automatic=automatic,
        at=work.now,
    )
    keep(work, stage.desk, letter, OWN)


def _undeliverable(stage: Stage, ticket: Ticket) -> None:
    """A letter whose address was written down wrongly: the server refused it for good."""
    work = stage.work
    work.now = stage.ago(minutes=REFUSED_MIN)
    stage.seat(BY)
    address = _address(stage, ticket.client_id).replace("@mail.", "@mial.")
    refused = MailFailed("mail.refused", lasting=True, host=HOST, why=f"550 5.1.1 <{address}>: No such user")
    out = _written(stage, ticket, "asks", address, state="dead", attempts=1, error=as_kept(refused))
    record(work, ticket, "mail_failed", "", {"message_id": out.id, "to": out.recipient})


def _written(
    stage: Stage,
    ticket: Ticket,
    which: str,
    address: str = "",
    *,
    state: str,
    responds: bool = False,
    attempts: int = 0,
    error: str = "",
    sent_at: DateTime | None = None,
) -> Message:
    """A letter of ours, in the words the sample has for it."""
    work, words = stage.work, stage.words["letters"]
    client, operator = work.clients.find(ticket.client_id), stage.operators[BY]
    body = words[which].format(client=client.name, operator=operator.name, company=stage.words["company"])
    return work.messages.add(
        Message(
            ticket_id=ticket.id,
            client_id=ticket.client_id,
            direction="out",
            message_key=f"<{ticket.number}.{which}@haitang.example>",
            sender=OWN,
            recipient=address or _address(stage, ticket.client_id),
            subject=with_number(ticket.subject, ticket.number),
            body=body.strip(),
            at=work.now,
            state=state,
            responds=responds,
            attempts=attempts,
            error=error,
            sent_at=sent_at,
            operator_id=operator.id,
        )
    )
