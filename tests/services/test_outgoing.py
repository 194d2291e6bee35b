"""What waits on the desk's disk: sent once, in order, as who typed it; refused, it is a draft again (row P3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.call import Result
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.services import calls, drafts, operators, outgoing, tickets
from tests import builders
from tests.away import away, unanswered

pytestmark = pytest.mark.row("P3")
WORDS = "卫生间漏水,楼下天花板渗水"


@pytest.fixture
def desk(desk, tmp_path):
    return replace(desk, desk_dir=tmp_path)


@pytest.fixture
def client(desk):
    return builders.a_client(desk, "张伟明", "13800138000")


def a_filing(desk, key="k1", **fields):
    draft = builders.a_draft(fields.pop("client", None), submission=key, description=WORDS, **fields)
    typed = {"words": WORDS, "submission": key}
    return outgoing.filing(
        desk, draft, decided=False, about="张伟明 漏水", form=f"complaint-{key}", typed=typed
    )


def files(desk):
    folder = desk.desk_dir / "outgoing"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def filed(desk):
    with desk.read() as work:
        return [row.ticket for row in work.tickets.newest(50)]


def test_what_waits_is_sent_in_order_and_once(desk, client, clock):
    typed_at = clock.at
    for key in ("k1", "k2", "k3"):
        outgoing.keep(desk, a_filing(desk, key, client=client))
    assert [one.key for one in outgoing.all_waiting(desk)] == ["k1", "k2", "k3"]
    with away(desk):
        gone = outgoing.send(desk)
    assert (len(gone.sent), gone.left, gone.away.code) == (0, 3, "storage.lost")
    clock.at = clock.at.add(hours=2)
    done = outgoing.send(desk)
    assert [one.gave[0].ticket.submission for one in done.sent] == ["k1", "k2", "k3"]
    assert (done.left, done.away, files(desk)) == (0, None, [])
    assert [ticket.number[-4:] for ticket in reversed(filed(desk))] == ["0001", "0002", "0003"]
    assert {ticket.received_at for ticket in filed(desk)} == {typed_at}
    assert outgoing.send(desk) == outgoing.Round()


def test_an_act_whose_answer_was_lost_is_recognised(desk, client):
    one = outgoing.keep(desk, a_filing(desk, client=client))
    with unanswered(desk), pytest.raises(StorageFailed) as lost:
        outgoing.do(desk, one)
    assert lost.value.away
    assert len(filed(desk)) == 1
    (sent,) = outgoing.send(desk).sent
    assert sent.gave[0].again is True
    assert len(filed(desk)) == 1


@pytest.mark.parametrize("act", ["respond", "note", "settle"])
def test_words_about_a_ticket_whose_answer_was_lost_are_recognised(desk, act):
    ticket = builders.a_complaint(desk)
    one = outgoing.moving(desk, act, ticket, "k", "act-1", {"words": "明早上门"})
    with unanswered(desk), pytest.raises(StorageFailed):
        outgoing.do(desk, one)
    with desk.read() as work:
        history = [event.id for event in work.ticket_events.of(ticket.id)]
    outgoing.keep(desk, one)
    assert [sent.refused for sent in outgoing.send(desk).sent] == [None]
    with desk.read() as work:
        assert [event.id for event in work.ticket_events.of(ticket.id)] == history


def test_a_kill_between_sending_and_tidying_up_does_nothing_twice(desk, client):
    one = outgoing.keep(desk, a_filing(desk, client=client))
    outgoing.do(desk, one)
    assert len(files(desk)) == 1
    outgoing.send(desk)
    assert (len(filed(desk)), files(desk)) == (1, [])


def test_what_another_desk_overtook_goes_back_to_a_draft(desk, second_desk):
    ticket = builders.a_complaint(desk)
    typed = {"words": "明早上门"}
    outgoing.keep(desk, outgoing.moving(desk, "respond", ticket, "k", f"act-{ticket.id}-respond", typed))
    tickets.respond(second_desk, ticket, "今天下午上门")
    (sent,) = outgoing.send(desk).sent
    assert sent.refused.who == "刘敏"
    assert drafts.kept(desk, f"act-{ticket.id}-respond").values == typed
    assert files(desk) == []


def test_what_a_rule_refuses_goes_back_and_the_rest_is_sent(desk, client, second_desk):
    call = builders.a_planned_call(desk, client=client)
    calls.take(second_desk, call)
    outgoing.keep(desk, outgoing.ending(desk, call, Result("reached", "满意"), "e", "张伟明", "call-1"))
    outgoing.keep(desk, a_filing(desk, client=client))
    first, second = outgoing.send(desk).sent
    assert isinstance(first.refused, RuleBroken) and first.refused.code == "call.taken"
    assert drafts.kept(desk, "call-1").values["notes"] == "满意"
    assert second.refused is None and len(filed(desk)) == 1


def test_a_disk_that_is_full_keeps_what_was_refused_where_it_is(desk, second_desk, monkeypatch):
    ticket = builders.a_complaint(desk)
    outgoing.keep(desk, outgoing.moving(desk, "respond", ticket, "k", "act-1", {"words": "明早上门"}))
    tickets.respond(second_desk, ticket, "今天下午上门")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drafts, "write_whole", full)
    assert outgoing.send(desk).away.code == "complaint.draft_failed"
    assert len(files(desk)) == 1


@pytest.mark.row("P2")
def test_it_is_sent_under_the_name_and_with_the_rights_of_who_typed_it(desk, second_desk, client):
    agent = replace(second_desk, desk_dir=desk.desk_dir)
    outgoing.keep(agent, a_filing(agent, client=client))
    (sent,) = outgoing.send(desk).sent
    assert sent.gave[0].ticket.filed_by == agent.operator.id
    assert ("刘敏", "ticket.file:add") in [entry[:2] for entry in builders.audit_of(desk, "ticket")]


@pytest.mark.row("P2")
def test_of_an_account_out_of_use_nothing_is_sent_and_nothing_lost(desk, second_desk, client):
    agent = replace(second_desk, desk_dir=desk.desk_dir)
    outgoing.keep(agent, a_filing(agent, client=client))
    operators.disable(desk, builders.AGENT)
    (sent,) = outgoing.send(desk).sent
    assert sent.refused.code == "rights.disabled"
    assert filed(desk) == []
    assert drafts.kept(agent, "complaint-k1").values["words"] == WORDS
    assert drafts.kept(desk, "complaint-k1") is None, "another operator is offered nothing"


def test_another_database_s_acts_stay_where_they_are(desk, client, monkeypatch):
    outgoing.keep(desk, a_filing(desk, client=client))
    monkeypatch.setattr(desk.store, "url", "postgresql://desk:one@db/other")
    assert outgoing.all_waiting(desk) == []
    assert outgoing.send(desk) == outgoing.Round()


def test_a_call_a_promise_and_a_stranger_s_complaint_wait_too(desk, client, clock):
    call = calls.take(desk, builders.a_planned_call(desk, client=client))
    ended, promised = clock.at.add(minutes=3), clock.at.add(hours=1)
    clock.at = ended
    result = Result("call_back", "十点前", promised)
    outgoing.keep(desk, outgoing.ending(desk, call, result, "e", "张伟明", "call-1"))
    outgoing.keep(desk, outgoing.promising(desk, client.client.id, promised, "p", "张伟明"))
    outgoing.keep(desk, a_filing(desk, client_name="", phone="138-0013-8000"))
    clock.at = clock.at.add(hours=3)
    assert [sent.refused for sent in outgoing.send(desk).sent] == [None] * 3
    with desk.read() as work:
        made = {one.state: one for one in work.calls.of_client(client.client.id) if one.id == call.id}
        due = [one.due_at for one in work.calls.of_client(client.client.id) if one.state == "open"]
    assert (made["done"].ended_at, made["done"].talk_s) == (ended, 180)
    assert due == [promised, promised]
    assert filed(desk)[0].client_id == client.client.id, "the number was found when it was sent"


def test_it_is_private_whole_and_readable_data(desk, client):
    outgoing.keep(desk, a_filing(desk, client=client))
    (file,) = files(desk)
    assert file.stat().st_mode & 0o777 == 0o600
    assert WORDS in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"act":"os.system","at":"2026-11-23"}'])
def test_a_broken_file_is_left_alone(desk, client, content):
    outgoing.keep(desk, a_filing(desk, client=client))
    files(desk)[0].write_bytes(content)
    assert outgoing.all_waiting(desk) == []
    assert outgoing.send(desk) == outgoing.Round()
    assert len(files(desk)) == 1


def test_without_a_folder_it_cannot_wait(desk, client):
    with pytest.raises(StorageFailed):
        outgoing.keep(replace(desk, desk_dir=None), a_filing(desk, client=client))


def test_acts_under_way_are_left_to_whoever_does_them(desk, client):
    outgoing.keep(desk, a_filing(desk, "k1", client=client))
    outgoing.keep(desk, a_filing(desk, "k2", client=client))
    assert [sent.one.key for sent in outgoing.send(desk, {"k1"}).sent] == ["k2"]
    assert outgoing.send(desk).left == 0
