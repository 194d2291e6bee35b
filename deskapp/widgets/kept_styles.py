"""Rules of style are read once: Textual reads every rule again at the first sight of each place."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from textual._styles_cache import StylesCache
from textual.cache import LRUCache
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.style import Style

ROOM = 1024
"""More than the sources of every widget and screen there is, in each theme: Textual keeps 64."""

_read: LRUCache[tuple[Any, ...], LRUCache[Any, Any]] = LRUCache(8)
"""What has been read so far, by the colours it was read with."""


class KeptStylesheet(Stylesheet):
    """A stylesheet that remembers what it has read, whatever place is opened and whichever theme is turned back to."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._remember()

    def set_variables(self, variables: dict[str, str]) -> None:
        """Turn to other colours; the same ones change nothing."""
        if variables == self._variables:
            return
        # The rules read with the colours before are kept under those: they must not be cleared.
        self._parse_cache = LRUCache(1)
        super().set_variables(variables)
        self._remember()
        self._require_parse = True

    def reparse(self) -> None:
        """Take the rules anew only when a source or the colours are others."""
        if self._require_parse:
            self.parse()

    def _remember(self) -> None:
        colours = tuple(sorted(self._variables.items()))
        if colours not in _read:
            _read[colours] = LRUCache(ROOM)
        self._parse_cache = _read[colours]


@lru_cache(1024)
def _inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base + background), Style(background=base)


def _let_go(_cache: StylesCache, base: Color, background: Color) -> tuple[Style, Style]:
    """Textual's own keeps, with the colours, the pictures of a thousand widgets long after their screens closed."""
    return _inner_outer(base, background)


StylesCache.get_inner_outer = _let_go  # type: ignore[method-assign, assignment]
