"""The company's day: from its midnight to the next, whatever zone, also where a day has 23 or 25 hours (row T4)."""

from __future__ import annotations

from dataclasses import replace

import pendulum
import pytest

from deskapp.clock import StillClock

pytestmark = [pytest.mark.row("T4"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def test_a_day_ends_where_the_next_begins_and_is_asked_for_in_any_order(desk):
    zones = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns")
    hours = [
        pendulum.datetime(2026, month, day, hour, 30)
        for month, day in ((3, 29), (10, 25), (11, 27), (12, 31))
        for hour in range(24)
    ]
    for zone in zones:
        here = replace(desk, policy=replace(desk.policy, timezone=zone))
        for at in (*hours, *reversed(hours)):
            here.store.clock = StillClock(at)
            local = at.in_timezone(zone)
            midnight = local.start_of("day")
            assert here.today() == midnight
            assert here.end_of_day() == midnight.add(days=1)
            assert here.today() <= at < here.end_of_day()
