"""Notices: filed once, corrected, taken back, with the calls, warranty, handbook and settlement that hang on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from deskapp.domain.client import Client
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site_notice import NoticeDraft
from deskapp.services import clients, company, tickets
from deskapp.services.site_notices import file_notice, withdraw_notice
from tests import builders

TODAY = date(2026, 11, 23)


def a_notice(kind: str = "start", day: date = TODAY, **fields) -> NoticeDraft:
    values = {
        "client_name": "张伟明",
        "phones": "13912345678",
        "estate": "海棠湾",
        "address": "3-2-1101",
    }
    return NoticeDraft(kind=kind, on_day=day, **(values | fields))


def days_before(count: int) -> date:
    return TODAY - timedelta(days=count)


def calls_of(desk, site_id: int, *states: str) -> list[tuple[str, date]]:
    """The calls of a site in some states, those waiting unless told otherwise: purpose and planned day."""
    with desk.read() as work:
        found = work.followups.of_site(site_id)
    return [(one.purpose, one.planned_on) for one in found if one.state in (states or ("planned", "queued"))]


def site_of(desk, filed):
    with desk.read() as work:
        return work.sites.find(filed.notice.site_id)


def count(desk, noun: str) -> int:
    with desk.read() as work:
        return len(getattr(work, noun).all())


@pytest.mark.row("F2")
def test_a_start_notice_opens_file_and_site_and_lays_out_the_weekly_calls(desk) -> None:
    people = {"designer": "王丽", "supervisor": "孙国平", "manager": "赵刚"}
    filed = file_notice(desk, a_notice(people=people, area=9850, crew="老周工队", note="邻居已沟通"))
    assert filed.notice.number == "KG20261123-0001"
    assert (filed.place.new_client, filed.place.new_site) == (True, True)
    assert set(filed.place.new_staff) == {"王丽", "孙国平", "赵刚"}
    site = site_of(desk, filed)
    assert (site.stage, site.start_date, site.area, site.crew) == ("building", TODAY, 9850, "老周工队")
    with desk.read() as work:
        (card,) = work.search.clients("13912345678")
        assert (card.client.id, card.client.name) == (site.client_id, "张伟明")
        assert [one.client.id for one in work.search.clients("海棠湾")] == [site.client_id]
        assert work.staff.find(site.manager_id).trade == "project_manager"
        (mark,) = work.milestones.of([site.id])
        assert (mark.kind, mark.done_on) == ("start", TODAY)
    weekly = [day for purpose, day in calls_of(desk, site.id) if purpose == "weekly"]
    assert weekly[:3] == [TODAY + timedelta(weeks=number) for number in (1, 2, 3)]
    assert filed.laid.created == len(calls_of(desk, site.id)) > 5


@pytest.mark.row("F2")
def test_it_completes_what_is_known_and_changes_nothing_that_is(desk) -> None:
    designer = builders.a_member(desk, "王丽", "designer")
    card = builders.a_client(desk, "张伟明", "13912345678")
    site = builders.a_site(desk, card, stage="signed", area=None, designer_id=designer.id)
    said = a_notice(phones="+86 139 1234 5678", estate="", address="海棠湾 3-2-1101", area=8800)
    filed = file_notice(desk, replace(said, people={"designer": "李四", "manager": "赵刚"}))
    assert filed.notice.site_id == site.id
    assert (filed.place.new_client, filed.place.new_site) == (False, False)
    after = site_of(desk, filed)
    assert (after.designer_id, after.area, after.estate) == (designer.id, 8800, "海棠湾")
    with desk.read() as work:
        assert work.staff.find(after.manager_id).name == "赵刚"
    assert count(desk, "clients") == count(desk, "sites") == 1


@pytest.mark.row("F2")
def test_a_caller_nobody_knew_gets_the_name_of_the_notice(desk) -> None:
    with desk.write("client.save") as work:
        unknown = clients.open_file(work, Client(name="", named=False), "13912345678", desk.policy)
    filed = file_notice(desk, a_notice())
    assert filed.notice.client_id == unknown.client.id
    with desk.read() as work:
        known = work.clients.find(unknown.client.id)
    assert (known.name, known.named) == ("张伟明", True)


@pytest.mark.row("F2", "F3")
@pytest.mark.parametrize("kind", ["start", "completion"])
def test_the_same_notice_again_changes_nothing(desk, second_desk, kind: str) -> None:
    first = file_notice(desk, a_notice(kind, days_before(3)))
    with desk.read() as work:
        before = {
            name: getattr(work, name).all()
            for name in (
                "site_notices",
                "sites",
                "followups",
                "tickets",
                "outbox",
                "warranties",
                "handbooks",
                "calls",
            )
        }
    again = file_notice(second_desk, a_notice(kind, days_before(3)))
    assert (again.again, again.notice) == (True, first.notice)
    assert [one.id for one in again.handoffs] == [one.id for one in first.handoffs]
    with desk.read() as work:
        assert before == {name: getattr(work, name).all() for name in before}
    third = file_notice(desk, a_notice(kind, days_before(2)))
    assert third.notice.number.endswith("-0002")


@pytest.mark.row("F2")
def test_a_repeated_notice_that_knows_more_fills_it_in(desk) -> None:
    file_notice(desk, a_notice())
    again = file_notice(desk, a_notice(people={"supervisor": "孙国平"}))
    assert (again.again, again.place.completed) == (True, ("supervisor_id",))
    assert count(desk, "site_notices") == 1


@pytest.mark.row("P3", "F2")
def test_under_its_key_it_is_filed_once(desk) -> None:
    first = file_notice(desk, a_notice(), key="form-7")
    again = file_notice(desk, a_notice(day=days_before(1)), key="form-7")
    assert (again.again, again.notice) == (True, first.notice)
    assert count(desk, "site_notices") == 1


@pytest.mark.row("F2")
def test_a_late_start_shows_the_calls_it_cost(desk, clock) -> None:
    clock.at = clock.at.add(days=60)
    late = (desk.local(desk.now()).date() - TODAY).days
    filed = file_notice(desk, a_notice(day=TODAY + timedelta(days=late - 30)))
    missed = calls_of(desk, filed.notice.site_id, "missed")
    assert filed.laid.missed == len(missed) == 3
    assert calls_of(desk, filed.notice.site_id)[0][0] == "weekly"


@pytest.mark.row("F2")
def test_a_corrected_start_moves_the_calls_and_keeps_both_notices(desk) -> None:
    first = file_notice(desk, a_notice())
    made = len(calls_of(desk, first.notice.site_id))
    later = TODAY + timedelta(days=2)
    second = file_notice(desk, a_notice(day=later))
    assert (second.replaced.id, second.notice.replaces_id) == (first.notice.id, first.notice.id)
    site = site_of(desk, second)
    assert (site.start_date, site.stage) == (later, "building")
    days = [day for purpose, day in calls_of(desk, site.id) if purpose == "weekly"]
    assert days[0] == later + timedelta(weeks=1)
    assert abs(len(calls_of(desk, site.id)) - made) <= 1
    with desk.read() as work:
        states = {one.number: one.state for one in work.site_notices.of_sites([site.id])}
        (mark,) = work.milestones.of([site.id])
    assert states == {"KG20261123-0001": "replaced", "KG20261123-0002": "current"}
    assert (mark.done_on, mark.planned_on) == (None, later), "what lies ahead is planned, not reached"


@pytest.mark.row("F2")
def test_a_start_taken_back_leaves_the_site_as_it_was(desk) -> None:
    card = builders.a_client(desk, "张伟明", "13912345678")
    site = builders.a_site(desk, card, stage="signed", signed_on=days_before(20))
    file_notice(desk, a_notice())
    filed = file_notice(desk, a_notice(day=days_before(1)))
    done = withdraw_notice(desk, filed.notice, "客户要求推迟开工")
    assert (done.notice.state, done.notice.reason) == ("withdrawn", "客户要求推迟开工")
    after = site_of(desk, filed)
    assert (after.stage, after.start_date) == ("signed", None)
    assert [one for one in calls_of(desk, site.id) if one[0] == "weekly"] == []
    with desk.read() as work:
        assert work.milestones.of([site.id]) == []
        assert work.site_notices.current(site.id, "start") is None
    with pytest.raises(RuleBroken, match="not_current"):
        withdraw_notice(desk, filed.notice, "再撤一次")
    assert any(
        told.get("reason", ["", ""])[1] == "客户要求推迟开工"
        for _, act, told in builders.audit_of(desk, "site_notice")
        if act.endswith(":change")
    )


def test_a_notice_is_not_taken_back_without_a_reason(desk) -> None:
    filed = file_notice(desk, a_notice())
    with pytest.raises(RuleBroken, match="reason_missing"):
        withdraw_notice(desk, filed.notice, "  ")


def a_building_site(desk, day: date):
    head = builders.a_member(
        desk, "钱会计", "finance", department_id=builders.a_department(desk, "finance").id
    )
    builders.a_department(desk, "finance", head=head)
    file_notice(desk, a_notice(day=day, people={"manager": "赵刚"}))
    return head


@pytest.mark.row("F3", "S3", "T14")
def test_a_completion_ends_the_weekly_calls_and_brings_about_all_that_follows(desk, clock) -> None:
    head = a_building_site(desk, days_before(30))
    clock.at = clock.at.add(days=40)
    today = TODAY + timedelta(days=40)
    filed = file_notice(desk, a_notice("completion", today))
    site = site_of(desk, filed)
    assert filed.notice.number == "WG20270102-0001"
    assert (site.stage, site.completed_on) == ("warranty", today)
    purposes = [purpose for purpose, _ in calls_of(desk, site.id)]
    assert purposes.count("weekly") <= 1, "only one that is due already may still wait"
    assert (purposes.count("completed"), purposes.count("monthly"), purposes.count("quarterly")) == (1, 11, 4)
    assert {one.scope: str(one.until_on) for one in filed.warranties} == {
        "general": "2029-01-02",
        "waterproof": "2032-01-02",
    }
    assert (filed.manager, filed.handbook.state) == ("赵刚", "asked")
    assert filed.handbook.due_on == today + timedelta(days=desk.policy.handbook_days)
    with desk.read() as work:
        departments = {work.departments.find(one.department_id).code for one in filed.handoffs}
        told = {(one.reason, one.staff_id) for one in work.outbox.all()}
        topics = {work.handoffs.state(one.id).topic for one in filed.handoffs}
    assert departments == {"materials", "finance"}
    assert topics == {"settlement"}
    assert {("handbook.asked", site.manager_id), ("ticket.filed", head.id)} <= told
    for ticket in filed.handoffs:
        assert ticket.kind == "handoff"
        assert ticket.subject.startswith("结算通知")
        assert ticket.own_due_at == desk.now().add(days=desk.policy.settlement_days)
        assert ticket.site_id == site.id


@pytest.mark.row("F3", "S3")
def test_a_corrected_completion_moves_everything_and_doubles_nothing(desk) -> None:
    a_building_site(desk, days_before(60))
    first = file_notice(desk, a_notice("completion", days_before(10)))
    second = file_notice(desk, a_notice("completion", days_before(4)))
    assert second.replaced.id == first.notice.id
    assert [one.id for one in second.handoffs] == [one.id for one in first.handoffs]
    assert {one.scope: one.from_on for one in second.warranties} == {
        "general": days_before(4),
        "waterproof": days_before(4),
    }
    assert second.handbook.id == first.handbook.id
    assert second.handbook.due_on > first.handbook.due_on
    assert count(desk, "tickets") == 2
    with desk.read() as work:
        for ticket in second.handoffs:
            assert str(days_before(4)) in work.ticket_events.of(ticket.id)[-1].text
    site = site_of(desk, second)
    assert site.completed_on == days_before(4)
    monthly = [day for purpose, day in calls_of(desk, site.id) if purpose == "completed"]
    assert monthly == [date(2026, 12, 19)]


@pytest.mark.row("F3", "S3", "T14")
def test_a_completion_taken_back_lets_work_go_on(desk) -> None:
    a_building_site(desk, days_before(60))
    filed = file_notice(desk, a_notice("completion", days_before(1)))
    materials, finance = filed.handoffs
    with desk.write("ticket.move") as work:
        tickets.settle_internal(work, desk, finance, "已结清")
    done = withdraw_notice(desk, filed.notice, "尚有未完工项目")
    site = site_of(desk, filed)
    assert (site.stage, site.completed_on, site.start_date) == ("building", None, days_before(60))
    purposes = [purpose for purpose, _ in calls_of(desk, site.id)]
    assert "weekly" in purposes
    assert {"completed", "monthly", "quarterly"} & set(purposes) == set()
    with desk.read() as work:
        assert work.warranties.of_site(site.id) == []
        assert work.handbooks.of_site(site.id).state == "withdrawn"
        assert work.tickets.find(materials.id).state == "withdrawn"
        assert work.tickets.find(finance.id).state == "closed", "what was answered stays answered"
    assert [one.id for one in done.handoffs] == [materials.id]
    anew = file_notice(desk, a_notice("completion", TODAY))
    assert not {one.id for one in anew.handoffs} & {materials.id, finance.id}
    assert (anew.handbook.state, len(anew.warranties)) == ("asked", 2)


@pytest.mark.row("F3")
def test_a_completion_of_a_site_nobody_knew_opens_it_and_a_late_start_fills_in(desk) -> None:
    filed = file_notice(desk, a_notice("completion", days_before(2), started_on=None))
    assert filed.place.new_site
    late = file_notice(desk, a_notice("start", days_before(50)))
    site = site_of(desk, late)
    assert (site.stage, site.start_date, site.completed_on) == ("warranty", days_before(50), days_before(2))
    withdraw_notice(desk, filed.notice, "弄错工地")
    assert site_of(desk, late).stage == "building", "a start notice stands"


@pytest.mark.row("F3")
def test_a_completion_years_late_is_past_its_warranty(desk) -> None:
    filed = file_notice(desk, a_notice("completion", date(2019, 5, 1)))
    assert site_of(desk, filed).stage == "ended"
    assert filed.handbook.due_on == TODAY, "nobody is late with what was asked for today"


@pytest.mark.row("F2", "F3")
@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (a_notice(day=TODAY + timedelta(days=200)), "start_ahead"),
        (a_notice("completion", TODAY + timedelta(days=1)), "completion_ahead"),
        (a_notice("completion", days_before(90)), "completed_first"),
        (a_notice("opening"), "kind"),
        (a_notice(client_name="", phones=""), "client_missing"),
        (a_notice(client_name="李秀英", estate="", address=""), "address_missing"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(desk, draft, code: str) -> None:
    file_notice(desk, a_notice(day=days_before(80)))
    with desk.read() as work:
        before = work.latest()
    with pytest.raises(RuleBroken) as refused:
        file_notice(desk, draft)
    assert refused.value.code == f"site_notices.{code}"
    with desk.read() as work:
        assert work.latest() == before


@pytest.mark.row("F2")
def test_of_several_sites_and_namesakes_the_address_tells(desk) -> None:
    card = builders.a_client(desk, "张伟明", "13912345678")
    for address in ("1-101", "2-202"):
        builders.a_site(desk, card, stage="signed", address=address)
    other = builders.a_client(desk, "张伟明", "13700000000")
    theirs = builders.a_site(desk, other, stage="signed", address="9-909")
    with pytest.raises(RuleBroken, match="which_site"):
        file_notice(desk, a_notice(estate="", address=""))
    filed = file_notice(desk, a_notice(phones="", address="9-909"))
    assert filed.notice.site_id == theirs.id
    with pytest.raises(RuleBroken, match="many_clients"):
        file_notice(desk, a_notice(phones="", address="7-7"))
    clients.save_site(desk, replace(site_of(desk, filed), stage="cancelled"))
    with pytest.raises(RuleBroken, match="cancelled"):
        file_notice(desk, a_notice(phones="", address="9-909", day=days_before(1)))


@pytest.mark.row("F2", "F3", "C2")
@pytest.mark.parametrize("kind", ["start", "completion"])
def test_two_desks_that_file_the_same_notice_at_once_file_it_once(desk, second_desk, kind: str) -> None:
    barrier, filed = Barrier(2), []

    def at(seat) -> None:
        barrier.wait()
        filed.append(file_notice(seat, a_notice(kind, days_before(5), people={"manager": "赵刚"})))

    threads = [Thread(target=at, args=(seat,)) for seat in (desk, second_desk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.again for one in filed) == [False, True]
    assert len({one.notice.id for one in filed}) == 1
    expected = {"clients": 1, "sites": 1, "site_notices": 1, "staff": 1}
    assert {noun: count(desk, noun) for noun in expected} == expected
    assert count(desk, "tickets") == (2 if kind == "completion" else 0)
    with desk.read() as work:
        keys = [one.key for one in work.followups.all()]
    assert len(keys) == len(set(keys)) > 0


@pytest.mark.row("S3")
def test_where_a_department_is_missing_the_notice_says_so(desk) -> None:
    company.save_department(desk, replace(builders.a_department(desk, "materials"), active=False))
    filed = file_notice(desk, a_notice("completion"))
    assert (filed.unsettled, len(filed.handoffs)) == (("materials",), 1)


@pytest.mark.row("F2")
def test_whoever_files_it_is_kept(desk, second_desk) -> None:
    assert file_notice(second_desk, a_notice()).notice.created_by == second_desk.operator.id
