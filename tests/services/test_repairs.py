"""Repairs at work: warranty kept at intake, who goes told at once, done, rated, and done again if need be."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.call import Result
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.repair import Appointment, Finished, RepairRow
from deskapp.domain.site_notice import Warranty
from deskapp.repository.repairs import LISTS
from deskapp.services import calls, repairs, tickets
from tests import builders

TOMORROW = builders.NOW.add(days=1)


def a_repair(desk, *, site=None, **fields) -> RepairRow:
    """Report a leak of a client with a site completed two years ago and one day, unless told otherwise."""
    client = fields.pop("client", None) or builders.a_client(desk)
    values = {"stage": "warranty", "completed_on": date(2025, 1, 10), "crew": "钱家班"} | (site or {})
    place = builders.a_site(desk, client, **values)
    draft = builders.a_draft(client, **({"site_id": place.id} | fields))
    return repairs.read(desk, repairs.file(desk, draft).ticket.id)


def told_of(desk, row: RepairRow) -> list[tuple[str, int]]:
    with desk.read() as work:
        return [(notice.reason, notice.staff_id) for notice in work.outbox.unsent_of(row.ticket.id)]


def kinds_of(desk, row: RepairRow) -> list[str]:
    with desk.read() as work:
        return [event.kind for event in work.ticket_events.of(row.ticket.id)]


def ratings_of(desk) -> list:
    with desk.read() as work:
        return work.ratings.all()


def rate(desk, row: RepairRow, *, satisfied: bool, score: int | None) -> None:
    """End the call that asks the client."""
    with desk.read() as work:
        (call,) = work.calls.open_for(row.ticket.id, "verification")
    calls.end(desk, calls.take(desk, call), Result("reached", "修得很好", score=score, satisfied=satisfied))


@pytest.mark.row("T13", "T2")
def test_reporting_issues_the_slip_and_tells_whoever_answers_at_once(desk) -> None:
    worker = builders.a_member(desk, "钱强", "crew")
    row = a_repair(desk, responsible_id=worker.id)
    assert row.ticket.number == "WX20261123-0001"
    assert (row.ticket.kind, row.ticket.state) == ("repair", "dispatched")
    assert row.ticket.respond_by == builders.NOW.add(hours=24)
    assert (row.worker, row.repair.crew) == ("钱强", "钱家班")
    assert told_of(desk, row) == [("ticket.filed", worker.id)]


@pytest.mark.row("T13")
@pytest.mark.parametrize(("scope", "site", "state", "until"), [
    ("", {}, "in", date(2027, 1, 10)),
    ("general", {"completed_on": date(2024, 1, 10)}, "out", date(2026, 1, 10)),
    ("waterproof", {"completed_on": date(2024, 1, 10)}, "in", date(2029, 1, 10)),
    ("general", {"completed_on": None}, "unknown", None),
    ("general", {"completed_on": None, "stage": "building"}, "building", None),
])  # fmt: skip
def test_the_warranty_is_kept_as_it_stood_at_intake(desk, clock, scope, site, state, until) -> None:
    row = a_repair(desk, site=site, scope=scope)
    found = repairs.warranty(desk, row.ticket.site_id, scope)
    assert row.repair.warranty == found
    assert (found.state, found.until) == (state, until)
    clock.at = clock.at.add(years=9)
    assert repairs.read(desk, row.ticket.id).repair.warranty == found


@pytest.mark.row("T13", "F3")
def test_the_warranty_file_of_a_site_decides(desk) -> None:
    client = builders.a_client(desk)
    site = builders.a_site(desk, client, stage="warranty", completed_on=date(2020, 1, 1))
    with desk.write("site.save") as work:
        work.warranties.add(Warranty(site_id=site.id, scope="general", until_on=date(2028, 1, 1)))
    assert repairs.warranty(desk, site.id, "general").until == date(2028, 1, 1)
    assert repairs.warranty(desk, None, "general").state == "unknown"


@pytest.mark.row("T13", "P3")
def test_one_form_sent_twice_is_one_repair(desk) -> None:
    draft = builders.a_draft(builders.a_client(desk))
    one, two = repairs.file(desk, draft, "k1"), repairs.file(desk, draft, "k1")
    assert (one.ticket.id, two.again) == (two.ticket.id, True)
    with desk.read() as work:
        assert len(work.repairs.all()) == 1


@pytest.mark.row("T13", "T4")
def test_an_appointment_agreed_with_the_client_answers_them_and_tells_who_goes(desk) -> None:
    worker = builders.a_member(desk, "钱强", "crew")
    row = a_repair(desk)
    terms = Appointment(TOMORROW, worker.id, "钱家班", words="约好上门")
    saved = repairs.appoint(desk, row, terms, key="k")
    assert repairs.appoint(desk, row, terms, key="k") == saved
    after = repairs.read(desk, row.ticket.id)
    assert (after.repair.appointment_at, after.worker) == (TOMORROW, "钱强")
    assert (after.ticket.state, after.ticket.response) == ("responded", "约好上门")
    assert after.ticket.responsible_id == worker.id
    assert ("repair.appointed", worker.id) in told_of(desk, row)
    assert kinds_of(desk, row) == ["filed", "dispatched", "appointed", "responded"]


@pytest.mark.row("T13", "T4")
def test_an_appointment_the_client_has_not_heard_of_answers_nobody(desk) -> None:
    row = a_repair(desk)
    repairs.appoint(desk, row, Appointment(TOMORROW, crew="孙家班", agreed=False))
    after = repairs.read(desk, row.ticket.id)
    assert after.ticket.clock_runs and after.repair.crew == "孙家班"
    assert kinds_of(desk, row) == ["filed", "appointed"]


@pytest.mark.row("T13")
def test_an_appointment_made_while_it_is_reported_answers_at_once(desk) -> None:
    row = a_repair(desk, appointment_at=TOMORROW)
    assert (row.ticket.state, row.repair.appointment_at) == ("responded", TOMORROW)
    assert row.ticket.response == "2026-11-24 09:42"


@pytest.mark.row("T13")
def test_a_moved_appointment_tells_who_goes_and_who_goes_no_more(desk) -> None:
    one, two = builders.a_member(desk, "钱强", "crew"), builders.a_member(desk, "孙立", "crew")
    row = a_repair(desk, responsible_id=one.id)
    repairs.appoint(desk, row, Appointment(TOMORROW, one.id))
    repairs.appoint(
        desk, repairs.read(desk, row.ticket.id), Appointment(TOMORROW.add(days=1), two.id, words="客户改期")
    )
    assert told_of(desk, row)[-2:] == [("repair.rescheduled", two.id), ("repair.released", one.id)]
    assert kinds_of(desk, row)[-1] == "rescheduled"


@pytest.mark.row("T13", "T5")
def test_two_desks_that_plan_one_repair_do_not_overwrite_each_other(desk, second_desk) -> None:
    row = a_repair(desk)
    repairs.appoint(second_desk, row, Appointment(TOMORROW, agreed=False))
    with pytest.raises(Conflict):
        repairs.appoint(desk, row, Appointment(TOMORROW.add(hours=1)))
    tickets.move(desk, row.ticket, "respond", "已联系")
    with pytest.raises(Conflict):
        repairs.done(desk, row, Finished("换了角阀"))


@pytest.mark.row("T13", "T7", "A2")
def test_done_is_rated_by_the_client_and_the_score_is_kept_for_who_did_it(desk, second_desk) -> None:
    worker = builders.a_member(desk, "钱强", "crew")
    row = a_repair(desk, responsible_id=worker.id)
    repairs.done(desk, row, Finished(" 换了角阀 ", 12000), key="d")
    repairs.done(desk, row, Finished("换了角阀"), key="d")
    after = repairs.read(desk, row.ticket.id)
    assert (after.ticket.state, after.ticket.response, after.ticket.resolution) == (
        "resolved", "换了角阀", "换了角阀",
    )  # fmt: skip
    assert (after.repair.done_at, after.repair.cost) == (builders.NOW, 12000)
    rate(second_desk, row, satisfied=True, score=4)
    assert repairs.read(desk, row.ticket.id).ticket.state == "closed"
    (rating,) = ratings_of(desk)
    assert (rating.source, rating.source_id, rating.staff_id) == ("repair", after.repair.id, worker.id)
    assert (rating.score, rating.trade, rating.site_id) == (4, "crew", row.ticket.site_id)


@pytest.mark.row("T13", "T7")
def test_a_client_who_is_not_content_gets_another_appointment(desk, second_desk) -> None:
    row = a_repair(desk)
    repairs.appoint(desk, row, Appointment(TOMORROW))
    repairs.done(desk, repairs.read(desk, row.ticket.id), Finished("换了角阀"))
    rate(second_desk, row, satisfied=False, score=2)
    again = repairs.read(desk, row.ticket.id)
    assert again.ticket.state == "reopened"
    assert (again.repair.appointment_at, again.repair.done_at) == (None, None)
    assert [one.score for one in ratings_of(desk)] == [2]
    repairs.appoint(desk, again, Appointment(TOMORROW.add(days=2)))
    repairs.done(desk, repairs.read(desk, row.ticket.id), Finished("重做了防水"))
    assert repairs.read(desk, row.ticket.id).repair.work_done == "重做了防水"
    rate(second_desk, row, satisfied=True, score=5)
    assert sorted(one.score for one in ratings_of(desk)) == [2, 5]


@pytest.mark.row("T13", "T5")
def test_a_repair_solved_from_its_ticket_is_done_too(desk) -> None:
    row = a_repair(desk)
    tickets.respond_and_resolve(desk, row.ticket, "电话里教会了客户")
    after = repairs.read(desk, row.ticket.id).repair
    assert (after.done_at, after.work_done) == (builders.NOW, "电话里教会了客户")


@pytest.mark.row("T13", "A2")
def test_other_tickets_make_no_repair_and_no_rating(desk, second_desk) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    tickets.verify(second_desk, ticket, satisfied=True, score=5)
    with desk.read() as work:
        assert (work.repairs.all(), work.ratings.all()) == ([], [])
    with pytest.raises(LookupError):
        repairs.read(desk, ticket.id)


@pytest.mark.row("T13")
@pytest.mark.parametrize(
    ("at", "code"), [(builders.NOW, "repair.past"), (builders.NOW.add(days=61), "repair.too_far")]
)
def test_what_cannot_be_kept_is_not_promised(desk, at, code) -> None:
    row = a_repair(desk)
    with pytest.raises(RuleBroken) as refused:
        repairs.appoint(desk, row, Appointment(at))
    assert refused.value.code == code
    with pytest.raises(RuleBroken) as refused:
        a_repair(desk, appointment_at=at)
    assert refused.value.code == code
    assert repairs.read(desk, row.ticket.id) == row


@pytest.mark.row("T13")
def test_the_lists_page_in_their_order(desk, clock) -> None:
    rows = []
    for hours in (None, 5, 30, None, 2):
        row = a_repair(desk)
        if hours:
            repairs.appoint(desk, row, Appointment(builders.NOW.add(hours=hours), agreed=False))
        rows.append(row.ticket.id)
        clock.at = clock.at.add(minutes=1)
    for _ in range(3):
        row = a_repair(desk)
        repairs.done(desk, row, Finished("修好"))
        rows.append(row.ticket.id)
        clock.at = clock.at.add(minutes=1)
    tickets.move(desk, a_repair(desk).ticket, "withdraw", "客户自己修了")
    expected = {"open": [0, 3, 4, 1, 2], "today": [4, 1], "done": [7, 6, 5]}
    start = desk.local(builders.NOW).start_of("day")
    for which in LISTS:
        day = (start, start.add(days=1)) if which == "today" else None
        wanted = [rows[place] for place in expected[which]]
        with desk.read() as work:
            page = work.repairs.page
            whole = page(which, 10, day=day)
            assert [one.ticket.id for one in whole] == wanted
            assert work.repairs.count(which, day) == len(wanted)
            assert page(which, 2, day=day, last=True) == whole[-2:]
            assert page(which, 10, day=day, after=whole[0]) == whole[1:]
            assert page(which, 10, day=day, before=whole[-1]) == whole[:-1]
            assert page(which, 1, day=day, offset=1) == whole[1:2]
