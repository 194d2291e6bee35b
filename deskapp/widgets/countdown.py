"""Time left, painted: countdown with sign and colour, bar, big digits; computed at paint, never stored (T4)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from deskapp.domain.countdown import countdown, seconds_left
from deskapp.i18n import say
from deskapp.widgets import glass, painting, signs
from deskapp.widgets.lively import Lively
from deskapp.widgets.safe_text import fit

if TYPE_CHECKING:
    from deskapp.domain.response_clock import State

AMBER_S = 4 * 3600
RED_S = 3600
NO_TIME = "--:--:--"
_LONG_S = 100 * 3600

_STYLES = {
    "calm": "$foreground",
    "amber": "$warning",
    "red": "$error",
    "overdue": "$error",
    "paused": "$text-muted",
    "met": "$success",
    "missed": "$error",
}
_RUNNING = ("calm", "amber", "red", "overdue")
_DIGITS = {
    "0": "███ █ █ █ █ █ █ ███",
    "1": " █  ██   █   █  ███",
    "2": "███   █ ███ █   ███",
    "3": "███   █ ███   █ ███",
    "4": "█ █ █ █ ███   █   █",
    "5": "███ █   ███   █ ███",
    "6": "███ █   ███ █ █ ███",
    "7": "███   █   █   █   █",
    "8": "███ █ █ ███ █ █ ███",
    "9": "███ █ █ ███   █ ███",
    "+": "     █  ███  █     ",
    "-": "        ███        ",
    ":": "  █   █  ",
}
_PLAIN_DIGITS = {
    "0": (" _ ", "| |", "|_|"),
    "1": ("   ", "  |", "  |"),
    "2": (" _ ", " _|", "|_ "),
    "3": (" _ ", " _|", " _|"),
    "4": ("   ", "|_|", "  |"),
    "5": (" _ ", "|_ ", " _|"),
    "6": (" _ ", "|_ ", "|_|"),
    "7": (" _ ", "  |", "  |"),
    "8": (" _ ", "|_|", "|_|"),
    "9": (" _ ", "|_|", " _|"),
    "+": ("   ", "_|_", " | "),
    "-": ("   ", "___", "   "),
    ":": (" ", ".", "."),
}
_HALVES = {(" ", " "): " ", ("█", " "): "▀", (" ", "█"): "▄", ("█", "█"): "█"}


def state_at(
    due_us: int | None, now_us: int, state: State | None = None, amber_s: int = AMBER_S, red_s: int = RED_S
) -> State:
    """How a clock stands at `now_us`; a paused or answered one stays what `state` says."""
    if state is not None and state not in _RUNNING:
        return state
    if due_us is None:
        return "paused"
    left = seconds_left(due_us, now_us)
    if left < 0:
        return "overdue"
    return "red" if left <= red_s else "amber" if left <= amber_s else "calm"


def sign_and_style(state: State) -> tuple[str, str]:
    """The one-cell sign and the theme colour of a clock's state."""
    return signs.sign(state), _STYLES[state]


def state_word(state: State) -> str:
    """The state in a word or two, to stand beside the colour."""
    return say(f"widgets.clock.{state}")


def paint_countdown(
    due_us: int | None,
    now_us: int,
    state: State | None = None,
    *,
    amber_s: int = AMBER_S,
    red_s: int = RED_S,
    sign: bool = True,
) -> Content:
    """Time left in eleven cells, sign first (nine without `sign`): "◕  00:41:07", "! +03:12:40"."""
    now = state_at(due_us, now_us, state, amber_s, red_s)
    mark, style = sign_and_style(now)
    words = state_word(now) if now in ("met", "missed") else _nine_cells(due_us, now_us)
    text = fit(words, 9, "right")
    return Content.styled(f"{mark} {text}" if sign else text, style)


def countdown_text(due_us: int | None, now_us: int) -> str:
    """Time left as "00:41:07", overdue as "+03:12:40", unknown as dashes."""
    if due_us is None:
        return NO_TIME
    return countdown(seconds_left(due_us, now_us))


def _nine_cells(due_us: int | None, now_us: int) -> str:
    """Time left in at most nine cells: from a hundred hours on in days and hours."""
    if due_us is None or abs(left := seconds_left(due_us, now_us)) < _LONG_S:
        return countdown_text(due_us, now_us)
    days, rest = divmod(abs(left), 86400)
    code = "widgets.clock.days" if days < 100 else "widgets.clock.many_days"
    return ("+" if left < 0 else "") + say(code, days=days, hours=rest // 3600)


def bar(fraction: float, width: int, state: State, plain: bool | None = None) -> Content:
    """A bar of `width` cells filled to `fraction` of the time used; any use at all fills a cell."""
    plain = signs.plain_signs() if plain is None else plain
    filled = max(int(fraction > 0), min(width, int(fraction * width)))
    style = "$primary" if state in ("calm", "met") else _STYLES[state]
    return _bar(filled, width, style, plain)


@lru_cache(512)
def _bar(filled: int, width: int, style: str, plain: bool) -> Content:
    """Asked every second of each clock on the board, and the same for many minutes."""
    full, rest = ("#", ".") if plain else ("█", "░")
    return Content.assemble((full * filled, style), (rest * (width - filled), "$panel"))


def big(text: str) -> tuple[str, str, str]:
    """Digits, colons and signs as three lines of one width."""
    if signs.plain_signs():
        columns = [_PLAIN_DIGITS[character] for character in text]
    else:
        columns = [_folded(character) for character in text]
    top, middle, bottom = (" ".join(column[line] for column in columns) for line in range(3))
    return top, middle, bottom


@cache
def _folded(character: str) -> tuple[str, str, str]:
    """Five rows of dots as three lines of half blocks."""
    width = 1 if character == ":" else 3
    dots = _DIGITS[character]
    rows = [dots[start : start + width].ljust(width) for start in range(0, len(dots), width + 1)]
    rows.append(" " * width)
    lines = ("".join(_HALVES[pair] for pair in zip(*rows[n : n + 2], strict=True)) for n in (0, 2, 4))
    top, middle, bottom = lines
    return top, middle, bottom


class BigDigits(Lively, Widget):
    """The most urgent clock in digits three lines high."""

    DEFAULT_CSS = """
    BigDigits { height: 3; width: 35; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._due_us: int | None = None
        self._state: State | None = None
        self._now_us = 0
        self._painted = ""
        self._limits = (AMBER_S, RED_S)

    def show(
        self,
        due_us: int | None,
        now_us: int,
        state: State | None = None,
        *,
        amber_s: int = AMBER_S,
        red_s: int = RED_S,
    ) -> None:
        """Show the clock due at `due_us`; None clears it; a paused one stands as it was at `now_us`."""
        self._due_us, self._state, self._now_us = due_us, state, now_us
        self._limits = (amber_s, red_s)
        self.refresh()

    def tick(self, now_us: int) -> None:
        """Show the time left as of `now_us`."""
        if self._state != "paused":
            self._now_us = now_us
        if self.text != self._painted:
            glass.paint(self, range(self.size.height))

    @property
    def text(self) -> str:
        """What the digits say."""
        return "" if self._due_us is None else countdown_text(self._due_us, self._now_us)

    def render_line(self, y: int) -> Strip:
        """Paint one of the three lines."""
        width, base = self.size.width, self.visual_style
        self._painted = self.text
        if not self._painted or y > 2:
            return Strip([Segment(" " * width, base.rich_style)], width)
        _, style = sign_and_style(state_at(self._due_us, self._now_us, self._state, *self._limits))
        return painting.line(Content.styled(big(self._painted)[y], f"bold {style}"), base, width)
