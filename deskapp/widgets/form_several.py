"""A field in which several of a few are picked: a digit or the initials take one in or out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.content import Content
from textual.strip import Strip

from deskapp.i18n import say
from deskapp.widgets import painting, signs
from deskapp.widgets.form_choice import Choice, ChoiceField


class SeveralField(ChoiceField):
    """Pick any of a few: digits and initials toggle, the arrows go along, the space bar toggles where they stand."""

    DEFAULT_CSS = """
    SeveralField { width: 1fr; height: 1; background: $panel 45%; color: $foreground; }
    SeveralField:focus { background: $panel; }
    """

    _marked: frozenset[int] = frozenset()

    def read(self) -> tuple[Any, ...]:
        """The values picked, in the order they stand in."""
        return tuple(choice.value for n, choice in enumerate(self._choices) if n in self._marked)

    def fill(self, value: Any) -> None:
        """Pick these values; None picks none."""
        wanted = tuple(value) if isinstance(value, Iterable) else ()
        self._marked = frozenset(n for n, choice in enumerate(self._choices) if choice.value in wanted)
        self._picked = min(self._marked, default=0) if self._choices else None
        self.refresh()

    def action_step(self, by: int) -> None:
        """Go to the next or the one before, round the ends; picks nothing."""
        if self._choices:
            self._picked = ((self._picked or 0) + by) % len(self._choices)
            self.refresh()

    def action_clear(self) -> None:
        """Pick none."""
        self._typed = ""
        self._mark(frozenset())

    def on_key(self, event: Any) -> None:
        """The space bar takes the one the cursor is on in or out; the rest as in a single choice."""
        if event.character == " ":
            event.stop()
            event.prevent_default()
            self._pick(self._picked)
        else:
            super().on_key(event)

    def _pick(self, number: int | None) -> None:
        if number is not None:
            self._picked = number
            self._mark(self._marked ^ {number})

    def _mark(self, marked: frozenset[int]) -> None:
        if marked != self._marked:
            self._marked = marked
            self.post_message(self.Changed(self, self.read()))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Left, it shows what is picked; none picked means any."""
        if self.has_focus or y:
            return super().render_line(y)
        picked = [choice.label for n, choice in enumerate(self._choices) if n in self._marked]
        words = Content.styled("  ".join(picked), "bold $primary")
        none = Content.styled(say("widgets.form.any"), "$text-muted")
        return painting.line(words if picked else none, self.visual_style, self.size.width)

    def _words(self, number: int, choice: Choice) -> Content:
        marked, here = number in self._marked, self.has_focus and number == self._picked
        mark = signs.sign("chosen") if marked else str(number + 1)
        tone = "bold $primary" if marked else "$foreground" if self.has_focus else "$text-muted"
        return Content.assemble(
            (f"{mark} ", "$primary" if marked else "$text-muted"),
            (choice.label, f"{tone} underline" if here else tone),
        )
