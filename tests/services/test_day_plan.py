"""The day's plan: proposed for a reason, chosen once, one operator's each, laid into the queue (C7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest

from deskapp.domain.call import Result
from deskapp.domain.diagnosis import Diagnosis
from deskapp.domain.errors import RuleBroken
from deskapp.domain.shop import Shop
from deskapp.services import calls, clients, day_plan, diagnoses, shops
from deskapp.services.day_plan import Pick
from tests import builders

pytestmark = pytest.mark.row("C7")

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def a_client(desk, name: str) -> int:
    return builders.a_client(desk, name).client.id


def heard(desk, clock, client_id: int, days_ago: int, notes: str = "") -> None:
    now = clock.at
    clock.at = now.subtract(days=days_ago)
    calls.end(desk, builders.a_planned_call(desk, client=client_id), Result("reached", notes))
    clock.at = now


def a_falling_shop(desk, client_id: int, before: int, now: int) -> Shop:
    shop = shops.save_shop(desk, Shop(client_id=client_id, name="旗舰店"))
    shops.record_turnover(desk, shop.id, SEPTEMBER, before)
    shops.record_turnover(desk, shop.id, OCTOBER, now)
    return shop


def calls_of(desk, client_id: int):
    with desk.read() as work:
        return work.calls.of_client(client_id)


def proposed(desk, day: date = TUESDAY) -> dict[str, list[str]]:
    return {
        one.candidate.name: [reason.code for reason in one.reasons]
        for one in day_plan.propose(desk, day).proposed
    }


def test_each_reason_finds_its_client_and_the_weightiest_comes_first(desk, clock) -> None:
    names = ("跌了", "有事", "诊断", "约好", "久未", "没打过", "刚聊过", "涨了", "不打扰", "今天打过")
    who = {name: a_client(desk, name) for name in names}
    for name, days in (
        ("跌了", 3),
        ("有事", 3),
        ("诊断", 3),
        ("约好", 3),
        ("久未", 45),
        ("刚聊过", 3),
        ("涨了", 3),
    ):
        heard(desk, clock, who[name], days)
    a_falling_shop(desk, who["跌了"], 100_000, 70_000)
    a_falling_shop(desk, who["涨了"], 100_000, 170_000)
    a_falling_shop(desk, who["不打扰"], 100_000, 10_000)
    builders.a_complaint(desk, who["有事"])
    diagnoses.add(desk, Diagnosis(client_id=who["诊断"], problem="转化率低", cause="主图不清"))
    with desk.read() as work:
        mute = work.clients.find(who["不打扰"])
    clients.save(desk, replace(mute, wants_calls=False))
    builders.a_planned_call(desk, "callback", desk.end_of_day().add(hours=2), who["约好"])
    heard(desk, clock, who["今天打过"], 0)
    found = proposed(desk)
    assert found == {
        "跌了": ["falling"],
        "有事": ["problem"],
        "诊断": ["problem"],
        "约好": ["promised"],
        "没打过": ["never"],
        "久未": ["unheard"],
    }
    assert next(iter(found)) == "跌了"
    first = day_plan.propose(desk, TUESDAY).proposed[0]
    assert first.points == 70
    assert dict(first.reasons[0].facts) == {"permille": -300, "month": "2026-10-01"}


def test_a_client_found_by_one_reason_has_the_others_too(desk, clock) -> None:
    client = a_client(desk, "周敏")
    heard(desk, clock, client, 40)
    a_falling_shop(desk, client, 100_000, 88_000)
    builders.a_complaint(desk, client, subject="漏水")
    assert proposed(desk) == {"周敏": ["falling", "problem", "unheard"]}
    facts = {one.code: one.facts for one in day_plan.propose(desk, TUESDAY).proposed[0].reasons}
    assert facts["problem"] == {"count": 1, "problem": "漏水"}
    assert facts["unheard"] == {"days": 41}


def test_chosen_clients_stand_in_the_queue_of_that_day_in_the_order_chosen(desk) -> None:
    ids = [a_client(desk, name) for name in ("王一", "王二", "王三")]
    picks = [Pick(client, "falling", {"permille": -120}, "上月营业额 -12%") for client in reversed(ids)]
    chosen = day_plan.choose(desk, TUESDAY, picks)
    assert [one.client_id for one in chosen.mine] == ids[::-1]
    assert day_plan.choose(desk, TUESDAY, picks) == chosen, "the same choice again changes nothing"
    laid = [calls_of(desk, client) for client in reversed(ids)]
    assert [len(found) for found in laid] == [1, 1, 1]
    due = [found[0].due_at for found in laid]
    assert due == sorted(due)
    assert desk.local(due[0]).format("YYYY-MM-DD HH:mm") == "2026-11-24 09:01"
    call = laid[0][0]
    assert (call.kind, call.purpose, call.state, call.reason) == ("care", "", "open", "上月营业额 -12%")
    assert proposed(desk) == {}, "nobody chosen is proposed again"
    plan = day_plan.propose(desk, TUESDAY)
    assert [row.candidate.name for row in plan.chosen] == ["王三", "王二", "王一"]
    assert (plan.target, plan.called, plan.others) == (5, 0, 0)


def test_given_up_the_call_leaves_the_queue(desk) -> None:
    client = a_client(desk, "王一")
    day_plan.choose(desk, TUESDAY, [Pick(client)])
    assert day_plan.unchoose(desk, TUESDAY, [client]).mine == ()
    assert [call.state for call in calls_of(desk, client)] == ["dropped"]
    assert day_plan.unchoose(desk, TUESDAY, [client]).mine == ()
    day_plan.choose(desk, TUESDAY, [Pick(client)])
    assert [call.state for call in calls_of(desk, client)] == ["open", "dropped"]


def test_a_promised_call_becomes_the_plan_s_and_survives_it(desk) -> None:
    client = a_client(desk, "王一")
    promised = builders.a_planned_call(desk, "callback", desk.end_of_day().add(hours=2), client)
    chosen = day_plan.choose(desk, TUESDAY, [Pick(client)])
    assert [one.call_id for one in chosen.mine] == [promised.id]
    assert len(calls_of(desk, client)) == 1
    day_plan.unchoose(desk, TUESDAY, [client])
    assert [call.state for call in calls_of(desk, client)] == ["open"]


def test_the_second_operator_is_told_whose_a_client_is(desk, second_desk) -> None:
    mine, shared = a_client(desk, "王一"), a_client(desk, "王二")
    day_plan.choose(desk, TUESDAY, [Pick(shared)])
    chosen = day_plan.choose(second_desk, TUESDAY, [Pick(shared), Pick(mine)])
    assert chosen.theirs == (("王二", "李敏"),)
    assert [one.client_id for one in chosen.mine] == [mine], "the others are kept"
    assert len(calls_of(desk, shared)) == 1
    assert day_plan.propose(second_desk, TUESDAY).others == 1
    assert day_plan.candidate(second_desk, TUESDAY, shared).planned_by == "李敏"
    assert day_plan.unchoose(second_desk, TUESDAY, [shared]).mine == chosen.mine
    assert day_plan.propose(desk, TUESDAY).chosen, "nobody gives up another's"


def test_two_at_once_get_each_client_once(desk, second_desk) -> None:
    ids = [a_client(desk, f"王{n}") for n in range(6)]
    start = Barrier(2)

    def grab(at, wanted):
        start.wait()
        return day_plan.choose(at, TUESDAY, [Pick(client) for client in wanted])

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(grab, desk, ids), pool.submit(grab, second_desk, ids[::-1])]
        chosen = [one.result() for one in both]
    got = [one.client_id for each in chosen for one in each.mine]
    assert sorted(got) == ids
    assert [len(each.mine) + len(each.theirs) for each in chosen] == [6, 6]
    assert all(len(calls_of(desk, client)) == 1 for client in ids)


def test_who_takes_no_calls_is_not_chosen_and_leaves_every_plan(desk) -> None:
    card = builders.a_client(desk, "王一")
    day_plan.choose(desk, TUESDAY, [Pick(card.client.id)])
    saved = clients.save(desk, replace(card.client, wants_calls=False))
    assert day_plan.propose(desk, TUESDAY).chosen == ()
    assert [call.state for call in calls_of(desk, card.client.id)] == ["dropped"]
    assert day_plan.choose(desk, TUESDAY, [Pick(saved.client.id)]).mute == ("王一",)
    assert day_plan.propose(desk, TUESDAY).chosen == ()


def test_today_s_plan_counts_who_was_reached(desk, clock) -> None:
    ids = [a_client(desk, f"王{n}") for n in range(3)]
    chosen = day_plan.choose(desk, MONDAY, [Pick(client) for client in ids])
    for one, outcome in zip(chosen.mine[:2], ("reached", "no_answer"), strict=True):
        with desk.read() as work:
            call = work.calls.find(one.call_id)
        calls.end(desk, call, Result(outcome))
    plan = day_plan.propose(desk, MONDAY)
    assert [row.state for row in plan.chosen] == ["reached", "tried", "waiting"]
    assert day_plan.progress(desk) == day_plan.PlanProgress(3, 1, TUESDAY, 0)
    kept = day_plan.unchoose(desk, MONDAY, ids)
    assert [one.client_id for one in kept.mine] == ids[:2], "what was done stays in the plan"
    with pytest.raises(RuleBroken, match=r"day_plan\.over"):
        day_plan.choose(desk, date(2026, 11, 22), [])
    with pytest.raises(RuleBroken, match=r"day_plan\.too_far"):
        day_plan.choose(desk, date(2027, 1, 22), [])


def test_a_file_saved_late_does_not_forget_when_the_client_was_heard(desk, clock) -> None:
    before = builders.a_client(desk, "王一").client
    heard(desk, clock, before.id, 0)
    clients.save(desk, replace(before, note="新备注"))
    with desk.read() as work:
        found = work.clients.find(before.id)
    assert (found.note, found.heard_at) == ("新备注", clock.at)
