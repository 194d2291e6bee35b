"""A person in what others wrote: papers issued, sanctions, causes of many, words searched for (row P6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, Text, func, or_, select, type_coerce

from deskapp.domain.forgotten import Person, person_of, scrubbed_of
from deskapp.repository import tables as t

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_WRITTEN: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (t.sanctions, ("reason",)),
    (t.sanction_entries, ("words",)),
    (t.mass_complaints, ("cause", "answer", "resolution")),
)
"""Texts about a client's tickets that are not the client's own: they stay, without the person."""
_NAMES: tuple[tuple[Table, str], ...] = (
    (t.clients, "name"),
    (t.staff, "name"),
    (t.operators, "name"),
    (t.departments, "name"),
    (t.posts, "title"),
    (t.categories, "name"),
)
"""Where names stand that may hold a client's: what is written there is never half a person."""
MOST_NAMED = 20


def person(work: Work, client_id: int, ticket_ids: Sequence[int]) -> Person:
    """What tells a client from others, as the books have it now."""
    client = work.clients.find(client_id)
    numbers = select(t.tickets.c.number).where(t.tickets.c.id.in_(ticket_ids))
    sites = [one.address for one in work.sites.of(client_id)]
    mail = [one.address for one in work.emails.of(client_id)]
    return person_of(
        client.name,
        [(one.normal, one.raw) for one in work.phones.of(client_id)],
        [client.address, *sites, *mail],
        work.connection.execute(numbers).scalars(),
        _others(work, client_id, client.name.strip()),
    )


def _others(work: Work, client_id: int, name: str) -> list[str]:
    """The names that hold a name: of other clients, of colleagues, of the company's parts and kinds of case."""
    if len(name) < 2:
        return []
    found: list[str] = []
    for table, column in _NAMES:
        called = table.c[column]
        where = [called.contains(name, autoescape=True)]
        if table is t.clients:
            where.append(t.clients.c.id != client_id)
        found += work.connection.execute(select(called).where(*where).distinct()).scalars()
    return found


def scrub(work: Work, whose: Person, ids: dict[str, list[int]]) -> dict[str, int]:
    """Take a person out of what others wrote; say of how many papers, texts and searches."""
    counts = {"papers": _papers(work, whose), "paper_texts": _texts(work, whose)}
    sanctions = _ids(work, t.sanctions, "ticket_id", ids["ticket"])
    found = {
        "sanctions": sanctions,
        "sanction_entries": _ids(work, t.sanction_entries, "sanction_id", sanctions),
        "mass_complaints": _masses(work, ids["ticket"]),
    }
    ids["sanction"], ids["sanction_entry"] = found["sanctions"], found["sanction_entries"]
    for table, columns in _WRITTEN:
        counts[table.name] = _columns(work, table, columns, found[table.name], whose, beside=True)
    if whose.sought:
        counts["search_misses"] = _misses(work, whose)
    return counts


def named_in(work: Work, whose: Person) -> list[str]:
    """The numbers of minutes and forms that name the person: people wrote them, people must look at them."""
    d = t.documents.c
    if not whose.sought:
        return []
    where = or_(*(_has(column, one) for one in whose.sought for column in (d.title, d.body, d.people)))
    query = select(d.number).where(where).order_by(d.id.desc()).limit(MOST_NAMED)
    return list(work.connection.execute(query).scalars())


def _has(column: Any, words: str) -> Any:
    return type_coerce(column, Text).contains(words, autoescape=True)


def _ids(work: Work, table: Table, column: str, keys: Sequence[int]) -> list[int]:
    return list(work.connection.execute(select(table.c.id).where(table.c[column].in_(keys))).scalars())


def _masses(work: Work, ticket_ids: Sequence[int]) -> list[int]:
    k, m = t.tickets.c, t.mass_complaints.c
    firsts = select(func.coalesce(k.parent_id, k.id)).where(k.id.in_(ticket_ids))
    return list(work.connection.execute(select(m.id).where(m.ticket_id.in_(firsts))).scalars())


def _misses(work: Work, whose: Person) -> int:
    """Words searched for go whole, but only those that are about the person."""
    m = t.search_misses.c
    found = select(m.id, m.typed).where(or_(*(_has(m.typed, one) for one in whose.sought)))
    ids = [row_id for row_id, typed in work.connection.execute(found) if whose.without(typed) != typed]
    return work.connection.execute(t.search_misses.delete().where(m.id.in_(ids))).rowcount


def _papers(work: Work, whose: Person) -> int:
    """A paper's figures stay as they were issued; the files kept of it are made anew when they are asked for."""
    p = t.issued_papers.c
    if not whose.sought:
        return 0
    where = or_(*(_has(p.document, one) for one in whose.sought))
    changed = []
    for paper_id, document in work.connection.execute(select(p.id, p.document).where(where)).all():
        left = scrubbed_of(document, whose)
        if left != document:
            work.connection.execute(t.issued_papers.update().where(p.id == paper_id).values(document=left))
            changed.append(paper_id)
    work.erasures.drop_files({"paper": changed})
    return len(changed)


def _texts(work: Work, whose: Person) -> int:
    w = t.paper_texts.c
    if not whose.sought:
        return 0
    found = select(w.id).where(or_(*(_has(w.words, one) for one in whose.sought)))
    ids = list(work.connection.execute(found).scalars())
    return _columns(work, t.paper_texts, ("words",), ids, whose)


def _columns(
    work: Work,
    table: Table,
    columns: Sequence[str],
    ids: Sequence[int],
    whose: Person,
    *,
    beside: bool = False,
) -> int:
    count = 0
    query = select(table.c.id, *(table.c[name] for name in columns)).where(table.c.id.in_(ids))
    for row_id, *words in work.connection.execute(query).all():
        left = [whose.without(one, beside=beside) for one in words]
        if left != words:
            values = dict(zip(columns, left, strict=True))
            work.connection.execute(table.update().where(table.c.id == row_id).values(values))
            count += 1
    return count
