"""The follow-up programme: its rules, its scripts, and the calls it demands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Integer, bindparam, func, select

from deskapp.domain import followup
from deskapp.domain.followup import WAITING_STATES
from deskapp.repository import tables
from deskapp.repository.base import Repository
from deskapp.repository.prepared import Prepared, PreparedFor


class Scripts(Repository[followup.Script]):
    """What to say and to ask."""

    table, record, noun = tables.scripts, followup.Script, "script"

    def listed(self) -> list[followup.Script]:
        """All scripts in their order."""
        return self.records(self.select().order_by(self.table.c.position, self.table.c.id))

    def by_code(self, code: str) -> followup.Script | None:
        """The script of that code, if any."""
        return self.first(self.select().where(self.table.c.code == bindparam("code")), code=code)


class FollowupRules(Repository[followup.FollowupRule]):
    """Lines of the programme."""

    table, record, noun = tables.followup_rules, followup.FollowupRule, "followup_rule"

    def any(self) -> bool:
        """Whether there is a programme at all."""
        return bool(_ANY_RULE.rows(self.connection))

    def listed(self) -> list[followup.FollowupRule]:
        """All rules in their order."""
        return self.records(_RULES)

    def of_anchor(self, anchor: str) -> list[followup.FollowupRule]:
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

    def crowded(self, today: date) -> list[followup.Followup]:
        """Those due by today and not made of which a site has several by one rule."""
        c = self.table.c
        due = (tables.WAITING_FOLLOWUP, c.due_on <= today, c.site_id.is_not(None))
        several = (
            select(c.site_id, c.rule_id).where(*due).group_by(c.site_id, c.rule_id).having(func.count() > 1)
        )
        pairs = {(row[0], row[1]) for row in self.connection.execute(several)}
        if not pairs:
            return []
        sites = {site for site, _ in pairs}
        query = self.select().where(*due, c.site_id.in_(sites)).order_by(c.due_on, c.id)
        return [one for one in self.records(query) if (one.site_id, one.rule_id) in pairs]

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
                held = asked.with_for_update(skip_locked=True) if hold else asked
                found += [row[0] for row in self.connection.execute(held)]
        return found

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
    .with_for_update(skip_locked=True)
)
_ANY_TO_RELEASE = Prepared(select(_C.id).where(*_DUE).limit(1))
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
