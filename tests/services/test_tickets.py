"""Filing and moving: numbers without a gap, clocks from the history, one winner of two, notices put down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.ticket_clock import with_deadlines
from deskapp.services import clients, company, tickets
from tests import builders

HOURS = {"minor": 24, "major": 24, "critical": 24, "crisis": 2}
DAYS = {"minor": 7, "major": 5, "critical": 3, "crisis": 1}


def broken(act, *arguments, **named) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def stored(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)


def events_of(desk, ticket) -> list:
    with desk.read() as work:
        return work.ticket_events.of(ticket.id)


def kinds_of(desk, ticket) -> list[str]:
    return [event.kind for event in events_of(desk, ticket)]


def notices_of(desk, ticket) -> list[tuple[str, int]]:
    with desk.read() as work:
        return [(notice.reason, notice.staff_id) for notice in work.outbox.unsent_of(ticket.id)]


@pytest.mark.row("T1", "T2", "T3")
@pytest.mark.parametrize("severity", HOURS)
def test_filing_gives_number_and_deadlines(desk, severity: str) -> None:
    ticket = builders.a_complaint(desk, severity=severity)
    assert ticket.number == "TS20261123-0001"
    assert ticket.received_at == builders.NOW
    assert ticket.respond_by == builders.NOW.add(hours=HOURS[severity])
    assert ticket.due_at == builders.NOW.add(days=DAYS[severity])
    assert stored(desk, ticket) == ticket
    assert kinds_of(desk, ticket) == ["filed", *(["escalated"] if severity == "crisis" else [])]


@pytest.mark.row("T2")
def test_the_responsible_person_is_told(desk) -> None:
    member = builders.a_member(desk)
    ticket = builders.a_complaint(desk, responsible_id=member.id)
    assert ticket.state == "dispatched"
    assert notices_of(desk, ticket) == [("ticket.filed", member.id)]
    assert notices_of(desk, builders.a_complaint(desk)) == []


@pytest.mark.row("T1")
def test_a_stranger_gets_a_file_of_his_own(desk) -> None:
    ticket = builders.a_complaint(desk, builders.a_client(desk))
    stranger = tickets.file(desk, builders.a_draft(phone="13900139000")).ticket
    assert stranger.client_id != ticket.client_id
    (card,) = clients.whose(desk, "139 0013 9000")
    assert (card.client.id, card.client.name, card.client.named) == (stranger.client_id, "陈建国", True)
    nameless = tickets.file(desk, builders.a_draft(client_name="", phone="13900139001")).ticket
    (card,) = clients.whose(desk, "13900139001")
    assert (card.client.id, card.client.named) == (nameless.client_id, False)


@pytest.mark.row("T1")
@pytest.mark.parametrize(
    ("lacks", "code"),
    [
        ({"client_name": " "}, "ticket.missing"),
        ({"subject": "", "description": " "}, "ticket.missing"),
        ({"severity": "mild"}, "ticket.severity"),
        ({"channel": "dream"}, "ticket.channel"),
        ({"kind": "poem"}, "ticket.kind"),
        ({"phone": "12"}, "phone.not_a_number"),
    ],
)
def test_what_cannot_be_filed_leaves_nothing(desk, lacks: dict, code: str) -> None:
    assert broken(tickets.file, desk, builders.a_draft(**lacks)) == code
    with desk.read() as work:
        assert work.tickets.all() == work.clients.all() == []
    assert builders.a_complaint(desk).number == "TS20261123-0001"


@pytest.mark.row("P3")
def test_one_form_files_once_however_often_it_is_sent(desk) -> None:
    draft = builders.a_draft(submission="form-1")
    first, second = tickets.file(desk, draft), tickets.file(desk, draft)
    assert (first.again, second.again, second.ticket) == (False, True, first.ticket)
    with desk.read() as work:
        assert len(work.tickets.all()) == 1


@pytest.mark.row("T1", "C4")
def test_the_call_it_came_in_is_linked(desk) -> None:
    client = builders.a_client(desk)
    call = builders.a_ring(desk, "13900139009")
    ticket = builders.a_complaint(desk, client, call_id=call.id)
    with desk.read() as work:
        linked = work.calls.find(call.id)
    assert (linked.ticket_id, linked.client_id) == (ticket.id, client.client.id)


@pytest.mark.row("T2")
def test_numbers_run_by_kind_and_day_of_the_company(desk, clock) -> None:
    client = builders.a_client(desk)
    first = [builders.a_complaint(desk, client).number for _ in range(2)]
    repair = builders.a_complaint(desk, client, kind="repair").number
    clock.at = clock.at.set(hour=15, minute=59, second=59)
    last = builders.a_complaint(desk, client).number
    clock.at = clock.at.add(seconds=1)
    tomorrow = builders.a_complaint(desk, client).number
    assert first == ["TS20261123-0001", "TS20261123-0002"]
    assert (repair, last, tomorrow) == ("WX20261123-0001", "TS20261123-0003", "TS20261124-0001")


@pytest.mark.row("T2")
def test_many_desks_number_without_a_gap(desk, second_desk) -> None:
    client = builders.a_client(desk)

    def file(place: int) -> str | None:
        draft = builders.a_draft(client, severity="wrong" if place % 5 == 0 else "minor")
        draft = replace(draft, severity="minor", category_id=987654 if place % 5 == 0 else None)
        try:
            return tickets.file((desk, second_desk)[place % 2], draft).ticket.number
        except Exception:
            return None

    with ThreadPoolExecutor(6) as pool:
        numbers = [number for number in pool.map(file, range(30)) if number]
    assert len(numbers) == 24
    assert sorted(numbers) == [f"TS20261123-{serial:04d}" for serial in range(1, 25)]


@pytest.mark.row("T5")
def test_two_desks_that_move_one_ticket_one_wins_and_the_other_is_told_who(desk, second_desk) -> None:
    ticket = builders.a_complaint(desk)
    tickets.respond(second_desk, ticket, "已联系")
    with pytest.raises(Conflict) as told:
        tickets.respond(desk, ticket, "我也联系了")
    assert (told.value.noun, told.value.record_id) == ("ticket", ticket.id)
    assert (told.value.who, told.value.at) == ("刘敏", builders.NOW)
    assert kinds_of(desk, ticket) == ["filed", "responded"]
    assert stored(desk, ticket).response == "已联系"


@pytest.mark.row("T5")
def test_two_desks_at_the_same_instant_one_wins(desk, second_desk) -> None:
    for _ in range(8):
        ticket = builders.a_complaint(desk)

        def move(mover, ticket=ticket) -> bool:
            try:
                tickets.respond(mover, ticket, mover.operator.name)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(move, (desk, second_desk))) == [False, True]
        assert kinds_of(desk, ticket) == ["filed", "responded"]
        assert stored(desk, ticket).version == 2


@pytest.mark.row("T4", "T5")
def test_the_whole_life_of_a_complaint(desk, second_desk, clock) -> None:
    ticket = builders.a_complaint(desk)
    clock.at = clock.at.add(hours=5)
    ticket = tickets.respond(desk, ticket, "已约上门")
    assert (ticket.state, ticket.responded_at, ticket.response_met) == ("responded", clock.at, True)
    clock.at = clock.at.add(days=1)
    ticket = tickets.move(desk, ticket, "resolve", "已修复")
    assert (ticket.resolved_by, ticket.resolution_met) == (desk.operator.id, True)
    clock.at = clock.at.add(hours=2)
    ticket = tickets.verify(second_desk, ticket, satisfied=True, score=5, words="满意")
    assert (ticket.state, ticket.closed_at, ticket.satisfaction) == ("closed", clock.at, 5)
    assert kinds_of(desk, ticket) == ["filed", "responded", "resolved", "verified", "closed"]
    assert [event.operator_id for event in events_of(desk, ticket)] == [1, 1, 1, 2, 2]


@pytest.mark.row("T5")
def test_answered_and_solved_at_the_first_contact(desk) -> None:
    ticket = tickets.respond_and_resolve(desk, builders.a_complaint(desk), "当场解决")
    assert ticket.state == "resolved"
    assert kinds_of(desk, ticket) == ["filed", "responded", "resolved"]
    with desk.read() as work:
        assert len(work.calls.open_for(ticket.id, "verification")) == 1


@pytest.mark.row("T5")
def test_reopening_needs_a_reason_and_stops_the_verification(desk) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    assert broken(tickets.move, desk, ticket, "reopen", " ") == "ticket.reason_missing"
    reopened = tickets.move(desk, ticket, "reopen", "又漏了")
    assert (reopened.resolved_at, reopened.resolved_by, reopened.reopened_count) == (None, None, 1)
    with desk.read() as work:
        assert work.calls.open_for(ticket.id, "verification") == []


@pytest.mark.row("T4")
def test_a_reopened_complaint_is_not_charged_for_the_time_it_was_held_solved(desk, clock) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    clock.at = clock.at.add(days=2)
    reopened = tickets.move(desk, ticket, "reopen", "又漏了")
    assert reopened.due_at == ticket.due_at.add(days=2)
    assert reopened.respond_by == ticket.respond_by


@pytest.mark.row("T5")
def test_a_duplicate_merges_into_the_earlier(desk, second_desk, clock) -> None:
    first = builders.a_complaint(desk)
    clock.at = clock.at.add(hours=1)
    second = builders.a_complaint(desk, first.client_id)
    with pytest.raises(NotAllowed):
        tickets.merge(second_desk, second, first, "重复")
    assert broken(tickets.merge, desk, first, second, "重复") == "ticket.merge_later"
    assert broken(tickets.merge, desk, first, first, "重复") == "ticket.merge_self"
    assert broken(tickets.merge, desk, builders.a_complaint(desk), first, "重复") == "ticket.merge_client"
    merged = tickets.merge(desk, second, first, "重复")
    assert (merged.state, merged.merged_into, merged.closed_at) == ("merged", first.id, clock.at)
    assert kinds_of(desk, first)[-1] == "absorbed"
    assert broken(tickets.merge, desk, first, merged, "重复") == "ticket.merge_closed"


@pytest.mark.row("T2", "T5")
def test_dispatching_tells_the_new_person_and_keeps_the_state_once_answered(desk) -> None:
    member = builders.a_member(desk)
    ticket = builders.a_complaint(desk)
    assert broken(tickets.dispatch, desk, ticket, None, None) == "ticket.nobody"
    given = tickets.dispatch(desk, ticket, member.department_id, member.id)
    assert (given.state, given.responsible_id) == ("dispatched", member.id)
    assert notices_of(desk, ticket) == [("ticket.dispatched", member.id)]
    answered = tickets.respond(desk, given, "已联系")
    other = builders.a_member(desk, "钱永福")
    handed = tickets.dispatch(desk, answered, other.department_id, other.id, "换人处理")
    assert (handed.state, handed.responsible_id) == ("responded", other.id)
    closed = builders.a_ticket_in(desk, "withdrawn")
    assert broken(tickets.dispatch, desk, closed, member.department_id, member.id) == "ticket.illegal_move"


@pytest.mark.row("T3")
def test_graded_anew_targets_count_from_receipt(desk, clock) -> None:
    ticket = builders.a_complaint(desk)
    clock.at = clock.at.add(minutes=30)
    graded = tickets.set_severity(desk, ticket, "crisis", "三户被淹")
    assert graded.respond_by == builders.NOW.add(hours=2)
    assert graded.due_at == builders.NOW.add(days=1)
    assert broken(tickets.set_severity, desk, graded, "mild") == "ticket.severity"
    ended = builders.a_ticket_in(desk, "closed")
    assert broken(tickets.set_severity, desk, ended, "major") == "ticket.ended"


@pytest.mark.row("T3")
def test_graded_after_the_answer_the_verdict_on_it_stands(desk, clock) -> None:
    ticket = builders.a_complaint(desk)
    clock.at = clock.at.add(hours=3)
    graded = tickets.set_severity(desk, tickets.respond(desk, ticket, "已联系"), "crisis")
    assert (graded.respond_by, graded.response_met) == (ticket.respond_by, True)


@pytest.mark.row("T4")
def test_a_pause_moves_the_deadline_only_where_the_policy_allows_it(desk, clock) -> None:
    ticket = builders.a_complaint(desk)
    assert broken(tickets.pause, desk, ticket, "等客户") == "ticket.pause_off"
    desk = company.save_policy(desk, replace(desk.policy, pause_while_waiting=True))
    clock.at = clock.at.add(hours=1)
    paused = tickets.pause(desk, ticket, "等客户")
    assert paused.paused_since == clock.at
    assert broken(tickets.pause, desk, paused, "再等") == "ticket.illegal_move"
    clock.at = clock.at.add(hours=4)
    running = tickets.resume(desk, paused)
    assert (running.paused_since, running.respond_by) == (None, ticket.respond_by.add(hours=4))
    assert broken(tickets.resume, desk, running) == "ticket.illegal_move"


@pytest.mark.row("T4")
def test_an_answer_ends_a_pause(desk, clock) -> None:
    desk = company.save_policy(desk, replace(desk.policy, pause_while_waiting=True))
    ticket = builders.a_complaint(desk)
    clock.at = clock.at.add(hours=1)
    paused = tickets.pause(desk, ticket, "等客户")
    clock.at = clock.at.add(hours=2)
    answered = tickets.respond(desk, paused, "已联系")
    assert (answered.paused_since, answered.respond_by) == (None, ticket.respond_by.add(hours=2))
    assert kinds_of(desk, ticket) == ["filed", "paused", "resumed", "responded"]


@pytest.mark.row("T4")
def test_a_changed_policy_leaves_promises_already_made(desk, clock) -> None:
    ticket = builders.a_complaint(desk)
    hasty = replace(desk.policy, clock_calendar="business")
    desk = company.save_policy(desk, hasty)
    answered = tickets.respond(desk, ticket, "已联系")
    assert answered.respond_by == builders.NOW.add(hours=24)
    assert answered.due_at == builders.NOW.add(days=7)
    assert builders.a_complaint(desk).respond_by > builders.NOW.add(days=2)


@pytest.mark.row("T10")
def test_a_repeat_is_linked_and_counted(desk, clock) -> None:
    client, category_id = builders.a_client(desk), builders.a_category(desk)
    first = builders.a_complaint(desk, client, category_id=category_id)
    clock.at = clock.at.add(days=29)
    second = builders.a_complaint(desk, client, category_id=category_id)
    third = builders.a_complaint(desk, client, category_id=category_id)
    other = builders.a_complaint(desk, client, category_id=builders.a_category(desk, "noise"))
    assert (second.repeat_of, second.repeat_no) == (first.id, 1)
    assert (third.repeat_of, third.repeat_no) == (second.id, 2)
    assert (other.repeat_of, other.repeat_no) == (None, 0)
    clock.at = clock.at.add(days=31)
    assert builders.a_complaint(desk, client, category_id=category_id).repeat_of is None


@pytest.mark.row("T1", "T5")
def test_notes_urging_and_escalation_are_in_the_history(desk) -> None:
    head = builders.a_member(desk, "孙国栋", "office")
    department = builders.a_department(desk, head=head)
    ticket = builders.a_complaint(desk)
    assert broken(tickets.note, desk, ticket, " ") == "ticket.words_missing"
    assert broken(tickets.urge, desk, ticket) == "ticket.nobody"
    assert broken(tickets.escalate, desk, ticket) == "ticket.no_head"
    ticket = tickets.dispatch(desk, ticket, department.id, None)
    tickets.note(desk, ticket, "客户在外地")
    tickets.urge(desk, ticket, "尽快")
    tickets.escalate(desk, ticket, "快到时限")
    assert kinds_of(desk, ticket) == ["filed", "dispatched", "note", "urged", "escalated"]
    assert notices_of(desk, ticket) == [("ticket.escalated", head.id)]


@pytest.mark.row("T5")
@pytest.mark.parametrize("state", ["closed", "withdrawn", "merged"])
def test_what_has_ended_is_neither_urged_nor_escalated(desk, state: str) -> None:
    ended = builders.a_ticket_in(desk, state)
    for act in (tickets.urge, tickets.escalate):
        assert broken(act, desk, ended) == "ticket.ended"


@pytest.mark.row("T4")
@pytest.mark.parametrize("state", ["received", "dispatched", "responded", "resolved", "closed", "reopened"])
def test_deadlines_are_those_the_history_gives(desk, state: str) -> None:
    ticket = builders.a_ticket_in(desk, state)
    assert with_deadlines(ticket, events_of(desk, ticket), desk.policy) == stored(desk, ticket)


@pytest.mark.row("P2")
def test_without_an_operator_nothing_is_filed(desk) -> None:
    with pytest.raises(NotAllowed):
        tickets.file(replace(desk, operator=None), builders.a_draft())
    unused = desk.signed_in(replace(desk.operator, active=False))
    with pytest.raises(NotAllowed):
        tickets.file(unused, builders.a_draft())
