"""An independent recount in plain Python equals every count on both databases; the list behind a bar is as long."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from random import Random
from zoneinfo import ZoneInfo

import pendulum
import pytest

from deskapp.domain.call import Call
from deskapp.domain.period import days_between, period_of, read_period
from deskapp.domain.problem_analysis import DIMENSIONS, SCOPES
from deskapp.domain.register import RegisterEntry, values_of
from deskapp.domain.responsibility import Finding
from deskapp.domain.ticket import Ticket, TicketEvent
from deskapp.services import clients, problem_charts, problems, registers, tickets
from tests import builders

pytestmark = pytest.mark.row("R3")
NEW_YORK = "America/New_York"
KINDS = ("complaint", "complaint", "complaint", "followup_issue", "repair", "rectification", "handoff")
STATES = ("received", "closed", "withdrawn", "merged", "reopened", "responded")


@pytest.fixture
def abroad(desk):
    """A company in New York with a year of tickets and calls, thick about the two nights the clocks change."""
    desk = replace(desk, policy=replace(desk.policy, timezone=NEW_YORK))
    dice = Random(20261101)
    client = builders.a_client(desk)
    sites = [
        builders.a_site(desk, client, address=f"{n}", crew=crew)
        for n, crew in enumerate(("江西一队 ", "", "安徽队"))
    ]
    with desk.store.write("test") as work:
        categories, departments = work.categories.listed(), work.departments.all()
        made = []
        for number, kind in zip(range(240), cycle(KINDS), strict=False):
            named = dice.random() < 0.7
            made.append(
                Ticket(
                    number=f"X{number:05d}",
                    kind=kind,
                    client_id=client.client.id,
                    site_id=dice.choice([None, *(site.id for site in sites)]),
                    category_id=dice.choice(categories[:4]).id if named else None,
                    category="" if named else dice.choice(["", " 噪音", "噪音", categories[0].name]),
                    severity=dice.choice(["minor", "major", "crisis"]),
                    state=dice.choice(STATES),
                    department_id=dice.choice([None, *(one.id for one in departments[:3])]),
                    received_at=_moment(dice),
                )
            )
        stored = work.tickets.add_many(made)
        found = [
            Finding(
                ticket_id=ticket.id,
                cause=dice.choice(["", "防水没做闭水", "交底不清"]),
                trade=dice.choice(["", "crew", "designer"]),
                crew=dice.choice(["", "外包队"]),
                material=dice.choice(["", "瓷砖", " 瓷砖"]),
                at=work.now,
            )
            for ticket in stored
            if dice.random() < 0.5
        ]
        work.findings.add_many(found)
        work.calls.add_many([_call(dice, client.client.id) for _ in range(150)])
    return desk


def _moment(dice):
    near = dice.choice([datetime(2026, 11, 1, 4), datetime(2026, 3, 8, 4), datetime(2026, 10, 31, 22), None])
    at = (
        near + timedelta(minutes=dice.randint(0, 360))
        if near
        else datetime(2026, 1, 1) + timedelta(minutes=dice.randint(0, 525_600))
    )
    return pendulum.instance(at.replace(tzinfo=UTC))


def _call(dice, client_id):
    at = _moment(dice)
    direction, over = dice.choice(["in", "out"]), dice.random() < 0.9
    begun = at.add(seconds=30) if dice.random() < 0.8 else None
    return Call(
        kind="inbound" if direction == "in" else "callback",
        direction=direction,
        state="done" if over else "open",
        client_id=client_id,
        due_at=at,
        started_at=begun,
        ended_at=(begun or at).add(minutes=dice.randint(1, 40)) if over else None,
    )


def recount(desk, period, scope):
    """Every ticket of a period, by dimension, as one would count them by hand."""
    zone = ZoneInfo(NEW_YORK)
    with desk.read() as work:
        everything = work.tickets.all()
        found = {one.ticket_id: one for one in work.findings.all()}
        categories = {one.id: one for one in work.categories.all()}
        sites = {one.id: one for one in work.sites.all()}
        departments = {one.id: one.name for one in work.departments.all()}
    counts = {dimension: Counter() for dimension in DIMENSIONS}
    chosen = []
    for ticket in everything:
        local = ticket.received_at.astimezone(zone)
        if ticket.kind not in SCOPES[scope] or ticket.state == "merged":
            continue
        if not period.first <= local.date() <= period.last:
            continue
        chosen.append(ticket)
        finding, category = found.get(ticket.id, Finding()), categories.get(ticket.category_id)
        site = sites.get(ticket.site_id)
        for dimension, value in {
            "category": category.name if category else ticket.category,
            "trade": finding.trade or (category.trade if category else ""),
            "crew": finding.crew or (site.crew if site else ""),
            "material": finding.material,
            "cause": finding.cause,
            "severity": ticket.severity,
            "department": departments.get(ticket.department_id, ""),
        }.items():
            counts[dimension][value.strip(" ")] += 1
    return chosen, counts


PERIODS = [
    period_of(unit, day)
    for unit in ("week", "month", "quarter")
    for day in (date(2026, 3, 8), date(2026, 11, 1))
]


def test_every_bar_equals_the_recount_and_its_list(abroad):
    for period in [*PERIODS, days_between(date(2026, 1, 1), date(2026, 12, 31))]:
        for scope in SCOPES:
            chosen, counts = recount(abroad, period, scope)
            _, before = recount(abroad, period.before(), scope)
            for dimension in DIMENSIONS[:-1]:
                told = problems.analyse(abroad, period, dimension, scope)
                assert {bar.value: bar.count for bar in told.bars} == dict(counts[dimension]), (
                    period.code,
                    dimension,
                )
                assert all(bar.before == before[dimension][bar.value] for bar in told.bars)
                assert told.total == sum(bar.count for bar in told.bars) == len(chosen)
                with abroad.read() as work:
                    for bar in told.bars:
                        picked = problems.selection(abroad, period, scope, dimension, bar.value)
                        assert (
                            work.problems.count(picked) == bar.count == len(work.problems.page(picked, 500))
                        )


def test_months_and_the_trend_equal_the_recount(abroad):
    quarter = period_of("quarter", date(2026, 11, 1))
    bars = problems.analyse(abroad, quarter, "month").bars
    assert [bar.value for bar in bars] == [f"2026-{month:02d}" for month in range(1, 13)]
    for bar in bars:
        month = read_period(bar.value)
        assert bar.count == len(recount(abroad, month, "complaint")[0])
        assert bar.before == len(recount(abroad, month.before(), "complaint")[0])
        with abroad.read() as work:
            assert (
                work.problems.count(problems.selection(abroad, quarter, "complaint", "month", bar.value))
                == bar.count
            )
    for unit in ("week", "month"):
        period = period_of(unit, date(2026, 11, 1))
        periods, now, before = problems.trend(abroad, period, "all")
        assert periods[-1] == period and len(periods) == len(now) == len(before) == 12
        assert now == [len(recount(abroad, one, "all")[0]) for one in periods]
        assert before[-1] == len(recount(abroad, periods[0].before(), "all")[0])


@pytest.mark.row("R4")
def test_the_heat_map_stands_on_the_local_clock_on_the_days_it_changes(abroad):
    zone = ZoneInfo(NEW_YORK)
    with abroad.read() as work:
        calls = work.calls.all()
    for period in PERIODS:
        for scope in SCOPES:
            expected = [[0] * 24 for _ in range(7)]
            for ticket in recount(abroad, period, scope)[0]:
                local = ticket.received_at.astimezone(zone)
                expected[local.weekday()][local.hour] += 1
            assert problems.heat(abroad, period, scope) == tuple(map(tuple, expected))
        for direction in ("in", "out"):
            expected = [[0] * 24 for _ in range(7)]
            for call in calls:
                at = call.due_at if direction == "in" else call.started_at
                if call.direction != direction or call.ended_at is None or at is None:
                    continue
                local = at.astimezone(zone)
                if period.first <= local.date() <= period.last:
                    expected[local.weekday()][local.hour] += 1
            assert problems.heat(abroad, period, direction) == tuple(map(tuple, expected))


def test_the_list_behind_a_bar_goes_page_by_page(abroad):
    year = days_between(date(2026, 1, 1), date(2026, 12, 31))
    chosen = problems.selection(abroad, year, "all", "severity", "major")
    with abroad.read() as work:
        page = work.problems.page
        whole = [row.ticket.id for row in page(chosen, 500)]
        received = [row.ticket.received_at for row in page(chosen, 500)]
        assert received == sorted(received, reverse=True) and len(whole) > 20
        first = page(chosen, 7)
        assert [row.ticket.id for row in first + page(chosen, 7, after=first[-1])] == whole[:14]
        assert [row.ticket.id for row in page(chosen, 3, before=first[5])] == whole[2:5]
        assert [row.ticket.id for row in page(chosen, 4, last=True)] == whole[-4:]
        assert [row.ticket.id for row in page(chosen, 4, offset=9)] == whole[9:13]


def _entry(desk, register, **values):
    entry = RegisterEntry(register=register)
    return registers.save(desk, entry, {"day": date(2026, 11, 20)} | values)


def test_who_was_lost_and_why_as_far_as_it_is_recorded(desk):
    november = period_of("month", date(2026, 11, 23))
    designer = builders.a_member(desk, "王丽", "designer")
    gone, talked, stopped = (builders.a_client(desk, name) for name in ("张伟明", "李秀英", "王芳"))
    deposit = builders.a_site(desk, gone, stage="deposit")
    kept = builders.a_site(desk, gone, stage="deposit", address="9-9")
    paid = {"client": gone.client.id, "amount": 500_000, "designer": designer.id}
    back = {"standing": "refunded", "refunded_on": date(2026, 11, 21), "note": "家里不同意装修"}
    _entry(desk, "deposits", site=deposit.id, **paid, **back)
    _entry(desk, "deposits", site=kept.id, standing="paid", **paid)
    lost = {"outcome": "lost", "lost_reason": "price", "note": "嫌贵"}
    _entry(desk, "talks", client=talked.client.id, designer=designer.id, **lost)
    site = builders.a_site(desk, stopped, stage="building")
    clients.save_site(desk, replace(site, stage="cancelled", note="房子卖了"))
    complaint = builders.a_complaint(desk, talked)
    tickets.move(desk, complaint, "withdraw", "误会,已说清")
    found = problems.lost(desk, november)
    assert {(one.kind, one.client, one.reason, one.why) for one in found} == {
        ("refunded", "张伟明", "家里不同意装修", ""),
        ("talk", "李秀英", "嫌贵", "price"),
        ("cancelled", "王芳", "房子卖了", ""),
        ("withdrawn", "李秀英", "误会,已说清", ""),
    }
    assert {one.day for one in found if one.kind == "refunded"} == {date(2026, 11, 21)}
    assert problems.lost(desk, november.before()) == problems.lost(desk, november.after()) == ()


def test_a_suggestion_stands_beside_its_problem_with_what_came_of_it(desk):
    november = period_of("month", date(2026, 11, 23))
    builders.a_complaint(
        desk, category_id=builders.a_category(desk, "leak"), department_id=builders.a_department(desk).id
    )
    told = problems.analyse(desk, november, "category")
    (bar,) = told.bars
    engineering = builders.a_department(desk).name
    assert (
        problems.answers_for(desk, problems.selection(desk, november, "complaint", "category", bar.value))
        == engineering
    )
    made = RegisterEntry(
        register="suggestions", data={"problem": problems.problem_key("category", bar.value)}
    )
    answers = {
        "about": "改了名字也认得",
        "words": "闭水 48 小时",
        "standing": "open",
        "day": date(2026, 11, 20),
    }
    stored = registers.save(desk, made, answers)
    _entry(desk, "suggestions", about=bar.value, words="换防水涂料", standing="open")
    _entry(desk, "suggestions", about="别的", words="不相干", standing="open")
    settled = {"standing": "done", "outcome": "已写进工艺标准", "settled_on": date(2026, 11, 22)}
    registers.save(desk, stored, values_of(registers.kinds()["suggestions"], stored) | settled)
    rows = problems.suggested(problems.analyse(desk, november, "category"), bar.value, bar.value)
    assert {(row.values["words"], row.entry.state, row.values["outcome"]) for row in rows} == {
        ("闭水 48 小时", "done", "已写进工艺标准"),
        ("换防水涂料", "open", None),
    }
    assert problems.suggested(problems.analyse(desk, november, "cause"), bar.value, bar.value) != rows


@pytest.mark.row("R4")
def test_the_pictures_of_a_paper_say_what_was_counted(desk, clock):
    november = period_of("month", date(2026, 11, 23))
    leak = builders.a_category(desk, "leak")
    for _ in range(3):
        builders.a_complaint(desk, category_id=leak)
    tickets.move(desk, builders.a_complaint(desk), "respond", "已上门")
    trend, pareto, heat, gauge = problem_charts.charts_of(desk, november)
    assert (trend.kind, trend.labels[-1], trend.values[11], len(trend.values)) == ("line", "26-11", 4.0, 24)
    assert (pareto.kind, pareto.values, pareto.percents) == ("pareto", (3.0, 1.0), (75.0, 100.0))
    assert pareto.labels[-1] == "未记录" and pareto.target == 80
    assert (heat.kind, sum(heat.values), heat.values[9]) == ("heat", 4.0, 4.0)
    assert (gauge.kind, gauge.values, gauge.target) == ("gauge", (100.0,), 95.0)
    assert problem_charts.gauge_chart(desk, november.before()).values == ()


def test_withdrawal_words_are_those_of_the_newest_event(desk):
    november = period_of("month", date(2026, 11, 23))
    ticket = builders.a_ticket_in(desk, "withdrawn")
    with desk.store.write("test") as work:
        work.ticket_events.add(
            TicketEvent(ticket_id=ticket.id, at=work.now, kind="withdrawn", text="再次说明")
        )
    assert [one.reason for one in problems.lost(desk, november)] == ["再次说明"]
