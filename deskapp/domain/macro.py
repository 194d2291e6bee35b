"""Macros, a named series of moves on a ticket in one key (row T15), and saved views of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deskapp.domain.errors import RuleBroken
from deskapp.domain.phrase import HOLES, fill, holes_in

MOVES = ("grade", "dispatch", "tag", "note", "respond", "callback")
"""What a macro can do to a ticket, in the order it is done."""
LONGEST_NAME = 60
MOST_HOURS = 24 * 365


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

    @property
    def steps(self) -> tuple[Mapping[str, Any], ...]:
        """Its moves in order, each with what it needs under its own name: {"do": "tag", "tag": …}."""
        found = (self.moves or {}).get("steps")
        return tuple(one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()


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


def asked(steps: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The holes of a macro's words that no fact fills: they are asked for when it runs."""
    words = (str(step.get("words") or "") for step in steps)
    names = (name for text in words for name in holes_in(text) if name not in HOLES)
    return tuple(dict.fromkeys(names))


def filled(words: str, facts: Mapping[str, str], move: str) -> str:
    """Put the facts and answers into a move's words; a hole nothing fills stops it, before a client reads it."""
    done = fill(words, facts)
    left = (*done.unknown, *done.lacking)
    if left:
        raise RuleBroken("macro.hole", hole=left[0], move=move)
    return done.text


def check_macro(macro: Macro) -> None:
    """Refuse a macro without a name or a move, with a letter that is none, or a move that lacks what it needs."""
    if not macro.name.strip() or len(macro.name) > LONGEST_NAME:
        raise RuleBroken("macro.name", most=LONGEST_NAME)
    if macro.letter and not (len(macro.letter) == 1 and macro.letter.isascii() and macro.letter.isalnum()):
        raise RuleBroken("macro.letter", letter=macro.letter)
    if not macro.steps:
        raise RuleBroken("macro.empty")
    for problem in _problems(macro.steps):
        raise problem


def check_view(view: SavedView) -> None:
    """Refuse a view without a name."""
    if not view.name.strip() or len(view.name) > LONGEST_NAME:
        raise RuleBroken("view.name", most=LONGEST_NAME)


def _problems(steps: Sequence[Mapping[str, Any]]) -> Iterator[RuleBroken]:
    """What is wrong with the moves, one after the other."""
    for step in steps:
        move = step.get("do")
        if move not in MOVES:
            yield RuleBroken("macro.move", move=str(move))
        elif move == "callback":
            hours = step.get("hours")
            if not isinstance(hours, int) or not 0 < hours <= MOST_HOURS:
                yield RuleBroken("macro.hours", most=MOST_HOURS)
        elif not any(step.get(name) for name in _NEEDS[move]):
            yield RuleBroken("macro.lacks", move=move)


_NEEDS: Mapping[str, tuple[str, ...]] = {
    "grade": ("severity",),
    "dispatch": ("department_id", "responsible_id"),
    "tag": ("tag",),
    "note": ("words",),
    "respond": ("words",),
}
