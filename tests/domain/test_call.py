"""How a call ends and what follows from that (row C4)."""

from __future__ import annotations

from dataclasses import replace

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.call import (
    KINDS,
    OUTCOMES,
    STATES,
    Call,
    Result,
    check_result,
    ended,
    gives_up,
    next_call,
)
from deskapp.domain.errors import RuleBroken
from deskapp.domain.policy import Policy

pytestmark = pytest.mark.row("C4")

NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)
CALL = Call(
    id=5, state="taken", taken_by=3, started_at=NOW, client_id=7, site_id=8, ticket_id=9, number="110"
)
results = st.builds(
    Result,
    outcome=st.sampled_from(OUTCOMES),
    notes=st.text(max_size=5),
    call_back_at=st.none() | st.integers(-100, 10_000).map(lambda seconds: NOW.add(seconds=seconds)),
    score=st.none() | st.integers(-1, 7),
)
planned = st.builds(
    replace,
    st.just(CALL),
    kind=st.sampled_from(KINDS),
    direction=st.sampled_from(["in", "out"]),
    attempts=st.integers(0, 6),
    reason=st.sampled_from(["", "中期验收"]),
)
policies = st.builds(Policy, call_attempts=st.integers(1, 5), call_spacing_minutes=st.integers(1, 600))


def code_of(act, *arguments) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*arguments)
    return refused.value.code


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (Result("vanished"), "call.outcome"),
        (Result(""), "call.outcome"),
        (Result("call_back"), "call.call_back_when"),
        (Result("call_back", call_back_at=NOW), "call.call_back_past"),
        (Result("reached", call_back_at=NOW.subtract(days=1)), "call.call_back_past"),
        (Result("reached", score=0), "ticket.score"),
        (Result("reached", score=6), "ticket.score"),
    ],
)
def test_impossible_results_are_refused(result: Result, code: str) -> None:
    assert code_of(check_result, result, NOW) == code
    assert code_of(ended, CALL, result, NOW) == code


@pytest.mark.parametrize("state", STATES)
def test_only_a_waiting_or_running_call_ends(state: str) -> None:
    call = replace(CALL, state=state)
    if state in ("open", "taken"):
        assert ended(call, Result("reached"), NOW).state == "done"
    else:
        assert code_of(ended, call, Result("reached"), NOW) == "call.already_ended"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_talking_time_is_counted_where_people_talked(outcome: str) -> None:
    result = Result(outcome, call_back_at=NOW.add(hours=9) if outcome == "call_back" else None)
    talked = ended(CALL, result, NOW.add(seconds=83)).talk_s
    assert talked == (83 if outcome in ("reached", "refused", "call_back") else 0)


@given(planned, results, policies)
def test_a_call_is_followed_by_one_call_or_none_and_never_tried_for_ever(
    call: Call, result: Result, policy: Policy
) -> None:
    try:
        over = ended(call, result, NOW)
    except RuleBroken:
        return
    assert (over.attempts, over.ended_at, over.outcome) == (call.attempts + 1, NOW, result.outcome)
    follows, given_up = next_call(over, result, NOW, policy), gives_up(over, result, policy)
    assert not (follows and given_up)
    unreached = result.outcome in ("no_answer", "busy") and call.direction == "out"
    assert unreached == bool(
        given_up or (follows and follows.kind == call.kind and result.outcome != "call_back")
    )
    if follows is None:
        return
    assert (follows.state, follows.direction, follows.previous_id) == ("open", "out", call.id)
    assert (follows.client_id, follows.site_id, follows.ticket_id) == (7, 8, 9)
    assert follows.due_at > NOW
    assert follows.attempts < policy.call_attempts


@given(policies, st.sampled_from(["no_answer", "busy"]))
def test_the_tries_of_a_chain_are_as_many_as_the_policy_allows(policy: Policy, outcome: str) -> None:
    call, now, tries = replace(CALL, direction="out", kind="followup"), NOW, 0
    while call is not None:
        over, tries = ended(call, Result(outcome), now), tries + 1
        call = next_call(over, Result(outcome), now, policy)
        if call is not None:
            assert call.due_at == now.add(minutes=policy.call_spacing_minutes)
            now = call.due_at
    assert tries == policy.call_attempts
    assert gives_up(over, Result(outcome), policy)


def test_a_promise_starts_counting_anew_and_carries_the_words() -> None:
    over = ended(replace(CALL, attempts=2), Result("call_back", "三点后", NOW.add(hours=2)), NOW)
    promised = next_call(over, Result("call_back", "三点后", NOW.add(hours=2)), NOW, Policy())
    assert (promised.kind, promised.attempts, promised.reason) == ("callback", 0, "三点后")
    assert promised.created_by == CALL.taken_by


def test_an_inbound_call_is_never_tried_again() -> None:
    over = ended(replace(CALL, kind="inbound", direction="in"), Result("no_answer"), NOW)
    assert next_call(over, Result("no_answer"), NOW, Policy()) is None
    assert not gives_up(over, Result("no_answer"), Policy())
