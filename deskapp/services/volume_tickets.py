"""The tickets of a volume fill: two years of closed ones, and the clocks that run now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import pendulum

from deskapp.domain import ticket as rules
from deskapp.domain.call_queue import micros
from deskapp.domain.response_clock import deadline
from deskapp.services.volume import CHUNK, DAY_US, HOUR_US, SEARCH, YEARS_DAYS, Filling, Values

RUNNING_SHARE = 0.05
"""Of all tickets, those whose clock still runs: 10,000 of 200,000."""
RESPONDED_SHARE, RESOLVED_SHARE = 0.03, 0.01
OLDEST_RUNNING_H = 30
SECOND_US = 1_000_000
QUARTER_US = 900 * SECOND_US
SEVERITIES = ("minor",) * 12 + ("major",) * 6 + ("critical",) * 2
TICKET = (
    "id",
    "version",
    "number",
    "kind",
    "client_id",
    "channel",
    "category_id",
    "category",
    "severity",
    "subject",
    "description",
    "demand",
    "state",
    "department_id",
    "responsible_id",
    "received_at",
    "target_s",
    "calendar",
    "respond_by",
    "responded_at",
    "response",
    "due_at",
    "resolved_at",
    "resolved_by",
    "resolution",
    "verified_at",
    "verified_by",
    "satisfaction",
    "closed_at",
    "filed_by",
)
AT = {name: place for place, name in enumerate(TICKET)}
EVENT = ("id", "version", "ticket_id", "at", "operator_id", "kind", "text", "facts")


def fill_tickets(filling: Filling, count: int) -> None:
    """Add complaints in the order of receipt, numbered day by day, each with its history and search row."""
    if not count:
        return
    bulk = filling.work.bulk
    ids = bulk.reserve("tickets", count)
    event_ids = iter(bulk.reserve("ticket_events", 3 * count))
    clients = _clients_of(filling, count)
    made = _tickets(filling, ids, clients)
    done = 0
    while chunk := list(islice(made, CHUNK)):
        filling.load("tickets", TICKET, chunk)
        filling.load("ticket_events", EVENT, [event for one in chunk for event in _events(one, event_ids)])
        names = bulk.names({one[AT["client_id"]] for one in chunk})
        filling.load("ticket_search", SEARCH, [_searched(filling, one, names) for one in chunk])
        done += len(chunk)
        filling.progress("tickets", done, count)


def _clients_of(filling: Filling, count: int) -> Iterator[int]:
    """Whose tickets they are: the new clients', or those there already; some complain again and again."""
    ids = filling.client_ids or filling.work.clients.ids_after(0, max(count, 1000))
    often = [filling.of(ids) for _ in range(max(1, count // 20))]
    while True:
        yield filling.of(often) if filling.dice.random() < 0.2 else filling.of(ids)


def _receipts(filling: Filling, count: int) -> list[tuple[int, bool]]:
    """When each was received, in order, and whether its clock still runs."""
    roll, now = filling.dice.random, filling.now_us
    running = round(count * RUNNING_SHARE)
    found = [(now - int(roll() * OLDEST_RUNNING_H * HOUR_US), True) for _ in range(running)]
    found += [
        (now - 2 * DAY_US - int(roll() * (YEARS_DAYS - 2) * DAY_US), False) for _ in range(count - running)
    ]
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Scene:
    """One kind of complaint with what does not change from ticket to ticket."""

    words: dict[str, str]
    category_id: int | None
    category: str
    department_id: int | None


def _scenes(filling: Filling) -> list[_Scene]:
    scenes = []
    for words in filling.sample["complaint"]:
        category = filling.work.categories.by_name(words["category"])
        if category is not None:
            scenes.append(_Scene(words, category.id, category.name, category.department_id))
    return scenes or [_Scene(words, None, "", None) for words in filling.sample["complaint"]]


def _numbers(filling: Filling, receipts: list[tuple[int, bool]]) -> Iterator[str]:
    """Number the receipts day by day in the company's zone, after whatever numbers the days have already."""
    days = [_local_day(filling, at) for at, _ in receipts]
    start = 0
    while start < len(days):
        end = start
        while end < len(days) and days[end] == days[start]:
            end += 1
        serial = filling.work.counters.next(f"{rules.PREFIXES['complaint']}{days[start]}", end - start)
        yield from (rules.number("complaint", days[start], serial + place) for place in range(end - start))
        start = end


def _local_day(filling: Filling, at_us: int) -> str:
    return _day_of_quarter(at_us // QUARTER_US, filling.desk.policy.timezone)


@lru_cache(maxsize=100_000)
def _day_of_quarter(quarter: int, zone: str) -> str:
    """The day of a quarter of an hour since 1970: no zone shifts by less."""
    return pendulum.from_timestamp(quarter * 900, zone).strftime("%Y%m%d")


def _tickets(filling: Filling, ids: range, clients: Iterator[int]) -> Iterator[Values]:
    receipts = _receipts(filling, len(ids))
    scenes = _scenes(filling)
    numbers = _numbers(filling, receipts)
    for ticket_id, (received, running), number in zip(ids, receipts, numbers, strict=True):
        scene = filling.of(scenes)
        yield (ticket_id, 1, number, "complaint", next(clients), *_said(filling, scene, received, running))


def _said(filling: Filling, scene: _Scene, received: int, running: bool) -> Values:
    """The columns from the channel to the end."""
    of, roll = filling.of, filling.dice.random
    words, severity, given = filling.words["words"], of(SEVERITIES), roll() < 0.9
    life = _life(filling, received, running, given)
    answered, resolved = life.answered is not None, life.resolved is not None
    doer = of(filling.people["operator"])
    target = filling.desk.policy.response_target(severity)
    return (
        "phone" if roll() < 0.8 else "web",
        scene.category_id,
        scene.category,
        severity,
        of(words["rooms"]) + scene.words["subject"],
        scene.words["description"] + of(words["more"]),
        scene.words["demand"],
        life.state,
        scene.department_id if given else None,
        of(filling.people["project_manager"]) if given else None,
        received,
        target,
        filling.calendar,
        _after(filling, received, target),
        life.answered,
        scene.words["response"] if answered else "",
        _after(filling, received, filling.desk.policy.resolution_target(severity)),
        life.resolved,
        doer if resolved else None,
        scene.words["resolution"] if resolved else "",
        life.closed,
        filling.another_operator(doer) if life.closed else None,
        of((5, 5, 5, 4, 4, 3, 2)) if life.closed else None,
        life.closed,
        of(filling.people["operator"]),
    )


@dataclass(frozen=True, slots=True)
class _Life:
    """How far a ticket got, and when."""

    state: str
    answered: int | None = None
    resolved: int | None = None
    closed: int | None = None


def _life(filling: Filling, received: int, running: bool, given: bool) -> _Life:
    """A running one waits; of the others most are closed, one in fifteen answered too late."""
    roll = filling.dice.random
    if running:
        return _Life("dispatched" if given else "received")
    answered = received + 10 * 60 * SECOND_US + int(roll() ** 3 * 30 * HOUR_US)
    kind = roll()
    if kind < RESPONDED_SHARE:
        return _Life("responded", answered)
    latest = filling.now_us - HOUR_US
    resolved = min(latest, answered + HOUR_US + int(roll() ** 2 * 8 * DAY_US))
    if kind < RESPONDED_SHARE + RESOLVED_SHARE:
        return _Life("resolved", answered, resolved)
    return _Life("closed", answered, resolved, min(latest, resolved + int(roll() * DAY_US)))


def _after(filling: Filling, start_us: int, seconds: int) -> int:
    """When so many seconds of the policy's clock are used up."""
    hours = filling.desk.policy.hours()
    if hours is None:
        return start_us + seconds * SECOND_US
    found = deadline(pendulum.from_timestamp(start_us / SECOND_US), seconds, hours)
    assert found is not None
    return micros(found.at)


def _events(one: Values, event_ids: Iterator[int]) -> Iterator[Values]:
    """A ticket's history: filed, answered, closed."""
    ticket_id, doer = one[0], one[AT["resolved_by"]] or one[AT["filed_by"]]
    facts = json.dumps({"target_s": one[AT["target_s"]], "calendar": one[AT["calendar"]]})
    yield (
        next(event_ids),
        1,
        ticket_id,
        one[AT["received_at"]],
        one[AT["filed_by"]],
        "filed",
        one[AT["subject"]],
        facts,
    )
    if one[AT["responded_at"]]:
        yield (
            next(event_ids),
            1,
            ticket_id,
            one[AT["responded_at"]],
            doer,
            "responded",
            one[AT["response"]],
            None,
        )
    if one[AT["closed_at"]]:
        yield next(event_ids), 1, ticket_id, one[AT["closed_at"]], one[AT["verified_by"]], "closed", "", None
    elif one[AT["resolved_at"]]:
        yield (
            next(event_ids),
            1,
            ticket_id,
            one[AT["resolved_at"]],
            doer,
            "resolved",
            one[AT["resolution"]],
            None,
        )


def _searched(filling: Filling, one: Values, names: dict[int, tuple[str, str]]) -> Values:
    name, address = names[one[AT["client_id"]]]
    searched = [one[AT[field]] for field in ("number", "subject", "description", "demand", "category")]
    return filling.work.bulk.index_ticket(
        one[0], name, [*searched, one[AT["response"]], one[AT["resolution"]]], address
    )
