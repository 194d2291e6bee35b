"""The words of files: read where they can be, the reason said where not, and no file does any harm (row K4)."""

from __future__ import annotations

import time
import zipfile
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.adapters import document_text
from deskapp.adapters.document_text import MOST_CHARACTERS, READABLE, read_words

pytestmark = pytest.mark.row("K4")
WORDS = "瓷砖空鼓 tile 2026"
BODY = '<w:document xmlns:w="w"><w:body>{}</w:body></w:document>'


def zipped(**parts: bytes | str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return made.getvalue()


def docx(paragraphs: list[str]) -> bytes:
    from docx import Document

    made, document = BytesIO(), Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "格一", "格二"
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.save(made)
    return made.getvalue()


def xlsx() -> bytes:
    from openpyxl import Workbook

    made, book = BytesIO(), Workbook()
    book.active.title = "台账"
    book.active.append([WORDS, 13800138000, True])
    book.save(made)
    return made.getvalue()


def pdf(words: str = WORDS, password: str = "") -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    made = BytesIO()
    canvas = Canvas(made, encrypt=StandardEncryption(password) if password else None)
    canvas.drawString(72, 700, words)
    canvas.save()
    return made.getvalue()


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("txt", WORDS.encode()),
        ("txt", WORDS.encode("gb18030")),
        ("txt", WORDS.encode("utf-16")),
        ("md", f"# {WORDS}".encode()),
        ("csv", f"标题\n{WORDS}".encode()),
        ("html", f"<html><script>alert(1)</script><p>{WORDS}</p></html>".encode()),
    ],
)
def test_texts_in_any_usual_encoding(ending: str, content: bytes) -> None:
    reading = read_words(ending, content)
    assert (reading.why, reading.cut) == ("", False)
    assert WORDS in reading.words
    assert "alert" not in reading.words


def test_a_page_is_found_by_what_stands_behind_its_scripts() -> None:
    page = f"<style>{'a{} ' * 100_000}</style><SCRIPT>{'b();' * 100_000}</script ><p>{WORDS}</p><script>c()"
    assert read_words("html", page.encode()).words == WORDS


@pytest.mark.parametrize(
    "page", ["<" * 2_000_000, "<i>a</i>" * 250_000, "<script" * 300_000, "<!--" * 500_000]
)
def test_a_page_made_to_be_slow_ends_soon(page: str) -> None:
    begun = time.monotonic()
    read_words("html", page.encode())
    assert time.monotonic() - begun < 30


def test_word_and_sheets_give_their_words() -> None:
    found = read_words("docx", docx(["第一段", WORDS]))
    assert found.why == ""
    assert [word for word in ("第一段", WORDS, "格一 格二", "页眉") if word not in found.words] == []
    sheet = read_words("xlsx", xlsx())
    assert [word for word in ("台账", WORDS, "13800138000") if word not in sheet.words] == []


def test_pdf_is_read_by_another_process_that_may_be_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_words("pdf", pdf("settlement notice 42")).words == "settlement notice 42"
    assert read_words("pdf", pdf("secret", password="x")).why == "encrypted"
    assert read_words("pdf", b"%PDF-1.7\n" + b"\x00\xff" * 500).why == "broken"
    assert read_words("pdf", pdf("")).why == "no_words"
    monkeypatch.setattr(document_text, "PDF_S", 0.0)
    assert read_words("pdf", pdf()).why == "slow"


def test_long_files_are_found_by_their_beginning() -> None:
    for ending, content in (
        ("txt", ("字" * 3 * MOST_CHARACTERS).encode()),
        (
            "docx",
            zipped(word__document=BODY.format("<w:p><w:t>" + "字" * 3 * MOST_CHARACTERS + "</w:t></w:p>")),
        ),
    ):
        reading = read_words(ending, content)
        assert (len(reading.words), reading.cut, reading.why) == (MOST_CHARACTERS, True, "")


@pytest.mark.parametrize(
    ("ending", "content", "why"),
    [
        ("docx", zipped(word__document="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "broken"),
        ("docx", zipped(word__document=(" " * 65_530 + "<!ENTITY b 'c'>")), "broken"),
        ("docx", zipped(word__document=BODY.format(" " * 52_000_000)), "too_big"),
        ("docx", zipped(word__document="<a>" * 200_000), "broken"),
        ("docx", zipped(word__document=BODY.format("<w:p/>")), "no_words"),
        ("docx", zipped(xl__workbook="<a/>"), "broken"),
        ("xlsx", zipped(word__document="<a/>"), "broken"),
        ("xlsx", zipped(**{f"a{n}": "" for n in range(5_001)}), "too_big"),
        ("docx", b"PK\x03\x04not a zip", "broken"),
        ("docx", zipped(word__document=BODY.format("<w:t>"))[:-40], "broken"),
        ("png", b"\x89PNG", "kind"),
        ("txt", b" \n", "no_words"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_and_broken_files_say_why(ending: str, content: bytes, why: str) -> None:
    assert read_words(ending, content).why == why


def test_a_part_with_a_password_is_not_read() -> None:
    content = bytearray(zipped(word__document=BODY.format("<w:t>x</w:t>")))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    assert read_words("docx", bytes(content)).why == "encrypted"


def test_a_slow_file_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_text, "READ_S", -1.0)
    assert read_words("docx", docx([WORDS])).why == "slow"


@settings(max_examples=60)
@given(st.sampled_from([one for one in READABLE if one != "pdf"]), st.binary(max_size=400), st.booleans())
def test_nothing_raises(ending: str, content: bytes, in_zip: bool) -> None:
    if in_zip:
        content = zipped(word__document=content, xl__workbook=content, other=zlib.compress(content))
    reading = read_words(ending, content)
    assert bool(reading.words) != bool(reading.why)
