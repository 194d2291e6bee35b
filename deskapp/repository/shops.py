"""Shops and what they turn over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pendulum import DateTime
from sqlalchemy import Select, and_, bindparam, exists, func, select

from deskapp.domain import shop
from deskapp.domain.praise import month_after
from deskapp.domain.shop import BetterClient, ShopRow, months_shown
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared, PreparedFor


class Shops(Repository[shop.Shop]):
    """Shops of clients."""

    table, record, noun = tables.shops, shop.Shop, "shop"

    def of(self, client_id: int) -> list[shop.Shop]:
        """A client's shops, those in use first."""
        return [self.read(row) for row in _OF_CLIENTS.rows(self.connection, [client_id])]

    def of_many(self, client_ids: Iterable[int]) -> dict[int, list[shop.Shop]]:
        """The shops of several clients, those in use first."""
        found: dict[int, list[shop.Shop]] = {}
        for row in _OF_CLIENTS.rows(self.connection, sorted(set(client_ids))):
            one = self.read(row)
            found.setdefault(one.client_id, []).append(one)
        return found

    def count(self) -> int:
        """How many there are."""
        return int(self.connection.execute(select(func.count()).select_from(self.table)).scalar_one())

    def listed(
        self,
        month: date,
        limit: int,
        *,
        after: int | None = None,
        before: int | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[ShopRow]:
        """A page of all shops, the newest first, with the figures of a month: after or before one, by its id."""
        query, keys = self.select(), (_S.id,)
        if offset is not None:
            found = self.records(paging.at(query, [_S.id.desc()], offset, limit))
        elif before is not None or last:
            found = self.records(paging.after(query, keys, _key(before), limit))[::-1]
        else:
            found = self.records(paging.before(query, keys, _key(after), limit))
        return self.rows(found, month)

    def fallen(self, month: date, limit: int) -> list[ShopRow]:
        """The shops in use that turned over less in a month than in the one before, the deepest fall first.

        It reads the figures of two months, however many there are before them.
        """
        ids = [row[0] for row in self.connection.execute(falls(_S.id, month).limit(limit))]
        there = self.get_many(ids)
        return self.rows([there[shop_id] for shop_id in ids], month)

    def rows(self, shops: Sequence[shop.Shop], month: date) -> list[ShopRow]:
        """Put beside some shops what a list about a month shows."""
        work, clients = self.work, {one.client_id for one in shops}
        names = work.clients.get_many(clients)
        figures = work.turnovers.of({one.id: months_shown(one.began_on, month) for one in shops})
        problems = work.diagnoses.open_of(clients)
        found = []
        for one in shops:
            owner = names.get(one.client_id)
            of_shop = [p for p in problems.get(one.client_id, ()) if p.shop_id in (None, one.id)]
            found.append(
                ShopRow(
                    one,
                    month,
                    owner.name if owner else "",
                    figures.get(one.id, {}),
                    owner.heard_at if owner else None,
                    of_shop[0].problem if of_shop else "",
                )
            )
        return found


class Turnovers(Repository[shop.Turnover]):
    """Turnover by month."""

    table, record, noun = tables.turnovers, shop.Turnover, "turnover"

    def of_month(self, shop_id: int, month: date) -> shop.Turnover | None:
        """What a shop turned over in a month, if it was written down."""
        return self.first(_OF_MONTH, s=shop_id, m=month)

    def of_shop(self, shop_id: int, limit: int) -> list[shop.Turnover]:
        """A shop's newest months, the newest first."""
        return self.records(_NEWEST, s=shop_id, n=limit)

    def of(self, wanted: dict[int, Sequence[date]]) -> dict[int, dict[date, int]]:
        """The amounts of some months of some shops, by shop and month."""
        months = sorted({month for some in wanted.values() for month in some})
        found: dict[int, dict[date, int]] = {shop_id: {} for shop_id in wanted}
        if not months:
            return found
        query = select(_T.shop_id, _T.month, _T.amount)
        query = query.where(_T.shop_id.in_(sorted(wanted)), _T.month.in_(months))
        for shop_id, month, amount in self.connection.execute(query):
            if month in wanted[shop_id]:
                found[shop_id][month] = amount
        return found

    def reached(self, month: date, since: DateTime, until: DateTime) -> list[BetterClient]:
        """What the clients reached between two instants turned over in a month and in the one before.

        Only shops whose figures of both months are known count; a client's shops are added up.
        """
        before = tables.turnovers.alias("before")
        call = tables.calls.c
        heard = exists().where(
            call.client_id == _S.client_id,
            call.outcome == "reached",
            call.ended_at >= since,
            call.ended_at < until,
        )
        query = (
            select(
                _S.client_id,
                tables.clients.c.name,
                func.count(),
                func.sum(before.c.amount),
                func.sum(_T.amount),
            )
            .select_from(
                self.table.join(
                    before, and_(before.c.shop_id == _T.shop_id, before.c.month == month_after(month, -1))
                )
                .join(tables.shops, _S.id == _T.shop_id)
                .join(tables.clients, tables.clients.c.id == _S.client_id)
            )
            .where(_T.month == month, heard)
            .group_by(_S.client_id, tables.clients.c.name)
        )
        rows = self.connection.execute(query)
        return [BetterClient(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in rows]


def _key(shop_id: int | None) -> tuple[int] | None:
    return None if shop_id is None else (shop_id,)


_S, _T = tables.shops.c, tables.turnovers.c
_OF_CLIENTS = PreparedFor(
    lambda keys: Shops._select.where(_S.client_id.in_(keys)).order_by(_S.active.desc(), _S.id)
)
_OF_MONTH = Prepared(
    Turnovers._select.where(_T.shop_id == bindparam("s"), _T.month == bindparam("m", type_=_T.month.type))
)
_NEWEST = Prepared(
    Turnovers._select.where(_T.shop_id == bindparam("s")).order_by(_T.month.desc()).limit(bindparam("n"))
)


def falls(what: Any, month: date) -> Select[Any]:
    """Something of the shops in use whose turnover fell from the month before, the deepest fall first."""
    earlier = tables.turnovers.alias("earlier")
    was = earlier.c
    joined = tables.turnovers.join(
        earlier, and_(was.shop_id == _T.shop_id, was.month == month_after(month, -1))
    )
    joined = joined.join(tables.shops, _S.id == _T.shop_id)
    return (
        select(what)
        .select_from(joined)
        .where(_T.month == month, _S.active, _T.amount < was.amount)
        .order_by(_T.amount * 1.0 / was.amount, _S.id)
    )
