"""A backup of everything while consoles work: one snapshot, written whole or not at all, and read back (row P6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deskapp.desk import Desk
from deskapp.domain.backup import Head, Reading, Sums, written
from deskapp.domain.errors import RuleBroken
from deskapp.services import audit

LEAST_KEY = 8
MOST_KEY = 4096


@dataclass(frozen=True, slots=True)
class Done:
    """A backup that was read back: where it lies, what is in it."""

    path: Path
    tables: int
    rows: int
    size: int
    digest: str
    sealed: bool


def key_of(key_file: Path | None, said: str) -> bytes:
    """The key from a file, or as the environment says it; none is no key."""
    if key_file is None:
        key = said.encode("utf-8", "replace")
    else:
        try:
            with key_file.open("rb") as stream:
                key = stream.read(MOST_KEY + 1).rstrip(b"\r\n")
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise RuleBroken("backup.file", file=key_file.name, why=why) from error
    if (key or key_file is not None) and not LEAST_KEY <= len(key) <= MOST_KEY:
        raise RuleBroken("backup.weak_key", least=LEAST_KEY)
    return key


def make(desk: Desk, path: Path, key: bytes = b"") -> Done:
    """Write a backup and read it back before it takes its name; that it was made goes into the audit trail."""
    from deskapp.adapters import backup_file

    desk.check("backup.make")
    audit.seal(desk)
    with backup_file.beside(path) as part:
        sums = _write(desk, part, key)
        with reading(part, key) as back:
            if back.read_through() != sums:
                raise RuleBroken("backup.unproved")
        size = part.stat().st_size
    done = Done(path, len(sums.rows), sums.total, size, sums.digest(), bool(key))
    with desk.write("backup.make") as work:
        told = {"file": path.name, "rows": done.rows, "digest": done.digest, "sealed": done.sealed}
        work.log("backup", None, "make", told)
    return done


def _write(desk: Desk, part: Path, key: bytes) -> Sums:
    """Write everything as it is at one moment."""
    from deskapp.adapters import backup_file

    sums = Sums()
    with desk.store.snapshot() as work:
        entries, seal, fault = work.dump.trail()
        schema, company = work.dump.schema(), work.settings.get("company", "")
        head = Head(
            schema=schema,
            company=company,
            at=work.now.to_iso8601_string(),
            engine=work.dialect,
            entries=entries,
            audit_head=seal,
            audit_fault=fault,
        )
        tables = ((columns, work.dump.rows(columns)) for columns in work.dump.tables())
        backup_file.write(part, written(head, tables, sums), key)
    return sums


@contextmanager
def reading(path: Path, key: bytes = b"") -> Iterator[Reading]:
    """Lend a backup to be read, table after table."""
    from deskapp.adapters import backup_file

    with backup_file.opened(path, key) as lines:
        yield Reading(lines)
