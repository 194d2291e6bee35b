import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from deskapp.widgets import signs
from deskapp.widgets.countdown import (
    BigDigits,
    bar,
    big,
    paint_countdown,
    sign_and_style,
    state_at,
    state_word,
)
from tests.widgets.demo import DemoApp

SECOND = 1_000_000
NOW = 1_795_398_130 * SECOND
STATES = ["calm", "amber", "red", "overdue", "paused", "met", "missed"]


@pytest.fixture(params=[False, True])
def plain(request):
    signs.use_plain(request.param)
    yield request.param
    signs.use_plain(False)


@pytest.mark.row("T4")
@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (86400, "calm", "24:00:00"),
        (4 * 3600 + 1, "calm", "04:00:01"),
        (4 * 3600, "amber", "04:00:00"),
        (3601, "amber", "01:00:01"),
        (3600, "red", "01:00:00"),
        (1, "red", "00:00:01"),
        (0, "red", "00:00:00"),
        (-1, "overdue", "+00:00:01"),
        (-11560, "overdue", "+03:12:40"),
        (-400 * 3600, "overdue", "+16天16时"),
        (-99 * 3600, "overdue", "+99:00:00"),
        (3000 * 3600, "calm", "125天"),
    ],
)
def test_the_time_left_to_the_second_and_its_colour(left, state, words):
    due = NOW + left * SECOND
    assert state_at(due, NOW) == state
    painted = paint_countdown(due, NOW)
    sign, style = sign_and_style(state)
    assert painted.plain.strip().endswith(words)
    assert painted.plain.startswith(sign)
    assert painted.spans[0].style == style


def test_a_paused_or_answered_clock_does_not_turn_red_by_itself():
    overdue = NOW - SECOND
    for state in ("paused", "met", "missed"):
        assert state_at(overdue, NOW, state) == state
    assert state_at(overdue, NOW, "calm") == "overdue"
    assert "--:--:--" in paint_countdown(None, NOW).plain
    assert "按时" in paint_countdown(overdue, NOW, "met").plain


def test_every_state_has_a_word_and_a_sign(plain):
    for state in STATES:
        assert "⟦" not in state_word(state)
        assert cell_len(sign_and_style(state)[0]) == 1


@given(st.floats(-1, 3), st.integers(1, 40), st.sampled_from(STATES), st.booleans())
def test_a_bar_is_as_wide_as_asked(fraction, width, state, plainly):
    assert bar(fraction, width, state, plainly).cell_length == width


def test_a_bar_fills_with_use():
    assert bar(0, 10, "calm").plain == "░" * 10
    assert bar(0.001, 10, "calm").plain == "█" + "░" * 9
    assert bar(0.55, 10, "amber", plain=True).plain == "#####....."
    assert bar(2, 10, "overdue").plain == "█" * 10


@given(st.from_regex(r"\A[+]?[0-9]{2,3}:[0-9]{2}:[0-9]{2}\Z"))
def test_big_digits_are_three_lines_of_one_width(text):
    assert len({len(line) for line in big(text)}) == 1
    assert len(big(text)[0]) <= 39


def test_every_big_digit_differs(plain):
    assert len({big(digit) for digit in "0123456789"}) == 10


async def test_the_digits_tick():
    class App(DemoApp):
        def compose(self):
            yield BigDigits()

    app = App()
    async with app.run_test(size=(80, 24)) as pilot:
        digits = app.query_one(BigDigits)
        digits.show(NOW + 2467 * SECOND, NOW)
        await pilot.pause()
        line = "".join(segment.text for segment in digits.render_line(0))
        assert line.rstrip() == big("00:41:07")[0].rstrip()
        digits.tick(NOW + 2468 * SECOND)
        await pilot.pause()
        assert digits.text == "+00:00:01"
