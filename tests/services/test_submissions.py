"""What a desk sends again under its key is made once: filed, noted, moved, ended, planned, opened (row P3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from deskapp.domain.call import Result
from deskapp.domain.client import Client
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.site import Site
from deskapp.services import calls, clients, submissions, tickets
from deskapp.services.tick import tick
from tests import builders

pytestmark = pytest.mark.row("P3")
KEY = "k" * 32


def history(desk, ticket):
    with desk.read() as work:
        return [event.kind for event in work.ticket_events.of(ticket.id)]


def test_a_complaint_sent_again_is_the_one_filed_before(desk):
    draft = builders.a_draft(builders.a_client(desk), submission=KEY)
    first, again = tickets.file(desk, draft), tickets.file(desk, draft)
    assert (first.again, again.again) == (False, True)
    assert again.ticket == first.ticket


def test_two_desks_that_send_one_key_at_once_make_one_complaint(desk, second_desk):
    draft = builders.a_draft(builders.a_client(desk), submission=KEY)
    together = Barrier(2)

    def send(at):
        together.wait(30)
        return tickets.file(at, draft)

    with ThreadPoolExecutor(2) as pool:
        filed = list(pool.map(send, (desk, second_desk)))
    assert filed[0].ticket.id == filed[1].ticket.id
    assert sorted(one.again for one in filed) == [False, True]


def test_a_note_and_an_answer_sent_again_stand_once_in_the_history(desk):
    ticket = builders.a_complaint(desk)
    noted = tickets.note(desk, ticket, "客户下午在家", key="n")
    assert tickets.note(desk, ticket, "客户下午在家", key="n") == noted
    answered = tickets.move(desk, ticket, "respond", "明早上门", key="r")
    assert tickets.move(desk, ticket, "respond", "明早上门", key="r") == answered, "no Conflict with oneself"
    with pytest.raises(Conflict):
        tickets.move(desk, ticket, "respond", "明早上门", key="another")
    assert history(desk, ticket) == ["filed", "note", "responded"]


def test_answered_and_solved_at_once_sent_again_is_done_once(desk):
    ticket = builders.a_complaint(desk)
    solved = tickets.respond_and_resolve(desk, ticket, "已更换角阀", key=KEY)
    assert tickets.respond_and_resolve(desk, ticket, "已更换角阀", key=KEY) == solved
    assert history(desk, ticket) == ["filed", "responded", "resolved"]


def test_a_call_ended_again_is_ended_once_and_followed_once(desk):
    call = calls.take(desk, builders.a_planned_call(desk))
    ended = calls.end(desk, call, Result("no_answer"), key=KEY)
    assert calls.end(desk, call, Result("no_answer"), key=KEY).call == ended.call
    with pytest.raises(RuleBroken):
        calls.end(desk, call, Result("no_answer"), key="another")
    with desk.read() as work:
        assert len(work.calls.of_client(call.client_id)) == 2


def test_calls_files_and_sites_sent_again_are_there_once(desk):
    client = builders.a_client(desk)
    at = desk.now().add(hours=1)
    planned = [calls.plan(desk, "callback", client.client.id, at, key="p") for _ in range(2)]
    files = [clients.add(desk, Client(name="李秀英"), "13912345678", key="c") for _ in range(2)]
    site = Site(client_id=client.client.id, estate="翠湖", address="1-1")
    sites = [clients.save_site(desk, site, key="s") for _ in range(2)]
    assert planned[0] == planned[1]
    assert files[0].client == files[1].client
    assert sites[0] == sites[1]


def test_what_a_rule_refused_can_be_sent_again_under_its_key(desk):
    ticket = builders.a_complaint(desk)
    with pytest.raises(RuleBroken):
        tickets.move(desk, ticket, "resolve", "已更换", key=KEY)
    answered = tickets.respond(desk, ticket, "明早上门")
    assert tickets.move(desk, answered, "resolve", "已更换", key=KEY).state == "resolved"


def test_keys_are_forgotten_after_a_month(desk, clock):
    draft = builders.a_draft(builders.a_client(desk), submission=KEY)
    tickets.file(desk, draft)
    tick(desk)
    clock.at = clock.at.add(days=submissions.KEPT_DAYS, seconds=-1)
    assert tick(desk).swept == 0
    clock.at = clock.at.add(seconds=2)
    assert tick(desk).swept == 1
    with desk.read() as work:
        assert work.submissions.made(KEY) is None
    assert tickets.file(desk, draft).again, "a complaint is known by its own column for ever"


@pytest.mark.row("T4")
def test_a_complaint_that_waited_counts_from_when_it_was_filed_at_the_desk(desk, clock):
    typed = clock.at
    clock.at = clock.at.add(hours=3)
    draft = builders.a_draft(builders.a_client(desk), submission=KEY, received_at=typed)
    ticket = tickets.file(desk, draft).ticket
    assert ticket.received_at == typed
    assert ticket.respond_by == typed.add(hours=24)
    assert ticket.number.startswith("TS20261123-"), "the number is given when it is sent"


@pytest.mark.row("T4")
def test_the_receipt_is_never_in_the_future_nor_weeks_ago(desk, clock):
    client = builders.a_client(desk)
    ahead = tickets.file(desk, builders.a_draft(client, received_at=clock.at.add(minutes=5))).ticket
    assert ahead.received_at == clock.at
    with pytest.raises(RuleBroken) as refused:
        tickets.file(desk, builders.a_draft(client, received_at=clock.at.subtract(days=8)))
    assert refused.value.code == "ticket.waited_too_long"


@pytest.mark.row("T4")
def test_an_answer_that_waited_counts_from_when_it_was_given_but_not_before_the_receipt(desk, clock):
    ticket = builders.a_complaint(desk)
    given = clock.at.add(hours=23)
    clock.at = clock.at.add(hours=26)
    answered = tickets.move(desk, ticket, "respond", "明早上门", at=given)
    assert answered.responded_at == given
    assert answered.response_met is True
    other = builders.a_complaint(desk)
    early = tickets.move(desk, other, "respond", "明早上门", at=clock.at.subtract(hours=1))
    assert early.responded_at == other.received_at


@pytest.mark.row("C4")
def test_a_call_that_ended_without_a_database_lasted_as_long_as_it_was_talked(desk, clock):
    call = calls.take(desk, builders.a_planned_call(desk))
    ended = clock.at.add(minutes=4)
    clock.at = clock.at.add(minutes=40)
    stored = calls.end(desk, call, Result("reached", "满意"), at=ended).call
    assert (stored.ended_at, stored.talk_s) == (ended, 240)
