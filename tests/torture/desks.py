"""Desks as processes of their own: they start together, write down what they did, and some are killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pendulum import DateTime

from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.call import Result
from deskapp.domain.errors import Conflict
from deskapp.repository.work import Work
from deskapp.services import calls, tickets
from deskapp.services.tick import tick
from tests import builders

PATIENCE_S = 60.0
DAY_S = 600.0
"""How long whoever works a whole day may take."""
DEATHS = ("written", "audited", "committed", "anywhere")
"""Where a desk dies: its rows written, its audit entries too, just after the commit, or where a signal meets it."""

# Forked from a server that has loaded all this and opened nothing: sixteen cost what one costs.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Task:
    """What one desk is to do, and whether and where it dies."""

    url: str
    login: str
    at: DateTime
    count: int = 0
    """How many of whatever it does; 0 for as many as there are."""
    dies: str = ""
    after: int = 0
    """At which of its acts it dies."""
    things: tuple[int, ...] = ()
    move: str = ""
    folder: str = ""
    """Where desks leave each other word."""
    homes: str = ""
    """Where desks keep their files, if somebody looks at them afterwards."""


class Diary:
    """What a desk did, a line an act, on disk at once: it outlives whoever wrote it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def note(self, what: str, about: Any = None) -> None:
        """Write one line down."""
        os.write(self._file, (json.dumps([what, about], ensure_ascii=False) + "\n").encode())


Shift = Callable[[Desk, StillClock, Task, Diary, Any], None]


@dataclass
class Sitting:
    """Some desks at work: their processes and diaries."""

    tasks: Sequence[Task]
    folder: Path
    meeting: Any
    """Where the desks that live, and the test, wait for each other."""
    processes: dict[str, Any] = field(default_factory=dict)

    @property
    def living(self) -> list[str]:
        """The logins of those who are not to die."""
        return [task.login for task in self.tasks if not task.dies]

    @property
    def dead(self) -> list[str]:
        """The logins of those who are."""
        return [task.login for task in self.tasks if task.dies]

    def meet(self) -> None:
        """Wait until every desk that lives has come this far."""
        try:
            self.meeting.wait(PATIENCE_S)
        except Exception as error:
            raise AssertionError(self.told("error")) from error

    def told(self, what: str, *logins: str) -> list[Any]:
        """What desks wrote down about one kind of thing, in their order, desk by desk."""
        return [
            about for login in logins or self.processes for kind, about in self.diary(login) if kind == what
        ]

    def diary(self, login: str) -> list[tuple[str, Any]]:
        """All one desk wrote down."""
        path = self.folder / login
        if not path.exists():
            return []
        return [(kind, about) for kind, about in map(json.loads, path.read_text("utf-8").splitlines())]

    def kill_where_they_stand(self) -> None:
        """Send the signal to those who die anywhere, each when it has done as much as its task says."""
        waiting = [task for task in self.tasks if task.dies == "anywhere"]
        while waiting:
            for task in list(waiting):
                process = self.processes[task.login]
                if process.exitcode is not None or len(self.diary(task.login)) >= task.after:
                    process.kill()
                    waiting.remove(task)
            if waiting:
                self.processes[waiting[0].login].join(0.002)

    def end(self) -> None:
        """Wait for everyone; those who had to die are dead by the signal, the others have nothing to complain of."""
        for task in self.tasks:
            self.processes[task.login].join(PATIENCE_S if task.count else DAY_S)
        assert not self.told("error"), self.told("error")[0]
        codes = {login: process.exitcode for login, process in self.processes.items()}
        assert codes == dict.fromkeys(self.dead, -signal.SIGKILL) | dict.fromkeys(self.living, 0)


@contextmanager
def sitting(folder: Path, shift: Shift, tasks: Sequence[Task]) -> Iterator[Sitting]:
    """Let desks work, all from the same moment; nobody is left behind."""
    start = _PROCESSES.Barrier(len(tasks))
    meeting = _PROCESSES.Barrier(sum(not task.dies for task in tasks) + 1)
    here = Sitting(tasks, folder, meeting)
    for task in tasks:
        given = (shift, task, folder / task.login, start, meeting)
        here.processes[task.login] = _PROCESSES.Process(target=_sit, args=given, daemon=True)
    try:
        for process in here.processes.values():
            process.start()
        here.kill_where_they_stand()
        yield here
        here.end()
    finally:
        for process in here.processes.values():
            if process.pid is not None:
                process.kill()
                process.join()


@contextmanager
def ticking(url: str, at: DateTime, folder: Path, count: int = 2) -> Iterator[None]:
    """Let so many `deskapp tick` run all the while, one round after the other."""
    over = _PROCESSES.Event()
    told = [folder / f"tick{number}" for number in range(count)]
    running = [_PROCESSES.Process(target=_tick, args=(url, at, one, over), daemon=True) for one in told]
    for process in running:
        process.start()
    try:
        yield
    finally:
        over.set()
        for process in running:
            process.join(PATIENCE_S)
    assert [one.read_text("utf-8") for one in told if one.exists()] == []
    assert [process.exitcode for process in running] == [0] * count


def _tick(url: str, at: DateTime, told: Path, over: Any) -> None:
    try:
        desk = builders.open_at(url, StillClock(at))
        while not over.wait(0.02):
            tick(desk)
        desk.store.close()
    except BaseException:
        told.write_text(traceback.format_exc(), "utf-8")


def _sit(shift: Shift, task: Task, path: Path, start: Any, meeting: Any) -> None:
    diary, clock = Diary(path), StillClock(task.at)
    if task.homes:
        builders.keep_folders_in(Path(task.homes))
    try:
        desk = builders.open_at(task.url, clock, task.login)
        if task.dies in ("written", "audited"):
            _set_trap(task)
        start.wait(PATIENCE_S)
        shift(desk, clock, task, diary, meeting)
        desk.store.close()
    except BaseException:
        diary.note("error", traceback.format_exc())
        start.abort()
        meeting.abort()


def die() -> None:
    """Be gone at once: nothing is closed, flushed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


def _set_trap(task: Task) -> None:
    """Die at the end of the nth transaction, on this side of its commit."""
    finish, left = Work.finish, iter(range(task.after - 1, -1, -1))

    def trapped(work: Work, *arguments: Any) -> None:
        last = next(left) == 0
        if last and task.dies == "written":
            die()
        finish(work, *arguments)
        if last:
            die()

    Work.finish = trapped  # type: ignore[method-assign]


def take_all(desk: Desk, clock: StillClock, task: Task, diary: Diary, meeting: Any) -> None:
    """Take the next call until nobody waits."""
    while (call := calls.take_next(desk)) is not None:
        diary.note("took", call.id)


def take_and_answer(desk: Desk, clock: StillClock, task: Task, diary: Diary, meeting: Any) -> None:
    """Those who die only take; the others end what they take but for a few, which they keep and end later."""
    if task.dies:
        _take_and_die(desk, task, diary)
    kept = []
    while (call := calls.take_next(desk)) is not None:
        if len(kept) < task.count:
            kept.append(call)
            continue
        calls.end(desk, call, Result("reached", "已答复"))
        diary.note("ended", call.id)
    clock.at = clock.at.add(minutes=desk.policy.claim_minutes).subtract(seconds=1)
    for call in kept:
        calls.renew(desk, call)
        diary.note("kept", call.id)
    meeting.wait(PATIENCE_S)
    meeting.wait(PATIENCE_S)
    clock.at = clock.at.add(seconds=2)
    for call in kept:
        calls.end(desk, call, Result("reached", "已答复"))
        diary.note("ended", call.id)
    while (call := calls.take_next(desk)) is not None:
        calls.end(desk, call, Result("reached", "已答复"))
        diary.note("ended", call.id)


def _take_and_die(desk: Desk, task: Task, diary: Diary) -> None:
    taken = 0
    while (call := calls.take_next(desk)) is not None:
        taken += 1
        if task.dies == "committed" and taken == task.after:
            die()
        diary.note("took", call.id)
    if task.dies == "anywhere":
        for _ in range(task.after):
            diary.note("waits")
        signal.pause()
    die()


def file_all(desk: Desk, clock: StillClock, task: Task, diary: Diary, meeting: Any) -> None:
    """File complaints, the second half of them after midnight; every other one of a stranger."""
    for number in range(task.count):
        clock.at = at_filing(task, number)
        diary.note("files", number)
        filed = tickets.file(desk, draft_of(task, number))
        if task.dies == "committed" and number + 1 == task.after:
            die()
        diary.note("filed", filed.ticket.number)
    if task.dies == "anywhere":
        for _ in range(task.after):
            diary.note("waits")
        signal.pause()


def at_filing(task: Task, number: int) -> DateTime:
    """When a desk files its nth complaint: before midnight, then after."""
    late = number >= task.count // 2
    return task.at.add(seconds=number + (3600 if late else 0))


def draft_of(task: Task, number: int) -> Any:
    """The nth complaint of a desk; `things` are the client and the person responsible."""
    client, responsible = task.things
    submission = f"{task.login}-{number}"
    stranger = {"client_name": submission, "phone": builders.a_phone()}
    return builders.a_draft(
        None if number % 2 else client,
        responsible_id=responsible,
        submission=submission,
        **(stranger if number % 2 else {}),
    )


def move_all(desk: Desk, clock: StillClock, task: Task, diary: Diary, meeting: Any) -> None:
    """Move ticket after ticket as it was at the start, each at the same moment as the others."""
    with desk.read() as work:
        seen = work.tickets.get_many(task.things)
    for ticket_id in task.things:
        meeting.wait(PATIENCE_S)
        try:
            moved = tickets.move(desk, seen[ticket_id], task.move, "已联系客户")
        except Conflict as conflict:
            diary.note("lost", [ticket_id, conflict.who])
        else:
            diary.note("won", [ticket_id, moved.version])
