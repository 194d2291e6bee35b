"""Long lists by pages: whichever way one turns them, every line comes once, in one order (rows C1, T4)."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from deskapp.domain.call import KINDS, Call
from deskapp.domain.site import Milestone, Payment
from deskapp.services import tickets
from deskapp.services.call_queue import queue_bands
from deskapp.services.calls import take
from tests import builders

MINUTE = 60


def walk(first, following, size: int) -> list:
    """Turn pages until there are no more."""
    found = page = first(size)
    while page:
        page = following(page[-1], size)
        found = found + page
    return found


def walk_back(last, before, size: int) -> list:
    found = page = last(size)
    while page:
        page = before(page[0], size)
        found = page + found
    return found


@pytest.fixture(params=range(3))
def dice(request) -> random.Random:
    return random.Random(request.param)


@pytest.fixture
def waiting(desk, dice):
    """Sixty calls of every kind and state, many due at the same instant."""
    client = builders.a_client(desk).client.id
    made = [
        Call(
            kind=dice.choice(KINDS),
            state=dice.choice(["open"] * 6 + ["done", "taken", "abandoned"]),
            client_id=dice.choice([client, None]),
            due_at=desk.now().add(minutes=30 * dice.randint(-80, 80)),
            taken_by=desk.operator.id,
            taken_at=desk.now(),
            claim_until=desk.now().add(minutes=10),
        )
        for _ in range(60)
    ]
    with desk.store.write("test", desk.operator) as work:
        return work.calls.add_many(made)


def expected_queue(desk, calls) -> list[int]:
    """The queue by brute force: band by band, by due time, by id."""
    order = queue_bands(desk)
    found = []
    for place, band in enumerate(order):
        for call in calls:
            due = round(call.due_at.timestamp() * 1_000_000)
            if call.state == "open" and call.kind == band.kind and band.since_us <= due < band.until_us:
                found.append((place, due, call.id))
    return [call_id for _, _, call_id in sorted(found)]


def ids(rows) -> list[int]:
    return [row.call.id for row in rows]


@pytest.mark.row("C1")
@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_queue_is_one_order_however_it_is_turned(desk, waiting, size: int) -> None:
    order, expected = queue_bands(desk), expected_queue(desk, waiting)
    with desk.read() as work:
        queue = work.calls
        forward = walk(lambda n: queue.queue(order, n), lambda row, n: queue.queue(order, n, after=row), size)
        backward = walk_back(
            lambda n: queue.queue_before(order, n),
            lambda row, n: queue.queue_before(order, n, before=row),
            size,
        )
        jumped = [queue.queue_at(order, at, 1) for at in range(len(expected) + 1)]
        assert sum(queue.count_bands(order)) == len(expected)
    assert ids(forward) == ids(backward) == expected
    assert [ids(one) for one in jumped] == [*([one] for one in expected), []]
    assert all(row.band_code == order[row.band].code for row in forward)


@pytest.mark.row("C1")
def test_jumps_and_steps_meet(desk, waiting) -> None:
    order, expected = queue_bands(desk), expected_queue(desk, waiting)
    with desk.read() as work:
        for at in range(0, len(expected), 5):
            here = work.calls.queue_at(order, at, 4)
            assert ids(here) == expected[at : at + 4]
            assert ids(work.calls.queue(order, 3, after=here[0])) == expected[at + 1 : at + 4]
            assert ids(work.calls.queue_before(order, 3, before=here[0])) == expected[max(0, at - 3) : at]


@pytest.mark.row("C1", "C2")
def test_ones_own_claims_stand_before_the_queue(desk, second_desk, waiting) -> None:
    order = queue_bands(desk)
    mine = {call.id for call in waiting if call.state == "taken"}
    with desk.read() as work:
        rows = work.calls.queue(order, 200, mine=desk.operator.id)
        own = [row for row in rows if row.band == -1]
        assert {row.call.id for row in own} == mine
        assert ids(rows[len(own) :]) == expected_queue(desk, waiting)
        if own:
            after = work.calls.queue(order, 200, after=own[-1], mine=desk.operator.id)
            assert ids(after) == expected_queue(desk, waiting)
        assert work.calls.taken_by(second_desk.operator.id) == []


@pytest.mark.row("C1")
def test_rows_of_the_queue_carry_the_names_beside_them(desk) -> None:
    client = builders.a_client(desk, "单晓燕")
    site = builders.a_site(desk, client)
    ticket = builders.a_complaint(desk, client, site_id=site.id)
    tickets.respond_and_resolve(desk, ticket, "修好")
    builders.a_ring(desk, client.phones[0].raw)
    with desk.read() as work:
        rings, verifies = work.calls.queue(queue_bands(desk), 5)
        assert work.calls.row(rings.call.id).call == rings.call
        assert work.calls.row(999) is None
        (waits,) = work.calls.ringing()
    assert (rings.client_name, verifies.client_name, waits.client_name) == ("单晓燕",) * 3
    assert (verifies.ticket_number, verifies.ticket_subject) == (ticket.number, "卫生间漏水")
    assert verifies.address == "海棠湾 3-2-1101"


@pytest.fixture
def complained(desk, clock, dice):
    """Forty complaints of two departments, many received at the same instant, some answered."""
    client = builders.a_client(desk)
    departments = [builders.a_department(desk, code).id for code in ("engineering", "design")]
    for _ in range(40):
        clock.at = clock.at.add(seconds=dice.choice([0, 0, 1, 40]))
        department = dice.choice([*departments, None])
        severity = dice.choice(["minor", "crisis"])
        ticket = builders.a_complaint(desk, client, department_id=department, severity=severity)
        if dice.random() < 0.3:
            tickets.respond(desk, ticket, "已联系")
    clock.at = clock.at.add(hours=2, seconds=-30)
    return departments


@pytest.mark.row("T4")
@pytest.mark.parametrize("size", [1, 6, 100])
def test_the_board_is_one_order_however_it_is_turned(desk, complained, size: int) -> None:
    with desk.read() as work:
        board, every = work.tickets, work.tickets.all()
        for department_id in (None, *complained):
            running = [
                ticket
                for ticket in every
                if ticket.clock_runs and department_id in (None, ticket.department_id)
            ]
            expected = [one.id for one in sorted(running, key=lambda one: (one.respond_by, one.id))]
            forward = walk(
                lambda n, of=department_id: board.running_clocks(n, department_id=of),
                lambda row, n, of=department_id: board.running_clocks(n, after=row, department_id=of),
                size,
            )
            backward = walk_back(
                lambda n, of=department_id: board.running_clocks_before(n, department_id=of),
                lambda row, n, of=department_id: board.running_clocks_before(n, before=row, department_id=of),
                size,
            )
            jumped = [
                row.ticket.id
                for at in range(0, len(expected), size)
                for row in board.running_clocks_at(at, size, department_id)
            ]
            assert board.count_running(department_id) == len(expected)
            found = [[row.ticket.id for row in rows] for rows in (forward, backward)]
            assert found == [expected, expected]
            assert jumped == expected


@pytest.mark.row("T4")
def test_the_strip_counts_what_brute_force_counts(desk, clock, complained) -> None:
    with desk.read() as work:
        strip = work.clock_strip.read(desk.end_of_day())
        running = [ticket for ticket in work.tickets.all() if ticket.clock_runs]
        departments = work.tickets.running_departments()
        crisis = work.tickets.first_crisis()
    now, hour = clock.at, clock.at.add(hours=1)
    late = [one for one in running if one.respond_by < now]
    assert strip.overdue == len(late) > 0
    assert strip.within_hour == sum(now <= one.respond_by < hour for one in running)
    assert strip.due_today == sum(now <= one.respond_by < desk.end_of_day() for one in running)
    assert strip.crises == sum(one.severity == "crisis" for one in running)
    assert strip.urgent.ticket.respond_by == min(one.respond_by for one in running)
    assert crisis.ticket.id == strip.urgent.ticket.id
    counted = {one[0]: (one[2], one[3]) for one in departments}
    for department_id in {one.department_id for one in running}:
        of = [one for one in running if one.department_id == department_id]
        assert counted.pop(department_id) == (len(of), sum(one in late for one in of))
    assert counted == {}
    assert [one[3] for one in departments] == sorted((one[3] for one in departments), reverse=True)


@pytest.mark.row("T4")
def test_a_clock_paused_in_time_is_not_late(desk, clock) -> None:
    desk = replace(desk, policy=replace(desk.policy, pause_while_waiting=True))
    builders.a_complaint(desk, severity="crisis")
    paused = builders.a_complaint(desk, severity="crisis")
    clock.at = clock.at.add(hours=1)
    tickets.pause(desk, paused, "等客户")
    clock.at = clock.at.add(hours=5)
    with desk.read() as work:
        assert work.clock_strip.read(desk.end_of_day()).overdue == 1
        assert [one[3] for one in work.tickets.running_departments()] == [1]
        assert work.figures.first_response(builders.NOW, clock.at).overdue == 1


@pytest.fixture
def long_history(desk, clock, dice) -> int:
    """One client's calls, tickets, milestones and payments, many at the same instant."""
    client = builders.a_client(desk)
    site = builders.a_site(desk, client)
    days = [clock.at.date().subtract(days=dice.randint(0, 4)) for _ in range(30)]
    with desk.store.write("test", desk.operator) as work:
        work.milestones.add_many([Milestone(site_id=site.id, kind="start", done_on=day) for day in days[:12]])
        work.milestones.add(Milestone(site_id=site.id, kind="final", planned_on=days[0]))
        work.payments.add_many(
            [Payment(site_id=site.id, kind="final", amount=1, paid_on=day) for day in days[12:]]
        )
        instants = [clock.at.subtract(hours=dice.randint(0, 3)) for _ in range(40)]
        work.calls.add_many(
            [
                Call(client_id=client.client.id, due_at=at, state="done", started_at=at, outcome="reached")
                for at in instants
            ]
        )
    for _ in range(5):
        tickets.respond_and_resolve(desk, builders.a_complaint(desk, client), "已修好")
    builders.a_complaint(desk)
    return client.client.id


@pytest.mark.parametrize("only", ["", "call", "ticket", "site", "payment"])
@pytest.mark.parametrize("size", [1, 9, 500])
def test_a_history_loses_and_repeats_nothing(desk, long_history, size: int, only: str) -> None:
    with desk.read() as work:
        lines = work.timeline
        whole = lines.of(long_history, 10_000, only=only)
        older = walk(
            lambda n: lines.of(long_history, n, only=only),
            lambda item, n: lines.of(long_history, n, before=item, only=only),
            size,
        )
        newer = walk_back(
            lambda n: lines.newer(long_history, n, only=only),
            lambda item, n: lines.newer(long_history, n, than=item, only=only),
            size,
        )
        assert lines.length(long_history, only) == len(whole)
    keys = [item.key for item in whole]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == len(keys)
    assert older == newer == whole
    expected = {"call": 45, "ticket": 15, "site": 12, "payment": 18}
    assert len(whole) == expected.get(only, sum(expected.values()))


def test_a_call_stands_in_the_history_where_it_was_made(desk, clock) -> None:
    client = builders.a_client(desk)
    planned = builders.a_planned_call(desk, "care", client=client)
    clock.at = clock.at.add(hours=5)
    other = builders.a_ring(desk, client.phones[0].raw)
    clock.at = clock.at.add(hours=1)
    take(desk, planned)
    with desk.read() as work:
        assert [item.record_id for item in work.timeline.of(client.client.id)] == [planned.id, other.id]


def test_the_cards_figures_are_counted(desk, long_history) -> None:
    with desk.read() as work:
        counts = work.timeline.counts(long_history)
    assert (counts["tickets"], counts["open"], counts["calls"], counts["score"]) == (5, 5, 40, 0.0)
