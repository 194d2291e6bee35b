"""`deskapp backup`, `restore`: everything into one file and back, on either database; `erase` a person (row P6)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskapp.domain.errors import StorageFailed
from deskapp.i18n import say
from deskapp.i18n.arguments import complain, print_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from deskapp.config import Config
    from deskapp.desk import Desk
    from deskapp.repository.work import Store

KEY = "DESKAPP_BACKUP_KEY"


def describe(
    command: Callable[..., ArgumentParser],
    at_desk: Callable[[Any], Any],
    config: Callable[[Namespace], Config],
) -> None:
    """Add the commands to the command line."""
    backup = command("backup", at_desk(_backup))
    restore = command("restore", lambda args: _restore(args, config(args)))
    for one in (backup, restore):
        one.add_argument("file", metavar="FILE", type=Path, help=say("cli.option.backup_file"))
        one.add_argument("--key-file", metavar="FILE", type=Path, help=say("cli.option.key_file"))
    for flag in ("replace", "yes"):
        restore.add_argument(f"--{flag}", action="store_true", help=say(f"cli.option.{flag}"))
    keeping = command("retention", at_desk(_retention))
    keeping.add_argument("--dry-run", action="store_true", help=say("cli.option.dry_run"))
    erase = command("erase", at_desk(_erase))
    erase.add_argument("client_id", metavar="CLIENT", type=int, help=say("cli.option.client_id"))
    erase.add_argument("--reason", metavar="TEXT", required=True, help=say("cli.option.reason"))


def _erase(args: Namespace, desk: Desk) -> int:
    from deskapp.services import erasures

    done = erasures.erase(desk, args.client_id, args.reason)
    print_line(
        say("cli.done.erase", client=args.client_id, number=done.number, file=erasures.export(desk, done))
    )
    return 0


def _retention(args: Namespace, desk: Desk) -> int:
    """Say what would go today and, unless it is only to be said, let it go."""
    from deskapp.services import retention

    desk.check("retention.run")
    if args.dry_run:
        for line in retention.preview(desk):
            print_line(_retention_line(line.kind, line.kept, line.unit, line.count))
        return 0
    done = retention.run(desk)
    for kind, count in done.counts.items():
        print_line(say("retention.gone", kind=say(f"retention.kind.{kind}"), count=count))
    print_line(say("retention.done", day=done.day, count=done.total))
    return 0


def _retention_line(kind: str, kept: int, unit: str, count: int) -> str:
    span = say(f"retention.{unit}", count=kept) if kept else say("retention.for_ever")
    return say("retention.would", kind=say(f"retention.kind.{kind}"), kept=span, count=count)


def _key(args: Namespace) -> bytes:
    from deskapp.services.backups import key_of

    return key_of(args.key_file, os.environ.get(KEY, ""))


def _backup(args: Namespace, desk: Desk) -> int:
    from deskapp.services import backups

    _print_made(backups.make(desk, args.file, _key(args)))
    return 0


def _print_made(done: Any) -> None:
    code = "cli.done.backup_sealed" if done.sealed else "cli.done.backup"
    print_line(say(code, file=done.path, tables=done.tables, rows=done.rows, kb=-(-done.size // 1024)))


def _restore(args: Namespace, config: Config) -> int:
    """Read the backup to its end first: nothing is touched for one that is not whole."""
    from deskapp.repository import restoring
    from deskapp.repository.work import Store
    from deskapp.services import backups
    from deskapp.services.operators import system_operator

    key = _key(args)
    with backups.reading(args.file, key) as reading:
        restoring.check_known(reading.head.schema)
        sums, head = reading.read_through(), reading.head
    store = Store(config.url)
    try:
        if not _empty(store):
            if not args.replace:
                complain(say("cli.restore_replace"))
                return 1
            if not args.yes:
                complain(say("cli.restore_yes", company=head.company, at=head.at[:16]))
                return 1
            _keep_what_was(config, store, key)
        told = {"file": args.file.name, "made_at": head.at, "rows": sums.total, "digest": sums.digest()}
        restoring.restore(store, lambda: backups.reading(args.file, key), system_operator(), told)
    finally:
        store.close()
    _begin_anew(config)
    print_line(say("cli.done.restore", company=head.company, at=head.at[:16], rows=sums.total))
    if head.audit_fault:
        complain(say("cli.restore_fault"))
    return 0


def _empty(store: Store) -> bool:
    """Whether there is nothing to replace; what is damaged is something."""
    from deskapp.repository import restoring

    try:
        return restoring.is_empty(store)
    except StorageFailed as error:
        if error.code != "storage.damaged":
            raise
        return False


def _keep_what_was(config: Config, store: Store, key: bytes) -> None:
    """Back up the database about to be replaced into the desk's own folder; a file too damaged for that moves there."""
    import pendulum

    from deskapp.repository import restoring

    config.desk_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    when = pendulum.now("UTC").format("YYYYMMDD-HHmmss")
    try:
        _back_up(config, config.desk_dir / f"before-restore-{when}.backup", key)
    except StorageFailed as error:
        if error.code != "storage.damaged" or store.dialect != "sqlite":
            raise
        kept = restoring.put_aside(store, config.desk_dir / f"damaged-{when}")
        print_line(say("cli.done.put_aside", file=kept))


def _back_up(config: Config, path: Path, key: bytes) -> None:
    from deskapp.services import backups
    from deskapp.services.operators import system_operator
    from deskapp.wiring import open_desk

    desk = open_desk(config).signed_in(system_operator())
    try:
        _print_made(backups.make(desk, path, key))
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
