"""The brief for the regular meeting: clients' impressions by designer, talks, deposits, rates (2.3.2, 2.3.4, 2.3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.document import Document
from deskapp.services.papers import parts, parts_people
from deskapp.services.papers.registry import kind_of
from deskapp.services.papers.words import paper, part

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work


def build(desk: Desk, work: Work, period: Period) -> Document:
    """Make the month's brief for the meeting with the design centre."""
    return paper(
        desk,
        kind_of("meeting_brief"),
        period,
        parts_people.impressions(desk, work, period),
        part("impressions"),
        *parts_people.talks(desk, period),
        parts_people.pending(desk, work),
        parts.lost(desk, period),
        parts_people.praises(desk, work, period),
        part("suggestions"),
    )
