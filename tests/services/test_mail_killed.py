"""Desks killed by a signal between a letter and its commit: the next one takes and sends each letter once (row C6)."""

from __future__ import annotations

import pytest

from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.mail import LEASE_S
from deskapp.services import audit, mail, mail_out, outside
from tests import builders
from tests.mail_deaths import SENDING, TAKING, dies
from tests.mail_servers import PASSWORD, imap_server, mail_at, smtp_server
from tests.services.test_mail import a_letter
from tests.services.test_mail_out import ANSWER

pytestmark = pytest.mark.row("C6", "P2")


def test_killed_between_fetch_and_commit_each_letter_is_taken_once(
    desk: Desk, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", PASSWORD)
    subjects = [f"第{number}封" for number in range(3)]
    with imap_server() as server:
        outside.save_outside(desk, mail_at(imap=server.port))
        server.put(*(a_letter(subject) for subject in subjects))
        taken = []
        for where in TAKING:
            dies(desk_url, desk.now(), where)
            with desk.read() as work:
                taken.append(len(work.messages.all()))
        assert taken == [0, 0, 0, 1], "what was not committed is as if it had never been"
        assert mail.fetch(desk, at_once=True).taken == 2
        assert mail.fetch(desk, at_once=True).taken == 0
    with desk.read() as work:
        assert [one.subject for one in work.messages.all()] == subjects
        assert [one.number for one in work.tickets.all()] == [f"TS20261123-000{n}" for n in (1, 2, 3)]
        assert len(work.clients.all()) == 1, "a file whose letter was never kept was not opened"
    assert audit.verify(desk).fault is None


@pytest.mark.parametrize("where", SENDING)
def test_killed_while_sending_the_answer_goes_out_and_counts_once(
    desk: Desk, desk_url: str, clock: StillClock, where: str
) -> None:
    """Only where the server said yes and nobody lived to note it is it sent again, as the same letter."""
    with smtp_server() as server:
        outside.save_outside(desk, mail_at(smtp=server.port))
        ticket = builders.a_complaint(desk)
        kept = mail_out.reply(desk, ticket, ANSWER)
        dies(desk_url, desk.now(), where)
        with desk.read() as work:
            assert work.tickets.find(ticket.id).clock_runs is (where != "noted"), "counted when it is noted"
        assert mail_out.send_due(desk) == (0, 0), "whoever had it may still be at it"
        clock.at = clock.at.add(seconds=LEASE_S)
        assert mail_out.send_due(desk) == ((0, 0) if where == "noted" else (1, 0))
        assert len(server.taken) == (2 if where in ("accepted", "noting") else 1)
        assert {one["Message-ID"] for one in server.taken} == {kept.message_key}
    with desk.read() as work:
        after = work.tickets.find(ticket.id)
        events = [one.kind for one in work.ticket_events.of(ticket.id)]
    assert (after.state, events) == ("responded", ["filed", "mail_out", "responded"])
    assert after.responded_at == (clock.at.subtract(seconds=LEASE_S) if where == "noted" else clock.at)
