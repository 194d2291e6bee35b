"""Spreadsheets that mean harm: refused in one sentence, before they take memory or time."""

import io
import struct
import time
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName

from deskapp.adapters import xls_trial
from deskapp.adapters.spreadsheet import read_sheet
from deskapp.domain.errors import RuleBroken
from tests.hostile import examples

pytestmark = pytest.mark.row("P4")
SOON_S = 6.0
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def a_book(path, rows=((("姓名", "电话")), ("张三", "13800138000"))):
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("登记")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def with_parts(path, **parts):
    """The same workbook with some parts in the place of its own: sheet1=…, sharedStrings=…"""
    with zipfile.ZipFile(a_book(path)) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in kept.items():
            stem = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, parts.get(stem, part) if name.endswith(".xml") else part)
    return path


def an_ods(path, table):
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="S">{table}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", "<manifest/>")
        parts.writestr("content.xml", content)
    return path


def refusal(path):
    begun = time.process_time()
    with pytest.raises(RuleBroken) as refused:
        read_sheet(path)
    assert time.process_time() - begun < SOON_S
    return refused.value.code


def shared(cells, text):
    """A sheet whose every cell holds the second shared text."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c></row>' for n in range(1, cells + 1))
    sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    return {"sheet1": sheet, "sharedStrings": f"<sst {MAIN}><si><t>a</t></si><si><t>{text}</t></si></sst>"}


def test_one_text_in_many_cells(tmp_path):
    path = with_parts(tmp_path / "a.xlsx", **shared(20_000, "x" * 32_000))
    assert path.stat().st_size < 300_000
    assert refusal(path) == "import.too_big"
    assert len(read_sheet(with_parts(tmp_path / "b.xlsx", **shared(20_000, "x" * 100))).rows) == 20_000


def test_a_long_note_nobody_repeats_is_no_harm(tmp_path):
    rows = [("姓名", "备注"), ("长", "长" * 30_000), *((f"客户{n}", "同一句话") for n in range(9_000))]
    assert len(read_sheet(a_book(tmp_path / "a.xlsx", rows)).rows) == len(rows)


def test_texts_repeated_in_open_document(tmp_path):
    cell = (
        '<table:table-cell table:number-columns-repeated="{}" office:value-type="string"><text:p>{}</text:p>'
    )
    row = '<table:table-row table:number-rows-repeated="{}">' + cell + "</table:table-cell></table:table-row>"
    assert refusal(an_ods(tmp_path / "a.ods", row.format(1000, 1000, "x" * 30_000))) == "import.too_big"
    assert len(read_sheet(an_ods(tmp_path / "b.ods", row.format(100, 100, "x" * 300))).rows) == 100


def test_a_tag_too_long_to_be_looked_at_is_refused(tmp_path):
    cell = f'<table:table-cell x="{"y" * 6_000_000}" table:number-columns-repeated="16000" office:value-type="string">'
    row = f'<table:table-row table:number-rows-repeated="100000">{cell}<text:p>x</text:p></table:table-cell>'
    assert refusal(an_ods(tmp_path / "a.ods", row + "</table:table-row>")) == "import.unreadable"


def test_ranges_merged_again_and_again(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="B{n}"><v>1</v></c></row>' for n in range(1, 5001))
    merged = '<mergeCell ref="A1:A5000"/>' * 5_000
    sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>"
    assert refusal(with_parts(tmp_path / "a.xlsx", sheet1=sheet)) == "import.too_big"


def test_a_part_that_lies_about_its_size(tmp_path):
    """A hundred entries of the directory lead to one stream of 30 MB, and each says it holds a byte."""
    path = a_book(tmp_path / "a.xlsx")
    stream = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet9.xml", b" " * 30_000_000)
    whole = stream.getvalue()
    at, end = whole.rindex(b"PK\x01\x02"), whole.rindex(b"PK\x05\x06")
    entry = bytearray(whole[at:end])
    entry[24:28] = struct.pack("<I", 1)
    entries = b"".join(bytes(entry).replace(b"sheet9.xml", b"shee%03d.xm" % n) for n in range(100))
    tail = bytearray(whole[end:])
    count = struct.unpack_from("<H", tail, 10)[0] + 99
    tail[8:12] = struct.pack("<HH", count, count)
    tail[12:16] = struct.pack("<I", struct.unpack_from("<I", tail, 12)[0] + 99 * len(entry))
    path.write_bytes(whole[:at] + entries + bytes(tail))
    assert refusal(path) == "import.unreadable"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "' + "b" * 1000 + '"><!ENTITY c "' + "&b;" * 1000 + '">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("part", ["sheet1", "sharedStrings", "workbook", "styles"])
def test_entities_are_never_expanded(tmp_path, text, part):
    with zipfile.ZipFile(a_book(tmp_path / "a.xlsx")) as old:
        name = next(one for one in old.namelist() if one.endswith(f"{part}.xml"))
        head, mark, rest = old.read(name).decode().partition("?>")
    declared = head + mark + text + rest.replace("姓名", "&c;").replace("登记", "&b;")
    try:
        rows = read_sheet(with_parts(tmp_path / "b.xlsx", **{part: declared})).rows
    except RuleBroken:
        return
    said = str(rows)
    assert "root:" not in said
    assert len(said) < 10_000


def test_names_that_go_in_circles_links_and_wrong_types_are_only_values(tmp_path):
    book = openpyxl.Workbook()
    book.defined_names["a"] = DefinedName("a", attr_text="b")
    book.defined_names["b"] = DefinedName("b", attr_text="a")
    sheet = book.active
    sheet.append(["姓名", "电话"])
    sheet.append(["=a", "=[http://127.0.0.1:9/x.xlsx]S!A1"])
    sheet.append(['=HYPERLINK("file:///etc/passwd","x")', "=cmd|'/c calc'!A1"])
    sheet["A2"].hyperlink = "http://127.0.0.1:9/"
    book.save(tmp_path / "a.xlsx")
    assert [row.cells for row in read_sheet(tmp_path / "a.xlsx").rows] == [("姓名", "电话")]
    for kind in ("b", "e", "n", "d", "str", "s", "nonsense", ""):
        cell = f'<row r="1"><c r="A1" t="{kind}"><v>99999999999999999999</v></c><c r="B1"><v>1</v></c></row>'
        path = with_parts(
            tmp_path / "b.xlsx", sheet1=f"<worksheet {MAIN}><sheetData>{cell}</sheetData></worksheet>"
        )
        try:
            assert len(read_sheet(path).rows) <= 1
        except RuleBroken as refused:
            assert refused.code == "import.unreadable"  # noqa: PT017


def test_an_old_workbook_is_tried_by_another_process(monkeypatch):
    harmless = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    many = harmless + b"\xfd\x00\x0a\x00" * (xls_trial.FEW + 1)
    xls_trial.check_old_workbook(many, "a.xls")
    monkeypatch.setattr(xls_trial, "TRIAL_S", 0.001)
    xls_trial.check_old_workbook(harmless, "a.xls")
    with pytest.raises(RuleBroken, match=r"import\.too_big"):
        xls_trial.check_old_workbook(many, "a.xls")


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A1", "B2", "XFD1", "A1048576", "", "a", "A0", "AAAA1", "A99999999999", "1"]),
        st.sampled_from(["s", "str", "inlineStr", "b", "e", "d", "n", "x", ""]),
        st.sampled_from(
            ["0", "1", "-1", "99", "1e308", "NaN", "", "=1", "&amp;", "2024-13-99", "#N/A", "0x1"]
        ),
    ),
    max_size=12,
)


@given(ROWS, st.sampled_from(["A1:B2", "A1:XFD1048576", "B2:A1", "A:A", "x", ""]), st.booleans())
@examples(40)
def test_any_cells_are_read_or_refused(tmp_path_factory, rows, merged, once):
    cells = "".join(f'<c r="{place}" t="{kind}"><v>{value}</v></c>' for place, kind, value in rows)
    rows = f"<row>{cells}</row>" if once else f'<row r="1">{cells}</row><row r="1">{cells}</row>'
    sheet = (
        f'<worksheet {MAIN}><sheetData>{rows}</sheetData><mergeCells><mergeCell ref="{merged}"/></mergeCells>'
    )
    path = with_parts(tmp_path_factory.getbasetemp() / "any.xlsx", sheet1=f"{sheet}</worksheet>")
    try:
        read_sheet(path)
    except RuleBroken as refused:
        reason = refused.code
    else:
        reason = ""
    assert reason in ("", "import.unreadable", "import.empty", "import.too_big")


@given(
    st.lists(st.tuples(st.integers(0, 12_000), st.binary(min_size=1, max_size=12)), min_size=1, max_size=6)
)
@examples(40)
def test_damaged_sheets_are_read_or_refused(tmp_path_factory, spoils):
    path = tmp_path_factory.getbasetemp() / "whole.xlsx"
    whole = bytearray((path if path.exists() else a_book(path)).read_bytes())
    for place, noise in spoils:
        place %= len(whole)
        whole[place : place + len(noise)] = noise
    spoilt = path.with_name("spoilt.xlsx")
    spoilt.write_bytes(bytes(whole))
    try:
        rows = read_sheet(spoilt).rows
    except RuleBroken as refused:
        rows = refused.facts
    assert rows
