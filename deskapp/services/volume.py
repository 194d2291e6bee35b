"""Fill a database with very many believable clients, tickets and calls, fast: for benchmarks, never for work.

One transaction; its audit trail is a single entry with the numbers, not one per record.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain.call_queue import micros
from deskapp.domain.staff import StaffMember
from deskapp.domain.ticket_clock import calendar_text
from deskapp.services.company import defaults
from deskapp.services.escalation import pass_over_in

if TYPE_CHECKING:
    from deskapp.repository.work import Work

Values = tuple[Any, ...]
"""A row as its table has it: instants in microseconds, JSON as text."""

Progress = Callable[[str, int, int], None]
"""Told what is being filled, how many are there, and how many there shall be."""

CHUNK = 20_000
WORTH_IT = 5_000
"""Rows from which taking a table's indexes off pays."""
EPOCH = date(1970, 1, 1)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
YEARS_DAYS = 730
TABLES = (
    "clients",
    "phones",
    "sites",
    "client_search",
    "name_keys",
    "tickets",
    "ticket_events",
    "ticket_search",
    "calls",
)


@dataclass
class Filling:
    """One volume fill under way: its transaction, its dice, its words, and what the next parts must know."""

    work: Work
    desk: Desk
    dice: Random
    progress: Progress
    people: dict[str, list[int]] = field(default_factory=dict)
    """Ids of staff by trade, and of "operator"s."""
    client_ids: range = range(0)
    mobiles: array[int] = field(default_factory=lambda: array("q"))
    """The number of each new client, in order."""

    @cached_property
    def now_us(self) -> int:
        """The present instant."""
        return micros(self.work.now)

    @cached_property
    def calendar(self) -> str:
        """The calendar today's policy promises by."""
        return calendar_text(self.desk.policy.hours())

    @cached_property
    def words(self) -> dict[str, Any]:
        """What names and places are made of."""
        return defaults("volume")

    @cached_property
    def sample(self) -> dict[str, Any]:
        """What is complained of and said in calls."""
        return defaults("sample")

    def of(self, choices: Any) -> Any:
        """Choose one, fast."""
        return choices[int(self.dice.random() * len(choices))]

    def another_operator(self, operator_id: int) -> int | None:
        """Any operator but one; None when there is no other."""
        others = [one for one in self.people["operator"] if one != operator_id]
        return self.of(others) if others else None

    def load(self, table: str, columns: tuple[str, ...], rows: list[Values]) -> None:
        """Store a chunk of rows."""
        self.work.bulk.load(table, columns, rows)


def fill(
    desk: Desk, clients: int, tickets: int, calls: int, seed: int = 7, progress: Progress | None = None
) -> None:
    """Add so many clients, tickets and calls to a founded company; the same for a seed and an instant.

    A company without any client gets one, for tickets and calls to belong to.
    """
    from deskapp.services.volume_calls import fill_calls
    from deskapp.services.volume_tickets import fill_tickets

    with desk.store.write("volume.fill", desk.operator) as work:
        filling = Filling(work, desk, Random(seed), progress or (lambda _noun, _done, _all: None))
        if not clients and not work.clients.newest(1):
            clients = 1
        filling.people = _people(work)
        with work.bulk.bare(_touched(work, clients, tickets, calls)):
            fill_clients(filling, clients)
            fill_tickets(filling, tickets)
            fill_calls(filling, calls)
        work.clients.hear_again()
        pass_over_in(work, desk.policy)
        added = {"clients": clients, "tickets": tickets, "calls": calls, "seed": seed}
        work.log("volume", None, "add", added)
    desk.store.settle()


def _touched(work: Work, clients: int, tickets: int, calls: int) -> list[str]:
    """The tables worth taking the indexes off: those that become at least twice as long."""
    new = {"clients": clients, "tickets": tickets, "calls": calls}
    there = {noun: work.bulk.highest(noun) for noun in new}
    parts = {"clients": TABLES[:5], "tickets": TABLES[5:8], "calls": TABLES[8:]}
    return [
        table for noun, tables in parts.items() if new[noun] > max(there[noun], WORTH_IT) for table in tables
    ]


def _people(work: Work) -> dict[str, list[int]]:
    """Staff by trade and operators; a company without staff takes some on."""
    if not work.staff.all():
        names = defaults("sample")["staff"]
        codes = {one.code: one.id for one in work.departments.listed()}
        for name, code, trade, title, _ in names:
            work.staff.add(StaffMember(name=name, department_id=codes.get(code), trade=trade, title=title))
    found: dict[str, list[int]] = {"operator": [one.id for one in work.operators.all()]}
    for member in work.staff.all():
        found.setdefault(member.trade, []).append(member.id)
    everyone = [member.id for member in work.staff.all()]
    return {
        trade: found.get(trade) or everyone
        for trade in ("operator", "designer", "project_manager", "supervisor")
    }


CLIENT = ("id", "version", "name", "named", "kind", "address", "note", "wants_calls", "created_at")
PHONE = ("id", "version", "client_id", "raw", "normal", "line_key", "reversed_digits", "position")
SITE = (
    "id",
    "version",
    "client_id",
    "estate",
    "address",
    "area",
    "stage",
    "designer_id",
    "supervisor_id",
    "manager_id",
    "start_date",
    "created_at",
    "plan_mark",
)
PLANNED = "volume"
"""No call is laid out for these sites: a million of them would be planned for days."""
SEARCH = ("id", "haystack", "grams")
KEY = ("key", "client_id")
SITE_SHARE = 0.25
STAGES = ("building", "building", "midterm", "finished", "warranty", "warranty", "ended", "ended")


def fill_clients(filling: Filling, count: int) -> None:
    """Add clients: every one with a number and an address, a quarter with a site, one in thirty a shop."""
    bulk = filling.work.bulk
    filling.client_ids = bulk.reserve("clients", count)
    if not count:
        return
    phone_ids = iter(bulk.reserve("phones", count))
    site_ids = iter(bulk.reserve("sites", count))
    made = _clients(filling, site_ids)
    done = 0
    with bulk.sorted_keys() as keys:
        while chunk := list(islice(made, CHUNK)):
            filling.load("clients", CLIENT, [client for client, _, _ in chunk])
            filling.load(
                "phones", PHONE, [_phone(next(phone_ids), client[0], number) for client, number, _ in chunk]
            )
            filling.load("sites", SITE, [site for _, _, site in chunk if site])
            filling.load("client_search", SEARCH, [_searched(filling, *one) for one in chunk])
            filling.load(
                keys, KEY, [key for client, _, _ in chunk for key in bulk.keys_of(client[0], client[2])]
            )
            done += len(chunk)
            filling.progress("clients", done, count)


Made = tuple[Values, int, Values | None]
"""A client's row, the number, and the site's row if there is one."""


def _clients(filling: Filling, site_ids: Iterator[int]) -> Iterator[Made]:
    words, roll, of = filling.words, filling.dice.random, filling.of
    surnames = [one for share, them in words["surnames"].items() for one in them * int(share)]
    given = "".join(words["names"]["given"].split())
    estates = [first + second for first in words["places"]["first"] for second in words["places"]["second"]]
    notes, shops, districts = filling.sample["notes"], words["places"]["shops"], words["places"]["districts"]
    compound = words["names"]["compound"]
    numbers = _mobiles(filling.dice)
    for client_id in filling.client_ids:
        surname = of(compound) if roll() < 0.005 else of(surnames)
        name = surname + of(given) + (of(given) if roll() < 0.8 else "")
        estate = of(estates)
        door = f"{int(roll() * 40) + 1}-{int(roll() * 4) + 1}-{int(roll() * 28) + 1}{int(roll() * 4) + 1:02d}"
        is_shop = roll() < 0.03
        address = name[0] + estate + of(shops) if is_shop else f"{of(districts)}{estate} {door}"
        opened = filling.now_us - int(roll() * YEARS_DAYS * DAY_US)
        kind = "shop" if is_shop else "home"
        number = next(numbers)
        filling.mobiles.append(number)
        site = None
        if not is_shop and roll() < SITE_SHARE:
            site = _site(filling, next(site_ids), client_id, estate, door, opened)
        yield (client_id, 1, name, True, kind, address, of(notes), True, opened), number, site


def _mobiles(dice: Random) -> Iterator[int]:
    """Numbers that never come twice: a walk through all of them with a step prime to their count."""
    heads = (
        130,
        131,
        132,
        135,
        136,
        137,
        138,
        139,
        150,
        151,
        152,
        155,
        158,
        159,
        177,
        180,
        186,
        187,
        188,
        189,
    )
    size = len(heads) * 10**8
    at, step = dice.randrange(size), 1_234_567_891
    while True:
        at = (at + step) % size
        yield heads[at // 10**8] * 10**8 + at % 10**8


def _phone(phone_id: int, client_id: int, number: int) -> Values:
    raw = str(number)
    return phone_id, 1, client_id, raw, "+86" + raw, "+86" + raw, raw[::-1], 0


def _site(filling: Filling, site_id: int, client_id: int, estate: str, door: str, opened_us: int) -> Values:
    of, people = filling.of, filling.people
    began = EPOCH + timedelta(days=opened_us // DAY_US + 20)
    staff = of(people["designer"]), of(people["supervisor"]), of(people["project_manager"])
    area = 5_000 + int(filling.dice.random() * 13_000)
    return site_id, 1, client_id, estate, door, area, of(STAGES), *staff, began, opened_us, PLANNED


def _searched(filling: Filling, client: Values, number: int, site: Values | None) -> Values:
    where = f"{site[3]} {site[4]}" if site else ""
    return filling.work.bulk.index_client(client[0], client[2], client[5], client[6], where, str(number))
