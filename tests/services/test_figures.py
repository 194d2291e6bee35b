"""Every figure equals what is counted again in Python, whole and sliced, and the list behind it is as long (row R2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain.errors import RuleBroken
from deskapp.domain.measure import MEASURES, SLICES, Formula, Measure
from deskapp.domain.paper import IssuedPaper
from deskapp.domain.period import days_between, period_of
from deskapp.services import figures, imports
from tests import builders
from tests.services.figure_data import fill
from tests.services.figure_recount import Recount, Recounted, rows_of
from tests.services.sheets import DATA, needs_data

pytestmark = pytest.mark.row("R2")
MOST_LISTED = 5
"""Of each slice, the lists of so many parts are read; the figures of all are compared."""
EVERY = [(measure, formula) for measure in MEASURES for formula in measure.formulas]


def recounted(desk, period, rows=None) -> Recount:
    zone = desk.policy.timezone
    return Recount(rows or rows_of(desk), period.first, period.last, zone, desk.now(), desk.policy)


def boards(desk, period, by=""):
    """A board for each of the rival formulas."""
    chosen = [{"service_level": level, "reopened": again} for level, again in RIVALS]
    return {
        (line.measure.code, line.formula.code, line.part.value): line
        for place, formulas in enumerate(chosen)
        for line in figures.figures_of(desk, period, by, tuple(formulas) if place else (), formulas).lines
    }


RIVALS = [("offered", "closed"), ("answered", "resolved"), ("both", "closed"), ("patient", "closed")]


def agrees(line, again: Recounted) -> None:
    where = (line.measure.code, line.formula.code, line.part)
    assert (line.now.top, line.now.bottom) == (len(again.top), len(again.bottom)), where
    told, value = line.value, again.value(line.measure.how)
    assert told == (None if value is None else pytest.approx(value, rel=1e-9)), where


def listed(desk, line, board_at, period, which):
    """The whole list behind a figure, forwards by pages, and checked against its own ends and middle."""
    cases = figures.Cases(desk, line, period, which, board_at)
    found = cases.first(7)
    while found and (page := cases.after(found[-1], 40)):
        found += page
    assert cases.count() == len(found)
    if len(found) > 7:
        assert cases.last(3) == found[-3:]
        assert cases.before(found[-1], 2) == found[-3:-1]
        assert cases.at(1, 4) == found[1:5]
    return found


@pytest.fixture
def company(desk, clock):
    """Berlin's summer ends on 25 October; the day the figures are read on is the third of November."""
    desk = replace(desk, policy=replace(desk.policy, timezone="Europe/Berlin"))
    clock.at = clock.at.subtract(days=20)
    fill(desk, 2, 60)
    return desk


def test_every_figure_is_what_python_counts_and_its_list_is_as_long(company) -> None:
    check_whole(company, period_of("month", date(2026, 10, 5)))
    check_whole(company, period_of("day", date(2026, 10, 25)))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", [3, 4])
def test_quarters_weeks_and_empty_days_elsewhere(desk, clock, seed) -> None:
    clock.at = clock.at.subtract(days=20)
    fill(desk, seed, 30)
    check_whole(desk, period_of("quarter", date(2026, 9, 9)))
    check_whole(desk, period_of("week", date(2026, 11, 1)))
    check_whole(desk, period_of("day", date(2020, 2, 29)))


def check_whole(desk, period) -> None:
    rows = rows_of(desk)
    lines, again = boards(desk, period), recounted(desk, period, rows).figures()
    before = recounted(desk, period.before(), rows).figures()
    for measure, formula in EVERY:
        key = (measure.code, formula.code)
        line = lines[*key, None]
        agrees(line, again[key])
        earlier = before[key].value(measure.how)
        assert line.earlier == (None if earlier is None else pytest.approx(earlier, rel=1e-9)), key
        lists = {which: listed(desk, line, desk.now(), period, which) for which in measure.parts}
        assert sorted(one.id for one in lists["top"]) == sorted(again[key].top), key
        if measure.how == "share":
            rest = {one.id for one in lists["rest"]}
            assert rest == set(again[key].bottom) - set(again[key].top), key
            assert len(lists["all"]) == len(again[key].bottom)
            assert {one.id for one in lists["all"] if one.counted} == set(again[key].top), key


def test_every_part_of_a_slice_is_what_python_counts(company) -> None:
    period = period_of("month", date(2026, 10, 5))
    rows = rows_of(company)
    recount = recounted(company, period, rows)
    for by in SLICES:
        check_slice(company, recount, period, by)


def check_slice(desk, recount, period, by) -> None:
    again, lines = recount.figures(), boards(desk, period, by)
    assert {code for code, _, _ in lines} <= {one.code for one in MEASURES if by in one.slices}
    for measure, formula in EVERY:
        if by not in measure.slices:
            continue
        parts = _parts(recount, measure, by, again[measure.code, formula.code])
        mine = {key[2]: line for key, line in lines.items() if key[:2] == (measure.code, formula.code)}
        assert {key for key, line in mine.items() if line.now.bottom} == set(parts), measure.code
        for place, (key, one) in enumerate(parts.items()):
            agrees(mine[key], one)
            if place >= MOST_LISTED:
                continue
            top = figures.Cases(desk, mine[key], period, "top", desk.now())
            assert sorted(case.id for case in top.first(500)) == sorted(one.top), (measure.code, key)
            assert top.count() == len(one.top)


def _parts(recount: Recount, measure: Measure, by: str, whole: Recounted) -> dict[object, Recounted]:
    """A recounted figure taken apart by the groups its records are in."""
    table = {"ticket": "tickets", "call": "calls", "followup": "followups", "site": "sites"}
    table |= {"inspection": "inspections", "paper": "papers", "form": "evaluations", "score": "ratings"}
    records = {one.id: one for one in getattr(recount.rows, table[measure.noun])}
    group = {key: recount.part_of(measure.family, by, records[key]) for key in whole.bottom}
    found: dict[object, Recounted] = {}
    for place, key in enumerate(whole.bottom):
        part = found.setdefault(group[key], Recounted([], [], []))
        part.bottom.append(key)
        if key in whole.top:
            part.top.append(key)
        if whole.seconds is not None and part.seconds is not None:
            part.seconds.append(whole.seconds[place])
    return found


@needs_data
@pytest.mark.parametrize(
    "file", ["messages_zh_4326.xlsx", "car_complaints_gbk_600.csv", "boston311_5473.csv"]
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_real_complaints_are_counted_as_python_counts_them(desk, file) -> None:
    imports.run_file(desk, "complaints", DATA / "complaints" / file)
    rows = rows_of(desk)
    days = [one.received_at for one in rows.tickets]
    middle = desk.local(sorted(days)[len(days) // 2]).date()
    period = days_between(middle - timedelta(45), middle + timedelta(45))
    codes = (
        "received",
        "response_met",
        "response_24h",
        "resolved_met",
        "resolution_mean",
        "resolution_median",
    )
    codes += ("repeat_rate", "reopened")
    again = recounted(desk, period, rows).figures()
    for line in figures.figures_of(desk, period, codes=codes).lines:
        agrees(line, again[line.measure.code, line.formula.code])
        assert figures.Cases(desk, line, period).count() == line.now.top
    assert len(again["received", ""].top) > 20


def test_a_paper_nobody_issued_counts_as_late_and_can_be_seen(desk, clock) -> None:
    clock.at = clock.at.add(days=30)
    period = period_of("month", date(2026, 12, 15))
    line = figures.figures_of(desk, period, codes=("papers_on_time",)).line("papers_on_time")
    owed = line.now.bottom
    assert owed > 0
    assert (line.now.top, line.value) == (0, 0.0)
    missing = figures.Cases(desk, line, period, "rest").first(50)
    assert len(missing) == owed
    one = missing[0]
    first_on = date(2026, 11, 30)
    with desk.store.write("test") as work:
        work.issued_papers.add(
            IssuedPaper(number="B1", kind=one.state, first_on=first_on, due_on=one.at, issued_at=clock.at)
        )
    again = figures.figures_of(desk, period, codes=("papers_on_time",)).line("papers_on_time")
    assert again.now.bottom == owed
    cases = figures.Cases(desk, again, period, "rest").first(50)
    assert next(case.number for case in cases if case.state == one.state) == "B1"
    assert len(cases) == owed


def test_what_cannot_be_measured_is_refused(desk) -> None:
    period = period_of("month", date(2026, 11, 1))
    for asked, code in (
        ({"codes": ("nonsense",)}, "figures.unknown"),
        ({"by": "weather"}, "figures.slice_unknown"),
        ({"formulas": {"service_level": "best"}}, "figures.formula_unknown"),
    ):
        with pytest.raises(RuleBroken) as refused:
            figures.figures_of(desk, period, **asked)
        assert refused.value.code == code


def test_the_policy_says_which_formula_is_used(desk) -> None:
    assert figures.formula_of(desk, _measure("service_level")).code == "offered"
    other = replace(desk, policy=replace(desk.policy, service_level="patient"))
    assert figures.formula_of(other, _measure("service_level")).code == "patient"
    chosen = figures.formula_of(other, _measure("service_level"), {"service_level": "both"})
    assert chosen == Formula("both", "in_time_or_left", "offered")


def _measure(code: str) -> Measure:
    return next(one for one in MEASURES if one.code == code)


def test_a_complaint_lived_through_by_the_services_is_counted(desk) -> None:
    """Filed, answered, resolved, sent back by the client, resolved again; another merged, another withdrawn."""
    first = builders.a_ticket_in(desk, "reopened")
    builders.a_ticket_in(desk, "merged")
    builders.a_ticket_in(desk, "withdrawn")
    builders.a_ticket_in(desk, "closed")
    period = period_of("day", date(2026, 11, 23))
    board = figures.figures_of(desk, period, formulas={"reopened": "resolved"})
    assert board.line("received").now.top == 4
    assert (board.line("response_met").now.top, board.line("response_met").now.bottom) == (2, 2)
    assert (board.line("reopened").now.top, board.line("reopened").now.bottom) == (1, 2)
    case = figures.Cases(desk, board.line("reopened"), period).first(5)[0]
    assert (case.id, case.number, case.state) == (first.id, first.number, "reopened")
