"""`deskapp listen`: hears the telephone systems without a screen, until Ctrl-C or SIGTERM.

It follows the settings as they change, says each change of the connection in one line, and may run beside consoles
and other listeners: a call is one row, whoever hears of it.
"""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from deskapp.cli_watch import Watch, ended_by_signals
from deskapp.i18n import say

if TYPE_CHECKING:
    from deskapp.config import Config
    from deskapp.services.tick import Ticked

FOLLOWS_S = 2.0
"""How often the settings are looked at."""


def run(config: Config, stop: Event | None = None, every_s: float = FOLLOWS_S) -> int:
    """Listen until told to end; exit 0: to be ended is no failure."""
    stop = stop or Event()
    with ended_by_signals(stop):
        listening = Listen(config, stop)
        try:
            while not stop.is_set():
                listening.once()
                stop.wait(every_s)
        finally:
            listening.close()
    return 0


class Listen(Watch):
    """A watch that only listens: opened, waited for and told as one that does what time brings."""

    _silent = False

    def _ticked(self) -> Ticked:
        from deskapp.services.outside import read_outside
        from deskapp.services.tick import Ticked

        if self.desk is None:
            self.desk = self._opened()
        for ear in self.ears:
            ear.follow(self.desk)
        outside = read_outside(self.desk)
        nothing = not (outside.asterisk.on or outside.cti.on)
        if nothing and not self._silent:
            self.tell(say("cli.listen.nothing"))
        self._silent = nothing
        return Ticked()
