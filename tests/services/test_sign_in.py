"""Wrong passwords: the wait grows, holds across desks, tells nobody which logins there are; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from deskapp.domain.errors import RuleBroken
from deskapp.domain.sign_in import FORGOTTEN_S, FREE, MOST_S
from deskapp.services import operators
from tests import builders

pytestmark = pytest.mark.row("P2")
WRONG = "haitang-2"


def refused(desk, login, password=WRONG):
    """How an attempt is refused: the code, and the seconds to wait."""
    with pytest.raises(RuleBroken) as told:
        operators.sign_in(desk, login, password)
    return told.value.code, told.value.facts.get("seconds")


def rows(desk):
    with desk.read() as work:
        return work.connection.execute(text("SELECT login, failures FROM sign_ins")).all()


@pytest.mark.parametrize("login", [builders.AGENT, "nobody", "", "很长的登录名" * 40])
def test_the_wait_grows_alike_for_everybody_and_nobody(desk, clock, login):
    for wait in (*[0] * FREE, 2, 4, 8, 16):
        assert refused(desk, login) == ("operator.wrong", None)
        if wait:
            assert refused(desk, login) == ("operator.wait", wait)
        clock.at = clock.at.add(seconds=wait)


def test_a_refused_attempt_looks_at_no_password_and_adds_no_wait(desk, clock, monkeypatch):
    for _ in range(FREE + 1):
        refused(desk, builders.AGENT)
    monkeypatch.setattr(operators, "_matches", lambda *_: pytest.fail("looked at"))
    for _ in range(5):
        assert refused(desk, builders.AGENT, builders.PASSWORD) == ("operator.wait", 2)


def test_the_wait_holds_at_every_desk_and_for_that_login_only(desk, second_desk, clock):
    for _ in range(FREE + 1):
        refused(desk, builders.AGENT)
    assert refused(second_desk, "LIUMIN", builders.PASSWORD) == ("operator.wait", 2)
    assert operators.sign_in(second_desk, builders.ADMIN, builders.PASSWORD).operator.login == builders.ADMIN
    clock.at = clock.at.add(seconds=2)
    assert operators.sign_in(second_desk, "LIUMIN", builders.PASSWORD).operator.login == builders.AGENT
    assert refused(desk, builders.AGENT) == ("operator.wrong", None)


def test_a_right_password_ends_the_count(desk):
    for _ in range(3):
        for _ in range(FREE):
            assert refused(desk, builders.AGENT) == ("operator.wrong", None)
        operators.sign_in(desk, builders.AGENT, builders.PASSWORD)
    assert rows(desk) == []


def test_a_new_password_lifts_the_wait(desk):
    for _ in range(FREE + 1):
        refused(desk, builders.AGENT)
    operators.reset(desk, builders.AGENT, "haitang-7")
    assert operators.sign_in(desk, builders.AGENT, "haitang-7").operator.login == builders.AGENT


def test_the_old_password_of_ones_own_is_guessed_no_faster(second_desk):
    for _ in range(FREE + 1):
        with pytest.raises(RuleBroken, match="operator.old_wrong"):
            operators.change_password(second_desk, WRONG, "haitang-8")
    with pytest.raises(RuleBroken, match="operator.wait"):
        operators.change_password(second_desk, builders.PASSWORD, "haitang-8")


def test_many_desks_at_once_share_the_free_tries(desk, second_desk):
    def attempt(place: int) -> str:
        return refused(desk if place % 2 else second_desk, builders.AGENT)[0]

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(attempt, range(16)))
    assert told == ["operator.wait"] * (16 - FREE - 1) + ["operator.wrong"] * (FREE + 1)


def test_what_was_typed_is_not_stored_and_old_rows_go(desk, clock):
    for place in range(5):
        refused(desk, f"secret-{place}")
    assert len(rows(desk)) == 5
    assert "secret" not in str(rows(desk))
    clock.at = clock.at.add(seconds=FORGOTTEN_S + MOST_S)
    refused(desk, "secret-0")
    ((_, failures),) = rows(desk)
    assert failures == 1


@pytest.mark.parametrize("login", [builders.AGENT, "nobody"])
def test_a_hash_is_always_computed(desk, monkeypatch, login):
    from argon2 import PasswordHasher

    hashed = []
    real = PasswordHasher.hash
    monkeypatch.setattr(PasswordHasher, "hash", lambda *given: hashed.append(1) or real(*given))
    monkeypatch.setattr(operators, "_bytes", lambda password: hashed.append(2) or password.encode())
    refused(desk, login)
    assert hashed == ([2] if login == builders.AGENT else [2, 2, 1])


def test_an_account_without_a_password_takes_as_long_and_lets_nobody_in(desk):
    with desk.write("operator.save") as work:
        agent = work.operators.by_login(builders.AGENT)
        work.operators.save(replace(agent, password_hash=""))
    assert refused(desk, builders.AGENT, "") == ("operator.wrong", None)
