"""Fields of a form: each paints its own label and error, so a field is one widget and an echo one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, TextArea

from deskapp.i18n import say
from deskapp.widgets import painting, signs
from deskapp.widgets.safe_text import shown_in_place

LABEL_WIDTH = 12


# Textual inherits CSS, bindings and component classes along the first base only, so this is no Widget itself.
if TYPE_CHECKING:
    _Base = Widget
else:
    _Base = object


class Labelled(_Base):
    """A field with its label at the left and, when something is wrong, a line beneath that says so.

    Label and error are painted over the field's own padding: nothing is laid out when they change, except
    that a field with an error is one line higher.
    """

    label_code: str = ""
    required: bool = False
    lines: int = 1

    def set_up(self, label_code: str, required: bool = False, lines: int = 1) -> None:
        """Take the label's code, whether an answer is needed, and the height in lines."""
        self.label_code, self.required, self.lines = label_code, required, lines
        self._error = ""
        self._label_width = 0
        self.set_label_width(LABEL_WIDTH if label_code else 0)

    @property
    def error(self) -> str:
        """What is wrong with the answer; empty when nothing is."""
        return self._error

    @error.setter
    def error(self, words: str) -> None:
        if words == self._error:
            return
        self._error = words
        self.styles.height = self.lines + bool(words)
        self.styles.padding = (0, 1, int(bool(words)), self._label_width)
        self.refresh(layout=True)

    @property
    def label(self) -> str:
        """The label in the language in use."""
        return say(self.label_code) if self.label_code else ""

    def set_label_width(self, cells: int) -> None:
        """Keep `cells` cells free for the label."""
        self._label_width = cells
        self.styles.height = self.lines + bool(self._error)
        self.styles.padding = (0, 1, int(bool(self._error)), cells)

    def touched(self) -> None:
        """Forget what was wrong: the answer is another one now."""
        self.error = ""

    def read(self) -> Any:
        """The answer as a plain value."""
        raise NotImplementedError

    def fill(self, value: Any) -> None:
        """Put an answer in."""
        raise NotImplementedError

    def scroll_visible(self, animate: bool = True, **options: Any) -> None:
        """Come into sight at once: a form does not glide."""
        super().scroll_visible(animate=False, **options)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint the field, then label and error; the focused field has the terminal's cursor at its caret."""
        if self.has_focus and self.screen.is_current:
            self.app.cursor_position = self.caret
        strips = super().render_lines(crop)
        if self._label_width:
            for number, y in enumerate(crop.line_range):
                strips[number] = self._labelled(strips[number], y, crop)
        if self._error and self.lines in crop.line_range:
            strips[self.lines - crop.y] = self._error_line().crop(crop.x, crop.right)
        return strips

    def _labelled(self, strip: Strip, y: int, crop: Region) -> Strip:
        edge = self._label_width
        ground = self._ground
        label = painting.line(self._label_words() if y == 0 else "", ground, edge)
        return Strip.join([label.crop(crop.x, min(edge, crop.right)), strip.crop(max(0, edge - crop.x))])

    def _label_words(self) -> Content:
        mark = signs.sign("cursor") if self.has_focus_within else " "
        tone = "$primary" if self.has_focus_within else "$error" if self._error else "$text-muted"
        star = "*" if self.required else ""
        return Content.assemble(
            (f"{mark} ", "$primary"), (painting.fit_end(self.label, star, self._label_width - 3), tone)
        )

    def _error_line(self) -> Strip:
        indent = " " * self._label_width
        words = Content.assemble(indent, (f"{signs.sign('error')} {self._error}", "$error"))
        return painting.line(words, self._ground, self.outer_size.width)

    @property
    def caret(self) -> Offset:
        """Where the terminal's cursor belongs while this field has the focus."""
        return self.content_region.offset

    @property
    def _ground(self) -> Style:
        parent = self.parent
        return parent.visual_style if isinstance(parent, Widget) else self.visual_style


class TextField(Labelled, Input):
    """One line of text; Enter goes to the next field and never submits; the terminal's cursor is at the caret."""

    DEFAULT_CSS = """
    TextField {
        border: none; width: 1fr; height: 1;
        background: $panel 45%; color: $foreground;
        &:focus { border: none; background: $panel; background-tint: $foreground 0%; }
        &.-invalid, &.-invalid:focus { border: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next_field", show=False),
        Binding("ctrl+k", "app.article", id="article", system=True),
    ]

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def __init__(
        self,
        id: str | None = None,  # noqa: A002 Textual's own name
        label_code: str = "",
        *,
        value: str = "",
        max_length: int = 0,
        required: bool = False,
        placeholder_code: str = "",
        password: bool = False,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            value or None,
            id=id,
            classes=classes,
            max_length=max_length,
            password=password,
            select_on_focus=False,
            validate_on=[],
        )
        self.placeholder_code = placeholder_code
        self._overflowed: str | None = None
        self.cursor_blink = False
        self.set_up(label_code, required)
        self.relabel()

    def relabel(self) -> None:
        """Say label and placeholder in the language in use."""
        if self.placeholder_code:
            self.placeholder = say(self.placeholder_code)
        self.refresh()

    def read(self) -> str:
        """The text, without spaces round it."""
        return self.value.strip() if not self.password else self.value

    def fill(self, value: Any) -> None:
        """Put text in; None empties the field."""
        self.value = "" if value is None else str(value)
        self.cursor_position = len(self.value)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.screen.focus_next()

    def restricted(self) -> None:
        """Say why a character was not taken."""
        super().restricted()
        self._overflow()

    def _overflow(self) -> None:
        if self.max_length:
            self._overflowed = self.value
            self.error = say("widgets.form.too_long", most=self.max_length)

    def touched(self) -> None:
        """Forget what was wrong, but not that the text is cut as it stands."""
        if self.value != self._overflowed:
            self.error = ""

    def _on_paste(self, event: events.Paste) -> None:
        """Take all lines pasted as one, as far as there is room."""
        event.stop()
        event.prevent_default()
        text = " ".join(line.strip() for line in event.text.splitlines() if line.strip())
        begin, end = sorted(self.selection)
        if self.max_length:
            room = max(0, self.max_length - len(self.value) + end - begin)
            self.replace(text[:room], begin, end)
            if len(text) > room:
                self._overflow()
        else:
            self.replace(text, begin, end)

    @property
    def _value(self) -> Text:
        words = (
            "\u2022" * len(self.value)
            if self.password
            else shown_in_place(self.value).replace("\t", "\u2409")
        )
        return Text(words, no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(self._value.plain[:position])

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is on the screen: exactly, also at the end and after Chinese."""
        x, y, width, _ = self.content_region
        return Offset(x + min(self._position_to_cell(self.cursor_position) - int(self.scroll_x), width), y)

    @property
    def caret(self) -> Offset:
        """Where the terminal's cursor belongs."""
        return self.cursor_screen_offset


class LongField(Labelled, TextArea):
    """Several lines of text: Enter begins a new line, Tab goes to the next field, keys offer phrases and articles."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d", "app.phrases", id="phrases.insert"),
        Binding("ctrl+k", "app.article", id="article"),
    ]

    DEFAULT_CSS = """
    LongField {
        border: none; width: 1fr;
        background: $panel 45%; color: $foreground;
        scrollbar-size-vertical: 1;
        &:focus { border: none; background: $panel; }
    }
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def __init__(
        self,
        id: str | None = None,  # noqa: A002 Textual's own name
        label_code: str = "",
        *,
        value: str = "",
        lines: int = 4,
        required: bool = False,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            value,
            id=id,
            classes=classes,
            soft_wrap=True,
            tab_behavior="focus",
            compact=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False
        self.set_up(label_code, required, lines)

    def relabel(self) -> None:
        """Say the label in the language in use."""
        self.refresh()

    def read(self) -> str:
        """The text, without blank lines round it."""
        return self.text.strip()

    def fill(self, value: Any) -> None:
        """Put text in; None empties the field."""
        self.load_text("" if value is None else str(value))
        self.move_cursor(self.document.end)

    @property
    def caret(self) -> Offset:
        """Where the terminal's cursor belongs."""
        return self.cursor_screen_offset

    def get_line(self, line_index: int) -> Text:
        """One line as painted: nothing hidden, nothing that acts on the terminal."""
        return Text(shown_in_place(self.document.get_line(line_index)), end="", no_wrap=True)
