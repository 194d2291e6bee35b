"""When a complaint is the same one again: client, problem, site, days; merged, withdrawn and nobody's left out (R2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from deskapp.domain.period import period_of
from deskapp.domain.ticket import Ticket
from deskapp.services import figures
from tests import builders

pytestmark = [pytest.mark.row("R2"), pytest.mark.row("T10")]
PERIOD = period_of("day", date(2026, 11, 23))


def rate_of(desk, *tickets: dict[str, Any]) -> tuple[int, int]:
    client = builders.a_client(desk).client.id
    given = [{"client_id": client, "category": "漏水", "received_at": desk.now()} | one for one in tickets]
    with desk.store.write("test", desk.operator) as work:
        work.tickets.add_many([Ticket(number=f"T{n}", **one) for n, one in enumerate(given)])
    line = figures.figures_of(desk, PERIOD, codes=("repeat_rate",)).line("repeat_rate")
    assert figures.Cases(desk, line, PERIOD).count() == line.now.top
    return line.now.top, line.now.bottom


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("earlier", "later", "again"),
    [
        ({}, {}, 1),
        ({"days": 30}, {}, 1),
        ({"days": 30, "us": 1}, {}, 0),
        ({"state": "withdrawn"}, {}, 0),
        ({"state": "merged"}, {}, 0),
        ({"kind": "repair"}, {}, 0),
        ({"category": "噪音"}, {}, 0),
        ({"category": ""}, {"category": ""}, 0),
        ({"category": "渗水", "category_id": 1}, {"category_id": 1}, 1),
        ({"category_id": 2}, {"category_id": 1}, 0),
        ({"site_id": 1}, {"site_id": 2}, 0),
        ({"site_id": 1}, {"site_id": 1}, 1),
        ({"site_id": 1}, {}, 1),
        ({"client_id": 1}, {}, 0),
        ({"us": -1}, {}, 0),
    ],
)
def test_the_same_again(desk, earlier, later, again) -> None:
    builders.a_client(desk)
    for place in ("1-1", "2-2"):
        builders.a_site(desk, 1, address=place)
    days, us = earlier.pop("days", 1), earlier.pop("us", 0)
    at = desk.now().subtract(days=days, microseconds=us) if us >= 0 else desk.now().add(days=1)
    assert rate_of(desk, earlier | {"received_at": at}, later) == (again, 1)


def test_complaints_of_one_instant_repeat_each_other_once(desk) -> None:
    assert rate_of(desk, {}, {}, {"state": "withdrawn"}) == (1, 2)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("named", "phone", "again"), [(False, "", 0), (False, "13800138000", 1), (True, "", 1)]
)
def test_files_that_are_nobodys_repeat_nothing(desk, named, phone, again) -> None:
    card = builders.a_client(desk, "张伟明", phone)
    with desk.store.write("test", desk.operator) as work:
        work.clients.save(replace(work.clients.find(card.client.id), named=named))
    whose = {"client_id": card.client.id}
    assert rate_of(desk, whose | {"received_at": desk.now().subtract(days=2)}, whose) == (again, 1)
