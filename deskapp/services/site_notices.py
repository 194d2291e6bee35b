"""Start and completion notices: filed, corrected, taken back, and all that hangs on them (rows F2, F3, S3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain import site_notice as rules
from deskapp.domain import ticket as ticket_rules
from deskapp.domain.address import full_address
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import Site, check_site
from deskapp.domain.site_notice import Before, Handbook, NoticeDraft, SiteNotice, Warranty
from deskapp.domain.ticket import Draft, Ticket
from deskapp.i18n import say
from deskapp.services import followups, handbooks, handoffs, notice_place, tickets
from deskapp.services.followups import Laid, today_of
from deskapp.services.notice_place import Place
from deskapp.services.submissions import once
from deskapp.services.ticket_told import record

if TYPE_CHECKING:
    from datetime import date

    from deskapp.repository.work import Work

ONE_AT_A_TIME = "site_notices"
"""The counter whoever files a notice holds: two desks that file the same one at once file it once."""


@dataclass(frozen=True, slots=True)
class FiledNotice:
    """What filing a notice gave: the notice, whose site it is, and what was brought about."""

    notice: SiteNotice
    place: Place
    again: bool = False
    """Whether it was there already."""
    replaced: SiteNotice | None = None
    """The notice it corrects."""
    laid: Laid = field(default_factory=Laid)
    handbook: Handbook | None = None
    manager: str = ""
    """The project manager the handbook is asked of."""
    warranties: tuple[Warranty, ...] = ()
    handoffs: tuple[Ticket, ...] = ()
    unsettled: tuple[str, ...] = ()
    """Codes of the departments that could not be told of the settlement: there are none of that code."""


@dataclass(frozen=True, slots=True)
class WithdrawnNotice:
    """What taking a notice back gave: the notice, the site as it is again, and what became of the calls."""

    notice: SiteNotice
    site: Site
    laid: Laid = field(default_factory=Laid)
    handoffs: tuple[Ticket, ...] = ()
    """The settlement handoffs that were open and are withdrawn."""


def file_notice(desk: Desk, draft: NoticeDraft, *, key: str = "") -> FiledNotice:
    """File a notice: the client's file and site found or opened, dates and calls moved (text 4, 3.3.6, 3.3.7).

    The same notice again changes nothing; one for another day replaces the former. Under a key it is filed once.
    """

    def filed_before(notice_id: int) -> FiledNotice:
        return _told(work, work.site_notices.find(notice_id))

    with desk.write("notice.file") as work:
        filing = partial(file_in, work, desk, draft)
        return once(work, key, "notice.file", filing, filed_before, lambda filed: filed.notice.id)


def file_in(work: Work, desk: Desk, draft: NoticeDraft, *, plan: bool = True) -> FiledNotice:
    """File a notice inside a transaction that does more than that; the calls may be laid out by the caller."""
    today = today_of(desk, work.now)
    day = rules.check_notice(draft, today)
    work.counters.at_least(ONE_AT_A_TIME, 1)
    place = notice_place.settle(work, desk, draft)
    site = place.site
    if site.stage == "cancelled":
        raise RuleBroken("site_notices.cancelled", address=full_address(site.estate, site.address))
    former = work.site_notices.current(site.id, draft.kind)
    if former is not None and former.on_day == day:
        if plan and place.completed:
            followups.plan_in(work, desk, [site.id])
        return replace(_told(work, former), place=place)
    other = None if former is None else former.on_day
    completed = site.completed_on if draft.kind == "start" else None
    rules.check_order(draft.kind, day, site.start_date if draft.kind == "completion" else None, completed)
    before = _before(work, site, draft.kind) if former is None else Before.of(former)
    notice = _add(work, desk, draft, day, site, former, before)
    if draft.kind == "start":
        site = _begin(work, site, day, today)
        filed = FiledNotice(notice, replace(place, site=site), replaced=former)
    else:
        filed = _complete(work, desk, notice, replace(place, site=site), other)
    laid = followups.plan_in(work, desk, [site.id]) if plan else Laid()
    return replace(filed, replaced=former, laid=laid)


def _before(work: Work, site: Site, kind: str) -> Before:
    mark = None
    if kind == "start":
        there = next((one for one in work.milestones.of([site.id]) if one.kind == "start"), None)
        mark = (there.planned_on, there.done_on) if there else None
    return Before(site.stage, site.start_date, site.completed_on, mark)


def _add(
    work: Work,
    desk: Desk,
    draft: NoticeDraft,
    day: date,
    site: Site,
    former: SiteNotice | None,
    before: Before,
) -> SiteNotice:
    """Number and store a notice in the place of the former one, whose site it remembers as it was before both."""
    if former is not None:
        work.site_notices.save(replace(former, state="replaced"), former)
    facts: dict[str, Any] = {"before": before.told()}
    if former is not None and former.tickets:
        facts["tickets"] = list(former.tickets)
    today = desk.day_in_number(work.now)
    serial = work.counters.next(f"{rules.PREFIXES[draft.kind]}{today}")
    return work.site_notices.add(
        SiteNotice(
            number=rules.number(draft.kind, today, serial),
            kind=draft.kind,
            site_id=site.id,
            client_id=site.client_id,
            on_day=day,
            received_at=work.now,
            channel=draft.channel,
            facts=facts,
            note=draft.note.strip(),
            replaces_id=former.id if former else None,
            source_key=draft.source_key,
            created_by=work.operator.id if work.operator and work.operator.id else None,
        )
    )


def _begin(work: Work, site: Site, day: date, today: date) -> Site:
    """Let a site be under construction from a day on."""
    there = next((one for one in work.milestones.of([site.id]) if one.kind == "start"), None)
    mark = rules.marked(site.id, there, day, today)
    if mark.id:
        work.milestones.save(mark, there)
    else:
        work.milestones.add(mark)
    begun = rules.begun(site, day)
    check_site(begun)
    return work.sites.save(begun, site)


def _complete(
    work: Work, desk: Desk, notice: SiteNotice, place: Place, former_day: date | None
) -> FiledNotice:
    """Let a site be completed: its warranty opened, its handbook asked for, its settlement asked for."""
    site, day = place.site, notice.on_day
    covered = _cover(work, site.id, rules.warranties(site.id, day, desk.policy.warranty_months))
    over = rules.over(site, day, covered, today_of(desk, work.now))
    check_site(over)
    site = work.sites.save(over, site)
    place = replace(place, site=site)
    handbook = handbooks.ask_in(work, desk, site, day)
    settled, unsettled = _settle(work, desk, notice, place, former_day)
    ids = [one.id for one in settled]
    if ids != list(notice.tickets):
        told = replace(notice, facts=dict(notice.facts or {}) | {"tickets": ids})
        notice = work.site_notices.save(told, notice)
    return FiledNotice(
        notice,
        place,
        handbook=handbook,
        manager=_name(work, handbook.asked_of),
        warranties=tuple(covered),
        handoffs=tuple(settled),
        unsettled=tuple(unsettled),
    )


def _cover(work: Work, site_id: int, wanted: Sequence[Warranty]) -> list[Warranty]:
    """Make the warranty file say this and nothing else."""
    there = {one.scope: one for one in work.warranties.of_site(site_id)}
    scopes = {one.scope for one in wanted}
    for one in there.values():
        if one.scope not in scopes:
            work.warranties.remove(one)
    covered = []
    for one in wanted:
        known = there.get(one.scope)
        if known is None:
            covered.append(work.warranties.add(one))
        else:
            moved = replace(known, from_on=one.from_on, until_on=one.until_on)
            covered.append(work.warranties.save(moved, known))
    return covered


def _settle(
    work: Work, desk: Desk, notice: SiteNotice, place: Place, former_day: date | None
) -> tuple[list[Ticket], list[str]]:
    """Ask Materials and Finance for the settlement (text 4, 3.3.10); those asked already learn of the other day."""
    there = [work.tickets.held(one) for one in notice.tickets]
    if there:
        words = say("site_notices.settle_moved", day=notice.on_day, former=former_day or "")
        for ticket in there:
            if ticket.is_open:
                record(work, ticket, "note", words)
        return there, []
    asked, unsettled = [], []
    for code in rules.SETTLEMENT:
        department = work.departments.by_name(code)
        if department is None or not department.active:
            unsettled.append(code)
            continue
        draft = Draft(
            client_id=notice.client_id,
            site_id=notice.site_id,
            kind="handoff",
            channel="unknown",
            subject=say("site_notices.settle_subject", address=_where(place.site)),
            description=_settlement_words(notice, place),
            department_id=department.id,
            responsible_id=department.head_id,
            own_due_at=work.now.add(days=desk.policy.settlement_days),
            submission=f"settlement-{notice.id}-{code}",
        )
        asked.append(handoffs.file_in(work, desk, draft, "settlement").ticket)
    return asked, unsettled


def _settlement_words(notice: SiteNotice, place: Place) -> str:
    return say(
        "site_notices.settle_words",
        client=place.client.name,
        address=_where(place.site),
        day=notice.on_day,
        number=notice.number,
    )


def _where(site: Site) -> str:
    return full_address(site.estate, site.address)


def _name(work: Work, staff_id: int | None) -> str:
    member = work.staff.get(staff_id)
    return member.name if member else ""


def brought_about(desk: Desk, notice_id: int) -> FiledNotice:
    """Read a notice with what it brought about, as it stands now."""
    with desk.read() as work:
        return _told(work, work.site_notices.find(notice_id))


def _told(work: Work, notice: SiteNotice) -> FiledNotice:
    """A notice that was there already, with what it had brought about."""
    site = work.sites.find(notice.site_id)
    place = Place(work.clients.find(site.client_id), site)
    if notice.kind == "start":
        return FiledNotice(notice, place, again=True)
    handbook = work.handbooks.of_site(site.id)
    return FiledNotice(
        notice,
        place,
        again=True,
        handbook=handbook,
        manager=_name(work, handbook.asked_of) if handbook else "",
        warranties=tuple(work.warranties.of_site(site.id)),
        handoffs=tuple(work.tickets.get_many(notice.tickets).values()),
    )


def withdraw_notice(desk: Desk, notice: SiteNotice, reason: str, *, key: str = "") -> WithdrawnNotice:
    """Take a notice back, with a reason: the site is again what it was, and so are its calls (rows F2, F3)."""
    if not reason.strip():
        raise RuleBroken("site_notices.reason_missing")

    def withdrawn_before(notice_id: int) -> WithdrawnNotice:
        there = work.site_notices.find(notice_id)
        return WithdrawnNotice(there, work.sites.find(there.site_id))

    with desk.write("notice.file") as work:
        taking = partial(_withdraw, work, desk, notice.id, reason.strip())
        return once(work, key, "notice.withdraw", taking, withdrawn_before, lambda done: done.notice.id)


def _withdraw(work: Work, desk: Desk, notice_id: int, reason: str) -> WithdrawnNotice:
    work.counters.at_least(ONE_AT_A_TIME, 1)
    there = work.site_notices.held(notice_id)
    if there.state != "current":
        raise RuleBroken("site_notices.not_current", number=there.number, state=there.state)
    site = work.sites.held(there.site_id)
    notice = work.site_notices.save(replace(there, state="withdrawn", reason=reason), there)
    closed: list[Ticket] = []
    if notice.kind == "start":
        _unmark(work, notice)
        started = False
    else:
        started = work.site_notices.current(site.id, "start") is not None
        for covered in work.warranties.of_site(site.id):
            work.warranties.remove(covered)
        handbooks.withdraw_in(work, site.id)
        closed = _unsettle(work, desk, notice, reason)
    site = work.sites.save(rules.fallen_back(site, notice, started=started), site)
    return WithdrawnNotice(notice, site, followups.plan_in(work, desk, [site.id]), tuple(closed))


def _unmark(work: Work, notice: SiteNotice) -> None:
    """Put the control point of the start back to what it was, unless somebody has moved it since."""
    mark = next((one for one in work.milestones.of([notice.site_id]) if one.kind == "start"), None)
    if mark is None or notice.on_day not in (mark.done_on, mark.planned_on):
        return
    before = Before.of(notice).mark
    if before is None:
        work.milestones.remove(mark)
    else:
        work.milestones.save(replace(mark, planned_on=before[0], done_on=before[1]), mark)


def _unsettle(work: Work, desk: Desk, notice: SiteNotice, reason: str) -> list[Ticket]:
    """Withdraw the settlement handoffs nobody has answered for good yet."""
    there = [work.tickets.held(one) for one in notice.tickets]
    return [
        tickets.move_in(work, desk, ticket, "withdraw", reason)
        for ticket in there
        if "withdraw" in ticket_rules.legal_moves(ticket)
    ]
