"""A document on the whole glass as it is printed (row K4)."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from deskapp.screens import document_acts as acts
from deskapp.screens.paper import PaperView


class DocumentPaperScreen(PaperView):
    """The page with its head, items, files and who signs; one key writes it as pdf, docx or xlsx."""

    PLACE, SCREEN_ID, ROWS = "more", "document_paper", ("K4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "export", id="document.export"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, document_id: int) -> None:
        super().__init__()
        self.document_id = document_id

    def ready(self) -> None:
        """Make the page."""
        self.text.focus()
        self.changed()

    def changed(self) -> None:
        """Make it anew."""
        from deskapp.services import documents

        if self.app.desk is None or self.app.desk.operator is None:
            return
        desk, document_id = self.desk, self.document_id
        self.ask(lambda: documents.paper(desk, document_id), self.show_document, group="paper")

    def relabel(self) -> None:
        """Say everything again: the page too is in the language in use."""
        super().relabel()
        self.changed()

    def action_export(self) -> None:
        """Write it as a file."""
        acts.export(self, self.document_id)
