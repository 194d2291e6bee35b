"""Commands for whoever keeps the desk: accounts, what is due by itself, and whether the audit trail is whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deskapp.cli_json import print_json
from deskapp.i18n import say
from deskapp.i18n.lines import ask_password, complain, print_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from deskapp.config import Config
    from deskapp.desk import Desk
    from deskapp.domain.audit import Fault
    from deskapp.domain.operator import Operator

    Act = Callable[[Namespace, Desk], int]

ROLES = ("agent", "manager", "quality", "director", "admin")


def describe(
    command: Callable[..., ArgumentParser],
    at_desk: Callable[[Act], Callable[[Namespace], int]],
    config: Callable[[Namespace], Config],
) -> None:
    """Add the commands of this room to the command line."""
    accounts = _group(command("operators"))
    add = command("operators.add", at_desk(_add), accounts)
    for name in ("disable", "reset"):
        one = command(f"operators.{name}", at_desk(_disable if name == "disable" else _reset), accounts)
        _option(one, "login", metavar="LOGIN")
        if name == "reset":
            _option(one, "--password-stdin", action="store_true")
    _option(add, "login", metavar="LOGIN")
    _option(add, "--name", required=True, metavar="NAME")
    _option(add, "--role", required=True, choices=ROLES)
    _option(add, "--password-stdin", action="store_true")
    _option(command("operators.list", at_desk(_list), accounts), "--json", action="store_true")
    _option(command("tick", at_desk(_tick)), "--json", action="store_true")
    command("listen", lambda args: _listen(config(args)))
    watching = command("watch", lambda args: _watch(args, config(args)))
    _option(watching, "--every", type=_seconds, default=5.0, metavar="SECONDS")
    serving = command("serve", lambda args: _serve(args, config(args)))
    _option(serving, "--host", default="127.0.0.1", metavar="HOST")
    _option(serving, "--port", type=_port, default=8000, metavar="PORT")
    _option(serving, "--address", default="", metavar="URL")
    _option(serving, "--most", type=_port, default=20, metavar="N")
    trail = _group(command("audit"))
    _option(command("audit.verify", at_desk(_verify), trail), "--json", action="store_true")


def _group(parser: ArgumentParser) -> Any:
    return parser.add_subparsers(
        title=say("cli.help.commands"), metavar="COMMAND", dest="verb", required=True
    )


def _option(to: ArgumentParser, flag: str, **more: Any) -> None:
    to.add_argument(flag, help=say(f"cli.option.{flag.strip('-').replace('-', '_')}"), **more)


def _add(args: Namespace, desk: Desk) -> int:
    from deskapp.services import operators

    added = operators.add(desk, args.login, args.name, args.role, ask_password(args.password_stdin))
    print_line(say("cli.done.operator_add", login=added.login, role=say(f"operator.role.{added.role}")))
    return 0


def _disable(args: Namespace, desk: Desk) -> int:
    from deskapp.services import operators

    print_line(say("cli.done.operator_disable", login=operators.disable(desk, args.login).login))
    return 0


def _reset(args: Namespace, desk: Desk) -> int:
    from deskapp.services import operators

    found = operators.known(desk, args.login)
    operators.reset(desk, found.login, ask_password(args.password_stdin))
    print_line(say("cli.done.operator_reset", login=found.login))
    return 0


def _list(args: Namespace, desk: Desk) -> int:
    with desk.read() as work:
        listed = [_account(operator) for operator in work.operators.listed()]
    if args.json:
        print_json(listed)
        return 0
    for account in listed:
        words = {"role": say(f"operator.role.{account['role']}")}
        code = "cli.account" if account["active"] else "cli.account_off"
        print_line(say(code, **account | words))
    return 0


def _account(operator: Operator) -> dict[str, Any]:
    shown = ("id", "login", "name", "role", "active", "language")
    return {field: getattr(operator, field) for field in shown}


def _tick(args: Namespace, desk: Desk) -> int:
    from dataclasses import asdict

    from deskapp.cli_watch import ticked_lines
    from deskapp.services.tick import tick

    done = tick(desk)
    if args.json:
        print_json(asdict(done))
    else:
        for line in ticked_lines(done) or [say("cli.done.tick_nothing")]:
            print_line(line)
    return 0


def _watch(args: Namespace, config: Config) -> int:
    from deskapp import cli_watch

    return cli_watch.run(config, args.every)


def _listen(config: Config) -> int:
    from deskapp import cli_listen

    return cli_listen.run(config)


def _serve(args: Namespace, config: Config) -> int:
    from deskapp import cli_serve

    return cli_serve.run(config, args.host, args.port, args.address, args.most)


def _port(written: str) -> int:
    from argparse import ArgumentTypeError

    if not written.isascii() or not written.isdecimal() or not 1 <= int(written) <= 65535:
        raise ArgumentTypeError(say("cli.port", value=written))
    return int(written)


def _seconds(written: str) -> float:
    from argparse import ArgumentTypeError

    try:
        seconds = float(written)
    except ValueError:
        seconds = 0
    if not 0.1 <= seconds <= 3600:
        raise ArgumentTypeError(say("cli.seconds", value=written))
    return seconds


def _verify(args: Namespace, desk: Desk) -> int:
    from deskapp.services import audit

    verdict = audit.verify(desk)
    if args.json:
        fault = _fault(verdict.fault) if verdict.fault else None
        print_json({"entries": verdict.entries, "head": verdict.head, "fault": fault})
    elif verdict.fault is None:
        print_line(say("cli.done.audit", count=verdict.entries, head=verdict.head or "-"))
    else:
        told = _fault(verdict.fault)
        code = told.pop("code")
        complain(say(f"cli.audit_{code}", **{name: value or "-" for name, value in told.items()}))
    return 1 if verdict.fault else 0


def _fault(fault: Fault) -> dict[str, Any]:
    at = fault.at.to_iso8601_string() if fault.at else None
    return {
        "code": fault.code,
        "audit_id": fault.audit_id,
        "seq": fault.seq,
        "who": fault.who,
        "at": at,
        "noun": fault.noun,
        "record_id": fault.record_id,
    }
