"""A document as a workbook: numbers as numbers, texts as texts and never formulas, ready to be printed on A4."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass, field
from typing import Any

from deskapp.domain.document import Block, Cell, Chart, Document, Facts, Table, Words, align_of, format_of
from deskapp.i18n import say
from deskapp.papers import sheet as shared
from deskapp.papers.sheet import line, plain
from deskapp.papers.slip import cells
from deskapp.papers.table import cut

FONT = "SimSun"
FORMATS = {"": "General", "count": "#,##0", "percent": "0.0%", "yuan": "#,##0.00", "score": "0.0"}
PIXELS = 7
"""Pixels of a column a cell of a terminal."""
LINE = 16
"""Points of a line of text."""
ROW = 15.0
"""Points of a row nobody gave a height."""
MOST_BREAKS = 1000
"""Pages of a sheet that may begin where they are told to."""
HEAD = 34
"""Points of the title, which stands on every page."""
PAPER = (595.0, 842.0)
SIDES, ENDS = (0.6, 0.6), (0.7, 0.8)
"""Points of a page of A4; inches left empty at its sides, above and below."""
SAFE = 0.97
"""What of a page counts as filled: the letters of another machine may be wider and taller."""
SHORT = 12
"""Rows of a table that is not parted by the end of a page."""
MOST_LINES = 20
"""Lines of text in one row: Excel's tallest row holds no more than 25."""
_BAD_NAME = re.compile(r"[\[\]:*?/\\]")


def workbook(document: Document) -> bytes:
    """Write a document as xlsx."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": line(document.title), "company": line(document.company)})
        _Page(book, document).write()
    return stream.getvalue()


def _sheet_name(title: str) -> str:
    """A name Excel allows for a sheet."""
    return _BAD_NAME.sub(" ", line(title)).strip(" '")[:31].strip(" '") or "Sheet1"


@dataclass
class _Page:
    """The one sheet of a paper, written from the top down."""

    book: Any
    document: Document
    row: int = 0
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)
    repeat: tuple[int, int] | None = None
    heights: dict[int, float] = field(default_factory=dict)
    held: dict[int, float] = field(default_factory=dict)
    """Points that stay on one page, from a row on."""

    def __post_init__(self) -> None:
        self.sheet = self.book.add_worksheet(_sheet_name(self.document.title))
        self.widths = _widths(self.document)
        self.last = len(self.widths) - 1

    def style(self, **given: Any) -> Any:
        """A format, made once."""
        key = tuple(sorted(given.items()))
        if key not in self.formats:
            base = {"font_name": FONT, "font_size": 10.5, "valign": "vcenter"}
            self.formats[key] = self.book.add_format(base | given)
        return self.formats[key]

    def write(self) -> None:
        """Head, blocks, foot."""
        self._print_setup()
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, width + 2)
        self._head()
        for before, block in zip((None, *self.document.blocks), self.document.blocks, strict=False):
            self._block(before, block)
        self._foot()
        if self.repeat:
            self.sheet.repeat_rows(*self.repeat)
        self.sheet.set_h_pagebreaks(self._breaks()[:MOST_BREAKS])

    def _print_setup(self) -> None:
        document = self.document
        self.sheet.set_paper(9)
        if shared.is_wide(document):
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(*SIDES, *ENDS)
        self.sheet.center_horizontally()
        number = line(document.number).replace("&", "&&")[:80]
        self.sheet.set_footer(f"&L&9{number}&C&9{shared.page_words('&P', '&N')}")

    def _page(self) -> tuple[float, float]:
        """The points of a page there are to write on: across, and down."""
        across, down = sorted(PAPER, reverse=shared.is_wide(self.document))
        return across - 72 * sum(SIDES), down - 72 * sum(ENDS)

    def _scale(self) -> float:
        """How much smaller all columns are printed to stand on one page."""
        wide = sum(((one + 2) * PIXELS + 5) * 0.75 for one in self.widths)
        return min(1.0, self._page()[0] / wide)

    def _set_row(self, row: int, height: float) -> None:
        self.heights[row] = height
        self.sheet.set_row(row, height)

    def _breaks(self) -> list[int]:
        """The rows a page begins with, so that no picture is cut and no heading stands last."""
        page, down = SAFE * self._page()[1] / self._scale() - HEAD, 0.0
        found: list[int] = []
        for row in range(self.row):
            one = self.heights.get(row, ROW)
            if down and down + max(one, self.held.get(row, 0.0)) > page:
                found.append(row)
                down = 0.0
            down += one
        return found

    def span(self, first: int, last: int, text: str, style: Any) -> None:
        """Write a text over several columns of the row."""
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", style)
        self.sheet.write_string(self.row, first, cut(text), style)

    def _head(self) -> None:
        document = self.document
        if document.company:
            self.span(0, self.last, line(document.company), self.style(font_size=12, align="center"))
            self.row += 1
        self._set_row(self.row, HEAD)
        self.span(0, self.last, line(document.title), self.style(font_size=20, bold=True, align="center"))
        self.repeat = (self.row, self.row)
        self.row += 1
        left, right = shared.head_ends(document)
        middle = -(-2 * (self.last + 1) // 3)
        self.span(0, middle - 1, left, self.style(align="left"))
        self.span(middle, self.last, right, self.style(align="right"))
        self.row += 1

    def _block(self, before: Block | None, block: Block) -> None:
        joined = isinstance(before, Facts) and isinstance(block, Facts) and not block.caption
        if not joined:
            self.row += 1
        self.held[self.row] = ROW * self._kept_rows(block)
        if block.caption:
            self.span(0, self.last, line(block.caption), self.style(bold=True, font_size=12))
            self.row += 1
        if isinstance(block, Facts):
            self._facts(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Chart):
            self._chart(block)
        else:
            self._words(block)

    def _kept_rows(self, block: Block) -> int:
        """How many rows of a block stay together: a picture, a short table, the beginning of a long one."""
        if isinstance(block, Chart):
            return self._chart_rows() + 1
        if isinstance(block, Table) and len(block.rows) <= SHORT:
            return len(block.rows) + 4
        return 4 if block.caption else 1

    def _facts(self, facts: Facts) -> None:
        across = max(1, min(facts.across, (self.last + 1) // 2))
        name, value = (
            self.style(border=1, bg_color="#F2F2F2", text_wrap=True),
            self.style(border=1, text_wrap=True),
        )
        for one in shared.fact_lines(Facts(facts.pairs, across=across, lines=facts.lines)):
            edges = [(self.last + 1) * at // len(one.pairs) for at in range(len(one.pairs) + 1)]
            lines = one.lines
            for (label, words), first, end in zip(one.pairs, edges[:-1], edges[1:], strict=True):
                self.sheet.write_string(self.row, first, line(label), name)
                text = plain(words)
                self.span(first + 1, end - 1, text, value)
                lines = max(
                    lines, self._lines(text, first + 1, end - 1), self._lines(line(label), first, first)
                )
            self._set_row(self.row, min(409, LINE * lines + 4))
            self.row += 1

    def _lines(self, text: str, first: int, last: int) -> int:
        """How many lines a text takes in some columns."""
        room = max(2, sum(self.widths[first : last + 1]) + 2 * (last - first))
        return sum(max(1, -(-cells(part) // room)) for part in text.split("\n"))

    def _table(self, table: Table) -> None:
        tables = [block for block in self.document.blocks if isinstance(block, Table)]
        if len(tables) == 1:
            self.repeat = (self.row, self.row)
        header = self.style(border=1, bold=True, bg_color="#D9E2F3", align="center", text_wrap=True)
        for place, column in enumerate(table.columns):
            self.sheet.write_string(self.row, place, line(column), header)
        self.row += 1
        for row in table.rows:
            self._row(table, row, {})
        if not table.rows:
            self.span(
                0, max(0, len(table.columns) - 1), say("paper.none"), self.style(border=1, align="center")
            )
            self.row += 1
        if table.total:
            self._row(table, table.total, {"bold": True, "bg_color": "#F2F2F2"})
        if table.note:
            self.span(
                0, self.last, line(table.note), self.style(font_size=9, font_color="#595959", text_wrap=True)
            )
            small = 13 * self._lines(line(table.note), 0, self.last) + 2
            self._set_row(self.row, small)
            self.held[self.row - 1] = self.heights.get(self.row - 1, ROW) + small
            self.row += 1

    def _row(self, table: Table, row: tuple[Cell, ...], more: dict[str, Any]) -> None:
        lines = 1
        for place, value in enumerate(shared.padded_row(row, len(table.columns))):
            form = format_of(table, place)
            style = {"border": 1, "align": align_of(table, place)} | more
            if isinstance(value, int | float) and math.isfinite(value):
                shown = self.style(**style, num_format=FORMATS.get(form, "General"))
                self.sheet.write_number(self.row, place, value, shown)
            elif isinstance(value, str) and value:
                text = plain(value)
                self.sheet.write_string(self.row, place, cut(text), self.style(**style, text_wrap=True))
                lines = max(lines, self._lines(text, place, place))
            else:
                self.sheet.write_blank(self.row, place, None, self.style(**style))
        if lines > 1:
            self._set_row(self.row, min(409, LINE * lines + 2))
        self.row += 1

    def _words(self, words: Words) -> None:
        style = self.style(text_wrap=True, valign="top", border=1)
        lines = plain(words.words).strip().split("\n")
        for at in range(0, len(lines), MOST_LINES):
            text = "\n".join(lines[at : at + MOST_LINES])
            least = words.lines if at == 0 else 1
            self.span(0, self.last, text, style)
            self._set_row(self.row, min(409, LINE * max(least, self._lines(text, 0, self.last)) + 4))
            self.row += 1

    def _chart(self, chart: Chart) -> None:
        from deskapp.papers.pictures import picture

        scale = self._chart_scale()
        image = {"image_data": io.BytesIO(picture(chart)), "x_scale": scale, "y_scale": scale}
        image |= {"description": line(chart.caption), "object_position": 1}
        self.sheet.insert_image(self.row, 0, "chart.png", image)
        self.row += self._chart_rows()

    def _chart_scale(self) -> float:
        from deskapp.papers.pictures import SIZE

        return min(1.0, sum(one + 2 for one in self.widths) * PIXELS / SIZE[0])

    def _chart_rows(self) -> int:
        """The rows a picture stands over, and one beneath."""
        from deskapp.papers.pictures import SIZE

        return -(-int(SIZE[1] * self._chart_scale()) // 20) + 1

    def _foot(self) -> None:
        self.row += 1
        self.held[self.row] = 3 * ROW
        signed = self.document.signatures
        edges = [(self.last + 1) * at // max(1, len(signed)) for at in range(len(signed) + 1)]
        if signed and len(signed) > self.last + 1:
            edges, signed = [0, self.last + 1], ("   ".join(map(shared.signature, signed)),)
        for words, first, end in zip(signed, edges[:-1], edges[1:], strict=True):
            self.span(first, end - 1, shared.signature(words), self.style(align="left"))
        self._set_row(self.row, 26)
        self.row += 1
        for words in shared.foot_lines(self.document):
            self.span(0, self.last, words, self.style(font_size=9, font_color="#595959"))
            self.row += 1


def _widths(document: Document) -> list[int]:
    """How many cells of a terminal each column of the sheet is wide."""
    count, found = 4, dict[int, int]()
    for block in document.blocks:
        if isinstance(block, Table):
            count = max(count, len(block.columns))
            for place, width in enumerate(shared.natural_widths(block)):
                found[place] = max(found.get(place, 0), width)
        elif isinstance(block, Facts):
            count = max(count, 2 * min(block.across, 3))
    widths = [max(found.get(place, 8), 6) for place in range(count)]
    least = 76
    while sum(widths) + 2 * count < least and not found:
        widths = [one + 1 for one in widths]
    return widths
