"""What every benchmark is given: the databases of one engine, how much of everything, and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Figure
from tests.bench.stock import Sizes, Stock


@dataclass(frozen=True, slots=True)
class Bench:
    """One run on one engine."""

    stock: Stock
    clients: int
    tickets: int
    calls: int
    rows: int
    """How many open calls and running clocks the long lists have."""
    imported: int
    rounds: int
    folder: Path
    """Where the consoles of this run keep their drafts."""

    @property
    def engine(self) -> str:
        """Which database: sqlite or postgresql."""
        return self.stock.engine

    @property
    def big(self) -> Sizes:
        """The company grown old."""
        return Sizes(self.clients, self.tickets, self.calls)

    @property
    def young(self) -> Sizes:
        """The same company with a thousand clients."""
        return Sizes(min(1_000, self.clients), min(1_000, self.tickets), min(1_000, self.calls))

    def long(self, rows: int) -> Sizes:
        """A company with so many open calls and running clocks, ten of each a client, and little history."""
        return Sizes(max(100, rows // 10), 100, 100, rows)


Measure = Callable[[Bench], Iterable[Figure]]
