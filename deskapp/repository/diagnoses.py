"""Diagnoses of shops and sites."""

from __future__ import annotations

from deskapp.domain import diagnosis
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Diagnoses(Repository[diagnosis.Diagnosis]):
    """Problems found, and what came of the advice."""

    table, record, noun = tables.diagnoses, diagnosis.Diagnosis, "diagnosis"
