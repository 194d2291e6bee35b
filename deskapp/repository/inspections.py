"""Inspections of sites."""

from __future__ import annotations

from deskapp.domain import inspection
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Inspections(Repository[inspection.Inspection]):
    """Visits to sites."""

    table, record, noun = tables.inspections, inspection.Inspection, "inspection"
