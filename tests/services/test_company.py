"""The first start, and what the company decides: on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace

import pendulum
import pytest

from deskapp.clock import StillClock
from deskapp.config import Config
from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.policy import Policy
from deskapp.domain.staff import Category, Department, Motto, Post, StaffMember
from deskapp.services import company, operators
from deskapp.wiring import open_desk
from tests import builders


@pytest.fixture
def new_desk(database_url):
    desk = open_desk(Config(database_url), clock=StillClock(builders.NOW))
    yield desk
    desk.store.close()


@pytest.mark.row("A1", "P2", "K3")
def test_the_first_start_founds_a_company_with_directory_categories_and_mottos(new_desk):
    assert company.needs_first_start(new_desk)
    desk = company.first_start(new_desk, " 海棠装饰 ", "李敏", "limin", "admin", "haitang-1", "en")
    assert not company.needs_first_start(new_desk)
    assert (desk.company, desk.operator.name, desk.operator.role) == ("海棠装饰", "李敏", "admin")
    assert desk.operator.language == "en"
    with desk.read() as work:
        departments = {one.code: one for one in work.departments.listed()}
        posts = work.posts.of(departments["service"].id)
        assert [post.title for post in posts] == [
            "客服总监",
            "客服经理(质控方面)",
            "客服经理(业务支持方面)",
            "客服代表",
        ]
        assert posts[-1].headcount == 10
        assert "解答客户疑问" in posts[-1].duties
        assert work.categories.listed()
        assert all(one.department_id for one in work.categories.listed() if one.code == "leak")
        assert len(work.mottos.all()) > 5
        assert work.operators.by_login("LIMIN").password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("company_name", "login", "password", "code"),
    [
        ("  ", "limin", "haitang-1", "company.name_missing"),
        ("海棠", "li min", "haitang-1", "operator.login"),
        ("海棠", "", "haitang-1", "operator.login"),
        ("海棠", "limin", "short", "operator.password_short"),
    ],
)
def test_a_first_start_that_is_wrong_founds_nothing(new_desk, company_name, login, password, code):
    with pytest.raises(RuleBroken) as told:
        company.first_start(new_desk, company_name, "李敏", login, "admin", password)
    assert told.value.code == code
    assert company.needs_first_start(new_desk)
    with new_desk.read() as work:
        assert work.departments.all() == []


def test_a_company_is_founded_once(desk):
    with pytest.raises(RuleBroken, match="company.founded"):
        company.first_start(desk, "另一家", "王芳", "wangfang", "admin", "haitang-1")
    assert company.refreshed(desk).company == builders.COMPANY


def test_two_first_starts_at_once_found_one_company(new_desk, database_url):
    other = open_desk(Config(database_url), clock=StillClock(builders.NOW))
    outcomes = []

    def start(desk, name, login):
        try:
            company.first_start(desk, name, name, login, "admin", "haitang-1")
            outcomes.append("founded")
        except RuleBroken as error:
            outcomes.append(error.code)

    both = [
        threading.Thread(target=start, args=(new_desk, "甲公司", "jia")),
        threading.Thread(target=start, args=(other, "乙公司", "yi")),
    ]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    with other.read() as work:
        assert len(work.operators.all()) == 1
    other.store.close()
    assert sorted(outcomes) == ["company.founded", "founded"]


@pytest.mark.row("T3", "T4")
def test_a_policy_comes_into_force_and_reaches_the_other_desk(desk, second_desk):
    changed = replace(desk.policy, response_hours={**desk.policy.response_hours, "minor": 12}, red_hours=2)
    assert company.save_policy(desk, changed).policy == changed
    assert second_desk.policy != changed
    assert company.refreshed(second_desk).policy == changed
    again = company.refreshed(second_desk)
    assert company.refreshed(again) is again
    who, act, changes = builders.audit_of(desk, "setting")[-1]
    assert (who, act) == ("李敏", "policy.save:change")
    assert '"minor": 12' in changes["policy"][1]


def test_a_policy_made_from_an_old_one_is_a_conflict_and_changes_nothing(desk):
    base = desk.policy
    company.save_policy(desk, replace(base, repeat_days=10), base)
    with pytest.raises(Conflict):
        company.save_policy(desk, replace(base, repeat_days=20), base)
    assert company.refreshed(desk).policy.repeat_days == 10


@pytest.mark.row("P2")
def test_an_agent_decides_nothing(second_desk):
    acts = [
        lambda: company.save_policy(second_desk, Policy(repeat_days=3)),
        lambda: company.save_company(second_desk, "另一家"),
        lambda: company.save_motto(second_desk, Motto(text="微笑")),
        lambda: company.save_staff(second_desk, StaffMember(name="王芳")),
        lambda: company.save_department(second_desk, Department(name="售后部")),
        lambda: company.save_post(second_desk, Post(department_id=1, title="文员")),
        lambda: company.save_category(second_desk, Category(name="噪音")),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_an_impossible_policy_is_refused(desk):
    with pytest.raises(RuleBroken) as told:
        company.save_policy(desk, replace(desk.policy, amber_hours=1, red_hours=2))
    assert told.value.facts["field"] == "red_hours"


@pytest.mark.row("A1")
def test_staff_join_change_and_leave(desk):
    today = desk.local(desk.now()).date()
    member = builders.a_member(desk, "单丽", "designer", phone="13900001111", channel="sms")
    with desk.read() as work:
        for typed in ("单丽", "丽", "shanli", "danli", "sl", "0000", "139"):
            assert [one.id for one in work.staff.finding(typed, today)] == [member.id], typed
        assert work.staff.finding("王", today) == []
        assert work.staff.finding("%", today) == []
        assert work.staff.count(member.department_id, today) == 1
    gone = company.save_staff(desk, replace(member, left_on=today))
    with desk.read() as work:
        assert work.staff.finding("单丽", today) == []
        assert work.staff.count(member.department_id, today) == 0
        assert work.staff.count(member.department_id) == 1
        assert work.staff.of(member.department_id, today) == []
        assert [one.id for one in work.staff.page(10)] == [gone.id]
    with pytest.raises(Conflict):
        company.save_staff(desk, replace(member, title="主任"))


def test_a_corrected_name_is_found_and_the_old_one_is_not(desk):
    today = desk.local(desk.now()).date()
    member = builders.a_member(desk, "赵刚")
    company.save_staff(desk, replace(member, name="钱刚"))
    with desk.read() as work:
        assert work.staff.finding("zhaog", today) == []
        assert len(work.staff.finding("qg", today)) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "staff.name_missing"),
        ({"trade": "wizard"}, "staff.trade_unknown"),
        ({"channel": "pigeon"}, "staff.channel_unknown"),
        ({"channel": "email"}, "staff.email_missing"),
        ({"channel": "phone"}, "staff.phone_missing"),
        ({"joined_on": pendulum.date(2026, 2, 1), "left_on": pendulum.date(2026, 1, 1)}, "staff.left_before"),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_staff_that_cannot_be_are_refused(desk, fields, code):
    with pytest.raises(RuleBroken, match=code):
        company.save_staff(desk, StaffMember(**({"name": "王芳"} | fields)))


@pytest.mark.row("A1")
def test_staff_are_paged_by_key_from_either_end(desk):
    made = [builders.a_member(desk, f"员工{n}", "crew" if n % 2 else "designer") for n in range(9)]
    here = made[0].department_id
    with desk.read() as work:
        whole = work.staff.page(50, here)
        assert [one.trade for one in whole] == ["crew"] * 4 + ["designer"] * 5
        assert work.staff.page(3, here) == whole[:3]
        assert work.staff.page(3, here, after=whole[2]) == whole[3:6]
        assert work.staff.page(3, here, before=whole[6]) == whole[3:6]
        assert work.staff.page(4, here, last=True) == whole[-4:]
        assert work.staff.page(2, here, offset=5) == whole[5:7]
        assert work.staff.page(3, -1) == []


@pytest.mark.row("A1")
def test_departments_show_their_head_and_how_many_work_there(desk):
    today = desk.local(desk.now()).date()
    head = builders.a_member(desk, "赵刚")
    builders.a_member(desk, "钱强", "crew")
    builders.a_member(desk, "孙走", "crew", left_on=today)
    department = builders.a_department(desk, head=head)
    with desk.read() as work:
        rows = {row.department.code: row for row in work.departments.overview(today)}
        assert [row.department for row in work.departments.overview(today)] == work.departments.listed()
    assert (rows["engineering"].department, rows["engineering"].head_name) == (department, "赵刚")
    assert rows["engineering"].count == 2
    assert (rows["office"].head_name, rows["office"].count) == ("", 0)


def test_a_new_department_post_and_category_stand_last_and_names_are_kept_apart(desk):
    long = "客户关系与售后服务管理及质量监督改进委员会" * 3
    department = company.save_department(desk, Department(name=f" {long} "))
    post = company.save_post(desk, Post(department_id=department.id, title="文员", duties="接电话"))
    second = company.save_post(desk, Post(department_id=department.id, title="主任"))
    category = company.save_category(desk, Category(name="噪音", department_id=department.id))
    assert company.save_category(desk, replace(category, active=False)).version == 2
    assert company.save_post(desk, replace(post, headcount=3)).headcount == 3
    with desk.read() as work:
        assert work.departments.listed()[-1].name == long
        assert [one.id for one in work.posts.of(department.id)] == [post.id, second.id]
        assert "zy" in category.keys.split()
        assert category.id not in [one.id for one in work.categories.listed()]
    for act, code in (
        (lambda: company.save_department(desk, Department(name=long)), "department.exists"),
        (lambda: company.save_department(desk, Department(name="")), "department.name_missing"),
        (lambda: company.save_category(desk, Category(name="噪音")), "category.exists"),
        (lambda: company.save_category(desk, Category(name=" ")), "category.name_missing"),
        (lambda: company.save_post(desk, Post(department_id=department.id)), "department.post_missing"),
        (lambda: company.save_post(desk, replace(second, headcount=-1)), "department.headcount"),
    ):
        with pytest.raises(RuleBroken, match=code):
            act()


@pytest.mark.row("K3")
def test_the_motto_is_the_same_all_day_another_tomorrow_and_can_be_off(desk, clock):
    today = company.motto(desk)
    clock.at = clock.at.add(hours=10)
    assert company.motto(desk) == today
    clock.at = clock.at.add(days=1)
    assert company.motto(desk) != today
    assert company.motto(company.save_policy(desk, replace(desk.policy, motto_shown=False))) == ""
    with desk.read() as work:
        every = work.mottos.all()
    for one in every:
        company.save_motto(desk, replace(one, active=False))
    assert company.motto(desk) == ""
    mine = company.save_motto(desk, Motto(text="微笑在声音里"))
    assert company.motto(desk) == mine.text
    with pytest.raises(RuleBroken, match="motto.empty"):
        company.save_motto(desk, replace(mine, text="  "))


def test_the_company_is_renamed(desk, second_desk):
    assert company.save_company(desk, " 玉兰装饰 ").company == "玉兰装饰"
    assert company.refreshed(second_desk).company == "玉兰装饰"
    with pytest.raises(RuleBroken, match="company.name_missing"):
        company.save_company(desk, " ")


def test_an_operator_made_here_can_sign_in(desk):
    operators.add(desk, "wangfang", "王芳", "quality", "haitang-2")
    assert operators.sign_in(desk, "wangfang", "haitang-2").operator.name == "王芳"
