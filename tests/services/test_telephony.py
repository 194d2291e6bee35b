"""What a telephone system told, kept: one row a call, its client, its callback (rows C2, C3, C5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations

import pytest

from deskapp.domain import pbx
from deskapp.domain.call import Result
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.services import calls, telephony
from deskapp.services.call_queue import queue_bands
from deskapp.services.calls import DayProgress
from tests import builders
from tests.builders import NOW

KEY, NUMBER = "asterisk:1795408345.1", "13800138000"


def rang(key: str = KEY, number: str = NUMBER, at=NOW) -> pbx.Rang:
    return pbx.Rang(key, number, at, "张三", "support", 1)


def answered(key: str = KEY, phone: str = "1002") -> pbx.Answered:
    return pbx.Answered(key, f"Local/{phone}@agents/n", NOW.add(seconds=6))


def over(key: str = KEY) -> pbx.Over:
    return pbx.Over(key, NOW.add(seconds=30), talk_s=20, hold_s=4)


def at_phone(desk, login: str, extension: str):
    with desk.write("operator.save") as work:
        return work.operators.save(replace(work.operators.by_login(login), extension=extension))


def all_calls(desk):
    with desk.read() as work:
        return work.calls.all()


@pytest.mark.row("C5", "C3")
def test_a_caller_waits_with_client_place_and_queue(desk) -> None:
    client = builders.a_client(desk, phone="138-0013-8000")
    site = builders.a_site(desk, client)
    [call] = telephony.hear(desk, [rang(number="+86 13800138000")])
    assert (call.kind, call.state, call.client_id, call.site_id) == (
        "inbound",
        "open",
        client.client.id,
        site.id,
    )
    assert (call.place, call.queue, call.caller_name, call.pbx_state) == (1, "support", "张三", "waiting")
    with desk.read() as work:
        assert [row.call.id for row in work.calls.ringing()] == [call.id]


@pytest.mark.row("C3")
def test_one_number_of_several_clients_asks(desk) -> None:
    for name in ("张伟明", "李秀英"):
        builders.a_client(desk, name, NUMBER)
    [call] = telephony.hear(desk, [rang()])
    assert (call.client_id, call.number) == (None, "+8613800138000")


@pytest.mark.row("C3", "C5")
@pytest.mark.parametrize("number", ["<unknown>", "anonymous", "", "sip:door@haitang", "a" * 300, "1\x002"])
def test_a_number_that_is_none_still_waits(desk, number: str) -> None:
    [call] = telephony.hear(desk, [rang(number=number)])
    assert (call.state, call.client_id) == ("open", None)
    assert len(call.number) <= 80


@pytest.mark.row("C5")
def test_whoever_picks_up_has_the_call_though_their_console_is_closed(desk) -> None:
    agent = at_phone(desk, builders.AGENT, "1002")
    [call] = telephony.hear(desk, [rang(), answered()])
    assert (call.state, call.taken_by, call.started_at) == ("taken", agent.id, NOW.add(seconds=6))
    [call] = telephony.hear(desk, [over()])
    assert (call.state, call.pbx_state) == ("taken", "over")
    mine = builders.seat(desk, builders.AGENT)
    done = calls.end(mine, call, Result("reached", notes="已答复")).call
    assert (done.state, done.talk_s, done.hold_s, done.wait_s) == ("done", 20, 4, 6)


@pytest.mark.row("C5")
def test_a_call_answered_where_no_operator_sits_ends_by_itself(desk) -> None:
    client = builders.a_client(desk, phone=NUMBER)
    [call] = telephony.hear(desk, [rang(), answered()])
    with pytest.raises(RuleBroken) as refused:
        calls.take(desk, call)
    assert (refused.value.code, refused.value.facts) == ("call.elsewhere", {"agent": "1002"})
    with pytest.raises(RuleBroken):
        calls.note_elsewhere(desk, call, "还在通话")
    [call] = telephony.hear(desk, [over(), over()])
    assert (call.state, call.outcome, call.taken_by) == ("done", "reached", None)
    assert (call.talk_s, call.hold_s, call.wait_s, call.ended_at) == (20, 4, 6, NOW.add(seconds=30))
    noted = calls.note_elsewhere(builders.seat(desk, builders.AGENT), call, " 仓库代接,问开工日期 ")
    with pytest.raises(Conflict):
        calls.note_elsewhere(desk, call, "另一个人也写")
    assert (noted.notes, noted.taken_by, noted.state) == ("仓库代接,问开工日期", None, "done")
    for who in (desk, builders.seat(desk, builders.AGENT)):
        assert calls.day_progress(who) == DayProgress()
    with desk.read() as work:
        [line] = work.timeline.of(client.client.id)
        assert work.clients.find(client.client.id).heard_at == call.ended_at
        assert work.calls.queue(queue_bands(desk), 10) == [], "nothing to be called back"
    assert (line.text, line.who, dict(line.facts)["elsewhere"]) == (noted.notes, "", "Local/1002@agents/n")


@pytest.mark.row("C5")
def test_an_operators_own_call_is_not_anybodys_to_note(desk) -> None:
    at_phone(desk, builders.AGENT, "1002")
    [call] = telephony.hear(desk, [rang(), answered(), over()])
    assert not call.elsewhere
    with pytest.raises(RuleBroken) as refused:
        calls.note_elsewhere(desk, call, "x")
    assert refused.value.code == "call.not_elsewhere"


@pytest.mark.row("C5")
def test_numbers_no_call_has_are_left_out_and_the_call_is_kept(desk) -> None:
    lies = [
        replace(rang(), place=10**30, name="\x1b[31m[red]李\r\n", queue="q\x00" * 90),
        pbx.Placed(KEY, -4),
        pbx.Found(KEY, NOW, NOW.add(seconds=9), "Local/1002@agents/n" * 90),
        pbx.Over(KEY, NOW.add(seconds=30), talk_s=-5, hold_s=2**63, waited_s=10**12),
    ]
    [call] = telephony.hear(desk, lies)
    assert (call.place, call.talk_s, call.hold_s, call.wait_s) == (None, None, None, None)
    assert (call.caller_name, call.state, call.number) == ("[31m[red]李", "done", "+8613800138000")


@pytest.mark.row("C5", "C2")
def test_a_missed_call_is_called_back_once_however_often_it_is_told(desk) -> None:
    client = builders.a_client(desk, phone=NUMBER)
    lost = pbx.Abandoned(KEY, NOW.add(seconds=9), 9)
    for order in permutations([rang(), lost, lost]):
        telephony.hear(desk, order)
    missed, again = all_calls(desk)
    assert (missed.state, missed.wait_s) == ("abandoned", 9)
    assert (again.kind, again.state, again.previous_id, again.client_id) == (
        "callback",
        "open",
        missed.id,
        client.client.id,
    )


@pytest.mark.row("C5", "C2")
def test_the_number_of_a_missed_call_may_come_last(desk) -> None:
    telephony.hear(desk, [pbx.Over(KEY, NOW.add(seconds=9))])
    assert [call.state for call in all_calls(desk)] == ["abandoned"]
    telephony.hear(desk, [rang()])
    assert [call.number for call in all_calls(desk)] == ["+8613800138000"] * 2


@pytest.mark.row("C5")
def test_answered_after_all_needs_no_callback(desk) -> None:
    agent = at_phone(desk, builders.AGENT, "1002")
    telephony.hear(desk, [rang(), pbx.Over(KEY, NOW.add(seconds=30))])
    telephony.hear(desk, [answered()])
    call, planned = all_calls(desk)
    assert (call.state, call.outcome, call.taken_by, call.talk_s) == ("done", "reached", agent.id, 24)
    assert planned.state == "dropped"


@pytest.mark.row("C5", "C2")
def test_many_desks_that_hear_the_same_keep_one_row(desk) -> None:
    at_phone(desk, builders.AGENT, "1002")
    told = [rang(), pbx.RingsAt(KEY, "Local/1002@agents/n", NOW), answered(), over()]
    with ThreadPoolExecutor(4) as desks:
        list(desks.map(lambda _: [telephony.hear(desk, [one]) for one in told], range(4)))
    [call] = all_calls(desk)
    assert (call.state, call.pbx_state, call.talk_s) == ("taken", "over", 20)


@pytest.mark.row("C5")
def test_what_the_telephone_system_has_no_longer_is_over(desk, clock) -> None:
    at_phone(desk, builders.AGENT, "1002")
    keys = [f"asterisk:1.{n}" for n in range(4)]
    telephony.hear(desk, [*(rang(key, f"1380013800{n}") for n, key in enumerate(keys)), answered(keys[1])])
    telephony.hear(desk, [rang("cti:9", "13800138009")])
    by_hand = builders.a_ring(desk, "13800138008")
    clock.at = clock.at.add(minutes=1)
    telephony.hear(desk, [pbx.Snapshot("asterisk", frozenset({keys[0]}), clock.at, complete=False)])
    assert {call.pbx_state for call in all_calls(desk)} == {"waiting", "answered", ""}
    telephony.hear(desk, [pbx.Snapshot("asterisk", frozenset({keys[0]}), clock.at)])
    found = {call.pbx_key: call for call in all_calls(desk) if call.pbx_key}
    assert [found[key].state for key in keys] == ["open", "taken", "abandoned", "abandoned"]
    assert (found[keys[1]].pbx_state, found[keys[1]].talk_s) == ("lost", None)
    assert found["cti:9"].pbx_state == "waiting"
    back = [call.number for call in all_calls(desk) if call.kind == "callback"]
    assert back == ["+8613800138002", "+8613800138003"]
    with desk.read() as work:
        assert work.calls.find(by_hand.id).state == "open"


@pytest.mark.row("C5")
def test_a_list_older_than_a_call_does_not_end_it(desk, clock) -> None:
    telephony.hear(desk, [rang()])
    telephony.hear(desk, [pbx.Snapshot("asterisk", frozenset(), clock.at)])
    assert [call.state for call in all_calls(desk)] == ["open"]


@pytest.mark.row("C5", "C2")
def test_a_caller_who_hung_up_rings_no_more_though_a_dead_desk_had_taken_the_call(desk, clock) -> None:
    at_phone(desk, builders.AGENT, "1002")
    [call] = telephony.hear(desk, [rang(), answered(), over()])
    calls.renew(builders.seat(desk, builders.AGENT), call)
    clock.at = clock.at.add(hours=2)
    assert calls.release_expired(desk) == 1
    with desk.read() as work:
        assert work.calls.ringing() == []
        assert work.calls.find(call.id).talk_s == 20
