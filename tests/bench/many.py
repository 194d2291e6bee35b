"""B10 and filing side by side: many desks, each a process with a connection of its own, against the bare driver."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from deskapp.services import calls, tickets
from tests.bench.bare import Bare
from tests.bench.bench import Bench
from tests.bench.measure import Figure, in_turns
from tests.bench.stock import Sizes, open_as
from tests.bench.storing import Again, drafts_of

CLAIMERS = {"postgresql": 50, "sqlite": 4}
CLAIMS = 1_500
WRITERS = (1, 4, 16)
FILINGS = 192
PATIENCE_S = 120.0
FEW = Sizes(1_000, 1_000, 1_000)

# Forked from a server that has loaded all this and opened nothing, so that fifty are there at once.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])

Act = Callable[[str, int, Any], list[Any]]
"""What one process does: the database's URL, its number, and what waits until all are ready; what it made."""


def together(act: Act, url: str, desks: int) -> tuple[float, list[Any]]:
    """Let so many processes act from the same moment: the seconds until the last is done, and all they made."""
    ready, answers = _PROCESSES.Barrier(desks + 1), _PROCESSES.SimpleQueue()
    crew = [
        _PROCESSES.Process(target=_act, args=(act, url, number, ready, answers), daemon=True)
        for number in range(desks)
    ]
    for process in crew:
        process.start()
    try:
        ready.wait(PATIENCE_S)
        begun = time.perf_counter()
        made = [answers.get() for _ in crew]
        seconds = time.perf_counter() - begun
    finally:
        for process in crew:
            process.join(5)
            process.kill()
    if failed := [one for one in made if isinstance(one, str)]:
        raise RuntimeError(failed[0])
    return seconds, [thing for one in made for thing in one]


def _act(act: Act, url: str, number: int, ready: Any, answers: Any) -> None:
    try:
        answers.put(act(url, number, ready))
    except Exception as error:
        ready.abort()
        answers.put(f"{type(error).__name__}: {error}")


def claims(bench: Bench) -> Iterator[Figure]:
    """B10: take the next call until none waits; the bare driver's SKIP LOCKED, or its BEGIN IMMEDIATE."""
    url, desks = bench.stock.copy(FEW), CLAIMERS[bench.engine]
    open_as(url).store.close()
    bare = Bare(url)

    def rate(act: Act) -> float:
        _queue(bare)
        seconds, taken = together(act, url, desks)
        assert sorted(taken) == sorted(set(taken))
        assert len(taken) == CLAIMS
        return CLAIMS / seconds

    rate(_claim)
    pair = in_turns(bench.rounds, partial(rate, _claim), partial(rate, _claim_bare))
    how = "FOR UPDATE SKIP LOCKED" if bare.postgres else "BEGIN IMMEDIATE"
    what = f"claims, {desks} desks / bare {how}"
    yield pair.against("B10", what, bench.engine, 0.5, unit="/s", at_least=True)
    bare.close()


def _queue(bare: Bare) -> None:
    """So many follow-up calls wait, nobody has any, and nothing of the last round is in the way."""
    now = time.time_ns() // 1000
    bare.begin()
    bare.do("DELETE FROM calls")
    bare.many(
        "INSERT INTO calls (kind, direction, state, due_at) VALUES ('followup', 'out', 'open', ?)",
        [(now - place,) for place in range(CLAIMS)],
    )
    bare.commit()
    bare.do("VACUUM ANALYZE calls" if bare.postgres else "PRAGMA wal_checkpoint(TRUNCATE)")


def _claim(url: str, number: int, ready: Any) -> list[Any]:
    desk, taken = open_as(url), []
    if (warm := calls.take_next(desk)) is not None:
        calls.give_back(desk, warm)
    ready.wait(PATIENCE_S)
    while (call := calls.take_next(desk)) is not None:
        taken.append(call.id)
    desk.store.close()
    return taken


def _claim_bare(url: str, number: int, ready: Any) -> list[Any]:
    bare, taken = Bare(url), []
    first = "SELECT id FROM calls WHERE state = 'open' AND kind = 'followup' ORDER BY due_at, id LIMIT 1"
    first += " FOR UPDATE SKIP LOCKED" if bare.postgres else ""
    claim = (
        "UPDATE calls SET state = 'taken', taken_by = 1, taken_at = ?, claim_until = ?, version = version + 1"
    )
    bare.rows(first)
    ready.wait(PATIENCE_S)
    while True:
        _begin(bare)
        if not (found := bare.rows(first)):
            break
        now = time.time_ns() // 1000
        bare.do(f"{claim} WHERE id = ?", now, now, found[0][0])
        bare.commit()
        taken.append(found[0][0])
    bare.close()
    return taken


def _begin(bare: Bare) -> None:
    """Begin to write as soon as nobody else does; SQLite's own patience starves one of several."""
    while True:
        try:
            bare.begin()
        except sqlite3.OperationalError:
            time.sleep(random.uniform(0.0005, 0.005))
        else:
            return


def filing(bench: Bench) -> Iterator[Figure]:
    """B6 for many desks: complaints filed a second by 1, 4 and 16 processes; their rows by as many bare ones."""
    url = bench.stock.copy(FEW)
    desk, rounds = open_as(url), count(1)
    like = tickets.file(desk, next(drafts_of(desk))).ticket.id
    desk.store.close()

    def rate(act: Callable[..., list[Any]], desks: int) -> float:
        each = FILINGS // desks
        seconds, made = together(_Filer(act, like, each, next(rounds)), url, desks)
        assert len(set(made)) == each * desks
        return each * desks / seconds

    for desks in WRITERS:
        pair = in_turns(bench.rounds, partial(rate, _file, desks), partial(rate, _file_bare, desks))
        what = f"complaints filed by {desks} at once / their rows by bare drivers"
        yield pair.against("B6", what, bench.engine, 0.5, unit="/s", at_least=True)


@dataclass(frozen=True, slots=True)
class _Filer:
    """One process that files: how many complaints, in which round, and for the bare one, rows like which ticket's."""

    file: Callable[[str, _Filer, str, Any], list[Any]]
    like: int
    each: int
    turn: int

    def __call__(self, url: str, number: int, ready: Any) -> list[Any]:
        return self.file(url, self, f"{self.turn}-{number}", ready)


def _file(url: str, filer: _Filer, mark: str, ready: Any) -> list[Any]:
    desk = open_as(url)
    drafts = drafts_of(desk, mark)
    mine = [next(drafts) for _ in range(filer.each)]
    tickets.file(desk, next(drafts))
    ready.wait(PATIENCE_S)
    made: list[Any] = [tickets.file(desk, draft).ticket.id for draft in mine]
    desk.store.close()
    return made


def _file_bare(url: str, filer: _Filer, mark: str, ready: Any) -> list[Any]:
    bare = Bare(url)
    again = Again(bare, filer.like, mark, _begin)
    again.write()
    ready.wait(PATIENCE_S)
    made: list[Any] = [again.write() for _ in range(filer.each)]
    bare.close()
    return made
