"""The tray on the glass: what waits, what went, what was refused; tries come further and further apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.screens.known import MOST, Known
from deskapp.screens.outgoing import Backoff, OutgoingDialog
from deskapp.screens.ticket_dialog import ActDialog
from deskapp.services import outgoing, tickets
from tests import builders
from tests.away import away
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = pytest.mark.row("P3")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_tries_come_further_apart_up_to_fifteen_seconds_and_never_together():
    backoff = Backoff()
    waits = [backoff.next() for _ in range(12)]
    assert 0.7 <= waits[0] <= 1
    assert waits[1] > waits[0] and max(waits) <= 15 and min(waits[4:]) > 10
    assert len(set(waits)) == len(waits)
    backoff.reset()
    assert backoff.next() <= 1


def test_what_was_known_is_given_only_when_the_database_is_away():
    known = Known()
    assert known.ask("a", lambda: 1) == 1

    def fails(error):
        def question():
            raise error

        return question

    assert known.ask("a", fails(StorageFailed("storage.lost"))) == 1
    with pytest.raises(StorageFailed):
        known.ask("b", fails(StorageFailed("storage.lost")))
    with pytest.raises(RuleBroken):
        known.ask("a", fails(RuleBroken("call.taken")))
    for number in range(MOST):
        known.keep(number, number)
    assert known.get("a") is None


@SQLITE
@pytest.mark.parametrize(
    ("size", "language", "words"),
    [((120, 40), "zh", "1 条待发"), ((80, 24), "zh", "1 条待发"), ((80, 24), "en", "1 wait")],
)
async def test_the_frame_says_that_the_database_is_away_and_how_many_wait(
    desk, tmp_path, size, language, words
):
    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path, size=size, language=language) as (app, pilot):
        app.open_ticket(ticket.id)
        await settle(app, pilot)
        await press(app, pilot, "t")
        await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "note")
        await write(app, pilot, "abc")
        with away(app.desk):
            app.read_facts()
            await until(app, pilot, lambda: app.facts.lost, "noticed")
            await press(app, pilot, "ctrl+s")
            await shows(app, pilot, words)
            await shows(app, pilot, "09:42")
            app.push_screen(OutgoingDialog())
            await shows(app, pilot, ticket.number)
        await until(app, pilot, lambda: not list(tmp_path.glob("outgoing/*")), "sent")
        await until(app, pilot, lambda: words not in seen(app), "none wait")
    with desk.read() as work:
        assert [event.text for event in work.ticket_events.of(ticket.id)][-1] == "abc"


@SQLITE
async def test_what_was_refused_is_told_and_is_a_draft_of_its_form(desk, second_desk, tmp_path):
    ticket = builders.a_complaint(desk)
    at = replace(desk, desk_dir=tmp_path)
    one = outgoing.moving(at, "respond", ticket, "k", f"act-{ticket.id}-respond", {"words": "明早上门"})
    outgoing.keep(at, one)
    tickets.respond(second_desk, ticket, "今天下午上门")
    async with console(desk, folder=tmp_path) as (app, pilot):
        await shows(app, pilot, "没能提交")
        assert "草稿" in seen(app)
        app.open_ticket(ticket.id)
        await settle(app, pilot)
        await press(app, pilot, "a")
        await until(
            app,
            pilot,
            lambda: isinstance(app.screen, ActDialog) and app.screen.form.values()["words"] == "明早上门",
            "the words are there again",
        )
