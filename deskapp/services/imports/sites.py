"""Sites of a list: hung on the client their number or name belongs to, or on a new file when a name is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from deskapp.domain.client import Client
from deskapp.domain.errors import RuleBroken
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


@dataclass(slots=True)
class SiteRow:
    """A site to be opened, with the file it opens if its client is new."""

    file: NewFile | None
    site: SitePlan


class SiteSorter(Sorter):
    """A site is known by its client and its address."""

    def sort(self, rows: Sequence[ParsedRow]) -> Sorted:
        """Find each row's client; part new sites from known ones."""
        found = Sorted()
        self._owners = self.work.phones.owners(lines_of(rows))
        names = list({row.values["client"] for row in rows if row.values.get("client")})
        self._named = self.work.clients.named(names)
        self._new: dict[object, NewFile] = {}
        places: dict[tuple[object, str], bool] = {}
        prepared: list[tuple[ParsedRow, NewFile | int, NewFile | None]] = []
        for row in rows:
            try:
                owner, opened = self._owner(row.values)
            except RuleBroken as reason:
                column = "client" if row.values.get("client") else "phones"
                value = row.values.get("client") or "/".join(row.values.get("phones") or ())
                found.errors.append(self.refuse(row, column, value, reason))
                continue
            prepared.append((row, owner, opened))
        known = self.work.sites.of_many(list({one for _, one, _ in prepared if isinstance(one, int)}))
        for client_id, sites in known.items():
            places.update({(client_id, place_key(site.estate, site.address)): True for site in sites})
        today = self.desk.local(self.work.now).date()
        for row, owner, opened in prepared:
            who = owner if isinstance(owner, int) else -id(owner)
            place = (who, place_key(row.values.get("estate"), row.values.get("address")))
            if place in places:
                found.duplicates.append(row.row)
                continue
            places[place] = True
            site = replace(site_of(row.values, today), note=row.values.get("note") or "")
            found.new.append(SiteRow(opened, SitePlan(site, owner, people_of(row.values))))
        return found

    def _owner(self, values: dict[str, Any]) -> tuple[NewFile | int, NewFile | None]:
        """The client of a row: by name on a line, by line alone, by name alone; a name nobody bears opens a file."""
        name, numbers = values.get("client") or "", values.get("phone_numbers") or ()
        those = {one: known for n in numbers for one, known in self._owners.get(match_key(n), ())}
        alike = [one for one, known in those.items() if not name or fold(known) == fold(name)]
        if len(alike) == 1 or (alike and name):
            return alike[0], None
        if not name:
            raise RuleBroken("import.many_clients" if alike else "import.no_client")
        if not numbers:
            named = self._named.get(name, [])
            if len(named) == 1:
                return named[0], None
            if named:
                raise RuleBroken("import.many_clients")
        return self._opened(name, numbers, client_key(name, numbers))

    def _opened(self, name: str, numbers: Any, key: str) -> tuple[NewFile | int, NewFile | None]:
        keys = [key, *((fold(name), match_key(number)) for number in numbers)]
        before = next((self._new[one] for one in keys if one in self._new), None)
        if before is not None:
            return before, None
        there = self.work.clients.by_source([key])
        if there:
            return there[key], None
        file = NewFile(Client(name=name, created_at=self.work.now, source_key=key), tuple(numbers))
        self._new.update(dict.fromkeys(keys, file))
        return file, file

    def store(self, found: Sorted) -> None:
        """Open the files and the sites, then write what search knows of them."""
        new: list[SiteRow] = found.new
        files = store_files(self.work, [row.file for row in new if row.file is not None])
        index_files(self.work, files, store_sites(self.work, [row.site for row in new]))
