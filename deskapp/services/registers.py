"""The declared registers at work: lines written, decided, struck out, found again (rows S4, S6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import register as rules
from deskapp.domain.address import full_address
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.register import EntryRow, RegisterEntry, Values, Wanted
from deskapp.domain.register_effects import site_after
from deskapp.domain.register_kind import (
    APPROVED,
    DECISIONS,
    PROPOSED,
    REFUSED,
    SUPERSEDED,
    VOID,
    RegisterKind,
    parse,
)
from deskapp.domain.search_text import closed_up, haystack, pinyin_text, query_terms
from deskapp.domain.site import check_site, of_kind
from deskapp.services import followups
from deskapp.services.company import defaults
from deskapp.services.planning import today_of
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.domain.site import Site
    from deskapp.repository.work import Work

FOUND = 200
"""The most lines a search shows, and the most clients it looks at."""


@cache
def kinds() -> dict[str, RegisterKind]:
    """The registers of the house, by code, in the order they are declared."""
    return parse(defaults("registers"))


def visible(desk: Desk, wanted: Wanted) -> Wanted:
    """What of a list may be shown here: to whoever may not read the whole register, the lines they wrote."""
    role = desk.operator.role if desk.operator else ""
    kind = kinds().get(wanted.register)
    if kind is not None and kind.read_by(role):
        return wanted
    return replace(wanted, written_by=desk.operator.id if desk.operator else 0)


def save(
    desk: Desk,
    entry: RegisterEntry,
    values: Values,
    *,
    follows: RegisterEntry | None = None,
    key: str = "",
) -> RegisterEntry:
    """Write a line, or change one; what it means for its site is done in the same transaction.

    `follows` is a decided line that this new one is to take the place of. Under a `key` a new one is made once.
    """
    kind = kinds()[entry.register]
    with desk.write("register.save") as work:
        if entry.id:
            return _change(work, desk, kind, entry, values)
        making = partial(add_in, work, desk, kind, entry, values, follows)
        return once(work, key, "register.add", making, work.registers.find)


def add_in(
    work: Work,
    desk: Desk,
    kind: RegisterKind,
    entry: RegisterEntry,
    values: Values,
    follows: RegisterEntry | None = None,
) -> RegisterEntry:
    """Write a new line inside a transaction that does more than that."""
    day = desk.day_in_number(work.now)
    new = _whole(work, desk, kind, entry, values)
    _follow_site(work, desk, kind, None, new)
    before = _held(work, follows) if follows is not None else None
    if before is not None:
        rules.check_supersede(before)
        new = rules.noted(new, follows=before.id)
    numbered = replace(
        new,
        number=rules.number(kind.prefix, day, work.counters.next(f"{kind.prefix}{day}")),
        created_at=work.now,
        created_by=work.operator.id if work.operator else None,
    )
    stored = work.registers.add(_findable(work, kind, numbered))
    if before is not None:
        work.registers.save(rules.noted(before, successor=stored.id), known=before)
    return stored


def _change(
    work: Work, desk: Desk, kind: RegisterKind, entry: RegisterEntry, values: Values
) -> RegisterEntry:
    before = _held(work, entry)
    rules.check_edit(before)
    after = _whole(work, desk, kind, entry, values)
    stored = work.registers.save(_findable(work, kind, after), known=before)
    _follow_site(work, desk, kind, before, stored)
    return stored


def _whole(work: Work, desk: Desk, kind: RegisterKind, entry: RegisterEntry, values: Values) -> RegisterEntry:
    """The line with its answers, once nothing is wrong with them; its client is that of its site."""
    rules.check(kind, values, today_of(desk, work.now))
    made = rules.entry_of(kind, values, entry)
    site = work.sites.get(made.site_id)
    if site is None or kind.readers:
        return made  # What not everybody may read does not stand in the client's history.
    if made.client_id is not None and made.client_id != site.client_id:
        raise RuleBroken("registers.other_site", field=f"{kind.code}.site")
    return replace(made, client_id=site.client_id)


def _findable(work: Work, kind: RegisterKind, entry: RegisterEntry) -> RegisterEntry:
    """The line with the text a search looks at."""
    values = rules.values_of(kind, entry)
    client, site = work.clients.get(entry.client_id), work.sites.get(entry.site_id)
    staff = work.staff.get_many(_people(kind, values))
    names = [client.name if client else "", *(member.name for member in staff.values())]
    address = full_address(site.estate, site.address) if site else ""
    said = [rules.written(one, values[one.id]) for one in kind.fields if one.kind in _SAID]
    keys = [pinyin_text(name) for name in names if name]
    text = haystack(entry.number, *said, *names, address, closed_up(address), *keys)
    return replace(entry, haystack=text)


_SAID = ("text", "long", "day", "money", "number")


def _people(kind: RegisterKind, values: Values) -> list[int]:
    return [values[one.id] for one in kind.of_kind("staff") if values[one.id] is not None]


def _follow_site(
    work: Work, desk: Desk, kind: RegisterKind, before: RegisterEntry | None, after: RegisterEntry | None
) -> None:
    """Do at the site what the line means, and lay out its calls anew (row F1)."""
    if not kind.effect:
        return
    ids = {one.site_id for one in (before, after) if one is not None and one.site_id is not None}
    for site_id in sorted(ids):
        site = work.sites.held(site_id)
        was, now = (
            rules.values_of(kind, one) if one is not None and one.site_id == site_id else None
            for one in (before, after)
        )
        changed = site_after(kind.effect, was, now, site)
        if changed != site:
            check_site(changed)
            work.sites.save(changed, known=site)
        if kind.effect == "deposit" and now is not None:
            _pay(work, changed, now)
        followups.plan_in(work, desk, [site_id])


def _pay(work: Work, site: Site, values: Values) -> None:
    """A deposit registered is no longer owed at the site."""
    owed = of_kind(work.payments.of([site.id]), "deposit")
    if owed is not None and owed.paid_on is None and values["amount"] >= owed.amount:
        work.payments.save(replace(owed, paid_on=values["day"]), known=owed)


def decide(desk: Desk, entry: RegisterEntry, decision: str, why: str = "") -> RegisterEntry:
    """Approve or refuse a line that was proposed; a refusal says why. Approved, it replaces the one it follows."""
    kind = kinds()[entry.register]
    with desk.write("register.decide") as work:
        _check_role(work, kind)
        _held(work, entry)
        return decide_in(work, kind, entry, decision, why)


def decide_in(
    work: Work, kind: RegisterKind, entry: RegisterEntry, decision: str, why: str = ""
) -> RegisterEntry:
    """Decide a line inside a transaction that does more than that."""
    held = _unchanged(work, entry)
    rules.check_decide(kind, held, decision, why, work.operator.id if work.operator else None)
    decided = replace(
        held,
        state=decision,
        decided_by=work.operator.id if work.operator else None,
        decided_at=work.now,
    )
    done = work.registers.save(rules.noted(decided, why=why.strip() or None), known=held)
    _settle(work, done, superseded=decision == APPROVED)
    return done


def _settle(work: Work, entry: RegisterEntry, *, superseded: bool) -> None:
    """Tell the line that was to be replaced what became of that."""
    if entry.follows is None:
        return
    before = work.registers.held(entry.follows)
    if superseded and before.state in DECISIONS:
        work.registers.save(replace(before, state=SUPERSEDED), known=before)
    elif before.successor == entry.id:
        work.registers.save(rules.noted(before, successor=None), known=before)


def strike(desk: Desk, entry: RegisterEntry, why: str) -> RegisterEntry:
    """Strike out a line written by mistake, with the reason; what it did to its site is taken back.

    One that was decided is struck out by whoever may decide.
    """
    kind = kinds()[entry.register]
    if entry.state in (APPROVED, REFUSED):
        with desk.write("register.decide") as work:
            _check_role(work, kind)
            return _strike(work, desk, kind, entry, why)
    with desk.write("register.save") as work:
        return _strike(work, desk, kind, entry, why)


def _strike(work: Work, desk: Desk, kind: RegisterKind, entry: RegisterEntry, why: str) -> RegisterEntry:
    _held(work, entry)
    held = _unchanged(work, entry)
    rules.check_strike(held, why)
    done = work.registers.save(rules.noted(replace(held, state=VOID), why=why.strip()), known=held)
    _follow_site(work, desk, kind, held, None)
    if held.state == PROPOSED:
        _settle(work, done, superseded=False)
    return done


def _unchanged(work: Work, entry: RegisterEntry) -> RegisterEntry:
    """The line as it is now; Conflict when it is no longer what was seen."""
    held = work.registers.held(entry.id)
    if held.version != entry.version and held.state in (PROPOSED, entry.state):
        raise work.registers.conflict(entry.id)
    return held


def _held(work: Work, entry: RegisterEntry) -> RegisterEntry:
    """The line as it is now, for whoever may read it."""
    held = work.registers.held(entry.id)
    role, me = (work.operator.role, work.operator.id) if work.operator else ("", 0)
    if not kinds()[held.register].read_by(role) and held.created_by != me:
        raise NotAllowed("registers.not_yours", number=held.number)
    return held


def _check_role(work: Work, kind: RegisterKind) -> None:
    role = work.operator.role if work.operator else ""
    if kind.roles and role not in kind.roles:
        raise NotAllowed("rights.refused", act="register.decide", role=role)


def rows(work: Work, entries: Sequence[RegisterEntry]) -> list[EntryRow]:
    """Put beside some lines the names of whom they mean."""
    known = kinds()
    values = [rules.values_of(known[one.register], one) for one in entries]
    clients = work.clients.get_many(one.client_id for one in entries if one.client_id)
    sites = work.sites.get_many(one.site_id for one in entries if one.site_id)
    paired = zip(entries, values, strict=True)
    wanted = [_people(known[one.register], answers) for one, answers in paired]
    staff = work.staff.get_many(person for people in wanted for person in people)
    deciders = work.operators.get_many(one.decided_by for one in entries if one.decided_by)
    found = []
    for one, answers, people in zip(entries, values, wanted, strict=True):
        client, site = clients.get(one.client_id or 0), sites.get(one.site_id or 0)
        decider = deciders.get(one.decided_by or 0)
        found.append(
            EntryRow(
                one,
                answers,
                client.name if client else "",
                full_address(site.estate, site.address) if site else "",
                {person: staff[person].name for person in people if person in staff},
                decider.name if decider else "",
            )
        )
    return found


def find(desk: Desk, wanted: Wanted, typed: str) -> list[EntryRow]:
    """The latest lines of a register with every word typed: number, words, names, pinyin, address, telephone."""
    terms = query_terms(typed)
    if not terms:
        return []
    wanted = visible(desk, wanted)
    with desk.read() as work:
        clients = work.search.client_ids(typed, FOUND)
        return rows(work, work.registers.finding(wanted, terms, clients, FOUND))


def show_houses(desk: Desk, most: int) -> list[str]:
    """The addresses of the show-houses approved and still to be seen today, the latest approved first."""
    kind = kinds()["showhouses"]
    with desk.read() as work:
        today = today_of(desk, work.now)
        found = rows(work, work.registers.page(Wanted(kind.code, state=APPROVED), 4 * most))
    held = [row for row in found if not rules.has_expired(kind, row.entry, row.values, today)]
    return list(dict.fromkeys(row.address for row in held if row.address))[:most]


def on_duty(desk: Desk) -> list[tuple[str, str]]:
    """Who works today by the roster, with their shift; whoever is away has somebody standing in, or nobody."""
    kind = kinds()["shifts"]
    with desk.read() as work:
        today = today_of(desk, work.now)
        wanted = Wanted(kind.code, first=today, last=today, live=True)
        found = rows(work, work.registers.page(wanted, MOST_ON_DUTY))
    at_work = []
    for row in reversed(found):
        away = row.entry.state in AWAY
        who = row.values["stands_in"] if away else row.entry.staff_id
        if who is not None:
            at_work.append((row.people.get(who, ""), "stand_by" if away else row.entry.state))
    return at_work


AWAY = ("leave", "absent")
MOST_ON_DUTY = 60


class Entries:
    """The lines of a register, the latest day first, read page by page: as many of them as may be seen here."""

    def __init__(self, desk: Desk, wanted: Wanted) -> None:
        self.desk, self.wanted = desk, visible(desk, wanted)

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.registers.count(self.wanted)

    def first(self, limit: int) -> list[EntryRow]:
        """The latest."""
        with self.desk.read() as work:
            return rows(work, work.registers.page(self.wanted, limit))

    def last(self, limit: int) -> list[EntryRow]:
        """The oldest."""
        with self.desk.read() as work:
            return rows(work, work.registers.page(self.wanted, limit, last=True))

    def after(self, record: EntryRow, limit: int) -> list[EntryRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return rows(work, work.registers.page(self.wanted, limit, after=record.entry))

    def before(self, record: EntryRow, limit: int) -> list[EntryRow]:
        """The next later ones."""
        with self.desk.read() as work:
            return rows(work, work.registers.page(self.wanted, limit, before=record.entry))

    def at(self, offset: int, limit: int) -> list[EntryRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return rows(work, work.registers.page(self.wanted, limit, offset=offset))

    def key(self, record: EntryRow) -> int:
        """A line stays itself."""
        return record.entry.id
