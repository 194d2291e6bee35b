"""The follow-up programme: its rules, its scripts, and the calls it demands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Integer, bindparam, exists, func, or_, select

from deskapp.domain import followup, programme, site
from deskapp.domain.followup import WAITING_STATES
from deskapp.repository import tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared, PreparedFor


class Scripts(Repository[programme.Script]):
    """What to say and to ask."""

    table, record, noun = tables.scripts, programme.Script, "script"

    def listed(self) -> list[programme.Script]:
        """All scripts in their order."""
        return self.records(self.select().order_by(self.table.c.position, self.table.c.id))

    def by_code(self, code: str) -> programme.Script | None:
        """The script of that code, if any."""
        return self.first(self.select().where(self.table.c.code == bindparam("code")), code=code)


class FollowupRules(Repository[programme.FollowupRule]):
    """Lines of the programme."""

    table, record, noun = tables.followup_rules, programme.FollowupRule, "followup_rule"

    def any(self) -> bool:
        """Whether there is a programme at all."""
        return bool(_ANY_RULE.rows(self.connection))

    def listed(self) -> list[programme.FollowupRule]:
        """All rules in their order."""
        return self.records(_RULES)

    def of_anchor(self, anchor: str) -> list[programme.FollowupRule]:
        """The rules in use that hang on an event."""
        return [rule for rule in self.listed() if rule.anchor == anchor and rule.active]


class Followups(Repository[followup.Followup]):
    """Calls the programme demands, made or still to make."""

    table, record, noun = tables.followups, followup.Followup, "followup"

    def of_site(self, site_id: int) -> list[followup.Followup]:
        """All of a site, by the day they are due."""
        return sorted(self.of_sites([site_id]).get(site_id, []), key=lambda one: (one.due_on, one.id))

    def of_sites(self, site_ids: Sequence[int]) -> dict[int, list[followup.Followup]]:
        """All of some sites, by site."""
        found: dict[int, list[followup.Followup]] = {}
        for row in _OF_SITES.rows(self.connection, sorted(set(site_ids))):
            one = self.read(row)
            found.setdefault(one.site_id or 0, []).append(one)
        return found

    def of_ticket(self, ticket_id: int) -> list[followup.Followup]:
        """Those about a ticket, the oldest first."""
        c = self.table.c
        return self.records(self.select().where(c.ticket_id == bindparam("t")).order_by(c.id), t=ticket_id)

    def to_release(self, today: date, limit: int) -> list[followup.Followup]:
        """Those due by today that no call stands in the queue for yet; held, others' left to them."""
        return self.records(_TO_RELEASE, day=today, n=limit)

    def any_to_release(self, today: date) -> bool:
        """Whether any is due that no call stands in the queue for."""
        return bool(_ANY_TO_RELEASE.rows(self.connection, day=today))

    def overtaken(self, today: date, limit: int) -> list[followup.Followup]:
        """Those not made though the next of their rhythm is due; what somebody is making now is left out."""
        return self.records(_OVERTAKEN, day=today, n=limit)

    def next_waiting(self, late: Sequence[followup.Followup], today: date) -> dict[int, followup.Followup]:
        """The newest call of the same rhythm that is due and waits, by the id of each that is late."""
        if not late:
            return {}
        newest: dict[tuple[int | None, int | None], followup.Followup] = {}
        for known in self.of_sites([one.site_id for one in late if one.site_id]).values():
            for one in sorted(known, key=lambda one: one.planned_on):
                if one.waits and one.due_on <= today:
                    newest[one.site_id, one.rule_id] = one
        found = {one.id: newest.get((one.site_id, one.rule_id)) for one in late}
        return {
            one.id: after
            for one in late
            if (after := found[one.id]) is not None and after.planned_on > one.planned_on
        }

    def held_many(self, ids: Sequence[int]) -> dict[int, followup.Followup]:
        """Some as they are now, by id, that nobody changes until this transaction ends."""
        return {row[0]: self.read(row) for row in _HELD.rows(self.connection, sorted(set(ids)))}

    def waiting_by(self, rule_id: int) -> int:
        """How many calls of a rule are still to be made."""
        query = select(func.count()).select_from(self.table).where(tables.WAITING_FOLLOWUP)
        return int(self.connection.execute(query.where(self.table.c.rule_id == rule_id)).scalar_one())

    def hold_sites(self, site_ids: Sequence[int]) -> None:
        """Let nobody else lay out some sites until this transaction ends; SQLite has one writer anyhow."""
        if self.work.dialect == "postgresql":
            _HOLD_SITES.rows(self.connection, sorted(set(site_ids)))

    def hold_waiting(self, site_ids: Sequence[int]) -> bool:
        """Let nobody else change those of some sites that wait; whether they may have changed before that."""
        if self.work.dialect != "postgresql":
            return False
        return bool(_HOLD_WAITING.rows(self.connection, sorted(set(site_ids))))

    def newest_running_site(self) -> site.Site | None:
        """The site opened last of those being built; the newest of all when none is."""
        running = select(func.max(_S.id)).where(_S.stage.in_(site.RUNNING_STAGES))
        newest = (
            self.connection.execute(running).scalar()
            or self.connection.execute(select(func.max(_S.id))).scalar()
        )
        return self.work.sites.get(newest)

    def make_provisional_anew(self) -> int:
        """Let every site that has calls on a calendar not published then be laid out anew; return how many."""
        c, s = self.table.c, tables.sites.c
        sites = select(c.site_id).where(tables.WAITING_FOLLOWUP, c.provisional)
        anew = tables.sites.update().where(s.id.in_(sites)).values(plan_mark="")
        return int(self.connection.execute(anew).rowcount)

    # Where sites stand in the plan is bookkeeping: no new version of the site, no entry in the audit trail.

    def sites_to_plan(self, before: date, limit: int, *, hold: bool = False) -> list[int]:
        """Sites whose calls must be laid out anew, then those laid out for too short a time ahead."""
        found: list[int] = []
        for query in (_UNPLANNED, _SHORT):
            if len(found) < limit:
                asked = query.params(day=before, n=limit - len(found))
                held = asked.with_for_update(skip_locked=True, key_share=True) if hold else asked
                found += [row[0] for row in self.connection.execute(held)]
        return list(dict.fromkeys(found))

    def plan_all_anew(self) -> int:
        """Let every site be laid out anew, after a rule has changed; return how many."""
        s = tables.sites.c
        anew = tables.sites.update().where(s.plan_mark != "").values(plan_mark="")
        return int(self.connection.execute(anew).rowcount)

    def planned(self, marks: Mapping[int, tuple[str, date | None]]) -> None:
        """Remember what the calls of some sites were laid out from, and until when."""
        for site_id, (mark, until) in marks.items():
            _PLANNED.count(self.connection, s=site_id, mark=mark, until=until)

    def wants_calls(self, client_ids: Iterable[int]) -> dict[int, bool]:
        """Whether clients take calls, by client."""
        return {row[0]: bool(row[1]) for row in _WANTS.rows(self.connection, sorted(set(client_ids)))}


_C, _S = tables.followups.c, tables.sites.c
_ANY_RULE = Prepared(select(tables.followup_rules.c.id).limit(1))
_RULES = Prepared(
    FollowupRules._select.order_by(tables.followup_rules.c.position, tables.followup_rules.c.id)
)
_OF_SITES = PreparedFor(lambda keys: Followups._select.where(_C.site_id.in_(keys)))
_WANTS = PreparedFor(
    lambda keys: select(tables.clients.c.id, tables.clients.c.wants_calls).where(
        tables.clients.c.id.in_(keys)
    )
)
_DUE = (
    tables.WAITING_FOLLOWUP,
    _C.state == WAITING_STATES[0],
    _C.due_on <= bindparam("day", type_=_C.due_on.type),
)
_TO_RELEASE = Prepared(
    Followups._select.where(*_DUE)
    .order_by(_C.due_on, _C.id)
    .limit(bindparam("n"))
    .with_for_update(skip_locked=True, key_share=True)
)
_ANY_TO_RELEASE = Prepared(select(_C.id).where(*_DUE).limit(1))
_LATER = tables.followups.alias("later").c
_OVERTAKEN = Prepared(
    select(*Followups._columns)
    .select_from(
        tables.followups.join(tables.followup_rules, tables.followup_rules.c.id == _C.rule_id).outerjoin(
            tables.calls, tables.calls.c.id == _C.call_id
        )
    )
    .where(
        tables.WAITING_FOLLOWUP,
        _C.due_on <= bindparam("day", type_=_C.due_on.type),
        tables.followup_rules.c.every_count > 0,
        or_(tables.calls.c.id.is_(None), tables.calls.c.state != "taken"),
        exists().where(
            _LATER.site_id == _C.site_id,
            _LATER.rule_id == _C.rule_id,
            _LATER.planned_on > _C.planned_on,
            _LATER.due_on <= bindparam("day", type_=_C.due_on.type),
            _LATER.state != "dropped",
        ),
    )
    .order_by(_C.due_on, _C.id)
    .limit(bindparam("n"))
)
# NO KEY UPDATE: whoever has just written a milestone of a site, or a call for a follow-up, is not in the way.
_HELD = PreparedFor(
    lambda keys: Followups._select.where(_C.id.in_(keys)).order_by(_C.id).with_for_update(key_share=True)
)
_HOLD_SITES = PreparedFor(
    lambda keys: select(_S.id).where(_S.id.in_(keys)).order_by(_S.id).with_for_update(key_share=True)
)
_HOLD_WAITING = PreparedFor(
    lambda keys: (
        select(_C.id)
        .where(_C.site_id.in_(keys), tables.WAITING_FOLLOWUP)
        .order_by(_C.id)
        .with_for_update(key_share=True)
    )
)
_UNPLANNED = select(_S.id).where(tables.UNPLANNED).order_by(_S.id).limit(bindparam("n", type_=Integer))
_SHORT = (
    select(_S.id)
    .where(_S.plan_until < bindparam("day", type_=_S.plan_until.type))
    .order_by(_S.plan_until, _S.id)
    .limit(bindparam("n", type_=Integer))
)
_PLANNED = Prepared(
    tables.sites.update()
    .where(_S.id == bindparam("s"))
    .values(plan_mark=bindparam("mark"), plan_until=bindparam("until", type_=_S.plan_until.type))
)
