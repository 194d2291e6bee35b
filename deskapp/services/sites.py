"""Sites at work: control points and payments written, stages moved on, the week's figures (row S1; text 4, 3.3.9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import site as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import Milestone, Payment, Site, SiteRow, WeekCounts
from deskapp.services import followups
from deskapp.services.planning import today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskapp.domain.followup import Followup
    from deskapp.domain.inspection import Inspection
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.site_notice import SiteNotice, Warranty
    from deskapp.repository.work import Work
    from deskapp.services.clients import SiteCard

FOUND = 200
"""The most clients a search looks at."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """Everything known of one site."""

    card: SiteCard
    row: SiteRow
    followups: tuple[Followup, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    notices: tuple[SiteNotice, ...] = ()
    warranties: tuple[Warranty, ...] = ()
    tickets: tuple[TicketRow, ...] = ()
    files: int = 0
    proposal: str = ""
    """The stage its control points speak for, when it stands at an earlier one."""


def read_file(desk: Desk, site_id: int) -> SiteFile:
    """Read everything known of a site; LookupError when there is none."""
    from deskapp.services.clients import site_cards

    with desk.read() as work:
        site = work.sites.find(site_id)
        card = site_cards(work, [site])[0]
        tickets = [
            one.id for one in work.tickets.of_client(site.client_id) if one.site_id == site_id and one.is_open
        ]
        return SiteFile(
            card,
            work.sites.rows([site])[0],
            tuple(work.followups.of_site(site_id)),
            tuple(work.inspections.of_site(site_id)),
            tuple(work.site_notices.of_sites([site_id])[::-1]),
            tuple(work.warranties.of_site(site_id)),
            tuple(work.tickets.rows(tickets)),
            len(work.attachments.of("site", site_id)),
            rules.proposed_stage(site, card.milestones),
        )


def save_milestone(desk: Desk, milestone: Milestone, *, key: str = "") -> Milestone:
    """Write a control point of a site, planned or reached; its calls move with it (row F1).

    A kind is there once a site: one that somebody else has written meanwhile is a Conflict, never a second one.
    """
    with desk.write("milestone.save") as work:
        return once(
            work,
            key,
            "milestone.save",
            partial(milestone_in, work, desk, milestone),
            work.milestones.find,
        )


def milestone_in(work: Work, desk: Desk, milestone: Milestone) -> Milestone:
    """Write a control point inside a transaction that does more than that."""
    site = work.sites.held(milestone.site_id)
    there = work.milestones.of([site.id])
    rules.check_milestone(
        site,
        milestone,
        [one for one in there if one.id != milestone.id],
        today_of(desk, work.now),
    )
    if milestone.id:
        stored = work.milestones.save(milestone)
    else:
        known = rules.of_kind(there, milestone.kind)
        if known is not None:
            raise work.milestones.conflict(known.id)
        stored = work.milestones.add(milestone)
    followups.plan_in(work, desk, [site.id])
    return stored


def save_payment(desk: Desk, payment: Payment, *, key: str = "") -> Payment:
    """Write a payment of a site, due or made; one overdue stands in the queue as a call, one made takes it out.

    A kind is there once a site, as in `save_milestone`. A deposit paid is the site's deposit too.
    """
    with desk.write("payment.save") as work:
        return once(work, key, "payment.save", partial(payment_in, work, desk, payment), work.payments.find)


def payment_in(work: Work, desk: Desk, payment: Payment) -> Payment:
    """Write a payment inside a transaction that does more than that."""
    site = work.sites.held(payment.site_id)
    rules.check_payment(site, payment, today_of(desk, work.now))
    before = work.payments.get(payment.id or None)
    if payment.id:
        stored = work.payments.save(payment)
    else:
        known = rules.of_kind(work.payments.of([site.id]), payment.kind)
        if known is not None:
            raise work.payments.conflict(known.id)
        stored = work.payments.add(payment)
    if payment.kind == "deposit":
        _keep_deposit(work, site, before, stored)
    followups.plan_in(work, desk, [site.id])
    return stored


def _keep_deposit(work: Work, site: Site, before: Payment | None, after: Payment) -> None:
    """Let a site's deposit say what its payment says, unless somebody wrote another one there by hand."""
    was = (before.amount, before.paid_on) if before is not None else (None, None)
    own = replace(site)
    if site.deposit in (None, was[0]):
        own = replace(own, deposit=after.amount)
    if site.deposit_date in (None, was[1]) and after.paid_on is not None:
        own = replace(own, deposit_date=after.paid_on)
    if own != site:
        work.sites.save(own, known=site)


def advance(desk: Desk, site: Site, stage: str) -> Site:
    """Move a site on to the stage its control points speak for, with the days they give (row S1)."""
    with desk.write("site.save") as work:
        marks = work.milestones.of([site.id])
        if rules.proposed_stage(site, marks) != stage:
            raise RuleBroken("site.stage_not_reached", stage=stage)
        done = {one.kind: one.done_on for one in marks if one.done_on is not None}
        begun = site.start_date or done.get("start") or done.get("materials")
        after = replace(site, stage=stage, start_date=begun)
        if stage == "finished":
            after = replace(after, completed_on=site.completed_on or done.get("final"))
        rules.check_site(after)
        stored = work.sites.save(after)
        followups.plan_in(work, desk, [stored.id])
        return stored


def week_counts(desk: Desk, day: date) -> WeekCounts:
    """Count for the week of a day: sites in progress, and those to make their mid-term or final payment.

    What was late when the week began is counted with it, and apart; what is late in this week so far is not.
    """
    first, last = rules.week_of(day)
    with desk.read() as work:
        return WeekCounts(
            first,
            last,
            work.sites.running_since(first, last),
            work.payments.due_in("midterm", first, last),
            work.payments.due_in("final", first, last),
        )


def find(desk: Desk, typed: str, group: str, owing_on: date | None = None) -> list[SiteRow]:
    """The sites of the clients found by what is typed: name, pinyin, number, address (row P5)."""
    with desk.read() as work:
        ids = work.search.client_ids(typed, FOUND)
        of = work.sites.of_many(ids)
        sites = [one for client_id in ids for one in reversed(of[client_id])]
        rows = work.sites.rows([one for one in sites if group == "all" or one.stage in rules.GROUPS[group]])
    return rows if owing_on is None else [row for row in rows if row.overdue(owing_on)]


class SitesListed:
    """Sites of a group, the newest file first, read page by page; with `owing_on` those with a payment late then."""

    def __init__(self, desk: Desk, group: str, owing_on: date | None = None) -> None:
        self.desk, self.group, self.owing_on = desk, group, owing_on

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.sites.count(self.group, self.owing_on)

    def first(self, limit: int) -> Sequence[SiteRow]:
        """The newest."""
        with self.desk.read() as work:
            return work.sites.listed(self.group, limit, owing_on=self.owing_on)

    def last(self, limit: int) -> Sequence[SiteRow]:
        """The oldest."""
        with self.desk.read() as work:
            return work.sites.listed(self.group, limit, last=True, owing_on=self.owing_on)

    def after(self, record: SiteRow, limit: int) -> Sequence[SiteRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return work.sites.listed(self.group, limit, after=record.site, owing_on=self.owing_on)

    def before(self, record: SiteRow, limit: int) -> Sequence[SiteRow]:
        """The next newer ones."""
        with self.desk.read() as work:
            return work.sites.listed(self.group, limit, before=record.site, owing_on=self.owing_on)

    def at(self, offset: int, limit: int) -> Sequence[SiteRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return work.sites.listed(self.group, limit, offset=offset, owing_on=self.owing_on)

    def key(self, record: SiteRow) -> int:
        """A site stays itself."""
        return record.site.id
