"""The monthly report of the works: sites, control points, money, inspections, what is complained of (2.3.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.document import Document
from deskapp.services.papers import parts, parts_sites
from deskapp.services.papers.registry import kind_of
from deskapp.services.papers.words import paper, part

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work


def build(desk: Desk, work: Work, period: Period) -> Document:
    """Make the month's report of the works."""
    return paper(
        desk,
        kind_of("works_monthly"),
        period,
        parts_sites.month_sites(work, period),
        part("summary"),
        parts_sites.stages(work),
        parts_sites.control_points(work, period),
        parts_sites.money(work, period),
        parts.kpis(desk, work, period, parts.OF_SITES),
        parts.complaints_by(desk, period, "trade", "all"),
        parts.pareto(desk, period, "trade", "all"),
        parts.complaints_by(desk, period, "crew", "all"),
        parts.complaints_by(desk, period, "material", "all"),
        parts_sites.rectifications(desk, work),
        part("problems"),
        part("suggestions"),
    )
