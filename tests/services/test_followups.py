"""Calls that plan themselves: laid out, moved, taken back with the events of a site; rules edited; years published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain import followup as plan
from deskapp.domain.calendar import DayKind, day_kind
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.programme import FollowupRule, Script
from deskapp.domain.site import Milestone, Payment
from deskapp.services import clients, followups, planning, programme, tickets
from tests import builders

pytestmark = pytest.mark.row("F1", "F2", "F3")

TODAY = date(2026, 11, 23)
WEEK = timedelta(weeks=1)


@pytest.fixture
def site(desk):
    """A site begun today."""
    return builders.a_site(desk, builders.a_client(desk), start_date=TODAY)


def of(desk, site, purpose=None):
    """What is demanded for a site, by day."""
    with desk.read() as work:
        found = work.followups.of_site(site.id)
    return [one for one in found if one.state != "dropped" and purpose in (None, one.purpose)]


def days(found):
    return [one.due_on for one in found]


def now_of(desk, site):
    with desk.read() as work:
        return work.sites.find(site.id)


def rule_of(desk, code):
    with desk.read() as work:
        return next(rule for rule in work.followup_rules.listed() if rule.code == code)


def reached(desk, site, kind, day):
    """A milestone is reached on a day, or, None, taken back."""
    with desk.write("milestone.save") as work:
        there = next((one for one in work.milestones.of([site.id]) if one.kind == kind), None)
        if there is None:
            work.milestones.add(Milestone(site_id=site.id, kind=kind, done_on=day))
        else:
            work.milestones.save(replace(there, done_on=day))
        return followups.plan_in(work, desk, [site.id])


def test_a_start_lays_out_a_call_a_week(desk, site):
    weekly = of(desk, site)
    assert {one.purpose for one in weekly} == {"weekly"}
    assert days(weekly) == [TODAY + WEEK * n for n in range(1, 9)], "as far as the horizon"
    assert {one.state for one in weekly} == {"planned"}
    assert all(one.client_id == site.client_id for one in weekly)


def test_a_corrected_start_moves_the_same_calls(desk, site):
    before = of(desk, site)
    clients.save_site(desk, replace(site, start_date=TODAY + timedelta(days=2)))
    after = of(desk, site)
    assert days(after) == [one.due_on + timedelta(days=2) for one in before]
    assert [one.id for one in after] == [one.id for one in before]


def test_the_same_notice_again_changes_nothing(desk, site):
    with desk.read() as work:
        latest = work.latest()
    clients.save_site(desk, now_of(desk, site))
    with desk.read() as work:
        assert work.latest() == latest
    assert not followups.plan_pending(desk).anything


def test_a_completion_ends_the_weekly_calls_and_begins_two_years(desk, site, clock):
    clock.at = clock.at.add(days=30)
    completed = TODAY + timedelta(days=24)
    done = clients.save_site(desk, replace(now_of(desk, site), stage="warranty", completed_on=completed))
    assert days(of(desk, site, "weekly")) == [TODAY + WEEK * n for n in (1, 2, 3)]
    assert [one.planned_on for one in of(desk, site, "completed")] == [date(2027, 1, 17)]
    assert [one.planned_on for one in of(desk, site, "monthly")][::10] == [
        date(2027, 2, 17),
        date(2027, 12, 17),
    ]
    assert len(of(desk, site, "monthly")) == 11
    assert [one.planned_on.month for one in of(desk, site, "quarterly")] == [3, 6, 9, 12]
    clients.save_site(desk, replace(done, stage="building", completed_on=None))
    assert {one.purpose for one in of(desk, site)} == {"weekly"}
    assert of(desk, site, "weekly")[-1].due_on > completed + WEEK, "building goes on, and so do its calls"


def test_a_cancelled_site_is_left_alone(desk, site):
    clients.save_site(desk, replace(site, stage="cancelled"))
    assert of(desk, site) == []


def test_a_site_finished_on_a_day_nobody_knows_gets_no_endless_weekly_calls(desk, site):
    clients.save_site(desk, replace(site, stage="warranty"))
    assert of(desk, site) == []


def test_a_milestone_brings_one_call_however_often_it_is_told(desk, site):
    reached(desk, site, "materials", TODAY)
    reached(desk, site, "materials", TODAY + timedelta(days=2))
    assert days(of(desk, site, "materials")) == [TODAY + timedelta(days=3)]
    assert not reached(desk, site, "materials", TODAY + timedelta(days=2)).anything
    reached(desk, site, "materials", None)
    assert of(desk, site, "materials") == []


def test_money_due_is_asked_for_until_it_is_paid(desk, site):
    with desk.write("payment.save") as work:
        owed = work.payments.add(
            Payment(site_id=site.id, kind="midterm", amount=3_000_000, due_on=TODAY + timedelta(days=1))
        )
        followups.plan_in(work, desk, [site.id])
    asked = of(desk, site, "payment")
    assert days(asked)[:2] == [date(2026, 11, 25), date(2026, 12, 2)]
    with desk.write("payment.save") as work:
        work.payments.save(replace(owed, paid_on=TODAY))
        followups.plan_in(work, desk, [site.id])
    assert of(desk, site, "payment") == []


def test_a_deposit_is_followed_until_the_contract_is_signed(desk):
    site = builders.a_site(desk, builders.a_client(desk), stage="deposit", deposit_date=TODAY)
    assert days(of(desk, site, "deposit"))[:2] == [date(2026, 11, 26), date(2026, 12, 3)]
    clients.save_site(desk, replace(site, stage="signed", signed_on=TODAY))
    assert of(desk, site) == []


def test_a_client_who_wants_no_calls_gets_none_and_may_change_their_mind(desk, site):
    with desk.read() as work:
        client = work.clients.find(site.client_id)
    client = clients.save(desk, replace(client, wants_calls=False)).client
    assert of(desk, site) == []
    clients.save(desk, replace(client, wants_calls=True))
    assert len(of(desk, site)) == 8


def test_a_problem_said_to_be_solved_brings_a_call_about_it(desk, site):
    ticket = builders.a_ticket_in(desk, "resolved", site.client_id, site_id=site.id)
    (asks,) = of(desk, site, "solved")
    assert (asks.ticket_id, asks.state, asks.due_on) == (ticket.id, "queued", TODAY)
    with desk.read() as work:
        call = work.calls.find(asks.call_id)
    assert (call.kind, call.purpose, call.followup_id) == ("verification", "solved", asks.id)
    tickets.move(desk, ticket, "reopen", "没修好")
    assert of(desk, site, "solved") == []


def test_two_years_go_by_and_the_weekly_calls_never_run_out(desk, site, clock):
    for _ in range(30):
        clock.at = clock.at.add(days=25)
        followups.tick(desk)
    there = of(desk, site)
    planned = [one.planned_on for one in there]
    assert len(planned) == len(set(planned))
    assert max(planned) > TODAY + timedelta(days=30 * 25 + 28)
    gaps = {(later - one).days for one, later in zip(planned, planned[1:], strict=False)}
    assert gaps == {7}


def changed(desk, code, **fields):
    """Edit a rule and lay everything out by it."""
    saved = programme.save_rule(desk, replace(rule_of(desk, code), **fields))
    return saved, followups.plan_all(desk)


def test_an_edited_rule_lays_every_site_out_anew_from_today(desk, site, clock):
    clock.at = clock.at.add(days=8)
    followups.tick(desk)
    saved, laid = changed(desk, "weekly", every_count=2)
    assert saved.since_on == TODAY + timedelta(days=8)
    assert (laid.sites, laid.dropped) == (1, 3)
    weekly = of(desk, site)
    assert [one.planned_on for one in weekly] == [TODAY + WEEK * n for n in (1, 3, 5, 7, 9)]
    assert weekly[0].state == "queued", "what was due already is still to be made"
    assert not followups.plan_all(desk).anything


def test_a_rule_off_calls_its_calls_off_and_on_again_demands_nothing_of_the_past(desk, site, clock):
    _, laid = changed(desk, "weekly", active=False)
    assert (laid.dropped, of(desk, site)) == (8, [])
    clock.at = clock.at.add(days=9)
    changed(desk, "weekly", active=True)
    assert days(of(desk, site))[0] == TODAY + WEEK * 2


def test_a_change_of_words_lays_nothing_out(desk, site):
    with desk.read() as work:
        script = work.scripts.by_code("warranty")
    _, laid = changed(desk, "weekly", name="每周问候", script_id=script.id)
    assert laid.sites == 0


def test_a_new_rule_is_added_once_and_reaches_every_site(desk, site):
    rule = FollowupRule(name="开工次日", anchor="start", first_count=1, purpose="other")
    saved = programme.save_rule(desk, rule, key="form-1")
    assert programme.save_rule(desk, rule, key="form-1") == saved
    assert (saved.code.startswith("own-"), saved.since_on) == (True, TODAY)
    followups.plan_all(desk)
    assert days(of(desk, site, "other")) == [TODAY + timedelta(days=1)]
    with pytest.raises(RuleBroken, match=r"followup\.code_taken"):
        programme.save_rule(desk, replace(rule, code="weekly"))


def test_scripts_are_edited_and_added_once(desk):
    with desk.read() as work:
        weekly = work.scripts.by_code("weekly")
    asked = [*weekly.questions, {"code": "q1", "text": "水电改好了吗？", "kind": "yes_no"}]
    saved = programme.save_script(desk, replace(weekly, questions=asked))
    with desk.read() as work:
        assert list(work.scripts.find(saved.id).questions) == asked
    new = Script(name="节后问候", opening="新年好")
    assert programme.save_script(desk, new, key="form-2") == programme.save_script(desk, new, key="form-2")
    with desk.read() as work:
        assert [one.name for one in work.scripts.listed()].count("节后问候") == 1


def test_an_agent_does_not_edit_the_programme(second_desk):
    with pytest.raises(NotAllowed):
        programme.save_rule(second_desk, rule_of(second_desk, "weekly"))
    with pytest.raises(NotAllowed):
        programme.save_script(second_desk, Script(name="话术"))


def test_a_preview_is_what_is_laid_out(desk, site):
    weekly = rule_of(desk, "weekly")
    calls = programme.preview(desk, weekly, site.id)
    assert [one.due_on for one in calls][:8] == days(of(desk, site))
    trial = programme.trial_of(desk)
    assert (trial.site_id, trial.client, trial.events) == (site.id, "张伟明", {"start": TODAY})
    monthly = programme.tried(rule_of(desk, "monthly"), trial)
    assert monthly.assumed, "completion has not happened: shown as if it were today"
    assert (monthly.calls[0].planned_on, len(monthly.calls)) == (date(2027, 1, 23), 11)
    edited = programme.tried(replace(weekly, every_count=4, active=False), trial, weekly)
    assert [one.planned_on for one in edited.calls][:2] == [TODAY + WEEK, TODAY + WEEK * 5]


def test_without_a_site_there_is_nothing_to_try_rules_on(desk):
    assert programme.trial_of(desk) is None


@pytest.fixture
def calendar(monkeypatch):
    """Publish another year: its first week of March off, the Saturday after it worked."""

    def publish():
        def kind(day):
            if day.year != 2027:
                return day_kind(day)
            free = date(2027, 3, 1) <= day <= date(2027, 3, 5)
            worked = (day.weekday() < 5 and not free) or day == date(2027, 3, 6)
            return DayKind(working=worked, holiday="", published=True)

        plan.shifted.cache_clear()
        plan._laid_out.cache_clear()
        monkeypatch.setattr(plan, "day_kind", kind)
        for module in (planning, followups):
            monkeypatch.setattr(module, "years_published", lambda: range(2004, 2028))

    yield publish
    monkeypatch.undo()
    plan.shifted.cache_clear()
    plan._laid_out.cache_clear()


def test_a_year_published_moves_the_calls_reckoned_without_it(desk, clock, calendar):
    site = builders.a_site(
        desk,
        builders.a_client(desk),
        stage="warranty",
        start_date=date(2026, 9, 1),
        completed_on=date(2026, 12, 2),
    )
    followups.tick(desk)
    (march,) = [one for one in of(desk, site, "monthly") if one.planned_on == date(2027, 3, 2)]
    assert (march.due_on, march.provisional) == (date(2027, 3, 2), True)
    calendar()
    laid = followups.tick(desk)
    assert (laid.sites, laid.created, laid.dropped) == (1, 0, 0)
    with desk.read() as work:
        moved = work.followups.get(march.id)
    assert (moved.due_on, moved.provisional) == (date(2027, 3, 6), False)
    assert {one.provisional for one in of(desk, site, "quarterly")} == {True}, "2028 is still unknown"
    assert not followups.tick(desk).anything


def test_a_console_that_knows_fewer_years_changes_nothing(desk, site, monkeypatch):
    followups.tick(desk)
    with desk.store.write("test") as work:
        work.settings.put(followups.CALENDAR, "2027")
    assert not followups.tick(desk).anything
    with desk.read() as work:
        assert work.settings.get(followups.CALENDAR, "") == "2027"
