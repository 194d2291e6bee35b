"""The first page by the bare driver is the page the repository gives, and nothing where a glance does not do."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import fields, replace
from zoneinfo import ZoneInfo

import pytest

from deskapp.config import Config
from deskapp.domain.call import KINDS, Call
from deskapp.domain.policy import Policy
from deskapp.repository import first_page as bare
from deskapp.repository.tables import calls
from deskapp.repository.types import Instant, Json
from deskapp.screens.queue_list import QueueSource
from deskapp.services import company, operators
from deskapp.wiring import first_page
from tests import builders

pytestmark = pytest.mark.row("C1")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def glance(desk, login: str = "limin", limit: int = 64) -> bare.FirstPage | None:
    return first_page(Config(desk.store.url, operator=login), desk.store.clock, limit)


@pytest.fixture
def waiting(desk):
    """Calls of every kind and state, of clients with and without site and ticket, one's own claims among them."""
    dice = random.Random(7)
    card = builders.a_client(desk)
    site = builders.a_site(desk, card)
    ticket = builders.a_ticket_in(desk, "resolved", card)
    made = [
        Call(
            kind=dice.choice(KINDS),
            state=dice.choice(["open"] * 5 + ["done", "taken", "taken", "abandoned"]),
            client_id=dice.choice([card.client.id, None]),
            site_id=dice.choice([site.id, None]),
            ticket_id=dice.choice([ticket.id, None]),
            number=dice.choice(["13800138000", ""]),
            reason=dice.choice(["[red]中期[/]", ""]),
            due_at=desk.now().add(minutes=30 * dice.randint(-80, 80), microseconds=dice.randint(0, 999_999)),
            taken_by=dice.choice([desk.operator.id, None]),
            taken_at=desk.now().subtract(minutes=dice.randint(0, 5)),
            claim_until=desk.now().add(minutes=10),
            answers=dice.choice([{"content": "好"}, None]),
            attempts=dice.randint(0, 2),
        )
        for _ in range(80)
    ]
    with desk.store.write("test", desk.operator) as work:
        return work.calls.add_many(made)


@SQLITE
@pytest.mark.parametrize("limit", [1, 7, 64])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.usefixtures("waiting")
def test_it_is_the_repositorys_own(desk, limit, zone):
    company.save_policy(desk, replace(desk.policy, timezone=zone))
    told = company.refreshed(desk)
    rows = QueueSource(told).first(limit)
    assert glance(desk, limit=limit) == bare.FirstPage(rows, ZoneInfo(zone))
    assert {row.band for row in QueueSource(told).first(64)} > {-1, 0, 2}


@SQLITE
def test_an_empty_queue_is_a_page_too(desk):
    assert glance(desk, " LiMin ") == bare.FirstPage([], ZoneInfo(Policy().timezone))


def test_it_reads_each_column_as_its_type_does():
    names = [field.name for field in fields(Call)]
    instants = [name for name in names if isinstance(calls.c[name].type, Instant)]
    assert [names[place] for place in bare._INSTANTS] == instants
    assert [name for name in names if isinstance(calls.c[name].type, Json)] == ["answers"]


@SQLITE
def test_nothing_where_nobody_of_that_login_is_in_use(desk, second_desk):
    assert glance(desk, "liumin") is not None
    operators.save(desk, replace(second_desk.operator, active=False))
    assert [glance(desk, login) for login in ("liumin", "nobody", "")] == [None, None, None]


def test_nothing_of_a_server_or_of_no_file(desk, backend, tmp_path):
    assert (glance(desk) is None) == (backend == "postgresql")
    missing = tmp_path / "missing.db"
    for url in (f"sqlite:///{missing}", "sqlite://", "sqlite:///:memory:", "nonsense"):
        assert bare.first_page(url, "limin", desk.now(), 9) is None
    assert not missing.exists()


@SQLITE
@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE alembic_version SET version_num = '9999'",
        "DELETE FROM alembic_version",
        "DROP TABLE calls",
        "UPDATE settings SET value = 'no JSON' WHERE key = 'policy'",
    ],
)
def test_nothing_of_another_schema_or_of_a_broken_one(desk, spoilt):
    company.save_policy(desk, replace(desk.policy, lock_minutes=7))
    assert glance(desk) is not None
    path = desk.store.url.removeprefix(bare.PREFIX)
    desk.store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(spoilt)
    assert glance(desk) is None


@SQLITE
def test_it_writes_nothing(desk):
    with closing(sqlite3.connect(desk.store.url.removeprefix(bare.PREFIX))) as file:
        before = file.execute("PRAGMA data_version").fetchone()
        assert glance(desk) is not None
        assert file.execute("PRAGMA data_version").fetchone() == before
