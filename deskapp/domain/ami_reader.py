"""What Asterisk tells in packets, as what any telephone system tells: by the rules its recordings taught (row C5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from pendulum import DateTime

from deskapp.domain import pbx
from deskapp.domain.ami import OURS, SOURCE, WANTED, Packet, known, whole
from deskapp.domain.ami_listing import known_of

_CALL_ENDS = {
    "BUSY": pbx.BUSY,
    "CONGESTION": pbx.FAILED,
    "CHANUNAVAIL": pbx.FAILED,
    "INVALIDARGS": pbx.FAILED,
}
_REASONS = {"5": pbx.BUSY_HERE, "3": pbx.NOBODY_HERE, "1": pbx.NOBODY_HERE}


@dataclass(slots=True)
class _Line:
    """One call as far as it was heard: the caller's channel (of a dialled call, one's own), and who it talks with."""

    key: str
    caller: str
    since: DateTime
    out: bool = False
    queue: str = ""
    legs: dict[str, str] = field(default_factory=dict)
    ringing: list[str] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    agent: str = ""
    answered: bool = False
    bridge: str = ""
    cause: str = ""
    partly: bool = False
    """Whether it was talking already when it was first heard of: how long is not known, unless the queue says."""
    told: tuple[int | None, int | None] = (None, None)
    """Seconds talked and waited, by the queue's own count of such a call."""
    mark: DateTime | None = None
    held: bool = False
    talk: float = 0
    hold: float = 0

    def spend(self, at: DateTime, talking: bool) -> None:
        """Count the time up to now as talk or as hold."""
        if self.mark is not None:
            seconds = max(0.0, (at - self.mark).total_seconds())
            self.hold, self.talk = (
                (self.hold + seconds, self.talk) if self.held else (self.hold, self.talk + seconds)
            )
        self.mark = at if talking else None


@dataclass(slots=True)
class _Listing:
    """The telephone system's own list of its calls, while it comes."""

    id: str
    at: DateTime
    entries: list[Packet] = field(default_factory=list)
    channels: list[Packet] = field(default_factory=list)
    complete: set[str] = field(default_factory=set)


class Reader:
    """Understands packets in the order they came; the same packets give the same events."""

    def __init__(self, queues: Iterable[str] = ()) -> None:
        self.queues = frozenset(queues)
        self._lines: dict[str, _Line] = {}
        self._by_channel: dict[str, str] = {}
        self._bridges: dict[str, dict[str, str]] = {}
        self._waiting: dict[str, list[str]] = {}
        self._listing: _Listing | None = None

    def forget(self) -> None:
        """Begin anew after a restart: every call there was is over. A list that was asked for still comes."""
        self._lines.clear()
        self._by_channel.clear()
        self._bridges.clear()
        self._waiting.clear()

    def listing(self, action: str, at: DateTime) -> None:
        """Expect the list asked for by QueueStatus and CoreShowChannels under one ActionID."""
        self._listing = _Listing(action, at)

    def read(self, packet: Packet, at: DateTime) -> list[pbx.Event]:
        """Give what a packet tells."""
        act = getattr(self, f"_{packet.get('Event', '').lower()}", None)
        return list(act(packet, at)) if act is not None and packet.get("Event") in WANTED else []

    def _line(self, packet: Packet) -> _Line | None:
        key = self._by_channel.get(packet.get("Uniqueid", ""))
        return self._lines.get(key) if key else None

    def _begin(self, key: str, caller: str, at: DateTime, queue: str = "", *, out: bool = False) -> _Line:
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(key, caller, at, out)
        line.queue = queue or line.queue
        self._by_channel[caller] = key
        return line

    def _dialled(self, ref: str, at: DateTime) -> _Line | None:
        return self._begin(f"{SOURCE}:{ref}", ref, at, out=True) if _is_ref(ref) else None

    def _newchannel(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        self._dialled(packet.get("Uniqueid", ""), at)
        return iter(())

    def _queuecallerjoin(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        queue, caller = packet.get("Queue", ""), packet.get("Uniqueid", "")
        if not caller or (self.queues and queue not in self.queues):
            return
        key = f"{SOURCE}:{packet.get('Linkedid') or caller}"
        line = self._begin(key, caller, at, queue)
        if line.out:
            return
        place = whole(packet.get("Position"))
        waiting = self._waiting.setdefault(queue, [])
        if key in waiting:
            waiting.remove(key)
        waiting.insert(max(0, place - 1) if place else len(waiting), key)
        yield pbx.Rang(key, known(packet, "CallerIDNum"), at, known(packet, "CallerIDName"), queue, place)
        yield from self._moved(queue, waiting.index(key) + 1)

    def _moved(self, queue: str, since: int = 0) -> Iterator[pbx.Event]:
        for place, key in enumerate(self._waiting.get(queue, ())):
            if place >= since:
                yield pbx.Placed(key, place + 1)

    def _queuecallerleave(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        line = self._line(packet)
        return self._unplaced(line) if line is not None else iter(())

    def _unplaced(self, line: _Line) -> Iterator[pbx.Event]:
        waiting = self._waiting.get(line.queue, [])
        if line.key in waiting:
            place = waiting.index(line.key)
            waiting.remove(line.key)
            yield from self._moved(line.queue, place)

    def _agentcalled(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        line, leg = self._line(packet), packet.get("DestUniqueid", "")
        if line is None or line.out:
            return
        agent = packet.get("Interface", "")
        line.legs[leg] = agent
        if leg not in line.settled and leg not in line.ringing:
            line.ringing.append(leg)
            yield pbx.RingsAt(line.key, agent, at)

    def _dialbegin(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        leg = packet.get("DestUniqueid", "")
        line = self._line(packet) or self._dialled(leg, at)
        if line is not None and leg != line.caller:
            line.legs.setdefault(leg, packet.get("DestChannel", ""))
        return iter(())

    def _dialend(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        leg, status = packet.get("DestUniqueid", ""), packet.get("DialStatus", "")
        line = self._line(packet) or self._dialled(leg, at)
        if line is None or leg in line.settled:
            return
        line.settled.add(leg)
        if line.out:
            yield from self._dialled_end(line, leg == line.caller, status, at)
            return
        if leg in line.ringing:
            line.ringing.remove(leg)
        if status != "ANSWER" and not line.answered:
            rings = next((line.legs[other] for other in line.ringing if other in line.legs), "")
            yield pbx.RingsAt(line.key, rings, at) if rings else pbx.WaitsOn(line.key)

    def _dialled_end(self, line: _Line, here: bool, status: str, at: DateTime) -> Iterator[pbx.Event]:
        if status == "ANSWER":
            if not here and not line.answered:
                line.answered = True
                yield pbx.Answered(line.key, "", at)
        elif here:
            line.cause = pbx.BUSY_HERE if status == "BUSY" else pbx.NOBODY_HERE
        else:
            line.cause = _CALL_ENDS.get(status, pbx.NO_ANSWER)

    def _originateresponse(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        line = self._dialled(packet.get("ActionID", ""), at)
        if line is None or packet.get("Response") != "Failure":
            return
        line.cause = line.cause or _REASONS.get(packet.get("Reason", ""), pbx.FAILED)
        yield from self._ended(line, at)

    def _agentconnect(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        line = self._line(packet)
        if line is None or line.out:
            return
        line.legs[packet.get("DestUniqueid", "")] = packet.get("Interface", "")
        yield from self._talks(line, packet.get("Interface", ""), at)

    def _agentcomplete(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        """What the queue counted; believed only where nobody here could count, and never of a call handed on."""
        line = self._line(packet)
        if line is not None and line.partly and packet.get("Reason") in ("agent", "caller"):
            line.told = whole(packet.get("TalkTime")), whole(packet.get("HoldTime"))
        return iter(())

    def _talks(self, line: _Line, agent: str, at: DateTime) -> Iterator[pbx.Event]:
        if line.out:
            if not line.answered:
                line.answered = True
                yield pbx.Answered(line.key, "", at)
            return
        if line.answered and (not agent or pbx.phone_of(agent) == pbx.phone_of(line.agent)):
            return
        line.answered, line.agent = True, agent or line.agent
        line.ringing.clear()
        yield pbx.Answered(line.key, line.agent, at)

    def _bridgeenter(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        bridge, channel = packet.get("BridgeUniqueid", ""), packet.get("Uniqueid", "")
        self._bridges.setdefault(bridge, {})[channel] = packet.get("Channel", "")
        line = self._line(packet)
        if line is not None:
            line.bridge = bridge
        yield from self._bridged(bridge, at)

    def _bridgeleave(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        bridge, channel = packet.get("BridgeUniqueid", ""), packet.get("Uniqueid", "")
        members = self._bridges.get(bridge, {})
        members.pop(channel, None)
        if not members:
            self._bridges.pop(bridge, None)
        line = self._line(packet)
        if line is not None and line.bridge == bridge:
            line.bridge = ""
            line.spend(at, talking=False)
            if line.held:
                line.held = False
                yield pbx.Unheld(line.key, at)
        yield from self._bridged(bridge, at)

    def _bridged(self, bridge: str, at: DateTime) -> Iterator[pbx.Event]:
        """Who talks with whom in a bridge now: a caller alone in it talks with nobody."""
        members = self._bridges.get(bridge, {})
        for channel in tuple(members):
            line = self._lines.get(self._by_channel.get(channel, ""))
            if line is None or line.bridge != bridge:
                continue
            others = {other: name for other, name in members.items() if other != channel}
            line.spend(at, talking=bool(others))
            if len(others) == 1:
                [(other, name)] = others.items()
                yield from self._talks(line, line.legs.get(other) or name, at)

    def _musiconholdstart(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        line = self._line(packet)
        if line is not None and line.bridge and line.answered and not line.held:
            line.spend(at, talking=True)
            line.held = True
            yield pbx.Held(line.key, at)

    def _musiconholdstop(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        line = self._line(packet)
        if line is not None and line.held:
            line.spend(at, talking=bool(line.bridge))
            line.held = False
            yield pbx.Unheld(line.key, at)

    def _hangup(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        line = self._line(packet)
        if line is None:
            return
        if line.out and not line.answered and not line.cause:
            line.cause = pbx.NOBODY_HERE if line.caller not in line.settled else pbx.NO_ANSWER
        yield from self._ended(line, at)

    def _ended(self, line: _Line, at: DateTime) -> Iterator[pbx.Event]:
        line.spend(at, talking=False)
        yield from self._unplaced(line)
        for other in [channel for channel, key in self._by_channel.items() if key == line.key]:
            del self._by_channel[other]
        self._lines.pop(line.key, None)
        if line.answered:
            if line.partly:
                talk, waited = line.told
                yield pbx.Over(line.key, at, pbx.OVER, talk, None, waited)
            else:
                yield pbx.Over(line.key, at, pbx.OVER, round(line.talk), round(line.hold))
        elif line.out:
            yield pbx.Over(line.key, at, line.cause or pbx.FAILED)
        else:
            yield pbx.Abandoned(line.key, at, max(0, int((at - line.since).total_seconds())))

    def _queueentry(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        if self._listing and packet.get("ActionID") == self._listing.id:
            self._listing.entries.append(packet)
        return iter(())

    def _coreshowchannel(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        if self._listing and packet.get("ActionID") == self._listing.id:
            self._listing.channels.append(packet)
        return iter(())

    def _queuestatuscomplete(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        return self._listed(packet, at)

    def _coreshowchannelscomplete(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        return self._listed(packet, at)

    def _listed(self, packet: Packet, at: DateTime) -> Iterator[pbx.Event]:
        listing = self._listing
        if listing is None or packet.get("ActionID") != listing.id:
            return
        listing.complete.add(packet.get("Event", ""))
        if len(listing.complete) == 2:
            self._listing = None
            yield from self._rebuilt(listing, at)

    def _rebuilt(self, listing: _Listing, at: DateTime) -> Iterator[pbx.Event]:
        """Take over the telephone system's own list: what waits, who talks, and that all else is over."""
        found = known_of(listing.entries, listing.channels, self.queues, at)
        # A call that began while the list came is not in it: it was told by its own events.
        began = {key for key, line in self._lines.items() if line.since >= listing.at}
        for key in [key for key in self._lines if key not in found.live and key not in began]:
            line = self._lines.pop(key)
            self._by_channel.pop(line.caller, None)
        for queue, keys in found.waiting.items():
            self._waiting[queue] = keys + [
                key for key in self._waiting.get(queue, ()) if key in began and key not in keys
            ]
        for key, caller, queue, since in found.callers:
            line = self._begin(key, caller, since, queue)
            line.partly = line.partly or (not line.answered and key in found.talking)
        self._bridges.update(found.bridges)
        yield from found.events
        for key, (bridge, call) in found.talking.items():
            line = self._lines[key]
            line.bridge = bridge
            if line.answered:
                yield from self._bridged(bridge, at)
            else:
                yield self._found(line, call)
        yield pbx.Snapshot(SOURCE, frozenset(found.live | began), listing.at)

    def _found(self, line: _Line, call: pbx.Found) -> pbx.Found:
        """A call that is talked already: with whom, where it is one."""
        others = [(leg, name) for leg, name in self._bridges[line.bridge].items() if leg != line.caller]
        line.answered = True
        line.ringing.clear()
        if len(others) == 1:
            [(leg, name)] = others
            line.agent = line.legs.get(leg) or name
        return replace(call, agent=line.agent)


def _is_ref(name: str) -> bool:
    """Whether a channel is one's own telephone in a call dialled from here; the far half of a Local one is not."""
    return name.startswith(OURS) and not name.endswith("-phone")
