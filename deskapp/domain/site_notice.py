"""Start and completion notices, the project handbook and the warranty file they bring about (rows F2, F3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from pendulum import DateTime

from deskapp.domain.address import full_address
from deskapp.domain.errors import RuleBroken
from deskapp.domain.followup import add
from deskapp.domain.search_text import fold
from deskapp.domain.site import STAGES, Milestone, Site

KINDS = ("start", "completion")
PREFIXES: Mapping[str, str] = {"start": "KG", "completion": "WG"}
CHANNELS = ("form", "import")
STATES = ("current", "replaced", "withdrawn")
HANDBOOK_STATES = ("asked", "collected", "incomplete", "complete", "withdrawn")
OPEN_HANDBOOKS = ("asked", "collected", "incomplete")
"""Handbooks somebody still has to do something about."""
SETTLEMENT = ("materials", "finance")
"""Codes of the departments that settle a completed site (text 4, 3.3.10)."""
ROLES: Mapping[str, str] = {
    "designer": "designer",
    "consultant": "consultant",
    "supervisor": "supervisor",
    "manager": "project_manager",
}
"""The people a notice may name: the site's role and the trade that fills it."""
MOST_AHEAD: Mapping[str, int] = {"start": 92, "completion": 0}
"""How many days ahead the day of a notice may lie: a start is announced, a completion has taken place."""
EARLIEST = date(2000, 1, 1)
_UNBEGUN = ("deposit", "signed")
_BEGUN = ("building", "midterm")
_OVER = STAGES[STAGES.index("finished") : STAGES.index("cancelled")]


@dataclass(frozen=True, slots=True)
class SiteNotice:
    """One start or completion notice as it was received; a corrected one replaces the one before it."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = "start"
    site_id: int = 0
    client_id: int = 0
    on_day: date = date.min
    received_at: DateTime | None = None
    channel: str = "form"
    facts: Mapping[str, object] | None = None
    """`before`: the site as it was, to fall back to; `tickets`: the settlement handoffs it brought about."""
    note: str = ""
    state: str = "current"
    reason: str = ""
    replaces_id: int | None = None
    source_key: str | None = None
    created_by: int | None = None

    @property
    def tickets(self) -> tuple[int, ...]:
        """The ids of its settlement handoffs."""
        found = (self.facts or {}).get("tickets")
        return tuple(int(one) for one in found) if isinstance(found, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class Handbook:
    """The project handbook of a site: asked for, collected, checked item by item (text 4, 3.3.7)."""

    id: int = 0
    version: int = 0
    site_id: int = 0
    asked_at: DateTime | None = None
    asked_of: int | None = None
    due_on: date | None = None
    collected_on: date | None = None
    checks: Mapping[str, object] | None = None
    """Whether each item is in it, by the item's code."""
    checked_at: DateTime | None = None
    checked_by: int | None = None
    state: str = "asked"
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to hand in or to check something."""
        return self.state in OPEN_HANDBOOKS

    def overdue(self, today: date) -> bool:
        """Whether what was asked for has not come by its day; one that is here waits for the checker only."""
        return self.state in ("asked", "incomplete") and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class Warranty:
    """One part of a site's warranty file: what is covered, from when until when."""

    id: int = 0
    version: int = 0
    site_id: int = 0
    scope: str = "general"
    from_on: date = date.min
    until_on: date = date.min


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """What a notice says, from a form or a sheet: whose site, which day, who builds it."""

    kind: str = "start"
    on_day: date | None = None
    client_id: int | None = None
    site_id: int | None = None
    client_name: str = ""
    phones: str = ""
    estate: str = ""
    address: str = ""
    area: int | None = None
    people: Mapping[str, int | str] = field(default_factory=dict)
    """Members of staff by role: an id, or a name as it was written."""
    crew: str = ""
    started_on: date | None = None
    """When work began, where a completion notice says so."""
    note: str = ""
    channel: str = "form"
    source_key: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as the list shows it."""

    notice: SiteNotice
    client_name: str = ""
    address: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class HandbookRow:
    """A handbook as the list shows it."""

    handbook: Handbook
    client_id: int = 0
    client_name: str = ""
    address: str = ""
    asked_of: str = ""


@dataclass(frozen=True, slots=True)
class HandbookItem:
    """One thing a handbook must hold; an empty `name` is one of the manual's, whose words are in the catalogues."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """What a site was like before a notice moved it."""

    stage: str = "signed"
    start_date: date | None = None
    completed_on: date | None = None
    mark: tuple[date | None, date | None] | None = None
    """Planned and done day of the control point the notice moved; None when there was none."""

    def told(self) -> dict[str, object]:
        """As it is kept with the notice."""
        days = [str(day) if day else "" for day in self.mark] if self.mark is not None else None
        return {
            "stage": self.stage,
            "start_date": str(self.start_date or ""),
            "completed_on": str(self.completed_on or ""),
            "mark": days,
        }

    @classmethod
    def of(cls, notice: SiteNotice) -> Before:
        """As a notice keeps it."""
        found = (notice.facts or {}).get("before")
        if not isinstance(found, Mapping):
            return cls()
        mark = found.get("mark")
        planned = (_day(mark[0]), _day(mark[1])) if isinstance(mark, list | tuple) else None
        stage = str(found.get("stage") or "signed")
        return cls(stage, _day(found.get("start_date")), _day(found.get("completed_on")), planned)


def _day(written: object) -> date | None:
    return date.fromisoformat(str(written)) if written else None


def number(kind: str, day: str, serial: int) -> str:
    """Write a notice's number: number("start", "20261123", 1) → KG20261123-0001."""
    return f"{PREFIXES[kind]}{day}-{serial:04d}"


def check_notice(draft: NoticeDraft, today: date) -> date:
    """Refuse a notice of no kind, about nobody's site, or for a day that cannot be; give its day."""
    if draft.kind not in KINDS:
        raise RuleBroken("site_notices.kind", value=draft.kind)
    if draft.client_id is None and not draft.client_name.strip() and not draft.phones.strip():
        raise RuleBroken("site_notices.client_missing")
    if draft.on_day is None:
        raise RuleBroken("site_notices.day_missing")
    check_day(draft.kind, draft.on_day, today)
    return draft.on_day


def check_day(kind: str, day: date, today: date) -> None:
    """Refuse a day too far ahead, or long before anybody kept notices."""
    if day < EARLIEST:
        raise RuleBroken("site_notices.day_early", day=day)
    if day > today + timedelta(days=MOST_AHEAD[kind]):
        code = "site_notices.start_ahead" if kind == "start" else "site_notices.completion_ahead"
        raise RuleBroken(code, day=day, most=MOST_AHEAD[kind])


def check_order(kind: str, day: date, start: date | None, completed: date | None) -> None:
    """Refuse a completion before the start, and a start after the completion."""
    if kind == "completion" and start is not None and day < start:
        raise RuleBroken("site_notices.completed_first", day=day, start=start)
    if kind == "start" and completed is not None and day > completed:
        raise RuleBroken("site_notices.started_after", day=day, completed=completed)


def place_key(estate: str | None, address: str | None) -> str:
    """The key of an address: case, width and spaces do not matter."""
    return "".join(fold(full_address(estate or "", address or "")).split())


def site_at(sites: Iterable[Site], estate: str, address: str) -> Site | None:
    """The site of a client a notice means: by its address, with the estate or without; without any, the only one."""
    known = list(sites)
    whole, bare = place_key(estate, address), place_key("", address)
    if not whole:
        return known[0] if len(known) == 1 else None
    alike = [one for one in known if place_key(one.estate, one.address) == whole]
    if not alike and bare:
        alike = [one for one in known if not (estate and one.estate) and place_key("", one.address) == bare]
    return alike[0] if alike else None


def begun(site: Site, day: date) -> Site:
    """The site after its start notice; one that is further already only learns when it began."""
    return replace(site, start_date=day, stage="building" if site.stage in _UNBEGUN else site.stage)


def over(site: Site, day: date, covered: Sequence[Warranty], today: date) -> Site:
    """The site after its completion notice: finished, in warranty, or past it when the notice is so late."""
    stage = "finished"
    if covered:
        stage = "warranty" if any(one.until_on >= today for one in covered) else "ended"
    return replace(site, completed_on=day, stage=stage)


def fallen_back(site: Site, notice: SiteNotice, *, started: bool) -> Site:
    """The site after a notice was taken back: as it was, but for what somebody else has changed since.

    `started` says whether a start notice stands.
    """
    before = Before.of(notice)
    if notice.kind == "start":
        if site.start_date == notice.on_day:
            site = replace(site, start_date=before.start_date)
        if site.stage in _BEGUN:
            site = replace(site, stage=before.stage if before.stage in (*_UNBEGUN, *_BEGUN) else "signed")
        return site
    if site.completed_on == notice.on_day:
        site = replace(site, completed_on=before.completed_on)
    if site.stage in _OVER:
        begun_by_now = before.stage in _UNBEGUN and (started or site.start_date is not None)
        site = replace(site, stage="building" if begun_by_now else before.stage)
    return site


def marked(site_id: int, there: Milestone | None, day: date, today: date) -> Milestone:
    """The control point of the start: reached on its day, or planned for it while it lies ahead."""
    mark = there or Milestone(site_id=site_id, kind="start")
    return replace(mark, done_on=day) if day <= today else replace(mark, planned_on=day, done_on=None)


def warranties(site_id: int, day: date, months: Mapping[str, int]) -> list[Warranty]:
    """The warranty file of a site completed on a day: a part for each scope that is covered at all."""
    return [
        Warranty(site_id=site_id, scope=scope, from_on=day, until_on=add(day, count, "month"))
        for scope, count in months.items()
        if count > 0
    ]


def handbook_due(completed_on: date, days: int, today: date) -> date:
    """By when the handbook is to be handed in: so long after completion, but not before it was asked for."""
    return max(completed_on + timedelta(days=days), today)


def lacking(items: Iterable[HandbookItem], checks: Mapping[str, object]) -> tuple[str, ...]:
    """The codes of the items a handbook does not hold, in the handbook's order."""
    return tuple(item.code for item in items if not checks.get(item.code))
