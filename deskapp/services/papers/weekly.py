"""The papers of a week: the department's report of Friday, and that of the inspections (text 4, 3.3.5, 1.3.2)."""

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

_FIGURES = (
    *("received", "response_met", "response_24h", "resolved_met", "satisfaction", "followups_done"),
    *("offered", "service_level", "abandoned", "quality_passed"),
)


def service(desk: Desk, work: Work, period: Period) -> Document:
    """Make the department's weekly report."""
    return paper(
        desk,
        kind_of("service_weekly"),
        period,
        part("summary"),
        parts.kpis(desk, work, period, _FIGURES),
        parts_sites.week_sites(desk, period),
        parts.tickets_by_kind(desk, work, period),
        parts.complaints_by(desk, period, "category"),
        parts.pareto(desk, period),
        parts.tickets_listed(desk, work, period, "complaint"),
        parts.followups_by(desk, work, period),
        part("problems"),
        part("next_week"),
    )


def inspections(desk: Desk, work: Work, period: Period) -> Document:
    """Make the week's report of inspections."""
    return paper(
        desk,
        kind_of("inspections_weekly"),
        period,
        parts_sites.inspected(work, period),
        parts_sites.inspection_list(work, period),
        parts_sites.not_inspected(work, period),
        parts_sites.rectifications(desk, work),
        part("problems"),
        part("next_week"),
    )
