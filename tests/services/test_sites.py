"""Control points and payments: written once, checked, their calls moved; the week counted; late payments as work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.site import Due, Milestone, Payment
from deskapp.services import clients, followups, sites
from deskapp.services.tick import tick
from tests import builders

pytestmark = pytest.mark.row("S1")
TODAY = date(2026, 11, 23)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def site(desk):
    return builders.a_site(desk, builders.a_client(desk), start_date=day(-30), deposit_date=day(-40))


def waiting(desk, site, purpose):
    """The days of the calls of a purpose that are still to be made, and how many stand in the queue."""
    with desk.read() as work:
        found = [one for one in work.followups.of_site(site.id) if one.purpose == purpose and one.waits]
        return [one.due_on for one in found], sum(one.state == "queued" for one in found)


@pytest.mark.row("F1")
def test_a_milestone_that_moves_takes_its_call_along(desk, site):
    first = sites.save_milestone(desk, Milestone(site_id=site.id, kind="materials", done_on=day(-1)))
    before, _ = waiting(desk, site, "materials")
    assert len(before) == 1
    sites.save_milestone(desk, replace(first, done_on=day(0)))
    after, _ = waiting(desk, site, "materials")
    assert len(after) == 1
    assert after[0] > before[0]


def test_a_kind_is_there_once_and_sent_twice_is_written_once(desk, second_desk, site):
    new = Milestone(site_id=site.id, kind="midterm", planned_on=day(5))
    first = sites.save_milestone(desk, new, key="form-1")
    assert sites.save_milestone(desk, new, key="form-1") == first
    with pytest.raises(Conflict) as clash:
        sites.save_milestone(second_desk, replace(new, planned_on=day(9)), key="form-2")
    assert clash.value.who == "李敏"
    payment = Payment(site_id=site.id, kind="midterm", amount=100, due_on=day(5))
    paid = sites.save_payment(desk, payment, key="pay-1")
    assert sites.save_payment(desk, payment, key="pay-1") == paid
    with pytest.raises(Conflict):
        sites.save_payment(second_desk, payment)
    with desk.read() as work:
        assert len(work.milestones.of([site.id])) == len(work.payments.of([site.id])) == 1


@pytest.mark.row("P1")
def test_two_desks_at_one_payment_meet_in_a_conflict(desk, second_desk, site):
    payment = sites.save_payment(desk, Payment(site_id=site.id, kind="final", amount=100, due_on=day(5)))
    sites.save_payment(second_desk, replace(payment, amount=200))
    with pytest.raises(Conflict):
        sites.save_payment(desk, replace(payment, paid_on=TODAY))


@pytest.mark.parametrize("kind", ["midterm", "final"])
def test_a_payment_overdue_stands_in_the_queue_the_day_after_until_it_is_paid(desk, clock, site, kind):
    payment = sites.save_payment(desk, Payment(site_id=site.id, kind=kind, amount=500, due_on=TODAY))
    tick(desk)
    assert waiting(desk, site, "payment")[1] == 0, "not on its own day"
    clock.at = clock.at.add(days=1)
    tick(desk)
    assert waiting(desk, site, "payment")[1] == 1
    with desk.read() as work:
        (call,) = [one for one in work.calls.of_client(site.client_id) if one.purpose == "payment"]
        assert (call.kind, call.state) == ("followup", "open")
    sites.save_payment(desk, replace(payment, paid_on=day(1)))
    assert waiting(desk, site, "payment") == ([], 0)
    with desk.read() as work:
        assert work.calls.find(call.id).state == "dropped"


def test_a_payment_put_off_takes_its_call_along(desk, clock, site):
    payment = sites.save_payment(desk, Payment(site_id=site.id, kind="midterm", amount=500, due_on=TODAY))
    clock.at = clock.at.add(days=1)
    tick(desk)
    assert waiting(desk, site, "payment")[1] == 1
    sites.save_payment(desk, replace(payment, due_on=day(20)))
    tick(desk)
    assert min(waiting(desk, site, "payment")[0]) > day(20), "nothing is asked for before it is owed"
    with desk.read() as work:
        waits = [one for one in work.calls.of_client(site.client_id) if one.state == "open"]
    assert [one for one in waits if desk.local(one.due_at).date() <= day(20)] == [], "nor does a call wait"


@pytest.mark.row("S4")
def test_a_deposit_paid_is_the_sites_deposit_too(desk):
    site = builders.a_site(desk, builders.a_client(desk), stage="deposit")
    payment = sites.save_payment(
        desk, Payment(site_id=site.id, kind="deposit", amount=100_00, paid_on=day(-2))
    )
    with desk.read() as work:
        assert (work.sites.find(site.id).deposit, work.sites.find(site.id).deposit_date) == (100_00, day(-2))
    sites.save_payment(desk, replace(payment, amount=200_00, paid_on=day(-1)))
    with desk.read() as work:
        now = work.sites.find(site.id)
    assert (now.deposit, now.deposit_date) == (200_00, day(-1)), "corrected with it"
    by_hand = clients.save_site(desk, replace(now, deposit=999_00))
    with desk.read() as work:
        payment = work.payments.of([site.id])[0]
    sites.save_payment(desk, replace(payment, amount=300_00))
    with desk.read() as work:
        assert work.sites.find(site.id).deposit == by_hand.deposit, "what somebody wrote stays"


def test_what_cannot_be_is_refused_and_nothing_is_written(desk, site):
    for kind, broken in (
        ("site.milestone_future", Milestone(site_id=site.id, kind="materials", done_on=day(1))),
        ("site.milestone_order", Milestone(site_id=site.id, kind="materials", done_on=day(-31))),
        ("site.milestone_no_day", Milestone(site_id=site.id, kind="materials")),
    ):
        with pytest.raises(RuleBroken) as refused:
            sites.save_milestone(desk, broken)
        assert refused.value.code == kind
    for kind, payment in (
        ("site.payment_amount", Payment(site_id=site.id, kind="final", amount=0, due_on=TODAY)),
        ("site.payment_amount", Payment(site_id=site.id, kind="final", amount=-5, due_on=TODAY)),
        ("site.payment_future", Payment(site_id=site.id, kind="final", amount=5, paid_on=day(1))),
        ("site.payment_early", Payment(site_id=site.id, kind="final", amount=5, paid_on=day(-41))),
    ):
        with pytest.raises(RuleBroken) as refused:
            sites.save_payment(desk, payment)
        assert refused.value.code == kind
    with desk.read() as work:
        assert work.milestones.of([site.id]) == work.payments.of([site.id]) == []


@pytest.mark.parametrize(
    ("reached", "stage", "completed"),
    [("materials", "building", None), ("midterm", "midterm", None), ("final", "finished", day(-1))],
)
def test_a_control_point_reached_proposes_the_stage_and_moves_it_when_asked(desk, reached, stage, completed):
    site = builders.a_site(desk, builders.a_client(desk), stage="signed", deposit_date=day(-50))
    sites.save_milestone(desk, Milestone(site_id=site.id, kind="start", done_on=day(-40)))
    sites.save_milestone(desk, Milestone(site_id=site.id, kind=reached, done_on=day(-1)))
    file = sites.read_file(desk, site.id)
    assert file.proposal == stage
    with pytest.raises(RuleBroken, match=r"site\.stage_not_reached"):
        sites.advance(desk, file.card.site, "warranty")
    moved = sites.advance(desk, file.card.site, stage)
    assert (moved.stage, moved.start_date, moved.completed_on) == (stage, day(-40), completed)
    assert sites.read_file(desk, site.id).proposal == ""


def test_the_weeks_counts(desk):
    def a(stage, **fields):
        return builders.a_site(desk, builders.a_client(desk), stage=stage, **fields)

    running = a("building", start_date=day(-60))
    a("midterm", start_date=day(-60))
    a("building", start_date=day(30))
    a("deposit")
    over = a("finished", start_date=day(-90), completed_on=day(-10))
    gone = a("cancelled", start_date=day(-60))
    with desk.store.write("test", desk.operator) as work:
        work.payments.add_many(
            [
                Payment(site_id=running.id, kind="midterm", amount=300, due_on=day(-8)),
                Payment(site_id=over.id, kind="midterm", amount=500, due_on=day(2)),
                Payment(site_id=over.id, kind="final", amount=70, due_on=day(7)),
                Payment(site_id=running.id, kind="final", amount=10, due_on=day(-9), paid_on=day(-8)),
                Payment(site_id=gone.id, kind="final", amount=10, due_on=day(2)),
            ]
        )
    week = sites.week_counts(desk, day(3))
    assert (week.first, week.last, week.running) == (day(0), day(6), 2)
    assert week.midterm == Due(2, 1, 800)
    assert week.final == Due(), "paid before the week, of a site cancelled, or due after it"
    before = sites.week_counts(desk, day(-9))
    assert before.running == 3, "the one completed that week was in progress in it"
    assert before.final == Due(1, 0, 10), "due that week, paid within it"
    assert before.midterm == Due(1, 0, 300)
    assert sites.week_counts(desk, day(8)).final == Due(1, 0, 70)
    assert sites.week_counts(desk, day(8)).midterm == Due(2, 2, 800)


@pytest.mark.row("P5")
@pytest.mark.parametrize("typed", ["张伟明", "zwm", "海棠湾", "3-2-1101"])
def test_a_site_is_found_by_its_client_or_address(desk, typed):
    card = builders.a_client(desk, "张伟明")
    site = builders.a_site(desk, card)
    builders.a_site(desk, builders.a_client(desk, "李秀英"), estate="翠湖", address="1-1")
    assert [row.site.id for row in sites.find(desk, typed, "running")] == [site.id]
    assert sites.find(desk, typed, "warranty") == []
    assert sites.find(desk, typed, "all", TODAY) == [], "it owes nothing"


def test_a_file_of_a_site_says_all_that_is_known(desk, site):
    ticket = builders.a_complaint(desk, site.client_id, site_id=site.id)
    builders.a_complaint(desk, site.client_id)
    tick(desk)
    file = sites.read_file(desk, site.id)
    assert [row.ticket.id for row in file.tickets] == [ticket.id], "of this site only"
    assert file.followups
    assert file.row.next_call_on == min(one.due_on for one in file.followups if one.waits)
    with pytest.raises(LookupError):
        sites.read_file(desk, 9999)


def test_planning_is_done_in_the_same_transaction(desk, site, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(followups, "plan_in", broken)
    with pytest.raises(RuntimeError):
        sites.save_milestone(desk, Milestone(site_id=site.id, kind="midterm", planned_on=day(3)))
    with desk.read() as work:
        assert work.milestones.of([site.id]) == []
