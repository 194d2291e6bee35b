"""Mass complaints on both databases: grouped, answered and resolved once, each client asked by a call (T11, T7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.services import intake, mass, tickets
from tests import builders

pytestmark = pytest.mark.row("T11")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def hollow(desk, **fields):
    """A complaint of hollow tiles, of a client and at a site of their own."""
    client = builders.a_client(desk)
    site = builders.a_site(desk, client, estate=fields.pop("estate", "海棠湾"))
    words = {"subject": "客厅瓷砖空鼓", "description": "同一批瓷砖敲着响", "site_id": site.id}
    category_id = builders.a_category(desk, "tile")
    return builders.a_complaint(desk, client, category_id=category_id, **(words | fields))


def three(desk):
    found = []
    for place in range(3):
        desk.store.clock.at = builders.NOW.add(hours=place)
        found.append(hollow(desk, estate=("海棠湾", "海棠湾", "云锦园")[place]))
    return found


def now(desk, *ids):
    with desk.read() as work:
        return [work.tickets.find(one) for one in ids]


def standing(desk, group):
    with desk.read() as work:
        return work.mass_complaints.find(group.id)


def broken(verb, *args, **options):
    with pytest.raises(RuleBroken) as refused:
        verb(*args, **options)
    return refused.value.code


@pytest.mark.row("T7", "T4")
def test_one_answer_and_one_resolution_reach_all_and_each_client_is_asked(desk, second_desk):
    found = three(desk)
    ids = [one.id for one in found]
    group = mass.open_group(desk, ids, "同一批瓷砖空鼓", key="g")
    assert mass.open_group(desk, ids, "同一批瓷砖空鼓", key="g") == group, "sent again"
    assert (group.number, group.ticket_id, group.state) == ("PL20261123-0001", ids[0], "open")
    assert [one.parent_id for one in now(desk, *ids)] == [None, ids[0], ids[0]]
    desk.store.clock.at = builders.NOW.add(hours=5)
    done = mass.answer_all(desk, group, "厂家明天到场检测", key="a")
    assert mass.answer_all(desk, group, "厂家明天到场检测", key="a").mass == done.mass, "sent again"
    for one in now(desk, *ids):
        assert (one.state, one.responded_at, one.response) == ("responded", desk.now(), "厂家明天到场检测")
        assert one.respond_by == one.received_at.add(hours=24), "each keeps its own clock"
    with desk.read() as work:
        assert all([e.kind for e in work.ticket_events.of(one)].count("responded") == 1 for one in ids)
    assert done.mass.state == "answered"
    solved = mass.resolve_all(desk, done.mass, "全部换新")
    assert (solved.mass.state, solved.left) == ("resolved", ())
    with desk.read() as work:
        calls = [work.calls.open_for(one, "verification") for one in ids]
        assert [len(one) for one in calls] == [1, 1, 1]
    for place, one in enumerate(now(desk, *ids)):
        assert broken(tickets.verify, desk, one, satisfied=True, score=5) == "ticket.verify_own_work"
        tickets.verify(second_desk, one, satisfied=True, score=5)
        assert standing(desk, group).state == ("closed" if place == 2 else "resolved")
    tickets.move(desk, now(desk, ids[1])[0], "reopen", "又空鼓了")
    assert standing(desk, group).state == "reopened"


def test_what_cannot_move_is_named_and_not_forced(desk):
    found = three(desk)
    group = mass.open_group(desk, [one.id for one in found], "瓷砖")
    tickets.respond_and_resolve(desk, now(desk, found[0].id)[0], "已换")
    group = standing(desk, group)
    done = mass.answer_all(desk, group, "已联系厂家")
    assert [one.id for one in done.left] == [found[0].id]
    assert [one.state for one in now(desk, *(one.id for one in found))] == [
        "resolved",
        "responded",
        "responded",
    ]
    late = hollow(desk)
    group = mass.add(desk, done.mass, [late.id])
    assert group.state == "open"
    assert [one.id for one in mass.resolve_all(desk, group, "换新").left] == [late.id]
    group = standing(desk, group)
    again = mass.answer_all(desk, group, "已联系厂家")
    assert late.id in [one.id for one in again.moved], "whoever came later is told too"


@sqlite_only
def test_who_may_be_grouped(desk):
    found = three(desk)
    ids = [one.id for one in found]
    assert broken(mass.open_group, desk, ids[:1], "瓷砖") == "mass.too_few"
    assert broken(mass.open_group, desk, ids, " ") == "mass.cause"
    ended = builders.a_ticket_in(desk, "withdrawn")
    assert broken(mass.open_group, desk, [ids[0], ended.id], "瓷砖") == "mass.ended"
    repair = builders.a_complaint(desk, kind="repair")
    assert broken(mass.open_group, desk, [ids[0], repair.id], "瓷砖") == "mass.no_complaint"
    mass.open_group(desk, ids[:2], "瓷砖")
    for one in ids[:2]:
        assert broken(mass.open_group, desk, [ids[2], one], "瓷砖") == "mass.elsewhere"


def test_one_taken_out_leaves_the_rest_and_the_last_dissolves_it(desk):
    found = three(desk)
    ids = [one.id for one in found]
    group = mass.open_group(desk, ids, "瓷砖")
    left = mass.remove(desk, group, ids[0], "另有原因")
    assert left.ticket_id == ids[1]
    assert [one.parent_id for one in now(desk, *ids)] == [None, None, ids[1]]
    with pytest.raises(Conflict):
        mass.remove(desk, group, ids[1])
    assert broken(mass.remove, desk, left, ids[0]) == "mass.not_in"
    over = mass.dissolve(desk, left, "原因不同")
    assert (over.state, over.ticket_id) == ("dissolved", None)
    assert {one.parent_id for one in now(desk, *ids)} == {None}
    assert mass.open_group(desk, ids, "瓷砖").number == "PL20261123-0002", "free to be grouped again"
    with desk.read() as work:
        kinds = [e.kind for e in work.ticket_events.of(ids[1])]
    assert kinds == ["filed", "grouped", "ungrouped", "grouped"]


def test_of_two_desks_that_answer_all_at_once_one_wins(desk, second_desk):
    found = three(desk)
    group = mass.open_group(desk, [one.id for one in found], "瓷砖")

    def answer(at, words):
        try:
            return mass.answer_all(at, group, words)
        except Conflict as lost:
            return lost

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(answer, (desk, second_desk), ("甲", "乙")))
    assert sum(isinstance(one, Conflict) for one in done) == 1
    won = next(one for one in done if not isinstance(one, Conflict))
    assert {one.response for one in now(desk, *(one.id for one in found))} == {won.mass.answer}
    with desk.read() as work:
        for one in found:
            assert [e.kind for e in work.ticket_events.of(one.id)].count("responded") == 1


def test_of_the_last_two_that_close_at_once_the_later_closes_the_group(desk, second_desk):
    ids = [one.id for one in three(desk)]
    group = mass.open_group(desk, ids, "瓷砖")
    group = mass.answer_all(desk, group, "厂家到场").mass
    mass.resolve_all(desk, group, "换新")
    other = second_desk.signed_in(builders.an_operator(desk, "王芳"))
    with ThreadPoolExecutor(3) as pool:
        desks = (second_desk, other, other)
        jobs = [pool.submit(tickets.verify, at, one, satisfied=True, score=4)
                for at, one in zip(desks, now(desk, *ids), strict=True)]  # fmt: skip
        assert [job.result().state for job in jobs] == ["closed"] * 3
    assert standing(desk, group).state == "closed"


def test_the_spread_and_the_list(desk):
    found = three(desk)
    group = mass.open_group(desk, [one.id for one in found], "瓷砖")
    spread = mass.spread(desk, group.id)
    assert (spread.tickets, spread.clients, spread.sites) == (3, 3, 3)
    assert spread.estates == (("海棠湾", 2), ("云锦园", 1))
    assert sum(count for _, count in spread.days) == 3
    closed = mass.open_group(desk, [hollow(desk).id, hollow(desk).id], "砖")
    mass.dissolve(desk, closed)
    with desk.read() as work:
        rows = work.mass_complaints.page(9)
        assert [(row.mass.id, row.tickets, row.clients, row.waiting) for row in rows] == [
            (group.id, 3, 3, 3),
            (closed.id, 0, 0, 0),
        ]
        assert work.mass_complaints.count() == 2
        assert work.mass_complaints.page(9, after=rows[0]) == rows[1:]
        assert work.mass_complaints.page(9, before=rows[1]) == rows[:1]
        assert work.mass_complaints.page(1, last=True) == rows[1:]
        assert work.mass_complaints.page(9, offset=1) == rows[1:]


@pytest.mark.row("T10")
def test_the_third_alike_is_suggested_and_filed_straight_into_the_group(desk):
    found = three(desk)[:2]
    category_id = builders.a_category(desk, "tile")
    client = builders.a_client(desk)

    def look(words="瓷砖空鼓", category=category_id):
        return intake.look(desk, intake.Asked(client.client.id, category_id=category, words=words)).alike

    with desk.write("ticket.move") as work:
        tickets.move_in(work, desk, work.tickets.newest(1)[0].ticket, "withdraw", "不投诉了")
    seen = look()
    assert (seen.clients, [one.id for one in seen.tickets], seen.mass) == (
        3,
        [found[1].id, found[0].id],
        None,
    )
    assert look("门锁坏了") is None
    assert look(category=builders.a_category(desk, "leak")) is None
    group = mass.open_group(desk, [one.id for one in found], "瓷砖")
    assert look().mass.id == group.id
    one = builders.a_draft(client, category_id=category_id, mass_id=group.id, submission="s")
    joined = tickets.file(desk, one).ticket
    assert joined.parent_id == group.ticket_id
    assert tickets.file(desk, one).again
    desk = replace(desk, policy=replace(desk.policy, mass_days=1))
    desk.store.clock.at = desk.now().add(days=2)
    assert look() is None
    mass.dissolve(desk, standing(desk, group))
    assert tickets.file(desk, replace(one, submission="t")).ticket.parent_id is None, "filed all the same"
