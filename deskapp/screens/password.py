"""One's own password, changed by whoever knows the old one (row P2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.widgets.form import TextField


class PasswordDialog(FormDialog):
    """The old password, and the new one twice; nothing of it is kept or shown."""

    SCREEN_ID, TITLE_CODE, ROWS = "password", "settings.password.title", ("P2",)
    FIELD_OF: ClassVar = {
        "operator.old_wrong": "old",
        "operator.wait": "old",
        "operator.password_short": "new",
    }
    SECRET = ("old", "new", "again")

    def __init__(self) -> None:
        super().__init__("password", dict.fromkeys(self.SECRET, ""))

    def fields(self) -> Iterable[Widget]:
        """Old, new, new again."""
        for name in self.SECRET:
            yield TextField(name, f"settings.password.{name}", password=True, max_length=200, required=True)

    def wrong(self, values: Values) -> dict[str, str]:
        """All three are there and the new ones are the same."""
        differ = values["new"] != values["again"]
        return super().wrong(values) | ({"again": say("first.again_differs")} if differ else {})
