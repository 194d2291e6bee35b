"""A form: fields by id, read and filled as plain values, drafts at each pause, errors where they belong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from textual.containers import VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, TextArea

from deskapp.widgets import painting
from deskapp.widgets.form_choice import Choice, ChoiceField
from deskapp.widgets.form_field import LABEL_WIDTH, Labelled, LongField, TextField
from deskapp.widgets.form_pick import DropList, PickField, PickText

__all__ = [
    "LABEL_WIDTH",
    "Choice",
    "ChoiceField",
    "DropList",
    "FormPanel",
    "LongField",
    "PickField",
    "TextField",
]

PAUSE_S = 0.6
_LABEL_MOST = 22

Field = TextField | LongField | ChoiceField | PickField


class FormPanel(VerticalScroll, can_focus=False):
    """A column of fields that scrolls; Enter and Tab go to the next one, nothing here saves."""

    DEFAULT_CSS = """
    FormPanel { height: 1fr; width: 1fr; background: $surface; scrollbar-size-vertical: 1; }
    """

    @dataclass
    class Changed(Message):
        """Something was typed and then there was a pause: time to keep a draft."""

        panel: FormPanel

        @property
        def control(self) -> FormPanel:
            """The panel."""
            return self.panel

        @property
        def values(self) -> dict[str, Any]:
            """All answers, as they are now."""
            return self.panel.values()

    _had: Mapping[str, Field] = {}
    pause: float = PAUSE_S
    """Seconds without a change after which Changed is posted."""

    def on_mount(self) -> None:
        """Line the fields up behind the longest label."""
        self._last = 0.0
        self._timer: Timer | None = None
        self.relabel()

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields with an id, in order; a form that is going away still has those it had."""
        if self._pruning or not self.is_attached:
            return self._had
        self._had = {
            field.id: field
            for field in self.query("TextField, LongField, ChoiceField, PickField")
            if field.id and isinstance(field, Field) and not isinstance(field, PickText)
        }
        return self._had

    def field(self, name: str) -> Field:
        """The field with this id."""
        return self.fields[name]

    def values(self) -> dict[str, Any]:
        """Every answer by field id; what is typed in a PickField `x` is at `x.text` too."""
        values: dict[str, Any] = {}
        for name, field in self.fields.items():
            values[name] = field.read()
            if isinstance(field, PickField):
                values[f"{name}.text"] = field.text
        return values

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put answers in; fields not named keep theirs, and no draft is made of it.

        A PickField takes a Choice, a text, or, as `values()` gave it, a value with its text at `x.text`.
        """
        with self.prevent(Input.Changed, TextArea.Changed, ChoiceField.Changed, PickField.Picked):
            for name, field in self.fields.items():
                if name in values:
                    field.fill(_with_text(values, name) if isinstance(field, PickField) else values[name])
                    field.error = ""

    def reset(self) -> None:
        """Empty every field, to use the form again."""
        self.fill(dict.fromkeys(self.fields))
        self.scroll_home(animate=False)

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say beneath each field what is wrong and focus the first; fields not named are right."""
        wrong = []
        for name, field in self.fields.items():
            field.error = errors.get(name, "")
            if field.error:
                wrong.append(field)
        if wrong:
            wrong[0].focus()

    def relabel(self) -> None:
        """Say every label in the language in use, and line the fields up anew."""
        fields = [field for field in self.fields.values() if field.label_code]
        longest = max((painting.cells(field.label) for field in fields), default=0)
        width = min(max(longest + 4, LABEL_WIDTH), _LABEL_MOST)
        for field in fields:
            field.set_label_width(width)
            field.relabel()

    def focus_first(self) -> None:
        """Focus the first field."""
        for field in self.fields.values():
            if field.display:
                field.focus()
                return

    @property
    def pending(self) -> bool:
        """Whether something typed has not been told by Changed yet."""
        return self._timer is not None

    def flush(self) -> None:
        """Tell at once what was typed since the last pause: before leaving the form."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
            self.post_message(self.Changed(self))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait for a pause in typing."""
        self._touched(event.input)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Wait for a pause in typing."""
        self._touched(event.text_area)

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Wait for a pause."""
        self._touched(event.field)

    def on_pick_field_picked(self) -> None:
        """Wait for a pause."""
        self._touched(None)

    def _touched(self, field: object) -> None:
        if isinstance(field, Labelled):
            field.touched()
        self._last = monotonic()
        if self._timer is None:
            self._timer = self.set_timer(self.pause, self._rested)

    def _rested(self) -> None:
        """Post when the pause was long enough, else wait for the rest of it: one timer, however fast one types."""
        left = self._last + self.pause - monotonic()
        if left > 0.01:
            self._timer = self.set_timer(left, self._rested)
        else:
            self.flush()


def _with_text(values: Mapping[str, Any], name: str) -> Any:
    value, text = values[name], values.get(f"{name}.text")
    if isinstance(value, Choice) or not text:
        return value
    return text if value is None else Choice(value, text)
