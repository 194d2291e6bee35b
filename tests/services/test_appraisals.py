"""The month recounted in plain Python on both databases; closed once, and the same for ever after (row A2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from deskapp.domain.appraisal import ITEMS, TRADES, Figure
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.period import period_of
from deskapp.domain.praise import Praise, Rating
from deskapp.domain.responsibility import Responsibility
from deskapp.domain.sanction import Sanction, SanctionEntry
from deskapp.domain.site import RUNNING_STAGES
from deskapp.domain.ticket import Ticket
from deskapp.services import appraisals, papers
from tests import builders
from tests.services import figure_data

pytestmark = pytest.mark.row("A2")
OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)


def staffed(desk, seed: int) -> list[int]:
    """A random company whose tickets, scores, praise and ledger are people's of the three trades."""
    figure_data.fill(desk, seed, 60)
    people = [builders.a_member(desk, f"员工{n}", trade=trade).id for n, trade in enumerate(TRADES * 2)]
    chance, dice = figure_data.Chance(seed + 1, desk.policy.timezone), Random(seed)
    with desk.store.write("test", desk.operator) as work:
        tickets, sites = work.tickets.all(), work.sites.all()
        for one in tickets:
            work.tickets.save(
                replace(one, responsible_id=dice.choice((*people, None)), repeat_no=dice.choice((0, 0, 1)))
            )
        for site in sites:
            roles = ("designer_id", "supervisor_id", "manager_id")
            work.sites.save(replace(site, **{role: dice.choice((*people, None)) for role in roles}))
        for one in dice.sample(tickets, 20):
            for staff_id in dice.sample(people, dice.choice((1, 2))):
                work.responsibilities.add(
                    Responsibility(ticket_id=one.id, staff_id=staff_id, at=chance.instant())
                )
        for n in range(60):
            source = dice.choice(("call", "evaluation", "repair", "praise"))
            whose = dice.choice((*people, None))
            work.ratings.add(
                Rating(
                    at=chance.instant(), source=source, source_id=n, staff_id=whose, score=dice.randint(1, 5)
                )
            )
            work.praises.add(Praise(at=chance.instant(), staff_id=dice.choice(people)))
            _booked(work, chance, dice, n, people)
    return people


def _booked(work, chance, dice, number, people) -> None:
    kind = dice.choice(("penalty", "reward"))
    one = work.sanctions.add(
        Sanction(
            number=f"S{number}",
            kind=kind,
            staff_id=dice.choice(people),
            rule="x",
            amount=10_000,
            proposed_at=chance.instant(),
        )
    )
    sign = -1 if kind == "penalty" else 1
    for act, amount in (("proposed", 0), ("decided", sign), ("reversed", -sign))[: dice.randint(1, 3)]:
        work.sanction_entries.add(
            SanctionEntry(
                sanction_id=one.id,
                staff_id=one.staff_id,
                act=act,
                at=chance.instant(),
                amount=amount * 10_000,
                month=chance.day().replace(day=1),
            )
        )


def recount(desk, month: date) -> dict[int, dict[str, list[tuple[int, int]]]]:
    """Every case again by the calendar of the wall, without SQL."""
    zone, found = ZoneInfo(desk.policy.timezone), {}
    last = (month.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)

    def inside(at) -> bool:
        return at is not None and month <= at.astimezone(zone).date() <= last

    def case(staff_id, item, record_id, amount=0) -> None:
        if staff_id is not None:
            found.setdefault(staff_id, {}).setdefault(item, []).append((record_id, amount))

    with desk.read() as work:
        now = work.now
        held: dict[int, list[int]] = {}
        for one in work.responsibilities.all():
            held.setdefault(one.ticket_id, []).append(one.staff_id)
        for one in work.tickets.all():
            if one.state in ("withdrawn", "merged"):
                continue
            if one.kind == "complaint" and inside(one.received_at):
                for staff_id in held.get(one.id) or [one.responsible_id]:
                    case(staff_id, "complaints", one.id)
                    if one.id in held:
                        case(staff_id, "responsible", one.id)
                    if one.repeat_no:
                        case(staff_id, "repeats", one.id)
            end = one.resolved_at or one.closed_at
            if inside(one.due_at) and (end or one.due_at < now):
                case(one.responsible_id, "timeliness", one.id, int(end is not None and end <= one.due_at))
        named = {"call": "calls", "evaluation": "evaluations", "repair": "repairs"}
        for one in work.ratings.all():
            if inside(one.at) and one.source in named:
                case(one.staff_id, named[one.source], one.id, one.score)
        for one in work.praises.all():
            if inside(one.at):
                case(one.staff_id, "praises", one.id)
        kinds = {one.id: one.kind for one in work.sanctions.all()}
        for one in work.sanction_entries.all():
            if one.month == month and one.act in ("decided", "reversed"):
                item = "penalties" if kinds[one.sanction_id] == "penalty" else "rewards"
                case(one.staff_id, item, one.id, one.amount)
        trades = {one.id: one.trade for one in work.staff.all()}
        roles = {"designer": "designer_id", "supervisor": "supervisor_id", "project_manager": "manager_id"}
        for site in work.sites.all():
            running = site.completed_on is None and site.stage in RUNNING_STAGES
            ended = site.completed_on is not None and site.completed_on >= month
            opened = site.created_at.astimezone(zone).date()
            begun = (site.start_date or opened) <= last
            if begun and (running or ended) and site.stage != "cancelled":
                for trade, role in roles.items():
                    staff_id = getattr(site, role)
                    if staff_id is not None and trades[staff_id] == trade:
                        case(staff_id, "sites", site.id)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_and_its_list_equal_the_recount(desk, seed) -> None:
    people = staffed(desk, seed)
    for month in (SEPTEMBER, OCTOBER):
        expected, board = recount(desk, month), appraisals.board(desk, month)
        assert {row.staff_id for row in board.rows} >= set(people)
        filled = 0
        for row in board.rows:
            for item in ITEMS:
                cases = expected.get(row.staff_id, {}).get(item, [])
                assert row.figure(item) == Figure(len(cases), sum(amount for _, amount in cases)), item
                listed = appraisals.Cases(desk, board, row.staff_id, item)
                assert listed.count() == len(cases)
                assert sorted(one.id for one in listed.first(999)) == sorted(one for one, _ in cases)
                filled += bool(cases)
        assert filled > 20, "the generated month is no empty one"


def test_a_long_list_by_pages_is_the_list(desk) -> None:
    staffed(desk, 3)
    board = appraisals.board(desk, OCTOBER)
    row = max(board.rows, key=lambda one: one.figure("praises").count)
    listed = appraisals.Cases(desk, board, row.staff_id, "praises")
    whole = listed.first(999)
    assert len(whole) > 3
    paged = listed.first(2)
    while page := listed.after(paged[-1], 2):
        paged += page
    assert paged == whole
    assert listed.last(2) == whole[-2:]
    assert listed.before(whole[-1], 2) == whole[-3:-1]
    assert listed.at(1, 2) == whole[1:3]


def test_a_closed_month_never_changes(desk, clock) -> None:
    staffed(desk, 1)
    before = appraisals.board(desk, OCTOBER)
    closed = appraisals.close(desk, OCTOBER)
    assert (closed.closed_by, closed.closed_at) == ("李敏", clock.at)
    assert {one.staff_id: (one.figures, one.score, one.place) for one in before.rows if one.score} == {
        one.staff_id: (
            {item: figure for item, figure in one.figures.items() if item in _row(before, one).figures},
            one.score,
            one.place,
        )
        for one in closed.rows
        if one.score
    }
    row = max(closed.rows, key=lambda one: one.figure("complaints").count)
    listed = [one.id for one in appraisals.Cases(desk, closed, row.staff_id, "complaints").first(99)]
    client = builders.a_client(desk)
    with desk.store.write("test", desk.operator) as work:
        at = period_of("month", OCTOBER).bounds(desk.policy.timezone)[0].add(hours=1)
        work.tickets.add(
            Ticket(
                number="late",
                kind="complaint",
                client_id=client.client.id,
                severity="minor",
                state="received",
                responsible_id=row.staff_id,
                received_at=at,
            )
        )
        work.ratings.add(Rating(at=at, source="call", source_id=1, staff_id=row.staff_id, score=1))
    again = appraisals.board(desk, OCTOBER)
    assert again == closed
    assert [one.id for one in appraisals.Cases(desk, again, row.staff_id, "complaints").first(99)] == listed
    assert len(listed) == row.figure("complaints").count


def _row(board, row):
    return next(one for one in board.rows if one.staff_id == row.staff_id)


def test_the_repositories_refuse_what_is_closed(desk) -> None:
    builders.a_member(desk, trade="designer")
    appraisals.close(desk, OCTOBER)
    with desk.read() as work:
        month, (one,) = work.appraisal_months.of(OCTOBER), work.appraisals.of_month(OCTOBER)
    acts = (
        lambda work: work.appraisal_months.save(replace(month, closed_at=None)),
        lambda work: work.appraisal_months.remove(month),
        lambda work: work.appraisals.save(replace(one, score=12_000)),
        lambda work: work.appraisals.remove(one),
        lambda work: work.appraisals.add(replace(one, id=0)),
        lambda work: work.appraisals.add_many([replace(one, id=0)]),
    )
    for act in acts:
        with pytest.raises(RuleBroken, match="appraisal.unchangeable"), desk.store.write("test") as work:
            act(work)


def test_who_closes_when_and_once(desk, second_desk) -> None:
    with pytest.raises(RuleBroken, match="appraisal.nobody"):
        appraisals.close(desk, OCTOBER)
    builders.a_member(desk, trade="designer")
    with pytest.raises(NotAllowed):
        appraisals.close(second_desk, OCTOBER)
    with pytest.raises(RuleBroken, match="appraisal.not_over"):
        appraisals.close(desk, date(2026, 11, 1))
    manager = second_desk.signed_in(builders.an_operator(desk, "王经理", "manager"))

    def close(at):
        try:
            return appraisals.close(at, OCTOBER).closed_by
        except RuleBroken as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(close, (desk, manager)))
    assert sorted(told)[0] == "appraisal.closed_already"
    assert len({"李敏", "王经理"} & set(told)) == 1


def test_weights_of_today_do_not_touch_a_closed_month(desk) -> None:
    member = builders.a_member(desk, trade="designer")
    with desk.store.write("test", desk.operator) as work:
        at = period_of("month", OCTOBER).bounds(desk.policy.timezone)[0]
        work.praises.add(Praise(at=at, staff_id=member.id))
    closed = appraisals.close(desk, OCTOBER)
    weights = {**desk.policy.appraisal_weights, "praises": 7}
    other = replace(desk, policy=replace(desk.policy, appraisal_weights=weights))
    assert appraisals.board(other, date(2026, 11, 1)).weights == weights
    assert appraisals.board(other, OCTOBER) == closed
    assert closed.rows[0].score == 10_200


@pytest.mark.row("R1")
def test_the_paper_shows_everybody_and_whether_it_is_closed(desk) -> None:
    builders.a_member(desk, "赵设计", trade="designer")
    builders.a_member(desk, "钱监理", trade="supervisor")
    first = str(papers.preview(desk, "appraisal_monthly", OCTOBER).document)
    assert "赵设计" in first
    assert "钱监理" in first
    assert "未结账" in first
    appraisals.close(desk, OCTOBER)
    assert "由 李敏 结账" in str(papers.preview(desk, "appraisal_monthly", OCTOBER).document)
