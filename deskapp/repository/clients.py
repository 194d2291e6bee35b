"""Client files and their numbers, indexed for search as they are saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from pendulum import DateTime
from sqlalchemy import bindparam, delete, func, or_, select, text

from deskapp.domain.address import full_address
from deskapp.domain.client import Client, ClientCard, Phone
from deskapp.domain.records import maker, replace
from deskapp.domain.search_text import closed_up, grams, haystack, name_keys, pinyin_text
from deskapp.domain.site import Site
from deskapp.domain.ticket import OPEN_STATES
from deskapp.repository import tables
from deskapp.repository.base import BATCH, Repository, insert_rows
from deskapp.repository.prepared import Prepared, PreparedFor

_INDEX = Prepared(
    text(
        "INSERT INTO client_search (id, haystack, grams) VALUES (:id, :haystack, :grams) "
        "ON CONFLICT (id) DO UPDATE SET haystack = excluded.haystack, grams = excluded.grams"
    )
)
MOST_ASKED = 500
"""The most values one question asks for at once."""
_SEARCH_ROW = ("id", "haystack", "grams")
_KEY_ROW = ("key", "client_id")
_FORGET_KEYS = Prepared(delete(tables.name_keys).where(tables.name_keys.c.client_id == bindparam("c")))


class Phones(Repository[Phone]):
    """Numbers of clients."""

    table, record, noun = tables.phones, Phone, "phone"

    def of(self, client_id: int) -> list[Phone]:
        """A client's numbers in their order."""
        return list(self.of_many([client_id])[client_id])

    def of_many(self, client_ids: Iterable[int]) -> dict[int, tuple[Phone, ...]]:
        """The numbers of several clients."""
        ids = sorted(set(client_ids))
        found: dict[int, list[Phone]] = {client_id: [] for client_id in ids}
        for row in _OF_CLIENTS.rows(self.connection, ids):
            phone = self.read(row)
            found[phone.client_id].append(phone)
        return {client_id: tuple(phones) for client_id, phones in found.items()}

    def on_line(self, line_key: str) -> list[Phone]:
        """Every client's number on one line."""
        return self.records(_ON_LINE, k=line_key)

    def owners(self, line_keys: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
        """Whose some lines are: line → the ids and names of its clients, the oldest file first."""
        p, cl = self.table.c, tables.clients.c
        query = select(p.line_key, cl.id, cl.name).join_from(self.table, tables.clients, p.client_id == cl.id)
        found: dict[str, list[tuple[int, str]]] = {}
        for start in range(0, len(line_keys), MOST_ASKED):
            part = query.where(p.line_key.in_(line_keys[start : start + MOST_ASKED])).order_by(cl.id)
            for line, client_id, name in self.connection.execute(part):
                found.setdefault(line, []).append((client_id, name))
        return found

    def remove(self, phone: Phone) -> None:
        """Take a number off a client's file; the audit keeps it."""
        self.connection.execute(delete(self.table).where(self.table.c.id == phone.id))
        self.work.log(self.noun, phone.id, "remove", {"raw": phone.raw, "client_id": phone.client_id})


_P = tables.phones.c
_OF_CLIENTS = PreparedFor(
    lambda keys: Phones._select.where(_P.client_id.in_(keys)).order_by(_P.position, _P.id)
)
_ON_LINE = Prepared(Phones._select.where(_P.line_key == bindparam("k")).order_by(_P.client_id).limit(50))


_CL, _CALL = tables.clients.c, tables.calls.c
_HEARD = Prepared(
    tables.clients.update()
    .where(
        _CL.id == bindparam("c"),
        or_(_CL.heard_at.is_(None), _CL.heard_at < bindparam("at", type_=_CL.heard_at.type)),
    )
    .values(heard_at=bindparam("at", type_=_CL.heard_at.type))
)
_LAST = (
    select(_CALL.client_id, func.max(_CALL.ended_at, type_=_CALL.ended_at.type).label("at"))
    .where(_CALL.outcome == "reached")
    .group_by(_CALL.client_id)
    .subquery()
)
_HEARD_OF_ALL = tables.clients.update().where(_CL.id == _LAST.c.client_id).values(heard_at=_LAST.c.at)
_S, _T = tables.sites.c, tables.tickets.c
_NEWEST_SITE = (
    select(func.max(_S.id)).where(_S.client_id == _CL.id).correlate(tables.clients).scalar_subquery()
)
_HOW_MANY_OPEN = (
    select(func.count())
    .where(_T.client_id == _CL.id, _T.state.in_(OPEN_STATES))
    .correlate(tables.clients)
    .scalar_subquery()
)
_WITH_ALL = tables.clients.outerjoin(tables.phones, _P.client_id == _CL.id).outerjoin(
    tables.sites, _S.id == _NEWEST_SITE
)
_CARDS = PreparedFor(
    lambda keys: (
        select(*Clients._columns, *Phones._columns, _S.estate, _S.address, _S.stage, _HOW_MANY_OPEN)
        .select_from(_WITH_ALL)
        .where(_CL.id.in_(keys))
        .order_by(_P.position, _P.id)
    )
)
_HOLD = PreparedFor(lambda keys: select(_CL.id).where(_CL.id.in_(keys)).order_by(_CL.id).with_for_update())


class Clients(Repository[Client]):
    """Client files. `add_file` and `save_file` keep the search index in step."""

    table, record, noun = tables.clients, Client, "client"
    reckoned = frozenset({"heard_at"})

    def heard(self, client_id: int, at: DateTime) -> None:
        """Remember that a call reached a client: bookkeeping, no new version of the file, no audit entry."""
        _HEARD.count(self.connection, c=client_id, at=at)

    def hear_again(self) -> None:
        """Reckon from all calls when each client was last reached, after calls were stored in bulk."""
        self.connection.execute(_HEARD_OF_ALL)

    def hold(self, client_ids: Iterable[int]) -> None:
        """Let nobody else act on these clients until this transaction ends."""
        _HOLD.rows(self.connection, sorted(set(client_ids)))

    def add_file(self, client: Client, phones: Sequence[Phone] = ()) -> ClientCard:
        """Open a file with its numbers, findable at once."""
        stored = self.add(replace(client, created_at=client.created_at or self.work.now))
        kept = tuple(
            self.work.phones.add(replace(phone, client_id=stored.id, position=position))
            for position, phone in enumerate(phones)
        )
        self._index(stored, kept, ())
        return ClientCard(stored, kept)

    def save_file(self, client: Client) -> Client:
        """Store a changed file and what search knows of it, its tickets' too when name or address changed."""
        old = self.find(client.id)
        stored = self.save(client)
        self.index(client.id)
        if (old.name, old.address) != (stored.name, stored.address):
            self.work.tickets.index_of_client(client.id)
        return stored

    def index(self, client_id: int) -> None:
        """Write the search rows of one client anew."""
        client = self.find(client_id)
        self._index(client, tuple(self.work.phones.of(client_id)), tuple(self.work.sites.of(client_id)))

    def _index(self, client: Client, phones: Sequence[Phone], sites: Sequence[Site]) -> None:
        _INDEX.count(self.connection, **search_row(client, phones, sites))
        _FORGET_KEYS.count(self.connection, c=client.id)
        keys = [(key, client.id) for key in _keys_of(client.name)]
        insert_rows(self.connection, tables.name_keys, _KEY_ROW, keys)

    def index_new(self, files: Sequence[tuple[Client, Sequence[Phone], Sequence[Site]]]) -> None:
        """Write the search rows of many new files at once; the keys of their names sorted, which is much faster."""
        keys: list[tuple[str, int]] = []
        for start in range(0, len(files), BATCH):
            part = files[start : start + BATCH]
            rows = [tuple(search_row(*file).values()) for file in part]
            insert_rows(self.connection, tables.client_search, _SEARCH_ROW, rows)
            keys += [(key, client.id) for client, _, _ in part for key in _keys_of(client.name)]
        keys.sort()
        for start in range(0, len(keys), BATCH):
            insert_rows(self.connection, tables.name_keys, _KEY_ROW, keys[start : start + BATCH])

    def cards(self, ids: Sequence[int]) -> list[ClientCard]:
        """Cards of some clients, in the order asked: all they show in one question."""
        width, end = len(self._names), len(self._names) + len(Phones._names)
        phones: dict[int, list[Phone]] = {}
        firsts: dict[int, Any] = {}
        phone = maker(Phone)
        for row in _CARDS.rows(self.connection, list(dict.fromkeys(ids))):
            firsts.setdefault(row[0], row)
            if row[width] is not None:
                phones.setdefault(row[0], []).append(phone(*row[width:end]))
        cards = {
            i: _card(self.read(row[:width]), tuple(phones.get(i, ())), *row[end:])
            for i, row in firsts.items()
        }
        return [cards[i] for i in ids if i in cards]

    def on_line(self, line_key: str) -> list[ClientCard]:
        """The clients a number belongs to: none, one, or several that share it."""
        ids = list(dict.fromkeys(phone.client_id for phone in self.work.phones.on_line(line_key)))
        return self.cards(ids)

    def newest(self, limit: int, before_id: int | None = None) -> list[ClientCard]:
        """The files opened last, page by page."""
        return self.cards(self._page(limit, before_id, newest_first=True))

    def opened_after(self, limit: int, after_id: int | None = None) -> list[ClientCard]:
        """The files opened just after one, or the first ever, the newest of them first."""
        return self.cards(self._page(limit, after_id, newest_first=False)[::-1])

    def newest_at(self, offset: int, limit: int) -> list[ClientCard]:
        """The files at a place in the list of the newest: only for jumps into its middle."""
        c = self.table.c
        query = select(c.id).order_by(c.id.desc()).offset(offset).limit(limit)
        return self.cards([row[0] for row in self.connection.execute(query)])

    def _page(self, limit: int, edge: int | None, *, newest_first: bool) -> list[int]:
        c = self.table.c
        query = select(c.id).order_by(c.id.desc() if newest_first else c.id).limit(limit)
        if edge is not None:
            query = query.where(c.id < edge if newest_first else c.id > edge)
        return [row[0] for row in self.connection.execute(query)]

    def count(self) -> int:
        """How many files there are."""
        return int(self.connection.execute(select(func.count()).select_from(self.table)).scalar_one())

    def by_source(self, source_keys: Sequence[str]) -> dict[str, int]:
        """Which of some import keys are there already, and as which client."""
        found: dict[str, int] = {}
        c = self.table.c
        for start in range(0, len(source_keys), 500):
            query = select(c.source_key, c.id).where(c.source_key.in_(source_keys[start : start + 500]))
            found.update((row[0], row[1]) for row in self.connection.execute(query))
        return found

    def named(self, names: Sequence[str]) -> dict[str, list[int]]:
        """The clients that bear some names exactly: name → ids."""
        found: dict[str, list[int]] = {}
        c = self.table.c
        for start in range(0, len(names), MOST_ASKED):
            query = select(c.name, c.id).where(c.name.in_(names[start : start + MOST_ASKED])).order_by(c.id)
            for name, client_id in self.connection.execute(query):
                found.setdefault(name, []).append(client_id)
        return found

    def ids_after(self, last_id: int, limit: int) -> list[int]:
        """Ids in order, for exports that read everything page by page."""
        c = self.table.c
        return [
            row[0]
            for row in self.connection.execute(select(c.id).where(c.id > last_id).order_by(c.id).limit(limit))
        ]


def _card(
    client: Client,
    phones: tuple[Phone, ...],
    estate: str | None,
    address: str | None,
    stage: str | None,
    waiting: int,
) -> ClientCard:
    where = full_address(estate or "", address or "") or client.address
    return ClientCard(client, phones, where, waiting, stage or "")


def search_row(client: Client, phones: Sequence[Phone], sites: Sequence[Site]) -> dict[str, object]:
    """What search knows of a client: the folded text with its pinyin, and its index tokens."""
    texts = [client.name, client.address, client.note]
    texts += [full_address(site.estate, site.address) for site in sites]
    digits = [phone.reversed_digits[::-1] for phone in phones]
    searched = [part for part in (*texts, *digits) if part]
    tight = filter(None, map(closed_up, (client.address, *texts[3:])))
    text = f"{haystack(*searched, *tight)} {_pinyin_of(client.name)}"
    return {"id": client.id, "haystack": text, "grams": grams(*searched)}


@lru_cache(maxsize=20_000)
def _keys_of(name: str) -> tuple[str, ...]:
    """The b-tree keys of a client's name: full pinyin and initials, with and without the surname."""
    return tuple(dict.fromkeys(key[:120] for key in name_keys(name)))


@lru_cache(maxsize=20_000)
def _pinyin_of(name: str) -> str:
    return pinyin_text(name)
