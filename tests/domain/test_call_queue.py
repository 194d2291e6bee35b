"""The order of the queue is total and complete, and the first row's reason is true (row C1)."""

from __future__ import annotations

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.call import KINDS, Call
from deskapp.domain.call_queue import SOON_MINUTES, bands, micros, why_first
from deskapp.domain.policy import Policy

pytestmark = pytest.mark.row("C1")

NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)
EVENING = pendulum.datetime(2026, 11, 23, 16)
instants = st.integers(-30 * 86_400, 30 * 86_400).map(lambda seconds: NOW.add(seconds=seconds))
evenings = st.integers(1, 86_400).map(lambda seconds: NOW.add(seconds=seconds))


def homes(kind: str, due_us: int, order) -> list[str]:
    return [band.code for band in order if band.kind == kind and band.since_us <= due_us < band.until_us]


@given(st.sampled_from(KINDS), instants, evenings)
def test_a_call_due_today_stands_in_one_band_and_a_later_one_in_none(kind: str, due, evening) -> None:
    found = homes(kind, micros(due), bands(NOW, evening))
    assert len(found) == (1 if due < evening else 0)


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (-60, "callback_now"),
        (0, "callback_now"),
        (SOON_MINUTES - 1, "callback_now"),
        (SOON_MINUTES, "callback_later"),
        (300, "callback_later"),
    ],
)
def test_a_promise_stands_high_from_a_quarter_of_an_hour_before(minutes: int, code: str) -> None:
    assert homes("callback", micros(NOW.add(minutes=minutes)), bands(NOW, EVENING)) == [code]


def test_who_rings_comes_first_and_what_can_wait_comes_last() -> None:
    order = [band.code for band in bands(NOW, EVENING)]
    assert order == ["inbound", "callback_now", "verification", "followup", "care", "callback_later"]


@given(evenings)
def test_no_band_is_upside_down(evening) -> None:
    assert all(band.since_us <= band.until_us for band in bands(NOW, evening))


@given(st.integers(0, 4 * 10**15))
def test_micros_are_exact(millionths: int) -> None:
    assert micros(pendulum.from_timestamp(0).add(microseconds=millionths)) == millionths


@pytest.mark.parametrize(
    ("kind", "seconds_late", "reason"),
    [
        ("inbound", 18, ("inbound", 18, 20, 0, 0)),
        ("callback", 300, ("callback_late", 0, 0, 5, 0)),
        ("callback", -600, ("callback_soon", 0, 0, 10, 0)),
        ("followup", 86_400, ("followup_late", 0, 0, 0, 1)),
        ("followup", 9 * 3600 + 42 * 60 + 10, ("followup", 0, 0, 0, 0)),
        ("followup", 9 * 3600 + 42 * 60 + 11, ("followup_late", 0, 0, 0, 1)),
        ("verification", 3 * 86_400, ("verification_late", 0, 0, 0, 3)),
        ("care", 0, ("care", 0, 0, 0, 0)),
    ],
)
def test_the_reason_in_words_and_figures(kind: str, seconds_late: int, reason: tuple) -> None:
    found = why_first(Call(kind=kind, due_at=NOW.subtract(seconds=seconds_late)), NOW, Policy())
    assert (found.code, found.waited_s, found.target_s, found.minutes, found.days) == reason
