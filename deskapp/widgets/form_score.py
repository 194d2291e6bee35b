"""A score from 1 to 5 in a form, by one digit; labelled by what a code says or by somebody's name."""

from __future__ import annotations

from textual.content import Content

from deskapp.widgets import signs
from deskapp.widgets.form_choice import Choice, ChoiceField
from deskapp.widgets.safe_text import shown

SCORES = (1, 2, 3, 4, 5)


class ScoreField(ChoiceField):
    """Five digits in a line; the one picked is marked and stays to be read."""

    def __init__(
        self,
        id: str | None = None,  # noqa: A002 Textual's own name
        label_code: str = "",
        *,
        who: str = "",
        advance: bool = True,
    ) -> None:
        self._who = shown(who)
        super().__init__(id, label_code, [Choice(n, str(n)) for n in SCORES], advance=advance)

    @property
    def label(self) -> str:
        """What is scored, and who did it."""
        return f"{super().label} {self._who}".strip()

    def _words(self, number: int, choice: Choice) -> Content:
        picked = number == self._picked
        mark = signs.sign("chosen") if picked else " "
        tone = "bold $primary" if picked else "$foreground" if self.has_focus else "$text-muted"
        return Content.assemble((mark, "$primary"), (choice.label, tone))
