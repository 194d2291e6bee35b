"""The last single act is taken back for fifteen seconds: by a new act, unless somebody has gone on from it."""

from __future__ import annotations

import pytest

from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.period import period_of
from deskapp.domain.phrase import Phrase
from deskapp.services import calls, collaboration, figures, harmless, phrases, tickets
from tests import builders

pytestmark = [pytest.mark.row("T15"), pytest.mark.row("P6")]
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def now_of(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)


def call_of(desk, call):
    with desk.read() as work:
        return work.calls.find(call.id)


def history(desk, ticket):
    with desk.read() as work:
        return [event.kind for event in work.ticket_events.of(ticket.id)]


def graded(desk, ticket):
    return "grade", tickets.set_severity(desk, ticket, "minor", "看过了")


def resolved(desk, ticket):
    return "resolve", tickets.move(desk, ticket, "resolve", "修好了")


def withdrawn(desk, ticket):
    return "withdraw", tickets.move(desk, ticket, "withdraw", "录错了")


@pytest.mark.parametrize("act", [graded, resolved, withdrawn])
def test_a_ticket_stands_as_it_did_and_the_history_says_both(desk, second_desk, act):
    before = builders.a_ticket_in(desk, "responded", severity="major")
    name, done = act(desk, before)
    one = harmless.after(desk, name, before, done)
    with pytest.raises(RuleBroken, match=r"undo\.not_yours"):
        harmless.undo(second_desk, one)
    assert harmless.undo(desk, one) == 1
    now = now_of(desk, before)
    kept = (
        "state",
        "severity",
        "target_s",
        "respond_by",
        "due_at",
        "responded_at",
        "resolved_at",
        "closed_at",
    )
    assert [getattr(now, field) for field in kept] == [getattr(before, field) for field in kept]
    assert now.version == done.version + 1 and history(desk, before)[-1] == "undone"
    assert len(history(desk, before)) >= 3, "what was undone is still told"
    with desk.read() as work:
        assert [call for call in work.calls.open_for(before.id, "verification") if call.state == "open"] == []
    with pytest.raises(Conflict):
        harmless.undo(desk, one)


def test_an_end_that_was_undone_is_no_end_for_the_figures(desk, clock):
    before = builders.a_ticket_in(desk, "responded")
    name, done = resolved(desk, before)
    period = period_of("day", desk.local(desk.now()).date())

    def counted():
        board = figures.figures_of(desk, period, "", ("reopened",), {"reopened": "resolved"})
        (line,) = [one for one in board.lines if one.measure.code == "reopened" and not one.part.value]
        return line.now.bottom

    noted = tickets.note(desk, done, "x")
    harmless.undo(desk, harmless.after(desk, "note", done, noted, "x"))
    assert counted() == 1, "a note that was taken back is no end that was"
    harmless.undo(desk, harmless.after(desk, name, before, done))
    assert counted() == 0
    clock.at = clock.at.add(minutes=5)
    tickets.move(desk, now_of(desk, before), "resolve", "这回真修好了")
    assert counted() == 1


@SQLITE
def test_who_went_on_from_it_and_time_forbid_it(desk, second_desk, clock):
    before = builders.a_ticket_in(desk, "responded")
    name, done = graded(desk, before)
    one = harmless.after(desk, name, before, done)
    clock.at = clock.at.add(seconds=16)
    with pytest.raises(RuleBroken, match=r"undo\.late"):
        harmless.undo(desk, one)
    name, again = "grade", tickets.set_severity(desk, done, "major")
    one = harmless.after(desk, name, done, again)
    tickets.move(second_desk, again, "resolve", "修好了")
    with pytest.raises(Conflict):
        harmless.undo(desk, one)
    assert now_of(desk, before).state == "resolved"


@SQLITE
def test_a_note_stays_to_be_read_and_is_said_to_be_taken_back(desk):
    ticket = builders.a_complaint(desk)
    event = tickets.note(desk, ticket, "写错单了")
    harmless.undo(desk, harmless.after(desk, "note", ticket, event, "写错单了"))
    assert history(desk, ticket)[-2:] == ["note", "undone"]
    assert harmless.after(desk, "note", ticket, event, "@李敏 看看") is None


@SQLITE
@pytest.mark.row("C4")
def test_a_call_put_off_or_given_back_is_as_it_was_unless_somebody_took_it(desk, second_desk):
    call = calls.plan(desk, "callback", builders.a_client(desk).client.id, desk.now().add(hours=1))
    one = harmless.later(desk, call, desk.now().add(days=1))
    harmless.undo(desk, one)
    assert call_of(desk, call).due_at == call.due_at
    held = calls.take(desk, call_of(desk, call))
    one = harmless.release(desk, held)
    assert call_of(desk, call).state == "open"
    harmless.undo(desk, one)
    assert call_of(desk, call).taken_by == desk.operator.id
    one = harmless.release(desk, call_of(desk, call))
    calls.take(second_desk, call_of(desk, call))
    with pytest.raises(Conflict):
        harmless.undo(desk, one)


@SQLITE
def test_a_tag_of_ones_own_comes_off_and_a_handover_goes_back(desk):
    ticket, member = builders.a_complaint(desk), builders.a_member(desk)
    step = harmless.tag(desk, ticket, "急")
    harmless.undo(desk, harmless.undo_of(desk, "tag", [step]))
    assert collaboration.tags_of(desk, ticket.id)[0] == ()
    given = tickets.dispatch(desk, ticket, member.department_id, member.id)
    harmless.undo(desk, harmless.after(desk, "dispatch", ticket, given))
    assert now_of(desk, ticket).responsible_id == ticket.responsible_id
    assert history(desk, ticket)[-1] == "handed_back"


@SQLITE
def test_what_was_taken_out_of_use_is_back_unless_somebody_wrote_meanwhile(desk):
    phrase = phrases.save(desk, Phrase(kind="reply", title="问候", words="您好"))
    gone = phrases.retire(desk, phrase)
    one = harmless.turned(desk, gone.active, lambda here: phrases.retire(here, gone, active=True))
    assert one.act == "retire" and harmless.undo(desk, one) == 1
    with desk.read() as work:
        assert work.phrases.find(phrase.id).active
    with pytest.raises(Conflict):
        harmless.undo(desk, one)
