"""Registers as they are declared, and the answers a line may have (S4, S6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp import i18n
from deskapp.domain import register as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.operator import ROLES
from deskapp.domain.register import RegisterEntry
from deskapp.domain.register_effects import EFFECTS
from deskapp.domain.register_kind import APPROVED, PROPOSED, REFUSED, SUPERSEDED, VOID, FieldKind, parse
from deskapp.domain.staff import TRADES
from deskapp.domain.ticket import PREFIXES
from deskapp.services.company import defaults

pytestmark = pytest.mark.row("S4", "S6")
TODAY = date(2026, 11, 23)
KINDS = parse(defaults("registers"))
FAIR: dict[str, Any] = {
    "code": "shifts",
    "prefix": "BC",
    "fields": [
        {"id": "day", "kind": "day", "required": True},
        {"id": "who", "kind": "staff", "main": True, "required": True},
        {"id": "hours", "kind": "number"},
        {"id": "until", "kind": "day", "after": "day"},
        {"id": "late", "kind": "yes_no"},
        {"id": "part", "kind": "choice", "choices": ["early", "late"], "required": True},
        {"id": "cost", "kind": "money", "needed": {"part": ["late"]}},
        {"id": "note", "kind": "text"},
    ],
    "columns": [["day", 8], ["who", 0], ["state", 8]],
    "state": "part",
    "title": ["note"],
}
SHIFTS = parse({"register": [FAIR]})["shifts"]
GOOD = {"day": TODAY, "who": 3, "part": "early"}


def test_what_the_house_ships_is_sane_and_has_words_in_both_languages() -> None:
    team = [
        "shifts",
        "expenses",
        "trainings",
        "recruiting",
        "promotions",
        "budgets",
        "headcounts",
        "standards",
    ]
    assert list(KINDS) == ["deposits", "talks", "showhouses", "visits", "suggestions", *team]
    others = {*PREFIXES.values(), "XJ", "KF"}
    for kind in KINDS.values():
        assert kind.prefix not in others
        assert {*kind.roles, *kind.readers} <= set(ROLES) and {one.trade for one in kind.fields} <= {
            *TRADES,
            "",
        }
        assert kind.effect in ("", *EFFECTS) and set(kind.leads_to.values()) <= set(KINDS)
        codes = [f"registers.name.{kind.code}"]
        codes += [f"registers.field.{kind.code}.{one.id}" for one in kind.fields]
        codes += [
            f"registers.choice.{kind.code}.{one.id}.{value}" for one in kind.fields for value in one.choices
        ]
        for language in i18n.LANGUAGES:
            assert set(codes) <= set(i18n.area(language, "registers"))


def _spoilt(spoil: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    given = deepcopy(FAIR)
    spoil(given)
    return {"register": [given]}


@pytest.mark.parametrize(
    ("part", "spoil"),
    [
        ("prefix", lambda d: d.update(prefix="1")),
        ("field", lambda d: d["fields"].append({"id": "note"})),
        ("field", lambda d: d["fields"].append({"id": "why"})),
        ("day", lambda d: d["fields"].pop(0)),
        ("kind", lambda d: d["fields"].append({"id": "x", "kind": "picture"})),
        ("client", lambda d: d["fields"].extend([{"id": "a", "kind": "client"}, {"id": "b", "kind": "client"}])),
        ("main", lambda d: d["fields"].append({"id": "x", "kind": "text", "main": True})),
        ("main", lambda d: d["fields"].append({"id": "x", "kind": "staff", "main": True})),
        ("choices", lambda d: d["fields"].append({"id": "x", "kind": "choice"})),
        ("state", lambda d: d.update(state="note")),
        ("state", lambda d: d.update(decided=True)),
        ("columns", lambda d: d["columns"].append(["x", 3])),
        ("title", lambda d: d.update(title=["x"])),
        ("needed", lambda d: d["fields"].append({"id": "x", "needed": {"y": ["z"]}})),
        ("after", lambda d: d["fields"].append({"id": "x", "kind": "day", "after": "y"})),
        ("expires", lambda d: d.update(expires="until")),
        ("readers", lambda d: d.update(decided=True, state="", roles=["agent"], readers=["admin"])),
        ("readers", lambda d: d.update(decided=True, state="", readers=["admin"])),
        ("readers", lambda d: d.update(readers=["admin"], fields=[*d["fields"], {"id": "a", "kind": "client"}])),
        ("leads_to", lambda d: d.update(leads_to={"noon": "shifts"})),
    ],
)  # fmt: skip
def test_a_declaration_nobody_can_mean_is_refused(part: str, spoil) -> None:
    with pytest.raises(ValueError, match=f"register shifts: {part}"):
        parse(_spoilt(spoil))


def test_two_registers_do_not_share_a_prefix() -> None:
    with pytest.raises(ValueError, match="prefix"):
        parse({"register": [FAIR, deepcopy(FAIR) | {"code": "rosters"}]})


@pytest.mark.parametrize(
    ("answers", "field", "code"),
    [
        ({"day": None}, "day", "registers.missing"),
        ({"part": ""}, "part", "registers.missing"),
        ({"part": "noon"}, "part", "registers.no_choice"),
        ({"part": "late"}, "cost", "registers.missing"),
        ({"part": "late", "cost": 0}, "cost", "registers.not_positive"),
        ({"until": date(2026, 11, 22)}, "until", "registers.too_early"),
        ({"note": "x" * 201}, "note", "registers.too_long"),
    ],
)
def test_a_wrong_answer_is_refused_by_its_field(answers, field: str, code: str) -> None:
    rules.check(SHIFTS, GOOD, TODAY)
    found = rules.wrong(SHIFTS, GOOD | answers, TODAY)
    assert {name: error.code for name, error in found.items()} == {field: code}
    with pytest.raises(RuleBroken) as refused:
        rules.check(SHIFTS, GOOD | answers, TODAY)
    assert refused.value.facts["field"] == f"shifts.{field}"


def test_a_day_that_must_have_been_is_not_to_come() -> None:
    talk = {"client": 1, "designer": 2, "outcome": "first"}
    assert rules.wrong(KINDS["talks"], talk | {"day": date(2026, 11, 24)}, TODAY)["day"].code == (
        "registers.to_come"
    )
    assert rules.wrong(KINDS["talks"], talk | {"day": TODAY}, TODAY) == {}
    assert rules.wrong(SHIFTS, GOOD | {"day": date(2027, 1, 1)}, TODAY) == {}, "a shift may lie ahead"


DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
ANSWERS = {
    "day": DAYS,
    "money": st.integers(1, 10**11),
    "number": st.decimals(-(10**8), 10**8, places=2, allow_nan=False),
    "text": st.from_regex(
        r"[a-z\u4e00-\u9fff]([a-z \u4e00-\u9fff]{0,30}[a-z\u4e00-\u9fff])?", fullmatch=True
    ),
}


@given(st.sampled_from(sorted(ANSWERS)).flatmap(lambda kind: st.tuples(st.just(kind), ANSWERS[kind])))
def test_what_is_written_is_read_again(pair) -> None:
    kind, value = pair
    field = FieldKind("x", kind)
    assert rules.read(field, rules.written(field, value), TODAY) == value


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("day", "t", TODAY),
        ("day", "-3", date(2026, 11, 20)),
        ("day", "11-2", date(2026, 11, 2)),
        ("money", "2万", 20_000_00),
        ("money", "1,200.50", 1_200_50),
        ("number", "７．５", Decimal("7.5")),
        ("text", "  好 ", "好"),
        ("long", " ", None),
        ("staff", 7, 7),
        ("yes_no", False, False),
    ],
)
def test_answers_are_read_as_people_type_them(kind: str, typed, value) -> None:
    assert rules.read(FieldKind("x", kind), typed, TODAY) == value


@pytest.mark.parametrize(
    ("kind", "typed"), [("day", "31-31"), ("money", "很多"), ("number", "1.234"), ("number", "x")]
)
def test_what_cannot_be_read_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(RuleBroken):
        rules.read(FieldKind("x", kind), typed, TODAY)


@given(
    st.fixed_dictionaries(
        {"day": DAYS, "who": st.integers(1, 99), "part": st.sampled_from(["early", "late"])},
        optional={
            "hours": ANSWERS["number"],
            "until": DAYS,
            "late": st.booleans(),
            "cost": ANSWERS["money"],
            "note": ANSWERS["text"],
        },
    )
)
def test_a_line_keeps_its_answers_through_storage(answers) -> None:
    entry = rules.entry_of(SHIFTS, answers, RegisterEntry(data={"follows": 4, "why": "x"}))
    stored = RegisterEntry(**{name: getattr(entry, name) for name in ("register", "day", "staff_id", "state")},
                           data=json.loads(json.dumps(entry.data)))  # fmt: skip
    found = rules.values_of(SHIFTS, stored)
    assert {name: value for name, value in found.items() if value is not None} == answers
    assert (stored.follows, stored.reason, entry.state) == (4, "x", answers["part"])
    emptied = rules.entry_of(SHIFTS, GOOD, entry)
    assert rules.values_of(SHIFTS, emptied)["note"] is None, "an answer taken away is gone"


def test_a_new_line_opens_with_what_is_declared() -> None:
    assert rules.opening(KINDS["deposits"], TODAY) == {"day": TODAY, "standing": "paid"}


@pytest.mark.parametrize("state", [PROPOSED, APPROVED, REFUSED, SUPERSEDED, VOID])
def test_a_line_is_decided_once_and_then_replaced_not_changed(state: str) -> None:
    kind, entry = KINDS["showhouses"], RegisterEntry(register="showhouses", number="YB1", state=state)

    def allowed(act, *arguments) -> bool:
        try:
            act(*arguments)
        except RuleBroken:
            return False
        return True

    assert allowed(rules.check_edit, entry) is (state == PROPOSED)
    assert allowed(rules.check_decide, kind, entry, APPROVED, "") is (state == PROPOSED)
    assert allowed(rules.check_supersede, entry) is (state in (APPROVED, REFUSED))
    assert allowed(rules.check_strike, entry, "错") is (state in (PROPOSED, APPROVED, REFUSED))
    assert not allowed(rules.check_decide, kind, entry, REFUSED, " ")
    assert not allowed(rules.check_strike, entry, "")
    assert not allowed(rules.check_decide, KINDS["talks"], entry, APPROVED, "")


@pytest.mark.parametrize(("state", "until", "expired"), [
    (APPROVED, date(2026, 11, 22), True), (APPROVED, TODAY, False), (PROPOSED, date(2026, 1, 1), False),
    (APPROVED, None, False),
])  # fmt: skip
def test_an_approval_holds_until_its_day(state: str, until, expired: bool) -> None:
    entry = RegisterEntry(state=state)
    assert rules.has_expired(KINDS["showhouses"], entry, {"valid_until": until}, TODAY) is expired
    assert not rules.has_expired(KINDS["talks"], entry, {"valid_until": until}, TODAY)
