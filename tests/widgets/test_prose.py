"""Text that wraps at the width there is, lines that follow the clock, and choices in columns."""

from textual.content import Content

from deskapp.widgets.form import Choice, FormPanel
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.live_lines import LiveLines
from deskapp.widgets.prose import Prose
from tests.widgets.demo import DemoApp

NAMES = [
    "漏水渗水",
    "水电",
    "瓷砖空鼓",
    "墙面油漆",
    "木作柜门",
    "地板门窗",
    "工期延误",
    "噪音扰民",
    "服务态度",
    "设计不符",
]
CHOICES = [Choice(n, name, keys=("sj", "sjbf") if n == 9 else ()) for n, name in enumerate(NAMES)]


class Page(DemoApp):
    def __init__(self, *widgets):
        super().__init__()
        self.widgets = widgets

    def compose(self):
        yield from self.widgets


def lines(widget):
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


async def test_long_text_wraps_and_nothing_of_it_is_lost():
    prose = Prose()
    text = "楼下邻居天花板渗水," * 12
    async with Page(prose).run_test(size=(40, 10)) as pilot:
        prose.show([Content.styled(text, "bold"), "[red]短"])
        await pilot.pause()
        assert "".join(lines(prose)) == text + "[red]短"
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert "".join(lines(prose)) == text + "[red]短"


async def test_more_than_fits_is_scrolled_to_by_the_arrows():
    prose = Prose()
    async with Page(prose).run_test(size=(40, 5)) as pilot:
        prose.show([f"第 {n} 行" for n in range(20)])
        prose.focus()
        await pilot.press("end")
        await pilot.pause()
        assert lines(prose)[-1] == "第 19 行"


async def test_lines_that_follow_the_clock_repaint_when_they_say_another_thing():
    live = LiveLines()
    told = []

    def tell(now_us):
        told.append(now_us)
        return [Content(f"{now_us // 10}")]

    async with Page(live).run_test(size=(40, 5)) as pilot:
        live.follow(tell, 0)
        for now_us in (3, 9, 10):
            live.tick(now_us)
        await pilot.pause()
        assert told == [0, 3, 9, 10]
        assert live.text == "1"


async def test_choices_stand_in_columns_as_high_as_they_need():
    grid = ChoiceGrid("category", choices=CHOICES)
    form = FormPanel(grid)
    async with Page(form).run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        assert grid.size.height == 3
        assert lines(grid)[0].split() == ["1", NAMES[0], "2", NAMES[1], "3", NAMES[2], "4", NAMES[3]]
        assert "sj 设计不符" in lines(grid)[2]
        grid.focus()
        await pilot.press("s", "j")
        assert grid.read() == 9
        await pilot.press("4")
        assert grid.read() == 3
        await pilot.resize_terminal(30, 12)
        await pilot.pause()
        assert grid.size.height == 5


async def test_a_click_picks_what_was_clicked():
    grid = ChoiceGrid("category", choices=CHOICES)
    async with Page(FormPanel(grid)).run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        await pilot.click(grid, offset=(14, 1))
        assert grid.read() == 5


async def test_an_error_stands_beneath_the_last_line():
    grid = ChoiceGrid("category", choices=CHOICES)
    form = FormPanel(grid)
    async with Page(form).run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        form.show_errors({"category": "请选类别"})
        await pilot.pause()
        assert "请选类别" in pilot.app.screen._compositor.render_strips(pilot.app.size)[3].text
        assert grid.size.height == 3
