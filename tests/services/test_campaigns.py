"""Greetings and notices at work: who is reached, once each, however often and wherever they are sent from."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain.call import Call, Result
from deskapp.domain.campaign import Audience, Campaign, Progress, Reach
from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.site_notice import Warranty
from deskapp.services import calls, campaigns, clients
from deskapp.services.call_queue import queue_bands
from tests import builders

pytestmark = pytest.mark.row("F5")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
TODAY = date(2026, 11, 23)
DUE = date(2026, 12, 31)


def a_campaign(desk, audience=None, **fields) -> Campaign:
    values = {"title": "元旦问候", "text": "{client}您好", "due_on": DUE, "occasion": "new_year"} | fields
    return campaigns.save(desk, Campaign(audience=(audience or Audience()).to_json(), **values))


def some_clients(desk, count: int, **fields) -> list:
    return [builders.a_client(desk, f"客户{place}", **fields) for place in range(count)]


def names(desk, audience: Audience, due_on: date = DUE) -> list[str]:
    found = campaigns.preview(desk, audience, due_on)
    assert len(found.rows) == found.reach.matched
    return [row.card.client.name for row in found.rows]


def laid(desk, campaign: Campaign) -> list[Call]:
    with desk.read() as work:
        return [call for call in work.calls.all() if call.campaign_id == campaign.id]


def targets(desk, campaign: Campaign) -> dict[int, str]:
    with desk.read() as work:
        return {
            row.target.client_id: row.target.state for row in work.campaign_targets.page(campaign.id, "", 500)
        }


def progress(desk, campaign: Campaign) -> Progress:
    with desk.read() as work:
        return work.campaign_targets.progress([campaign.id])[campaign.id]


def test_each_condition_chooses_whom_it_says(desk) -> None:
    designer, manager = builders.a_member(desk, "王丽", "designer"), builders.a_member(desk, "赵刚")
    one, two, three, shop = (builders.a_client(desk, name) for name in ("甲一", "乙二", "丙三", "丁四"))
    clients.save(desk, replace(shop.client, kind="shop"))
    builders.a_site(desk, one, estate="海棠湾", stage="building", designer_id=designer.id)
    builders.a_site(desk, two, estate="翠湖", stage="warranty", completed_on=TODAY - timedelta(days=90),
                    manager_id=manager.id)  # fmt: skip
    builders.a_site(desk, three, estate="翠湖100%", stage="ended", completed_on=date(2020, 1, 1))
    builders.a_site(desk, shop, estate="海棠湾", stage="cancelled", designer_id=designer.id)
    builders.a_complaint(desk, one)
    builders.a_ticket_in(desk, "closed", two)
    assert names(desk, Audience()) == ["甲一", "乙二", "丙三", "丁四"]
    assert names(desk, Audience(stages=("building", "warranty"))) == ["甲一", "乙二"]
    assert names(desk, Audience(estate="翠湖")) == ["乙二", "丙三"]
    assert names(desk, Audience(estate="100%")) == ["丙三"], "a percent sign is a percent sign"
    assert names(desk, Audience(designer_id=designer.id)) == ["甲一"], "nothing of cancelled sites"
    assert names(desk, Audience(manager_id=manager.id, stages=("building",))) == [], (
        "of one and the same site"
    )
    assert names(desk, Audience(warranty="in")) == ["乙二"]
    assert names(desk, Audience(warranty="out")) == ["丙三"]
    assert names(desk, Audience(kind="shop")) == ["丁四"]
    assert names(desk, Audience(complaint="with")) == ["甲一"]
    assert names(desk, Audience(complaint="without", kind="home")) == ["乙二", "丙三"]
    assert names(desk, Audience(search="ys")) == []
    assert names(desk, Audience(search="yier")) == ["乙二"]
    ids = (one.client.id, two.client.id)
    assert names(desk, Audience(only=ids)) == ["甲一", "乙二"]
    assert names(desk, Audience(only=ids, without=ids[:1])) == ["乙二"]


def test_the_warranty_file_decides_where_there_is_one(desk) -> None:
    old, new = some_clients(desk, 2)
    long_ago, lately = date(2020, 1, 1), TODAY - timedelta(days=30)
    sites = [
        builders.a_site(desk, client, stage="warranty", completed_on=day)
        for client, day in ((old, long_ago), (new, lately))
    ]
    with desk.store.write("test", desk.operator) as work:
        for site, until in zip(sites, (TODAY, TODAY - timedelta(days=1)), strict=True):
            work.warranties.add(Warranty(site_id=site.id, from_on=long_ago, until_on=until))
    assert names(desk, Audience(warranty="in")) == ["客户0"]
    assert names(desk, Audience(warranty="out")) == ["客户1"]


def test_who_was_not_heard_for_long(desk, clock) -> None:
    heard, tried, never = some_clients(desk, 3)
    for client, outcome in ((heard, "reached"), (tried, "no_answer")):
        calls.end(desk, builders.a_planned_call(desk, client=client), Result(outcome))
    clock.at = clock.at.add(days=20)
    due = date(2026, 12, 31)
    assert names(desk, Audience(quiet_days=30), due) == ["客户1", "客户2"]
    assert names(desk, Audience(quiet_days=10), due) == ["客户0", "客户1", "客户2"]


def test_who_wants_no_calls_or_has_no_number_is_counted_and_left_out(desk) -> None:
    good, mute, no = some_clients(desk, 1) + some_clients(desk, 1, phone="") + some_clients(desk, 1)
    clients.save(desk, replace(no.client, wants_calls=False))
    found = campaigns.preview(desk, Audience(only=(good.client.id, mute.client.id, no.client.id)), DUE)
    assert found.reach == Reach(matched=3, opted_out=1, no_number=1)
    assert found.reach.chosen == 1
    assert [row.why for row in found.rows] == ["", "no_number", "opted_out"]
    sent = campaigns.send(desk, a_campaign(desk).id)
    assert (sent.state, sent.chosen, sent.skipped) == ("sent", 1, 2)
    assert [call.client_id for call in laid(desk, sent)] == [good.client.id]
    assert targets(desk, sent) == {
        good.client.id: "queued", mute.client.id: "no_number", no.client.id: "opted_out"
    }  # fmt: skip


def test_a_call_is_laid_for_its_day_with_the_title_as_its_reason(desk, clock) -> None:
    client = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_site(desk, client, stage="warranty")
    running = builders.a_site(desk, client, stage="building")
    builders.a_site(desk, client, stage="ended")
    campaign = a_campaign(desk)
    assert campaign.number == "WH20261123-0001"
    (call,) = laid(desk, campaigns.send(desk, campaign.id))
    assert (call.kind, call.direction, call.reason, call.number) == (
        "care",
        "out",
        "元旦问候",
        "+8613800138000",
    )
    assert desk.local(call.due_at).format("YYYY-MM-DD HH:mm") == "2026-12-31 09:00"
    assert call.site_id == running.id
    with desk.read() as work:
        assert work.calls.queue(queue_bands(desk), 9) == []
    clock.at = call.due_at
    with desk.read() as work:
        (row,) = work.calls.queue(queue_bands(desk), 9)
        assert (row.band_code, row.call.id) == ("care", call.id)
        (line,) = work.timeline.of(client.client.id, only="call")
    assert line.text == "元旦问候"


@pytest.mark.row("C2")
def test_batches_and_repetition_double_and_lose_nobody(desk, monkeypatch) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 3)
    everybody = [one.client.id for one in some_clients(desk, 9)]
    campaign = a_campaign(desk)
    steps: list[int] = []

    def killed(done: int) -> None:
        steps.append(done)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        campaigns.send(desk, campaign.id, killed)
    with desk.read() as work:
        half = work.campaigns.find(campaign.id)
    assert (half.state, half.chosen, len(laid(desk, campaign))) == ("sending", 6, 6)
    late = builders.a_client(desk, "后来")
    sent = campaigns.send(desk, campaign.id)
    assert sent.state == "sent" and sent.sent_at is not None
    counted = Counter(call.client_id for call in laid(desk, campaign))
    assert counted == dict.fromkeys([*everybody, late.client.id], 1)
    with pytest.raises(RuleBroken, match=r"campaign\.closed"):
        campaigns.send(desk, campaign.id)
    assert len(laid(desk, campaign)) == 10


@pytest.mark.row("C2", "P1")
def test_two_desks_send_at_once_and_nobody_is_called_twice(desk, second_desk, monkeypatch) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 4)
    everybody = {one.client.id for one in some_clients(desk, 30)}
    campaign = a_campaign(desk)
    boss = second_desk.signed_in(builders.an_operator(desk, "王芳", "manager"))
    wrong: list[Exception] = []

    def send(at) -> None:
        try:
            campaigns.send(at, campaign.id)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=send, args=(at,)) for at in (desk, boss)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    late = [error for error in wrong if getattr(error, "code", "") == "campaign.closed"]
    assert wrong == late, "the other may have finished before this one began"
    assert Counter(call.client_id for call in laid(desk, campaign)) == dict.fromkeys(everybody, 1)
    with desk.read() as work:
        sent = work.campaigns.find(campaign.id)
    assert (sent.state, sent.chosen) == ("sent", 30)


def test_progress_is_counted_as_calls_end_and_equals_the_lists(desk) -> None:
    some_clients(desk, 5)
    sent = campaigns.send(desk, a_campaign(desk, due_on=TODAY).id)
    reached, refused, busy, back, _ = laid(desk, sent)
    outcomes = ((reached, "reached"), (refused, "refused"), (busy, "busy"))
    for call, outcome in outcomes:
        calls.end(desk, call, Result(outcome))
    later = desk.now().add(hours=1)
    promised = calls.end(desk, back, Result("call_back", "下午再打", later)).follows
    assert progress(desk, sent) == Progress(queued=3, reached=1, missed=1)
    with desk.read() as work:
        for state, count in (("", 5), ("queued", 3), ("reached", 1), ("missed", 1), ("dropped", 0)):
            rows = work.campaign_targets.page(sent.id, state, 50)
            assert len(rows) == work.campaign_targets.count_of(sent.id, state) == count
    calls.end(desk, promised, Result("reached"))
    again = next(call for call in laid(desk, sent) if call.previous_id == busy.id)
    for _ in range(desk.policy.call_attempts - 1):
        ended = calls.end(desk, again, Result("no_answer"))
        again = ended.follows or again
    assert ended.given_up
    assert progress(desk, sent) == Progress(queued=1, reached=2, missed=2)


def test_a_draft_is_changed_and_what_was_sent_is_not(desk, second_desk) -> None:
    some_clients(desk, 1)
    draft = a_campaign(desk)
    changed = campaigns.save(second_desk, replace(draft, title="新年好"))
    assert changed.title == "新年好"
    with pytest.raises(Conflict):
        campaigns.save(desk, replace(draft, title="元旦快乐"))
    campaigns.send(desk, draft.id)
    with desk.read() as work:
        stored = work.campaigns.find(draft.id)
    with pytest.raises(RuleBroken, match=r"campaign\.not_draft"):
        campaigns.save(desk, replace(stored, title="晚了"))


@pytest.mark.row("P3")
def test_a_new_one_is_made_once_under_its_key(desk) -> None:
    new = Campaign(title="元旦问候", text="您好", due_on=DUE)
    assert campaigns.save(desk, new, key="k1") == campaigns.save(desk, new, key="k1")
    assert campaigns.save(desk, new).number == "WH20261123-0002"


def test_a_campaign_for_nobody_or_for_a_day_gone_by_is_not_sent(desk, clock) -> None:
    campaign = a_campaign(desk)
    with pytest.raises(RuleBroken, match=r"campaign\.nobody"):
        campaigns.send(desk, campaign.id)
    some_clients(desk, 1)
    clock.at = clock.at.add(days=60)
    with pytest.raises(RuleBroken, match=r"campaign\.due_past"):
        campaigns.send(desk, campaign.id)
    with desk.read() as work:
        assert work.campaigns.find(campaign.id).state == "draft"
    assert laid(desk, campaign) == []


@SQLITE
def test_more_than_anybody_calls_are_not_sent(desk, monkeypatch) -> None:
    from deskapp.domain import campaign as rules
    from deskapp.repository import audience

    some_clients(desk, 4)
    monkeypatch.setattr(rules, "MOST_TARGETS", 3)
    monkeypatch.setattr(audience, "MOST_TARGETS", 3)
    with pytest.raises(RuleBroken, match=r"campaign\.too_many"):
        campaigns.send(desk, a_campaign(desk).id)
    monkeypatch.setattr(audience, "MOST_FOUND", 3)
    with pytest.raises(RuleBroken, match=r"campaign\.search_wide"):
        campaigns.preview(desk, Audience(search="客户"), DUE)


def test_cancelling_takes_back_what_nobody_has_made(desk, second_desk, monkeypatch) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 2)
    some_clients(desk, 6)
    sent = campaigns.send(desk, a_campaign(desk, due_on=TODAY).id)
    reached, held, *rest = laid(desk, sent)
    calls.end(desk, reached, Result("reached"))
    held = calls.take(second_desk, held)
    assert campaigns.cancel(desk, sent.id).state == "cancelled"
    assert progress(desk, sent) == Progress(queued=1, reached=1, dropped=4)
    states = Counter(call.state for call in laid(desk, sent))
    assert states == {"dropped": 4, "done": 1, "taken": 1}
    calls.end(second_desk, held, Result("no_answer"))
    assert progress(desk, sent) == Progress(reached=1, dropped=5), "no further try"
    with desk.read() as work:
        assert work.calls.queue(queue_bands(desk), 9) == []
    with pytest.raises(RuleBroken, match=r"campaign\.closed"):
        campaigns.cancel(desk, sent.id)
    draft = a_campaign(desk)
    assert campaigns.cancel(desk, draft.id).state == "cancelled"


def test_who_opts_out_afterwards_is_not_called(desk) -> None:
    leaving, staying = some_clients(desk, 2)
    sent = campaigns.send(desk, a_campaign(desk, due_on=TODAY).id)
    clients.save(desk, replace(leaving.client, wants_calls=False))
    assert targets(desk, sent) == {leaving.client.id: "opted_out", staying.client.id: "queued"}
    (_, call) = laid(desk, sent)
    calls.take(desk, call)
    clients.save(desk, replace(staying.client, wants_calls=False))
    assert targets(desk, sent)[staying.client.id] == "queued", "in somebody's hands"
    calls.end(desk, call, Result("no_answer"))
    assert targets(desk, sent)[staying.client.id] == "opted_out"
    assert [one.state for one in laid(desk, sent) if one.state == "open"] == []


def test_two_campaigns_on_one_day_are_flagged(desk) -> None:
    both, one = some_clients(desk, 2)
    first = campaigns.send(desk, a_campaign(desk, Audience(only=(both.client.id,))).id)
    found = campaigns.preview(desk, Audience(), DUE)
    assert found.reach.doubled == 1
    assert [row.doubled for row in found.rows] == [True, False]
    assert campaigns.preview(desk, Audience(), DUE, first.id).reach.doubled == 0, "itself is no other"
    assert campaigns.preview(desk, Audience(), DUE - timedelta(days=1)).reach.doubled == 0
    campaigns.cancel(desk, first.id)
    assert campaigns.preview(desk, Audience(), DUE).reach.doubled == 0


@pytest.mark.row("P2")
def test_an_agent_writes_and_does_not_send(desk, second_desk) -> None:
    some_clients(desk, 1)
    draft = a_campaign(second_desk)
    with pytest.raises(NotAllowed):
        campaigns.send(second_desk, draft.id)
    sent = campaigns.send(desk, draft.id)
    with pytest.raises(NotAllowed):
        campaigns.cancel(second_desk, sent.id)


def test_festivals_that_come_say_whether_a_greeting_is_prepared(desk) -> None:
    rows = campaigns.coming(desk)
    assert [row.coming.festival.code for row in rows][:2] == ["winter_solstice", "new_year"]
    assert not any(row.campaign for row in rows)
    begun = campaigns.begun(desk, rows[1])
    assert (begun.occasion, str(begun.due_on), begun.title) == ("new_year", "2026-12-31", "元旦问候")
    saved = campaigns.save(desk, begun)
    assert [row.campaign for row in campaigns.coming(desk) if row.campaign] == [saved]
    campaigns.cancel(desk, saved.id)
    assert not any(row.campaign for row in campaigns.coming(desk))
    notice = campaigns.begun(desk)
    assert (notice.kind, notice.due_on) == ("notice", TODAY)


def test_pages_fit_together_forwards_and_backwards(desk) -> None:
    some_clients(desk, 7)
    made = [a_campaign(desk, due_on=DUE + timedelta(days=place % 3)) for place in range(7)]
    with desk.read() as work:
        whole = work.campaigns.page(50)
        assert len(whole) == work.campaigns.count() == len(made)
        assert [(one.due_on, one.id) for one in whole] == sorted(
            ((one.due_on, one.id) for one in made), reverse=True
        )
        for place, one in enumerate(whole):
            assert work.campaigns.page(50, after=one) == whole[place + 1 :]
            assert work.campaigns.page(3, before=one) == whole[max(0, place - 3) : place]
            assert work.campaigns.page(1, offset=place) == [one]
        assert work.campaigns.page(2, last=True) == whole[-2:]
        question = campaigns.asked(desk, work, Audience(), DUE)
        rows = work.campaigns.audience_page(question, 50)
        ids = [row.card.client.id for row in rows]
        for place, client_id in enumerate(ids):
            after = work.campaigns.audience_page(question, 50, after=client_id)
            before = work.campaigns.audience_page(question, 2, before=client_id)
            assert after == rows[place + 1 :]
            assert before == rows[max(0, place - 2) : place]
            assert work.campaigns.audience_page(question, 1, offset=place) == [rows[place]]
        assert work.campaigns.audience_page(question, 2, last=True) == rows[-2:]
    sent = campaigns.send(desk, made[0].id)
    with desk.read() as work:
        page = work.campaign_targets.page
        rows = page(sent.id, "queued", 50)
        for place, row in enumerate(rows):
            client_id = row.target.client_id
            assert page(sent.id, "queued", 50, after=client_id) == rows[place + 1 :]
            assert page(sent.id, "queued", 2, before=client_id) == rows[max(0, place - 2) : place]
            assert page(sent.id, "queued", 1, offset=place) == [row]
        assert page(sent.id, "queued", 2, last=True) == rows[-2:]
