"""Penalties and rewards by rule: what they cost, who decides, and a ledger that always adds up (T9, T10, A3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import sanction as rules
from deskapp.domain import sanction_ledger as ledger
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.operator import Operator
from deskapp.domain.policy import SEVERITIES, Policy
from deskapp.domain.sanction import Sanction
from deskapp.domain.sanction_ledger import Moment
from deskapp.domain.ticket import Ticket

pytestmark = pytest.mark.row("T9")
NOW = pendulum.datetime(2026, 11, 23, 2)
TODAY = date(2026, 11, 23)
POLICY = Policy()
AT = Moment(NOW, TODAY, 1)


def a_ticket(channel="phone", severity="minor", repeats=0):
    return Ticket(id=5, number="TS20261123-0001", channel=channel, severity=severity, repeat_no=repeats)


def a_penalty(**fields):
    values = {"id": 7, "number": "CF20261123-0001", "staff_id": 3, "ticket_id": 5, "rule": "gm"}
    return Sanction(**(values | {"amount": 20_000, "reason": "投诉到总经理处"} | fields))


@pytest.mark.parametrize(
    ("channel", "severity", "repeats", "rule", "yuan", "agent"),
    [
        ("gm", "minor", 0, "gm", 200, False),
        ("gm", "crisis", 0, "gm", 200, False),
        ("gm", "minor", 1, "gm", 200, True),
        ("leadership", "minor", 0, "leadership", 100, False),
        ("leadership", "major", 0, "leadership", 150, False),
        ("leadership", "critical", 2, "leadership", 200, True),
        ("leadership", "crisis", 0, "leadership", 300, False),
        ("phone", "critical", 1, "repeat", 100, True),
        ("phone", "critical", 0, "complaint", 0, False),
    ],
)
def test_the_rule_that_applies(channel, severity, repeats, rule, yuan, agent):
    found = rules.proposal(a_ticket(channel, severity), repeats, POLICY)
    assert (found.rule, found.amount, found.agent_may) == (rule, yuan * 100, agent)


def test_the_amounts_are_the_company_s_own():
    policy = replace(POLICY, penalty_gm_yuan=250, penalty_range_yuan={"least": 50, "most": 400}).validated()
    assert rules.proposal(a_ticket("gm"), 0, policy).amount == 25_000
    assert rules.limits("leadership", policy) == (5_000, 40_000)
    assert Policy.from_json(policy.to_json()) == policy
    assert Policy.from_json("{}").penalty_leadership_yuan == POLICY.penalty_leadership_yuan


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("penalty_leadership_yuan.minor", {"penalty_leadership_yuan": dict.fromkeys(SEVERITIES, 99)}),
        ("penalty_range_yuan.least", {"penalty_range_yuan": {"least": 301, "most": 300}}),
        ("penalty_gm_yuan", {"penalty_gm_yuan": 0}),
        ("appeal_days", {"appeal_days": -1}),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(field, wrong):
    with pytest.raises(RuleBroken) as broken:
        replace(POLICY, **wrong).validated()
    assert broken.value.facts["field"] == field


@pytest.mark.parametrize(
    ("code", "ticket", "fields"),
    [
        ("sanction.nobody", a_ticket("gm"), {"staff_id": 0}),
        ("sanction.no_rule", a_ticket("gm"), {"rule": "praise"}),
        ("sanction.reason", a_ticket("gm"), {"reason": " "}),
        ("sanction.long", a_ticket("gm"), {"reason": "长" * 2001}),
        ("sanction.not_gm", a_ticket("phone"), {}),
        ("sanction.not_leadership", a_ticket("gm"), {"rule": "leadership"}),
        ("sanction.not_repeat", a_ticket("gm"), {"rule": "repeat"}),
        ("sanction.no_ticket", None, {"ticket_id": None}),
        ("sanction.no_site", None, {"ticket_id": None, "rule": "quality"}),
        ("sanction.no_praise", None, {"kind": "reward", "rule": "praise", "ticket_id": None}),
        ("sanction.amount", a_ticket("gm"), {"amount": 10_000}),
        ("sanction.amount", a_ticket("leadership"), {"rule": "leadership", "amount": 30_001}),
        ("sanction.amount", a_ticket("leadership"), {"rule": "leadership", "amount": 9_999}),
        ("sanction.amount", a_ticket(), {"rule": "complaint", "amount": 0}),
    ],
)
def test_what_no_rule_allows_is_refused(code, ticket, fields):
    with pytest.raises(RuleBroken) as broken:
        rules.check(a_penalty(**fields), ticket, POLICY)
    assert broken.value.code == code


@pytest.mark.row("T10")
@pytest.mark.parametrize(
    ("role", "ticket", "fields", "may"),
    [
        ("manager", a_ticket("gm"), {}, True),
        ("director", a_ticket("gm"), {}, True),
        ("admin", a_ticket(), {"rule": "complaint", "amount": 5_000}, True),
        ("agent", a_ticket("gm"), {}, False),
        ("quality", a_ticket("gm"), {}, False),
        ("agent", a_ticket("gm", repeats=1), {}, True),
        ("agent", a_ticket(repeats=2), {"rule": "repeat", "amount": 10_000}, True),
        ("agent", a_ticket(repeats=2), {"rule": "repeat", "amount": 10_100}, False),
        ("agent", a_ticket(repeats=2), {"rule": "complaint", "amount": 10_000}, False),
        ("agent", a_ticket("gm", repeats=1), {"kind": "reward", "rule": "praise"}, False),
        ("agent", None, {"rule": "quality", "site_id": 1}, False),
    ],
)
def test_managers_decide_and_agents_only_what_is_complained_of_again(role, ticket, fields, may):
    operator = Operator(id=1, role=role, staff_id=9)
    if may:
        rules.check_decider(operator, a_penalty(**fields), ticket, POLICY)
        with pytest.raises(RuleBroken, match=r"sanction\.own"):
            rules.check_decider(replace(operator, staff_id=3), a_penalty(**fields), ticket, POLICY)
    else:
        with pytest.raises(NotAllowed):
            rules.check_decider(operator, a_penalty(**fields), ticket, POLICY)


def test_another_amount_needs_words_and_stays_within_the_rule():
    one = a_penalty(rule="leadership", amount=10_000)
    with pytest.raises(RuleBroken, match=r"sanction\.other_amount"):
        ledger.decided(one, AT, POLICY, 20_000)
    with pytest.raises(RuleBroken, match=r"sanction\.amount"):
        ledger.decided(one, AT, POLICY, 30_100, "态度恶劣")
    step = ledger.decided(one, AT, POLICY, 20_000, "态度恶劣")
    assert (step.sanction.amount, step.entry.amount, step.entry.words) == (20_000, -20_000, "态度恶劣")


@pytest.mark.parametrize(("days", "late"), [(0, False), (7, False), (8, True)])
def test_an_appeal_is_in_time_or_not(days, late):
    done = ledger.decided(a_penalty(), AT, POLICY).sanction
    later = Moment(NOW.add(days=days), TODAY + timedelta(days=days), 2)
    if late:
        with pytest.raises(RuleBroken, match=r"sanction\.appeal_late"):
            ledger.appealed(done, later, TODAY, POLICY, "不是我的责任")
    else:
        assert ledger.appealed(done, later, TODAY, POLICY, "不是我的责任").sanction.state == "appealed"


def test_an_appeal_once_with_words_against_penalties_only():
    done = ledger.decided(a_penalty(), AT, POLICY).sanction
    with pytest.raises(RuleBroken, match=r"sanction\.words"):
        ledger.appealed(done, AT, TODAY, POLICY, " ")
    with pytest.raises(RuleBroken, match=r"sanction\.appeal_reward"):
        ledger.appealed(replace(done, kind="reward"), AT, TODAY, POLICY, "少了")
    asked = ledger.appealed(done, AT, TODAY, POLICY, "不是我的责任").sanction
    with pytest.raises(RuleBroken, match=r"sanction\.own_decision"):
        ledger.confirmed(asked, AT, "查过了")
    stands = ledger.confirmed(asked, AT, "查过了", alone=True).sanction
    assert ledger.confirmed(asked, replace(AT, operator_id=2), "查过了").sanction == stands
    with pytest.raises(RuleBroken, match=r"sanction\.appealed_before"):
        ledger.appealed(stands, AT, TODAY, POLICY, "再申诉")


ACTS = st.sampled_from(["decide", "refuse", "appeal", "confirm", "reverse"])
DAYS = st.integers(0, 40)


def act(name, one, at, decided_on):
    if name == "decide":
        return ledger.decided(one, at, POLICY)
    if name == "refuse":
        return ledger.refused(one, at, "不成立")
    if name == "appeal":
        return ledger.appealed(one, at, decided_on or at.today, POLICY, "申诉")
    if name == "confirm":
        return ledger.confirmed(one, at, "维持", alone=True)
    return ledger.reversed_(one, at, "撤销")


@given(
    st.sampled_from(["penalty", "reward"]),
    st.integers(1, 50_000),
    st.lists(st.tuples(ACTS, DAYS), max_size=12),
)
def test_in_whatever_order_the_ledger_adds_up(kind, amount, acts):
    """Acts in any order: only legal ones pass, nothing is decided twice, what is reversed is restored."""
    draft = a_penalty(kind=kind, amount=amount, rule="complaint")
    step, day, decided_on = ledger.proposed(draft, AT), TODAY, None
    one, entries = step.sanction, [step.entry]
    for name, days in acts:
        day += timedelta(days=days)
        at = Moment(NOW.add(days=(day - TODAY).days), day, 1)
        legal = name in ledger.legal_acts(one)
        late = False
        try:
            step = act(name, one, at, decided_on)
        except RuleBroken as broken:
            late = broken.code == "sanction.appeal_late"
            step = None
        assert legal == (step is not None or late)
        if step is None:
            continue
        decided_on = day if name == "decide" else decided_on
        one, entries = step.sanction, [*entries, step.entry]
        assert step.entry.month == day.replace(day=1)
    done = [entry.act for entry in entries]
    assert done.count("decided") <= 1 and done.count("reversed") <= 1
    total = sum(entry.amount for entry in entries)
    assert total == sum(ledger.balance(entries).values())
    assert total == (ledger.signed(one) if one.state in rules.IN_FORCE else 0)
    if decided_on is not None:
        first = next(entry for entry in entries if entry.act == "decided")
        assert (first.month, one.month) == (decided_on.replace(day=1), decided_on.replace(day=1))
        assert first.amount == (-amount if kind == "penalty" else amount), "a line is never edited"


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 12), st.integers(-500, 500))))
def test_sums_by_person_and_month_are_the_sums_of_their_lines(lines):
    entries = [
        rules.SanctionEntry(staff_id=who, month=date(2026, month, 1), amount=amount)
        for who, month, amount in lines
    ]
    found = ledger.balance(entries)
    assert sum(found.values()) == sum(amount for _, _, amount in lines)
    for (who, month), amount in found.items():
        assert amount == sum(a for w, m, a in lines if (w, m) == (who, month.month))
