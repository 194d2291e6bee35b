"""From a Config to a Desk: the only place that opens the database and names concrete adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskapp.config import Config
    from deskapp.desk import Desk
    from deskapp.ports import Clock
    from deskapp.repository.first_page import FirstPage

CONSOLE_PATIENCE_S = 10.0
"""How long a server may say nothing to somebody who sits at a console."""


def open_desk(
    config: Config, *, migrate: bool = True, clock: Clock | None = None, patience_s: float | None = None
) -> Desk:
    """Open the database (brought to the present schema first) and read company and policy.

    From then on a server that says nothing for `patience_s` counts as away.
    """
    from deskapp.desk import Desk
    from deskapp.domain.errors import StorageFailed
    from deskapp.domain.policy import Policy
    from deskapp.repository import migrate as migration
    from deskapp.repository.migrations import HEAD
    from deskapp.repository.work import Store

    store = Store(config.url, clock, reports_url=config.reports_url, listen_url=config.listen_url)
    if migrate:
        migration.migrate(store)
    elif migration.version(store) != HEAD:
        raise StorageFailed("storage.old_schema")
    store.patience.seconds = patience_s
    with store.read() as work:
        company = work.settings.get("company", "")
        policy = Policy.from_json(work.settings.get("policy", "{}"))
    return Desk(store, policy=policy, company=company, desk_dir=config.desk_dir)


def first_page(config: Config, clock: Clock | None, limit: int) -> FirstPage | None:
    """The head of the queue before the database is opened, where somebody sits at the desk already."""
    if not config.operator:
        return None
    from datetime import UTC, datetime

    from deskapp.repository import first_page as bare

    now = clock.now() if clock is not None else datetime.now(UTC)
    return bare.first_page(config.url, config.operator, now, limit)
