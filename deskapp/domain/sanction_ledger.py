"""What is done to a penalty or reward, each act with its line of the ledger, which only grows (rows T9, A3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.policy import Policy
from deskapp.domain.sanction import IN_FORCE, LONGEST_WORDS, Sanction, SanctionEntry, check_amount


@dataclass(frozen=True, slots=True)
class Step:
    """A sanction after an act, and the line of the ledger that says so."""

    sanction: Sanction
    entry: SanctionEntry


@dataclass(frozen=True, slots=True)
class Moment:
    """When an act is done and by whom, with the company's day it falls on."""

    now: DateTime
    today: date
    operator_id: int | None = None

    @property
    def month(self) -> date:
        """The month the act counts in."""
        return self.today.replace(day=1)


def proposed(draft: Sanction, at: Moment) -> Step:
    """The proposal, open until somebody entitled decides it."""
    fresh = replace(
        draft,
        state="proposed",
        reason=draft.reason.strip(),
        month=None,
        proposed_at=at.now,
        proposed_by=at.operator_id,
        decided_at=None,
        decided_by=None,
    )
    return Step(fresh, _entry(fresh, "proposed", at, 0, fresh.reason))


def decided(
    sanction: Sanction, at: Moment, policy: Policy, amount: int | None = None, words: str = ""
) -> Step:
    """The sanction decided, perhaps in another amount within its rule, which needs words; it counts in this month."""
    _check_state(sanction, ("proposed",))
    amount = sanction.amount if amount is None else amount
    if amount != sanction.amount:
        check_amount(sanction.rule, amount, policy)
        if not words.strip():
            raise RuleBroken("sanction.other_amount")
    done = replace(
        sanction,
        amount=amount,
        state="decided",
        month=at.month,
        decided_at=at.now,
        decided_by=at.operator_id,
    )
    return Step(done, _entry(done, "decided", at, signed(done), words))


def refused(sanction: Sanction, at: Moment, words: str) -> Step:
    """The proposal refused, with the reason; nothing is owed."""
    _check_state(sanction, ("proposed",))
    _check_words(words)
    done = replace(sanction, state="refused", month=at.month, decided_at=at.now, decided_by=at.operator_id)
    return Step(done, _entry(done, "refused", at, 0, words))


def appealed(sanction: Sanction, at: Moment, decided_on: date, policy: Policy, words: str) -> Step:
    """The penalty appealed against, in time and with words, once; it stands until the appeal is answered."""
    if sanction.kind != "penalty":
        raise RuleBroken("sanction.appeal_reward")
    if sanction.state == "confirmed":
        raise RuleBroken("sanction.appealed_before")
    _check_state(sanction, ("decided",))
    _check_words(words)
    if (at.today - decided_on).days > policy.appeal_days:
        raise RuleBroken("sanction.appeal_late", days=policy.appeal_days)
    done = replace(sanction, state="appealed")
    return Step(done, _entry(done, "appealed", at, 0, words))


def confirmed(sanction: Sanction, at: Moment, words: str, *, alone: bool = False) -> Step:
    """The appeal rejected, with words: the penalty stands.

    Whoever decided the penalty does not reject the appeal against it, unless nobody else could (`alone`).
    """
    _check_state(sanction, ("appealed",))
    _check_words(words)
    if at.operator_id is not None and at.operator_id == sanction.decided_by and not alone:
        raise RuleBroken("sanction.own_decision")
    done = replace(sanction, state="confirmed")
    return Step(done, _entry(done, "confirmed", at, 0, words))


def reversed_(sanction: Sanction, at: Moment, words: str) -> Step:
    """What was decided taken back, once, by a line of the month it is taken back in."""
    _check_state(sanction, IN_FORCE)
    _check_words(words)
    done = replace(sanction, state="reversed")
    return Step(done, _entry(done, "reversed", at, -signed(sanction), words))


def signed(sanction: Sanction) -> int:
    """By how much it changes a sum once decided: a penalty below zero."""
    return -sanction.amount if sanction.kind == "penalty" else sanction.amount


def balance(entries: Iterable[SanctionEntry]) -> dict[tuple[int, date], int]:
    """The sum of entries by person and month."""
    found: dict[tuple[int, date], int] = {}
    for entry in entries:
        key = entry.staff_id, entry.month
        found[key] = found.get(key, 0) + entry.amount
    return found


def legal_acts(sanction: Sanction) -> tuple[str, ...]:
    """The acts its state allows, whoever has the right to them."""
    if sanction.state == "proposed":
        return "decide", "refuse"
    acts = ["appeal"] if sanction.state == "decided" and sanction.kind == "penalty" else []
    acts += ["confirm"] if sanction.state == "appealed" else []
    return (*acts, "reverse") if sanction.state in IN_FORCE else tuple(acts)


def _entry(sanction: Sanction, act: str, at: Moment, amount: int, words: str) -> SanctionEntry:
    return SanctionEntry(
        sanction_id=sanction.id,
        staff_id=sanction.staff_id,
        act=act,
        at=at.now,
        operator_id=at.operator_id,
        amount=amount,
        month=at.month,
        rule=sanction.rule,
        words=words.strip(),
    )


def _check_state(sanction: Sanction, states: tuple[str, ...]) -> None:
    if sanction.state not in states:
        raise RuleBroken("sanction.cannot", number=sanction.number, sanction_state=sanction.state)


def _check_words(words: str) -> None:
    if not words.strip():
        raise RuleBroken("sanction.words")
    if len(words) > LONGEST_WORDS:
        raise RuleBroken("sanction.long", limit=LONGEST_WORDS)
