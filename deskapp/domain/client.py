"""A client file: who, how to reach them, where they live or sell; and the rules a file must keep."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken

MAX_NAME = 200
HOUSE = "house"
"""Under which key the file of the company itself is kept: nobody is called for it, and nobody forgets it."""


@dataclass(frozen=True, slots=True)
class Client:
    """One client file. `named` is False for a file opened for a caller whose name nobody knows yet."""

    id: int = 0
    version: int = 0
    name: str = ""
    named: bool = True
    kind: str = "home"
    address: str = ""
    note: str = ""
    wants_calls: bool = True
    created_at: DateTime | None = None
    source_key: str | None = None
    heard_at: DateTime | None = None
    """When a call last reached them, kept with the calls; None for never."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One number of a client: as typed, normalised, its digits reversed (last four find it), its line's key."""

    id: int = 0
    version: int = 0
    client_id: int = 0
    raw: str = ""
    normal: str = ""
    line_key: str = ""
    reversed_digits: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class ClientCard:
    """A client as a list or preview shows it: the file, its phones, its newest site, its open complaints."""

    client: Client
    phones: tuple[Phone, ...] = ()
    address: str = ""
    open_tickets: int = 0
    stage: str = ""
    """Of the newest site; empty without one."""


def check_client(client: Client) -> None:
    """Refuse a nameless named file and a name no register could hold."""
    if client.named and not client.name.strip():
        raise RuleBroken("client.name_missing")
    if len(client.name) > MAX_NAME:
        raise RuleBroken("client.name_long", limit=MAX_NAME)
