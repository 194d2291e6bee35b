"""The generic CTI webhook: a small HTTP server in a thread of its own; its clients are believed nothing (row C5)."""

from __future__ import annotations

import asyncio
import errno
import hmac
import http.client
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from deskapp.domain.cti import EVENTS, Malformed
from deskapp.domain.errors import StorageFailed

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.web_protocol import RequestHandler

    from deskapp.domain.outside import Cti

MOST_BYTES = 64 * 1024
MOST_FIELDS = 100
MOST_CONNECTIONS = 64
LIVES_S = 15.0
"""How long a connection lives, whatever its client does: one event a connection, and slow clients are let go."""
STARTS_WITHIN_S = 10.0
ASKS_S = 2.0
WRONG_TOKEN = "wrong token"
log = logging.getLogger(__name__)


class Webhook:
    """One port; `hear` is called with the fields of each event, one at a time, in a thread of its own."""

    lives_s = LIVES_S

    def __init__(self, cti: Cti, token: str, hear: Callable[[Mapping[str, Any]], object]) -> None:
        self.cti, self._token, self.hear = cti, token.encode(), hear
        self.port = 0
        """The port it answers at, once it listens."""
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready, self._stop = Event(), asyncio.Event()
        self._failed: BaseException | None = None
        self._hearing = ThreadPoolExecutor(1, "cti-hear")

    def __repr__(self) -> str:
        return f"Webhook({self.cti.host}:{self.cti.port})"

    @property
    def listening(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    @staticmethod
    def port_taken(error: OSError) -> bool:
        """Whether another process has the port: then that one hears for all."""
        return error.errno == errno.EADDRINUSE

    def start(self) -> None:
        """Listen; OSError where the port cannot be had."""
        self._thread = Thread(target=self._run, name="cti-webhook", daemon=True)
        self._thread.start()
        if not self._ready.wait(STARTS_WITHIN_S):
            raise TimeoutError(errno.ETIMEDOUT, "the webhook did not begin to listen")
        if self._failed is not None:
            self._thread.join(STARTS_WITHIN_S)
            self._hearing.shutdown(wait=False)
            if isinstance(self._failed, OSError):
                raise self._failed
            raise OSError(0, str(self._failed)) from self._failed

    def stop(self) -> None:
        """Listen no longer; an event being kept is kept first."""
        loop = self._loop
        if loop is not None and self.listening:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._stop.set)
            assert self._thread is not None
            self._thread.join(STARTS_WITHIN_S)
        self._hearing.shutdown(wait=False)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failed = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        from aiohttp import web

        self._loop = asyncio.get_running_loop()
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post(r"/{before:(?:.*/)?}cti/{token:[^/]*}", self._told)
        # No access log: the address holds the token.
        runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            auto_decompress=False,
            max_line_size=4096,
            max_field_size=4096,
        )
        await runner.setup()
        try:
            server = await self._loop.create_server(
                lambda: _Door(runner, self.lives_s), self.cti.host, self.cti.port, backlog=64
            )
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()
            server.close()
        finally:
            await runner.cleanup()

    async def _told(self, request: web.Request) -> web.Response:
        """Answer one event: {} where it is kept or for other programs, one line where it is refused."""
        from aiohttp import web

        if not hmac.compare_digest(request.match_info["token"].encode(errors="replace"), self._token):
            return _answer(403, WRONG_TOKEN)
        try:
            values = await fields_of(request)
            _log_unknown(values.get("event"))
            await asyncio.get_running_loop().run_in_executor(self._hearing, self.hear, values)
        except web.HTTPRequestEntityTooLarge:
            return _answer(413, f"more than {MOST_BYTES} bytes")
        except Malformed as error:
            facts = " ".join(f"{name}={value}" for name, value in error.facts.items())
            return _answer(400, f"{error.code} {facts}".strip())
        except StorageFailed as error:
            log.warning("cti: not kept: %s", error.code)
            return _answer(503, "not kept, tell it again")
        except Exception:
            log.exception("cti: an event could not be kept")
            return _answer(500, "not kept")
        return _answer(200)


def answers(part: Cti) -> bool:
    """Whether whoever has the port is a webhook of a desk. It is asked with no token: strangers learn nothing."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(part.host, part.host)
    asking = http.client.HTTPConnection(host, part.port, timeout=ASKS_S)
    try:
        asking.request("POST", "/cti/-", "event=deskappTest")
        got = asking.getresponse()
        return got.status == 403 and WRONG_TOKEN.encode() in got.read(200)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


async def fields_of(request: web.Request) -> Mapping[str, Any]:
    """The fields of a request: JSON, or form data in either encoding; Malformed where it is neither."""
    if request.content_type == "multipart/form-data":
        try:
            found = await request.post()
        except (ValueError, LookupError, AssertionError) as error:
            raise Malformed("cti.no_form") from error
        return _gathered((name, value) for name, value in found.items() if isinstance(value, str))
    body = await request.read()
    try:
        text = body.decode("utf-8")
        if request.content_type.endswith("json") or text.lstrip()[:1] in ("{", "["):
            values = json.loads(text)
            if not isinstance(values, dict) or len(values) > MOST_FIELDS:
                raise Malformed("cti.no_object")
            return values
        form = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (ValueError, RecursionError) as error:
        raise Malformed("cti.unreadable") from error
    return form


def _log_unknown(event: Any) -> None:
    event = event[0] if isinstance(event, list) and event else event
    if isinstance(event, str) and event not in EVENTS:
        log.info("cti: event ignored: %.40r", event)


def _gathered(pairs: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _answer(status: int, why: str = "") -> web.Response:
    from aiohttp import web

    body = "{}" if not why else json.dumps({"error": why}, ensure_ascii=True)
    answer = web.Response(status=status, text=body, content_type="application/json")
    answer.force_close()
    return answer


class _Door(asyncio.Protocol):
    """Lets a connection in: not too many at once, and none for long."""

    def __init__(self, runner: web.AppRunner, lives_s: float) -> None:
        self.runner, self.lives_s = runner, lives_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the connection to the server, or close it before a word."""
        server = self.runner.server
        if server is None or len(server.connections) >= MOST_CONNECTIONS:
            transport.close()
            return
        handler = server()
        transport.set_protocol(handler)
        handler.connection_made(transport)
        asyncio.get_running_loop().call_later(self.lives_s, _let_go, handler)


def _let_go(handler: RequestHandler) -> None:
    with suppress(Exception):
        handler.force_close()
