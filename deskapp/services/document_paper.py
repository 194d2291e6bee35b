"""A document of the department as a paper that is printed and signed (row K4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.document import Block, Document, Facts, Table, Words
from deskapp.i18n import say

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.services.documents import Opened

PEN_LINES = 6
"""Lines left for the pen where nothing is written."""


def build(desk: Desk, opened: Opened) -> Document:
    """Put a document's head, words, items and list of files on paper; minutes are signed."""
    document = opened.document
    made = desk.local(document.created_at).format("YYYY-MM-DD HH:mm") if document.created_at else ""
    pairs = [
        (say("document.field.day"), document.day.isoformat()),
        (say("document.field.kind"), say(f"document.kind.{document.kind}")),
        (say("document.field.people"), document.people),
    ]
    blocks: list[Block] = [Facts(tuple(pair for pair in pairs if pair[1]))]
    blocks.append(Words(document.body, lines=0 if document.body.strip() else PEN_LINES))
    if opened.items:
        blocks.append(_items(opened))
    if opened.files:
        rows = tuple((place, one.attachment.name) for place, one in enumerate(opened.files, 1))
        columns = (say("document.column.place"), say("document.column.file"))
        blocks.append(Table(columns, rows, caption=say("document.files_plain"), widths=(6, 60)))
    signed = ("recorder", "chair") if document.kind == "minutes" else ()
    return Document(
        kind=document.kind,
        title=document.title,
        company=desk.company,
        number=document.number,
        made=say("paper.made", who=opened.row.maker, at=made),
        blocks=tuple(blocks),
        signatures=tuple(say(f"document.sign.{role}") for role in signed),
    )


def _items(opened: Opened) -> Table:
    columns = tuple(say(f"document.column.{name}") for name in ("place", "words", "staff", "due", "state"))
    rows = tuple(
        (
            place,
            row.item.words,
            row.staff,
            row.item.due_on.isoformat() if row.item.due_on else "",
            _state(row.item.state, row.item.outcome),
        )
        for place, row in enumerate(opened.items, 1)
    )
    return Table(columns, rows, caption=say("document.items_plain"), widths=(5, 30, 10, 12, 24))


def _state(state: str, outcome: str) -> str:
    word = say(f"action_item.state.{state}")
    return f"{word}: {outcome}" if outcome else word
