"""A choice in one line: a digit, pinyin initials or the arrows pick one; no list to open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from deskapp.widgets import painting, signs
from deskapp.widgets.form_field import Labelled


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked: its value, its words, and what may be typed for it."""

    value: Any
    label: str
    keys: tuple[str, ...] = ()
    """Pinyin initials or other short names, in lower case."""
    detail: str = ""
    """More words, shown faintly where there is room."""


class ChoiceField(Labelled, Widget, can_focus=True):
    """Pick one of a few: all of them in the line when they fit, else those round the one picked."""

    DEFAULT_CSS = """
    ChoiceField {
        width: 1fr; height: 1;
        background: $panel 45%; color: $foreground;
        &:focus { background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "step(-1)", show=False),
        Binding("right,down", "step(1)", show=False),
        Binding("enter", "next_field", show=False),
        Binding("backspace,delete", "clear", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Another choice was picked."""

        field: ChoiceField
        value: Any

        @property
        def control(self) -> ChoiceField:
            """The field."""
            return self.field

    def __init__(
        self,
        id: str | None = None,  # noqa: A002 Textual's own name
        label_code: str = "",
        choices: Sequence[Choice] = (),
        *,
        value: Any = None,
        required: bool = False,
        advance: bool = False,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._choices = tuple(choices)
        self._picked: int | None = None
        self._typed = ""
        self.advance = advance
        """Whether a digit or full initials go on to the next field at once."""
        self.set_up(label_code, required)
        self.fill(value)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be picked."""
        return self._choices

    @choices.setter
    def choices(self, choices: Sequence[Choice]) -> None:
        value = self.read()
        self._choices = tuple(choices)
        self.fill(value)

    @property
    def value(self) -> Any:
        """The value picked; None when none is."""
        return self.read()

    def relabel(self) -> None:
        """Say the label in the language in use; new words for choices come by setting `choices`."""
        self.refresh()

    def read(self) -> Any:
        """The value picked; None when none is."""
        return None if self._picked is None else self._choices[self._picked].value

    def fill(self, value: Any) -> None:
        """Pick the choice with this value; none when there is no such choice."""
        found = [n for n, choice in enumerate(self._choices) if choice.value == value]
        self._picked = found[0] if found and value is not None else None
        self.refresh()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters and digits pick here, so no binding of the screen takes them."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Pick by digit or initials."""
        if not event.is_printable or event.character is None:
            return
        event.stop()
        event.prevent_default()
        if event.character.isdigit():
            self._pick_number(int(event.character) - 1)
        elif event.character == " ":
            self.action_step(1)
        else:
            self._pick_by_letter(event.character.lower())

    def on_focus(self) -> None:
        """Begin to listen for initials anew."""
        self._typed = ""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Pick what was clicked."""
        at = event.get_content_offset_capture(self).x
        begin = 0
        for number, choice in enumerate(self._choices):
            width = painting.cells(self._words(number, choice)) + 2
            if begin <= at < begin + width and self._all_fit(self.size.width):
                self._pick(number)
            begin += width

    def action_step(self, by: int) -> None:
        """Pick the next or the one before, round the ends."""
        if self._choices:
            at = -1 if self._picked is None and by > 0 else self._picked or 0
            self._pick((at + by) % len(self._choices))

    def action_clear(self) -> None:
        """Pick none."""
        self._typed = ""
        if self._picked is not None:
            self._pick(None)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.screen.focus_next()

    def _pick_number(self, number: int) -> None:
        if 0 <= number < len(self._choices):
            self._pick(number)
            if self.advance:
                self.action_next_field()
        else:
            self.app.bell()

    def _pick_by_letter(self, letter: str) -> None:
        """Take the letter after those before it; when nothing begins so, as the first of a new word."""
        for typed in (self._typed + letter, letter):
            found = [
                n for n, choice in enumerate(self._choices) if any(k.startswith(typed) for k in choice.keys)
            ]
            if found:
                exact = [n for n in found if typed in self._choices[n].keys]
                self._typed = typed
                self._pick((exact or found)[0])
                if self.advance and len(found) == 1 and exact:
                    self.action_next_field()
                return
        self._typed = ""
        self.app.bell()

    def _pick(self, number: int | None) -> None:
        if number != self._picked:
            self._picked = number
            self.post_message(self.Changed(self, self.read()))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint the choices, or as many as there is room for round the one picked."""
        width, base = self.size.width, self.visual_style
        if y:
            return Strip.blank(width, base.rich_style)
        words = [self._words(number, choice) for number, choice in enumerate(self._choices)]
        if self._all_fit(width):
            return painting.line(painting.join(words), base, width)
        first = max(0, (self._picked or 0) - (1 if self.has_focus else 0))
        if not self.has_focus and self._picked is not None:
            words = [words[self._picked]]
            first = 0
        more = f"{signs.sign('ellipsis')} " if first else ""
        return painting.line(painting.join([more.strip(), *words[first:]], " "), base, width)

    def _all_fit(self, width: int) -> bool:
        words = [self._words(number, choice) for number, choice in enumerate(self._choices)]
        return sum(map(painting.cells, words)) + 2 * (len(words) - 1) <= width

    def _words(self, number: int, choice: Choice) -> Content:
        picked = number == self._picked
        digit = str(number + 1) if number < 9 else (choice.keys[0] if choice.keys else signs.sign("unknown"))
        mark = signs.sign("chosen") if picked else digit
        tone = "bold $primary" if picked else "$foreground" if self.has_focus else "$text-muted"
        return Content.assemble((f"{mark} ", "$primary" if picked else "$text-muted"), (choice.label, tone))
