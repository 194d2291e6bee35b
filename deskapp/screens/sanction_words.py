"""How penalties and rewards become words: state, rule, amount, why a rule applies, the lines of the ledger (T9, A3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import knows, say
from deskapp.screens import paint
from deskapp.screens.client_card import yuan
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.sanction import EntryRow, Proposal, Sanction, SanctionRow

STATES: Mapping[str, tuple[str, str]] = {
    "proposed": ("alarm", "bold $warning"),
    "appealed": ("alarm", "bold $error"),
    "decided": ("met", "$success"),
    "confirmed": ("met", "$success"),
    "refused": ("missed", "$text-muted"),
    "reversed": ("missed", "$text-muted"),
}
"""The sign and the tone of each state."""


def state_words(state: str, of: str = "") -> Content:
    """A state with its sign, perhaps with the word of what is in it."""
    sign, tone = STATES.get(state, ("unknown", ""))
    word = say(f"sanction.state.{state}") if knows(f"sanction.state.{state}") else shown(state)
    return Content.styled(" ".join(part for part in (signs.sign(sign), of, word) if part), tone)


def rule_words(rule: str) -> str:
    """A rule's name; a newer version's shows its code."""
    code = f"sanction.rule.{rule}"
    return say(code) if knows(code) else shown(rule)


def amount_words(one: Sanction) -> str:
    """Penalty or reward with its amount."""
    return say(f"sanction.sum.{one.kind}", amount=yuan(one.amount))


def proposal_lines(found: Proposal, *, agent: bool) -> list[Content]:
    """Which rule applies, what it costs and why; that an agent may decide, or that managers do."""
    cost = say("sanction.sum.penalty", amount=yuan(found.amount)) if found.amount else say("sanction.free")
    rule = say("sanction.applies", rule=rule_words(found.rule), cost=cost)
    parts = [Content.styled(rule, "bold"), Content(say(f"sanction.why.{found.why}"))]
    lines = [painting.join(parts)]
    if found.repeats:
        again = say("sanction.again", count=found.repeats + 1)
        who = say("sanction.agent_may") if found.agent_may else ""
        lines.append(Content.styled(f"{again} {who}".strip(), "$warning"))
    elif agent:
        lines.append(Content.styled(say("sanction.managers_decide"), "$text-muted"))
    return lines


def standing(row: SanctionRow) -> Content:
    """One in a line: whose, how much, by which rule, how it stands."""
    one = row.sanction
    return painting.join(
        [
            painting.safe(row.staff, "bold"),
            Content(amount_words(one)),
            Content.styled(rule_words(one.rule), "$text-muted"),
            state_words(one.state),
            painting.safe(row.decider if one.decided_by else row.proposer, "$text-muted"),
        ]
    )


def columns(desk: Desk) -> list[Column]:
    """State, number, whose, how much, by which rule, in which month, who, why."""

    def proposed(row: SanctionRow, _: PaintContext) -> Content:
        return Content.styled(paint.day_of(desk, row.sanction.proposed_at)[5:], "$text-muted")

    return [
        Column("state", "sanction.column.state", 10, lambda row, _: state_words(row.sanction.state)),
        Column("staff", "sanction.column.staff", 10, lambda row, _: painting.safe(row.staff, "bold")),
        Column("amount", "sanction.column.amount", 9, _amount, align="right"),
        Column("rule", "sanction.column.rule", 18, lambda row, _: Content(rule_words(row.sanction.rule))),
        Column("month", "sanction.column.month", 8, _month),
        Column("reason", "sanction.column.reason", None, _reason),
        Column("proposed", "sanction.column.proposed", 6, proposed, min_terminal=100),
        Column("who", "sanction.column.who", 10, _who, min_terminal=100),
        Column("number", "sanction.column.number", 16, _number, min_terminal=140),
    ]


def entry_columns(desk: Desk) -> list[Column]:
    """The lines of the ledger: when, of which penalty or reward, what was done, by how much, whose, why."""

    def at(row: EntryRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.entry.at), "$text-muted")

    def act(row: EntryRow, _: PaintContext) -> Content:
        return Content(say(f"sanction.act.{row.entry.act}"))

    def words(row: EntryRow, _: PaintContext) -> Content:
        return painting.safe(" ".join((row.entry.words or row.sanction.reason).split()))

    return [
        Column("at", "sanction.column.at", 11, at),
        Column("act", "sanction.column.act", 10, act),
        Column("amount", "sanction.column.amount", 9, lambda row, _: moved(row.entry.amount), align="right"),
        Column("rule", "sanction.column.rule", 18, lambda row, _: Content(rule_words(row.entry.rule))),
        Column("words", "sanction.column.reason", None, words),
        Column("who", "sanction.column.who", 10, lambda row, _: painting.safe(row.who), min_terminal=100),
        Column("number", "sanction.column.number", 16, _entry_number, min_terminal=100),
    ]


def moved(fen: int) -> Content:
    """By how much a sum moves, with its sign."""
    if not fen:
        return Content.styled("-", "$text-disabled")
    return Content.styled(f"{'+' if fen > 0 else ''}{yuan(fen)}", "$success" if fen > 0 else "$error")


def event_words(facts: Mapping[str, object], staff: str) -> str:
    """What an event of a ticket's history did: what was done to whose penalty, and how much it is."""
    act, kind, amount = facts.get("act"), facts.get("kind"), facts.get("amount")
    done = say(f"sanction.act.{act}") if knows(f"sanction.act.{act}") else ""
    cost = say(f"sanction.sum.{kind}", amount=yuan(amount)) if isinstance(amount, int) else ""
    return " ".join(part for part in (done, staff, cost, shown(str(facts.get("number") or ""))) if part)


def _amount(row: SanctionRow, _: PaintContext) -> Content:
    one = row.sanction
    sign = "-" if one.kind == "penalty" else "+"
    tone = "$text-muted" if one.state in ("refused", "reversed") else "$error" if sign == "-" else "$success"
    return Content.styled(f"{sign}{yuan(one.amount)}", tone)


def _month(row: SanctionRow, _: PaintContext) -> Content:
    month = row.sanction.month
    return Content.styled(f"{month:%Y-%m}" if month else "-", "$text-muted")


def _reason(row: SanctionRow, _: PaintContext) -> Content:
    return painting.safe(" ".join(row.sanction.reason.split()))


def _who(row: SanctionRow, _: PaintContext) -> Content:
    return painting.safe(row.decider or row.proposer, "$text-muted")


def _number(row: SanctionRow, _: PaintContext) -> Content:
    return painting.safe(row.sanction.number, "$accent")


def _entry_number(row: EntryRow, _: PaintContext) -> Content:
    return painting.safe(row.sanction.number, "$accent")
