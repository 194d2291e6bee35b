"""The blocks of a document as Word writes them, put where a template has its body."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from deskapp.domain.document import Block, Chart, Facts, Table, Words, align_of, format_of
from deskapp.i18n import say
from deskapp.papers import sheet as shared
from deskapp.papers.sheet import line, plain

FONT, HEADING_FONT = "SimSun", "SimHei"
LABEL, HEADER, TOTAL = "F2F2F2", "D9E2F3", "F2F2F2"
CELL = 19
"""Half points of the words in a table."""
LINE = 300
"""Twips of a line of text."""
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")
_BORDERS = "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="404040"/>' for edge in _EDGES)


class Writer:
    """Writes blocks one after another before the paragraph that marks the body."""

    def __init__(self, word: Any, place: Any, room: int) -> None:
        self.word, self.place, self.room = word, place, room

    def write(self, before: Block | None, block: Block) -> None:
        """Write a block under its caption; facts that follow facts are joined to them."""
        if not (isinstance(before, Facts) and isinstance(block, Facts) and not block.caption):
            self._paragraph("", size=12)
        if block.caption:
            self._paragraph(line(block.caption), bold=True, size=24, keep=True)
        if isinstance(block, Facts):
            self._facts(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Chart):
            self._chart(block)
        else:
            self._words(block)

    def done(self) -> None:
        """Take the mark away; a cell of a table must end with a paragraph, so there it is emptied only."""
        from docx.oxml.ns import qn

        parent = self.place.getparent()
        if parent.tag == qn("w:tc"):
            for child in list(self.place):
                if child.tag != qn("w:pPr"):
                    self.place.remove(child)
        else:
            parent.remove(self.place)

    def _put(self, xml: str) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        self.place.addprevious(parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))

    def _paragraph(self, text: str, *, bold: bool = False, size: int = 21, keep: bool = False) -> None:
        self._put(_paragraph(text, bold=bold, size=size, keep=keep))

    def _facts(self, facts: Facts) -> None:
        for one in shared.fact_lines(facts):
            half = self.room // len(one.pairs)
            label = min(1700, half * 2 // 5)
            cells = []
            for name, value in one.pairs:
                cells += [_cell(line(name), label, fill=LABEL), _cell(plain(value), half - label)]
            height = one.lines * LINE if one.lines > 1 else 0
            self._put(_grid([_row(cells, height=height)], [label, half - label] * len(one.pairs)))

    def _table(self, table: Table) -> None:
        columns = len(table.columns)
        widths = [int(share * self.room) for share in shared.shares(table)]
        aligns = [align_of(table, place) for place in range(columns)]
        forms = [format_of(table, place) for place in range(columns)]
        head = [
            _cell(line(column), width, fill=HEADER, align="center", bold=True)
            for column, width in zip(table.columns, widths, strict=True)
        ]
        rows = [_row(head, header=True)]

        def texts(row: Sequence[Any], **more: Any) -> str:
            values = map(shared.text_of, shared.padded_row(row, columns), forms)
            return _row(
                [_cell(t, w, align=a, **more) for t, w, a in zip(values, widths, aligns, strict=True)]
            )

        rows += [texts(row) for row in table.rows]
        if not table.rows:
            rows.append(_row([_cell(say("paper.none"), self.room, align="center", across=columns)]))
        if table.total:
            rows.append(texts(table.total, fill=TOTAL, bold=True))
        self._put(_grid(rows, widths))
        if table.note:
            self._paragraph(line(table.note), size=18)

    def _words(self, words: Words) -> None:
        text = plain(words.words).strip()
        if not text and words.lines:
            self._put(_grid([_row([_cell("", self.room)], height=words.lines * LINE)], [self.room]))
            return
        for one in text.split("\n"):
            self._paragraph(one)

    def _chart(self, chart: Chart) -> None:
        from docx.shared import Twips

        from deskapp.papers.pictures import picture

        paragraph = self.word.add_paragraph()
        width = Twips(min(self.room, 9600))
        paragraph.add_run().add_picture(io.BytesIO(picture(chart)), width=width)
        self.place.addprevious(paragraph._p)


def _run(text: str, *, bold: bool = False, size: int = 21) -> str:
    marks = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}"/>'
    marks += "<w:b/>" if bold else ""
    marks += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(one) for one in text.split("\n"))
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{lines}</w:t></w:r>'


def _paragraph(
    text: str, *, bold: bool = False, size: int = 21, keep: bool = False, align: str = "left"
) -> str:
    hold = "<w:keepNext/>" if keep else ""
    marks = f'{hold}<w:spacing w:before="0" w:after="40"/><w:jc w:val="{align}"/>'
    return f"<w:p><w:pPr>{marks}</w:pPr>{_run(text, bold=bold, size=size)}</w:p>"


def _cell(
    text: str, width: int, *, fill: str = "", align: str = "left", bold: bool = False, across: int = 1
) -> str:
    marks = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    marks += f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
    marks += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    marks += '<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{marks}</w:tcPr>{_paragraph(text, bold=bold, size=CELL, align=align)}</w:tc>"


def _row(cells: Sequence[str], *, header: bool = False, height: int = 0) -> str:
    marks = "<w:cantSplit/>"
    marks += f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    marks += "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


def _grid(rows: Sequence[str], widths: Sequence[int]) -> str:
    marks = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
    marks += '<w:tblLayout w:type="fixed"/>'
    marks += '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr>{marks}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
