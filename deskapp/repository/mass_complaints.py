"""Mass complaints and their spread."""

from __future__ import annotations

from deskapp.domain import mass_complaint
from deskapp.repository import tables
from deskapp.repository.base import Repository


class MassComplaints(Repository[mass_complaint.MassComplaint]):
    """Causes many complain of."""

    table, record, noun = tables.mass_complaints, mass_complaint.MassComplaint, "mass_complaint"
