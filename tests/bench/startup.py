"""B1, B2, B9: how soon the console is there and alive, and how much memory it takes."""

from __future__ import annotations

from collections.abc import Iterator

from deskapp import i18n
from deskapp.desk import Desk
from deskapp.i18n import say
from deskapp.services.call_queue import queue_bands
from tests.bench import apps
from tests.bench.bench import Bench
from tests.bench.measure import Figure, in_turns
from tests.bench.stock import LOGIN, open_as
from tests.bench.terminal import Terminal


def first_row(desk: Desk) -> str:
    """The words on the glass by which the first row of the queue is known: its client's name."""
    assert desk.operator is not None
    with desk.read() as work:
        own = work.calls.taken_by(desk.operator.id)
        return (own or work.calls.queue(queue_bands(desk), 1))[0].client_name


def starts(bench: Bench) -> Iterator[Figure]:
    """B1 and B2: the first frame, the first real rows, the live queue."""
    i18n.use("zh")
    url = bench.stock.copy(bench.big)
    desk = open_as(url)
    name = first_row(desk)
    desk.store.close()

    def console(*shows: str) -> float:
        with Terminal("console", url, LOGIN, str(bench.folder)) as terminal:
            return max(terminal.wait(one) for one in shows)

    def blank(*arguments: str) -> float:
        with Terminal("blank", *arguments) as terminal:
            return terminal.wait(apps.READY)

    why = say("queue.why.label")
    frame = say("frame.place.clocks")
    engine = bench.engine
    first = in_turns(bench.rounds, lambda: console(frame), blank)
    yield first.against("B1", "first frame / blank app", engine, 1.25)
    rows = in_turns(bench.rounds, lambda: console(name), blank)
    yield rows.against("B2", "first real rows / blank app", engine, 1.35 if engine == "sqlite" else None)
    live = in_turns(bench.rounds, lambda: console(name, why), lambda: blank("sqlalchemy.orm"))
    yield live.against("B2", "live queue / blank app with sqlalchemy.orm", engine, 1.1)


def memory(bench: Bench) -> Iterator[Figure]:
    """B9: memory with the board open."""
    url = bench.stock.copy(bench.big)

    def console() -> float:
        with Terminal("console", url, LOGIN, str(bench.folder)) as terminal:
            terminal.wait(say("queue.why.label"))
            terminal.settle()
            terminal.send("f5")
            terminal.idle(3.0)
            return terminal.memory()

    def blank() -> float:
        with Terminal("blank", "sqlalchemy.orm") as terminal:
            terminal.wait(apps.READY)
            terminal.idle(1.0)
            return terminal.memory()

    pair = in_turns(min(3, bench.rounds), console, blank)
    yield pair.against(
        "B9", "memory, board open / blank app with sqlalchemy.orm", bench.engine, 1.6, unit="MB"
    )
