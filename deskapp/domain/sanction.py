"""Penalties and rewards: proposed, decided by whoever is entitled, appealed, reversed (rows T9, A3; text 4, 1.3.5c)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Sanction:
    """A penalty or a reward of one person; `amount` is in fen, `month` the one it counts in once decided.

    Its state is where it stands now; what happened to it is in its entries, which are never changed.
    """

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = "penalty"
    staff_id: int = 0
    ticket_id: int | None = None
    praise_id: int | None = None
    site_id: int | None = None
    rule: str = ""
    amount: int = 0
    reason: str = ""
    state: str = "proposed"
    month: date | None = None
    proposed_at: DateTime | None = None
    proposed_by: int | None = None
    decided_at: DateTime | None = None
    decided_by: int | None = None


@dataclass(frozen=True, slots=True)
class SanctionEntry:
    """One line of the ledger: what was done to a penalty or reward, and by how many fen it changes a month's sum.

    A penalty counts below zero, a reward above; a reversal is a line of its own with the sign turned round.
    """

    id: int = 0
    version: int = 0
    sanction_id: int = 0
    staff_id: int = 0
    act: str = ""
    at: DateTime | None = None
    operator_id: int | None = None
    amount: int = 0
    month: date = date.min
    rule: str = ""
    words: str = ""
