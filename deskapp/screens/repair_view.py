"""How repairs are painted: the warranty in words, the appointment and whether it has gone by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.repair import SCOPES, Repair, RepairRow, WarrantyState
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.ticket_form_fields import read_due
from deskapp.widgets import painting, signs
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskapp.desk import Desk
    from deskapp.domain.rows import TicketRow

TONES = {"in": "$success", "building": "$success", "out": "$error", "unknown": "$warning"}


def warranty_words(found: WarrantyState) -> Content:
    """How the warranty stands, with the day it ends or ended."""
    day = found.until.isoformat() if found.until else ""
    return Content.styled(say(f"repair.warranty.{found.state}", day=day), TONES[found.state])


def warranty_short(found: WarrantyState) -> Content:
    """The same in a word, for a list."""
    return Content.styled(say(f"repair.covered.{found.state}"), TONES[found.state])


def appointment_words(desk: Desk, row: RepairRow) -> Content:
    """When somebody comes; none yet, and one that has gone by undone, say so in words too."""
    at = row.repair.appointment_at
    if row.repair.done_at is not None:
        return Content.styled(say("repair.done_at", when=paint.when(desk, row.repair.done_at)), "$success")
    if at is None:
        return Content.styled(say("repair.none_yet"), "$warning")
    if at < desk.now():
        words = f"{paint.when(desk, at)} {signs.sign('error')}{say('repair.gone_by')}"
        return Content.styled(words, "bold $error")
    return Content(paint.when(desk, at))


def who_goes(row: RepairRow) -> Content:
    """Who comes: the worker and the crew."""
    names = [shown(name) for name in (row.worker, row.repair.crew) if name]
    return Content(" ".join(names)) if names else Content.styled(say("repair.nobody"), "$warning")


def to_be(
    desk: Desk, row: TicketRow, found: WarrantyState | None, values: Mapping[str, Any], worker: str
) -> RepairRow:
    """A repair as it will be when a form is filed, for its slip."""
    found = found or WarrantyState()
    at = read_due(desk, values.get("appointment") or "")
    scope = values.get("scope") or SCOPES[0]
    repair = Repair(scope=scope, in_warranty=found.covered, warranty_until=found.until, appointment_at=at)
    return RepairRow(repair, row, worker)


def facts_lines(desk: Desk, row: RepairRow) -> list[Content]:
    """A repair's facts for its dialogs: client, address, warranty, who and when."""
    return [
        painting.join([painting.safe(row.row.client_name, "bold"), painting.safe(row.row.address)]),
        painting.join(
            [Content(say(f"repair.scope.{row.repair.scope}")), warranty_words(row.repair.warranty)]
        ),
        painting.join([who_goes(row), appointment_words(desk, row)]),
    ]


def standing(desk: Desk, row: RepairRow) -> Content:
    """What is broken, the warranty, who comes and when, in one line."""
    scope = Content(say(f"repair.scope.{row.repair.scope}"))
    warranty = warranty_words(row.repair.warranty)
    return painting.join([scope, warranty, who_goes(row), appointment_words(desk, row)])
