"""Notices: what may be told, whose site is meant, and that what is taken back is as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import site_notice as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import STAGES, Milestone, Site
from deskapp.domain.site_notice import Before, Handbook, HandbookItem, NoticeDraft, SiteNotice

TODAY = date(2026, 11, 23)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
pytestmark = pytest.mark.row("F2", "F3")


def test_numbers_say_kind_and_day() -> None:
    assert rules.number("start", "20261123", 1) == "KG20261123-0001"
    assert rules.number("completion", "20261123", 12345) == "WG20261123-12345"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "other"}, "kind"),
        ({"client_name": " ", "phones": ""}, "client_missing"),
        ({"on_day": None}, "day_missing"),
        ({"on_day": date(1999, 12, 31)}, "day_early"),
        ({"on_day": TODAY + timedelta(days=93)}, "start_ahead"),
        ({"kind": "completion", "on_day": TODAY + timedelta(days=1)}, "completion_ahead"),
    ],
)
def test_what_no_notice_may_say(fields, code: str) -> None:
    draft = NoticeDraft(client_name="张伟明", on_day=TODAY)
    assert rules.check_notice(draft, TODAY) == TODAY
    with pytest.raises(RuleBroken) as refused:
        rules.check_notice(replace(draft, **fields), TODAY)
    assert refused.value.code == f"site_notices.{code}"


@pytest.mark.parametrize(
    ("kind", "start", "completed", "code"),
    [
        ("completion", TODAY + timedelta(days=1), None, "completed_first"),
        ("start", None, TODAY - timedelta(days=1), "started_after"),
        ("completion", TODAY, None, ""),
        ("start", None, TODAY, ""),
        ("start", None, None, ""),
    ],
)
def test_no_site_is_completed_before_it_is_begun(kind, start, completed, code: str) -> None:
    if not code:
        rules.check_order(kind, TODAY, start, completed)
        return
    with pytest.raises(RuleBroken, match=code):
        rules.check_order(kind, TODAY, start, completed)


SITES = [
    Site(id=1, estate="海棠湾", address="3-2-1101"),
    Site(id=2, estate="", address="翠湖 1-101"),
    Site(id=3, estate="金色家园", address="海棠湾"),
]


@pytest.mark.parametrize(
    ("estate", "address", "found"),
    [
        ("海棠湾", "3-2-1101", 1),
        ("", "海棠湾3-2-1101", 1),
        ("", " 海棠湾 ３-２-１１０１", 1),
        ("", "3-2-1101", 1),
        ("金色家园", "3-2-1101", None),
        ("翠湖", "1-101", 2),
        ("海棠湾", "翠湖 1-101", 2),
        ("", "9-9", None),
        ("", "", None),
    ],
)
def test_whose_site_an_address_means(estate: str, address: str, found) -> None:
    site = rules.site_at(SITES, estate, address)
    assert (site.id if site else None) == found


def test_without_an_address_the_only_site_is_meant() -> None:
    assert rules.site_at(SITES[:1], "", "") == SITES[0]
    assert rules.site_at([], "", "") is None


@pytest.mark.parametrize(
    ("stage", "after"),
    [("deposit", "building"), ("signed", "building"), ("midterm", "midterm"), ("warranty", "warranty")],
)
def test_a_start_never_calls_a_site_back(stage: str, after: str) -> None:
    begun = rules.begun(Site(stage=stage), TODAY)
    assert (begun.stage, begun.start_date) == (after, TODAY)


@pytest.mark.parametrize(
    ("months", "stage"),
    [
        ({}, "finished"),
        ({"general": 0}, "finished"),
        ({"general": 24}, "warranty"),
        ({"general": 1}, "ended"),
    ],
)
def test_a_completed_site_stands_where_its_warranty_says(months, stage: str) -> None:
    day = TODAY - timedelta(days=90)
    covered = rules.warranties(1, day, months)
    assert rules.over(Site(stage="building"), day, covered, TODAY).stage == stage


@given(day=days, months=st.integers(1, 600))
def test_a_warranty_is_whole_months_long(day: date, months: int) -> None:
    (one,) = rules.warranties(7, day, {"waterproof": months, "general": 0})
    assert (one.site_id, one.scope, one.from_on) == (7, "waterproof", day)
    whole = (one.until_on.year - day.year) * 12 + one.until_on.month - day.month
    assert whole == months
    assert one.until_on.day <= day.day


sites = st.builds(
    Site,
    stage=st.sampled_from(STAGES[:-1]),
    start_date=st.none() | days,
    completed_on=st.none() | days,
)


@given(site=sites, first=days, second=days, kind=st.sampled_from(rules.KINDS))
def test_what_is_taken_back_is_as_it_was_however_often_it_was_corrected(site, first, second, kind) -> None:
    before = Before(site.stage, site.start_date, site.completed_on)
    for day in (first, second):
        moved = rules.begun(site, day) if kind == "start" else rules.over(site, day, [], TODAY)
    notice = SiteNotice(kind=kind, on_day=second, facts={"before": before.told()})
    back = rules.fallen_back(moved, notice, started=False)
    assert (back.start_date, back.completed_on) == (site.start_date, site.completed_on)
    begun_meanwhile = kind == "completion" and site.start_date and site.stage in ("deposit", "signed")
    assert back.stage == ("building" if begun_meanwhile else site.stage)


@given(
    stage=st.sampled_from(STAGES), start=st.none() | days, mark=st.none() | st.tuples(st.none() | days, days)
)
def test_what_a_site_was_is_kept_and_read_again(stage, start, mark) -> None:
    before = Before(stage, start, None, mark)
    assert Before.of(SiteNotice(facts={"before": before.told()})) == before
    assert Before.of(SiteNotice()) == Before()


def test_what_somebody_else_changed_meanwhile_is_left_alone() -> None:
    facts = {"before": Before("signed").told()}
    moved = Site(stage="warranty", start_date=TODAY - timedelta(days=5), completed_on=TODAY)
    back = rules.fallen_back(moved, SiteNotice(kind="start", on_day=TODAY, facts=facts), started=False)
    assert back == moved
    other = SiteNotice(kind="completion", on_day=TODAY - timedelta(days=1), facts=facts)
    assert rules.fallen_back(moved, other, started=True).completed_on == TODAY


def test_a_late_start_is_not_called_back_to_where_it_never_was() -> None:
    facts = {"before": Before("warranty", None, TODAY).told()}
    notice = SiteNotice(kind="start", on_day=TODAY, facts=facts)
    back = rules.fallen_back(Site(stage="building", start_date=TODAY), notice, started=True)
    assert (back.stage, back.start_date) == ("signed", None)


def test_the_control_point_is_reached_on_its_day_or_planned_for_it() -> None:
    ahead = TODAY + timedelta(days=3)
    assert rules.marked(1, None, TODAY, TODAY) == Milestone(site_id=1, kind="start", done_on=TODAY)
    there = Milestone(id=4, site_id=1, kind="start", planned_on=TODAY, done_on=TODAY)
    assert rules.marked(1, there, ahead, TODAY) == replace(there, planned_on=ahead, done_on=None)


@pytest.mark.parametrize(
    ("state", "days_left", "late"),
    [
        ("asked", -1, True),
        ("asked", 0, False),
        ("incomplete", -1, True),
        ("collected", -1, False),
        ("complete", -9, False),
    ],
)
def test_only_what_is_not_here_is_late(state: str, days_left: int, late: bool) -> None:
    assert Handbook(state=state, due_on=TODAY + timedelta(days=days_left)).overdue(TODAY) is late


def test_what_a_handbook_lacks_in_its_order() -> None:
    items = [HandbookItem(code) for code in ("a", "b", "c")]
    assert rules.lacking(items, {"b": True, "c": False}) == ("a", "c")
    assert rules.lacking(items, dict.fromkeys("abc", True)) == ()
    assert rules.handbook_due(TODAY, 7, TODAY) == TODAY + timedelta(days=7)
    assert rules.handbook_due(TODAY - timedelta(days=30), 7, TODAY) == TODAY


def test_tickets_of_a_notice_are_read_from_its_facts() -> None:
    assert SiteNotice(facts={"tickets": [3, 4]}).tickets == (3, 4)
    assert SiteNotice().tickets == SiteNotice(facts={"tickets": "3"}).tickets == ()
