"""Somebody's marks in what others wrote: which texts name a person, and what is left of them (row P6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deskapp.domain.erasure import ERASED
from deskapp.domain.phone_number import masked, shown

LEAST_ADDRESS = 5
"""Characters below which an address could be anybody's."""


@dataclass(frozen=True, slots=True)
class Person:
    """What tells one client from others: `marks` are theirs alone, `cases` number what is theirs.

    A name others bear too is theirs only beside a mark or a case.
    """

    name: str = ""
    name_is_theirs: bool = False
    marks: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def sought(self) -> tuple[str, ...]:
        """Every text whose presence makes something worth a closer look, none within another."""
        found = [one for one in (self.name, *self.marks) if one]
        return tuple(one for one in found if not any(other != one and other in one for other in found))

    def there(self, text: str) -> bool:
        """Whether a text speaks of this person beyond doubt."""
        return any(one in text for one in (*self.marks, *self.cases))

    def without(self, text: str, *, beside: bool = False) -> str:
        """A text without the person; `beside` says that what stands around it speaks of them beyond doubt."""
        theirs = self.name_is_theirs or beside or self.there(text)
        for mark in self.marks:
            text = text.replace(mark, ERASED)
        return text.replace(self.name, ERASED) if self.name and theirs else text


def person_of(
    name: str, phones: Iterable[tuple[str, str]], texts: Iterable[str], cases: Iterable[str], alone: bool
) -> Person:
    """Gather a person's marks: numbers (normal and as typed) in each spelling, addresses, mail addresses.

    `alone` says that nobody else in the books bears the name.
    """
    marks: set[str] = set()
    for normal, raw in phones:
        marks.add(raw.strip())
        if normal:
            told = shown(normal)
            marks |= {normal, normal.removeprefix("+86"), told, told.replace(" ", ""), masked(normal)}
    marks |= {one.strip() for one in texts if len(one.strip()) >= LEAST_ADDRESS}
    kept = sorted((mark for mark in marks if len(mark) >= LEAST_ADDRESS), key=len, reverse=True)
    called = name.strip()
    return Person(called if len(called) > 1 else "", alone, tuple(kept), tuple(filter(None, cases)))


def scrubbed_of(value: Any, person: Person) -> Any:
    """JSON without the person: a row that has a mark or a case of theirs loses their name as well."""
    if isinstance(value, str):
        return person.without(value)
    if isinstance(value, Mapping):
        return {name: scrubbed_of(one, person) for name, one in value.items()}
    if not isinstance(value, Sequence):
        return value
    if all(one is None or isinstance(one, str | int | float) for one in value):
        beside = any(isinstance(one, str) and person.there(one) for one in value)
        return [person.without(one, beside=beside) if isinstance(one, str) else one for one in value]
    return [scrubbed_of(one, person) for one in value]
