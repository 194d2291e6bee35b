"""Desks killed at any moment of filing, importing, moving and sending: nothing acknowledged is lost, nothing is half.

`make torture` kills five hundred, here it is a handful (rows P3, P2, T1, P4).
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from deskapp.desk import Desk
from deskapp.services import audit, drafts, outgoing
from tests import builders
from tests.torture import checker, day
from tests.torture.desks import DEATHS, Sitting, Task, sitting

pytestmark = pytest.mark.row("P3", "P2", "T1", "P4")
CLIENTS = 10
AT_ONCE = 10
ROUNDS = 25 if os.environ.get("DESKAPP_TORTURE") else 1


@pytest.mark.timeout(1800)
def test_whoever_dies_leaves_everything_whole(desk, desk_url, backend, tmp_path) -> None:
    for _ in range(CLIENTS):
        builders.a_client(desk)
    builders.a_member(desk)
    logins = [f"desk{number:02d}" for number in range(AT_ONCE)]
    for login in logins:
        builders.an_operator(desk, f"客服{login[-2:]}", login=login)
    dice, told = Random(11), defaultdict[str, list[tuple[str, Any]]](list)
    for round_ in range(ROUNDS):
        folder = tmp_path / f"round{round_}"
        folder.mkdir()
        tasks = [
            Task(
                desk_url, login, desk.now(), dies=dice.choice(DEATHS), after=dice.randrange(1, 25),
                things=(CLIENTS,), folder=str(folder), homes=str(builders.own_folder(desk_url).parent),
            )
            for login in logins
        ]  # fmt: skip
        with sitting(folder, day.die_of_it, tasks) as here:
            pass
        for login in logins:
            told[login] += here.diary(login)
        check_drafts(desk_url, here)
    outgoing.send(desk)
    assert outgoing.all_waiting(desk) == []
    audit.seal(desk)
    assert audit.verify(desk).fault is None
    with desk.read() as work:
        assert checker.faults(work.connection, told) == []
    check_kept_and_loaded(desk, told)
    print(f"{backend}: {ROUNDS * AT_ONCE} killed")


def check_drafts(url: str, here: Sitting) -> None:
    """The last words a desk was told are kept are offered to whoever typed them; the next ones may be there instead."""
    for login in here.processes:
        noted = here.told("drafted", login)
        mine = builders.open_at(url, login=login)
        kept = drafts.kept(mine, day.FORM)
        if noted:
            assert kept is not None
            assert int(kept.values["words"]) >= noted[-1]
        drafts.forget(mine, day.FORM)
        mine.store.close()


def check_kept_and_loaded(desk: Desk, told: dict[str, list[tuple[str, Any]]]) -> None:
    """What lay on a desk's disk was filed once; a spreadsheet is there whole or not at all."""
    with desk.read() as work:
        stored = Counter(work.connection.execute(text("SELECT submission FROM tickets")).scalars())
        names = Counter(work.connection.execute(text("SELECT name FROM clients")).scalars())
    lines = [line for each in told.values() for line in each]
    for kind, about in lines:
        if kind == "kept":
            assert stored[about] == 1, about
        if kind in ("loads", "loaded"):
            name = about if kind == "loads" else about[0]
            there = [names[f"{name}-{row}"] for row in range(day.ROWS)]
            assert set(there) == {1} if kind == "loaded" else set(there) in ({0}, {1}), name
