"""What the webhook was told, kept; and the listener for it, running where the settings say so (row C5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain import cti, pbx
from deskapp.services import links, telephony
from deskapp.services.outside import read_outside, secret_of

if TYPE_CHECKING:
    from deskapp.adapters.cti import Webhook
    from deskapp.domain.call import Call
    from deskapp.domain.outside import Cti

LONGEST_CALL_H = 6
"""A call whose end was not told within these hours is over: a bridge that died tells nothing."""
SWEPT_EVERY_S = 600.0
_STATES: Mapping[str, str] = {
    "cti.listening": "listening",
    "cti.no_token": "no_token",
    "cti.not_listening": "failed",
    "cti.port_foreign": "taken",
}
"""How the webhook of a machine stands; one that leaves the port to another process of its machine says nothing."""


def end_unheard(desk: Desk) -> tuple[Call, ...]:
    """End the calls whose hangup never came, as ends nobody heard of."""
    before = desk.now().subtract(hours=LONGEST_CALL_H)
    return telephony.hear(desk, [pbx.Snapshot(cti.SOURCE, frozenset(), before)])


def hear(desk: Desk, values: Mapping[str, Any]) -> tuple[Call, ...]:
    """Keep one event of the webhook; cti.Malformed where it is none, nothing where it is for other programs."""
    told = cti.told_by(values)
    if not told.known:
        return ()
    with desk.read() as work:
        accounts = [(one.extension, one.login, one.name) for one in work.operators.all() if one.active]
        call = work.calls.of_pbx(f"{cti.SOURCE}:{told.call_id}")
    return telephony.hear(desk, cti.events_of(told, desk.now(), cti.phones_of(accounts), call))


class Listening:
    """The webhook of this process, following the settings: begun, ended, begun anew as they change."""

    def __init__(self, tell: Callable[[str, Mapping[str, Any]], None]) -> None:
        self.tell = tell
        """Called with the code of a sentence and its facts, from any thread; the sentences are cti.*"""
        self.webhook: Webhook | None = None
        self._set: tuple[Cti, str] | None = None
        self._said = ""
        self._swept = -SWEPT_EVERY_S
        self._noted = -links.NOTED_EVERY_S
        self.desk: Desk | None = None
        """The desk events are kept with: nobody's, so that it stays whoever sits down."""

    @property
    def on(self) -> bool:
        """Whether this process answers at the port."""
        return self.webhook is not None and self.webhook.listening

    def follow(self, desk: Desk) -> None:
        """Listen as the settings say now. A port another process listens at is tried again, and said once."""
        from deskapp.services.operators import system_operator

        self.desk = desk.signed_in(system_operator())
        part = read_outside(desk).cti
        wanted = (part, secret_of(desk, "cti_token")) if part.on else None
        if wanted != self._set:
            self.close()
            self._set = wanted
        if wanted is not None and not self.on:
            self._begin(*wanted)
        if self.on and monotonic() - self._swept >= SWEPT_EVERY_S:
            self._swept = monotonic()
            end_unheard(self.desk)

    def _hear(self, values: Mapping[str, Any]) -> None:
        assert self.desk is not None
        hear(self.desk, values)
        if monotonic() - self._noted >= links.NOTED_EVERY_S:
            self._noted = monotonic()
            links.note(self.desk, links.CTI, "listening", heard=self.desk.now())

    def _begin(self, part: Cti, token: str) -> None:
        from deskapp.adapters.cti import Webhook, answers

        facts = {"host": part.host, "port": part.port}
        if not token:
            self._say("cti.no_token", facts)
            return
        webhook = Webhook(part, token, self._hear)
        try:
            webhook.start()
        except OSError as error:
            if not webhook.port_taken(error):
                self._say("cti.not_listening", facts | {"why": error.strerror or str(error)})
            elif self._said not in ("cti.port_taken", "cti.port_foreign"):
                self._say("cti.port_taken" if answers(part) else "cti.port_foreign", facts)
            return
        self.webhook = webhook
        self._say("cti.listening", facts)

    def _say(self, code: str, facts: Mapping[str, Any]) -> None:
        if code != self._said:
            self._said = code
            if self.desk is not None and code in _STATES:
                links.note(self.desk, links.CTI, _STATES[code], str(facts.get("why", "")))
            self.tell(code, facts)

    def close(self) -> None:
        """Listen no longer."""
        if self.webhook is not None:
            self.webhook.stop()
            self.webhook = None
        if self._said and self._said != "cti.port_taken" and self.desk is not None:
            links.note(self.desk, links.CTI, "")
        self._said = ""
