"""A company's two months at random: every state and kind, instants crowded round midnights and months' ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pendulum

from deskapp.domain.call import KINDS as CALL_KINDS
from deskapp.domain.call import OUTCOMES, Call
from deskapp.domain.followup import STATES as FOLLOWUP_STATES
from deskapp.domain.followup import Followup
from deskapp.domain.inspection import Inspection
from deskapp.domain.paper import IssuedPaper
from deskapp.domain.praise import Evaluation, Rating
from deskapp.domain.site import STAGES, Site
from deskapp.domain.ticket import KINDS, STATES, Ticket, TicketEvent
from tests import builders

EDGES = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 25), date(2026, 10, 26), date(2026, 11, 1))
"""Days whose beginnings many things happen at: months, and the hour Berlin has twice."""


class Chance:
    """Dice that know the company's zone."""

    def __init__(self, seed: int, zone: str) -> None:
        self.dice, self.zone = Random(seed), zone

    def instant(self) -> pendulum.DateTime:
        """Any instant of September to November, every other one within seconds or hours of an edge."""
        dice = self.dice
        if dice.random() < 0.5:
            edge = dice.choice(EDGES)
            at = pendulum.datetime(edge.year, edge.month, edge.day, tz=self.zone).in_timezone("UTC")
            return at.add(microseconds=dice.choice((-1, 0, 1)), hours=dice.choice((0, 0, 1, 2, 3, -1)))
        return pendulum.datetime(2026, 8, 25).add(seconds=dice.randrange(90 * 86_400))

    def day(self) -> date:
        edge = self.dice.choice(EDGES)
        return edge + timedelta(self.dice.choice((-1, 0, 1, 5, 12)))

    def later(self, at, *hours: float):
        """Some time after, or never."""
        hour = self.dice.choice((None, *hours))
        return None if hour is None else at.add(seconds=round(hour * 3600))


def fill(desk, seed: int, size: int) -> None:
    """Store a company's records, none of them by the services: states no service would leave are there too."""
    chance = Chance(seed, desk.policy.timezone)
    people = [builders.a_member(desk, trade=trade).id for trade in ("designer", "supervisor", "crew")]
    who = [desk.operator.id, builders.an_operator(desk).id, None]
    clients = [builders.a_client(desk, f"客户{n}").client.id for n in range(max(2, size // 4))]
    clients += [builders.a_client(desk, "", "", named=False).client.id] * max(2, size // 12)
    departments = [builders.a_department(desk).id, None]
    categories = [builders.a_category(desk), builders.a_category(desk, "tile"), None]
    with desk.store.write("test", desk.operator) as work:
        work.operators.save(replace(work.operators.find(who[1]), staff_id=people[0]))
        sites = work.sites.add_many([_site(chance, clients, people) for _ in range(max(2, size // 3))])
        places = [None, *(site.id for site in sites)]
        tickets = work.tickets.add_many(
            [_ticket(chance, n, clients, places, who, departments, categories, people) for n in range(size)]
        )
        work.ticket_events.add_many([event for one in tickets for event in _events(chance, one)])
        numbers = [one.id for one in tickets]
        work.calls.add_many(
            [_call(chance, [*clients, None], places, who, [*numbers, None]) for _ in range(size * 2)]
        )
        work.followups.add_many([_followup(chance, n, clients, places, who) for n in range(size)])
        work.inspections.add_many([_inspection(chance, n, sites) for n in range(size)])
        places.remove(None)
        forms = work.evaluations.add_many([_form(chance, n, places, clients) for n in range(size)])
        work.ratings.add_many([_score(chance, one) for one in forms for _ in range(2)])
        work.issued_papers.add_many([_paper(chance, n, who) for n in range(size)])


def _site(chance, clients, people) -> Site:
    dice = chance.dice
    begun = dice.choice((None, chance.day(), chance.day() - timedelta(90)))
    return Site(
        client_id=dice.choice(clients),
        address=dice.choice(("3-2-1101", "")),
        stage=dice.choice((*STAGES, "building", "building", "building")),
        start_date=begun,
        completed_on=dice.choice((None, None, chance.day())),
        created_at=chance.instant(),
        **{
            role: dice.choice((*people, people[0], None))
            for role in ("designer_id", "supervisor_id", "manager_id")
        },
    )


def _ticket(chance, number, clients, places, who, departments, categories, people) -> Ticket:
    dice, at = chance.dice, chance.instant()
    responded = chance.later(at, 0, 0.5, 24, 24.001, 60)
    resolved = chance.later(responded or at, 0, 5, 100)
    category = dice.choice(categories)
    return Ticket(
        number=f"T{number}",
        kind=dice.choice((*KINDS, *["complaint"] * 12)),
        client_id=dice.choice(clients),
        site_id=dice.choice(places),
        category_id=category,
        category="漏水" if category else dice.choice(("", "漏水", "噪音")),
        state=dice.choice(STATES),
        department_id=dice.choice(departments),
        responsible_id=dice.choice((*people, None)),
        received_at=at,
        respond_by=chance.later(at, 2, 24),
        responded_at=responded,
        paused_since=chance.later(at, 1) if dice.random() < 0.1 else None,
        due_at=chance.later(at, 48, 120),
        resolved_at=resolved,
        resolved_by=dice.choice(who) if resolved else None,
        closed_at=chance.later(resolved or at, 0, 30),
        filed_by=dice.choice(who),
    )


def _events(chance, ticket) -> list[TicketEvent]:
    """A life with ends and returns, some of them at the very edge of thirty days."""
    at, found = ticket.received_at, []
    if chance.dice.random() < 0.3:
        end = chance.dice.choice(("resolved", "closed"))
        back = at.add(days=30, microseconds=chance.dice.choice((-1, 0, 1)))
        return [
            TicketEvent(ticket_id=ticket.id, at=when, kind=kind)
            for when, kind in ((at, end), (back, "reopened"))
        ]
    for _ in range(chance.dice.randrange(5)):
        kind = chance.dice.choice(("resolved", "closed", "reopened", "note"))
        at = at.add(hours=chance.dice.choice((0, 1, 30, 24 * 30))).add(
            microseconds=chance.dice.choice((0, 1))
        )
        found.append(TicketEvent(ticket_id=ticket.id, at=at, kind=kind))
    return found


def _call(chance, clients, places, who, tickets) -> Call:
    dice, at = chance.dice, chance.instant()
    state = dice.choice(("done", "done", "done", "abandoned", "given_up", "open", "dropped"))
    ended = None if state == "open" else at.add(seconds=dice.choice((0, 30, 600, 86_400)))
    started = dice.choice((None, at, at.add(seconds=15)))
    return Call(
        kind=dice.choice((*CALL_KINDS, "inbound", "inbound", "verification")),
        state=state,
        client_id=dice.choice(clients),
        site_id=dice.choice(places),
        ticket_id=dice.choice(tickets) if dice.random() < 0.4 else None,
        due_at=at,
        taken_by=dice.choice(who),
        started_at=started if ended is None or started is None or started <= ended else None,
        ended_at=ended,
        wait_s=dice.choice((None, 0, 19, 20, 21, 90)),
        talk_s=dice.choice((None, 0, 45, 700)),
        hold_s=dice.choice((None, 12)),
        outcome=dice.choice((*OUTCOMES, "reached", "reached", "")),
        score=dice.choice((None, 1, 3, 4, 5)),
        purpose=dice.choice(("", "solved", "quality")),
    )


def _followup(chance, number, clients, places, who) -> Followup:
    dice, day = chance.dice, chance.day()
    state = dice.choice(FOLLOWUP_STATES)
    done = day + timedelta(dice.choice((-1, 0, 1))) if state == "done" else None
    made = dice.choice(who) if done else None
    return Followup(
        key=f"k{number}",
        client_id=dice.choice(clients),
        site_id=dice.choice(places),
        planned_on=day,
        due_on=day,
        state=state,
        done_on=done,
        done_by=made,
    )


def _inspection(chance, number, sites) -> Inspection:
    verdict = chance.dice.choice(("ok", "ok", "defects"))
    site = chance.dice.choice(sites).id
    return Inspection(number=f"X{number}", site_id=site, done_on=chance.day(), verdict=verdict)


def _form(chance, number, places, clients) -> Evaluation:
    """Forms of many months, so that a site has one a month; sent, handed over, back before it is entered."""
    sent = chance.dice.choice((None, chance.day(), chance.day()))
    back = chance.dice.choice((None, sent or chance.day(), chance.day()))
    month = date(2020 + number // 12, number % 12 + 1, 1)
    return Evaluation(
        site_id=chance.dice.choice(places),
        client_id=chance.dice.choice(clients),
        month=month,
        sent_on=sent,
        returned_on=back,
    )


def _score(chance, form) -> Rating:
    dice = chance.dice
    return Rating(
        at=chance.instant(),
        source=dice.choice(("evaluation", "evaluation", "call")),
        source_id=form.id,
        site_id=dice.choice((form.site_id, None)),
        trade=dice.choice(("designer", "crew", "")),
        score=dice.randrange(1, 6),
    )


def _paper(chance, number, who) -> IssuedPaper:
    dice, day = chance.dice, chance.day()
    noon = pendulum.datetime(day.year, day.month, day.day, tz=chance.zone).add(days=1)
    issued = noon.add(microseconds=dice.choice((-1, 0, 1))) if dice.random() < 0.5 else chance.instant()
    return IssuedPaper(
        number=f"B{number}",
        kind=f"kind{number}",
        first_on=day,
        last_on=day,
        due_on=dice.choice((day, day, None)),
        revision=dice.choice((1, 1, 2)),
        issued_at=issued.in_timezone("UTC"),
        issued_by=dice.choice(who),
    )
