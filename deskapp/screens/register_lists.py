"""How lines of the registers are painted: their columns as declared, and one line in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain import register as rules
from deskapp.domain.register_kind import APPROVED, PROPOSED, REFUSED, SUPERSEDED, VOID
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskapp.desk import Desk
    from deskapp.domain.register import EntryRow
    from deskapp.domain.register_kind import ColumnKind, FieldKind, RegisterKind

TONES = {
    PROPOSED: "$warning",
    APPROVED: "$success",
    REFUSED: "$error",
    SUPERSEDED: "$text-muted",
    VOID: "$text-muted",
}
_SIGNS = {APPROVED: "met", REFUSED: "missed", VOID: "missed"}
RIGHT = ("money", "number")


@dataclass(frozen=True, slots=True)
class KindRow:
    """A register as the list of registers shows it: lines of this month, lines that wait to be decided."""

    place: int
    kind: RegisterKind
    month: int = 0
    waiting: int = 0


def name_of(kind: RegisterKind) -> str:
    """A register's name."""
    return say(f"registers.name.{kind.code}")


def label_of(kind: RegisterKind, field: str) -> str:
    """A field's name."""
    return say(f"registers.field.{kind.code}.{field}")


def choice_word(kind: RegisterKind, field: str, value: object) -> str:
    """A choice's word."""
    return say(f"registers.choice.{kind.code}.{field}.{value}")


def kind_columns() -> list[Column]:
    """The registers, each with its digit, what was written this month, and what waits."""

    def counts(row: KindRow, _: PaintContext) -> Content:
        if row.waiting:
            return Content.styled(f"{signs.sign('missed')} {row.waiting}", "bold $warning")
        return Content.styled(str(row.month), "$text-muted")

    def digit(row: KindRow, _: PaintContext) -> Content:
        return Content.styled(str(row.place) if row.place < 10 else "", "$primary")

    return [
        Column("digit", "", 1, digit),
        Column("name", "registers.column.register", None, lambda row, _: Content(name_of(row.kind))),
        Column("count", "registers.column.month", 4, counts, align="right"),
    ]


def columns_of(kind: RegisterKind, today: date) -> list[Column]:
    """The columns a register declares."""
    return [_column(kind, one, today) for one in kind.columns]


def _column(kind: RegisterKind, column: ColumnKind, today: date) -> Column:
    width, least = column.width or None, column.least
    plain: dict[str, Callable[[EntryRow, PaintContext], Content]] = {
        "number": lambda row, _: painting.safe(row.entry.number, "$text-muted"),
        "state": lambda row, _: state_words(kind, row, today),
        "client": lambda row, _: _struck(row, painting.safe(paint.client_name(row.client), "bold")),
    }
    own = [one for one in kind.fields if one.id == column.field]
    if column.field in plain and not (own and own[0].kind != "client"):
        title = f"registers.column.{column.field}"
        return Column(column.field, title, width, plain[column.field], min_terminal=least)
    field = own[0]
    align: Any = "right" if field.kind in RIGHT else "left"
    title = f"registers.field.{kind.code}.{field.id}"

    def cell(row: EntryRow, _: PaintContext) -> Content:
        return _struck(row, painting.safe(short_words(kind, field, row, today)))

    return Column(column.field, title, width, cell, min_terminal=least, align=align)


def _struck(row: EntryRow, words: Content) -> Content:
    """What is struck out looks so."""
    return Content.styled(words.plain, "strike $text-muted") if row.entry.state == VOID else words


def short_words(kind: RegisterKind, field: FieldKind, row: EntryRow, today: date) -> str:
    """An answer in one line of a list."""
    value = row.values.get(field.id)
    if field.kind == "day" and value is not None:
        return f"{value:%m-%d}" if value.year == today.year else f"{value:%y-%m-%d}"
    return " ".join(words_of(kind, field, row).split())


def words_of(kind: RegisterKind, field: FieldKind, row: EntryRow) -> str:
    """An answer in words."""
    value = row.values.get(field.id)
    if field.kind == "client":
        return paint.client_name(row.client) if value is not None else ""
    if field.kind == "site":
        return row.address
    if value is None:
        return ""
    if field.kind == "staff":
        return row.people.get(value, "")
    if field.kind == "money":
        return f"{value / 100:,.2f}".removesuffix(".00")
    if field.kind == "choice":
        return choice_word(kind, field.id, value)
    if field.kind == "yes_no":
        return say("form.yes") if value else say("form.no")
    return rules.written(field, value)


def state_words(kind: RegisterKind, row: EntryRow, today: date) -> Content:
    """How a line stands, with a sign beside the colour."""
    state = row.entry.state
    if rules.has_expired(kind, row.entry, row.values, today):
        return Content.styled(f"{signs.sign('overdue')} {say('registers.expired')}", "$warning")
    if kind.state and state != VOID:
        return Content(choice_word(kind, kind.state, state) if state else "")
    if not state:
        return Content("")
    sign = f"{signs.sign(_SIGNS[state])} " if state in _SIGNS else ""
    return Content.styled(f"{sign}{say(f'registers.state.{state}')}", TONES.get(state, ""))


def whole_lines(desk: Desk, kind: RegisterKind, row: EntryRow, today: date, width: int) -> list[Content]:
    """A line in full: who and what, then every answer with its name, then who decided it and why."""
    entry = row.entry
    head = painting.join(
        [
            painting.safe(entry.number, "$text-muted"),
            painting.safe(row.client, "bold"),
            state_words(kind, row, today),
        ]
    )
    parts: list[Content] = []
    for field in kind.fields:
        words = words_of(kind, field, row)
        if words and field.kind != "client":
            label = label_of(kind, field.id)
            parts.append(
                Content.assemble((f"{label} ", "$text-muted"), painting.safe(" ".join(words.split())))
            )
    return [head, *painting.rows(parts, max(20, width), "   "), *_decided(desk, row)]


def _decided(desk: Desk, row: EntryRow) -> Sequence[Content]:
    entry = row.entry
    lines = []
    if entry.decided_at is not None:
        when = paint.when(desk, entry.decided_at)
        who = painting.safe(row.decided_by).plain
        lines.append(Content.styled(say("registers.decided_by", who=who, when=when), "$text-muted"))
    if entry.reason:
        lines.append(
            Content.assemble((f"{say('registers.why.field')} ", "$text-muted"), painting.safe(entry.reason))
        )
    if entry.successor is not None:
        lines.append(Content.styled(say("registers.has_successor"), "$warning"))
    return lines
