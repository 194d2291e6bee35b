"""Working on one ticket together: notes, answers, tags, watchers, mentions, transfer, merge (row T15)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.services import clients, collaboration, exports, notices, slips, tickets
from deskapp.services.figures import first_response
from deskapp.services.frame import frame_facts
from tests import builders

pytestmark = pytest.mark.row("T15")


def kinds_of(desk, ticket) -> list[str]:
    with desk.read() as work:
        return [event.kind for event in work.ticket_events.of(ticket.id)]


def stored(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)


def told(desk) -> list[tuple[str, list[str], str]]:
    """What one's own notices say, oldest first: reason, what was done, by whom."""
    rows = notices.OwnNotices(desk).last(50)[::-1]
    return [(row.notice.reason, [event.kind for event in row.events], row.who) for row in rows]


def outbox_of(desk, ticket) -> list[tuple[str, int]]:
    with desk.read() as work:
        return [(one.reason, one.staff_id) for one in work.outbox.unsent_of(ticket.id)]


@pytest.mark.row("T4", "T5")
def test_every_answer_is_kept_and_only_the_first_stops_the_clock(desk, clock) -> None:
    ticket = tickets.respond(desk, builders.a_complaint(desk), "已致电")
    first = clock.at
    clock.at = clock.at.add(hours=30)
    ticket = tickets.respond(desk, ticket, "材料已到,周三上门")
    assert (ticket.state, ticket.responded_at, ticket.response_met) == ("responded", first, True)
    with desk.read() as work:
        history = [(event.kind, event.text) for event in work.ticket_events.of(ticket.id)]
    assert history[1:] == [("responded", "已致电"), ("answered", "材料已到,周三上门")]


@pytest.mark.row("T2", "P4")
def test_a_note_reaches_neither_slip_nor_export_nor_card(desk, tmp_path) -> None:
    client = builders.a_client(desk)
    ticket = tickets.respond(desk, builders.a_complaint(desk, client), "已致电客户")
    tickets.note(desk, ticket, "绝密:客户难缠")
    out = tmp_path / "tickets.csv"
    for noun in ("tickets", "clients", "calls"):
        exports.export(desk, noun, "csv", out)
        assert "绝密" not in out.read_text(encoding="utf-8-sig")
    paper = slips.slip_text(desk, ticket.id)
    assert "已致电客户" in paper and "绝密" not in paper
    file = clients.whole_file(desk, client.client.id)
    assert "绝密" not in repr(file.card)


def test_a_tag_is_put_on_once_and_taken_off_and_both_are_kept(desk, second_desk) -> None:
    ticket = builders.a_complaint(desk)
    assert collaboration.tag(desk, ticket, " #ＶＩＰ ") == "vip"
    collaboration.tag(second_desk, ticket, "Vip")
    collaboration.tag(second_desk, ticket, "漏水")
    assert collaboration.tags_of(desk, ticket.id) == (("vip", "漏水"), [("vip", 1), ("漏水", 1)])
    collaboration.untag(desk, ticket, "VIP")
    collaboration.untag(desk, ticket, "VIP")
    assert collaboration.tags_of(desk, ticket.id) == (("漏水",), [("漏水", 1)])
    assert kinds_of(desk, ticket) == ["filed", "tagged", "tagged", "untagged"]
    assert [entry[:2] for entry in builders.audit_of(desk, "ticket_tag", ticket.id)] == [
        ("李敏", "ticket.note:add"),
        ("刘敏", "ticket.note:add"),
        ("李敏", "ticket.note:remove"),
    ]
    assert stored(desk, ticket) == ticket, "a tag collides with nobody's move"
    with pytest.raises(RuleBroken):
        collaboration.tag(desk, ticket, "漏 水")


@pytest.mark.row("P5")
def test_tickets_are_found_and_listed_by_tag(desk) -> None:
    client = builders.a_client(desk, "张伟明")
    both, one, plain = (builders.a_complaint(desk, client) for _ in range(3))
    for ticket, word in ((both, "漏水"), (both, "返工"), (one, "漏水二次"), (one, "漏")):
        collaboration.tag(desk, ticket, word)

    def found(typed: str) -> list[int]:
        with desk.read() as work:
            return [row.ticket.id for row in work.search.tickets(typed)]

    assert found("#漏") == [one.id, both.id]
    assert found("#漏水 #返") == [both.id]
    assert found("#漏水 张伟明") == [one.id, both.id]
    assert found("#漏水 王芳") == found("#没有") == []
    assert found("#") == [one.id, both.id]
    with desk.read() as work:
        rows = work.tags.beside(work.tickets.newest(9, tag="漏水"))
        assert [(row.ticket.id, row.tags) for row in rows] == [(both.id, ("漏水", "返工"))]
        assert work.tickets.count_listed(tag="漏") == 1
        assert work.tickets.count_listed() == 3
        assert work.tickets.newest_at(0, 9, tag="漏")[0].ticket.id == one.id
        assert work.tickets.newest_before(9, tag="返工")[0].ticket.id == both.id
        assert [row.tags for row in work.tags.beside(work.tickets.rows([plain.id]))] == [()]


def test_one_tag_from_many_desks_at_once_is_there_once(desk) -> None:
    ticket, gate = builders.a_complaint(desk), Barrier(6)

    def put(_: int) -> None:
        gate.wait()
        collaboration.tag(desk, ticket, "漏水")

    with ThreadPoolExecutor(6) as desks:
        list(desks.map(put, range(6)))
    assert kinds_of(desk, ticket) == ["filed", "tagged"]
    assert len(builders.audit_of(desk, "ticket_tag")) == 1


def test_who_watches_is_told_of_what_others_do_once_an_act(desk, second_desk) -> None:
    ticket = builders.a_complaint(desk)
    assert collaboration.watch(second_desk, ticket)
    assert not collaboration.watch(second_desk, ticket)
    tickets.note(second_desk, ticket, "我来跟进")
    assert told(second_desk) == [], "nobody is told of their own acts"
    tickets.note(desk, ticket, "@刘敏 客户要求今天回电")
    ticket = tickets.respond_and_resolve(desk, ticket, "已修好")
    assert told(second_desk) == [
        ("ticket.mentioned", ["note"], "李敏"),
        ("ticket.watched", ["responded", "resolved"], "李敏"),
    ]
    assert told(desk) == []
    collaboration.unwatch(second_desk, ticket)
    tickets.note(desk, ticket, "完")
    assert len(told(second_desk)) == 2


def test_a_colleague_put_on_is_told(desk, second_desk) -> None:
    ticket = builders.a_complaint(desk)
    colleague = second_desk.operator
    assert collaboration.watch(desk, ticket, colleague.id)
    assert told(second_desk) == [("ticket.put_on", [], "李敏")]
    with desk.read() as work:
        assert work.watchers.of(ticket.id) == [(colleague.id, "刘敏")]
    assert [one.id for one in collaboration.colleagues(desk)] == [colleague.id]


def test_who_is_called_on_is_told_and_a_mail_address_calls_nobody(desk, second_desk) -> None:
    ticket = builders.a_complaint(desk)
    tickets.note(desk, ticket, "发到 liumin@liumin.com;@李敏 自己记着")
    assert told(second_desk) == told(desk) == []
    tickets.respond(desk, ticket, "已答复,请@liumin跟进")
    assert told(second_desk) == [("ticket.mentioned", ["responded"], "李敏")]


def test_notices_are_ones_own(desk, second_desk) -> None:
    ticket = builders.a_complaint(desk)
    for words in ("@刘敏 一", "@刘敏 二", "@刘敏 三"):
        tickets.note(desk, ticket, words)
    mine = notices.OwnNotices(second_desk)
    assert notices.OwnNotices(desk).count() == 0
    newest, middle, oldest = mine.first(9)
    assert [row.events[0].text for row in (newest, oldest)] == ["@刘敏 三", "@刘敏 一"]
    assert newest.ticket.ticket.number == ticket.number
    assert mine.after(newest, 1) == mine.at(1, 1) == mine.before(oldest, 1) == [middle]
    with pytest.raises(NotAllowed):
        notices.mark_read(desk, newest.notice.id)
    with pytest.raises(LookupError):
        notices.mark_read(desk, 9999)
    assert notices.mark_all_read(desk, newest.notice.id) == 0
    assert (mine.unread(), mine.count()) == (3, 3)
    assert notices.mark_read(second_desk, oldest.notice.id)
    assert not notices.mark_read(second_desk, oldest.notice.id)
    assert mine.unread() == 2
    assert notices.mark_all_read(second_desk, middle.notice.id) == 1, "what came since is not read unseen"
    assert mine.unread() == 1
    with pytest.raises(NotAllowed):
        notices.OwnNotices(desk.signed_in(None))


def test_the_frame_counts_what_is_unread(desk, second_desk) -> None:
    ticket = builders.a_complaint(desk)
    before = frame_facts(second_desk)
    tickets.note(desk, ticket, "@刘敏")
    after = frame_facts(second_desk, before)
    assert (before.notices, after.notices, frame_facts(desk).notices) == (0, 1, 0)
    notices.mark_all_read(second_desk, 10**6)
    assert frame_facts(second_desk, after).notices == 0


@pytest.mark.row("T4")
def test_a_transfer_needs_a_reason_tells_both_and_leaves_the_clock(desk, clock) -> None:
    one, other = builders.a_member(desk, "赵刚"), builders.a_member(desk, "钱永福")
    elsewhere = builders.a_department(desk, "design")
    ticket = tickets.dispatch(desk, builders.a_complaint(desk), one.department_id, None)
    ticket = tickets.dispatch(desk, ticket, one.department_id, one.id)
    clock.at = clock.at.add(hours=5)
    for answers in ((one.department_id, other.id), (one.department_id, None), (elsewhere.id, one.id)):
        with pytest.raises(RuleBroken) as refused:
            tickets.dispatch(desk, ticket, *answers, " ")
        assert (refused.value.code, refused.value.facts) == ("ticket.reason_missing", {"move": "transfer"})
    moved = tickets.dispatch(desk, ticket, other.department_id, other.id, "赵刚请假")
    assert (moved.respond_by, moved.due_at, moved.clock_runs) == (ticket.respond_by, ticket.due_at, True)
    assert outbox_of(desk, ticket) == [
        ("ticket.dispatched", one.id),
        ("ticket.transferred", other.id),
        ("ticket.released", one.id),
    ]
    with desk.read() as work:
        event = work.ticket_events.of(ticket.id)[-1]
    assert (event.kind, event.text) == ("transferred", "赵刚请假")
    assert event.facts == {
        "department_id": one.department_id,
        "responsible_id": one.id,
        "to_department_id": other.department_id,
        "to_responsible_id": other.id,
    }


@pytest.mark.row("T4", "R2")
def test_a_merge_keeps_both_clocks_and_counts_once(desk, second_desk, clock) -> None:
    client = builders.a_client(desk)
    target = builders.a_complaint(desk, client)
    clock.at = clock.at.add(hours=1)
    duplicate = tickets.respond(desk, builders.a_complaint(desk, client), "已答复重复单")
    duplicate = tickets.move(desk, duplicate, "resolve", "好了")
    collaboration.watch(second_desk, duplicate)
    merged = tickets.merge(desk, duplicate, target, "同一件事")
    now = stored(desk, target)
    assert replace(now, version=target.version) == target, "an answer on the duplicate stops no other clock"
    assert now.clock_runs
    assert (merged.responded_at, merged.respond_by) == (duplicate.responded_at, duplicate.respond_by)
    day = desk.local(desk.now()).date()
    _, figures = first_response(desk, day, day)
    assert (figures.received, figures.answered, figures.running) == (1, 0, 1)
    with desk.read() as work:
        assert work.timeline.counts(client.client.id)["tickets"] == 1
        assert work.tickets.resolved_since(desk.operator.id, builders.NOW) == 0
        assert work.watchers.of(target.id) == [(second_desk.operator.id, "刘敏")]
    with pytest.raises(Conflict):
        tickets.respond(desk, target, "没看到并入的单")
    tickets.note(desk, target, "继续")
    assert [kinds for _, kinds, _ in told(second_desk)] == [["merged"], ["note"]]


def test_of_two_at_one_instant_only_the_later_filed_goes_into_the_other(desk) -> None:
    client = builders.a_client(desk)
    first, second = builders.a_complaint(desk, client), builders.a_complaint(desk, client)
    with pytest.raises(RuleBroken) as refused:
        tickets.merge(desk, first, second, "重复")
    assert refused.value.code == "ticket.merge_later"
    assert tickets.merge(desk, second, first, "重复").merged_into == first.id
