"""A working day at many desks, much faster than life: what a desk does, at random, and what it writes down of it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from pendulum import DateTime

from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.call import Result
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.ticket import Ticket
from deskapp.services import calls, drafts, imports, outgoing, tickets
from tests import builders
from tests.torture.desks import Diary, Task, die

HOURS = 9
FATAL = {"file": 4, "move": 4, "send": 4, "draft": 3, "load": 1}
"""What is done where every desk dies of it sooner or later."""
FORM = "note-1"
ROWS = 12
ACTS = {"answer": 5, "file": 3, "move": 8, "note": 2, "plan": 1, "later": 1, "urge": 1}
MOVES = {
    "received": ("respond", "dispatch", "withdraw", "settle"),
    "dispatched": ("respond", "withdraw"),
    "reopened": ("respond", "resolve"),
    "responded": ("resolve", "withdraw"),
    "resolved": ("content", "discontent"),
    "closed": ("reopen",),
}


@dataclass
class FastClock:
    """A day's clock that runs so many times as fast as this machine's, alike in every process."""

    at: DateTime
    began: float
    speed: float

    def now(self) -> DateTime:
        """The instant of the simulated day."""
        return self.at.add(seconds=(time.time() - self.began) * self.speed)


def work(desk: Desk, clock: StillClock, task: Task, diary: Diary, meeting: Any) -> None:
    """Do what comes, at random, `count` times or until the day is over; `things` are its speed and its clients."""
    speed, clients = task.things
    fast = FastClock(task.at, begun(Path(task.folder) / "begun"), speed)
    desk.store.clock = fast
    dice, end, number = Random(task.login), task.at.add(hours=HOURS), 0
    day = Day(desk, task, diary, dice, clients)
    kinds, weights = tuple(ACTS), tuple(ACTS.values())
    while number < task.count if task.count else fast.now() < end:
        number += 1
        act = dice.choices(kinds, weights)[0]
        # A rule that forbids it, or another who was first, is part of the day; nothing else is.
        with suppress(RuleBroken, Conflict):
            getattr(day, act)(number)
        diary.note("did", act)
    if task.dies == "anywhere":
        for _ in range(task.after):
            diary.note("waits")
        signal.pause()


def die_of_it(desk: Desk, clock: StillClock, task: Task, diary: Diary, meeting: Any) -> None:
    """File, move, send, keep drafts and import, until death comes; `things` are how many clients there are."""
    dice, number = Random(f"{task.login} {task.folder}"), 0
    day = Day(desk, task, diary, dice, task.things[0])
    kinds, weights = tuple(FATAL), tuple(FATAL.values())
    while True:
        number += 1
        with suppress(RuleBroken, Conflict):
            getattr(day, dice.choices(kinds, weights)[0])(number)
        if task.dies == "committed" and number >= task.after:
            die()


def begun(path: Path) -> float:
    """When the day began: as the first desk to ask says, for all of them."""
    written = path.with_name(f"{path.name}-{os.getpid()}")
    written.write_text(repr(time.time()), "utf-8")
    with suppress(FileExistsError):
        os.link(written, path)
    return float(path.read_text("utf-8"))


@dataclass
class Day:
    """One desk's acts: what is begun is written down before, what was done after."""

    desk: Desk
    task: Task
    diary: Diary
    dice: Random
    clients: int

    def answer(self, number: int) -> None:
        """A caller rings; whoever comes first in the queue is taken and talked to."""
        calls.ring(self.desk, f"139{self.dice.randrange(10**8):08d}")
        call = calls.take_next(self.desk)
        if call is None:
            return
        self.diary.note("took", call.id)
        outcome = self.dice.choice(("reached", "no_answer"))
        key = f"{self.task.login}-call-{number}"
        calls.end(self.desk, call, Result(outcome, "说过了"), key=key)
        self.diary.note("ended", call.id)

    def file(self, number: int) -> None:
        """A complaint is filed."""
        key = f"{self.task.login}-{self._round()}-{number}"
        self.diary.note("files", key)
        client = self.dice.randrange(1, self.clients + 1)
        filed = tickets.file(self.desk, builders.a_draft(client, submission=key))
        self.diary.note("filed", [key, filed.ticket.number])

    def move(self, number: int) -> None:
        """A ticket goes one step on, as it was last seen."""
        ticket = self._some()
        if ticket is None or ticket.state not in MOVES:
            return
        name = self.dice.choice(MOVES[ticket.state])
        after = self._move(ticket, name, f"{self.task.login}-{number}")
        self.diary.note("moved", [after.id, name])

    def _move(self, ticket: Ticket, name: str, words: str) -> Ticket:
        desk = self.desk
        if name == "dispatch":
            return tickets.dispatch(desk, ticket, None, 1, words)
        if name == "settle":
            return tickets.respond_and_resolve(desk, ticket, words)
        if name in ("content", "discontent"):
            content = name == "content"
            return tickets.verify(desk, ticket, satisfied=content, score=4 if content else 2, words=words)
        return tickets.move(desk, ticket, name, words)

    def note(self, number: int) -> None:
        """A word is written on a ticket."""
        ticket = self._some()
        if ticket is not None:
            words = f"{self.task.login}-note-{number}"
            tickets.note(self.desk, ticket, words)
            self.diary.note("noted", words)

    def send(self, number: int) -> None:
        """A complaint waits on the desk's own disk, as in an outage, and is sent."""
        key = f"{self.task.login}-{self._round()}-{number}"
        draft = builders.a_draft(self._client(), submission=key)
        self.diary.note("files", key)
        outgoing.keep(
            self.desk, outgoing.filing(self.desk, draft, decided=False, about=key, form=key, typed={})
        )
        self.diary.note("kept", key)
        outgoing.send(self.desk)

    def draft(self, number: int) -> None:
        """Words stand in a form, and are kept at a pause."""
        drafts.keep(self.desk, FORM, {"words": f"{number}"})
        self.diary.note("drafted", number)

    def load(self, number: int) -> None:
        """A spreadsheet of clients is read in."""
        name = f"{self.task.login}-{self._round()}-{number}"
        path = Path(self.task.folder) / f"{name}.csv"
        lines = [
            f"{name}-{row},1{self.dice.randrange(30, 100)}{self.dice.randrange(10**8):08d}"
            for row in range(ROWS)
        ]
        path.write_text("姓名,电话\n" + "\n".join(lines), encoding="utf-8")
        self.diary.note("loads", name)
        report = imports.run_file(self.desk, "clients", path)
        self.diary.note("loaded", [name, report.imported])

    def _round(self) -> str:
        return Path(self.task.folder).name

    def plan(self, number: int) -> None:
        """A call is promised."""
        call = calls.plan(self.desk, "callback", self._client(), self.desk.now().add(minutes=5))
        self.diary.note("planned", call.id)

    def later(self, number: int) -> None:
        """What was taken is put off, or given back."""
        call = calls.take_next(self.desk)
        if call is None:
            return
        if self.dice.random() < 0.5:
            calls.give_back(self.desk, call)
        else:
            calls.later(self.desk, call, self.desk.now().add(minutes=10))

    def urge(self, number: int) -> None:
        """Somebody is reminded."""
        ticket = self._some()
        if ticket is not None and ticket.is_open:
            tickets.urge(self.desk, ticket, "请尽快")

    def _client(self) -> int:
        return self.dice.randrange(1, self.clients + 1)

    def _some(self) -> Ticket | None:
        """A ticket as it is seen now: often one that others see too."""
        with self.desk.read() as work:
            newest = [row.ticket for row in work.tickets.newest(12)]
        return self.dice.choice(newest) if newest else None
