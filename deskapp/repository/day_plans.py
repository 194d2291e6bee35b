"""Whom operators chose to call."""

from __future__ import annotations

from deskapp.domain import day_plan
from deskapp.repository import tables
from deskapp.repository.base import Repository


class DayPlans(Repository[day_plan.PlannedClient]):
    """Clients chosen for a day."""

    table, record, noun = tables.day_plans, day_plan.PlannedClient, "day_plan"
