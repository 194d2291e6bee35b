"""Frozen records made and changed many times a second: as the dataclasses' own functions do it, several times faster.

A frozen dataclass writes every field by a call. A plain one with the same slots is filled, then called the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

R = TypeVar("R")


@cache
def maker(record: Any) -> Callable[..., Any]:
    """Make a frozen record with slots of the values of all its fields, in their order; the record checks nothing."""
    names = names_of(record)
    plain = dataclasses.make_dataclass("Plain", names, slots=True, eq=False, repr=False, match_args=False)

    def make(*values: Any) -> Any:
        made: Any = plain(*values)
        made.__class__ = record
        return made

    return make


@cache
def names_of(record: Any) -> tuple[str, ...]:
    """The names of a record's fields, in their order."""
    return tuple(field.name for field in dataclasses.fields(record))


@cache
def values_of(record: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What reads the values of all fields of such a record, in their order; there are at least two."""
    return attrgetter(*names_of(record))


def replace(record: R, /, **changes: Any) -> R:
    """The record with some fields changed; a name it has not is a TypeError."""
    kind: Any = record.__class__
    values = dict(zip(names_of(kind), values_of(kind)(record), strict=True)) | changes
    made: R = maker(kind)(*values.values())
    return made
