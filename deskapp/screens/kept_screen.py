"""Screens that stay built when they are left: the next call is on the glass without anything being made anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from deskapp.screens.base import DeskScreen

if TYPE_CHECKING:
    from deskapp.app import DeskApp


class KeptScreen(DeskScreen[None]):
    """A screen that is used again for something else; what was asked in one use is not answered in the next."""

    use = 0
    """Counts what it was used for."""
    _anew = False
    KEPT_NAME: ClassVar[str] = ""
    """The name under which the app keeps it."""

    @property
    def in_use(self) -> bool:
        """Whether it lies in some place, on the glass or under it."""
        return self in self.app.framed()

    def begin(self, *about: Any) -> None:
        """Turn to something else, before it is put on the glass; subclasses forget all they showed."""
        self.use += 1
        self._anew, self._ends_with, self._read_at = True, None, None

    def on_screen_resume(self) -> None:
        """On the glass for something else: be made ready for that, as a new screen is when it is mounted."""
        if not self._anew:
            super().on_screen_resume()
            return
        self._anew = False
        self.made_ready()

    def on_screen_suspend(self) -> None:
        """Left, it asks for nothing any more."""
        if not self.in_use:
            self.app.workers.cancel_node(self)

    def receiver(self, told: Callable[..., object]) -> Callable[..., object]:
        """An answer that comes when the screen shows something else is nobody's."""
        use = self.use
        return lambda answer: told(answer) if self.use == use else None


class Spares:
    """The kept screens of a console, one of a kind."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self._kept: dict[str, KeptScreen] = {}

    def open(self, kind: type[KeptScreen], *about: Any) -> None:
        """Put a screen of a kind on the glass; where the kept one lies open in another place, a new one."""
        kept = self._kept.get(kind.KEPT_NAME)
        if kept is None:
            kept = self._kept[kind.KEPT_NAME] = kind(*about)
            self._app.install_screen(kept, kind.KEPT_NAME)
        elif kept.in_use or not kept.is_mounted:
            kept = kind(*about)
        else:
            kept.begin(*about)
        self._app.push_screen(kept)

    async def drop(self) -> None:
        """Keep none: another operator sits down, and nothing of the first one's is to be left."""
        while self._kept:
            name, screen = self._kept.popitem()
            self._app.uninstall_screen(name)
            if screen.is_running:
                await screen.remove()
