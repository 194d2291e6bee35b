"""A ticket's life: only legal moves, no way out of an end but reopening, nobody verifies his own work (T5, T7)."""

from __future__ import annotations

from dataclasses import replace

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from deskapp.domain.errors import RuleBroken
from deskapp.domain.ticket import (
    CHANNELS,
    KINDS,
    MOVES,
    NEEDS_REASON,
    NEEDS_WORDS,
    OPEN_STATES,
    PREFIXES,
    STATES,
    UNANSWERED_STATES,
    Draft,
    Ticket,
    check_draft,
    check_merge,
    check_move,
    check_score,
    legal_moves,
    missing,
    moved,
    number,
)

NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)

LEGAL = {
    "received": {"dispatch", "respond", "withdraw", "merge"},
    "dispatched": {"dispatch", "respond", "withdraw", "merge"},
    "responded": {"respond", "resolve", "withdraw", "merge"},
    "resolved": {"verify", "reopen", "withdraw", "merge"},
    "verified": {"close", "reopen"},
    "closed": {"reopen"},
    "reopened": {"dispatch", "respond", "withdraw", "merge"},
    "withdrawn": set(),
    "merged": set(),
}
"""Moves from each state of a ticket nobody has answered yet (resolving needs an answer first)."""


def code_of(act, *arguments, **named) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


@pytest.mark.row("T5")
@pytest.mark.parametrize("state", STATES)
def test_the_legal_moves_of_every_state(state: str) -> None:
    answered = state in ("responded", "resolved", "verified", "closed")
    ticket = Ticket(state=state, responded_at=NOW if answered else None)
    assert set(legal_moves(ticket)) == LEGAL[state]


@pytest.mark.row("T5")
@pytest.mark.parametrize("state", ["reopened", "dispatched"])
def test_what_was_answered_before_can_be_resolved_again(state: str) -> None:
    assert "resolve" in legal_moves(Ticket(state=state, responded_at=NOW))


@pytest.mark.row("T5")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
def test_every_other_move_is_refused_by_name(state: str, move: str) -> None:
    ticket = Ticket(number="TS20261123-0001", state=state)
    if move in legal_moves(ticket):
        assert moved(ticket, move, NOW, words="好").state == MOVES[move][1]
    else:
        assert code_of(moved, ticket, move, NOW, words="好") == "ticket.illegal_move"


@pytest.mark.row("T5")
def test_there_is_no_move_of_another_name() -> None:
    assert code_of(check_move, Ticket(), "delete", words="好") == "ticket.unknown_move"


@pytest.mark.row("T5")
@pytest.mark.parametrize("words", ["", " ", "\u3000\n"])
@pytest.mark.parametrize("move", sorted(NEEDS_REASON | NEEDS_WORDS))
def test_moves_that_need_words_are_refused_without(move: str, words: str) -> None:
    state = sorted(MOVES[move][0])[0]
    ticket = Ticket(state=state, responded_at=NOW)
    code = "ticket.reason_missing" if move in NEEDS_REASON else "ticket.words_missing"
    assert code_of(check_move, ticket, move, words=words) == code


@pytest.mark.row("T7")
def test_who_resolved_cannot_verify() -> None:
    ticket = moved(Ticket(state="responded", responded_at=NOW), "resolve", NOW, words="修好", operator_id=1)
    assert code_of(moved, ticket, "verify", NOW, operator_id=1) == "ticket.verify_own_work"
    assert moved(ticket, "verify", NOW, operator_id=2).verified_by == 2


@pytest.mark.row("T5")
def test_the_first_answer_is_the_one_that_counts() -> None:
    first = moved(Ticket(), "respond", NOW, words="已联系")
    again = moved(first, "respond", NOW.add(days=2), words="补充说明")
    assert (again.state, again.responded_at, again.response) == ("responded", NOW, "已联系")


OPERATORS = st.integers(1, 3)
WORDS = st.sampled_from(["", " ", "已联系客户"])


class Life(RuleBasedStateMachine):
    """Any moves in any order: refused ones change nothing, allowed ones keep the ticket sound."""

    @initialize(severity=st.sampled_from(["minor", "crisis"]))
    def file(self, severity: str) -> None:
        self.now = NOW
        self.ticket = Ticket(id=1, number="TS1", severity=severity, received_at=NOW)
        self.states = ["received"]

    @rule(seconds=st.integers(0, 10**6))
    def wait(self, seconds: int) -> None:
        self.now = self.now.add(seconds=seconds)

    @rule(move=st.sampled_from(sorted(MOVES)), words=WORDS, operator_id=OPERATORS)
    def move(self, move: str, words: str, operator_id: int) -> None:
        before = self.ticket
        try:
            after = moved(before, move, self.now, words=words, operator_id=operator_id)
        except RuleBroken as refused:
            self.refused_rightly(refused, move, words, operator_id)
            return
        assert before.state in MOVES[move][0]
        assert words.strip() or move not in NEEDS_REASON | NEEDS_WORDS
        assert not (move == "verify" and before.resolved_by == operator_id)
        self.ticket = after
        self.states.append(after.state)

    def refused_rightly(self, refused: RuleBroken, move: str, words: str, operator_id: int) -> None:
        if refused.code == "ticket.illegal_move":
            assert move not in legal_moves(self.ticket)
            return
        assert move in legal_moves(self.ticket)
        if refused.code == "ticket.verify_own_work":
            assert (move, self.ticket.resolved_by) == ("verify", operator_id)
        else:
            assert not words.strip()

    @precondition(lambda self: self.ticket.state in ("withdrawn", "merged"))
    @rule(move=st.sampled_from(sorted(MOVES)))
    def nothing_leads_out_of_the_end(self, move: str) -> None:
        with pytest.raises(RuleBroken):
            moved(self.ticket, move, self.now, words="好", operator_id=9)

    @invariant()
    def closed_is_left_by_reopening_only(self) -> None:
        for earlier, later in zip(self.states, self.states[1:], strict=False):
            assert earlier != "closed" or later == "reopened"
            assert earlier not in ("withdrawn", "merged")

    @invariant()
    def closed_means_verified_by_another(self) -> None:
        if self.ticket.state in ("verified", "closed"):
            assert self.ticket.verified_at is not None
            assert self.ticket.verified_by != self.ticket.resolved_by

    @invariant()
    def instants_fit_the_state(self) -> None:
        one = self.ticket
        assert (one.closed_at is not None) == (one.state in ("closed", "withdrawn", "merged"))
        if one.state in ("resolved", "verified", "closed"):
            assert one.responded_at is not None
            assert one.received_at <= one.responded_at <= one.resolved_at <= self.now
        if one.state == "reopened":
            assert one.resolved_at is one.verified_at is one.closed_at is one.satisfaction is None

    @invariant()
    def the_clock_runs_until_the_first_answer(self) -> None:
        one = self.ticket
        assert one.clock_runs == (one.responded_at is None and one.state in UNANSWERED_STATES)
        assert one.is_open == (one.state in OPEN_STATES)
        if "responded" in self.states:
            assert not one.clock_runs

    @invariant()
    def reopenings_are_counted(self) -> None:
        assert self.ticket.reopened_count == self.states.count("reopened")


TestLife = pytest.mark.row("T5", "T7")(Life.TestCase)


@pytest.mark.row("T4")
@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({"responded_at": NOW}, True),
        ({"responded_at": NOW.add(seconds=1)}, False),
        ({}, None),
        ({"state": "withdrawn"}, None),
        ({"state": "merged"}, None),
        ({"state": "closed"}, False),
        ({"state": "withdrawn", "responded_at": NOW}, True),
    ],
)
def test_the_verdict_on_the_answer(changes: dict, met: bool | None) -> None:
    assert replace(Ticket(respond_by=NOW), **changes).response_met is met


@pytest.mark.row("T3")
@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({"resolved_at": NOW}, True),
        ({"resolved_at": NOW.add(seconds=1)}, False),
        ({"closed_at": NOW}, True),
        ({}, None),
        ({"state": "withdrawn", "closed_at": NOW}, None),
        ({"due_at": None, "resolved_at": NOW}, None),
    ],
)
def test_the_verdict_on_the_resolution(changes: dict, met: bool | None) -> None:
    assert replace(Ticket(due_at=NOW), **changes).resolution_met is met


@pytest.mark.row("T2")
@given(st.sampled_from(KINDS), st.dates().map(lambda day: day.strftime("%Y%m%d")), st.integers(1, 10**6))
def test_numbers_are_told_apart_and_sort_by_serial(kind: str, day: str, serial: int) -> None:
    written = number(kind, day, serial)
    assert written == f"{PREFIXES[kind]}{day}-{serial:04d}"
    if serial < 9_999:
        assert written < number(kind, day, serial + 1)
    assert len({number(one, day, serial) for one in KINDS}) == len(KINDS)


@pytest.mark.row("T1")
@pytest.mark.parametrize(
    ("draft", "lacks"),
    [
        (Draft(), ("client", "subject")),
        (Draft(client_id=1), ("subject",)),
        (Draft(client_name=" \u3000", subject="漏水"), ("client",)),
        (Draft(phone="13800138000", description="漏水"), ()),
        (Draft(client_name="张伟明", subject="漏水"), ()),
    ],
)
def test_what_a_complaint_cannot_be_filed_without(draft: Draft, lacks: tuple[str, ...]) -> None:
    assert missing(draft) == lacks
    if lacks:
        assert code_of(check_draft, draft) == "ticket.missing"
    else:
        check_draft(draft)


@pytest.mark.row("T1")
def test_every_channel_and_kind_can_be_filed() -> None:
    draft = Draft(client_id=1, subject="漏水")
    for channel in CHANNELS:
        check_draft(replace(draft, channel=channel))
    for kind in KINDS:
        check_draft(replace(draft, kind=kind))


@pytest.mark.row("T7")
@given(st.integers())
def test_scores_go_from_one_to_five(score: int) -> None:
    if 1 <= score <= 5:
        check_score(score)
    else:
        assert code_of(check_score, score) == "ticket.score"


@pytest.mark.row("T5")
@pytest.mark.parametrize(
    ("into", "code"),
    [
        ({"id": 2}, "ticket.merge_self"),
        ({"state": "closed"}, "ticket.merge_closed"),
        ({"client_id": 8}, "ticket.merge_client"),
        ({"received_at": NOW.add(seconds=1)}, "ticket.merge_later"),
        ({}, ""),
        ({"received_at": NOW}, ""),
    ],
)
def test_what_may_be_merged_into_what(into: dict, code: str) -> None:
    duplicate = Ticket(id=2, client_id=7, received_at=NOW)
    target = replace(Ticket(id=1, client_id=7, received_at=NOW.subtract(days=1)), **into)
    if code:
        assert code_of(check_merge, duplicate, target) == code
    else:
        check_merge(duplicate, target)
