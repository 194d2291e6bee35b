"""What the lists read by pages have in common: a page is asked for by the place it begins at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from deskapp.desk import Desk

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
