"""What commands print for scripts."""

from __future__ import annotations

import sys
from typing import Any


def print_json(value: Any) -> None:
    """Print a value for scripts."""
    from deskapp.papers.table import json_text

    sys.stdout.buffer.write(json_text(value, indent=2).encode("utf-8", "replace") + b"\n")
