"""The response clock against the field's oracle, a minute-by-minute reference, and its invariants."""

from datetime import date, timedelta

import pendulum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain.calendar import BusinessHours, day_kind
from deskapp.domain.countdown import countdown, seconds_left
from deskapp.domain.response_clock import (
    Pause,
    ResponseClock,
    deadline,
    elapsed,
    instant_us,
)

HOUR = 3600
NINE_TO_SIX = BusinessHours.parse("09:00-18:00")
OFFICE = BusinessHours.parse("09:00-12:00,13:30-18:00")
SHANGHAI = "Asia/Shanghai"


def at(text, zone=SHANGHAI):
    return pendulum.parse(text, tz=zone)


def pause(start, end=None):
    return Pause(at(f"2026-03-02T{start}"), at(f"2026-03-02T{end}") if end else None)


def due(start, hours_allowed, hours=None, pauses=()):
    found = deadline(at(start), round(hours_allowed * HOUR), hours, pauses)
    return found and found.at.in_timezone(SHANGHAI).format("YYYY-MM-DDTHH:mm:ss")


@pytest.mark.row("T4")
@pytest.mark.parametrize(
    "pauses",
    [
        [pause("09:00", "10:05")],
        [pause("09:00", "09:30"), pause("09:30", "10:05")],
        [pause("09:20", "10:05"), pause("09:00", "09:40")],
        [pause("09:10", "09:20"), pause("09:00", "10:05"), pause("09:15", "09:50")],
        [pause("09:00", "10:05"), pause("09:00", "10:05")],
        [pause("09:00", "10:05"), pause("06:00", "07:30")],
        [pause("09:00", "10:05"), pause("11:05", "12:00")],
        [pause("09:00", "10:05"), pause("11:05"), pause("11:30", "12:30"), pause("13:00", "14:00")],
        [pause("09:00", "10:05"), pause("08:30", "08:20"), pause("08:40", "08:40")],
    ],
)
def test_the_fields_oracle_made_at_8_two_hours_paused_9_to_1005_is_due_1105(pauses):
    assert due("2026-03-02T08:00", 2, None, pauses) == "2026-03-02T11:05:00"


@pytest.mark.row("T4")
def test_a_pause_already_running_at_receipt_counts_from_receipt():
    assert due("2026-03-02T08:00", 2, None, [pause("07:00", "08:30")]) == "2026-03-02T10:30:00"


@pytest.mark.row("T4")
@pytest.mark.parametrize("opened", ["07:00", "08:00", "09:59"])
def test_an_open_pause_begun_in_time_leaves_no_deadline(opened):
    clock = ResponseClock(at("2026-03-02T08:00"), 2 * HOUR, None, (pause(opened),))
    assert clock.due_at is None
    assert clock.deadline is None
    assert clock.paused
    assert clock.state(at("2027-03-02T08:00")) == "paused"
    assert clock.remaining(at("2027-03-02T08:00")) == clock.remaining(at("2026-03-02T10:00")) > 0


@pytest.mark.row("T4")
def test_an_open_pause_begun_too_late_saves_nobody():
    clock = ResponseClock(at("2026-03-02T08:00"), 2 * HOUR, None, (pause("10:00"),))
    assert not clock.paused
    assert clock.state(at("2026-03-02T10:00:01")) == "overdue"


@pytest.mark.row("T4")
@pytest.mark.parametrize(
    ("start", "allowed", "hours", "expected"),
    [
        ("2026-03-06T17:00", 2, NINE_TO_SIX, "2026-03-09T10:00:00"),
        ("2026-03-06T17:00", 1, NINE_TO_SIX, "2026-03-06T18:00:00"),
        ("2026-03-07T03:00", 1, NINE_TO_SIX, "2026-03-09T10:00:00"),
        ("2026-03-06T11:30", 1, OFFICE, "2026-03-06T14:00:00"),
        ("2026-03-06T12:45", 1, OFFICE, "2026-03-06T14:30:00"),
        ("2026-03-06T11:30", 24, OFFICE, "2026-03-11T14:30:00"),
        # the Sunday before Spring Festival 2024 was worked, the Saturday was not
        ("2024-02-02T17:00", 2, NINE_TO_SIX, "2024-02-04T10:00:00"),
        # Spring Festival: Friday 9 February worked until six, next worked day Sunday 18 February
        ("2024-02-09T17:00", 2, NINE_TO_SIX, "2024-02-18T10:00:00"),
        # National Day and Mid-autumn 2025: 1 to 8 October free, Saturday 11 October worked
        ("2025-09-30T17:30", 1, NINE_TO_SIX, "2025-10-09T09:30:00"),
        ("2025-10-10T17:30", 1, NINE_TO_SIX, "2025-10-11T09:30:00"),
    ],
)
def test_business_hours_know_nights_lunch_weekends_holidays_and_makeup_days(start, allowed, hours, expected):
    assert due(start, allowed, hours) == expected


@pytest.mark.row("T4")
def test_pauses_cost_only_working_time():
    friday_noon_to_monday_noon = Pause(at("2026-03-06T12:00"), at("2026-03-09T12:00"))
    assert due("2026-03-06T11:00", 2, NINE_TO_SIX, [friday_noon_to_monday_noon]) == "2026-03-09T13:00:00"
    night = Pause(at("2026-03-06T19:00"), at("2026-03-09T08:00"))
    assert due("2026-03-06T17:00", 2, NINE_TO_SIX, [night]) == "2026-03-09T10:00:00"


@pytest.mark.row("T4")
def test_a_deadline_beyond_the_published_years_is_provisional():
    from deskapp.domain.calendar import years_published

    last = years_published()[-1]
    eve = at(f"{last}-12-31T17:59")
    beyond = deadline(eve, 40 * HOUR, NINE_TO_SIX)
    assert beyond.provisional
    assert beyond.at.in_timezone(SHANGHAI).year == last + 1
    assert not deadline(eve, 40 * HOUR, None).provisional
    assert not deadline(at("2026-03-06T17:00"), 2 * HOUR, NINE_TO_SIX).provisional
    assert ResponseClock(eve, 40 * HOUR, NINE_TO_SIX).deadline == beyond


@pytest.mark.row("T4")
@pytest.mark.parametrize("night", ["2026-03-28T20:00", "2026-10-24T20:00"])
def test_daylight_saving_changes_nothing_on_the_calendar_clock(night):
    start = at(night, "Europe/Paris")
    found = deadline(start, 24 * HOUR, None)
    assert found.at.int_timestamp - start.int_timestamp == 24 * HOUR
    assert elapsed(start, found.at.in_timezone("America/New_York"), None) == 24 * HOUR


@pytest.mark.row("T4")
def test_business_hours_follow_the_wall_where_clocks_are_changed():
    paris = BusinessHours.parse("09:00-18:00", "Europe/Paris")
    found = deadline(at("2026-03-27T17:00", "Europe/Paris"), 2 * HOUR, paris)
    assert found.at == at("2026-03-30T10:00", "Europe/Paris")


@pytest.mark.row("T4")
def test_met_to_the_second_the_deadline_included():
    start = at("2026-03-02T08:00:00.250000")
    in_time = ResponseClock(start, 24 * HOUR, stopped_at=start.add(hours=24))
    too_late = ResponseClock(start, 24 * HOUR, stopped_at=start.add(hours=24, microseconds=1))
    assert (in_time.met, in_time.state(start)) == (True, "met")
    assert (too_late.met, too_late.state(start)) == (False, "missed")
    assert ResponseClock(start, 24 * HOUR).met is None


@pytest.mark.row("T4")
def test_an_answer_during_an_open_pause_is_met():
    clock = ResponseClock(
        at("2026-03-02T08:00"), 2 * HOUR, None, (pause("09:00"),), stopped_at=at("2026-03-05T08:00")
    )
    assert clock.met
    assert not clock.paused
    assert clock.elapsed(at("2026-03-09T08:00")) == HOUR


@pytest.mark.row("T4")
@pytest.mark.parametrize(
    ("now", "state", "left"),
    [
        ("2026-03-02T08:00:00", "calm", 24 * HOUR),
        ("2026-03-03T03:59:59", "calm", 4 * HOUR + 1),
        ("2026-03-03T04:00:00", "amber", 4 * HOUR),
        ("2026-03-03T06:59:59", "amber", HOUR + 1),
        ("2026-03-03T07:00:00", "red", HOUR),
        ("2026-03-03T08:00:00", "red", 0),
        ("2026-03-03T08:00:01", "overdue", -1),
        ("2026-03-03T11:12:40", "overdue", -(3 * HOUR + 12 * 60 + 40)),
    ],
)
def test_states_by_time_left(now, state, left):
    clock = ResponseClock(at("2026-03-02T08:00"), 24 * HOUR)
    assert (clock.state(at(now)), clock.remaining(at(now))) == (state, left)


@pytest.mark.row("T4")
def test_thresholds_are_the_policys():
    clock = ResponseClock(at("2026-03-02T08:00"), 24 * HOUR)
    assert clock.state(at("2026-03-02T20:00"), amber_s=12 * HOUR, red_s=0) == "amber"
    assert clock.state(at("2026-03-02T20:00"), amber_s=12 * HOUR, red_s=12 * HOUR) == "red"


@pytest.mark.parametrize("hours", [None, NINE_TO_SIX])
def test_a_pause_yet_to_come_changes_nothing_now(hours):
    start, now = at("2026-03-02T10:00"), at("2026-03-02T11:00")
    assert elapsed(start, now, hours, [pause("12:00")]) == HOUR
    assert elapsed(start, now, hours, [pause("12:00", "13:00")]) == HOUR


def test_paused_only_while_the_pause_lasts():
    clock = ResponseClock(at("2026-03-02T08:00"), 24 * HOUR, None, (pause("09:00", "10:00"),))
    states = [clock.state(at(f"2026-03-02T{now}")) for now in ("08:59:59", "09:00", "09:59:59", "10:00")]
    assert states == ["calm", "paused", "paused", "calm"]


def test_an_answered_clock_stands_still():
    clock = ResponseClock(at("2026-03-02T08:00"), 24 * HOUR, stopped_at=at("2026-03-02T14:00"))
    assert clock.elapsed(at("2026-05-02T14:00")) == 6 * HOUR
    assert clock.fraction_used(at("2026-05-02T14:00")) == 0.25


def test_a_receipt_in_the_future_has_used_nothing():
    assert elapsed(at("2026-03-02T08:00"), at("2026-03-02T07:00"), None) == 0
    assert elapsed(at("2026-03-02T08:00"), at("2026-03-02T07:00"), OFFICE) == 0


def test_no_time_allowed_is_used_up_at_once():
    clock = ResponseClock(at("2026-03-02T03:00"), 0, OFFICE)
    assert clock.due_at == clock.received_at
    assert clock.fraction_used(clock.received_at) == 1.0
    with pytest.raises(ValueError):
        ResponseClock(at("2026-03-02T03:00"), -1)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "00:00:00"),
        (2467, "00:41:07"),
        (86399, "23:59:59"),
        (120 * HOUR, "120:00:00"),
        (-1, "+00:00:01"),
        (-(3 * HOUR + 12 * 60 + 40), "+03:12:40"),
    ],
)
def test_countdown(seconds, shown):
    assert countdown(seconds) == shown


@given(st.integers(-10_000_000, 10_000_000))
def test_countdown_reads_back(seconds):
    hours, minutes, rest = map(int, countdown(seconds).lstrip("+").split(":"))
    assert (hours * HOUR + minutes * 60 + rest) * (-1 if "+" in countdown(seconds) else 1) == seconds


EPOCH = pendulum.datetime(2024, 1, 20)
instants = st.integers(0, 60 * 86400 * 10**6).map(lambda us: EPOCH.add(microseconds=us))
lengths = st.integers(0, 5 * 86400)
calendars = st.sampled_from([None, OFFICE, NINE_TO_SIX, BusinessHours.parse("00:00-24:00", "Europe/Paris")])


@st.composite
def histories(draw, most=4):
    found = []
    for start in draw(st.lists(instants, max_size=most)):
        length = draw(st.none() | lengths)
        found.append(Pause(start, None if length is None else start.add(seconds=length)))
    return tuple(found)


@pytest.mark.row("T4")
@given(instants, st.integers(0, 10 * 86400), calendars, histories(), instants)
def test_elapsed_and_remaining_make_the_target(start, target, hours, pauses, now):
    clock = ResponseClock(start, target, hours, pauses)
    assert clock.elapsed(now) + clock.remaining(now) == target
    assert 0 <= clock.elapsed(now) <= max(0, instant_us(now) - instant_us(start)) // 10**6


@pytest.mark.row("T4")
@given(instants, st.integers(1, 10 * 86400), calendars, histories())
def test_the_deadline_is_the_first_instant_at_which_the_target_is_used(start, target, hours, pauses):
    found = deadline(start, target, hours, pauses)
    if found is None:
        assert elapsed(start, start.add(years=3), hours, pauses) < target
        return
    assert elapsed(start, found.at, hours, pauses) == target
    assert elapsed(start, found.at.subtract(microseconds=1), hours, pauses) == target - 1


@pytest.mark.row("T4")
@given(instants, calendars, histories(), instants, instants)
def test_the_clock_never_runs_backwards_nor_faster_than_time(start, hours, pauses, one, other):
    early, late = sorted((one, other))
    used = elapsed(start, late, hours, pauses) - elapsed(start, early, hours, pauses)
    assert 0 <= used <= (instant_us(late) - instant_us(early)) // 10**6 + 1


@pytest.mark.row("T4")
@given(instants, st.integers(0, 10 * 86400), calendars, histories(), instants)
def test_state_and_met_agree(start, target, hours, pauses, now):
    clock = ResponseClock(start, target, hours, pauses)
    answered = ResponseClock(start, target, hours, pauses, stopped_at=now)
    assert answered.met == (clock.state(now) != "overdue")
    assert answered.elapsed(now.add(days=400)) == clock.elapsed(now)


@given(instants, st.integers(0, 10 * 86400), calendars, histories(), st.randoms(use_true_random=False))
def test_the_order_of_pauses_does_not_matter(start, target, hours, pauses, random):
    shuffled = list(pauses) + list(pauses[:1])
    random.shuffle(shuffled)
    assert deadline(start, target, hours, shuffled) == deadline(start, target, hours, pauses)


@pytest.mark.row("T4")
@given(instants, st.integers(0, 10 * 86400), st.integers(0, 20 * 86400 * 10**6))
def test_the_painted_seconds_are_the_clocks(start, target, later):
    clock = ResponseClock(start, target)
    now = start.add(microseconds=later)
    assert seconds_left(clock.due_at_us, instant_us(now)) == clock.remaining(now)


def open_at(hours, moment):
    wall = moment.in_timezone(hours.timezone)
    if not day_kind(date(wall.year, wall.month, wall.day)).working:
        return False
    return any(start <= wall.hour * 60 + wall.minute < end for start, end in hours.windows)


@pytest.mark.row("T4")
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 30 * 1440), st.integers(1, 2000), st.sampled_from([OFFICE, NINE_TO_SIX]), st.data())
def test_a_minute_by_minute_reference_agrees(minute, allowed, hours, data):
    start = EPOCH.add(minutes=minute)
    offsets = data.draw(st.lists(st.tuples(st.integers(-300, 6000), st.integers(0, 4000)), max_size=3))
    pauses = [
        Pause(start.add(minutes=offset), start.add(minutes=offset + length)) for offset, length in offsets
    ]
    moment, used = start, 0
    while used < allowed:
        if open_at(hours, moment) and not any(each.start <= moment < each.end for each in pauses):
            used += 1
        moment += timedelta(minutes=1)
    assert deadline(start, allowed * 60, hours, pauses).at == moment
