"""HTML mail as plain text: words, line breaks, links by their address; nothing of it is ever shown as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol"})
_NEVER_CLOSED = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    }
)
DEEPEST_QUOTE = 20
LONGEST = 1_000_000
"""Characters of a page that are read: what is longer is no letter."""
_UNSAID = re.compile(r"<!--.*?(?:--!?>|\Z)|<[!?][^>]*(?:>|\Z)", re.DOTALL)
"""Comments and declarations, also those that never end."""
_BEGUN = re.compile("<[A-Za-z/]")
_BLANK = re.compile("[> ]*")


class _Words(HTMLParser):
    """Gathers what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.silent: list[str] = []
        self.quotes = 0
        self.link: tuple[str, int, int] | None = None
        """The link that is open: where it leads, and where its words begin. There is none within another."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a quotation, a link."""
        if self.silent or tag in _SILENT:
            if tag not in _NEVER_CLOSED and tag in _SILENT:
                self.silent.append(tag)
            return
        if tag == "br":
            self.break_line()
        elif tag in ("td", "th"):
            self.lines[-1] += " " if self.lines[-1].strip() else ""
        elif tag in _BLOCKS:
            self.break_block(tag)
        if tag == "li":
            self.lines[-1] += "- "
        if tag == "blockquote":
            self.quotes = min(self.quotes + 1, DEEPEST_QUOTE)
            self.break_line()
        if tag == "a":
            address = dict(attrs).get("href") or ""
            self.link = (address, len(self.lines) - 1, len(self.lines[-1]))

    def handle_endtag(self, tag: str) -> None:
        """End what began."""
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.pop()
            return
        if tag == "a" and self.link is not None:
            self.end_link(*self.link)
            self.link = None
        elif tag == "blockquote":
            self.break_line()
            self.quotes = max(0, self.quotes - 1)
            self.break_line()
        elif tag in _BLOCKS and tag not in ("td", "th"):
            self.break_block(tag)

    def handle_data(self, data: str) -> None:
        """Words, their blanks as a browser would show them."""
        if self.silent:
            return
        words = re.sub(r"[ \t\r\n\f\u200b]+", " ", data)
        if _BLANK.fullmatch(self.lines[-1]):
            words = words.lstrip(" ")
        self.lines[-1] += words

    def end_link(self, address: str, line: int, column: int) -> None:
        """Say where a link leads, unless its words say so."""
        said = " ".join([self.lines[line][column:], *self.lines[line + 1 :]]).strip()
        if re.match(r"(?i)https?://", address) and address.rstrip("/") not in said and said:
            self.lines[-1] += f" <{address}>"

    def break_line(self) -> None:
        """Begin a line."""
        self.lines.append("> " * self.quotes)

    def break_block(self, tag: str) -> None:
        """Begin a line where none has begun; before and after paragraphs, an empty one."""
        if self.lines[-1].strip("> "):
            self.break_line()
        if tag in _PARAGRAPHS and len(self.lines) > 1 and self.lines[-2].strip("> "):
            self.break_line()


def _closed(html: str) -> str:
    """A page whose last tag is whole: the parser looks for the end of an open one again and again."""
    begun = _BEGUN.search(html, html.rfind(">") + 1)
    return html if begun is None else html[: begun.start()]


def text_of(html: str) -> str:
    """Read HTML as text; whatever is broken in it, something readable comes back."""
    words = _Words()
    try:
        words.feed(_closed(_UNSAID.sub("", html[:LONGEST])))
        words.close()
    except (AssertionError, ValueError, RecursionError):
        words.handle_data(re.sub(r"<[^>]*>", " ", html))
    lines = [re.sub(r" {2,}", " ", line.replace("\xa0", " ")).rstrip() for line in words.lines]
    text = "\n".join(line if line.strip("> ") else "" for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
