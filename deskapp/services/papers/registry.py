"""Which papers there are, and which builder makes each: a new kind is a line in both tables and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from deskapp.domain.errors import RuleBroken
from deskapp.domain.paper import PaperKind

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.document import Document
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work

Builder = Callable[["Desk", "Work", "Period"], "Document"]

KINDS: Mapping[str, PaperKind] = {
    kind.code: kind
    for kind in (PaperKind("followups_weekly", "week", due="friday", parts=("remarks", "next_week")),)
}
"""In the order they are offered."""

_BUILDERS: Mapping[str, str] = {
    "followups_weekly": "followups_weekly",
}
"""The module of this package whose `build` makes a kind of paper."""


def kind_of(code: str) -> PaperKind:
    """A kind of paper by its code; one nobody declared breaks paper.kind_unknown."""
    found = KINDS.get(code)
    if found is None:
        raise RuleBroken("paper.kind_unknown", value=code)
    return found


def builder_of(code: str) -> Builder:
    """What makes the Document of a kind of paper, loaded when it is asked for."""
    found: Builder = import_module(f"deskapp.services.papers.{_BUILDERS[kind_of(code).code]}").build
    return found
