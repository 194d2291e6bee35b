"""Client files, their numbers and sites, whose number rings, the search behind the list, the paged timeline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskapp.domain.client import Client
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.site import Site
from deskapp.services import calls, client_search, clients, tickets
from tests import builders

HOSTILE = ["[red]王[/red]", "\x1b[2J王", "\u202e王芳", "王\u200b芳", "\U00020bb7野", "王🏠芳", "n" * 200]


def numbers(card):
    return [phone.normal for phone in card.phones]


@pytest.mark.row("C3")
def test_a_file_has_every_number_typed(desk):
    card = clients.add(desk, Client(name="李秀英"), "138 0013 8000,021-6234 5678#801 138-0013-8000")
    assert numbers(card) == ["+8613800138000", "+862162345678;ext=801"]
    assert [found.client.name for found in clients.whose(desk, "0086 138 0013 8000")] == ["李秀英"]
    assert [found.client.name for found in clients.whose(desk, "(021) 62345678")] == ["李秀英"]


@pytest.mark.row("C3")
def test_numbers_are_taken_off_added_and_put_in_order(desk):
    card = clients.add(desk, Client(name="李秀英"), "13800138000 13912345678")
    card = clients.save(desk, card.client, "13912345678, 13612345678")
    assert numbers(card) == ["+8613912345678", "+8613612345678"]
    assert clients.whose(desk, "13800138000") == []
    assert [hit.client_id for hit in client_search.find(desk, "5678")] == [card.client.id]


def test_what_is_no_number_is_refused_and_nothing_is_saved(desk):
    with pytest.raises(RuleBroken, match=r"phone\.not_a_number"):
        clients.add(desk, Client(name="李秀英"), "12a4")
    with pytest.raises(RuleBroken, match=r"client\.name_missing"):
        clients.add(desk, Client(name=" "), "13800138000")
    assert client_search.NewestClients(desk).count() == 0


def test_the_same_numbers_again_are_no_change(desk):
    card = builders.a_client(desk, phone="13800138000")
    assert clients.save(desk, card.client, "138 0013 8000").client.version == card.client.version


@pytest.mark.row("P1")
@pytest.mark.parametrize("phones", ["13800138000, 13912345678", ""])
def test_two_desks_that_change_numbers_meet_in_a_conflict(desk, second_desk, phones):
    card = builders.a_client(desk, phone="13800138000")
    clients.save(second_desk, card.client, "13800138000 13612345678")
    with pytest.raises(Conflict) as clash:
        clients.save(desk, card.client, phones)
    assert clash.value.who == "刘敏"
    assert len(clients.whose(desk, "13612345678")) == 1, "what was saved first is still there"


def test_a_name_given_names_the_file(desk):
    card = clients.add(desk, Client(named=False), "13800138000")
    assert clients.save(desk, replace(card.client, name="周敏")).client.named


@pytest.mark.row("S1")
def test_a_site_must_be_somewhere_and_end_after_it_began(desk):
    card = builders.a_client(desk)
    site = builders.a_site(desk, card)
    today = desk.local(desk.now()).date()
    with pytest.raises(RuleBroken, match=r"site\.address_missing"):
        clients.save_site(desk, Site(client_id=card.client.id, estate=" "))
    with pytest.raises(RuleBroken, match=r"site\.completed_first"):
        clients.save_site(desk, replace(site, start_date=today, completed_on=today.subtract(days=1)))
    with pytest.raises(RuleBroken, match=r"site\.stage_unknown"):
        clients.save_site(desk, replace(site, stage="dreaming"))
    assert clients.save_site(desk, replace(site, stage="warranty")).version == site.version + 1


@pytest.mark.row("S1")
def test_two_desks_at_one_site_meet_in_a_conflict(desk, second_desk):
    site = builders.a_site(desk, builders.a_client(desk))
    clients.save_site(second_desk, replace(site, crew="三队"))
    with pytest.raises(Conflict):
        clients.save_site(desk, replace(site, crew="二队"))


@pytest.mark.row("P5")
@pytest.mark.parametrize(
    "typed",
    ["张", "伟明", "张伟明", "zwm", "zhangwei", "0013", "138 0013 8000", "海棠湾", "3-2-1101", "半夜"],
)
def test_a_client_is_found_by_anything(desk, typed):
    builders.a_client(desk, "李秀英", "13912345678")
    card = builders.a_client(desk, "张伟明", "13800138000", note="半夜别打")
    builders.a_site(desk, card, stage="midterm")
    found = client_search.find(desk, typed)
    assert [(hit.client_id, hit.card.stage) for hit in found] == [(card.client.id, "midterm")]


@pytest.mark.row("P5")
def test_a_ticket_is_found_by_its_number_and_stands_first_then(desk):
    card = builders.a_client(desk, "张伟明", "13800138000")
    ticket = builders.a_complaint(desk, card)
    by_number = client_search.find(desk, "ts20261123")
    assert [hit.ticket.ticket.id for hit in by_number if hit.ticket] == [ticket.id]
    by_name = client_search.find(desk, "zwm")
    assert [hit.ticket is None for hit in by_name] == [True, False], "the client first, then the ticket"
    assert len({client_search.key_of(hit) for hit in by_name}) == 2


@pytest.mark.parametrize(
    "typed", ["", "  ", "%", "_", "'", '"', "*", "\\", "OR 1=1", "\x00", "\u200b", "好" * 600]
)
def test_odd_searches_find_nothing_and_harm_nothing(desk, typed):
    builders.a_client(desk, "张伟明")
    assert client_search.find(desk, typed) == []


@pytest.mark.row("P3")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_kept_letter_for_letter(desk, name):
    card = builders.a_client(desk, name, note="长" * 10_000)
    assert clients.whole_file(desk, card.client.id).card.client == card.client


def test_the_newest_files_come_in_pages_that_fit(desk):
    ids = [builders.a_client(desk, f"客户{n}").client.id for n in range(7)][::-1]
    source = client_search.NewestClients(desk)
    assert source.count() == 7
    assert [hit.client_id for hit in source.last(3)] == ids[-3:]
    whole = source.first(50)
    assert [hit.client_id for hit in whole] == ids
    for place, hit in enumerate(whole):
        assert [h.client_id for h in source.after(hit, 2)] == ids[place + 1 : place + 3]
        assert [h.client_id for h in source.before(hit, 2)] == ids[max(0, place - 2) : place]
        assert [h.client_id for h in source.at(place, 2)] == ids[place : place + 2]


def a_crowded_history(desk):
    """Forty calls and a ticket's events at one and the same instant, milestones and payments around it."""
    from deskapp.domain.site import Milestone, Payment

    card = builders.a_client(desk, "张伟明", "13800138000")
    site = builders.a_site(desk, card)
    today = desk.local(desk.now()).date()
    with desk.write("site.save") as work:
        for days in (0, 3):
            work.milestones.add(Milestone(site_id=site.id, kind="start", done_on=today.subtract(days=days)))
            work.payments.add(Payment(site_id=site.id, kind="deposit", amount=100, paid_on=today))
    for _ in range(40):
        calls.plan(desk, "callback", card.client.id, desk.now(), "十点前")
    builders.a_ticket_in(desk, "closed", card)
    return card.client.id


@pytest.mark.row("C3")
@pytest.mark.parametrize("only", ["", "call", "ticket", "site", "payment"])
def test_a_timeline_comes_in_pages_that_fit_also_at_one_instant(desk, only):
    client_id = a_crowded_history(desk)
    with desk.read() as work:
        whole = work.timeline.of(client_id, 500, only=only)
        keys = [item.key for item in whole]
        assert keys == sorted(set(keys), reverse=True)
        assert len(whole) == work.timeline.length(client_id, only) > 0
        assert {item.source for item in whole} == ({only} if only else {"call", "ticket", "site", "payment"})
        for size in (1, 7):
            forth, back = [], []
            while page := work.timeline.of(client_id, size, before=forth[-1] if forth else None, only=only):
                forth += page
            while page := work.timeline.newer(client_id, size, than=back[0] if back else None, only=only):
                back = page + back
            assert [item.key for item in forth] == keys == [item.key for item in back]


def test_a_timeline_is_the_clients_own(desk):
    mine, other = builders.a_client(desk, "张伟明"), builders.a_client(desk, "李秀英")
    builders.a_complaint(desk, other)
    tickets.file(desk, builders.a_draft(mine))
    with desk.read() as work:
        assert [item.source for item in work.timeline.of(mine.client.id)] == ["ticket"]


@pytest.mark.row("C6")
def test_addresses_of_a_client_are_kept_changed_and_meet_in_a_conflict(desk):
    card = clients.add(desk, Client(name="张伟明"), "13800138000", emails="A@b.cn, c@d.cn")

    def addresses():
        with desk.read() as work:
            return [one.address for one in work.emails.of(card.client.id)]

    assert addresses() == ["a@b.cn", "c@d.cn"]
    clients.save(desk, card.client)
    assert addresses() == ["a@b.cn", "c@d.cn"], "not named, not changed"
    clients.save(desk, card.client, emails="c@d.cn")
    assert addresses() == ["c@d.cn"]
    assert clients.whole_file(desk, card.client.id).emails == ("c@d.cn",)
    with pytest.raises(Conflict):
        clients.save(desk, card.client, emails="x@y.cn")
    assert addresses() == ["c@d.cn"]
    with pytest.raises(RuleBroken, match=r"mail\.address"):
        clients.add(desk, Client(name="李秀英"), emails="not one")
