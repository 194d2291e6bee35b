"""A deadline in a year not published yet is marked, and moves once the year is known."""

import pytest

from deskapp.domain import calendar
from deskapp.domain.calendar import DayKind
from deskapp.domain.policy import Policy
from deskapp.services import clocks, company
from tests import builders

pytestmark = pytest.mark.row("T4")


def test_a_provisional_deadline_is_reckoned_again_once_the_year_is_published(desk, clock, monkeypatch):
    clock.at = clock.at.set(month=12, day=31, hour=2)
    desk = company.save_policy(desk, Policy(clock_calendar="business"))
    ticket = builders.a_complaint(desk, severity="minor")
    assert ticket.provisional
    assert clocks.reckon_again(desk) == 0, "nothing new is known yet"

    known = calendar.day_kind

    def published(day):
        found = known(day)
        if day.year != 2027:
            return found
        return DayKind(working=found.working and (day.month, day.day) > (1, 3), holiday="", published=True)

    monkeypatch.setattr(calendar, "day_kind", published)
    monkeypatch.setattr("deskapp.domain.response_clock.years_published", lambda: range(2004, 2028))
    calendar.open_spans.cache_clear()
    assert clocks.reckon_again(desk) == 1
    with desk.read() as work:
        after = work.tickets.find(ticket.id)
    assert not after.provisional
    assert after.respond_by > ticket.respond_by, "the New Year's days off are known now"
    calendar.open_spans.cache_clear()
