"""A ticket's slip as plain text of a fixed width, Chinese in double cells, to be printed and signed (row T2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskapp.domain.ticket import INTERNAL_KINDS
from deskapp.i18n import say

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.repair import RepairRow
    from deskapp.domain.rows import TicketRow

WIDTH = 76
_TWO_PAIRS = 60
_NEVER_FIRST = frozenset("\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\uff09\u300b\u300d\u201d\u2019,.;:?!)")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """What a slip says that the ticket does not: company, caller's numbers, who filed it, the zone of its hours."""

    company: str = ""
    phones: tuple[str, ...] = ()
    filed_by: str = ""
    zone: str = "Asia/Shanghai"
    repeat_of: str = ""
    repair: RepairRow | None = None


def slip(row: TicketRow, facts: SlipFacts, width: int = WIDTH) -> str:
    """Write the slip of a ticket; lines left empty are for the pen."""
    return "\n".join(slip_lines(row, facts, width)) + "\n"


def slip_lines(row: TicketRow, facts: SlipFacts, width: int = WIDTH) -> list[str]:
    """Write the slip's lines, each at most `width` cells wide."""
    ticket = row.ticket
    number = ticket.number or say("slip.number_follows")
    received = local_time(ticket.received_at, facts.zone)
    title = say(f"slip.title.{ticket.kind}")
    head = [centred(clean(facts.company), width), centred(title, width)]
    ends = _ends(f"{say('slip.number')} {number}", f"{say('slip.received')} {received}", width)
    return [*head, *ends, *_table(slip_cells(row, facts), width), *_feet(facts, width)]


Cells = list[tuple[Pair, ...] | tuple[Pair, int]]


def slip_cells(row: TicketRow, facts: SlipFacts) -> Cells:
    """Give the rows of the table: two short facts side by side, or a long one with the lines it takes at least."""
    ticket = row.ticket
    complaint, internal = ticket.kind == "complaint", ticket.kind in INTERNAL_KINDS
    repeat = say("slip.repeat_no", count=ticket.repeat_no + 1, number=facts.repeat_of)
    severity = _pair("severity", say(f"ticket.severity.{ticket.severity}"))
    repeated = _pair("repeat", repeat if ticket.repeat_no else say("slip.no_repeat"))
    found: Cells = [
        (_pair("client", row.client_name), _pair("phone", " / ".join(facts.phones))),
        (_pair("address", row.address), 1),
        (_pair("channel", say(f"ticket.channel.{ticket.channel}")), _pair("category", ticket.category)),
        (severity, repeated) if complaint else (severity, 1),
        (_pair("subject", ticket.subject), 1),
        (_pair("description" if complaint else "content", ticket.description), 3),
        *([] if internal and not ticket.demand else [(_pair("demand", ticket.demand), 1)]),
        (_pair("department", row.department), _pair("responsible", row.responsible)),
    ]
    if facts.repair is not None:
        found += _repair_cells(facts.repair, facts.zone)
    due = _pair("due_at", local_time(ticket.due_at, facts.zone))
    if internal:
        return [*found, (due, 1), (_pair("result", ticket.resolution or ticket.response), 3)]
    respond_by = _pair("respond_by", local_time(ticket.respond_by, facts.zone))
    done = facts.repair.repair.work_done if facts.repair else ""
    return [
        *found,
        (respond_by, due),
        (_pair("response", ticket.response), 2),
        (
            _pair("work_done", done or ticket.resolution)
            if facts.repair
            else _pair("resolution", ticket.resolution),
            3,
        ),
        *([(_pair("rating", say("slip.rating")), 1), (_pair("words", ""), 2)] if facts.repair else []),
        (_pair("confirmed", ""), 1),
    ]


def _repair_cells(row: RepairRow, zone: str) -> Cells:
    """What a repair's slip says more: warranty, who comes when, and the charge there is."""
    repair, until = row.repair, row.repair.warranty_until
    day = until.isoformat() if until else ""
    warranty = say(f"repair.warranty.{repair.warranty.state}", day=day)
    found: Cells = [
        (
            _pair("scope", say(f"repair.scope.{repair.scope}")),
            _pair("appointment", local_time(repair.appointment_at, zone)),
        ),
        (_pair("warranty", warranty), 1),
        (_pair("worker", " ".join(name for name in (row.worker, repair.crew) if name)), 1),
    ]
    if repair.cost is not None:
        found.append((_pair("cost", say("slip.yuan", amount=f"{repair.cost / 100:,.2f}")), 1))
    return found


def _pair(name: str, value: str) -> Pair:
    return say(f"slip.field.{name}"), value


def _table(rows: Cells, width: int) -> Iterator[str]:
    label = max(cells(pair[0]) for row in rows for pair in row if isinstance(pair, tuple))
    label = min(label, max(4, width // 4))
    for row in rows:
        first, second = row[0], row[1] if len(row) > 1 else None
        assert isinstance(first, tuple)
        if isinstance(second, tuple):
            if width >= _TWO_PAIRS:
                yield _rule(_halves(width, label))
                yield from _line((first, second), _halves(width, label), 1)
                continue
            yield _rule((label, width - label - 7))
            yield from _line((first,), (label, width - label - 7), 1)
            first = second
        yield _rule((label, width - label - 7))
        yield from _line((first,), (label, width - label - 7), second if isinstance(second, int) else 1)
    yield _rule((label, width - label - 7))


def _halves(width: int, label: int) -> tuple[int, int, int, int]:
    room = width - 2 * label - 13
    return label, room - room // 2, label, room // 2


def _rule(columns: Sequence[int]) -> str:
    return "+" + "+".join("-" * (column + 2) for column in columns) + "+"


def _line(pairs: Sequence[Pair], columns: Sequence[int], least: int) -> Iterator[str]:
    texts = [text for pair in pairs for text in pair]
    wrapped = [wrap(text, width) for text, width in zip(texts, columns, strict=True)]
    for y in range(max(least, *(len(lines) for lines in wrapped))):
        parts = [
            padded(lines[y] if y < len(lines) else "", width)
            for lines, width in zip(wrapped, columns, strict=True)
        ]
        yield "| " + " | ".join(parts) + " |"


def _feet(facts: SlipFacts, width: int) -> list[str]:
    blank = "_" * 10
    signed = [f"{say('slip.filed_by')} {clean(facts.filed_by) or blank}", f"{say('slip.signed')} {blank}"]
    return _ends(signed[0], signed[1], width)


def _ends(left: str, right: str, width: int) -> list[str]:
    left, right = clean(left), clean(right)
    gap = width - cells(left) - cells(right)
    return [left + " " * gap + right] if gap > 0 else [*wrap(left, width), *wrap(right, width)]


def local_time(at: DateTime | None, zone: str) -> str:
    """Write an instant as the clock of the company shows it, "" when there is none."""
    return "" if at is None else str(at.in_timezone(zone).format("YYYY-MM-DD HH:mm"))


def clean(text: str) -> str:
    """Leave out what does not print or would move what follows: controls, direction marks, half characters."""
    return "".join(" " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or _prints(c))


def _prints(character: str) -> bool:
    return unicodedata.category(character) not in _HIDDEN


def cells(text: str) -> int:
    """How many cells a text takes where Chinese takes two; accents take none."""
    return sum(_wide(character) for character in text)


def _wide(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def padded(text: str, width: int) -> str:
    """Fill a text with spaces up to `width` cells."""
    return text + " " * (width - cells(text))


def centred(text: str, width: int) -> str:
    """Put a text in the middle of `width` cells; a longer one is cut."""
    fitting = wrap(text, width)[0]
    return " " * ((width - cells(fitting)) // 2) + fitting


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` cells: at its own line ends, at spaces, between Chinese."""
    lines: list[str] = []
    for part in text.splitlines() or [""]:
        lines += _wrapped(clean(part).strip(), width)
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    lines, begin, space, taken = [], 0, -1, 0
    for at, character in enumerate(text):
        if taken + _wide(character) > width:
            end = space if space > begin else at - (character in _NEVER_FIRST and at - begin > 1)
            lines.append(text[begin:end].rstrip())
            begin = end + len(text[end:at]) - len(text[end:at].lstrip())
            taken, space = cells(text[begin:at]), -1
        if character == " ":
            space = at
        taken += _wide(character)
    return [*lines, text[begin:]]
