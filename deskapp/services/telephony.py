"""What telephone systems tell, kept: one row a call, however many desks hear of it, however often (rows C2, C3, C5)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import pbx
from deskapp.domain.call import Call
from deskapp.domain.errors import Conflict, RuleBroken, StorageFailed
from deskapp.domain.phone_number import is_hidden, parse_many
from deskapp.domain.phone_shown import match_key
from deskapp.services.calls import newest_site

if TYPE_CHECKING:
    from deskapp.domain.operator import Operator
    from deskapp.repository.work import Work

TRIES = 5
MOST_COUNTED = 86_400
"""No caller stands further back, waits or talks longer: a telephone system that says so is not believed."""
SETTLED_SECONDS = 5
"""A call younger than this is not judged by a list of calls that may have been made before it began."""


def hear(desk: Desk, events: Sequence[pbx.Event]) -> tuple[Call, ...]:
    """Keep what a telephone system told, in one transaction; return the calls as they are now.

    Another desk that hears the same at the same moment is waited for. An event the database refuses is left out, so
    that it does not keep out the others; while the database is away StorageFailed is raised and nothing is kept.
    """
    if not events:
        return ()
    try:
        return _heard(desk, events)
    except StorageFailed as error:
        if error.away or len(events) == 1:
            raise
    kept: list[Call] = []
    for event in events:
        with suppress(_Refused):
            kept += _alone(desk, event)
    return tuple({call.id: call for call in kept}.values())


class _Refused(Exception):
    """The database will not keep it."""


def _alone(desk: Desk, event: pbx.Event) -> tuple[Call, ...]:
    try:
        return _heard(desk, [event])
    except StorageFailed as error:
        if error.away:
            raise
        raise _Refused from error


def _heard(desk: Desk, events: Sequence[pbx.Event]) -> tuple[Call, ...]:
    for left in reversed(range(TRIES)):
        try:
            with desk.write("call.ring") as work:
                hearing = _Hearing(work, desk)
                for event in events:
                    hearing.hear(event)
                return hearing.kept()
        except (Conflict, StorageFailed) as error:
            # Two desks that write a call's first row at once: one is refused, and finds the row when it looks again.
            if not left or (isinstance(error, StorageFailed) and error.away):
                if isinstance(error, Conflict):
                    raise StorageFailed("storage.locked", why=error.noun) from error
                raise
    raise AssertionError


class _Hearing:
    """The calls of one transaction as they become, each read once and stored once."""

    def __init__(self, work: Work, desk: Desk) -> None:
        self.work, self.desk = work, desk
        self.before: dict[str, Call | None] = {}
        self.now: dict[str, Call] = {}
        self._operators: list[Operator] | None = None

    def hear(self, event: pbx.Event) -> None:
        """Change the call an event is about, or those a list of calls has no longer."""
        if isinstance(event, pbx.Snapshot):
            self._snapshot(event)
            return
        event = _bounded(event)
        call = self._of(event.key)
        if call is None:
            begun = pbx.begun(event)
            if begun is None:
                return
            call = self._named(begun)
        if isinstance(event, pbx.Rang | pbx.Dialled | pbx.Found) and not call.number:
            number = self._number(event.number)
            event = replace(event, number=number)
            call = self._named(replace(call, number=number))
        agent = getattr(event, "agent", "")
        self.now[event.key] = pbx.heard(call, event, self._who(agent) if agent else None)

    def _snapshot(self, listed: pbx.Snapshot) -> None:
        if not listed.complete:
            return
        for call in self.work.calls.live_of_pbx(listed.source, listed.at.subtract(seconds=SETTLED_SECONDS)):
            assert call.pbx_key is not None
            known = self.now.get(call.pbx_key, call)
            if call.pbx_key in listed.live or known.pbx_state not in pbx.LIVE:
                continue
            self.before.setdefault(call.pbx_key, call)
            self.now[call.pbx_key] = pbx.heard(known, pbx.Over(call.pbx_key, listed.at, pbx.LOST))

    def _of(self, key: str) -> Call | None:
        if key not in self.before:
            found = self.before[key] = self.work.calls.of_pbx(key)
            if found is not None:
                self.now[key] = found
        return self.now.get(key)

    def _number(self, written: str) -> str:
        """The number as it is known; one that is none stays as it was sent, a hidden one is none."""
        if is_hidden(written):
            return ""
        try:
            return parse_many(written, self.desk.policy.phone_area_code)[0].normal
        except (RuleBroken, IndexError):
            return written

    def _named(self, call: Call) -> Call:
        """The call with the one client its number belongs to; several are asked for, at the desk (row C3)."""
        if not call.number or call.client_id is not None:
            return call
        cards = {card.client.id for card in self.work.clients.on_line(_line(self.desk, call.number))}
        if len(cards) != 1:
            return call
        client_id = cards.pop()
        return replace(call, client_id=client_id, site_id=newest_site(self.work, client_id))

    def _who(self, agent: str) -> int | None:
        """The operator at a telephone; nobody where several accounts claim it."""
        if self._operators is None:
            self._operators = [one for one in self.work.operators.all() if one.active and one.extension]
        found = [one.id for one in self._operators if pbx.same_phone(one.extension, agent)]
        return found[0] if len(found) == 1 else None

    def kept(self) -> tuple[Call, ...]:
        """Store what changed, and plan the callback of each caller nobody answered, once."""
        return tuple(self._keep(key, call) for key, call in self.now.items())

    def _keep(self, key: str, call: Call) -> Call:
        before = self.before.get(key)
        if before is None:
            me = self.desk.operator
            made = replace(call, created_at=self.work.now, created_by=(me.id or None) if me else None)
            stored = self.work.calls.add(made)
        else:
            stored = self.work.calls.save(call, known=before)
        missed = bool(before and before.state == "abandoned" and before.number)
        if stored.state == "abandoned" and stored.number and not missed:
            again = Call(kind="callback", direction="out", client_id=stored.client_id, number=stored.number)
            again = replace(again, site_id=stored.site_id, due_at=stored.ended_at, previous_id=stored.id)
            self.work.calls.add(replace(again, created_at=self.work.now))
        elif before and before.state == "abandoned" and stored.state == "done":
            self._answered_after_all(before)
        if (
            stored.elsewhere
            and stored.outcome == "reached"
            and stored.client_id
            and not (before and before.outcome)
        ):
            self.work.clients.heard(stored.client_id, stored.ended_at or self.work.now)
        return stored

    def _answered_after_all(self, call: Call) -> None:
        planned = self.work.calls.callback_of(call)
        if planned is not None:
            self.work.calls.save(replace(planned, state="dropped"))


def _line(desk: Desk, number: str) -> str:
    try:
        return match_key(parse_many(number, desk.policy.phone_area_code)[0])
    except (RuleBroken, IndexError):
        return ""


def _bounded(event: pbx.OfCall) -> pbx.OfCall:
    """The event with texts the columns have room for, nothing in them that is no text, and no number no call has."""
    longest = {"key": 160, "number": 80, "name": 200, "queue": 80, "agent": 120}
    cut = {
        name: "".join(c for c in getattr(event, name) if c.isprintable())[:most]
        for name, most in longest.items()
        if hasattr(event, name)
    }
    counted = {
        name: getattr(event, name)
        for name in ("place", "talk_s", "hold_s", "waited_s")
        if hasattr(event, name)
    }
    none = {name: None for name, value in counted.items() if not 0 <= (value or 0) <= MOST_COUNTED}
    return replace(event, **cut, **none)  # type: ignore[arg-type]
