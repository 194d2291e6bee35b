"""The delay after wrong passwords: free at first, then longer each time, never past its limit (row P2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import sign_in
from deskapp.domain.sign_in import Attempts, delay_s, key_of, one_more, wait_s
from tests.builders import NOW

pytestmark = pytest.mark.row("P2")

FRESH = Attempts(0, NOW, NOW)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (3, 0), (4, 2), (5, 4), (6, 8), (12, 512), (13, 900), (14, 900), (10**6, 900)],
)
def test_the_delay_is_free_then_doubles_then_stays(failures, seconds):
    assert delay_s(failures) == seconds


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_wrong_passwords_never_wait_less(one, other):
    less, more = sorted((one, other))
    assert 0 <= delay_s(less) <= delay_s(more) <= sign_in.MOST_S


@given(st.lists(st.integers(0, 3 * sign_in.FORGOTTEN_S), max_size=40))
def test_the_wait_after_each_try_is_the_delay_of_the_count(pauses):
    attempts, now = FRESH, NOW
    for pause in pauses:
        before, now = attempts, now.add(seconds=pause)
        attempts = one_more(before, now)
        assert attempts.failures == (1 if pause >= sign_in.FORGOTTEN_S else before.failures + 1)
        assert wait_s(attempts, now) == delay_s(attempts.failures)
        assert wait_s(attempts, attempts.until) == 0


@given(st.integers(1, 40), st.integers(-(10**10), 10**10))
def test_a_wait_is_whole_seconds_and_ends(failures, micros):
    attempts = Attempts(failures, NOW, NOW.add(seconds=delay_s(failures)))
    now = NOW.add(microseconds=micros)
    wait = wait_s(attempts, now)
    assert 0 <= wait <= sign_in.MOST_S
    assert (wait == 0) is (now >= attempts.until)


@given(st.text())
def test_a_login_has_one_key_that_does_not_show_it(login):
    key = key_of(login)
    assert key == key_of(f"  {login.strip()} ")
    assert len(key) <= 80
    assert len(login.strip()) < 3 or login.strip() not in key


@pytest.mark.parametrize(
    ("one", "other"), [("LiuMin", " liumin "), ("STRASSE", "straße"), ("x" * 64, "x" * 999)]
)
def test_what_is_one_login_has_one_key(one, other):
    assert key_of(one) == key_of(other)
