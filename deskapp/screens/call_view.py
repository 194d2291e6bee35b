"""What the call screen shows of a call, read in one go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskapp.app import DeskApp
    from deskapp.desk import Desk
    from deskapp.domain.call import Call
    from deskapp.domain.call_queue import QueueRow
    from deskapp.domain.client import ClientCard
    from deskapp.services.clients import ClientFile
    from deskapp.services.followup_calls import Brief


class CallView:
    """What the call screen shows, read in one go."""

    def __init__(
        self,
        row: QueueRow,
        file: ClientFile | None,
        items: list[Any],
        candidates: list[ClientCard],
        brief: Brief | None = None,
    ) -> None:
        self.row, self.file, self.items, self.candidates = row, file, items, candidates
        self.brief = brief


def take(desk: Desk, call: Call, known: CallView | None = None) -> CallView:
    """Claim a call and read it in one go: the caller's card is in the first frame of the call's screen.

    What is `known` of it from while it rang is shown as it is; the screen reads it anew behind.
    """
    from deskapp.services import calls

    taken = calls.take(desk, call)
    if known is None or known.row.call.client_id != taken.client_id:
        return read_call(desk, taken.id)
    return CallView(replace(known.row, call=taken), known.file, known.items, known.candidates, known.brief)


def read_call(desk: Desk, call_id: int) -> CallView:
    """Read what the call screen shows."""
    from deskapp.services import followup_calls
    from deskapp.services.clients import callers, whole_file

    with desk.read() as work:
        row = work.calls.row(call_id)
        if row is None:
            raise LookupError(f"call {call_id}")
        items = work.timeline.of(row.call.client_id, 40) if row.call.client_id else []
        brief = followup_calls.brief(work, row.call)
    if row.call.client_id is not None:
        return CallView(row, whole_file(desk, row.call.client_id), items, [], brief)
    return CallView(row, None, [], callers(desk, row.call.number))


def open_call(app: DeskApp, call_id: int, view: CallView | None = None) -> None:
    """Put a call in hand on the glass; `view` is what was read of it already."""
    from deskapp.screens.call import CallScreen

    app.spares.open(CallScreen, call_id, view)
