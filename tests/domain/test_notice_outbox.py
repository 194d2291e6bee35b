"""Notices out of the console: when again and when no more, whose lease it is, which words whatever is put in (N1)."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import notice_outbox as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.outside import Notices
from deskapp.domain.staff import StaffMember

pytestmark = pytest.mark.row("N1")
NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)
HOSTILE = (
    *("[b red]x[/]", "[@click=app.quit]", "{name}", "{{name}}", "{0.__class__}", "%s%n"),
    *("\x1b[2J", "\x00", "a\r\nBcc: x", "\u202etxt.exe"),
)
texts = st.text(max_size=60) | st.sampled_from(HOSTILE)
facts = st.fixed_dictionaries(dict.fromkeys(rules.HOLES, texts))
pieces = st.lists(st.sampled_from([f"{{{hole}}}" for hole in rules.HOLES]) | texts, max_size=8).map("".join)


@given(st.integers(1, 100_000), st.integers(1, 86_400))
def test_each_wait_is_as_long_as_the_one_before_or_longer_and_an_hour_at_most(attempts, first):
    wait, following = rules.wait_after(attempts, first), rules.wait_after(attempts + 1, first)
    assert 1 <= wait <= following <= rules.LONGEST_WAIT_S
    assert following in (wait * 2, rules.LONGEST_WAIT_S)


@pytest.mark.parametrize(
    ("attempts", "first", "seconds"),
    [
        (0, 60, 60),
        (1, 60, 60),
        (2, 60, 120),
        (6, 60, 1920),
        (7, 60, 3600),
        (1, 86_400, 3600),
        (10**9, 1, 3600),
    ],
)
def test_the_waits(attempts, first, seconds):
    assert rules.wait_after(attempts, first) == seconds


@given(st.integers(1, 200), st.booleans(), st.integers(1, 100), st.integers(1, 86_400))
def test_a_notice_not_taken_is_tried_again_later_or_given_up(attempts, lasting, most, first):
    verdict = rules.after_failure(attempts, lasting, Notices(True, most, first), NOW)
    if lasting or attempts >= most:
        assert verdict == rules.Verdict("dead")
    else:
        assert verdict.state == "waiting"
        assert NOW < verdict.next_at <= NOW.add(seconds=rules.LONGEST_WAIT_S)


@given(st.integers(1, 30), st.integers(1, 86_400))
def test_no_notice_is_tried_for_ever(most, first):
    attempts, at = 0, NOW
    while True:
        attempts += 1
        verdict = rules.after_failure(attempts, False, Notices(True, most, first), at)
        if verdict.state == "dead":
            break
        at = verdict.next_at
    assert attempts == most
    assert at <= NOW.add(seconds=rules.LONGEST_WAIT_S * most)


@pytest.mark.parametrize(
    ("until", "held"), [(None, False), (-1, False), (0, False), (1, True), (rules.LEASE_S, True)]
)
def test_a_lease_holds_until_its_end(until, held):
    assert rules.is_held(None if until is None else NOW.add(seconds=until), NOW) is held


def test_a_lease_outlives_the_longest_sending():
    assert rules.LEASE_S > rules.SENDING_S + 60


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_notice_has_one_name_and_no_other_has_it(one, other, early, late):
    first, second = NOW.add(microseconds=early), NOW.add(microseconds=late)
    assert rules.key_of(one, first) == rules.key_of(one, first)
    same = (one, early) == (other, late)
    assert (rules.key_of(one, first) == rules.key_of(other, second)) is same
    assert re.fullmatch(r"deskapp-\d+-\d+", rules.key_of(one, first))


@given(pieces, facts)
def test_a_text_is_filled_once_and_what_fills_it_is_not_read(template, known):
    at, expected = 0, []
    for hole in re.finditer(r"\{([a-z]+)\}", template):
        expected += [template[at : hole.start()], known.get(hole[1], hole[0])]
        at = hole.end()
    assert rules.filled(template, known) == "".join(expected) + template[at:]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_facts_stay_what_they_are_in_a_text(hostile):
    assert (
        rules.filled("{client}: {subject}!", {"client": hostile, "subject": hostile})
        == f"{hostile}: {hostile}!"
    )


@given(texts | st.text(max_size=2_000))
def test_a_title_is_one_printable_line(text):
    line = rules.one_line(text)
    assert len(line) <= rules.MOST_TITLE and line.isprintable() and line == line.strip()
    assert rules.one_line(line) == line


@given(texts, texts, texts)
def test_no_member_alters_the_address_of_a_channel(phone, email, name):
    member = StaffMember(name=name, phone=phone, email=email)
    template = "json://gate.example:8443/send/{phone}/{email}?from=a@b.cn&who={name}"
    made = urlsplit(rules.address(template, member))
    assert (made.scheme, made.hostname, made.port, made.fragment) == ("json", "gate.example", 8443, "")
    assert [unquote(part) for part in made.path.split("/")[2:]] == [
        *(value.strip().encode("utf-8", "replace").decode() for value in (phone, email)),
    ]
    assert made.query.count("&") == 1 and made.query.count("=") == 2


@given(st.sampled_from(rules.REASONS), pieces, pieces)
def test_words_that_are_kept_leave_no_hole(reason, title, body):
    with suppress(RuleBroken):
        rules.check_template(reason, title, body)
        known = dict.fromkeys(rules.HOLES, "")
        assert not re.search(r"(?<!\{)\{[a-z]+\}", rules.filled(title, known) + rules.filled(body, known))


@pytest.mark.parametrize(
    ("reason", "title", "body", "code"),
    [
        ("ticket.invented", "t", "b", "notice_out.reason"),
        ("ticket.filed", " \n", "b", "notice_out.title_missing"),
        ("ticket.filed", "t", "\t", "notice_out.body_missing"),
        ("ticket.filed", "t" * (rules.MOST_TITLE + 1), "b", "notice_out.too_long"),
        ("ticket.filed", "t", "b" * (rules.MOST_BODY + 1), "notice_out.too_long"),
        ("ticket.filed", "{secret}", "b", "notice_out.hole"),
        ("ticket.filed", "t", "{name} {password}", "notice_out.hole"),
    ],
)
def test_words_that_cannot_be_are_refused(reason, title, body, code):
    with pytest.raises(RuleBroken) as refused:
        rules.check_template(reason, title, body)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "lasting", "tires"),
    [
        *(
            ("timeout", False, True),
            ("probe.refused", False, True),
            ("busy", False, True),
            ("token", False, True),
        ),
        *(
            ("refused", False, False),
            ("refused", True, False),
            ("unsent", False, False),
            ("url", True, False),
        ),
    ],
)
def test_what_is_the_channels_fault_and_what_the_notices(code, lasting, tires):
    assert rules.tires(code, lasting) is tires


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (None, "gone"),
        (StaffMember(channel="wecom", left_on=NOW.date()), "gone"),
        (StaffMember(channel="none"), "no_channel"),
        (StaffMember(channel="phone", phone="1"), "telephone"),
        (StaffMember(channel="email", email="zhao"), "no_email"),
        (StaffMember(channel="email", email="zhao@x.cn"), ""),
        (StaffMember(channel="sms", phone=" "), "no_phone"),
        (StaffMember(channel="sms", phone="13800000001"), ""),
        (StaffMember(channel="dingtalk"), ""),
    ],
)
def test_whom_a_machine_can_tell(member, why):
    assert rules.unreachable(member) == why
