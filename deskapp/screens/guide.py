"""The help's two pages, one for whoever answers and one for whoever runs it, with the keys as they are now (P5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from deskapp import i18n
from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.help import key_name
from deskapp.widgets.guide_text import Block, Laid, lay, read
from deskapp.widgets.prose import Prose

if TYPE_CHECKING:
    from deskapp.app import DeskApp

PAGES = ("operator", "administrator")
WIDEST = 92
"""Cells of a line at most: longer ones are hard to read."""


def page_text(page: str, language: str) -> str:
    """A page as it was written."""
    from importlib.resources import files

    folder = files("deskapp.data") / "help"
    return (folder / f"{page}.{i18n.LANGUAGES[language]}.md").read_text(encoding="utf-8")


def usual_keys(app: type) -> dict[str, str]:
    """The keys of every act there is: binding id → keys."""
    from deskapp.screens.every import every_binding

    found: dict[str, str] = {}
    for binding in every_binding(app):
        found.setdefault(str(binding.id), binding.key)
    return found


def key_teller(usual: Mapping[str, str], own: Mapping[str, str]) -> Callable[[str], str]:
    """What to press for an act: the first of its keys, one's own before the usual ones."""

    def tell(act: str) -> str:
        keys = own.get(act) or usual.get(act)
        return key_name(keys.split(",")[0].strip()) if keys else f"\u27e6{act}\u27e7"

    return tell


class GuideScreen(DeskScreen[None]):
    """A page of the help to be read, gone through by chapters and looked through for words."""

    AUTO_FOCUS = ""
    SCREEN_ID, ROWS = "guide", ("P5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", id="guide.find"),
        Binding("n", "next_hit(1)", id="guide.next"),
        Binding("N", "next_hit(-1)", id="guide.previous"),
        Binding("right_square_bracket", "chapter(1)", id="guide.chapter_after"),
        Binding("left_square_bracket", "chapter(-1)", id="guide.chapter_before"),
        Binding("tab", "other", id="guide.other"),
        Binding("space", "page_down", id="guide.page_down", system=True),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    GuideScreen #guide-line { border: none; height: 1; padding: 0 1; background: $panel; display: none; }
    GuideScreen #guide-line.-shown { display: block; }
    GuideScreen #guide-text { scrollbar-gutter: stable; }
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.sought, self.hit = "", 0
        """What is looked for, and which of the places where it stands is shown."""
        self.usual: dict[str, str] = {}
        self.blocks: tuple[Block, ...] = ()
        self.laid = Laid((), (), ())
        self.text = Prose(wraps=False, id="guide-text")
        self.line = Input(id="guide-line", select_on_focus=True)
        self.panel = Panel("guide.title", self.text, self.line)

    def body(self) -> Iterable[Widget]:
        """The page, and under it the line to look for words with."""
        yield self.panel

    def on_mount(self) -> None:
        """Gather the keys there are, then show the page; a page needs nobody at the desk."""
        super().on_mount()
        self.text.focus()
        owner = type(self.app)
        self.ask(lambda: usual_keys(owner), self._gathered, group="guide")

    def _gathered(self, usual: dict[str, str]) -> None:
        self.usual = usual
        self._read()

    def _read(self) -> None:
        tell = key_teller(self.usual, self.app.keymap_now())
        self.blocks = read(page_text(self.page, i18n.language()), tell)
        self._lay()

    def relabel(self) -> None:
        """Say the page in the other language too."""
        super().relabel()
        if self.usual:
            self._read()

    def changed(self) -> None:
        """Keys may be others now."""
        if self.usual:
            self._read()

    def on_resize(self) -> None:
        """Lay the page out anew at another width."""
        self.call_after_refresh(self._lay)

    def _lay(self) -> None:
        width = self.text.scrollable_content_region.width or self.text.size.width
        if width < 8 or not self.blocks:
            return
        self.laid = lay(self.blocks, min(width - 1, WIDEST), self.sought)
        self.text.show(self.laid.lines)
        self.panel.entitle(page=say(f"guide.page.{self.page}"))
        self._count()
        self.refresh_bindings()

    def _count(self) -> None:
        hits = len(self.laid.hits)
        at = min(self.hit + 1, hits)
        told = say("guide.found", at=at, count=hits, words=self.sought) if self.sought else ""
        self.panel.whisper(told)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Next and previous are there when something was found."""
        return bool(self.laid.hits) if action == "next_hit" else True

    def action_find(self) -> None:
        """Look for words on the page."""
        self.line.add_class("-shown")
        self.line.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Light up what is typed, and show the first of it."""
        self._seek(event.value.strip())

    def on_input_submitted(self) -> None:
        """Go on reading where it was found."""
        self._close_line()

    def _seek(self, words: str) -> None:
        self.sought, self.hit = words, 0
        self._lay()
        top, hits = int(self.text.scroll_offset.y), self.laid.hits
        if hits:
            self.hit = next((at for at, line in enumerate(hits) if line >= top), 0)
            self._show_hit()

    def _close_line(self) -> None:
        self.line.remove_class("-shown")
        self.text.focus()

    def action_next_hit(self, by: int) -> None:
        """Show the next place where it stands, or the one before; after the last comes the first."""
        if self.laid.hits:
            self.hit = (self.hit + by) % len(self.laid.hits)
            self._show_hit()

    def _show_hit(self) -> None:
        """Bring a place to the glass when it is not on it, a line below its upper edge."""
        line, top, height = self.laid.hits[self.hit], int(self.text.scroll_offset.y), self.text.size.height
        if not top <= line < top + height:
            self._to(max(0, line - 1))
        self._count()

    def action_chapter(self, by: int) -> None:
        """Go to the chapter after the one read, or before it."""
        here = int(self.text.scroll_offset.y)
        starts = self.laid.chapters
        if by > 0:
            self._to(next((start for start in starts if start > here), None))
        else:
            self._to(next((start for start in reversed(starts) if start < here), 0))

    def _to(self, line: int | None) -> None:
        if line is not None:
            self.text.scroll_to(y=line, animate=False, force=True)

    def action_page_down(self) -> None:
        """Read on, a glass further."""
        self.text.action_page_down()

    def action_other(self) -> None:
        """Show the other page from its beginning."""
        self.page = PAGES[(PAGES.index(self.page) + 1) % len(PAGES)]
        self.text.scroll_to(y=0, animate=False, force=True)
        self._read()

    def action_leave(self) -> None:
        """Close the line, then what was found, then the page."""
        if self.line.has_class("-shown"):
            self._close_line()
        elif self.sought:
            self.line.value = ""
        else:
            self.dismiss(None)


def open_guide(app: DeskApp, page: str) -> None:
    """Show a page of the help over the present screen; one that is shown already turns to it."""
    screen = app.screen
    if isinstance(screen, GuideScreen):
        if screen.page != page:
            screen.action_other()
        return
    app.push_screen(GuideScreen(page))
