"""The registers of the team: written, changed, decided by whom it is for; who works today (A6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.register import RegisterEntry, values_of
from deskapp.domain.register_kind import APPROVED, PROPOSED, REFUSED
from deskapp.services import registers
from tests import builders

pytestmark = [pytest.mark.row("A6"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
TODAY = date(2026, 11, 23)
CODES = ("shifts", "trainings", "recruiting", "promotions", "expenses", "budgets", "headcounts", "standards")
DECIDERS = {
    "recruiting": {"manager", "director", "admin"},
    "promotions": {"director", "admin"},
    "expenses": {"manager", "director", "admin"},
    "budgets": {"director", "admin"},
    "headcounts": {"director", "admin"},
    "standards": {"manager", "director", "admin"},
}
BY_ANOTHER = {"promotions", "expenses", "budgets", "headcounts"}


@pytest.fixture
def member(desk):
    return builders.a_member(desk, "王芳", "service")


def answers(code: str, member) -> dict:
    """An answer to everything the register asks for."""
    made = {
        "text": "客服专员",
        "long": "说明",
        "day": TODAY,
        "money": 12_300,
        "number": Decimal(2),
        "yes_no": True,
    }
    found = {one.id: made.get(one.kind, member.id if one.kind == "staff" else None)
             for one in registers.kinds()[code].fields}  # fmt: skip
    return found | {one.id: one.choices[0] for one in registers.kinds()[code].of_kind("choice")}


def write(desk, code: str, values) -> RegisterEntry:
    return registers.save(desk, RegisterEntry(register=code), values)


def broken(act, *args) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*args)
    return refused.value.code


@pytest.mark.parametrize("code", CODES)
def test_each_is_written_changed_and_decided_by_whom_it_is_for(desk, second_desk, member, code) -> None:
    kind, given = registers.kinds()[code], answers(code, member)
    one = write(second_desk, code, given)
    assert one.number == f"{kind.prefix}20261123-0001" and one.staff_id == member.id and one.title
    assert {name: value for name, value in values_of(kind, one).items() if value is not None} == {
        name: value for name, value in given.items() if value is not None
    }
    for needed in (each for each in kind.fields if each.required):
        assert broken(write, desk, code, given | {needed.id: None}) == "registers.missing"
    text = next(each.id for each in kind.fields if each.kind in ("text", "long"))
    one = registers.save(second_desk, one, given | {text: "改过"})
    assert values_of(kind, one)[text] == "改过"
    assert [row.entry for row in registers.find(desk, registers.Wanted(code), "改过")] == [one]
    if not kind.decided:
        assert broken(registers.decide, desk, one, APPROVED) == "registers.nothing_to_decide"
        return
    assert one.state == PROPOSED and kind.by_another is (code in BY_ANOTHER)
    for role in ("agent", "quality", "manager", "director", "admin"):
        sitter = desk.signed_in(builders.an_operator(desk, f"某{role}", role))
        again = write(second_desk, code, given)
        if role in DECIDERS[code]:
            assert registers.decide(sitter, again, APPROVED).state == APPROVED
        else:
            with pytest.raises(NotAllowed):
                registers.decide(sitter, again, APPROVED)
    assert broken(registers.decide, desk, one, REFUSED, " ") == "registers.why_missing"
    done = registers.decide(desk, one, REFUSED, "超标")
    assert (done.state, done.reason, done.decided_by) == (REFUSED, "超标", desk.operator.id)


def test_nobody_signs_their_own_expenses(desk, second_desk, member) -> None:
    manager = desk.signed_in(builders.an_operator(desk, "李经理", "manager"))
    own = write(manager, "expenses", answers("expenses", member))
    assert broken(registers.decide, manager, own, APPROVED) == "registers.own"
    assert registers.decide(desk, own, APPROVED).state == APPROVED
    rule = write(manager, "standards", answers("standards", member))
    assert registers.decide(manager, rule, APPROVED).state == APPROVED, (
        "what is no favour may be decided at once"
    )


def test_who_works_today(desk, member) -> None:
    stands_in = builders.a_member(desk, "陈洁", "service")
    away = builders.a_member(desk, "吴桐", "service")
    assert registers.on_duty(desk) == []
    for who, shift, more in (
        (member, "early", {}),
        (away, "absent", {"stands_in": stands_in.id}),
        (stands_in, "leave", {}),
    ):
        write(desk, "shifts", {"day": TODAY, "who": who.id, "shift": shift} | more)
    write(desk, "shifts", {"day": TODAY + timedelta(1), "who": away.id, "shift": "whole"})
    struck = write(desk, "shifts", {"day": TODAY, "who": away.id, "shift": "late"})
    registers.strike(desk, replace(struck), "排错")
    assert registers.on_duty(desk) == [("王芳", "early"), ("陈洁", "stand_by")]


@pytest.mark.parametrize("code", sorted(DECIDERS.keys() - {"standards"}))
def test_others_see_only_what_they_wrote_themselves(desk, second_desk, member, code) -> None:
    given = answers(code, member)
    if "site" in given:
        given["site"] = builders.a_site(desk, builders.a_client(desk, "张伟明", "13800138000")).id
    chief, mine = write(desk, code, given), write(second_desk, code, given)
    judge = desk.signed_in(builders.an_operator(desk, "周琦", "quality"))
    wanted = registers.Wanted(code)
    for who, seen in ((desk, {chief.id, mine.id}), (second_desk, {mine.id}), (judge, set())):
        listed = registers.Entries(who, wanted)
        assert {row.entry.id for row in listed.first(9)} == seen == {row.entry.id for row in listed.last(9)}
        assert listed.count() == len(seen)
        assert {row.entry.id for row in registers.find(who, wanted, "说明")} == seen
    for act in (
        lambda: registers.save(second_desk, chief, given),
        lambda: registers.strike(second_desk, chief, "看不到的"),
        lambda: registers.save(judge, RegisterEntry(register=code), given, follows=chief),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "registers.not_yours"
    assert registers.save(second_desk, mine, given).id == mine.id
    assert chief.client_id is None, "no client's history shows it to everybody"
    assert registers.kinds()["shifts"].read_by("agent")
