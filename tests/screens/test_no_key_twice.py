"""A key does one thing: no screen binds it to two acts of its own."""

import pytest
from textual.screen import Screen

from deskapp.screens.every import every_screen


def acts_of(screen):
    """Key → what it would do, as the screen and its own bases declare it; Textual's screen is overruled on purpose."""
    found = {}
    for base in screen.__mro__:
        if base is Screen:
            break
        for binding in base.__dict__.get("BINDINGS", ()):
            for key in binding.key.split(","):
                found.setdefault(key.strip(), []).append((base.__name__, binding.action))
    return found


@pytest.mark.row("P5")
def test_no_screen_binds_a_key_to_two_acts():
    """Where a base and its heir share a key, the heir means to overrule it; in one class nothing overrules."""
    twice = [
        (screen.__name__, key, acts)
        for screen in every_screen()
        for key, acts in acts_of(screen).items()
        if len({act for _, act in acts}) > len({base for base, _ in acts})
    ]
    assert twice == []
