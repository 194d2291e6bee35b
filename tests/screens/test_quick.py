"""Small changes are painted by single widgets: what is written is what composing all would write (row P1)."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from textual.strip import Strip

from deskapp.screens.clocks import ClocksScreen
from deskapp.screens.ticket_form import TicketFormScreen
from deskapp.services import calls
from deskapp.widgets.glass import Pieces
from deskapp.widgets.quick import QuickCompositor
from tests import builders
from tests.screens.pilot import console, press, shows, until, write
from tests.widgets.test_glass import cells

pytestmark = [pytest.mark.row("P1"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


class Watch:
    """Compares every quick update with the whole screen, composed."""

    def __init__(self, monkeypatch):
        self.quick = 0
        real, watch = QuickCompositor.render_partial_update, self

        def watched(compositor):
            update = real(compositor)
            if not isinstance(update, Pieces):
                return update
            watch.quick += 1
            whole = [
                cells(Strip.join(chop.values()))
                for chop in compositor._render_chops(compositor.size.region, lambda _: True)
            ]
            for x, y, strip in update.pieces:
                assert whole[y][x : x + strip.cell_length] == cells(strip), (x, y, strip.text)
            return update

        monkeypatch.setattr(QuickCompositor, "render_partial_update", watched)


@pytest.mark.parametrize(
    ("size", "language"), [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
)
async def test_a_morning_looks_as_if_it_was_composed(desk, monkeypatch, size, language):
    client = builders.a_client(desk, "张伟明", "13800138000")
    for _ in range(3):
        builders.a_complaint(desk, client)
    watch = Watch(monkeypatch)
    monkeypatch.setattr("tests.screens.pilot.painted_at_rest", nullcontext)
    async with console(desk, size=size, language=language) as (app, pilot):
        await shows(app, pilot, "卫生间漏水" if size[0] > 100 else "TS")
        await press(app, pilot, "down", "up")
        calls.ring(desk, "13800138000")
        app.changed()
        await until(app, pilot, lambda: app.facts and app.facts.ringing_id, "rings")
        await press(app, pilot, "f4")
        await until(app, pilot, lambda: isinstance(app.screen, TicketFormScreen), "the form")
        before = watch.quick
        await write(app, pilot, "厨房漏水")
        assert watch.quick > before, "what is typed is painted by its field"
        await press(app, pilot, "left", "backspace", "shift+left", "enter", "up", "tab", "down", "shift+tab")
        app.notify("张伟明")
        await press(app, pilot, "a", "f5")
        await until(app, pilot, lambda: isinstance(app.screen, ClocksScreen), "the board")
        for _ in range(3):
            app._tick()
            await pilot.pause()
        await press(app, pilot, "down", "end", "home", "f2")
        await until(app, pilot, lambda: isinstance(app.screen, TicketFormScreen), "the form again")
    assert watch.quick > 10  # how many more were composed depends on how often the machine let it paint
