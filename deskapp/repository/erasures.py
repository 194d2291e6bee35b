"""Certificates of erasure."""

from __future__ import annotations

from deskapp.domain import erasure
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Erasures(Repository[erasure.Erasure]):
    """What was erased, and when."""

    table, record, noun = tables.erasures, erasure.Erasure, "erasure"
