"""The order of the queue at a desk: what a console reads first, so it stands apart from all that is done with calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.call_queue import Band, bands

if TYPE_CHECKING:
    from deskapp.desk import Desk


def queue_bands(desk: Desk) -> tuple[Band, ...]:
    """The order of the queue as it stands now."""
    return bands(desk.now(), desk.end_of_day())
