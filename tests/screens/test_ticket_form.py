"""The complaint form: few keys for a known caller, a file for a stranger, nothing typed ever lost."""

from dataclasses import replace

import pytest

from deskapp.domain.errors import StorageFailed
from deskapp.domain.policy import Policy
from deskapp.screens.call import CallScreen
from deskapp.screens.queue import QueueScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import calls, company, drafts
from deskapp.services import tickets as verbs
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("T1"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

WORDS = "卫生间漏水,楼下天花板渗水"


@pytest.fixture
def client(desk):
    return builders.a_client(desk, "张伟明", "13800138000")


def newest(desk):
    with desk.read() as work:
        return work.tickets.newest(1)[0]


def count(desk):
    with desk.read() as work:
        return work.tickets.count_listed()


def in_form(app):
    return isinstance(app.screen, TicketFormScreen) and app.screen.outlook is not None


def value(app, name):
    return app.screen.form.values()[name]


async def open_form(app, pilot, **context):
    app.push_screen(TicketFormScreen(**context))
    await until(app, pilot, lambda: in_form(app) and app.screen._choice("category").choices, "form")


async def filed(app, pilot):
    await press(app, pilot, "ctrl+s")
    await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed")


@pytest.mark.row("C3")
async def test_a_known_caller_s_complaint_takes_at_most_eight_keys(desk, client):
    """From the call in hand to filed, beside the caller's own words; the deadline is on the glass at once."""
    member = builders.a_member(desk, "赵刚")
    site = builders.a_site(desk, client, manager_id=member.id)
    calls.ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await until(app, pilot, lambda: app.screen.table.selected is not None)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None)
        keys = ["n", WORDS, "tab", "1", "2", "ctrl+s"]
        for key in keys:
            await (write if key == WORDS else press)(app, pilot, key)
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed")
        assert len(keys) - 1 <= 8
        glass = seen(app)
        assert "TS20261123-0001" in glass and "11-24 09:42" in glass and "赵刚" in glass
        await press(app, pilot, "enter")
        assert isinstance(app.screen, CallScreen)
    row = newest(desk)
    ticket = row.ticket
    assert (ticket.client_id, ticket.site_id, ticket.description) == (client.client.id, site.id, WORDS)
    assert (ticket.category, ticket.severity, row.responsible) == ("漏水渗水", "major", "赵刚")
    with desk.read() as work:
        assert work.calls.of_client(client.client.id)[0].ticket_id == ticket.id


@pytest.mark.parametrize(
    ("size", "language"), [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
)
@pytest.mark.row("T3", "T10")
async def test_the_picture(desk, client, size, language):
    builders.a_site(desk, client)
    builders.a_complaint(desk, client, subject="\x1b[31m厨房[red]漏水", category_id=builders.a_category(desk))
    async with console(desk, size=size, language=language) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await press(app, pilot, "tab", "1", "4")
        await shows(app, pilot, "11:42")
        await shows(app, pilot, "TS20261123-0001")
        glass = seen(app)
        assert "张伟明" in glass and "厨房[red]漏水" in glass
        assert "⟦" not in glass and "\x1b" not in glass
        assert ("《客户投诉联系单》" in glass) == (size == (120, 40) and language == "zh")


async def test_a_stranger_s_file_is_opened_with_the_complaint(desk):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, phone="+8613912345678")
        await write(app, pilot, "陈建国")
        await press(app, pilot, "tab")
        assert value(app, "phone") == "139 1234 5678"
        await press(app, pilot, "tab")
        await write(app, pilot, WORDS)
        await filed(app, pilot)
    row = newest(desk)
    assert row.client_name == "陈建国"
    with desk.read() as work:
        assert [phone.normal for phone in work.phones.of(row.ticket.client_id)] == ["+8613912345678"]


@pytest.mark.row("C3")
async def test_a_number_that_is_one_client_s_is_that_client(desk, client):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, phone="+8613800138000")
        await until(app, pilot, lambda: app.screen.client_id == client.client.id, "recognised")
        await shows(app, pilot, "新投诉 · 张伟明")


@pytest.mark.row("P5")
async def test_a_caller_is_found_by_initials(desk, client):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot)
        await write(app, pilot, "zwm")
        await shows(app, pilot, "138 0013 8000")
        await press(app, pilot, "down", "enter")
        await until(app, pilot, lambda: app.screen.client_id == client.client.id, "picked")
        assert app.focused is app.screen.form.field("words")


async def test_what_is_missing_is_said_where_it_belongs_and_nothing_is_lost(desk):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot)
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请填客户姓名或电话")
        assert "请写下客户说了什么" in seen(app)
        await write(app, pilot, "陈建国")
        await press(app, pilot, "tab", *"12", "ctrl+s")
        await until(app, pilot, lambda: app.screen.form.field("words").error, "marked")
        assert value(app, "who.text") == "陈建国" and value(app, "phone") == "12"
    assert count(desk) == 0


async def test_a_number_that_is_none_is_marked(desk):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, phone="不清楚")
        await press(app, pilot, "tab", "tab")
        await write(app, pilot, WORDS)
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: app.screen.form.field("phone").error, "marked")
        assert value(app, "words") == WORDS
    assert count(desk) == 0


async def test_who_answers_is_proposed_with_the_reason_and_can_be_overruled(desk, client):
    builders.a_site(desk, client, manager_id=builders.a_member(desk, "赵刚").id)
    other = builders.a_member(
        desk, "孙丽", "designer", department_id=builders.a_department(desk, "design").id
    )
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        await press(app, pilot, "tab", "1")
        await shows(app, pilot, "这个工地的项目经理")
        assert value(app, "answers.text") == "赵刚 · 工程部"
        await press(app, pilot, "tab")
        await write(app, pilot, "sunli")
        await shows(app, pilot, "孙丽 · 设计部")
        await press(app, pilot, "enter")
        await shows(app, pilot, "由你指定(建议是 工程部 赵刚)")
        await filed(app, pilot)
    assert newest(desk).ticket.responsible_id == other.id


async def test_nobody_called_so_is_not_filed_as_nobody(desk, client):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        await press(app, pilot, "tab", "tab", "tab")
        await write(app, pilot, "查无此人")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "没有这个部门或人员")
    assert count(desk) == 0


@pytest.mark.row("T4")
async def test_the_business_calendar_and_an_unpublished_year_are_seen(desk, client, clock):
    clock.at = clock.at.replace(month=12, day=31)
    company.save_policy(desk, Policy(clock_calendar="business"))
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await shows(app, pilot, "工作时间 09:00-12:00,13:30-18:00")
        await shows(app, pilot, "2027 年放假安排未公布")


async def test_the_rest_unfolds_with_a_key(desk, client):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        assert "渠道" not in seen(app).split("联系单")[0]
        await press(app, pilot, "ctrl+o")
        await write(app, pilot, "三天内修好")
        await press(app, pilot, "shift+tab", "5")
        await filed(app, pilot)
    ticket = newest(desk).ticket
    assert (ticket.demand, ticket.channel) == ("三天内修好", "gm")


@pytest.mark.row("T2")
async def test_the_slip_is_saved_from_the_result(desk, client, tmp_path):
    async with console(desk, folder=tmp_path) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        await filed(app, pilot)
        await press(app, pilot, "p", "t")
        path = tmp_path / "slips" / "TS20261123-0001.txt"
        await until(app, pilot, path.exists, "slip")
        await press(app, pilot, "o")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "ticket")
    assert WORDS in path.read_text(encoding="utf-8")


@pytest.mark.row("P3")
async def test_left_with_esc_it_is_kept_and_offered_again(desk, client, tmp_path):
    async with console(desk, folder=tmp_path) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        await press(app, pilot, "tab", "1", "3", "escape")
        assert isinstance(app.screen, QueueScreen)
        await shows(app, pilot, "已存为草稿")
        await open_form(app, pilot)
        await shows(app, pilot, "有 1 份未提交的草稿")
        await press(app, pilot, "ctrl+r")
        await until(app, pilot, lambda: app.screen.client_id == client.client.id, "restored")
        assert (value(app, "words"), value(app, "severity")) == (WORDS, "critical")
        await filed(app, pilot)
    assert newest(desk).ticket.category == "漏水渗水"
    assert drafts.kept_of(replace(desk, desk_dir=tmp_path), "complaint-") == []


@pytest.mark.row("P3")
async def test_killed_in_the_middle_the_words_are_offered_at_the_next_start(desk, client, tmp_path):
    async with console(desk, folder=tmp_path) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        app.screen.form.pause = 0.01
        await write(app, pilot, WORDS)
        await until(app, pilot, lambda: list(tmp_path.glob("drafts/*.json")), "a pause keeps a draft")
        left = (tmp_path / "drafts").rename(tmp_path / "left")
    (tmp_path / "drafts").exists() or left.rename(tmp_path / "drafts")
    async with console(desk, folder=tmp_path) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await press(app, pilot, "ctrl+r")
        assert value(app, "words") == WORDS
        await press(app, pilot, "escape")


@pytest.mark.row("P3", "C1")
async def test_a_call_answered_over_the_form_keeps_what_is_typed(desk, client, tmp_path):
    other = builders.a_client(desk, "李秀英", "13900001111")
    calls.ring(desk, "13900001111")
    async with console(desk, folder=tmp_path) as (app, pilot):
        await until(app, pilot, lambda: app.facts is not None and app.facts.ringing_id, "it rings")
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        await press(app, pilot, "f12")
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen) and app.screen.row is not None)
        await until(app, pilot, lambda: list(tmp_path.glob("drafts/*.json")), "kept")
        await press(app, pilot, "n")
        await until(
            app,
            pilot,
            lambda: in_form(app) and app.screen.client_id == other.client.id,
            "a form of their own",
        )
        assert app.screen.kept == [] and value(app, "words") == ""
        await press(app, pilot, "escape", "escape")
        assert in_form(app) and value(app, "words") == WORDS


@pytest.mark.row("P3")
async def test_a_complaint_no_database_takes_is_filed_by_itself_when_it_does(
    desk, client, tmp_path, monkeypatch
):
    def lost(*_args, **_facts):
        raise StorageFailed("storage.lost", why="cable")

    async with console(desk, folder=tmp_path) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        with monkeypatch.context() as broken:
            broken.setattr(verbs, "file", lost)
            await press(app, pilot, "ctrl+s")
            await shows(app, pilot, "已存本机")
            assert not isinstance(app.screen, TicketFormScreen)
            assert list(tmp_path.glob("outgoing/*.json"))
        await until(app, pilot, lambda: not list(tmp_path.glob("outgoing/*.json")), "sent")
        await shows(app, pilot, "已提交 1 条:TS20261123-0001")
    assert count(desk) == 1


async def test_a_full_disk_beside_a_lost_database_keeps_the_form(desk, client, tmp_path, monkeypatch):
    def lost(*_args, **_facts):
        raise StorageFailed("storage.lost", why="cable")

    def full(*_args):
        raise OSError(28, "No space left on device")

    async with console(desk, folder=tmp_path) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        with monkeypatch.context() as broken:
            broken.setattr(verbs, "file", lost)
            broken.setattr(drafts, "write_whole", full)
            await press(app, pilot, "ctrl+s")
            await shows(app, pilot, "No space left on device")
        assert value(app, "words") == WORDS
        await filed(app, pilot)
    assert count(desk) == 1


async def test_pressed_twice_it_is_filed_once(desk, client):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        await pilot.press("ctrl+s", "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, FiledDialog), "filed")
    assert count(desk) == 1


async def test_f4_shows_the_form_that_is_being_filled_in(desk, client):
    async with console(desk) as (app, pilot):
        await open_form(app, pilot, client_id=client.client.id)
        await write(app, pilot, WORDS)
        await press(app, pilot, "f5")
        await until(app, pilot, lambda: not isinstance(app.screen, TicketFormScreen), "board")
        await press(app, pilot, "f4")
        await until(app, pilot, lambda: isinstance(app.screen, TicketFormScreen), "form")
        assert value(app, "words") == WORDS
