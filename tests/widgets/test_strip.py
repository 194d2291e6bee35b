import pytest
from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content

from deskapp.i18n import use
from deskapp.widgets.form import ChoiceField, TextField
from deskapp.widgets.strip import ClockStrip, ClockSummary, KeyBar, TopBar, TopState
from tests.widgets.demo import DemoApp
from tests.widgets.demos import KEYS, NOW, PLACES, SECOND, teach_words

SUMMARY = ClockSummary("TS20261123-0003", NOW + 2467 * SECOND, None, "王芳", "卫生间漏水", "赵刚", 2, 3, 7)


def words(widget):
    return "".join(segment.text for segment in widget.render_line(0))


class StripApp(DemoApp):
    AUTO_FOCUS = None
    BINDINGS = [
        Binding(key, "note", id=name)
        for key, name in [
            ("question_mark,f1", "help"),
            ("a", "answer"),
            ("ctrl+t", "export"),
            ("x", "unsaid"),
        ]
    ]

    def __init__(self):
        super().__init__()
        teach_words()
        self.places, self.noted = [], 0

    def compose(self):
        yield TopBar(PLACES)
        yield ClockStrip()
        yield ChoiceField("choice")
        yield TextField("text")
        yield KeyBar(lambda name: KEYS.get(name, ""))

    def on_mount(self):
        self.top, self.clock, self.keys = (
            self.query_one(TopBar),
            self.query_one(ClockStrip),
            self.query_one(KeyBar),
        )
        self.top.show(TopState("place5", "☎ 空闲", "$primary", "李敏", "专员"))
        self.top.tick(NOW)
        self.clock.show(SUMMARY)
        self.clock.tick(NOW)

    def on_top_bar_place_chosen(self, event):
        self.places.append(event.place)

    def action_note(self):
        self.noted += 1


@pytest.fixture
def app():
    return StripApp()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])
async def test_every_line_is_as_wide_as_the_glass(app, width):
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        for widget in (app.top, app.clock, app.keys):
            assert cell_len(words(widget)) == width
        assert "09:42:10" in words(app.top)


async def test_at_80_columns_all_places_and_the_operator_are_there(app):
    async with app.run_test(size=(80, 24)):
        line = words(app.top)
        assert all(place in line for place in ("客服台", "队列", "时钟", "更多", "空闲", "李敏", "09:42:10"))


async def test_a_wide_bar_says_the_keys_too(app):
    async with app.run_test(size=(160, 40)):
        assert "F10 更多" in words(app.top)
        assert "周一 09:42:10" in words(app.top)


async def test_a_narrow_bar_names_where_one_is(app):
    async with app.run_test(size=(60, 24)):
        line = words(app.top)
        assert "F5 时钟" in line
        assert "队列" not in line


async def test_a_click_on_a_place_tells_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        line = words(app.top)
        await pilot.click(TopBar, offset=(cell_len(line[: line.index("时钟")]) + 1, 0))
        await pilot.pause()
        assert app.places == ["place5"]


async def test_the_strip_shows_the_most_urgent_and_ticks(app):
    async with app.run_test(size=(120, 40)):
        line = words(app.clock)
        assert "TS20261123-0003 ◕  00:41:07  王芳 · 卫生间漏水 · 赵刚" in line
        assert "逾期 2  一小时内 3  今日到期 7" in line
        app.clock.tick(NOW + 2500 * SECOND)
        assert "! +00:00:33" in words(app.clock)


async def test_the_strip_at_80_columns_keeps_the_counts(app):
    async with app.run_test(size=(80, 24)):
        line = words(app.clock)
        assert line.rstrip().endswith("今 7")
        assert "00:41:07" in line


async def test_a_crisis_is_a_banner_in_words_and_in_colour(app):
    async with app.run_test(size=(80, 24)):
        app.clock.show(ClockSummary("TS1", NOW + SECOND, crisis="多户停水", overdue=1))
        line = app.clock.render_line(0)
        assert "危机投诉" in line.text
        assert "多户停水" in line.text
        red, green, blue = next(iter(line)).style.bgcolor.get_truecolor()
        assert red > 200 > green + 50
        assert blue < 150


async def test_no_clock_is_said(app):
    async with app.run_test(size=(80, 24)):
        app.clock.show(ClockSummary())
        assert "没有计时中的投诉" in words(app.clock)


async def test_hostile_names_stay_in_their_line(app):
    async with app.run_test(size=(80, 24)):
        app.clock.show(ClockSummary("T1", NOW, None, "[red]\x1b[2J", "\u202e\n", "x" * 300))
        line = words(app.clock)
        assert "[red]␛[2J" in line
        assert cell_len(line) == 80


async def test_the_keys_listed_are_those_that_work_here(app):
    async with app.run_test(size=(80, 24)) as pilot:
        assert words(app.keys).split() == ["a", "答复", "^t", "导出", "?", "按键"]
        app.query_one(TextField).focus()
        await pilot.pause()
        assert words(app.keys).split() == ["^t", "导出", "F1", "按键"]


async def test_help_and_progress_are_never_cut(app):
    async with app.run_test(size=(40, 24)) as pilot:
        app.keys.show_progress(Content("通话 3/5 了解 2/4"))
        await pilot.pause()
        line = words(app.keys)
        assert "? 按键" in line
        assert line.rstrip().endswith("了解 2/4")
        assert "导出" not in line


async def test_a_click_on_a_key_presses_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(KeyBar, offset=(2, 0))
        await pilot.pause()
        assert app.noted == 1


async def test_the_lines_follow_the_language(app):
    async with app.run_test(size=(120, 40)):
        try:
            use("en")
            assert "overdue 2" in words(app.clock)
            assert "Mon 09:42:10" in words(app.top)
        finally:
            use("zh")
