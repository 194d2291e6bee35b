"""What the command line says: argparse in the language in use, and lines that cannot steer a terminal."""

from __future__ import annotations

import argparse
import re
import sys
from typing import IO, Any, NoReturn

from deskapp.i18n import say

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

_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


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


def print_line(words: str, to: IO[str] | None = None) -> None:
    """Print one line for people: what would be hidden or steer their terminal shows as U+FFFD."""
    out = to or sys.stdout
    text = _HARMFUL.sub("\ufffd", " ".join(words.splitlines())) + "\n"
    coding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(coding, "replace").decode(coding))


def complain(words: str) -> None:
    """Print one line on standard error."""
    print_line(say("cli.line", words=words), sys.stderr)


def ask_password(from_stdin: bool) -> str:
    """The first line of standard input, or what is typed unseen, twice the same."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        complain(say("cli.no_password"))
        raise SystemExit(2)
    from getpass import getpass

    typed = getpass(say("cli.password"))
    if getpass(say("cli.password_again")) != typed:
        complain(say("cli.passwords_differ"))
        raise SystemExit(1)
    return typed
