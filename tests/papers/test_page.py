"""The page on the glass: boxes that close, Chinese in double cells, no line wider than there is room."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain.document import Chart, Facts, Table, written
from deskapp.papers import pictures
from deskapp.papers.page import PLAIN, fitted, page
from deskapp.papers.sheet import plain
from deskapp.papers.slip import cells
from tests.papers.documents import CHARTS, hostile, long_table, ordinary

pytestmark = pytest.mark.row("R1")


@pytest.mark.parametrize("width", [40, 78, 118])
@pytest.mark.parametrize("make", [ordinary, hostile, lambda: ordinary(long_table(20), *CHARTS)])
def test_no_line_is_wider_than_the_page(make, width):
    assert max(map(cells, page(make(), width))) <= width


def test_a_table_is_boxed_and_its_columns_stand_under_each_other():
    lines = page(ordinary(), 78)
    begin = next(at for at, one in enumerate(lines) if "件数" in one)
    rows = [one for one in lines[begin : begin + 6] if one.startswith("│")]
    assert len(rows) == 4
    for row in rows:
        assert [cells(row[: found.start()]) for found in re.finditer("│", row)] == [0, 9, 17, 26, 37]
    assert any("1,203" in row and "50.0%" in row for row in rows)


def test_facts_under_facts_are_one_table():
    first, second = (
        Facts((("客户", "张伟明"), ("电话", "138"))),
        Facts((("地址", "海棠湾"),), across=1, lines=2),
    )
    lines = page(ordinary(first, second), 78)
    box = [one for one in lines if one[:1] in "┌├│└" and one]
    assert [one[0] for one in box] == ["┌", "│", "├", "│", "│", "└"]
    assert {cells(one) for one in box} == {78}
    assert box[2].count("┴") == 2


def test_plain_strokes_are_ascii():
    assert all(
        one.isascii() for one in page(ordinary(Table(("a", "b"), (("x", 1),)), company="x"), 60, PLAIN)[4:8]
    )


def test_a_table_with_too_many_columns_is_shown_in_parts_each_with_the_first():
    wide = Table(tuple(f"列{n}" for n in range(30)), (tuple(f"值{n}" for n in range(30)),))
    text = "\n".join(page(ordinary(wide), 78))
    assert all(f" 值{n} " in text for n in range(30))
    assert text.count(" 值0 ") > 1


@settings(max_examples=60)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=20), st.integers(20, 120))
def test_columns_fit_and_none_is_wider_than_it_asked(asked, width):
    found = fitted(asked, width)
    assert sum(found) <= max(width - 3 * len(asked) - 1, 2 * len(asked))
    assert all(2 <= one <= max(2, wide) for one, wide in zip(found, asked, strict=True))


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [(1234, "", "1234"), (1234, "count", "1,234"), (0.2511, "percent", "25.1%"), (1234.5, "yuan", "1,234.50")]
    + [(4.26, "score", "4.3"), (2.5, "", "2.5"), (None, "yuan", ""), ("x", "percent", "x")],
)
def test_cells_are_written_as_people_read_them(value, form, said):
    assert written(value, form) == said


@pytest.mark.parametrize(
    ("raw", "kept"), [("a\x07b\r\nc\td", "ab\nc d"), ("\u202eabc\ud800", "abc"), ("中文", "中文")]
)
def test_text_is_made_plain(raw, kept):
    assert plain(raw) == kept


@pytest.mark.row("R4")
@pytest.mark.parametrize("chart", CHARTS, ids=lambda one: f"{one.kind}{len(one.values)}")
def test_every_chart_is_drawn_and_differs_with_its_values(chart):
    import io
    from dataclasses import replace

    from PIL import Image

    image = Image.open(io.BytesIO(pictures.picture(chart)))
    assert image.size == pictures.SIZE
    assert len(image.convert("RGB").getcolors(1 << 20)) > 10
    other = replace(chart, values=tuple(one * 0.5 + n for n, one in enumerate(chart.values)), target=None)
    assert pictures.picture(other) != pictures.picture(chart)


@pytest.mark.parametrize("kind", ["bars", "line", "pareto", "heat", "gauge"])
@pytest.mark.parametrize(
    "values", [(), (0.0,), (float("nan"), float("inf"), -3.0), tuple(map(float, range(300)))]
)
def test_odd_values_draw_something(kind, values):
    labels = tuple(f"第{n}个😀" for n in range(len(values)))
    assert pictures.picture(Chart(kind, labels, values, rows=("一",))).startswith(b"\x89PNG")
    assert page(ordinary(Chart(kind, labels, values, rows=("一",))), 78)
