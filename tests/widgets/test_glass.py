"""What every second changes is written where it stands: the glass is then as if all had been painted anew (row T4)."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.filter import Monochrome
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.widgets._toast import Toast

from deskapp.widgets import glass
from deskapp.widgets.record_table import RecordTable
from deskapp.widgets.strip import TopBar
from tests.widgets.demos import NOW, SECOND, BoardDemo
from tests.widgets.test_record_table import settled, until

pytestmark = pytest.mark.row("T4")


def cells(strip):
    """A strip, cell by cell: what stands there and how it looks; the second half of a wide character is empty."""
    found = []
    for text, style, _ in strip:
        for character in text:
            found += [(character, style), *[("", style)] * (cell_len(character) - 1)]
    return found


def whole(screen):
    """The screen as Textual paints it, line by line."""
    return [cells(strip) for strip in screen._compositor.render_strips()]


def tell(app, now):
    """Let a second pass as a screen does; what went straight to the glass."""
    screen = app.screen
    now_glass = glass.begin(screen)
    for part in app.query("TopBar, ClockStrip, BigDigits, RecordTable"):
        part.tick(now)
    glass.end(screen)
    return now_glass.update.pieces


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_glass_is_as_if_all_were_painted(size):
    app = BoardDemo()
    async with app.run_test(size=size) as pilot:
        await settled(pilot, app.query_one(RecordTable))
        for seconds in (1, 2, 61, 3_600, 100_000):
            before = whole(app.screen)
            pieces = tell(app, NOW + seconds * SECOND)
            assert not app.screen._dirty_widgets, "nobody is asked to paint"
            assert {y for _, y, _ in pieces} >= {0, 1}
            for x, y, strip in pieces:
                before[y][x : x + strip.cell_length] = cells(strip)
            after = whole(app.screen)
            assert [[c for c, _ in line] for line in after] == [[c for c, _ in line] for line in before]
            assert after == before


async def test_a_second_without_a_change_writes_the_time_alone():
    app = BoardDemo()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app.query_one(RecordTable))
        tell(app, NOW + SECOND)
        assert {y for _, y, _ in tell(app, NOW + SECOND + 1)} <= {1}


async def test_a_message_is_not_written_over():
    app = BoardDemo()
    async with app.run_test(size=(80, 14), notifications=True) as pilot:
        await settled(pilot, app.query_one(RecordTable))
        app.notify("已保存\n" * 6)
        await until(
            pilot, lambda: any(isinstance(one, Toast) for one in app.screen._compositor.visible_widgets)
        )
        [message] = [
            region
            for one, (region, _) in app.screen._compositor.visible_widgets.items()
            if isinstance(one, Toast)
        ]
        before = whole(app.screen)
        pieces = tell(app, NOW + 3_600 * SECOND)
        assert pieces
        assert not any(message.overlaps(Region(x, y, strip.cell_length, 1)) for x, y, strip in pieces)
        await until(pilot, lambda: not app.screen._dirty_widgets)
        after = whole(app.screen)
        inside = [(x, y) for y in message.line_range for x in range(message.x, message.right)]
        assert [after[y][x] for x, y in inside] == [before[y][x] for x, y in inside]


async def test_under_a_dialog_nothing_is_written():
    app = BoardDemo()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app.query_one(RecordTable))
        board = app.screen
        await app.push_screen(ModalScreen())
        below = glass.begin(board)
        board.query_one(TopBar).tick(NOW + 9 * SECOND)
        glass.end(board)
        assert below.update.pieces == []


async def test_while_everything_moves_nothing_is_written():
    app = BoardDemo()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app.query_one(RecordTable))
        app.screen._layout_required = True
        assert tell(app, NOW + 9 * SECOND) == []
        app.screen._layout_required = False


async def test_a_screen_without_colours_has_none_here_either():
    app = BoardDemo()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app.query_one(RecordTable))
        app._filters.append(Monochrome())
        pieces = tell(app, NOW + 5 * SECOND)
        assert pieces
        for _, _, strip in pieces:
            colours = {c for _, style, _ in strip if style for c in (style.color, style.bgcolor) if c}
            assert all(len({*c.get_truecolor()}) == 1 for c in colours), "grey"
