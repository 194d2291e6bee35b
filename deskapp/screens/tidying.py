"""Memory is tidied while nobody types: Python's full collections take twenty to sixty milliseconds each."""

from __future__ import annotations

import gc
import time

BY_ITSELF = 100_000
"""So many partial collections before Python would make a full one of its own accord: never in a day."""
WORTH_IT, TOO_MANY = 10, 150
"""Partial collections after which a full one is made at rest; and after which it waits no longer."""
REST_S = 1.0
SETTLED_S = 5.0
"""How long after the first look what is there is taken to stay, and looked through no more."""


def wait_for_rest() -> None:
    """Make full collections only when told."""
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, BY_ITSELF)


class Tidying:
    """Makes Python's full collections, once `wait_for_rest` has said so."""

    def __init__(self) -> None:
        self._begun_at: float | None = None
        self._settled = False

    def tick(self, untouched_s: float) -> None:
        """A second has passed, and nobody has touched the desk for so long."""
        if not gc.isenabled() or gc.get_threshold()[2] < BY_ITSELF:
            return
        now = time.monotonic()
        if self._begun_at is None:
            self._begun_at = now
        partial = gc.get_count()[2]
        if (partial < WORTH_IT or untouched_s < REST_S) and partial < TOO_MANY:
            return
        gc.collect()
        if not self._settled and now - self._begun_at >= SETTLED_S:
            self._settled = True
            gc.freeze()
