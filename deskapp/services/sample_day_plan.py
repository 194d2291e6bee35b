"""The sample's plan for the day: the five clients the agent chose yesterday evening, each for a reason (row C7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pendulum

from deskapp.domain.day_plan import PlannedClient
from deskapp.domain.praise import month_after
from deskapp.domain.shop import first_of
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.services.sample import Stage

BY = "limin"
FALL = 120
"""By how many tenths of a percent the first one's shop turned over less than the month before."""


def plan_the_day(stage: Stage) -> None:
    """Let the care calls that wait for no campaign be today's plan."""
    work, today = stage.work, today_of(stage.desk, stage.now)
    month = str(month_after(first_of(today), -1))
    reasons: list[tuple[str, dict[str, object]]] = [
        ("falling", {"permille": -FALL, "month": month}),
        ("unheard", {"days": 34}),
        ("unheard", {"days": 41}),
    ]
    waiting = [
        call
        for client in stage.clients
        for call in work.calls.of_client(client.id)
        if call.kind == "care" and call.state == "open" and call.campaign_id is None
    ]
    evening = pendulum.datetime(today.year, today.month, today.day, 17, 40, tz=stage.desk.policy.timezone)
    for place, call in enumerate(sorted(waiting, key=lambda call: call.id)):
        reason, facts = reasons[min(place, len(reasons) - 1)]
        work.day_plans.add(
            PlannedClient(
                operator_id=stage.operators[BY].id,
                day=today,
                client_id=call.client_id or 0,
                call_id=call.id,
                reason=reason,
                facts={**facts, "laid": True},
                position=place + 1,
                created_at=evening.in_timezone("UTC") - timedelta(days=1),
            )
        )
