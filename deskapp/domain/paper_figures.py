"""Figures papers print: tickets by kind, control points, money, inspections, scores (row R1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TicketCount:
    """Tickets of one kind: received and closed in a period, open when it was counted."""

    received: int = 0
    closed: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Points:
    """Control points of one kind: planned for a period, of those reached in time, late or not; reached in it."""

    planned: int = 0
    in_time: int = 0
    late: int = 0
    waiting: int = 0
    reached: int = 0


@dataclass(frozen=True, slots=True)
class Money:
    """Payments of one kind: how many fell due and their fen, how many were paid and their fen."""

    due: int = 0
    due_fen: int = 0
    paid: int = 0
    paid_fen: int = 0


@dataclass(frozen=True, slots=True)
class Inspected:
    """Inspections made and passed, and how many sites were looked at."""

    made: int = 0
    passed: int = 0
    sites: int = 0

    @property
    def rate(self) -> float | None:
        """Passed ÷ made; None where none was made."""
        return self.passed / self.made if self.made else None


@dataclass(frozen=True, slots=True)
class Score:
    """Scores of one person: how many, their sum, and how many count as satisfied."""

    count: int = 0
    total: int = 0
    satisfied: int = 0

    @property
    def mean(self) -> float | None:
        """Their mean; None where nobody gave any."""
        return self.total / self.count if self.count else None
