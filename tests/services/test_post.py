"""Notices over a real receiver: each told once, tried again with patience, given up as somebody's work (N1, T2)."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import deskapp
from deskapp.domain import notice_outbox as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.outside import Notices
from deskapp.i18n import LANGUAGES
from deskapp.services import outside, post
from deskapp.services.tick import tick
from tests import builders
from tests.notice_receiver import Receiver, a_receiver

pytestmark = [
    pytest.mark.row("N1"),
    pytest.mark.row("T2"),
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated"),
]


@pytest.fixture
def receiver(desk, monkeypatch) -> Iterator[Receiver]:
    """A receiver of the channel wecom, notices switched on."""
    monkeypatch.setenv("DESKAPP_KEYRING", "0")
    with a_receiver() as one:
        monkeypatch.setenv("DESKAPP_NOTICE_URL_WECOM", one.url)
        outside.save_outside(desk, Notices(on=True))
        yield one


def told(desk, channel="wecom", **fields):
    """Somebody responsible, and a complaint they are told of."""
    member = builders.a_member(desk, "赵刚", channel=channel, phone="13800000001", **fields)
    return builders.a_complaint(desk, builders.a_client(desk, "张{name}明"), responsible_id=member.id)


def row(desk):
    """The one notice there is."""
    with desk.read() as work:
        [one] = work.outbox.all()
    return one


def test_whoever_is_responsible_is_told_once(desk, receiver):
    ticket = told(desk)
    assert tick(desk).posted == post.Posted(sent=1)
    assert tick(desk).posted == post.Posted()
    [got] = receiver.got
    assert ticket.number in got["title"] and "张{name}明" in got["message"] and "赵刚" in got["message"]
    assert receiver.keys == [rules.key_of(row(desk).id, row(desk).at)]
    assert row(desk).state == "sent" and row(desk).channel == "wecom" and row(desk).sent_at


def test_off_they_wait_and_what_is_old_then_is_news_to_nobody(desk, receiver, clock):
    outside.save_outside(desk, Notices(on=False))
    told(desk)
    assert tick(desk).posted == post.Posted() and row(desk).state == "waiting"
    clock.at = clock.at.add(days=2)
    outside.save_outside(desk, Notices(on=True))
    tick(desk)
    with desk.read() as work:
        first = work.outbox.all()[0]
    assert (first.state, first.error) == ("handled", "old")
    assert not any("新投诉" in one["title"] for one in receiver.got)


@pytest.mark.parametrize("answer", [500, 0])
def test_what_fails_is_tried_again_and_given_up_at_last(desk, receiver, clock, answer):
    outside.save_outside(desk, Notices(on=True, most_attempts=3, first_wait_seconds=60))
    told(desk)
    receiver.answer = answer
    post.send_due(desk)
    one = row(desk)
    assert (one.state, one.attempts, one.held_until) == ("waiting", 1, None)
    assert one.next_at == clock.at.add(seconds=60) and "tok3n" not in one.error
    assert post.send_due(desk) == post.Posted(), "not before it is time"
    clock.at = clock.at.add(seconds=61)
    post.send_due(desk)
    clock.at = clock.at.add(seconds=121)
    assert post.send_due(desk) == post.Posted(dead=1)
    with desk.read() as work:
        assert work.post.undelivered() == 1
    receiver.answer = 200
    post.retry(desk, row(desk))
    assert post.send_due(desk) == post.Posted(sent=1) and len(receiver.got) == 1


def test_what_is_refused_for_good_is_dead_at_once(desk, receiver):
    told(desk)
    receiver.answer = 400
    assert post.send_due(desk) == post.Posted(dead=1)
    assert row(desk).error.startswith("refused") and "tok3n" not in row(desk).error


@pytest.mark.parametrize(("channel", "why"), [("none", "no_channel"), ("phone", "telephone")])
def test_whom_no_machine_reaches_is_told_by_hand(desk, receiver, channel, why):
    told(desk, channel)
    assert post.send_due(desk) == post.Posted(hand=1)
    assert (row(desk).state, row(desk).error) == ("hand", why)
    done = post.handle(desk, row(desk), "打了电话")
    assert (done.state, done.handled_by, done.error) == ("handled", desk.operator.id, "打了电话")
    with pytest.raises(RuleBroken):
        post.retry(desk, done)


def test_a_machine_without_the_address_leaves_it_to_others_for_a_while(desk, receiver, clock):
    told(desk, "feishu")
    assert post.send_due(desk) == post.Posted() and row(desk).version == 1
    clock.at = clock.at.add(seconds=rules.NO_WAY_S)
    assert post.send_due(desk) == post.Posted(hand=1) and row(desk).error == "no_address"


def test_two_desks_at_once_send_it_once(desk, receiver):
    for _ in range(5):
        told(desk)
    with desk.read() as work:
        due = work.post.due(work.now, 50)
    notices, first = Notices(on=True), desk.now()
    threads = [
        threading.Thread(target=lambda: [post._attended(desk, notices, first, one) for one in due])
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(receiver.got) == 5 and len(set(receiver.keys)) == 5


def test_killed_between_sending_and_noting_it_is_sent_again_only_after_the_lease(
    desk, receiver, clock, monkeypatch
):
    told(desk)

    def killed(*_: Any) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(post, "_noted", killed)
        with pytest.raises(KeyboardInterrupt):
            post.send_due(desk)
    assert len(receiver.got) == 1 and post.send_due(desk) == post.Posted()
    clock.at = clock.at.add(seconds=rules.LEASE_S + 1)
    assert post.send_due(desk) == post.Posted(sent=1)
    assert receiver.keys[0] == receiver.keys[1], "the receiver can tell it is the same"


def test_a_hostile_number_alters_no_address(desk, receiver):
    member = builders.a_member(desk, "赵刚")
    member = replace(member, phone="1/../x?rto=9&to=a@b#{name}")
    filled = rules.address(receiver.url, member)
    assert filled.count("/") == receiver.url.count("/") and not set("?#&@") & set(filled)


def test_the_company_words_stand_for_the_consoles_own(desk, receiver):
    post.save_template(desk, "ticket.filed", "来单 {number}", "{name}快来")
    told(desk)
    post.send_due(desk)
    assert receiver.got[0]["title"].startswith("来单 TS") and receiver.got[0]["message"].startswith(
        "赵刚快来"
    )
    with pytest.raises(RuleBroken):
        post.save_template(desk, "ticket.filed", "x", "{name.__class__} {secret}", 1)


def test_every_reason_has_words():
    """Every reason written in the code is listed, and has words in both languages."""
    found = set()
    for file in Path(deskapp.__file__).parent.joinpath("services").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name == "tell" and "outbox" in ast.unparse(node.func):
                found |= set(texts[:1])
            elif name == "tell":
                found |= {f"ticket.{text}" for text in texts}
            elif name == "_tell" and file.stem == "handbooks":
                found |= set(texts[:1])
    assert len(found) >= 9 and found <= set(rules.REASONS), found - set(rules.REASONS)
    for language in LANGUAGES:
        for reason in rules.REASONS:
            title, body = post.default_words(reason, language)
            assert title != reason and "{name}" in body


def test_a_slow_service_is_left_to_itself(desk, receiver, monkeypatch):
    told(desk)
    gate = threading.Event()
    monkeypatch.setattr(rules, "SENDING_S", 0.2)
    receiver.gate = gate
    assert post.send_due(desk) == post.Posted(delayed=1) and row(desk).error == "timeout"
    assert row(desk).state == "waiting" and row(desk).attempts == 1
    gate.set()


def test_a_dead_channel_holds_up_no_other_and_is_asked_once_a_run(desk, receiver, clock, monkeypatch):
    monkeypatch.setattr(post, "MOST_AT_ONCE", 3)
    with a_receiver() as dead:
        dead.answer = 503
        monkeypatch.setenv("DESKAPP_NOTICE_URL_FEISHU", dead.url.replace("/tok3n-secret", ""))
        for _ in range(5):
            told(desk, "feishu")
        told(desk)
        assert post.send_due(desk) == post.Posted(sent=1, delayed=1)
        assert (dead.asked, len(receiver.got)) == (1, 1)
        with desk.read() as work:
            assert work.post.delayed() == 1
        dead.answer = 200
        while post.send_due(desk).anything:
            pass
        assert len(dead.got) == 4, "the one that was tried waits for its time"
        clock.at = clock.at.add(seconds=61)
        assert post.send_due(desk) == post.Posted(sent=1) and len(set(dead.keys)) == 5


def test_a_machine_with_many_strange_channels_still_sends_its_own(desk, receiver, monkeypatch):
    monkeypatch.setattr(post, "MOST_AT_ONCE", 3)
    for _ in range(4):
        told(desk, "feishu")
    told(desk)
    assert post.send_due(desk) == post.Posted(sent=1)
