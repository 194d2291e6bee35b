"""The sample's escalations, told when their time came, and a decision taken on the spot (rows T6, T12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.escalation import running
from deskapp.services.decisions import decide_in
from deskapp.services.escalation import reached_in

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket
    from deskapp.services.sample import Stage

BY = "chenjie"
WAITS_MIN = 6
"""For how long the decision has waited for the manager."""


def escalate(stage: Stage) -> None:
    """Let every running ticket come to its levels one by one, as a desk that was never closed would have."""
    work, policy = stage.work, stage.desk.policy
    work.operator = None
    listed = [row.ticket for row in work.tickets.newest(500, only_open=True)]
    for ticket in sorted(listed, key=lambda one: one.id):
        dues = ((level, running(ticket, level.clock)) for level in policy.escalation)
        times = {due.add(minutes=level.minutes) for level, due in dues if due is not None}
        for at in sorted(times):
            if at <= stage.now:
                work.now = at
                reached_in(work, policy, ticket)
    work.now = stage.now
    if crisis := next((one for one in listed if one.severity == "crisis"), None):
        _decide(stage, crisis)


def _decide(stage: Stage, ticket: Ticket) -> None:
    """Let an agent have decided on the crisis; the manager has not confirmed it yet."""
    work = stage.work
    work.now, work.operator = stage.now.subtract(minutes=WAITS_MIN), stage.operators[BY]
    decide_in(work, ticket.id, stage.words["decision"])
