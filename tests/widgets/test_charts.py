"""Pictures in cells: never wider than asked, labels shown or visibly cut, sums right, in both sets of signs."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from deskapp import i18n
from deskapp.domain.document import Chart
from deskapp.widgets import signs
from deskapp.widgets.charts import bar, draw
from deskapp.widgets.curves import scale

pytestmark = pytest.mark.row("R4")
LABEL = st.text(st.sampled_from("漏水瓷砖空鼓abcXYZ 0123()·—"), min_size=1, max_size=14).map(
    lambda text: f"{text.strip()}."
)
COUNT = st.integers(0, 5_000).map(float)
WIDTH = st.integers(1, 130)
HEIGHT = st.integers(0, 40)
DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@pytest.fixture(autouse=True)
def words():
    yield
    signs.use_plain(False)
    i18n.use("zh")


@st.composite
def charts(draw_one):
    kind = draw_one(st.sampled_from(["bars", "pareto", "line", "heat", "gauge"]))
    if kind == "gauge":
        value = draw_one(st.floats(0, 100).map(lambda one: round(one, 1)))
        return Chart(kind, ("达标率",), (value,), target=draw_one(st.none() | st.floats(1, 100).map(round)))
    if kind == "heat":
        values = draw_one(
            st.lists(st.sampled_from([0.0, 0.0, 1.0, 7.0, 60.0, 1234.0]), min_size=168, max_size=168)
        )
        return Chart(kind, tuple(map(str, range(24))), tuple(values), rows=DAYS)
    labels = tuple(draw_one(st.lists(LABEL, min_size=1, max_size=24)))
    curves = draw_one(st.integers(1, 2)) if kind == "line" else 1
    many = st.lists(COUNT, min_size=curves * len(labels), max_size=curves * len(labels))
    values = tuple(draw_one(many))
    if kind == "pareto":
        values = tuple(sorted(values, reverse=True))
        total = sum(values) or 1
        percents = tuple(round(100 * sum(values[: place + 1]) / total, 1) for place in range(len(values)))
        return Chart(kind, labels, values, percents=percents, target=80)
    return Chart(kind, labels, values, rows=("本期", "上期")[:curves] if kind == "line" else ())


@settings(max_examples=60)
@given(charts(), WIDTH, HEIGHT, st.booleans(), st.sampled_from(["zh", "en"]))
def test_no_line_is_wider_and_there_are_no_more_lines_than_asked(chart, width, height, plain, language):
    i18n.use(language)
    signs.use_plain(plain)
    lines = draw(chart, width, height)
    assert [line.plain for line in lines if cell_len(line.plain) > width] == []
    assert not height or len(lines) <= height
    assert "⟦" not in "".join(line.plain for line in lines)


@settings(max_examples=60)
@given(charts(), st.integers(60, 130))
def test_plain_signs_are_of_no_ambiguous_width(chart, width):
    """What people type is theirs; everything drawn is ASCII or certainly one or two cells."""
    signs.use_plain(True)
    drawn = "".join(line.plain for line in draw(chart, width))
    assert {one for one in drawn if east_asian_width(one) == "A"} == set()


@settings(max_examples=60)
@given(st.lists(LABEL, min_size=1, max_size=12), st.data(), st.integers(30, 110))
def test_every_label_is_shown_or_visibly_cut_and_every_value_stands(labels, data, width):
    values = data.draw(st.lists(COUNT, min_size=len(labels), max_size=len(labels)))
    lines = [line.plain for line in draw(Chart("bars", tuple(labels), tuple(values)), width)]
    assert len(lines) == len(labels)
    for label, value, line in zip(labels, values, lines, strict=True):
        shown = line[: len(label)] == label
        begin = line.split("…")[0]
        assert shown or ("…" in line and begin and label.startswith(begin.rstrip() or begin))
        assert line.rstrip().endswith(f"{value:.0f}")


@settings(max_examples=60)
@given(st.lists(COUNT, min_size=2, max_size=30), st.integers(1, 12))
def test_what_has_no_room_is_summed_up_so_that_nothing_is_lost(values, height):
    chart = Chart("bars", tuple(f"c{place}" for place in range(len(values))), tuple(values))
    lines = [line.plain for line in draw(chart, 60, height)]
    assert len(lines) == min(height, len(values))
    assert sum(int(line.split()[-1]) for line in lines) == sum(values)
    if len(values) > height:
        assert f"其余 {len(values) - height + 1} 项" in lines[-1]


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from([0.0, 0.0, 0.0, 1.0, 3.0, 9.0, 42.0]), min_size=168, max_size=168),
    st.integers(60, 130),
)
def test_a_heat_map_adds_up(values, width):
    chart = Chart("heat", tuple(map(str, range(24))), tuple(values), rows=DAYS)
    lines = [line.plain for line in draw(chart, width)]
    for place, day in enumerate(DAYS):
        assert lines[place + 1].startswith(day)
        assert int(lines[place + 1].split()[-1].lstrip("█▓▒░")) == sum(values[place * 24 : place * 24 + 24])
    foot = [line for line in lines if line.startswith("合计")]
    if foot:
        numbers = [int(number) for number in foot[0].split()[1:]]
        assert sum(numbers[:-1]) == numbers[-1] == sum(values)


def test_a_heat_map_has_numbers_and_shades_and_says_what_they_mean():
    values = [0.0] * 168
    values[9], values[24 + 10], values[24 + 18] = 12.0, 4.0, 8.0
    lines = [
        line.plain for line in draw(Chart("heat", tuple(map(str, range(24))), tuple(values), rows=DAYS), 76)
    ]
    assert lines[0].split() == ["9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "合计"]
    assert lines[1].split() == ["周一", "█12", *["."] * 9, "12"]
    assert lines[2].split() == ["周二", ".", "▒4", *["."] * 7, "▓8", "12"]
    assert "░ 1-3  ▒ 4-6  ▓ 7-9  █ 10-12" in lines[9]
    assert "最多:周一 9 点,12" in lines[10] and "只画 9 点至 18 点" in lines[11]


def test_the_vital_few_end_at_a_line_that_says_so():
    chart = Chart(
        "pareto", ("漏水", "空鼓", "其他"), (6.0, 3.0, 1.0), percents=(60.0, 90.0, 100.0), target=80
    )
    lines = [line.plain for line in draw(chart, 60)]
    assert [line.split()[0] for line in lines] == ["漏水", "空鼓", "----", "其他"]
    assert "80% 线:以上 2 项" in lines[2]
    assert lines[1].split()[-2:] == ["3", "90.0%"]


@pytest.mark.parametrize(("rate", "words"), [
    (95.0, "达标"), (94.9, "未达标,差 0.1 个百分点"),
    (0.0, "未达标,差 95 个百分点"), (100.0, "达标,高出 5 个百分点"),
])  # fmt: skip
def test_the_gauge_says_whether_the_target_is_met(rate, words):
    lines = [line.plain for line in draw(Chart("gauge", ("达标率",), (rate,), target=95), 78)]
    assert words in lines[0]
    assert lines[1].count("█") == round(rate / 100 * 78)
    assert "目标 95% ^" in lines[2] and lines[2].index("^") == len(lines[2].rstrip()) - 1
    assert lines[3].split() == ["0", "25", "50", "75", "100%"]


def test_a_trend_shows_both_curves_with_their_values():
    labels = tuple(f"26-{month:02d}" for month in range(1, 13))
    now, before = [3, 0, 5, 8, 8, 9, 12, 4, 2, 1, 0, 7], [1, 1, 2, 3, 5, 8, 13, 8, 5, 3, 2, 1]
    chart = Chart("line", labels, tuple(map(float, now + before)), rows=("本期", "上期"))
    for plain in (False, True):
        signs.use_plain(plain)
        lines = [line.plain for line in draw(chart, 76, 18)]
        assert len(lines) == 18
        assert lines[-1].split() == ["上期", *map(str, before)]
        assert lines[-2].split() == ["本期", *map(str, now)]
        assert lines[-3].split() == list(labels)
        assert "本期(实线)" in lines[0] and "上期(虚线)" in lines[0]
        assert sum(line.count("+") for line in lines[1:-3]) >= 10
    marks = [line.split()[0] for line in lines[1:-3] if re.match(r" *\d", line)]
    assert marks == ["15", "10", "5", "0"]


@given(st.floats(0, 10**9))
def test_a_scale_is_round_and_reaches_the_most(most):
    ticks = scale(most)
    assert ticks[0] == 0 and ticks[-1] >= most
    assert 2 <= len(ticks) <= 6


def test_nothing_to_draw_is_said():
    assert draw(Chart("gauge", (), (), target=95), 40)[0].plain.strip() == "没有可画的数字"
    assert draw(Chart("bars", ("a",), (1.0,)), 0) == []


@pytest.mark.parametrize(("value", "cells"), [(0, 0), (1, 1), (500, 5), (1000, 10)])
def test_what_is_more_than_nothing_has_a_bar(value, cells):
    assert len(bar(value, 1000, 10)) == cells
