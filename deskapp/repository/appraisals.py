"""Appraisals by month, open and closed."""

from __future__ import annotations

from deskapp.domain import appraisal
from deskapp.repository import tables
from deskapp.repository.base import Repository


class AppraisalMonths(Repository[appraisal.AppraisalMonth]):
    """The months that were appraised."""

    table, record, noun = tables.appraisal_months, appraisal.AppraisalMonth, "appraisal_month"


class Appraisals(Repository[appraisal.Appraisal]):
    """People's months as they were closed."""

    table, record, noun = tables.appraisals, appraisal.Appraisal, "appraisal"
