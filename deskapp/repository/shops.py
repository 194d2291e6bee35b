"""Shops and what they turn over."""

from __future__ import annotations

from deskapp.domain import shop
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Shops(Repository[shop.Shop]):
    """Shops of clients."""

    table, record, noun = tables.shops, shop.Shop, "shop"


class Turnovers(Repository[shop.Turnover]):
    """Turnover by month."""

    table, record, noun = tables.turnovers, shop.Turnover, "turnover"
