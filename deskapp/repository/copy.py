"""Reports read from a copy of the database, a replica say, so that much reading disturbs nobody (rows R2, P1)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pendulum import DateTime
from sqlalchemy import Connection, Engine, bindparam, select

from deskapp.domain.errors import StorageFailed
from deskapp.repository.engine import Patience, connect, storage_errors
from deskapp.repository.prepared import Prepared
from deskapp.repository.tables import audit, audit_seals

AGAIN_S = 30.0
"""A copy that failed, or was too far behind, is left alone for so long."""
BEHIND_S = 60.0
"""A copy further behind than this is of no use while the database itself answers."""


class Copy:
    """A copy of the database of an engine: how far it has come is known by the audit trail, every act leaves an entry.

    It may be a streaming replica, a logical one, or a server that was promoted meanwhile; of another database it
    knows by the beginning of the trail.
    """

    def __init__(self, url: str, truth: Engine, patience: Patience) -> None:
        self._engine, self._truth = connect(url, patience), truth
        self._same = False
        self._not_before = 0.0
        self.used = 0
        """How often it was read."""

    @contextmanager
    def read(self, now: DateTime) -> Iterator[tuple[Connection, DateTime] | None]:
        """Lend a connection to it and the instant it stands at; None while it is of no use."""
        found = None
        with ExitStack() as opened:
            if time.monotonic() >= self._not_before:
                try:
                    with storage_errors():
                        connection = opened.enter_context(self._engine.connect())
                        stands = self._stands(connection, now)
                    found = (connection, stands) if stands is not None else None
                except StorageFailed:
                    pass
                if found is None:
                    self._leave()
            try:
                with storage_errors():
                    yield found
            except StorageFailed:
                self._leave()
                raise
            self.used += found is not None

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    def _leave(self) -> None:
        self._not_before = time.monotonic() + AGAIN_S

    def _stands(self, copy: Connection, now: DateTime) -> DateTime | None:
        """The instant it stands at: now, if it has the last entry; when the first it lacks was made; else nothing."""
        there = _NEWEST.rows(copy)
        if not there:
            return None
        newest, at = there[0]
        try:
            with storage_errors(), self._truth.connect() as truth:
                if not self._same and _BEGINNING.rows(truth) != _BEGINNING.rows(copy):
                    return None
                self._same = True
                lacking = _NEXT.rows(truth, i=newest)
        except StorageFailed:
            known: DateTime | None = at if self._same else None
            return known
        if not lacking:
            return now
        since: DateTime = lacking[0][0]
        return since if (now - since).total_seconds() <= BEHIND_S else None


_NEWEST = Prepared(select(audit.c.id, audit.c.at).order_by(audit.c.id.desc()).limit(1))
_NEXT = Prepared(select(audit.c.at).where(audit.c.id > bindparam("i")).order_by(audit.c.id).limit(1))
_BEGINNING = Prepared(select(audit_seals.c.digest).order_by(audit_seals.c.seq).limit(1))
