"""The follow-up programme at work: calls laid out, moved, put into the queue, counted as made or missed (F1–F3, F6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pendulum
from pendulum import DateTime

from deskapp.desk import Desk
from deskapp.domain import followup as rules
from deskapp.domain.calendar import years_published
from deskapp.domain.call import Call
from deskapp.domain.errors import RuleBroken
from deskapp.domain.followup import Create, Drop, Followup, FollowupRule, Intent, Miss, Move, Script, Wanted
from deskapp.domain.site_events import events_of

if TYPE_CHECKING:
    from deskapp.domain.site import Site
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work

AT_HOUR = 9
"""The hour of its day at which a planned call comes up."""
BATCH = 100
"""Sites laid out in one transaction."""
CALENDAR = "followup_calendar"
"""The setting that holds the last year whose calendar calls were laid out on."""


@dataclass(frozen=True, slots=True)
class Laid:
    """What laying out calls changed."""

    sites: int = 0
    created: int = 0
    moved: int = 0
    dropped: int = 0
    missed: int = 0
    released: int = 0

    def __add__(self, other: Laid) -> Laid:
        return Laid(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def anything(self) -> bool:
        """Whether any call was touched."""
        return bool(self.created or self.moved or self.dropped or self.missed or self.released)


def today_of(desk: Desk, now: DateTime) -> date:
    """The company's day at an instant."""
    local = desk.local(now)
    return date(local.year, local.month, local.day)


def due_at(desk: Desk, day: date) -> DateTime:
    """The instant at which a call of a day comes up in the queue."""
    return pendulum.datetime(day.year, day.month, day.day, AT_HOUR, tz=desk.policy.timezone).in_timezone(
        "UTC"
    )


def lay_out_programme(work: Work, since: date) -> None:
    """Store the manual's scripts and rules; nothing is demanded for days before `since`."""
    from deskapp.services.company import defaults

    data = defaults("followups")
    scripts = {}
    for position, entry in enumerate(data["script"]):
        stored = work.scripts.by_code(entry["code"]) or work.scripts.add(Script(**entry, position=position))
        scripts[stored.code] = stored.id
    for position, entry in enumerate(data["rule"]):
        script = scripts.get(entry.pop("script", ""))
        work.followup_rules.add(FollowupRule(**entry, script_id=script, since_on=since, position=position))


def plan_in(work: Work, desk: Desk, site_ids: Sequence[int]) -> Laid:
    """Lay out the calls of some sites inside a transaction that does more than that."""
    programme = _Programme(work, desk)
    return programme.plan(site_ids) if programme.rules else Laid()


class _Programme:
    """One transaction's look at the programme: its rules, its day, its horizon."""

    def __init__(self, work: Work, desk: Desk) -> None:
        self.work, self.desk = work, desk
        self.rules = [rule for rule in work.followup_rules.listed() if rule.anchor != "solved"]
        self.today = today_of(desk, work.now)
        self.horizon = self.today + timedelta(days=desk.policy.followup_horizon_days)
        self.published = years_published()[-1]

    def plan(self, site_ids: Sequence[int]) -> Laid:
        """Lay out the calls of some sites; those laid out from the very same events are not looked at further."""
        work = self.work
        sites = work.sites.get_many(site_ids)
        wants = work.followups.wants_calls([site.client_id for site in sites.values()])
        events = self._events(list(sites.values()))
        marks = {
            site.id: rules.mark_of(events[site.id], self.rules, wants[site.client_id], self.published)
            for site in sites.values()
        }
        until = {
            site_id: self.horizon
            if wants[sites[site_id].client_id]
            and any(rules.open_ended(rule, events[site_id]) for rule in self.rules)
            else None
            for site_id in sites
        }
        anew = [
            site
            for site in sites.values()
            if site.plan_mark != marks[site.id]
            or (site.plan_until is not None and site.plan_until < self.soon)
            or (site.plan_until is None) != (until[site.id] is None)
        ]
        there = work.followups.of_sites([site.id for site in anew])
        calls = self._queued(there)
        laid, new = Laid(sites=len(anew)), list[Followup]()
        for site in anew:
            known = there.get(site.id, [])
            shown = events[site.id] if wants[site.client_id] else {}
            for rule in self.rules:
                more, made = self._lay(
                    site, rule, shown, [one for one in known if one.rule_id == rule.id], calls
                )
                laid, new = laid + more, new + made
            gone = {rule.id for rule in self.rules}
            for one in known:
                if (
                    one.waits
                    and one.site_id is not None
                    and one.rule_id not in gone
                    and one.ticket_id is None
                ):
                    self._drop(one, calls)
                    laid += Laid(dropped=1)
        stored = work.followups.add_many(new)
        released = release_these(
            work, self.desk, [one for one in stored if one.state == "planned"], self.today
        )
        work.followups.planned({site.id: (marks[site.id], until[site.id]) for site in anew})
        return laid + Laid(released=released)

    @property
    def soon(self) -> date:
        """Sites laid out for a shorter time than until this day are laid out further."""
        return self.today + timedelta(days=self.desk.policy.followup_horizon_days // 2)

    def _events(self, sites: Sequence[Site]) -> dict[int, dict[str, date]]:
        ids = [site.id for site in sites]
        milestones: dict[int, list[Any]] = {}
        payments: dict[int, list[Any]] = {}
        for milestone in self.work.milestones.of(ids):
            milestones.setdefault(milestone.site_id, []).append(milestone)
        for payment in self.work.payments.of(ids):
            payments.setdefault(payment.site_id, []).append(payment)
        return {
            site.id: events_of(site, milestones.get(site.id, ()), payments.get(site.id, ())) for site in sites
        }

    def _queued(self, there: Mapping[int, Sequence[Followup]]) -> dict[int, Call]:
        """The calls that stand in the queue for follow-ups, by follow-up; nobody takes them meanwhile."""
        ids = [
            one.call_id
            for of_site in there.values()
            for one in of_site
            if one.state == "queued" and one.call_id
        ]
        return {call.followup_id or 0: call for call in self.work.calls.held_many(ids)}

    def _lay(
        self,
        site: Site,
        rule: FollowupRule,
        events: rules.Anchors,
        known: list[Followup],
        calls: Mapping[int, Call],
    ) -> tuple[Laid, list[Followup]]:
        should = rules.wanted(rule, events, self.today, self.horizon)
        busy = frozenset(one.id for one in known if one.id in calls and calls[one.id].state == "taken")
        intents = rules.decide(rule, known, should, busy)
        new = [
            self._new(site, rule, intent.wanted, len(known) + place)
            for place, intent in enumerate(one for one in intents if isinstance(one, Create))
        ]
        for intent in intents:
            self._do(intent, calls)
        counts = {kind: sum(isinstance(one, kind) for one in intents) for kind in (Move, Drop, Miss)}
        late = sum(one.state == "missed" for one in new)
        return (
            Laid(0, len(new), counts[Move], counts[Drop], counts[Miss] + late),
            new,
        )

    def _new(self, site: Site, rule: FollowupRule, want: Wanted, place: int) -> Followup:
        return Followup(
            key=f"s{site.id}-r{rule.id}-{place}",
            rule_id=rule.id,
            purpose=rule.purpose,
            client_id=site.client_id,
            site_id=site.id,
            planned_on=want.planned_on,
            due_on=want.due_on,
            provisional=want.provisional,
            state="missed" if want.overtaken else "planned",
            reason="late_notice" if want.overtaken else "",
            created_at=self.work.now,
        )

    def _do(self, intent: Intent, calls: Mapping[int, Call]) -> None:
        work = self.work
        if isinstance(intent, Move):
            one, want = intent.followup, intent.wanted
            call = calls.get(one.id)
            if call is not None and one.due_on != want.due_on:
                work.calls.save(replace(call, due_at=due_at(self.desk, want.due_on)), known=call)
            work.followups.save(
                replace(one, planned_on=want.planned_on, due_on=want.due_on, provisional=want.provisional),
                known=one,
            )
        elif isinstance(intent, Drop):
            self._drop(intent.followup, calls)
        elif isinstance(intent, Miss):
            one, moved = intent.followup, intent.wanted
            if moved is not None:
                one = replace(
                    one, planned_on=moved.planned_on, due_on=moved.due_on, provisional=moved.provisional
                )
            work.followups.save(replace(one, state="missed", reason="overtaken"), known=intent.followup)
            drop_call(work, calls.get(one.id))

    def _drop(self, one: Followup, calls: Mapping[int, Call]) -> None:
        call = calls.get(one.id)
        if call is not None and call.state == "taken":
            return
        self.work.followups.save(replace(one, state="dropped"), known=one)
        drop_call(self.work, call)


def drop_call(work: Work, call: Call | None) -> None:
    """Take a planned call nobody has to make any more out of the queue."""
    if call is not None and call.state == "open":
        work.calls.save(replace(call, state="dropped", ended_at=work.now), known=call)


def release_these(work: Work, desk: Desk, followups: Sequence[Followup], today: date) -> int:
    """Put those due by today into the queue, a call each; return how many."""
    due = [one for one in followups if one.state == "planned" and one.due_on <= today]
    phones = work.phones.of_many({one.client_id for one in due})
    calls = work.calls.add_many([_call_of(work, desk, one, phones.get(one.client_id, [])) for one in due])
    for one, call in zip(due, calls, strict=True):
        work.followups.save(replace(one, state="queued", call_id=call.id), known=one)
    return len(due)


def _call_of(work: Work, desk: Desk, one: Followup, phones: Sequence[Any]) -> Call:
    return Call(
        kind="verification" if one.purpose == "solved" else "followup",
        direction="out",
        client_id=one.client_id,
        site_id=one.site_id,
        ticket_id=one.ticket_id,
        number=phones[0].normal if phones else "",
        due_at=due_at(desk, one.due_on),
        purpose=one.purpose,
        followup_id=one.id,
        created_at=work.now,
    )


def ended_in(work: Work, desk: Desk, call: Call, follows: Call | None, *, given_up: bool) -> None:
    """Count a follow-up as made or missed when its call has ended; a further try keeps it waiting."""
    one = work.followups.get(call.followup_id)
    if one is None or not one.waits:
        return
    if call.outcome == "reached":
        made = replace(
            one,
            state="done",
            done_on=today_of(desk, call.ended_at or work.now),
            done_by=call.taken_by,
            score=call.score,
            call_id=call.id,
        )
        work.followups.save(made, known=one)
    elif follows is not None:
        work.followups.save(replace(one, state="queued", call_id=follows.id), known=one)
    else:
        reason = "given_up" if given_up or call.outcome not in rules.MISSED_REASONS else call.outcome
        work.followups.save(replace(one, state="missed", reason=reason, call_id=call.id), known=one)


def ask_if_solved(work: Work, desk: Desk, ticket: Ticket) -> None:
    """Plan the call that asks a client whether a problem is solved, when the programme says so: at once by default."""
    today = today_of(desk, work.now)
    rule = next(iter(work.followup_rules.of_anchor("solved")), FollowupRule(purpose="solved"))
    day = rules.add(today, rule.first_count, rule.first_unit)
    due, provisional = rules.shifted(day, rule.shift) if rule.first_count else (day, False)
    places = len(work.followups.of_ticket(ticket.id))
    one = work.followups.add(
        Followup(
            key=f"t{ticket.id}-{places}",
            rule_id=rule.id or None,
            purpose=rule.purpose,
            client_id=ticket.client_id,
            site_id=ticket.site_id,
            ticket_id=ticket.id,
            planned_on=day,
            due_on=due,
            provisional=provisional,
            created_at=work.now,
        )
    )
    at = work.now if due == today else due_at(desk, due)
    call = _call_of(work, desk, one, work.phones.of(ticket.client_id))
    made_by = work.operator.id if work.operator else None
    call = work.calls.add(replace(call, kind="verification", due_at=at, created_by=made_by))
    work.followups.save(replace(one, state="queued", call_id=call.id), known=one)


def asked_no_more(work: Work, ticket: Ticket) -> None:
    """The ticket has moved on: whoever was to be asked about it need not be any more."""
    for one in work.followups.of_ticket(ticket.id):
        call = work.calls.get(one.call_id)
        if one.waits and (call is None or call.state != "taken"):
            work.followups.save(replace(one, state="dropped"), known=one)


def plan_pending(desk: Desk, most: int = BATCH) -> Laid:
    """Lay out sites that are new, or whose calls reach too short a time ahead: up to `most`, a batch a transaction.

    Any number of consoles may do so at once: each holds the sites it lays out, the others pass them by.
    """
    laid = Laid()
    while laid.sites < most:
        with desk.store.write("followup.plan") as work:
            programme = _Programme(work, desk)
            ids = work.followups.sites_to_plan(programme.soon, min(BATCH, most - laid.sites), hold=True)
            if not ids or not programme.rules:
                break
            laid += replace(programme.plan(ids), sites=len(ids))
    return laid


def release(desk: Desk, limit: int = 500) -> int:
    """Put what is due by today into the queue; return how many calls."""
    with desk.store.write("followup.release") as work:
        today = today_of(desk, work.now)
        return release_these(work, desk, work.followups.to_release(today, limit), today)


def miss_overtaken(desk: Desk) -> int:
    """Count calls as missed whose rhythm has brought the next; those in somebody's hands are left alone."""
    with desk.store.write("followup.miss") as work:
        by_id = {rule.id: rule for rule in work.followup_rules.listed()}
        late = rules.overtaken(work.followups.crowded(today_of(desk, work.now)), by_id)
        calls = {
            call.followup_id: call
            for call in work.calls.held_many([one.call_id for one in late if one.call_id])
        }
        missed = 0
        for one in late:
            call = calls.get(one.id)
            if call is not None and call.state == "taken":
                continue
            work.followups.save(replace(one, state="missed", reason="overtaken"), known=one)
            drop_call(work, call)
            missed += 1
        return missed


def tick(desk: Desk) -> Laid:
    """Do what time has brought: a calendar published, sites to lay out, calls due or missed; look before writing."""
    laid = Laid()
    with desk.read() as work:
        if not work.operators.any():
            return laid
        today, founded = today_of(desk, work.now), work.followup_rules.any()
        published = str(years_published()[-1])
        known = work.settings.get(CALENDAR, "")
    if not founded or known != published:
        _begin(desk, today, published, known, founded=founded)
    with desk.read() as work:
        soon = today + timedelta(days=desk.policy.followup_horizon_days // 2)
        to_plan = bool(work.followups.sites_to_plan(soon, 1))
        to_release, crowded = work.followups.any_to_release(today), bool(work.followups.crowded(today))
    if to_plan:
        laid += plan_pending(desk)
    if to_release:
        laid += Laid(released=release(desk))
    if crowded:
        laid += Laid(missed=miss_overtaken(desk))
    return laid


def _begin(desk: Desk, today: date, published: str, known: str, *, founded: bool) -> None:
    """Store the manual's programme where there is none; lay calls out anew that a newly published calendar moves."""
    with desk.store.write("followup.calendar") as work:
        work.counters.at_least("programme", 1)  # whoever comes second waits here until the first is done
        if not founded and not work.followup_rules.any():
            lay_out_programme(work, today)
        if known and known != published:
            work.followups.make_provisional_anew()
        work.settings.put(CALENDAR, published)


def save_rule(desk: Desk, rule: FollowupRule) -> FollowupRule:
    """Add or change a line of the programme; every site is laid out by it from now on, nothing before today.

    A rule whose days change demands nothing for the past, unless a day to begin with is given with it.
    """
    rules.check_rule(rule)
    with desk.write("rule.save") as work:
        today = today_of(desk, work.now)
        if rule.id:
            before = work.followup_rules.find(rule.id)
            if before.timing != rule.timing and rule.since_on == before.since_on:
                rule = replace(rule, since_on=today)
            saved = work.followup_rules.save(rule)
        else:
            there = work.followup_rules.listed()
            code = rule.code or f"own-{max((one.id for one in there), default=0) + 1}"
            if any(one.code == code for one in there):
                raise RuleBroken("followup.code_taken", value=code)
            last = max((one.position for one in there), default=-1)
            saved = work.followup_rules.add(
                replace(rule, code=code, since_on=rule.since_on or today, position=last + 1)
            )
        work.followups.plan_all_anew()
    return saved


def save_script(desk: Desk, script: Script) -> Script:
    """Add or change a script."""
    if not script.name.strip():
        raise RuleBroken("followup.name_missing")
    with desk.write("script.save") as work:
        if script.id:
            return work.scripts.save(script)
        there = work.scripts.listed()
        code = script.code or f"own-{max((one.id for one in there), default=0) + 1}"
        last = max((one.position for one in there), default=-1)
        return work.scripts.add(replace(script, code=code, position=last + 1))


def preview(desk: Desk, rule: FollowupRule, site_id: int, days: int = 800) -> Sequence[Wanted]:
    """The calls a rule would lay out for a site, whatever is stored: as far ahead as `days` (row F1)."""
    with desk.read() as work:
        site = work.sites.find(site_id)
        today = today_of(desk, work.now)
        events = events_of(site, work.milestones.of([site_id]), work.payments.of([site_id]))
    return rules.wanted(rule, events, today, today + timedelta(days=days))
