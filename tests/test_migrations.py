"""The schema: brought from nothing to what tables.py says on both databases, and a SQLite file kept as it must be."""

import os
import stat

import pytest
from sqlalchemy import text

from deskapp.domain.errors import StorageFailed
from deskapp.repository import migrate
from deskapp.repository.migrations import HEAD
from deskapp.repository.work import Store


@pytest.fixture
def store(database_url):
    opened = Store(database_url)
    yield opened
    opened.close()


def test_from_nothing_to_head_and_then_nothing_to_do(store):
    assert migrate.version(store) is None
    assert migrate.migrate(store) is True
    assert migrate.version(store) == HEAD
    assert migrate.migrate(store) is False


def test_the_database_is_what_the_tables_say(store):
    migrate.migrate(store)
    with store.engine.connect() as connection:
        assert migrate.drift(connection) == []


def test_drift_is_seen(store):
    migrate.migrate(store)
    with store.engine.connect() as connection:
        connection.execute(text("ALTER TABLE mottos ADD COLUMN stray INTEGER"))
        assert migrate.drift(connection), "a column the tables do not know"


def test_a_newer_database_is_refused(store):
    migrate.migrate(store)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailed) as refused:
        migrate.migrate(store)
    assert refused.value.code == "storage.newer"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_sqlite_file_is_private_durable_and_keeps_its_references(store):
    migrate.migrate(store)
    path = store.engine.url.database
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with store.engine.connect() as connection:
        told = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in
                ("journal_mode", "foreign_keys", "synchronous")}  # fmt: skip
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://root@localhost/desk", "postgresql://nobody@127.0.0.1:1/none"]
)
def test_a_database_that_cannot_be_is_said_in_a_code(url):
    with pytest.raises(StorageFailed) as refused:
        migrate.version(Store(url))
    assert refused.value.code in ("storage.url", "storage.lost", "storage.driver")
