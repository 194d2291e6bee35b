"""B7: the queue and the board with very many rows, against the same with a thousand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deskapp.i18n import say
from tests.bench.bench import Bench
from tests.bench.measure import Figure, in_turns
from tests.bench.stock import LOGIN, MARK
from tests.bench.terminal import Terminal

FEW = 1_000
PAGES = 12
MARKS = re.compile(rb"R(\d{7})")


def long_lists(bench: Bench) -> Iterator[Figure]:
    """Open, page down and end, on both lists; two consoles side by side."""
    many = bench.rows
    urls = [bench.stock.copy(bench.long(rows)) for rows in (many, FEW)]
    with _console(bench, urls[0]) as long, _console(bench, urls[1]) as short:
        for key, place in (("f2", "queue"), ("f5", "board")):
            lists = _List(long, key, many), _List(short, key, FEW)
            for name in ("open", "page", "end"):
                acts = [getattr(one, name) for one in lists]
                pair = in_turns(bench.rounds, acts[0], acts[1])
                what = f"{place}, {_WORDS[name]}, {many:,} rows / {FEW:,}"
                yield pair.against("B7", what, bench.engine, 1.3)


_WORDS = {"open": "open", "page": "page down", "end": "to the end"}


def _console(bench: Bench, url: str) -> Terminal:
    terminal = Terminal("console", url, LOGIN, str(bench.folder))
    terminal.wait(say("queue.why.label"))
    terminal.settle(0.5)
    return terminal


class _List:
    """One list on one terminal."""

    def __init__(self, terminal: Terminal, key: str, rows: int) -> None:
        self.terminal, self.key, self.rows = terminal, key, rows
        self.other = "f3" if key == "f2" else "f2"
        self.sight = 0

    def open(self) -> float:
        """From another place to the first row."""
        self.terminal.send(self.other)
        self.terminal.settle(0.3)
        seconds = self.terminal.press(self.key, shows=MARK.format(0))
        self.terminal.settle(0.3)
        seen = MARKS.findall(bytes(self.terminal.seen))
        self.sight = max(self.sight, max((int(one) for one in seen), default=0) + 1)
        return seconds

    def page(self) -> float:
        """Turn the page until a row comes that was not in sight, in the middle of a run of pages."""
        self._home()
        taken = []
        for turn in range(1, PAGES):
            row = min(self.rows - 1, (turn + 1) * (self.sight - 1))
            if turn == 1:
                self.terminal.send("pagedown")
                self.terminal.settle(0.1)
            taken.append(self.terminal.press("pagedown", shows=MARK.format(row)))
            self.terminal.settle(0.05)
        return sorted(taken)[len(taken) // 2]

    def end(self) -> float:
        """To the last row."""
        self._home()
        return self.terminal.press("end", shows=MARK.format(self.rows - 1))

    def _home(self) -> None:
        """To the first row, wherever the cursor is, with all that comes after it."""
        self.terminal.press("pagedown", "home", shows=MARK.format(0))
        self.terminal.settle(0.5)
