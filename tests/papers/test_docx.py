"""The Word file read back; templates of a company's own, and what is wrong with those that are wrong."""

from __future__ import annotations

import io
import zipfile

import docx as word
import pytest
from docx.oxml.ns import qn

from deskapp.domain.errors import RuleBroken
from deskapp.papers.docx import docx, house_template
from tests.papers.documents import CHARTS, HOSTILE, hostile, long_table, ordinary

pytestmark = pytest.mark.row("R1")


def a_template(*paragraphs: str, row: str = "") -> bytes:
    """A Word file as a company makes one."""
    made = word.Document()
    for one in paragraphs:
        made.add_paragraph(one)
    if row:
        table = made.add_table(rows=3, cols=1)
        table.cell(0, 0).text = "{%tr for row in tables[0].rows %}"
        table.cell(1, 0).text = row
        table.cell(2, 0).text = "{%tr endfor %}"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def read(content: bytes):
    return word.Document(io.BytesIO(content))


def words_of(document) -> str:
    """All words, those of tables too, in order."""
    return "\n".join(
        "".join(run.text or "" for run in one.iter(qn("w:t")))
        for one in document.element.body.iter(qn("w:p"))
    )


def test_it_says_what_the_document_says():
    found = read(docx(ordinary(revision=2)))
    text = words_of(found)
    for words in (
        "海棠装饰",
        "客服周报表",
        "编号:BB20261127-0001",
        "第 2 版",
        "按部门",
        "25.0%",
        "1,234.50",
        "继续努力",
    ):
        assert words in text
    assert "制表:__________" in text and "body" not in text
    assert len(found.tables) == 2
    footer = found.sections[0].footer.paragraphs[0]._p
    assert [one.get(qn("w:instr")) for one in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert (round(found.sections[0].page_width.mm), round(found.sections[0].page_height.mm)) == (210, 297)


def test_headers_repeat_and_charts_are_there():
    found = read(docx(ordinary(long_table(80), *CHARTS)))
    assert len(list(found.tables[0]._tbl.iter(qn("w:tblHeader")))) == 1
    assert len(found.tables[0].rows) == 81
    assert len(found.inline_shapes) == len(CHARTS)


def test_words_of_clients_are_neither_markup_nor_template():
    text = words_of(read(docx(hostile())))
    for words in (HOSTILE[0], HOSTILE[1], HOSTILE[4], HOSTILE[8], "[31mabc", "W" * 3000):
        assert words in text
    inside = words_of(read(docx(hostile(), a_template("{{ title }}|{{ company }}|{{ words[4].words }}"))))
    assert f"{HOSTILE[0]}|[31mabc|{HOSTILE[4]}" in inside


def test_a_company_s_own_template_is_filled():
    own = a_template(
        "甲方公司函件 {{ company }}",
        "{{ title }} 第 {{ number }} 号",
        "按期 {{ facts['按期'] }} 件;{{ parts.remarks }}",
        "{% for one in signatures %}[{{ one }}]{% endfor %}",
        row="{{ row[0] }}:{{ row[1] }}",
    )
    text = words_of(read(docx(ordinary(), own)))
    for words in (
        "甲方公司函件 海棠装饰",
        "客服周报表 第 BB20261127-0001 号",
        "按期 48 件;",
        "[制表:",
        "工程部:1,200",
    ):
        assert words in text
    assert "{" not in text


def test_the_body_goes_where_the_template_has_it_also_in_a_cell():
    made = word.Document()
    made.add_paragraph("之前")
    made.add_table(rows=1, cols=1).cell(0, 0).text = "{{ body }}"
    made.add_paragraph("之后")
    stream = io.BytesIO()
    made.save(stream)
    found = read(docx(ordinary(), stream.getvalue()))
    text = words_of(found)
    assert text.index("之前") < text.index("按部门") < text.index("之后")
    last = list(found.tables[0]._tbl.iter(qn("w:tc")))[0]
    assert last[-1].tag == qn("w:p"), "Word refuses a cell that ends with a table"


def test_the_house_s_template_is_one_to_begin_with():
    assert words_of(read(docx(ordinary(), house_template()))) == words_of(read(docx(ordinary())))


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{{ nope }}", "paper.template_unknown", "nope"),
        ("合计 {{ title", "paper.template_wrong", "合计 {{ title"),
        ("{{ parts.zzz }}", "paper.template_wrong", "{{ parts.zzz }}"),
        ("{% for t in tables %}{{ t.captoin }}{% endfor %}", "paper.template_wrong", "captoin"),
        ("{% for t in tables %}{{ t.caption }}", "paper.template_wrong", "endfor"),
        ("{{ tables[9].rows }}", "paper.template_wrong", "{{ tables[9].rows }}"),
        ("{{ title.__class__.__mro__ }}", "paper.template_wrong", "__class__"),
        ("{{ title * 99999999 }}", "paper.template_wrong", "title"),
        ("{{ title ~ 9**9**9 }}", "paper.template_wrong", "title"),
        ("{% for a in range(999999999) %}{{ title }}{% endfor %}", "paper.template_unknown", "range"),
        ("没有占位符", "paper.template_empty", ""),
    ],
)
def test_a_wrong_template_says_what_is_wrong_and_where(text, code, said):
    with pytest.raises(RuleBroken) as refused:
        docx(ordinary(), a_template("第一段 {{ company }}" if code != "paper.template_empty" else "空", text))
    assert refused.value.code == code
    assert said in " ".join(map(str, refused.value.facts.values()))


def _packed(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name.replace("__", "/"), text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no zip", "paper.template_none"),
        (_packed(a="b"), "paper.template_none"),
        (_packed(**{"word/document.xml": "<x/>", "word/vbaProject.bin": "x"}), "paper.template_macros"),
        (_packed(**{"word/document.xml": "<x/>" + " " * 70_000_000}), "paper.template_big"),
        (_packed(**{"word/document.xml": "<broken"}), "paper.template_wrong"),
    ],
    ids=["no zip", "no word", "macros", "bomb", "broken"],
)
def test_what_is_no_template_is_refused(content, code):
    with pytest.raises(RuleBroken) as refused:
        docx(ordinary(), content)
    assert refused.value.code == code
