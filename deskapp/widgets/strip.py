"""The lines always on the glass, one cell high and laid out by no one: top bar, clock strip, keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from deskapp.i18n import language, say
from deskapp.widgets import glass, painting, signs
from deskapp.widgets.countdown import paint_countdown, state_at
from deskapp.widgets.lively import Lively
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.response_clock import State

_SECOND_US = 1_000_000
_KEY_NAMES = {"esc": "Esc", "tab": "Tab", "question_mark": "?", "slash": "/", "space": "Space"}


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere an F-key goes: its id, the key as people read it, and the code of its name."""

    id: str
    key: str
    code: str


@dataclass(frozen=True, slots=True)
class TopState:
    """What the top bar shows beside the time: words ready to paint."""

    current: str = ""
    """The id of the place lit."""
    phone: str = ""
    phone_tone: str = "$text-muted"
    operator: str = ""
    role: str = ""
    notices: int = 0
    """How many notices wait to be read; none are not spoken of."""


class TopBar(Lively, Widget):
    """App name, places, phone, operator and the time; shrinks until it fits."""

    DEFAULT_CSS = """
    TopBar { height: 1; width: 1fr; background: $panel; color: $foreground; }
    """

    @dataclass
    class PlaceChosen(Message):
        """A place was clicked."""

        place: str

    def __init__(
        self,
        places: Sequence[Place] = (),
        *,
        zone: str = "Asia/Shanghai",
        name_code: str = "widgets.top.name",
        id: str | None = None,  # noqa: A002 Textual's own name
    ) -> None:
        super().__init__(id=id)
        self.places = tuple(places)
        """The places, in the order of their keys."""
        self.name_code = name_code
        """The code of the name at the left."""
        self.zone: tzinfo | None = None
        """The company's zone, in which the time is shown; no time is shown before it is known."""
        self._zone_name = zone
        self._state = TopState()
        self._now_us: int | None = None
        self._look: object = None
        self._left = Content()
        self._detail = 0
        self._spots: list[tuple[int, int, str]] = []

    def show(self, state: TopState) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            self.refresh()

    def tick(self, now_us: int) -> None:
        """Show the time."""
        if self._now_us is None or now_us // _SECOND_US != self._now_us // _SECOND_US:
            self._now_us = now_us
            glass.paint(self, [0])

    def on_click(self, event: events.Click) -> None:
        """Tell which place was clicked."""
        for begin, end, place in self._spots:
            if begin <= event.x < end:
                self.post_message(self.PlaceChosen(place))

    def render_line(self, y: int) -> Strip:
        """Paint the fullest version there is room for."""
        width, base = self.size.width, self.visual_style
        look = (width, self._state, self.places, language(), self._now_us is None)
        if look != self._look:
            self._look = look
            for left, detail in self._versions():
                self._left, self._detail = left, detail
                if painting.cells(left) + painting.cells(self._right(detail)) + 1 <= width:
                    break
            self._find_spots(self._left.plain)
        return painting.ends(self._left, self._right(self._detail), base, width)

    def _versions(self) -> Iterator[tuple[Content, int]]:
        """Every version of the left end with the detail of the right one, the fullest first."""
        full = self._places(keys=True, gap="  ")
        words = self._places(keys=False, gap="  ")
        close = self._places(keys=False, gap=" ")
        name = Content.styled(f" {say(self.name_code)} ", "bold $background on $primary")
        for places, detail in ((full, 3), (words, 3), (words, 2), (close, 2), (close, 1)):
            yield Content.assemble(name, " ", places), detail
        yield Content.assemble(" ", close), 1
        for detail in (2, 1, 0):
            yield Content.assemble(" ", self._only_current()), detail

    def _places(self, keys: bool, gap: str) -> Content:
        return painting.join([self._place(place, keys) for place in self.places], gap)

    def _place(self, place: Place, key: bool) -> Content:
        lit = place.id == self._state.current
        name = Content.styled(say(place.code), "bold underline $primary" if lit else "$text-muted")
        return Content.assemble((f"{place.key} ", "$text-disabled"), name) if key else name

    def _only_current(self) -> Content:
        """The keys alone, and the name of the place one is in."""
        return painting.join(
            [
                self._place(place, True)
                if place.id == self._state.current
                else Content.styled(place.key, "$text-muted")
                for place in self.places
            ],
            " ",
        )

    def _right(self, detail: int) -> Content:
        """Time; with `detail` 1 the phone too, 2 the operator, 3 role and weekday."""
        state = self._state
        when = self._when()
        time = "" if when is None else f"{when:%H:%M:%S}"
        if when is not None and detail > 2:
            time = f"{say(f'widgets.weekday.{when.isoweekday()}')} {time}"
        parts = [painting.safe(state.phone, state.phone_tone)] if detail else []
        if detail > 1:
            who = f"{state.operator} {state.role}" if detail > 2 else state.operator
            parts.append(painting.safe(who.strip()))
        if state.notices:
            parts.insert(0, Content.styled(say("widgets.top.notices", count=state.notices), "bold $warning"))
        return Content.assemble(painting.join([*parts, time]), " ")

    def _when(self) -> datetime | None:
        if self._now_us is None:
            return None
        if self.zone is None and self._zone_name:
            # Not imported above: reading the zones takes a twentieth of the start.
            from zoneinfo import ZoneInfo

            self.zone = ZoneInfo(self._zone_name)
        return None if self.zone is None else datetime.fromtimestamp(self._now_us // _SECOND_US, self.zone)

    def _find_spots(self, left: str) -> None:
        self._spots, begin = [], 0
        for place in self.places:
            names = [name for name in (say(place.code), place.key) if name in left[begin:]]
            if names:
                at = left.index(names[0], begin)
                x, begin = painting.cells(left[:at]), at + len(names[0])
                self._spots.append((x, painting.cells(left[:begin]), place.id))


@dataclass(frozen=True, slots=True)
class ClockSummary:
    """The most urgent running clock and how many are due: what the clock strip shows."""

    number: str = ""
    due_us: int | None = None
    state: State | None = None
    client: str = ""
    subject: str = ""
    responsible: str = ""
    overdue: int = 0
    within_hour: int = 0
    today: int = 0
    crisis: str = ""
    """What a crisis is about; anything here turns the strip into a red banner."""
    counts_only: bool = False
    """Whether nothing may be named: the counts stand alone."""


class ClockStrip(Lively, Widget):
    """The most urgent clock on every screen, and how many are overdue or due soon."""

    DEFAULT_CSS = """
    ClockStrip {
        height: 1; width: 1fr; background: $surface; color: $foreground;
        & > .clock-strip--calm { background: $surface; color: $foreground; }
        & > .clock-strip--amber { background: $warning 12%; color: $foreground; }
        & > .clock-strip--red { background: $error 18%; color: $foreground; }
        & > .clock-strip--crisis { background: $error; color: $background; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "clock-strip--calm",
        "clock-strip--amber",
        "clock-strip--red",
        "clock-strip--crisis",
    }

    @dataclass
    class Chosen(Message):
        """The strip was clicked: go to the clock it shows."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's own name
        super().__init__(id=id)
        self._summary: ClockSummary | None = None
        self._now_us = 0

    @property
    def summary(self) -> ClockSummary | None:
        """What is shown."""
        return self._summary

    def show(self, summary: ClockSummary) -> None:
        """Show another summary."""
        if summary != self._summary:
            self._summary = summary
            self.refresh()

    def tick(self, now_us: int) -> None:
        """Show the time left as of `now_us`."""
        self._now_us = now_us
        if self._summary is not None and self._summary.due_us is not None:
            glass.paint(self, [0])

    def on_click(self) -> None:
        """Tell that the strip was clicked."""
        self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """Paint the strip as of the last tick."""
        width, summary = self.size.width, self._summary
        if summary is None:
            return Strip.blank(width, self.visual_style.rich_style)
        base = self.get_visual_style(f"clock-strip--{self._alarm(summary)}")
        left = self._crisis(summary) if summary.crisis else self._urgent(summary)
        return painting.ends(left, self._counts(summary, width), base, width)

    def _alarm(self, summary: ClockSummary) -> str:
        if summary.crisis:
            return "crisis"
        if summary.counts_only:
            return "red" if summary.overdue else "calm"
        if not summary.number:
            return "calm"
        state = state_at(summary.due_us, self._now_us, summary.state)
        return {"overdue": "red", "red": "red", "amber": "amber"}.get(state, "calm")

    def _urgent(self, summary: ClockSummary) -> Content:
        if summary.counts_only:
            return Content()
        if not summary.number:
            return Content.styled(f" {say('widgets.strip.none')}", "$text-muted")
        whose = [summary.client, summary.subject, summary.responsible]
        return Content.assemble(
            (f" {signs.sign('alarm')} ", "$text-muted"),
            painting.safe(summary.number),
            " ",
            paint_countdown(summary.due_us, self._now_us, summary.state),
            "  ",
            painting.safe(" · ".join(word for word in whose if word), "$text-muted"),
        )

    def _crisis(self, summary: ClockSummary) -> Content:
        if summary.counts_only:
            return Content(shown(f" {signs.sign('error')} {summary.crisis}"))
        head = f" {signs.sign('error')} {say('widgets.strip.crisis')} "
        left = paint_countdown(summary.due_us, self._now_us, summary.state).plain.strip()
        return Content(shown(f"{head} {summary.number} {left}  {summary.crisis}"))

    def _counts(self, summary: ClockSummary, width: int) -> Content:
        short = "_short" if width < 100 else ""
        counts = (
            ("overdue", summary.overdue, "$error"),
            ("hour", summary.within_hour, "$warning"),
            ("today", summary.today, ""),
        )
        parts = []
        for name, number, style in counts:
            word = say(f"widgets.strip.{name}{short}")
            tone = "" if summary.crisis else (style if number else "$text-muted")
            parts.append(Content.styled(f"{word} {number}", tone) if tone else Content(f"{word} {number}"))
        return Content.assemble("  ", painting.join(parts, " " if short else "  "), " ")


class KeyBar(Lively, Widget):
    """The keys that do something here, and at the right the day's progress; help is never cut."""

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 1fr; background: $background; color: $foreground; }
    """

    def __init__(
        self,
        label: Callable[[str], str],
        *,
        help_id: str = "help",
        id: str | None = None,  # noqa: A002 Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._label = label
        self._help_id = help_id
        self._progress: painting.Painted = ""
        self._painted: list[tuple[str, str, str]] | None = None
        self._spots: list[tuple[int, int, str]] = []

    def show_progress(self, progress: painting.Painted) -> None:
        """Show `progress` at the right, and the keys as they are valid by now."""
        if not painting.alike(progress, self._progress) or self.keys() != self._painted:
            self._progress = progress
            self.refresh()

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[object]) -> None:
        if screen is self.screen and self.keys() != self._painted:
            self.refresh()

    async def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        for begin, end, key in self._spots:
            if begin <= event.x < end:
                self.app.simulate_key(key)

    def keys(self) -> list[tuple[str, str, str]]:
        """The keys valid here as (key, as people read it, what it does), help last.

        A binding is listed when it has an id and the label has words for it. Textual takes `show` from
        those without a description, so what must not be listed is `system`, or described and not shown.
        """
        found: dict[str, tuple[str, str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            words = self._label(binding.id) if binding.id and active.enabled and _wanted(binding) else ""
            if words:
                found.setdefault(binding.id or "", (binding.key, self._key_name(binding), words))
        helping = found.pop(self._help_id, None)
        return [*found.values(), *([helping] if helping else [])]

    def _key_name(self, binding: Binding) -> str:
        name = self.app.get_key_display(binding)
        return _KEY_NAMES.get(name, name.upper() if name.startswith("f") and name[1:].isdigit() else name)

    def render_line(self, y: int) -> Strip:
        """Paint as many keys as there is room for."""
        width, base = self.size.width, self.visual_style
        progress = (
            Content.assemble("  ", painting.join([self._progress]), " ") if self._progress else Content()
        )
        room = width - 1 - min(painting.cells(progress), width // 2)
        keys = self.keys()
        self._painted = list(keys)
        parts = [Content.assemble((name, "$primary"), " ", painting.safe(words)) for _, name, words in keys]
        while len(parts) > 1 and sum(map(painting.cells, parts)) + 2 * (len(parts) - 1) > room:
            del parts[-2], keys[-2]
        self._spots, x = [], 1
        for part, (key, _, _) in zip(parts, keys, strict=True):
            self._spots.append((x, x + painting.cells(part), key))
            x += painting.cells(part) + 2
        return painting.ends(Content.assemble(" ", painting.join(parts)), progress, base, width)


def _wanted(binding: Binding) -> bool:
    return not binding.system and (binding.show or not binding.description)
