"""Complaints of a list: each with the times it had where it comes from, hung on the client its number or name finds.

By name on one of the row's lines first; a row without a name goes to the only client of its line. A name nobody bears
on that line opens a file, so does a line nobody has (nameless then). Without a number, the same name at the same
address is one file; without name and number the address is; without any of the three all rows share one nameless
file a source. Targets come from today's policy; a due time is the source's own, or none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pendulum import DateTime

from deskapp.domain import ticket as rules
from deskapp.domain.client import Client
from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_table import ParsedRow
from deskapp.domain.phone_shown import match_key
from deskapp.domain.search_text import fold
from deskapp.domain.ticket import Ticket, TicketEvent
from deskapp.domain.ticket_clock import promised
from deskapp.services.escalation import imported_in
from deskapp.services.imports.sorting import (
    NewFile,
    Sorted,
    Sorter,
    client_key,
    digest,
    index_files,
    lines_of,
    place_key,
    store_files,
)

MOST_NUMBER = 80
"""The longest number a ticket can have."""
_OURS = re.compile(r"(" + "|".join(rules.PREFIXES.values()) + r")(\d{8})-(\d{4,9})")
_CONTENT = ("client", "address", "subject", "description", "category", "received_at", "due_at", "closed_at")


@dataclass(slots=True)
class ComplaintRow:
    """A complaint to be stored: its row, its key, and whose it is."""

    row: ParsedRow
    key: str
    owner: NewFile | int


class ComplaintSorter(Sorter):
    """A complaint is known by its source's number, or by its content where it has none."""

    def sort(self, rows: Sequence[ParsedRow]) -> Sorted:
        """Part new complaints from known ones, and find whose the new ones are."""
        found = Sorted()
        self._files: dict[object, NewFile] = {}
        self._lines: dict[str, list[NewFile]] = {}
        keys = {row.row: _key(row.values) for row in rows}
        numbers = [row.values["number"] for row in rows if row.values.get("number")]
        taken = self.work.tickets.taken_numbers(numbers)
        known = self.work.tickets.taken_numbers(list(keys.values()), "source_key")
        self._owners = self.work.phones.owners(lines_of(rows))
        self._sources = self.work.clients.by_source(
            [_file_key(row.values, self.reading.source) for row in rows]
        )
        for row in rows:
            number, key = row.values.get("number") or "", keys[row.row]
            if len(number) > MOST_NUMBER:
                reason = RuleBroken("import.too_long", limit=MOST_NUMBER, length=len(number))
                found.errors.append(self.refuse(row, "number", number[:200], reason))
            elif key in known or number in taken:
                found.duplicates.append(row.row)
            else:
                known.add(key)
                found.new.append(ComplaintRow(row, key, self._owner(row.values)))
        return found

    def _owner(self, values: dict[str, Any]) -> NewFile | int:
        name, numbers = values.get("client") or "", values.get("phone_numbers") or ()
        lines = [match_key(number) for number in numbers]
        those = {one: known for line in lines for one, known in self._owners.get(line, ())}
        alike = [one for one, known in those.items() if fold(known) == fold(name)]
        if alike:
            return alike[0]
        new = {id(file): file for line in lines for file in self._lines.get(line, ())}
        if not name and len(those) + len(new) == 1:
            return next(iter(those), None) or next(iter(new.values()))
        key = _file_key(values, self.reading.source)
        keys = [key, *((fold(name), line) for line in lines)]
        before = next((self._files[one] for one in keys if one in self._files), None)
        if before is not None:
            return before
        if key in self._sources:
            return self._sources[key]
        address = values.get("address") or ""
        client = Client(
            name=name, named=bool(name), address=address, created_at=self.work.now, source_key=key
        )
        file = NewFile(client, tuple(numbers))
        self._files.update(dict.fromkeys(keys, file))
        for line in lines:
            self._lines.setdefault(line, []).append(file)
        return file

    def store(self, found: Sorted) -> None:
        """Open missing files, number and store the tickets with their history, and index them."""
        new: list[ComplaintRow] = sorted(found.new, key=lambda one: self._received(one.row.values))
        opened = {id(one.owner): one.owner for one in new if isinstance(one.owner, NewFile)}
        files = store_files(self.work, list(opened.values()))
        index_files(self.work, files, ())
        numbers = self._numbers(new)
        categories = self._categories()
        tickets = [self._ticket(one, number, categories) for one, number in zip(new, numbers, strict=True)]
        stored = self.work.tickets.add_many(tickets)
        self.work.ticket_events.add_many(
            [
                event
                for one, ticket in zip(new, stored, strict=True)
                for event in self._events(one.row, ticket)
            ]
        )
        imported_in(self.work, self.desk.policy, stored)
        clients = {client.id: client for client, _ in files}
        others = sorted({ticket.client_id for ticket in stored} - clients.keys())
        for start in range(0, len(others), 500):
            clients |= self.work.clients.get_many(others[start : start + 500])
        self.work.tickets.index_new(
            [(ticket, clients[ticket.client_id], clients[ticket.client_id].address) for ticket in stored]
        )

    def _received(self, values: dict[str, Any]) -> DateTime:
        return values.get("received_at") or self.work.now

    def _numbers(self, new: Sequence[ComplaintRow]) -> list[str]:
        """The source's number where there is one, else the next of the day it was received."""
        self._note_ours([one.row.values.get("number") or "" for one in new])
        zone = self.desk.policy.timezone
        days = [
            ""
            if one.row.values.get("number")
            else f"{self._received(one.row.values).in_timezone(zone):%Y%m%d}"
            for one in new
        ]
        prefix = rules.PREFIXES["complaint"]
        following = {
            day: self.work.counters.next(f"{prefix}{day}", count)
            for day, count in Counter(filter(None, days)).items()
        }
        found = []
        for one, day in zip(new, days, strict=True):
            if not day:
                found.append(one.row.values["number"])
                continue
            found.append(rules.number("complaint", day, following[day]))
            following[day] += 1
        return found

    def _note_ours(self, numbers: Sequence[str]) -> None:
        """A number of our own kind must not be given a second time."""
        highest: dict[str, int] = {}
        for ours in filter(None, map(_OURS.fullmatch, numbers)):
            series = ours[1] + ours[2]
            highest[series] = max(highest.get(series, 0), int(ours[3]))
        for series, last in highest.items():
            self.work.counters.at_least(series, last)

    def _categories(self) -> dict[str, int]:
        known: dict[str, int] = {}
        for category in self.work.categories.all():
            known.setdefault(fold(category.code), category.id)
            known[fold(category.name)] = category.id
        return known

    def _ticket(self, one: ComplaintRow, number: str, categories: dict[str, int]) -> Ticket:
        values = one.row.values
        text = values.get("description") or ""
        category = values.get("category") or ""
        ticket = Ticket(
            number=number,
            client_id=one.owner if isinstance(one.owner, int) else one.owner.id,
            channel=values.get("channel") or "unknown",
            category_id=categories.get(fold(category)) if category else None,
            category=category,
            severity=values.get("severity") or "minor",
            subject=values.get("subject") or (text.strip().splitlines() or [""])[0][:80],
            description=text,
            state=_state(values),
            received_at=self._received(values),
            filed_by=self.desk.operator.id if self.desk.operator else None,
            source_key=one.key,
        )
        return replace(
            promised(ticket, self.desk.policy),
            responded_at=values.get("responded_at"),
            response=values.get("response") or "",
            due_at=values.get("due_at"),
            closed_at=values.get("closed_at"),
        )

    def _events(self, row: ParsedRow, ticket: Ticket) -> list[TicketEvent]:
        """What is known of the ticket's past, at the times it happened; the rest of its row goes to the first line."""
        who = self.work.operator.id if self.work.operator else None
        facts: dict[str, object] = {"target_s": ticket.target_s, "calendar": ticket.calendar}
        facts |= {"source": self.reading.source, "row": row.row}
        if row.values.get("address"):
            facts["address"] = row.values["address"]
        if row.extra:
            facts["extra"] = dict(row.extra)
        past: tuple[tuple[str, DateTime | None, str, dict[str, object] | None], ...] = (
            ("filed", ticket.received_at, ticket.subject, facts),
            ("responded", ticket.responded_at, ticket.response, None),
            ("closed", ticket.closed_at, "", None),
        )
        return [
            TicketEvent(ticket_id=ticket.id, at=at, operator_id=who, kind=kind, text=text, facts=facts)
            for kind, at, text, facts in past
            if at is not None
        ]


def _state(values: dict[str, Any]) -> str:
    """The state the source says, else the one its times prove."""
    if values.get("state"):
        return str(values["state"])
    if values.get("closed_at"):
        return "closed"
    return "responded" if values.get("responded_at") else "received"


def _key(values: dict[str, Any]) -> str:
    if values.get("number"):
        return digest("number", values["number"])
    normals = sorted(number.normal for number in values.get("phone_numbers") or ())
    return digest("complaint", *normals, *(values.get(name) or "" for name in _CONTENT))


def _file_key(values: dict[str, Any], source: str) -> str:
    """The key of the file a complaint opens when nobody known is found."""
    name, numbers = values.get("client") or "", values.get("phone_numbers") or ()
    address = values.get("address") or ""
    if name or numbers:
        return client_key(name, numbers, address)
    return digest("place", place_key("", address)) if address else digest("source", source)
