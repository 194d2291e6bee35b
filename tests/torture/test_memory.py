"""A console that is open all day keeps its size, however much happens (row P1)."""

from __future__ import annotations

import ctypes
import gc
import os
from contextlib import suppress
from pathlib import Path

import pytest

from deskapp.desk import Desk
from deskapp.domain.call import Result
from deskapp.services import calls, tickets
from tests import builders
from tests.screens.pilot import console, press

pytestmark = pytest.mark.row("P1")
LONG = bool(os.environ.get("DESKAPP_TORTURE"))
EVENTS = 100_000
CLIENTS = 200
MOST_MB = 12
PAGE = os.sysconf("SC_PAGE_SIZE")
STATM = Path("/proc/self/statm")


def resident_mb(*desks: Desk) -> float:
    """How much memory this process holds, but for the pages SQLite keeps, which grow with the file up to a limit."""
    for desk in desks:
        desk.store.engine.dispose()
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    return int(STATM.read_text().split()[1]) * PAGE / 1e6


@pytest.mark.skipif(not LONG or not STATM.exists(), reason="takes minutes and /proc: make torture")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_hundred_thousand_events_leave_memory_flat(desk, second_desk, tmp_path, clock) -> None:
    numbers = [f"1380013{n:04}" for n in range(CLIENTS)]
    clients = [builders.a_client(desk, f"客户{number}", number) for number in numbers]
    sizes = []
    async with console(desk, folder=tmp_path) as (app, pilot):
        for number in range(EVENTS // 5):
            clock.at = clock.at.add(seconds=1)
            who = number % CLIENTS
            calls.ring(second_desk, numbers[who])
            call = calls.take_next(second_desk)
            if call is not None:
                calls.end(second_desk, call, Result("reached", "已答复"))
            filed = tickets.file(second_desk, builders.a_draft(clients[who]))
            tickets.respond_and_resolve(second_desk, filed.ticket, "已处理")
            if number % 100 == 0:
                await press(app, pilot, "f5", "f2", "f3", "f2")
            if number % 1000 == 0:
                sizes.append(round(resident_mb(app.desk, desk, second_desk), 1))
    print(sizes)
    half = len(sizes) // 2
    assert sizes[-1] - sizes[half] < MOST_MB, sizes
