"""The few pages of a long list that are near the window, and which page to fetch next, by key."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

PAGE = 64
PAGES_KEPT = 8
NEAR = 3 * PAGE
"""Rows this near the end are read from there: an offset costs as much as the list is long."""

Fetch = Callable[[], Sequence[Any]]


class Source(Protocol):
    """A long list as its store offers it; every method is called in a worker thread."""

    def count(self) -> int:
        """How many records there are."""
        ...

    def first(self, limit: int) -> Sequence[Any]:
        """The first `limit` records."""
        ...

    def last(self, limit: int) -> Sequence[Any]:
        """The last `limit` records, in list order."""
        ...

    def after(self, record: Any, limit: int) -> Sequence[Any]:
        """The `limit` records that follow `record`."""
        ...

    def before(self, record: Any, limit: int) -> Sequence[Any]:
        """The `limit` records that precede `record`, in list order."""
        ...

    def at(self, offset: int, limit: int) -> Sequence[Any]:
        """`limit` records from row `offset` on: only for jumps into the middle."""
        ...

    def key(self, record: Any) -> Hashable:
        """What makes a record the same one after a change."""
        ...


class ListSource:
    """A short list that is already in memory, as a Source."""

    def __init__(self, records: Iterable[Any] = (), key: Callable[[Any], Hashable] | None = None) -> None:
        self._key = key or _own_key
        self.replace(records)

    def replace(self, records: Iterable[Any]) -> None:
        """Put other records in place; the table shows them after `refresh_rows`."""
        self.records = list(records)
        self._rows: dict[Hashable, int] = {self.key(record): row for row, record in enumerate(self.records)}

    def count(self) -> int:
        """How many records there are."""
        return len(self.records)

    def first(self, limit: int) -> list[Any]:
        """The first `limit` records."""
        return self.records[:limit]

    def last(self, limit: int) -> list[Any]:
        """The last `limit` records."""
        return self.records[max(0, len(self.records) - limit) :]

    def after(self, record: Any, limit: int) -> list[Any]:
        """The `limit` records that follow `record`."""
        return self.at(self._rows[self.key(record)] + 1, limit)

    def before(self, record: Any, limit: int) -> list[Any]:
        """The `limit` records that precede `record`."""
        row = self._rows[self.key(record)]
        return self.records[max(0, row - limit) : row]

    def at(self, offset: int, limit: int) -> list[Any]:
        """`limit` records from row `offset` on."""
        return self.records[offset : offset + limit]

    def key(self, record: Any) -> Hashable:
        """The key given by the caller's function, the record's `id`, or the record itself."""
        return self._key(record)


def _own_key(record: Any) -> Hashable:
    own = getattr(record, "id", None)
    if own is not None:
        return own  # type: ignore[no-any-return]
    try:
        hash(record)
    except TypeError:
        return id(record)
    return record  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Want:
    """A page to fetch: where its records belong, and the call that gets them."""

    row: int
    limit: int
    fetch: Fetch
    forward: bool = True
    """Whether fewer records than asked for mean the end of the list."""


class Pages:
    """At most `PAGES_KEPT` pages of `PAGE` records round the window; rows are counted from 0."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.count: int | None = None
        self._pages: dict[int, list[Any]] = {}

    @property
    def known(self) -> int:
        """How many rows can be scrolled through: the count, or as far as pages reach while it is unknown."""
        if self.count is not None:
            return self.count
        return self.reach

    @property
    def reach(self) -> int:
        """How far the pages in memory reach: there are so many rows at least."""
        return max((page * PAGE + len(rows) for page, rows in self._pages.items() if rows), default=0)

    @property
    def held(self) -> int:
        """How many records are in memory."""
        return sum(len(rows) for rows in self._pages.values())

    def here(self) -> list[Any]:
        """Every record in memory."""
        return [record for rows in self._pages.values() for record in rows]

    def get(self, row: int) -> Any | None:
        """The record in `row`, or None while it is not here."""
        rows = self._pages.get(row // PAGE)
        place = row % PAGE
        return rows[place] if rows is not None and place < len(rows) else None

    def find(self, key: Hashable) -> int | None:
        """The row of the record with this key, when it is in memory."""
        for page, rows in self._pages.items():
            for place, record in enumerate(rows):
                if self.source.key(record) == key:
                    return page * PAGE + place
        return None

    def want(self, top: int, bottom: int) -> Want | None:
        """The next page to fetch for the rows `top` to `bottom`; None when all are here."""
        for page in range(max(top, 0) // PAGE, max(bottom, 0) // PAGE + 1):
            beyond = self.count is not None and page * PAGE >= self.count
            if page not in self._pages and not beyond:
                return self.plan(page)
        return None

    def plan(self, page: int) -> Want:
        """How to fetch a page: by its neighbour's key, from an end, by offset only when far from all."""
        source, row, limit = self.source, page * PAGE, PAGE
        earlier, later = self._pages.get(page - 1), self._pages.get(page + 1)
        if page == 0:
            return Want(0, limit, lambda: source.first(limit))
        if earlier is not None and len(earlier) == PAGE:
            anchor = earlier[-1]
            return Want(row, limit, lambda: source.after(anchor, limit))
        if (tail := self._tail(row)) is not None:
            return tail
        if later:
            follower = later[0]
            return Want(row, limit, lambda: source.before(follower, limit), forward=False)
        return Want(row, limit, lambda: source.at(row, limit))

    def around(self, top: int, bottom: int) -> Want:
        """How to fetch the rows `top` to `bottom` and some round them, in one read."""
        source = self.source
        begin = max(0, top // PAGE - 1) * PAGE
        limit = (bottom // PAGE + 2) * PAGE - begin
        if begin == 0:
            return Want(0, limit, lambda: source.first(limit))
        return self._tail(begin) or Want(begin, limit, lambda: source.at(begin, limit))

    def is_near_end(self, top: int) -> bool:
        """Whether rows round `top` would be read from the end."""
        return self._tail(max(0, top // PAGE - 1) * PAGE) is not None

    def _tail(self, row: int) -> Want | None:
        """How to fetch all from `row` to the end, if that is near."""
        rest = self.count - row if self.count is not None else 0
        if not 0 < rest <= NEAR:
            return None
        return Want(row, rest, lambda: self.source.last(rest), forward=False)

    def put(self, want: Want, records: Sequence[Any], force: bool = False) -> bool:
        """Keep what a `want` brought; False when rows moved so much that the window must be read anew.

        `force` keeps it anyhow: for a source that does not agree with itself.
        """
        short = len(records) < want.limit
        lost = want.row and not records and want.row // PAGE - 1 not in self._pages
        if short and (lost or not want.forward) and not force:
            return False
        if short:
            self.count = want.row + len(records)
        for start in range(0, len(records), PAGE):
            self._pages[(want.row + start) // PAGE] = list(records[start : start + PAGE])
        return True

    def evict(self, row: int) -> None:
        """Let go of the pages farthest from `row`."""
        here = row // PAGE
        farthest = sorted(self._pages, key=lambda page: -abs(page - here))
        for page in farthest[: max(0, len(self._pages) - PAGES_KEPT)]:
            del self._pages[page]
