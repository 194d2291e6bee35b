"""Penalties and rewards: proposed, decided by whoever is entitled, appealed, reversed (rows T9, A3; text 4, 1.3.5c)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pendulum import DateTime

from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.operator import Operator, may
from deskapp.domain.policy import MOST_YUAN, Policy
from deskapp.domain.ticket import Ticket

KINDS = ("penalty", "reward")
PREFIXES = {"penalty": "CF", "reward": "JL"}
STATES = ("proposed", "decided", "appealed", "confirmed", "refused", "reversed")
OPEN_STATES = ("proposed", "appealed")
"""Those in which somebody waits for a manager."""
IN_FORCE = ("decided", "appealed", "confirmed")
ACTS = ("proposed", "decided", "refused", "appealed", "confirmed", "reversed")
"""What entries are of; only what was decided and what was reversed moves the sum of a month."""
RULES = {"penalty": ("gm", "leadership", "repeat", "complaint", "quality"), "reward": ("praise",)}
"""`complaint` and `quality` are the manager's right (text 4, 2.6.1), in whatever amount; the others have theirs."""
NOT_FOR_CLIENTS = frozenset({"sanctioned"})
"""Events of tickets that a client's history leaves out: what it costs a colleague is none of the client's."""
LONGEST_WORDS = 2000
_FEN = 100


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


@dataclass(frozen=True, slots=True)
class SanctionRow:
    """A penalty or reward as a list shows it: whose, by whom, on which ticket or site, and what its rule asks."""

    sanction: Sanction
    staff: str = ""
    trade: str = ""
    proposer: str = ""
    decider: str = ""
    ticket: Ticket | None = None
    client: str = ""


@dataclass(frozen=True, slots=True)
class SanctionFilter:
    """Which are listed: of a state, of one person, of one month; nothing given means all."""

    state: str = ""
    staff_id: int | None = None
    month: date | None = None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of the ledger as a list shows it: with the penalty or reward it is of, and who did it."""

    entry: SanctionEntry
    sanction: Sanction
    staff: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What a month's entries of one person come to, in fen: penalties at most zero but for reversals, rewards above."""

    staff_id: int = 0
    penalties: int = 0
    rewards: int = 0
    penalty_count: int = 0
    reward_count: int = 0
    reversed_count: int = 0
    name: str = ""
    trade: str = ""
    department: str = ""

    @property
    def net(self) -> int:
        """Rewards less penalties."""
        return self.penalties + self.rewards

    def __add__(self, other: MonthSum) -> MonthSum:
        """Both together, of nobody in particular."""
        names = ("penalties", "rewards", "penalty_count", "reward_count", "reversed_count")
        return MonthSum(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules say of a ticket: the rule, the amount in fen, why, and whether an agent may decide it."""

    rule: str = "complaint"
    amount: int = 0
    why: str = "complaint"
    repeats: int = 0
    """How often the same problem was complained of before."""

    @property
    def agent_may(self) -> bool:
        """Whether whoever is no manager may decide it: the same problem, complained of again (text 4, 3.6.1)."""
        return self.repeats > 0 and self.rule in ("gm", "leadership", "repeat")


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


def proposal(ticket: Ticket, repeats: int, policy: Policy) -> Proposal:
    """The rule that applies to a complaint, from how it came and how bad it is (text 4, 1.3.5c and 3.6.1).

    Where no rule names an amount it is the manager's to say; what came to the general manager weighs first.
    """
    if ticket.channel == "gm":
        return Proposal("gm", policy.penalty_gm_yuan * _FEN, "gm", repeats)
    if ticket.channel == "leadership":
        yuan = policy.penalty_leadership_yuan[ticket.severity]
        return Proposal("leadership", yuan * _FEN, "leadership", repeats)
    if repeats > 0:
        return Proposal("repeat", policy.penalty_repeat_yuan * _FEN, "repeat", repeats)
    return Proposal()


def limits(rule: str, policy: Policy) -> tuple[int, int]:
    """The least and the most a rule allows, in fen."""
    if rule == "gm":
        return policy.penalty_gm_yuan * _FEN, policy.penalty_gm_yuan * _FEN
    if rule == "leadership":
        found = policy.penalty_range_yuan
        return found["least"] * _FEN, found["most"] * _FEN
    return 1, MOST_YUAN * _FEN


def check(sanction: Sanction, ticket: Ticket | None, policy: Policy) -> None:
    """Refuse what no rule allows: nobody, no reason, an amount outside the rule, a rule that does not apply."""
    if not sanction.staff_id:
        raise RuleBroken("sanction.nobody")
    if sanction.rule not in RULES.get(sanction.kind, ()):
        raise RuleBroken("sanction.no_rule", value=sanction.rule)
    if not sanction.reason.strip():
        raise RuleBroken("sanction.reason")
    if len(sanction.reason) > LONGEST_WORDS:
        raise RuleBroken("sanction.long", limit=LONGEST_WORDS)
    _check_applies(sanction, ticket)
    _check_amount(sanction.rule, sanction.amount, policy)


def _check_applies(sanction: Sanction, ticket: Ticket | None) -> None:
    rule = sanction.rule
    if rule == "praise" and sanction.praise_id is None:
        raise RuleBroken("sanction.no_praise")
    if rule == "quality" and sanction.site_id is None:
        raise RuleBroken("sanction.no_site")
    if rule in ("gm", "leadership", "repeat", "complaint") and ticket is None:
        raise RuleBroken("sanction.no_ticket")
    if ticket is None:
        return
    if rule in ("gm", "leadership") and ticket.channel != rule:
        raise RuleBroken(f"sanction.not_{rule}", number=ticket.number)
    if rule == "repeat" and ticket.repeat_no < 1:
        raise RuleBroken("sanction.not_repeat", number=ticket.number)


def _check_amount(rule: str, amount: int, policy: Policy) -> None:
    least, most = limits(rule, policy)
    if not least <= amount <= most:
        raise RuleBroken("sanction.amount", least=f"{least / _FEN:g}", most=f"{most / _FEN:g}")


def check_decider(
    operator: Operator | None, sanction: Sanction, ticket: Ticket | None, policy: Policy
) -> None:
    """Refuse whoever may not decide: managers may, an agent only by the rule for what is complained of again.

    Nobody decides about themselves (text 4, 2.6.1 and 3.6.1).
    """
    check_own(operator, sanction)
    role = operator.role if operator else ""
    if may(role, "sanction.decide"):
        return
    if not may(role, "sanction.decide_repeat") or not by_repeat(sanction, ticket, policy):
        raise NotAllowed("sanction.managers", act="sanction.decide", role=role)


def by_repeat(sanction: Sanction, ticket: Ticket | None, policy: Policy) -> bool:
    """Whether it is a penalty for the same problem complained of again, in the rule's very amount."""
    if sanction.kind != "penalty" or ticket is None:
        return False
    found = proposal(ticket, ticket.repeat_no, policy)
    return found.agent_may and (sanction.rule, sanction.amount) == (found.rule, found.amount)


def check_own(operator: Operator | None, sanction: Sanction) -> None:
    """Refuse whoever it is about."""
    if operator is not None and operator.staff_id is not None and operator.staff_id == sanction.staff_id:
        raise RuleBroken("sanction.own")


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
        _check_amount(sanction.rule, amount, policy)
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


def number(kind: str, day: str, serial: int) -> str:
    """Write a number: number("penalty", "20261123", 1) → CF20261123-0001."""
    return f"{PREFIXES[kind]}{day}-{serial:04d}"


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
