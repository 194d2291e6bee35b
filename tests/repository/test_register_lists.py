"""Lists of the registers: pages that fit together both ways, narrowed by index (S4, S6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from deskapp.domain.register import RegisterEntry, Wanted
from deskapp.services.registers import Entries
from tests import builders

pytestmark = pytest.mark.row("S4", "S6")
TODAY = date(2026, 11, 23)


def fill(desk, count: int, who: int | None = None) -> None:
    states = ("first", "again", "lost", "void")
    with desk.store.write("test", desk.operator) as work:
        work.registers.add_many(
            [
                RegisterEntry(
                    register=("talks", "visits")[n % 5 == 4],
                    number=f"T{who or 0}-{n}",
                    day=TODAY - timedelta(days=n // 3),
                    staff_id=who,
                    state=states[n % 4],
                    data={},
                )
                for n in range(count)
            ]
        )


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("talks"),
        Wanted("talks", live=True),
        Wanted("talks", first=TODAY - timedelta(days=6), last=TODAY - timedelta(days=2)),
        Wanted("talks", state="lost"),
        Wanted("talks", staff_id=0),
        Wanted("visits", live=True),
        Wanted("nothing"),
    ],
)
def test_pages_fit_together(desk, wanted) -> None:
    fill(desk, 40)
    fill(desk, 20, builders.a_member(desk).id)
    source = Entries(desk, wanted)
    whole = source.first(100)
    assert source.count() == len(whole) and bool(whole) == (wanted.register != "nothing")
    assert whole == sorted(whole, key=lambda row: (row.entry.day, row.entry.id), reverse=True)
    for place, row in enumerate(whole[:12]):
        assert source.after(row, 2) == whole[place + 1 : place + 3]
        assert source.before(row, 2) == whole[max(0, place - 2) : place]
        assert source.at(place, 2) == whole[place : place + 2]
    assert source.last(3) == whole[-3:]
    for row in whole:
        assert wanted.state in ("", row.entry.state)
        assert wanted.staff_id != 0 or row.entry.staff_id is None
        assert not (wanted.live and row.entry.state == "void")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("register = 'talks'", "ix_register_entries_register_day"),
        ("register = 'talks' AND staff_id = 3", "ix_register_entries_register_staff_id"),
        ("register = 'talks' AND state = 'proposed'", "ix_register_entries_register_state"),
    ],
)
def test_a_page_is_read_by_index(desk, where: str, index: str) -> None:
    query = (
        f"EXPLAIN QUERY PLAN SELECT id FROM register_entries WHERE {where} ORDER BY day DESC, id DESC LIMIT 9"
    )
    with desk.read() as work:
        plan = " ".join(str(row) for row in work.connection.execute(text(query)))
    assert index in plan and "TEMP B-TREE" not in plan
