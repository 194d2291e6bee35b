"""Papers of the sample morning: what was due is issued on its day, but for one paper that is late (row R1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pendulum

from deskapp.domain.paper import PaperText
from deskapp.domain.paper_due import PaperDue, owed
from deskapp.services.papers.issuing import issue_in, preview_in
from deskapp.services.papers.registry import KINDS
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.services.sample import Stage

LATE = "inspections_weekly"
"""The kind nobody has made yet."""
HOUR = 16
"""The hour of its day at which a paper was issued."""
AGENT, MANAGER = "limin", "liumin"


def begun_at(stage: Stage) -> DateTime:
    """When the company began to work with the program: last week's Monday, so that last week's papers are owed."""
    morning = stage.desk.local(stage.now).start_of("day")
    return morning.subtract(days=6 + morning.isoweekday()).add(hours=8).in_timezone(pendulum.UTC)


def issue_papers(stage: Stage) -> None:
    """Issue what was due by yesterday, each on the day it was due, but for one kind."""
    yesterday = today_of(stage.desk, stage.now) - timedelta(1)
    begun = today_of(stage.desk, begun_at(stage))
    for one in owed(KINDS.values(), begun, yesterday, begun):
        if one.kind.code != LATE:
            _issue(stage, one)
    stage.work.now, stage.work.operator = stage.now, stage.operators[AGENT]


def _issue(stage: Stage, one: PaperDue) -> None:
    work, day = stage.work, one.due_on
    at = pendulum.datetime(day.year, day.month, day.day, HOUR, 20, tz=stage.desk.policy.timezone)
    desk = stage.seat(AGENT if one.kind.owner == "agent" else MANAGER)
    work.now = at.in_timezone(pendulum.UTC)
    by = work.operator.id if work.operator else None
    for part in one.kind.parts:
        words = stage.words["papers"].get(part)
        if words:
            text = PaperText(0, 0, one.kind.code, one.period.first, part, words, work.now, by)
            work.paper_texts.add(text)
    issue_in(work, desk, preview_in(work, desk, one.kind.code, one.period.first))
