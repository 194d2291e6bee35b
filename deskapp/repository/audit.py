"""The audit trail: entries read by record, person and time; sealed behind the writers' backs; walked to verify."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, false, func, or_, select, text, type_coerce
from sqlalchemy import Text as AsText
from sqlalchemy.types import BigInteger

from deskapp.domain.audit import (
    AuditEntry,
    AuditFilter,
    Fault,
    Seal,
    StoredEntry,
    chain,
    checked,
    content_of,
    first,
    found,
)
from deskapp.repository import tables
from deskapp.repository.base import insert_rows
from deskapp.repository.prepared import Prepared, PreparedFor

if TYPE_CHECKING:
    from deskapp.repository.work import Work

SEAL_AT_ONCE = 500
WALK = 2_000
REDACT = "client.erase:redact"
"""The act of the entry that says what an erasure has left of others."""
PATIENCE = "2s"
"""How long an erasure waits for those who write."""
_PATIENCE = text("SELECT set_config('lock_timeout', :for, true)")
_LOCK = 20261124


class AuditTrail:
    """What was done, by whom, and whether that is still what was written."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def page(self, wanted: AuditFilter, limit: int, *, before: int | None = None) -> list[AuditEntry]:
        """Entries, the newest first, below the entry of that number."""
        query = _wanted(wanted).order_by(_A.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_A.id < before)
        return self._entries(query)

    def page_before(self, wanted: AuditFilter, limit: int, *, after: int | None = None) -> list[AuditEntry]:
        """The entries just above one in that list, or its last ones, in its order."""
        query = _wanted(wanted).order_by(_A.id).limit(limit)
        if after is not None:
            query = query.where(_A.id > after)
        return self._entries(query)[::-1]

    def page_at(self, wanted: AuditFilter, offset: int, limit: int) -> list[AuditEntry]:
        """The entries at an offset of that list."""
        return self._entries(_wanted(wanted).order_by(_A.id.desc()).offset(offset).limit(limit))

    def count(self, wanted: AuditFilter) -> int:
        """How many entries there are."""
        query = select(func.count()).select_from(_wanted(wanted).order_by(None).subquery())
        return int(self.work.connection.execute(query).scalar_one())

    def _entries(self, query: Select[Any]) -> list[AuditEntry]:
        rows: Sequence[Any] = self.work.connection.execute(query).all()
        return [AuditEntry(*row) for row in rows]

    def waiting(self) -> bool:
        """Whether any entry waits for its seal."""
        return bool(_ANY_PENDING.rows(self.work.connection))

    def head(self) -> Seal | None:
        """The last seal."""
        rows = _HEAD.rows(self.work.connection)
        return Seal(*rows[0]) if rows else None

    def beginning(self) -> Seal | None:
        """The first seal: what tells one database from another."""
        rows = _FIRST.rows(self.work.connection)
        return Seal(*rows[0]) if rows else None

    def at(self, seq: int) -> Seal | None:
        """The seal at a place of the chain."""
        rows = _AT.rows(self.work.connection, seq=seq)
        return Seal(*rows[0]) if rows else None

    def seal(self) -> int:
        """Seal what transactions have left waiting, oldest first; 0 when another desk is at it or nothing waits.

        An entry that is missing from its transaction keeps the whole transaction waiting: `verify` tells.
        """
        connection = self.work.connection
        if self.work.dialect == "postgresql" and not self._alone():
            return 0
        waiting = _PENDING.rows(connection, n=SEAL_AT_ONCE)
        expected: dict[int, int] = {}
        for _, tx, entries in waiting:
            expected[tx] = expected.get(tx, 0) + entries
        rows = [StoredEntry(*row) for row in _OF_TX.rows(connection, sorted(expected))]
        there: dict[int, list[StoredEntry]] = {}
        for entry in rows:
            there.setdefault(entry.tx, []).append(entry)
        whole = {tx for tx, entries in expected.items() if len(there.get(tx, ())) == entries}
        done = sorted((entry for tx in whole for entry in there[tx]), key=lambda entry: entry.id)
        seals = chain(self.head(), done)
        insert_rows(
            connection,
            tables.audit_seals,
            ("seq", "audit_id", "digest"),
            [(seal.seq, seal.audit_id, seal.digest) for seal in seals],
        )
        for pending_id, tx, _ in waiting:
            if tx in whole:
                _DONE.count(connection, i=pending_id)
        return len(seals)

    def _alone(self) -> bool:
        """Whether no other desk is sealing; none will until this transaction ends."""
        return bool(self.work.connection.execute(_TRY_LOCK, {"k": _LOCK}).scalar_one())

    def verify(self) -> tuple[int, Seal | None, Fault | None]:
        """Walk the chain: how many entries are sealed, the last good seal, and the first fault."""
        last = self.head()
        previous, fault, entries, redacted = None, None, 0, self._redacted()
        for seal, entry in self._walk(last.seq if last else 0):
            fault = checked(previous, seal, entry)
            if fault is not None and fault.code == "changed" and entry is not None:
                fault = None if redacted.get(str(entry.id)) == content_of(entry) else fault
            if fault is not None:
                fault = self._named(fault)
                break
            previous, entries = seal, entries + 1
        return entries, previous, first(fault, self._stray(), self._torn())

    def _redacted(self) -> dict[str, str]:
        """What erasures have left of entries: the digest of each, by its number; a later one counts."""
        query = select(_A.changes).where(_A.noun == "audit", _A.act == REDACT).order_by(_A.id)
        left: dict[str, str] = {}
        for changes in self.work.connection.execute(query).scalars():
            found = changes.get("entries") if isinstance(changes, dict) else None
            left.update(found if isinstance(found, dict) else {})
        return left

    def _walk(self, until: int) -> Iterator[tuple[Seal, StoredEntry | None]]:
        """Every seal up to one with its entry, in order, a page at a time."""
        after = 0
        while True:
            rows = _WALK.rows(self.work.connection, after=after, until=until, n=WALK)
            for row in rows:
                yield Seal(*row[:3]), None if row[3] is None else StoredEntry(*row[3:])
            if len(rows) < WALK:
                return
            after = rows[-1][0]

    def _named(self, fault: Fault) -> Fault:
        """A seal that is gone: say which entry lacks one, if one does."""
        if fault.audit_id is not None or fault.code != "removed":
            return fault
        row = self.work.connection.execute(_UNSEALED.limit(1)).first()
        return fault if row is None else found("removed", StoredEntry(*row), fault.seq)

    def _stray(self) -> Fault | None:
        """The first entry that is neither sealed nor left waiting by its transaction: nobody of ours wrote it."""
        row = self.work.connection.execute(_UNSEALED.where(_A.tx.not_in(select(_P.tx))).limit(1)).first()
        return None if row is None else found("inserted", StoredEntry(*row))

    def _torn(self) -> Fault | None:
        """The first transaction left waiting that has fewer or more entries than it wrote."""
        row = self.work.connection.execute(_TORN).first()
        if row is None:
            return None
        return Fault("removed" if row[2] < row[1] else "inserted", row[3])


_A, _S, _P = tables.audit.c, tables.audit_seals.c, tables.audit_pending.c
_SHOWN = (_A.id, _A.at, _A.operator_id, _A.who, _A.act, _A.noun, _A.record_id, _A.changes)
_RAW: Sequence[Any] = (
    _A.id,
    type_coerce(_A.at, BigInteger),
    _A.operator_id,
    type_coerce(_A.who, AsText),
    _A.act,
    _A.noun,
    _A.record_id,
    type_coerce(_A.changes, AsText),
    _A.tx,
)
_HEAD = Prepared(select(_S.seq, _S.audit_id, _S.digest).order_by(_S.seq.desc()).limit(1))
_FIRST = Prepared(select(_S.seq, _S.audit_id, _S.digest).order_by(_S.seq).limit(1))
_AT = Prepared(select(_S.seq, _S.audit_id, _S.digest).where(_S.seq == bindparam("seq")))
_ANY_PENDING = Prepared(select(_P.id).limit(1))
_PENDING = Prepared(select(_P.id, _P.tx, _P.entries).order_by(_P.id).limit(bindparam("n")))
_OF_TX = PreparedFor(lambda keys: select(*_RAW).where(_A.tx.in_(keys)))
_DONE = Prepared(tables.audit_pending.delete().where(_P.id == bindparam("i")))
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:k)")
_WALK = Prepared(
    select(_S.seq, _S.audit_id, _S.digest, *_RAW)
    .select_from(tables.audit_seals.outerjoin(tables.audit, _A.id == _S.audit_id))
    .where(_S.seq > bindparam("after"), _S.seq <= bindparam("until"))
    .order_by(_S.seq)
    .limit(bindparam("n"))
)
_UNSEALED = (
    select(*_RAW)
    .select_from(tables.audit.outerjoin(tables.audit_seals, _S.audit_id == _A.id))
    .where(_S.seq.is_(None))
    .order_by(_A.id)
)
_TORN = text(
    "SELECT p.tx, p.entries, (SELECT count(*) FROM audit a WHERE a.tx = p.tx) AS there, "
    "(SELECT min(a.id) FROM audit a WHERE a.tx = p.tx) AS at "
    "FROM (SELECT tx, sum(entries) AS entries FROM audit_pending GROUP BY tx) p "
    "WHERE p.entries <> (SELECT count(*) FROM audit a WHERE a.tx = p.tx) ORDER BY p.tx LIMIT 1"
)


def _wanted(wanted: AuditFilter) -> Select[Any]:
    query = select(*_SHOWN, _S.seq.is_not(None)).select_from(
        tables.audit.outerjoin(tables.audit_seals, _S.audit_id == _A.id)
    )
    if wanted.noun:
        query = query.where(_A.noun == wanted.noun)
    if wanted.record_id is not None:
        query = query.where(_A.record_id == wanted.record_id)
    if wanted.operator_id is not None:
        query = query.where(_A.operator_id == wanted.operator_id)
    if wanted.since is not None:
        query = query.where(_A.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(_A.at < wanted.until)
    return query


def raw_entries(
    connection: Connection, records: Mapping[str, Sequence[int]], ids: Sequence[int] = ()
) -> list[StoredEntry]:
    """Entries exactly as they lie there: about some records, by noun, and of some numbers."""
    about = [and_(_A.noun == noun, _A.record_id.in_(keys)) for noun, keys in records.items() if keys]
    query = select(*_RAW).where(or_(false(), _A.id.in_(ids), *about)).order_by(_A.id)
    return [StoredEntry(*row) for row in connection.execute(query)]


@contextmanager
def writable(work: Work) -> Iterator[None]:
    """Let this transaction, and nobody else, change entries: for an erasure, which says in the trail what it left.

    On PostgreSQL everybody else who writes waits from here to the end of the transaction: enter it late and seldom.
    Behind a writer who takes longer than PATIENCE it gives up, for others already wait behind it.
    """
    if work.dialect == "postgresql":
        before = work.connection.execute(text("SELECT current_setting('lock_timeout')")).scalar_one()
        work.connection.execute(_PATIENCE, {"for": PATIENCE})
        work.connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_append_only"))
        work.connection.execute(_PATIENCE, {"for": before})
        yield
        work.connection.execute(text("ALTER TABLE audit ENABLE TRIGGER audit_append_only"))
        return
    found = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'audit_no_update'")
    guard = work.connection.execute(found).scalar_one()
    work.connection.execute(text("DROP TRIGGER audit_no_update"))
    yield
    work.connection.exec_driver_sql(guard)
