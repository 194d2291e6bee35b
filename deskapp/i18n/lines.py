"""What the command line says and asks: lines that cannot steer a terminal."""

from __future__ import annotations

import re
import sys
from typing import IO

from deskapp.i18n import say

_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


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
