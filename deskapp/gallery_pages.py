"""screens.md, made from the code: every screen's purpose, keys, rows and picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.binding import Binding

from deskapp import i18n
from deskapp.gallery import GALLERY, SIZE, still_morning
from deskapp.gallery_glass import seen, settle
from deskapp.screens.help import key_name

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from deskapp.app import DeskApp
    from deskapp.screens.base import Framed


async def document(meet: Callable[[DeskApp], object] = lambda _: None) -> str:
    """Write screens.md: every screen, in the order a working day meets them; `meet` is told each while it is there."""
    parts = [_head()]
    async with still_morning() as (app, pilot):
        first = app.desk_now()
        for shot in GALLERY:
            await shot.way(app, pilot)
            parts.append(_section(shot.screen, _anywhere(seen(app), app)))
            meet(app)
            await _home(app, pilot)
            if app.desk is not first:
                app.use_desk(first)
                await settle(app, pilot)
    return "\n".join(parts)


def _anywhere(picture: str, app: DeskApp) -> str:
    """The same picture on every machine: the throw-away database's path as a short one."""
    path = f"{app.config.desk_dir}/morning.db"
    return picture.replace(path, "~/morning.db".ljust(len(path)))


async def _home(app: DeskApp, pilot: Pilot[Any]) -> None:
    for _ in range(6):
        if len(app.screen_stack) <= 1:
            break
        app.screen.dismiss(None)
        await settle(app, pilot)


def _head() -> str:
    return (
        "# Screens\n\n"
        "Made from the code by `deskapp screens`; a test keeps it true. Pictures: a sample morning at "
        f"{SIZE[0]}×{SIZE[1]}.\n"
    )


def _section(screen: type[Framed], picture: str) -> str:
    zh, en = (
        i18n.area(language, "screens").get(f"screens.{screen.SCREEN_ID}.purpose", "")
        for language in ("zh", "en")
    )
    rows = f"Rows: {' '.join(screen.ROWS)}\n\n" if screen.ROWS else ""
    return f"## {screen.__name__}\n\n{zh}\n\n{en}\n\n{rows}{_keys(screen)}```text\n{picture}\n```\n"


def _keys(screen: type[Framed]) -> str:
    lines = []
    for binding in _bindings(screen):
        code = f"keys.{binding.id}"
        zh, en = (i18n.area(language, "keys").get(code, "") for language in ("zh", "en"))
        keys = " ".join(key_name(key.strip()) for key in binding.key.split(","))
        lines.append(f"| `{keys}` | {zh} | {en} |")
    if not lines:
        return ""
    return "| key | \u4e2d\u6587 | English |\n|---|---|---|\n" + "\n".join(lines) + "\n\n"


def _bindings(screen: type[Framed]) -> list[Binding]:
    found: dict[str, Binding] = {}
    for owner in screen.__mro__:
        for binding in owner.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id and binding.id not in found:
                found[binding.id] = binding
    return list(found.values())
