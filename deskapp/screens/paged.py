"""What lists have in common: pages asked for by the place they begin at, and screens that show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.widget import Widget

from deskapp.domain.errors import is_away
from deskapp.screens.base import Framed, Panel

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.widgets.record_table import RecordTable

R = TypeVar("R")


class Paged(Generic[R]):
    """A long list read by pages that are asked for by the place they begin at."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def _page(self, work: Any, limit: int, **place: Any) -> list[R]:
        raise NotImplementedError

    def _place(self, record: R) -> Any:
        return record

    def _read(self, limit: int, **place: Any) -> list[R]:
        with self.desk.read() as work:
            return self._page(work, limit, **place)

    def first(self, limit: int) -> list[R]:
        """The first."""
        return self._read(limit)

    def last(self, limit: int) -> list[R]:
        """The last."""
        return self._read(limit, last=True)

    def after(self, record: R, limit: int) -> list[R]:
        """Those after one."""
        return self._read(limit, after=self._place(record))

    def before(self, record: R, limit: int) -> list[R]:
        """Those before one."""
        return self._read(limit, before=self._place(record))

    def at(self, offset: int, limit: int) -> list[R]:
        """Those from a place on."""
        return self._read(limit, offset=offset)


class Listing(Framed):
    """A screen with lists: one that cannot be read is told of in the frame."""

    def on_record_table_failed(self, message: RecordTable.Failed) -> None:
        """A list could not be read: the database is away, or it is a fault of ours."""
        if is_away(message.error):
            self.app.facts_failed(message.error)
        else:
            self.app.tell(message.error)


class Listed(Listing):
    """A screen of one list: its length stands in the title, the cursor stays when it is read anew.

    Messages reach the handlers of every class: a subclass with a handler of its own adds to the one here.
    """

    table: RecordTable
    panel: Panel

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield self.panel

    def changed(self) -> None:
        """Read anew; the cursor stays on its record."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.refresh_rows()

    def _titles(self) -> None:
        raise NotImplementedError

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """The list knows its length."""
        self._titles()

    def action_open(self) -> None:
        """Open what is under the cursor."""
        self.table.action_choose()
