"""Two tickets of one client with any history merge: each keeps the clock its own history gives (rows T4, T5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.policy import Policy
from deskapp.domain.ticket_clock import with_deadlines
from deskapp.services import tickets
from tests import builders

ACTS = ("dispatch", "respond", "resolve", "reopen", "pause", "resume", "grade", "note", "transfer")
stories = st.lists(
    st.tuples(st.sampled_from(["target", "duplicate"]), st.sampled_from(ACTS), st.integers(0, 2 * 86_400)),
    max_size=10,
)


def act(desk, ticket, name: str):
    if name in ("dispatch", "transfer"):
        return tickets.dispatch(desk, ticket, 1 if name == "dispatch" else 2, None, "换人")
    if name == "pause":
        return tickets.pause(desk, ticket, "等客户")
    if name == "resume":
        return tickets.resume(desk, ticket)
    if name == "grade":
        return tickets.set_severity(desk, ticket, "major")
    if name == "note":
        tickets.note(desk, ticket, "备注")
        return ticket
    return tickets.move(desk, ticket, name, "已联系客户")


def state_of(desk, ticket_id: int):
    with desk.read() as work:
        return work.tickets.find(ticket_id), work.ticket_events.of(ticket_id)


@pytest.mark.row("T4", "T5", "T15")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(stories, st.booleans(), st.integers(0, 86_400))
def test_a_merge_changes_no_clock(desk, clock, story, business, later) -> None:
    clock.at = builders.NOW
    hours = "business" if business else "calendar"
    desk = replace(desk, policy=Policy(pause_while_waiting=True, clock_calendar=hours))
    client = builders.a_client(desk, phone="")
    pair = {"target": builders.a_complaint(desk, client)}
    clock.at = clock.at.add(seconds=later)
    pair["duplicate"] = builders.a_complaint(desk, client)
    for which, name, seconds in story:
        clock.at = clock.at.add(seconds=seconds)
        try:
            pair[which] = act(desk, pair[which], name)
        except RuleBroken:
            continue
    target, duplicate = pair["target"], pair["duplicate"]
    histories = {which: state_of(desk, one.id)[1] for which, one in pair.items()}
    merged = tickets.merge(desk, duplicate, target, "同一件事")

    now, events = state_of(desk, target.id)
    assert now == replace(target, version=target.version + 1), "its own clock, to the second"
    assert now == with_deadlines(now, events, desk.policy)
    assert [event.kind for event in events] == [
        *(event.kind for event in histories["target"]),
        "absorbed",
    ]

    kept, events = state_of(desk, duplicate.id)
    assert kept == merged == with_deadlines(merged, events, desk.policy)
    assert events[: len(histories["duplicate"])] == histories["duplicate"], "nothing of it is lost"
    promise = ("received_at", "target_s", "calendar", "responded_at", "response", "resolved_at")
    assert [getattr(kept, name) for name in promise] == [getattr(duplicate, name) for name in promise]
    if duplicate.paused_since is None:
        assert (kept.respond_by, kept.due_at) == (duplicate.respond_by, duplicate.due_at)
    else:
        assert kept.paused_since is None and events[-2].kind == "resumed"


@pytest.mark.row("T5", "P1")
def test_nothing_merges_into_what_another_desk_ends_at_that_moment(desk, second_desk) -> None:
    """One wins, the other is told: no duplicate goes into a ticket that has ended, none ends unseen."""
    client = builders.a_client(desk)
    target, duplicate = builders.a_complaint(desk, client), builders.a_complaint(desk, client)
    gate = Barrier(2)

    def at_once(act) -> str:
        gate.wait()
        try:
            act()
        except (RuleBroken, Conflict) as refused:
            return getattr(refused, "code", "conflict")
        return "done"

    with ThreadPoolExecutor(2) as desks:
        ended = desks.submit(at_once, lambda: tickets.move(second_desk, target, "withdraw", "客户撤诉"))
        merged = desks.submit(at_once, lambda: tickets.merge(desk, duplicate, target, "同一件事"))
        told = ended.result(), merged.result()
    now, events = state_of(desk, target.id)
    found = (told, now.state, [event.kind for event in events])
    assert found in (
        (("done", "ticket.merge_closed"), "withdrawn", ["filed", "withdrawn"]),
        (("conflict", "done"), "received", ["filed", "absorbed"]),
    )
