"""`deskapp watch`: all that time brings, done every few seconds without a screen, until it is told to end.

A database that is away is said once and waited for. One line says each thing done, on standard output: a service
manager keeps it.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

from deskapp.i18n import knows, say
from deskapp.i18n.lines import print_line
from deskapp.traces import write_down

if TYPE_CHECKING:
    from deskapp.adapters.asterisk import LinkState
    from deskapp.config import Config
    from deskapp.desk import Desk
    from deskapp.services.tick import Ticked

EVERY_S = 5.0
PATIENCE_S = 10.0
"""How long a server may say nothing before it counts as away."""
UNCOUNTED = frozenset({"laid_sites"})
"""Sites looked at, whatever came of it."""
UNTOLD = frozenset({"sealed", "swept"})
"""Housekeeping: done every time anybody writes, and of no interest in a log."""


def ticked_lines(ticked: Ticked, untold: frozenset[str] = frozenset()) -> list[str]:
    """What a tick did, in words, one line a thing; nothing where it did nothing."""
    return [_counted(name, count) for name, count in _flat(asdict(ticked)) if count and name not in untold]


def troubles(ticked: Ticked) -> frozenset[str]:
    """The lines of what the outside refused: true until it is otherwise, so that a log says them once."""
    return frozenset(
        _counted(name, value) for name, value in _flat(asdict(ticked)) if isinstance(value, str) and value
    )


def _flat(found: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}_")
        elif f"{before}{name}" not in UNCOUNTED:
            yield f"{before}{name}", value


def _counted(name: str, count: Any) -> str:
    code = f"cli.ticked.{name}"
    if isinstance(count, str):
        count = _in_words(count)
    return say(code, count=count) if knows(code) else f"{name} {count}"


def _in_words(kept: str) -> str:
    """What the outside refused, as it was kept, in words."""
    from deskapp.domain.mail import from_kept
    from deskapp.i18n.errors import in_words

    failed = from_kept(kept)
    return kept if failed is None else in_words(failed)


class Ear(Protocol):
    """Whatever listens to the outside in threads of its own, as the settings say."""

    def follow(self, desk: Desk) -> None:
        """Listen as the settings say now."""
        ...

    def close(self) -> None:
        """Listen no longer."""
        ...


def ears(tell: Callable[[str, Mapping[str, Any]], None]) -> list[Ear]:
    """Everything a desk without a screen listens to."""
    from deskapp.services.listeners import Listeners, link_words

    def told(link: LinkState | None) -> None:
        words = link_words(link)
        if words is not None:
            tell(*words)

    return [Listeners(told, tell)]


def run(config: Config, every_s: float = EVERY_S, stop: Event | None = None) -> int:
    """Watch until SIGTERM or Ctrl-C; exit 0: to be ended is no failure."""
    stop = stop or Event()
    with ended_by_signals(stop):
        watch = Watch(config, stop)
        try:
            while not stop.is_set():
                watch.once()
                stop.wait(every_s)
        finally:
            watch.close()
    return 0


@contextmanager
def ended_by_signals(stop: Event) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end the watch between two ticks."""
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


class Watch:
    """One watch: its desk, opened when the database answers, and what it has said last."""

    def __init__(self, config: Config, stop: Event) -> None:
        self.config, self.stop = config, stop
        self.desk: Desk | None = None
        self.wrong = ""
        """What is wrong now, as it was said; a database that is away is one thing, however it is away."""
        self.ears = ears(self._heard)
        self.troubles: frozenset[str] = frozenset()
        """What the outside refused the last time, as it was said."""

    def once(self) -> None:
        """Do what time has brought; whatever is wrong is said once, and tried again the next time."""
        from deskapp.domain.errors import RuleBroken, StorageFailed

        try:
            ticked = self._ticked()
        except (StorageFailed, RuleBroken) as error:
            self._say_wrong(error)
            return
        except Exception as error:
            self._say_wrong(error, write_down(error))
            return
        if self.wrong:
            self.wrong = ""
            self.tell(say("cli.watch.again"))
        for line in ticked_lines(ticked, UNTOLD):
            if line not in self.troubles:
                self.tell(line)
        self.troubles = troubles(ticked)

    def _ticked(self) -> Ticked:
        from deskapp.services.company import refreshed
        from deskapp.services.tick import tick

        self.desk = self._opened() if self.desk is None else refreshed(self.desk)
        for ear in self.ears:
            ear.follow(self.desk)
        return tick(self.desk)

    def _heard(self, code: str, facts: Mapping[str, Any]) -> None:
        """Say what becomes of a connection to the outside."""
        self.tell(say(code, **facts))

    def _opened(self) -> Desk:
        from deskapp.services.operators import system_operator
        from deskapp.wiring import open_desk

        desk = open_desk(self.config, patience_s=PATIENCE_S).signed_in(system_operator())
        self.desk = desk
        self.tell(say("cli.watch.begun", company=desk.company or "-"))
        return desk

    def _say_wrong(self, error: Exception, where: str = "") -> None:
        from deskapp.domain.errors import is_away
        from deskapp.i18n.errors import in_words

        words = in_words(error)
        lost = is_away(error) and getattr(error, "code", "") != "storage.locked"
        if (wrong := "lost" if lost else words) != self.wrong:
            self.wrong = wrong
            code = "cli.watch.wrong_at" if where else "cli.watch.wrong"
            self.tell(say(code, what=words, where=where), wrong=True)

    def tell(self, words: str, *, wrong: bool = False) -> None:
        """Say one line with the time before it; what is wrong goes to standard error."""
        from datetime import UTC, datetime

        out = sys.stderr if wrong else sys.stdout
        at = self.desk.local(self.desk.now()) if self.desk is not None else datetime.now(UTC).astimezone()
        print_line(f"{at:%Y-%m-%d %H:%M:%S} {words}", out)
        out.flush()

    def close(self) -> None:
        """Say that it ends, and give the database back."""
        for ear in self.ears:
            ear.close()
        self.tell(say("cli.watch.ended"))
        if self.desk is not None:
            self.desk.store.close()
