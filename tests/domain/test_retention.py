"""What may be forgotten when: the policy's days and years, and what holds a client's file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pendulum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.policy import Policy
from deskapp.domain.retention import DEFAULT_DAYS, KINDS, STORED, Contact, ages_out, due, forgettable, held_by

pytestmark = pytest.mark.row("P6")
NOW = pendulum.datetime(2026, 11, 25, 10)
TODAY = date(2026, 11, 25)
BEFORE = NOW.subtract(years=8)
LONG_AGO = NOW.subtract(years=9)


@given(
    days=st.fixed_dictionaries({kind: st.integers(0, 4000) for kind in DEFAULT_DAYS}),
    years=st.integers(0, 30),
)
@settings(max_examples=60)
def test_what_is_kept_for_ever_is_never_due_and_the_rest_exactly_by_its_days(days, years):
    found = {one.kind: one.before for one in due(days, years, NOW)}
    assert set(found) == {kind for kind in STORED if days.get(kind, years if kind == "clients" else 0)}
    for kind, before in found.items():
        assert before == (NOW.subtract(years=years) if kind == "clients" else NOW.subtract(days=days[kind]))
    assert "audit" not in found and "audit" in KINDS


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, ""),
        ({"last": None, "since": LONG_AGO}, ""),
        ({"last": None, "since": None}, ""),
        ({"last": BEFORE}, "contact"),
        ({"last": None, "since": NOW}, "contact"),
        ({"open_tickets": 1}, "tickets"),
        ({"open_calls": 1}, "calls"),
        ({"running_sites": 1}, "sites"),
        ({"unpaid": 2}, "payments"),
        ({"warranty_until": TODAY}, "warranty"),
        ({"warranty_until": date(2026, 11, 24)}, ""),
    ],
)
def test_a_file_stays_while_anything_runs_or_anybody_was_in_touch(facts, why):
    one = replace(Contact(7, last=LONG_AGO, since=LONG_AGO), **facts)
    assert held_by(one, BEFORE, TODAY) == why
    assert forgettable([one], BEFORE, TODAY) == ([] if why else [7])


def test_defaults_forget_no_client_and_policy_refuses_what_cannot_be():
    policy = Policy()
    assert policy.retention_client_years == 0 and dict(policy.retention_days) == dict(DEFAULT_DAYS)
    with pytest.raises(RuleBroken):
        replace(policy, retention_days={**DEFAULT_DAYS, "mail": -1}).validated()
    assert (
        Policy.from_json('{"retention_days": {"mail": 9}}').retention_days["outbox"] == DEFAULT_DAYS["outbox"]
    )


def test_a_backup_ages_out_by_its_days_or_never():
    assert ages_out(TODAY, 30) == date(2026, 12, 25)
    assert ages_out(TODAY, 0) is None
