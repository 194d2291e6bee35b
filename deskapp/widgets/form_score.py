"""A score from 1 to 5 in a form, by one digit, with the name of whoever did the work."""

from __future__ import annotations

from textual.content import Content
from textual.strip import Strip

from deskapp.widgets import painting, signs
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

    def render_line(self, y: int) -> Strip:
        """Paint the digits, and behind them whose work is scored."""
        if y or not self._who:
            return super().render_line(y)
        digits = [self._words(number, choice) for number, choice in enumerate(self._choices)]
        line = painting.join([*digits, Content.styled(self._who, "$text-muted")])
        return painting.line(line, self.visual_style, self.size.width)

    def _words(self, number: int, choice: Choice) -> Content:
        picked = number == self._picked
        mark = signs.sign("chosen") if picked else " "
        tone = "bold $primary" if picked else "$foreground" if self.has_focus else "$text-muted"
        return Content.assemble((mark, "$primary"), (choice.label, tone))
