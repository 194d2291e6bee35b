"""Designers' figures equal the lists behind them; clients with a deposit wait until they sign (S4)."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.domain.register import RegisterEntry, Wanted
from deskapp.services import designers, registers
from deskapp.services.registers import Entries
from tests import builders

pytestmark = pytest.mark.row("S4")
TODAY = date(2026, 11, 23)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def write(desk, code: str, **answers) -> RegisterEntry:
    return registers.save(desk, RegisterEntry(register=code), {"day": TODAY} | answers)


@pytest.fixture
def team(desk):
    return [builders.a_member(desk, name, "designer").id for name in ("王丽", "高翔")]


@pytest.fixture
def month(desk, team):
    wang, gao = team
    for outcome, who, day in (
        ("first", wang, TODAY),
        ("again", wang, date(2026, 11, 30)),
        ("lost", wang, date(2026, 11, 1)),
        ("signed", wang, TODAY),
        ("first", gao, TODAY),
        ("first", gao, date(2026, 10, 31)),
    ):
        site = builders.a_site(desk, builders.a_client(desk), stage="deposit", designer_id=who)
        more = {"lost_reason": "price"} if outcome == "lost" else {}
        day = min(day, TODAY)
        write(
            desk, "talks", client=site.client_id, site=site.id, designer=who, outcome=outcome, day=day, **more
        )
    site = builders.a_site(desk, builders.a_client(desk), stage="deposit")
    paid = {"client": site.client_id, "site": site.id, "amount": 100, "designer": wang}
    write(desk, "deposits", standing="paid", **paid)
    write(desk, "deposits", standing="refunded", refunded_on=TODAY, **paid)
    void = write(desk, "deposits", standing="paid", **paid)
    registers.strike(desk, void, "录重了")


def test_figures_are_counted_by_designer(desk, team, month) -> None:
    wang, gao = designers.figures(desk, *NOVEMBER)
    assert (wang.name, wang.talks, wang.deposits, wang.refunded, wang.signed, wang.lost) == (
        "王丽",
        4,
        2,
        1,
        1,
        1,
    )
    assert (gao.name, gao.talks, gao.deposits, gao.rate) == ("高翔", 1, 0, 0.0)
    assert wang.rate == 0.5
    assert designers.figures(desk, date(2026, 10, 1), date(2026, 10, 31))[0].talks == 1
    assert designers.figures(desk, date(2025, 1, 1), date(2025, 12, 31)) == []


def test_every_figure_equals_the_list_behind_it(desk, team, month) -> None:
    for row in designers.figures(desk, *NOVEMBER):
        for code, state, figure in (
            ("talks", "", row.talks),
            ("talks", "signed", row.signed),
            ("talks", "lost", row.lost),
            ("deposits", "", row.deposits),
            ("deposits", "refunded", row.refunded),
        ):
            source = Entries(desk, Wanted(code, *NOVEMBER, row.staff_id, state, live=True))
            assert source.count() == len(source.first(99)) == figure


def test_who_paid_waits_until_they_sign_the_longest_first(desk, team) -> None:
    days = [date(2026, 11, n) for n in (9, 3, 20)]
    sites = []
    for day in days:
        site = builders.a_site(desk, builders.a_client(desk), stage="deposit", designer_id=team[0])
        write(desk, "deposits", client=site.client_id, site=site.id, amount=1, designer=team[0], day=day,
              standing="paid")  # fmt: skip
        sites.append(site)
    builders.a_site(desk, builders.a_client(desk), stage="deposit")
    source = designers.Pending(desk)
    rows = source.first(9)
    assert [row.site.id for row in rows] == [sites[1].id, sites[0].id, sites[2].id]
    assert rows[0].people == {"designer": "王丽"} and rows[0].next_call_on is not None
    assert source.count() == 3 and source.last(2) == rows[1:]
    assert source.after(rows[0], 5) == rows[1:] and source.before(rows[2], 1) == rows[1:2]
    assert source.at(1, 1) == rows[1:2] and source.key(rows[0]) == sites[1].id
    write(desk, "talks", client=sites[1].client_id, site=sites[1].id, designer=team[0], outcome="signed")
    assert [row.site.id for row in source.first(9)] == [sites[0].id, sites[2].id]
