"""A client's whole history as one timeline, the newest first, read page by page from every table it lives in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, case, func, or_, select

from deskapp.domain.message import LETTER_EVENTS
from deskapp.domain.rows import TIMELINE_KINDS, TimelineItem, whole_length
from deskapp.domain.sanction import NOT_FOR_CLIENTS
from deskapp.domain.ticket import OPEN_STATES
from deskapp.repository import tables, timeline_lines
from deskapp.repository.instants import to_micros
from deskapp.repository.types import Words

if TYPE_CHECKING:
    from deskapp.repository.work import Work


_ELSEWHERE = and_(
    tables.calls.c.pbx_key.is_not(None),
    tables.calls.c.direction == "in",
    tables.calls.c.taken_by.is_(None),
    tables.calls.c.state.in_(("taken", "done")),
)
"""Whether a call was answered at a telephone no operator has."""
_LEFT_OUT = LETTER_EVENTS | NOT_FOR_CLIENTS
"""Events that stand there as letters, or not at all."""
_LETTERS = tables.messages.join(tables.tickets, tables.messages.c.ticket_id == tables.tickets.c.id)
BEGINS = 300
"""Characters of a letter's words a line of the timeline has."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Which lines of a source are asked for: the `limit` next to `edge`, towards the past or the present."""

    source: str
    limit: int
    edge: TimelineItem | None
    older: bool

    def of(self, query: Select[Any], at: Any, record_id: Any) -> Select[Any]:
        """Cut the page out of a query by (at, source, id), the key of the timeline."""
        if self.edge is not None:
            query = query.where(self._beyond(self.edge, at, record_id))
        keys = (at.desc(), record_id.desc()) if self.older else (at, record_id)
        return query.order_by(*keys).limit(self.limit)

    def _beyond(self, edge: TimelineItem, at: Any, record_id: Any) -> Any:
        past = at < edge.at_us if self.older else at > edge.at_us
        if self.source == edge.source:
            next_id = record_id < edge.record_id if self.older else record_id > edge.record_id
            return or_(past, and_(at == edge.at_us, next_id))
        if (self.source < edge.source) == self.older:
            return or_(past, at == edge.at_us)
        return past

    def held(self, items: Iterable[TimelineItem]) -> list[TimelineItem]:
        """Cut the page out of the few lines of a source that has no more."""
        edge = self.edge
        found = [
            item
            for item in items
            if edge is None or (item.key < edge.key if self.older else item.key > edge.key)
        ]
        return sorted(found, key=lambda item: item.key, reverse=self.older)[: self.limit]


class Timeline:
    """Calls, tickets and what happened to them, and all else a client's history has, merged by time."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def of(
        self,
        client_id: int,
        limit: int = 50,
        *,
        before: TimelineItem | None = None,
        only: str = "",
        ahead: int = 0,
    ) -> list[TimelineItem]:
        """The newest `limit` lines, or those before one; `only` keeps one kind of TIMELINE_KINDS.

        A whole history begins with up to `ahead` planned calls to come.
        """
        return self._merged(client_id, limit, before, only, ahead, older=True)

    def newer(
        self,
        client_id: int,
        limit: int = 50,
        *,
        than: TimelineItem | None = None,
        only: str = "",
        ahead: int = 0,
    ) -> list[TimelineItem]:
        """The `limit` lines just newer than one, or the oldest there are, in the order of the timeline."""
        return self._merged(client_id, limit, than, only, ahead, older=False)[::-1]

    def _merged(
        self, client_id: int, limit: int, edge: TimelineItem | None, only: str, ahead: int, *, older: bool
    ) -> list[TimelineItem]:
        asked = frozenset(TIMELINE_KINDS[only]) if only else None
        found: list[TimelineItem] = []
        for source, read in (("call", self._calls), ("ticket", self._tickets), ("letter", self._letters)):
            if asked is None or source in asked:
                found += read(client_id, _Page(source, limit, edge, older))
        page = _Page("", limit, edge, older)
        if asked is None or asked & _FEW:
            few = timeline_lines.lines(self.work.connection, client_id)
            found += page.held(item for item in few if asked is None or item.source in asked)
        if only == "plan" or (not only and ahead):
            found += page.held(self._planned(client_id, None if only else ahead))
        found.sort(key=lambda item: item.key, reverse=older)
        return found[:limit]

    def lengths(self, client_id: int) -> dict[str, int]:
        """How many lines the timeline has of each kind of TIMELINE_KINDS, all planned calls among them."""
        c, t, f = tables.calls.c, tables.tickets.c, tables.followups.c
        events = tables.ticket_events.join(tables.tickets, tables.ticket_events.c.ticket_id == t.id)
        counted = {
            "call": select(func.count()).where(c.client_id == client_id, c.state != "dropped"),
            "ticket": select(func.count())
            .select_from(events)
            .where(t.client_id == client_id, tables.ticket_events.c.kind.not_in(_LEFT_OUT)),
            "letter": select(func.count()).select_from(_LETTERS).where(t.client_id == client_id),
            "plan": select(func.count()).where(f.client_id == client_id, f.state == "planned"),
        }
        execute = self.work.connection.execute
        by_source = {source: int(execute(query).scalar_one()) for source, query in counted.items()}
        by_source |= timeline_lines.counts(self.work.connection, client_id)
        return {
            kind: sum(by_source.get(source, 0) for source in sources)
            for kind, sources in TIMELINE_KINDS.items()
        }

    def length(self, client_id: int, only: str = "", ahead: int = 0) -> int:
        """How many lines the whole timeline has, with up to `ahead` calls to come, or one kind of it."""
        lengths = self.lengths(client_id)
        return lengths[only] if only else whole_length(lengths, ahead)

    def _calls(self, client_id: int, page: _Page) -> list[TimelineItem]:
        """Calls stand where they were made, those still to make where they are due."""
        c, o = tables.calls.c, tables.operators
        at = func.coalesce(c.started_at, c.due_at)
        query = (
            select(
                c.id,
                at,
                c.kind,
                c.outcome,
                c.notes,
                c.score,
                o.c.name,
                c.state,
                c.ticket_id,
                c.reason,
                c.talk_s,
                c.agent,
                _ELSEWHERE,
            )
            .select_from(tables.calls.outerjoin(o, c.taken_by == o.c.id))
            .where(c.client_id == client_id, c.state != "dropped")
        )
        return [
            TimelineItem(
                to_micros(row[1]),
                "call",
                row[0],
                row[2],
                row[3] or row[7],
                row[4] or row[9],
                who=row[6] or "",
                score=row[5],
                ticket_id=row[8],
                call_id=row[0],
                facts=(("talk_s", str(row[10] or 0)), *((("elsewhere", row[11]),) if row[12] else ())),
            )
            for row in self.work.connection.execute(page.of(query, at, c.id))
        ]

    def _tickets(self, client_id: int, page: _Page) -> list[TimelineItem]:
        e, t, o = tables.ticket_events.c, tables.tickets.c, tables.operators
        joined = tables.ticket_events.join(tables.tickets, e.ticket_id == t.id).outerjoin(
            o, e.operator_id == o.c.id
        )
        query = (
            select(e.id, e.at, t.kind, e.kind, e.text, t.number, o.c.name, t.id, t.subject)
            .select_from(joined)
            .where(t.client_id == client_id, e.kind.not_in(_LEFT_OUT))
        )
        return [
            TimelineItem(
                to_micros(row[1]),
                "ticket",
                row[0],
                row[2],
                row[3],
                row[8] if row[3] == "filed" else row[4] or row[8],
                number=row[5],
                who=row[6] or "",
                ticket_id=row[7],
            )
            for row in self.work.connection.execute(page.of(query, e.at, e.id))
        ]

    def _letters(self, client_id: int, page: _Page) -> list[TimelineItem]:
        """Letters of the client's tickets stand where the server took them, or where they were written or came."""
        from deskapp.domain.mail import bare_subject

        m, t, o = tables.messages.c, tables.tickets.c, tables.operators
        at = func.coalesce(m.sent_at, m.at)
        code = case((m.automatic, "automatic"), else_=m.state)
        begins = func.substr(m.body, 1, BEGINS, type_=Words)
        query = (
            select(m.id, at, m.direction, code, m.subject, begins, t.number, o.c.name, t.id)
            .select_from(_LETTERS.outerjoin(o, m.operator_id == o.c.id))
            .where(t.client_id == client_id)
        )
        return [
            TimelineItem(
                to_micros(row[1]),
                "letter",
                row[0],
                row[2],
                row[3],
                f"{bare_subject(row[4], row[6])}\n{row[5]}".strip(),
                number=row[6],
                who=row[7] or "",
                ticket_id=row[8],
            )
            for row in self.work.connection.execute(page.of(query, at, m.id))
        ]

    def _planned(self, client_id: int, most: int | None) -> list[TimelineItem]:
        """The planned calls no call stands in the queue for yet, the next ones first."""
        f, s = tables.followups.c, tables.sites.c
        query = (
            select(f.id, f.due_on, f.purpose, s.address, f.site_id)
            .select_from(tables.followups.outerjoin(tables.sites, f.site_id == s.id))
            .where(f.client_id == client_id, f.state == "planned")
            .order_by(f.due_on, f.id)
            .limit(most)
        )
        return [
            TimelineItem(
                timeline_lines.noon(row[1]),
                "plan",
                row[0],
                row[2],
                "planned",
                row[3] or "",
                facts=(("site_id", str(row[4])),) if row[4] else (),
            )
            for row in self.work.connection.execute(query)
        ]

    def counts(self, client_id: int) -> dict[str, float]:
        """What the client's card says in figures: complaints (duplicates merged away are none), open ones,
        calls reached, mean score.
        """
        t, c = tables.tickets.c, tables.calls.c
        open_one = case((t.state.in_(OPEN_STATES), 1), else_=0)
        filed = self.work.connection.execute(
            select(func.count(), func.sum(open_one)).where(t.client_id == client_id, t.state != "merged")
        ).one()
        spoken = self.work.connection.execute(
            select(func.sum(case((c.outcome == "reached", 1), else_=0)), func.avg(c.score)).where(
                c.client_id == client_id
            )
        ).one()
        return {
            "tickets": int(filed[0] or 0),
            "open": int(filed[1] or 0),
            "calls": int(spoken[0] or 0),
            "score": round(float(spoken[1]), 1) if spoken[1] is not None else 0.0,
        }


_FEW = frozenset(source for sources in TIMELINE_KINDS.values() for source in sources) - {
    "call",
    "ticket",
    "letter",
    "plan",
}
