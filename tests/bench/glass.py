"""B3, B4, B8: what the operator feels: the echo of a key, the card when it rings, a desk at rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from random import Random

from deskapp import i18n
from deskapp.domain.phone_shown import shown
from deskapp.i18n import say
from deskapp.services import calls
from tests.bench import apps
from tests.bench.bare import Bare
from tests.bench.bench import Bench
from tests.bench.measure import Figure, Pair, in_turns, p95, timed
from tests.bench.stock import LOGIN, OTHER, open_as
from tests.bench.terminal import Terminal

SOUGHT = "张伟明王芳李娜陈建国刘洋赵敏"
TOLD = "卫生间漏水三次维修仍未解决楼下邻居多次上门要求今天派人检查并赔偿损失"
EVENT_EVERY_S = 0.4
A_FRAME_S = 1 / 60
GAP_S = 0.07
RESTING_S = 20.0


def echo(bench: Bench) -> Iterator[Figure]:
    """B3: keys into the complaint form while clocks run, search answers and calls come in; into bare Inputs."""
    url = bench.stock.copy(bench.big)
    with Terminal("console", url, LOGIN, str(bench.folder)) as ours, Terminal("inputs", "20") as floor:
        console_ready(ours)
        floor.wait(apps.READY)
        for key in ("f10", "s", "f4"):
            ours.send(key)
            ours.settle(1.0, 10)
        floor.settle()
        told = _in_turns(bench, url, ours, floor)
        ours.send("esc")
    yield told.against("B3", "echo p95, complaint form / 20 bare Inputs", bench.engine, 1.3)


def _in_turns(bench: Bench, url: str, ours: Terminal, floor: Terminal) -> Pair:
    """By turns names into the client's field, which searches, and the caller's words two fields below."""
    figures, floors = [], []
    for turn in range(bench.rounds):
        words, back = (TOLD, "backtab") if turn % 2 else (SOUGHT, "tab")
        with _Events(url):
            figures.append(p95(_echoes(ours, words)))
        floors.append(p95(_echoes(floor, words)))
        for terminal in (ours, floor):
            terminal.send(back, back)
            terminal.settle(0.3)
    return Pair(figures, floors)


def _echoes(terminal: Terminal, words: str) -> list[float]:
    """Type characters one by one, wiping now and then; the seconds until each is painted."""
    dice, taken, written = Random(1), [], ""
    for place, character in enumerate(words * 2):
        if place % 4 == 0:
            for _ in written:
                terminal.send("backspace")
                terminal.idle(0.02)
            written = ""
            terminal.idle(GAP_S)
        written += character
        taken.append(terminal.press(character, shows=written))
        terminal.idle(GAP_S * dice.uniform(0.7, 1.3))
    for _ in written:
        terminal.send("backspace")
        terminal.idle(0.02)
    return taken


def console_ready(terminal: Terminal) -> None:
    terminal.wait(say("queue.why.label"))
    terminal.settle(0.5)


class _Events:
    """Another desk at work meanwhile: a call comes in, another is given up, all the time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        desk, dice = open_as(self._url, OTHER), Random(2)
        while not self._over.wait(EVENT_EVERY_S):
            call = calls.ring(desk, f"133{dice.randrange(10**8):08d}").call
            calls.abandon(desk, call)
        desk.store.close()


def pop(bench: Bench) -> Iterator[Figure]:
    """B4: F12 while it rings, until the client's history is on the glass; bare SQL and one frame of 1/60 s."""
    i18n.use("zh")
    url = bench.stock.copy(bench.big)
    desk, bare = open_as(url, OTHER), Bare(url)
    with Terminal("console", url, LOGIN, str(bench.folder)) as ours:
        silence(bare)
        console_ready(ours)
        callers = callers_of(bare, 2 * bench.rounds + 2)

        def one() -> float:
            client, number, ticket = next(callers)
            rings = calls.ring(desk, number).call
            ours.send()
            ours.wait(say("frame.phone.rings", who="", count=1)[:3])
            ours.settle(0.4)
            seconds = ours.press("f12", shows=ticket)
            ours.settle(0.3)
            end_bare(bare, rings.id)
            ours.send("esc")
            ours.settle(0.5)
            return seconds

        def bare_one() -> float:
            client, number, _ = next(callers)
            rings = calls.ring(desk, number).call
            seconds = timed(_bare_pop, bare, rings.id, rings.number)
            end_bare(bare, rings.id)
            return seconds + A_FRAME_S

        pair = in_turns(bench.rounds, one, bare_one)
    yield pair.against("B4", "F12 to the card with its history / bare SQL + 1/60 s", bench.engine, 2.0)
    bare.close()
    desk.store.close()


def silence(bare: Bare) -> None:
    """Nobody else rings."""
    bare.do("UPDATE calls SET state = 'done' WHERE state = 'open' AND kind = 'inbound'")


def end_bare(bare: Bare, call_id: int) -> None:
    bare.do("UPDATE calls SET state = 'done', taken_by = NULL, claim_until = NULL WHERE id = ?", call_id)


def callers_of(bare: Bare, count: int) -> Iterator[tuple[int, str, str]]:
    """Clients with a number of their own and a history: client, number, what their newest line shows."""
    query = (
        "SELECT t.client_id, p.normal, t.number FROM tickets t JOIN phones p ON p.client_id = t.client_id "
        "WHERE t.id % 97 = 5 AND NOT EXISTS (SELECT 1 FROM tickets o WHERE o.client_id = t.client_id AND o.id > t.id) "
        "AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.client_id = t.client_id AND c.due_at > t.received_at) "
        "LIMIT ?"
    )
    return iter([(row[0], shown(row[1]), row[2]) for row in bare.rows(query, count)])


def _bare_pop(bare: Bare, call_id: int, number: str) -> None:
    """Claim the call and read all the call screen shows, in as few statements as there are tables."""
    bare.begin()
    state = bare.rows("SELECT * FROM calls WHERE id = ?", call_id)
    claim = (
        "UPDATE calls SET state = 'taken', taken_by = 1, taken_at = ?, claim_until = ?, version = version + 1"
    )
    bare.do(f"{claim} WHERE id = ? AND version = 1", 1, 1, call_id)
    log = "INSERT INTO audit (at, operator_id, who, act, noun, record_id, changes) VALUES (?, 1, '', ?, 'call', ?, ?)"
    bare.do(log, 1, "call.take:change", call_id, str(state)[:200])
    bare.commit()
    client = bare.one("SELECT client_id FROM phones WHERE line_key = ?", number)
    bare.rows("SELECT * FROM clients WHERE id = ?", client)
    bare.rows("SELECT * FROM phones WHERE client_id = ?", client)
    bare.rows("SELECT * FROM sites WHERE client_id = ?", client)
    bare.rows(
        "SELECT e.*, t.number FROM ticket_events e JOIN tickets t ON e.ticket_id = t.id WHERE t.client_id = ? "
        "ORDER BY e.at DESC, e.id DESC LIMIT 40",
        client,
    )
    bare.rows("SELECT * FROM calls WHERE client_id = ? ORDER BY due_at DESC LIMIT 40", client)
    bare.rows(
        "SELECT count(*), sum(CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END) FROM tickets WHERE client_id = ?",
        client,
    )
    bare.rows("SELECT count(*), avg(score) FROM calls WHERE client_id = ?", client)


def idle(bench: Bench) -> Iterator[Figure]:
    """B8: processor time of a desk at rest with the board open; both stand side by side."""
    url = bench.stock.copy(bench.big)
    with Terminal("console", url, LOGIN, str(bench.folder)) as ours, Terminal("clock") as floor:
        console_ready(ours)
        floor.wait(apps.READY)
        ours.send("f5")
        # At rest: the first chores are done, which gather statistics and seal what filling the database left.
        ours.idle(RESTING_S)
        floor.drain()
        figures, floors = [], []
        for _ in range(max(2, bench.rounds // 2)):
            before = ours.cpu(), floor.cpu()
            ours.idle(5.0)
            floor.drain()
            figures.append((ours.cpu() - before[0]) / 5)
            floors.append((floor.cpu() - before[1]) / 5)
    what = "idle processor, board open / blank app with a clock"
    yield Pair(figures, floors).against("B8", what, bench.engine, 2.5, unit="%")
