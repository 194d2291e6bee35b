"""Calls laid out from the programme, moved with their events, brought into the queue, in one transaction (F1–F3)."""

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
from deskapp.domain.followup import Create, Drop, Followup, Intent, Miss, Move, Wanted
from deskapp.domain.programme import FollowupRule
from deskapp.domain.site_events import events_of

if TYPE_CHECKING:
    from deskapp.domain.site import Site
    from deskapp.repository.work import Work

AT_HOUR = 9
"""The hour of its day at which a planned call comes up."""


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


class Programme:
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
        work.followups.hold_sites(site_ids)
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
        there, calls, adrift = self._there([site.id for site in anew])
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
                if one.waits and one.rule_id not in gone and one.ticket_id is None:
                    laid += Laid(dropped=self._drop(one, calls))
        stored = work.followups.add_many(new)
        released = release_these(
            work, self.desk, [one for one in stored if one.state == "planned"], self.today
        )
        work.followups.planned(
            {site.id: ("" if site.id in adrift else marks[site.id], until[site.id]) for site in anew}
        )
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

    def _there(
        self, site_ids: Sequence[int]
    ) -> tuple[dict[int, list[Followup]], dict[int, Call], frozenset[int]]:
        """The follow-ups of some sites and, by follow-up, their calls in the queue, that nobody takes meanwhile.

        Calls are held before follow-ups, as by whoever ends a call. Where a follow-up came to another call in
        between, its site is adrift: that follow-up is left alone, and the site laid out once more later.
        """
        work = self.work
        there = work.followups.of_sites(site_ids)
        calls = self._queued(there)
        adrift: set[int] = set()
        if there and work.followups.hold_waiting(site_ids):
            seen, there = there, work.followups.of_sites(site_ids)
            before = {one.id: one.call_id for known in seen.values() for one in known}
            for site_id, known in there.items():
                if any(one.state == "queued" and one.call_id != before.get(one.id) for one in known):
                    adrift.add(site_id)
        return there, calls, frozenset(adrift)

    def _queued(self, there: Mapping[int, Sequence[Followup]]) -> dict[int, Call]:
        queued = {
            one.call_id: one.id
            for known in there.values()
            for one in known
            if one.state == "queued" and one.call_id
        }
        return {queued[call.id]: call for call in self.work.calls.held_many(list(queued))}

    def _lay(
        self,
        site: Site,
        rule: FollowupRule,
        events: rules.Anchors,
        known: list[Followup],
        calls: Mapping[int, Call],
    ) -> tuple[Laid, list[Followup]]:
        laid = rules.laid_out(rule, events, self.today, self.horizon)
        busy = frozenset(one.id for one in known if one.state == "queued" and _busy(one, calls.get(one.id)))
        intents = rules.decide(rule, known, laid, busy)
        new = [
            self._new(site, rule, intent.wanted, len(known) + place)
            for place, intent in enumerate(one for one in intents if isinstance(one, Create))
        ]
        for intent in intents:
            self._do(rule, intent, calls)
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

    def _do(self, rule: FollowupRule, intent: Intent, calls: Mapping[int, Call]) -> None:
        work = self.work
        if isinstance(intent, Move):
            self._move(intent.followup, intent.wanted, rule.purpose, calls.get(intent.followup.id))
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

    def _move(self, one: Followup, want: Wanted, purpose: str, call: Call | None) -> None:
        """Move a call and its place in the queue; what was promised to the client stays when it was promised."""
        if call is not None:
            due = call.due_at
            if one.due_on != want.due_on and call.kind != "callback":
                due = due_at(self.desk, want.due_on)
                due = max(due, call.due_at) if call.previous_id and call.due_at else due
            self.work.calls.save(replace(call, due_at=due, purpose=purpose), known=call)
        moved = replace(one, planned_on=want.planned_on, due_on=want.due_on, provisional=want.provisional)
        self.work.followups.save(replace(moved, purpose=purpose), known=one)

    def _drop(self, one: Followup, calls: Mapping[int, Call]) -> int:
        call = calls.get(one.id)
        if one.state == "queued" and _busy(one, call):
            return 0
        self.work.followups.save(replace(one, state="dropped"), known=one)
        drop_call(self.work, call)
        return 1


def _busy(one: Followup, call: Call | None) -> bool:
    """Whether a queued follow-up is being made: taken, or come to another call a moment ago."""
    return call is None or call.state == "taken" or call.id != one.call_id


def drop_call(work: Work, call: Call | None) -> None:
    """Take a planned call nobody has to make any more out of the queue; a call promised to the client stays in it."""
    if call is None or call.state != "open":
        return
    if call.kind == "callback":
        work.calls.save(replace(call, followup_id=None), known=call)
    else:
        work.calls.save(replace(call, state="dropped", ended_at=work.now), known=call)


def release_these(work: Work, desk: Desk, followups: Sequence[Followup], today: date) -> int:
    """Put those due by today into the queue, a call each; return how many."""
    due = [one for one in followups if one.state == "planned" and one.due_on <= today]
    phones = work.phones.of_many({one.client_id for one in due})
    calls = work.calls.add_many([call_of(work, desk, one, phones.get(one.client_id, [])) for one in due])
    for one, call in zip(due, calls, strict=True):
        work.followups.save(replace(one, state="queued", call_id=call.id), known=one)
    return len(due)


def call_of(work: Work, desk: Desk, one: Followup, phones: Sequence[Any]) -> Call:
    """The call a follow-up is made by, due in the morning of its day."""
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
