"""E-commerce clients: their shops and what these turn over each month (row S7; text 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of a client; `began_on` is the day the calls began."""

    id: int = 0
    version: int = 0
    client_id: int = 0
    name: str = ""
    platform: str = ""
    began_on: date | None = None
    note: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Turnover:
    """What a shop turned over in a month (its first day), in fen."""

    id: int = 0
    version: int = 0
    shop_id: int = 0
    month: date = date.min
    amount: int = 0
