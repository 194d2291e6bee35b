"""The audit trail as a list to be read: by record, person and time, with the names that go beside it (row P2)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain.audit import AuditEntry, AuditFilter
from deskapp.domain.errors import RuleBroken
from deskapp.domain.operator import Operator

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_TICKET = re.compile(r"[A-Za-z]{2}\d{8}-\d+")
_DAY = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry, and what its record is called: a ticket's number, a client's or colleague's name, "" if nothing."""

    entry: AuditEntry
    label: str = ""


class Trail:
    """Entries of a filter, the newest first, a page at a time; NotAllowed for those who may not read the trail."""

    def __init__(self, desk: Desk, wanted: AuditFilter) -> None:
        desk.check("audit.read")
        self.desk, self.wanted = desk, wanted

    def count(self) -> int:
        """How many entries there are."""
        with self.desk.read() as work:
            return work.audit.count(self.wanted)

    def first(self, limit: int) -> list[AuditRow]:
        """The newest."""
        with self.desk.read() as work:
            return _labelled(work, work.audit.page(self.wanted, limit))

    def last(self, limit: int) -> list[AuditRow]:
        """The oldest."""
        with self.desk.read() as work:
            return _labelled(work, work.audit.page_before(self.wanted, limit))

    def after(self, record: AuditRow, limit: int) -> list[AuditRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return _labelled(work, work.audit.page(self.wanted, limit, before=record.entry.id))

    def before(self, record: AuditRow, limit: int) -> list[AuditRow]:
        """The next newer ones."""
        with self.desk.read() as work:
            return _labelled(work, work.audit.page_before(self.wanted, limit, after=record.entry.id))

    def at(self, offset: int, limit: int) -> list[AuditRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return _labelled(work, work.audit.page_at(self.wanted, offset, limit))

    def key(self, record: AuditRow) -> Hashable:
        """An entry stays itself."""
        return record.entry.id


def read_filter(desk: Desk, typed: str) -> AuditFilter:
    """Understand what is looked for: ticket numbers, days (2026-11-23, 11-23) and colleagues, with spaces between.

    A word that is none of these is RuleBroken("audit.unknown").
    """
    wanted = AuditFilter()
    with desk.read() as work:
        colleagues = work.operators.all()
        for word in typed.split():
            if _TICKET.fullmatch(word):
                wanted = replace(wanted, noun="ticket", record_id=_ticket(work, word.upper()))
            elif day := _DAY.fullmatch(word):
                wanted = _on_day(desk, wanted, day, word)
            else:
                wanted = replace(wanted, operator_id=_colleague(colleagues, word))
    return wanted


def _ticket(work: Work, number: str) -> int:
    found = work.tickets.by_number(number)
    if found is None:
        raise RuleBroken("audit.unknown", word=number)
    return found.id


def _on_day(desk: Desk, wanted: AuditFilter, told: re.Match[str], word: str) -> AuditFilter:
    today = desk.local(desk.now())
    try:
        day = date(int(told[1] or today.year), int(told[2]), int(told[3]))
    except ValueError as error:
        raise RuleBroken("audit.unknown", word=word) from error
    if told[1] is None and day > today.date():
        day = day.replace(year=day.year - 1)
    since = today.start_of("day").set(year=day.year, month=day.month, day=day.day)
    return replace(wanted, since=since.in_timezone("UTC"), until=since.add(days=1).in_timezone("UTC"))


def _colleague(colleagues: Iterable[Operator], word: str) -> int:
    from deskapp.domain.search_text import name_keys

    typed = word.casefold()

    def called(operator: Operator) -> tuple[str, ...]:
        return (operator.name.casefold(), operator.login.casefold(), *name_keys(operator.name))

    exact = [one.id for one in colleagues if typed in called(one)]
    near = [one.id for one in colleagues if any(name.startswith(typed) for name in called(one))]
    for found in (exact, near):
        if found:
            return found[0]
    raise RuleBroken("audit.unknown", word=word)


def _labelled(work: Work, entries: Sequence[AuditEntry]) -> list[AuditRow]:
    """Put beside each entry what its record is called now."""
    about = [(entry, *_about(entry)) for entry in entries]
    tickets = work.tickets.get_many(record for _, noun, record in about if noun == "ticket" and record)
    clients = work.clients.get_many(record for _, noun, record in about if noun == "client" and record)
    others: dict[str, dict[int, Any]] = {
        "operator": work.operators.get_many(r for _, noun, r in about if noun == "operator" and r),
        "staff": work.staff.get_many(r for _, noun, r in about if noun == "staff" and r),
    }
    names = {
        "ticket": {key: ticket.number for key, ticket in tickets.items()},
        "client": {key: client.name for key, client in clients.items()},
        **{noun: {key: one.name for key, one in found.items()} for noun, found in others.items()},
    }
    return [AuditRow(entry, names.get(noun, {}).get(record or 0, "")) for entry, noun, record in about]


def _about(entry: AuditEntry) -> tuple[str, int | None]:
    """The record people know: a line of a ticket's history is about the ticket, a phone about its client."""
    for field, noun in (("ticket_id", "ticket"), ("client_id", "client")):
        value = (entry.changes or {}).get(field)
        if entry.noun not in ("ticket", "client") and isinstance(value, int):
            return noun, value
    return entry.noun, entry.record_id
