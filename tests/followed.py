"""A site whose weekly follow-up is due now: what tests of follow-up calls begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from deskapp.desk import Desk
from deskapp.domain.call import Call
from deskapp.domain.client import ClientCard
from deskapp.domain.site import Site
from deskapp.domain.staff import StaffMember
from tests import builders

STARTED = date(2026, 11, 16)
"""A week before the day tests take place on."""


@dataclass(frozen=True, slots=True)
class Followed:
    """张伟明's site, the people on it, and the call that waits."""

    client: ClientCard
    site: Site
    manager: StaffMember
    designer: StaffMember
    call: Call


def a_weekly_call(desk: Desk, name: str = "张伟明", **site_fields: Any) -> Followed:
    """A site begun a week ago with a designer, a project manager and a crew; its first weekly call waits."""
    client = builders.a_client(desk, name)
    manager = builders.a_member(desk, "赵刚")
    designer = builders.a_member(desk, "王丽", "designer")
    values = {"start_date": STARTED, "manager_id": manager.id, "designer_id": designer.id, "crew": "老李工队"}
    site = builders.a_site(desk, client, **(values | site_fields))
    return Followed(client, site, manager, designer, waiting_call(desk, client))


def waiting_call(desk: Desk, client: ClientCard) -> Call:
    """The client's call that waits in the queue."""
    with desk.read() as work:
        return next(call for call in work.calls.of_client(client.client.id) if call.state == "open")


def ratings_of(desk: Desk, source: str, source_id: int) -> dict[str, tuple[int, int | None]]:
    """The scores one call or form gave, each with whom it was given to, by trade."""
    with desk.read() as work:
        return {one.trade: (one.score, one.staff_id) for one in work.ratings.of_source(source, source_id)}
