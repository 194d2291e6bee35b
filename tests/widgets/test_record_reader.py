"""Reading and counting a long list: pages do not wait for the count, and a list's end is read from its end."""

from __future__ import annotations

import threading

import pytest

from deskapp.widgets.record_pages import PAGE
from tests.widgets.test_record_table import Numbers, Row, TableApp, glass, settled, until


async def test_pages_are_read_while_the_rows_are_still_counted():
    source = Numbers(1_000_000)
    source.hold_count = threading.Event()
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        for row in (22, 44, 66, 88):
            await until(pilot, lambda: app.table.selected is not None)
            await pilot.press("pagedown")
            await until(pilot, lambda row=row: app.table.selected in (Row(row), Row(PAGE - 1)))
        assert app.table.row_count is None
        await pilot.press("end")
        source.hold_count.set()
        await until(pilot, lambda: app.table.selected == Row(999_999))


async def test_a_change_is_shown_before_it_is_known_how_long_the_list_is_now():
    source = Numbers(1_000_000)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        source.rows, source.name, source.hold_count = 999_990, "王芳", threading.Event()
        app.table.refresh_rows()
        await until(pilot, lambda: "王芳" in glass(app)[1])
        assert app.table.row_count == 1_000_000
        source.hold_count.set()
        await until(pilot, lambda: app.table.row_count == 999_990)


@pytest.mark.parametrize("change", [-40, -1, 1, 40])
async def test_at_the_end_of_a_list_that_changed_its_last_rows_are_shown(change):
    source = Numbers(10_000)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        await pilot.press("end")
        await settled(pilot, app.table)
        source.rows += change
        app.table.refresh_rows()
        await settled(pilot, app.table)
        assert app.table.row_count == source.rows
        await pilot.press("end")
        await settled(pilot, app.table)
        assert app.table.selected == Row(source.rows - 1)
        assert f"TS-{source.rows - 1}" in glass(app)[23]
        assert "at" not in source.asked
