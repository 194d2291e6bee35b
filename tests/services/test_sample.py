"""The sample morning: there on both databases, the same for a seed, and made of legal histories only."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from deskapp.clock import StillClock
from deskapp.config import Config
from deskapp.domain.praise import month_after
from deskapp.domain.ticket import STATES
from deskapp.domain.ticket_clock import with_deadlines
from deskapp.services import followups as services_followups
from deskapp.services import sample
from deskapp.services.call_queue import queue_bands
from deskapp.services.operators import sign_in
from deskapp.wiring import open_desk
from tests import builders
from tests.databases import Build

pytestmark = pytest.mark.xdist_group("sample")
"""One worker makes the morning that all of these look at."""

HOUR = 3600


def build(url: str) -> None:
    sample.found(open_desk(Config(url), clock=StillClock(builders.NOW))).store.close()


@pytest.fixture
def morning(template_database, clock):
    builds: Build = build
    desk = builders.open_at(template_database("sample", builds), clock, sample.DEMO_LOGIN)
    yield desk
    desk.store.close()


def everything(desk, noun: str) -> list:
    with desk.read() as work:
        return getattr(work, noun).all()


@pytest.mark.row("T4", "C1")
def test_a_morning_has_every_kind_of_work(morning) -> None:
    states = Counter(ticket.state for ticket in everything(morning, "tickets"))
    assert set(states) == set(STATES)
    assert states["closed"] >= 40
    with morning.read() as work:
        assert 60 <= len(work.clients.all()) <= 66
        assert min(work.calls.count_bands(queue_bands(morning))) >= 1
        ringing = [row.client_name for row in work.calls.queue(queue_bands(morning), 2)]
    assert ringing == ["张伟明", ""]


@pytest.mark.row("T4")
def test_clocks_run_from_overdue_to_a_day_and_one_is_a_crisis(morning) -> None:
    with morning.read() as work:
        rows = work.tickets.running_clocks(100)
    left = [(row.ticket.respond_by - morning.now()).total_seconds() / HOUR for row in rows]
    assert left == sorted(left)
    bounds = ((-4, 0), (0, 1), (1, 4), (4, 24))
    assert [sum(low <= hours < high for hours in left) for low, high in bounds] == [2, 2, 3, 6]
    assert [row.ticket.severity for row in rows].count("crisis") == 1


def test_it_is_the_same_for_a_seed_and_another_for_another(morning, template_database, clock) -> None:
    others = [builders.open_at(template_database("founded", builders.found_company), clock) for _ in range(2)]
    for desk, seed in zip(others, (7, 8), strict=True):
        sample.fill(desk, seed)
    names = [[client.name for client in everything(desk, "clients")] for desk in (morning, *others)]
    subjects = [[ticket.subject for ticket in everything(desk, "tickets")] for desk in (morning, *others)]
    assert names[0] == names[1] != names[2]
    assert subjects[0] == subjects[1] != subjects[2]
    for desk in others:
        desk.store.close()


@pytest.mark.row("T4", "T5", "T7")
def test_every_history_is_lawful_and_lies_in_the_past(morning) -> None:
    with morning.read() as work:
        for ticket in work.tickets.all():
            events = work.ticket_events.of(ticket.id)
            assert events[0].kind == "filed"
            assert events[0].at == ticket.received_at
            assert [one.at for one in events] == sorted(one.at for one in events)
            assert events[-1].at <= morning.now()
            assert with_deadlines(ticket, events, morning.policy) == ticket
            assert ticket.verified_by is None or ticket.verified_by != ticket.resolved_by
        for call in work.calls.all():
            assert call.ended_at is None or call.ended_at <= morning.now()


@pytest.mark.row("T2")
def test_numbers_of_a_day_have_no_gap_and_follow_receipt(morning) -> None:
    days: dict[str, list] = {}
    for ticket in sorted(everything(morning, "tickets"), key=lambda one: one.received_at):
        days.setdefault(ticket.number[:10], []).append(int(ticket.number[-4:]))
        assert ticket.number[2:10] == morning.local(ticket.received_at).format("YYYYMMDD")
    assert all(serials == list(range(1, len(serials) + 1)) for serials in days.values())


def test_its_operators_sign_in_with_the_one_password(morning) -> None:
    for login, _, role in (("limin", "", "agent"), ("liumin", "", "manager")):
        assert sign_in(morning, login, sample.DEMO_PASSWORD).operator.role == role


def test_the_agents_morning_has_begun(morning) -> None:
    from deskapp.services.calls import day_progress

    progress = day_progress(morning)
    assert progress.calls > progress.understood >= 2
    assert progress.solved == 1


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_any_seed_and_hour_will_do(desk, clock, seed: int) -> None:
    clock.at = clock.at.add(hours=seed * 2, days=seed * 30)
    policy = replace(desk.policy, clock_calendar="business") if seed % 3 == 2 else desk.policy
    sample.fill(replace(desk, policy=policy), seed)
    with desk.read() as work:
        assert work.tickets.count_running() == 13


def test_a_fill_that_fails_leaves_nothing(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from deskapp.services import sample_stories

    before = len(everything(desk, "operators"))
    monkeypatch.setattr(sample_stories, "waiting_calls", lambda stage: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sample.fill(desk)
    assert everything(desk, "clients") == everything(desk, "tickets") == []
    assert len(everything(desk, "operators")) == before


@pytest.mark.row("F1", "F3", "F6")
def test_its_calls_are_the_programmes_and_time_alone_changes_nothing(morning) -> None:
    with morning.read() as work:
        followups, calls = work.followups.all(), {call.id: call for call in work.calls.all()}
    assert not services_followups.tick(morning).anything
    with morning.read() as work:
        assert (len(work.followups.all()), len(work.calls.all())) == (len(followups), len(calls))
    waiting = {
        call.followup_id for call in calls.values() if call.kind == "followup" and call.state == "open"
    }
    queued = {one.id for one in followups if one.state == "queued" and one.purpose != "solved"}
    assert waiting == queued, "every call that waits is one the programme demands, and none is lost"
    for one in followups:
        call = calls.get(one.call_id or 0)
        assert one.state not in ("queued", "done") or (call is not None and call.followup_id == one.id)
        if one.state == "done":
            assert (call.state, call.outcome, call.score) == ("done", "reached", one.score)
            assert one.done_on == services_followups.today_of(morning, call.started_at)
            assert call.purpose == one.purpose
    assert len(
        {(one.site_id, one.rule_id, one.planned_on) for one in followups if one.ticket_id is None}
    ) == len([one for one in followups if one.ticket_id is None])


@pytest.mark.row("C1", "F6")
def test_as_many_follow_ups_wait_as_a_morning_has(morning) -> None:
    today = services_followups.today_of(morning, morning.now())
    with morning.read() as work:
        followups = [one for one in work.followups.all() if one.purpose != "solved"]
    late = [(today - one.due_on).days for one in followups if one.state == "queued" and one.due_on < today]
    due = [one for one in followups if one.state == "queued" and one.due_on == today]
    assert len(due) >= 9
    assert 1 <= len(late) <= 3
    states = Counter(one.state for one in followups)
    assert states["done"] > 10 * states["missed"] > 0
    assert {"weekly", "monthly", "deposit", "materials", "midterm", "final", "completed"} <= {
        one.purpose for one in followups if one.state == "done"
    }


@pytest.mark.row("F5")
def test_a_greeting_is_prepared_and_a_notice_on_its_way(morning) -> None:
    with morning.read() as work:
        draft, sent = work.campaigns.page(9)
        progress = work.campaign_targets.progress([sent.id])[sent.id]
    assert (draft.state, sent.state) == ("draft", "sent")
    assert progress.queued == 2
    assert progress.reached > progress.missed
    assert progress.chosen == sent.chosen


@pytest.mark.row("S7", "C8")
def test_one_shop_falls_and_one_rises_and_a_diagnosis_has_helped(morning) -> None:
    from deskapp.domain.shop import against_month_before, first_of
    from deskapp.services.shops import better_in

    last = month_after(first_of(services_followups.today_of(morning, morning.now())), -1)
    with morning.read() as work:
        shops = work.shops.all()
        figures = {shop.id: {} for shop in shops}
        for one in work.turnovers.all():
            figures[one.shop_id][one.month] = one.amount
        states = Counter(one.state for one in work.diagnoses.all())
    changes = [against_month_before(figures[shop.id], last).verdict for shop in shops]
    assert changes == ["worse", "better"]
    assert states == {"open": 1, "helped": 1}
    assert better_in(morning, last).count >= 1


@pytest.mark.row("C7")
def test_todays_plan_has_a_call_each_and_a_reason(morning) -> None:
    with morning.read() as work:
        plan = work.day_plans.all()
        calls = work.calls.get_many([one.call_id for one in plan])
    assert [one.position for one in plan] == list(range(1, morning.policy.day_targets["calls"] + 1))
    assert plan[0].reason == "falling"
    assert all(calls[one.call_id].client_id == one.client_id for one in plan)
    assert {call.state for call in calls.values()} == {"open"}


@pytest.mark.row("C6")
def test_its_letters_are_with_their_tickets_and_none_of_them_could_be_sent(morning) -> None:
    with morning.read() as work:
        letters = work.messages.all()
        kinds = {
            one.id: [event.kind for event in work.ticket_events.of(one.ticket_id) if "mail" in event.kind]
            for one in letters
        }
        mine = work.timeline.of(work.clients.all()[0].id, 9, only="letter")
    states = Counter("automatic" if one.automatic else one.state for one in letters)
    assert states == {"received": 1, "automatic": 1, "sent": 2, "waiting": 1, "dead": 1}
    assert [item.code for item in mine] == ["received", "sent"], "whoever rings has written this morning"
    for one in letters:
        assert "{" not in one.body
        assert one.recipient.endswith(".example"), "nobody has it"
        expected = {"dead": ["mail_failed"], "waiting": []}
        assert kinds[one.id] == expected.get(one.state, ["mail_out", "mail_in"])


@pytest.mark.row("A5", "A6")
def test_work_was_drawn_scored_and_talked_over_and_the_team_has_its_registers(morning) -> None:
    from deskapp.services import quality, registers

    month = quality.this_month(morning)
    judge = builders.seat(morning, "zhouqi")
    last, present = (quality.figures(judge, one) for one in (month.before(), month))
    assert len(last.results) >= 3 and len(last.agreements) == 1
    assert all(one.before is not None for one in present.results), "there is a month to compare with"
    samples, scores = everything(morning, "quality_samples"), everything(morning, "quality_scores")
    whose = {one.id: one for one in samples}
    assert all(whose[one.sample_id].operator_id != one.scored_by for one in scores)
    assert Counter(one.state for one in samples if one.month == month.first)["open"] > 10
    assert [one.reason for one in samples].count("crisis") >= 1
    unread = [one for one in scores if one.coaching and one.read_at is None]
    assert unread and {whose[one.sample_id].operator_id for one in unread} == {morning.operator.id}
    entries = Counter(one.register for one in everything(morning, "registers"))
    team = (
        "shifts",
        "trainings",
        "recruiting",
        "promotions",
        "expenses",
        "budgets",
        "headcounts",
        "standards",
    )
    assert all(entries[code] for code in team)
    assert len(registers.on_duty(morning)) >= 3
