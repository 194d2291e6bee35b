"""What a call is after a telephone system told of it, whatever the order (rows C2, C5)."""

from __future__ import annotations

from itertools import permutations

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import pbx
from deskapp.domain.call import Call, Result, ended
from tests.builders import NOW

KEY = "asterisk:1.1"
RANG = pbx.Rang(KEY, "13800138000", NOW, "张三", "support", 1)
RINGS = pbx.RingsAt(KEY, "Local/1002@agents/n", NOW.add(seconds=2))
ANSWERED = pbx.Answered(KEY, "Local/1002@agents/n", NOW.add(seconds=6))
OVER = pbx.Over(KEY, NOW.add(seconds=30), talk_s=20, hold_s=4)
ABANDONED = pbx.Abandoned(KEY, NOW.add(seconds=9), 9)


def told(events, who: int | None = 7) -> Call:
    call = None
    for event in events:
        if call is None:
            call = pbx.begun(event)
        if call is not None:
            call = pbx.heard(call, event, who if getattr(event, "agent", "") else None)
    assert call is not None
    return call


@pytest.mark.row("C5")
@pytest.mark.parametrize(
    ("agent", "phone"),
    [
        ("Local/1002@agents/n", "1002"),
        ("PJSIP/1002-0000001a", "1002"),
        ("SIP/1002", "1002"),
        ("1002", "1002"),
        ("IAX2/loop/1001", "1001"),
        ("PJSIP/1002/sip:1002@10.0.0.9:5060", "1002"),
        ("Local/1002@agents-0000005e;1", "1002"),
        ("PJSIP/front-desk", "front-desk"),
        ("", ""),
    ],
)
def test_a_telephone_is_known_by_its_extension(agent: str, phone: str) -> None:
    assert pbx.phone_of(agent) == phone
    assert pbx.same_phone(phone, agent) is bool(phone)
    assert not pbx.same_phone("1003", agent)


@pytest.mark.row("C5")
def test_a_call_rings_is_answered_held_and_over() -> None:
    held, back = pbx.Held(KEY, NOW.add(seconds=8)), pbx.Unheld(KEY, NOW.add(seconds=12))
    steps = [RANG, RINGS, ANSWERED, held, back, OVER]
    states = [told(steps[: n + 1]).pbx_state for n in range(len(steps))]
    assert states == ["waiting", "ringing", "answered", "held", "answered", "over"]
    call = told(steps)
    assert (call.state, call.taken_by, call.wait_s, call.talk_s, call.hold_s) == ("taken", 7, 6, 20, 4)
    assert call.started_at == ANSWERED.at
    assert (call.queue, call.caller_name, call.agent) == ("support", "张三", ANSWERED.agent)


@pytest.mark.row("C5")
def test_what_was_told_in_any_order_is_the_same_call() -> None:
    for order in permutations([RANG, RINGS, ANSWERED, OVER]):
        call = told(order)
        assert call.state in ("taken", "done"), order
        facts = (call.pbx_state, call.number, call.started_at, call.wait_s, call.talk_s, call.hold_s)
        assert facts == ("over", call.number, ANSWERED.at, 6, 20, 4), order
        assert call.agent == ANSWERED.agent and call.taken_by in (7, None)


@pytest.mark.row("C5")
def test_a_caller_nobody_answered_is_abandoned_whatever_the_order() -> None:
    for order in permutations([RANG, RINGS, ABANDONED]):
        call = told(order)
        assert (call.state, call.pbx_state, call.ended_at) == ("abandoned", "over", ABANDONED.at), order
        assert call.wait_s == 9


@pytest.mark.row("C5", "C2")
@given(
    st.lists(st.sampled_from([RANG, RINGS, ANSWERED, OVER, ABANDONED, pbx.WaitsOn(KEY), pbx.Placed(KEY, 3)]))
)
def test_nothing_late_opens_an_ended_call_again(late) -> None:
    finished = ended(told([RANG, RINGS, ANSWERED, OVER]), Result("reached"), NOW.add(minutes=5))
    assert finished.talk_s == 20
    for event in late:
        finished = pbx.heard(finished, event, 8)
        assert (finished.state, finished.talk_s, finished.taken_by) == ("done", 20, 7)


@pytest.mark.row("C5")
def test_the_result_given_while_they_talk_gets_the_talk_time_later() -> None:
    early = ended(told([RANG, ANSWERED]), Result("reached"), NOW.add(seconds=10))
    assert early.talk_s == 4
    later = pbx.heard(early, OVER)
    assert (later.state, later.talk_s, later.ended_at) == ("done", 20, early.ended_at)


@pytest.mark.row("C5")
def test_an_end_nobody_heard_gives_no_talk_time() -> None:
    lost = told([RANG, ANSWERED, pbx.Over(KEY, NOW.add(hours=1), pbx.LOST)])
    assert (lost.state, lost.pbx_state, lost.talk_s) == ("taken", "lost", None)
    assert ended(lost, Result("reached"), NOW.add(hours=2)).talk_s is None


FOUND = pbx.Found(KEY, NOW, NOW.add(minutes=3), "Local/1002@agents/n", "13800138000", "张三", "support")


@pytest.mark.row("C5")
def test_a_call_found_talking_has_no_wait_and_no_talk_until_somebody_knows() -> None:
    found = told([FOUND])
    assert (found.state, found.pbx_state, found.taken_by, found.due_at) == ("taken", "answered", 7, NOW)
    assert (found.began_unheard, found.wait_s, found.started_at) == (True, None, None)
    over = pbx.Over(KEY, NOW.add(minutes=5))
    assert (told([FOUND, over]).talk_s, told([FOUND, over]).wait_s) == (None, None)
    early = ended(found, Result("reached"), NOW.add(minutes=4))
    assert early.talk_s is None, "the console's clock does not know either"
    counted = pbx.heard(early, pbx.Over(KEY, NOW.add(minutes=5), talk_s=260, waited_s=40))
    assert (counted.talk_s, counted.wait_s, counted.hold_s) == (260, 40, None)


@pytest.mark.row("C5")
def test_whoever_heard_it_all_corrects_whoever_came_in_the_middle() -> None:
    for order in permutations([RANG, ANSWERED, FOUND, OVER]):
        call = told(order)
        facts = (call.pbx_state, call.started_at, call.wait_s, call.talk_s, call.hold_s)
        assert facts == ("over", ANSWERED.at, 6, 20, 4), order
    assert told([RANG, ANSWERED, FOUND]) == told([RANG, ANSWERED]), "one who comes later changes nothing"


@pytest.mark.row("C5")
def test_found_at_another_telephone_it_was_handed_on() -> None:
    on = pbx.Answered(KEY, "Local/1003@agents/n", NOW.add(minutes=4))
    call = pbx.heard(told([FOUND]), on, 8)
    assert (call.taken_by, call.agent, call.started_at, call.wait_s) == (8, on.agent, None, None)
    moved = pbx.heard(told([RANG, ANSWERED]), pbx.Found(KEY, NOW, on.at, on.agent), 8)
    assert (moved.taken_by, moved.started_at, moved.wait_s) == (8, ANSWERED.at, 6)
    waited = pbx.heard(told([RANG, RINGS]), FOUND, 7)
    assert (waited.state, waited.wait_s, waited.due_at) == ("taken", None, NOW)


@pytest.mark.row("C5")
def test_an_answer_heard_alone_tells_no_wait_of_nought() -> None:
    assert told([pbx.Answered(KEY, "1002", NOW)]).wait_s is None
    assert told([pbx.Rang(KEY, "1", NOW), pbx.Answered(KEY, "1002", NOW)]).wait_s is None
    assert told([pbx.Over(KEY, NOW)]).wait_s is None
    assert told([pbx.Answered(KEY, "1002", NOW), pbx.Rang(KEY, "1", NOW.subtract(seconds=5))]).wait_s == 5


@pytest.mark.row("C5")
def test_a_call_handed_on_is_the_others_from_then_on() -> None:
    on = pbx.Answered(KEY, "Local/1003@agents/n", NOW.add(seconds=15))
    call = pbx.heard(told([RANG, ANSWERED]), on, 8)
    assert (call.taken_by, call.agent, call.started_at) == (8, on.agent, ANSWERED.at)
    assert pbx.heard(call, ANSWERED, 7).taken_by == 8


@pytest.mark.row("C5")
def test_a_call_dialled_here_tells_how_it_went() -> None:
    dialled = pbx.Dialled(KEY, "13800138000", "1002", NOW)
    call = told([dialled, pbx.Over(KEY, NOW.add(seconds=5), pbx.BUSY)])
    assert (call.direction, call.state, call.taken_by, call.pbx_state) == ("out", "taken", 7, "busy")
    unknown = told([dialled, pbx.Over(KEY, NOW.add(seconds=5), pbx.BUSY)], None)
    assert (unknown.state, unknown.outcome) == ("done", "busy")
    assert pendulum.instance(unknown.ended_at) == NOW.add(seconds=5)
