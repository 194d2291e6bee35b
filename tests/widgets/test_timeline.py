from deskapp.widgets.timeline import Timeline, TimelineEntry
from tests.widgets.demo import DemoApp
from tests.widgets.test_record_table import settled

HOUR = 3_600_000_000
NOW = 1_795_398_130 * 1_000_000
ENTRIES = [
    TimelineEntry(NOW - 30 * HOUR, "ticket", "!", "投诉 TS20261122-0002", "卫生间漏水", "$error", 2),
    TimelineEntry(NOW - HOUR, "call", "☎", "来电 3 分钟", "[b]问进度[/b]", "$primary", 1),
    TimelineEntry(NOW - 9000 * HOUR, "payment", "¥", "定金 5,000 元", ref=3),
]


class TimelineApp(DemoApp):
    def compose(self):
        yield Timeline()

    def on_mount(self):
        self.timeline = self.query_one(Timeline)
        self.timeline.tick(NOW)
        self.timeline.focus()
        self.chosen = []

    def on_record_table_chosen(self, event):
        self.chosen.append(event.record.ref)


def glass(timeline):
    return [line.text for line in timeline.render_lines(timeline.size.region)]


async def test_newest_first_with_times_as_people_say_them():
    app = TimelineApp()
    async with app.run_test(size=(100, 24)) as pilot:
        await settled(pilot, app.timeline)
        assert "还没有往来记录" in "".join(glass(app.timeline))
        app.timeline.show(ENTRIES)
        await settled(pilot, app.timeline)
        lines = glass(app.timeline)
        assert lines[0].split() == ["▐", "08:42", "☎", "来电", "3", "分钟", "[b]问进度[/b]"]
        assert lines[1].split()[:2] == ["11-22", "03:42"]
        assert "2025-11-" in lines[2]


async def test_one_kind_alone_and_back_with_the_selection_kept():
    app = TimelineApp()
    async with app.run_test(size=(60, 24)) as pilot:
        app.timeline.show(ENTRIES)
        await settled(pilot, app.timeline)
        await pilot.press("j")
        app.timeline.only("ticket")
        await settled(pilot, app.timeline)
        assert app.timeline.row_count == 1
        assert app.timeline.selected.ref == 2
        app.timeline.only(None)
        await settled(pilot, app.timeline)
        assert app.timeline.selected.ref == 2
        await pilot.press("enter")
        await pilot.pause()
        assert app.chosen == [2]
        assert app.timeline.kinds == {"call": 1, "ticket": 1, "payment": 1}
