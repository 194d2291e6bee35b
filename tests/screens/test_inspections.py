"""Inspections by keys: recorded, a defect's slip issued, looked at again, urged; files kept and saved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deskapp.domain.inspection import Draft
from deskapp.screens.attachments import AttachmentsDialog
from deskapp.screens.client import ClientScreen
from deskapp.screens.inspection_form import InspectionDialog, ReinspectionDialog
from deskapp.screens.inspections import InspectionsScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.site import SiteScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.services import attachments, inspections
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [pytest.mark.row("S2"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
TODAY = date(2026, 11, 23)
JPG = b"\xff\xd8\xff\xe0" + b"picture" * 20


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def site(desk):
    """张伟明's site, never looked at for 30 days; 赵刚 builds it, 周平 inspects."""
    builders.a_member(desk, "周平", "inspector")
    manager = builders.a_member(desk, "赵刚")
    supervisor = builders.a_member(desk, "梁文彬", "supervisor")
    people = {"manager_id": manager.id, "supervisor_id": supervisor.id}
    return builders.a_site(
        desk, builders.a_client(desk, "张伟明", "13800138000"), start_date=day(-30), **people
    )


def a_defect(desk, site, hours=20):
    draft = Draft(site.id, TODAY, verdict="defects", findings="阳台起鼓", due_at=desk.now().add(hours=hours))
    return inspections.record(desk, draft).ticket


def stored(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)


async def opened(app, pilot, *keys):
    await press(app, pilot, "f10", "v")
    await until(
        app, pilot, lambda: isinstance(app.screen, InspectionsScreen) and app.screen.found, "the lists"
    )
    await press(app, pilot, *keys)
    await settle(app, pilot)


@pytest.mark.parametrize(
    ("size", "language", "words"),
    [
        ((120, 40), "zh", ["待巡检 1 !逾期 1", "逾期 23 天", "张伟明", "从未巡检", "赵刚", "梁文彬"]),
        ((120, 40), "en", ["Due 1 !1 late", "23 d late", "never", "赵刚"]),
        ((80, 24), "zh", ["待巡检 1 !逾期 1", "逾期 23 天", "从未巡检"]),
        ((80, 24), "en", ["Due 1 !1 late", "23 d late", "never"]),
    ],
)
async def test_what_is_due_is_late_in_words(desk, site, size, language, words):
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == []
        for key in ("2", "3", "1", "n"):
            assert "⟦" not in await press(app, pilot, key)


@pytest.mark.row("T2", "T14", "N1")
async def test_a_defect_is_written_down_by_keys_and_its_slip_issued(desk, site):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, InspectionDialog), "the form")
        assert "请填写" in await press(app, pilot, "ctrl+s")
        assert "请写明问题" in await press(app, pilot, "2", "ctrl+s")
        await write(app, pilot, "阳台[red]起鼓")
        await press(app, pilot, "tab", "tab")
        await write(app, pilot, "zhouping")
        await press(app, pilot, "enter")
        app.screen.form.fill({"due": "+1"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "未完成整改 1")
        assert "逾期 1" not in seen(app)
        app.clear_notifications()
        glass = await press(app, pilot, "tab", "tab")
        assert [
            word for word in ("ZG20261123-0001", "阳台[red]起鼓", "赵刚", "38:16:50") if word not in glass
        ] == []
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the slip")
        await press(app, pilot, "escape", "2")
        assert "需整改 阳台[red]起鼓" in seen(app)
    with desk.read() as work:
        (one,) = work.inspections.of_site(site.id)
        assert work.staff.find(one.inspector_id).name == "周平"
        assert [each.reason for each in work.outbox.unsent_of(one.ticket_id)] == ["ticket.filed"]


@pytest.mark.row("T7")
async def test_put_right_it_is_closed_but_not_by_whoever_answers_for_it(desk, site):
    ticket = a_defect(desk, site)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, "3", "r")
        await until(app, pilot, lambda: isinstance(app.screen, ReinspectionDialog), "the form")
        assert "整改内容:阳台起鼓" in seen(app).replace("：", ":")
        assert "请填写复检人" in await press(app, pilot, "1", "ctrl+s")
        await write(app, pilot, "赵刚")
        await press(app, pilot, "enter", "ctrl+s")
        await shows(app, pilot, "不能由责任人自己验收")
        assert stored(desk, ticket).is_open
        app.screen.form.field("inspector").fill(None)
        app.screen.form.field("inspector").focus()
        await write(app, pilot, "zp")
        await press(app, pilot, "enter", "ctrl+s")
        await shows(app, pilot, "没有未完成的整改")
    assert stored(desk, ticket).state == "closed"
    with desk.read() as work:
        assert not work.calls.of_client(site.client_id)


async def test_not_put_right_it_is_due_anew(desk, clock, site):
    ticket = a_defect(desk, site)
    clock.at = clock.at.add(days=2)
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot, "3")
        await shows(app, pilot, "! +28:00:00")
        await press(app, pilot, "r", "2")
        await write(app, pilot, "仍起鼓")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "86:16:")
    assert stored(desk, ticket).due_at > desk.now()


@pytest.mark.row("T6")
async def test_urged_by_one_key_only_where_there_is_something_to_urge(desk, site):
    ticket = a_defect(desk, site)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "u")
        await press(app, pilot, "3", "u")
        await shows(app, pilot, f"已催办 {ticket.number}")
    with desk.read() as work:
        assert [event.kind for event in work.ticket_events.of(ticket.id)] == ["filed", "urged"]


async def test_the_lists_lead_on_to_site_client_and_form(desk, site):
    ticket = a_defect(desk, site)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, "3", "o")
        await until(
            app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.ticket_id == ticket.id
        )
        await press(app, pilot, "escape", "g")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "the site")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: isinstance(app.screen, InspectionDialog), "another inspection")
        await press(app, pilot, "escape", "escape")
        assert isinstance(app.screen, InspectionsScreen)
        assert app.screen.context() == {"client_id": site.client_id, "site_id": site.id}
        assert "巡检 · 待巡检" in await press(app, pilot, "escape")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: isinstance(app.screen, QueueScreen), "the queue")


async def test_from_the_clients_history(desk, site):
    async with console(desk) as (app, pilot):
        app.open_client(site.client_id)
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.file)
        await press(app, pilot, "m", "x")
        await until(app, pilot, lambda: isinstance(app.screen, InspectionDialog), "the form")
        await press(app, pilot, "1", "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "recorded")
        await shows(app, pilot, "已登记巡检 XJ20261123-0001")


@pytest.mark.row("P3")
async def test_what_was_typed_and_left_is_offered_again_and_recorded_once(desk, site):
    async with console(desk) as (app, pilot):
        await opened(app, pilot, "n", "2")
        await write(app, pilot, "阳台起鼓")
        await press(app, pilot, "escape", "n")
        await until(app, pilot, lambda: app.screen.form.values()["findings"] == "阳台起鼓", "the draft")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "未完成整改 1")
        await press(app, pilot, "n")
        assert app.screen.form.values()["findings"] == ""


async def test_photos_are_kept_with_it_and_one_that_cannot_be_stays_in_the_form(desk, site, tmp_path):
    good, bad = tmp_path / "阳台 1.jpg", tmp_path / "bad.exe"
    good.write_bytes(JPG)
    bad.write_bytes(b"MZ")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, "n", "1")
        app.screen.form.fill({"photos": f"'{good}' {bad}"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "不能存这种文件")
        app.screen.form.fill({"photos": str(good)})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "巡检记录 1")
        await press(app, pilot, "2", "a")
        await shows(app, pilot, "阳台 1.jpg")
    with desk.read() as work:
        assert work.inspections.count() == 1


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_files_are_kept_by_path_completed_listed_and_saved(desk, site, tmp_path, size, language):
    photo = tmp_path / "balcony photo.jpg"
    photo.write_bytes(JPG)
    async with console(desk, size=size, language=language, folder=tmp_path / "desk") as (app, pilot):
        await opened(app, pilot, "a")
        await until(app, pilot, lambda: isinstance(app.screen, AttachmentsDialog), "the files")
        await settle(app, pilot)
        assert "⟦" not in seen(app)
        app.screen.paths.fill(f"{tmp_path}/bal")
        await press(app, pilot, "tab")
        await until(app, pilot, lambda: app.screen.paths.value == str(photo), "completed")
        await press(app, pilot, "enter")
        await shows(app, pilot, "balcony photo.jpg")
        assert app.screen.paths.value == ""
        app.screen.paths.fill(str(tmp_path / "gone.jpg"))
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: "gone.jpg" in app.screen.told.text, "why not")
        assert app.screen.paths.value, "what was refused stays"
        app.screen.table.focus()
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: list((tmp_path / "desk" / "attachments").glob("*.jpg")), "a copy")
    (copy,) = (tmp_path / "desk" / "attachments").glob("*.jpg")
    assert copy.read_bytes() == JPG


async def test_a_hostile_name_is_shown_harmless(desk, site, tmp_path):
    photo = tmp_path / "a\x1b[2J[red]b.jpg"
    photo.write_bytes(JPG)
    attachments.add(desk, "site", site.id, photo)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, "a")
        await shows(app, pilot, "[red]b.jpg")
        assert "\x1b" not in seen(app)
