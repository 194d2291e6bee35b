"""The first page of the queue by SQLite's bare driver: rows to look at while SQLAlchemy is still being loaded.

They are the rows of Calls.taken_by and Calls.queue, as tests/repository/test_first_page.py proves. Neither pendulum
nor the policy is loaded for them: each would be felt.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deskapp.domain.call import Call
from deskapp.domain.call_queue import QueueRow, bands, queue_row
from deskapp.repository.migrations import HEAD

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"
PREFIX = "sqlite:///"
PATIENCE_S = 0.05
_NAMES = [field.name for field in fields(Call)]
_INSTANTS = [place for place, name in enumerate(_NAMES) if name.endswith("_at") or name == "claim_until"]
_ANSWERS = _NAMES.index("answers")
_ROWS = (
    f"SELECT {', '.join(f'calls.{name}' for name in _NAMES)}, clients.name, clients.address,"
    " sites.estate, sites.address, tickets.number, tickets.subject FROM calls"
    " LEFT JOIN clients ON clients.id = calls.client_id"
    " LEFT JOIN sites ON sites.id = calls.site_id"
    " LEFT JOIN tickets ON tickets.id = calls.ticket_id"
)
_MINE = f"{_ROWS} WHERE calls.state = 'taken' AND calls.taken_by = ? ORDER BY calls.taken_at, calls.id"
_IN_BAND = (
    f"{_ROWS} WHERE calls.state = 'open' AND calls.kind = ? AND calls.due_at >= ? AND calls.due_at < ?"
    " ORDER BY calls.due_at, calls.id"
)


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The head of the queue as one operator sees it, and the company's zone."""

    rows: list[QueueRow]
    zone: ZoneInfo


def first_page(url: str, login: str, now: datetime, limit: int) -> FirstPage | None:
    """Read it, writing nothing; None where it takes more than a glance.

    So it is with a server, a file that is missing, locked or of another schema, and a login nobody in use has.
    """
    path = url.removeprefix(PREFIX)
    if path == url or not path or "?" in path or not Path(path).is_file():
        return None
    try:
        address = f"{Path(path).absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE_S, isolation_level=None)) as file:
            file.execute("BEGIN")
            return _read(file, login, now, limit)
    except (sqlite3.Error, ValueError):
        return None


def _read(file: sqlite3.Connection, login: str, now: datetime, limit: int) -> FirstPage | None:
    if file.execute("SELECT version_num FROM alembic_version").fetchone() != (HEAD,):
        return None
    asked = (login.strip().lower(),)
    seated = file.execute("SELECT id FROM operators WHERE lower(login) = ? AND active", asked).fetchone()
    if seated is None:
        return None
    kept = file.execute("SELECT value FROM settings WHERE key = 'policy'").fetchone()
    policy = json.loads(json.loads(kept[0])) if kept else {}
    zone = ZoneInfo(policy.get("timezone", SHANGHAI))
    return FirstPage(list(islice(_rows(file, seated[0], now, zone), limit)), zone)


def _rows(file: sqlite3.Connection, operator_id: int, now: datetime, zone: tzinfo) -> Iterator[QueueRow]:
    """Own claims, then band after band, as far as they are asked for."""
    for row in file.execute(_MINE, (operator_id,)):
        yield _row(row, -1, "mine")
    midnight = datetime.combine(now.astimezone(zone), time.min, zone)
    for place, band in enumerate(bands(now, midnight + timedelta(days=1))):
        for row in file.execute(_IN_BAND, (band.kind, band.since_us, band.until_us)):
            yield _row(row, place, band.code)


def _row(row: tuple[Any, ...], band: int, code: str) -> QueueRow:
    cells = list(row[: len(_NAMES)])
    for place in _INSTANTS:
        if cells[place] is not None:
            cells[place] = EPOCH + timedelta(microseconds=cells[place])
    if cells[_ANSWERS] is not None:
        cells[_ANSWERS] = json.loads(cells[_ANSWERS])
    return queue_row(Call(*cells), row[len(_NAMES) :], band, code)
