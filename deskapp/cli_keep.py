"""`deskapp backup`, `restore`: everything into one file and back, on either database; `erase` a person (row P6)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskapp.i18n import say
from deskapp.i18n.lines import complain, print_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from deskapp.config import Config
    from deskapp.desk import Desk

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
    from deskapp import recovery

    whole = recovery.read_through(args.file, _key(args))
    head, taken = whole.head, recovery.is_taken(config)
    if taken and not args.replace:
        complain(say("cli.restore_replace"))
        return 1
    if taken and not args.yes:
        complain(say("cli.restore_yes", company=head.company, at=head.at[:16]))
        return 1
    kept = recovery.put(config, whole, keep=taken)
    if isinstance(kept, Path):
        print_line(say("cli.done.put_aside", file=kept))
    elif kept is not None:
        _print_made(kept)
    print_line(say("cli.done.restore", company=head.company, at=head.at[:16], rows=whole.rows))
    if head.audit_fault:
        complain(say("cli.restore_fault"))
    return 0
