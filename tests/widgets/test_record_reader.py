"""Reading for a table whose rows change while they are read."""

from __future__ import annotations

import threading

from deskapp.widgets.record_table import ListSource
from tests.widgets.test_record_table import Row, TableApp, settled, until


async def test_rows_that_come_while_the_first_page_is_read_are_read_too():
    hold, asked = threading.Event(), threading.Event()

    class Held(ListSource):
        def first(self, limit):
            found = super().first(limit)
            asked.set()
            hold.wait(30)
            return found

    source = Held([])
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, asked.is_set)
        source.replace([Row(7)])
        app.table.refresh_rows()
        hold.set()
        await settled(pilot, app.table)
        assert app.table.selected == Row(7)
