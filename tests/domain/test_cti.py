"""The generic webhook's events: what each field may be, and one call out of any order of them."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import cti, pbx
from deskapp.domain.call import Call
from deskapp.domain.cti import Malformed, Told, agent_of, events_of, phones_of, told_by
from tests.builders import NOW

pytestmark = pytest.mark.row("C5")
PHONES = phones_of([("1002", "liumin", "刘敏"), ("PJSIP/1001", "limin", "李敏"), ("", "gast", "王芳")])


def told(**fields) -> Told:
    return Told(**({"event": "answer", "call_id": "c"} | fields))


@pytest.mark.parametrize(("values", "known"), [
    ({"user": "Alice"}, ("Alice",)),
    ({"user": ["Alice", "Bob"]}, ("Alice", "Bob")),
    ({"user[]": ["Alice", "Bob"]}, ("Alice", "Bob")),
    ({"user": "Alice", "user[]": ["Alice", "Bob"]}, ("Alice", "Bob")),
    ({"user": [None, " ", 1002]}, ("1002",)),
    ({"user": None}, ()),
    ({"user": ["x"] * 500}, ("x",)),
    ({"user": [str(n) for n in range(500)]}, tuple(str(n) for n in range(50))),
])  # fmt: skip
def test_users_come_as_text_or_list(values, known) -> None:
    assert told_by({"event": "newCall", "callId": "1"} | values).users == known


@pytest.mark.parametrize(("values", "code", "field"), [
    ({}, "cti.missing", "event"),
    ({"event": "newCall"}, "cti.missing", "callId"),
    ({"event": "newCall", "callId": " \x00"}, "cti.missing", "callId"),
    ({"event": "newCall", "callId": "x" * 151}, "cti.too_long", "callId"),
    ({"event": "newCall", "callId": True}, "cti.no_text", "callId"),
    ({"event": {"a": 1}}, "cti.no_text", "event"),
    ({"event": "newCall", "callId": "1", "user": [["a"]]}, "cti.no_text", "user"),
    ({"event": "newCall", "callId": int("9" * 4300) * 10}, "cti.no_text", "callId"),
])  # fmt: skip
def test_what_cannot_be_is_named(values, code, field) -> None:
    with pytest.raises(Malformed) as refused:
        told_by(values)
    assert (refused.value.code, refused.value.facts["field"]) == (code, field)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["event", "callId", "from", "to", "direction", "user", "user[]", "queue", "caller", "cause"]
        ),
        JSON | st.sampled_from(["newCall", "answer", "hangup", "in", "out", "1002"]),
    )
)
def test_anything_is_an_event_or_refused_and_stays_short_text(values) -> None:
    try:
        found = told_by(values)
    except Malformed:
        return
    texts = [found.call_id, found.caller, found.called, found.queue, found.agent, found.cause, *found.users]
    assert all(text.isprintable() and len(text) <= 150 for text in texts)
    for event in events_of(found, NOW, PHONES):
        assert len(event.key) <= 160


@given(
    st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.text(max_size=30).filter(lambda e: e.strip())
)
def test_other_programs_events_mean_nothing(values, event) -> None:
    try:
        found = told_by(values | {"event": event})
    except Malformed:
        return
    assert found.known == (found.event in cti.EVENTS)
    assert found.known or events_of(found, NOW) == []


@pytest.mark.parametrize(("fields", "agent"), [
    ({"users": ("1002",)}, "1002"),
    ({"users": ("LiuMin",)}, "1002"),
    ({"users": ("刘敏",)}, "1002"),
    ({"users": ("SIP/1002-0000001a",)}, "1002"),
    ({"users": ("Alice", "李敏")}, "PJSIP/1001"),
    ({"users": ("1001",)}, "PJSIP/1001"),
    ({"users": ("Alice",), "answering": "1002"}, "1002"),
    ({"agent": "1002"}, "1002"),
    ({"agent": "1002", "event": "hangup"}, ""),
    ({"users": ("Alice", "Bob")}, "Alice"),
    ({"called": "1002"}, "1002"),
    ({"called": "02161234567"}, ""),
    ({"direction": "out", "caller": "1002", "event": "newCall"}, "1002"),
    ({"users": ("gast",)}, "gast"),
    ({}, ""),
])  # fmt: skip
def test_the_telephone_is_an_operators_where_one_is_named(fields, agent) -> None:
    assert agent_of(told(**fields), PHONES) == agent


def test_two_of_one_name_are_nobody() -> None:
    assert phones_of([("1", "a", "李敏"), ("2", "b", "李敏")]) == {"1": "1", "a": "1", "2": "2", "b": "2"}


def after(order, direction: str = "in", apart: int = 10) -> Call:
    """The call as it is after events in this order, each heard of some seconds after the one before."""
    call: Call | None = None
    for number, (event, cause) in enumerate(order):
        one = Told(event, "c", "13800138000", "02161234567", direction, ("1002",), "support", cause=cause)
        for heard in events_of(one, NOW.add(seconds=apart * number), PHONES, call):
            begun = call or pbx.begun(heard)
            assert begun is not None
            call = pbx.heard(begun, heard, 2 if getattr(heard, "agent", "") == "1002" else None)
    assert call is not None
    return call


RING, TAKE, END = ("newCall", ""), ("answer", ""), ("hangup", "normalClearing")


@pytest.mark.parametrize(("order", "state", "heard"), [
    ([RING], "open", pbx.RINGING),
    ([RING, TAKE], "taken", pbx.ANSWERED),
    ([TAKE], "taken", pbx.ANSWERED),
    ([TAKE, RING], "taken", pbx.ANSWERED),
    ([RING, END], "abandoned", pbx.OVER),
    ([END], "abandoned", pbx.OVER),
    ([END, RING], "abandoned", pbx.OVER),
    ([RING, TAKE, END], "taken", pbx.OVER),
    ([RING, RING, TAKE, TAKE, RING, END, END, TAKE], "taken", pbx.OVER),
])  # fmt: skip
def test_an_inbound_call_in_any_order(order, state, heard) -> None:
    call = after(order)
    assert (call.state, call.pbx_state, call.number, call.queue) == (state, heard, "13800138000", "support")


@pytest.mark.parametrize(("cause", "state"), [
    ("normalClearing", "taken"), ("", "taken"), ("cancel", "abandoned"), ("noAnswer", "abandoned"),
])  # fmt: skip
def test_the_end_of_a_talk_nobody_heard_begin_is_no_missed_call_and_has_no_times(cause, state) -> None:
    told_of = Told("hangup", "c", "13800138000", answering="1002", cause=cause)
    call = None
    for heard in events_of(told_of, NOW, PHONES):
        begun = call or pbx.begun(heard)
        assert begun is not None
        call = pbx.heard(begun, heard, 2 if getattr(heard, "agent", "") == "1002" else None)
    assert call is not None
    assert (call.state, call.pbx_state, call.wait_s, call.talk_s or None) == (state, pbx.OVER, None, None)


def test_an_answer_heard_without_its_ring_has_no_wait_of_nought() -> None:
    assert after([TAKE, END]).wait_s is None
    assert after([TAKE, END]).talk_s == 10
    assert after([RING, TAKE]).wait_s == 10


@pytest.mark.parametrize(("cause", "heard"), [
    ("normalClearing", pbx.OVER), ("busy", pbx.BUSY), ("noAnswer", pbx.NO_ANSWER), ("cancel", pbx.NO_ANSWER),
    ("congestion", pbx.FAILED), ("notFound", pbx.FAILED), ("forwarded", pbx.OVER), ("neu", pbx.OVER),
])  # fmt: skip
def test_how_a_call_made_here_ended(cause, heard) -> None:
    call = after([RING, ("hangup", cause)], "out")
    assert (call.direction, call.pbx_state, call.taken_by) == ("out", heard, 2)
    assert after([RING, ("hangup", cause)]).state == "abandoned", (
        "one that came in was missed, whatever the cause"
    )


@pytest.mark.parametrize("order", list(permutations([RING, TAKE, END])))
@pytest.mark.parametrize("direction", ["in", "out"])
def test_every_order_ends_the_call_and_loses_nothing(order, direction) -> None:
    call = after(order, direction)
    assert call.pbx_state in pbx.ENDS
    assert call.taken_by == 2
    assert call.direction == direction


@given(st.lists(st.sampled_from([RING, TAKE, END]), min_size=1, max_size=8), st.sampled_from(["in", "out"]))
def test_the_last_event_again_changes_nothing(order, direction) -> None:
    once = after(order, direction)
    again = after([*order, order[-1]], direction)
    assert replace(again, wait_s=once.wait_s, due_at=once.due_at) == once
    assert call_ends_once(once)


def call_ends_once(call: Call) -> bool:
    return call.ended_at is None or call.ended_at >= (call.due_at or pendulum.datetime(2000, 1, 1))


def test_json_writes_what_is_read() -> None:
    body = json.dumps({"event": "newCall", "callId": 7, "from": 13800138000, "direction": "IN"})
    found = told_by(json.loads(body))
    assert (found.call_id, found.caller, found.direction) == ("7", "13800138000", "in")
