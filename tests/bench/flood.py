"""B16: what the operator's keys feel while a telephone system tells 10,000 events a minute."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

from deskapp import i18n
from deskapp.domain.outside import Asterisk
from deskapp.services import outside
from tests.ami_server import SECRET, AmiServer, until, whole
from tests.bench.bench import Bench
from tests.bench.glass import SOUGHT, TOLD, _echoes
from tests.bench.measure import Figure, Pair, p95
from tests.bench.stock import LOGIN, open_as
from tests.bench.terminal import Terminal

EVENTS_A_SECOND = 10_000 / 60


def flood(bench: Bench) -> Iterator[Figure]:
    """B16: the echo of keys in the complaint form while 10,000 events a minute come; while none come."""
    i18n.use("zh")
    url = bench.stock.copy(bench.young)
    os.environ["DESKAPP_ASTERISK_PASSWORD"] = SECRET
    server, figures, calm = AmiServer(), [], []
    try:
        desk = open_as(url, LOGIN)
        outside.save_outside(desk, Asterisk(on=True, port=server.port, user="desk"))
        desk.store.close()
        with Terminal("console", url, LOGIN, str(bench.folder)) as ours:
            until(lambda: server.signed_in == 1, "the console listens")
            ours.settle(0.5)
            for key in ("f10", "s", "f4"):
                ours.send(key)
                ours.settle(1.0, 10)
            for turn in range(bench.rounds):
                words, back = (TOLD, "backtab") if turn % 2 else (SOUGHT, "tab")
                calm.append(p95(_echoes(ours, words)))
                with _Flood(server, turn):
                    figures.append(p95(_echoes(ours, words)))
                ours.send(back, back)
                ours.settle(0.3)
            ours.send("esc")
    finally:
        server.stop()
        del os.environ["DESKAPP_ASTERISK_PASSWORD"]
    yield Pair(figures, calm).against(
        "B16", "echo p95 with 10,000 AMI events a minute / none", bench.engine, 1.3
    )


class _Flood:
    """Recorded calls, each under names of its own, as many events a second as are promised."""

    def __init__(self, server: AmiServer, turn: int) -> None:
        self._server, self._turn = server, turn
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _play(self) -> None:
        one = whole("answered")
        pause = one.count(b"\r\n\r\n") / EVENTS_A_SECOND
        number = self._turn * 100_000
        while not self._over.wait(pause):
            number += 1
            named = one.replace(b"in-65d96b97", b"in-%08d" % number)
            self._server.play(named.replace(b"1795408345", b"18%08d" % number))
