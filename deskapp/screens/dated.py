"""Screens that ask what day it is, and those that show a month at a time."""

from __future__ import annotations

from datetime import date

from deskapp.domain.praise import month_after
from deskapp.screens.base import Framed


class Dated(Framed):
    """A screen that asks for the company's day."""

    @property
    def today(self) -> date:
        """The company's day."""
        from deskapp.services.planning import today_of

        return today_of(self.desk, self.desk.now())


class Monthly(Dated):
    """A screen of one month; `[` and `]` go to another."""

    month: date
    """The month's first day."""

    @property
    def this_month(self) -> date:
        """The first day of the company's month."""
        return self.today.replace(day=1)

    def month_turned(self) -> None:
        """Show the month it is now about."""
        raise NotImplementedError

    def action_month(self, months: int) -> None:
        """Another month; none that is still to come."""
        other = month_after(self.month, months)
        if other > self.this_month:
            self.app.say("praise.month_to_come", value=f"{other:%Y-%m}")
            return
        self.month = other
        self.month_turned()
