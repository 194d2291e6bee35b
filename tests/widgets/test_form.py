import threading

import pytest
from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.geometry import Offset

from deskapp.i18n import use
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, PickField, TextField
from tests.widgets.demo import DemoApp
from tests.widgets.demos import FormDemo, find_staff
from tests.widgets.test_record_table import until


def painted(widget):
    lines = widget.render_lines(widget.outer_size.region)
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.fixture
def app():
    return FormDemo()


async def test_enter_goes_through_the_form_and_never_submits(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("张", "enter", "1", "3", "enter", "1", "enter", "3")
        assert app.focused.id == "words"
        await pilot.press("漏", "水", "enter", "又", "漏", "tab", "w", "l")
        await until(pilot, lambda: app.panel.field("staff").drop.is_open)
        await pilot.press("enter", "赔")
        assert app.panel.values() == {
            "client": "张",
            "phone": "13",
            "category": 0,
            "severity": "critical",
            "words": "漏水\n又漏",
            "staff": 9,
            "staff.text": "王丽",
            "demand": "赔",
        }


@pytest.mark.parametrize("typed", ["张伟明", "abc", "海棠湾 3-2-1101", "", "漏" * 60])
async def test_the_terminal_cursor_stands_at_the_caret_of_a_line(app, typed):
    async with app.run_test(size=(80, 24)) as pilot:
        field = app.panel.field("demand")
        field.focus()
        await pilot.pause()
        for character in typed:
            await pilot.press("space" if character == " " else character)
        await pilot.pause()
        x, y, width, _ = field.content_region
        if cell_len(typed) < width:
            assert app.cursor_position == Offset(x + cell_len(typed), y)
        else:
            assert x + width - 2 <= app.cursor_position.x <= x + width
        if typed.startswith("张"):
            await pilot.press("left")
            assert app.cursor_position == Offset(x + 4, y)


async def test_the_terminal_cursor_follows_long_text_and_choices(app):
    async with app.run_test(size=(80, 24)) as pilot:
        words = app.panel.field("words")
        words.focus()
        await pilot.press("漏", "水", "enter", "三")
        await pilot.pause()
        x, y, _, _ = words.content_region
        assert app.cursor_position == Offset(x + 2, y + 1)
        severity = app.panel.field("severity")
        severity.focus()
        await pilot.pause()
        assert app.cursor_position == severity.content_region.offset


async def test_the_terminal_cursor_is_right_when_an_error_moves_the_field(app):
    async with app.run_test(size=(80, 24)) as pilot:
        phone = app.panel.field("phone")
        phone.focus()
        await pilot.press("1")
        app.panel.field("client").error = "请填写"
        await pilot.pause()
        await until(pilot, lambda: app.cursor_position == phone.content_region.offset + (1, 0))


async def test_typing_in_a_line_lays_nothing_out(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a")
        await pilot.pause()
        laid_out = []
        refresh_layout = app.screen._refresh_layout
        app.screen._refresh_layout = lambda *args, **kw: laid_out.append(1) or refresh_layout(*args, **kw)
        await pilot.press(*"bcdefgh")
        app.panel.field("words").focus()
        await pilot.pause()
        laid_out.clear()
        await pilot.press(*"ijk")
        await pilot.pause()
        assert laid_out == []


async def test_errors_stand_beneath_their_fields_and_the_first_gets_the_focus(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.panel.show_errors({"staff": "请选一位", "phone": "号码不对"})
        await pilot.pause()
        assert app.focused.id == "phone"
        assert "⚠ 号码不对" in painted(app.panel.field("phone"))[1]
        assert "⚠ 请选一位" in painted(app.panel.field("staff").text_field)[1]
        await pilot.press("1")
        await until(pilot, lambda: len(painted(app.panel.field("phone"))) == 1)
        assert app.panel.field("staff").error == "请选一位"
        app.panel.show_errors({})
        assert app.panel.field("staff").error == ""


async def test_a_draft_comes_at_each_pause_and_not_at_each_key(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.panel.pause = 0.2
        await pilot.press(*"abcdef")
        assert app.said == []
        assert app.panel.pending
        await until(pilot, lambda: app.said)
        assert [said["client"] for said in app.said] == ["abcdef"]
        await pilot.press("g")
        app.panel.flush()
        await pilot.pause()
        assert [said["client"] for said in app.said] == ["abcdef", "abcdefg"]
        assert not app.panel.pending


async def test_filling_a_form_is_no_draft_and_gives_back_what_was_put_in(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.panel.fill(
            {
                "client": "王芳",
                "category": 4,
                "words": "一\n二",
                "staff": 7,
                "staff.text": "赵刚",
                "severity": "crisis",
                "phone": None,
            }
        )
        await pilot.pause()
        values = app.panel.values()
        app.panel.reset()
        assert app.panel.values()["client"] == ""
        app.panel.fill(values)
        await pilot.pause()
        assert app.panel.values() == values
        assert values["staff"] == 7
        assert values["severity"] == "crisis"
        assert not app.panel.pending


async def test_too_long_is_said_and_a_paste_takes_what_fits(app):
    async with app.run_test(size=(80, 24)) as pilot:
        field = app.panel.field("client")
        field.post_message(events.Paste("一二三四五\n六七八九十" * 3))
        await pilot.pause()
        assert field.value == "一二三四五 六七八九十一二三四五 六七八"[:20]
        assert "20" in field.error
        await pilot.press("九")
        assert len(field.value) == 20


async def test_hostile_text_in_fields_is_shown_harmless_and_kept_whole(app):
    evil = "a\x1b[2J\u202eb\u200b漏"
    async with app.run_test(size=(80, 24)) as pilot:
        app.panel.fill({"client": evil, "words": evil})
        app.panel.field("client").focus()
        await pilot.pause()
        for name in ("client", "words"):
            line = painted(app.panel.field(name))[0]
            assert "a␛[2J·b·漏" in line
            assert app.panel.values()[name] == evil
        x = app.panel.field("client").content_region.x
        assert app.cursor_position.x == x + 10


async def test_a_choice_takes_digits_initials_arrows_and_clicks(app):
    async with app.run_test(size=(120, 40)) as pilot:
        category = app.panel.field("category")
        category.focus()
        for keys, value in [
            ("4", 3),
            ("gq", 6),
            ("s", 0),
            ("hb", 10),
            (["right"], 0),
            (["left"], 10),
            (["delete"], None),
        ]:
            await pilot.press(*keys)
            assert category.read() == value, keys
        severity = app.panel.field("severity")
        await pilot.click(severity, offset=(severity.content_region.x - severity.region.x + 9, 0))
        assert severity.read() == "major"


async def test_letters_in_a_choice_do_not_reach_the_screens_keys(app):
    pressed = []
    app.action_note = lambda: pressed.append("s")
    app._bindings.key_to_bindings["s"] = [Binding("s", "note")]
    async with app.run_test(size=(80, 24)) as pilot:
        app.panel.field("category").focus()
        await pilot.press("s")
        assert pressed == []
        assert app.panel.field("category").read() == 0


async def test_type_ahead_answers_the_newest_question_only():
    asked, hold = [], threading.Event()

    def slow(text):
        asked.append(text)
        assert threading.current_thread() is not threading.main_thread()
        assert hold.wait(20)
        return [Choice(text, text)]

    app = FormDemo(slow)
    async with app.run_test(size=(80, 24)) as pilot:
        staff = app.panel.field("staff")
        staff.focus()
        await pilot.press("a")
        await until(pilot, lambda: asked)
        await pilot.press("b", "c")
        hold.set()
        await until(pilot, lambda: staff.drop.is_open)
        assert asked == ["a", "abc"]
        assert [choice.value for choice in staff.drop.choices] == ["abc"]


async def test_type_ahead_picks_with_arrows_and_forgets_when_typed_over(app):
    async with app.run_test(size=(80, 24)) as pilot:
        staff = app.panel.field("staff")
        staff.focus()
        await pilot.press("z")
        await until(pilot, lambda: staff.drop.is_open)
        await pilot.press("down", "enter")
        assert staff.read() == 8
        assert app.focused.id == "demand"
        await pilot.press("shift+tab", "x")
        await pilot.pause()
        assert staff.read() is None
        assert staff.text == "赵国强x"


async def test_type_ahead_escape_closes_the_list_and_keeps_the_text(app):
    async with app.run_test(size=(80, 24)) as pilot:
        staff = app.panel.field("staff")
        staff.focus()
        await pilot.press("z")
        await until(pilot, lambda: staff.drop.is_open)
        await pilot.press("escape")
        assert not staff.drop.is_open
        assert staff.text == "z"
        await pilot.press("tab")
        assert staff.read() is None


async def test_a_lookup_that_fails_is_said_and_the_next_one_works():
    def lookup(text):
        if text == "坏":
            raise OSError
        return find_staff(text)

    app = FormDemo(lookup)
    async with app.run_test(size=(80, 24)) as pilot:
        staff = app.panel.field("staff")
        staff.focus()
        await until(pilot, lambda: staff.text_field.has_focus)
        await pilot.press("坏")
        await until(pilot, lambda: staff.error == "查找失败")
        await pilot.press("backspace", "w")
        await until(pilot, lambda: staff.drop.is_open)
        assert staff.error == ""


async def test_labels_follow_the_language():
    class Small(DemoApp):
        def compose(self):
            with FormPanel():
                yield TextField("one", "widgets.strip.today")
                yield LongField("two", "widgets.strip.overdue")
                yield ChoiceField("three", "widgets.strip.hour", [Choice(1, "一")])
                yield PickField("four", "widgets.strip.crisis")

        def on_mount(self):
            self.panel = self.query_one(FormPanel)

    app = Small()
    async with app.run_test(size=(80, 24)) as pilot:
        try:
            assert "今日到期" in painted(app.panel.field("one"))[0]
            use("en")
            app.panel.relabel()
            await pilot.pause()
            assert "due today" in painted(app.panel.field("one"))[0]
            assert "overdue" in painted(app.panel.field("two"))[0]
            assert "within 1 h" in painted(app.panel.field("three"))[0]
            assert "CRISIS" in painted(app.panel.field("four").text_field)[0]
        finally:
            use("zh")
