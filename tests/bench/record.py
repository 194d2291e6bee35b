"""Each run is kept as JSON beside the filled databases, and its table says how the run before it fared."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.measure import Figure

Key = tuple[str, str, str]
"""Which line of the table: id, what, engine."""


def key_of(figure: Figure) -> Key:
    """The line a figure stands in."""
    return figure.id, figure.what, figure.engine


def keep(folder: Path, figures: Sequence[Figure], sizes: Mapping[str, int]) -> Path:
    """Write a run down; return where."""
    from deskapp.repository.migrations import HEAD

    at = datetime.now(UTC)
    run = {
        "at": at.isoformat(timespec="seconds"),
        "sizes": dict(sizes),
        "schema": HEAD,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "figures": [asdict(one) | {"verdict": one.verdict} for one in figures],
    }
    path = folder / "runs" / f"{at:%Y%m%dT%H%M%S%fZ}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(run, ensure_ascii=False, indent=1), encoding="utf-8")
    part.rename(path)
    return path


def before(folder: Path, figures: Sequence[Figure], sizes: Mapping[str, int]) -> dict[Key, float]:
    """For each figure its ratio in the newest kept run of the same sizes that has it; none where there is none."""
    wanted, found = {key_of(one) for one in figures}, {}
    for path in sorted((folder / "runs").glob("*.json"), reverse=True):
        if not wanted:
            break
        run = _read(path)
        if run.get("sizes") != dict(sizes):
            continue
        for one in run["figures"]:
            key = one["id"], one["what"], one["engine"]
            if key in wanted:
                wanted.discard(key)
                found[key] = float(one["ratio"])
    return found


def _read(path: Path) -> dict[str, Any]:
    """A run, or nothing where the file is not whole."""
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return run if isinstance(run, dict) and isinstance(run.get("figures"), list) else {}
