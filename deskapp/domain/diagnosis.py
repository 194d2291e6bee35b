"""Diagnoses: the problem of a shop or site, its cause, the advice and what came of it (row C8; text 1)."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis; `before` and `after` are the figure named by `measure`, in hundredths."""

    id: int = 0
    version: int = 0
    at: DateTime | None = None
    client_id: int = 0
    shop_id: int | None = None
    site_id: int | None = None
    call_id: int | None = None
    operator_id: int | None = None
    problem: str = ""
    cause: str = ""
    advice: str = ""
    outcome: str = ""
    measure: str = ""
    before: int | None = None
    after: int | None = None
    state: str = "open"
