"""What repairs say beside their tickets."""

from __future__ import annotations

from deskapp.domain import repair
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Repairs(Repository[repair.Repair]):
    """Repairs by their tickets."""

    table, record, noun = tables.repairs, repair.Repair, "repair"
