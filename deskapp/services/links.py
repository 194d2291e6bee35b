"""How each machine's ear for a telephone system stands, kept for those who look from another (row C5)."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from deskapp.domain.errors import StorageFailed

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.repository.pbx_links import PbxLink

ASTERISK, CTI = "asterisk", "cti"
WELL = ("connected", "listening")
NOTED_EVERY_S = 60.0
"""How often a connection that lives says when it heard something last."""
SILENT_S = 180
"""A connection that has said nothing for so long is no more: its machine was switched off, not asked to end."""
SHOWN_DAYS = 7


def note(desk: Desk, kind: str, state: str, error: str = "", heard: DateTime | None = None) -> None:
    """Keep how this machine's ear stands, "" where there is to be none; while the database is away it is not kept."""
    with suppress(StorageFailed), desk.store.write("") as work:
        work.pbx_links.put(f"{kind} {socket.gethostname()}"[:40], state, error, heard)


def listed(desk: Desk, kind: str) -> list[PbxLink]:
    """Every machine's ear of a kind, by machine; one that was well and has been silent for days is gone."""
    since = desk.now().subtract(days=SHOWN_DAYS)
    with desk.read() as work:
        found = work.pbx_links.listed(kind)
    return [one for one in found if one.state not in WELL or max(_instants(one), default=since) >= since]


def is_silent(link: PbxLink, now: DateTime) -> bool:
    """Whether a connection that is kept as standing has said nothing for longer than one that stands would."""
    return link.state == "connected" and (now - max(_instants(link), default=now)).total_seconds() > SILENT_S


def _instants(link: PbxLink) -> list[DateTime]:
    return [at for at in (link.heard_at, link.begun_at) if at is not None]
