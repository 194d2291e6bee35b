"""Figures of first response are those one counts by hand, on both databases (row R2)."""

from __future__ import annotations

import random
from statistics import mean, median

import pytest

from deskapp.domain.ticket import KINDS, STATES, Ticket
from tests import builders

pytestmark = pytest.mark.row("R2")

HOUR = 3600


@pytest.fixture(params=range(6))
def tickets(desk, request) -> list[Ticket]:
    """Tickets of every kind and state, answered early, late, or never."""
    dice = random.Random(request.param)
    client = builders.a_client(desk).client.id
    made = []
    for number in range(request.param * 11):
        received = desk.now().subtract(hours=dice.randint(-2, 80))
        answered = dice.random() < 0.5
        state = dice.choice([*STATES[:2], *STATES])
        made.append(
            Ticket(
                number=f"T{number}",
                kind=dice.choice(["complaint"] * 4 + list(KINDS)),
                client_id=client,
                state=state,
                received_at=received,
                respond_by=received.add(hours=dice.choice([2, 24, 40])),
                responded_at=received.add(
                    seconds=dice.choice([0, 59, HOUR, 24 * HOUR, 24 * HOUR + 1, 9 * 10**5])
                )
                if answered
                else None,
                paused_since=received.add(hours=1) if dice.random() < 0.1 else None,
            )
        )
    with desk.store.write("test", desk.operator) as work:
        return work.tickets.add_many(made)


def test_every_figure_is_what_brute_force_counts(desk, tickets) -> None:
    since, until = desk.now().subtract(hours=60), desk.now().subtract(hours=1)
    with desk.read() as work:
        found = work.figures.first_response(since, until)
    received = [
        one
        for one in tickets
        if one.kind == "complaint" and one.state != "merged" and since <= one.received_at < until
    ]
    kept = [one for one in received if one.state != "withdrawn"]
    answered = [one for one in kept if one.responded_at is not None]
    took = [(one.responded_at - one.received_at).total_seconds() for one in answered]
    running = [one for one in kept if one.clock_runs]
    assert (found.received, found.withdrawn) == (len(received), len(received) - len(kept))
    assert found.answered == len(answered)
    assert found.answered_within_24h == sum(seconds <= 24 * HOUR for seconds in took)
    assert found.answered_within_target == sum(one.response_met is True for one in answered)
    assert found.running == len(running)
    assert found.overdue == sum(
        one.respond_by < min(filter(None, (one.paused_since, desk.now()))) for one in running
    )
    assert found.closed_unanswered == len(kept) - len(answered) - len(running)
    if took:
        assert found.mean_first_response_seconds == pytest.approx(mean(took), abs=0.06)
        assert found.median_first_response_seconds == pytest.approx(median(took), abs=0.06)
    else:
        assert found.mean_first_response_seconds is found.median_first_response_seconds is None
    assert found.fell_due == found.answered + found.closed_unanswered + found.overdue
    assert (found.met_percent is None) == (found.fell_due == 0)


def test_the_period_has_its_first_instant_and_not_its_last(desk, clock) -> None:
    builders.a_complaint(desk)
    now = clock.at
    with desk.read() as work:
        counted = [
            work.figures.first_response(since, until).received
            for since, until in (
                (now, now.add(microseconds=1)),
                (now.subtract(days=1), now),
                (now.add(microseconds=1), now.add(days=1)),
            )
        ]
    assert counted == [1, 0, 0]
