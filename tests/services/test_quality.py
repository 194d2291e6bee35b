"""Quality monitoring for real: drawn once, scored by another, coached and read by whose work it was (A5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from deskapp.domain.call import Result
from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.notice import COACHED
from deskapp.domain.quality import SampleFilter
from deskapp.services import calls, quality
from tests import builders

pytestmark = pytest.mark.row("A5")
NOVEMBER = date(2026, 11, 1)
FULL = {one.id: one.most for one in quality.form_of().questions}


def a_talk(desk):
    return calls.end(desk, builders.a_ring(desk), Result("reached", "问保修"))


def broken(act, *args, **named) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*args, **named)
    return refused.value.code


def listed(desk, **chosen):
    with desk.read() as work:
        return work.quality_samples.page(quality.visible(desk, SampleFilter(NOVEMBER, **chosen)), 99)


@pytest.fixture
def judge(desk):
    return desk.signed_in(builders.an_operator(desk, "周琦", "quality"))


@pytest.fixture
def drawn(desk, second_desk, judge):
    """A talk of 刘敏's and a crisis 李敏 filed, drawn by 周琦."""
    a_talk(second_desk)
    builders.a_complaint(desk, severity="crisis")
    return sorted(quality.draw(judge, NOVEMBER), key=lambda one: one.reason)


def test_a_draw_is_work_finished_by_people_and_every_crisis(desk, second_desk, judge, clock) -> None:
    for _ in range(7):
        a_talk(second_desk)
    calls.end(second_desk, builders.a_ring(second_desk), Result("no_answer", ""))
    solved = builders.a_ticket_in(second_desk, "resolved")
    builders.a_ticket_in(second_desk, "withdrawn")
    builders.a_complaint(second_desk)
    crisis = builders.a_complaint(desk, severity="crisis")
    found = quality.draw(judge, NOVEMBER)
    assert sorted((one.reason, one.operator_id) for one in found) == [
        ("crisis", desk.operator.id), *[("random", second_desk.operator.id)] * 5]  # fmt: skip
    assert [one.ticket_id for one in found if one.reason == "crisis"] == [crisis.id]
    assert {one.ticket_id for one in found} <= {None, crisis.id, solved.id}
    assert quality.draw(judge, NOVEMBER) == [], "nothing is drawn twice"
    more = replace(judge, policy=replace(judge.policy, quality_per_operator=50))
    assert len(quality.draw(more, NOVEMBER)) == 3, "seven talks and one solved ticket there were"
    assert quality.draw(more, date(2026, 10, 1)) == []
    assert broken(quality.draw, judge, date(2026, 12, 1)) == "quality.to_come"
    with pytest.raises(NotAllowed):
        quality.draw(second_desk, NOVEMBER)


def test_two_who_draw_at_once_draw_once(desk, second_desk, judge) -> None:
    for _ in range(8):
        a_talk(second_desk)
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda one: quality.draw(one, NOVEMBER), (judge, desk)))
    assert sorted(map(len, found)) == [0, 5] and len(listed(judge)) == 5


def test_scored_coached_and_read(desk, second_desk, judge, drawn, clock) -> None:
    crisis, talk = drawn
    assert listed(second_desk) == [], "nobody sees that their work was drawn before it is scored"
    given = quality.score(judge, talk, FULL | {"voice": 0}, "好", "语速慢些", key="k")
    assert quality.score(judge, talk, FULL | {"voice": 0}, "好", "语速慢些", key="k") == given, "sent again"
    assert (given.total, given.form) == (9_388, "etiquette-1")  # 46 of 49
    [row] = listed(second_desk)
    assert (row.sample.state, row.total, row.operator) == ("scored", 9_388, "刘敏")
    with second_desk.read() as work:
        notices = work.notices.newest(second_desk.operator.id, 9)
    assert [(one.notice.reason, one.who, one.ticket) for one in notices] == [(COACHED, "周琦", None)]
    assert broken(quality.read_coaching, desk, given) == "quality.not_yours"
    clock.at = clock.at.add(minutes=5)
    read = quality.read_coaching(second_desk, given)
    assert read.read_at == clock.at and quality.read_coaching(second_desk, given) == read
    assert broken(quality.score, judge, talk, FULL, seen=read) == "quality.was_read"
    again = quality.coach(judge, read, "再慢些")
    assert again.read_at is None and again.total == 9_388
    with pytest.raises(Conflict):
        quality.read_coaching(second_desk, read)
    with pytest.raises(Conflict):
        quality.coach(judge, read, "旧的")
    assert broken(quality.coach, desk, again, "别人的") == "quality.not_your_score"
    assert broken(quality.coach, judge, again, " ") == "quality.coaching_missing"


def test_nobody_scores_their_own_and_no_third_scores(desk, second_desk, judge, drawn) -> None:
    crisis, talk = drawn
    assert broken(quality.score, desk, crisis, FULL) == "quality.own_work"
    with pytest.raises(NotAllowed):
        quality.score(second_desk, crisis, FULL)
    first = quality.score(judge, talk, FULL)
    unseen = quality.view(desk, talk.id).row
    assert (unseen.scores, unseen.total, unseen.hidden) == ((), None, 1), "the second scores blind"
    for who, scores in ((judge, 1), (second_desk, 1)):
        assert len(quality.view(who, talk.id).row.scores) == scores
    with pytest.raises(Conflict):
        quality.score(judge, talk, FULL)
    mended = quality.score(judge, talk, FULL | {"clean": 0}, seen=first)
    assert (mended.id, mended.total) == (first.id, 0)
    quality.score(desk, talk, FULL)
    assert len(quality.view(desk, talk.id).row.scores) == 2
    third = desk.signed_in(builders.an_operator(desk, "方蕾", "director"))
    assert broken(quality.score, third, talk, FULL) == "quality.two_scorers"
    assert len(quality.view(third, talk.id).row.scores) == 2, "nobody is left who could be swayed"
    [row] = listed(judge, scored=True)
    assert row.total == 5_000 and [one.who for one in row.scores] == ["周琦", "李敏"]


def test_what_a_month_comes_to_and_who_sees_it(desk, second_desk, judge, drawn) -> None:
    crisis, talk = drawn
    for one, answers in ((judge, FULL), (desk, FULL | {"voice": 0})):
        quality.score(one, talk, answers)
    quality.score(judge, crisis, FULL | {"greeting": None})
    month = quality.this_month(judge)
    found = quality.figures(judge, month)
    assert [(one.name, one.samples, one.mean) for one in found.results] == [
        ("刘敏", 1, 9_694),
        ("李敏", 1, 10_000),
    ]
    [agreed] = found.agreements
    assert (agreed.alike, agreed.questions, agreed.apart) == (8, 9, 612)
    own = quality.figures(second_desk, month)
    assert [one.name for one in own.results] == ["刘敏"] and own.agreements == []
    assert [row.sample.id for row in listed(second_desk)] == [talk.id]
    with pytest.raises(NotAllowed):
        quality.view(second_desk, crisis.id)
    assert quality.view(second_desk, talk.id).call is not None
    assert quality.view(judge, crisis.id).own is not None


def test_pages_lead_from_what_is_open_to_what_is_scored(desk, second_desk, judge) -> None:
    for _ in range(5):
        a_talk(second_desk)
    samples = quality.draw(judge, NOVEMBER)
    for one in samples[:2]:
        quality.score(judge, one, FULL)
    chosen = SampleFilter(NOVEMBER)
    with judge.read() as work:
        found = work.quality_samples
        whole = found.page(chosen, 99)
        assert [row.sample.state for row in whole] == ["open"] * 3 + ["scored"] * 2
        assert found.page(chosen, 2) + found.page(chosen, 9, after=whole[1]) == whole
        assert found.page(chosen, 2, last=True) == whole[3:] == found.page(chosen, 9, offset=3)
        assert found.page(chosen, 2, before=whole[4]) == whole[2:4]
        assert found.count(chosen) == 5
        assert found.row(samples[0].id).sample.state == "scored"
