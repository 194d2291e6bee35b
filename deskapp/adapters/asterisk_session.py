"""One connection to Asterisk's manager interface: greeting, sign-in, questions and their answers."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from deskapp.domain.ami import Framing, Packet, written
from deskapp.domain.errors import RuleBroken

if TYPE_CHECKING:
    from deskapp.domain.outside import Asterisk

PATIENCE_S = 10.0
"""How long a connection or an answer may take."""


class WrongPassword(Exception):
    """The manager refused the name or the secret."""


class Silent(Exception):
    """The connection stands, and nobody answers."""


class Session:
    """One connection, from its first byte to its last."""

    def __init__(self, part: Asterisk, secret: str) -> None:
        self.part, self._secret = part, secret
        self._framing = Framing()
        self._waiting: dict[str, asyncio.Future[Packet]] = {}
        self.heard_at = time.monotonic()

    async def open(self) -> None:
        """Connect and read the greeting; RuleBroken phone.not_ami where something else answers."""
        async with asyncio.timeout(PATIENCE_S):
            self._reader, self._writer = await asyncio.open_connection(
                self.part.host, self.part.port, limit=2**18
            )
        try:
            async with asyncio.timeout(PATIENCE_S):
                greeting = await self._reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError:
            greeting = b""
        if not greeting.startswith(b"Asterisk Call Manager"):
            raise RuleBroken("phone.not_ami")

    async def close(self) -> None:
        """Hang up."""
        if hasattr(self, "_writer"):
            self._writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await self._writer.wait_closed()

    async def read(self, take: Callable[[Packet], None]) -> None:
        """Read until the end: answers go to those who asked, events to `take`, in their order."""
        try:
            while piece := await self._reader.read(2**16):
                self.heard_at = time.monotonic()
                for packet in self._framing.feed(piece):
                    if "Event" in packet:
                        take(packet)
                    elif (asked := self._waiting.pop(packet.get("ActionID", ""), None)) and not asked.done():
                        asked.set_result(packet)
            raise EOFError
        finally:
            for asked in self._waiting.values():
                if not asked.done():
                    asked.set_exception(EOFError())

    async def send(self, action: str, *fields: tuple[str, str], name: str = "") -> str:
        """Send one action; return its ActionID.

        Not with `wait_for`: up to Python 3.11 that loses a cancelling which comes as the bytes leave.
        """
        name = name or f"desk{uuid4().hex}"
        self._writer.write(written([("Action", action), ("ActionID", name), *fields]))
        async with asyncio.timeout(PATIENCE_S):
            await self._writer.drain()
        return name

    async def ask(self, action: str, *fields: tuple[str, str], name: str = "") -> Packet:
        """Send one action and wait for its answer, while `read` reads."""
        name = name or f"desk{uuid4().hex}"
        answer: asyncio.Future[Packet] = asyncio.get_running_loop().create_future()
        self._waiting[name] = answer
        try:
            await self.send(action, *fields, name=name)
            async with asyncio.timeout(PATIENCE_S):
                return await answer
        finally:
            self._waiting.pop(name, None)

    async def login(self, events: str) -> None:
        """Sign in, by challenge where the manager can, so that the secret is not sent."""
        user, said = ("Username", self.part.user), ("Events", events)
        challenge = (await self.ask("Challenge", ("AuthType", "MD5"))).get("Challenge", "")
        if challenge:
            key = hashlib.md5(f"{challenge}{self._secret}".encode(), usedforsecurity=False).hexdigest()
            answer = await self.ask("Login", ("AuthType", "MD5"), user, ("Key", key), said)
        else:
            answer = await self.ask("Login", user, ("Secret", self._secret), said)
        if answer.get("Response") != "Success":
            raise WrongPassword(answer.get("Message", ""))
