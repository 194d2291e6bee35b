"""Macros and saved views."""

from __future__ import annotations

from sqlalchemy import or_

from deskapp.domain import macro
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Macros(Repository[macro.Macro]):
    """Series of moves in one key."""

    table, record, noun = tables.macros, macro.Macro, "macro"

    def listed(self, operator_id: int) -> list[macro.Macro]:
        """Those an operator can use: the own ones, then everybody's, by place and name."""
        c = self.table.c
        query = self.select().where(or_(c.operator_id == operator_id, c.operator_id.is_(None)))
        return self.records(query.order_by(c.operator_id.is_(None), c.position, c.name, c.id))


class SavedViews(Repository[macro.SavedView]):
    """Lists as somebody narrowed them."""

    table, record, noun = tables.saved_views, macro.SavedView, "saved_view"

    def listed(self, operator_id: int, place: str) -> list[macro.SavedView]:
        """The views of a list an operator can choose: the own ones, then everybody's, by name."""
        c = self.table.c
        query = self.select().where(
            c.place == place, or_(c.operator_id == operator_id, c.operator_id.is_(None))
        )
        return self.records(query.order_by(c.operator_id.is_(None), c.position, c.name, c.id))

    def forget(self, view: macro.SavedView) -> bool:
        """Delete a view; False when somebody has already."""
        deleted = self.connection.execute(self.table.delete().where(self.table.c.id == view.id))
        gone: bool = deleted.rowcount == 1
        if gone:
            self.work.log(self.noun, view.id, "remove", {"name": view.name})
        return gone
