"""Claims on calls: however desks take, renew, fall silent and come back, a call is one desk's and is done once."""

from __future__ import annotations

from dataclasses import replace

import pendulum
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from deskapp.domain import claim
from deskapp.domain.call import Call, Result, ended
from deskapp.domain.errors import RuleBroken

NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)
LEASE_MINUTES = 3
RINGS = Call(id=1, kind="inbound", due_at=NOW)


def taken(call: Call = RINGS, who: int = 1, at: pendulum.DateTime = NOW) -> Call:
    return claim.claimed(call, who, at, at.add(minutes=LEASE_MINUTES))


@pytest.mark.row("C2")
@pytest.mark.parametrize(
    ("seconds", "lapsed"), [(0, False), (179, False), (180, False), (181, True), (86_400, True)]
)
def test_a_claim_lasts_to_the_end_of_its_last_second(seconds: int, lapsed: bool) -> None:
    now = NOW.add(seconds=seconds)
    assert claim.lapsed(taken(), now) == lapsed
    assert claim.held_by_another(taken(), 2, now) == (not lapsed)
    assert claim.held_by(taken(), 1)
    assert not claim.held_by_another(taken(), 1, now)


@pytest.mark.row("C2")
def test_what_nobody_has_cannot_lapse_or_be_given_back() -> None:
    assert not claim.lapsed(RINGS, NOW.add(years=1))
    for call in (RINGS, taken(), replace(taken(), state="done")):
        with pytest.raises(RuleBroken, match=r"call\.claim_lost"):
            claim.check_held(call, 2)


@pytest.mark.row("C2")
@pytest.mark.parametrize("state", ["done", "given_up", "abandoned"])
def test_an_ended_call_is_nobodys_to_take(state: str) -> None:
    with pytest.raises(RuleBroken, match=r"call\.already_ended"):
        claim.check_running(replace(taken(), state=state))


@pytest.mark.row("C1", "C2")
def test_opened_again_it_stands_where_it_stood() -> None:
    assert claim.opened_again(taken()) == replace(RINGS, wait_s=0)


@pytest.mark.parametrize(
    ("kind", "waited"), [("inbound", 17), ("callback", None), ("followup", None), ("verification", None)]
)
def test_only_a_caller_waits(kind: str, waited: int | None) -> None:
    assert taken(replace(RINGS, kind=kind), at=NOW.add(seconds=17)).wait_s == waited


DESKS = st.integers(1, 4)
CALLS = st.integers(0, 2)


class Desks(RuleBasedStateMachine):
    """Four desks and three calls; time passes, desks fall silent, and what each may do is asked of the rules."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.calls = [replace(RINGS, id=number) for number in range(3)]
        self.renewed: dict[int, pendulum.DateTime] = {}
        """Until when each claimed call's desk was promised to have it."""
        self.ended: list[int] = []

    @rule(seconds=st.integers(1, 400))
    def time_passes(self, seconds: int) -> None:
        self.now = self.now.add(seconds=seconds)

    @rule(desk=DESKS, number=CALLS)
    def take(self, desk: int, number: int) -> None:
        call = self.calls[number]
        if call.state == "done":
            with pytest.raises(RuleBroken):
                claim.check_running(call)
            return
        if claim.held_by(call, desk) or claim.held_by_another(call, desk, self.now):
            return
        assert self.renewed.get(number, NOW) < self.now or call.state == "open"
        until = self.now.add(minutes=LEASE_MINUTES)
        self.calls[number] = claim.claimed(call, desk, self.now, until)
        self.renewed[number] = until

    @rule(desk=DESKS, number=CALLS)
    def renew(self, desk: int, number: int) -> None:
        if claim.held_by(self.calls[number], desk):
            until = self.now.add(minutes=LEASE_MINUTES)
            self.calls[number] = replace(self.calls[number], claim_until=until)
            self.renewed[number] = until

    @rule(desk=DESKS, number=CALLS)
    def give_back(self, desk: int, number: int) -> None:
        if claim.held_by(self.calls[number], desk):
            self.calls[number] = claim.opened_again(self.calls[number])

    @rule()
    def somebody_ticks(self) -> None:
        for number, call in enumerate(self.calls):
            if claim.lapsed(call, self.now):
                assert self.renewed[number] < self.now
                self.calls[number] = claim.opened_again(call)

    @precondition(lambda self: len(self.ended) < 3)
    @rule(desk=DESKS, number=CALLS)
    def end(self, desk: int, number: int) -> None:
        if claim.held_by(self.calls[number], desk):
            self.calls[number] = ended(self.calls[number], Result("reached"), self.now)
            self.ended.append(number)

    @invariant()
    def nobody_is_robbed_while_the_promise_lasts(self) -> None:
        for number, call in enumerate(self.calls):
            holders = [desk for desk in range(1, 5) if claim.held_by(call, desk)]
            assert len(holders) == (call.state == "taken")
            if holders and self.now <= self.renewed[number]:
                assert all(claim.held_by_another(call, d, self.now) for d in range(1, 5) if d not in holders)

    @invariant()
    def every_call_waits_is_held_or_was_done_once(self) -> None:
        assert len(self.ended) == len(set(self.ended))
        for number, call in enumerate(self.calls):
            assert call.state == ("done" if number in self.ended else call.state)
            assert (call.state == "open") == (call.state != "done" and call.taken_by is None)
            assert call.due_at == RINGS.due_at


TestDesks = Desks.TestCase
