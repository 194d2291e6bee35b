"""Registers at the services: numbered, decided once, replaced, struck out, found; what they do to sites (S4, S6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.register import RegisterEntry, Wanted, values_of
from deskapp.domain.register_kind import APPROVED, REFUSED
from deskapp.domain.site import Payment
from deskapp.services import registers, sites
from tests import builders

TODAY = date(2026, 11, 23)


def broken(act, *arguments, **named) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def a_deposit(desk, site, key: str = "", entry: RegisterEntry | None = None, **answers) -> RegisterEntry:
    values = {
        "client": site.client_id,
        "site": site.id,
        "amount": 20_000_00,
        "day": TODAY,
        "standing": "paid",
    }
    values |= {"designer": site.designer_id} | answers
    return registers.save(desk, entry or RegisterEntry(register="deposits"), values, key=key)


def a_talk(desk, site, outcome: str = "first", **answers) -> RegisterEntry:
    values = {"client": site.client_id, "site": site.id, "designer": site.designer_id, "day": TODAY}
    return registers.save(desk, RegisterEntry(register="talks"), values | {"outcome": outcome} | answers)


def a_showhouse(desk, site, **answers) -> RegisterEntry:
    values = {"site": site.id, "proposer": site.designer_id, "agreed": True, "reason": "工艺好", "day": TODAY}
    values |= {"valid_until": date(2027, 5, 1)} | answers
    return registers.save(desk, RegisterEntry(register="showhouses"), values)


def now(desk, record: RegisterEntry) -> RegisterEntry:
    with desk.read() as work:
        return work.registers.find(record.id)


def the_site(desk, site):
    with desk.read() as work:
        return work.sites.find(site.id)


def planned(desk, site) -> list[str]:
    with desk.read() as work:
        return [one.purpose for one in work.followups.of_site(site.id) if one.waits]


@pytest.fixture
def site(desk):
    designer = builders.a_member(desk, "王丽", "designer")
    client = builders.a_client(desk, "张伟明", "13800138000")
    return builders.a_site(desk, client, stage="deposit", designer_id=designer.id)


@pytest.mark.row("S4")
def test_a_deposit_is_numbered_kept_once_and_moves_its_site(desk, site) -> None:
    assert planned(desk, site) == []
    one = a_deposit(desk, site, key="k")
    assert one.number == "DJ20261123-0001" and one.state == "paid" and one.title == "20000"
    assert a_deposit(desk, site, key="k") == now(desk, one)
    assert a_deposit(desk, site).number == "DJ20261123-0002"
    kept = the_site(desk, site)
    assert (kept.deposit, kept.deposit_date, kept.stage) == (20_000_00, TODAY, "deposit")
    assert "deposit" in planned(desk, site), "deposit paid, not signed: calls are laid out"


@pytest.mark.row("S4")
def test_what_was_written_at_the_site_by_hand_stays(desk, site) -> None:
    own = builders.a_site(desk, site.client_id, stage="deposit", deposit=500_00, deposit_date=date(2026, 11, 1),
                          designer_id=site.designer_id)  # fmt: skip
    a_deposit(desk, own)
    assert (the_site(desk, own).deposit, the_site(desk, own).deposit_date) == (500_00, date(2026, 11, 1))


@pytest.mark.row("S4", "S1")
def test_a_deposit_registered_is_owed_no_longer(desk, site) -> None:
    owed = sites.save_payment(desk, Payment(site_id=site.id, kind="deposit", amount=20_000_00, due_on=TODAY))
    a_deposit(desk, site)
    with desk.read() as work:
        assert work.payments.find(owed.id).paid_on == TODAY


@pytest.mark.row("S4")
def test_a_deposit_corrected_refunded_or_struck_out_is_followed_by_its_site(desk, site) -> None:
    one = a_deposit(desk, site)
    one = a_deposit(desk, site, entry=one, amount=30_000_00, day=date(2026, 11, 20))
    assert (the_site(desk, site).deposit, the_site(desk, site).deposit_date) == (
        30_000_00,
        date(2026, 11, 20),
    )
    kept = {"amount": 30_000_00, "day": date(2026, 11, 20)}
    back = a_deposit(desk, site, entry=one, **kept, standing="refunded", refunded_on=TODAY)
    assert the_site(desk, site).stage == "cancelled" and planned(desk, site) == []
    again = a_deposit(desk, site, entry=back, **kept)
    assert the_site(desk, site).stage == "deposit" and "deposit" in planned(desk, site)
    void = registers.strike(desk, again, "录错客户")
    assert (void.state, void.reason) == ("void", "录错客户")
    assert (the_site(desk, site).deposit, the_site(desk, site).deposit_date) == (None, None)
    assert broken(registers.strike, desk, void, "又录错") == "registers.void"
    assert broken(a_deposit, desk, site, entry=void) == "registers.void"


@pytest.mark.row("S4")
def test_a_deposit_moved_to_another_site_leaves_the_first(desk, site) -> None:
    other = builders.a_site(desk, site.client_id, stage="deposit", address="9-9")
    one = a_deposit(desk, site)
    a_deposit(desk, other, entry=one, designer=site.designer_id)
    assert the_site(desk, site).deposit_date is None and the_site(desk, other).deposit_date == TODAY


@pytest.mark.row("S4")
def test_a_signed_talk_signs_the_site_and_unsigning_it_does_not_lose_one_building(desk, site) -> None:
    talk = a_talk(desk, site, "signed")
    kept = the_site(desk, site)
    assert (kept.stage, kept.signed_on) == ("signed", TODAY)
    registers.strike(desk, talk, "客户反悔")
    assert (the_site(desk, site).stage, the_site(desk, site).signed_on) == ("deposit", None)
    building = builders.a_site(desk, site.client_id, designer_id=site.designer_id)
    registers.strike(desk, a_talk(desk, building, "signed"), "录重了")
    assert the_site(desk, building).stage == "building"


@pytest.mark.row("S4")
def test_wrong_answers_name_their_field(desk, site) -> None:
    with pytest.raises(RuleBroken) as refused:
        a_talk(desk, site, "lost")
    assert (refused.value.code, refused.value.facts["field"]) == ("registers.missing", "talks.lost_reason")
    stranger = builders.a_client(desk, "李秀英")
    assert broken(a_deposit, desk, site, client=stranger.client.id) == "registers.other_site"
    assert broken(a_deposit, desk, site, day=date(2026, 11, 24)) == "registers.to_come"
    with desk.read() as work:
        assert work.registers.count(Wanted("talks")) == 0


@pytest.mark.row("S4")
def test_who_saves_an_old_version_is_told(desk, second_desk, site) -> None:
    one = a_deposit(desk, site)
    a_deposit(desk, site, entry=one, note="转账")
    with pytest.raises(Conflict):
        a_deposit(second_desk, site, entry=one, note="现金")


@pytest.mark.row("S6")
def test_a_show_house_is_approved_once_and_not_changed_after(desk, second_desk, site) -> None:
    one = a_showhouse(desk, site)
    assert (one.number, one.state, one.client_id) == ("YB20261123-0001", "proposed", site.client_id)
    with pytest.raises(NotAllowed):
        registers.decide(second_desk, one, APPROVED)
    assert broken(registers.decide, desk, one, REFUSED, " ") == "registers.why_missing"
    done = registers.decide(desk, one, APPROVED)
    assert (done.state, done.decided_by, done.decided_at) == ("approved", desk.operator.id, desk.now())
    assert broken(registers.decide, desk, one, APPROVED) == "registers.decided"
    assert broken(registers.save, desk, done, values_of(registers.kinds()["showhouses"], done)) == (
        "registers.decided"
    )
    talk = a_talk(desk, site)
    assert broken(registers.decide, desk, talk, APPROVED) == "registers.nothing_to_decide"


@pytest.mark.row("S6")
def test_a_decided_one_is_replaced_when_the_new_one_is_approved(desk, site) -> None:
    first = registers.decide(desk, a_showhouse(desk, site), APPROVED)
    answers = values_of(registers.kinds()["showhouses"], first) | {"reason": "换样板"}
    fresh = RegisterEntry(register="showhouses")
    second = registers.save(desk, fresh, answers, follows=first)
    assert broken(registers.save, desk, fresh, answers, follows=first) == "registers.followed"
    assert broken(registers.save, desk, fresh, answers, follows=second) == "registers.not_decided"
    registers.decide(desk, second, REFUSED, "材料不全")
    assert now(desk, first).state == "approved" and now(desk, first).successor is None
    third = registers.save(desk, fresh, answers, follows=now(desk, first))
    registers.decide(desk, third, APPROVED)
    assert now(desk, first).state == "superseded" and now(desk, third).state == "approved"


@pytest.mark.row("S6", "P2")
def test_a_decided_one_is_struck_out_only_by_who_may_decide(desk, second_desk, site) -> None:
    mine, decided = a_showhouse(second_desk, site), registers.decide(desk, a_showhouse(desk, site), APPROVED)
    assert registers.strike(second_desk, mine, "录错").state == "void"
    with pytest.raises(NotAllowed):
        registers.strike(second_desk, decided, "不合格")
    assert registers.strike(desk, decided, "客户不同意参观").state == "void"


@pytest.mark.row("S6")
def test_two_desks_that_decide_at_once_decide_once(desk, second_desk, site) -> None:
    officer = builders.an_operator(desk, "质控", "quality")
    other = second_desk.signed_in(officer)
    one = a_showhouse(desk, site)

    def decide(at, decision) -> str:
        try:
            return registers.decide(at, one, decision, "理由").state
        except (RuleBroken, Conflict):
            return ""

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(decide, (desk, other), (APPROVED, REFUSED)))
    assert sorted(done)[0] == "" and now(desk, one).state == max(done)


@pytest.mark.row("S4")
def test_numbers_are_gapless_over_desks(desk, second_desk, site) -> None:
    def add(at) -> list[str]:
        return [a_talk(at, site).number for _ in range(5)]

    with ThreadPoolExecutor(2) as pool:
        numbers = [number for part in pool.map(add, (desk, second_desk)) for number in part]
    assert sorted(numbers) == [f"TD20261123-{n:04d}" for n in range(1, 11)]
    assert broken(a_talk, desk, site, "lost") == "registers.missing"
    assert a_talk(desk, site).number == "TD20261123-0011", "what is refused takes no number"


@pytest.mark.row("S4", "P5")
@pytest.mark.parametrize(
    "typed", ["张伟明", "zwm", "wangli", "DJ20261123-0001", "138", "海棠湾", "20000", "转账 wl"]
)
def test_a_line_is_found_by_any_part(desk, site, typed) -> None:
    a_deposit(desk, site, note="转账收款")
    other = builders.a_client(desk, "李秀英", "13900000001")
    elsewhere = builders.a_site(desk, other, estate="翠湖", address="1-1", stage="deposit")
    a_deposit(
        desk, elsewhere, amount=7_00, day=date(2026, 11, 20), designer=builders.a_member(desk, "钱进").id
    )
    found = registers.find(desk, Wanted("deposits"), typed)
    assert [row.client for row in found] == ["张伟明"], typed
    assert (found[0].address, found[0].people) == ("海棠湾 3-2-1101", {site.designer_id: "王丽"})


@pytest.mark.row("S4")
def test_a_client_is_found_by_a_later_name(desk, site) -> None:
    one = a_deposit(desk, site)
    with desk.write("client.save") as work:
        client = work.clients.find(site.client_id)
        work.clients.save_file(replace(client, name="尉迟恭"))
    assert [row.entry.id for row in registers.find(desk, Wanted("deposits"), "yuchi")] == [one.id]
    assert registers.find(desk, Wanted("deposits"), "100%_") == []
