"""What happened at the sample company until now: complaints from call to verification, calls made, calls waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heapreplace
from typing import Any

from pendulum import DateTime

from deskapp.desk import Desk
from deskapp.domain.call import Call, Result
from deskapp.domain.site import Site
from deskapp.domain.ticket import Draft, Ticket
from deskapp.services import calls, mass, tickets
from deskapp.services.company import who_answers
from deskapp.services.sample import Stage
from deskapp.services.sample_calls import made_calls, waiting_calls

AGENTS = ("limin", "chenjie", "wutong")
PAST = 40
LATE = (5, 14, 23, 31)
"""Which of the past complaints were answered after their 24 hours."""
UNHAPPY = (23, 11)
"""Days ago of complaints whose first repair did not hold."""
SOON_DAYS = 10
CAST = 6
ANSWERED = ((1, 3.5), (1, 9), (2, 1.2), (3, 5), (6, 11))
"""Answered and not yet resolved: received so many days ago, answered after so many hours."""
RESOLVED = ((20, "liumin"), (16, "chenjie"), (3, "wutong"), (0.7, "limin"))
"""Waiting to be verified: resolved so many hours ago, by whom."""
RUNNING = (
    (-3.1, "major"),
    (-0.6, "minor"),
    (0.35, "critical"),
    (0.8, "minor"),
    (2.2, "major"),
    (3.4, "minor"),
    (6.5, "major"),
    (9.7, "minor"),
    (13.2, "minor"),
    (17.5, "critical"),
    (20.6, "minor"),
    (23.1, "major"),
)
"""Running clocks: hours left and severity."""
ALIKE_HOURS = (39.5, 21, 17)
"""How many hours ago clients complained of the same tiles."""
UNGIVEN = (8, 11)
"""Which of the running ones nobody answers for yet."""

Story = Iterator[DateTime]
"""Yields when it goes on; what it does then happens at that time."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One complaint and how far it got: an instant that is None has not come."""

    client_id: int
    scenario: dict[str, Any]
    received: DateTime
    answered: DateTime | None = None
    resolved: DateTime | None = None
    verified: DateTime | None = None
    channel: str = "phone"
    people: tuple[str, str, str] = ("limin", "liumin", "zhouqi")
    """Logins of who files it, who answers and resolves it, who verifies it."""
    given: bool = True


def play_all(stage: Stage) -> None:
    """Play everything in the order of time, then put the waiting calls into the queue."""
    plots = [*_past(stage), *_today(stage)]
    play(
        stage,
        [_life(stage, plot) for plot in plots] + [_crisis(stage), *_odd_ends(stage), _of_one_cause(stage)],
    )
    stage.work.now = stage.now
    made_calls(stage)
    waiting_calls(stage)
    for notice in stage.work.outbox.all():
        stage.work.outbox.save(replace(notice, sent_at=notice.at))


def play(stage: Stage, stories: list[Story]) -> None:
    """Let every story go on at its time, the earliest first; what lies after now does not happen."""
    due = [(next(story), place, story) for place, story in enumerate(stories)]
    heapify(due)
    while due:
        at, place, story = due[0]
        stage.work.now = at
        following = next(story, None) if at <= stage.now else None
        if following is None:
            heappop(due)
        else:
            heapreplace(due, (following, place, story))


def _life(stage: Stage, plot: Plot) -> Story:
    """One complaint: filed, answered, resolved, and verified by somebody who did not resolve it."""
    filer, doer, verifier = plot.people
    yield plot.received
    ticket = _filed(stage, stage.seat(filer), plot)
    if plot.answered is None:
        return
    yield plot.answered
    ticket = tickets.move_in(stage.work, stage.seat(doer), ticket, "respond", plot.scenario["response"])
    if plot.resolved is None:
        return
    yield plot.resolved
    ticket = tickets.move_in(stage.work, stage.seat(doer), ticket, "resolve", plot.scenario["resolution"])
    if plot.verified is not None:
        yield plot.verified
        _verify(stage, stage.seat(verifier), ticket, satisfied=True)


def _filed(stage: Stage, desk: Desk, plot: Plot) -> Ticket:
    scenario, site = plot.scenario, stage.sites.get(plot.client_id)
    category = stage.work.categories.by_name(scenario["category"])
    people = {"designer": site.designer_id, "project_manager": site.manager_id} if site else {}
    category_id = category.id if category else None
    department_id, member_id, _ = who_answers(stage.work, category_id, people)
    draft = Draft(
        client_id=plot.client_id,
        site_id=site.id if site else None,
        channel=plot.channel,
        category_id=category_id,
        severity=scenario["severity"],
        subject=scenario["subject"],
        description=scenario["description"],
        demand=scenario["demand"],
        department_id=department_id if plot.given else None,
        responsible_id=member_id if plot.given else None,
    )
    ticket = tickets.file_in(stage.work, desk, draft).ticket
    if plot.channel == "phone":
        _reported(stage, desk, ticket, site)
    return ticket


def _reported(stage: Stage, desk: Desk, ticket: Ticket, site: Site | None) -> None:
    """Keep the call in which a complaint came."""
    assert desk.operator is not None
    assert ticket.received_at is not None
    talk, wait = stage.dice.randint(90, 420), stage.dice.randint(3, 25)
    rang = ticket.received_at.subtract(seconds=talk)
    phones = stage.work.phones.of(ticket.client_id)
    call = Call(
        client_id=ticket.client_id,
        site_id=site.id if site else None,
        ticket_id=ticket.id,
        state="done",
        number=phones[0].normal if phones else "",
        due_at=rang.subtract(seconds=wait),
        attempts=1,
        taken_by=desk.operator.id,
        taken_at=rang,
        started_at=rang,
        ended_at=ticket.received_at,
        wait_s=wait,
        talk_s=talk,
        outcome="reached",
        notes=ticket.subject,
        created_at=rang.subtract(seconds=wait),
    )
    stage.work.calls.add(call)


def _verify(stage: Stage, desk: Desk, ticket: Ticket, *, satisfied: bool) -> None:
    """Ring the client up and take down whether the work was done."""
    assert desk.operator is not None
    spoken = stage.words["calls"]
    words, score = stage.dice.choice(spoken["verification"])
    if not satisfied:
        words, score = stage.dice.choice(spoken["unhappy"]), 2
    call = stage.work.calls.open_for(ticket.id, "verification")[0]
    stage.work.calls.take(call, desk.operator.id, stage.work.now.add(minutes=10))
    stage.work.now = stage.work.now.add(seconds=stage.dice.randint(60, 240))
    calls.end_in(stage.work, desk, call, Result("reached", words, score=score, satisfied=satisfied))


def _built(stage: Stage, at: DateTime) -> list[int]:
    """The clients whose site had been worked on for a while at some time: they have something to complain of."""
    day = stage.desk.local(at).date().subtract(days=SOON_DAYS)
    return [
        client_id for client_id, site in stage.sites.items() if site.start_date and site.start_date <= day
    ]


def _past(stage: Stage) -> Iterator[Plot]:
    """Forty complaints of the last sixty days, most of them answered in time and closed."""
    dice = stage.dice
    scenarios = [one for one in stage.words["complaint"] if one["severity"] != "crisis"]
    for number in range(PAST):
        received = stage.workday(60 - number * 49 // PAST)
        late = number in LATE
        answered = received.add(minutes=dice.randint(25 * 60, 34 * 60) if late else dice.randint(12, 9 * 60))
        slow = dice.random() < 0.12
        resolved = answered.add(hours=dice.randint(150, 190) if slow else dice.randint(3, 100))
        yield Plot(
            client_id=dice.choice(_built(stage, received)),
            scenario=dice.choice(scenarios),
            received=received,
            answered=answered,
            resolved=resolved,
            verified=resolved.add(minutes=dice.randint(60, 26 * 60)),
            channel=dice.choices(("phone", "web", "visit", "email", "gm"), (70, 14, 8, 5, 3))[0],
            people=(dice.choice(AGENTS), dice.choice(("liumin", *AGENTS)), "zhouqi"),
        )


def _today(stage: Stage) -> Iterator[Plot]:
    """What runs, what is answered, what waits to be verified."""
    cast = [client.id for client in stage.clients[:CAST]]
    clients = [one for one in _built(stage, stage.now) if one not in cast]
    scenarios = [one for one in stage.words["complaint"] if one["severity"] != "crisis"]
    stage.dice.shuffle(clients)
    stage.dice.shuffle(scenarios)
    for place, (left, severity) in enumerate(RUNNING):
        scenario = next((one for one in scenarios if one["severity"] == severity), scenarios[0])
        scenarios.remove(scenario)
        received = stage.ago(hours=24 - left, seconds=stage.dice.randint(0, 50))
        people = (AGENTS[place % len(AGENTS)], "liumin", "zhouqi")
        given = place not in UNGIVEN
        channel = "phone" if given else "web"
        yield Plot(clients.pop(), scenario, received, channel=channel, people=people, given=given)
    for days, hours in ANSWERED:
        received = stage.ago(days=days, hours=3)
        client_id = cast[0] if days == 2 else clients.pop()
        yield Plot(client_id, scenarios.pop(), received, received.add(minutes=round(hours * 60)))
    for hours, login in RESOLVED:
        received, done = stage.ago(days=3, hours=2), stage.ago(hours=hours)
        client_id = cast[2] if hours == 20 else clients.pop()
        people = ("limin", login, "zhouqi")
        yield Plot(client_id, scenarios.pop(), received, received.add(hours=4), done, people=people)


def _crisis(stage: Stage) -> Story:
    """The morning's crisis: forty minutes old, two hours to answer."""
    scenario = next(one for one in stage.words["complaint"] if one["severity"] == "crisis")
    client_id = stage.clients[CAST - 1].id
    return _life(
        stage, Plot(client_id, scenario, stage.ago(minutes=40, seconds=12), people=("chenjie", "", ""))
    )


def _of_one_cause(stage: Stage) -> Story:
    """Several clients complain of the same tiles: grouped, and answered once."""
    words, work = stage.words["mass"], stage.work
    cast = {client.id for client in stage.clients[:CAST]}
    clients = [one for one in _built(stage, stage.now) if one not in cast][-len(words["complaints"]) :]
    ids = []
    for client_id, hours, (subject, description) in zip(
        clients, ALIKE_HOURS, words["complaints"], strict=False
    ):
        yield stage.ago(hours=hours)
        scenario = {"category": "tile", "severity": "major", "subject": subject, "description": description}
        plot = Plot(client_id, scenario | {"demand": words["demand"]}, work.now, channel="web")
        ids.append(_filed(stage, stage.seat("chenjie"), plot).id)
    yield stage.ago(hours=16.5)
    group = mass.open_in(work, stage.seat("chenjie"), ids, words["cause"])
    yield stage.ago(hours=16.2)
    mass.applied_in(work, stage.seat("liumin"), group, "respond", words["answer"])


def _odd_ends(stage: Stage) -> Iterator[Story]:
    """Complaints that did not go straight: reopened, withdrawn, merged, verified and not yet closed."""
    scenarios = [one for one in stage.words["complaint"] if one["severity"] == "minor"]

    def plot(days: int) -> Plot:
        received = stage.workday(days)
        return Plot(stage.dice.choice(_built(stage, received)), stage.dice.choice(scenarios), received)

    for days in UNHAPPY:
        yield _reopened(stage, plot(days), again=True)
    yield _reopened(stage, plot(6), again=False)
    yield _withdrawn(stage, plot(11))
    yield _merged(stage, plot(5))
    yield _unclosed(stage, plot(4))


def _reopened(stage: Stage, plot: Plot, *, again: bool) -> Story:
    """Resolved, found wanting by the client, and perhaps resolved again."""
    scenario, work = plot.scenario, stage.work
    yield plot.received
    ticket = _filed(stage, stage.seat("wutong"), plot)
    yield plot.received.add(hours=3)
    ticket = tickets.move_in(work, stage.seat("liumin"), ticket, "respond", scenario["response"])
    yield plot.received.add(days=2)
    ticket = tickets.move_in(work, stage.seat("liumin"), ticket, "resolve", scenario["resolution"])
    yield plot.received.add(days=3)
    _verify(stage, stage.seat("zhouqi"), ticket, satisfied=False)
    if again:
        yield plot.received.add(days=5)
        ticket = work.tickets.find(ticket.id)
        ticket = tickets.move_in(work, stage.seat("liumin"), ticket, "resolve", scenario["resolution"])
        yield plot.received.add(days=6)
        _verify(stage, stage.seat("zhouqi"), ticket, satisfied=True)


def _withdrawn(stage: Stage, plot: Plot) -> Story:
    yield plot.received
    ticket = _filed(stage, stage.seat("limin"), plot)
    yield plot.received.add(hours=2)
    tickets.move_in(stage.work, stage.seat("limin"), ticket, "withdraw", stage.words["withdrawn"])


def _merged(stage: Stage, plot: Plot) -> Story:
    yield plot.received
    first = _filed(stage, stage.seat("chenjie"), plot)
    yield plot.received.add(hours=1)
    tickets.move_in(stage.work, stage.seat("liumin"), first, "respond", plot.scenario["response"])
    yield plot.received.add(hours=5)
    second = _filed(stage, stage.seat("limin"), replace(plot, channel="web"))
    yield plot.received.add(hours=6)
    tickets.merge_in(stage.work, stage.seat("liumin"), second, first, stage.words["merged"])


def _unclosed(stage: Stage, plot: Plot) -> Story:
    yield plot.received
    ticket = _filed(stage, stage.seat("limin"), plot)
    yield plot.received.add(hours=2)
    ticket = tickets.move_in(stage.work, stage.seat("limin"), ticket, "respond", plot.scenario["response"])
    yield plot.received.add(days=1)
    ticket = tickets.move_in(stage.work, stage.seat("limin"), ticket, "resolve", plot.scenario["resolution"])
    yield plot.received.add(days=2)
    tickets.move_in(stage.work, stage.seat("zhouqi"), ticket, "verify", "")
