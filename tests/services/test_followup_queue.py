"""Planned calls in the queue: brought up once, counted as made or missed, and never pulled out of anybody's hands."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest

from deskapp.domain.call import Result
from deskapp.domain.site import Milestone
from deskapp.services import calls, clients, followups, tickets
from tests import builders

pytestmark = pytest.mark.row("F1", "C1", "C2", "C4")

TODAY = date(2026, 11, 23)
WEEK = timedelta(weeks=1)


@pytest.fixture
def site(desk):
    """A site begun a week ago: its first weekly call is due today."""
    return builders.a_site(desk, builders.a_client(desk), start_date=TODAY - WEEK)


def of(desk, site):
    with desk.read() as work:
        return [one for one in work.followups.of_site(site.id) if one.state != "dropped"]


def call_of(desk, followup):
    with desk.read() as work:
        return work.calls.get(followup.call_id)


def open_calls(desk):
    """The calls that wait or are taken, by follow-up."""
    with desk.read() as work:
        rows = work.connection.exec_driver_sql(
            "SELECT followup_id, COUNT(*) FROM calls WHERE state IN ('open', 'taken') AND followup_id IS NOT NULL"
            " GROUP BY followup_id"
        )
        return {row[0]: row[1] for row in rows}


def taken(desk, site):
    """Take the call of a site's first follow-up."""
    return calls.take(desk, call_of(desk, of(desk, site)[0]))


def ended(desk, site, outcome, **fields):
    calls.end(desk, taken(desk, site), Result(outcome, "通话记录", **fields))
    return of(desk, site)[0]


def a_week_on(desk, clock):
    clock.at = clock.at.add(days=7)
    return followups.tick(desk)


def test_a_call_due_today_is_in_the_queue_at_once_and_once(desk, site):
    first, *later = of(desk, site)
    call = call_of(desk, first)
    assert (call.state, call.kind, call.purpose, call.client_id) == (
        "open",
        "followup",
        "weekly",
        site.client_id,
    )
    assert desk.local(call.due_at).format("YYYY-MM-DD HH:mm") == "2026-11-23 09:00"
    assert {one.state for one in later} == {"planned"}
    followups.tick(desk)
    assert not followups.tick(desk).anything
    assert open_calls(desk) == {first.id: 1}


def test_a_call_comes_up_on_its_day(desk, site, clock):
    ended(desk, site, "reached")
    assert a_week_on(desk, clock).released == 1
    _, second, third, *_ = of(desk, site)
    assert (second.state, third.state) == ("queued", "planned")


def test_a_client_reached_is_a_call_made(desk, site, clock):
    done = ended(desk, site, "reached", score=4)
    assert (done.state, done.done_on, done.score) == ("done", TODAY, 4)
    assert done.done_by == desk.operator.id
    clients.save_site(desk, replace(site, start_date=TODAY - timedelta(days=4)))
    days = [one.due_on for one in of(desk, site)]
    assert days[:3] == [TODAY, date(2026, 12, 3), date(2026, 12, 10)], "made once, it stands for the week"


def test_nobody_answers_until_it_is_given_up(desk, site, clock):
    for attempt in range(1, desk.policy.call_attempts):
        first = ended(desk, site, "no_answer")
        assert first.state == "queued", f"attempt {attempt}"
        assert open_calls(desk) == {first.id: 1}
        clock.at = clock.at.add(minutes=desk.policy.call_spacing_minutes)
    given_up = ended(desk, site, "busy")
    assert (given_up.state, given_up.reason, open_calls(desk)) == ("missed", "given_up", {})


@pytest.mark.parametrize("outcome", ["refused", "wrong_number"])
def test_whoever_cannot_be_asked_is_missed_with_the_reason(desk, site, outcome):
    missed = ended(desk, site, outcome)
    assert (missed.state, missed.reason) == ("missed", outcome)


def test_a_call_put_off_by_the_client_is_made_when_promised(desk, site, clock):
    waits = ended(desk, site, "call_back", call_back_at=clock.at.add(hours=26))
    promised = call_of(desk, waits)
    assert (waits.state, promised.kind, promised.followup_id) == ("queued", "callback", waits.id)
    clock.at = clock.at.add(hours=26)
    calls.end(desk, calls.take(desk, promised), Result("reached", ""))
    made = of(desk, site)[0]
    assert (made.state, made.done_on) == ("done", TODAY + timedelta(days=1))


def test_a_call_overtaken_by_the_next_is_missed_and_leaves_the_queue(desk, site, clock):
    before = call_of(desk, of(desk, site)[0])
    laid = a_week_on(desk, clock)
    assert (laid.missed, laid.released) == (1, 1)
    first, second, *_ = of(desk, site)
    assert (first.state, first.reason, second.state) == ("missed", "overtaken", "queued")
    with desk.read() as work:
        assert work.calls.find(before.id).state == "dropped"
    assert open_calls(desk) == {second.id: 1}
    assert not followups.tick(desk).anything


def test_a_call_being_made_is_neither_overtaken_nor_moved_nor_dropped(desk, site, clock):
    call = taken(desk, site)
    clients.save_site(desk, replace(site, start_date=TODAY - timedelta(days=5)))
    assert of(desk, site)[0].due_on == TODAY
    assert a_week_on(desk, clock).missed == 0
    with desk.read() as work:
        now = work.sites.find(site.id)
    clients.save_site(desk, replace(now, stage="cancelled"))
    assert [one.state for one in of(desk, site)] == ["queued"]
    calls.end(desk, call, Result("reached", ""))
    assert of(desk, site)[0].state == "done"


def test_a_promise_to_the_client_outlives_the_plan(desk, site, clock):
    at = clock.at.add(hours=5)
    promised = call_of(desk, ended(desk, site, "call_back", call_back_at=at))
    moved = clients.save_site(desk, replace(site, start_date=TODAY - timedelta(days=5)))
    assert of(desk, site)[0].due_on == date(2026, 11, 25)
    assert call_of(desk, of(desk, site)[0]).due_at == at, "the plan moves, the promise does not"
    clients.save_site(desk, replace(moved, stage="cancelled"))
    assert of(desk, site) == []
    with desk.read() as work:
        kept = work.calls.find(promised.id)
    assert (kept.state, kept.followup_id, kept.due_at) == ("open", None, at)
    assert calls.end(desk, calls.take(desk, kept), Result("reached", "")).call.state == "done"


def test_a_promised_call_counts_for_the_next_when_its_own_is_overtaken(desk, site, clock):
    promised = call_of(desk, ended(desk, site, "call_back", call_back_at=clock.at.add(days=7, hours=4)))
    a_week_on(desk, clock)
    first, second, *_ = of(desk, site)
    assert (first.state, first.reason) == ("missed", "overtaken")
    assert (second.state, second.call_id) == ("queued", promised.id)
    assert open_calls(desk) == {second.id: 1}, "the client is called once, when that was promised"
    calls.end(desk, calls.take(desk, call_of(desk, second)), Result("reached", "", score=5))
    assert of(desk, site)[1].state == "done"
    assert not followups.tick(desk).anything


def test_another_try_is_never_brought_forward(desk, site, clock):
    waits = ended(desk, site, "no_answer")
    due = call_of(desk, waits).due_at
    clients.save_site(desk, replace(site, start_date=TODAY - timedelta(days=10)))
    assert of(desk, site)[0].due_on == TODAY - timedelta(days=3)
    assert call_of(desk, of(desk, site)[0]).due_at == due


def test_the_verification_call_is_counted_too(desk, second_desk, site):
    ticket = builders.a_ticket_in(desk, "resolved", site.client_id, site_id=site.id)
    asks = next(one for one in of(desk, site) if one.purpose == "solved")
    call = calls.take(second_desk, call_of(desk, asks))
    calls.end(second_desk, call, Result("reached", "", score=5, satisfied=True))
    asked = next(one for one in of(desk, site) if one.id == asks.id)
    assert (asked.state, asked.score, asked.done_by) == ("done", 5, second_desk.operator.id)
    with desk.read() as work:
        assert work.tickets.find(ticket.id).state == "closed"


def test_nobody_is_asked_about_a_ticket_that_was_taken_up_again(desk, site):
    ticket = builders.a_ticket_in(desk, "resolved", site.client_id, site_id=site.id)
    asks = next(one for one in of(desk, site) if one.purpose == "solved")
    tickets.move(desk, ticket, "reopen", "没修好")
    with desk.read() as work:
        assert work.followups.find(asks.id).state == "dropped"
        assert work.calls.find(asks.call_id).state not in ("open", "taken")


def at_once(*acts):
    """Let several desks act at the same moment; give back what each got, errors raised."""
    barrier = Barrier(len(acts))

    def one(act):
        barrier.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(one, act) for act in acts]]


def many_sites(desk, count=30):
    with desk.store.write("test") as work:
        made = work.clients.add(builders.Client(name="业主"))
        first = builders.Site(client_id=made.id, estate="海棠湾", stage="building", start_date=TODAY - WEEK)
        return work.sites.add_many([replace(first, address=f"{n}-1-101") for n in range(count)])


def test_two_desks_plan_and_release_at_once_and_nothing_is_doubled(desk, second_desk, clock):
    sites = many_sites(desk)
    laid = at_once(lambda: followups.plan_all(desk), lambda: followups.plan_all(second_desk))
    assert sum(one.created for one in laid) == len(sites) * 9
    clock.at = clock.at.add(days=7)
    at_once(lambda: followups.tick(desk), lambda: followups.tick(second_desk))
    followups.tick(desk)
    with desk.read() as work:
        there = work.followups.of_sites([one.id for one in sites])
    for found in there.values():
        assert max(Counter(one.planned_on for one in found).values()) == 1
        found.sort(key=lambda one: one.planned_on)
        assert [one.state for one in found[:3]] == ["missed", "queued", "planned"]
    assert set(open_calls(desk).values()) == {1}
    assert len(open_calls(desk)) == len(sites)


def test_notices_and_the_planner_meet_on_one_site(desk, second_desk):
    sites = many_sites(desk, 6)

    def told(of_desk, kind):
        def tell():
            for site in sites:
                with of_desk.write("milestone.save") as work:
                    work.milestones.add(Milestone(site_id=site.id, kind=kind, done_on=TODAY))
                    followups.plan_in(work, of_desk, [site.id])

        return tell

    at_once(
        told(desk, "materials"),
        told(second_desk, "midterm"),
        lambda: followups.plan_all(desk),
        lambda: [followups.release(second_desk) for _ in range(5)],
    )
    followups.plan_all(desk)
    for site in sites:
        counts = Counter(one.purpose for one in of(desk, site))
        assert counts == {"weekly": 9, "materials": 1, "midterm": 1}


def test_calls_are_made_while_the_plan_changes_and_none_is_lost(desk, second_desk):
    sites = many_sites(desk, 12)
    followups.plan_all(desk)
    start = [TODAY - timedelta(days=days) for days in (5, 6, 7)]

    def move():
        for number, site in enumerate(sites):
            with desk.read() as work:
                now = work.sites.find(site.id)
            clients.save_site(desk, replace(now, start_date=start[number % 3]))

    def make():
        made = 0
        while (call := calls.take_next(second_desk)) is not None:
            calls.end(second_desk, call, Result("reached", ""))
            made += 1
        return made

    _, made = at_once(move, make)
    with desk.read() as work:
        there = work.followups.of_sites([one.id for one in sites])
    assert sum(one.state == "done" for found in there.values() for one in found) == made
    for found in there.values():
        days = sorted(one.planned_on for one in found if one.state != "dropped")
        gaps = [(later - day).days for day, later in zip(days, days[1:], strict=False)]
        assert all(4 <= gap <= 10 for gap in gaps), days
