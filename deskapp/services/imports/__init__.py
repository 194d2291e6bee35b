"""Import clients, complaints, staff, sites, notices from spreadsheets: look first, then all that is right (row P4).

Twice the same file doubles nothing: a client is known by name and number (or address), a complaint by its number or
its content, a site by client and address, a member of staff by name and trade, a notice by its site and
day. A known client whose row brings an address not yet on the file gets that site. One transaction each: the import
is whole or not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain.import_mapping import ColumnMapping
from deskapp.domain.import_table import ParsedRow, RowError
from deskapp.services.imports.reading import Reading, read
from deskapp.services.imports.sorting import Sorter

if TYPE_CHECKING:
    from deskapp.repository.work import Work

__all__ = ["NOUNS", "Preview", "Reading", "Report", "preview", "preview_of", "read", "run", "run_file"]

NOUNS = ("clients", "complaints", "staff", "sites", "notices")


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: its reading, the first rows typed, all errors, how many rows are new."""

    reading: Reading
    rows: tuple[ParsedRow, ...]
    errors: tuple[RowError, ...]
    notices: tuple[RowError, ...]
    new: int
    duplicates: tuple[int, ...]
    """The numbers of the rows that are there already."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: rows read, imported, known already, and every error by row, column and value."""

    read: int
    imported: int
    duplicates: int
    errors: tuple[RowError, ...] = ()
    notices: tuple[RowError, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether nothing was imported because of errors."""
        return bool(self.errors) and self.imported == 0


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the garbage collector from looking through the many records of an import again and again."""
    import gc

    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def preview(
    desk: Desk,
    noun: str,
    path: str | Path,
    mapping: ColumnMapping | None = None,
    sheet: str | None = None,
    first: int = 20,
) -> Preview:
    """Read a file and say what importing it would do, changing nothing; `first` rows are shown."""
    return preview_of(desk, read(desk, noun, path, mapping, sheet), first)


def preview_of(desk: Desk, reading: Reading, first: int = 20) -> Preview:
    """Say what importing a file already read would do, changing nothing."""
    with desk.read() as work:
        found = _sorter(desk, work, reading).sort(reading.rows)
    return Preview(
        reading,
        reading.rows[:first],
        _in_order(reading.parsed.errors, found.errors),
        reading.parsed.notices,
        len(found.new),
        tuple(found.duplicates),
    )


def run_file(
    desk: Desk,
    noun: str,
    path: str | Path,
    mapping: ColumnMapping | None = None,
    sheet: str | None = None,
    *,
    skip_bad: bool = False,
) -> Report:
    """Read a file and import it."""
    return run(desk, read(desk, noun, path, mapping, sheet), skip_bad=skip_bad)


def run(desk: Desk, reading: Reading, *, skip_bad: bool = False) -> Report:
    """Import what was read: nothing when there is any error, unless `skip_bad` lets all that is right in."""
    parsed = reading.parsed
    with _undisturbed(), desk.write("import.run") as work:
        sorter = _sorter(desk, work, reading)
        found = sorter.sort(reading.rows)
        errors = _in_order(parsed.errors, found.errors)
        if errors and not skip_bad:
            return Report(parsed.read, 0, len(found.duplicates), errors, parsed.notices)
        sorter.store(found)
        if reading.chosen:
            work.mappings.remember(reading.noun, parsed.header.signature, parsed.header.columns())
    return Report(parsed.read, len(found.new), len(found.duplicates), errors, parsed.notices)


def _in_order(parsed: tuple[RowError, ...], found: list[RowError]) -> tuple[RowError, ...]:
    return tuple(sorted((*parsed, *found), key=lambda error: error.row))


def _sorter(desk: Desk, work: Work, reading: Reading) -> Sorter:
    """Choose who knows the noun."""
    if reading.noun == "clients":
        from deskapp.services.imports.clients import ClientSorter

        return ClientSorter(desk, work, reading)
    if reading.noun == "complaints":
        from deskapp.services.imports.complaints import ComplaintSorter

        return ComplaintSorter(desk, work, reading)
    if reading.noun == "staff":
        from deskapp.services.imports.staff import StaffSorter

        return StaffSorter(desk, work, reading)
    if reading.noun == "notices":
        from deskapp.services.imports.notices import NoticeSorter

        return NoticeSorter(desk, work, reading)
    from deskapp.services.imports.sites import SiteSorter

    return SiteSorter(desk, work, reading)
