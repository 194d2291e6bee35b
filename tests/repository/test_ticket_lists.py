"""The lists of tickets read by key: every page is the same stretch of one order, whichever way it was reached."""

import pytest

from deskapp.domain.ticket import CLOCKED_KINDS, KINDS
from tests import builders


@pytest.fixture
def filed(desk, clock):
    client = builders.a_client(desk)
    tickets = []
    for number in range(7):
        clock.at = clock.at.add(minutes=number % 3)
        tickets.append(builders.a_complaint(desk, client))
    return tickets


def ids(rows):
    return [row.ticket.id for row in rows]


@pytest.mark.parametrize("only_open", [False, True])
def test_pages_by_age_are_stretches_of_one_order(desk, filed, only_open):
    with desk.read() as work:
        tickets = work.tickets
        whole = tickets.newest(50, only_open=only_open)
        assert ids(whole) == ids(
            sorted(whole, key=lambda r: (r.ticket.received_at, r.ticket.id), reverse=True)
        )
        assert tickets.count_listed(only_open) == len(whole) == 7
        for at, row in enumerate(whole):
            assert ids(tickets.newest(3, row, only_open=only_open)) == ids(whole[at + 1 : at + 4])
            assert ids(tickets.newest_before(3, row, only_open=only_open)) == ids(whole[max(0, at - 3) : at])
            assert ids(tickets.newest_at(at, 3, only_open=only_open)) == ids(whole[at : at + 3])
        assert ids(tickets.newest_before(3, only_open=only_open)) == ids(whole[-3:])


def test_open_ones_alone_leave_out_what_has_ended(desk, filed):
    from deskapp.services import tickets

    tickets.move(desk, filed[2], "withdraw", "客户撤诉")
    with desk.read() as work:
        assert filed[2].id not in ids(work.tickets.newest(50, only_open=True))
        assert work.tickets.count_listed(True) == 6
        assert work.tickets.count_listed() == 7


@pytest.mark.row("T5", "T13", "T14")
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_alone_is_a_list_of_its_own(desk, filed, clock, kind):
    clock.at = clock.at.add(minutes=5)
    mine = [builders.a_complaint(desk, filed[0].client_id, kind=kind) for _ in range(3)]
    wanted = [ticket.id for ticket in reversed(mine)] + (
        [one.id for one in reversed(filed)] * (kind == "complaint")
    )
    with desk.read() as work:
        whole = work.tickets.newest(50, kind=kind)
        assert ids(whole)[:3] == wanted[:3] and sorted(ids(whole)) == sorted(wanted)
        assert work.tickets.count_listed(kind=kind) == len(wanted)
        assert ids(work.tickets.newest(2, whole[0], kind=kind)) == ids(whole[1:3])
        assert ids(work.tickets.newest_before(9, whole[-1], kind=kind)) == ids(whole[:-1])
        assert ids(work.tickets.newest_at(1, 1, kind=kind)) == ids(whole[1:2])
        on_board = ids(work.tickets.running_clocks(50))
        assert set(ids(whole)) & set(on_board) == (set(ids(whole)) if kind in CLOCKED_KINDS else set())
        assert work.tickets.count_running() == len(on_board)


@pytest.mark.row("T4")
def test_clocks_nobody_answers_for_can_be_shown_alone(desk, filed):
    department = builders.a_department(desk)
    from deskapp.services import tickets

    tickets.dispatch(desk, filed[3], department.id, None)
    with desk.read() as work:
        assert work.tickets.count_running(0) == 6
        assert work.tickets.count_running(department.id) == 1
        assert ids(work.tickets.running_clocks(50, department_id=department.id)) == [filed[3].id]
        assert filed[3].id not in ids(work.tickets.running_clocks(50, department_id=0))


@pytest.mark.row("T4")
def test_what_happened_last_is_read_for_many_at_once(desk, filed):
    from deskapp.services import tickets

    tickets.note(desk, filed[0], "已约时间")
    with desk.read() as work:
        last = work.ticket_events.latest_of([filed[0].id, filed[1].id, 999])
        assert {key: event.kind for key, event in last.items()} == {filed[0].id: "note", filed[1].id: "filed"}
        assert work.ticket_events.latest_of([]) == {}
