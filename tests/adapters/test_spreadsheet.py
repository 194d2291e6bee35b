"""Files into numbered rows: every kind, encoding and delimiter; hostile files become one sentence."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deskapp.adapters.spreadsheet import read_sheet
from deskapp.domain.errors import RuleBroken

pytestmark = pytest.mark.row("P4")

DATA = Path(__file__).parents[3] / "shared" / "data"
TABLE = [
    ["姓名", "电话", "备注"],
    ["张三", "13800138000", "甲,乙\n丙;\t丁|戊"],
    [],
    ["李䶮𠮷", "010-26339624", 'x"y'],
]
SHEET_XML = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def refusal(path: Path, **options: str) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        read_sheet(path, **options)
    return caught.value


def patched(path: Path, content: str) -> Path:
    """A workbook whose one sheet part is `content`."""
    whole = io.BytesIO()
    openpyxl.Workbook().save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(part.filename, content if part.filename == SHEET_XML else source.read(part))
    return path


def ods(path: Path, rows: str) -> Path:
    """An OpenDocument sheet with the given rows."""
    names = {"office": "office", "table": "table", "text": "text"}
    spaces = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for key, name in names.items()
    )
    body = f'<office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", "<manifest/>")
        parts.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>",
        )
    return path


def ods_cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def workbook(path: Path, cells: dict[str, object], merged: tuple[str, ...] = (), title: str = "登记") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for place, value in cells.items():
        sheet[place] = value
    for area in merged:
        sheet.merge_cells(area)
    book.save(path)
    return path


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_every_encoding_and_delimiter_reads_the_same(
        self, tmp_path: Path, encoding: str, delimiter: str
    ) -> None:
        path = tmp_path / "登记.csv"
        with path.open("w", newline="", encoding=encoding) as file:
            csv.writer(file, delimiter=delimiter).writerows([[], *TABLE])
        sheet = read_sheet(path)
        assert [(row.number, list(row.cells)) for row in sheet.rows] == [
            (2, TABLE[0]),
            (3, TABLE[1]),
            (5, TABLE[3]),
        ]
        assert (sheet.name, sheet.sheets, sheet.encoding) == ("登记", ("登记",), encoding)

    def test_gbk_is_read_without_being_named(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes("姓名\t电话\r\n张三\t1\r\n".encode("gbk"))
        assert read_sheet(path).rows[1].cells == ("张三", "1")

    def test_named_gbk_reads_what_only_gb18030_has(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes("姓名,电话\n李䶮𠮷,1\n".encode("gb18030"))
        assert read_sheet(path, encoding="GBK").rows[1].cells == ("李䶮𠮷", "1")

    @given(
        rows=st.lists(
            st.lists(
                st.text(
                    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"),
                    max_size=8,
                ),
                min_size=2,
                max_size=4,
            ),
            min_size=1,
            max_size=6,
        ),
        codec=st.sampled_from(["utf-8-sig", "utf-16"]),
    )
    @example(rows=[["", "|"], ["", "", "", "|"]], codec="utf-8-sig")
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    def test_what_was_written_is_read(self, tmp_path: Path, rows: list[list[str]], codec: str) -> None:
        path = tmp_path / "any.csv"
        with path.open("w", newline="", encoding=codec) as file:
            csv.writer(file).writerows([["sep", "a", "b"], *rows])
        read = {row.number: row.cells for row in read_sheet(path).rows}
        for number, row in enumerate(rows, 2):
            cells = tuple(cell if cell.strip() else None for cell in row)
            assert read.get(number, ()) == (cells if any(cells) else ())

    def test_sep_line_is_no_row(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("sep=;\n姓名;a,b\n张三;c,d\n", encoding="utf-8")
        assert [tuple(row) for row in read_sheet(path).rows] == [(1, ("姓名", "a,b")), (2, ("张三", "c,d"))]

    def test_line_ends_of_an_old_mac_end_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(b"a,b\r1,2\r3,4\r")
        assert [row.cells for row in read_sheet(path).rows] == [("a", "b"), ("1", "2"), ("3", "4")]

    def test_inch_sign_is_no_quotation_mark(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text('a,b\n1,5" pipe\n2,y\n', encoding="utf-8")
        assert [row.cells for row in read_sheet(path).rows][1:] == [("1", '5" pipe'), ("2", "y")]

    @pytest.mark.parametrize(
        ("content", "code", "facts"),
        [
            (b'a,b\n1,"x\n2,y\n3,z\n', "import.open_quote", {"row": 2}),
            (b'a,b\n1,"' + b"x" * 1_200_000, "import.open_quote", {"row": 2}),
            (("姓名,电话\n" + "张三,1\n" * 20).encode() + b"\xe5\xbc,1\n", "import.encoding", {"line": 22}),
            ("姓名,電話\n張國榮,漏水嚴重\n".encode("big5"), "import.encoding_unsure", {}),
            ("name,phone\nMüller,1\nGärtner,2\n".encode("latin-1"), "import.encoding_unsure", {}),
            (b"", "import.empty", {}),
            (b"\n \n,,\n\n", "import.empty", {}),
            (b"%PDF-1.7 ...", "import.format", {}),
            (b"\x89PNG\r\n\x1a\n", "import.format", {}),
            (bytes(range(9)) * 500, "import.format", {}),
            ("<html><table><tr><td>姓名".encode(), "import.markup", {}),
            (b'<?xml version="1.0"?><Workbook/>', "import.markup", {}),
        ],
    )
    def test_doubtful_text_is_refused(
        self, tmp_path: Path, content: bytes, code: str, facts: dict[str, int]
    ) -> None:
        path = tmp_path / "表.xls"
        path.write_bytes(content)
        reason = refusal(path)
        assert reason.code == code
        assert facts.items() <= reason.facts.items()
        assert reason.facts["file"] == "表.xls"

    def test_named_encoding_wins(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes("姓名,電話\n張國榮,漏水嚴重\n".encode("big5"))
        assert read_sheet(path, encoding="big5").rows[1].cells == ("張國榮", "漏水嚴重")
        assert refusal(path, encoding="klingon").code == "import.encoding_name"
        assert refusal(path, encoding="utf-8").code == "import.encoding"


class TestWorkbook:
    def test_rows_keep_their_numbers_under_blank_rows_and_beside_blank_columns(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", {"C4": "姓名", "D4": "电话", "C7": "张三", "D7": 13800138000})
        sheet = read_sheet(path)
        assert [tuple(row) for row in sheet.rows] == [
            (4, (None, None, "姓名", "电话")),
            (7, (None, None, "张三", 13800138000)),
        ]
        assert sheet.encoding == ""

    def test_cells_keep_their_kinds(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            clock = book.add_format({"num_format": "hh:mm"})
            sheet.write_row(0, 0, ["a", 5000.0, 98.5, True])
            sheet.write_datetime(0, 4, datetime(2024, 1, 6, 8, 30, 15), day)
            sheet.write_datetime(0, 5, datetime(2024, 1, 6), day)
            sheet.write_number(0, 6, 0.5, clock)
            sheet.write_formula(0, 7, '=CMD|"/c calc"!A1', None, "cached")
            sheet.write_formula(0, 8, "=1/0", None, "#DIV/0!")
            sheet.write_string(0, 9, "=1+1")
            sheet.write_row(1, 0, ["b", "c"])
        assert read_sheet(path).rows[0].cells == (
            *("a", 5000, 98.5, True, datetime(2024, 1, 6, 8, 30, 15), date(2024, 1, 6), "12:00:00"),
            *("cached", None, "=1+1"),
        )

    def test_merged_rows_repeat_where_there_is_something_beside(self, tmp_path: Path) -> None:
        cells = {"A1": "登记表", "A2": "姓名", "B2": "联系方式", "B3": "手机", "C3": "座机"}
        cells |= {"A4": "张三", "B4": "1", "A5": "李四", "B5": "2", "D4": "碧桂园", "D2": "楼盘"}
        path = workbook(tmp_path / "a.xlsx", cells, ("A1:D1", "A2:A3", "B2:C2", "D2:D3", "D4:D9"))
        assert [tuple(row) for row in read_sheet(path).rows][2:] == [
            (3, ("姓名", "手机", "座机", "楼盘")),
            (4, ("张三", "1", None, "碧桂园")),
            (5, ("李四", "2", None, "碧桂园")),
        ]

    def test_first_shown_sheet_with_a_table_is_chosen_and_any_can_be_named(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            hidden = book.add_worksheet("码表")
            hidden.hide()
            hidden.write_row(0, 0, ["a", "b"])
            hidden.write_row(1, 0, ["c", "d"])
            book.add_worksheet("说明").write(0, 0, "每周五上报")
            book.add_worksheet("空")
            table = book.add_worksheet("登记")
            table.write_row(0, 0, ["姓名", "电话"])
            table.write_row(1, 0, ["张三", "1"])
            table.activate()
        sheet = read_sheet(path)
        assert (sheet.name, sheet.sheets) == ("登记", ("码表", "说明", "空", "登记"))
        assert read_sheet(path, "说明").rows[0].cells == ("每周五上报",)
        assert read_sheet(path, "空").rows == ()
        reason = refusal(path, sheet="无此表")
        assert (reason.code, reason.facts["sheet"]) == ("import.no_sheet", "无此表")

    def test_content_decides_not_the_name(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", {"A1": "姓名", "B1": "电话"}).rename(tmp_path / "a.csv")
        assert read_sheet(path).rows[0].cells == ("姓名", "电话")

    def test_open_document_reads_and_its_endless_blank_rows_do_not_count(self, tmp_path: Path) -> None:
        blank = '<table:table-row table:number-rows-repeated="{}"><table:table-cell/></table:table-row>'
        rows = f"<table:table-row>{ods_cell('姓名')}{ods_cell('电话')}</table:table-row>"
        path = ods(tmp_path / "a.ods", blank.format(2) + rows + blank.format(1_048_570))
        assert [tuple(row) for row in read_sheet(path).rows] == [(3, ("姓名", "电话"))]

    def test_formatted_blank_cells_to_the_end_of_the_sheet_do_not_count(self, tmp_path: Path) -> None:
        last = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"></c></row>'
        first = '<row r="1"><c r="A1"><v>1</v></c></row>'
        assert read_sheet(patched(tmp_path / "a.xlsx", HEAD + first + last + TAIL)).rows[0].cells == (1,)


class TestHostile:
    @pytest.mark.parametrize(
        "rows",
        [
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            '<row r="1">' + "<c><v>1</v></c>" * 16384 + '</row><row r="1048576"><c><v>1</v></c></row>',
            '<row r="1"><c r="A1"><v>1</v></c></row>' + " " * (80 << 20),
        ],
        ids=["far apart", "far apart in sequence", "bomb"],
    )
    def test_what_would_take_the_memory_is_refused_first(self, tmp_path: Path, rows: str) -> None:
        assert refusal(patched(tmp_path / "a.xlsx", HEAD + rows + TAIL)).code == "import.too_big"

    def test_far_apart_in_open_document(self, tmp_path: Path) -> None:
        gap = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
        beside = '<table:table-cell table:number-columns-repeated="16383"/>'
        near, far = (
            f"<table:table-row>{cells}</table:table-row>" for cells in (ods_cell("a"), beside + ods_cell("b"))
        )
        path = ods(tmp_path / "a.ods", near + gap + far)
        assert refusal(path).code == "import.too_big"

    @pytest.mark.parametrize(
        "content",
        [
            "<worksheet><sheetData><row><c><v>",
            HEAD + '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>' + TAIL,
            '<!DOCTYPE w [<!ENTITY a "x">]>'
            + HEAD
            + '<row><c t="inlineStr"><is><t>&a;</t></is></c></row>'
            + TAIL,
        ],
    )
    def test_broken_workbook_is_one_sentence(self, tmp_path: Path, content: str) -> None:
        reason = refusal(patched(tmp_path / "a.xlsx", content))
        assert (reason.code, reason.facts) == ("import.unreadable", {"file": "a.xlsx"})
        assert reason.__suppress_context__

    @given(cut=st.integers(0, 6000), noise=st.binary(max_size=40))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    def test_damaged_workbook_never_escapes(self, tmp_path: Path, cut: int, noise: bytes) -> None:
        path = tmp_path / "a.xlsx"
        if not path.exists():
            workbook(path, {"A1": "姓名", "B1": "电话", "A2": "张三", "B2": "1"})
        whole = path.read_bytes()
        damaged = tmp_path / "b.xlsx"
        damaged.write_bytes(whole[:cut] + noise + whole[cut + len(noise) :])
        said = None
        try:
            rows = read_sheet(damaged).rows
        except RuleBroken as reason:
            said, rows = reason, ()
        assert rows or (said is not None and said.facts["file"] == "b.xlsx")

    @pytest.mark.parametrize(
        "start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04" + b"\0" * 600]
    )
    def test_only_the_beginning_is_right(self, tmp_path: Path, start: bytes) -> None:
        path = tmp_path / "a.xls"
        path.write_bytes(start + bytes(range(256)) * 4)
        assert refusal(path).code == "import.unreadable"

    def test_other_zip_is_no_table(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w") as parts:
            parts.writestr("word/document.xml", "x")
        assert refusal(path).code == "import.format"

    def test_no_file_a_folder_a_pipe_and_a_bad_name(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "无.xlsx").code == "import.no_file"
        assert refusal(tmp_path).code == "import.unreadable"
        os.mkfifo(tmp_path / "pipe.csv")
        assert refusal(tmp_path / "pipe.csv").code == "import.unreadable"
        assert refusal(Path("a\0b.csv")).code == "import.unreadable"

    def test_size_is_checked_before_reading(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        with path.open("wb") as file:
            file.truncate(200 << 20)
        assert refusal(path).code == "import.too_big"


@pytest.mark.skipif(not DATA.exists(), reason="the project's real spreadsheets are not on this machine")
class TestRealFiles:
    def test_old_xls(self) -> None:
        sheet = read_sheet(DATA / "spreadsheets" / "merged_header.xls")
        assert [row.number for row in sheet.rows] == [1, 2, 3]
        assert sheet.rows[1].cells[:2] == ("材质*", "等级")

    def test_register(self) -> None:
        sheet = read_sheet(DATA / "spreadsheets" / "customers_messy.xlsx")
        assert (sheet.name, sheet.sheets) == ("客户登记", ("客户登记", "说明"))
        assert [row.number for row in sheet.rows if row.number in (14, 15, 16)] == [14, 16]

    def test_gbk_csv(self) -> None:
        sheet = read_sheet(DATA / "complaints" / "car_complaints_gbk_600.csv")
        assert (sheet.encoding, len(sheet.rows)) == ("gb18030", 601)
