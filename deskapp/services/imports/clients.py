"""Clients of a register: a file each, with numbers, and a site where the row says where the work is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deskapp.domain.client import Client
from deskapp.domain.import_table import ParsedRow
from deskapp.domain.phone_shown import match_key
from deskapp.domain.search_text import fold
from deskapp.services.imports.sorting import (
    NewFile,
    SitePlan,
    Sorted,
    Sorter,
    client_key,
    index_files,
    lines_of,
    people_of,
    place_key,
    site_of,
    store_files,
    store_sites,
)

SITE_FIELDS = (
    *("estate", "address", "area", "designer", "project_manager", "supervisor"),
    *("deposit", "deposit_date", "start_date"),
)


@dataclass(slots=True)
class ClientRow:
    """A row to be stored: a new file or none, a new site or none."""

    file: NewFile | None
    site: SitePlan | None


class ClientSorter(Sorter):
    """A client is known by its key, or by its name on one of its lines."""

    def sort(self, rows: Sequence[ParsedRow]) -> Sorted:
        """Part new clients, and new sites of known ones, from what is there already."""
        found = Sorted()
        keys = [client_key(row.values["name"], row.values["phone_numbers"]) for row in rows]
        owners: dict[object, NewFile | int] = {}
        owners.update(self.work.clients.by_source(keys))
        for line, those in self.work.phones.owners(lines_of(rows)).items():
            for client_id, name in those:
                owners.setdefault((fold(name), line), client_id)
        places = self._places(list({one for one in owners.values() if isinstance(one, int)}))
        today = self.desk.local(self.work.now).date()
        for row, key in zip(rows, keys, strict=True):
            prepared = self._prepare(row.values, key, owners, places, today)
            if prepared is None:
                found.duplicates.append(row.row)
            else:
                found.new.append(prepared)
        return found

    def _places(self, client_ids: list[int]) -> dict[int, set[str]]:
        """The addresses of the sites of known clients, by id() of the file for new ones."""
        sites = self.work.sites.of_many(client_ids)
        return {
            owner: {place_key(one.estate, one.address) for one in those} for owner, those in sites.items()
        }

    def _prepare(
        self,
        values: dict[str, Any],
        key: str,
        owners: dict[object, NewFile | int],
        places: dict[int, set[str]],
        today: Any,
    ) -> ClientRow | None:
        who = fold(values["name"])
        known = [key, *((who, match_key(number)) for number in values["phone_numbers"])]
        owner = next((owners[one] for one in known if one in owners), None)
        place = place_key(values.get("estate"), values.get("address"))
        if owner is not None:
            there = places.setdefault(owner if isinstance(owner, int) else -id(owner), set())
            if not place or place in there:
                return None
            there.add(place)
            return ClientRow(None, SitePlan(site_of(values, today), owner, people_of(values)))
        client = Client(
            name=values["name"], note=values.get("note") or "", created_at=self.work.now, source_key=key
        )
        file = NewFile(client, values["phone_numbers"])
        owners.update(dict.fromkeys(known, file))
        places[-id(file)] = {place}
        if not any(values.get(column) is not None for column in SITE_FIELDS):
            return ClientRow(file, None)
        return ClientRow(file, SitePlan(site_of(values, today), file, people_of(values)))

    def store(self, found: Sorted) -> None:
        """Open files and sites, then write what search knows of them."""
        new: list[ClientRow] = found.new
        files = store_files(self.work, [row.file for row in new if row.file is not None])
        sites = store_sites(self.work, [row.site for row in new if row.site is not None])
        index_files(self.work, files, sites)
