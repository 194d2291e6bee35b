"""The programme edited: the manual's rules and scripts laid down, changed, and tried on a site (rows F1, F4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import programme as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.followup import Wanted, wanted
from deskapp.domain.programme import FollowupRule, Script
from deskapp.domain.site_events import events_of
from deskapp.services.planning import today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.repository.work import Work

PREVIEW_DAYS = 800
"""How far ahead calls are shown of a rule whose end is open: two years and a little."""


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


def save_rule(desk: Desk, rule: FollowupRule, *, key: str = "") -> FollowupRule:
    """Add or change a line of the programme; every site is laid out by it from now on, nothing before today.

    A rule whose days change demands nothing for the past, unless a day to begin with is given with it. Under a
    `key` a new one is added once, however often it is sent.
    """
    rules.check_rule(rule)
    with desk.write("rule.save") as work:
        today = today_of(desk, work.now)
        if not rule.id:
            adding = partial(_add_rule, work, rule, today)
            return once(work, key, "rule.add", adding, work.followup_rules.find)
        before = work.followup_rules.find(rule.id)
        rule = rules.in_force(rule, before, today)
        if rule.timing != before.timing:
            work.followups.plan_all_anew()
        return work.followup_rules.save(rule)


def _add_rule(work: Work, rule: FollowupRule, today: date) -> FollowupRule:
    there = work.followup_rules.listed()
    code = rule.code or f"own-{max((one.id for one in there), default=0) + 1}"
    if any(one.code == code for one in there):
        raise RuleBroken("followup.code_taken", value=code)
    last = max((one.position for one in there), default=-1)
    work.followups.plan_all_anew()
    new = replace(rules.in_force(rule, None, today), code=code, position=last + 1)
    return work.followup_rules.add(new)


def save_script(desk: Desk, script: Script, *, key: str = "") -> Script:
    """Add or change a script; under a `key` a new one is added once."""
    rules.check_script(script)
    with desk.write("script.save") as work:
        if script.id:
            return work.scripts.save(script)
        return once(work, key, "script.add", partial(_add_script, work, script), work.scripts.find)


def _add_script(work: Work, script: Script) -> Script:
    there = work.scripts.listed()
    code = script.code or f"own-{max((one.id for one in there), default=0) + 1}"
    last = max((one.position for one in there), default=-1)
    return work.scripts.add(replace(script, code=code, position=last + 1))


@dataclass(frozen=True, slots=True)
class Trial:
    """A site rules are tried on: whose it is, what has happened there, and whether its client takes calls."""

    site_id: int = 0
    client: str = ""
    address: str = ""
    today: date = date.min
    events: Mapping[str, date] = field(default_factory=dict)
    wants_calls: bool = True


@dataclass(frozen=True, slots=True)
class Preview:
    """The calls a rule would lay out for a site; `assumed` as if the event it hangs on were today."""

    calls: Sequence[Wanted] = ()
    assumed: bool = False


def trial_of(desk: Desk, site_id: int | None = None) -> Trial | None:
    """Read a site to try rules on: the newest being built when none is named; None when there is no site."""
    from deskapp.domain.address import full_address

    with desk.read() as work:
        site = work.sites.find(site_id) if site_id else work.followups.newest_running_site()
        if site is None:
            return None
        client = work.clients.find(site.client_id)
        events = events_of(site, work.milestones.of([site.id]), work.payments.of([site.id]))
        today = today_of(desk, work.now)
    where = full_address(site.estate, site.address)
    return Trial(site.id, client.name, where, today, events, client.wants_calls)


def tried(rule: FollowupRule, trial: Trial, before: FollowupRule | None = None) -> Preview:
    """Lay a rule out over a site as it would be once saved over `before`, whatever is stored (row F1)."""
    rule = replace(rules.in_force(rule, before, trial.today), active=True)
    assumed = rule.anchor not in trial.events
    events = {**trial.events, rule.anchor: trial.today} if assumed else trial.events
    if assumed and rule.until_event:
        events = {name: day for name, day in events.items() if name != rule.until_event}
    found = wanted(rule, events, trial.today, trial.today + timedelta(days=PREVIEW_DAYS))
    return Preview(tuple(found), assumed)


def preview(desk: Desk, rule: FollowupRule, site_id: int) -> Sequence[Wanted]:
    """The calls a rule as it is stored would lay out for a site (row F1)."""
    trial = trial_of(desk, site_id)
    return tried(rule, trial, rule).calls if trial is not None else ()
