"""Asterisk's own list of its calls, made sense of: who waits, who talks with whom, what lives (row C5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pendulum import DateTime

from deskapp.domain import pbx
from deskapp.domain.ami import SOURCE, Packet, known, whole

LONGEST_S = 86_400
"""No call lasts longer: a list that says so is wrong."""


@dataclass(slots=True)
class Known:
    """What a list says."""

    live: set[str] = field(default_factory=set)
    events: list[pbx.Event] = field(default_factory=list)
    callers: list[tuple[str, str, str, DateTime]] = field(default_factory=list)
    """Key, channel, queue, and since when."""
    waiting: dict[str, list[str]] = field(default_factory=dict)
    talking: dict[str, tuple[str, pbx.Found]] = field(default_factory=dict)
    """The bridge a caller is in, by key, and what is known of the call."""
    bridges: dict[str, dict[str, str]] = field(default_factory=dict)


def known_of(
    entries: Iterable[Packet], channels: Iterable[Packet], queues: Collection[str], at: DateTime
) -> Known:
    """Put together the entries of QueueStatus, which name no Linkedid, and the channels of CoreShowChannels."""
    found = Known()
    by_channel = {one.get("Uniqueid", ""): one for one in channels}
    for channel in by_channel.values():
        found.live.add(_key(channel))
        if bridge := channel.get("BridgeId") or channel.get("BridgeID", ""):
            found.bridges.setdefault(bridge, {})[channel.get("Uniqueid", "")] = channel.get("Channel", "")
    waits = set()
    for entry in sorted(entries, key=lambda one: whole(one.get("Position")) or 0):
        queue, caller = entry.get("Queue", ""), entry.get("Uniqueid", "")
        if caller not in by_channel or (queues and queue not in queues):
            continue
        waits.add(caller)
        key, since = _key(by_channel[caller]), _before(at, whole(entry.get("Wait")))
        place = whole(entry.get("Position"))
        found.callers.append((key, caller, queue, since))
        found.waiting.setdefault(queue, []).append(key)
        found.events += [
            pbx.Rang(key, known(entry, "CallerIDNum"), since, known(entry, "CallerIDName"), queue, place),
            pbx.Placed(key, place or len(found.waiting[queue])),
        ]
    for caller, channel in by_channel.items():
        _talks(found, caller, channel, waits, queues, at)
    return found


def _talks(
    found: Known, caller: str, channel: Packet, waits: set[str], queues: Collection[str], at: DateTime
) -> None:
    """Add a caller who has been put through: still in the queue's application, in a bridge, and no entry of it."""
    bridge = channel.get("BridgeId") or channel.get("BridgeID", "")
    queue = channel.get("ApplicationData", "").partition(",")[0]
    if (
        caller in waits
        or not bridge
        or channel.get("Application") != "Queue"
        or (queues and queue not in queues)
    ):
        return
    key, since = _key(channel), _before(at, _seconds(channel.get("Duration", "")))
    found.callers.append((key, caller, queue, since))
    number, name = known(channel, "CallerIDNum"), known(channel, "CallerIDName")
    found.talking[key] = bridge, pbx.Found(key, since, at, "", number, name, queue)


def _key(channel: Packet) -> str:
    return f"{SOURCE}:{channel.get('Linkedid') or channel.get('Uniqueid', '')}"


def _seconds(clock: str) -> int | None:
    """Seconds of "01:02:03"; None where it is no such thing."""
    parts = [part for part in map(whole, clock.split(":")) if part is not None]
    if len(parts) != 3 or clock.count(":") != 2:
        return None
    hours, minutes, seconds = parts
    return hours * 3600 + minutes * 60 + seconds


def _before(at: DateTime, seconds: int | None) -> DateTime:
    """An instant before another; the other itself where nobody says how long before, or more than calls last."""
    return at.subtract(seconds=seconds) if seconds is not None and seconds <= LONGEST_S else at
