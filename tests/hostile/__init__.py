"""Input that means harm, for every place anything from outside comes in. DESKAPP_FUZZ=40 tries 40 times as much."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("DESKAPP_FUZZ", "1"))


def examples(count: int) -> Any:
    """So many examples in the ordinary suite, many times as many in `make fuzz`."""
    return settings(
        max_examples=count * TIMES, deadline=None, suppress_health_check=[*HealthCheck], print_blob=True
    )
