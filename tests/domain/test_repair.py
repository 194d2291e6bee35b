"""Warranty on a day, appointments that can be kept, and what a repair needs to be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import repair as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.repair import Finished, Repair, WarrantyState
from deskapp.domain.site import Site
from deskapp.domain.site_notice import Warranty
from deskapp.domain.ticket import STATES, Ticket
from tests.builders import NOW

pytestmark = pytest.mark.row("T13")
TODAY = date(2026, 11, 23)
MONTHS = {"general": 24, "waterproof": 60}
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def a_site(stage: str = "warranty", **fields) -> Site:
    return Site(id=1, client_id=1, stage=stage, **fields)


def files(**until: date) -> list[Warranty]:
    return [Warranty(site_id=1, scope=scope, until_on=day) for scope, day in until.items()]


@pytest.mark.parametrize(("site", "scope", "kept", "state", "until"), [
    (None, "general", {}, "unknown", None),
    (a_site("cancelled", completed_on=TODAY), "general", {"general": TODAY}, "unknown", None),
    (a_site("building"), "general", {}, "building", None),
    (a_site("deposit"), "general", {}, "unknown", None),
    (a_site("warranty"), "general", {}, "unknown", None),
    (a_site(completed_on=date(2024, 11, 23)), "general", {}, "in", date(2026, 11, 23)),
    (a_site(completed_on=date(2024, 11, 22)), "general", {}, "out", date(2026, 11, 22)),
    (a_site(completed_on=date(2022, 1, 1)), "waterproof", {}, "in", date(2027, 1, 1)),
    (a_site(completed_on=date(2022, 1, 1)), "general", {}, "out", date(2024, 1, 1)),
    (a_site(completed_on=date(2022, 1, 1)), "general", {"general": date(2030, 5, 5)}, "in", date(2030, 5, 5)),
    (a_site(), "waterproof", {"general": date(2026, 11, 22), "waterproof": date(2028, 1, 1)}, "in", date(2028, 1, 1)),
    (a_site(), "waterproof", {"general": date(2026, 11, 22)}, "out", date(2026, 11, 22)),
])  # fmt: skip
def test_how_a_warranty_stands(site, scope, kept, state, until) -> None:
    found = rules.warranty_on(TODAY, scope, site, files(**kept), MONTHS)
    assert found == WarrantyState(state, until)
    assert found.covered == (state in ("in", "building"))


@given(DAYS, st.integers(0, 240), st.integers(-800, 800))
def test_it_is_covered_up_to_the_last_day_and_never_after(completed: date, months: int, days: int) -> None:
    until = rules.months_later(completed, months)
    day = until + timedelta(days=days)
    found = rules.warranty_on(day, "general", a_site(completed_on=completed), (), {"general": months})
    assert (found.state, found.until) == ("in" if days <= 0 else "out", until)


@given(DAYS, st.integers(0, 240), st.integers(0, 240))
def test_months_add_up_but_for_the_ends_of_months(day: date, one: int, two: int) -> None:
    at_once, in_two = (
        rules.months_later(day, one + two),
        rules.months_later(rules.months_later(day, one), two),
    )
    assert (at_once.year, at_once.month) == (in_two.year, in_two.month)
    assert in_two <= at_once <= date.max
    assert at_once.day in (day.day, in_two.day) or at_once.day >= 28


@given(st.sampled_from(rules.WARRANTIES), DAYS)
def test_a_repair_remembers_how_its_warranty_stood(state: str, day: date) -> None:
    was = WarrantyState(state, day if state in ("in", "out") else None)
    assert Repair(in_warranty=was.covered, warranty_until=was.until).warranty == was


@pytest.mark.parametrize(("minutes", "code"), [
    (-1, "repair.past"), (0, "repair.past"), (1, ""), (60 * 24 * 60, ""), (60 * 24 * 60 + 1, "repair.too_far"),
])  # fmt: skip
def test_an_appointment_lies_ahead_and_near(minutes: int, code: str) -> None:
    at = NOW.add(minutes=minutes)
    if not code:
        rules.check_appointment(at, NOW)
        return
    with pytest.raises(RuleBroken) as refused:
        rules.check_appointment(at, NOW)
    assert refused.value.code == code


@pytest.mark.parametrize("state", STATES)
def test_only_a_repair_that_waits_is_planned_or_done(state: str) -> None:
    ticket = Ticket(kind="repair", state=state)
    waits = state in ("received", "dispatched", "responded", "reopened")
    for repair in (Repair(), replace(Repair(), done_at=NOW)):
        if waits and repair.done_at is None:
            rules.check_waits(ticket, repair)
        else:
            with pytest.raises(RuleBroken, match=r"repair\.over"):
                rules.check_waits(ticket, repair)


@pytest.mark.parametrize(("finished", "code"), [
    (Finished("换了角阀"), ""), (Finished("换了角阀", 0), ""), (Finished("换了角阀", 12000), ""),
    (Finished("  "), "repair.work_missing"), (Finished("换了角阀", -1), "repair.cost"),
])  # fmt: skip
def test_done_says_what_was_done(finished: Finished, code: str) -> None:
    if not code:
        rules.check_work(finished)
        return
    with pytest.raises(RuleBroken) as refused:
        rules.check_work(finished)
    assert refused.value.code == code


@pytest.mark.parametrize("scope", ["", "roof"])
def test_a_scope_no_warranty_knows_is_refused(scope: str) -> None:
    with pytest.raises(RuleBroken, match=r"repair\.scope"):
        rules.check_scope(scope)
