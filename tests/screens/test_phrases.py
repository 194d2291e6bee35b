"""Phrases on the glass: inserted by a digit, advised under the answer, shown while one talks, kept on a screen."""

import pytest

from deskapp.domain.phrase import Phrase
from deskapp.gallery_glass import seen
from deskapp.services import calls, phrases
from deskapp.widgets.form import LongField
from tests import builders
from tests.screens.pilot import console, press, shows, until, write

pytestmark = [
    pytest.mark.row("K2"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


def ticket_now(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)


async def test_an_answer_is_advised_and_its_holes_are_named(desk):
    ticket = builders.a_complaint(desk, builders.a_client(desk, "张伟明"), subject="墙面开裂")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f5", "enter", "a")
        field = app.focused
        assert isinstance(field, LongField)
        await write(app, pilot, "你给我闭嘴")
        await shows(app, pilot, "“闭嘴”(第 1 行第 4 字) 语言垃圾:伤人的恶语")
        assert "还没有: 问候" in seen(app)
        assert "道歉(对不起" in seen(app)
        field.text = ""
        await press(app, pilot, "ctrl+d")
        await write(app, pilot, "apsm")
        glass = await press(app, pilot, "enter")
        assert "您好，我们安排师傅在____上门查看" in glass
        assert field.selected_text == "____"
        await press(app, pilot, "ctrl+s")
        assert field.error.startswith("{{client.address}} 还空着")
        await press(app, pilot, "end", "ctrl+d")
        glass = await press(app, pilot, "1")
        assert f"张伟明先生/女士，早上好!您反映的“墙面开裂”我们已经受理，编号{ticket.number}" in field.text
        await until(app, pilot, lambda: "闭嘴" not in seen(app), "the advice is about what stands there now")
        await press(app, pilot, "ctrl+s")
        assert ticket_now(desk, ticket).responded_at is None
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: ticket_now(desk, ticket).responded_at, "sent as it is")


async def test_advice_never_holds_an_answer_up(desk):
    ticket = builders.a_complaint(desk, builders.a_client(desk))
    async with console(desk, size=(80, 24), language="en") as (app, pilot):
        await press(app, pilot, "f5", "enter", "a")
        await write(app, pilot, "我不知道 [b]x[/b]")
        await shows(app, pilot, "Instead:")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: ticket_now(desk, ticket).responded_at, "one key sends it")


async def test_a_call_has_the_courteous_words_at_hand(desk):
    client = builders.a_client(desk, "张伟明", phone="13800138000")
    calls.take(desk, builders.a_ring(desk, "13800138000"))
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f12")
        await shows(app, pilot, "话术与结果")
        glass = await press(app, pilot, "h")
        for words in ("请 · 您好 · 对不起 · 谢谢 · 再见", "对不起，我插一点。", "请原谅", "张伟明"):
            assert words in glass
        assert "对不起，我插一点。" not in await press(app, pilot, "h")
        await press(app, pilot, "e", "ctrl+d")
        await write(app, pilot, "自报")
        await press(app, pilot, "1")
        assert app.screen.notes.text == f"早上好!我是{desk.company}客服李敏，请问有什么可以帮您？"
    assert client


async def test_phrases_are_written_found_ordered_and_put_out_of_use(desk):
    with desk.write("phrase.save") as work:
        for one in work.phrases.of_kind("interrupt"):
            work.phrases.remove(one)
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f10", "8")
        await shows(app, pilot, "用语 · 全部 · 34 条")
        glass = await press(app, pilot, "slash", *"ysl", "enter")
        assert "张伟明先生/女士，早上好!您反映的“墙面开裂”" in glass
        await press(app, pilot, "escape", "t", "t", "t")
        await shows(app, pilot, "打断 · 0 条")
        await press(app, pilot, "b")
        await shows(app, pilot, "打断 · 5 条")
        assert "b 取用初始用语" not in seen(app)
        await press(app, pilot, "n", "tab")
        await write(app, pilot, "核实一下")
        await press(app, pilot, "tab", "tab")
        await write(app, pilot, "{{client.age}}请稍等")
        glass = await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "没有 {{client.age}} 这个空")
        for _ in range(len("{{client.age}}请稍等")):
            await press(app, pilot, "backspace")
        await write(app, pilot, "{{client.name}}请稍等")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "打断 · 6 条")
        mine = next(one for one in phrases.listed(desk) if one.title == "核实一下")
        assert (mine.kind, mine.keys) == ("interrupt", Phrase(keys=mine.keys).keys)
        await press(app, pilot, "end", "u")
        await until(app, pilot, lambda: places(desk)[-2] == mine.id, "moved up")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: not one_of(desk, mine.id).active, "out of use")
        await shows(app, pilot, "停用")


def places(desk):
    return [one.id for one in phrases.listed(desk) if one.kind == "interrupt"]


def one_of(desk, phrase_id):
    with desk.read() as work:
        return work.phrases.find(phrase_id)


async def test_keys_typed_ahead_of_the_list_take_the_phrase_all_the_same(desk):
    builders.a_complaint(desk, builders.a_client(desk))
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f5", "enter", "a")
        field = app.focused
        await pilot.press("ctrl+d", "8", "ctrl+d", *"dbq", "enter")
        await until(app, pilot, lambda: field.text == "谢谢您的来电，祝您生活愉快，再见！对不起", field.text)
        await press(app, pilot, "ctrl+z")
        assert field.text == "谢谢您的来电，祝您生活愉快，再见！"
