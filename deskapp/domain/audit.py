"""The audit trail's chain: each entry's seal is a digest of the seal before it and of the entry (row P2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from pendulum import DateTime

START = "0" * 64
"""What stands before the first seal."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did which act to which record when, and what it changed: field → value, or [before, after]."""

    id: int
    at: DateTime
    operator_id: int | None
    who: str
    act: str
    noun: str
    record_id: int | None
    changes: Mapping[str, object] | None = None
    sealed: bool = True
    """Whether it is in the chain already; a new one is within seconds."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to show: of a record or kind of record, by a person, in [since, until)."""

    noun: str = ""
    record_id: int | None = None
    operator_id: int | None = None
    since: DateTime | None = None
    until: DateTime | None = None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry exactly as its row holds it: the instant in microseconds, the changes as their JSON text."""

    id: int
    at: int
    operator_id: int | None
    who: str
    act: str
    noun: str
    record_id: int | None
    changes: str | None
    tx: int

    def text(self) -> str:
        """One line that differs whenever anything in the entry does."""
        told = (self.id, self.at, self.operator_id, self.who, self.act)
        about = (self.noun, self.record_id, self.changes, self.tx)
        return json.dumps([*told, *about], ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Seal:
    """One link of the chain: its place, the entry it seals, and the digest."""

    seq: int
    audit_id: int
    digest: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where the trail is not what was written: "changed", "removed" or "inserted".

    Who, when and about what are the entry's own words where it is still there.
    """

    code: str
    audit_id: int | None = None
    seq: int | None = None
    who: str = ""
    at: DateTime | None = None
    noun: str = ""
    record_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how many entries are sealed, the last seal, and the first fault if any."""

    entries: int
    head: str
    fault: Fault | None = None


def link(previous: str, entry: StoredEntry) -> str:
    """The digest that seals an entry behind the seal before it."""
    return sha256(f"{previous}\n{entry.text()}".encode("ascii")).hexdigest()


def content_of(entry: StoredEntry) -> str:
    """The digest of an entry alone: what an erasure seals of what it has left."""
    return sha256(entry.text().encode("ascii")).hexdigest()


def chain(head: Seal | None, entries: list[StoredEntry]) -> list[Seal]:
    """Seal entries, in their order, behind the last seal."""
    seals = []
    digest, seq = (head.digest, head.seq) if head else (START, 0)
    for entry in entries:
        digest, seq = link(digest, entry), seq + 1
        seals.append(Seal(seq, entry.id, digest))
    return seals


def checked(previous: Seal | None, seal: Seal, entry: StoredEntry | None) -> Fault | None:
    """What is wrong with one link: a place skipped or an entry gone is "removed", a digest that differs "changed"."""
    digest, seq = (previous.digest, previous.seq) if previous else (START, 0)
    if seal.seq != seq + 1:
        return Fault("removed", None, seq + 1)
    if entry is None:
        return Fault("removed", seal.audit_id, seal.seq)
    if link(digest, entry) != seal.digest:
        return found("changed", entry, seal.seq)
    return None


def found(code: str, entry: StoredEntry, seq: int | None = None) -> Fault:
    """A fault at an entry that is there, in its own words."""
    import pendulum

    at = pendulum.from_timestamp(entry.at // 1_000_000).add(microseconds=entry.at % 1_000_000)
    return Fault(code, entry.id, seq, entry.who, at, entry.noun, entry.record_id)


def first(*faults: Fault | None) -> Fault | None:
    """The earliest of some faults, by the entry's number; one whose entry nobody knows comes first."""
    there = [fault for fault in faults if fault is not None]
    return min(there, key=lambda fault: fault.audit_id or 0, default=None)
