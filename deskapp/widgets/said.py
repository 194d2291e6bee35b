"""Lines said from codes: headings and hints that can be said again in another language."""

from __future__ import annotations

from typing import Any

from textual.content import Content

from deskapp.i18n import say
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown


class Said(Lines):
    """A line in one tone, by its code and the facts that fill it."""

    DEFAULT_CSS = """
    Said { height: 1; }
    """

    def __init__(
        self,
        code: str = "",
        tone: str = "",
        *,
        id: str | None = None,  # noqa: A002 Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._code, self._tone, self._facts = code, tone, dict[str, Any]()
        self.relabel()

    def tell(self, code: str, tone: str | None = None, **facts: Any) -> None:
        """Say something else; an empty code says nothing."""
        self._code, self._facts = code, facts
        self._tone = self._tone if tone is None else tone
        self.relabel()

    def relabel(self) -> None:
        """Say it in the language in use."""
        if not self._code:
            self.show([])
            return
        facts = {name: shown(fact) if isinstance(fact, str) else fact for name, fact in self._facts.items()}
        words = say(self._code, **facts)
        self.show([Content.styled(words, self._tone) if self._tone else Content(words)])
