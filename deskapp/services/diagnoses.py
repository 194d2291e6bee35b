"""Diagnoses: the cause of a client's problem found, advice given, what came of it written down (row C8; text 1)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain import diagnosis as rules
from deskapp.domain.diagnosis import Diagnosis, DiagnosisRow, Outcome
from deskapp.domain.errors import RuleBroken
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.repository.work import Work


def add(desk: Desk, one: Diagnosis, *, key: str = "") -> Diagnosis:
    """Write a diagnosis down; made while talking with the client it belongs to the call. Under a `key` once."""
    with desk.write("diagnosis.save") as work:
        rules.check_diagnosis(one)
        _check_whose(work, one)
        return once(work, key, "diagnosis.add", partial(_added, work, one), work.diagnoses.find)


def _added(work: Work, one: Diagnosis) -> Diagnosis:
    by = work.operator.id if work.operator else None
    talking = work.calls.taken_by(by) if by is not None and one.call_id is None else []
    call = next((row.call.id for row in talking if row.call.client_id == one.client_id), one.call_id)
    return work.diagnoses.add(
        replace(
            one, at=one.at or work.now, operator_id=by, call_id=call, state="open", outcome="", after=None
        )
    )


def save(desk: Desk, one: Diagnosis) -> Diagnosis:
    """Change what was found or advised; what came of it stays."""
    with desk.write("diagnosis.save") as work:
        rules.check_diagnosis(one)
        _check_whose(work, one)
        return work.diagnoses.save(one)


def end(desk: Desk, one: Diagnosis, outcome: Outcome) -> Diagnosis:
    """Say what came of the advice, or correct what was said; Conflict when somebody did so since it was read."""
    with desk.write("diagnosis.save") as work:
        by = work.operator.id if work.operator else None
        found = work.diagnoses.held(one.id)
        if found.version != one.version:
            raise work.diagnoses.conflict(one.id)
        return work.diagnoses.save(rules.ended(found, outcome, work.now, by), known=found)


def _check_whose(work: Work, one: Diagnosis) -> None:
    """Refuse a shop or site of somebody else."""
    for noun in ("shop", "site"):
        about = getattr(one, f"{noun}_id")
        record = getattr(work, f"{noun}s").get(about)
        if about is not None and (record is None or record.client_id != one.client_id):
            raise RuleBroken("diagnosis.of_another")


class Diagnoses:
    """All diagnoses, or those nobody has said the outcome of, as a long list, the newest first."""

    def __init__(self, desk: Desk, *, only_open: bool) -> None:
        self.desk, self.only_open = desk, only_open

    def _page(self, limit: int, **place: Any) -> list[DiagnosisRow]:
        with self.desk.read() as work:
            return work.diagnoses.listed(limit, only_open=self.only_open, **place)

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.diagnoses.count(only_open=self.only_open)

    def first(self, limit: int) -> list[DiagnosisRow]:
        """The newest."""
        return self._page(limit)

    def last(self, limit: int) -> list[DiagnosisRow]:
        """The oldest."""
        return self._page(limit, last=True)

    def after(self, record: DiagnosisRow, limit: int) -> list[DiagnosisRow]:
        """The next older ones."""
        return self._page(limit, after=record.diagnosis)

    def before(self, record: DiagnosisRow, limit: int) -> list[DiagnosisRow]:
        """The next newer ones."""
        return self._page(limit, before=record.diagnosis)

    def at(self, offset: int, limit: int) -> list[DiagnosisRow]:
        """Those at a place in the middle."""
        return self._page(limit, offset=offset)

    def key(self, record: DiagnosisRow) -> Hashable:
        """A diagnosis stays itself."""
        return record.diagnosis.id
