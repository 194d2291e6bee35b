"""Clocks that are not the database's: this machine's, and one that stands still."""

from __future__ import annotations

from dataclasses import dataclass

import pendulum
from pendulum import DateTime


class SystemClock:
    """This machine's clock, for acts that need no database."""

    def now(self) -> DateTime:
        """The present instant in UTC."""
        return pendulum.now("UTC")


@dataclass
class StillClock:
    """A clock that shows what it was set to: for replays, tests and pictures."""

    at: DateTime

    def now(self) -> DateTime:
        """The instant it was set to."""
        return self.at
