"""Many desks at work all day, some killed in the middle: checked by a reader of bare rows (rows C2, P2, P3, T1–T5).

Here each desk does thirty acts. `make torture` lets them work nine hours at a hundred times the speed of life, fifty
desks on PostgreSQL and four on SQLite.
"""

from __future__ import annotations

import os
from random import Random

import pendulum
import pytest

from deskapp.services import audit, tickets
from tests import builders
from tests.torture import checker, day
from tests.torture.desks import Task, sitting, ticking

pytestmark = pytest.mark.row("C2", "P2", "P3", "T1", "T2", "T5")
MORNING = pendulum.datetime(2026, 11, 23, 1)
CLIENTS = 40
LONG = bool(os.environ.get("DESKAPP_TORTURE"))
ACTS = 0 if LONG else 30
SPEED = 100
DESKS = {"sqlite": 4, "postgresql": 50 if LONG else 8}


@pytest.mark.timeout(900)
def test_a_day_at_many_desks(desk, desk_url, backend, tmp_path) -> None:
    for _ in range(CLIENTS):
        builders.a_client(desk)
    builders.a_member(desk)
    logins = [f"desk{number:02d}" for number in range(DESKS[backend])]
    for login in logins:
        builders.an_operator(desk, f"客服{login[-2:]}", login=login)
    dice = Random(7)
    dying = set(logins[1::4])
    tasks = [
        Task(
            desk_url,
            login,
            MORNING,
            ACTS,
            dies="anywhere" if login in dying else "",
            after=dice.randrange(3, 30) if login in dying else 0,
            things=(SPEED, CLIENTS),
            folder=str(tmp_path),
        )
        for login in logins
    ]
    with ticking(desk_url, MORNING, tmp_path), sitting(tmp_path, day.work, tasks) as here:
        pass
    for login in dying:
        again(desk_url, here, login)
    audit.seal(desk)
    assert audit.verify(desk).fault is None
    diaries = {login: here.diary(login) for login in here.processes}
    with desk.read() as work:
        assert checker.faults(work.connection, diaries) == []
    acts = sum(kind == "did" for lines in diaries.values() for kind, _ in lines)
    print(f"{len(logins)} desks, {len(dying)} killed, {acts} acts, {len(here.told('filed'))} complaints")
    assert acts >= 20 * (len(logins) - len(dying))


def again(url: str, here, login: str) -> None:
    """What the dead had begun to file is sent once more by their drafts: nothing is made twice."""
    mine = builders.open_at(url, login=login)
    done = dict(here.told("filed", login))
    for key in here.told("files", login):
        filed = tickets.file(mine, builders.a_draft(1, submission=key))
        assert done.get(key, filed.ticket.number) == filed.ticket.number
    mine.store.close()
