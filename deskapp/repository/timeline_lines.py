"""The few lines of a history besides calls and tickets, of every kind, read in one question (rows S2, F2, C8)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from deskapp.domain.rows import TimelineItem
from deskapp.repository import tables
from deskapp.repository.instants import to_micros
from deskapp.repository.prepared import Prepared
from deskapp.repository.types import Instant, Words

NOON_US = 12 * 3_600_000_000
DAY_US = 86_400_000_000
EPOCH_ORDINAL = 719163

_CLIENT = bindparam("client", type_=BigInteger)
_TYPES: dict[str, Any] = {
    "source": String(),
    "id": BigInteger(),
    "day": Date(),
    "at": Instant(),
    "kind": String(),
    "code": String(),
    "text": Words(),
    "number": String(),
    "who": Words(),
    "score": Integer(),
    "ticket_id": BigInteger(),
    "site_id": BigInteger(),
    "amount": BigInteger(),
}
"""The columns of a line; one that stands at a day has no instant."""
_OPERATOR, _STAFF = tables.operators, tables.staff


def noon(day: Any) -> int:
    """A day on the timeline stands at its noon, UTC."""
    return (int(day.toordinal()) - EPOCH_ORDINAL) * DAY_US + NOON_US


def _word(value: str) -> Any:
    return literal_column(f"'{value}'", String)


def _line(source: str, **columns: Any) -> Select[Any]:
    """One kind of line: every column there is, those not given empty."""
    given = columns | {"source": _word(source)}
    cells = [given[name] if name in given else cast(null(), kind) for name, kind in _TYPES.items()]
    return select(*(cell.label(name) for name, cell in zip(_TYPES, cells, strict=True)))


def _of_sites() -> list[Select[Any]]:
    s = tables.sites.c
    m, p, i = tables.milestones.c, tables.payments.c, tables.inspections.c
    milestones = _line(
        "site", id=m.id, day=m.done_on, kind=m.kind, code=_word("done"), text=s.address, site_id=s.id
    )
    payments = _line(
        "payment", id=p.id, day=p.paid_on, kind=p.kind, code=_word("paid"), text=s.address, site_id=s.id,
        amount=p.amount,
    )  # fmt: skip
    inspections = _line(
        "inspection", id=i.id, day=i.done_on, kind=i.verdict, code=i.verdict, text=i.findings, number=i.number,
        who=_STAFF.c.name, ticket_id=i.ticket_id, site_id=s.id,
    )  # fmt: skip
    h = tables.handbooks.c
    handbooks = _line(
        "handbook", id=h.id, at=func.coalesce(h.checked_at, h.asked_at), kind=_word("handbook"), code=h.state,
        text=h.note, who=_STAFF.c.name, site_id=s.id,
    )  # fmt: skip
    return [
        milestones.join_from(tables.milestones, tables.sites, m.site_id == s.id).where(
            s.client_id == _CLIENT, m.done_on.is_not(None)
        ),
        payments.join_from(tables.payments, tables.sites, p.site_id == s.id).where(
            s.client_id == _CLIENT, p.paid_on.is_not(None)
        ),
        inspections.select_from(
            tables.inspections.join(tables.sites, i.site_id == s.id).outerjoin(
                _STAFF, i.inspector_id == _STAFF.c.id
            )
        ).where(s.client_id == _CLIENT),
        handbooks.select_from(
            tables.handbooks.join(tables.sites, h.site_id == s.id).outerjoin(
                _STAFF, h.asked_of == _STAFF.c.id
            )
        ).where(s.client_id == _CLIENT),
    ]


def _of_client() -> list[Select[Any]]:
    n, e, r = tables.site_notices.c, tables.evaluations.c, tables.ratings.c
    notices = _line(
        "notice", id=n.id, day=n.on_day, at=n.received_at, kind=n.kind, code=n.state, text=n.note,
        number=n.number, who=_OPERATOR.c.name, site_id=n.site_id,
    )  # fmt: skip
    score = (
        select(cast(func.round(func.avg(r.score)), Integer))
        .where(r.source == "evaluation", r.source_id == e.id)
        .scalar_subquery()
    )
    evaluations = _line(
        "evaluation", id=e.id, day=func.coalesce(e.returned_on, e.sent_on, e.month), kind=_word("evaluation"),
        code=case((e.returned_on.is_not(None), "returned"), else_="sent"), text=e.words,
        who=_OPERATOR.c.name, score=score, site_id=e.site_id,
    )  # fmt: skip
    p, d = tables.praises.c, tables.diagnoses.c
    praises = _line(
        "praise", id=p.id, at=p.at, kind=_word("praise"), text=p.words, who=_STAFF.c.name, site_id=p.site_id,
        code=case((p.reported_at.is_not(None), "reported"), else_="open"),
    )  # fmt: skip
    diagnoses = _line(
        "diagnosis", id=d.id, at=d.at, kind=_word("diagnosis"), code=d.state, text=d.problem,
        who=_OPERATOR.c.name, site_id=d.site_id,
    )  # fmt: skip
    return [
        notices.select_from(tables.site_notices.outerjoin(_OPERATOR, n.created_by == _OPERATOR.c.id)).where(
            n.client_id == _CLIENT
        ),
        evaluations.select_from(
            tables.evaluations.outerjoin(_OPERATOR, e.created_by == _OPERATOR.c.id)
        ).where(e.client_id == _CLIENT),
        praises.select_from(tables.praises.outerjoin(_STAFF, p.staff_id == _STAFF.c.id)).where(
            p.client_id == _CLIENT
        ),
        diagnoses.select_from(tables.diagnoses.outerjoin(_OPERATOR, d.operator_id == _OPERATOR.c.id)).where(
            d.client_id == _CLIENT
        ),
    ]


def _of_lists() -> list[Select[Any]]:
    b, t, g = tables.bus_bookings.c, tables.bus_trips.c, tables.register_entries.c
    came = case(
        (t.state == "cancelled", "cancelled"), (b.came.is_(None), "booked"), (b.came, "came"), else_="absent"
    )
    bookings = _line(
        "bus", id=b.id, at=t.leaves_at, kind=_word("bus"), code=came, text=t.route, number=t.number,
        who=_OPERATOR.c.name, amount=b.seats,
    )  # fmt: skip
    entries = _line(
        "register", id=g.id, day=g.day, kind=g.register, code=g.state, text=g.title, number=g.number,
        who=_STAFF.c.name, site_id=g.site_id,
    )  # fmt: skip
    return [
        bookings.select_from(
            tables.bus_bookings.join(tables.bus_trips, b.trip_id == t.id).outerjoin(
                _OPERATOR, b.created_by == _OPERATOR.c.id
            )
        ).where(b.client_id == _CLIENT),
        entries.select_from(tables.register_entries.outerjoin(_STAFF, g.staff_id == _STAFF.c.id)).where(
            g.client_id == _CLIENT
        ),
    ]


_ALL = union_all(*_of_sites(), *_of_client(), *_of_lists())
_LINES = Prepared(_ALL)
_BESIDE = _ALL.subquery()
_COUNTS = Prepared(select(_BESIDE.c.source, func.count()).group_by(_BESIDE.c.source))


def lines(connection: Any, client_id: int) -> list[TimelineItem]:
    """Every such line of a client, in no order."""
    return [_item(row) for row in _LINES.rows(connection, client=client_id)]


def counts(connection: Any, client_id: int) -> dict[str, int]:
    """How many such lines a client has, by source."""
    return {source: int(count) for source, count in _COUNTS.rows(connection, client=client_id)}


def _item(row: Any) -> TimelineItem:
    source, record_id, day, at, kind, code, text, number, who, score, ticket_id, site_id, amount = row
    facts = [("site_id", str(site_id))] if site_id else []
    if amount is not None:
        facts.append(("amount_fen" if source == "payment" else "count", str(amount)))
    if day is not None and at is not None:
        facts.append(("day", str(day)))
    return TimelineItem(
        to_micros(at) if at is not None else noon(day),
        source,
        record_id,
        kind or "",
        code or "",
        text or "",
        number=number or "",
        who=who or "",
        score=score,
        ticket_id=ticket_id,
        facts=tuple(facts),
    )
