"""The small dialogs of a call: the number that rings, when to call again, how content the client is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog
from deskapp.screens.kept_line import KeptLine
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.client import ClientCard


class RingDialog(KeptLine[str]):
    """Write down the number of a call that rings on a telephone beside the console."""

    SCREEN_ID, TITLE_CODE, ROWS = "ring", "call.ring.title", ("C3",)
    DRAFT = "ring"

    def __init__(self) -> None:
        super().__init__()
        self.whose = Lines(grow=True)

    def body(self) -> Iterable[Widget]:
        """The number, and whose it is."""
        yield Lines([say("call.ring.ask")], grow=True)
        yield Input(id="ring-number", max_length=60)
        yield self.whose

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say whose number it is while it is typed."""
        typed, desk = event.value.strip(), self.desk

        def find() -> list[ClientCard]:
            with desk.read() as work:
                return list(work.search.clients(typed, 5)) if len(typed) >= 3 else []

        self.ask(find, self._found, group="whose", wrong=lambda _: None)

    def _found(self, cards: list[ClientCard]) -> None:
        self.whose.show(
            [
                Content.assemble(
                    paint.client_name(card.client.name),
                    "  ",
                    ("  ".join(paint.number(self.desk, p.normal, p.raw) for p in card.phones), "$text-muted"),
                    "  ",
                    shown(card.address),
                )
                for card in cards
            ]
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """It rings."""
        self.taken(event.value.strip())


class ScoreDialog(DeskDialog[int]):
    """How content the client is, 1 to 5, by one digit."""

    SCREEN_ID, TITLE_CODE, ROWS = "score", "call.score.title", ("T7",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(score), f"score({score})", system=True, id=f"score.{score}") for score in range(1, 6))
    ]

    def body(self) -> Iterable[Widget]:
        """The scale in words."""
        yield Lines(
            [
                Content.assemble((f" {score} ", "bold $primary"), " ", say(f"call.score.{score}"))
                for score in (5, 4, 3, 2, 1)
            ],
            grow=True,
        )

    def action_score(self, score: int) -> None:
        """Take the score."""
        self.dismiss(score)


class LaterDialog(KeptLine["DateTime"]):
    """When to call: a digit for the usual times, or a time typed."""

    SCREEN_ID, TITLE_CODE, ROWS = "later", "call.later.title", ("C4",)

    def __init__(self, desk: Desk, about: str = "") -> None:
        super().__init__()
        self.DRAFT = f"later-{about}"
        self.choices = _usual_times(desk)

    def body(self) -> Iterable[Widget]:
        """The usual times, and a line to type another."""
        lines = [
            Content.assemble(
                (f" {n} ", "bold $primary"),
                " ",
                say(f"call.later.{code}"),
                "  ",
                (paint.when(self.desk, at), "$text-muted"),
            )
            for n, (code, at) in enumerate(self.choices, 1)
        ]
        yield Lines([*lines, Content(""), Content(say("call.later.ask"))], grow=True)
        yield Input(id="later-typed", max_length=40)
        yield Lines(grow=True, id="later-wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take a digit for a usual time, or read the time typed."""
        from deskapp.domain.time_words import read_time

        typed = event.value.strip()
        if typed.isdigit() and 1 <= int(typed) <= len(self.choices):
            self.taken(self.choices[int(typed) - 1][1])
            return
        at = read_time(typed, self.desk.now(), self.desk.policy.timezone)
        if at is None:
            self.query_one("#later-wrong", Lines).show([Content.styled(say("call.later.wrong"), "$error")])
        else:
            self.taken(at)


def _usual_times(desk: Desk) -> list[tuple[str, DateTime]]:
    local = desk.local(desk.now())
    tomorrow = local.add(days=1).start_of("day")
    times = [
        ("half_hour", local.add(minutes=30)),
        ("two_hours", local.add(hours=2)),
        ("tomorrow_morning", tomorrow.add(hours=9, minutes=30)),
        ("tomorrow_afternoon", tomorrow.add(hours=14, minutes=30)),
        ("next_week", local.start_of("day").add(days=7, hours=9, minutes=30)),
    ]
    return [(code, at.in_timezone("UTC")) for code, at in times]
