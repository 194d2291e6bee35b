"""A console killed while somebody types: at the next start every word kept at a pause is offered again."""

from __future__ import annotations

import json
import time

import pytest

from tests import builders
from tests.bench.terminal import PATIENCE_S, Terminal

pytestmark = [
    pytest.mark.row("P3"),
    pytest.mark.timeout(300),
]
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def url(desk_url):
    """A company with a client who has a complaint running."""
    desk = builders.open_at(desk_url)
    client = builders.a_client(desk, "张伟明", "13800138000")
    builders.a_complaint(desk, client)
    desk.store.close()
    return desk_url


def kept(folder, words):
    """Whether the words lie on the disk."""
    for file in folder.glob("drafts/*.json"):
        if words in json.loads(file.read_text(encoding="utf-8"))["values"].values():
            return True
    return False


def typed(terminal, folder, words):
    """Type words, and wait until the pause has brought them to the disk; the terminal is read meanwhile."""
    terminal.send(*words)
    end = time.monotonic() + PATIENCE_S
    while not kept(folder, words):
        assert time.monotonic() < end, list(folder.glob("drafts/*"))
        terminal.idle(0.02)


def seated(terminal):
    """Wait until somebody sits at the desk and the queue has been read."""
    terminal.wait(lambda seen: any(name.encode() in seen for name in ("李敏", "刘敏")))
    terminal.settle()


def opened(terminal, ways, shows):
    """Press one key after the other, each when what it leads to is there."""
    for key, then in zip(ways, shows, strict=True):
        terminal.send(key)
        terminal.wait(then)
        terminal.settle()


FORMS = {
    "complaint": (["f4"], ["投诉内容"], ["tab", "tab"], "water from above", ["f4"], "Ctrl+R"),
    "answer": (
        ["f5", "a"],
        ["件计时中", "返回,内容保留"],
        [],
        "coming tomorrow",
        ["f5", "a"],
        "coming tomorrow",
    ),
    "client file": (["f3", "\x0e"], ["查找", "新客户档案"], [], "Xue Baochai", ["f3", "\x0e"], "Xue Baochai"),
    "number that rings": (["i"], ["来电登记"], [], "02162345678", ["i"], "02162345678"),
}
"""Keys that open the form and what shows then, keys to the field, words, keys to come back, what is offered."""


@SQLITE
@pytest.mark.parametrize("form", FORMS)
def test_what_was_being_typed_is_offered_again(url, tmp_path, form):
    ways, shows, to_field, words, back, offered = FORMS[form]
    with Terminal("console", url, builders.ADMIN, str(tmp_path)) as terminal:
        seated(terminal)
        opened(terminal, ways, shows)
        for key in to_field:
            terminal.send(key)
            terminal.settle()
        typed(terminal, tmp_path, words)
    with Terminal("console", url, builders.ADMIN, str(tmp_path)) as terminal:
        seated(terminal)
        opened(terminal, back[:-1], shows[:-1])
        terminal.send(back[-1])
        terminal.wait(offered)
        terminal.settle()
        if form == "complaint":
            terminal.send("\x12")
            terminal.wait(words)


def test_the_first_start_begins_again_where_it_was_but_for_the_password(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    with Terminal("console", url, "", str(tmp_path)) as terminal:
        terminal.wait("公司")
        terminal.settle()
        typed(terminal, tmp_path, "Haitang")
        terminal.send("enter", *"Li Min", "enter", "enter", *"secret-1")
        terminal.settle(1.0)
    with Terminal("console", url, "", str(tmp_path)) as terminal:
        terminal.wait("Haitang")
        terminal.settle()
    assert "secret-1" not in "".join(file.read_text() for file in tmp_path.glob("drafts/*.json"))


@SQLITE
def test_another_operator_at_the_same_desk_is_offered_nothing(url, tmp_path):
    with Terminal("console", url, builders.ADMIN, str(tmp_path)) as terminal:
        seated(terminal)
        opened(terminal, ["i"], ["来电登记"])
        typed(terminal, tmp_path, "02162345678")
    with Terminal("console", url, builders.AGENT, str(tmp_path)) as terminal:
        seated(terminal)
        opened(terminal, ["i"], ["来电登记"])
        assert b"02162345678" not in bytes(terminal.seen)
