"""What a choice for a day is proposed from: looked up by index, whatever the years have left behind (C7, S7)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, text

from deskapp.domain.call import Result
from deskapp.domain.diagnosis import Diagnosis
from deskapp.domain.praise import month_after
from deskapp.domain.shop import Shop, Turnover
from deskapp.services import calls, day_plan, diagnoses, shops, volume
from deskapp.services.day_plan import Pick
from tests import builders

pytestmark = pytest.mark.row("C7", "S7")
TUESDAY, OCTOBER = date(2026, 11, 24), date(2026, 10, 1)
SHORT = ("ix_tickets_open_due", "ix_diagnoses_open", "ix_shops_client_id")
"""What may be read from the start: indexes of what is open, and the shops, of which there is one figure a month."""


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_nothing_is_read_from_end_to_end(desk) -> None:
    volume.fill(desk, 300, 100, 3000)
    with desk.read() as work:
        some = work.clients.ids_after(0, 60)
    for client_id in some:
        shop = shops.save_shop(desk, Shop(client_id=client_id, name="店"))
        diagnoses.add(desk, Diagnosis(client_id=client_id, problem="流量低", cause="主图"))
        with desk.write("shop.save") as work:
            months = [month_after(OCTOBER, -back) for back in range(60)]
            work.turnovers.add_many(
                [Turnover(0, 0, shop.id, month, 100 + back) for back, month in enumerate(months)]
            )
    day_plan.choose(desk, date(2026, 11, 23), [Pick(client_id) for client_id in some[:5]])
    desk.store.settle()
    asked: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, values, _context, _many) -> None:
        asked.append((statement, values))

    event.listen(desk.store.engine, "before_cursor_execute", note)
    found = day_plan.propose(desk, TUESDAY)
    shops.better_in(desk, OCTOBER)
    event.remove(desk.store.engine, "before_cursor_execute", note)
    assert len(found.proposed) == 20
    looked = [one for one in asked if one[0].startswith("SELECT")]
    assert len(looked) >= 8
    with desk.store.engine.connect() as connection:
        for statement, values in looked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            scans = [row[3] for row in plan if row[3].startswith("SCAN") and not row[3].endswith(SHORT)]
            assert scans == [], statement


def test_when_a_client_was_heard_is_reckoned_anew_from_all_calls(desk, clock) -> None:
    client = builders.a_client(desk).client.id
    calls.end(desk, builders.a_planned_call(desk, client=client), Result("reached"))
    with desk.write("client.save") as work:
        work.connection.execute(text("UPDATE clients SET heard_at = NULL"))
        work.clients.hear_again()
        assert work.clients.find(client).heard_at == clock.at
        work.clients.heard(client, clock.at.subtract(days=1))
        assert work.clients.find(client).heard_at == clock.at, "an older call says nothing new"
