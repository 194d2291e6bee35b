"""The policy: the manual's defaults, the way through JSON, and what is refused."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp import i18n
from deskapp.domain.calendar import BusinessHours
from deskapp.domain.errors import RuleBroken
from deskapp.domain.policy import FIELDS, SEVERITIES, Policy

HOUR, DAY = 3600, 86400

each_severity = lambda values: st.fixed_dictionaries(dict.fromkeys(SEVERITIES, values))  # noqa: E731
policies = st.builds(
    Policy,
    response_hours=each_severity(st.integers(1, 8760) | st.floats(0.1, 100)),
    resolution_days=each_severity(st.integers(1, 365)),
    clock_calendar=st.sampled_from(["calendar", "business"]),
    business_hours=st.sampled_from(["09:00-18:00", "08:30-12:00,14:00-17:30", "00:00-24:00"]),
    timezone=st.sampled_from(["Asia/Shanghai", "Europe/Paris"]),
    pause_while_waiting=st.booleans(),
    amber_hours=st.integers(5, 48),
    red_hours=st.floats(0, 5),
    repeat_days=st.integers(1, 3650),
    day_targets=st.fixed_dictionaries(dict.fromkeys(["calls", "understood", "solved"], st.integers(0, 50))),
    motto_shown=st.booleans(),
    phone_area_code=st.sampled_from(["", "021", "010", "0755"]),
)


@pytest.mark.row("T3")
@pytest.mark.parametrize(
    ("severity", "response", "resolution"),
    [
        ("minor", 24 * HOUR, 7 * DAY),
        ("major", 24 * HOUR, 5 * DAY),
        ("critical", 24 * HOUR, 3 * DAY),
        ("crisis", 2 * HOUR, 1 * DAY),
    ],
)
def test_the_defaults_are_the_manuals(severity, response, resolution):
    policy = Policy().validated()
    assert (policy.response_target(severity), policy.resolution_target(severity)) == (response, resolution)


@pytest.mark.row("T4")
def test_calendar_hours_unless_the_policy_says_business():
    assert Policy().hours() is None
    assert not Policy().pause_while_waiting
    business = Policy(clock_calendar="business")
    assert business.hours() == BusinessHours(((540, 720), (810, 1080)), "Asia/Shanghai")


@pytest.mark.row("T3")
def test_on_business_hours_a_day_is_a_working_day():
    policy = Policy(clock_calendar="business", business_hours="09:00-17:00")
    assert policy.resolution_target("minor") == 7 * 8 * HOUR
    assert policy.response_target("minor") == 24 * HOUR


@given(policies)
def test_read_back_from_json_it_is_the_same(policy):
    again = Policy.from_json(policy.to_json())
    assert again == policy
    assert hash(again) == hash(policy)


def test_unknown_keys_are_ignored_and_missing_ones_take_the_default():
    text = json.dumps({"repeat_days": 60, "of_tomorrow": [1], "response_hours": {"crisis": 1, "odd": "x"}})
    expected = replace(Policy(), repeat_days=60, response_hours={**Policy().response_hours, "crisis": 1})
    assert Policy.from_json(text) == expected
    assert Policy.from_json("{}") == Policy()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("response_hours", 24),
        ("response_hours", None),
        ("resolution_days", [7, 5, 3, 1]),
        ("clock_calendar", "lunar"),
        ("clock_calendar", None),
        ("business_hours", "18:00-09:00"),
        ("business_hours", 9),
        ("timezone", "Asia/Nowhere"),
        ("timezone", 8),
        ("pause_while_waiting", 1),
        ("amber_hours", True),
        ("amber_hours", "4"),
        ("red_hours", -1),
        ("red_hours", 5),
        ("repeat_days", 0),
        ("repeat_days", 30.0),
        ("call_attempts", 0),
        ("call_spacing_minutes", -120),
        ("answer_target_seconds", None),
        ("claim_minutes", 10**30),
        ("day_targets", "5/4/2"),
        ("month_better", -1),
        ("motto_shown", "yes"),
        ("phone_area_code", "21"),
        ("phone_area_code", "021\n"),
        ("phone_area_code", 21),
    ],
)
def test_wrong_values_are_refused_by_field_and_value(field, value):
    with pytest.raises(RuleBroken) as broken:
        Policy.from_json(json.dumps({field: value}))
    assert (broken.value.code, broken.value.facts) == ("policy.value", {"field": field, "value": value})


@pytest.mark.parametrize("value", [0, -1, 9000, "24", True, None, float("inf"), float("-inf")])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_wrong_target_is_refused_by_its_severity(severity, value):
    with pytest.raises(RuleBroken) as broken:
        Policy.from_json(json.dumps({"response_hours": {severity: value}}))
    assert broken.value.facts == {"field": f"response_hours.{severity}", "value": value}


def test_not_a_number_is_refused():
    with pytest.raises(RuleBroken, match="amber_hours"):
        Policy.from_json('{"amber_hours": NaN}')


def test_a_table_with_a_hole_is_refused():
    with pytest.raises(RuleBroken, match=r"day_targets\.solved"):
        Policy(day_targets={"calls": 5, "understood": 4}).validated()


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", "3", '"x"', "[" * 100_000])
def test_what_is_no_policy_is_refused(text):
    with pytest.raises(RuleBroken) as broken:
        Policy.from_json(text)
    assert broken.value.facts["field"] == "json"


def test_an_unknown_severity_has_no_target():
    with pytest.raises(RuleBroken, match=r"response_hours\.dire"):
        Policy().response_target("dire")


def test_defaults_are_not_shared():
    assert Policy().response_hours is not Policy().response_hours
    assert tuple(asdict(Policy())) == FIELDS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_and_field_has_words(language):
    words = i18n.area(language, "policy")
    codes = {"policy.value", "policy.hours", "policy.timezone"}
    codes |= {f"policy.field.{name}" for name in (*FIELDS, "json")}
    assert codes <= set(words)
    assert set(words) == set(i18n.area("en", "policy"))
