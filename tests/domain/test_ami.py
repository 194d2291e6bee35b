"""What a real Asterisk sent, understood: the recordings, cut anywhere, repeated, with names in any bytes (row C5)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import ami, pbx
from deskapp.domain.ami_reader import Reader
from deskapp.domain.errors import RuleBroken
from tests.builders import NOW

FOLDER = Path(__file__).parents[1] / "adapters" / "ami"
NAMES = sorted(path.stem for path in FOLDER.glob("*.raw"))


def recorded(name: str) -> list[tuple[float, ami.Packet]]:
    """A recording as packets, each with the second it came at."""
    packets = (FOLDER / f"{name}.raw").read_bytes().split(b"\r\n\r\n")[:-1]
    times = (FOLDER / f"{name}.times").read_text().split()
    assert len(packets) == len(times)
    return [(float(at), ami.parsed(raw)) for raw, at in zip(packets, times, strict=True)]


def told(name: str, reader: Reader | None = None) -> list[pbx.Event]:
    """What a recording tells, by the clock of the recording."""
    reader = reader or Reader()
    found: list[pbx.Event] = []
    for at, packet in recorded(name):
        found += reader.read(packet, NOW.add(microseconds=round(at * 1_000_000)))
    return found


def short(event: pbx.Event) -> str:
    if isinstance(event, pbx.Over):
        return f"Over {event.cause} {event.talk_s} {event.hold_s}"
    agent = getattr(event, "agent", "")
    return f"{type(event).__name__} {pbx.phone_of(agent)}".strip()


@pytest.mark.row("C5")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("answered", ["Rang", "RingsAt 1002", "Answered 1002", "Over over 5 0"]),
        ("abandoned", ["Rang", "RingsAt 1002", "WaitsOn", "Abandoned"]),
        ("hold", ["Rang", "RingsAt 1001", "Answered 1001", "Held", "Unheld", "Over over 4 3"]),
        ("blind_transfer", ["Rang", "RingsAt 1002", "Answered 1002", "Over over 2 0"]),
        (
            "noanswer",
            ["Rang", *["RingsAt 1001", "WaitsOn", "RingsAt 1002", "WaitsOn", "RingsAt 1001", "WaitsOn"]],
        ),
        ("click2dial", []),
    ],
)
def test_a_recording_tells(name: str, expected: list[str]) -> None:
    found = [short(event) for event in told(name)]
    assert found == expected + (["Abandoned"] if name == "noanswer" else [])


@pytest.mark.row("C5", "C3")
def test_the_caller_is_named_by_their_own_channel() -> None:
    rang = told("answered")[0]
    assert isinstance(rang, pbx.Rang)
    assert (rang.number, rang.name, rang.queue, rang.place) == ("13800138000", "张三", "support", 1)
    assert rang.key == "asterisk:in-65d96b97"


@pytest.mark.row("C5")
def test_three_callers_at_once_move_up() -> None:
    found = told("three_at_once")
    keys = [event.key for event in found if isinstance(event, pbx.Rang)]
    moves = [(keys.index(event.key), event.place) for event in found if isinstance(event, pbx.Placed)]
    assert moves == [(1, 1), (2, 2), (2, 1)]
    assert [short(event) for event in found if isinstance(event, pbx.Over)] == ["Over over 6 0"] * 3


@pytest.mark.row("C5")
def test_a_restart_ends_who_talks_and_who_waits() -> None:
    found = [short(event) for event in told("core_restart") if isinstance(event, pbx.Over | pbx.Abandoned)]
    assert found == ["Abandoned", "Over over 4 0"]


@pytest.mark.row("C5")
def test_a_call_dialled_here_is_followed_to_its_end() -> None:
    reader, found = Reader(), []
    for at, packet in recorded("click2dial"):
        ours = {name: value.replace("c2d-", ami.OURS) for name, value in packet.items()}
        found += reader.read(ours, NOW.add(microseconds=round(at * 1_000_000)))
    assert [short(event) for event in found] == ["Answered", "Over over 5 0"]
    assert {event.key for event in found} == {"asterisk:deskapp-552e45de"}


@pytest.mark.row("C5")
@pytest.mark.parametrize(("reason", "cause"), [("3", "nobody_here"), ("5", "busy_here"), ("0", "failed")])
def test_ones_own_telephone_did_not_answer(reason: str, cause: str) -> None:
    failed = {"Event": "OriginateResponse", "ActionID": "deskapp-1", "Response": "Failure", "Reason": reason}
    assert [short(event) for event in Reader().read(failed, NOW)] == [f"Over {cause} None None"]


@pytest.mark.row("C5")
@pytest.mark.parametrize(
    ("status", "cause"), [("BUSY", "busy"), ("NOANSWER", "no_answer"), ("CHANUNAVAIL", "failed")]
)
def test_the_client_did_not_answer(status: str, cause: str) -> None:
    reader = Reader()
    told = [
        *reader.read({"Event": "Newchannel", "Uniqueid": "deskapp-1"}, NOW),
        *reader.read({"Event": "DialEnd", "DestUniqueid": "deskapp-1", "DialStatus": "ANSWER"}, NOW),
        *reader.read(
            {"Event": "DialEnd", "Uniqueid": "deskapp-1", "DestUniqueid": "9.1", "DialStatus": status}, NOW
        ),
        *reader.read({"Event": "Hangup", "Uniqueid": "deskapp-1"}, NOW),
    ]
    assert [short(event) for event in told] == [f"Over {cause} None None"]


@pytest.mark.row("C5")
def test_queues_that_are_not_ours_are_not_heard() -> None:
    assert told("answered", Reader(["vip"])) == []
    assert len(told("answered", Reader(["support"]))) == 4


WHOLE = b"Asterisk Call Manager/11.0.0\r\n" + (FOLDER / "answered.raw").read_bytes()


def read_in(pieces: list[bytes]) -> list[ami.Packet]:
    framing = ami.Framing()
    return [packet for piece in pieces for packet in framing.feed(piece)]


@pytest.mark.row("C5")
@pytest.mark.parametrize("size", [1, 2, 3, 7, 97, 1448, 65536])
def test_cut_at_any_size_the_packets_are_the_same(size: int) -> None:
    cut = [WHOLE[at : at + size] for at in range(0, len(WHOLE), size)]
    assert read_in(cut) == read_in([WHOLE])
    assert any("张三" in packet.values() for packet in read_in(cut))


@pytest.mark.row("C5")
@given(st.lists(st.integers(0, len(WHOLE)), max_size=30), st.integers(0, len(WHOLE)))
def test_cut_anywhere_and_cut_off_no_packet_is_made_up(cuts: list[int], end: int) -> None:
    edges = sorted({0, end, *(cut for cut in cuts if cut < end)})
    found = read_in([WHOLE[a:b] for a, b in zip(edges, edges[1:], strict=False)])
    whole = read_in([WHOLE])
    assert found == whole[: len(found)]


@pytest.mark.row("C5")
@pytest.mark.parametrize("name", NAMES)
def test_told_twice_it_is_the_same_call(name: str) -> None:
    calls = {}

    def keep(events) -> dict:
        for event in events:
            call = calls.get(event.key) or pbx.begun(event)
            if call is not None:
                calls[event.key] = pbx.heard(call, event, 7)
        return {key: (call.state, call.talk_s, call.wait_s, call.agent) for key, call in calls.items()}

    assert keep(told(name)) == keep([*told(name), *told(name)])


@pytest.mark.row("C5")
@given(st.data())
def test_a_recording_with_packets_lost_never_breaks_the_reader(data) -> None:
    packets = recorded(data.draw(st.sampled_from(NAMES)))
    kept = data.draw(st.lists(st.sampled_from(range(len(packets))), max_size=60))
    reader = Reader()
    for place in kept:
        reader.read(packets[place][1], NOW.add(seconds=place))


@pytest.mark.row("C5")
@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("张三".encode(), "张三"),
        ("张三".encode("gbk"), "张三"),
        ("😀🏠".encode(), "😀🏠"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"", ""),
    ],
)
def test_names_come_in_any_bytes(sent: bytes, meant: str) -> None:
    assert ami.decoded(sent) == meant


@pytest.mark.row("C5")
@pytest.mark.parametrize("value", ["1002\r\nAction: Originate", "a\nb", "a\rb", "a\0b"])
def test_a_line_end_is_never_sent(value: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        ami.written([("Action", "Ping"), ("Channel", value)])
    assert refused.value.code == "phone.line_end"


@pytest.mark.row("C5")
def test_what_never_ends_is_no_manager() -> None:
    framing = ami.Framing()
    with pytest.raises(RuleBroken):
        list(framing.feed(b"x" * (ami.MOST_BYTES + 1)))


def listed(*, waiting=(), talking=()) -> list[ami.Packet]:
    found: list[ami.Packet] = []
    for place, uid in enumerate(waiting, start=1):
        found.append(
            {"Event": "QueueEntry", "Queue": "support", "Position": str(place), "Uniqueid": uid, "Wait": "40"}
            | {"CallerIDNum": f"1380013800{place}", "CallerIDName": "unknown"}
        )
        found.append({"Event": "CoreShowChannel", "Uniqueid": uid, "Linkedid": uid, "Application": "Queue"})
    for uid in talking:
        shared = {"Event": "CoreShowChannel", "Linkedid": uid, "BridgeId": f"b-{uid}", "Duration": "00:01:00"}
        caller = {"Uniqueid": uid, "Application": "Queue", "ApplicationData": "support,t"}
        agent = {"Uniqueid": f"{uid}-a", "Application": "AppQueue", "Channel": "PJSIP/1002-0000001a"}
        found += [shared | caller | {"CallerIDNum": "13900139000"}, shared | agent]
    found += [{"Event": "QueueStatusComplete"}, {"Event": "CoreShowChannelsComplete"}]
    return [one | {"ActionID": "list-1"} for one in found]


@pytest.mark.row("C5")
def test_the_systems_own_list_rebuilds_who_waits_and_who_talks() -> None:
    reader = Reader()
    reader.listing("list-1", NOW)
    found = [
        event
        for packet in listed(waiting=["1.1", "1.2"], talking=["1.3"])
        for event in reader.read(packet, NOW)
    ]
    rang = [event for event in found if isinstance(event, pbx.Rang)]
    assert [(one.key, one.place, one.name) for one in rang] == [
        ("asterisk:1.1", 1, ""),
        ("asterisk:1.2", 2, ""),
    ]
    assert rang[0].at == NOW.subtract(seconds=40)
    [talks] = [event for event in found if isinstance(event, pbx.Found)]
    assert (talks.key, talks.number, pbx.phone_of(talks.agent)) == ("asterisk:1.3", "13900139000", "1002")
    assert (talks.since, talks.at) == (NOW.subtract(minutes=1), NOW)
    assert found[-1] == pbx.Snapshot(
        "asterisk", frozenset({"asterisk:1.1", "asterisk:1.2", "asterisk:1.3"}), NOW
    )
    ended = reader.read({"Event": "Hangup", "Uniqueid": "1.3"}, NOW.add(seconds=5))
    assert [short(one) for one in ended] == ["Over over None None"], (
        "how long they had talked before is not known"
    )
    left = reader.read({"Event": "QueueCallerLeave", "Uniqueid": "1.1"}, NOW)
    assert left == [pbx.Placed("asterisk:1.2", 1)]


@pytest.mark.row("C5")
@pytest.mark.parametrize(
    ("reason", "seconds", "expected"),
    [
        ("agent", ("65", "20"), (65, None, 20)),
        ("caller", ("65", "20"), (65, None, 20)),
        ("transfer", ("65", "20"), (None, None, None)),
        ("caller", ("-65", "9999999999999"), (None, None, None)),
    ],
)
def test_how_long_a_call_found_talking_took_is_the_queues_word_or_unknown(reason, seconds, expected) -> None:
    reader = Reader()
    reader.listing("list-1", NOW)
    for packet in listed(talking=["1.3"]):
        reader.read(packet, NOW)
    again = {"ActionID": "list-2"}
    reader.listing("list-2", NOW.add(minutes=1))
    later = [e for p in listed(talking=["1.3"]) for e in reader.read(dict(p) | again, NOW.add(minutes=1))]
    assert [type(one) for one in later] == [pbx.Snapshot], "a call that is known is not found anew"
    talked, waited = seconds
    done = {"Event": "AgentComplete", "Uniqueid": "1.3", "TalkTime": talked, "HoldTime": waited}
    reader.read(done | {"Reason": reason}, NOW.add(minutes=2))
    [over] = reader.read({"Event": "Hangup", "Uniqueid": "1.3"}, NOW.add(minutes=2))
    assert isinstance(over, pbx.Over)
    assert (over.talk_s, over.hold_s, over.waited_s) == expected


@pytest.mark.row("C5")
@pytest.mark.parametrize("sent", ["-40", "99999999999999999999", "86401", "1e9", "", "\u0664\u0660"])
def test_a_wait_no_caller_waits_is_not_believed(sent: str) -> None:
    reader = Reader()
    reader.listing("list-1", NOW)
    packets = [
        dict(one) | ({"Wait": sent, "Position": sent} if "Wait" in one else {})
        for one in listed(waiting=["1.1"])
    ]
    found = [event for packet in packets for event in reader.read(packet, NOW)]
    assert [one.at for one in found if isinstance(one, pbx.Rang)] == [NOW]


@pytest.mark.row("C5")
def test_a_list_asked_for_before_the_restart_was_known_is_still_understood() -> None:
    reader = Reader()
    told("answered", reader)
    reader.listing("list-1", NOW)
    reader.forget()
    found = [event for packet in listed(waiting=["1.1"]) for event in reader.read(packet, NOW)]
    assert found[-1] == pbx.Snapshot("asterisk", frozenset({"asterisk:1.1"}), NOW)


@pytest.mark.row("C5")
def test_a_list_that_is_not_whole_says_nothing() -> None:
    reader = Reader()
    reader.listing("list-1", NOW)
    assert [e for packet in listed(waiting=["1.1"])[:-1] for e in reader.read(packet, NOW)] == []
    assert reader.read({"Event": "CoreShowChannelsComplete", "ActionID": "other"}, NOW) == []


@pytest.mark.row("C5")
def test_a_call_that_began_while_the_list_came_lives() -> None:
    reader = Reader()
    reader.listing("list-1", NOW)
    join = {
        "Event": "QueueCallerJoin",
        "Queue": "support",
        "Uniqueid": "2.1",
        "Linkedid": "2.1",
        "Position": "1",
    }
    reader.read(join, NOW.add(seconds=1))
    found = [event for packet in listed() for event in reader.read(packet, NOW.add(seconds=2))]
    assert found == [pbx.Snapshot("asterisk", frozenset({"asterisk:2.1"}), NOW)]
