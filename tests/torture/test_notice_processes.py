"""Processes that send notices at once, one of them killed: once each, or twice under one name (rows N1, T6)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deskapp.domain.outside import Notices
from deskapp.services import outside, post
from tests import builders
from tests.notice_receiver import Receiver, a_receiver

pytestmark = [pytest.mark.row("N1", "T6"), pytest.mark.timeout(180)]
COMPLAINTS = 6


@pytest.fixture
def web() -> Iterator[Receiver]:
    with a_receiver() as one:
        yield one


@pytest.fixture
def told(desk, clock) -> None:
    """Complaints of a year ago that people are told of, by the clock of this machine late by every level."""
    clock.at = clock.at.subtract(years=1)
    outside.save_outside(desk, Notices(on=True))
    post.send_due(desk)
    manager = builders.a_member(desk, "李经理", channel="wecom")
    builders.a_department(desk, "office", manager)
    member = builders.a_member(desk, "赵刚", channel="wecom")
    department = builders.a_department(desk)
    for _ in range(COMPLAINTS):
        builders.a_complaint(desk, responsible_id=member.id, department_id=department.id)


def ticking(url: str, web: Receiver, folder: Path) -> subprocess.Popen[str]:
    """`deskapp tick` in a process of its own."""
    home = os.environ | {
        "XDG_DATA_HOME": str(folder),
        "DESKAPP_KEYRING": "0",
        "DESKAPP_NOTICE_URL_WECOM": web.url,
    }
    command = [sys.executable, "-W", "ignore", "-m", "deskapp", "tick", "--db", url]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", env=home)


def ended(*processes: subprocess.Popen[str]) -> None:
    for one in processes:
        out, err = one.communicate(timeout=120)
        assert (one.returncode, err) == (0, ""), out


def rows(desk):
    with desk.read() as work:
        return work.outbox.all()


def test_processes_at_once_tell_each_one_of_each_reason_once(desk, desk_url, told, web, tmp_path):
    ended(*(ticking(desk_url, web, tmp_path) for _ in range(2)))
    found = rows(desk)
    assert {one.state for one in found} == {"sent"}
    assert sorted(web.keys) == sorted(set(web.keys)), "nobody was told anything twice"
    assert len(web.got) == len(found)
    told_of = Counter((one.reason, one.ticket_id, one.staff_id, one.once) for one in found)
    assert max(told_of.values()) == 1
    reasons = Counter(one.reason for one in found)
    assert reasons["ticket.filed"] == COMPLAINTS and reasons["ticket.escalated"] >= COMPLAINTS


def test_killed_between_the_receivers_yes_and_its_note_it_is_told_again_under_one_name(
    desk, desk_url, told, web, tmp_path
):
    process = ticking(desk_url, web, tmp_path)
    web.after = lambda: os.kill(process.pid, signal.SIGKILL) if len(web.got) == 3 else None
    process.wait(120)
    assert process.returncode == -signal.SIGKILL and len(web.got) == 3
    killed, web.after = web.keys[2], None
    ended(ticking(desk_url, web, tmp_path), ticking(desk_url, web, tmp_path))
    assert web.keys.count(killed) == 1, "its lease is not over"
    [held] = [one for one in rows(desk) if one.state == "waiting"]
    with desk.store.write("notice.send") as work:
        past = held.at.add(minutes=1)
        work.outbox.save(replace(held, held_until=past, next_at=past), held)
    ended(ticking(desk_url, web, tmp_path), ticking(desk_url, web, tmp_path))
    found = rows(desk)
    assert {one.state for one in found} == {"sent"}
    repeated = {key: count for key, count in Counter(web.keys).items() if count > 1}
    assert repeated == {killed: 2}, "one repeat at most, and the receiver can tell"
    assert len(web.got) == len(found) + 1
