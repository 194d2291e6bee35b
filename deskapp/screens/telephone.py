"""The telephone at the console: what its listeners tell, kept going by the chores; and `c`, which dials (row C5)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from textual.content import Content

from deskapp.i18n import say
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from deskapp.adapters.asterisk import LinkState
    from deskapp.app import DeskApp
    from deskapp.desk import Desk
    from deskapp.domain.call import Call
    from deskapp.screens.base import Framed
    from deskapp.services.listeners import Listeners

_TONES = {"connected": "$text-muted", "connecting": "$text-muted"}


class Telephone:
    """The listeners of this console. Their threads hand over to the event loop and touch nothing else."""

    def __init__(self, app: DeskApp) -> None:
        self.app = app
        self.link: LinkState | None = None
        self._listeners: Listeners | None = None
        self._closed = False

    def follow(self, desk: Desk) -> None:
        """Listen as the settings say; called by the chores, in a thread."""
        if self._listeners is None:
            from deskapp.services.listeners import Listeners

            self._listeners = Listeners(self._told, self._said)
        if not self._closed:
            self._listeners.follow(desk)

    def _told(self, link: LinkState | None) -> None:
        self._later(self._stands, link)

    def _said(self, code: str, facts: Mapping[str, Any]) -> None:
        if code not in ("cti.listening", "cti.port_taken"):
            self._later(self._warn, code, facts)

    def _later(self, act: Callable[..., None], *arguments: Any) -> None:
        if not self._closed and self.app.is_running:
            with suppress(RuntimeError):
                self.app.call_later(act, *arguments)

    def _stands(self, link: LinkState | None) -> None:
        self.link = link
        for screen in self.app.framed():
            screen.paint_frame()

    def _warn(self, code: str, facts: Mapping[str, Any]) -> None:
        self.app.notify(say(code, **facts), severity="warning", markup=False, timeout=8)

    def close(self) -> None:
        """The console has closed."""
        self._closed = True
        if self._listeners is not None:
            self._listeners.close()


def link_line(link: LinkState | None) -> tuple[str, str] | None:
    """How the connection to the telephone system stands, for the top bar, where anything is to be said of it."""
    from deskapp.services.listeners import link_words

    words = link_words(link)
    if words is None or link is None or link.state == "connected":
        return None
    return say(words[0], **words[1]), _TONES.get(link.state, "bold $warning")


def state_words(call: Call) -> str:
    """What the telephone system says of a call: its state, at which telephone, which place; "" where nothing."""
    if not call.pbx_state:
        return ""
    from deskapp.domain import pbx

    words = say(f"phone.state.{call.pbx_state}")
    agent = pbx.phone_of(call.agent)
    parts = [words, *([say("phone.at", agent=shown(agent))] if agent else [])]
    if call.place and call.pbx_state in (pbx.WAITING, pbx.RINGING):
        parts.append(say("phone.place", place=call.place))
    if call.caller_name:
        parts.append(shown(call.caller_name))
    if call.queue:
        parts.append(shown(call.queue))
    return " \u00b7 ".join(parts)


def state_line(call: Call) -> list[Content]:
    """The same as a line of the call's card; none where it says nothing."""
    from deskapp.domain import pbx

    trouble = call.pbx_state in pbx.ENDS and call.pbx_state != pbx.OVER
    words = state_words(call)
    return [Content.styled(words, "$warning" if trouble else "$text-muted")] if words else []


def dial(screen: Framed, call: Call, *, opened: bool = False) -> None:
    """Dial a call of the queue; its screen opens where it is not open already."""
    from deskapp.services import dialling

    desk = screen.desk

    def dialled(made: Call) -> None:
        _dialled(screen, made, opened=opened and made.id == call.id)

    screen.act(lambda: dialling.dial(desk, call), dialled)


def dial_client(screen: Framed, client_id: int) -> None:
    """Dial a client from wherever they are shown."""
    from deskapp.services import dialling

    desk, key = screen.desk, uuid4().hex
    screen.act(lambda: dialling.dial_client(desk, client_id, key=key), lambda call: _dialled(screen, call))


def _dialled(screen: Framed, call: Call, *, opened: bool = False) -> None:
    screen.app.say("phone.dialling")
    if not opened:
        from deskapp.screens.call_view import open_call

        open_call(screen.app, call.id)
