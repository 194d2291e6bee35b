"""The calls of a volume fill: two years of them made, and one in seventy still to make."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from deskapp.domain.call_queue import micros
from deskapp.services.volume import CHUNK, DAY_US, HOUR_US, YEARS_DAYS, Filling, Values

OPEN_SHARE = 0.015
RINGING = 4
"""How many callers wait at most."""
SECOND_US = 1_000_000
KINDS = ("inbound",) * 9 + ("followup",) * 7 + ("callback",) * 2 + ("care",) * 2
WAITING_KINDS = ("followup",) * 12 + ("callback",) * 5 + ("care",) * 3
OUTCOMES = ("reached",) * 16 + ("no_answer", "no_answer", "busy", "refused")
CALL = (
    "id",
    "version",
    "kind",
    "direction",
    "state",
    "client_id",
    "number",
    "reason",
    "due_at",
    "attempts",
    "taken_by",
    "taken_at",
    "started_at",
    "ended_at",
    "wait_s",
    "talk_s",
    "outcome",
    "notes",
    "score",
    "created_at",
)


def fill_calls(filling: Filling, count: int) -> None:
    """Add calls: those made, in the order of time, then those that wait."""
    ids = iter(filling.work.bulk.reserve("calls", count))
    waiting = round(count * OPEN_SHARE)
    clients = _clients(filling)
    made = (_made(filling, next(ids), *next(clients), at) for at in _moments(filling, count - waiting))
    open_ones = (_open(filling, next(ids), *next(clients), place) for place in range(waiting))
    rows, done = chain(made, open_ones), 0
    while chunk := list(islice(rows, CHUNK)):
        filling.load("calls", CALL, chunk)
        done += len(chunk)
        filling.progress("calls", done, count)


def _clients(filling: Filling) -> Iterator[tuple[int, str]]:
    """Clients by chance, each with a number: the new ones, or those there already."""
    new = filling.client_ids
    if new:
        while True:
            place = int(filling.dice.random() * len(new))
            yield new[place], f"+86{filling.mobiles[place]}"
    there = filling.work.clients.cards(filling.work.clients.ids_after(0, 1000))
    while True:
        card = filling.of(there)
        yield card.client.id, card.phones[0].normal if card.phones else ""


def _moments(filling: Filling, count: int) -> Iterator[int]:
    """Instants of the last two years in order: hours of work on the company's clock, more or less."""
    span = YEARS_DAYS * DAY_US
    midnight = micros(filling.desk.today())
    for place in range(count):
        day = int((count - place) / count * span / DAY_US) + 1
        yield midnight - day * DAY_US + 9 * HOUR_US + int(filling.dice.random() * 9 * HOUR_US)


def _made(filling: Filling, call_id: int, client_id: int, number: str, at: int) -> Values:
    of, roll = filling.of, filling.dice.random
    kind = of(KINDS)
    outcome = "reached" if kind == "inbound" else of(OUTCOMES)
    said = filling.sample["calls"]
    words, score = of(said[kind]) if outcome == "reached" else (said[outcome], 0)
    talk = 40 + int(roll() ** 2 * 600) if outcome == "reached" else 0
    wait = 2 + int(roll() ** 2 * 40) if kind == "inbound" else None
    due = at - (wait or 0) * SECOND_US
    who = of(filling.people["operator"])
    ended = at + (talk or 25) * SECOND_US
    direction = "in" if kind == "inbound" else "out"
    times = (who, at, at, ended, wait, talk, outcome, words, score or None, due)
    return (call_id, 1, kind, direction, "done", client_id, number, "", due, 1, *times)


def _open(filling: Filling, call_id: int, client_id: int, number: str, place: int) -> Values:
    roll = filling.dice.random
    kind = "inbound" if place < RINGING else filling.of(WAITING_KINDS)
    if kind == "inbound":
        due, direction, reason = filling.now_us - int(roll() * 60) * SECOND_US, "in", ""
    else:
        due = filling.now_us + int((roll() * 6 - 3) * DAY_US)
        direction = "out"
        reasons = {"followup": "followups", "callback": "callbacks", "care": "cares"}[kind]
        reason = filling.of(filling.sample["waiting"][reasons])
    nothing = (None, None, None, None, None, None, "", "", None)
    return (
        call_id,
        1,
        kind,
        direction,
        "open",
        client_id,
        number,
        reason,
        due,
        0,
        *nothing,
        min(due, filling.now_us),
    )
