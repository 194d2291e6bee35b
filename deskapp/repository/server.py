"""A connection to PostgreSQL that gives up on a server that says nothing, and what its errors mean (row P3)."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

from deskapp.repository.engine import Patience

R = TypeVar("R")
CONNECT_S = 5
REACH: dict[str, Any] = {
    "connect_timeout": CONNECT_S,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that has gone without a word is missed within some 20 seconds, whether anything is asked or not."""
ONLY_ASKED = 2**31
"""Plans are kept of prepared statements only: any other may be of the kind that is best planned anew."""
AT_REST, AT_MOST = 3, 8
"""Connections a console keeps, and the most it has at once; one more listens."""
CHECK_CLIENT = "SELECT set_config('client_connection_check_interval', '5s', false)"
"""A server that works for a desk that has gone notices it, and lets go of what it holds."""
BUSY = frozenset({"40001", "40P01", "55P03", "57014"})
"""Collided with others, waited for them, or was cut short: the same act may well succeed later."""
ALONE = {"25006": "readonly", "53100": "full", "XX001": "damaged", "XX002": "damaged"}
"""It takes no writes, has no room, or has damage: only who runs it can mend that."""
AWAY = ("08", "53", "57P", "58", "F0", "XX")
"""Connection, resources, shutting down or starting up, disk, damage: nothing is wrong with the act."""


class Impatient(psycopg.Connection[Any]):
    """A connection that closes itself when its server has said nothing for too long."""

    patience: Patience | None = None

    def wait(self, gen: Generator[Any, Any, R], *args: Any, **options: Any) -> R:
        """Wait as psycopg does, but not for ever."""
        if self.patience is not None and self.patience.seconds is not None:
            gen = self._limited(gen, self.patience.seconds)
        return super().wait(gen, *args, **options)

    def _limited(self, gen: Generator[Any, Any, R], seconds: float) -> Generator[Any, Any, R]:
        until = time.monotonic() + seconds
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    until = time.monotonic() + seconds
                elif time.monotonic() > until:
                    self.close()
                    raise psycopg.OperationalError(f"no answer for {seconds:g} s")
                wanted = gen.send(ready)
        except StopIteration as ended:
            answer: R = ended.value
            return answer


def reach(url: URL) -> dict[str, Any]:
    """How a server is reached and missed, but for what its URL says otherwise."""
    return {name: value for name, value in REACH.items() if name not in url.query}


def open_engine(url: URL, patience: Patience) -> Engine:
    """Make the engine of a PostgreSQL database; its connections share one patience."""
    engine = create_engine(
        url, pool_pre_ping=True, pool_size=AT_REST, max_overflow=AT_MOST - AT_REST, connect_args=reach(url)
    )
    engine.dialect.do_ping = _unless_silent(engine.dialect.do_ping)  # type: ignore[assignment]

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        connection = Impatient.connect(*arguments, **options)
        connection.patience = patience
        return connection

    @event.listens_for(engine, "connect")
    def _greet(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        if pooled(connection):
            connection.prepare_threshold = None
        else:
            connection.prepare_threshold = ONLY_ASKED
            with suppress(psycopg.errors.UndefinedObject, psycopg.errors.InvalidParameterValue):
                connection.execute(CHECK_CLIENT)
        connection.autocommit = False

    return engine


def pooled(connection: psycopg.Connection[Any]) -> bool:
    """Whether a pooler stands between: it tells a number of its own for the process that answers.

    Behind one in transaction mode nothing outlives a transaction: no setting, no prepared statement, no LISTEN.
    """
    found = connection.execute("SELECT pg_backend_pid()").fetchone()
    return found is not None and found[0] != connection.info.backend_pid


def _unless_silent(ask: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Ask a connection whether its server is there only when that has said something: a server that goes does."""

    def there(connection: Any) -> bool:
        said, _, _ = select.select([connection.fileno()], [], [], 0)
        return ask(connection) if said else True

    return there


def trouble(error: object) -> str:
    """What an error of the driver means: "lost", "locked", "readonly", "full", "damaged", or
    "refused" because of what was asked.
    """
    state = getattr(error, "sqlstate", None)
    if state in BUSY:
        return "locked"
    if state in ALONE:
        return ALONE[state]
    if state is None:
        gone = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return "lost" if gone else "refused"
    return "lost" if state.startswith(AWAY) or state[:2] in ("28", "3D") else "refused"
