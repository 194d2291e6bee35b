"""One's own keys: binding ids and the keys that do them, kept with the operator as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import Keymap


class OwnKeys:
    """What an app needs to work with the keys of whoever sits at it."""

    def __init__(self) -> None:
        self._keys_now: dict[str, str] = {}

    if TYPE_CHECKING:

        def set_keymap(self, keymap: Keymap) -> None:
            """The app's own."""

    def use_keys(self, keys: str) -> None:
        """Work with one's own keys: JSON of binding id → keys; nothing, or nonsense, means the usual ones."""
        import json

        try:
            read = json.loads(keys) if keys else {}
        except ValueError:
            read = {}
        self._keys_now = {str(name): str(key) for name, key in read.items()} if isinstance(read, dict) else {}
        self.set_keymap(self._keys_now)

    def keymap_now(self) -> dict[str, str]:
        """The keys changed from the usual ones: binding id → keys."""
        return dict(self._keys_now)
