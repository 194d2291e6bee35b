"""Penalties and rewards: proposed, decided by whoever is entitled, appealed, reversed (rows T9, A3; text 4, 1.3.5c)."""

from __future__ import annotations

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


def proposal(ticket: Ticket, repeats: int, policy: Policy) -> Proposal:
    """The rule that applies to a complaint, from how it came and how bad it is (text 4, 1.3.5c and 3.6.1).

    Where no rule names an amount it is the manager's to say; what came to the general manager weighs first.
    """
    rule = applicable(replace(ticket, repeat_no=repeats))[0]
    return Proposal(rule, amount_of(rule, ticket, policy), rule, repeats)


def applicable(ticket: Ticket | None) -> tuple[str, ...]:
    """The rules for penalties that can apply to a ticket, the one that weighs most first; without one, to a site."""
    if ticket is None:
        return ("quality",)
    found: list[str] = [rule for rule in ("gm", "leadership") if ticket.channel == rule]
    found += ["repeat"] if ticket.repeat_no > 0 else []
    found += ["quality"] if ticket.kind == "rectification" else []
    found += ["complaint"]
    return (*found, "quality") if ticket.site_id and "quality" not in found else tuple(found)


def amount_of(rule: str, ticket: Ticket, policy: Policy) -> int:
    """What a rule proposes for a ticket, in fen; 0 where it names no amount."""
    if rule == "gm":
        return policy.penalty_gm_yuan * _FEN
    if rule == "leadership":
        return policy.penalty_leadership_yuan[ticket.severity] * _FEN
    return policy.penalty_repeat_yuan * _FEN if rule == "repeat" else 0


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
    check_amount(sanction.rule, sanction.amount, policy)


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


def check_amount(rule: str, amount: int, policy: Policy) -> None:
    """Refuse an amount outside what its rule allows."""
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


def number(kind: str, day: str, serial: int) -> str:
    """Write a number: number("penalty", "20261123", 1) → CF20261123-0001."""
    return f"{PREFIXES[kind]}{day}-{serial:04d}"
