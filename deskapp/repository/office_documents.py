"""Documents of the department and what their meetings asked of people (row K4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select, text, tuple_

from deskapp.domain import office_document
from deskapp.domain.office_document import ActionItem, DocumentRow, ItemRow, OfficeDocument, people_of
from deskapp.domain.search_text import grams, haystack, pinyin_text
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared

_INDEX = Prepared(
    text(
        "INSERT INTO document_search (id, haystack, grams) VALUES (:id, :haystack, :grams) "
        "ON CONFLICT (id) DO UPDATE SET haystack = excluded.haystack, grams = excluded.grams"
    )
)
MOST_SEARCHED = 100_000
"""Characters of a document and its files that it is found by."""


class OfficeDocuments(Repository[office_document.OfficeDocument]):
    """Minutes, forms and files."""

    table, record, noun = tables.documents, office_document.OfficeDocument, "document"

    def index(self, document: OfficeDocument, files: Sequence[str] = ()) -> None:
        """Write the search row of a document with the words of its files."""
        people = people_of(document.people)
        head = " ".join([document.number, document.title, document.people, pinyin_text(document.title)])
        folded: list[str] = []
        found: dict[str, None] = {}
        for part in [" ".join([head, *map(pinyin_text, people)]), document.body, *files]:
            folded.append(haystack(part)[: max(0, MOST_SEARCHED - sum(map(len, folded)))])
            found.update(dict.fromkeys(grams(folded[-1]).split(" ")))
        found.pop("", None)
        values = {"id": document.id, "haystack": " ".join(folded), "grams": " ".join(found)}
        _INDEX.count(self.connection, **values)

    def count(self, kind: str = "", active: bool = True) -> int:
        """How many of a kind there are, those in use or those retired."""
        query = select(func.count()).select_from(self.table).where(*_of(kind, active))
        return int(self.connection.execute(query).scalar_one())

    def counts(self) -> dict[str, int]:
        """How many are in use, by kind."""
        query = select(_D.kind, func.count()).where(_D.active.is_(True)).group_by(_D.kind)
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def page(
        self,
        limit: int,
        *,
        kind: str = "",
        active: bool = True,
        after: DocumentRow | None = None,
        before: DocumentRow | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[DocumentRow]:
        """A page of the list, the newest day first: from the start, after or before one, the last."""
        query, keys = self.select().where(*_of(kind, active)), (_D.day, _D.id)
        if offset is not None:
            found = self.records(paging.at(query, [key.desc() for key in keys], offset, limit))
        elif before is not None or last:
            found = self.records(paging.after(query, keys, _key(before), limit))[::-1]
        else:
            found = self.records(paging.before(query, keys, _key(after), limit))
        return self.rows(found)

    def finding(self, typed: str, limit: int, *, kind: str = "", active: bool = True) -> list[DocumentRow]:
        """The documents that match every word typed, the newest first."""
        many = 4 * limit
        while True:
            ids = self.work.search.documents(typed, many)
            found = self.get_many(ids)
            fit = [one for one in found.values() if one.active == active and kind in ("", one.kind)]
            if len(ids) < many or len(fit) >= limit:
                break
            many *= 4
        fit.sort(key=lambda one: (one.day, one.id), reverse=True)
        return self.rows(fit[:limit])

    def rows(self, found: Sequence[OfficeDocument]) -> list[DocumentRow]:
        """Put beside some documents what their list shows."""
        ids = [one.id for one in found]
        if not ids:
            return []
        files = self.work.attachments.count_of("document", ids)
        items = self.work.action_items.counts(ids)
        people = self.work.operators.get_many(one.created_by or 0 for one in found)
        return [
            DocumentRow(
                one,
                files.get(one.id, 0),
                *items.get(one.id, (0, 0, None)),
                people[one.created_by].name if one.created_by in people else "",
            )
            for one in found
        ]


class ActionItems(Repository[office_document.ActionItem]):
    """What meetings asked of people."""

    table, record, noun = tables.action_items, office_document.ActionItem, "action_item"

    def of(self, document_id: int) -> list[ActionItem]:
        """A document's items in their order."""
        return self.records(_OF_DOCUMENT, d=document_id)

    def counts(self, document_ids: Sequence[int]) -> dict[int, tuple[int, int, date | None]]:
        """Of some documents: how many items, how many wait, and the first day of those."""
        waits = _A.state.in_(office_document.WAITING)
        query = (
            select(
                _A.document_id,
                func.count(),
                func.sum(case((waits, 1), else_=0)),
                func.min(case((waits, _A.due_on))),
            )
            .where(_A.document_id.in_(document_ids))
            .group_by(_A.document_id)
        )
        return {row[0]: (row[1], int(row[2] or 0), row[3]) for row in self.connection.execute(query)}

    def due(
        self,
        until: date,
        limit: int,
        staff_id: int | None = None,
        *,
        everybodys: bool = True,
        after: ActionItem | None = None,
    ) -> list[ActionItem]:
        """Open items due by a day, the latest first; everybody's, or those of one person and those of nobody."""
        query = self.select().where(_A.state == "open", _A.due_on <= until)
        if after is not None:
            query = query.where(tuple_(_A.due_on, _A.id) > tuple_(after.due_on, after.id))
        if not everybodys:
            query = query.where(or_(_A.staff_id.is_(None), _A.staff_id == staff_id))
        return self.records(query.order_by(_A.due_on, _A.id).limit(limit))

    def count(self, state: str, staff_id: int | None = None) -> int:
        """How many are in a state."""
        query = select(func.count()).select_from(self.table).where(*_standing(state, staff_id))
        return int(self.connection.execute(query).scalar_one())

    def page(
        self,
        limit: int,
        *,
        state: str,
        staff_id: int | None = None,
        after: ItemRow | None = None,
        before: ItemRow | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[ItemRow]:
        """A page of the items in a state by their day: what waits the most pressing first, what is over the newest."""
        query, keys = self.select().where(*_standing(state, staff_id)), (_A.due_on, _A.id)
        newest = state in office_document.ENDS
        ahead, back = (paging.before, paging.after) if newest else (paging.after, paging.before)
        if offset is not None:
            order = [key.desc() for key in keys] if newest else list(keys)
            found = self.records(query.order_by(*order).offset(offset).limit(limit))
        elif before is not None or last:
            found = self.records(back(query, keys, _item_key(before), limit))[::-1]
        else:
            found = self.records(ahead(query, keys, _item_key(after), limit))
        return self.rows(found)

    def rows(self, items: Iterable[ActionItem]) -> list[ItemRow]:
        """Put the names beside some items."""
        found = list(items)
        staff = self.work.staff.get_many(one.staff_id or 0 for one in found)
        documents = self.work.documents.get_many(one.document_id for one in found)
        tickets = self.work.tickets.get_many(one.ticket_id or 0 for one in found)
        return [
            ItemRow(
                one,
                staff[one.staff_id].name if one.staff_id in staff else "",
                documents[one.document_id].number,
                documents[one.document_id].title,
                tickets[one.ticket_id].number if one.ticket_id in tickets else "",
            )
            for one in found
        ]


_D, _A = tables.documents.c, tables.action_items.c
_OF_DOCUMENT = Prepared(
    ActionItems._select.where(_A.document_id == bindparam("d")).order_by(_A.position, _A.id)
)


def _of(kind: str, active: bool) -> list[ColumnElement[bool]]:
    return [_D.active.is_(active), *([_D.kind == kind] if kind else [])]


def _standing(state: str, staff_id: int | None) -> list[ColumnElement[bool]]:
    """Items without a day, which only another program makes, are in no list."""
    found: list[ColumnElement[bool]] = [and_(_A.state == state, _A.due_on.is_not(None))]
    return found if staff_id is None else [*found, _A.staff_id == staff_id]


def _key(row: DocumentRow | None) -> tuple[Any, ...] | None:
    return None if row is None else (row.document.day, row.document.id)


def _item_key(row: ItemRow | None) -> tuple[Any, ...] | None:
    return None if row is None else (row.item.due_on, row.item.id)
