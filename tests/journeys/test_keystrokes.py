"""The keys of the commonest acts, pressed one by one and counted: none takes more than eight (issue: a whole day).

`make keys` prints the table: the acts, their keys besides free text, and the seconds the console itself took.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from deskapp.screens.article_pick import PickArticleDialog
from deskapp.screens.call import CallScreen
from deskapp.screens.call_result import ResultDialog
from deskapp.screens.client import ClientScreen
from deskapp.screens.clocks import ClocksScreen
from deskapp.screens.help import key_name
from deskapp.screens.queue import QueueScreen
from deskapp.screens.ticket_dialog import ActDialog
from deskapp.screens.ticket_filed import FiledDialog
from deskapp.services import calls
from tests import builders
from tests.followed import a_weekly_call
from tests.screens.pilot import console, press, seen, until, write

MOST = 8
PHONE = "13800138000"


@dataclass
class Act:
    """One act: where it began, the keys pressed for it, and how long it took."""

    name: str
    begun: str
    keys: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Hands:
    """Two hands on a keyboard, and somebody who counts; what a person says in their own words is not counted."""

    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot
        self.acts: list[Act] = []

    @asynccontextmanager
    async def act(self, name: str) -> AsyncIterator[None]:
        """Everything pressed meanwhile belongs to one act."""
        self.acts.append(Act(name, self.app.screen.SCREEN_ID))
        begun = time.perf_counter()
        yield
        self.acts[-1].seconds = time.perf_counter() - begun

    async def press(self, *keys):
        """Press keys: each counts."""
        self.acts[-1].keys += keys
        await press(self.app, self.pilot, *keys)

    async def words(self, text):
        """Say something in one's own words."""
        self.acts[-1].keys.append("\u2026")
        await write(self.app, self.pilot, text)

    async def until(self, true, what):
        await until(self.app, self.pilot, true, what)

    async def on(self, screen, what="read"):
        await self.until(lambda: isinstance(self.app.screen, screen), f"{screen.__name__} {what}")

    async def aside(self, *keys):
        """Press keys that belong to no act."""
        await press(self.app, self.pilot, *keys)

    def table(self) -> str:
        """What was counted, as a table."""
        lines = [f"{'act':<38} {'begun on':<12} {'keys':>4}  {'seconds':>7}  which"]
        for act in self.acts:
            which = " ".join(key if key == "\u2026" else key_name(key) for key in act.keys)
            lines.append(f"{act.name:<38} {act.begun:<12} {count(act):>4}  {act.seconds:>7.2f}  {which}")
        return "\n".join(lines)


def count(act):
    return sum(key != "\u2026" for key in act.keys)


@pytest.mark.row("P5", "C1", "C3", "C4", "T2", "T4", "T5", "T7", "T11", "F4")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_no_common_act_takes_more_than_eight_keys(desk, second_desk, tmp_path):
    builders.a_client(desk, "张伟明", PHONE, address="海棠湾 3-2-1101")
    calls.ring(desk, PHONE)
    builders.a_member(desk, "赵刚")
    async with console(desk, size=(80, 24), folder=tmp_path) as (app, pilot):
        hands = Hands(app, pilot)
        await hands.until(lambda: app.screen.table.selected is not None, "it rings")
        await a_caller_complains(hands, desk)
        await on_the_board(hands, desk)
        await a_client_is_found(hands, desk)
        await planned_calls(hands, desk, second_desk)

    print("\n" + hands.table())
    assert len({act.name for act in hands.acts}) == len(hands.acts) == 12
    assert [f"{act.name}: {count(act)}" for act in hands.acts if count(act) > MOST] == []
    assert all(count(act) for act in hands.acts), "each was done by keys"


async def a_caller_complains(hands, desk):
    """Take who rings, see their history, write down what they say, give them a slip."""
    async with hands.act("take the next call"):
        await hands.press("enter")
        await hands.on(CallScreen)
        await hands.until(lambda: hands.app.screen.row is not None, "whose call")
    await hands.aside("g")
    await hands.on(QueueScreen)
    await hands.until(lambda: hands.app.facts.ringing_id is not None, "it rings again")

    async with hands.act("pop the caller and open the history"):
        await hands.press("f12")
        await hands.on(CallScreen)
        await hands.until(lambda: "海棠湾" in seen(hands.app), "the card")
        await hands.press("o")
        await hands.on(ClientScreen)
    await hands.aside("escape")
    await hands.on(CallScreen)

    async with hands.act("file a complaint, caller known"):
        await hands.press("n")
        await hands.words("卫生间漏水,楼下邻居已经找上门")
        await hands.press("tab", "1", "ctrl+s")
        await hands.on(FiledDialog)
    filed = only(desk)
    assert filed.category_id and filed.respond_by, "with its category and its deadline"

    async with hands.act("issue its slip"):
        await hands.press("p", "enter")
        await hands.until(lambda: slips(hands, filed), "a file")
    await hands.aside("enter", "1")
    await hands.on(QueueScreen)


async def on_the_board(hands, desk):
    """Answer what was filed, then give it to somebody."""
    async with hands.act("open the day's board"):
        await hands.press("f5")
        await hands.on(ClocksScreen)
        await hands.until(lambda: hands.app.screen.table.selected is not None, "its row")
    await hands.aside("f2")
    await hands.on(QueueScreen)

    await hands.aside("f5", "a")
    await hands.on(ActDialog)
    async with hands.act("insert an article into the answer"):
        await hands.press("ctrl+k")
        await hands.until(lambda: offered(hands), "articles that fit")
        await hands.press("enter")
        await hands.on(ActDialog)
        await hands.until(lambda: hands.app.screen.form.values()["words"], "it stands in the answer")
    await hands.aside("ctrl+a", "delete", "escape", "f2")
    await hands.on(QueueScreen)

    async with hands.act("answer it"):
        await hands.press("f5", "a")
        await hands.words("致歉,今天下午三点上门")
        await hands.press("ctrl+s")
        await hands.until(lambda: only(desk).state == "responded", "answered")
    builders.a_complaint(desk, builders.a_client(desk, "李秀英"))
    await hands.aside("f2", "f5")
    await hands.until(lambda: hands.app.screen.table.selected is not None, "the next one")

    async with hands.act("hand over"):
        await hands.press("t", "z", "g", "enter")
        await hands.words("他在现场")
        await hands.press("enter")
        await hands.until(lambda: only(desk).responsible_id is not None, "handed over")
    await hands.aside("f2")


async def a_client_is_found(hands, desk):
    """Find somebody by what a caller reads out, and promise to call."""
    async with hands.act("find a client by the last 4 digits"):
        await hands.press("f3", *PHONE[-4:])
        await hands.until(lambda: "找到 1 位客户" in seen(hands.app), "found")
        await hands.press("enter")
        await hands.on(ClientScreen)

    async with hands.act("schedule a callback"):
        await hands.press("z", "1", "enter")
        await hands.until(lambda: waiting(desk, "callback"), "promised")
    await hands.aside("escape", "f2")
    await hands.on(QueueScreen)


async def planned_calls(hands, desk, second_desk):
    """A follow-up that goes well, and a client who is asked whether it is solved."""
    followed = a_weekly_call(desk, "王芳")
    await on_row(hands, followed.call)
    await hands.aside("enter")
    await hands.until(lambda: isinstance(hands.app.screen, CallScreen) and hands.app.screen.row, "taken")
    async with hands.act("finish a follow-up with score 5"):
        await hands.press("1")
        await hands.on(ResultDialog)
        await hands.press("5", "ctrl+s")
        await hands.until(lambda: state_of(desk, followed.call) == "done", "done")
        await hands.on(QueueScreen)

    solved = builders.a_ticket_in(second_desk, "resolved", builders.a_client(desk, "陈建国"))
    verification = waiting(desk, "verification")
    await on_row(hands, verification)
    async with hands.act("close: the client is content"):
        await hands.press("enter")
        await hands.on(CallScreen)
        await hands.until(lambda: hands.app.screen.row is not None, "whose call")
        await hands.press("y", "5")
        await hands.until(lambda: ticket(desk, solved.id).state == "closed", "closed")
    await hands.on(QueueScreen)


async def on_row(hands, call):
    """Read the queue anew and stand on a call."""
    await hands.aside("r")
    await hands.until(lambda: hands.app.screen.table.row_count, "the queue")
    await hands.aside("home")
    for _ in range(10):
        if hands.app.screen.table.selected.call.id == call.id:
            return
        await hands.aside("down")
    raise AssertionError(seen(hands.app))


def offered(hands):
    return isinstance(hands.app.screen, PickArticleDialog) and hands.app.screen.finder.table.row_count


def only(desk):
    with desk.read() as work:
        return work.tickets.newest(1)[0].ticket


def ticket(desk, ticket_id):
    with desk.read() as work:
        return work.tickets.find(ticket_id)


def state_of(desk, call):
    with desk.read() as work:
        return work.calls.find(call.id).state


def waiting(desk, kind):
    with desk.read() as work:
        found = [call for call in work.calls.all() if call.kind == kind and call.state == "open"]
    return found[0] if found else None


def slips(hands, filed):
    return [file for file in hands.app.desk.desk_dir.rglob("*") if filed.number in file.name]
