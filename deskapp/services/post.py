"""Notices to people outside the console: sent after what they tell has happened, once, and never lost (row N1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

import pendulum

from deskapp.domain import notice_outbox as rules
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.notice_template import NoticeTemplate
from deskapp.domain.outside import CHANNELS
from deskapp.domain.staff import StaffMember
from deskapp.i18n import area
from deskapp.services.outside import outside_in, secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pendulum import DateTime

    from deskapp.adapters.notifier import Failure
    from deskapp.desk import Desk
    from deskapp.domain.outside import Notices
    from deskapp.repository.tickets import OutboxNotice
    from deskapp.repository.work import Work

MOST_AT_ONCE = 50
SINCE = "notices.since"
"""The setting that says when notices were first switched on."""
_sending = Lock()


@dataclass(frozen=True, slots=True)
class Posted:
    """What was done: notices sent, given up, left to be told by hand, and not taken yet, to be tried again."""

    sent: int = 0
    dead: int = 0
    hand: int = 0
    delayed: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is anything to show anew."""
        return self.sent + self.dead + self.hand + self.delayed > 0


@dataclass(frozen=True, slots=True)
class Held:
    """A notice this desk has taken to send: to whom, where, in which words."""

    notice: OutboxNotice
    url: str
    title: str
    body: str


def send_due(desk: Desk) -> Posted:
    """Send what it is time for, when notices are on; a second thread of a desk does nothing meanwhile."""
    if not _sending.acquire(blocking=False):
        return Posted()
    try:
        return _send_due(desk)
    finally:
        _sending.release()


def _send_due(desk: Desk) -> Posted:
    with desk.read() as work:
        notices, since = outside_in(work).notices, work.settings.get(SINCE, "")
        due = notices.on and _due(work, desk, set())
    if not notices.on or not (due or not since):
        return Posted()
    first = _switched_on(desk, since)
    states: list[str] = []
    tired: set[str] = set()
    for _ in (*CHANNELS, ""):
        before = len(tired)
        with desk.read() as work:
            due = _due(work, desk, tired)
        states += [_attended(desk, notices, first, one, tired) for one in due]
        if len(tired) == before:
            break
    return Posted(*(states.count(state) for state in ("sent", "dead", "hand", "waiting")))


def _due(work: Work, desk: Desk, tired: set[str]) -> list[OutboxNotice]:
    """What this machine is to send now: a channel it has no address for is left a while to others that have one."""
    unknown = [channel for channel in CHANNELS if not secret_of(desk, f"notice_url_{channel}")]
    since = work.now.subtract(seconds=rules.NO_WAY_S)
    return work.post.due(work.now, MOST_AT_ONCE, without=tired, unknown=unknown, since=since)


def _switched_on(desk: Desk, since: str) -> DateTime:
    """When notices were first switched on: now, if nobody has noted it."""
    if not since:
        with desk.store.write("notice.send") as work:
            since = work.settings.get(SINCE, "") or work.now.isoformat()
            work.settings.put(SINCE, since)
    return _instant(since)


def _attended(
    desk: Desk, notices: Notices, first: DateTime, one: OutboxNotice, tired: set[str] | None = None
) -> str:
    """See to one notice; the state it is in then, "" when another desk was first.

    A channel that failed is `tired`: one dead service does not hold up the others for each of its notices.
    """
    tired = set() if tired is None else tired
    try:
        taken = _taken(desk, first, one, tired)
    except Conflict:
        return ""
    if not isinstance(taken, Held):
        return taken
    from deskapp.adapters import notifier

    failed = notifier.send(taken.url, taken.title, taken.body, rules.key_of(one.id, one.at), rules.SENDING_S)
    if failed is not None and rules.tires(failed.code, failed.lasting):
        tired.add(taken.notice.channel)
    return _noted(desk, notices, taken.notice, failed)


def _taken(desk: Desk, first: DateTime, one: OutboxNotice, tired: set[str]) -> Held | str:
    """Take a notice to send it, in a short transaction; or put it where it belongs when it cannot be sent."""
    with desk.store.write("notice.send") as work:
        fresh = work.outbox.held(one.id)
        if fresh.version != one.version or fresh.state != "waiting":
            return ""
        if fresh.next_at is None and rules.is_old(fresh.at, first):
            work.outbox.save(replace(fresh, state="handled", error="old"), fresh)
            return "handled"
        member = work.staff.get(fresh.staff_id)
        if member is not None and member.channel in tired:
            return ""
        why = rules.unreachable(member)
        template = secret_of(desk, f"notice_url_{member.channel}") if member and not why else ""
        if member and not why and not template:
            why = "no_address"
        if member is None or why:
            work.outbox.save(replace(fresh, state="hand", error=why, held_until=None), fresh)
            return "hand"
        until = work.now.add(seconds=rules.LEASE_S)
        held = replace(
            fresh, held_until=until, attempts=fresh.attempts + 1, channel=member.channel, next_at=until
        )
        title, body = words_of(work, desk, fresh, member)
        return Held(work.outbox.save(held, fresh), rules.address(template, member), title, body)


def _noted(desk: Desk, notices: Notices, held: OutboxNotice, failed: Failure | None) -> str:
    """Write down what came of a try, unless somebody has dealt with the notice meanwhile."""
    with desk.store.write("notice.send") as work:
        fresh = work.outbox.held(held.id)
        if fresh.state != "waiting" or fresh.version != held.version:
            return fresh.state if failed is not None else _late(work, fresh)
        if failed is None:
            work.outbox.save(_sent(fresh, work.now), fresh)
            return "sent"
        verdict = rules.after_failure(fresh.attempts, failed.lasting, notices, work.now)
        after = replace(
            fresh, state=verdict.state, next_at=verdict.next_at, held_until=None, error=_as_kept(failed)
        )
        work.outbox.save(after, fresh)
        return verdict.state


def _as_kept(failed: Failure) -> str:
    """Why a notice was not taken, as its row keeps it: the code, the host of a connection that failed, the words."""
    host = failed.host if failed.code.startswith("probe.") else ""
    return " ".join(part for part in (failed.code, host, failed.why) if part)


def _late(work: Work, fresh: OutboxNotice) -> str:
    """A notice that was taken after its time was over: it is sent, unless it is dealt with already."""
    if fresh.state in ("waiting", "dead"):
        work.outbox.save(_sent(fresh, work.now), fresh)
        return "sent"
    return fresh.state


def _sent(notice: OutboxNotice, now: DateTime) -> OutboxNotice:
    return replace(notice, state="sent", sent_at=now, next_at=None, held_until=None, error="")


def words_of(work: Work, desk: Desk, notice: OutboxNotice, member: StaffMember | None) -> tuple[str, str]:
    """Title and text of a notice, in the language of whom it is for, with its number so that it is known again."""
    language = next(
        (one.language for one in work.operators.all() if member and one.staff_id == member.id), "zh"
    )
    title, body = template_in(work, notice.reason, language)
    facts = facts_of(work, desk, notice, member)
    numbered = rules.filled(area(language, "notice_texts")["notice_texts.number"], {"id": str(notice.id)})
    return rules.one_line(rules.filled(title, facts)), f"{rules.filled(body, facts)}\n{numbered}"


def template_in(work: Work, reason: str, language: str = "zh") -> tuple[str, str]:
    """The words for a reason: the company's own in Chinese, else the console's."""
    own = work.notice_templates.by_reason(reason) if language == "zh" else None
    return (own.title, own.body) if own is not None else default_words(reason, language)


def default_words(reason: str, language: str = "zh") -> tuple[str, str]:
    """The words the console has for a reason."""
    words = area(language, "notice_texts")
    title, body = (words.get(f"notice_texts.{reason}.{part}", "") for part in ("title", "body"))
    return title or reason, body or "{number} {client}"


def facts_of(work: Work, desk: Desk, notice: OutboxNotice, member: StaffMember | None) -> dict[str, str]:
    """What fills the holes: what was told, with the ticket as it is now; every hole is filled, if with nothing."""
    told: Mapping[str, object] = notice.facts or {}
    facts = dict.fromkeys(rules.HOLES, "")
    row = work.tickets.row(notice.ticket_id) if notice.ticket_id else None
    if row is not None:
        facts |= {"number": row.ticket.number, "client": row.client_name, "subject": row.ticket.subject}
        facts["address"] = row.address
        facts["deadline"] = _local(desk, row.ticket.due_at)
    for name, value in told.items():
        if name in facts and value and name != "name":
            facts[name] = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    due = told.get("due_at") or told.get("due_on")
    if isinstance(due, str) and due:
        facts["deadline"] = _local(desk, _instant(due)) if "T" in due else due
    if notice.reason == "praise.reported":
        facts["subject"] = str(told.get("name") or "")
    return facts | {"company": desk.company, "name": member.name if member else ""}


def _instant(text: str) -> DateTime:
    """An instant written as text."""
    return pendulum.instance(datetime.fromisoformat(text)).in_timezone(pendulum.UTC)


def _local(desk: Desk, at: DateTime | None) -> str:
    return str(desk.local(at).format("YYYY-MM-DD HH:mm")) if at is not None else ""


def retry(desk: Desk, notice: OutboxNotice) -> OutboxNotice:
    """Try a notice again at once that waits, was given up, or was left to be told by hand."""
    with desk.write("notice.handle") as work:
        fresh = _open(work, notice)
        if rules.is_held(fresh.held_until, work.now):
            raise RuleBroken("notice_out.being_sent")
        again = replace(fresh, state="waiting", attempts=0, next_at=work.now, held_until=None, error="")
        return work.outbox.save(again, fresh)


def handle(desk: Desk, notice: OutboxNotice, note: str) -> OutboxNotice:
    """Note that somebody told the person, or that nobody needs to any more."""
    with desk.write("notice.handle") as work:
        fresh = _open(work, notice)
        if rules.is_held(fresh.held_until, work.now):
            raise RuleBroken("notice_out.being_sent")
        by = work.operator.id if work.operator and work.operator.id else None
        done = replace(
            fresh, state="handled", handled_by=by, sent_at=work.now, error=note.strip(), next_at=None
        )
        return work.outbox.save(done, fresh)


def _open(work: Work, notice: OutboxNotice) -> OutboxNotice:
    fresh = work.outbox.held(notice.id)
    if fresh.state in ("sent", "handled"):
        raise RuleBroken("notice_out.done_already")
    return fresh


def save_template(desk: Desk, reason: str, title: str, body: str, version: int = 0) -> NoticeTemplate:
    """Give a reason words of the company's own, in force from the next notice on."""
    rules.check_template(reason, title, body)
    with desk.write("template.save") as work:
        own = work.notice_templates.by_reason(reason)
        if own is None:
            return work.notice_templates.add(
                NoticeTemplate(reason=reason, title=title.strip(), body=body.strip())
            )
        if own.version != version:
            raise work.notice_templates.conflict(own.id)
        return work.notice_templates.save(replace(own, title=title.strip(), body=body.strip()), own)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for a reason as they stand, and the facts of a notice to show them with."""

    reason: str
    title: str
    body: str
    version: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


def wording(desk: Desk, notice: OutboxNotice) -> Wording:
    """The words that notices like this one go out with, and its facts."""
    with desk.read() as work:
        own = work.notice_templates.by_reason(notice.reason)
        title, body = template_in(work, notice.reason)
        facts = facts_of(work, desk, notice, work.staff.get(notice.staff_id))
    return Wording(notice.reason, title, body, own.version if own else 0, facts)


def standing(desk: Desk) -> tuple[bool, int]:
    """Whether notices are on, and how many are somebody's work."""
    with desk.read() as work:
        return outside_in(work).notices.on, work.post.undelivered()
