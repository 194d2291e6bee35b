"""Accounts: signing in, opening and changing them, one's own preferences; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.operator import Operator
from deskapp.services import operators
from tests import builders

pytestmark = pytest.mark.row("P2")


def test_a_password_costs_whoever_guesses_it_time_and_memory(dear_hashes):
    assert operators.hash_password(builders.PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_signing_in_takes_login_in_any_case_and_the_right_password(desk):
    nobody = replace(desk, operator=None)
    assert operators.sign_in(nobody, " LiuMin ", builders.PASSWORD).operator.name == "刘敏"


@pytest.mark.parametrize(("login", "password"), [("liumin", "haitang-2"), ("nobody", "haitang-1"), ("", "")])
def test_a_wrong_login_and_a_wrong_password_are_told_apart_by_nobody(desk, login, password):
    with pytest.raises(RuleBroken) as told:
        operators.sign_in(desk, login, password)
    assert (told.value.code, told.value.facts) == ("operator.wrong", {})


def test_an_account_out_of_use_cannot_sign_in(desk):
    with desk.read() as work:
        agent = work.operators.by_login(builders.AGENT)
    operators.save(desk, replace(agent, active=False))
    with pytest.raises(RuleBroken, match="operator.wrong"):
        operators.sign_in(desk, builders.AGENT, builders.PASSWORD)


def test_an_account_is_changed_and_gets_another_password(desk):
    with desk.read() as work:
        agent = work.operators.by_login(builders.AGENT)
    changed = operators.save(
        desk, replace(agent, name="刘敏敏", login="liu.min", role="quality"), "haitang-9"
    )
    signed = operators.sign_in(desk, "liu.min", "haitang-9").operator
    assert (signed.id, signed.name, signed.role) == (agent.id, "刘敏敏", "quality")
    kept = operators.save(desk, replace(changed, name="刘敏"))
    assert kept.password_hash == changed.password_hash
    with pytest.raises(Conflict):
        operators.save(desk, replace(agent, name="又一个"))
    told = [changes for _, _, changes in builders.audit_of(desk, "operator", agent.id)]
    assert "$argon2" not in str(told)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"login": "limin"}, "operator.exists"),
        ({"login": "LIMIN"}, "operator.exists"),
        ({"login": "liu min"}, "operator.login"),
        ({"login": " "}, "operator.login"),
        ({"role": "king"}, "operator.role"),
    ],
)
def test_a_change_that_cannot_be_is_refused(desk, fields, code):
    with desk.read() as work:
        agent = work.operators.by_login(builders.AGENT)
    with pytest.raises(RuleBroken, match=code):
        operators.save(desk, replace(agent, **fields))
    with pytest.raises(RuleBroken, match="operator.password_short"):
        operators.save(desk, agent, "123")


def test_a_login_is_given_once(desk):
    with pytest.raises(RuleBroken, match="operator.exists"):
        operators.add(desk, "LIMIN", "另一个", "agent", "haitang-1")


def test_nobody_reaches_above_their_own_role(desk):
    manager = desk.signed_in(builders.an_operator(desk, "王芳", "manager"))
    with desk.read() as work:
        admin = work.operators.by_login(builders.ADMIN)
        agent = work.operators.by_login(builders.AGENT)
    for act in (
        lambda: operators.add(manager, "boss", "老板", "director", "haitang-1"),
        lambda: operators.save(manager, replace(agent, role="admin")),
        lambda: operators.save(manager, replace(admin, role="agent")),
        lambda: operators.save(manager, admin, "stolen-1"),
    ):
        with pytest.raises(NotAllowed) as told:
            act()
        assert told.value.code == "operator.above"
    assert operators.save(manager, replace(agent, role="manager")).role == "manager"


def test_an_agent_manages_no_accounts(second_desk):
    with pytest.raises(NotAllowed):
        operators.add(second_desk, "friend", "朋友", "agent", "haitang-1")
    with pytest.raises(NotAllowed):
        operators.save(second_desk, replace(second_desk.operator, name="王"))


def test_the_last_administrator_stays(desk):
    with desk.read() as work:
        admin = work.operators.by_login(builders.ADMIN)
    for change in ({"active": False}, {"role": "director"}):
        with pytest.raises(RuleBroken, match="operator.last_admin"):
            operators.save(desk, replace(admin, **change))
    builders.an_operator(desk, "王芳", "admin")
    assert operators.save(desk, replace(admin, role="agent")).role == "agent"


def test_one_changes_ones_own_password_by_knowing_the_old_one(second_desk):
    with pytest.raises(RuleBroken, match="operator.old_wrong"):
        operators.change_password(second_desk, "guessed-1", "haitang-5")
    with pytest.raises(RuleBroken, match="operator.password_short"):
        operators.change_password(second_desk, builders.PASSWORD, "12345")
    operators.change_password(second_desk, builders.PASSWORD, "haitang-5")
    assert operators.sign_in(second_desk, builders.AGENT, "haitang-5").operator.name == "刘敏"


def test_preferences_are_kept_and_are_ones_own(second_desk):
    desk = operators.save_preferences(second_desk, language="en", theme="desk-light", keys='{"help": "f11"}')
    assert (desk.operator.language, desk.operator.theme) == ("en", "desk-light")
    again = operators.save_preferences(desk, plain_signs=True)
    with again.read() as work:
        stored = work.operators.find(again.operator.id)
        admin = work.operators.by_login(builders.ADMIN)
    assert (stored.language, stored.plain_signs, stored.keys) == ("en", True, '{"help": "f11"}')
    assert (admin.language, admin.theme, admin.plain_signs) == ("zh", "", False)


def test_accounts_in_use_are_listed_first(desk):
    with desk.write("operator.save") as work:
        work.operators.add(Operator(login="gone", name="走了", active=False))
    later = builders.an_operator(desk, "新来")
    with desk.read() as work:
        assert [one.login for one in work.operators.listed()] == ["limin", "liumin", later.login, "gone"]


def test_two_administrators_cannot_shut_each_other_out_at_once(desk, second_desk):
    other = builders.an_operator(desk, role="admin")
    there = Barrier(2)

    def shut_out(at, login: str) -> str:
        there.wait()
        try:
            operators.disable(at, login)
        except RuleBroken as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = [
            pool.submit(shut_out, desk, other.login),
            pool.submit(shut_out, second_desk.signed_in(other), builders.ADMIN),
        ]
        codes = sorted(one.result() for one in told)
    assert codes[0] == ""
    assert codes[1] in ("operator.last_admin", "rights.disabled")
