"""Everything out again: clients, tickets, calls as csv, xlsx or JSON, page by page, whatever their number (row P4).

Codes (kinds, states, severities) stay codes, times carry the company's offset, money is yuan, areas are square metres.
In csv and xlsx a client with several sites has a row each, as registers do; in JSON it has a list of them. Numbers are
E.164 in JSON and as dialled from China in tables ("13800138000", "021-62345678#801", "00442079460958"), which no
spreadsheet takes for a formula. What import reads has the names import gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from deskapp.desk import Desk
from deskapp.domain.errors import RuleBroken
from deskapp.domain.operator import sees_whole_numbers
from deskapp.domain.phone_shown import masked, shown
from deskapp.papers import table

if TYPE_CHECKING:
    from deskapp.domain.call_queue import QueueRow
    from deskapp.domain.client import ClientCard
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.site import Site
    from deskapp.repository.work import Work

PAGE = 500
FORMATS = ("csv", "xlsx", "json")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "clients": (
        *("id", "name", "phones", "estate", "address", "area", "designer", "project_manager", "supervisor"),
        *("deposit", "deposit_date", "start_date", "note", "consultant", "crew", "stage", "completed_on"),
        *("named", "kind", "wants_calls", "open_tickets", "created_at"),
    ),
    "tickets": (
        *("number", "kind", "client", "phones", "severity", "state", "received_at", "respond_by"),
        *("responded_at", "response_met", "due_at", "closed_at", "channel", "category", "subject"),
        *("description", "demand", "response", "resolution", "address", "department", "responsible"),
        *("resolved_at", "resolution_met", "verified_at", "satisfaction", "repeat_no", "reopened_count"),
        "client_id",
    ),
    "calls": (
        *("id", "kind", "direction", "state", "client", "number", "address", "ticket", "reason", "due_at"),
        *("taken_at", "started_at", "ended_at", "wait_seconds", "talk_seconds", "outcome", "notes", "score"),
        *("attempts", "operator", "client_id"),
    ),
}
"""The columns of each noun in csv and xlsx; the first twelve of a ticket are what scripts depend on."""

NOUNS = tuple(COLUMNS)


def export(desk: Desk, noun: str, kind: str, out: Path | IO[bytes]) -> int:
    """Write all records of a noun to a file (whole or not there) or, except xlsx, to a stream; return how many rows.

    Who takes everybody's numbers out of the house stands in the audit trail before the first is written.
    """
    with desk.write("export.run") as work:
        name = out.name if isinstance(out, Path) else "-"
        work.log("export", None, "run", {"records": noun, "form": kind, "file": name})
    with desk.read() as work:
        found = lines(desk, work, noun)
        if desk.operator is None or not sees_whole_numbers(desk.operator.role):
            found = map(_masked, found)
        rows: Iterable[Any] = found if kind == "json" else _flat(noun, found)
        if not isinstance(out, Path):
            return _write(noun, kind, rows, out)
        try:
            with table.whole(out) as part:
                if kind == "xlsx":
                    return table.write_xlsx(COLUMNS[noun], rows, part, noun)
                with part.open("wb") as stream:
                    return _write(noun, kind, rows, stream)
        except OSError as error:
            raise RuleBroken("export.file", path=str(out), why=error.strerror or str(error)) from error


def _write(noun: str, kind: str, rows: Iterable[Any], stream: IO[bytes]) -> int:
    if kind == "json":
        return table.write_json(rows, stream)
    return table.write_csv(COLUMNS[noun], rows, stream)


def lines(desk: Desk, work: Work, noun: str) -> Iterator[dict[str, Any]]:
    """Every record of a noun as JSON shows it, by id."""
    written = instant_writer(desk.policy.timezone)
    if noun == "clients":
        return _clients(work, written)
    return _tickets(work, written) if noun == "tickets" else _calls(work, written)


Written = Callable[[datetime | None], str | None]


def instant_writer(timezone: str) -> Written:
    """How instants are written: ISO 8601 with the offset of a zone."""
    zone = ZoneInfo(timezone)

    def written(instant: datetime | None) -> str | None:
        return None if instant is None else datetime.fromtimestamp(instant.timestamp(), zone).isoformat()

    return written


def _clients(work: Work, written: Written) -> Iterator[dict[str, Any]]:
    staff = {member.id: member.name for member in work.staff.all()}
    last = 0
    while ids := work.clients.ids_after(last, PAGE):
        last = ids[-1]
        sites = work.sites.of_many(ids)
        for card in work.clients.cards(ids):
            places = [_site(site, staff) for site in sites[card.client.id]]
            yield _client(card, places, written)


def _client(card: ClientCard, places: list[dict[str, Any]], written: Written) -> dict[str, Any]:
    client = card.client
    own = {"id": client.id, "name": client.name, "phones": [phone.normal for phone in card.phones]}
    place = places[-1] if places else {"address": client.address}
    about = {
        "note": client.note,
        "named": client.named,
        "kind": client.kind,
        "wants_calls": client.wants_calls,
        "open_tickets": card.open_tickets,
        "created_at": written(client.created_at),
    }
    return own | place | about | {"sites": places}


def _site(site: Site, staff: Mapping[int, str]) -> dict[str, Any]:
    return {
        "estate": site.estate,
        "address": site.address,
        "area": None if site.area is None else _number(site.area),
        "designer": staff.get(site.designer_id or 0),
        "project_manager": staff.get(site.manager_id or 0),
        "supervisor": staff.get(site.supervisor_id or 0),
        "consultant": staff.get(site.consultant_id or 0),
        "crew": site.crew,
        "stage": site.stage,
        "deposit": None if site.deposit is None else _number(site.deposit),
        "deposit_date": _day(site.deposit_date),
        "start_date": _day(site.start_date),
        "completed_on": _day(site.completed_on),
    }


def _number(hundredths: int) -> int | float:
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _tickets(work: Work, written: Written) -> Iterator[dict[str, Any]]:
    last = 0
    while page := work.tickets.export_page(last, PAGE):
        last = page[-1].ticket.id
        phones = work.phones.of_many({row.ticket.client_id for row in page})
        for row in page:
            yield _ticket(row, [phone.normal for phone in phones[row.ticket.client_id]], written)


def _ticket(row: TicketRow, phones: list[str], written: Written) -> dict[str, Any]:
    ticket = row.ticket
    instants = (
        "received_at",
        "respond_by",
        "responded_at",
        "due_at",
        "closed_at",
        "resolved_at",
        "verified_at",
    )
    named = {"client": row.client_name, "phones": phones, "department": row.department}
    found: dict[str, Any] = named | {"address": row.address, "responsible": row.responsible}
    found |= {name: written(getattr(ticket, name)) for name in instants}
    return {name: found[name] if name in found else getattr(ticket, name) for name in COLUMNS["tickets"]}


def _calls(work: Work, written: Written) -> Iterator[dict[str, Any]]:
    operators = {operator.id: operator.name for operator in work.operators.all()}
    last = 0
    while page := work.calls.export_page(last, PAGE):
        last = page[-1].call.id
        for row in page:
            yield _call(row, operators, written)


def _call(row: QueueRow, operators: Mapping[int, str], written: Written) -> dict[str, Any]:
    call = row.call
    found: dict[str, Any] = {
        name: written(getattr(call, name)) for name in ("due_at", "taken_at", "started_at", "ended_at")
    }
    found |= {"client": row.client_name, "address": row.address, "ticket": row.ticket_number or None}
    found |= {"wait_seconds": call.wait_s, "talk_seconds": call.talk_s}
    found["operator"] = operators.get(call.taken_by or 0)
    return {name: found[name] if name in found else getattr(call, name) for name in COLUMNS["calls"]}


def _flat(noun: str, found: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of a table: numbers as dialled, a row a site."""
    for line in found:
        if "phones" in line:
            line["phones"] = "/".join(map(dialled, line["phones"]))
        if noun == "calls" and line["number"]:
            line["number"] = dialled(line["number"])
        places: list[dict[str, Any]] = line.get("sites") or [{}]
        for place in places:
            yield line | place


def _masked(line: dict[str, Any]) -> dict[str, Any]:
    """A record for whom whole numbers are not: enough of each number to tell it from others."""
    if "phones" in line:
        line["phones"] = [masked(one) for one in line["phones"]]
    if "phones" not in line and "direction" in line and line.get("number"):
        line["number"] = masked(line["number"])
    return line


def dialled(normal: str) -> str:
    """Write a number as dialled inside China, without a plus a spreadsheet would take for a formula."""
    if normal.startswith("+") and not normal.startswith("+86"):
        return "00" + normal[1:].replace(";ext=", "#")
    return shown(normal).replace(" ", "")
