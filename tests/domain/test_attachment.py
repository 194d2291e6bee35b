"""Names of files, cleaned whatever they were; contents told by what they are, not by what they are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.attachment import LONGEST_NAME, MEDIA, clean_name, kind_of
from deskapp.domain.errors import RuleBroken

pytestmark = pytest.mark.row("S2")
ZIP = b"PK\x03\x04rest"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("../../x", "x"),
        ("..\\..\\a.jpg", "a.jpg"),
        ("/etc/passwd", "passwd"),
        ("a\0b.jpg", "ab.jpg"),
        ("a\nb\t.png", "ab.png"),
        ("\x1b[2J.png", "[2J.png"),
        ("\u202egpj.exe", "gpj.exe"),
        ("照片  1.JPG", "照片 1.JPG"),
        (".bashrc", "bashrc"),
        ("...", "file"),
        ("", "file"),
        ("con.txt", "_con.txt"),
        ("COM\u00b9 .pdf", "_COM\u00b9.pdf"),
        ("CONOUT$", "_CONOUT$"),
        ("a:b*c?.jpg", "a_b_c_.jpg"),
        ("x" * 500 + ".jpg", "x" * (LONGEST_NAME - 4) + ".jpg"),
    ],
)
def test_names(raw, name) -> None:
    assert clean_name(raw) == name


@given(st.text())
def test_no_name_leads_elsewhere_acts_on_a_terminal_or_grows(raw) -> None:
    name = clean_name(raw)
    assert 0 < len(name) <= LONGEST_NAME
    assert not set(name) & set('/\\<>:"|?*\0')
    assert name.isprintable() or all(one.isprintable() or one.isspace() for one in name)
    assert not name.startswith(".")
    assert name.strip() == name
    assert clean_name(name) == name, "cleaned twice is cleaned once"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.JPEG", b"\xff\xd8\xff\xe0", "jpg"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "png"),
        ("a.jpg", b"\x89PNG\r\n\x1a\n", "png"),
        ("a.heic", b"\0\0\0\x18ftypheic", "heic"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8", "webp"),
        ("a.pdf", b"%PDF-1.7", "pdf"),
        ("a.docx", ZIP, "docx"),
        ("a.xlsx", ZIP, "xlsx"),
        ("a.zip", ZIP, "zip"),
        ("a.txt", "现场".encode("gb18030"), "txt"),
        ("a.csv", "姓名,电话".encode(), "csv"),
    ],
)
def test_contents_that_may_be_kept(name, content, kind) -> None:
    assert kind_of(name, content) == kind
    assert kind in MEDIA


@given(st.binary(max_size=64), st.sampled_from(["a.exe", "a.html", "a.svg", "a", "a.jpg.exe", "a.", ".jpg "]))
def test_what_is_not_on_the_list_is_never_kept(content, name) -> None:
    with pytest.raises(RuleBroken, match=r"attachments\.type"):
        kind_of(name, content)
