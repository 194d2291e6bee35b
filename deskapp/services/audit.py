"""Read the audit trail, seal it, and say whether it is still what was written (row P2; text 4, 2.6.1)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain.audit import Fault, Seal, Verdict, first
from deskapp.domain.errors import StorageFailed
from deskapp.services.drafts import write_whole

if TYPE_CHECKING:
    from deskapp.repository.work import Work


def seal(desk: Desk) -> int:
    """Seal what waits and remember the last seal on this desk's own disk; return how many were sealed.

    Writers only leave their entries waiting: one desk at a time links them, after their commit.
    """
    sealed = 0
    while _waits(desk):
        with desk.store.write("") as work:
            now = work.audit.seal()
        if not now:
            break
        sealed += now
    if sealed:
        with desk.read() as work:
            _remember(desk, work)
    return sealed


def _waits(desk: Desk) -> bool:
    with desk.read() as work:
        return work.audit.waiting()


def verify(desk: Desk) -> Verdict:
    """Seal what waits, walk the whole chain, and compare it with the last seal this desk has seen.

    The fault names the first entry changed, removed or inserted. A chain cut off at its end is seen by every
    desk that remembers more of it. What has been tampered with may refuse to be sealed on: the walk tells why.
    """
    desk.check("audit.read")
    try:
        seal(desk)
    except StorageFailed as error:
        if error.code != "storage.refused":
            raise
    with desk.read() as work:
        entries, head, fault = work.audit.verify()
        fault = first(fault, _cut_off(desk, work))
        if fault is None:
            _remember(desk, work)
    return Verdict(entries, head.digest if head else "", fault)


def _cut_off(desk: Desk, work: Work) -> Fault | None:
    """The seal this desk remembers, if the database has it no longer or has another in its place."""
    known = _remembered(desk, work)
    there = work.audit.at(known.seq) if known else None
    if known is None or there == known:
        return None
    return Fault("removed" if there is None else "changed", known.audit_id, known.seq)


def _file(desk: Desk, work: Work) -> Path | None:
    """Where the last seal is remembered: by the chain's beginning, so that another database is another chain."""
    beginning = work.audit.beginning()
    if desk.desk_dir is None or beginning is None:
        return None
    return desk.desk_dir / "audit" / f"{beginning.digest[:20]}.json"


def _remember(desk: Desk, work: Work) -> None:
    """Remember the last seal; a desk that remembers a chain cut off since goes on saying so."""
    path, head = _file(desk, work), work.audit.head()
    if path is None or head is None or _cut_off(desk, work) is not None:
        return
    told = {"seq": head.seq, "audit_id": head.audit_id, "digest": head.digest}
    try:
        write_whole(path, json.dumps(told).encode())
    except OSError:
        return


def begin_anew(desk: Desk) -> None:
    """Take the chain as it is from now on: a backup was restored here, and may end before what this desk remembers."""
    with desk.read() as work:
        path = _file(desk, work)
        if path is not None:
            path.unlink(missing_ok=True)
        _remember(desk, work)


def _remembered(desk: Desk, work: Work) -> Seal | None:
    path = _file(desk, work)
    try:
        found = json.loads(path.read_bytes()) if path else None
        return Seal(int(found["seq"]), int(found["audit_id"]), str(found["digest"])) if found else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
