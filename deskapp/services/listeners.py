"""Everything of telephone systems this process listens to, following the settings: Asterisk, and the webhook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from deskapp.services import asterisk, cti

if TYPE_CHECKING:
    from deskapp.adapters.asterisk import LinkState
    from deskapp.desk import Desk


class Listeners:
    """Both listeners of one process; `follow` them now and then, `close` them at the end."""

    def __init__(
        self,
        told: Callable[[LinkState | None], None],
        tell: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self.asterisk, self.cti = asterisk.Listening(told), cti.Listening(tell)

    @property
    def on(self) -> bool:
        """Whether anything is listened to."""
        return self.cti.on or self.asterisk.link is not None

    def follow(self, desk: Desk) -> None:
        """Begin and end as the settings say now."""
        self.asterisk.follow(desk)
        self.cti.follow(desk)

    def close(self) -> None:
        """Listen no longer."""
        self.asterisk.close()
        self.cti.close()


def link_words(link: LinkState | None) -> tuple[str, Mapping[str, Any]] | None:
    """How the connection to Asterisk stands, as the code of a sentence and its facts; None where there is none."""
    if link is None or not link.state:
        return None
    return f"phone.link.{link.state}", {"seconds": link.seconds}
