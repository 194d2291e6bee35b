"""Macros, a named series of moves on a ticket in one key (row T15), and saved views of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Macro:
    """A series of moves; `operator_id` is whose own it is, None for everybody's."""

    id: int = 0
    version: int = 0
    name: str = ""
    keys: str = ""
    letter: str = ""
    moves: Mapping[str, object] | None = None
    operator_id: int | None = None
    position: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class SavedView:
    """What a list was narrowed to, kept under a name; `operator_id` None is everybody's."""

    id: int = 0
    version: int = 0
    operator_id: int | None = None
    place: str = ""
    name: str = ""
    wanted: Mapping[str, object] | None = None
    position: int = 0
