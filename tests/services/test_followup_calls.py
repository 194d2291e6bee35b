"""A follow-up call: what is known before it, and all that comes of it in one transaction (rows F4, A3, C4, T7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.call import Call, Result
from deskapp.domain.errors import RuleBroken
from deskapp.domain.followup import FollowupRule
from deskapp.domain.script_talk import Question
from deskapp.services import calls, followup_calls, followups, outgoing, tickets
from deskapp.services.followup_calls import FollowupResult, Person
from tests import builders
from tests.away import away, unanswered
from tests.followed import a_weekly_call, ratings_of, waiting_call

pytestmark = pytest.mark.row("F4")


def brief_of(desk, call: Call):
    with desk.read() as work:
        return followup_calls.brief(work, call)


def whole(followed) -> FollowupResult:
    return FollowupResult(
        notes="周末有人在家",
        score=4,
        scores={"designer": 5, "project_manager": 3, "crew": 2},
        answers={"progress": "no", "quality": 4, "problem": "阳台漏水"},
        praised_id=followed.designer.id,
        praise="王丽很细心",
        problem="阳台漏水\n雨后更重",
        issue=True,
    )


def test_the_script_its_questions_and_the_people_of_the_site_are_known_before(desk) -> None:
    followed = a_weekly_call(desk)
    brief = brief_of(desk, followed.call)
    assert brief.opening.startswith("您好") and "{operator}" in brief.opening
    assert brief.address == "海棠湾 3-2-1101"
    assert [one.code for one in brief.questions] == ["progress", "quality", "site", "problem"]
    assert brief.people == (
        Person("designer", "王丽", followed.designer.id),
        Person("project_manager", "赵刚", followed.manager.id),
        Person("crew", "老李工队"),
    )
    assert brief.last is None
    assert brief_of(desk, builders.a_ring(desk)) is None


@pytest.mark.row("A3", "A4", "C4", "T2")
def test_all_that_came_of_it_is_stored_together(desk) -> None:
    followed = a_weekly_call(desk)
    done = followup_calls.finish(desk, followed.call, whole(followed), key="k1")
    call = done.ended.call
    assert (call.state, call.outcome, call.score) == ("done", "reached", 4)
    assert call.answers == {"progress": "no", "quality": 4, "problem": "阳台漏水"}
    assert call.notes == "周末有人在家\n阳台漏水\n雨后更重"
    assert ratings_of(desk, "call", call.id) == {
        "designer": (5, followed.designer.id),
        "project_manager": (3, followed.manager.id),
        "crew": (2, None),
    }
    with desk.read() as work:
        praise = work.praises.all()[0]
        followup = work.followups.get(call.followup_id)
        linked = work.calls.find(call.id)
    assert (praise.staff_id, praise.words, praise.source, praise.source_id) == (
        followed.designer.id,
        "王丽很细心",
        "call",
        call.id,
    )
    assert (followup.state, followup.score, followup.call_id) == ("done", 4, call.id)
    ticket = done.issue.ticket
    assert (ticket.number, ticket.kind) == ("HF20261123-0001", "followup_issue")
    assert (ticket.subject, ticket.description) == ("阳台漏水", "阳台漏水\n雨后更重")
    assert (ticket.client_id, ticket.site_id) == (followed.client.client.id, followed.site.id)
    assert ticket.responsible_id == followed.manager.id and ticket.state == "dispatched"
    assert desk.local(ticket.due_at).format("YYYY-MM-DD HH:mm") == "2026-11-26 23:59"
    assert linked.ticket_id == ticket.id


def test_nothing_is_needed(desk) -> None:
    followed = a_weekly_call(desk)
    done = followup_calls.finish(desk, followed.call, FollowupResult())
    assert (done.ended.call.outcome, done.ended.call.score, done.ended.call.answers) == (
        "reached",
        None,
        None,
    )
    assert done.issue is None and ratings_of(desk, "call", followed.call.id) == {}


def test_sent_twice_under_one_key_it_is_done_once(desk) -> None:
    followed = a_weekly_call(desk)
    first = followup_calls.finish(desk, followed.call, whole(followed), key="k1")
    again = followup_calls.finish(desk, followed.call, whole(followed), key="k1")
    assert again.ended.call.id == first.ended.call.id
    assert again.issue.ticket.id == first.issue.ticket.id
    with desk.read() as work:
        assert len(work.praises.all()) == 1 and len(work.ratings.all()) == 3
        assert work.tickets.count_listed() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"praised_id": None}, "praise.nobody"),
        ({"praised_id": 10_000}, "praise.nobody"),
        ({"problem": " "}, "followup_call.problem_missing"),
        ({"scores": {"designer": 6}}, "ticket.score"),
        ({"score": 0}, "ticket.score"),
        ({"answers": {"progress": "maybe"}}, "followup_call.answer.wrong"),
    ],
)
def test_what_cannot_be_stored_leaves_nothing_behind(desk, change, code) -> None:
    followed = a_weekly_call(desk)
    with pytest.raises(RuleBroken) as refused:
        followup_calls.finish(desk, followed.call, replace(whole(followed), **change), key="k1")
    assert refused.value.code == code
    with desk.read() as work:
        assert work.calls.find(followed.call.id).state == "open"
        assert not work.ratings.all() and not work.praises.all() and not work.tickets.count_listed()


def test_a_score_the_script_asks_of_a_trade_is_that_trade_s(desk) -> None:
    followed = a_weekly_call(desk)
    with desk.write("call.plan") as work:
        script = work.scripts.by_code("midterm")
        rule = next(one for one in work.followup_rules.listed() if one.code == "weekly")
        work.followup_rules.save(replace(rule, script_id=script.id))
    supervisor = builders.a_member(desk, "孙强", "supervisor")
    with desk.write("site.save") as work:
        work.sites.save(replace(work.sites.find(followed.site.id), supervisor_id=supervisor.id))
    result = FollowupResult(score=5, answers={"supervisor": 2})
    followup_calls.finish(desk, followed.call, result)
    assert ratings_of(desk, "call", followed.call.id) == {"supervisor": (2, supervisor.id)}


def test_the_last_answers_about_the_site_are_known_the_next_time(desk, clock) -> None:
    followed = a_weekly_call(desk)
    followup_calls.finish(desk, followed.call, FollowupResult(score=3, answers={"progress": "no"}))
    clock.at = clock.at.add(days=7)
    followups.tick(desk)
    brief = brief_of(desk, waiting_call(desk, followed.client))
    assert brief.last.id == followed.call.id and brief.last.score == 3
    assert [(one.question.code, one.value) for one in brief.last_answers] == [("progress", "no")]
    other = a_weekly_call(desk, "李秀英")
    assert brief_of(desk, other.call).last is None


def test_a_call_without_a_rule_follows_the_script_of_its_purpose(desk) -> None:
    with desk.read() as work:
        script = followup_calls.script_of(work, Call(purpose="warranty"))
        assert script is not None and script.code == "warranty"
        assert followup_calls.script_of(work, Call(purpose="")) is None
        assert work.followup_rules.get(None) is None
    assert FollowupRule().script_id is None and Question("a", "b").kind == "text"


@pytest.mark.row("P3")
def test_it_waits_on_the_desk_s_disk_while_the_database_is_away(desk, tmp_path) -> None:
    desk = replace(desk, desk_dir=tmp_path)
    followed = a_weekly_call(desk)
    result = whole(followed)
    one = outgoing.finishing(desk, followed.call, result, "k1", "张伟明", "call-1-result", {"notes": "x"})
    with away(desk):
        kept = outgoing.submit(desk, one)
    assert isinstance(kept, outgoing.Kept)
    assert [one.act for one in outgoing.all_waiting(desk)] == ["call.finish"]
    with unanswered(desk, lambda it: bool(tickets_of(it))):
        outgoing.send(desk)
    sent = outgoing.send(desk)
    assert sent.left == 0 and outgoing.all_waiting(desk) == []
    assert len(tickets_of(desk)) == 1, "sent again after its answer was lost, it is done once"
    assert len(ratings_of(desk, "call", followed.call.id)) == 3


def tickets_of(desk):
    with desk.read() as work:
        return [row.ticket for row in work.tickets.newest(5)]


@pytest.mark.row("F5")
def test_a_client_who_wants_no_more_calls_gets_none(desk) -> None:
    followed = a_weekly_call(desk)
    card = followup_calls.opt_out(desk, followed.client.client.id)
    assert card.client.wants_calls is False
    with desk.read() as work:
        there = work.followups.of_site(followed.site.id)
        states = {call.state for call in work.calls.of_client(followed.client.client.id)}
    assert {one.state for one in there} <= {"dropped", "missed"} and there
    assert states == {"dropped"}


@pytest.mark.row("T7")
def test_a_verification_put_off_still_asks_whether_it_is_solved(desk, second_desk) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    with desk.read() as work:
        asked = work.calls.open_for(ticket.id, "verification")[0]
    later = calls.end(second_desk, asked, Result("call_back", "", desk.now().add(hours=1))).follows
    assert later.kind == "callback" and later.verifies and not later.follows_up
    calls.end(second_desk, later, Result("reached", "还在漏", satisfied=False))
    with desk.read() as work:
        assert work.tickets.find(ticket.id).state == "reopened"


@pytest.mark.row("T7")
def test_a_verification_put_off_is_dropped_when_nobody_need_be_asked(desk, second_desk) -> None:
    ticket = builders.a_ticket_in(desk, "resolved")
    with desk.read() as work:
        asked = work.calls.open_for(ticket.id, "verification")[0]
    later = calls.end(second_desk, asked, Result("call_back", "", desk.now().add(hours=1))).follows
    with desk.read() as work:
        found = work.tickets.find(ticket.id)
    tickets.move(desk, found, "reopen", "客户来电说没好")
    with desk.read() as work:
        assert work.calls.find(later.id).state == "done"
