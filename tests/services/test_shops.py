"""Shops, a month corrected and never doubled, whose results got better; diagnoses with their outcome (S7, C8)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from deskapp.domain.call import Result
from deskapp.domain.diagnosis import Diagnosis, Outcome
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.shop import Shop
from deskapp.services import calls, diagnoses, shops
from tests import builders

SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))


def a_shop(desk, name: str = "周敏", **fields) -> Shop:
    client = builders.a_client(desk, name).client.id
    return shops.save_shop(desk, Shop(client_id=client, name="旗舰店", **fields))


def turned_over(desk, shop: Shop, **months: int) -> None:
    for name, amount in months.items():
        shops.record_turnover(
            desk, shop.id, {"sep": SEPTEMBER, "oct": OCTOBER, "nov": NOVEMBER}[name], amount
        )


def reached(desk, client_id: int, outcome: str = "reached") -> None:
    calls.end(desk, builders.a_planned_call(desk, client=client_id), Result(outcome, "聊了主图"))


@pytest.mark.row("S7")
def test_a_month_is_corrected_and_never_doubled(desk, second_desk) -> None:
    shop = a_shop(desk)
    with ThreadPoolExecutor(2) as pool:
        said = [
            pool.submit(shops.record_turnover, at, shop.id, OCTOBER, amount)
            for at, amount in ((desk, 100), (second_desk, 200))
        ]
        for one in said:
            one.result()
    last = shops.record_turnover(desk, shop.id, OCTOBER, 300)
    assert shops.record_turnover(desk, shop.id, OCTOBER, 300) == last
    with desk.read() as work:
        assert [(one.month, one.amount) for one in work.turnovers.of_shop(shop.id, 9)] == [(OCTOBER, 300)]
    with pytest.raises(RuleBroken, match=r"shop\.month_to_come"):
        shops.record_turnover(desk, shop.id, date(2026, 12, 1), 1)


@pytest.mark.row("S7")
def test_a_shop_is_opened_once_and_changed_by_one_at_a_time(desk, second_desk) -> None:
    client = builders.a_client(desk).client.id
    twice = [shops.save_shop(desk, Shop(client_id=client, name=" 旗舰店 "), key="k") for _ in range(2)]
    assert twice[0] == twice[1]
    assert twice[0].name == "旗舰店"
    shops.save_shop(second_desk, replace(twice[0], active=False))
    with pytest.raises(Conflict):
        shops.save_shop(desk, replace(twice[0], name="专营店"))


@pytest.mark.row("S7")
def test_the_better_off_are_counted_by_what_the_list_shows(desk, clock) -> None:
    grown, flat, mute, half = (a_shop(desk, name) for name in ("涨", "平", "没打通", "缺上月"))
    second = shops.save_shop(desk, Shop(client_id=grown.client_id, name="二店"))
    down = a_shop(desk, "一涨一跌")
    down_too = shops.save_shop(desk, Shop(client_id=down.client_id, name="二店"))
    turned_over(desk, grown, oct=100, nov=200)
    turned_over(desk, second, nov=50)
    turned_over(desk, flat, oct=100, nov=100)
    turned_over(desk, mute, oct=100, nov=200)
    turned_over(desk, half, nov=200)
    turned_over(desk, down, oct=100, nov=110)
    turned_over(desk, down_too, oct=100, nov=80)
    for shop in (grown, flat, half, down):
        reached(desk, shop.client_id)
    reached(desk, mute.client_id, "no_answer")
    found = shops.better_in(desk, NOVEMBER)
    assert [(one.client, one.shops, one.before, one.now) for one in found.clients] == [("涨", 1, 100, 200)]
    assert (found.count, found.target) == (1, 5)
    assert shops.better_in(desk, OCTOBER).count == 0
    clock.at = clock.at.add(days=10)
    reached(desk, mute.client_id)
    assert shops.better_in(desk, NOVEMBER).count == 1, "a call of December is none of November"


@pytest.mark.row("S7")
def test_the_list_shows_changes_the_last_call_and_what_is_open(desk, clock) -> None:
    shop = a_shop(desk, began_on=date(2026, 10, 3))
    turned_over(desk, shop, sep=100, oct=120, nov=90)
    reached(desk, shop.client_id)
    diagnoses.add(desk, Diagnosis(client_id=shop.client_id, shop_id=shop.id, problem="流量低", cause="主图"))
    others = [a_shop(desk, f"客户{n}") for n in range(4)]
    source = shops.AllShops(desk, NOVEMBER)
    assert source.count() == 5
    rows = source.first(9)
    assert [row.shop.id for row in rows] == [one.id for one in (*others[::-1], shop)]
    row = rows[-1]
    assert (row.now, row.before, row.change.permille, row.since.permille) == (90, 120, -250, -100)
    assert (row.client, row.heard_at, row.problem) == ("周敏", clock.at, "流量低")
    assert source.after(rows[1], 2) == rows[2:4]
    assert source.before(rows[3], 2) == rows[1:3]
    assert source.last(2) == rows[-2:]
    assert source.at(1, 2) == rows[1:3]
    assert [one.shop.id for one in shops.fallen(desk, NOVEMBER)] == [shop.id]
    assert shops.fallen(desk, OCTOBER) == []


@pytest.mark.row("C8")
def test_a_diagnosis_made_during_a_call_belongs_to_it(desk) -> None:
    shop = a_shop(desk)
    call = calls.take(desk, builders.a_planned_call(desk, client=shop.client_id))
    one = Diagnosis(client_id=shop.client_id, shop_id=shop.id, problem="流量低", cause="主图")
    stored = diagnoses.add(desk, one, key="k")
    assert diagnoses.add(desk, one, key="k") == stored
    assert (stored.call_id, stored.operator_id, stored.state) == (call.id, desk.operator.id, "open")
    other = diagnoses.add(desk, replace(one, client_id=builders.a_client(desk).client.id, shop_id=None))
    assert other.call_id is None, "whom one talks with is somebody else"
    with pytest.raises(RuleBroken, match=r"diagnosis\.of_another"):
        diagnoses.add(desk, replace(one, client_id=other.client_id))
    with pytest.raises(RuleBroken, match=r"diagnosis\.cause"):
        diagnoses.add(desk, replace(one, cause=""))


@pytest.mark.row("C8", "C7")
def test_what_helped_is_a_problem_solved_today(desk, second_desk, clock) -> None:
    shop = a_shop(desk)
    one = diagnoses.add(
        desk, Diagnosis(client_id=shop.client_id, problem="流量低", cause="主图", measure="访客")
    )
    assert calls.day_progress(desk) == calls.DayProgress(0, 1, 0)
    clock.at = clock.at.add(days=3)
    ended = diagnoses.end(second_desk, one, Outcome("helped", "换图后翻倍", 200))
    assert (ended.ended_at, ended.after, ended.is_open) == (clock.at, 200, False)
    assert calls.day_progress(second_desk) == calls.DayProgress(0, 0, 1)
    assert calls.day_progress(desk) == calls.DayProgress()
    with pytest.raises(Conflict):
        diagnoses.end(desk, one, Outcome("no_change", "没变"))
    assert diagnoses.end(desk, ended, Outcome("no_change", "又跌了")).ended_by == desk.operator.id
    assert calls.day_progress(second_desk) == calls.DayProgress()


@pytest.mark.row("C8")
def test_diagnoses_by_page_and_only_the_open_ones(desk, clock) -> None:
    client = builders.a_client(desk).client.id
    made = []
    for n in range(5):
        clock.at = clock.at.add(minutes=1)
        made.append(diagnoses.add(desk, Diagnosis(client_id=client, problem=f"问题{n}", cause="原因")))
    diagnoses.end(desk, made[2], Outcome("helped", "好了"))
    for only_open, ids in ((False, [4, 3, 2, 1, 0]), (True, [4, 3, 1, 0])):
        source = diagnoses.Diagnoses(desk, only_open=only_open)
        rows = source.first(9)
        assert [row.diagnosis.problem for row in rows] == [f"问题{n}" for n in ids]
        assert source.count() == len(ids)
        assert source.after(rows[0], 2) == rows[1:3]
        assert source.before(rows[2], 2) == rows[:2]
        assert source.last(2) == rows[-2:]
        assert source.at(1, 2) == rows[1:3]
    changed = diagnoses.save(desk, replace(made[0], advice="换主图"))
    with desk.read() as work:
        row = work.diagnoses.row(changed.id)
    assert (row.diagnosis.advice, row.client, row.operator) == ("换主图", "张伟明", "李敏")
