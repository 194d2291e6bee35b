"""Calls dialled from the console: one's own telephone rings first, then the client's (row C5)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from deskapp.desk import Desk
from deskapp.domain import claim, pbx
from deskapp.domain.ami import OURS, SOURCE
from deskapp.domain.call import Call
from deskapp.domain.errors import RuleBroken
from deskapp.domain.outside import Asterisk
from deskapp.domain.phone_number import parse_many
from deskapp.services import calls
from deskapp.services.outside import read_outside, secret_of

RINGS_MS = 30_000
"""How long one's own telephone rings before the call is given up."""


def dial(desk: Desk, call: Call) -> Call:
    """Dial a call of the queue: claim it, and have one's own telephone ring; what comes of it is heard later.

    A caller who has hung up is dialled in a call of its own; the call given back is the one that is dialled.

    Raises RuleBroken phone.none without a telephone system that dials, phone.no_extension, phone.no_number,
    phone.already while it is being dialled or talked, or what the telephone system refused.
    """
    part = _ready(desk)
    if call.direction == "in" and call.pbx_state not in pbx.ENDS:
        raise RuleBroken("phone.caller_waits")
    exten = _exten(desk, part, call.number)
    ref = f"{OURS}{uuid4().hex}"
    taken = calls.take(desk, _back(desk, call) if call.direction == "in" else call)
    with desk.write("call.take") as work:
        found = work.calls.held(taken.id)
        claim.check_held(found, desk.operator.id if desk.operator else None)
        if found.pbx_state in pbx.LIVE:
            raise RuleBroken("phone.already")
        dialled = replace(found, pbx_key=f"{SOURCE}:{ref}", pbx_state=pbx.DIALLING, talk_s=None, hold_s=None)
        dialled = work.calls.save(dialled, known=found)
    try:
        _originate(desk, part, ref, exten)
    except BaseException:
        with suppress(RuleBroken), desk.write("call.take") as work:
            stored = work.calls.held(dialled.id)
            if stored.pbx_key == dialled.pbx_key and stored.pbx_state == pbx.DIALLING:
                work.calls.save(replace(stored, pbx_state=pbx.FAILED), known=stored)
        raise
    return dialled


def _back(desk: Desk, caller: Call) -> Call:
    """The call back to a caller who has hung up: a call of its own, beside the one they made."""
    back = Call(kind="callback", direction="out", number=caller.number, client_id=caller.client_id)
    back = replace(back, site_id=caller.site_id, ticket_id=caller.ticket_id, previous_id=caller.id)
    with desk.write("call.plan") as work:
        return work.calls.add(replace(back, due_at=work.now, created_at=work.now))


def dial_client(desk: Desk, client_id: int, *, key: str = "") -> Call:
    """Call a client now, outside the queue: a call is planned for this moment, claimed and dialled."""
    _ready(desk)
    with desk.read() as work:
        phones = work.phones.of(client_id)
    if not phones:
        raise RuleBroken("phone.no_number")
    return dial(desk, calls.plan(desk, "callback", client_id, desk.now(), key=key))


def _ready(desk: Desk) -> Asterisk:
    part = read_outside(desk).asterisk
    if not part.on:
        raise RuleBroken("phone.none")
    with desk.read() as work:
        me = work.operators.get(desk.operator.id) if desk.operator else None
    if me is None or not me.extension:
        raise RuleBroken("phone.no_extension")
    return part


def _exten(desk: Desk, part: Asterisk, number: str) -> str:
    found = parse_many(number, desk.policy.phone_area_code) if number else ()
    if not found:
        raise RuleBroken("phone.no_number")
    abroad = found[0].digits if found[0].kind != "foreign" else f"00{found[0].digits}"
    return f"{part.dial_prefix}{abroad}"


def _originate(desk: Desk, part: Asterisk, ref: str, exten: str) -> None:
    from deskapp.adapters.asterisk import originate

    assert desk.operator is not None
    with desk.read() as work:
        phone = work.operators.find(desk.operator.id).extension.strip()
    channel = phone if "/" in phone else f"Local/{phone}@{part.dial_context}/n"
    fields = [
        ("Channel", channel),
        ("Context", part.dial_context),
        ("Exten", exten),
        ("Priority", "1"),
        ("Timeout", str(RINGS_MS)),
        ("Async", "true"),
        ("ChannelId", ref),
    ]
    if channel.startswith("Local/"):
        fields.append(("OtherChannelId", f"{ref}-phone"))
    originate(part, secret_of(desk, "asterisk_password"), ref, fields)
