"""B6, B12, B13: what is written and counted, against the same rows and the same SQL on the bare driver."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pendulum

from deskapp.desk import Desk
from deskapp.domain.period import period_of
from deskapp.domain.ticket import Draft
from deskapp.services import figures, imports, tickets
from tests.bench.bare import Bare
from tests.bench.bench import Bench
from tests.bench.measure import Figure, Pair, in_turns, timed
from tests.bench.stock import open_as

FILED = ("tickets", "ticket_search", "ticket_events", "outbox")
BATCH = 12
"""Acts a round: one waits for the disk, which is never twice the same."""


def filing(bench: Bench) -> Iterator[Figure]:
    """B6: file a complaint, against the rows it leaves behind written by the bare driver in one transaction."""
    desk = open_as(bench.stock.copy(bench.big))
    bare = Bare(desk.store.url)
    drafts = drafts_of(desk)
    last = tickets.file(desk, next(drafts)).ticket
    again = Again(bare, last.id)

    def ours() -> float:
        written = [next(drafts) for _ in range(BATCH)]
        return timed(lambda: [tickets.file(desk, draft) for draft in written]) / BATCH

    def floor() -> float:
        return timed(lambda: [again.write() for _ in range(BATCH)]) / BATCH

    ours(), floor()
    pair = in_turns(bench.rounds, ours, floor)
    yield pair.against("B6", "file a complaint / its rows by the bare driver", bench.engine, 2.0)
    bare.close()
    desk.store.close()


def drafts_of(desk: Desk, mark: str = "bench") -> Iterator[Draft]:
    """Complaints of this company's clients, one after the other, each sent under a key of its own.

    Whoever files has the client's file before their eyes: it has just been read, from the disk if need be.
    """
    dice = Random(mark)
    with desk.read() as work:
        highest = work.bulk.highest("clients")
        category = work.categories.by_name("leak")
        staff = work.staff.all()
    for number in count(1):
        client_id = dice.randrange(1, highest + 1)
        with desk.read() as work:
            work.clients.cards([client_id])
            work.tickets.of_client(client_id)
        yield Draft(
            client_id=client_id,
            subject="卫生间漏水",
            description="楼下邻居天花板渗水，要求尽快维修。",
            demand="三天内修好",
            category_id=category.id if category else None,
            responsible_id=staff[0].id,
            submission=f"{mark}-{number}",
        )


class Again:
    """The rows of one filing, written again and again under other ids by the bare driver."""

    def __init__(
        self, bare: Bare, ticket_id: int, mark: str = "bare", begin: Callable[[Bare], None] = Bare.begin
    ) -> None:
        self.bare, self.mark, self.begin = bare, mark, begin
        self.rows = {table: self._row(table, ticket_id) for table in FILED}
        tx = bare.one("SELECT max(tx) FROM audit WHERE noun = 'ticket' AND record_id = ?", ticket_id)
        names = bare.columns("audit")
        entries = bare.rows("SELECT * FROM audit WHERE tx = ? ORDER BY id", tx)
        self.audit = [_but(dict(zip(names, row, strict=True)), "id") for row in entries]
        self.numbers = count(1)
        self.statements = {
            table: self._insert(table, row) for table, row in (*self.rows.items(), ("audit", self.audit[0]))
        }

    def _row(self, table: str, ticket_id: int) -> dict[str, Any]:
        key = "id" if table in ("tickets", "ticket_search") else "ticket_id"
        found = self.bare.rows(f"SELECT * FROM {table} WHERE {key} = ?", ticket_id)[0]
        row = dict(zip(self.bare.columns(table), found, strict=True))
        if table != "ticket_search":
            del row["id"]
        return row

    def _insert(self, table: str, row: dict[str, Any]) -> str:
        return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"

    def write(self) -> int:
        """Write it all in one transaction that outlives a power cut; return the ticket's id."""
        bare, number = self.bare, next(self.numbers)
        self.begin(bare)
        serial = (
            "INSERT INTO counters (name, last) VALUES (?, 1) "
            "ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last"
        )
        bare.one(serial, "bench")
        ticket = self.rows["tickets"] | {
            "number": f"{self.mark}-{number}",
            "submission": f"bare-{self.mark}-{number}",
        }
        ticket_id = bare.one(f"{self.statements['tickets']} RETURNING id", *ticket.values())
        submitted = "INSERT INTO submissions (key, at, act, record_id) VALUES (?, ?, 'ticket.file', ?)"
        bare.do(submitted, ticket["submission"], ticket["received_at"], ticket_id)
        bare.do(self.statements["ticket_search"], *(self.rows["ticket_search"] | {"id": ticket_id}).values())
        for table in ("ticket_events", "outbox"):
            bare.do(self.statements[table], *(self.rows[table] | {"ticket_id": ticket_id}).values())
        bare.many(
            self.statements["audit"], [tuple((row | {"tx": -ticket_id}).values()) for row in self.audit]
        )
        bare.do("INSERT INTO audit_pending (tx, entries) VALUES (?, ?)", -ticket_id, len(self.audit))
        bare.commit()
        return int(ticket_id)


def _but(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def month(bench: Bench) -> Iterator[Figure]:
    """B13: the first responses and the calls of the last month but one, against the SQL by hand."""
    desk = open_as(bench.stock.kept(bench.big))
    bare = Bare(desk.store.url)
    start = desk.local(desk.now()).start_of("month").subtract(months=2)
    first, last = start.date(), start.end_of("month").date()
    pair = in_turns(
        max(9, bench.rounds),
        lambda: timed(lambda: figures.first_response(desk, first, last)),
        lambda: timed(lambda: _by_hand(bare, start)),
    )
    yield pair.against("B13", "first responses of a month / by hand", bench.engine, 1.5)
    calls = in_turns(
        max(9, bench.rounds),
        lambda: timed(lambda: figures.figures_of(desk, period_of("month", first), codes=OF_CALLS)),
        lambda: timed(lambda: [_calls_by_hand(bare, at) for at in (start, start.subtract(months=1))]),
    )
    what = "calls of a month and the one before / by hand"
    yield calls.against("B13", what, bench.engine, 1.5)
    bare.close()
    desk.store.close()


OF_CALLS = ("offered", "service_level", "abandoned", "speed_of_answer", "handling_time")


def _calls_by_hand(bare: Bare, start: pendulum.DateTime) -> None:
    """What those figures need, as one would write it: one way through the calls of the month."""
    since, until = (int(at.timestamp()) * 1_000_000 for at in (start, start.add(months=1)))
    taken, left = "kind = 'inbound' AND state = 'done'", "kind = 'inbound' AND state = 'abandoned'"
    talked = "talk_s IS NOT NULL AND outcome IN ('reached', 'call_back', 'refused')"
    spoken = "(coalesce(talk_s, 0) + coalesce(hold_s, 0)) * 1000000"
    busy = f"CASE WHEN ended_at - started_at > {spoken} THEN ended_at - started_at ELSE {spoken} END"
    counted = ", ".join(
        f"sum(CASE WHEN {one} THEN {amount} ELSE 0 END)"
        for one, amount in (
            (taken, "1"),
            (left, "1"),
            (f"{taken} AND wait_s <= 20", "1"),
            (f"{taken} AND wait_s IS NOT NULL", "1"),
            (f"{taken} AND wait_s IS NOT NULL", "wait_s"),
            (talked, "1"),
            (talked, busy),
        )
    )
    bare.rows(f"SELECT {counted} FROM calls WHERE ended_at >= ? AND ended_at < ?", since, until)


def _by_hand(bare: Bare, start: pendulum.DateTime) -> None:
    since, until = (int(at.timestamp()) * 1_000_000 for at in (start, start.add(months=1)))
    kept = "state NOT IN ('withdrawn', 'merged')"
    took = "responded_at - received_at"
    counted = "count(*), " + ", ".join(
        f"sum(CASE WHEN {one} THEN 1 ELSE 0 END)"
        for one in (
            f"NOT ({kept})",
            f"{kept} AND responded_at IS NOT NULL",
            f"{kept} AND responded_at IS NOT NULL AND {took} <= 86400000000",
            f"{kept} AND responded_at <= respond_by",
            "responded_at IS NULL AND state IN ('received', 'dispatched', 'reopened')",
            "responded_at IS NULL AND state IN ('received', 'dispatched', 'reopened') AND respond_by < ?",
            f"{kept} AND responded_at IS NULL AND state NOT IN ('received', 'dispatched', 'reopened')",
        )
    )
    period = "FROM tickets WHERE kind = 'complaint' AND received_at >= ? AND received_at < ?"
    row = bare.rows(f"SELECT {counted}, avg(CASE WHEN {kept} THEN {took} END) {period}", until, since, until)[
        0
    ]
    answered = int(row[2] or 0)
    if answered:
        ordered = f"AND {kept} AND responded_at IS NOT NULL ORDER BY {took} LIMIT 2 OFFSET ?"
        bare.rows(f"SELECT {took} {period} {ordered}", since, until, (answered - 1) // 2)


IMPORTED = ("clients", "phones", "sites", "client_search", "name_keys", "audit")


def register_of(folder: Path, number: int) -> Path:
    """Write a register of so many clients, as spreadsheets export it."""
    dice, path = Random(3), folder / f"register-{number}.csv"
    surnames, given = "赵钱孙李周吴郑王冯陈", "伟明芳娜敏静丽强磊军洋勇艳杰娟涛超霞平刚"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write = csv.writer(file).writerow
        write(("姓名", "电话", "小区", "地址", "面积"))
        for place in range(number):
            name = dice.choice(surnames) + "".join(dice.choices(given, k=2))
            door = f"{dice.randint(1, 40)}-{dice.randint(1, 4)}-{dice.randint(101, 2804)}"
            write((name, f"139{place:08d}", "海棠湾", door, dice.randint(50, 180)))
    return path


def importing(bench: Bench) -> Iterator[Figure]:
    """B12: import a register of clients, against `executemany` of the same rows into the same empty tables."""
    path = register_of(bench.folder, bench.imported)
    taken: list[float] = []
    floors: list[float] = []
    for _ in range(min(3, bench.rounds)):
        desk = open_as(bench.stock.empty())
        before = _counted(desk.store.url)
        taken.append(timed(imports.run_file, desk, "clients", path))
        rows = _stored(desk.store.url, before)
        assert len(rows["clients"][1]) == bench.imported
        desk.store.close()
        floors.append(_poured(bench.stock.empty(), rows))
    what = f"import {bench.imported:,} clients / executemany of the same rows"
    yield Pair(taken, floors).against("B12", what, bench.engine, 4.0, unit="s")


def _counted(url: str) -> int:
    bare = Bare(url)
    highest = int(bare.one("SELECT coalesce(max(id), 0) FROM audit"))
    bare.close()
    return highest


def _stored(url: str, audited: int) -> dict[str, tuple[list[str], list[Any]]]:
    bare = Bare(url)
    found = {}
    for table in IMPORTED:
        since = f" WHERE id > {audited}" if table == "audit" else ""
        found[table] = (bare.columns(table), bare.rows(f"SELECT * FROM {table}{since}"))
    bare.close()
    return found


def _poured(url: str, rows: dict[str, tuple[list[str], list[Any]]]) -> float:
    bare = Bare(url)

    def pour() -> None:
        bare.begin()
        for table, (columns, values) in rows.items():
            marks = ", ".join("?" * len(columns))
            bare.many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)
        bare.commit()

    seconds = timed(pour)
    bare.close()
    return seconds
