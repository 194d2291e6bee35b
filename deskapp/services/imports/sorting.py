"""What every import shares: rows sorted into new and known, keys that tell the same from the same, people by trade."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain import site_notice as rules
from deskapp.domain.client import Client, Phone
from deskapp.domain.import_table import ParsedRow, RowError
from deskapp.domain.phone_number import PhoneNumber
from deskapp.domain.phone_shown import match_key
from deskapp.domain.search_text import fold
from deskapp.domain.site import Site
from deskapp.domain.staff import StaffMember
from deskapp.services.clients import phone_record
from deskapp.services.imports.reading import Reading

if TYPE_CHECKING:
    from deskapp.repository.work import Work

PEOPLE = {
    "designer": ("designer_id", "designer"),
    "consultant": ("consultant_id", "consultant"),
    "supervisor": ("supervisor_id", "supervisor"),
    "project_manager": ("manager_id", "project_manager"),
}
"""Columns that name people: the site's field and the trade."""


@dataclass(slots=True)
class Sorted:
    """Rows of a sheet after a look at what is there: the new ones as the noun prepares them, the known by number."""

    new: list[Any] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


class Sorter(ABC):
    """Knows one noun: which rows are new, and how to store them. One transaction long."""

    def __init__(self, desk: Desk, work: Work, reading: Reading) -> None:
        self.desk, self.work, self.reading = desk, work, reading

    @abstractmethod
    def sort(self, rows: Sequence[ParsedRow]) -> Sorted:
        """Part new rows from known ones, reading only."""

    @abstractmethod
    def store(self, found: Sorted) -> None:
        """Store the new rows, many at a time."""

    def refuse(self, row: ParsedRow, field_name: str, value: object, reason: Any) -> RowError:
        """Say why a row that could be read cannot be stored."""
        return RowError(row.row, self.reading.parsed.header.header(field_name), str(value or ""), reason)


def digest(kind: str, *parts: object) -> str:
    """A short key for content: the same parts, the same key, on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return f"{kind}:{sha256(text.encode('utf-8', 'replace')).hexdigest()[:40]}"


def client_key(name: str, numbers: Iterable[PhoneNumber], address: str = "") -> str:
    """The key of a client file: its name and numbers, or its name and address where there is no number."""
    normals = sorted(number.normal for number in numbers)
    return digest("client", fold(name), *(normals or [place_key("", address)]))


def place_key(estate: str | None, address: str | None) -> str:
    """The key of an address: case, width and spaces do not matter."""
    return rules.place_key(estate, address)


def lines_of(rows: Iterable[ParsedRow]) -> list[str]:
    """Every line the rows name, once."""
    return list(dict.fromkeys(match_key(n) for row in rows for n in row.values.get("phone_numbers") or ()))


@dataclass(slots=True)
class NewFile:
    """A client file to be opened, and where it stands once it is."""

    client: Client
    numbers: tuple[PhoneNumber, ...] = ()
    id: int = 0


@dataclass(slots=True)
class SitePlan:
    """A site to be opened: as its row says, whose it is, and who works on it by column."""

    site: Site
    owner: NewFile | int
    people: dict[str, str]


def store_files(work: Work, files: Sequence[NewFile]) -> list[tuple[Client, tuple[Phone, ...]]]:
    """Open many client files with their numbers; the search rows are written by whoever knows the sites."""
    clients = work.clients.add_many([new.client for new in files])
    phones: list[Phone] = []
    for new, client in zip(files, clients, strict=True):
        new.id = client.id
        phones += [phone_record(number, client.id, place) for place, number in enumerate(new.numbers)]
    stored = iter(work.phones.add_many(phones))
    return [
        (client, tuple(next(stored) for _ in new.numbers)) for new, client in zip(files, clients, strict=True)
    ]


def index_files(work: Work, files: Sequence[tuple[Client, tuple[Phone, ...]]], sites: Sequence[Site]) -> None:
    """Write what search knows of new files with their sites, and of known clients that got a site."""
    of: dict[int, list[Site]] = {}
    for site in sites:
        of.setdefault(site.client_id, []).append(site)
    work.clients.index_new([(client, phones, of.pop(client.id, ())) for client, phones in files])
    for client_id in of:
        work.clients.index(client_id)


def site_of(values: dict[str, Any], today: Any) -> Site:
    """Read a row's site; its stage is the one given, else what its dates say."""
    area = values.get("area")
    return Site(
        estate=values.get("estate") or "",
        address=values.get("address") or "",
        area=None if area is None else round(area * 100),
        stage=values.get("stage") or _stage(values, today),
        crew=values.get("crew") or "",
        deposit=values.get("deposit"),
        deposit_date=values.get("deposit_date"),
        start_date=values.get("start_date"),
        completed_on=values.get("completed_on"),
    )


def _stage(values: dict[str, Any], today: Any) -> str:
    if values.get("completed_on") and values["completed_on"] <= today:
        return "finished"
    if values.get("start_date") and values["start_date"] <= today:
        return "building"
    return "deposit"


def people_of(values: dict[str, Any]) -> dict[str, str]:
    """The people a row names, by column."""
    return {column: values[column] for column in PEOPLE if values.get(column)}


def store_sites(work: Work, plans: Sequence[SitePlan]) -> list[Site]:
    """Open many sites; people nobody knows yet join the staff, once each."""
    staff = _staff_ids(work, plans)
    sites = []
    for plan in plans:
        people: dict[str, Any] = {
            PEOPLE[column][0]: staff[fold(name), PEOPLE[column][1]] for column, name in plan.people.items()
        }
        owner = plan.owner if isinstance(plan.owner, int) else plan.owner.id
        sites.append(replace(plan.site, client_id=owner, created_at=work.now, **people))
    return work.sites.add_many(sites)


def _staff_ids(work: Work, plans: Sequence[SitePlan]) -> dict[tuple[str, str], int]:
    wanted = {(fold(name), PEOPLE[column][1]): name for plan in plans for column, name in plan.people.items()}
    if not wanted:
        return {}
    known = {(fold(member.name), member.trade): member.id for member in reversed(work.staff.all())}
    missing = [key for key in wanted if key not in known]
    added = work.staff.add_many([StaffMember(name=wanted[key], trade=key[1]) for key in missing])
    return known | {key: member.id for key, member in zip(missing, added, strict=True)}
