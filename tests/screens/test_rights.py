"""The rights on a screen: every act, every role, one's own marked, in both languages and sizes."""

from __future__ import annotations

import pytest

from deskapp.domain.operator import RIGHTS, ROLES, may
from deskapp.i18n import say
from deskapp.screens.rights import RightsScreen, right_lines
from tests import builders
from tests.screens.pilot import console, press, seen, settle, until, write

pytestmark = pytest.mark.row("P2")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def on(app, pilot):
    await until(app, pilot, lambda: isinstance(app.screen, RightsScreen), "the rights")
    await settle(app, pilot)


def test_every_act_is_listed_once_and_those_of_a_noun_together():
    lines = right_lines()
    assert sorted(line.act for line in lines) == sorted(RIGHTS)
    nouns = [line.act.partition(".")[0] for line in lines]
    assert len([line for line in lines if line.noun]) == len(set(nouns))
    assert [noun for place, noun in enumerate(nouns) if place == 0 or nouns[place - 1] != noun] == list(
        dict.fromkeys(nouns)
    )


@SQLITE
@pytest.mark.parametrize("login", [builders.ADMIN, builders.AGENT])
@pytest.mark.parametrize(("size", "language"), [((80, 24), "en"), ((80, 24), "zh"), ((120, 40), "zh")])
async def test_it_shows_who_may_what_and_marks_ones_own_role(desk, size, language, login):
    async with console(desk, size=size, language=language, login=login) as (app, pilot):
        await press(app, pilot, "f10", "r")
        await on(app, pilot)
        own, shown = app.desk.operator.role, set()
        for _ in RIGHTS:
            glass = seen(app)
            assert "⟦" not in glass
            for act in RIGHTS:
                words = say(f"rights.act.{act}")
                for line in glass.splitlines():
                    if f" {words} " in line and line.count("✔") + line.count("·") == len(ROLES):
                        marks = [mark == "✔" for mark in line if mark in "✔·"]
                        assert marks == [may(role, act) for role in ROLES], act
                        shown.add(act)
            await press(app, pilot, "down")
        assert shown == set(RIGHTS)
        assert say(f"rights.own.{own}") in seen(app)
        assert all(say(f"rights.role.{role}") in seen(app) for role in ROLES)
        await press(app, pilot, "escape")
        assert not isinstance(app.screen, RightsScreen)


@SQLITE
async def test_the_palette_finds_it_and_another_role_is_marked_when_it_is_given(desk, second_desk):
    from dataclasses import replace

    from deskapp.services import operators

    async with console(second_desk) as (app, pilot):
        await press(app, pilot, "ctrl+p")
        await write(app, pilot, "谁可以")
        await press(app, pilot, "enter")
        await on(app, pilot)
        assert say("rights.own.agent") in seen(app)
        operators.save(desk, replace(second_desk.operator, role="quality"))
        await until(app, pilot, lambda: say("rights.own.quality") in seen(app), "the other role")


@SQLITE
async def test_the_palette_tells_the_letters_of_every_place_behind_f8_and_f10(second_desk):
    from deskapp.screens.more import PLACES_HERE, REPORTS_HERE
    from deskapp.screens.places import PLACE_SCREENS

    letters = {place: f"F10 {letter}" for letter, place in PLACES_HERE}
    letters |= {place: f"F8 {letter}" for letter, place in REPORTS_HERE if place in PLACE_SCREENS}
    async with console(second_desk) as (app, pilot):
        await press(app, pilot, "ctrl+p")
        await until(app, pilot, lambda: bool(app.screen.acts), "the acts")
        told = {act.action: act.key for act in app.screen.acts}
        for place in set(PLACE_SCREENS) & set(letters) - {"queue", "clients", "clocks", "coverage", "sites"}:
            assert told[f"app.place('{place}')"] == letters[place]
