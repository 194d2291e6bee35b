"""Findings about tickets, and those responsible."""

from __future__ import annotations

from deskapp.domain import responsibility
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Findings(Repository[responsibility.Finding]):
    """What was found out about tickets."""

    table, record, noun = tables.findings, responsibility.Finding, "finding"


class Responsibilities(Repository[responsibility.Responsibility]):
    """Those who answer for tickets."""

    table, record, noun = tables.responsibilities, responsibility.Responsibility, "responsibility"
