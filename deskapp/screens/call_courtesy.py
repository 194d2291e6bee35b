"""What a call has at hand besides its script: courteous words, ways to interrupt and to apologise (row K2; text 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import TextArea

from deskapp.domain.phrase import Phrase, fill
from deskapp.i18n import say
from deskapp.screens.base import Framed, Panel
from deskapp.widgets import painting
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk

AT_HAND = ("courtesy", "interrupt", "apology")


class NotesArea(TextArea):
    """Notes of a call; Tab leaves, Enter writes a line, a key offers phrases."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d", "app.phrases", id="phrases.insert"),
        Binding("ctrl+k", "app.article", id="article"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's own name
        super().__init__("", id=id, tab_behavior="focus", soft_wrap=True)


class CourtesyPane(Panel):
    """The words of courtesy, shown while one talks and put away by the same key."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    CourtesyPane { height: auto; max-height: 14; display: none; }
    CallScreen.-courtesy CourtesyPane { display: block; }
    CallScreen.-narrow.-courtesy #call-script { display: none; }
    CallScreen.-narrow.-courtesy #call-left { height: 6; }
    """

    def __init__(self) -> None:
        self.lines = Wrapped(grow=True)
        super().__init__("call.courtesy", self.lines, id="call-courtesy")


class CourtesyAtHand(Framed):
    """The key that shows the words of courtesy on the call screen."""

    courtesy: CourtesyPane

    def action_courtesy(self) -> None:
        """Show the words of courtesy beside the call, or put them away."""
        self.toggle_class("-courtesy")  # type: ignore[attr-defined]
        if not self.has_class("-courtesy"):  # type: ignore[attr-defined]
            return
        desk, (client_id, _) = self.desk, self.speaks_of() or (None, None)
        self.ask(lambda: _read(desk, client_id), self._show_courtesy, group="courtesy")

    def _show_courtesy(self, read: tuple[Sequence[Phrase], Mapping[str, str]]) -> None:
        self.courtesy.lines.show(courtesy_lines(*read))


def courtesy_lines(phrases: Sequence[Phrase], facts: Mapping[str, str]) -> list[Content]:
    """One paragraph a kind: its name, then what can be said."""
    lines = []
    for kind in AT_HAND:
        words = [" ".join(fill(one.words, facts).text.split()) for one in phrases if one.kind == kind]
        if words:
            label = Content.styled(say(f"phrase.kind.{kind}"), "$secondary")
            lines.append(Content.assemble(label, "  ", painting.safe(" · ".join(words))))
    return lines or [Content.styled(say("phrase.pick_empty"), "$text-muted")]


def _read(desk: Desk, client_id: int | None) -> tuple[Sequence[Phrase], Mapping[str, str]]:
    from deskapp.services import phrases

    return phrases.at_hand(desk), phrases.facts(desk, client_id)
