"""The registers as they are declared: fields, columns, numbering, who decides (architecture: registers)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

FIELD_KINDS = ("text", "long", "day", "money", "number", "choice", "yes_no", "client", "site", "staff")
COMMON = ("number", "state", "client")
"""Columns every register has besides its fields."""
RESERVED = frozenset({"number", "state", "why", "follows", "successor"})
"""What no field may be called: what is known of every line."""
PROPOSED, APPROVED, REFUSED, SUPERSEDED, VOID = "proposed", "approved", "refused", "superseded", "void"
DECISIONS = (APPROVED, REFUSED)


@dataclass(frozen=True, slots=True)
class FieldKind:
    """One field of a register, as it is declared."""

    id: str
    kind: str = "text"
    required: bool = False
    needed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Required when another field has one of these values."""
    choices: tuple[str, ...] = ()
    trade: str = ""
    main: bool = False
    """Whether it is the person a line is kept under."""
    begins: str = ""
    """What a new line opens with: today, or a choice."""
    past: bool = False
    after: str = ""
    """The field whose day it may not be before."""


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """One column of a register's list; no width shares what is left."""

    field: str
    width: int = 0
    least: int = 0
    """The cells a list must have for the column to be there."""


@dataclass(frozen=True, slots=True)
class RegisterKind:
    """A register, as it is declared."""

    code: str
    prefix: str
    fields: tuple[FieldKind, ...] = ()
    columns: tuple[ColumnKind, ...] = ()
    title: tuple[str, ...] = ()
    state: str = ""
    decided: bool = False
    roles: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    """The roles that see every line; others see those they wrote. None named: everybody sees all."""
    by_another: bool = False
    """Whether whoever wrote a line never decides it."""
    effect: str = ""
    expires: str = ""
    """The field of the day until which an approval holds."""
    leads_to: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> FieldKind:
        """One of its fields."""
        return next(one for one in self.fields if one.id == name)

    def of_kind(self, kind: str) -> tuple[FieldKind, ...]:
        """Its fields of a kind."""
        return tuple(one for one in self.fields if one.kind == kind)

    def read_by(self, role: str) -> bool:
        """Whether a role sees every line of it, not only its own."""
        return not self.readers or role in self.readers

    @property
    def main(self) -> FieldKind | None:
        """The field of the person a line is kept under."""
        return next((one for one in self.fields if one.main), None)

    @property
    def states(self) -> tuple[str, ...]:
        """How its lines may stand."""
        if self.decided:
            return (PROPOSED, APPROVED, REFUSED, SUPERSEDED, VOID)
        return (*(self.named(self.state).choices if self.state else ()), VOID)


def parse(declared: Mapping[str, Any]) -> dict[str, RegisterKind]:
    """Read the declaration of the registers, by code; ValueError names what cannot be meant."""
    found: dict[str, RegisterKind] = {}
    for given in declared["register"]:
        kind = _kind(given)
        _sane(kind, found.values())
        found[kind.code] = kind
    return found


_PLAIN = ("state", "decided", "by_another", "effect", "expires", "leads_to")


def _kind(given: Mapping[str, Any]) -> RegisterKind:
    plain = {name: given[name] for name in _PLAIN if name in given}
    return RegisterKind(
        code=given["code"],
        prefix=given["prefix"],
        fields=tuple(_field(one) for one in given["fields"]),
        columns=tuple(ColumnKind(*one) for one in given["columns"]),
        title=tuple(given.get("title", ())),
        roles=tuple(given.get("roles", ())),
        readers=tuple(given.get("readers", ())),
        **plain,
    )


def _field(given: Mapping[str, Any]) -> FieldKind:
    needed = tuple((name, tuple(those)) for name, those in given.get("needed", {}).items())
    return FieldKind(**(dict(given) | {"needed": needed, "choices": tuple(given.get("choices", ()))}))


def _sane(kind: RegisterKind, others: Iterable[RegisterKind]) -> None:
    names = [one.id for one in kind.fields]
    troubles = {
        "code": any(one.code == kind.code for one in others),
        "prefix": not kind.prefix.isalpha() or any(one.prefix == kind.prefix for one in others),
        "field": len(set(names)) != len(names) or bool(set(names) & RESERVED),
        "day": [(one.kind, one.required) for one in kind.fields if one.id == "day"] != [("day", True)],
        "kind": any(one.kind not in FIELD_KINDS for one in kind.fields),
        "client": len(kind.of_kind("client")) > 1 or len(kind.of_kind("site")) > 1,
        "main": [one.kind for one in kind.fields if one.main] not in ([], ["staff"]),
        "choices": any((one.kind == "choice") != bool(one.choices) for one in kind.fields),
        "state": bool(kind.state) and (kind.decided or kind.state not in names or not kind.named(kind.state).choices),
        "columns": any(one.field not in (*names, *COMMON) for one in kind.columns),
        "title": any(name not in names for name in kind.title),
        "expires": bool(kind.expires) and (kind.expires not in names or not kind.decided),
        "needed": any(name not in names for one in kind.fields for name, _ in one.needed),
        "after": any(one.after and one.after not in names for one in kind.fields),
        "readers": bool(kind.readers) and (bool(kind.of_kind("client")) or _sightless(kind)),
        "leads_to": any(state not in kind.states for state in kind.leads_to),
    }  # fmt: skip
    for part, bad in troubles.items():
        if bad:
            raise ValueError(f"register {kind.code}: {part}")


def _sightless(kind: RegisterKind) -> bool:
    """Whether somebody decides lines of it they could not read."""
    return kind.decided and not (kind.roles and set(kind.roles) <= set(kind.readers))
