"""How the command line is understood: argparse in the language in use. The console itself opens without it."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from deskapp.i18n import say
from deskapp.i18n.lines import complain

_ARGPARSE = {
    "usage: ": "cli.parse.usage",
    "%(prog)s: error: %(message)s\n": "cli.parse.error",
    "options": "cli.parse.options",
    "positional arguments": "cli.parse.arguments",
    "show this help message and exit": "cli.parse.help",
    "the following arguments are required: %s": "cli.parse.required",
    "unrecognized arguments: %s": "cli.parse.unknown",
    "invalid choice: %(value)r (choose from %(choices)s)": "cli.parse.choice",
    "argument %(argument_name)s: %(message)s": "cli.parse.argument",
    "invalid %(type)s value: %(value)r": "cli.parse.value",
    "expected one argument": "cli.parse.one",
    "ambiguous option: %(option)s could match %(matches)s": "cli.parse.ambiguous",
    "ignored explicit argument %r": "cli.parse.explicit",
}
"""What argparse says in English, and the codes of the same words."""


class Parser(argparse.ArgumentParser):
    """Errors in one line, in the language in use, and nothing abbreviated: scripts outlive options."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"allow_abbrev": False}))

    def error(self, message: str) -> NoReturn:
        """Say what was not understood; exit 2."""
        complain(say("cli.usage", message=message, prog=self.prog))
        raise SystemExit(2)


def speak() -> None:
    """Let argparse say its own messages in the language in use; what the catalogues lack stays English."""
    setattr(argparse, "_", lambda message: say(_ARGPARSE[message]) if message in _ARGPARSE else message)  # noqa: B010
