"""Macros and saved views."""

from __future__ import annotations

from deskapp.domain import macro
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Macros(Repository[macro.Macro]):
    """Series of moves in one key."""

    table, record, noun = tables.macros, macro.Macro, "macro"


class SavedViews(Repository[macro.SavedView]):
    """Lists as somebody narrowed them."""

    table, record, noun = tables.saved_views, macro.SavedView, "saved_view"
