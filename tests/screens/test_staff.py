"""Departments, staff, posts, categories, accounts: by keys, with errors at their fields and rights kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.queue import QueueScreen
from deskapp.screens.staff import StaffScreen
from deskapp.screens.staff_lists import StaffSource
from deskapp.services import company, operators
from tests import builders
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = pytest.mark.row("A1")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def a_team(desk):
    """工程部 under 赵刚 with a crew and somebody who left; 王丽 in 设计部."""
    head = builders.a_member(desk, "赵刚", phone="13900001111", channel="sms", title="工程经理")
    builders.a_member(desk, "钱强", "crew")
    builders.a_member(desk, "孙走", "crew", left_on=desk.today().date())
    builders.a_member(desk, "王丽", "designer", department_id=builders.a_department(desk, "design").id)
    builders.a_department(desk, head=head)
    return head


async def opened(app, pilot, row=0):
    await press(app, pilot, "f10", "s")
    await until(app, pilot, lambda: isinstance(app.screen, StaffScreen), "the staff screen")
    await settle(app, pilot)
    await press(app, pilot, *["down"] * row)


def stored(desk, noun, **fields):
    """The only record of a noun with these fields."""
    with desk.read() as work:
        (found,) = (
            one
            for one in getattr(work, noun).all()
            if all(getattr(one, name) == value for name, value in fields.items())
        )
    return found


@SQLITE
@pytest.mark.parametrize(("size", "language", "words"), [
    ((120, 40), "zh", ["工程部", "赵刚", "全部人员 · 3 人", "项目经理", "139", "短信", "设计部"]),
    ((120, 40), "en", ["工程部", "赵刚", "Everybody · 3", "Project m"]),
    ((80, 24), "zh", ["工程部", "赵刚", "全部人员 · 3 人", "139"]),
    ((80, 24), "en", ["工程部", "赵刚", "Everybody · 3", "139"]),
])  # fmt: skip
async def test_the_picture(desk, size, language, words):
    a_team(desk)
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        glass = seen(app)
        assert [word for word in words if word not in glass] == []
        assert "⟦" not in glass
        for key in ("c", "o", "d"):
            assert "⟦" not in await press(app, pilot, key)


@SQLITE
async def test_a_department_shows_its_staff_and_the_duties_of_its_posts(desk):
    a_team(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, row=3)
        await shows(app, pilot, "工程部 · 2 人")
        assert "孙走" not in seen(app)
        await press(app, pilot, "l")
        await shows(app, pilot, "孙走")
        await press(app, pilot, "d", "up", "p", "down", "down", "down")
        await shows(app, pilot, "客服代表")
        assert "解答客户疑问" in seen(app)


@SQLITE
def test_the_list_of_staff_fits_together_forwards_and_backwards(desk):
    a_team(desk)
    source = StaffSource(desk)
    whole = source.first(50)
    assert len(whole) == source.count() == 3
    assert len(StaffSource(desk, gone=True).first(50)) == 4
    for place, member in enumerate(whole):
        assert source.after(member, 50) == whole[place + 1 :]
        assert source.before(member, 50) == whole[:place]
        assert source.at(place, 1) == [member]
    assert source.last(2) == whole[-2:]


@SQLITE
async def test_somebody_joins_by_keys_with_errors_at_their_fields(desk):
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot, row=3)
        glass = await press(app, pilot, "s", "n", "ctrl+s")
        assert "请填写" in glass
        await write(app, pilot, "吴敏")
        await press(app, pilot, "enter", "enter")
        await write(app, pilot, "xmjl")
        await press(app, pilot, "enter", "enter")
        await press(app, pilot, "enter", "enter", "2", "enter")
        await write(app, pilot, "2026-13-01")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "没有这一天")
        app.screen.form.fill({"joined_on": "2026年3月1日"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请填写邮箱")
        assert app.focused.id == "email"
        await write(app, pilot, "wumin@example.com")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, StaffScreen), "saved")
        await shows(app, pilot, "吴敏")
    member = stored(desk, "staff", name="吴敏")
    assert (member.trade, member.channel, str(member.joined_on)) == ("project_manager", "email", "2026-03-01")
    assert member.department_id == builders.a_department(desk).id


@SQLITE
@pytest.mark.row("P3")
async def test_what_was_typed_and_left_is_offered_again(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "s", "n")
        await write(app, pilot, "吴敏")
        await press(app, pilot, "escape", "n")
        await until(app, pilot, lambda: app.screen.form.values()["name"] == "吴敏", "the draft")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, StaffScreen), "saved")
        await press(app, pilot, "n")
        assert app.screen.form.values()["name"] == ""


@SQLITE
@pytest.mark.row("P1")
async def test_somebody_else_was_first(desk, second_desk):
    head = a_team(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, row=3)
        await press(app, pilot, "s", "down", "enter")
        assert app.screen.form.values()["name"] == "赵刚"
        company.save_staff(desk, replace(head, phone="13911112222"))
        app.screen.form.fill({"title": "总经理"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "刚刚先保存")
        await until(app, pilot, lambda: isinstance(app.screen, FormDialog), "the form again")
        await until(app, pilot, lambda: app.screen.form.values()["title"] == "总经理", "what was typed")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: stored(desk, "staff", name="赵刚").title == "总经理")
    assert stored(desk, "staff", name="赵刚").phone == "13911112222"


@SQLITE
async def test_a_department_gets_a_head_by_pinyin(desk):
    a_team(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, row=4)
        await press(app, pilot, "enter", "enter")
        await write(app, pilot, "wl")
        await until(app, pilot, lambda: app.screen.form.field("head").drop.choices, "王丽 is found")
        await press(app, pilot, "enter", "ctrl+s")
        await until(app, pilot, lambda: stored(desk, "departments", code="design").head_id, "saved")
        await shows(app, pilot, "王丽")
    design = stored(desk, "departments", code="design")
    assert design.head_id == stored(desk, "staff", name="王丽").id


@SQLITE
async def test_posts_departments_and_categories_are_added(desk):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "p", "n")
        await shows(app, pilot, "先选一个部门")
        await press(app, pilot, "d", "n")
        await write(app, pilot, "售后部")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "售后部")
        await press(app, pilot, "end", "p", "n")
        await write(app, pilot, "维修班长")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "维修班长")
        await press(app, pilot, "c", "n")
        await write(app, pilot, "漏水渗水")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已有类别")
        app.screen.form.fill({"name": "噪声"})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, StaffScreen), "saved")
    department = stored(desk, "departments", name="售后部")
    assert stored(desk, "posts", title="维修班长").department_id == department.id
    assert stored(desk, "categories", name="噪声").keys.split()[0] == "zs"


@SQLITE
@pytest.mark.row("P2")
async def test_an_account_is_opened_and_its_password_is_never_shown_or_kept(desk, tmp_path):
    async with console(desk, size=(80, 24), folder=tmp_path) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "o", "n")
        await write(app, pilot, "王芳")
        await until(app, pilot, lambda: app.screen.form.values()["login"] == "wangfang", "a login")
        await press(app, pilot, "enter", "enter", "2", "enter")
        await write(app, pilot, "12345")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "两次密码不一样")
        app.screen.form.fill({"again": "12345"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "密码至少 6 位")
        app.screen.form.fill({"password": "haitang-7", "again": "haitang-7"})
        app.screen.form.field("login").focus()
        await write(app, pilot, "2")
        app.screen.form.field("extension").focus()
        await write(app, pilot, "1002")
        app.screen.form.flush()
        await settle(app, pilot)
        assert "haitang-7" not in seen(app)
        written = [path.read_text() for path in tmp_path.rglob("*.json")]
        assert not [text for text in written if "haitang-7" in text]
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, StaffScreen), "saved")
        await shows(app, pilot, "wangfang2")
    opened_account = operators.sign_in(desk, "wangfang2", "haitang-7").operator
    assert (opened_account.role, opened_account.extension) == ("manager", "1002")


@SQLITE
@pytest.mark.row("P2")
async def test_an_agent_looks_and_changes_nothing(second_desk):
    async with console(second_desk) as (app, pilot):
        await opened(app, pilot, row=1)
        for key in ("n", "enter", "s", "n", "c", "n", "enter", "o", "n", "enter"):
            await press(app, pilot, key)
            assert isinstance(app.screen, StaffScreen), key
        await shows(app, pilot, "客服专员无权管理账号")


@SQLITE
@pytest.mark.row("P2")
async def test_a_manager_does_not_touch_the_administrator(desk):
    manager = builders.an_operator(desk, "王芳", "manager")
    async with console(desk, login=manager.login) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "o", "enter")
        await shows(app, pilot, "比自己高的角色")
        assert isinstance(app.screen, StaffScreen)


@SQLITE
async def test_staff_are_found_as_one_types_and_esc_goes_back_step_by_step(desk):
    a_team(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await press(app, pilot, "slash")
        await write(app, pilot, "zg")
        await until(app, pilot, lambda: app.screen.staff.row_count == 1, "赵刚 alone")
        assert app.screen.staff.selected.name == "赵刚"
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: app.screen.staff.row_count == 3, "all again")
        await press(app, pilot, "o", "escape")
        assert app.screen.view == "people"
        await press(app, pilot, "escape")
        assert isinstance(app.screen, QueueScreen)
