"""Somebody's marks in what others wrote: which texts name a person, and what is left of them (row P6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deskapp.domain.erasure import ERASED
from deskapp.domain.phone_shown import masked, shown

LEAST_ADDRESS = 5
"""Characters below which an address could be anybody's."""
_LETTER = r"[^\W\d_]"
_CASED = "[A-Za-z\u00c0-\u024f]"
"""Letters of scripts that write words apart; elsewhere a name stands right beside other words."""


@dataclass(frozen=True, slots=True)
class Person:
    """What tells one client from others: `marks` are theirs alone, `cases` number what is theirs.

    `others` are the names of everybody and everything else that hold this name, or are it. A name that is within
    others is theirs where it stands by itself; one that others bear too, only beside a mark or a case.
    """

    name: str = ""
    others: tuple[str, ...] = ()
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
        beside = beside or self.there(text)
        for mark in self.marks:
            text = text.replace(mark, ERASED)
        if not self.name or self.name not in text or (self.name in self.others and not beside):
            return text
        return self._unnamed(text, whole=bool(self.others) and not beside)

    def _unnamed(self, text: str, *, whole: bool) -> str:
        """A text without the name, but for where it is within the name of another; `whole`: only standing alone."""
        mine = re.escape(self.name)
        for there, pattern in ((self.name[0], "(?<!{}){}"), (self.name[-1], "{1}(?!{0})")):
            if whole or re.match(_CASED, there):
                mine = pattern.format(_LETTER if whole else _CASED, mine)
        longer = sorted(
            (one for one in self.others if one != self.name and one in text), key=len, reverse=True
        )
        pattern = "|".join([*(f"(?:{re.escape(one)})" for one in longer), f"({mine})"])
        return re.sub(pattern, lambda found: ERASED if found[1] else found[0], text)


def person_of(
    name: str,
    phones: Iterable[tuple[str, str]],
    texts: Iterable[str],
    cases: Iterable[str],
    others: Iterable[str] = (),
) -> Person:
    """Gather a person's marks: numbers (normal and as typed) in each spelling, addresses, mail addresses.

    `others` are the names of everybody else in the books; those that do not hold this one do not matter.
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
    near = tuple({one.strip() for one in others if called in one})
    return Person(called if len(called) > 1 else "", near, tuple(kept), tuple(filter(None, cases)))


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
