"""The policy screen: what follows is shown before it is saved, wrong values are named, agents may only look."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from deskapp.domain.errors import RuleBroken
from deskapp.domain.policy import Policy
from deskapp.repository.instants import to_micros
from deskapp.screens.policy import PolicyScreen, as_policy, as_typed
from deskapp.services import company
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
pytestmark = pytest.mark.row("T3")


async def opened(app, pilot):
    app.go("policy")
    await until(app, pilot, lambda: isinstance(app.screen, PolicyScreen))
    await until(app, pilot, lambda: app.screen.form.values().get("timezone"), "filled")


def stored(desk):
    with desk.read() as work:
        return Policy.from_json(work.settings.get("policy"))


def test_the_form_gives_back_what_it_shows():
    assert as_policy(as_typed(Policy()), Policy()) == Policy()


@pytest.mark.parametrize(("field", "value", "named"), [
    ("response_hours-crisis", "zwei", "response_hours.crisis"),
    ("response_hours-minor", "-1", "response_hours"),
    ("repeat_days", "1.5", "repeat_days"),
    ("business_hours", "18:00-09:00", "business_hours"),
    ("timezone", "Mars/Olympus", "timezone"),
    ("amber_hours", "nan", "amber_hours"),
])  # fmt: skip
def test_a_wrong_value_names_its_field(field, value, named):
    typed = as_typed(Policy(clock_calendar="business")) | {field: value}
    with pytest.raises(RuleBroken) as wrong:
        as_policy(typed, Policy())
    assert str(wrong.value.facts["field"]).startswith(named)


@SQLITE
@pytest.mark.row("T4")
@pytest.mark.parametrize(("size", "language"), [((120, 40), "zh"), ((80, 24), "en")])
async def test_what_is_saved_holds_for_the_next_complaint_only(desk, size, language):
    before = builders.a_complaint(desk, severity="major")
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        assert "⟦" not in seen(app)
        app.screen.form.field("response_hours-major").fill("12")
        await shows(app, pilot, "11-23 21:42")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk).response_hours["major"] == 12, "in force")
        after = builders.a_complaint(app.desk, severity="major")
    assert (after.target_s, before.target_s) == (12 * 3600, 24 * 3600)
    with desk.read() as work:
        assert work.tickets.find(before.id).respond_by == before.respond_by, (
            "a running clock keeps its promise"
        )


@SQLITE
async def test_an_unpublished_year_is_visible(desk, clock):
    clock.at = clock.at.set(year=2026, month=12, day=31, hour=2)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        app.screen.form.field("clock_calendar").focus()
        await press(app, pilot, "2")
        await until(app, pilot, lambda: "(暂定)" in app.screen.outlook.text, "provisional")
        await shows(app, pilot, "2027 年放假安排未公布")


@SQLITE
@pytest.mark.row("P2")
async def test_an_agent_looks_but_does_not_save(second_desk):
    async with console(second_desk) as (app, pilot):
        await opened(app, pilot)
        app.screen.form.field("repeat_days").fill("5")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "客服专员")
    assert stored(second_desk).repeat_days == 30


@SQLITE
@pytest.mark.row("P1")
async def test_what_another_desk_changed_shows_here_and_what_was_typed_stays(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        app.screen.form.field("repeat_days").fill("12")
        company.save_policy(desk, replace(desk.policy, call_attempts=7, repeat_days=20))
        app.read_facts()
        await until(
            app, pilot, lambda: app.desk.policy.call_attempts == 7, "the desk works by the new policy"
        )
        values = app.screen.form.values
        await until(app, pilot, lambda: values()["call_attempts"] == "7", "the form shows it")
        assert values()["repeat_days"] == "12"
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk).repeat_days == 12, "saved")
        assert stored(desk).call_attempts == 7


@SQLITE
@pytest.mark.row("P1")
async def test_two_who_save_at_once_take_nothing_back_from_each_other(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        app.screen.form.field("repeat_days").fill("12")
        company.save_policy(desk, replace(desk.policy, call_attempts=7))
        app.screen.action_save()
        await shows(app, pilot, "别人刚刚先保存")
        assert stored(desk).repeat_days == 30
        await until(app, pilot, lambda: app.screen.form.values()["call_attempts"] == "7")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk).repeat_days == 12, "saved over what is known now")
        assert stored(desk).call_attempts == 7


@pytest.mark.row("P3")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_was_changed_and_not_saved_is_there_after_a_kill(desk, tmp_path):
    async with console(desk, folder=tmp_path) as (app, pilot):
        app.go("policy")
        await until(app, pilot, lambda: getattr(app.screen, "keeper", None) is not None, "filled")
        app.screen.form.field("repeat_days").focus()
        await write(app, pilot, "77")
        await until(app, pilot, lambda: list(tmp_path.glob("drafts/*.json")), "kept")
    async with console(desk, folder=tmp_path) as (app, pilot):
        app.go("policy")
        await shows(app, pilot, "上次没保存的修改已填回")
        assert "77" in app.screen.form.values()["repeat_days"]
        await press(app, pilot, "ctrl+z")
        await until(app, pilot, lambda: not list(tmp_path.glob("drafts/*.json")), "undone, no draft")


@SQLITE
@pytest.mark.row("P6")
@pytest.mark.parametrize(("size", "language"), [((120, 40), "zh"), ((80, 24), "en")])
async def test_what_would_go_today_is_shown_by_the_days_on_the_form(desk, size, language):
    builders.a_ring(desk, "13711112222")
    with desk.store.engine.begin() as connection:
        at = to_micros(desk.now().subtract(days=3))
        connection.execute(text("UPDATE calls SET state = 'abandoned', ended_at = :a"), {"a": at})
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        app.screen.form.field("retention_days-unknown_calls").fill("2")
        await press(app, pilot, "ctrl+r")
        await shows(app, pilot, "陌生来电" if language == "zh" else "unknown callers")
        await shows(app, pilot, "永久" if language == "zh" else "for ever")
        assert "⟦" not in seen(app)
        await press(app, pilot, "enter")
        await shows(app, pilot, "137****2222")
        await press(app, pilot, "escape", "escape")
        await until(app, pilot, lambda: isinstance(app.screen, PolicyScreen), "back on the form")
    assert stored(desk).retention_days["unknown_calls"] == 730
