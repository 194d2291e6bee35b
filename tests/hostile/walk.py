"""The gallery walked on a real terminal, every text of its database poisoned; run as a program in one.

    python -m tests.hostile.walk FOLDER REPORT [EVERY [FIRST]]

Builds the sample morning in FOLDER, adds POISON to every text people or other systems write, opens the console on the
terminal it runs in, goes to every EVERYth screen of the gallery and paints it. REPORT is a line a screen; the last line
is `end`.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import traceback
from pathlib import Path
from typing import Any

MARK = "7777"
"""The number in every escape sequence of POISON: no terminal is ever sent it by the console itself."""
POISON = (
    f"\x1b[{MARK}m\x1b[{MARK};1H\x1b]0;{MARK}\x07\x1b]52;c;{MARK}\x1b\\\x1bP{MARK}\x1b\\\x9b{MARK}m\x9d0;{MARK}\x9c"
    "[red]x[/red][@click=app.quit]y[/][/][$error]z\x08\r\x0b\x0c\x7f\x85"
    "\u202e\u2066\u200b\u200d\u2028\ufeff\U000e0041"
    "e\u0301\u0301\u0301\u0301\u0301\u0301"
    + "\u0e49"
    * 20
    + "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f"
    "{{ title }}%s{0}" + "W" * 300
)
NO_WORDS = frozenset(
    {"password_hash", "keys", "haystack", "grams", "outcome", "findings", "cause", "platform"}
)
"""Columns of texts that are codes or belong to the program."""


def poison(path: str) -> int:
    """Add the poison to every text of a database; return how many columns have it."""
    from deskapp.repository import tables
    from deskapp.repository.types import Json, Words

    count = 0
    with sqlite3.connect(path) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for table in tables.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Words) and column.name not in NO_WORDS:
                    connection.execute(
                        f"UPDATE {table.name} SET {column.name} = {column.name} || ? WHERE {column.name} <> ''",
                        (POISON,),
                    )
                    count += 1
                elif isinstance(column.type, Json) and (table.name, column.name) in JSONS:
                    _poison_json(connection, table.name, column.name)
                    count += 1
    connection.close()
    return count


JSONS = {("audit", "changes"), ("issued_papers", "document")}


def _poison_json(connection: sqlite3.Connection, table: str, column: str) -> None:
    for row, told in connection.execute(
        f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL"
    ).fetchall():
        value = _poisoned(json.loads(told))
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (json.dumps(value), row))


def _poisoned(value: Any, name: str = "") -> Any:
    """Every text in a JSON value but codes: those are short and plain."""
    if isinstance(value, dict):
        return {key: _poisoned(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_poisoned(one, name) for one in value]
    words = isinstance(value, str) and value and not value.isascii() and name not in ("kind", "form")
    return value + POISON if words else value


async def walk(folder: Path, report: Path, every: int, first: int) -> None:
    """Go from screen to screen."""
    import pendulum

    from deskapp import gallery
    from deskapp.app import DeskApp
    from deskapp.clock import StillClock
    from deskapp.config import Config
    from deskapp.gallery_glass import settle
    from deskapp.gallery_pages import _home
    from deskapp.i18n.errors import is_foreseen
    from deskapp.services.sample import DEMO_LOGIN, found
    from deskapp.wiring import open_desk

    clock = StillClock(pendulum.datetime(2026, 11, 23, 1, 42, 10))
    config = Config(f"sqlite:///{folder}/morning.db", "zh", folder, DEMO_LOGIN)
    if not (folder / "morning.db").exists():
        desk = open_desk(config, clock=clock)
        found(desk, gallery.SEED)
        desk.store.close()
    poison(str(folder / "morning.db"))
    app = DeskApp(config, clock)
    said = report.open("w", encoding="utf-8")
    tell = app.tell

    def told(error: Exception) -> None:
        if not is_foreseen(error):
            where = traceback.extract_tb(error.__traceback__)[-3:]
            said.write(f"told\tERROR {error!r} {[f'{one.filename}:{one.lineno}' for one in where]}\n")
        tell(error)

    app.tell = told  # type: ignore[method-assign]

    async def go(pilot: Any) -> None:
        try:
            await app.opened.wait()
            app.live.idle()
            await settle(app, pilot)
            seat = app.desk_now()
            for shot in gallery.GALLERY[first::every]:
                try:
                    await shot.way(app, pilot)
                    reached = type(app.screen).__name__
                    app.screen.refresh(layout=True)
                    await settle(app, pilot)
                    said.write(f"{shot.path}\t{reached}\n")
                except Exception as error:
                    said.write(f"{shot.path}\tERROR {error!r}\n")
                said.flush()
                await _home(app, pilot)
                if app.desk is not seat:
                    app.use_desk(seat)
                    await settle(app, pilot)
            said.write("end\n")
        finally:
            said.close()
            app.exit()

    await app.run_async(auto_pilot=go)
    if app._exception is not None:
        with report.open("a", encoding="utf-8") as more:
            more.write(f"CRASH {app._exception!r}\n")


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[3:5]]
    asyncio.run(walk(Path(sys.argv[1]), Path(sys.argv[2]), *(numbers + [1, 0][len(numbers) :])))
