"""B14: the same acts in another system, django-helpdesk 2.6.1 with 100,000 tickets, as it was measured elsewhere.

Its figures are those of a web request; ours are the act and its records, without the frame that shows them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from itertools import islice

from deskapp.desk import Desk
from deskapp.screens.clock_lists import BoardSource
from deskapp.screens.ticket_view import read_ticket
from deskapp.services import escalation, tickets
from tests.bench.bench import Bench
from tests.bench.measure import Figure, Pair, timed
from tests.bench.stock import open_as
from tests.bench.storing import drafts_of

PEER_MS = {
    "create": {"sqlite": 80.0, "postgresql": 30.0},
    "by due time": {"sqlite": 1967.0, "postgresql": 1914.0},
    "two characters of a name": {"sqlite": 2190.0, "postgresql": 2005.0},
    "with 50 updates": {"sqlite": 357.0, "postgresql": 315.0},
    "escalate one": {"postgresql": 15.95},
}
"""Medians on the same sort of machine; escalating 100,000 took it 1,595 s."""
UPDATES = 50
OFTEN = 15
LATE = 500


def peers(bench: Bench) -> Iterator[Figure]:
    """B14: create, list by due time, find a name, read a long history, escalate; at least fifty times as fast."""
    desk = open_as(bench.stock.copy(bench.big))
    drafts = drafts_of(desk, "peers")
    made = tickets.file(desk, next(drafts)).ticket
    for number in range(UPDATES):
        tickets.note(desk, made, f"第 {number} 次")
    board = BoardSource(desk)

    def found() -> None:
        with desk.read() as work:
            work.search.clients("伟明", 40)

    acts: dict[str, Callable[[], object]] = {
        "create": lambda: tickets.file(desk, next(drafts)),
        "by due time": lambda: board.first(40),
        "two characters of a name": found,
        "with 50 updates": lambda: read_ticket(desk, made.id),
    }
    for name, act in acts.items():
        act()
        yield _figure(bench, name, statistics.median(timed(act) for _ in range(OFTEN)))
    desk.store.close()
    late = open_as(bench.stock.copy(bench.long(10_000)))
    yield _figure(bench, "escalate one", timed(_escalate, late) / LATE)
    late.store.close()


def _escalate(desk: Desk) -> None:
    """Some of the late tickets told of, one by one, as `deskapp tick` does."""
    for ticket_id in islice(escalation._coming(desk), LATE):
        escalation._reached(desk, ticket_id)


def _figure(bench: Bench, name: str, seconds: float) -> Figure:
    peer = PEER_MS[name].get(bench.engine)
    floor = peer / 1000 if peer is not None else seconds
    pair = Pair([floor], [seconds])
    target = 50.0 if peer is not None else None
    what = f"{name}: django-helpdesk, measured elsewhere / here"
    return pair.against("B14", what, bench.engine, target, at_least=True)
