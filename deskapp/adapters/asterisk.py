"""Asterisk's manager interface: a connection in a thread of its own, that comes back and never says a thing twice."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from deskapp.adapters.asterisk_session import Session, Silent, WrongPassword
from deskapp.domain.ami import Packet, whole
from deskapp.domain.ami_reader import Reader
from deskapp.domain.errors import RuleBroken, is_away

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.outside import Asterisk
    from deskapp.domain.pbx import Event

CONNECTING, CONNECTED, AGAIN, PASSWORD, SILENT = "connecting", "connected", "again", "password", "silent"
EVENTS = "call,agent,system"
"""All that is needed: with the dialplan's events a call is three times as many bytes."""
MOST_WAITING = 50_000
"""Events kept while the database is away; past that they are dropped, and its own list is asked for afterwards."""
MOST_TOGETHER = 500
APART_S = 0.3
"""Events that come closer than this to what was kept last wait and are kept together: each keeping wakes every desk."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkState:
    """How the connection stands; `seconds` until it is tried again, `error` the code of what was wrong."""

    state: str
    seconds: int = 0
    error: str = ""


class Link:
    """Keeps one manager connected and hands on what it tells, in its order, from a thread of its own.

    `hear` is called with events, one call after another, in another thread; `tell` with each change of state.
    """

    first_wait_s, longest_wait_s, wrong_wait_s = 0.5, 30.0, 60.0
    resync_s = 60.0

    def __init__(
        self,
        part: Asterisk,
        secret: Callable[[], str],
        hear: Callable[[Sequence[Event]], object],
        tell: Callable[[LinkState], None],
        now: Callable[[], DateTime],
    ) -> None:
        self.part, self._secret, self.hear, self.tell, self.now = part, secret, hear, tell, now
        self.reader = Reader(one.strip() for one in part.queues.split(",") if one.strip())
        self.state = LinkState("")
        self._pending: list[Event] = []
        self._overrun = False
        self._left_at: float | None = None
        self._session_now: Session | None = None
        self._stopped = False
        self._stop: asyncio.Event | None = None
        self._some: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = Thread(target=self._work, name="asterisk", daemon=True)

    def __repr__(self) -> str:
        return f"Link({self.part.host}:{self.part.port})"

    @property
    def running(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    @property
    def quiet_s(self) -> float | None:
        """Seconds since anything was heard of the manager; None where nothing ever was."""
        session = self._session_now
        heard = session.heard_at if session is not None else self._left_at
        return None if heard is None else max(0.0, time.monotonic() - heard)

    def start(self) -> None:
        """Connect, and stay connected."""
        self._thread.start()

    def stop(self, patience_s: float = 5.0) -> None:
        """Connect no more; what was told is kept first."""
        self._stopped = True
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(stop.set)
        if self._thread.ident is not None:
            self._thread.join(patience_s)

    def _work(self) -> None:
        try:
            asyncio.run(self._run())
        except Exception:
            log.exception("asterisk link ended")

    async def _run(self) -> None:
        self._loop, self._stop, self._some = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        if self._stopped:
            return
        with ThreadPoolExecutor(1, "asterisk-hear") as executor:
            hearing = asyncio.create_task(self._hearing(executor))
            await self._unless_stopped(self._connecting())
            self._some.set()
            await hearing

    async def _unless_stopped(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something until it is done or the link is to end."""
        assert self._stop is not None
        stop, task = asyncio.create_task(self._stop.wait()), asyncio.create_task(work)
        await asyncio.wait({stop, task}, return_when=asyncio.FIRST_COMPLETED)
        for one in (stop, task):
            one.cancel()
        await asyncio.gather(stop, task, return_exceptions=True)

    def _say(self, state: str, seconds: float = 0, error: str = "") -> None:
        told = LinkState(state, round(seconds), error)
        if told != self.state:
            self.state = told
            try:
                self.tell(told)
            except Exception:
                log.exception("asterisk state not told")

    async def _connecting(self) -> None:
        wait = self.first_wait_s
        while True:
            begun = time.monotonic()
            try:
                if self.state.state in ("", CONNECTED):
                    self._say(CONNECTING)
                await self._session()
            except WrongPassword:
                rest, state, why = self.wrong_wait_s, PASSWORD, "phone.wrong_password"
            except Silent:
                rest, state, why = wait, SILENT, ""
            except (OSError, EOFError, TimeoutError, RuleBroken) as error:
                rest, state, why = wait, AGAIN, _why(error)
            except Exception as error:
                log.exception("asterisk session failed")
                rest, state, why = self.longest_wait_s, AGAIN, _why(error)
            if time.monotonic() - begun > self.longest_wait_s:
                wait = self.first_wait_s
                rest = min(rest, wait) if state != PASSWORD else rest
            # So that desks do not come back all at once.
            rest *= random.uniform(0.8, 1.2)
            self._say(state, max(1, rest), why)
            await asyncio.sleep(rest)
            wait = min(wait * 2, self.longest_wait_s)

    async def _session(self) -> None:
        session = Session(self.part, self._secret())
        signed_in = False
        tasks: list[asyncio.Task[None]] = []
        try:
            await session.open()
            tasks = [asyncio.create_task(session.read(self._take))]
            tasks.append(asyncio.create_task(session.login(EVENTS)))
            try:
                await _first(tasks, until=1)
            except TimeoutError as error:
                raise Silent from error
            signed_in, self._session_now = True, session
            self._say(CONNECTED)
            tasks = [tasks[0], asyncio.create_task(self._pinging(session))]
            tasks.append(asyncio.create_task(self._listing(session)))
            await _first(tasks)
        finally:
            if signed_in:
                self._left_at, self._session_now = session.heard_at, None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await session.close()

    async def _pinging(self, session: Session) -> None:
        """Ask whether it lives; bytes of any kind are an answer."""
        every = self.part.ping_seconds
        while True:
            await asyncio.sleep(every)
            asked_at = time.monotonic()
            await session.send("Ping")
            await asyncio.sleep(every)
            if session.heard_at < asked_at:
                raise Silent

    async def _listing(self, session: Session) -> None:
        """Ask for its own list of calls: at once, and now and then, for what nobody heard."""
        while True:
            name = f"desk{uuid4().hex}"
            self.reader.listing(name, self.now())
            await session.send("QueueStatus", name=name)
            await session.send("CoreShowChannels", name=name)
            until = time.monotonic() + self.resync_s
            while time.monotonic() < until and not (self._overrun and not self._pending):
                await asyncio.sleep(min(1.0, self.resync_s))
            self._overrun = False

    def _take(self, packet: Packet) -> None:
        if packet.get("Event") == "FullyBooted":
            self._booted(whole(packet.get("Uptime")))
        try:
            told = self.reader.read(packet, self.now())
        except Exception:
            log.exception("asterisk packet not understood: %s", packet.get("Event"))
            return
        if told and self._some is not None:
            self._pending += told
            if len(self._pending) > MOST_WAITING:
                self._pending.clear()
                self._overrun = True
            self._some.set()

    def _booted(self, uptime: int | None) -> None:
        """Forget the calls of a manager that has been restarted while nobody listened."""
        away = time.monotonic() - self._left_at if self._left_at is not None else None
        if uptime is not None and away is not None and uptime <= away:
            self.reader.forget()

    async def _hearing(self, executor: ThreadPoolExecutor) -> None:
        """Hand on what was told, in its order; while the database is away it waits, unless it becomes too much."""
        assert self._loop is not None
        assert self._some is not None
        assert self._stop is not None
        wait = kept_at = 0.0
        while True:
            if not self._pending:
                if self._stop.is_set():
                    return
                self._some.clear()
                await self._some.wait()
                await self._unless_stopped(asyncio.sleep(max(0.02, kept_at + APART_S - time.monotonic())))
                continue
            together = self._pending[:MOST_TOGETHER]
            try:
                await self._loop.run_in_executor(executor, self.hear, together)
            except Exception as error:
                if is_away(error) and not self._stop.is_set():
                    wait = min(15.0, wait * 2 or 0.5)
                    await self._unless_stopped(asyncio.sleep(wait))
                    continue
                log.exception("what asterisk told was not kept")
            wait, kept_at = 0.0, time.monotonic()
            if self._pending[: len(together)] == together:
                del self._pending[: len(together)]


async def _first(tasks: Sequence[asyncio.Task[None]], until: int | None = None) -> None:
    """Wait for the first task to end and raise what it raised; `until` that task ends well."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    ended = [task for task in tasks if task.done()]
    if until is not None and tasks[until].done():
        ended = [tasks[until]]
    for task in ended:
        task.result()


_WHY: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, "phone.why.refused"),
    (TimeoutError, "phone.why.timeout"),
    (socket.gaierror, "phone.why.name"),
    (ConnectionError, "phone.why.cut"),
    (EOFError, "phone.why.cut"),
    (OSError, "phone.why.no_way"),
)


def _why(error: BaseException) -> str:
    """The code of what is wrong."""
    if isinstance(error, RuleBroken):
        return error.code
    return next((code for kind, code in _WHY if isinstance(error, kind)), "phone.why.other")


def originate(part: Asterisk, secret: str, ref: str, fields: Sequence[tuple[str, str]]) -> None:
    """Have a call dialled, over a connection of its own, once: nothing is tried again.

    Raises RuleBroken phone.refused, phone.wrong_password or phone.no_answer_from_pbx.
    """
    asyncio.run(_originate(part, secret, ref, fields))


async def _originate(part: Asterisk, secret: str, ref: str, fields: Sequence[tuple[str, str]]) -> None:
    session, reading = Session(part, secret), None
    try:
        await session.open()
        reading = asyncio.create_task(session.read(lambda _packet: None))
        await session.login("off")
        answer = await session.ask("Originate", *fields, name=ref)
        if answer.get("Response") != "Success":
            raise RuleBroken("phone.refused", why=answer.get("Message", ""))
        await session.send("Logoff")
    except WrongPassword as error:
        raise RuleBroken("phone.wrong_password") from error
    except (OSError, EOFError, TimeoutError) as error:
        raise RuleBroken("phone.no_answer_from_pbx", host=part.host, port=part.port) from error
    finally:
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        await session.close()
