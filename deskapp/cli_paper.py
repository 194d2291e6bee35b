"""`deskapp paper`: a paper of a period as it was issued, else as it would be now, on the terminal or as a file (R1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskapp.i18n import say
from deskapp.i18n.lines import complain, print_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from deskapp.desk import Desk
    from deskapp.domain.document import Document

WIDTH = 100
FORMATS = ("text", "xlsx", "docx", "pdf")


def describe(command: Callable[..., ArgumentParser], at_desk: Callable[[Any], Any]) -> None:
    """Add the command to the command line."""
    paper = command("paper", at_desk(_paper))
    paper.add_argument("kind", metavar="KIND", nargs="?", default="", help=say("cli.option.kind"))
    paper.add_argument("--period", metavar="PERIOD", default="", help=say("cli.option.period"))
    paper.add_argument("--format", choices=FORMATS, default="text", help=say("cli.option.format"))
    paper.add_argument("--out", metavar="FILE", type=Path, help=say("cli.option.out"))


def _paper(args: Namespace, desk: Desk) -> int:
    if not args.kind:
        _list()
        return 0
    if args.format != "text" and args.out is None:
        complain(say("cli.paper.needs_out"))
        return 2
    document, content = _made(desk, args.kind, args.period, args.format)
    if args.out is None:
        from deskapp.papers.page import page

        for line in page(document, WIDTH):
            print_line(line)
        return 0
    from deskapp.papers.table import whole

    with whole(args.out) as part:
        part.write_bytes(content)
    print_line(say("cli.paper.done", title=document.title, number=document.number, file=args.out))
    return 0


def _list() -> None:
    """Say which papers there are."""
    from deskapp.services.papers import KINDS

    for code, kind in KINDS.items():
        print_line(say("cli.paper.kind", name=code, title=say(kind.title_code)))


def _made(desk: Desk, kind: str, typed: str, form: str) -> tuple[Document, bytes]:
    """The paper of a period, and the file of it: what was issued goes before what would be."""
    from deskapp.domain.errors import RuleBroken
    from deskapp.domain.period import read_period
    from deskapp.papers.page import page
    from deskapp.services import papers
    from deskapp.services.papers import files
    from deskapp.services.planning import today_of

    declared = papers.kind_of(kind)
    day = today_of(desk, desk.now())
    if typed:
        period = read_period(typed)
        day = period.first
        if period.unit not in (declared.unit, "day"):
            raise RuleBroken(
                "paper.other_period",
                title=say(declared.title_code),
                unit=say(f"paper.unit.{declared.period}"),
            )
    found = papers.preview(desk, kind, day)
    document = papers.opened(desk, found.issued.id)[1] if found.issued else found.document
    if form == "text":
        return document, "\n".join([*page(document, WIDTH), ""]).encode("utf-8", "replace")
    if found.issued:
        return document, files.content(desk, found.issued.id, form)[1]
    return document, files.rendered(desk, document, form)
