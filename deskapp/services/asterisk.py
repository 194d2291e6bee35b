"""The listener for Asterisk of this process, following the settings; how it stands, for every screen (row C5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.services import links, telephony
from deskapp.services.outside import read_outside, secret_of

if TYPE_CHECKING:
    from deskapp.adapters.asterisk import Link, LinkState
    from deskapp.domain.outside import Asterisk
    from deskapp.domain.pbx import Event


class Listening:
    """One manager connection: begun, ended, begun anew as the settings change. Two at once are harmless."""

    def __init__(self, tell: Callable[[LinkState | None], None]) -> None:
        self.tell = tell
        """Called, from any thread, with how the connection stands; None where there is to be none."""
        self.link: Link | None = None
        self.state: LinkState | None = None
        self.desk: Desk | None = None
        """The desk events are kept with: nobody's, so that it stays whoever sits down."""
        self._set: tuple[Asterisk, str] | None = None
        self._noted = 0.0

    def follow(self, desk: Desk) -> None:
        """Listen as the settings say now."""
        from deskapp.services.operators import system_operator

        self.desk = desk.signed_in(system_operator())
        part = read_outside(desk).asterisk
        wanted = (part, secret_of(desk, "asterisk_password")) if part.on else None
        if wanted == self._set and (wanted is None or (self.link is not None and self.link.running)):
            if self.state is not None and monotonic() - self._noted >= links.NOTED_EVERY_S:
                self._note(self.state)
            return
        self.close()
        self._set = wanted
        if wanted is not None:
            from deskapp.adapters.asterisk import Link

            secret = wanted[1]
            self.link = Link(part, lambda: secret, self._hear, self._told, self.desk.now)
            self.link.start()

    def _hear(self, events: Sequence[Event]) -> None:
        assert self.desk is not None
        telephony.hear(self.desk, events)

    def _told(self, state: LinkState) -> None:
        self.state = state
        self._note(state)
        self.tell(state)

    def _note(self, state: LinkState) -> None:
        if self.desk is None or self.link is None:
            return
        self._noted = monotonic()
        quiet = self.link.quiet_s
        heard = None if quiet is None else self.desk.now().subtract(seconds=round(quiet))
        links.note(self.desk, links.ASTERISK, state.state, state.error, heard)

    def close(self) -> None:
        """Listen no longer."""
        if self.link is not None:
            self.link.stop()
            self.link = None
            if self.desk is not None:
                links.note(self.desk, links.ASTERISK, "")
        self._set = None
        if self.state is not None:
            self.state = None
            self.tell(None)
