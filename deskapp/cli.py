"""The command line: opens the console, and does without it what scripts need (`deskapp --help`).

Exit codes: 0 done; 1 refused or failed, in one line on standard error; 2 the command was not understood; 130 broken
off by Ctrl-C. What every command needs is imported when it runs, so that the console is on the glass at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from deskapp import i18n
from deskapp.cli_json import print_json
from deskapp.i18n import say
from deskapp.i18n.lines import ask_password, complain, print_line

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from deskapp.config import Config
    from deskapp.desk import Desk
    from deskapp.domain.import_mapping import ColumnMapping
    from deskapp.domain.import_table import RowError

LISTED = 20
"""How many errors or rows are listed for people to read."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    given = [_whole(one) for one in (sys.argv[1:] if argv is None else argv)]
    i18n.use(_language_of(given))
    try:
        args: Any = _parser().parse_args(given) if given else SimpleNamespace(run=_console)
        code: int = args.run(args)
        sys.stdout.flush()
        return code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _failed(error)


def _whole(argument: str) -> str:
    """An argument whose bytes were no text, with marks where they stood."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _language_of(given: Sequence[str]) -> str:
    """The language asked for, known before the arguments are understood: their errors are said in it too."""
    for place, one in enumerate(given):
        value = one.partition("=")[2] if one.startswith("--lang=") else "".join(given[place + 1 : place + 2])
        if one.partition("=")[0] == "--lang" and value in i18n.LANGUAGES:
            return value
    return "zh"


def _failed(error: Exception) -> int:
    """Say an error in one line; what nobody foresaw is written down with its trace."""
    from deskapp.domain.errors import RuleBroken
    from deskapp.traces import told

    complain(told(error))
    return 2 if isinstance(error, RuleBroken) and error.code == "import.no_file" else 1


def _parser() -> argparse.ArgumentParser:
    """Every command and option, described in the language in use."""
    import argparse

    from deskapp import cli_admin, cli_keep, cli_paper
    from deskapp.i18n.arguments import Parser, speak

    speak()
    everywhere = Parser(add_help=False)
    everywhere.add_argument("--db", metavar="URL", default=argparse.SUPPRESS, help=say("cli.help.db"))
    everywhere.add_argument(
        "--lang", choices=tuple(i18n.LANGUAGES), default=argparse.SUPPRESS, help=say("cli.help.lang")
    )
    parser = Parser(prog="deskapp", description=say("cli.help.deskapp"), parents=[everywhere])
    parser.add_argument("--version", action="version", version=_version(), help=say("cli.help.version"))
    parser.set_defaults(run=_console)
    commands = parser.add_subparsers(title=say("cli.help.commands"), metavar="COMMAND", dest="command")

    def command(name: str, run: Any = None, among: Any = commands) -> argparse.ArgumentParser:
        words = say(f"cli.command.{name}")
        added: argparse.ArgumentParser = among.add_parser(
            name.rpartition(".")[2], help=words, description=words, parents=[everywhere]
        )
        added.set_defaults(run=run)
        return added

    _describe(command)
    cli_admin.describe(command, _at_desk, _config)
    cli_paper.describe(command, _at_desk)
    cli_keep.describe(command, _at_desk, _config)
    return parser


def _version() -> str:
    from deskapp import __version__

    return f"deskapp {__version__}"


def _describe(command: Callable[..., argparse.ArgumentParser]) -> None:
    from deskapp.cli_admin import ROLES

    def option(to: argparse.ArgumentParser, flag: str, **more: Any) -> None:
        to.add_argument(flag, help=say(f"cli.option.{flag.strip('-').replace('-', '_')}"), **more)

    demo = command("demo", _demo)
    option(demo, "--seed", type=int, default=7, metavar="N")
    init = command("init", _at_desk(_init))
    for flag, metavar in (("--company", "NAME"), ("--operator", "LOGIN")):
        option(init, flag, required=True, metavar=metavar)
    option(init, "--role", required=True, choices=ROLES)
    for flag in ("--password-stdin", "--sample"):
        option(init, flag, action="store_true")
    command("migrate", _at_desk(_migrate))
    importing = command("import", _at_desk(_import))
    option(importing, "noun", choices=("clients", "complaints", "staff", "sites", "notices"))
    option(importing, "file", metavar="FILE", type=Path)
    option(importing, "--map", metavar="FILE", type=Path)
    option(importing, "--sheet", metavar="NAME")
    for flag in ("--dry-run", "--skip-bad", "--json"):
        option(importing, flag, action="store_true")
    exporting = command("export", _at_desk(_export))
    option(exporting, "what", choices=("clients", "tickets", "calls"))
    option(exporting, "--format", choices=("csv", "xlsx", "json"), default="csv")
    option(exporting, "--out", metavar="FILE", type=Path)
    kpi = command("kpi", _at_desk(_kpi))
    for flag in ("--from", "--to"):
        option(kpi, flag, required=True, type=_day, metavar="DATE", dest=f"{flag[2:]}_day")
    option(kpi, "--by", choices=("operator", "department", "trade", "site", "category"), default="")
    option(kpi, "--json", action="store_true")
    volume = command("volume", _at_desk(_volume))
    for flag in ("--clients", "--tickets", "--calls"):
        option(volume, flag, type=_count, default=0, metavar="N")
    option(volume, "--seed", type=int, default=7, metavar="N")
    search = command("search", _at_desk(_search))
    option(search, "text", metavar="TEXT")
    option(search, "--limit", type=_count, default=LISTED, metavar="N")
    pop = command("pop", _at_desk(_pop))
    option(pop, "number", metavar="NUMBER")
    for found in (search, pop):
        option(found, "--json", action="store_true")
    command("screens", _screens)


def _day(written: str) -> date:
    from datetime import date

    try:
        return date.fromisoformat(written)
    except ValueError:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(say("cli.date", value=written)) from None


def _count(written: str) -> int:
    if not written.isascii() or not written.isdecimal():
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(say("cli.number", value=written))
    return int(written)


def _config(args: argparse.Namespace) -> Config:
    from deskapp.config import Config, default_url

    return Config(getattr(args, "db", None) or default_url(), getattr(args, "lang", ""))


def _console(args: argparse.Namespace) -> int:
    return open_console(_config(args))


def open_console(config: Config) -> int:
    """Open the console; only its first frame is in a hurry.

    The garbage collector waits until storage is open, and its full rounds until nobody types. Frames are painted
    up to 500 times a second: a key's echo waits for the next. Threads take turns every millisecond, so that what
    reads gets on while frames are painted.
    """
    import gc

    from deskapp.screens.tidying import wait_for_rest

    gc.disable()
    wait_for_rest()
    sys.setswitchinterval(0.001)
    os.environ.setdefault("TEXTUAL_FPS", "500")
    from deskapp.app import run_console

    try:
        return run_console(config)
    finally:
        gc.enable()


def _at_desk(act: Callable[[argparse.Namespace, Desk], int]) -> Callable[[argparse.Namespace], int]:
    """Run an act at a desk: whoever can run commands acts as the system, under the name of their account."""

    def run(args: argparse.Namespace) -> int:
        from deskapp.services.operators import system_operator
        from deskapp.wiring import open_desk

        desk = open_desk(_config(args)).signed_in(system_operator())
        try:
            return act(args, desk)
        finally:
            desk.store.close()

    return run


def _demo(args: argparse.Namespace) -> int:
    """Open the console on a sample morning in a folder that is gone afterwards."""
    from deskapp.config import Config, throwaway_dir
    from deskapp.services import sample
    from deskapp.wiring import open_desk

    language = getattr(args, "lang", i18n.language())
    with throwaway_dir("deskapp-demo-") as folder:
        url = getattr(args, "db", None) or f"sqlite:///{folder / 'demo.db'}"
        desk = sample.found(open_desk(Config(url, desk_dir=folder)), args.seed, language)
        desk.store.close()
        login = desk.operator.login if desk.operator else ""
        return open_console(Config(url, language, folder, login))


def _init(args: argparse.Namespace, desk: Desk) -> int:
    from deskapp.services import company, sample

    if not company.needs_first_start(desk):
        complain(say("cli.founded", company=desk.company))
        return 1
    password = ask_password(args.password_stdin)
    desk = company.first_start(
        desk, args.company, args.operator, args.operator, args.role, password, i18n.language()
    )
    if args.sample:
        sample.fill(desk)
    print_line(say("cli.done.init", company=desk.company, login=args.operator))
    return 0


def _migrate(_args: argparse.Namespace, _desk: Desk) -> int:
    print_line(say("cli.done.migrate"))
    return 0


def _import(args: argparse.Namespace, desk: Desk) -> int:
    from deskapp.services import imports

    reading = imports.read(desk, args.noun, args.file, _mapping(args), args.sheet)
    if args.dry_run:
        seen = imports.preview_of(desk, reading)
        report = imports.Report(reading.parsed.read, 0, len(seen.duplicates), seen.errors, seen.notices)
        words = say("cli.done.preview", read=report.read, new=seen.new, duplicates=report.duplicates)
    else:
        report = imports.run(desk, reading, skip_bad=args.skip_bad)
        words = say(
            "cli.done.import", read=report.read, imported=report.imported, duplicates=report.duplicates
        )
    refused = bool(report.errors) and not args.skip_bad
    if args.json:
        found = {"read": report.read, "imported": report.imported, "duplicates": report.duplicates}
        print_json(found | {"errors": [_error(error) for error in report.errors]})
    else:
        print_line(words if not refused or args.dry_run else say("cli.done.refused", read=report.read))
        _list_errors(report.errors)
    return 1 if refused else 0


def _mapping(args: argparse.Namespace) -> ColumnMapping | None:
    if args.map is None:
        return None
    from deskapp.domain.errors import RuleBroken
    from deskapp.domain.import_mapping import parse_mapping_file

    try:
        text = args.map.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        code = "import.unreadable" if args.map.exists() else "import.no_file"
        raise RuleBroken(code, file=args.map.name) from None
    return parse_mapping_file(text, args.noun)


def _error(error: RowError) -> dict[str, Any]:
    from deskapp.i18n.errors import in_words

    return {"row": error.row, "column": error.column, "value": error.value, "reason": in_words(error.reason)}


def _list_errors(errors: Sequence[RowError]) -> None:
    for error in errors[:LISTED]:
        print_line(say("cli.row_error", **_error(error)), sys.stderr)
    if len(errors) > LISTED:
        print_line(say("cli.more_errors", count=len(errors) - LISTED), sys.stderr)


def _export(args: argparse.Namespace, desk: Desk) -> int:
    from deskapp.services import exports

    if args.out is None and args.format == "xlsx":
        complain(say("cli.xlsx_needs_out"))
        return 2
    count = exports.export(desk, args.what, args.format, args.out or sys.stdout.buffer)
    if args.out is not None:
        print_line(say("cli.done.export", count=count, file=args.out))
    return 0


def _kpi(args: argparse.Namespace, desk: Desk) -> int:
    from deskapp.cli_figures import measured

    told, lines = measured(desk, args.from_day, args.to_day, args.by)
    if args.json:
        print_json(told)
        return 0
    for line in lines:
        print_line(line)
    return 0


def _volume(args: argparse.Namespace, desk: Desk) -> int:
    from deskapp.services import company, sample, volume

    if company.needs_first_start(desk):
        desk = sample.empty_company(desk)
    volume.fill(desk, args.clients, args.tickets, args.calls, args.seed)
    print_line(say("cli.done.volume", clients=args.clients, tickets=args.tickets, calls=args.calls))
    return 0


def _search(args: argparse.Namespace, desk: Desk) -> int:
    from deskapp.services import found

    clients, tickets = found.search(desk, args.text, args.limit)
    if args.json:
        print_json({"clients": clients, "tickets": tickets})
        return 0
    _print_clients(clients)
    for ticket in tickets:
        print_line(say("cli.found_ticket", **ticket))
    if not clients and not tickets:
        print_line(say("cli.nothing"))
    return 0


def _pop(args: argparse.Namespace, desk: Desk) -> int:
    from deskapp.services import found

    clients = found.pop(desk, args.number)
    if args.json:
        print_json(clients)
        return 0
    _print_clients(clients)
    if not clients:
        print_line(say("cli.nobody"))
    return 0


def _screens(_args: argparse.Namespace) -> int:
    import asyncio

    from deskapp.gallery_pages import document

    sys.stdout.buffer.write(asyncio.run(document()).encode())
    return 0


def _print_clients(clients: Sequence[dict[str, Any]]) -> None:
    for client in clients:
        shown = client | {"name": client["name"] or say("cli.unnamed"), "phones": " ".join(client["phones"])}
        print_line(say("cli.found_client", **shown))
