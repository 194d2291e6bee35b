"""The console in a browser: textual-serve behind a door of its own (row P7).

Every tab is a console process with a sign-in inside. The page loads nothing from elsewhere, only pages of this server
may open a console, and no more are opened at once than was said.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from deskapp.domain.errors import StorageFailed

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Consoles(Server):
    """A server of consoles, started by `command`, a shell line; `words` are what the page says."""

    def __init__(
        self, command: str, host: str, port: int, address: str, most: int, words: Mapping[str, str]
    ) -> None:
        super().__init__(
            command,
            host=host,
            port=port,
            title=words["title"],
            public_url=address or f"http://{_bracketed(host)}:{port}",
            templates_path=str(files("deskapp") / "data" / "web"),
        )
        self.most, self.words, self.open = most, words, 0

    def initialize_logging(self) -> None:
        """Say nothing: the command line says where it serves."""

    async def on_startup(self, app: web.Application) -> None:
        """Print no banner."""

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard())
        return app

    def _guard(self) -> Any:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not self.known(request.host):
                raise web.HTTPMisdirectedRequest(text=self.words["refused"])
            if request.path == "/ws":
                if not self.ours(request.headers.get("Origin", "")):
                    raise web.HTTPForbidden(text=self.words["refused"])
                if self.open >= self.most:
                    raise web.HTTPServiceUnavailable(text=self.words["full"])
            response = await handler(request)
            if not response.prepared:
                response.headers.update(HEADERS)
            return response

        return guard

    def known(self, host: str) -> bool:
        """Whether a request may name this host: a name a stranger made point here is none of ours."""
        name = urlsplit(f"//{host}").hostname or ""
        return name in (*LOOPBACK, self.host, urlsplit(self.public_url).hostname)

    def ours(self, origin: str) -> bool:
        """Whether a page of this server asks."""
        public = urlsplit(self.public_url)
        hosts = {public.netloc, *(f"{_bracketed(name)}:{self.port}" for name in (*LOOPBACK, self.host))}
        asked = urlsplit(origin)
        return asked.scheme in ("http", "https") and asked.netloc in hosts

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run one console for one tab, counted while it lasts."""
        self.open += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self.open -= 1

    async def handle_index(self, request: web.Request) -> Any:
        """The page, in the language of the server."""
        import aiohttp_jinja2

        given = await Server.handle_index.__wrapped__(self, request)  # type: ignore[attr-defined]
        return aiohttp_jinja2.render_template("app_index.html", request, given | {"words": self.words})

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until Ctrl-C or SIGTERM; a port somebody has breaks serve.port_taken."""
        os.environ["PYTHONUNBUFFERED"] = "1"
        try:
            web.run_app(
                self._make_app(), host=self.host, port=self.port, print=lambda *_: ready(), access_log=None
            )
        except OSError as error:
            why = error.strerror or str(error)
            raise StorageFailed("serve.port_taken", host=self.host, port=self.port, why=why) from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
