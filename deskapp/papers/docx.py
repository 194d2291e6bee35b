"""A document as a Word file: by the house's template, or by the company's own, filled in a sandbox (row R1)."""

from __future__ import annotations

import io
from functools import cache
from typing import Any
from uuid import uuid4

from deskapp.domain.document import Document, Facts, Table, Words, format_of
from deskapp.i18n import say
from deskapp.papers import sheet as shared
from deskapp.papers import template as sandbox
from deskapp.papers.docx_blocks import FONT, HEADING_FONT, Writer
from deskapp.papers.sheet import line, plain

TWIPS = 20
"""Twentieths of a point."""


def docx(document: Document, template: bytes | None = None) -> bytes:
    """Write a document as docx; a template that cannot be filled breaks paper.template_wrong."""
    own = template is not None
    content = template if template is not None else house_template()
    mark = f"body-{uuid4().hex}"
    context = context_of(document) | {"body": mark}
    filled = sandbox.fill(content, context)
    if not own:
        _turn(filled, document)
    places = [one for one in filled.element.body.iter(_w("p")) if mark in _text(one)]
    for place in places:
        writer = Writer(filled, place, _room(filled))
        for before, block in zip((None, *document.blocks), document.blocks, strict=False):
            writer.write(before, block)
        writer.done()
    stream = io.BytesIO()
    filled.core_properties.title = line(document.title)[:250]
    filled.core_properties.author = line(document.company)[:250]
    filled.save(stream)
    return stream.getvalue()


def context_of(document: Document) -> dict[str, Any]:
    """What a template may name: everything the paper says, as texts."""
    period, number = shared.head_ends(document)
    tables = [block for block in document.blocks if isinstance(block, Table)]
    facts = [block for block in document.blocks if isinstance(block, Facts)]
    words = [block for block in document.blocks if isinstance(block, Words)]
    return {
        "company": line(document.company),
        "title": line(document.title),
        "number": line(document.number),
        "period": line(document.period),
        "made": line(document.made),
        "footer": line(document.footer),
        "revision": str(document.revision),
        "period_line": period,
        "number_line": number,
        "signatures": [shared.signature(one) for one in document.signatures],
        "facts": {line(name): plain(value) for block in facts for name, value in block.pairs},
        "parts": {block.part: plain(block.words) for block in words if block.part},
        "words": [{"caption": line(one.caption), "words": plain(one.words)} for one in words],
        "tables": [_table(one) for one in tables],
    }


def _table(table: Table) -> dict[str, Any]:
    forms = [format_of(table, place) for place in range(len(table.columns))]

    def texts(row: Any) -> list[str]:
        return list(map(shared.text_of, shared.padded_row(row, len(forms)), forms))

    return {
        "caption": line(table.caption),
        "columns": [line(one) for one in table.columns],
        "rows": [texts(row) for row in table.rows],
        "total": texts(table.total) if table.total else [],
        "note": line(table.note),
    }


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    found: str = qn(f"w:{name}")
    return found


def _text(paragraph: Any) -> str:
    return "".join(one.text or "" for one in paragraph.iter(_w("t")))


def _room(filled: Any) -> int:
    """How many twips a line has between the margins of the last section."""
    section = filled.sections[-1]
    width, left, right = section.page_width, section.left_margin, section.right_margin
    points = (width.pt if width else 595) - (left.pt if left else 72) - (right.pt if right else 72)
    return int(points * TWIPS)


def _turn(filled: Any, document: Document) -> None:
    """Lay a wide paper on its side."""
    from docx.enum.section import WD_ORIENT

    if shared.is_wide(document):
        section = filled.sections[-1]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width


@cache
def house_template() -> bytes:
    """The template papers follow where a company has none of its own: also what one begins with to make one."""
    from docx import Document as Word
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    word = Word()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(18)
    normal = word.styles["Normal"]
    _font(normal, FONT, Pt(10.5))
    normal.paragraph_format.space_after = Pt(3)
    _centred(word, "{{ company }}", Pt(13), bold=False)
    _centred(word, "{{ title }}", Pt(20), bold=True)
    ends = word.add_paragraph("{{ period_line }}\t{{ number_line }}")
    ends.paragraph_format.tab_stops.add_tab_stop(Mm(174), _right())
    word.add_paragraph("{{ body }}")
    signed = word.add_paragraph("{% for one in signatures %}{{ one }}    {% endfor %}")
    signed.paragraph_format.space_before = Pt(18)
    signed.paragraph_format.keep_together = True
    for name in ("made", "footer"):
        small = word.add_paragraph()
        small.add_run(f"{{{{ {name} }}}}").font.size = Pt(9)
    _page_line(section.footer.paragraphs[0])
    section.footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def _right() -> Any:
    from docx.enum.text import WD_TAB_ALIGNMENT

    return WD_TAB_ALIGNMENT.RIGHT


def _font(style: Any, name: str, size: Any) -> None:
    """A font for Latin and Chinese alike."""
    style.font.name, style.font.size = name, size
    style.element.get_or_add_rPr().get_or_add_rFonts().set(_w("eastAsia"), name)


def _centred(word: Any, text: str, size: Any, *, bold: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size, run.font.name = bold, size, HEADING_FONT
    run._r.get_or_add_rPr().get_or_add_rFonts().set(_w("eastAsia"), HEADING_FONT)


def _page_line(paragraph: Any) -> None:
    """Page x of y, as fields that Word reckons."""
    from docx.oxml import OxmlElement

    for part in _split(say("paper.page", page="\x00PAGE\x00", pages="\x00NUMPAGES\x00")):
        if part in ("PAGE", "NUMPAGES"):
            field = OxmlElement("w:fldSimple")
            field.set(_w("instr"), part)
            run = OxmlElement("w:r")
            text = OxmlElement("w:t")
            text.text = "1"
            run.append(text)
            field.append(run)
            paragraph._p.append(field)
        elif part:
            paragraph.add_run(part)


def _split(words: str) -> list[str]:
    return words.split("\x00")
