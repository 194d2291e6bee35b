"""The lines of a client's history besides calls, tickets and payments: in words, and one of them in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import knows, say
from deskapp.screens.base import DeskDialog
from deskapp.widgets import painting
from deskapp.widgets.prose import Prose
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.rows import TimelineItem

MOST_SHOWN = 20_000
BY_DAY = frozenset({"site", "payment", "inspection", "evaluation", "register", "plan"})
"""Lines that stand at a day, not at an hour."""
SIGNS = {
    "letter": "o",
    "inspection": "v",
    "notice": "w",
    "handbook": "w",
    "evaluation": "r",
    "praise": "r",
    "diagnosis": "h",
    "bus": "b",
    "register": "g",
    "plan": "f",
}
"""The letter that keeps lines of a kind is their sign too."""
TONES = {
    "letter": "$accent",
    "inspection": "$secondary",
    "notice": "$secondary",
    "handbook": "$secondary",
    "evaluation": "$primary",
    "praise": "$success",
    "diagnosis": "$primary",
    "bus": "$foreground",
    "register": "$foreground",
    "plan": "$text-muted",
}


def title_of(item: TimelineItem) -> str:
    """What such a line is, in a few words."""
    facts = dict(item.facts)
    if item.source == "plan":
        return say("timeline.plan", purpose=say(f"followup.purpose.{item.kind}"))
    if item.source == "register":
        known = f"registers.name.{item.kind}"
        name = say(known) if knows(known) else say("timeline.register")
        return f"{name} {item.number}  {_state(f'registers.state.{item.code}')}".rstrip()
    if item.source == "notice":
        title = f"{say(f'timeline.notice.{item.kind}', day=facts.get('day', ''))} {item.number}"
        return title if item.code == "current" else f"{title} {_state(f'timeline.notice.{item.code}')}"
    words = _state(f"timeline.{item.source}.{item.code}") or say(f"timeline.{item.source}.other")
    score = say("client.score", score=item.score) if item.score else ""
    count = say("timeline.seats", count=facts["count"]) if "count" in facts else ""
    return "  ".join(part for part in (f"{words} {item.number}".rstrip(), score, count) if part)


def _state(code: str) -> str:
    """A state in words; "" for one the catalogues do not know."""
    return say(code) if knows(code) else ""


class LineDialog(DeskDialog[None]):
    """One line of a client's history in full; what lies behind it one key away."""

    SCREEN_ID, TITLE_CODE = "timeline_line", "timeline.line.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave", id="back"),
        Binding("t", "ticket", id="timeline_line.ticket"),
        Binding("g", "site", id="timeline_line.site"),
    ]
    DEFAULT_CSS = """
    LineDialog .dialog { height: 16; }
    """

    def __init__(self, item: TimelineItem) -> None:
        super().__init__()
        self.item = item
        self.site_id = int(dict(item.facts).get("site_id", 0))
        self.prose = Prose()

    def body(self) -> Iterable[Widget]:
        """Everything the line knows."""
        yield self.prose

    def ready(self) -> None:
        """Show it."""
        from deskapp.screens import paint

        self.prose.focus()
        item = self.item
        facts = [("at", paint.timeline_day(self.desk, item)), ("who", shown(item.who))]
        lines = [Content.styled(shown(title_of(item)), "bold"), Content("")]
        lines += [
            Content.assemble((say(f"timeline.line.{name}"), "$text-muted"), "  ", value)
            for name, value in facts
            if value
        ]
        text = [painting.safe(line) for line in item.text[:MOST_SHOWN].splitlines()]
        self.prose.show([*lines, Content(""), *text])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is there can be opened."""
        if action == "ticket":
            return self.item.ticket_id is not None
        return bool(self.site_id) if action == "site" else True

    def action_ticket(self) -> None:
        """Open the ticket it led to."""
        self.dismiss(None)
        if self.item.ticket_id is not None:
            self.app.open_ticket(self.item.ticket_id)

    def action_site(self) -> None:
        """Open the site it is about."""
        from deskapp.screens.sites import show_site

        self.dismiss(None)
        show_site(self, self.site_id)


def sign_of(item: TimelineItem) -> Content:
    """The sign of such a line."""
    return Content.styled(SIGNS.get(item.source, " "), TONES.get(item.source, ""))
