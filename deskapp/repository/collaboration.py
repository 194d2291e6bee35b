"""What colleagues share on a ticket: its tags, who watches it, and what each operator is told (row T15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pendulum import DateTime
from sqlalchemy import Select, bindparam, exists, func, select, text

from deskapp.domain.notice import Notice, NoticeRow, joined
from deskapp.domain.rows import TicketRow
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared, PreparedFor

if TYPE_CHECKING:
    from deskapp.repository.work import Work

LAST = "\U0010ffff"
"""Sorts behind every character a tag can have, on both engines."""


class TicketTags:
    """The tags of tickets, each at most once on one."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def of(self, ticket_id: int) -> tuple[str, ...]:
        """A ticket's tags."""
        return self.of_many([ticket_id]).get(ticket_id, ())

    def of_many(self, ticket_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The tags of some tickets; one without tags is not named."""
        found: dict[int, tuple[str, ...]] = {}
        for ticket_id, tag in sorted({tuple(row) for row in _TAGS_OF.rows(self.work.connection, ticket_ids)}):
            found[ticket_id] = (*found.get(ticket_id, ()), tag)
        return found

    def beside(self, rows: Iterable[TicketRow]) -> list[TicketRow]:
        """Put the tags beside tickets of a list."""
        listed = list(rows)
        tags = self.of_many([row.ticket.id for row in listed])
        return [replace(row, tags=tags[row.ticket.id]) if row.ticket.id in tags else row for row in listed]

    def put(self, ticket_id: int, tag: str) -> bool:
        """Put a tag on a ticket; False when it is there already."""
        put = _PUT_TAG.count(self.work.connection, ticket=ticket_id, tag=tag) == 1
        if put:
            self.work.log("ticket_tag", ticket_id, "add", {"tag": tag})
        return put

    def take(self, ticket_id: int, tag: str) -> bool:
        """Take a tag off a ticket; False when it is not there."""
        taken = _TAKE_TAG.count(self.work.connection, ticket=ticket_id, tag=tag) == 1
        if taken:
            self.work.log("ticket_tag", ticket_id, "remove", {"tag": tag})
        return taken

    def known(self, limit: int = 500) -> list[tuple[str, int]]:
        """The tags in use and on how many tickets each, the most used first."""
        return [(row[0], row[1]) for row in _KNOWN_TAGS.rows(self.work.connection, n=limit)]

    def tagged(self, beginnings: Sequence[str], limit: int, among: Sequence[int] | None = None) -> list[int]:
        """Tickets with, for each beginning, a tag that begins so, the newest first; perhaps only some of them."""
        first, others = beginnings[0], beginnings[1:]
        query = select(_TAG.ticket_id).where(_begins(_TAG.tag, first)).distinct()
        for other in others:
            more = tables.ticket_tags.alias()
            query = query.where(
                exists().where(more.c.ticket_id == _TAG.ticket_id, _begins(more.c.tag, other))
            )
        if among is not None:
            query = query.where(_TAG.ticket_id.in_(among))
        query = query.order_by(_TAG.ticket_id.desc()).limit(limit)
        return [row[0] for row in self.work.connection.execute(query)]


def _begins(column: Any, beginning: str) -> Any:
    return (column >= beginning) & (column < beginning + LAST)


class Watchers:
    """Who watches which ticket."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def of(self, ticket_id: int) -> list[tuple[int, str]]:
        """Those in use who watch a ticket: id and name, in the order of their accounts."""
        return [(row[0], row[1]) for row in _WATCHERS.rows(self.work.connection, ticket=ticket_id)]

    def put(self, ticket_id: int, operator_id: int) -> bool:
        """Let somebody watch a ticket; False when they do already."""
        put = _WATCH.count(self.work.connection, ticket=ticket_id, who=operator_id) == 1
        if put:
            self.work.log("ticket_watcher", ticket_id, "add", {"operator_id": operator_id})
        return put

    def take(self, ticket_id: int, operator_id: int) -> bool:
        """Let somebody watch a ticket no more; False when they did not."""
        taken = _UNWATCH.count(self.work.connection, ticket=ticket_id, who=operator_id) == 1
        if taken:
            self.work.log("ticket_watcher", ticket_id, "remove", {"operator_id": operator_id})
        return taken


class Notices(Repository[Notice]):
    """What operators are told in the console; within one transaction each is told of one ticket once."""

    table, record, noun = tables.notices, Notice, "reminder"

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._told: dict[tuple[int, int | None], Notice] = {}

    def tell(self, operator_id: int, reason: str, ticket_id: int | None, event_id: int | None = None) -> None:
        """Tell an operator of an act on a ticket; what the same act did before is told in the same notice."""
        before = self._told.get((operator_id, ticket_id))
        if before is not None:
            notice = self.save(joined(before, reason, event_id))
        else:
            by = self.work.operator.id if self.work.operator else 0
            facts = {"by": by, "events": [event_id] if event_id else []}
            notice = self.add(
                Notice(
                    at=self.work.now,
                    operator_id=operator_id,
                    reason=reason,
                    ticket_id=ticket_id,
                    facts=facts,
                )
            )
        self._told[operator_id, ticket_id] = notice

    def unread(self, operator_id: int) -> int:
        """How many an operator has not read, counted in the index."""
        return int(_UNREAD.rows(self.connection, who=operator_id)[0][0])

    def count(self, operator_id: int) -> int:
        """How many an operator has been told of."""
        return int(_COUNT.rows(self.connection, who=operator_id)[0][0])

    def newest(self, operator_id: int, limit: int, before: NoticeRow | None = None) -> list[NoticeRow]:
        """An operator's notices, the newest first, perhaps those after one of that list."""
        return self._page(paging.before(self._of(operator_id), _NEWEST, _key(before), limit))

    def newest_before(self, operator_id: int, limit: int, after: NoticeRow | None = None) -> list[NoticeRow]:
        """The notices just before one in that list, or its last ones, in its order."""
        return self._page(paging.after(self._of(operator_id), _NEWEST, _key(after), limit))[::-1]

    def newest_at(self, operator_id: int, offset: int, limit: int) -> list[NoticeRow]:
        """The notices at an offset of that list."""
        return self._page(paging.at(self._of(operator_id), [key.desc() for key in _NEWEST], offset, limit))

    def read_one(self, operator_id: int, notice_id: int, at: DateTime) -> bool:
        """Mark one notice of an operator's own as read; False when it was, or is not theirs."""
        read = _READ_ONE.count(self.connection, who=operator_id, notice=notice_id, new_at=at) == 1
        if read:
            self.work.log(self.noun, notice_id, "change", {"read_at": [None, at]})
        return read

    def read_until(self, operator_id: int, notice_id: int, at: DateTime) -> int:
        """Mark an operator's own notices up to one as read; return how many that were."""
        read = _READ_UNTIL.count(self.connection, who=operator_id, notice=notice_id, new_at=at)
        if read:
            self.work.log(self.noun, notice_id, "change", {"read_at": [None, at], "count": read})
        return read

    def _of(self, operator_id: int) -> Select[Any]:
        return self.select().where(_N.operator_id == operator_id)

    def _page(self, query: Select[Any]) -> list[NoticeRow]:
        """Read notices with what stands beside them."""
        notices, work = self.records(query), self.work
        tickets = {row.ticket.id: row for row in work.tickets.rows([one.ticket_id or 0 for one in notices])}
        events = work.ticket_events.get_many(event for one in notices for event in one.events)
        people = work.operators.get_many(one.by for one in notices)
        return [
            NoticeRow(
                one,
                tickets.get(one.ticket_id or 0),
                tuple(events[event] for event in one.events if event in events),
                people[one.by].name if one.by in people else "",
            )
            for one in notices
        ]


def _key(row: NoticeRow | None) -> tuple[int] | None:
    return None if row is None else (row.notice.id,)


_TAG, _W, _N = tables.ticket_tags.c, tables.ticket_watchers.c, tables.notices.c
_O = tables.operators.c
_NEWEST = (_N.id,)
_TAGS_OF = PreparedFor(lambda keys: select(_TAG.ticket_id, _TAG.tag).where(_TAG.ticket_id.in_(keys)))
_PUT_TAG = Prepared(
    text("INSERT INTO ticket_tags (ticket_id, tag) VALUES (:ticket, :tag) ON CONFLICT DO NOTHING")
)
_TAKE_TAG = Prepared(
    tables.ticket_tags.delete().where(_TAG.ticket_id == bindparam("ticket"), _TAG.tag == bindparam("tag"))
)
_KNOWN_TAGS = Prepared(
    select(_TAG.tag, func.count())
    .group_by(_TAG.tag)
    .order_by(func.count().desc(), _TAG.tag)
    .limit(bindparam("n"))
)
_WATCHERS = Prepared(
    select(_W.operator_id, _O.name)
    .select_from(tables.ticket_watchers.join(tables.operators, _O.id == _W.operator_id))
    .where(_W.ticket_id == bindparam("ticket"), _O.active)
    .order_by(_W.operator_id)
)
_WATCH = Prepared(
    text("INSERT INTO ticket_watchers (ticket_id, operator_id) VALUES (:ticket, :who) ON CONFLICT DO NOTHING")
)
_UNWATCH = Prepared(
    tables.ticket_watchers.delete().where(
        _W.ticket_id == bindparam("ticket"), _W.operator_id == bindparam("who")
    )
)
_MINE = (_N.operator_id == bindparam("who"), _N.read_at.is_(None))
_UNREAD = Prepared(select(func.count()).select_from(tables.notices).where(*_MINE))
_COUNT = Prepared(select(func.count()).select_from(tables.notices).where(_N.operator_id == bindparam("who")))
_READ = {"read_at": bindparam("new_at", type_=_N.read_at.type), "version": _N.version + 1}
_READ_ONE = Prepared(tables.notices.update().where(*_MINE, _N.id == bindparam("notice")).values(_READ))
_READ_UNTIL = Prepared(tables.notices.update().where(*_MINE, _N.id <= bindparam("notice")).values(_READ))
