"""Asterisk's manager interface as bytes: cut into packets, read value by value, written without traps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from deskapp.domain.errors import RuleBroken

Packet = Mapping[str, str]
SOURCE = "asterisk"
OURS = "deskapp-"
"""How the ids of calls dialled from here begin: every listener knows them, whichever desk dialled."""
MOST_BYTES = 1_000_000
"""A packet longer than this is none: whatever sends it is no manager interface."""
WANTED = frozenset(
    {
        "QueueCallerJoin",
        "QueueCallerLeave",
        "QueueCallerAbandon",
        "AgentCalled",
        "AgentConnect",
        "AgentComplete",
        "DialBegin",
        "DialEnd",
        "BridgeEnter",
        "BridgeLeave",
        "MusicOnHoldStart",
        "MusicOnHoldStop",
        "OriginateResponse",
        "Hangup",
        "FullyBooted",
        "Shutdown",
        "Newchannel",
        "QueueEntry",
        "QueueStatusComplete",
        "CoreShowChannel",
        "CoreShowChannelsComplete",
    }
)
"""The events anything is made of; two thirds of what comes is not read beyond its name (rule of the recordings)."""
_NAME = re.compile(rb"Event: ?([A-Za-z]+)")


class Framing:
    """Cuts what comes from the socket, in whatever pieces, into packets; bytes are decoded value by value."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> Iterator[Packet]:
        """Give the packets a piece completes; RuleBroken phone.not_ami when it is none of this protocol."""
        whole = self._rest + piece
        *packets, self._rest = whole.split(b"\r\n\r\n")
        if len(self._rest) > MOST_BYTES:
            raise RuleBroken("phone.not_ami")
        for packet in packets:
            name = _NAME.match(packet)
            if name is None or name[1].decode() in WANTED:
                yield parsed(packet)


def parsed(packet: bytes) -> Packet:
    """One packet by its field names; of a field that repeats, the first."""
    found: dict[str, str] = {}
    for line in packet.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(decoded(name).strip(), decoded(value.removeprefix(b" ")))
    return found


def decoded(value: bytes) -> str:
    """A value as text: UTF-8, else GB18030 as older trunks send it, else with marks where it is neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return value.decode(encoding)
        except UnicodeDecodeError:
            continue
    return value.decode("utf-8", "replace")


def written(fields: Iterable[tuple[str, str]]) -> bytes:
    """An action as it is sent; a value with a line end in it would be another header, so it is refused."""
    lines = []
    for name, value in fields:
        if any(c in name or c in value for c in "\r\n\0"):
            raise RuleBroken("phone.line_end", field=name)
        lines.append(f"{name}: {value}\r\n")
    return ("".join(lines) + "\r\n").encode()


def known(packet: Packet, name: str) -> str:
    """A value that says something: Asterisk writes `<unknown>`, and in lists `unknown`, where there is none."""
    value = packet.get(name, "")
    return "" if value.strip("<>").lower() in ("unknown", "") else value


def whole(value: str | None) -> int | None:
    """A whole number, None where it is none, or one nothing here is ever counted in."""
    return int(value) if value and len(value) < 10 and value.isascii() and value.isdecimal() else None
