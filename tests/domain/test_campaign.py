"""Greetings and notices: what may be written, whom for, and how their words are filled in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import campaign as rules
from deskapp.domain.campaign import Audience, Campaign, Progress, Reach, audience_of
from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import STAGES
from deskapp.services.campaigns import festivals, template_of, templates

pytestmark = pytest.mark.row("F5")

TODAY = date(2026, 11, 23)
GOOD = Campaign(title="春节问候", text="{client}您好,{company}祝您{festival}快乐", due_on=TODAY)


def code_of(campaign: Campaign) -> str:
    with pytest.raises(RuleBroken) as refused:
        rules.check_campaign(campaign, TODAY)
    return refused.value.code


def test_a_good_one_passes() -> None:
    rules.check_campaign(GOOD, TODAY)


@pytest.mark.parametrize(("change", "code"), [
    ({"title": "  "}, "campaign.title_missing"),
    ({"title": "字" * 61}, "campaign.title_long"),
    ({"text": ""}, "campaign.text_missing"),
    ({"text": "字" * 501}, "campaign.text_long"),
    ({"text": "{name}您好"}, "campaign.hole_unknown"),
    ({"text": "{}您好"}, "campaign.hole_unknown"),
    ({"text": "打开{ 就不关"}, "campaign.hole_unknown"),
    ({"text": "只关}不开"}, "campaign.hole_unknown"),
    ({"due_on": TODAY - timedelta(days=1)}, "campaign.due_past"),
    ({"kind": "spam"}, "campaign.unknown"),
    ({"audience": {"stages": ["sold"]}}, "campaign.unknown"),
    ({"audience": {"warranty": "maybe"}}, "campaign.unknown"),
    ({"audience": {"kind": "firm"}}, "campaign.unknown"),
    ({"audience": {"complaint": "some"}}, "campaign.unknown"),
    ({"audience": {"quiet_days": -1}}, "campaign.quiet_days"),
    ({"audience": {"only": list(range(1001))}}, "campaign.named_many"),
])  # fmt: skip
def test_what_is_refused(change, code: str) -> None:
    assert code_of(replace(GOOD, **change)) == code


@given(
    st.builds(
        Audience,
        stages=st.lists(st.sampled_from(STAGES), unique=True).map(tuple),
        warranty=st.sampled_from(["", "in", "out"]),
        estate=st.text(max_size=20),
        designer_id=st.none() | st.integers(1, 9),
        kind=st.sampled_from(["", "home", "shop"]),
        quiet_days=st.integers(0, 400),
        complaint=st.sampled_from(["", "with", "without"]),
        search=st.text(max_size=20),
        only=st.lists(st.integers(1, 99), unique=True).map(tuple),
        without=st.lists(st.integers(1, 99), unique=True).map(tuple),
    )
)
def test_an_audience_comes_back_as_it_was_written(audience: Audience) -> None:
    assert audience_of(json.loads(json.dumps(audience.to_json()))) == audience


def test_an_audience_from_elsewhere_is_read_as_far_as_it_is_known() -> None:
    assert audience_of({"stages": ["building"], "colour": "red"}) == Audience(stages=("building",))
    assert audience_of(None) == Audience()


@given(st.text(), st.text(), st.text())
def test_words_are_filled_in_once_and_nothing_a_client_is_called_is_read_as_a_hole(a, b, c) -> None:
    assert rules.filled("{client}|{company}|{festival}", a, b, c) == f"{a}|{b}|{c}"
    assert rules.filled("{who}", a, b, c) == "{who}"


def test_every_template_can_be_sent_and_every_greeting_is_for_a_festival() -> None:
    known = {one.code for one in festivals()} | {""}
    for one in templates():
        title = rules.filled(one.title, "", "", "春节")
        rules.check_campaign(replace(GOOD, kind=one.kind, title=title, text=one.text), TODAY)
        rules.check_audience(Audience(stages=one.stages))
        assert one.kind == "notice" or one.occasion in known
    assert template_of("greeting", "laba").occasion == ""
    assert template_of("notice", "storm").title == "台风暴雨防范"


def test_counts_add_up() -> None:
    assert Reach(matched=10, opted_out=2, no_number=1).chosen == 7
    assert Reach(matched=rules.MOST_TARGETS + 1).too_many
    done = Progress(queued=3, reached=4, missed=1, opted_out=2, dropped=1)
    assert (done.chosen, done.made) == (9, 5)


@pytest.mark.parametrize(("outcome", "goes_on", "state"), [
    ("reached", False, "reached"), ("no_answer", True, "queued"), ("no_answer", False, "missed"),
    ("call_back", True, "queued"), ("refused", False, "missed"), ("wrong_number", False, "missed"),
])  # fmt: skip
def test_what_a_call_makes_of_its_client(outcome: str, goes_on: bool, state: str) -> None:
    assert rules.target_state(outcome, goes_on=goes_on) == state


@pytest.mark.parametrize("state", rules.STATES)
def test_what_may_be_done_in_each_state(state: str) -> None:
    def may(check) -> bool:
        try:
            check(replace(GOOD, state=state))
        except RuleBroken:
            return False
        return True

    found = [may(check) for check in (rules.check_draft, rules.check_open, rules.check_cancel)]
    expected = {"draft": [1, 1, 1], "sending": [0, 1, 1], "sent": [0, 0, 1], "cancelled": [0, 0, 0]}
    assert found == [bool(one) for one in expected[state]]
