"""Lists of sites and inspections: pages that fit together both ways, by index however long the history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deskapp.domain.inspection import Draft, Inspection
from deskapp.domain.site import GROUPS, Milestone, Payment
from deskapp.services import inspections, sites
from deskapp.services.inspections import InspectionsMade
from deskapp.services.sites import SitesListed
from tests import builders

TODAY = date(2026, 11, 23)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def fits(source) -> list:
    """Every page of a source agrees with the whole; the whole."""
    whole = source.first(100)
    assert source.count() == len(whole)
    for place, row in enumerate(whole):
        assert source.after(row, 2) == whole[place + 1 : place + 3]
        assert source.before(row, 2) == whole[max(0, place - 2) : place]
        assert source.at(place, 2) == whole[place : place + 2]
    assert source.last(3) == whole[-3:]
    assert len({source.key(row) for row in whole}) == len(whole)
    return whole


@pytest.mark.row("S1")
def test_sites_by_group_in_pages_that_fit(desk) -> None:
    client = builders.a_client(desk)
    stages = ["building", "midterm", "deposit", "signed", "finished", "warranty", "ended", "cancelled"] * 2
    ids = {stage: [] for stage in stages}
    for stage in stages:
        ids[stage].append(builders.a_site(desk, client, stage=stage).id)
    for group, within in GROUPS.items():
        found = [row.site.id for row in fits(SitesListed(desk, group))]
        assert found == sorted((one for stage in within for one in ids[stage]), reverse=True)


@pytest.mark.row("S1")
def test_only_those_that_owe(desk) -> None:
    client = builders.a_client(desk)
    late, paid, coming = (builders.a_site(desk, client) for _ in range(3))
    gone = builders.a_site(desk, client, stage="cancelled")
    with desk.store.write("test", desk.operator) as work:
        for site, due, paid_on in (
            (late, day(-1), None),
            (late, day(-9), None),
            (paid, day(-9), day(-1)),
            (coming, day(0), None),
            (gone, day(-9), None),
        ):
            work.payments.add(Payment(site_id=site.id, kind="final", amount=1, due_on=due, paid_on=paid_on))
    (row,) = fits(SitesListed(desk, "all", TODAY))
    assert row.site.id == late.id
    assert [one.due_on for one in row.overdue(TODAY)] == [day(-9), day(-1)], "the first due first"
    assert len(fits(SitesListed(desk, "running", day(1)))) == 2


@pytest.mark.row("S1", "S2")
def test_a_row_says_what_comes_next_who_builds_and_when_it_was_looked_at(desk) -> None:
    manager = builders.a_member(desk)
    site = builders.a_site(desk, builders.a_client(desk), manager_id=manager.id, start_date=day(-20))
    for kind, planned, done in (("start", -20, -20), ("materials", -8, None), ("midterm", 9, None)):
        done_on = day(done) if done is not None else None
        sites.save_milestone(
            desk, Milestone(site_id=site.id, kind=kind, planned_on=day(planned), done_on=done_on)
        )
    for at in (-9, -2, -5):
        inspections.record(desk, Draft(site.id, day(at)))
    other = builders.a_site(desk, site.client_id)
    bare, row = SitesListed(desk, "running").first(9)
    assert (bare.site.id, bare.next_milestone, bare.inspected_on, bare.people) == (other.id, None, None, {})
    assert row.next_milestone.kind == "materials"
    assert (row.inspected_on, row.people, row.client_name) == (day(-2), {"manager": "赵刚"}, "张伟明")
    assert row.next_call_on is not None
    with desk.read() as work:
        assert work.sites.rows([]) == []


@pytest.mark.row("S2")
def test_inspections_made_in_pages_that_fit_also_on_one_day(desk) -> None:
    site = builders.a_site(desk, builders.a_client(desk))
    inspector = builders.a_member(desk, "周平", "inspector")
    with desk.store.write("test", desk.operator) as work:
        work.inspections.add_many(
            [
                Inspection(
                    number=f"XJ-{n}", site_id=site.id, done_on=day(-(n // 4)), inspector_id=inspector.id
                )
                for n in range(11)
            ]
        )
    rows = fits(InspectionsMade(desk))
    keys = [(row.inspection.done_on, row.inspection.id) for row in rows]
    assert keys == sorted(keys, reverse=True)
    assert (rows[0].client_name, rows[0].address, rows[0].inspector) == ("张伟明", "海棠湾 3-2-1101", "周平")
    with desk.read() as work:
        assert len(work.inspections.of_site(site.id, 3)) == 3


@pytest.mark.row("S2", "T14")
def test_defects_not_put_right_stand_by_their_deadline(desk, clock) -> None:
    site = builders.a_site(desk, builders.a_client(desk))
    now = desk.now()
    later, sooner = (
        inspections.record(
            desk, Draft(site.id, TODAY, verdict="defects", findings="x", due_at=now.add(days=days))
        ).ticket
        for days in (5, 2)
    )
    builders.a_complaint(desk, kind="handoff")
    with desk.read() as work:
        assert [row.ticket.id for row in work.inspections.open_rectifications()] == [sooner.id, later.id]
        assert work.inspections.rectifications_due(now.add(days=3)) == [sooner]
        assert work.inspections.rectifications_due(now.add(days=1)) == []
        histories = work.inspections.histories([sooner.id, later.id, 99])
        assert {one: [event.kind for event in events] for one, events in histories.items()} == {
            sooner.id: ["filed"],
            later.id: ["filed"],
        }


@pytest.mark.row("S1", "S2")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("index", "sql"),
    [
        (
            "ix_payments_paid_on_due_on",
            "SELECT site_id FROM payments WHERE paid_on IS NULL AND due_on < '2026'",
        ),
        ("ix_payments_due_on", "SELECT id FROM payments WHERE due_on >= '2026' AND due_on <= '2027'"),
        (
            "ix_tickets_open_kind",
            "SELECT id FROM tickets WHERE kind = 'rectification' AND state IN ('received', 'dispatched', "
            "'responded', 'resolved', 'verified', 'reopened') AND due_at <= 5 ORDER BY due_at, id",
        ),
        ("ix_sites_stage", "SELECT id FROM sites WHERE stage = 'warranty' ORDER BY id DESC"),
    ],
)
def test_what_is_asked_often_is_asked_by_index(desk, index, sql) -> None:
    with desk.read() as work:
        plan = work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
    assert index in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_a_search_looks_only_in_the_group(desk) -> None:
    card = builders.a_client(desk)
    site = builders.a_site(desk, card, stage="warranty")
    assert [row.site.id for row in sites.find(desk, "张伟明", "warranty")] == [site.id]
    assert sites.find(desk, "张伟明", "running") == []
