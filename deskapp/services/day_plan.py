"""The day's plan at work: clients proposed with reasons, chosen for a day, called, counted (row C7; text 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pendulum
from pendulum import DateTime

from deskapp.desk import Desk
from deskapp.domain import day_plan as rules
from deskapp.domain.call import Call
from deskapp.domain.day_plan import Asked, Candidate, PlannedClient, Ranked, next_working_day
from deskapp.domain.praise import month_after
from deskapp.domain.shop import UNKNOWN, Change, against_month_before, first_of
from deskapp.services.planning import drop_call, due_at, today_of

if TYPE_CHECKING:
    from deskapp.repository.work import Work

PER_REASON = 3
"""How many candidates are looked at by each reason, for one that is proposed."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A client chosen for a day, and how far it got: "waiting", "tried", or "reached" that day by anybody."""

    plan: PlannedClient
    candidate: Candidate
    state: str = "waiting"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day's plan: those this operator has chosen, and whom the console proposes besides."""

    day: date
    chosen: tuple[PlannedRow, ...] = ()
    proposed: tuple[Ranked, ...] = ()
    target: int = 0
    others: int = 0
    """How many clients other operators have chosen for the day."""

    @property
    def called(self) -> int:
        """How many of those chosen were reached."""
        return sum(row.state == "reached" for row in self.chosen)


def propose(desk: Desk, day: date, limit: int = 20) -> Proposal:
    """Propose whom to call on a day, each with reasons, beside those this operator has chosen for it already.

    Some candidates are looked up by each reason, in the order of an index (see DayPlans.candidates); then all that
    speaks for those few is read by their ids, so that a client found by one reason has the others too. When each
    was last reached stands in the file itself, kept as calls end. Nothing here reads the calls of the past.
    """
    with desk.read() as work:
        asked = _asked(desk, work.now, day)
        everybodys = work.day_plans.of_day(day)
        mine = [one for one in everybodys if one.operator_id == _me(desk)]
        ids = work.day_plans.candidates(asked, limit * PER_REASON)
        known = _known(work, desk, asked, [*ids, *(one.client_id for one in mine)])
        states = work.day_plans.outcomes((one.client_id for one in mine), asked.since, asked.until)
    today = today_of(desk, work.now)
    chosen = tuple(
        PlannedRow(one, known[one.client_id], states.get(one.client_id, "waiting")) for one in mine
    )
    ranked = rules.rank((known[one] for one in ids if one in known), day, today)
    target = int(desk.policy.day_targets.get("calls", 0))
    return Proposal(day, chosen, tuple(ranked[:limit]), target, len(everybodys) - len(mine))


def _me(desk: Desk) -> int:
    return desk.operator.id if desk.operator else 0


def _asked(desk: Desk, now: DateTime, day: date) -> Asked:
    zone = desk.policy.timezone
    first = pendulum.datetime(day.year, day.month, day.day, tz=zone)
    unheard = first.subtract(days=rules.UNHEARD_DAYS - 1)
    today = desk.local(now).start_of("day")
    month = month_after(first_of(day), -1)
    since, until, began, unheard = (
        one.in_timezone("UTC") for one in (first, first.add(days=1), today, unheard)
    )
    return Asked(day, since, until, began, unheard, month)


def _known(work: Work, desk: Desk, asked: Asked, client_ids: Iterable[int]) -> dict[int, Candidate]:
    """All that speaks for some clients, or against them."""
    ids = sorted(set(client_ids))
    clients = work.clients.get_many(ids)
    tickets, diagnoses = work.day_plans.problems(ids), work.diagnoses.open_of(ids)
    promised = {
        call.client_id: call.due_at
        for call in reversed(work.day_plans.open_calls(ids, asked.since, asked.until))
        if call.kind == "callback"
    }
    falls = _falls(work, ids, asked.month)
    others = {one.client_id: one.operator_id for one in work.day_plans.of_day(asked.day)}
    names = work.operators.get_many(set(others.values()) - {_me(desk)})
    found = {}
    for client_id, client in clients.items():
        count, subject = tickets.get(client_id, (0, ""))
        found_out = diagnoses.get(client_id, [])
        who = names.get(others.get(client_id, 0))
        fall, month = falls.get(client_id, (UNKNOWN, None))
        found[client_id] = Candidate(
            client_id,
            client.name,
            client.kind,
            -fall.permille if fall.permille is not None and fall.permille < 0 else None,
            month,
            count + len(found_out),
            found_out[0].problem if found_out else subject,
            promised.get(client_id),
            today_of(desk, client.heard_at) if client.heard_at else None,
            client.wants_calls,
            who.name if who else "",
        )
    return found


def _falls(work: Work, client_ids: Sequence[int], month: date) -> dict[int, tuple[Change, date]]:
    """The deepest fall among each client's shops: of the month asked about, else of the one before it."""
    shops = {
        client: [one for one in some if one.active] for client, some in work.shops.of_many(client_ids).items()
    }
    months = [month_after(month, -back) for back in range(3)]
    figures = work.turnovers.of({one.id: months for some in shops.values() for one in some})
    found: dict[int, tuple[Change, date]] = {}
    for client_id, some in shops.items():
        changes = []
        for one in some:
            for last in months[:2]:
                seen = against_month_before(figures[one.id], last)
                if seen.permille is not None:
                    changes.append((seen.permille, last, seen))
                    break
        if changes:
            _, last, seen = min(changes, key=lambda each: each[:2])
            found[client_id] = (seen, last)
    return found


def candidate(desk: Desk, day: date, client_id: int) -> Candidate:
    """All that speaks for calling one client on a day, or against it."""
    with desk.read() as work:
        found = _known(work, desk, _asked(desk, work.now, day), [client_id])
    if client_id not in found:
        raise LookupError(f"client {client_id}")
    return found[client_id]


@dataclass(frozen=True, slots=True)
class Pick:
    """A client to be called on a day: the weightiest reason as data, and in words for whoever makes the call."""

    client_id: int
    reason: str = ""
    facts: Mapping[str, object] | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What became of a choice: this operator's plan, whom others had chosen first, who takes no calls."""

    mine: tuple[PlannedClient, ...] = ()
    theirs: tuple[tuple[str, str], ...] = ()
    """A client's name, and the name of who has them."""
    mute: tuple[str, ...] = ()


def choose(desk: Desk, day: date, picks: Sequence[Pick], drop: Sequence[int] = ()) -> Chosen:
    """Choose clients for a day and lay a call for each; those in `drop` are given up in the same transaction.

    A client is one operator's on a day: who was second is told whose, and gets all the others. Chosen once more,
    nothing changes. A call that waits for the client that day anyhow is taken for the plan's; no second is laid.
    """
    with desk.write("day_plan.save") as work:
        rules.check_day(day, today_of(desk, work.now))
        work.clients.hold([*(pick.client_id for pick in picks), *drop])
        taken = {one.client_id: one for one in work.day_plans.of_day(day)}
        for client_id in drop:
            one = taken.get(client_id)
            if one is not None and one.operator_id == _me(desk) and _given_up(work, one):
                del taken[client_id]
        theirs = [
            one for pick in picks if (one := taken.get(pick.client_id)) and one.operator_id != _me(desk)
        ]
        new = [pick for pick in picks if pick.client_id not in taken]
        clients = work.clients.get_many([pick.client_id for pick in picks])
        _lay(work, desk, day, [pick for pick in new if clients[pick.client_id].wants_calls])
        names = work.operators.get_many(one.operator_id for one in theirs)
        return Chosen(
            tuple(work.day_plans.of_operator(_me(desk), day)),
            tuple((clients[one.client_id].name, names[one.operator_id].name) for one in theirs),
            tuple(clients[pick.client_id].name for pick in new if not clients[pick.client_id].wants_calls),
        )


def unchoose(desk: Desk, day: date, client_ids: Sequence[int]) -> Chosen:
    """Give up clients chosen for a day: calls laid for them leave the queue, promised ones stay."""
    return choose(desk, day, (), client_ids)


def _lay(work: Work, desk: Desk, day: date, picks: Sequence[Pick]) -> None:
    """Put clients into the plan behind those there are, each with its call."""
    from deskapp.services.calls import newest_site

    mine = work.day_plans.of_operator(_me(desk), day)
    last = max((one.position for one in mine), default=0)
    asked = _asked(desk, work.now, day)
    ids = [pick.client_id for pick in picks]
    waiting = {
        call.client_id: call for call in reversed(work.day_plans.open_calls(ids, asked.since, asked.until))
    }
    phones = work.phones.of_many(ids)
    for place, pick in enumerate({pick.client_id: pick for pick in picks}.values(), last + 1):
        there, numbers = waiting.get(pick.client_id), phones[pick.client_id]
        call = there or work.calls.add(
            Call(
                kind="care",
                direction="out",
                client_id=pick.client_id,
                site_id=newest_site(work, pick.client_id),
                number=numbers[0].normal if numbers else "",
                reason=pick.words,
                due_at=due_at(desk, day).add(minutes=place),
                created_at=work.now,
                created_by=_me(desk),
            )
        )
        work.day_plans.add(
            PlannedClient(
                operator_id=_me(desk),
                day=day,
                client_id=pick.client_id,
                call_id=call.id,
                reason=pick.reason,
                facts={**(pick.facts or {}), "laid": there is None},
                position=place,
                created_at=work.now,
            )
        )


def _given_up(work: Work, one: PlannedClient) -> bool:
    """Take a client out of the plan, unless the call laid for them is being made or was made: say whether."""
    call = work.calls.get(one.call_id)
    if call is not None and one.laid:
        if call.state not in ("open", "dropped"):
            return False
        drop_call(work, call)
    work.day_plans.remove(one)
    return True


def opted_out_in(work: Work, client_id: int, today: date) -> None:
    """A client takes no calls any more: nobody's plan has them from today on, calls laid for it are dropped."""
    for one in work.day_plans.of_client(client_id, today):
        _given_up(work, one)


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """What the frame says of the plan: today's clients and how many were reached; how many the next day has."""

    chosen: int = 0
    called: int = 0
    next_day: date = date.min
    next_chosen: int = 0


def progress(desk: Desk) -> PlanProgress:
    """How far this operator's plan of today got, and how full the next working day's is."""
    with desk.read() as work:
        return progress_in(work, desk)


def progress_in(work: Work, desk: Desk) -> PlanProgress:
    """The same, inside a transaction."""
    today = today_of(desk, work.now)
    following = next_working_day(today)
    mine = work.day_plans.of_operator(_me(desk), today)
    ids = [one.client_id for one in mine]
    states = work.day_plans.outcomes(ids, desk.today(), desk.end_of_day()) if ids else {}
    chosen = len(work.day_plans.of_operator(_me(desk), following))
    return PlanProgress(len(mine), sum(state == "reached" for state in states.values()), following, chosen)
