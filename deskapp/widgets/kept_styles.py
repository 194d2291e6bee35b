"""Rules of style are read once and weighed once.

Textual reads every rule again at the first sight of each place, and weighs them again for every widget in sight
whenever the focus moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from textual._styles_cache import StylesCache
from textual.cache import LRUCache
from textual.color import Color
from textual.css.model import RuleSet
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.style import Style

ROOM = 1024
"""More than the sources of every widget and screen there is, in each theme: Textual keeps 64."""

_read: LRUCache[tuple[Any, ...], LRUCache[Any, Any]] = LRUCache(8)
"""What has been read so far, by the colours it was read with."""

OF_THE_APP = frozenset({"dark", "light", "inline", "ansi", "nocolor"})
"""What is true of every widget of an app at once."""
_MOST = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class _Rules:
    """The rules that may concern a widget of some type, id and classes, in their order, and what they ask about."""

    asked: tuple[str, ...]
    """The states (`focus`, `disabled`) these rules ask about."""
    asked_of_app: tuple[str, ...]
    hover: bool
    focus_within: bool
    order: bool
    odd_or_even: bool
    weighable: bool
    """Whether Textual tells what it found."""


class _Heard(dict[Any, RulesMap]):
    """Hears what Textual would keep of one weighing, and knows nothing."""


_rules: dict[tuple[RuleSet, ...], _Rules] = {}
_weighed: dict[tuple[Any, ...], RulesMap] = {}
"""What came of the rules that may concern a widget, by those rules and all they could see of it and its parents."""


class KeptStylesheet(Stylesheet):
    """A stylesheet that remembers what it has read, whatever place is opened and whichever theme is turned back to."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._concerned_by: list[RuleSet] = []
        self._concerned: dict[frozenset[str], _Rules] = {}
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

    def apply(
        self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], RulesMap] | None = None
    ) -> None:
        """Style a widget by what its like were found to be; weigh the rules when none was seen before."""
        concerned = self._concerning(node)
        key = _likeness(concerned, node)
        found = _weighed.get(key)
        if found is None:
            heard = _Heard()
            super().apply(node, animate=animate, cache=heard)
            if concerned.weighable:
                if len(_weighed) >= _MOST:
                    _weighed.clear()
                _weighed[key] = next(iter(heard.values()), RulesMap())
            return
        node._has_hover_style = concerned.hover
        node._has_focus_within = concerned.focus_within
        node._has_order_style = concerned.order
        node._has_odd_or_even = concerned.odd_or_even
        if found:
            self.replace_rules(node, found, animate=animate)
        self._process_component_classes(node)

    @classmethod
    def replace_rules(cls, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:
        """Give a widget its style; one that has it already only forgets what it made of its parents'."""
        if node.styles.base._rules == rules:
            node.notify_style_update()
        else:
            super().replace_rules(node, rules, animate=animate)

    def _process_component_classes(self, node: DOMNode) -> None:
        """Style the parts of a widget that are no widgets; those that have their style keep it."""
        changed, styled = False, node._component_styles
        for part in sorted(node._get_component_classes()):
            before = styled.get(part)
            if before is not None and before.node is not None and before.node._parent is node:
                found = _weighed.get(_likeness(self._concerning(before.node), before.node))
                if found is not None and found == before.base._rules:
                    continue
            virtual = DOMNode(classes=part)
            virtual._attach(node)
            self.apply(virtual)
            changed = changed or before != virtual.styles
            styled[part] = virtual.styles
        if changed:
            node.refresh()

    def _concerning(self, node: DOMNode) -> _Rules:
        rules = self.rules
        if rules is not self._concerned_by:
            self._concerned_by, self._concerned = rules, {}
        names = frozenset(node._selector_names)
        found = self._concerned.get(names)
        if found is None:
            found = self._concerned[names] = self._sift(names)
        return found

    def _sift(self, names: frozenset[str]) -> _Rules:
        by_name = self.rules_map
        some = {rule for name in by_name.keys() & names for rule in by_name[name]}
        rules = tuple(rule for rule in reversed(self.rules) if rule in some)
        if rules not in _rules:
            if len(_rules) >= _MOST:
                _rules.clear()
                _weighed.clear()
            asked = set().union(*(rule.pseudo_classes for rule in rules))
            _rules[rules] = _Rules(
                tuple(sorted(asked - OF_THE_APP)),
                tuple(sorted(asked & OF_THE_APP)),
                hover="hover" in asked,
                focus_within="focus-within" in asked,
                order=not asked.isdisjoint(
                    ("first-of-type", "last-of-type", "first-child", "last-child", "empty")
                ),
                odd_or_even=not asked.isdisjoint(("odd", "even")),
                weighable=asked.isdisjoint(self._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE),
            )
        return _rules[rules]


def _likeness(concerned: _Rules, node: DOMNode) -> tuple[Any, ...]:
    """All that some rules can see of a widget: what it and its parents are called, and the states they ask about."""
    path = node.css_path_nodes
    key: list[Any] = [concerned, *_states(path[0], concerned.asked_of_app)]
    asked = concerned.asked
    for one in path:
        key += (type(one), one._id, frozenset(one._classes))
        if asked:
            key.append(_states(one, asked))
    return tuple(key)


def _states(node: DOMNode, asked: tuple[str, ...]) -> tuple[bool, ...]:
    if not asked:
        return ()
    states = node._PSEUDO_CLASSES
    return tuple([name in states and bool(states[name](node)) for name in asked])  # type: ignore[arg-type]


@lru_cache(1024)
def _inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base + background), Style(background=base)


def _let_go(_cache: StylesCache, base: Color, background: Color) -> tuple[Style, Style]:
    """Textual's own keeps, with the colours, the pictures of a thousand widgets long after their screens closed."""
    return _inner_outer(base, background)


StylesCache.get_inner_outer = _let_go  # type: ignore[method-assign, assignment]
