"""Acts together: macros whole or not at all, one act on many tickets, harmless acts taken back, missed calls done."""

from datetime import timedelta

import pytest

from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.macro import Macro, SavedView, asked
from deskapp.services import bulk_acts, calls, collaboration, harmless, macros, missed, tickets
from tests import builders

pytestmark = pytest.mark.row("T15")


def a_macro(desk, *steps, **fields):
    own = desk.operator.id
    return macros.save(
        desk, Macro(**{"name": "漏水", "operator_id": own, "moves": {"steps": [*steps]}} | fields)
    )


def now_of(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)


def events_of(desk, ticket):
    with desk.read() as work:
        return [event.kind for event in work.ticket_events.of(ticket.id)]


def test_a_macro_makes_every_move_in_one_transaction(desk):
    member = builders.a_member(desk)
    client = builders.a_client(desk)
    ticket = builders.a_complaint(desk, client, severity="minor")
    macro = a_macro(
        desk,
        {"do": "grade", "severity": "major"},
        {"do": "dispatch", "department_id": member.department_id, "responsible_id": member.id},
        {"do": "tag", "tag": "漏水 急"},
        {"do": "note", "words": "{{client.name}} 说:{{原话}}"},
        {"do": "callback", "hours": 4},
    )
    assert asked(macro.steps) == ("原话",)
    ran = macros.run(desk, ticket, macro, {"原话": "又漏了"})
    assert (ran.ticket.severity, ran.ticket.responsible_id, ran.ticket.state) == (
        "major",
        member.id,
        "dispatched",
    )
    assert collaboration.tags_of(desk, ticket.id)[0] == ("急", "漏水")
    with desk.read() as work:
        assert work.ticket_events.of(ticket.id)[-1].text == "张伟明 说:又漏了"
        call = work.calls.open_for(ticket.id, "callback")[0]
    assert call.due_at == desk.now() + timedelta(hours=4)
    acts = {act for _, act, _ in builders.audit_of(desk, "ticket", ticket.id)}
    assert {"ticket.severity:change", "ticket.move:change"} <= acts, "each move under its own name"


def test_an_illegal_move_stops_a_macro_whole(desk):
    ticket = builders.a_ticket_in(desk, "closed")
    before = events_of(desk, ticket)
    macro = a_macro(desk, {"do": "tag", "tag": "漏水"}, {"do": "respond", "words": "已处理"})
    with pytest.raises(RuleBroken, match=r"macro\.stopped") as stopped:
        macros.run(desk, ticket, macro)
    assert stopped.value.facts["move"] == "答复客户"
    assert collaboration.tags_of(desk, ticket.id)[0] == () and events_of(desk, ticket) == before
    unfilled = a_macro(desk, {"do": "note", "words": "{{单号}}"}, name="空")
    with pytest.raises(RuleBroken, match=r"macro\.stopped"):
        macros.run(desk, ticket, unfilled)


def test_a_macro_is_refused_when_the_ticket_moved_meanwhile(desk, second_desk):
    ticket = builders.a_complaint(desk)
    tickets.respond(second_desk, ticket, "马上去")
    with pytest.raises(Conflict):
        macros.run(desk, ticket, a_macro(desk, {"do": "tag", "tag": "x"}, {"do": "respond", "words": "好"}))
    assert collaboration.tags_of(desk, ticket.id)[0] == ()


def test_own_macros_and_views_are_nobody_elses(desk, second_desk):
    macro = a_macro(desk, {"do": "tag", "tag": "漏水"}, letter="1")
    everybodys = macros.save(desk, Macro(name="公用", letter="1", moves=macro.moves))
    assert macros.listed(desk) == [macro, everybodys] and macros.listed(second_desk) == [everybodys]
    with pytest.raises(RuleBroken, match=r"macro\.not_yours"):
        macros.save(second_desk, macro)
    with pytest.raises(RuleBroken, match=r"macro\.letter_taken"):
        a_macro(desk, {"do": "tag", "tag": "漏水"}, letter="1")
    view = SavedView(operator_id=desk.operator.id, place="tickets", name="漏水", wanted={"tag": "漏水"})
    kept = macros.save_view(desk, view)
    again = macros.save_view(desk, SavedView(kept.id, 0, desk.operator.id, "tickets", "漏水", {"tag": "急"}))
    assert macros.views(desk, "tickets") == [again] and again.wanted == {"tag": "急"}
    assert macros.views(second_desk, "tickets") == []
    assert macros.forget_view(desk, again) and not macros.forget_view(desk, again)


def test_one_act_on_many_names_what_refused_and_is_undone_as_a_lot(desk):
    member = builders.a_member(desk)
    open_ones = [builders.a_complaint(desk) for _ in range(3)]
    ended = builders.a_ticket_in(desk, "closed")
    to = {"department_id": member.department_id, "responsible_id": member.id}
    outcome = bulk_acts.each(desk, "dispatch", [*open_ones, ended], to)
    assert outcome.done == 3 and [number for number, _ in outcome.refused] == [ended.number]
    assert {now_of(desk, one).responsible_id for one in open_ones} == {member.id}
    assert harmless.undo(desk, outcome.undo) == 3
    back = now_of(desk, open_ones[0])
    assert (back.responsible_id, back.state) == (open_ones[0].responsible_id, "received")
    assert events_of(desk, back)[-1] == "handed_back"


def test_an_undo_yields_to_who_went_on_from_it(desk, second_desk):
    member = builders.a_member(desk)
    first, second = builders.a_complaint(desk), builders.a_complaint(desk)
    outcome = bulk_acts.each(desk, "dispatch", [first, second], {"responsible_id": member.id})
    tickets.respond(second_desk, now_of(desk, second), "马上去")
    with pytest.raises(RuleBroken, match=r"undo\.not_yours"):
        harmless.undo(second_desk, outcome.undo)
    with pytest.raises(Conflict):
        harmless.undo(desk, outcome.undo)
    assert now_of(desk, first).responsible_id == member.id, "the lot or nothing"


def test_notes_that_call_on_somebody_have_no_undo_and_tags_only_where_they_were_new(desk):
    ticket, tagged = builders.a_complaint(desk), builders.a_complaint(desk)
    collaboration.tag(desk, tagged, "急")
    assert bulk_acts.each(desk, "note", [ticket], {"words": "@王芳 记一笔"}).undo is None
    outcome = bulk_acts.each(desk, "tag", [ticket, tagged], {"tag": "急"})
    assert harmless.undo(desk, outcome.undo) == 1
    assert collaboration.tags_of(desk, tagged.id)[0] == ("急",)


@pytest.mark.row("C1")
def test_missed_calls_are_done_and_wait_again(desk, second_desk):
    lost = [calls.abandon(desk, calls.ring(desk, builders.a_phone()).call) for _ in range(2)]
    promised = calls.plan(desk, "callback", builders.a_client(desk).client.id, desk.now())
    waits = missed.waiting(desk)
    assert [one.previous_id for one in waits] == [one.id for one in lost]
    calls.take(second_desk, waits[0])
    marked = missed.mark_done(desk, [*waits, promised])
    assert [one.id for one in marked.calls] == [waits[1].id] and marked.passed == 2
    assert missed.waiting(desk) == []
    harmless.undo(desk, marked.undo)
    assert [one.id for one in missed.waiting(desk)] == [waits[1].id]
    with pytest.raises(RuleBroken, match=r"missed\.none"):
        missed.mark_done(desk, [promised])
