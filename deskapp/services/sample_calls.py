"""The sample's calls: those made until now, so that histories are rich, and those that wait in the queue."""

from __future__ import annotations

from pendulum import DateTime

from deskapp.domain.call import Call
from deskapp.domain.site import Site
from deskapp.services.sample import Stage

CALLERS = ("limin", "chenjie", "wutong")
CALLBACKS = (-4, 11, 46, 130, 245)
"""Minutes from now at which calls were promised."""
CARES_TODAY = 4


def made_calls(stage: Stage) -> None:
    """Talk with callers, call back what was promised, and ask after clients."""
    made: list[Call] = []
    for days in range(1, 45):
        made += [
            _talked(stage, kind, stage.workday(days)) for kind in ("inbound", "inbound", "callback", "care")
        ]
    stage.work.calls.add_many(sorted(made, key=lambda call: call.ended_at or stage.now))


def _talked(stage: Stage, kind: str, at: DateTime, site: Site | None = None) -> Call:
    """A call that reached its client, with what was said."""
    dice = stage.dice
    words, score = dice.choice(stage.words["calls"][kind])
    site = site or stage.sites[dice.choice(list(stage.sites))]
    wait = dice.randint(2, 30) if kind == "inbound" else None
    return _made(stage, kind, at, site, "reached", words, score or None, dice.randint(60, 480), wait)


def _made(
    stage: Stage,
    kind: str,
    at: DateTime,
    site: Site,
    outcome: str,
    notes: str,
    score: int | None = None,
    talk: int = 0,
    wait: int | None = None,
    login: str = "",
) -> Call:
    caller = stage.operators[login or stage.dice.choice(CALLERS)]
    return Call(
        kind=kind,
        direction="in" if kind == "inbound" else "out",
        state="done",
        client_id=site.client_id,
        site_id=site.id,
        number=_number(stage, site.client_id),
        due_at=at.subtract(seconds=wait or 0),
        attempts=1,
        taken_by=caller.id,
        taken_at=at,
        started_at=at,
        ended_at=at.add(seconds=talk or 25),
        wait_s=wait,
        talk_s=talk,
        outcome=outcome,
        notes=notes,
        score=score,
        created_at=at.subtract(seconds=wait or 0),
    )


def _number(stage: Stage, client_id: int) -> str:
    phones = stage.work.phones.of(client_id)
    return phones[0].normal if phones else ""


def waiting_calls(stage: Stage) -> None:
    """Fill the queue: two ringing, callbacks promised, care calls; follow-ups come with the programme."""
    _ringing(stage)
    _callbacks(stage)
    _cares(stage)


def _ringing(stage: Stage) -> None:
    known, unknown = stage.words["cast"][0][1], stage.words["strangers"][0]
    client = stage.clients[0]
    for number, client_id, seconds in ((known, client.id, 18), (unknown, None, 5)):
        normal = "+86" + number.removeprefix("0")
        since = stage.ago(seconds=seconds)
        stage.work.calls.add(Call(client_id=client_id, number=normal, due_at=since, created_at=since))


def _callbacks(stage: Stage) -> None:
    reasons = stage.words["waiting"]["callbacks"]
    clients = [stage.clients[1], *stage.dice.sample(stage.clients[6:-1], len(CALLBACKS) - 1)]
    for minutes, reason, client in zip(CALLBACKS, reasons, clients, strict=True):
        made_by = "liumin" if minutes < 0 else stage.dice.choice(CALLERS)
        due = stage.now.add(minutes=minutes).start_of("minute")
        _wait(stage, "callback", client.id, due, reason, made_by)


def _planned_today(stage: Stage) -> DateTime:
    return stage.desk.today().add(hours=9, minutes=stage.dice.randrange(0, 480, 5))


def _cares(stage: Stage) -> None:
    reasons = stage.words["waiting"]["cares"]
    clients = [stage.clients[-1], *stage.dice.sample(stage.clients[10:-1], CARES_TODAY)]
    for reason, client in zip(reasons, clients, strict=True):
        _wait(stage, "care", client.id, _planned_today(stage), reason)


def _wait(stage: Stage, kind: str, client_id: int, due: DateTime, reason: str, login: str = "limin") -> None:
    site = stage.sites.get(client_id)
    call = Call(
        kind=kind,
        direction="out",
        client_id=client_id,
        site_id=site.id if site else None,
        number=_number(stage, client_id),
        reason=reason,
        due_at=due,
        created_at=min(due, stage.now).subtract(days=1),
        created_by=stage.operators[login].id,
    )
    stage.work.calls.add(call)
