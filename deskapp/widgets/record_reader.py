"""Read a table's pages in a thread, one at a time, and count beside them; the newest source wins, late answers drop."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Protocol

from textual.widget import Widget
from textual.worker import Worker

from deskapp.widgets.record_pages import ListSource, Pages, Source, Want

MANY = 50_000
"""Rows that a server counts long enough to keep from painting whoever sits at the same machine."""
LATER_S = 0.15
"""When what is in sight has been painted."""


def counted_after(rows: int) -> float:
    """How many seconds after a change a list is counted again that had so many rows."""
    return LATER_S if rows >= MANY else 0.0


class Window(Protocol):
    """What the reader asks and tells the table it reads for."""

    def rows_in_sight(self) -> tuple[int, int]:
        """The first row on the glass, and how many the glass holds."""
        ...

    def opened(self, pages: Pages) -> None:
        """The first page of a new source has come."""
        ...

    def replaced(self, pages: Pages) -> None:
        """What was on the glass has been read anew."""
        ...

    def arrived(self) -> None:
        """A page or the count has come."""
        ...

    def rested(self) -> None:
        """There is nothing left to read."""
        ...

    def failed(self, error: Exception) -> None:
        """The source raised `error`."""
        ...


class Reader:
    """Reads what the window lacks: a new source first, then changed rows, rows in sight, the count."""

    def __init__(self, widget: Widget, window: Window, source: Source) -> None:
        self._widget, self._window = widget, window
        self.pages = Pages(source)
        self.opening = True
        """Whether the rows on the glass are still those of the source before."""
        self.busy = False
        self._next = source
        self._turn = 0
        self._stale = False
        self._drifted = False
        self.counting = False
        """Whether it is being found out how many rows there are."""
        self._uncounted = False

    @property
    def source(self) -> Source:
        """The source in use, or the one about to be."""
        return self._next

    def open(self, source: Source) -> None:
        """Turn to another source; what the old one may still answer is dropped."""
        self._next = source
        self.opening = True
        self._turn += 1
        self.busy = False
        self.read()

    def put(self, source: ListSource) -> Pages:
        """Turn to a source that is in memory, at once."""
        self._next, self.pages = source, Pages(source)
        self.opening = self.busy = False
        self._turn += 1
        want = self.pages.plan(0)
        self.pages.put(want, want.fetch())
        return self.pages

    def reread(self) -> None:
        """Read what is in sight anew; asked again meanwhile, it is done once more afterwards."""
        self._stale = True
        self.read()

    def read(self) -> None:
        """Be at work whenever something is missing."""
        if self._uncounted or self.pages.count is None:
            self._count()
        if self.busy or not self._widget.is_attached or not (self.opening or self._stale or self._near()):
            return
        self.busy = True
        work = partial(self._work, self._turn)
        _: Worker[None] = self._widget.run_worker(work, group="rows", exclusive=True, exit_on_error=False)

    async def _work(self, turn: int) -> None:
        try:
            while turn == self._turn and await self._step(turn):
                pass
        except Exception as error:
            if turn == self._turn:
                self.busy = False
                self._window.failed(error)
        else:
            if turn == self._turn:
                self.busy = False
                self._window.rested()

    async def _step(self, turn: int) -> bool:
        """Do the most pressing read; False when there is none."""
        if self.opening:
            await self._open(turn)
        elif self._stale:
            await self._reread(turn)
        elif want := self._in_sight() or self._near():
            await self._fetch(want, turn)
        else:
            return False
        return True

    def _in_sight(self) -> Want | None:
        top, height = self._window.rows_in_sight()
        return self.pages.want(top, min(top + height, self.pages.known) - 1)

    def _near(self) -> Want | None:
        """What a turn of the page would need; only once the length of the list is known."""
        top, height = self._window.rows_in_sight()
        if self.pages.count is None:
            return self._in_sight()
        return self.pages.want(top, top + 2 * height) or self.pages.want(top - height, top)

    async def _open(self, turn: int) -> None:
        pages = Pages(self._next)
        want = pages.plan(0)
        self._stale = False  # What is asked anew while this is read counts.
        records = await asyncio.to_thread(want.fetch)
        if turn == self._turn:
            pages.put(want, records)
            self.pages, self.opening, self._drifted = pages, False, False
            self._window.opened(pages)
            if pages.count is None:
                self._count()

    def _count(self) -> None:
        """Count, unless that is being done: with a million rows it takes longer than many pages."""
        if self.counting or self.opening or not self._widget.is_attached:
            return
        self.counting, self._uncounted = True, False
        after = counted_after(self.pages.count or 0)
        work = partial(self._counted, self._turn, self.pages, after)
        _: Worker[None] = self._widget.run_worker(work, group="count", exclusive=True, exit_on_error=False)

    async def _counted(self, turn: int, pages: Pages, after: float) -> None:
        await asyncio.sleep(after)
        try:
            count = await asyncio.to_thread(pages.source.count)
        except Exception as error:
            self.counting = False
            if turn == self._turn:
                self._window.failed(error)
            return
        self.counting = False
        if turn == self._turn and not self._uncounted:
            self.pages.count = max(count, self.pages.reach)
            self._window.arrived()
        self.read()

    async def _fetch(self, want: Want, turn: int) -> None:
        records = await asyncio.to_thread(want.fetch)
        if turn != self._turn or self._stale:
            return
        if self.pages.put(want, records, force=self._drifted):
            top, height = self._window.rows_in_sight()
            self.pages.evict(top + height // 2)
            self._drifted = False
            self._window.arrived()
        else:
            self._drifted = self._stale = True

    async def _reread(self, turn: int) -> None:
        """Read anew what is in sight; how many rows there are is counted afterwards, but for the end of the list."""
        self._stale = False
        top, height = self._window.rows_in_sight()
        fresh = Pages(self.pages.source)
        fresh.count = self.pages.count
        counted = fresh.is_near_end(top)
        if counted:
            fresh.count = await asyncio.to_thread(fresh.source.count)
        want = fresh.around(top, top + height)
        records = await asyncio.to_thread(want.fetch)
        if not fresh.put(want, records):
            fresh.count, counted = await asyncio.to_thread(fresh.source.count), True
        if turn == self._turn:
            self.pages = fresh
            self._uncounted = not counted and len(records) == want.limit
            self._window.replaced(fresh)
            if self._uncounted:
                self._count()
