"""Common words are looked for among the newest records on PostgreSQL, which sorts all of them else (row P5)."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from deskapp.domain.search_text import grams
from deskapp.repository.prepared import execute

pytestmark = [pytest.mark.row("P5"), pytest.mark.parametrize("backend", ["postgresql"], indirect=True)]

MANY = 4_000


def told(number: int) -> str:
    """Every fifth is of the sea, and lives by number 39 or another; the oldest hundred knew the river."""
    parts = ["海" if number % 5 == 0 else "山", f"天地{30 + number % 20}-1-{number}"]
    return " ".join([*parts, "江" if number <= 100 else "湖"])


@pytest.fixture
def found(desk):
    """What is found by words, the newest first, and whether PostgreSQL was asked for its index."""
    with desk.store.write("x", desk.operator) as work:
        work.bulk.load("clients", ("id", "name"), [(n, f"c{n}") for n in range(1, MANY + 1)])
        rows = [(n, told(n), grams(told(n))) for n in range(1, MANY + 1)]
        work.bulk.load("client_search", ("id", "haystack", "grams"), rows)

    def find(typed: str, limit: int) -> tuple[list[int], bool]:
        asked = []

        def note(connection, statement, values, **options):
            asked.append(statement)
            return execute(connection, statement, values, **options)

        with patch("deskapp.repository.prepared.execute", note), desk.read() as work:
            ids = work.search.client_ids(typed, limit)
        return ids, any("@>" in one for one in asked)

    return find


def newest(typed: str, limit: int) -> list[int]:
    """What is to be found."""
    words = typed.split()
    return [n for n in range(MANY, 0, -1) if all(word in told(n) for word in words)][:limit]


@pytest.mark.parametrize("typed", ["海", "天地", "天地39", "山 湖", "海 天地"])
def test_what_is_common_is_found_among_the_newest(desk, found, typed):
    assert found(typed, 10) == (newest(typed, 10), True), "nobody has gathered statistics yet"
    desk.store.settle()
    desk.store.engine.dispose()
    assert found(typed, 10) == (newest(typed, 10), False)


@pytest.mark.parametrize(
    ("typed", "limit"), [("江", 10), ("江 天地", 5), ("海 江", 20), ("海", 700), ("河", 10)]
)
def test_what_the_newest_do_not_hold_is_found_by_the_index(desk, found, typed, limit):
    desk.store.settle()
    assert found(typed, limit) == (newest(typed, limit), True)


def test_an_index_built_anew_knows_as_many_as_before(desk):
    asked = "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'ix_client_search_grams'::regclass"
    with desk.store.write("x", desk.operator) as work:
        known = work.connection.exec_driver_sql(asked).scalars().all()
        with work.bulk.bare(["client_search"]):
            pass
        assert work.connection.exec_driver_sql(asked).scalars().all() == known == [300]
