"""What the frame around every screen shows, read in one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import pbx
from deskapp.domain.call_queue import QueueRow, micros
from deskapp.domain.rows import Elsewhere, StripFacts, TicketRow
from deskapp.services import day_plan, mailboxes
from deskapp.services.calls import DayProgress, day_progress_in
from deskapp.services.company import refreshed_in
from deskapp.services.day_plan import PlanProgress

if TYPE_CHECKING:
    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """Clocks, the call that rings, the call this operator is on, and the day's progress."""

    strip: StripFacts = field(default_factory=StripFacts)
    crisis: TicketRow | None = None
    ringing: str = ""
    ringing_id: int | None = None
    inbound: int = 0
    talking: str = ""
    talking_id: int | None = None
    """The call this operator has in hand, to go back to."""
    progress: DayProgress = field(default_factory=DayProgress)
    plan: PlanProgress = field(default_factory=PlanProgress)
    """How far the plan of the day got, and how full the next working day's is."""
    version: int = 0
    lost: bool = False
    elsewhere: tuple[Elsewhere, ...] = ()
    """What is open at other desks."""
    notices: int = 0
    """How many of this operator's own notices are not read yet."""
    undelivered: int = 0
    """Notices to people outside that are somebody's work: given up, or to be told by hand."""
    delayed: int = 0
    """Notices no service has taken yet, though it was tried."""
    letters: int = 0
    """Letters to clients that are somebody's work: given up."""
    letters_delayed: int = 0
    """Letters to clients no server has taken yet, though it was tried."""
    mailbox_wrong: bool = False
    """Whether the mailbox could not be read the last time."""
    desk: Desk | None = field(default=None, compare=False)
    """The desk with company and policy as they are now, whichever desk changed them."""


def frame_facts(desk: Desk, before: FrameFacts | None = None, name: str = "") -> FrameFacts:
    """Read the frame's facts; those of before are given back while nothing is written and no count turns by time.

    `name` is this desk's own in the presence of desks.
    """
    assert desk.operator is not None
    with desk.read() as work:
        version, elsewhere = work.latest(), work.presence.elsewhere(name)
        if before is not None and _still_true(before, version, micros(work.now)):
            return before if before.elsewhere == elsewhere else replace(before, elsewhere=elsewhere)
        strip = work.clock_strip.read(desk.end_of_day())
        crisis = work.tickets.first_crisis() if strip.crises else None
        ringing = work.calls.ringing()
        first = first_for(ringing, desk.operator.id, work)
        mine = work.calls.taken_by(desk.operator.id)
        unread = work.notices.unread(desk.operator.id)
        undelivered, delayed = work.post.undelivered(), work.post.delayed()
        letters, letters_delayed = work.letters.undelivered(), work.letters.delayed()
        mailbox_wrong = mailboxes.is_wrong(work)
        progress, plan = day_progress_in(work, desk), day_plan.progress_in(work, desk)
        present = refreshed_in(work, desk)
    return FrameFacts(
        strip=strip,
        crisis=crisis,
        ringing=_who(desk, first) if first else "",
        ringing_id=first.call.id if first else None,
        inbound=len(ringing),
        talking=_who(desk, mine[0]) if mine else "",
        talking_id=mine[0].call.id if mine else None,
        progress=progress,
        plan=plan,
        version=version,
        elsewhere=elsewhere,
        notices=unread,
        undelivered=undelivered,
        delayed=delayed,
        letters=letters,
        letters_delayed=letters_delayed,
        mailbox_wrong=mailbox_wrong,
        desk=present,
    )


def first_for(ringing: Sequence[QueueRow], me: int, work: Work) -> QueueRow | None:
    """The caller to tell one operator of: who rings at their telephone, else who has waited longest.

    A caller who rings at a colleague's telephone is that colleague's.
    """
    if not any(row.call.pbx_state == pbx.RINGING for row in ringing):
        return ringing[0] if ringing else None
    phones = [(one.id, one.extension) for one in work.operators.all() if one.active and one.extension]
    others: list[QueueRow] = []
    for row in ringing:
        rings = row.call.pbx_state == pbx.RINGING
        at = {who for who, phone in phones if rings and pbx.same_phone(phone, row.call.agent)}
        if me in at:
            return row
        if not at:
            others.append(row)
    return others[0] if others else None


def _still_true(before: FrameFacts, version: int, now_us: int) -> bool:
    return not before.lost and before.version == version and now_us < before.strip.until_us


def _who(desk: Desk, row: QueueRow) -> str:
    """The name of who is on the line, else the number as this desk may see it."""
    from deskapp.services import unmasking

    needed = unmasking.in_call(desk, row.call)
    return row.client_name or unmasking.number(desk, row.call.number, needed=needed) or "?"
