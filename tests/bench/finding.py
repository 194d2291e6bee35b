"""B5: search as one types, against bare SQL for the same list and against itself in a young company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from deskapp.desk import Desk
from deskapp.domain.search_text import index_tokens, name_keys, query_terms
from tests.bench.bare import Bare
from tests.bench.bench import Bench
from tests.bench.measure import Figure, Pair, p95, timed
from tests.bench.stock import open_as

LIMIT = 20
SAMPLES = 25
ENDS = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to search: what is typed, and where the index finds it."""

    name: str
    queries: Sequence[str]
    noun: str = "client"
    index: str = "grams"


def kinds(desk: Desk) -> list[Kind]:
    """What is typed, letter by letter, to find some clients and tickets of a database: the same for the same one."""
    dice = Random(11)
    with desk.read() as work:
        highest = work.bulk.highest("clients")
        ids = sorted({dice.randrange(1, highest + 1) for _ in range(SAMPLES)})
        cards = work.clients.cards(ids)
        first = work.bulk.highest("tickets") // 2
        tickets = [row.ticket for row in work.tickets.export_page(first, SAMPLES)]
    names = [card.client.name for card in cards]
    digits = [card.phones[0].reversed_digits[::-1] for card in cards]
    keys = [name_keys(name) for name in names]
    addresses = [card.address.replace(" ", "") for card in cards]
    return [
        Kind("a name, whole", names),
        Kind(
            "1 or 2 characters of a name", [part for name in names for part in (name[0], name[-1], name[:2])]
        ),
        Kind("pinyin, letter by letter", _typed([key[0] for key in keys], 2), index="name_keys"),
        Kind("initials", [min(key, key=len) if len(key) > 1 else key[0] for key in keys], index="name_keys"),
        Kind(
            "3 or 4 digits anywhere", [d[at : at + width] for d in digits for at, width in ((2, 3), (4, 4))]
        ),
        Kind("the last 4 digits", [d[-4:] for d in digits], index="tail"),
        Kind("part of an address", [part for a in addresses for part in (a[2:4], a[2:6])]),
        Kind("a ticket's number", _typed([one.number for one in tickets], 10), "ticket", "number"),
        Kind("words of a complaint", [one.subject[-4:] for one in tickets], "ticket"),
    ]


def _typed(words: Sequence[str], least: int) -> list[str]:
    return [word[:end] for word in words for end in range(least, len(word) + 1)]


def bare_search(bare: Bare, kind: Kind, typed: str) -> list[int]:
    """The bare index query for what is typed: ids, nothing checked again, nothing read."""
    if kind.index == "name_keys":
        query = "SELECT client_id FROM name_keys WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"
        return bare.rows(query, typed, typed[:-1] + chr(ord(typed[-1]) + 1), LIMIT)
    if kind.index == "tail":
        low = typed[::-1]
        query = "SELECT client_id FROM phones WHERE reversed_digits >= ? AND reversed_digits < ? LIMIT ?"
        return bare.rows(query, low, low[:-1] + chr(ord(low[-1]) + 1), LIMIT)
    if kind.index == "number":
        query = "SELECT id FROM tickets WHERE number >= ? AND number < ? ORDER BY number LIMIT ?"
        return bare.rows(query, typed, typed[:-1] + chr(ord(typed[-1]) + 1), LIMIT)
    tokens = list(dict.fromkeys(token for term in query_terms(typed) for token in index_tokens(term)))
    if bare.postgres:
        query = (
            f"SELECT id FROM {kind.noun}_search WHERE string_to_array(grams, ' ') @> CAST(? AS text[]) "
            "ORDER BY id DESC LIMIT ?"
        )
        return bare.rows(query, tokens, LIMIT)
    fts = f"{kind.noun}_fts"
    query = f"SELECT rowid FROM {fts} WHERE {fts} MATCH ? ORDER BY rowid DESC LIMIT ?"
    return bare.rows(query, " AND ".join(f'"{token}"' for token in tokens), LIMIT)


_SHOWN = {
    "client": (
        "SELECT c.*, (SELECT count(*) FROM tickets t WHERE t.client_id = c.id AND t.state IN "
        "('received', 'dispatched', 'responded', 'resolved', 'verified', 'reopened')), p.*, s.estate, s.address "
        "FROM clients c LEFT JOIN phones p ON p.client_id = c.id LEFT JOIN sites s ON s.client_id = c.id "
        "WHERE c.id IN ({})"
    ),
    "ticket": (
        "SELECT t.*, c.name, c.address, s.estate, s.address, m.name, d.name FROM tickets t "
        "JOIN clients c ON c.id = t.client_id LEFT JOIN sites s ON s.id = t.site_id "
        "LEFT JOIN staff m ON m.id = t.responsible_id LEFT JOIN departments d ON d.id = t.department_id "
        "WHERE t.id IN ({})"
    ),
}
"""All the list shows of what was found, in one statement."""


def bare_list(bare: Bare, kind: Kind, typed: str) -> None:
    """Find and read in two statements."""
    ids = [row[0] for row in bare_search(bare, kind, typed)]
    if ids:
        bare.rows(_SHOWN[kind.noun].format(", ".join("?" * len(ids))), *ids)


def ours(desk: Desk, kind: Kind, typed: str) -> None:
    """Find and read what the list shows, as the screens do."""
    with desk.read() as work:
        if kind.noun == "client":
            work.search.clients(typed, LIMIT)
        else:
            work.search.tickets(typed, LIMIT)


def search(bench: Bench) -> Iterator[Figure]:
    """Every kind at full size: found and read, against the same by bare SQL; then against a young company."""
    old, young = (open_as(bench.stock.kept(sizes)) for sizes in (bench.big, bench.young))
    bare = Bare(old.store.url)
    for kind, small in zip(kinds(old), kinds(young), strict=True):
        found, floors, early = [], [], []
        for _ in range(max(2, bench.rounds // 2)):
            found.append([timed(ours, old, kind, q) for q in kind.queries])
            floors.append([timed(bare_list, bare, kind, q) for q in kind.queries])
            early.append([timed(ours, young, small, q) for q in small.queries])
        what = f"find {kind.name}, p95"
        yield _pair(found[1:], floors[1:]).against(
            "B5", f"{what} / bare SQL for the same list", bench.engine, 2.0
        )
        yield _pair(found[1:], early[1:]).against("B5", f"{what} / at 1,000 clients", bench.engine, 1.3)
    bare.close()
    for desk in (old, young):
        desk.store.close()


def _pair(figures: Sequence[Sequence[float]], floors: Sequence[Sequence[float]]) -> Pair:
    return Pair([p95(one) for one in figures], [p95(one) for one in floors])
