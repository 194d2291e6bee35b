"""Many desks, one truth: processes that collide, and die in the middle, on one database (rows C2, T2, T5, P2).

`DESKAPP_TORTURE=5` makes everything five times as much.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import Any

import pendulum
import pytest
from sqlalchemy import select

from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.call import Call
from deskapp.repository import tables
from deskapp.services import audit, calls, tickets
from deskapp.services.call_queue import queue_bands
from tests import builders
from tests.torture import desks
from tests.torture.desks import DEATHS, Sitting, Task, sitting, ticking

DESKS = 16
MUCH = int(os.environ.get("DESKAPP_TORTURE", "1"))
MIDNIGHT = pendulum.datetime(2026, 11, 23, 16)
"""When the company's 23 November ends."""


@pytest.fixture
def logins(desk: Desk) -> list[str]:
    """An operator for every process."""
    names = [f"desk{number:02d}" for number in range(DESKS)]
    for name in names:
        builders.an_operator(desk, f"客服{name[-2:]}", login=name)
    return names


def a_queue(desk: Desk, count: int) -> list[int]:
    """So many calls that wait, of every band; their ids in queue order."""
    kinds = ("inbound", "callback", "verification", "followup", "care")
    now = desk.now()
    with desk.write("call.plan") as work:
        work.calls.add_many(
            [
                Call(kind=kinds[n % 5], number=f"139{n:08d}", due_at=now.subtract(seconds=n * 7 % 100))
                for n in range(count)
            ]
        )
    with desk.read() as work:
        return [row.call.id for row in work.calls.queue(queue_bands(desk), count)]


def everything(desk: Desk) -> dict[int, Call]:
    with desk.read() as work:
        return {call.id: call for call in work.calls.all()}


def rows(desk: Desk, query: Any) -> list[Any]:
    with desk.read() as work:
        return list(work.connection.execute(query).all())


def check_the_trail(desk: Desk) -> None:
    """Every entry is sealed, and the chain is whole."""
    verdict = audit.verify(desk)
    assert verdict.fault is None
    assert rows(desk, select(tables.audit_pending.c.id)) == []
    assert verdict.entries == len(rows(desk, select(tables.audit.c.id)))


@pytest.mark.row("C2", "P2")
def test_sixteen_desks_take_every_call_once_and_in_order(desk, desk_url, logins, tmp_path) -> None:
    order = a_queue(desk, 320 * MUCH)
    tasks = [Task(desk_url, login, desk.now()) for login in logins]
    with ticking(desk_url, desk.now(), tmp_path), sitting(tmp_path, desks.take_all, tasks) as here:
        pass
    taken = {login: here.told("took", login) for login in logins}
    assert Counter(call for one in taken.values() for call in one) == Counter(order)
    place = {call: number for number, call in enumerate(order)}
    for one in taken.values():
        assert one == sorted(one, key=place.__getitem__)
    by_login = {login: operator_id(desk, login) for login in logins}
    holders = {call.id: (call.state, call.taken_by) for call in everything(desk).values()}
    assert holders == {call: ("taken", by_login[login]) for login in logins for call in taken[login]}
    if desk.store.dialect == "sqlite":
        assert taken_in_time(desk) == order
    check_the_trail(desk)


def taken_in_time(desk: Desk) -> list[int]:
    """The calls as the audit trail has them taken: where there is one writer at a time, the true order."""
    c = tables.audit.c
    return [
        row[0] for row in rows(desk, select(c.record_id).where(c.act == "call.take:change").order_by(c.id))
    ]


def operator_id(desk: Desk, login: str) -> int:
    with desk.read() as work:
        found = work.operators.by_login(login)
    assert found is not None
    return found.id


@pytest.mark.row("C2", "P2")
def test_what_killed_desks_had_comes_back_and_is_done_once(desk, desk_url, logins, clock, tmp_path) -> None:
    order = a_queue(desk, 240 * MUCH)
    tasks = some_die(desk_url, desk.now(), logins, count=2)
    with sitting(tmp_path, desks.take_and_answer, tasks) as here:
        here.meet()
        clock.at = clock.at.add(minutes=desk.policy.claim_minutes, seconds=1)
        left = check_the_dead_hold_theirs(desk, here)
        assert calls.release_expired(desk) == len(left)
        after = everything(desk)
        assert {after[call].state for call in left} == {"open"}
        assert sorted(here.told("kept")) == sorted(
            call.id for call in after.values() if call.state == "taken"
        )
        here.meet()
    ended = here.told("ended", *here.living)
    assert Counter(ended) == Counter(order)
    living = {operator_id(desk, login) for login in here.living}
    assert {(call.state, call.taken_by in living) for call in everything(desk).values()} == {("done", True)}
    c = tables.audit.c
    ends = rows(desk, select(c.record_id).where(c.act == "call.end:change", c.noun == "call"))
    assert Counter(row[0] for row in ends) == Counter(order)
    check_the_trail(desk)


def some_die(url: str, at: pendulum.DateTime, logins: list[str], **given: Any) -> list[Task]:
    """Every other desk dies: two of each death, earlier or later."""
    tasks = []
    for number, login in enumerate(logins):
        task = Task(url, login, at, **given)
        if number % 2:
            task = replace(task, dies=DEATHS[number // 2 % len(DEATHS)], after=1 + number // 4)
        tasks.append(task)
    return tasks


def check_the_dead_hold_theirs(desk: Desk, here: Sitting) -> set[int]:
    """The dead hold what they wrote down, and at most one call more each: taken, but no time left to say so."""
    dead = {operator_id(desk, login): login for login in here.dead}
    held: dict[str, set[int]] = {login: set() for login in here.dead}
    for call in everything(desk).values():
        if call.taken_by in dead:
            held[dead[call.taken_by]].add(call.id)
    for login, ids in held.items():
        told = set(here.told("took", login))
        assert told <= ids
        assert len(ids - told) <= 1
    return set().union(*held.values())


@pytest.mark.row("T2", "T1", "P2", "P3")
def test_numbers_stay_gapless_and_tickets_whole_though_desks_die_filing(
    desk, desk_url, logins, clock, tmp_path
) -> None:
    shared = builders.a_client(desk).client.id
    person = builders.a_member(desk).id
    start = MIDNIGHT.subtract(minutes=20)
    tasks = some_die(desk_url, start, logins, count=10 * MUCH, things=(shared, person))
    tasks = [replace(task, after=task.after * 2) for task in tasks]
    with ticking(desk_url, start, tmp_path), sitting(tmp_path, desks.file_all, tasks) as here:
        pass
    send_again(desk_url, here)
    check_numbers(desk, here)
    check_tickets_are_whole(desk)
    check_the_trail(desk)


def send_again(url: str, here: Sitting) -> None:
    """What the dead had sent or begun to send is sent once more, as their drafts would be."""
    for task in here.tasks:
        if task.dies:
            clock = StillClock(task.at)
            desk = builders.open_at(url, clock, task.login)
            for number in here.told("files", task.login):
                clock.at = desks.at_filing(task, number)
                tickets.file(desk, desks.draft_of(task, number))
            desk.store.close()


def check_numbers(desk: Desk, here: Sitting) -> None:
    """One ticket a submission; each day's numbers run from 0001 without a gap, and its counter knows the last."""
    t, k = tables.tickets.c, tables.counters.c
    stored = dict(tuple(row) for row in rows(desk, select(t.submission, t.number)))
    sent = {f"{login}-{number}" for login in here.processes for number in here.told("files", login)}
    assert set(stored) == sent
    assert set(here.told("filed")) <= set(stored.values())
    last = dict(tuple(row) for row in rows(desk, select(k.name, k.last).where(k.name.like("TS%"))))
    assert set(last) == {"TS20261123", "TS20261124"}
    wanted = {f"{day}-{serial:04d}" for day, count in last.items() for serial in range(1, count + 1)}
    assert sorted(stored.values()) == sorted(wanted)


def check_tickets_are_whole(desk: Desk) -> None:
    """Ticket, event, search row, notice and client stand together, and one transaction's audit entries say so."""
    ids = Counter(row[0] for row in rows(desk, select(tables.tickets.c.id)))
    for table, column in (("ticket_events", "ticket_id"), ("outbox", "ticket_id"), ("ticket_search", "id")):
        there = rows(desk, select(tables.metadata.tables[table].c[column]))
        assert Counter(row[0] for row in there) == ids, table
    c = tables.audit.c
    told: dict[int, list[str]] = {}
    for tx, noun in rows(desk, select(c.tx, c.noun).where(c.act == "ticket.file:add")):
        told.setdefault(tx, []).append(noun)
    nouns = Counter(tuple(sorted(one)) for one in told.values())
    known, stranger = (
        ("notice", "ticket", "ticket_event"),
        ("client", "notice", "phone", "ticket", "ticket_event"),
    )
    assert set(nouns) == {known, stranger}
    assert sum(nouns.values()) == len(ids)
    clients = rows(desk, select(tables.clients.c.id))
    assert len(clients) == nouns[stranger] + 1


@pytest.mark.row("T5", "P2")
def test_of_two_desks_that_move_one_ticket_one_wins_and_the_other_hears_who(desk, desk_url, tmp_path) -> None:
    client = builders.a_client(desk)
    ids = tuple(builders.a_complaint(desk, client).id for _ in range(200 * MUCH))
    names = {"desk00": "客服甲", "desk01": "客服乙"}
    for login, name in names.items():
        builders.an_operator(desk, name, login=login)
    moves = zip(names, ("respond", "withdraw"), strict=True)
    tasks = [Task(desk_url, login, desk.now(), things=ids, move=move) for login, move in moves]
    with sitting(tmp_path, desks.move_all, tasks) as here:
        for _ in ids:
            here.meet()
    won = {login: [ticket for ticket, _ in here.told("won", login)] for login in names}
    assert sorted(won["desk00"] + won["desk01"]) == sorted(ids)
    for login, other in (("desk00", "desk01"), ("desk01", "desk00")):
        assert here.told("lost", login) == [[ticket, names[other]] for ticket in won[other]]
    e = tables.ticket_events.c
    kinds = rows(desk, select(e.ticket_id, e.kind).where(e.kind != "filed"))
    assert Counter(row[0] for row in kinds) == Counter(ids)
    assert Counter(row[1] for row in kinds) == {
        kind: count
        for kind, count in (("responded", len(won["desk00"])), ("withdrawn", len(won["desk01"])))
        if count
    }
    check_the_trail(desk)
