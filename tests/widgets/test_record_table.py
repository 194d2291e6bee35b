import threading
from dataclasses import dataclass

import pytest
from textual.content import Content

from deskapp.domain.errors import StorageFailed
from deskapp.widgets.record_pages import PAGE, PAGES_KEPT
from deskapp.widgets.record_table import Column, ListSource, RecordTable
from tests.widgets.demo import DemoApp

SECOND = 1_000_000


@dataclass(frozen=True)
class Row:
    id: int
    name: str = "张伟明"
    due_us: int = 0


class Numbers:
    """A million rows that exist only when asked for; knows what was asked, and can be held up."""

    def __init__(self, count, hold=None, name="张伟明"):
        self.rows, self.hold, self.name = count, hold, name
        self.asked, self.threads = [], set()
        self.hold_count = None

    def _make(self, what, begin, end):
        self.asked.append(what)
        self.threads.add(threading.current_thread())
        if self.hold is not None:
            assert self.hold.wait(20)
        return [Row(n, self.name) for n in range(max(0, begin), min(end, self.rows))]

    def count(self):
        self.asked.append("count")
        if self.hold_count is not None:
            assert self.hold_count.wait(20)
        return self.rows

    def first(self, limit):
        return self._make("first", 0, limit)

    def last(self, limit):
        return self._make("last", self.rows - limit, self.rows)

    def after(self, record, limit):
        return self._make("after", record.id + 1, record.id + 1 + limit)

    def before(self, record, limit):
        return self._make("before", record.id - limit, record.id)

    def at(self, offset, limit):
        return self._make("at", offset, offset + limit)

    def key(self, record):
        return record.id


def columns(painted=None):
    def time_left(row, context):
        if painted is not None:
            painted.append(row.id)
        return Content.styled(f"{(row.due_us - context.now_us) // SECOND:+d}", "$warning")

    return [
        Column("number", "", 9, lambda row, context: f"TS-{row.id}"),
        Column("left", "", 6, time_left, align="right"),
        Column("name", "", None, lambda row, context: row.name),
        Column("wide", "", 10, lambda row, context: "wide only", min_terminal=100),
    ]


class TableApp(DemoApp):
    def __init__(self, source=None, painted=None):
        super().__init__()
        self.table = RecordTable(columns(painted), source=source, now_us=0)
        self.said = []

    def compose(self):
        yield self.table

    def on_mount(self):
        self.table.focus()

    def on_record_table_highlighted(self, event):
        self.said.append(("highlighted", event.record.id))

    def on_record_table_chosen(self, event):
        self.said.append(("chosen", event.record.id))

    def on_record_table_failed(self, event):
        self.said.append(("failed", event.error))


def glass(app):
    return [
        "".join(segment.text for segment in line) for line in app.table.render_lines(app.table.size.region)
    ]


async def settled(pilot, table):
    for _ in range(2000):
        await pilot.pause()
        if not table.loading_rows:
            await pilot.pause()
            return
        await pilot.pause(0.005)
    raise AssertionError("the table never stopped reading")


async def until(pilot, true):
    for _ in range(2000):
        await pilot.pause()
        if true():
            return
        await pilot.pause(0.005)
    raise AssertionError("it never came true")


async def test_the_first_page_shows_and_nothing_is_read_on_the_event_loop():
    source = Numbers(1_000_000)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        lines = glass(app)
        assert "TS-0 " in lines[1]
        assert "张伟明" in lines[1]
        assert "TS-22" in lines[23]
        assert app.table.row_count == 1_000_000
        assert threading.main_thread() not in source.threads
        assert source.asked[0] == "first"
        assert app.said == [("highlighted", 0)]


async def test_the_end_of_a_million_rows_is_one_read_and_the_window_is_all_that_is_held():
    source = Numbers(1_000_000)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        await pilot.press("end")
        await settled(pilot, app.table)
        assert "TS-999999" in glass(app)[23]
        assert app.table.selected == Row(999_999)
        for _ in range(60):
            await pilot.press("pageup")
        await settled(pilot, app.table)
        assert app.table.held <= PAGE * PAGES_KEPT
        assert "at" not in source.asked
        assert app.table.cursor_row == 999_999 - 60 * 22
        assert app.table.selected.id == app.table.cursor_row


async def test_paging_down_goes_by_key_and_rows_stay_in_order():
    source = Numbers(10_000)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        for _ in range(40):
            await pilot.press("pagedown")
        await settled(pilot, app.table)
        shown = [line.split()[1 if line[0] != " " else 0] for line in glass(app)[1:]]
        first = int(shown[0].removeprefix("TS-"))
        assert shown == [f"TS-{n}" for n in range(first, first + 23)]
        assert set(source.asked) == {"first", "count", "after"}


async def test_a_jump_into_the_middle_shows_dots_until_the_rows_come():
    hold = threading.Event()
    hold.set()
    source = Numbers(100_000, hold)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        hold.clear()
        app.table.cursor_row = 50_000
        await pilot.pause()
        assert "···" in glass(app)[20]
        assert app.table.selected is None
        await pilot.press("enter")
        hold.set()
        await settled(pilot, app.table)
        assert "TS-50000" in glass(app)[23]
        assert app.said[-2:] == [("highlighted", 50_000), ("chosen", 50_000)]
        assert "at" in source.asked


async def test_the_newest_source_wins_and_a_late_answer_is_dropped():
    hold = threading.Event()
    slow, quick = Numbers(500, hold, name="慢"), Numbers(3, name="快")
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.source = slow
        await until(pilot, lambda: slow.asked)
        app.table.source = quick
        await settled(pilot, app.table)
        hold.set()
        await settled(pilot, app.table)
        assert "快" in glass(app)[1]
        assert app.table.row_count == 3
        assert app.said == [("highlighted", 0)]


async def test_old_rows_stay_until_the_new_source_answers_and_enter_waits_for_it():
    hold = threading.Event()
    app = TableApp(ListSource([Row(1, "旧")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        app.table.source = Numbers(2, hold, name="新")
        await pilot.press("enter")
        assert "旧" in glass(app)[1]
        assert ("chosen", 1) not in app.said
        hold.set()
        await settled(pilot, app.table)
        assert "新" in glass(app)[1]
        assert app.said[-1] == ("chosen", 0)


async def test_a_new_row_on_top_leaves_the_cursor_on_its_record():
    rows = [Row(n) for n in range(10, 15)]
    source = ListSource(rows)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        await pilot.press("j", "j")
        assert app.table.selected == Row(12)
        source.replace([Row(99), *rows])
        app.table.refresh_rows()
        await settled(pilot, app.table)
        assert app.table.selected == Row(12)
        assert app.table.cursor_row == 3
        assert "TS-99" in glass(app)[1]


async def test_a_change_above_a_scrolled_window_keeps_the_record_on_its_line():
    rows = [Row(n) for n in range(200)]
    source = ListSource(rows)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        app.table.cursor_row = 60
        await pilot.press("k", "k")
        await settled(pilot, app.table)
        before = [n for n, line in enumerate(glass(app)) if "TS-58 " in line]
        source.replace([Row(1000), Row(1001), *rows])
        app.table.refresh_rows()
        await settled(pilot, app.table)
        assert app.table.selected == Row(58)
        assert [n for n, line in enumerate(glass(app)) if "TS-58 " in line] == before


async def test_when_the_selected_record_goes_the_cursor_stays_on_its_row():
    rows = [Row(n) for n in range(5)]
    source = ListSource(rows)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        app.table.cursor_row = 4
        source.replace(rows[:4])
        app.table.refresh_rows()
        await settled(pilot, app.table)
        assert app.table.selected == Row(3)
        assert app.said[-1] == ("highlighted", 3)


async def test_a_source_that_fails_is_said_and_the_old_rows_stay():
    source = Numbers(40)
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)

        def broken(limit):
            raise StorageFailed("widgets.table.empty")

        source.first = broken
        app.table.refresh_rows()
        await settled(pilot, app.table)
        lines = glass(app)
        assert "TS-0 " in lines[1]
        assert "读取失败" in lines[23]
        assert "没有记录" in lines[23]
        assert isinstance(app.said[-1][1], StorageFailed)
        del source.first
        app.table.refresh_rows()
        await settled(pilot, app.table)
        assert "读取失败" not in glass(app)[23]


async def test_a_source_that_contradicts_itself_does_not_read_for_ever():
    source = Numbers(100)
    source.count = lambda: 5_000
    app = TableApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        await pilot.press("end")
        await settled(pilot, app.table)
        assert len(source.asked) < 30


@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE])
async def test_lists_of_every_length_have_a_first_and_a_last_row(count):
    app = TableApp(Numbers(count))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        await pilot.press("end")
        await settled(pilot, app.table)
        assert app.table.row_count == count
        assert app.table.selected == (Row(count - 1) if count else None)
        if not count:
            assert "没有记录" in glass(app)[2]


async def test_a_tick_paints_visible_time_cells_and_nothing_else():
    painted = []
    app = TableApp(Numbers(10_000), painted)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        await pilot.pause()
        painted.clear()
        app.table.tick(7 * SECOND)
        await pilot.pause()
        assert sorted(painted) == list(range(23))
        assert "-7" in glass(app)[1]


async def test_a_cell_that_does_not_ask_the_time_is_painted_once():
    asked = []
    app = TableApp(Numbers(30))
    app.table.columns = [Column("name", "", None, lambda row, context: asked.append(row.id) or row.name)]
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        asked.clear()
        app.table.tick(7 * SECOND)
        app.table.refresh()
        await pilot.pause()
        assert asked == []


async def test_hostile_names_are_shown_and_move_nothing():
    app = TableApp(ListSource([Row(1, "[red]\x1b[2J\u202e张\u200b\ud800"), Row(2, "x" * 500)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        lines = glass(app)
        assert "[red]␛[2J·张·\ufffd" in lines[1]
        assert "x…" in lines[2]
        from rich.cells import cell_len

        assert {cell_len(line) for line in lines} == {80}


async def test_a_narrow_table_hides_what_a_wide_one_shows():
    app = TableApp(Numbers(5))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        assert "wide" not in glass(app)[1]
        await pilot.resize_terminal(120, 40)
        await settled(pilot, app.table)
        assert "wide only" in glass(app)[1]


async def test_a_click_highlights_and_a_second_click_chooses():
    app = TableApp(Numbers(50))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        await pilot.click(RecordTable, offset=(5, 4))
        assert app.said[-1] == ("highlighted", 3)
        await pilot.click(RecordTable, offset=(5, 4))
        assert app.said[-1] == ("chosen", 3)


async def test_a_column_that_cannot_paint_shows_a_sign_and_is_told_once():
    app = TableApp(Numbers(5))
    app.table.columns = [Column("name", "", None, lambda row, context: row.nothing)]
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        assert "⚠" in glass(app)[1]
        await until(pilot, lambda: any(kind == "failed" for kind, _ in app.said))
        app.table.refresh()
        await settled(pilot, app.table)
        assert [kind for kind, _ in app.said].count("failed") == 1


async def test_the_last_column_stops_short_of_the_scroll_bar():
    app = TableApp(Numbers(500, name="x" * 100))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app.table)
        assert app.table.show_vertical_scrollbar
        assert app.table.render_line(1).cell_length == 79
        assert app.table.render_line(1).text.endswith("…")
