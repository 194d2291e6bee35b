"""The evening's reminder: tomorrow has fewer clients chosen than it should (row C7; text 1)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskapp.app import DeskApp

EVERY_S = 30
"""Ticks between two looks at the clock."""


class Evening:
    """Says once an evening, to whoever sits at the desk, that tomorrow's plan is not full."""

    def __init__(self, app: DeskApp) -> None:
        self.app = app
        self._said: tuple[int, date] | None = None
        self._ticks = 0

    def tick(self) -> None:
        """One second has passed: look from the facts the frame holds, never at the database."""
        self._ticks += 1
        if self._ticks % EVERY_S == 1:
            self.look()

    def look(self) -> None:
        """Remind, when it is time."""
        from deskapp.domain.day_plan import to_remind
        from deskapp.screens.day_plan_lists import day_words

        desk, facts = self.app.desk, self.app.facts
        if desk is None or desk.operator is None or facts is None or facts.lost or self.app.locked:
            return
        local, target = desk.local(desk.now()), int(desk.policy.day_targets.get("calls", 0))
        this = desk.operator.id, date(local.year, local.month, local.day)
        if to_remind(local.hour, facts.plan.next_chosen, target, said=self._said == this):
            self._said = this
            day = day_words(facts.plan.next_day, this[1])
            self.app.say("day_plan.remind", day=day, count=facts.plan.next_chosen, target=target)
