"""What the desk needs of the outside, as Protocols."""

from __future__ import annotations

from typing import Protocol

from pendulum import DateTime


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> DateTime:
        """The present instant in UTC."""
        ...
