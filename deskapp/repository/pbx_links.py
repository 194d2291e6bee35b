"""How each machine's connection to a telephone system stands: no record of the audit trail, but a sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import bindparam, case, func, literal, select, text

from deskapp.repository import tables

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_L = tables.pbx_links
# Two processes of one machine may say it for the first time at the same moment.
_NEW = text("INSERT INTO pbx_links (name, state, error) VALUES (:name, '', '') ON CONFLICT (name) DO NOTHING")


@dataclass(frozen=True, slots=True)
class PbxLink:
    """One machine's connection: its state and since when, what was wrong, when anything was heard last."""

    name: str
    state: str = ""
    error: str = ""
    heard_at: DateTime | None = None
    begun_at: DateTime | None = None


class PbxLinks:
    """Connections by name."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def put(self, name: str, state: str, error: str, heard: DateTime | None = None) -> None:
        """Say how a connection stands now; said again, it stands so since it was said first."""
        self.work.connection.execute(_NEW, {"name": name})
        c, now = _L.c, self.work.now
        begun = case((c.state == state, func.coalesce(c.begun_at, _instant(now))), else_=_instant(now))
        last = c.heard_at if heard is None else _instant(heard)
        query = _L.update().where(c.name == bindparam("n"))
        query = query.values(state=state, error=error[:400], heard_at=last, begun_at=begun)
        self.work.connection.execute(query, {"n": name})

    def listed(self, kind: str) -> list[PbxLink]:
        """Every connection of a kind that is to be, named by its machine."""
        c = _L.c
        query = select(c.name, c.state, c.error, c.heard_at, c.begun_at)
        query = query.where(c.state != "", c.name.startswith(f"{kind} ", autoescape=True)).order_by(c.name)
        return [PbxLink(row[0].partition(" ")[2], *row[1:]) for row in self.work.connection.execute(query)]


def _instant(at: DateTime) -> Any:
    return literal(at, _L.c.begun_at.type)
