"""Certificates of erasure, and the erasing itself: a person's words go, rows that figures count stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pendulum import DateTime
from sqlalchemy import Table, func, select, text

from deskapp.domain import erasure
from deskapp.domain.audit import content_of
from deskapp.domain.erasure import scrubbed
from deskapp.domain.forgotten import Person, scrubbed_of
from deskapp.domain.search_text import fold
from deskapp.domain.ticket import OPEN_STATES
from deskapp.repository import forgotten
from deskapp.repository import tables as t
from deskapp.repository.audit import raw_entries, writable
from deskapp.repository.base import Repository

BLANKED: tuple[tuple[Table, str, tuple[str, ...]], ...] = (
    (t.sites, "client", ("address", "note")),
    (t.tickets, "client", ("subject", "description", "demand", "response", "resolution")),
    (t.ticket_events, "ticket", ("text",)),
    (t.calls, "client", ("number", "reason", "notes", "caller_name")),
    (t.site_notices, "client", ("note", "reason")),
    (t.handbooks, "site", ("note",)),
    (t.inspections, "site", ("findings",)),
    (t.repairs, "ticket", ("work_done",)),
    (t.findings, "ticket", ("words",)),
    (t.responsibilities, "ticket", ("words", "apology")),
    (t.decisions, "ticket", ("words", "answer")),
    (t.praises, "client", ("words",)),
    (t.evaluations, "client", ("words",)),
    (t.register_entries, "client", ("title", "haystack")),
    (t.bus_bookings, "client", ("pick_up", "note")),
    (t.shops, "client", ("name", "note")),
    (t.diagnoses, "client", ("problem", "cause", "advice", "outcome")),
    (t.messages, "ticket", ("sender", "recipient", "subject", "body", "in_reply_to")),
)
"""Tables, by whose column their rows are the client's, and the texts that are emptied."""
SCRUBBED: tuple[tuple[Table, str, str], ...] = (
    (t.ticket_events, "ticket", "facts"),
    (t.calls, "client", "answers"),
    (t.site_notices, "client", "facts"),
    (t.outbox, "ticket", "facts"),
    (t.notices, "ticket", "facts"),
    (t.register_entries, "client", "data"),
    (t.day_plans, "client", "facts"),
)
"""Facts kept as JSON: words go, numbers, days and codes stay."""
KEPT_NOUNS: tuple[tuple[str, Table, str], ...] = (
    ("inspection", t.inspections, "site"),
    ("handbook", t.handbooks, "site"),
    ("site_notice", t.site_notices, "client"),
    ("repair", t.repairs, "ticket"),
    ("finding", t.findings, "ticket"),
    ("responsibility", t.responsibilities, "ticket"),
    ("decision", t.decisions, "ticket"),
    ("praise", t.praises, "client"),
    ("evaluation", t.evaluations, "client"),
    ("register_entry", t.register_entries, "client"),
    ("bus_booking", t.bus_bookings, "client"),
    ("shop", t.shops, "client"),
    ("diagnosis", t.diagnoses, "client"),
    ("day_plan", t.day_plans, "client"),
    ("notice", t.outbox, "ticket"),
    ("reminder", t.notices, "ticket"),
)
"""Records that stay, emptied, by noun and by whose column they are the client's: their entries are blanked too."""
SOFT = ("sanction", "sanction_entry")
"""Nouns about somebody else, whose entries lose only what names the client."""
NOUNS = (
    *("client", "phone", "email", "site", "ticket", "ticket_event", "call", "message", "attachment"),
    *(noun for noun, _, _ in KEPT_NOUNS),
    *SOFT,
)
FILED = ("site", "inspection", "ticket", "message")
"""Nouns whose records keep files of a client."""
_COUNTED = {
    "tickets": "SELECT kind, state, severity, channel, category, count(*) FROM tickets {client} "
    "GROUP BY 1, 2, 3, 4, 5",
    "answered": "SELECT count(responded_at), count(resolved_at), count(closed_at), sum(satisfaction) "
    "FROM tickets {client}",
    "calls": "SELECT kind, state, outcome, count(*), sum(talk_s), sum(score) FROM calls {client} GROUP BY 1, 2, 3",
    "sites": "SELECT stage, estate, count(*), sum(area), sum(deposit) FROM sites {client} GROUP BY 1, 2",
    "payments": "SELECT kind, count(*), sum(amount), count(paid_on) FROM payments {site} GROUP BY 1",
    "ratings": "SELECT trade, count(*), sum(score) FROM ratings {site} GROUP BY 1",
    "praises": "SELECT staff_id, count(*) FROM praises {client} GROUP BY 1",
    "registers": "SELECT register, state, count(*) FROM register_entries {client} GROUP BY 1, 2",
    "events": "SELECT kind, count(*) FROM ticket_events {ticket} GROUP BY 1",
    "clients": "SELECT kind, count(*) FROM clients {own} GROUP BY 1",
}
_WHOSE = {
    "client": "WHERE client_id = :c",
    "site": "WHERE site_id IN (SELECT id FROM sites WHERE client_id = :c)",
    "ticket": "WHERE ticket_id IN (SELECT id FROM tickets WHERE client_id = :c)",
    "own": "WHERE id = :c",
}


class Erasures(Repository[erasure.Erasure]):
    """What was erased, and when."""

    table, record, noun = t.erasures, erasure.Erasure, "erasure"

    def of_client(self, client_id: int) -> erasure.Erasure | None:
        """The certificate of a client, if their data were erased."""
        c = self.table.c
        return self.first(self.select().where(c.client_id == client_id).order_by(c.id.desc()).limit(1))

    def by_number(self, number: str) -> erasure.Erasure | None:
        """A certificate by its number."""
        return self.first(self.select().where(self.table.c.number == number))

    def backups(self, until: DateTime, limit: int = 500) -> list[tuple[str, DateTime]]:
        """The files backups were written into before an instant, and when, the latest first, as the trail tells."""
        a = t.audit.c
        query = select(a.changes, a.at).where(a.noun == "backup", a.act == "backup.make:make", a.at <= until)
        rows = self.connection.execute(query.order_by(a.id.desc()).limit(limit))
        return [(str(row[0].get("file", "")), row[1]) for row in rows if row[0]]

    def running(self, client_id: int) -> tuple[int, int]:
        """How many tickets of a client are open, and how many calls somebody is in."""
        k, c = t.tickets.c, t.calls.c
        open_tickets = select(func.count()).where(k.client_id == client_id, k.state.in_(OPEN_STATES))
        taken = select(func.count()).where(c.client_id == client_id, c.state == "taken")
        return tuple(int(self.connection.execute(one).scalar_one()) for one in (open_tickets, taken))  # type: ignore[return-value]

    def recount(self, client_id: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
        """What the figures are made of, counted anew: of everybody, or of one client."""
        whose = dict.fromkeys(_WHOSE, "") if client_id is None else _WHOSE
        given = {} if client_id is None else {"c": client_id}
        found = {}
        for name, sql in _COUNTED.items():
            rows = self.connection.execute(text(sql.format(**whose)), given).all()
            found[name] = sorted((tuple(row) for row in rows), key=repr)
        return found

    def person(self, client_id: int) -> Person:
        """What tells who a client is, as the books still have it."""
        return forgotten.person(self.work, client_id, self._ids(client_id)["ticket"])

    def erase(self, client_id: int, number: str, whose: Person) -> dict[str, Any]:
        """Take away everything that tells who a client is; say how much of what."""
        ids = self._ids(client_id)
        named = forgotten.named_in(self.work, whose)
        counts: dict[str, Any] = {
            "phones": len(ids["phone"]),
            "emails": len(ids["email"]),
            "files": self._files(ids),
        }
        counts |= forgotten.scrub(self.work, whose, ids)
        for table, by, columns in BLANKED:
            where = table.c[f"{by}_id"].in_(ids[by])
            changed = table.update().where(where).values(dict.fromkeys(columns, ""))
            counts[table.name] = self.connection.execute(changed).rowcount
        for table, by, column in SCRUBBED:
            self._scrub(table, table.c[f"{by}_id"].in_(ids[by]), column)
        self._letters(ids)
        for table in (t.phones, t.emails, t.name_keys):
            self.connection.execute(table.delete().where(table.c.client_id == client_id))
        if not whose.others:
            self._misses(client_id)
        self._unname(client_id, ids)
        counts["audit"] = self.redact(ids, number, whose)
        counts["documents_named"] = named
        return {name: count for name, count in counts.items() if count}

    def _ids(self, client_id: int) -> dict[str, list[int]]:
        """The ids of what is the client's, by noun."""

        def of(table: Table, column: str, keys: list[int]) -> list[int]:
            query = select(table.c.id).where(table.c[column].in_(keys))
            return list(self.connection.execute(query).scalars())

        ids = {"client": [client_id]}
        for noun, table in (
            ("phone", t.phones),
            ("email", t.emails),
            ("site", t.sites),
            ("ticket", t.tickets),
        ):
            ids[noun] = of(table, "client_id", [client_id])
        ids["call"] = of(t.calls, "client_id", [client_id])
        ids["ticket_event"] = of(t.ticket_events, "ticket_id", ids["ticket"])
        ids["message"] = of(t.messages, "ticket_id", ids["ticket"])
        for noun, table, by in KEPT_NOUNS:
            ids[noun] = of(table, f"{by}_id", ids[by])
        ids["attachment"] = []
        return ids

    def _files(self, ids: dict[str, list[int]]) -> int:
        """Take away files kept with the client's records; say how many."""
        ids["attachment"] = self.drop_files({noun: ids[noun] for noun in FILED})
        return len(ids["attachment"])

    def drop_files(self, ids: Mapping[str, Sequence[int]]) -> list[int]:
        """Take away the files of some records, and contents nobody else keeps; return their ids."""
        a, b = t.attachments.c, t.blobs.c
        gone: list[int] = []
        for noun, keys in ids.items():
            query = select(a.id).where(a.noun == noun, a.record_id.in_(keys))
            gone += self.connection.execute(query).scalars()
        mine = a.id.in_(gone)
        contents = list(self.connection.execute(select(a.sha256).where(mine)).scalars())
        self.connection.execute(t.attachments.delete().where(mine))
        orphans = b.sha256.in_(contents) & b.sha256.not_in(select(a.sha256))
        self.connection.execute(t.blobs.delete().where(orphans))
        return gone

    def _scrub(self, table: Table, where: Any, column: str) -> None:
        found = self.connection.execute(select(table.c.id, table.c[column]).where(where)).all()
        for row_id, facts in found:
            if facts is not None and (left := scrubbed(facts, codes=True)) != facts:
                self.connection.execute(table.update().where(table.c.id == row_id).values({column: left}))

    def _letters(self, ids: dict[str, list[int]]) -> None:
        """A letter's own key may spell an address; it stays one of a kind."""
        for letter in ids["message"]:
            changed = t.messages.update().where(t.messages.c.id == letter)
            self.connection.execute(changed.values(message_key=f"erased-{letter}", error=""))

    def _misses(self, client_id: int) -> None:
        """Forget that somebody looked for the name in the knowledge base."""
        c = t.clients.c
        name = fold(str(self.connection.execute(select(c.name).where(c.id == client_id)).scalar_one()))
        if len(name) > 1:
            gone = t.search_misses.delete().where(t.search_misses.c.typed.contains(name, autoescape=True))
            self.connection.execute(gone)

    def _unname(self, client_id: int, ids: dict[str, list[int]]) -> None:
        gone = {
            "name": "",
            "named": False,
            "address": "",
            "note": "",
            "wants_calls": False,
            "source_key": None,
        }
        c = t.clients.c
        changed = t.clients.update().where(c.id == client_id).values(gone | {"version": c.version + 1})
        self.connection.execute(changed)
        for table in (t.sites, t.tickets, t.site_notices):
            mine = table.update().where(table.c.client_id == client_id)
            self.connection.execute(mine.values(source_key=None))
        for table, keys in ((t.client_search, [client_id]), (t.ticket_search, ids["ticket"])):
            self.connection.execute(table.update().where(table.c.id.in_(keys)).values(haystack="", grams=""))
        self.work.touched = True

    def redact(self, ids: Mapping[str, Sequence[int]], number: str, whose: Person | None = None) -> int:
        """Blank the values in audit entries about the client; what each says now is sealed in an entry of its own.

        The chain goes on from the seals there are: `verify` takes a changed entry for whole if, and only if, a
        sealed entry of an erasure says exactly what is left of it. Entries of SOFT nouns lose only the person.
        """
        blanks: dict[int, Any] = {}
        for entry in raw_entries(self.connection, {noun: ids[noun] for noun in NOUNS if noun in ids}):
            changes = json.loads(entry.changes) if entry.changes else None
            soft = entry.noun in SOFT and whose is not None
            blank = scrubbed_of(changes, whose) if soft and whose else scrubbed(changes, codes=False)
            if blank != changes:
                blanks[entry.id] = blank
        if not blanks:
            return 0
        with writable(self.work):
            for entry_id, blank in blanks.items():
                changed = t.audit.update().where(t.audit.c.id == entry_id)
                self.connection.execute(changed.values(changes=blank))
        left = {str(entry.id): content_of(entry) for entry in raw_entries(self.connection, {}, list(blanks))}
        self.work.log("audit", None, "redact", {"certificate": number, "entries": left})
        return len(left)
