"""A document as a pdf on A4: Chinese font embedded, tables with borders over pages, page x of y, lines to sign."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from deskapp.domain.document import Block, Chart, Document, Facts, Table, Words, align_of, format_of
from deskapp.i18n import say
from deskapp.papers import sheet as shared
from deskapp.papers.sheet import line, plain
from deskapp.papers.slip import cells, wrap

FONT = "deskapp-cjk"
SIZE, LEADING, PAD = 9.5, 13.5, 4.0
GREY, BLUE, RULE = "#F2F2F2", "#D9E2F3", "#404040"
MARGIN, PADDING = 42.0, 6.0
HELD = 90.0
"""The room under a heading that must be left on a page for it to stand there."""
MOST_LINES = 24
"""Lines of text in one row of a table: more go on in the next row, so that any row fits on a page."""
MOST_HEADING = 60


@cache
def _glyphs() -> frozenset[int]:
    """The characters the font can draw; the font is registered as it is first asked for."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(FONT, str(shared.font_path()), subfontIndex=0)
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def drawn(text: str) -> str:
    """A text as the font can draw it: a box stands for what it has not."""
    glyphs = _glyphs()
    return "".join(one if ord(one) in glyphs or one == "\n" else shared.BOX for one in text)


def pdf(document: Document) -> bytes:
    """Write a document as pdf."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import SimpleDocTemplate

    _glyphs()
    size = landscape(A4) if shared.is_wide(document) else A4
    stream = io.BytesIO()
    frame = SimpleDocTemplate(
        stream,
        pagesize=size,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 6,
        title=line(document.title),
        author=line(document.company),
        subject=line(document.number),
    )
    frame.build(_story(document, size[0] - 2 * (MARGIN + PADDING)), canvasmaker=_canvas(document))
    return stream.getvalue()


def _canvas(document: Document) -> type[Any]:
    """A canvas that knows at the end how many pages there are."""
    from reportlab.pdfgen.canvas import Canvas

    number = drawn(line(document.number))

    class Numbered(Canvas):  # type: ignore[misc]
        """Pages are kept until all are there, then numbered."""

        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **(options | {"initialFontName": FONT}))
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            """Keep the page for later."""
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            """Number the pages and write them."""
            for at, page in enumerate(self._kept, start=1):
                self.__dict__.update(page)
                self.setFont(FONT, 8.5)
                self.setFillColor("#404040")
                self.drawString(MARGIN + PADDING, 28, number)
                words = drawn(shared.page_words(at, len(self._kept)))
                self.drawCentredString(self._pagesize[0] / 2, 28, words)
                super().showPage()
            super().save()

    return Numbered


def _style(name: str, **given: Any) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    base = {"fontName": FONT, "fontSize": SIZE, "leading": LEADING, "wordWrap": "CJK"}
    base |= {"splitLongWords": 1, "bulletFontName": FONT}
    return ParagraphStyle(name, **(base | given))


def _paragraph(text: str, **given: Any) -> Any:
    """A paragraph of a text that is data: nothing in it is markup."""
    from reportlab.platypus import Paragraph

    marked = escape(drawn(plain(text))).replace("\n", "<br/>")
    return Paragraph(marked, _style("p", **given))


def _story(document: Document, width: float) -> list[Any]:
    from reportlab.platypus import KeepTogether, Spacer

    story: list[Any] = []
    if document.company:
        story.append(_paragraph(line(document.company), fontSize=13, leading=20, alignment=1))
    story.append(_paragraph(line(document.title), fontSize=20, leading=30, alignment=1))
    story += [Spacer(1, 4), _ends(document, width)]
    for before, block in zip((None, *document.blocks), document.blocks, strict=False):
        if not (isinstance(before, Facts) and isinstance(block, Facts) and not block.caption):
            story.append(Spacer(1, 8))
        made = _block(block, width)
        if block is document.blocks[-1] and _is_box(block):
            return [*story, KeepTogether([*made[1:], *_foot(document, width)])]
        story += made
    return [*story, KeepTogether(_foot(document, width))]


def _is_box(block: Block) -> bool:
    """Whether a block is a heading over room for the pen: those who sign do so under it, not on a page of their own."""
    return isinstance(block, Words) and bool(block.caption) and not block.words.strip() and block.lines > 0


def _ends(document: Document, width: float) -> Any:
    from reportlab.platypus import Table as Grid

    left, right = shared.head_ends(document)
    cells_ = [_paragraph(left), _paragraph(right, alignment=2)]
    grid = Grid([cells_], colWidths=[width / 2, width / 2])
    grid.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), FONT),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return grid


def _block(block: Block, width: float) -> list[Any]:
    if isinstance(block, Facts):
        made = _facts(block, width)
    elif isinstance(block, Table):
        made = _table(block, width)
    elif isinstance(block, Chart):
        made = [_chart(block, width)]
    else:
        made = _words(block, width)
    if not block.caption:
        return made
    heading = _paragraph(line(block.caption)[: 4 * MOST_HEADING], fontSize=11.5, leading=18)
    if isinstance(block, Chart):
        from reportlab.platypus import KeepTogether

        return [KeepTogether([heading, *made])]
    from reportlab.platypus import CondPageBreak

    return [CondPageBreak(HELD), heading, *made]


def _grid(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], styles: list[Any], repeat: int = 0, last: int = -1
) -> Any:
    from reportlab.platypus import Table as Grid

    grid = Grid(rows, colWidths=list(widths), repeatRows=repeat, splitByRow=1)
    common = [
        ("GRID", (0, 0), (-1, last), 0.5, RULE),
        ("FONT", (0, 0), (-1, -1), FONT, SIZE, LEADING),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), PAD),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
    ]
    grid.setStyle([*common, *styles])
    return grid


def _facts(facts: Facts, width: float) -> list[Any]:
    made = []
    for one in shared.fact_lines(facts):
        half = width / len(one.pairs)
        label = min(84.0, half * 0.4)
        room = half - label - 2 * PAD
        rows: list[Any] = []
        for at, texts in enumerate(_in_parts([value for _, value in one.pairs], [room] * len(one.pairs))):
            row: list[Any] = []
            for (name, _), text in zip(one.pairs, texts, strict=True):
                row += [
                    _paragraph("" if at else line(name)[:MOST_HEADING]),
                    _tall(text, room, 1 if at else one.lines),
                ]
            rows.append(row)
        shades = [("BACKGROUND", (at, 0), (at, -1), GREY) for at in range(0, 2 * len(one.pairs), 2)]
        made.append(_grid(rows, [label, half - label] * len(one.pairs), shades))
    return made


def _in_parts(texts: Sequence[str], widths: Sequence[float]) -> list[list[str]]:
    """The texts of a row, as rows of so few lines that each fits on a page."""
    parts = []
    for text, width in zip(texts, widths, strict=True):
        text = plain(text)
        room = max(2, int(width / (SIZE / 2) * (0.7 if text.isascii() else 0.95)))
        if cells(text) <= room * MOST_LINES // 2 and text.count("\n") < MOST_LINES // 2:
            parts.append([text])
            continue
        lines = wrap(text, room)
        parts.append(["\n".join(lines[at : at + MOST_LINES]) for at in range(0, len(lines), MOST_LINES)])
    longest = max((len(one) for one in parts), default=1)
    return [[one[at] if at < len(one) else "" for one in parts] for at in range(longest)]


def _tall(text: str, width: float, lines: int) -> list[Any]:
    """A text, and beneath it room for the pen up to so many lines."""
    from reportlab.platypus import Spacer

    paragraph = _paragraph(text)
    taken = paragraph.wrap(width, 1e6)[1]
    least = lines * (LEADING + 4) if lines > 1 else 0
    return [paragraph, Spacer(1, least - taken)] if least > taken else [paragraph]


def _table(table: Table, width: float) -> list[Any]:
    columns = len(table.columns)
    widths = [share * width for share in shared.shares(table)]
    aligns = [align_of(table, place) for place in range(columns)]
    forms = [format_of(table, place) for place in range(columns)]
    names = [line(column)[:MOST_HEADING] for column in table.columns]
    head = [_cell(name, "center", one) for name, one in zip(names, widths, strict=True)]
    rows: list[Any] = [head]
    for row in (*table.rows, *([table.total] if table.total else [])):
        whole = list(map(shared.text_of, shared.padded_row(row, columns), forms))
        parts = _in_parts(whole, [one - 2 * PAD for one in widths])
        rows += [[_cell(*one) for one in zip(texts, aligns, widths, strict=True)] for texts in parts]
    styles: list[Any] = [("BACKGROUND", (0, 0), (-1, 0), BLUE), ("ALIGN", (0, 0), (-1, 0), "CENTER")]
    styles += [("ALIGN", (at, 1), (at, -1), align.upper()) for at, align in enumerate(aligns)]
    if not table.rows:
        rows.insert(1, [drawn(say("paper.none")), *[""] * (columns - 1)])
        styles += [("SPAN", (0, 1), (-1, 1)), ("ALIGN", (0, 1), (-1, 1), "CENTER")]
    last = len(rows) - 1
    if table.total:
        styles.append(("BACKGROUND", (0, last), (-1, last), GREY))
    if table.note:
        small = _paragraph(table.note, fontSize=8, leading=11, textColor="#595959")
        rows.append([small, *[""] * (columns - 1)])
        styles += [("SPAN", (0, -1), (-1, -1)), ("LEFTPADDING", (0, -1), (-1, -1), 0)]
    held = last - 1 if table.total and len(rows) > 2 else last
    if held < len(rows) - 1:
        styles.append(("NOSPLIT", (0, max(1, held)), (-1, -1)))
    return [_grid(rows, widths, styles, repeat=1, last=last)]


def _cell(text: str, align: str, width: float) -> Any:
    """A short text as it is, a longer one as a paragraph that wraps."""
    if "\n" not in text and cells(text) * SIZE / 2 * 1.1 < width - 2 * PAD:
        return drawn(text)
    return _paragraph(text, alignment={"left": 0, "center": 1, "right": 2}[align])


def _words(words: Words, width: float) -> list[Any]:
    text = plain(words.words).strip()
    if not text and words.lines:
        from reportlab.platypus import Spacer

        return [_grid([[Spacer(1, words.lines * (LEADING + 4))]], [width], [])]
    return [_paragraph(one or " ", leading=15, spaceAfter=2) for one in text.split("\n")]


def _chart(chart: Chart, width: float) -> Any:
    from reportlab.platypus import Image

    from deskapp.papers import pictures

    across = min(width, 480.0)
    return Image(io.BytesIO(pictures.picture(chart)), across, across * pictures.SIZE[1] / pictures.SIZE[0])


def _foot(document: Document, width: float) -> list[Any]:
    """Lines to sign on; what is small beneath."""
    from reportlab.platypus import Spacer
    from reportlab.platypus import Table as Grid

    made: list[Any] = [Spacer(1, 14)]
    signed = document.signatures
    for at in range(0, len(signed), 4):
        row = [_paragraph(shared.signature(one)) for one in signed[at : at + 4]]
        grid = Grid([row], colWidths=[width / len(row)] * len(row), rowHeights=[26])
        styles = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        grid.setStyle([*styles, ("FONT", (0, 0), (-1, -1), FONT, SIZE)])
        made.append(grid)
    small = [
        _paragraph(words, fontSize=8, leading=11, textColor="#595959")
        for words in shared.foot_lines(document)
    ]
    return [*made, *small]
