"""The sample's repairs, done and to do, and what other departments were asked: refunds, settlements, materials."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from deskapp.domain.call import Result
from deskapp.domain.handoff import Answer
from deskapp.domain.repair import Appointment, Finished, RepairRow
from deskapp.domain.ticket import Draft
from deskapp.services import calls, handoffs, repairs, tickets
from deskapp.services.sample import Stage

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.site import Site
    from deskapp.domain.ticket import Ticket

BY, ASKS = "chenjie", "wutong"
"""Who takes repairs down, and who asks the client whether they hold."""
BUILT = ("finished", "warranty", "ended")
DONE = (33, 24, 15, 9)
"""Repairs done and rated: reported so many days ago."""
OPEN = ((52, None), (30, -3), (20, 5), (7, 49))
"""Repairs to do: reported so many hours ago, appointed for so many hours from now; with None nobody has yet."""
ASKED = (("materials", 150, -80), ("settlement", 120, -18), ("refund", 44, 30), ("refund", 5, 67))
"""Handoffs: about what, asked so many hours ago, to be answered so many hours from now."""


def play_repairs(stage: Stage, seed: int) -> None:
    """Play repairs and handoffs on dice of their own: nothing else of the sample moves."""
    dice = Random(seed)
    built = [site for site in stage.sites.values() if site.stage in BUILT]
    homes = dice.sample(built, len(DONE) + len(OPEN))
    for place, days in enumerate(DONE):
        _repaired(stage, dice, homes[place], stage.ago(days=days), place)
    for place, (hours, ahead) in enumerate(OPEN, len(DONE)):
        _waits(stage, homes[place], stage.ago(hours=hours), ahead, place)
    running = [site for site in stage.sites.values() if site.stage not in BUILT]
    asked = dice.sample(running, len(ASKED))
    for place, site in enumerate(asked):
        _asked(stage, site, place)
    stage.work.now = stage.now
    for notice in stage.work.outbox.all():
        if notice.sent_at is None:
            stage.work.outbox.save(replace(notice, sent_at=notice.at))


def _reported(stage: Stage, site: Site, at: DateTime, place: int) -> RepairRow:
    subject, words, scope, _ = stage.words["repairs"][place]
    worker = next(one for one in stage.staff if one.trade == "project_manager")
    draft = Draft(
        client_id=site.client_id,
        site_id=site.id,
        kind="repair",
        subject=subject,
        description=words,
        scope=scope,
        department_id=worker.department_id,
        responsible_id=site.manager_id or worker.id,
    )
    stage.work.now = at
    return _row(stage, tickets.file_in(stage.work, stage.seat(BY), draft).ticket)


def _row(stage: Stage, ticket: Ticket) -> RepairRow:
    row = stage.work.repairs.row(ticket.id)
    assert row is not None
    return row


def _repaired(stage: Stage, dice: Random, site: Site, at: DateTime, place: int) -> None:
    """Reported, appointed for the next day, done, and rated by the client the day after."""
    row = _reported(stage, site, at, place)
    stage.work.now = at.add(minutes=40)
    desk = stage.seat(BY)
    repairs.appoint_in(
        stage.work, desk, row, Appointment(at.add(days=1), row.repair.worker_id, row.repair.crew)
    )
    stage.work.now = at.add(days=1, hours=2)
    repairs.done_in(stage.work, desk, _row(stage, row.ticket), Finished(stage.words["repairs"][place][3]))
    stage.work.now = at.add(days=2)
    desk = stage.seat(ASKS)
    words, score = dice.choice(stage.words["calls"]["verification"])
    (call,) = stage.work.calls.open_for(row.ticket.id, "verification")
    assert desk.operator is not None
    stage.work.calls.take(call, desk.operator.id, stage.work.now.add(minutes=10))
    stage.work.now = stage.work.now.add(minutes=2)
    calls.end_in(stage.work, desk, call, Result("reached", words, score=score, satisfied=True))


def _waits(stage: Stage, site: Site, at: DateTime, ahead: int | None, place: int) -> None:
    """Reported and answered; appointed perhaps, for a time that may have gone by."""
    row = _reported(stage, site, at, place)
    stage.work.now = at.add(minutes=30)
    desk = stage.seat(BY)
    if ahead is None:
        tickets.move_in(stage.work, desk, row.ticket, "respond", stage.words["repair_answer"])
        return
    when = stage.now.add(hours=ahead).start_of("hour")
    repairs.appoint_in(stage.work, desk, row, Appointment(when, row.repair.worker_id, row.repair.crew))


def _asked(stage: Stage, site: Site, place: int) -> None:
    """Asked with a deadline; the first was answered, and a refund is being looked into."""
    topic, ago, ahead = ASKED[place]
    code, subject, words, answer = stage.words["handoffs"][place]
    department = stage.work.departments.by_name(code)
    stage.work.now = stage.ago(hours=ago)
    draft = Draft(
        client_id=site.client_id,
        site_id=site.id,
        subject=subject,
        description=words,
        department_id=department.id if department else None,
        responsible_id=department.head_id if department else None,
        own_due_at=stage.now.add(hours=ahead),
    )
    desk = stage.seat(BY)
    filed = handoffs.file_in(stage.work, desk, draft, topic)
    if answer:
        stage.work.now = stage.work.now.add(hours=3)
        row = stage.work.handoffs.row(filed.ticket.id)
        assert row is not None
        status = "checking" if topic == "refund" else ""
        handoffs.answer_in(stage.work, desk, row, Answer(answer, row.row.responsible, status))
