"""The pdf read back: what it says, on how many pages, in which font; nothing in it is markup."""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest

from deskapp.domain.document import Facts, Words
from deskapp.papers import pdf as writer
from deskapp.papers.pdf import pdf
from tests.papers.documents import CHARTS, hostile, long_table, ordinary

pytestmark = pytest.mark.row("R1")


def pages_of(content: bytes) -> list[str]:
    """The text of every page."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [document[at].get_textpage().get_text_range() for at in range(len(document))]
    finally:
        document.close()


def test_it_says_what_the_document_says():
    (page,) = pages_of(pdf(ordinary(revision=2)))
    for words in (
        "海棠装饰",
        "客服周报表",
        "编号:BB20261127-0001",
        "第 2 版",
        "期间:2026 年第 48 周",
        "按部门",
    ):
        assert words in page
    for words in (
        "1,203",
        "25.0%",
        "1,234.50",
        "一切正常",
        "继续努力",
        "制表:",
        "批准:",
        "李敏 制表",
        "第 1 页 共 1 页",
    ):
        assert words in page


def test_only_the_chinese_font_is_used_and_it_is_embedded_in_part():
    content = pdf(ordinary())
    assert re.findall(rb"/BaseFont\s*/(\S+)", content) == [b"AAAAAA+WenQuanYiMicroHei-0"]
    assert b"/FontFile2" in content
    assert len(content) < 300_000, "the whole font has five megabytes"


def test_a_long_table_goes_over_pages_under_its_header():
    pages = pages_of(pdf(ordinary(long_table(150))))
    assert len(pages) > 4
    for at, page in enumerate(pages, 1):
        assert f"第 {at} 页 共 {len(pages)} 页" in page
        assert "BB20261127-0001" in page
    rows = [page for page in pages if "客户" in page]
    assert all("序号" in page for page in rows)
    whole = "".join(pages)
    assert [n for n in range(1, 151) if f"客户{n}\r" not in whole and f"客户{n} " not in whole] == []
    assert "制表:" in pages[-1]


def test_words_of_clients_do_no_harm_and_none_are_lost():
    whole = "".join(pages_of(pdf(hostile())))
    closed = re.sub(r"\s", "", whole)
    for words in ("<b>粗</b>&</para><fontsize=99>", "=cmd|'/ccalc'!A1", "{{7*7}}{%raw%}", "[31mabc"):
        assert words in closed
    assert closed.count("字") >= 4 * 9000 - 200
    assert closed.count("W") >= 4 * 3000 - 400


def test_what_the_font_has_not_is_a_box():
    assert writer.drawn("a😀𠮷b\n") == "a□□b\n"


@pytest.mark.parametrize("lines", [1, 400])
def test_a_value_longer_than_a_page_goes_on(lines):
    text = "\n".join(f"第{n}行" for n in range(lines * 2))
    pages = pages_of(pdf(ordinary(Facts((("内容", text), ("短", "x")), lines=3), Words(text))))
    assert f"第{lines * 2 - 1}行" in pages[-1]


def test_an_empty_paper_and_an_empty_table_are_papers_too():
    from deskapp.domain.document import Document, Table

    assert pages_of(pdf(Document(kind="x", title="")))
    (page,) = pages_of(pdf(ordinary(Table(("甲", "乙"), ()))))
    assert "(无)" in page


def test_every_chart_is_a_picture_on_the_page():
    document = pypdfium2.PdfDocument(io.BytesIO(pdf(ordinary(*CHARTS))))
    try:
        found = [
            one
            for at in range(len(document))
            for one in document[at].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        ]
        assert len(found) == len(CHARTS)
        image = document[0].render(scale=1).to_pil()
        assert len(image.getcolors(1 << 20)) > 20, "something is drawn"
    finally:
        document.close()
