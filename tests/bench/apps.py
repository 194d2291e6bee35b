"""The programs put on a terminal: the console itself, and the bare Textual apps that are its floors."""

from __future__ import annotations

READY = "ready."
"""The word a floor's first frame shows."""


def console(url: str, login: str, folder: str) -> None:
    """Open the real console, somebody sitting at it already."""
    from pathlib import Path

    from deskapp.cli import open_console
    from deskapp.config import Config

    open_console(Config(url, "zh", Path(folder), login))


def blank(first: str = "") -> None:
    """Paint one word; with `first`, import a module before."""
    if first:
        __import__(first)
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Blank(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(READY)

    Blank().run()


def clock() -> None:
    """Show the time of day, once a second."""
    from datetime import datetime

    from textual.app import App, RenderResult
    from textual.widget import Widget

    class Clock(Widget):
        def on_mount(self) -> None:
            self.set_interval(1.0, self.refresh)

        def render(self) -> RenderResult:
            return f"{READY} {datetime.now():%H:%M:%S}"

    class Clocked(App[None]):
        CSS = "Clock { height: 1; }"

        def compose(self):  # type: ignore[no-untyped-def]
            yield Clock()

    Clocked().run()


def inputs(count: str) -> None:
    """Show so many bare Inputs, the first with the focus."""
    from textual.app import App, ComposeResult
    from textual.containers import VerticalScroll
    from textual.widgets import Input

    class Form(App[None]):
        def compose(self) -> ComposeResult:
            with VerticalScroll(can_focus=False):
                for number in range(int(count)):
                    yield Input(placeholder=READY if number == 0 else "")

    Form().run()
