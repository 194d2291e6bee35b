"""Listening to Asterisk as the settings say, dialling through it, and whose telephone it is (rows C2, C3, C5)."""

from __future__ import annotations

import socket
from dataclasses import replace
from threading import Event

import pytest

from deskapp.cli_listen import Listen, run
from deskapp.config import Config
from deskapp.domain import pbx
from deskapp.domain.ami import OURS
from deskapp.domain.call import Result
from deskapp.domain.errors import RuleBroken
from deskapp.domain.outside import Asterisk
from deskapp.services import asterisk, calls, dialling, links, outside, telephony
from deskapp.services.frame import frame_facts
from tests import ami_server, builders
from tests.ami_server import SECRET, AmiServer, serving, until

pytestmark = [pytest.mark.row("C5"), pytest.mark.timeout(60)]
NUMBER = "13800138000"


def on(desk, server: AmiServer, **told) -> None:
    """Set the desk up to listen to a server, 刘敏 at telephone 1002 and 李敏 at 1001."""
    part = {"on": True, "port": server.port, "user": "desk", "ping_seconds": 1} | told
    outside.save_outside(desk, Asterisk(**part))
    outside.keep_secret(desk, "asterisk_password", SECRET)
    at_phones(desk)


def at_phones(desk) -> None:
    with desk.write("operator.save") as work:
        for login, extension in ((builders.ADMIN, "1001"), (builders.AGENT, "1002")):
            work.operators.save(replace(work.operators.by_login(login), extension=extension))


def all_calls(desk):
    with desk.read() as work:
        return work.calls.all()


def call_of(desk, call_id: int):
    with desk.read() as work:
        return work.calls.find(call_id)


@pytest.mark.row("C2", "C3")
def test_two_listeners_of_one_system_keep_one_row_a_call(desk, second_desk) -> None:
    client = builders.a_client(desk, phone=NUMBER)
    with serving() as server:
        on(desk, server)
        ears = [asterisk.Listening(lambda _: None) for _ in range(2)]
        try:
            for ear, where in zip(ears, (desk, second_desk), strict=True):
                ear.follow(where)
                ear.follow(where)
            until(lambda: server.signed_in == 2, "both listen")
            server.play(ami_server.whole("answered"), 97)
            until(lambda: [call.pbx_state for call in all_calls(desk)] == ["over"], "heard to its end")
        finally:
            for ear in ears:
                ear.close()
        [call] = all_calls(desk)
        assert (call.state, call.client_id, call.queue) == ("taken", client.client.id, "support")
        agent = builders.seat(desk, builders.AGENT).operator
        assert call.taken_by == agent.id


def test_the_listener_follows_the_settings_and_says_how_it_stands(desk, clock, monkeypatch) -> None:
    told = []
    with serving() as server:
        ear = asterisk.Listening(told.append)
        ear.follow(desk)
        assert ear.link is None
        on(desk, server)
        ear.follow(desk)
        until(lambda: server.signed_in == 1 and told and told[-1].state == "connected", "listening")
        with desk.read() as work:
            [link] = work.pbx_links.listed("asterisk")
        assert (link.name, link.state, link.begun_at) == (socket.gethostname(), "connected", clock.at)
        assert (link.heard_at, link.error) == (clock.at, "")
        begun, clock.at = clock.at, clock.at.add(minutes=1)
        monkeypatch.setattr(links, "NOTED_EVERY_S", 0.0)
        ear.follow(desk)
        [link] = links.listed(desk, "asterisk")
        assert link.begun_at == begun < link.heard_at, "it stands since then, and is heard of now"
        assert not links.is_silent(link, clock.at)
        assert links.is_silent(link, clock.at.add(seconds=links.SILENT_S + 5)), (
            "a machine switched off says nothing"
        )
        server.stop()
        until(lambda: (one := links.listed(desk, "asterisk")[0]).state == "again" and one.error, "why")
        assert links.listed(desk, "asterisk")[0].error in ("phone.why.refused", "phone.why.cut")
        outside.save_outside(desk, Asterisk(on=False, port=server.port, user="desk"))
        ear.follow(desk)
        assert (ear.link, told[-1]) == (None, None)
        assert links.listed(desk, "asterisk") == []


@pytest.mark.row("C2")
def test_a_restart_in_the_middle_leaves_nothing_waiting_and_invents_nothing(desk, clock) -> None:
    with serving() as server:
        on(desk, server)
        ear = asterisk.Listening(lambda _: None)
        try:
            ear.follow(desk)
            until(lambda: server.signed_in == 1)
            server.play(b"".join(raw for at, raw in ami_server.recorded("core_restart") if at < 5))
            until(lambda: len(all_calls(desk)) == 2, "one talks, one waits")
            server.stop()
            clock.at = clock.at.add(minutes=1)
            server.uptime = 0
            server.start()
            until(lambda: len(all_calls(desk)) == 3, "the one who waited is called back")
        finally:
            ear.close()
    talked, waited, back = all_calls(desk)
    assert (talked.state, talked.pbx_state, talked.talk_s) == ("taken", "lost", None)
    assert (waited.state, waited.pbx_state) == ("abandoned", "lost")
    assert (back.kind, back.previous_id, back.number) == ("callback", waited.id, waited.number)


def test_a_call_is_dialled_from_ones_own_telephone(desk) -> None:
    client = builders.a_client(desk, phone=NUMBER)
    call = builders.a_planned_call(desk, client=client)
    with serving() as server:
        on(desk, server, dial_prefix="9")
        dialled = dialling.dial(desk, call)
        [asked] = server.asked("Originate")
    assert (asked["Channel"], asked["Exten"]) == ("Local/1001@from-internal/n", f"9{NUMBER}")
    assert dialled.pbx_key == f"asterisk:{asked['ChannelId']}" and asked["ChannelId"].startswith(OURS)
    assert (dialled.state, dialled.pbx_state, dialled.taken_by) == ("taken", "dialling", desk.operator.id)
    with pytest.raises(RuleBroken) as refused:
        dialling.dial(desk, dialled)
    assert refused.value.code in ("phone.already", "phone.no_answer_from_pbx")
    at = desk.now()
    telephony.hear(
        desk, [pbx.Answered(dialled.pbx_key, "", at), pbx.Over(dialled.pbx_key, at.add(seconds=9), talk_s=9)]
    )
    done = calls.end(desk, call_of(desk, call.id), Result("reached")).call
    assert (done.talk_s, done.state) == (9, "done")


@pytest.mark.parametrize("cause", ["busy", "no_answer", "nobody_here", "busy_here", "failed"])
def test_what_came_of_dialling_is_told_and_it_can_be_dialled_again(desk, cause: str) -> None:
    call = builders.a_planned_call(desk)
    with serving() as server:
        on(desk, server)
        dialled = dialling.dial(desk, call)
        telephony.hear(desk, [pbx.Over(dialled.pbx_key, desk.now(), cause)])
        found = call_of(desk, call.id)
        assert (found.state, found.pbx_state, found.talk_s) == ("taken", cause, 0)
        again = dialling.dial(desk, found)
        assert again.pbx_key != dialled.pbx_key and again.pbx_state == "dialling"


def test_a_caller_who_hung_up_is_dialled_back_in_a_call_of_its_own(desk) -> None:
    with serving() as server:
        on(desk, server)
        at = desk.now()
        told = [pbx.Rang("asterisk:1", NUMBER, at), pbx.Answered("asterisk:1", "1001", at)]
        [call] = telephony.hear(desk, told)
        with pytest.raises(RuleBroken):
            dialling.dial(desk, call)
        [call] = telephony.hear(desk, [pbx.Over("asterisk:1", at.add(seconds=5))])
        back = dialling.dial(desk, call)
    assert (back.previous_id, back.direction, back.pbx_state) == (call.id, "out", "dialling")
    assert call_of(desk, call.id).pbx_key == "asterisk:1"


def test_a_client_is_dialled_outside_the_queue(desk) -> None:
    client = builders.a_client(desk, phone="021-62345678转801")
    with serving() as server:
        on(desk, server)
        call = dialling.dial_client(desk, client.client.id, key="k1")
        assert server.asked("Originate")[0]["Exten"] == "02162345678"
    assert (call.client_id, call.state) == (client.client.id, "taken")


def test_why_nothing_is_dialled_is_said(desk) -> None:
    call = builders.a_planned_call(desk)

    def code(act, *arguments) -> str:
        with pytest.raises(RuleBroken) as refused:
            act(*arguments)
        return refused.value.code

    assert code(dialling.dial, desk, call) == "phone.none"
    with serving() as server:
        outside.save_outside(desk, Asterisk(on=True, port=server.port, user="desk"))
        assert code(dialling.dial, desk, call) == "phone.no_extension"
        on(desk, server)
        assert code(dialling.dial, desk, builders.a_ring(desk)) == "phone.caller_waits"
        assert (
            code(dialling.dial_client, desk, builders.a_client(desk, phone="").client.id) == "phone.no_number"
        )
        outside.keep_secret(desk, "asterisk_password", "wrong")
        assert code(dialling.dial, desk, call) == "phone.wrong_password"
    assert call_of(desk, call.id).pbx_state == "failed"


@pytest.mark.row("C3")
def test_it_is_told_at_the_desk_where_it_rings(desk, second_desk) -> None:
    at_phones(desk)
    first, second = f"{NUMBER[:-1]}1", f"{NUMBER[:-1]}2"
    now = desk.now()
    telephony.hear(
        desk, [pbx.Rang("asterisk:1", first, now), pbx.Rang("asterisk:2", second, now.add(seconds=1))]
    )
    rings = pbx.RingsAt("asterisk:2", "Local/1002@agents/n", now)
    by_key = {call.pbx_key: call.id for call in telephony.hear(desk, [rings, pbx.Placed("asterisk:1", 1)])}
    assert frame_facts(second_desk).ringing_id == by_key["asterisk:2"]
    assert frame_facts(desk).ringing_id == by_key["asterisk:1"]
    telephony.hear(desk, [pbx.RingsAt("asterisk:1", "PJSIP/1002-0000001a", now)])
    assert frame_facts(desk).ringing_id is None, "both ring at a colleague's"
    telephony.hear(desk, [pbx.Answered("asterisk:2", "Local/1002@agents/n", now)])
    assert frame_facts(second_desk).talking_id == by_key["asterisk:2"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_listener_without_a_screen(desk, desk_url, tmp_path, capsys) -> None:
    with serving() as server:
        stop = Event()
        listening = Listen(Config(desk_url, desk_dir=tmp_path), stop)
        try:
            listening.once()
            assert "没有打开" in capsys.readouterr().out
            on(desk, server)
            outside.keep_secret(listening.desk, "asterisk_password", SECRET)
            listening.once()
            until(lambda: server.signed_in == 1)
            server.play(ami_server.whole("abandoned"))
            until(lambda: len(all_calls(desk)) == 2, "missed, and called back")
        finally:
            listening.close()
        assert SECRET not in "".join(capsys.readouterr())
        stop.set()
        assert run(Config(desk_url, desk_dir=tmp_path), stop) == 0
