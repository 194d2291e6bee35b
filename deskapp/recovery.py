"""A backup in a database's place, by the command line or by the console that finds its database damaged (row P6)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.config import Config
from deskapp.domain.errors import StorageFailed

if TYPE_CHECKING:
    from deskapp.domain.backup import Head
    from deskapp.repository.work import Store
    from deskapp.screens.trouble import Looked, Offer
    from deskapp.services.backups import Done


@dataclass(frozen=True, slots=True)
class Whole:
    """A backup that was read to its end and may be put in a database's place."""

    path: Path
    key: bytes
    head: Head
    rows: int
    digest: str


def read_through(path: Path, key: bytes = b"") -> Whole:
    """Read a backup to its end; RuleBroken (`backup.…`) says what is wrong with it."""
    from deskapp.repository import restoring
    from deskapp.services import backups

    with backups.reading(path, key) as reading:
        restoring.check_known(reading.head.schema)
        sums = reading.read_through()
        return Whole(path, key, reading.head, sums.total, sums.digest())


def is_taken(config: Config) -> bool:
    """Whether there is something to replace; what is damaged is something."""
    from deskapp.repository import restoring
    from deskapp.repository.work import Store

    store = Store(config.url)
    try:
        return not restoring.is_empty(store)
    except StorageFailed as error:
        if error.code != "storage.damaged":
            raise
        return True
    finally:
        store.close()


def put(config: Config, whole: Whole, *, keep: bool) -> Done | Path | None:
    """Put a backup into the database, whole or not at all; with `keep`, what was there is kept in the desk's folder.

    Gives where that is: the backup made of it, or the folder a file too damaged for that was moved to.
    """
    from deskapp.repository import restoring
    from deskapp.repository.work import Store
    from deskapp.services import backups
    from deskapp.services.operators import system_operator

    store = Store(config.url)
    try:
        kept = _kept(config, store, whole.key) if keep else None
        told = {
            "file": whole.path.name,
            "made_at": whole.head.at,
            "rows": whole.rows,
            "digest": whole.digest,
        }
        restoring.restore(store, lambda: backups.reading(whole.path, whole.key), system_operator(), told)
    finally:
        store.close()
    _begin_anew(config)
    return kept


def newest_backup(config: Config) -> Path | None:
    """The youngest backup beside the database or in the desk's own folder."""
    from deskapp.repository.engine import parse_url

    url = parse_url(config.url)
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    folders = {config.desk_dir, *([file.absolute().parent] if file else ())}
    found = [one for folder in folders if folder.is_dir() for one in folder.glob("*.backup") if one.is_file()]
    return max(found, key=lambda one: one.stat().st_mtime, default=None)


def offer(config: Config, error: Exception) -> Offer | None:
    """What a console may offer for an error: a backup in place of an SQLite file that is damaged.

    It asks nobody's rights, as a damaged database cannot say who has them: whoever may start a console on the machine
    that has the file may put a backup there. The damaged file is kept, and the trail says what was done.
    """
    if getattr(error, "code", "") != "storage.damaged" or not config.url.startswith("sqlite"):
        return None
    from deskapp.screens.trouble import Looked, Offer

    def look(file: str, key: str) -> Looked:
        whole = read_through(Path(file).expanduser(), key.encode())
        return Looked(whole.head.company, whole.head.at[:16].replace("T", " "), whole.rows, whole)

    return Offer(
        newest=lambda: str(newest_backup(config) or ""),
        look=look,
        put=lambda looked: str(_place(put(config, looked.whole, keep=True))),
    )


def _place(kept: Done | Path | None) -> Path | str:
    return kept if isinstance(kept, Path) else kept.path if kept is not None else ""


def _kept(config: Config, store: Store, key: bytes) -> Done | Path:
    import pendulum

    from deskapp.repository import restoring

    config.desk_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    when = pendulum.now("UTC").format("YYYYMMDD-HHmmss")
    try:
        return _backed_up(config, config.desk_dir / f"before-restore-{when}.backup", key)
    except StorageFailed as error:
        if error.code != "storage.damaged" or store.dialect != "sqlite":
            raise
        return restoring.put_aside(store, config.desk_dir / f"damaged-{when}")


def _backed_up(config: Config, path: Path, key: bytes) -> Done:
    from deskapp.services import backups
    from deskapp.services.operators import system_operator
    from deskapp.wiring import open_desk

    desk = open_desk(config).signed_in(system_operator())
    try:
        return backups.make(desk, path, key)
    finally:
        desk.store.close()


def _begin_anew(config: Config) -> None:
    """Let this desk remember the audit trail as it is now; other desks say that it was cut, which is true."""
    from deskapp.services import audit
    from deskapp.wiring import open_desk

    desk = open_desk(config)
    try:
        audit.begin_anew(desk)
    finally:
        desk.store.close()
