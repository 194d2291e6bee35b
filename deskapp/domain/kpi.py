"""Figures of first response, with their definitions (row R2; the formula is what the docstrings say)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResponseFigures:
    """First response over complaints received in a period.

    `received` counts all but merged ones; `withdrawn` of them are left out of every rate. `answered` have a
    recorded first response; `running` still wait for one, `overdue` of them past their target; `met_percent` is
    met ÷ all whose target fell due (answered, closed unanswered, or overdue). Times in seconds, elapsed.
    """

    received: int = 0
    withdrawn: int = 0
    answered: int = 0
    answered_within_24h: int = 0
    answered_within_target: int = 0
    running: int = 0
    overdue: int = 0
    closed_unanswered: int = 0
    mean_first_response_seconds: float | None = None
    median_first_response_seconds: float | None = None

    @property
    def fell_due(self) -> int:
        """All whose target fell due: answered, closed without an answer, or overdue."""
        return self.answered + self.closed_unanswered + self.overdue

    @property
    def met_percent(self) -> float | None:
        """First response within target, in percent; None when nothing fell due."""
        return round(100 * self.answered_within_target / self.fell_due, 1) if self.fell_due else None
