"""Who sits at the console: covered when nobody touches it, left to the next without a word of theirs (row P2)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType

from deskapp import i18n
from deskapp.screens.base import spawn
from deskapp.screens.kept_screen import Spares
from deskapp.screens.type_ahead import TypeAheadApp
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.app import DeskApp
    from deskapp.desk import Desk
    from deskapp.screens.lock import LockScreen

WATCH_S = 1.0
OVER_LOCK = frozenset({"quit", "nothing", "lock", "focus_next", "focus_previous"})
"""What keys of the whole app do while the screen is locked."""


class LockingApp(TypeAheadApp):
    """An app whose screens are covered and handed over; what arrives meanwhile waits for whom it was asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "app.lock", id="lock", system=True, priority=True)
    ]

    def __init__(self) -> None:
        super().__init__()
        self.seat = 0
        """Counts the operators who sat here: what was asked for one is never shown to the next."""
        self.monotonic: Callable[[], float] = time.monotonic
        """Seconds by which idleness is measured."""
        self._touched_at = self.monotonic()
        self._lock: LockScreen | None = None
        self._spoken = ""
        self._held: list[tuple[int, Callable[[], object]]] = []
        self.spares = Spares(self._console)

    @property
    def _console(self) -> DeskApp:
        """The whole of which this is a part."""
        return cast("DeskApp", self)

    def on_mount(self) -> None:
        """Watch whether anybody is there."""
        self.set_interval(WATCH_S, self.watch_seat, name="seat")

    async def on_event(self, event: events.Event) -> None:
        """A key or the mouse: somebody is there; the first one after too long finds the screen locked."""
        if isinstance(event, events.InputEvent | events.Paste):
            if self._idle_too_long():
                self.lock()
            self._touched_at = self.monotonic()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing but leaving the program works while the screen is locked; nothing is locked while nobody sits."""
        if self.locked:
            return action in OVER_LOCK
        if action == "lock":
            return self._seated()
        return super().check_action(action, parameters)

    def notify(self, message: str, **options: Any) -> None:
        """Say something at the edge of the screen; what may name somebody waits until the screen is unlocked.

        Whatever words of others are in it, they are words: nothing in them steers the terminal or is markup.
        """
        message, options = shown(message, newlines=True), options | {"markup": False}
        if self.locked:
            self._held.append((self.seat, partial(super().notify, message, **options)))
        else:
            super().notify(message, **options)

    @property
    def takes_keys(self) -> bool:
        """Not while storage is being opened: nobody sits here, and no door, question or trouble is on the glass."""
        return self._seated() or any(len(stack) > 1 for stack in self._screen_stacks.values())

    @property
    def locked(self) -> bool:
        """Whether the screen is covered."""
        return self._lock is not None

    @property
    def untouched_s(self) -> float:
        """For how long nobody has touched a key or the mouse."""
        return self.monotonic() - self._touched_at

    def _seated(self) -> bool:
        return self._console.desk is not None and self._console.desk.operator is not None

    def _idle_too_long(self) -> bool:
        if self.locked or self._console.desk is None or not self._seated():
            return False
        limit_s = self._console.desk.policy.lock_minutes * 60
        return bool(limit_s) and self.untouched_s >= limit_s

    def watch_seat(self) -> None:
        """Lock what nobody has touched for too long; who was taken out of use leaves the desk."""
        if self._idle_too_long():
            self.lock()
        operator = self._console.desk.operator if self._console.desk else None
        if operator is not None and not operator.active:
            from deskapp.domain.errors import RuleBroken

            self._leave(RuleBroken("operator.disabled", name=operator.name))

    def action_lock(self) -> None:
        """Lock the screen at once."""
        self.lock()

    def lock(self) -> None:
        """Cover everything; what lies below stays as it is."""
        if self.locked or not self._seated():
            return
        from deskapp.screens.lock import LockScreen

        self.clear_notifications()
        self._spoken = i18n.language()
        self._lock = LockScreen()
        self.push_screen(self._lock)

    def unlock(self, desk: Desk) -> None:
        """Somebody gave their password: the same operator goes on where they were, another sits down."""
        present = self._console.desk_now()
        assert desk.operator is not None
        if present.operator is None or present.operator.id != desk.operator.id:
            spawn(self, partial(self._change, desk), "seat")
            return
        self._uncover()
        if i18n.language() != self._spoken:
            self._console.speak(self._spoken)
        if present.operator != desk.operator:
            self._console.use_desk(replace(present, operator=desk.operator))

    def _uncover(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.dismiss(None)
        held, self._held = self._held, []
        for seat, deliver in held:
            self.hand_over(seat, deliver)

    def hand_over(self, seat: int, deliver: Callable[[], object]) -> None:
        """Deliver what was asked for at a seat: later while the screen is locked, never to somebody else."""
        if seat != self.seat:
            return
        if self.locked:
            self._held.append((seat, deliver))
        else:
            deliver()

    async def _change(self, desk: Desk) -> None:
        """Another operator sits down: the first one's forms are their drafts and closed."""
        await self._clear()
        self._console.sit_down(desk)

    def action_sign_out(self) -> None:
        """Leave the desk to the next operator."""
        self.sign_out()

    def sign_out(self) -> None:
        """Leave the desk to the next operator; what is being typed is kept as a draft, every screen closed."""
        if self._console.config.operator or self._console.desk is None:
            self._console.say("frame.demo_stays")
            return
        self._leave()

    def _leave(self, why: Exception | None = None) -> None:
        if self._console.desk is not None:
            spawn(self, partial(self._leaving, self._console.desk, why), "seat")

    async def _leaving(self, desk: Desk, why: Exception | None) -> None:
        await self._clear()
        self._console.desk, self._console.facts = replace(desk, operator=None), None
        self._console.ask_who()
        if why is not None:
            self._console.tell(why)

    async def _clear(self) -> None:
        """Close every screen but the queue, the lock last; typed words go where their drafts are."""
        for screen in self._console.framed():
            keep = getattr(screen, "on_screen_suspend", None)
            if keep is not None:
                keep()
        self.seat += 1
        self._held.clear()
        self._console.undoing.forget()
        self.clear_notifications()
        self.switch_mode("queue")
        for mode in [mode for mode in self._modes if mode != "queue"]:
            await self.remove_mode(mode)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.spares.drop()
        self._lock = None
        self._touched_at = self.monotonic()
