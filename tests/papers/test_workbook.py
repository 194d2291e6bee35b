"""The workbook read back: numbers that reckon, texts that are never formulas, a page that prints."""

from __future__ import annotations

import io
from itertools import pairwise

import openpyxl
import pytest

from deskapp.domain.document import Chart, Document, Table
from deskapp.papers.workbook import workbook
from tests.papers.documents import CHARTS, HOSTILE, hostile, long_table, ordinary

pytestmark = pytest.mark.row("R1")


def sheet_of(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def cells(sheet) -> dict[object, object]:
    return {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}


def test_it_says_what_the_document_says_and_numbers_are_numbers():
    found = cells(sheet_of(workbook(ordinary())))
    for words in (
        "海棠装饰",
        "客服周报表",
        "编号:BB20261127-0001",
        "期间:2026 年第 48 周",
        "一切正常\n继续努力",
    ):
        assert words in found
    assert (found[1200].number_format, found[0.25].number_format) == ("#,##0", "0.0%")
    assert found[1234.5].number_format == "#,##0.00"
    assert found[0.25].border.left.style == "thin"
    assert any(str(one).startswith("制表:") for one in found)


def test_it_is_set_up_to_be_printed():
    sheet = sheet_of(workbook(ordinary(long_table(100), number="A&B")))
    assert sheet.page_setup.paperSize == 9
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    header = next(row[0].row for row in sheet.iter_rows() if row[0].value == "序号")
    assert sheet.print_title_rows == f"${header}:${header}"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert "客服周报表" in [
        str(sheet.cell(one.min_row, one.min_col).value) for one in sheet.merged_cells.ranges
    ]
    assert sheet.column_dimensions["C"].width > sheet.column_dimensions["A"].width


def test_a_wide_table_lies_on_its_side():
    wide = Table(tuple(f"第{n}列" for n in range(14)), ())
    assert sheet_of(workbook(ordinary(wide))).page_setup.orientation == "landscape"
    assert sheet_of(workbook(ordinary())).page_setup.orientation == "portrait"


def test_words_of_clients_are_never_formulas_nor_links():
    sheet = sheet_of(workbook(hostile()))
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "n"}
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    found = cells(sheet)
    assert HOSTILE[1] in found and HOSTILE[2] in found
    assert "[31mabc" in found
    assert "a\nb c\nd" in found


def test_a_number_that_is_none_leaves_its_cell_empty():
    sheet = sheet_of(workbook(ordinary(Table(("甲", "乙"), (("a", float("nan")), ("b", None))))))
    assert {cell.value for row in sheet.iter_rows() for cell in row} >= {"a", "b", None}


def test_charts_are_pictures_in_it():
    assert len(sheet_of(workbook(ordinary(*CHARTS)))._images) == len(CHARTS)


@pytest.mark.parametrize("title", ["[甲]:乙*/?\\" * 10, "", "'''"])
def test_any_title_gives_the_sheet_a_name(title):
    assert 0 < len(sheet_of(workbook(ordinary(title=title))).title) <= 31


def test_no_picture_is_cut_by_the_end_of_a_page():
    bars = Chart("bars", ("一", "二"), (1.0, 2.0), caption="多少")
    table = Table(("名称", "数"), tuple((f"第 {n} 行", n) for n in range(30)), caption="明细")
    sheet = sheet_of(workbook(Document("k", "题", blocks=(table, bars, table, bars))))
    pictures = [one.anchor._from.row for one in sheet._images]
    ends = [0, *(one.id for one in sheet.row_breaks.brk), sheet.max_row]
    assert len(pictures) == 2 and len(ends) > 3
    for row in pictures:
        assert not {*range(row, row + 15)} & {*ends[:-1]}, "with its heading, and whole"
    assert all(0 < last - first <= 48 for first, last in pairwise(ends)), "as many rows as a page has"
