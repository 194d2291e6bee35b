"""The planner: events move, come twice, late, corrected or taken back; no call is doubled, lost or torn away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deskapp.domain import followup as plan
from deskapp.domain.followup import Create, Drop, Followup, Miss, Move
from deskapp.domain.programme import FollowupRule

pytestmark = pytest.mark.row("F1", "F2", "F3")

FIRST = date(2025, 3, 3)
HORIZON = timedelta(days=400)
RULES = {
    "weekly": FollowupRule(
        id=1, anchor="start", first_count=1, first_unit="week", every_count=1, every_unit="week",
        until_event="completed", purpose="weekly",
    ),
    "monthly": FollowupRule(
        id=2, anchor="completed", first_count=2, first_unit="month", every_count=1, every_unit="month",
        until_count=12, until_unit="month", purpose="monthly",
    ),
    "quarterly": FollowupRule(
        id=3, anchor="completed", first_count=15, first_unit="month", every_count=3, every_unit="month",
        until_count=24, until_unit="month", purpose="quarterly",
    ),
    "daily": FollowupRule(
        id=4, anchor="start", first_count=1, every_count=1, until_count=3, until_unit="week", shift="previous",
    ),
    "fortnight": FollowupRule(
        id=5, anchor="start", first_count=3, every_count=2, every_unit="week", shift="keep", until_event="completed",
    ),
    "once": FollowupRule(id=6, anchor="midterm", first_count=1, purpose="midterm"),
}  # fmt: skip


class Site:
    """What is stored of one rule at one site, and what happens to it."""

    def __init__(self, rule: FollowupRule) -> None:
        self.rule, self.today = rule, FIRST
        self.events: dict[str, date] = {}
        self.there: dict[int, Followup] = {}
        self.busy: set[int] = set()

    @property
    def fixed(self) -> list[Followup]:
        """Made, missed, or being made."""
        return [
            one
            for one in self.there.values()
            if one.state in ("done", "missed") or (one.waits and one.id in self.busy)
        ]

    @property
    def free(self) -> list[Followup]:
        return [one for one in self.there.values() if one.waits and one.id not in self.busy]

    def laid(self) -> list[plan.Wanted]:
        return list(plan.laid_out(self.rule, self.events, self.today, self.today + HORIZON))

    def intents(self) -> list[plan.Intent]:
        return plan.decide(self.rule, list(self.there.values()), self.laid(), frozenset(self.busy))

    def settle(self) -> None:
        """Do what is decided, as the services store it."""
        for one in self.intents():
            if isinstance(one, Create):
                number = len(self.there) + 1
                self.put(Followup(id=number, purpose=self.rule.purpose), one.wanted)
                if one.missed:
                    self.there[number] = replace(self.there[number], state="missed")
            elif isinstance(one, Move):
                self.put(replace(one.followup, purpose=self.rule.purpose), one.wanted)
            elif isinstance(one, Drop):
                self.there[one.followup.id] = replace(one.followup, state="dropped")
            else:
                assert isinstance(one, Miss)
                assert one.wanted is not None
                self.put(replace(one.followup, state="missed"), one.wanted)

    def put(self, one: Followup, want: plan.Wanted) -> None:
        days = {"planned_on": want.planned_on, "due_on": want.due_on, "provisional": want.provisional}
        self.there[one.id] = replace(one, **days)

    def happen(self, what: str, number: int) -> None:
        """One thing of an ordinary life."""
        due = sorted((one for one in self.free if one.due_on <= self.today), key=lambda one: one.due_on)
        if what in ("start", "midterm", "completed"):
            self.events[what] = self.today + timedelta(days=number)
        elif what.startswith("no "):
            self.events.pop(what.removeprefix("no "), None)
        elif what == "days":
            self.today += timedelta(days=abs(number))
        elif what == "edit":
            self.rule = replace(self.rule, first_count=abs(number) % 9, since_on=self.today)
        elif what == "take" and due:
            self.busy.add(due[number % len(due)].id)
        elif what == "give back":
            self.busy.clear()
        elif what in ("done", "missed") and due:
            one = due[number % len(due)]
            self.there[one.id] = replace(one, state=what)
        elif what == "end" and self.busy:
            one = self.there[self.busy.pop()]
            self.there[one.id] = replace(one, state="done")


HAPPENS = (
    *("start", "midterm", "completed", "no start", "no midterm", "no completed"),
    *("days", "days", "days", "edit", "take", "give back", "done", "done", "missed", "end"),
)
lives = st.lists(st.tuples(st.sampled_from(HAPPENS), st.integers(-40, 40)), max_size=25)


@given(st.sampled_from(sorted(RULES)), lives)
@settings(max_examples=400)
@example("weekly", [("start", 0), ("days", 9), ("take", 0), ("start", 3), ("end", 0), ("start", -30)])
@example("fortnight", [("start", 0), ("days", 3), ("done", 0), ("start", 4)])
@example(
    "once", [("midterm", 0), ("days", 3), ("done", 0), ("midterm", 9), ("no midterm", 0), ("midterm", 0)]
)
def test_whatever_happens_nothing_is_doubled_lost_or_torn_away(name, life) -> None:
    site = Site(RULES[name])
    for what, number in life:
        site.happen(what, number)
        before = {one.id: one for one in site.fixed}
        site.settle()
        for number_of, one in before.items():
            assert site.there[number_of] == one, "made, missed or being made: it stays as it is"
        assert site.intents() == [], "deciding again decides nothing"
        each_day_has_one_call(site)


def each_day_has_one_call(site: Site) -> None:
    """Every day demanded has exactly one call that waits, or one that was made stands for it; no other call waits."""
    laid = site.laid()
    demanded = {
        want.planned_on for want in plan.wanted(site.rule, site.events, site.today, site.today + HORIZON)
    }
    waits = [one.planned_on for one in site.free]
    assert len(waits) == len(set(waits)), "no day has two"
    assert set(waits) <= {want.planned_on for want in laid}, "what waits is demanded"
    for want in laid:
        stands = [one for one in site.fixed if stands_for(site.rule, one, want.planned_on)]
        here = waits.count(want.planned_on)
        assert not (stands and here), f"{want.planned_on} is doubled"
        assert not (want.overtaken and here), f"{want.planned_on} is too late to be made"
        if want.planned_on in demanded:
            assert stands or here == 1, f"{want.planned_on} is lost"


def stands_for(rule: FollowupRule, one: Followup, day: date) -> bool:
    if not rule.repeats:
        return one.state != "missed" or one.planned_on >= day
    length = {"day": 1, "week": 7, "month": 28}[rule.every_unit] * rule.every_count
    return abs((one.planned_on - day).days) * 2 < length


def laid_days(rule: FollowupRule, today: date = FIRST, **events: date) -> list[date]:
    return [one.due_on for one in plan.wanted(rule, events, today, today + HORIZON)]


@pytest.mark.parametrize(
    ("day", "shift", "due"),
    [
        (date(2024, 2, 4), "next", date(2024, 2, 4)),  # a Sunday worked before Spring Festival
        (date(2024, 2, 10), "next", date(2024, 2, 18)),  # and the Sunday worked after it
        (date(2024, 5, 1), "previous", date(2024, 4, 30)),
        (date(2024, 5, 1), "next", date(2024, 5, 6)),
        (date(2025, 1, 28), "next", date(2025, 2, 5)),
        (date(2025, 1, 28), "previous", date(2025, 1, 27)),
        (date(2025, 10, 1), "next", date(2025, 10, 9)),
        (date(2026, 1, 2), "next", date(2026, 1, 4)),
        (date(2026, 2, 16), "previous", date(2026, 2, 14)),
        (date(2026, 2, 16), "next", date(2026, 2, 24)),
        (date(2026, 2, 16), "keep", date(2026, 2, 16)),
        (date(2026, 11, 28), "next", date(2026, 11, 30)),
    ],
)
def test_a_day_off_is_stepped_over_as_china_really_works(day, shift, due) -> None:
    assert plan.shifted(day, shift) == (due, False)


@given(st.dates(date(2024, 1, 15), date(2026, 12, 15)), st.sampled_from(["next", "previous"]))
def test_a_call_moves_to_the_nearest_day_worked_and_no_further(day, shift) -> None:
    due, provisional = plan.shifted(day, shift)
    assert not provisional
    assert chinese_calendar.is_workday(due)
    step = 1 if shift == "next" else -1
    between = (day + timedelta(days=step * n) for n in range(abs((due - day).days)))
    assert not any(chinese_calendar.is_workday(one) for one in between)


def test_two_years_beyond_the_published_calendar_are_provisional_and_on_weekdays() -> None:
    completed = date(2026, 11, 20)
    calls = [
        one
        for name in ("monthly", "quarterly")
        for one in plan.wanted(RULES[name], {"completed": completed}, completed, completed + HORIZON)
    ]
    assert [one.planned_on for one in calls[-4:]] == [
        date(2028, 2, 20), date(2028, 5, 20), date(2028, 8, 20), date(2028, 11, 20)
    ]  # fmt: skip
    assert len(calls) == 11 + 4
    assert all(one.provisional for one in calls if one.planned_on.year > 2026)
    assert all(one.due_on.weekday() < 5 for one in calls if one.provisional)
    assert calls[-4].due_on == date(2028, 2, 21), "a Sunday nobody knows better of"


def test_a_long_holiday_brings_two_weekly_calls_to_one_day_and_one_is_made() -> None:
    days = laid_days(RULES["weekly"], start=date(2025, 9, 17))
    assert days[:4] == [date(2025, 9, 24), date(2025, 10, 9), date(2025, 10, 15), date(2025, 10, 22)]
    assert len(set(days)) == len(days)


def test_a_call_is_overtaken_when_the_next_of_its_rhythm_is_due() -> None:
    events = {"start": date(2025, 3, 3), "midterm": date(2025, 3, 3)}
    calls = plan.wanted(RULES["weekly"], events, date(2025, 3, 24), date(2025, 4, 30))
    assert [one.overtaken for one in calls[:4]] == [True, True, False, False]
    assert [one.overtaken for one in plan.wanted(RULES["once"], events, date(2025, 4, 24), FIRST)] == [False]


def test_months_are_counted_from_the_event_so_that_short_ones_shift_nothing() -> None:
    assert plan.add(date(2025, 1, 31), 1, "month") == date(2025, 2, 28)
    assert plan.add(date(2024, 1, 31), 1, "month") == date(2024, 2, 29)
    rule = replace(RULES["monthly"], shift="keep")
    days = laid_days(rule, completed=date(2024, 12, 31))
    assert days[:4] == [date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30), date(2025, 5, 31)]
    assert days[-1] == date(2025, 12, 31)
    assert len(days) == 11


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 60))
def test_a_month_later_is_the_same_day_or_the_last(day, months) -> None:
    later = plan.add(day, months, "month")
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_a_completion_ends_the_weekly_calls_the_day_before_it() -> None:
    start = date(2025, 3, 3)
    assert laid_days(RULES["weekly"], start=start, completed=date(2025, 3, 24)) == [
        date(2025, 3, 10), date(2025, 3, 17)
    ]  # fmt: skip


def test_a_rule_demands_nothing_before_its_first_day_but_keeps_what_is_there() -> None:
    rule = replace(RULES["once"], since_on=date(2025, 3, 10))
    events = {"midterm": date(2025, 3, 3)}
    assert plan.wanted(rule, events, FIRST, FIRST) == []
    laid = plan.laid_out(rule, events, FIRST, FIRST)
    assert plan.decide(rule, [], laid) == []
    due = Followup(
        id=1, purpose="midterm", state="queued", planned_on=date(2025, 3, 4), due_on=date(2025, 3, 4)
    )
    assert plan.decide(rule, [due], laid) == [], "an overdue call is not lost because its rule was edited"


def test_an_event_that_moves_far_moves_its_calls_in_order() -> None:
    site = Site(RULES["monthly"])
    site.events["completed"] = date(2025, 3, 3)
    site.settle()
    ids = [one.id for one in sorted(site.free, key=lambda one: one.planned_on)]
    site.events["completed"] = date(2025, 3, 17)
    assert all(isinstance(one, Move) for one in site.intents())
    site.settle()
    assert [one.id for one in sorted(site.free, key=lambda one: one.planned_on)] == ids


def test_what_a_rule_is_for_reaches_the_calls_that_wait() -> None:
    site = Site(RULES["once"])
    site.events["midterm"] = FIRST
    site.settle()
    site.rule = replace(site.rule, purpose="other")
    site.settle()
    assert [one.purpose for one in site.free] == ["other"]


def test_the_mark_changes_with_all_that_decides_the_calls() -> None:
    events, known = {"start": FIRST}, [RULES["weekly"]]
    mark = plan.mark_of(events, known, True, 2026)
    assert plan.mark_of(dict(events), list(known), True, 2026) == mark
    others = [
        plan.mark_of({"start": FIRST + timedelta(days=1)}, known, True, 2026),
        plan.mark_of({"completed": FIRST}, known, True, 2026),
        plan.mark_of(events, [replace(known[0], shift="keep")], True, 2026),
        plan.mark_of(events, known, False, 2026),
        plan.mark_of(events, known, True, 2027),
    ]
    assert len({mark, *others}) == 6
    assert plan.mark_of(events, [replace(known[0], name="每周", script_id=3)], True, 2026) == mark
