"""Simple registers: lists with fields of their own, declared as data (architecture: registers)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.register_kind import (
    APPROVED,
    DECISIONS,
    PROPOSED,
    REFUSED,
    SUPERSEDED,
    VOID,
    FieldKind,
    RegisterKind,
)

LONGEST = {"text": 200, "long": 4_000}
TITLE_MOST = 80

Values = Mapping[str, Any]
"""The answers of a line by field: text, date, fen, Decimal, bool, a choice's code, ids."""


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One line of a register; what the register declares beyond the common fields is in `data`."""

    id: int = 0
    version: int = 0
    register: str = ""
    number: str = ""
    day: date = date.min
    client_id: int | None = None
    site_id: int | None = None
    staff_id: int | None = None
    state: str = ""
    title: str = ""
    haystack: str = ""
    data: Mapping[str, object] | None = None
    decided_by: int | None = None
    decided_at: DateTime | None = None
    created_at: DateTime | None = None
    created_by: int | None = None

    @property
    def reason(self) -> str:
        """Why it was refused or struck out."""
        return str((self.data or {}).get("why", ""))

    @property
    def follows(self) -> int | None:
        """The line it is to take the place of."""
        return _id((self.data or {}).get("follows"))

    @property
    def successor(self) -> int | None:
        """The line proposed in its place."""
        return _id((self.data or {}).get("successor"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines a list shows: of a register, perhaps within days, of a person, standing so; void ones or not."""

    register: str
    first: date | None = None
    last: date | None = None
    staff_id: int | None = None
    """A person; 0 is nobody."""
    state: str = ""
    live: bool = False
    """Whether lines struck out are left away."""
    written_by: int | None = None
    """Only the lines of one operator."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line as lists show it: its answers, and the names of whom they mean."""

    entry: RegisterEntry
    values: Values
    client: str = ""
    address: str = ""
    people: Mapping[int, str] = field(default_factory=dict)
    decided_by: str = ""


def number(prefix: str, day: str, serial: int) -> str:
    """Write a line's number: number("DJ", "20261123", 1) → DJ20261123-0001."""
    return f"{prefix}{day}-{serial:04d}"


def values_of(kind: RegisterKind, entry: RegisterEntry) -> dict[str, Any]:
    """The answers of a line, by field; what was never answered is None."""
    data = entry.data or {}
    return {one.id: _stored(one, entry, data) for one in kind.fields}


def _stored(one: FieldKind, entry: RegisterEntry, data: Mapping[str, object]) -> Any:
    common = _place(one)
    if common:
        return getattr(entry, common)
    value = data.get(one.id)
    if value is None:
        return None
    if one.kind == "day":
        return date.fromisoformat(str(value))
    return Decimal(str(value)) if one.kind == "number" else value


def entry_of(kind: RegisterKind, values: Values, base: RegisterEntry) -> RegisterEntry:
    """A line with these answers; what is known of it besides stays."""
    own = {one.id for one in kind.fields}
    data: dict[str, object] = {name: kept for name, kept in (base.data or {}).items() if name not in own}
    common: dict[str, Any] = {}
    for one in kind.fields:
        value = values.get(one.id)
        place = _place(one)
        if place:
            common[place] = value
        elif value not in (None, ""):
            data[one.id] = _jsonable(value)
    state = base.state
    if kind.state:
        state = values.get(kind.state) or ""
    elif kind.decided and not base.id:
        state = PROPOSED
    titled = (written(kind.named(name), values.get(name)) for name in kind.title)
    title = " ".join(" ".join(titled).split())[:TITLE_MOST]
    return replace(base, register=kind.code, state=state, title=title, data=data, **common)


def _place(one: FieldKind) -> str:
    """The column of a line that keeps a field; "" for one kept in its data."""
    if one.kind in ("client", "site"):
        return f"{one.kind}_id"
    if one.main:
        return "staff_id"
    return "day" if one.id == "day" else ""


def _jsonable(value: Any) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _id(value: object) -> int | None:
    return value if isinstance(value, int) else None


def wrong(kind: RegisterKind, values: Values, today: date) -> dict[str, RuleBroken]:
    """What is wrong with the answers of a line, by field, each naming its field."""
    found: dict[str, RuleBroken] = {}
    for one in kind.fields:
        code, facts = _trouble(one, values, today)
        if code:
            found[one.id] = RuleBroken(code, field=f"{kind.code}.{one.id}", **facts)
    return found


def check(kind: RegisterKind, values: Values, today: date) -> None:
    """Refuse answers the declaration does not allow: the first that is wrong, named."""
    for error in wrong(kind, values, today).values():
        raise error


def _trouble(one: FieldKind, values: Values, today: date) -> tuple[str, dict[str, Any]]:
    value = values.get(one.id)
    if value in (None, ""):
        needed = one.required or any(values.get(name) in those for name, those in one.needed)
        return ("registers.missing" if needed else ""), {}
    if one.kind == "choice" and value not in one.choices:
        return "registers.no_choice", {"value": value}
    if len(str(value)) > LONGEST.get(one.kind, 10_000):
        return "registers.too_long", {"most": LONGEST[one.kind]}
    if one.kind == "money" and value <= 0:
        return "registers.not_positive", {}
    if one.kind == "day":
        if one.past and value > today:
            return "registers.to_come", {"day": value}
        other = values.get(one.after) if one.after else None
        if other is not None and value < other:
            return "registers.too_early", {"day": other}
    return "", {}


def check_edit(entry: RegisterEntry) -> None:
    """Refuse to change a line that was struck out or decided: another one takes its place."""
    if entry.state == VOID:
        raise RuleBroken("registers.void", number=entry.number)
    if entry.state in (APPROVED, REFUSED, SUPERSEDED):
        raise RuleBroken("registers.decided", number=entry.number)


def check_supersede(entry: RegisterEntry) -> None:
    """Refuse another line in the place of one nobody decided, or that one is proposed for already."""
    if entry.state not in DECISIONS:
        raise RuleBroken("registers.not_decided", number=entry.number)
    if entry.successor is not None:
        raise RuleBroken("registers.followed", number=entry.number)


def check_decide(
    kind: RegisterKind, entry: RegisterEntry, decision: str, reason: str, by: int | None = None
) -> None:
    """Refuse a decision where none is asked for, a second one, one's own where another is to decide, no reason."""
    if not kind.decided:
        raise RuleBroken("registers.nothing_to_decide", number=entry.number)
    if entry.state != PROPOSED:
        raise RuleBroken("registers.decided", number=entry.number)
    if kind.by_another and by is not None and entry.created_by == by:
        raise RuleBroken("registers.own", number=entry.number)
    if decision == REFUSED and not reason.strip():
        raise RuleBroken("registers.why_missing")


def check_strike(entry: RegisterEntry, reason: str) -> None:
    """Refuse to strike out a line twice, one that another has replaced, and any without a reason."""
    if entry.state == VOID:
        raise RuleBroken("registers.void", number=entry.number)
    if entry.state == SUPERSEDED:
        raise RuleBroken("registers.decided", number=entry.number)
    if not reason.strip():
        raise RuleBroken("registers.why_missing")


def has_expired(kind: RegisterKind, entry: RegisterEntry, values: Values, today: date) -> bool:
    """Whether an approval no longer holds on a day."""
    until = values.get(kind.expires) if kind.expires else None
    return entry.state == APPROVED and until is not None and bool(until < today)


def noted(entry: RegisterEntry, **facts: object) -> RegisterEntry:
    """The line with something more known of it; None forgets it."""
    data = dict(entry.data or {}) | facts
    return replace(entry, data={name: value for name, value in data.items() if value is not None})


def read(one: FieldKind, typed: Any, today: date) -> Any:
    """Read what somebody typed into a field; nothing is None; RuleBroken when it cannot be read."""
    from deskapp.domain.import_dates import parse_date
    from deskapp.domain.import_values import parse_money
    from deskapp.domain.time_words import read_day

    if not isinstance(typed, str):
        return typed
    typed = typed.strip()
    if not typed:
        return None
    if one.kind == "day":
        return read_day(typed, today) or parse_date(typed)
    if one.kind == "money":
        return parse_money(typed)
    return _decimal(typed) if one.kind == "number" else typed


def _decimal(typed: str) -> Decimal:
    from decimal import InvalidOperation
    from unicodedata import normalize

    try:
        value = Decimal(normalize("NFKC", typed).replace(",", ""))
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or abs(value) >= 10**9 or value != round(value, 2):
        raise RuleBroken("registers.no_number", value=typed)
    return value


def written(one: FieldKind, value: Any) -> str:
    """Write an answer as it could be typed again; choices and people by their code."""
    if value is None:
        return ""
    if one.kind == "money":
        return f"{value / 100:.2f}".removesuffix(".00")
    if one.kind == "number":
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def opening(kind: RegisterKind, today: date) -> dict[str, Any]:
    """What a new line begins with."""
    begins = {one.id: one.begins for one in kind.fields if one.begins}
    return {name: today if value == "today" else value for name, value in begins.items()}
