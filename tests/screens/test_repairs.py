"""Repairs by keys: reported with the warranty in sight, appointed, done, rated; what must be seen at a glance is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from deskapp.domain.repair import Appointment, Finished
from deskapp.screens.call import CallScreen
from deskapp.screens.client import ClientScreen
from deskapp.screens.repair_forms import AppointDialog, DoneDialog
from deskapp.screens.repairs import RepairsScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import repairs
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [pytest.mark.row("T13"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def a_home(desk, name: str = "张伟明", phone: str | None = None, **fields):
    """A client whose home was completed on 2025-01-10, with 钱强 of 钱家班 to repair it."""
    client = builders.a_client(desk, name, phone)
    values = {"stage": "warranty", "completed_on": date(2025, 1, 10), "crew": "钱家班"} | fields
    return client, builders.a_site(desk, client, **values)


def a_repair(desk, name: str = "张伟明", *, worker=None, **fields):
    client, site = a_home(desk, name, **fields)
    worker_id = worker.id if worker else None
    draft = builders.a_draft(client, site_id=site.id, subject=f"{name}家漏水", responsible_id=worker_id)
    return repairs.read(desk, repairs.file(desk, draft).ticket.id)


def a_crew(desk):
    return builders.a_member(desk, "钱强", "crew")


async def opened(app, pilot):
    await press(app, pilot, "f10", "f")
    await until(app, pilot, lambda: isinstance(app.screen, RepairsScreen), "the list of repairs")
    await settle(app, pilot)


@pytest.mark.parametrize(("size", "language", "words"), [
    ((120, 40), "zh", ["维修 · 待修 3", "保内", "过保", "未预约", "11-24 10:00", "已过", "钱强", "WX20261123-0001"]),
    ((120, 40), "en", ["Repairs · to do 3", "none yet", "11-24 10:00", "gone by", "out", "WX20261123-0001"]),
    ((80, 24), "zh", ["维修 · 待修 3", "保内", "过保", "未预约", "11-24 10:00", "已过", "钱强", "张伟明家漏水"]),
    ((80, 24), "en", ["Repairs · to do 3", "none yet", "11-24 10:00", "gone by", "钱强"]),
])  # fmt: skip
async def test_the_picture(desk, clock, size, language, words):
    crew = a_crew(desk)
    one = a_repair(desk, "陈建国", worker=crew)
    repairs.appoint(desk, one, Appointment(builders.NOW.add(minutes=30), crew.id))
    two = a_repair(desk, "王芳", completed_on=date(2020, 5, 1))
    repairs.appoint(desk, two, Appointment(builders.NOW.add(hours=24, minutes=17, seconds=50), crew.id))
    a_repair(desk)
    clock.at = clock.at.add(hours=1)
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == [], glass
        assert "⟦" not in glass
        rows = "".join(glass.splitlines()[3:])
        places = [rows.index(name) for name in ("张伟明", "陈建国", "王芳")]
        assert places == sorted(places), "those without an appointment first"
        for key in ("f", "f", "f"):
            assert "⟦" not in await press(app, pilot, key)


@pytest.mark.row("T5", "T7", "T2", "A2")
async def test_a_repair_from_report_to_rating_by_keys_alone(desk, second_desk):
    """A known caller under warranty; 李敏 reports, plans and finishes it, 刘敏 asks the client, who gives 4."""
    crew = a_crew(desk)
    client, site = a_home(desk, phone="13800138000", manager_id=crew.id)
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f3")
        await write(app, pilot, "zwm")
        await settle(app, pilot)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client's history")
        await press(app, pilot, "m", "r")
        await until(app, pilot, lambda: isinstance(app.screen, TicketFormScreen), "the form")
        await shows(app, pilot, "保修期内,至 2027-01-10")
        await shows(app, pilot, "《客户维修受理单》")
        await write(app, pilot, "厨房水龙头漏水")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed")
        assert "WX20261123-0001" in seen(app) and "钱强" in seen(app)
        await press(app, pilot, "enter")
        await opened(app, pilot)
        assert "未预约" in seen(app)
        await press(app, pilot, "a")
        await until(app, pilot, lambda: isinstance(app.screen, AppointDialog), "the appointment")
        await write(app, pilot, "25 9:00")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, RepairsScreen), "appointed")
        await shows(app, pilot, "11-25 09:00")
        await press(app, pilot, "d")
        await until(app, pilot, lambda: isinstance(app.screen, DoneDialog), "done")
        await write(app, pilot, "换了阀芯")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "没有维修")
        await press(app, pilot, "f", "f")
        await shows(app, pilot, "已解决")
    with desk.read() as work:
        (row,) = work.repairs.page("done", 9)
    assert row.repair.work_done == "换了阀芯"
    async with console(second_desk) as (app, pilot):
        await until(app, pilot, lambda: app.screen.table.selected is not None, "the call in the queue")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row, "the call")
        await press(app, pilot, "y")
        await until(app, pilot, lambda: not isinstance(app.screen, CallScreen), "the score")
        await press(app, pilot, "4")
        await until(app, pilot, lambda: _ratings(desk), "the rating")
    (rating,) = _ratings(desk)
    assert (rating.source, rating.staff_id, rating.trade, rating.score) == ("repair", crew.id, "crew", 4)
    assert repairs.read(desk, row.ticket.id).ticket.state == "closed"
    assert (row.ticket.client_id, row.ticket.site_id) == (client.client.id, site.id)


def _ratings(desk):
    with desk.read() as work:
        return work.ratings.all()


def _waiting(desk):
    with desk.read() as work:
        return work.repairs.count("open")


async def test_what_is_refused_comes_back_to_its_field_with_every_word(desk):
    a_repair(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "a")
        await until(app, pilot, lambda: isinstance(app.screen, AppointDialog), "the appointment")
        assert "保修期内,至 2027-01-10" in seen(app)
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请填写")
        await write(app, pilot, "2020-01-01 9:00")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请写还没到的时间")
        app.screen.form.fill({"at": "2027-11-25 9:00", "worker": None, "worker.text": "没这人"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "没有这个人员")
        app.screen.form.fill({"worker": None, "worker.text": ""})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "预约最远 60 天")
        assert app.screen.form.values()["at"] == "2027-11-25 9:00"
        app.screen.form.fill({"at": "+3", "agreed": "no"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, RepairsScreen), "appointed")
        await shows(app, pilot, "11-26 23:59")
    with desk.read() as work:
        (row,) = work.repairs.page("open", 2)
    assert row.ticket.clock_runs, "nobody told the client yet"


async def test_another_desk_was_first_and_nothing_typed_is_lost(desk, second_desk):
    row = a_repair(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "d")
        await until(app, pilot, lambda: isinstance(app.screen, DoneDialog), "done")
        await write(app, pilot, "换了阀芯")
        repairs.appoint(second_desk, row, Appointment(builders.NOW.add(hours=3)))
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, DoneDialog), "the form again")
        assert app.screen.form.values()["work"] == "换了阀芯"
        app.screen.form.fill({"cost": "12块"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: not _waiting(desk), "done")
    assert repairs.read(desk, row.ticket.id).repair.cost == 1200


async def test_what_is_over_is_said_before_anything_is_typed(desk):
    row = a_repair(desk)
    repairs.done(desk, row, Finished("修好"))
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "f", "f", "a")
        await shows(app, pilot, "已经完成或结束")
        assert isinstance(app.screen, RepairsScreen)
        await press(app, pilot, "escape")
        await shows(app, pilot, "没有维修")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: app.current_mode == "queue", "back")


@pytest.mark.row("T2")
async def test_ticket_client_and_slip_are_one_key_away(desk, tmp_path: Path):
    a_repair(desk, worker=a_crew(desk))
    async with console(desk, folder=tmp_path) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "s", "t")
        await until(app, pilot, lambda: list(tmp_path.rglob("WX*.txt")), "the slip")
        (path,) = tmp_path.rglob("WX*.txt")
        slip = path.read_text(encoding="utf-8")
        for words in (
            "《客户维修受理单》",
            "报修类型",
            "一般",
            "保修期内,至 2027-01-10",
            "预约上门",
            "钱强 钱家班",
            "客户评分",
        ):
            assert words in slip
        await press(app, pilot, "o")
        await until(app, pilot, lambda: isinstance(app.screen, ClientScreen), "the client")
        await press(app, pilot, "escape", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "the ticket")
        await shows(app, pilot, "保修期内,至 2027-01-10")
        await press(app, pilot, "f")
        await until(
            app, pilot, lambda: isinstance(app.screen, AppointDialog), "appointed from the ticket too"
        )


async def test_a_strangers_repair_is_reported_with_an_appointment(desk):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "n")
        await until(app, pilot, lambda: isinstance(app.screen, TicketFormScreen), "the form")
        form = app.screen.form
        form.fill({"phone": "13900001111", "words": "墙面渗水", "scope": "waterproof", "appointment": "昨天"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请写还没到的时间")
        form.fill({"appointment": "2027-11-25 9:00"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "预约最远 60 天")
        form.fill({"appointment": "25 9:00"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed")
    with desk.read() as work:
        (row,) = work.repairs.page("open", 2)
    assert (row.repair.scope, row.repair.warranty.state) == ("waterproof", "unknown")
    assert row.ticket.state == "responded" and row.repair.appointment_at is not None
