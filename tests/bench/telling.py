"""B11: how soon what one desk does is on the glass at another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event, Thread
from typing import Self

from deskapp import i18n
from deskapp.domain.call import Result
from deskapp.i18n import say
from deskapp.services import calls
from tests.bench.bare import Bare
from tests.bench.bench import Bench
from tests.bench.glass import A_FRAME_S, callers_of, console_ready, silence
from tests.bench.measure import Figure, Pair, in_turns
from tests.bench.stock import LOGIN, OTHER, open_as
from tests.bench.terminal import Terminal

AT_MOST_S = 1.0
"""What is promised on SQLite, where nobody is told and everybody has to look."""
CALM_S = 0.6


def propagation(bench: Bench) -> Iterator[Figure]:
    """B11: a call comes in at one desk, until another console paints who it is; the bare driver and one frame."""
    i18n.use("zh")
    url = bench.stock.copy(bench.big)
    desk, bare = open_as(url, OTHER), Bare(url)
    silence(bare)
    rings = say("frame.phone.rings", who="", count=1)[:3]
    with Terminal("console", url, LOGIN, str(bench.folder)) as glass:
        console_ready(glass)
        callers = callers_of(bare, 2 * bench.rounds + 12)

        def ours() -> float:
            _, number, _ = next(callers)
            glass.settle(CALM_S)
            begun = glass.send()
            rung = calls.ring(desk, number)
            seconds = glass.wait(rings, since=begun)
            calls.end(desk, rung.call, Result("reached"))
            return seconds

        ours()
        with _Ear(url) as ear:
            pair = in_turns(max(5, bench.rounds), ours, lambda: ear.told(bare) + A_FRAME_S)
    if bare.postgres:
        what = "a call at one desk, on the glass at another / bare LISTEN and NOTIFY + 1/60 s"
        yield pair.against("B11", what, bench.engine, 3.0)
    else:
        second = Pair(pair.figures, [AT_MOST_S] * len(pair.figures))
        yield second.against(
            "B11", "a call at one desk, on the glass at another / one second", bench.engine, 1.0
        )
    bare.close()
    desk.store.close()


class _Ear:
    """The floor: a thread with a bare connection that hears what another bare connection has written."""

    def __init__(self, url: str) -> None:
        self._url, self._over, self._heard = url, Event(), Event()
        self._thread = Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._heard.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def told(self, bare: Bare) -> float:
        """Write a call down and tell; the seconds until it is heard, or on SQLite until it is written."""
        self._heard.clear()
        begun = time.perf_counter()
        bare.begin()
        bare.do(
            "INSERT INTO calls (kind, state, due_at) VALUES ('inbound', 'done', ?)", time.time_ns() // 1000
        )
        if bare.postgres:
            bare.do("SELECT pg_notify('bare', 'told')")
        bare.commit()
        if bare.postgres:
            self._heard.wait(10)
        return time.perf_counter() - begun

    def _listen(self) -> None:
        ear = Bare(self._url)
        if ear.postgres:
            ear.do("LISTEN bare")
        self._heard.set()
        while not self._over.is_set() and ear.postgres:
            for _ in ear.connection.notifies(timeout=0.5, stop_after=1):
                self._heard.set()
        ear.close()
