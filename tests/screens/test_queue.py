"""The queue: one order, its reason, what Enter takes, and how it looks in both languages and sizes."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from deskapp.app import DeskApp
from deskapp.config import Config
from deskapp.screens.call import CallScreen
from deskapp.screens.call_dialogs import LaterDialog
from deskapp.screens.places import settle_in
from deskapp.screens.queue import QueueScreen
from deskapp.screens.queue_list import QueueSource
from deskapp.services import calls
from tests import builders
from tests.screens.pilot import console, laid_out, press, seen, settle, shows, until

pytestmark = pytest.mark.row("C1")
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def a_morning(desk):
    """Two callers, a promise, a result to confirm, two follow-ups, one of them late."""
    known = builders.a_client(desk, "张伟明", "13800138000")
    waiting = builders.a_client(desk, "李秀英", "13912345678")
    calls.plan(desk, "followup", known.client.id, desk.now().subtract(days=1), "中期验收")
    calls.plan(desk, "care", waiting.client.id, desk.now(), "上月营业额 -12%")
    calls.plan(desk, "callback", waiting.client.id, desk.now().add(minutes=3), "十点前")
    builders.a_ticket_in(desk, "resolved", known)
    calls.ring(desk, "+86 138-0013-8000")
    calls.ring(desk, "021-62345678")


def test_order_is_inbound_promised_verification_followup_care(desk):
    a_morning(desk)
    kinds = [row.call.kind for row in QueueSource(desk).first(50)]
    assert kinds == ["inbound", "inbound", "callback", "verification", "followup", "care"]


def test_pages_fit_together_forwards_and_backwards(desk):
    a_morning(desk)
    calls.take_next(desk)
    source = QueueSource(desk)
    whole = source.first(50)
    assert [row.band for row in whole][0] == -1, "one's own claim stands first"
    assert len(whole) == source.count() == 6
    for place, row in enumerate(whole):
        assert [r.call.id for r in source.after(row, 50)] == [r.call.id for r in whole[place + 1 :]]
        assert [r.call.id for r in source.before(row, 50)] == [r.call.id for r in whole[:place]]
        assert [r.call.id for r in source.at(place, 2)] == [r.call.id for r in whole[place : place + 2]]
    assert [r.call.id for r in source.last(3)] == [r.call.id for r in whole[-3:]]


@SQLITE
def test_who_asks_how_many_wait_while_that_is_counted_hears_the_same_count(desk, monkeypatch):
    a_morning(desk)
    source, begun, go_on, joined = QueueSource(desk), *(threading.Event() for _ in range(3))
    count = source._count

    def slowly():
        begun.set()
        assert go_on.wait(20)
        return count()

    monkeypatch.setattr(source, "_count", slowly)
    with ThreadPoolExecutor(3) as threads:
        title = threads.submit(source.totals)
        assert begun.wait(20)
        shared, answer = source._counting, source._counting.result
        monkeypatch.setattr(shared, "result", lambda: joined.set() or answer())
        listed = threads.submit(source.count)
        assert joined.wait(20)
        calls.ring(desk, "13811112222")
        source.renew()
        begun.clear()
        anew = threads.submit(source.totals)
        assert begun.wait(20), (
            "what had been begun before a change does not answer for what is there after it"
        )
        go_on.set()
        assert anew.result(20)["inbound"] == 3
        assert title.result(20).total() == listed.result(20)


@SQLITE
def test_what_was_counted_is_told_until_the_queue_is_put_in_order_again(desk):
    a_morning(desk)
    source = QueueSource(desk)
    assert source.told()["inbound"] == 2
    calls.ring(desk, "13811112222")
    assert source.told()["inbound"] == 2, "it is not counted a second time"
    assert source.totals()["inbound"] == 3
    assert source.told()["inbound"] == 3
    calls.ring(desk, "13811113333")
    source.renew()
    assert source.told()["inbound"] == 4


@SQLITE
@pytest.mark.parametrize(("size", "language", "words"), [
    ((120, 40), "zh", ["队列", "呼入 2", "张伟明", "为何在前: 呼入优先", "话术"]),
    ((120, 40), "en", ["Queue", "Inbound 2", "张伟明", "Why first: callers go first", "What to say"]),
    ((80, 24), "zh", ["队列", "呼入 2", "张伟明", "为何在前"]),
    ((80, 24), "en", ["Queue", "Inbound 2", "张伟明", "Why first"]),
])  # fmt: skip
async def test_the_picture(desk, size, language, words):
    a_morning(desk)
    async with console(desk, size=size, language=language) as (app, pilot):
        await shows(app, pilot, words[-1])
        glass = seen(app)
        assert all(word in glass for word in words), glass
        assert "⟦" not in glass, "every word has its translation"
        assert "138****8000" in glass or size[0] < 100, "numbers in the list are masked"


@SQLITE
async def test_enter_takes_the_first_and_only_once(desk, second_desk):
    a_morning(desk)
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "张伟明")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, CallScreen))
        assert "我是海棠装饰客服部李敏" in seen(app)
        with second_desk.read() as work:
            taken = work.calls.taken_by(app.desk.operator.id)
        assert [row.client_name for row in taken] == ["张伟明"]
        assert calls.take_next(second_desk).number == "+862162345678", "the other desk gets the next one"


@SQLITE
async def test_a_call_taken_elsewhere_is_refused_by_name(desk, second_desk):
    a_morning(desk)
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "张伟明")
        seen_call = app.screen.table.selected.call
        calls.take_next(second_desk)
        app.screen._take(seen_call)
        await shows(app, pilot, "刘敏")
        assert isinstance(app.screen, QueueScreen)


@SQLITE
async def test_what_another_desk_does_shows_within_the_next_reading(desk, second_desk):
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "没有等候的电话")
        calls.ring(second_desk, "13700137000")
        await shows(app, pilot, "137****7000")


@SQLITE
@pytest.mark.row("C4")
async def test_a_planned_call_is_put_off_a_caller_is_not(desk):
    client = builders.a_client(desk, "陈建国")
    calls.plan(desk, "followup", client.client.id, desk.now(), "中期验收")
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "陈建国")
        await press(app, pilot, "z")
        assert isinstance(app.screen, LaterDialog)
        await press(app, pilot, "4", "enter")
        await shows(app, pilot, "没有等候的电话")
        with desk.read() as work:
            call = work.calls.of_client(client.client.id)[0]
        assert desk.local(call.due_at).format("MM-DD HH:mm") == "11-24 14:30"


@SQLITE
@pytest.mark.row("C3")
async def test_ringing_by_hand_brings_the_known_caller(desk):
    builders.a_client(desk, "张伟明", "13800138000")
    async with console(desk) as (app, pilot):
        await press(app, pilot, "i", *"0086", *"13800138000")
        await press(app, pilot, "enter")
        await shows(app, pilot, "呼入 1")
        assert "张伟明" in seen(app)
        assert "来电 张伟明" in seen(app), "the bar says who rings on every screen"


@SQLITE
async def test_the_caller_who_hung_up_becomes_a_callback(desk):
    calls.ring(desk, "13800138000")
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "呼入 1")
        await press(app, pilot, "x")
        await shows(app, pilot, "回拨 1")


@SQLITE
@pytest.mark.row("K3")
async def test_the_motto_of_the_day_stands_in_the_border(desk):
    from deskapp.services.company import motto

    async with console(desk) as (app, pilot):
        await shows(app, pilot, motto(desk)[:8])


@SQLITE
async def test_filter_shows_one_kind(desk):
    a_morning(desk)
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "李秀英")
        await press(app, pilot, "f")
        table = app.screen.table
        await until(app, pilot, lambda: table.selected is not None and table.source.kind == "inbound")
        await settle(app, pilot)
        assert {row.call.kind for row in table.source.first(9)} == {"inbound"}


@SQLITE
@pytest.mark.row("T7")
async def test_a_result_awaits_the_client_in_the_queue(desk):
    ticket = builders.a_ticket_in(desk, "resolved")
    async with console(desk) as (app, pilot):
        await shows(app, pilot, ticket.number[-4:])
        assert "回验" in seen(app)


@SQLITE
async def test_the_cursor_stays_on_its_call_while_others_come_in(desk, second_desk):
    a_morning(desk)
    async with console(desk) as (app, pilot):
        await shows(app, pilot, "李秀英")
        await press(app, pilot, "down", "down", "down")
        table = app.screen.table
        chosen = table.selected.call.id
        calls.ring(second_desk, "13700137000")
        await shows(app, pilot, "137****7000")
        await settle(app, pilot)
        assert table.selected.call.id == chosen


@asynccontextmanager
async def unopened(desk, login, tmp_path):
    """A console whose storage opens when the test says so."""
    app = DeskApp(Config(desk.store.url, "zh", tmp_path, login), desk.store.clock)
    connect, may_open = app._connect, threading.Event()
    app._connect = lambda: connect() if may_open.wait() else None
    async with app.run_test(size=(120, 40)) as pilot:
        try:
            yield app, pilot, may_open
        finally:
            may_open.set()
    if app.desk is not None:
        app.desk.store.close()


@SQLITE
async def test_the_head_of_the_queue_is_there_before_storage_is(desk, tmp_path):
    a_morning(desk)
    async with unopened(desk, "limin", tmp_path) as (app, pilot, may_open):
        await shows(app, pilot, "张伟明")
        glass = seen(app)
        assert app.desk is None
        assert "138****8000" in glass
        assert "为何在前" not in glass, "that is said of the live queue only"
        for _ in range(2):
            await pilot.click(app.screen.table, offset=(5, 3))
        app.screen.action_take()
        await laid_out(app)
        assert app.desk is None
        assert isinstance(app.screen, QueueScreen), "rows that are only shown are not acted on"
        may_open.set()
        await shows(app, pilot, "为何在前")
        assert isinstance(app.screen, QueueScreen)
        table = app.screen.table
        await until(app, pilot, lambda: table.selected is not None)
        assert isinstance(table.source, QueueSource)
        assert table.cursor_row == 0


@SQLITE
async def test_nobody_sees_a_client_before_they_sign_in(desk, tmp_path):
    a_morning(desk)
    async with unopened(desk, "", tmp_path) as (app, pilot, may_open):
        await until(app, pilot, lambda: app._begun)
        await laid_out(app)
        assert "张伟明" not in seen(app)
        may_open.set()
        await until(app, pilot, lambda: not isinstance(app.screen, QueueScreen))
        assert "张伟明" not in seen(app)


@SQLITE
async def test_the_queue_is_read_before_what_stands_round_it(desk):
    a_morning(desk)
    asked = []
    async with console(desk) as (app, pilot):
        screen = app.screen
        first, last = threading.Event(), app.reader.read
        app.reader.read = lambda **_: asked.append("facts")
        screen.settled = lambda: asked.append("round")
        screen.ask(first.wait, lambda _: asked.append("queue"), group="why")
        settling = asyncio.create_task(settle_in(app, app.desk))
        await laid_out(app)
        assert asked == []
        first.set()
        await settling
        app.reader.read = last
    assert asked[:3] == ["queue", "facts", "round"]
