"""Replays a day from bare rows, with its own reading of the manual: nothing here comes from the code under test.

Text 4, 1.3.5, 3.3.4 and 3.5.5, read once more: a complaint is answered within 24 hours of being received; what is
solved is asked after, and opened again when the client says no; nothing is lost and nothing is done twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, text

DAY_US = 24 * 3600 * 1_000_000
NEXT = {
    "filed": (None, "received"),
    "dispatched": ({"received", "dispatched", "reopened"}, "dispatched"),
    "responded": ({"received", "dispatched", "reopened", "responded"}, "responded"),
    "answered": ({"received", "dispatched", "reopened", "responded"}, "responded"),
    "transferred": ({"received", "dispatched", "reopened"}, "dispatched"),
    "resolved": ({"responded", "reopened", "dispatched"}, "resolved"),
    "verified": ({"resolved"}, "verified"),
    "closed": ({"verified"}, "closed"),
    "reopened": ({"resolved", "verified", "closed"}, "reopened"),
    "withdrawn": ({"received", "dispatched", "responded", "resolved", "reopened"}, "withdrawn"),
}


def rows(connection: Connection, query: str) -> list[Any]:
    """Bare rows."""
    return list(connection.execute(text(query)).mappings())


def faults(connection: Connection, diaries: Mapping[str, Iterable[tuple[str, Any]]]) -> list[str]:
    """Everything wrong with what a day has left; `diaries` are what each desk, by login, says it did."""
    told = {login: list(lines) for login, lines in diaries.items()}
    found: list[str] = []
    tickets = rows(connection, "SELECT * FROM tickets ORDER BY id")
    events = defaultdict(list)
    for event in rows(connection, "SELECT * FROM ticket_events ORDER BY id"):
        events[event["ticket_id"]].append(event)
    for ticket in tickets:
        found += _replayed(ticket, events[ticket["id"]])
    found += _numbers(connection, tickets)
    found += _filed(tickets, told)
    found += _moved(connection, events, told)
    found += _called(connection, told)
    found += _versions(connection, tickets)
    found += _trail(connection)
    return found


def _replayed(ticket: Mapping[str, Any], events: list[Mapping[str, Any]]) -> list[str]:
    """Walk a ticket's history and compare where it leads with where the ticket stands."""
    state: str | None = None
    answered = resolved = None
    opened = 0
    found = []
    for event in events:
        if event["kind"] not in NEXT:
            continue
        sources, after = NEXT[event["kind"]]
        if event["kind"] == "transferred" and state in ("responded", "resolved", "verified"):
            continue
        if sources is None and state is not None or sources is not None and state not in sources:
            found.append(f"{ticket['number']}: {event['kind']} after {state}")
        state = after
        if event["kind"] == "responded" and answered is None:
            answered = event["at"]
        if event["kind"] == "resolved":
            resolved = event["at"]
        if event["kind"] == "reopened":
            opened, resolved = opened + 1, None
    instants = [event["at"] for event in events]
    stands = (ticket["state"], ticket["responded_at"], ticket["resolved_at"], ticket["reopened_count"])
    if stands != (state, answered, resolved, opened):
        found.append(
            f"{ticket['number']} stands at {stands}, its history says {(state, answered, resolved, opened)}"
        )
    if instants and instants[0] != ticket["received_at"]:
        found.append(f"{ticket['number']} was received at another time than it was filed")
    if ticket["respond_by"] - ticket["received_at"] != DAY_US:
        found.append(f"{ticket['number']}: the clock is not a day")
    if not events or events[0]["kind"] != "filed":
        found.append(f"{ticket['number']}: its history does not begin with its filing")
    return found


def _numbers(connection: Connection, tickets: list[Mapping[str, Any]]) -> list[str]:
    days = defaultdict(list)
    for ticket in tickets:
        day, serial = ticket["number"].split("-")
        days[day].append(int(serial))
    found = [
        f"{day}: numbers {sorted(serials)[:5]}… are not 1 to {len(serials)}"
        for day, serials in days.items()
        if sorted(serials) != list(range(1, len(serials) + 1))
    ]
    counters = {row["name"]: row["last"] for row in rows(connection, "SELECT name, last FROM counters")}
    return found + [
        f"{day}: its counter lies" for day, serials in days.items() if counters[day] != len(serials)
    ]


def _filed(tickets: list[Mapping[str, Any]], told: Mapping[str, list[tuple[str, Any]]]) -> list[str]:
    """What was said to be filed is there under its number; what is there was begun by somebody, once."""
    stored = Counter(ticket["submission"] for ticket in tickets if ticket["submission"])
    numbers = {ticket["submission"]: ticket["number"] for ticket in tickets}
    begun = {about for lines in told.values() for kind, about in lines if kind == "files"}
    done = [about for lines in told.values() for kind, about in lines if kind == "filed"]
    found = [f"{key} was filed {times} times" for key, times in stored.items() if times > 1]
    found += [
        f"{key} was filed as {number} and is {numbers.get(key)}"
        for key, number in done
        if numbers.get(key) != number
    ]
    return found + [f"nobody filed {key}" for key in stored if key not in begun]


EVENT_OF = {
    "respond": ("responded", "answered"),
    "resolve": ("resolved",),
    "withdraw": ("withdrawn",),
    "dispatch": ("dispatched", "transferred"),
    "settle": ("resolved",),
    "content": ("verified",),
    "discontent": ("reopened",),
    "reopen": ("reopened",),
}

SAME = {kinds[1]: kinds[0] for kinds in EVENT_OF.values() if len(kinds) > 1}


def _moved(
    connection: Connection,
    events: Mapping[int, list[Mapping[str, Any]]],
    told: Mapping[str, list[tuple[str, Any]]],
) -> list[str]:
    """Each move somebody was told was made stands in the history under their name, as often as they made it."""
    names = {row["id"]: row["login"] for row in rows(connection, "SELECT id, login FROM operators")}
    there: Counter[tuple[str, int, str]] = Counter()
    words: Counter[str] = Counter()
    for ticket_id, lines in events.items():
        for event in lines:
            there[names.get(event["operator_id"], ""), ticket_id, SAME.get(event["kind"], event["kind"])] += 1
            words[event["text"]] += event["kind"] == "note" or event["kind"] == "noted"
    said: Counter[tuple[str, int, str]] = Counter()
    found = []
    for login, lines in told.items():
        for kind, about in lines:
            if kind == "moved":
                said[login, about[0], EVENT_OF[about[1]][0]] += 1
            if kind == "noted" and words[about] != 1:
                found.append(f"the note {about} is there {words[about]} times")
    return found + [
        f"{key} was done {times} times and is there {there[key]} times"
        for key, times in said.items()
        if there[key] < times
    ]


def _called(connection: Connection, told: Mapping[str, list[tuple[str, Any]]]) -> list[str]:
    """A call was ended by one desk, once, and is the one it took."""
    calls = {row["id"]: row for row in rows(connection, "SELECT id, state, outcome FROM calls")}
    ended = Counter(about for lines in told.values() for kind, about in lines if kind == "ended")
    found = [f"call {one} was ended {times} times" for one, times in ended.items() if times > 1]
    found += [f"call {one} was ended and is gone" for one in ended if one not in calls]
    found += [
        f"call {one} was ended and is {calls[one]['state']}"
        for one in ended
        if one in calls and calls[one]["outcome"] == "" and calls[one]["state"] == "open"
    ]
    planned = [about for lines in told.values() for kind, about in lines if kind == "planned"]
    return found + [f"the promised call {one} is gone" for one in planned if one not in calls]


def _versions(connection: Connection, tickets: list[Mapping[str, Any]]) -> list[str]:
    """Each change of a ticket left one entry in the trail: none was written over unseen."""
    query = "SELECT record_id, count(*) AS n FROM audit WHERE noun = 'ticket' GROUP BY record_id"
    entries = {row["record_id"]: row["n"] for row in rows(connection, query)}
    return [
        f"{ticket['number']} is at version {ticket['version']} after {entries.get(ticket['id'])} changes"
        for ticket in tickets
        if entries.get(ticket["id"]) != ticket["version"]
    ]


def _trail(connection: Connection) -> list[str]:
    """Nothing waits for its seal, every entry has one, and they are numbered without a gap."""
    waiting = rows(connection, "SELECT count(*) AS n FROM audit_pending")[0]["n"]
    entries = rows(connection, "SELECT count(*) AS n FROM audit")[0]["n"]
    seals = rows(connection, "SELECT count(*) AS n, coalesce(max(seq), 0) AS last FROM audit_seals")[0]
    found = [f"{waiting} transactions wait for their seals"] if waiting else []
    if not entries == seals["n"] == seals["last"]:
        found.append(f"{entries} entries, {seals['n']} seals, the last is {seals['last']}")
    return found
