"""Shops at work: opened, changed, what they turn over each month, and whose results got better (row S7; text 1)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from deskapp.desk import Desk
from deskapp.domain import shop as rules
from deskapp.domain.shop import BetterClient, Shop, ShopRow, Turnover
from deskapp.services.planning import today_of
from deskapp.services.praises import bounds
from deskapp.services.submissions import once

MOST_FALLEN = 200
"""How many of the shops that turn over less are listed."""


def save_shop(desk: Desk, shop: Shop, *, key: str = "") -> Shop:
    """Open or change a shop of a client; a new one under a `key` once, however often it is sent."""
    with desk.write("shop.save") as work:
        rules.check_shop(shop, today_of(desk, work.now))
        shop = replace(shop, name=shop.name.strip(), platform=shop.platform.strip())
        if shop.id:
            return work.shops.save(shop)
        work.clients.find(shop.client_id)
        return once(work, key, "shop.add", partial(work.shops.add, shop), work.shops.find)


def record_turnover(desk: Desk, shop_id: int, month: date, amount: int) -> Turnover:
    """Write down what a shop turned over in a month, in fen; said again, the month is corrected, never doubled."""
    with desk.write("shop.save") as work:
        rules.check_turnover(month, amount, today_of(desk, work.now))
        work.shops.held(shop_id)
        known = work.turnovers.of_month(shop_id, month)
        if known is not None:
            return work.turnovers.save(replace(known, amount=amount), known=known)
        return work.turnovers.add(Turnover(shop_id=shop_id, month=month, amount=amount))


@dataclass(frozen=True, slots=True)
class Better:
    """The clients better off in a month, against the target of the policy."""

    month: date
    clients: tuple[BetterClient, ...]
    target: int

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.clients)


def better_in(desk: Desk, month: date) -> Better:
    """Whose results got better in a month (text 1: five clients each month).

    A client counts when a call of that month reached them, and their shops turned over more in that month than in
    the month before. A client's shops are added up; a shop counts only when both months were written down, and the
    same sum says who is better off, so that the count is always that of the list.
    """
    with desk.read() as work:
        reached = work.turnovers.reached(month, *bounds(desk, month))
    return Better(month, tuple(rules.better_off(reached)), desk.policy.month_better)


@dataclass(frozen=True, slots=True)
class ShopFigures:
    """A client's shops with this month's figures and the newest months of each."""

    rows: tuple[ShopRow, ...] = ()
    newest: tuple[tuple[Turnover, ...], ...] = ()


def of_client(desk: Desk, client_id: int, month: date, months: int = 6) -> ShopFigures:
    """A client's shops in use, as a card shows them."""
    with desk.read() as work:
        shops = [one for one in work.shops.of(client_id) if one.active]
        newest = tuple(tuple(work.turnovers.of_shop(one.id, months)) for one in shops)
        return ShopFigures(tuple(work.shops.rows(shops, month)), newest)


class AllShops:
    """Every shop with the figures of a month as a long list, the newest first."""

    def __init__(self, desk: Desk, month: date) -> None:
        self.desk, self.month = desk, month

    def _page(self, limit: int, **place: Any) -> list[ShopRow]:
        with self.desk.read() as work:
            return work.shops.listed(self.month, limit, **place)

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.shops.count()

    def first(self, limit: int) -> list[ShopRow]:
        """The newest."""
        return self._page(limit)

    def last(self, limit: int) -> list[ShopRow]:
        """The oldest."""
        return self._page(limit, last=True)

    def after(self, record: ShopRow, limit: int) -> list[ShopRow]:
        """The next older ones."""
        return self._page(limit, after=record.shop.id)

    def before(self, record: ShopRow, limit: int) -> list[ShopRow]:
        """The next newer ones."""
        return self._page(limit, before=record.shop.id)

    def at(self, offset: int, limit: int) -> list[ShopRow]:
        """Those at a place in the middle."""
        return self._page(limit, offset=offset)

    def key(self, record: ShopRow) -> Hashable:
        """A shop stays itself."""
        return record.shop.id


def fallen(desk: Desk, month: date) -> list[ShopRow]:
    """The shops that turned over less in a month than in the one before, the deepest fall first."""
    with desk.read() as work:
        return work.shops.fallen(month, MOST_FALLEN)
