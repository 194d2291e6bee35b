"""How each machine's connection to a telephone system stands: no record of the audit trail, but a sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pendulum import DateTime
from sqlalchemy import bindparam, select, text

from deskapp.repository import tables

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_L = tables.pbx_links
# Two processes of one machine may say it for the first time at the same moment.
_NEW = text("INSERT INTO pbx_links (name, state, error) VALUES (:name, '', '') ON CONFLICT (name) DO NOTHING")


@dataclass(frozen=True, slots=True)
class PbxLink:
    """One machine's connection: its state, since when, and what was wrong."""

    name: str
    state: str = ""
    error: str = ""
    heard_at: DateTime | None = None
    begun_at: DateTime | None = None


class PbxLinks:
    """Connections by name."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def put(self, name: str, state: str, error: str) -> None:
        """Say how a connection stands now."""
        self.work.connection.execute(_NEW, {"name": name})
        query = _L.update().where(_L.c.name == bindparam("n"))
        query = query.values(state=state, error=error[:400], heard_at=self.work.now, begun_at=self.work.now)
        self.work.connection.execute(query, {"n": name})

    def listed(self) -> list[PbxLink]:
        """Every connection that is to be."""
        c = _L.c
        query = select(c.name, c.state, c.error, c.heard_at, c.begun_at).where(c.state != "").order_by(c.name)
        return [PbxLink(*row) for row in self.work.connection.execute(query)]
