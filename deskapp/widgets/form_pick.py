"""A field that finds as you type: what matches drops down below; the newest question wins."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.widgets import painting, signs
from deskapp.widgets.form_choice import Choice
from deskapp.widgets.form_field import TextField

Lookup = Callable[[str], Any]
"""Text → choices: a function, called in a thread, or a coroutine function."""

_ROWS = 8


def _nothing(_text: str) -> Sequence[Choice]:
    return ()


class PickText(TextField):
    """The text of a PickField; its Enter takes what is marked in the list first."""

    def action_next_field(self) -> None:
        """Take what is marked, then go on."""
        if isinstance(self.parent, PickField):
            self.parent.action_take()
        super().action_next_field()


class DropList(Widget):
    """What was found, below the field and over what is there."""

    DEFAULT_CSS = """
    DropList {
        overlay: screen; constrain: none inside; display: none;
        width: 1fr; height: 1; background: $panel; color: $foreground;
        & > .drop-list--marked { background: $primary 30%; color: $foreground; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"drop-list--marked"}

    def __init__(self) -> None:
        super().__init__()
        self.choices: tuple[Choice, ...] = ()
        self.marked = -1
        self._top = 0

    @property
    def is_open(self) -> bool:
        """Whether it is down."""
        return bool(self.display)

    def open(self, choices: Sequence[Choice], marked: int) -> None:
        """Drop down with these; nothing found drops a line that says so."""
        self.choices, self.marked, self._top = tuple(choices), marked, 0
        height = min(max(1, len(choices)), _ROWS)
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        if not self.display:
            self.display = True
            self.screen.refresh_bindings()
        self.refresh()

    def close(self) -> None:
        """Go up again."""
        if self.display:
            self.display = False
            self.screen.refresh_bindings()
        self.choices, self.marked = (), -1

    def move(self, by: int) -> None:
        """Mark another one."""
        if self.choices:
            self.marked = max(0, min(self.marked + by, len(self.choices) - 1))
            self._top = min(max(self._top, self.marked - _ROWS + 1), self.marked)
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Take what was clicked."""
        row = self._top + event.y
        if row < len(self.choices) and isinstance(self.parent, PickField):
            self.marked = row
            self.parent.action_take()

    def render_line(self, y: int) -> Strip:
        """Paint one that was found."""
        width, base = self.size.width, self.visual_style
        row = self._top + y
        if row >= len(self.choices):
            words = Content.styled(f"  {say('widgets.form.nothing_found')}", "$text-muted")
            return painting.line(words if not self.choices else "", base, width)
        choice, marked = self.choices[row], row == self.marked
        if marked:
            base = self.get_visual_style("drop-list--marked")
        left = Content.assemble((f"{signs.sign('cursor') if marked else ' '} ", "$primary"), choice.label)
        return painting.ends(left, Content.styled(f"  {choice.detail} ", "$text-muted"), base, width)


class PickField(Widget):
    """Type part of a name, number or initials; Up, Down and Enter pick one of what is found."""

    DEFAULT_CSS = """
    PickField { width: 1fr; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("escape", "close", show=False),
    ]

    @dataclass
    class Picked(Message):
        """A choice was taken, or the one taken was typed over (None)."""

        field: PickField
        choice: Choice | None

        @property
        def control(self) -> PickField:
            """The field."""
            return self.field

    def __init__(
        self,
        id: str | None = None,  # noqa: A002 Textual's own name
        label_code: str = "",
        lookup: Lookup | None = None,
        *,
        required: bool = False,
        free: bool = False,
        placeholder_code: str = "",
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.lookup: Lookup = lookup or _nothing
        """Finds choices for a text: a function, called in a thread, or a coroutine function."""
        self.free = free
        """Whether text that is no choice is an answer too; then nothing is marked until an arrow is pressed."""
        self.text_field = PickText(
            label_code=label_code, required=required, placeholder_code=placeholder_code
        )
        """The text typed."""
        self.drop = DropList()
        """What was found for it."""
        self._choice: Choice | None = None
        self._asked: str | None = None
        self._busy = False

    def compose(self) -> ComposeResult:
        """The text, and the list below it."""
        yield self.text_field
        yield self.drop

    @property
    def choice(self) -> Choice | None:
        """The choice taken."""
        return self._choice

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.text_field.read()

    @property
    def label_code(self) -> str:
        """The label's code."""
        return self.text_field.label_code

    @property
    def label(self) -> str:
        """The label in the language in use."""
        return self.text_field.label

    @property
    def error(self) -> str:
        """What is wrong with the answer."""
        return self.text_field.error

    @error.setter
    def error(self, words: str) -> None:
        self.text_field.error = words

    def set_label_width(self, cells: int) -> None:
        """Keep `cells` cells free for the label."""
        self.text_field.set_label_width(cells)
        self.drop.styles.margin = (0, 1, 0, cells)

    def relabel(self) -> None:
        """Say the label in the language in use."""
        self.text_field.relabel()

    def focus(self, scroll_visible: bool = True) -> PickField:
        """Focus the text."""
        self.text_field.focus(scroll_visible)
        return self

    def read(self) -> Any:
        """The value taken; None when none is, whatever the text says."""
        return None if self._choice is None else self._choice.value

    def fill(self, value: Any) -> None:
        """Put in a Choice, or, as a mere text, a string; None empties the field."""
        self._choice = value if isinstance(value, Choice) else None
        text = value.label if isinstance(value, Choice) else "" if value is None else str(value)
        with self.prevent(TextField.Changed):
            self.text_field.fill(text)
        self._asked = None
        self.drop.close()

    def on_input_changed(self, event: TextField.Changed) -> None:
        """Ask for what is typed now; what was taken before no longer counts."""
        if self._choice is not None and self.text != self._choice.label:
            self._choice = None
            self.post_message(self.Picked(self, None))
        if self._choice is None:
            self._ask(self.text)

    def _ask(self, text: str) -> None:
        self._asked = text
        if not text:
            self.drop.close()
        elif not self._busy:
            self._busy = True
            self.run_worker(self._find(), group="lookup", exit_on_error=False)

    async def _find(self) -> None:
        """Answer the newest question; one asked meanwhile is answered next and the older answer dropped."""
        try:
            answered = None
            while self._asked and self._asked != answered:
                answered = self._asked
                found = await self._call(answered)
                if self._asked == answered and self.text_field.has_focus:
                    self.drop.open(found, -1 if self.free or not found else 0)
        except Exception:
            self.error = say("widgets.form.lookup_failed")
        finally:
            self._busy = False

    async def _call(self, text: str) -> Sequence[Choice]:
        """Coroutine functions run on the event loop, all others in a thread."""
        if inspect.iscoroutinefunction(self.lookup):
            return list(await self.lookup(text))
        return list(await asyncio.to_thread(self.lookup, text))

    def action_move(self, by: int) -> None:
        """Mark another choice; Down on a closed list asks again."""
        if self.drop.is_open:
            self.drop.move(by)
        elif by > 0 and self.text:
            self._ask(self.text)

    def action_close(self) -> None:
        """Close the list and keep the text."""
        self._asked = None
        self.drop.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape belongs to the list only while it is down."""
        return self.drop.is_open if action == "close" else True

    def action_take(self) -> None:
        """Take the choice that is marked."""
        drop = self.drop
        if drop.is_open and 0 <= drop.marked < len(drop.choices):
            self.take(drop.choices[drop.marked])
        self.action_close()

    def take(self, choice: Choice) -> None:
        """Take this choice and tell so."""
        self.fill(choice)
        self.error = ""
        self.post_message(self.Picked(self, choice))

    def on_descendant_blur(self) -> None:
        """Left with one choice found, take it; with several, none is guessed."""
        if self.drop.is_open and not self.free and len(self.drop.choices) == 1:
            self.take(self.drop.choices[0])
        self.action_close()
