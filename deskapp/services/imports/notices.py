"""Start and completion notices of a list, each filed as the form files it: late, corrected and repeated ones too.

What kind a row is its own column says, else the title above the table, the sheet's or the file's name, else which
day it gives. Rows count in their order: a later one for another day corrects the one before it. A row is known by
whose site it is about and by the days the file has told of that site so far, so the same file again changes nothing,
even where a later row has replaced an earlier one or somebody has taken a notice back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from deskapp.domain import site_notice as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_table import ParsedRow
from deskapp.domain.import_values import kind_in
from deskapp.domain.phone_shown import match_key
from deskapp.domain.search_text import fold
from deskapp.domain.site import Site
from deskapp.domain.site_notice import NoticeDraft
from deskapp.services import followups, site_notices
from deskapp.services.followups import BATCH, today_of
from deskapp.services.imports.sites import SiteSorter
from deskapp.services.imports.sorting import (
    PEOPLE,
    NewFile,
    Sorted,
    client_key,
    digest,
    index_files,
    lines_of,
    place_key,
    store_files,
)

_ROLES = {column: name.removesuffix("_id") for column, (name, _) in PEOPLE.items()}
"""Columns that name people: the site's role."""
_DAY_OF = {"start": "start_date", "completion": "completed_on"}


@dataclass(slots=True)
class Standing:
    """A site as it will stand when the rows before have been stored."""

    site: Site
    days: dict[str, date] = field(default_factory=dict)
    """The day of the notice that stands, by kind."""


@dataclass(slots=True)
class NoticePlan:
    """A notice to be filed, with the file it opens or hangs on."""

    owner: NewFile | int
    draft: NoticeDraft


class NoticeSorter(SiteSorter):
    """A notice is known by its site, its kind and its day."""

    def sort(self, rows: Sequence[ParsedRow]) -> Sorted:
        """Find each row's site; part new notices from known ones."""
        if self.work.act:  # not for a preview, which only reads
            self.work.counters.at_least(site_notices.ONE_AT_A_TIME, 1)
        found = Sorted()
        self._files: dict[int, NewFile] = {}
        self._plans: list[NoticePlan] = []
        self._new = {}
        self._named_now: dict[int, str] = {}
        self._owners = self.work.phones.owners(lines_of(rows))
        self._named = self.work.clients.named(
            list({row.values["client"] for row in rows if row.values.get("client")})
        )
        self._today = today_of(self.desk, self.work.now)
        told = self._told(rows)
        keyed = self._keyed(told)
        taken = self.work.site_notices.taken(list({key for key in keyed.values() if key}))
        self._standing = self._known(told)
        for row in rows:
            self._sort_row(found, row, *told[row.row], keyed.get(row.row, ""), taken)
        return found

    def _told(self, rows: Sequence[ParsedRow]) -> dict[int, tuple[Any, Any, RuleBroken | None]]:
        """By row: its draft, whose file it is, or what is wrong with it."""
        parsed = self.reading.parsed
        spoken = (kind_in(said) for said in (parsed.title, self.reading.sheet, self.reading.source))
        given = next(filter(None, spoken), "")
        told: dict[int, tuple[Any, Any, RuleBroken | None]] = {}
        for row in rows:
            draft: NoticeDraft | None = None
            owner: NewFile | int | None = None
            wrong: RuleBroken | None = None
            try:
                draft = _draft(row.values, given)
                rules.check_notice(draft, self._today)
                owner, _ = self._owner(row.values)
            except RuleBroken as reason:
                wrong = reason
            told[row.row] = (draft, owner, wrong)
        return told

    def _keyed(self, told: dict[int, tuple[Any, Any, RuleBroken | None]]) -> dict[int, str]:
        """The key of each row that can be stored: whose, which site, which kind, and the days told so far."""
        chains: dict[tuple[str, str], list[str]] = {}
        keys: dict[int, str] = {}
        for number, (draft, _, wrong) in told.items():
            if wrong is not None:
                continue
            chain = chains.setdefault((draft.source_key, draft.kind), [])
            if not chain or chain[-1] != str(draft.on_day):
                chain.append(str(draft.on_day))
            keys[number] = digest("notice", draft.source_key, draft.kind, *chain)
        return keys

    def _known(self, told: dict[int, tuple[Any, Any, RuleBroken | None]]) -> dict[int, list[Standing]]:
        """The sites of known clients with the notices that stand for them."""
        clients = list({owner for _, owner, _ in told.values() if isinstance(owner, int)})
        sites = self.work.sites.of_many(clients)
        days: dict[int, dict[str, date]] = {}
        for one in self.work.site_notices.of_sites([site.id for those in sites.values() for site in those]):
            if one.state == "current":
                days.setdefault(one.site_id, {})[one.kind] = one.on_day
        return {
            client: [Standing(site, days.get(site.id, {})) for site in those]
            for client, those in sites.items()
        }

    def _sort_row(
        self,
        found: Sorted,
        row: ParsedRow,
        draft: NoticeDraft | None,
        owner: NewFile | int | None,
        wrong: RuleBroken | None,
        key: str,
        taken: set[str],
    ) -> None:
        if draft is None or owner is None or wrong is not None:
            self._refused(found, row, draft, wrong)
            return
        if key in taken:
            found.duplicates.append(row.row)
            return
        standing = self._site(owner, draft)
        kind, day = draft.kind, draft.on_day or self._today
        plan = NoticePlan(owner, replace(draft, source_key=key or None))
        if standing.days.get(kind) == day:
            found.duplicates.append(row.row)
            self._plans.append(plan)
            return
        try:
            self._move(standing, kind, day, draft.started_on)
        except RuleBroken as reason:
            self._refused(found, row, draft, reason)
            return
        found.new.append(plan)
        self._plans.append(plan)
        if isinstance(owner, NewFile):
            self._files[id(owner)] = owner

    def _site(self, owner: NewFile | int, draft: NoticeDraft) -> Standing:
        """The site a row is about; one nobody knows is opened in thought."""
        those = self._standing.setdefault(owner if isinstance(owner, int) else -id(owner), [])
        site = rules.site_at([one.site for one in those], draft.estate, draft.address)
        if site is not None:
            return next(one for one in those if one.site is site)
        opened = Standing(Site(estate=draft.estate, address=draft.address, stage="signed"))
        those.append(opened)
        return opened

    def _move(self, standing: Standing, kind: str, day: date, started_on: date | None) -> None:
        """Let a site stand as after a notice, or refuse what cannot be."""
        site = standing.site
        if site.stage == "cancelled":
            raise RuleBroken("site_notices.cancelled", address=site.address or site.estate)
        if kind == "start":
            rules.check_order(kind, day, None, site.completed_on)
            standing.site = replace(site, start_date=day)
        else:
            start = site.start_date or started_on
            rules.check_order(kind, day, start, None)
            standing.site = replace(site, start_date=start, completed_on=day)
        standing.days[kind] = day

    def _refused(
        self, found: Sorted, row: ParsedRow, draft: NoticeDraft | None, reason: RuleBroken | None
    ) -> None:
        """Name the column the reason is about: the day's, unless it is about whose site it is."""
        if reason is None:
            return
        values, header = row.values, self.reading.parsed.header
        column = "client" if values.get("client") else "phones"
        value = values.get("client") or "/".join(values.get("phones") or ())
        if reason.code == "site_notices.kind_missing":
            column, value = "kind", values.get("kind") or ""
        elif reason.code == "site_notices.cancelled":
            column, value = "address", values.get("address") or values.get("estate") or ""
        elif reason.code.startswith("site_notices."):
            column = _DAY_OF[draft.kind] if draft is not None else "day"
            column = column if column in header.mapping else "day"
            value = str((draft.on_day if draft else None) or "")
        found.errors.append(self.refuse(row, column, value, reason))

    def _owner(self, values: dict[str, Any]) -> tuple[NewFile | int, NewFile | None]:
        """The client of a row as other imports find it; also a caller nobody had named, and a namesake by address."""
        name, numbers = values.get("client") or "", values.get("phone_numbers") or ()
        those = {one: known for n in numbers for one, known in self._owners.get(match_key(n), ())}
        nameless = [
            one for one, known in those.items() if not known and self._named_now.get(one, name) == name
        ]
        if name and len(nameless) == 1 and not any(fold(known) == fold(name) for known in those.values()):
            self._named_now[nameless[0]] = name
            return nameless[0], None
        named = self._named.get(name, []) if name and not numbers else []
        if len(named) > 1:
            place = values.get("estate") or "", values.get("address") or ""
            sites = self.work.sites.of_many(named)
            here = [one for one in named if rules.site_at(sites[one], *place) is not None]
            if len(here) == 1:
                return here[0], None
        return super()._owner(values)

    def store(self, found: Sorted) -> None:
        """Open the files, file the notices in their order, then lay out the calls of every site once.

        Repeated ones are filed at their place too: they change nothing, but may say what was missing.
        """
        index_files(self.work, store_files(self.work, list(self._files.values())), ())
        touched: dict[int, None] = {}
        for plan in self._plans:
            owner = plan.owner if isinstance(plan.owner, int) else plan.owner.id
            draft = replace(plan.draft, client_id=owner)
            filed = site_notices.file_in(self.work, self.desk, draft, plan=False)
            touched[filed.notice.site_id] = None
        ids = list(touched)
        for start in range(0, len(ids), BATCH):
            followups.plan_in(self.work, self.desk, ids[start : start + BATCH])


def _draft(values: dict[str, Any], given: str) -> NoticeDraft:
    """What a row says; its `source_key` is, for now, the key of whose site it is about."""
    kind = values.get("kind") or given
    start, completed, day = (values.get(name) for name in ("start_date", "completed_on", "day"))
    if not kind:
        kind = "completion" if completed else "start" if start else ""
    if not kind:
        raise RuleBroken("site_notices.kind_missing")
    estate, address = values.get("estate") or "", values.get("address") or ""
    area, numbers = values.get("area"), values.get("phone_numbers") or ()
    whose = client_key(values.get("client") or "", numbers, place_key(estate, address))
    return NoticeDraft(
        kind=kind,
        on_day=(start if kind == "start" else completed) or day,
        client_name=values.get("client") or "",
        phones="/".join(values.get("phones") or ()),
        estate=estate,
        address=address,
        area=None if area is None else round(area * 100),
        people={role: values[column] for column, role in _ROLES.items() if values.get(column)},
        crew=values.get("crew") or "",
        started_on=start if kind == "completion" else None,
        note=values.get("note") or "",
        channel="import",
        source_key=digest("site", whose, place_key(estate, address)),
    )
