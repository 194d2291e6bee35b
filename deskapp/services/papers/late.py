"""Whoever owes a paper is told, once, when it becomes late (rows R1, N1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.paper_due import LATE
from deskapp.i18n import say
from deskapp.services.papers.dues import open_dues_in
from deskapp.services.papers.words import period_words

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.paper_due import PaperDue
    from deskapp.repository.work import Work

REASON = "paper.late"


def watch(desk: Desk) -> int:
    """Tell those in use whose role owes a late paper, where the staff list knows them; how many were told."""
    with desk.read() as work:
        waiting = _untold(work, desk)
    if not waiting:
        return 0
    with desk.store.write(REASON) as work:
        waiting = _untold(work, desk)
        for once, staff_id, due in waiting:
            facts = {
                "subject": say(due.kind.title_code),
                "when": period_words(due.period),
                "due_on": due.due_on.isoformat(),
            }
            work.outbox.tell(REASON, None, staff_id, facts, once=once)
        return len(waiting)


def _untold(work: Work, desk: Desk) -> list[tuple[str, int, PaperDue]]:
    late = [one.due for one in open_dues_in(work, desk) if one.state == LATE]
    if not late:
        return []
    people = [one for one in work.operators.listed() if one.active and one.staff_id]
    wanted = [
        (f"{REASON}/{due.kind.code}/{due.period.first}/{one.staff_id}", one.staff_id, due)
        for due in late
        for one in people
        if one.role == due.kind.owner and one.staff_id is not None
    ]
    told = work.post.told_of([once for once, _, _ in wanted])
    return [one for one in wanted if one[0] not in told]
