"""The form of a proposal: whom, by which rule, how much, why; decided in place by whoever may (rows T8, T9, A3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.widget import Widget

from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.base import Framed
from deskapp.screens.client_card import yuan
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.screens.record_form import Values
from deskapp.screens.register_form import find_sites
from deskapp.screens.sanction_acts import read_fen
from deskapp.screens.sanction_words import proposal_lines, rule_words
from deskapp.screens.site_form import staff_choices
from deskapp.screens.staff_forms import yes_no
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.praise import Praise
    from deskapp.domain.sanction import Proposal, Sanction
    from deskapp.domain.staff import StaffMember
    from deskapp.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class ProposeFacts:
    """What the form opens with: what it is about, which rules can apply and which does, who there is."""

    kind: str = "penalty"
    rules: tuple[str, ...] = ("quality",)
    ticket: Ticket | None = None
    praise: Praise | None = None
    proposal: Proposal | None = None
    staff: Sequence[StaffMember] = ()
    first: tuple[int, ...] = ()
    """Those responsible, named before all others."""
    chosen: StaffMember | None = None
    amount: int = 0
    agent: bool = False
    may_decide: bool = False
    amounts: Mapping[str, int] | None = None
    """What each rule proposes, in fen."""


class ProposeDialog(FormDialog):
    """A penalty or a reward to be proposed, with the rule that applies said above it."""

    SCREEN_ID, TITLE_CODE, ROWS = "sanction_propose", "sanction.propose_title", ("T8", "T9", "A3")
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "sanction.nobody": "staff",
        "sanction.no_rule": "rule",
        "sanction.not_gm": "rule",
        "sanction.not_leadership": "rule",
        "sanction.not_repeat": "rule",
        "sanction.no_site": "site",
        "sanction.amount": "amount",
        "sanction.reason": "reason",
        "sanction.long": "reason",
        "sanction.exists": "rule",
        "sanction.managers": "at_once",
        "sanction.own": "at_once",
    }

    def __init__(self, facts: ProposeFacts) -> None:
        self.facts = facts
        about = facts.ticket.id if facts.ticket else f"praise-{facts.praise.id}" if facts.praise else "site"
        given: dict[str, Any] = {
            "staff": facts.chosen.id if facts.chosen else None,
            "staff.text": facts.chosen.name if facts.chosen else "",
            "rule": facts.rules[0],
            "amount": yuan(facts.amount).replace(",", "") if facts.amount else "",
            "reason": " ".join(facts.praise.words.split()) if facts.praise else "",
            "at_once": False,
        }
        super().__init__(f"sanction-of-{about}-{facts.chosen.id if facts.chosen else 0}", given)
        self.title_code = f"sanction.propose_{facts.kind}"
        self.about = Wrapped(grow=True, id="sanction-rule")

    def fields(self) -> Iterable[Widget]:
        """Whom, the site where it is about one, the rule, the amount, why; and whether it is decided at once."""
        hint = "site.form.person_hint"
        if self.facts.praise is None:
            yield PickField(
                "staff", "sanction.field.staff", self._people, required=True, placeholder_code=hint
            )
        if self.facts.ticket is None and self.facts.praise is None:
            yield PickField(
                "site",
                "sanction.field.site",
                lambda typed: find_sites(self.desk, typed),
                required=True,
                placeholder_code="registers.site_hint",
            )
        if len(self.facts.rules) > 1:
            yield ChoiceGrid("rule", "sanction.field.rule", self._rules(), required=True)
        yield TextField("amount", "sanction.field.amount", max_length=12, required=True)
        yield LongField("reason", "sanction.field.reason", lines=3, required=True)
        if self.facts.may_decide:
            yield ChoiceField("at_once", "sanction.field.at_once", yes_no(), required=True)

    def _rules(self) -> list[Choice]:
        return [Choice(rule, rule_words(rule)) for rule in self.facts.rules]

    def _people(self, typed: str) -> list[Choice]:
        found = {choice.value: choice for choice in staff_choices(self.facts.staff, "", typed)}
        first = [found.pop(one) for one in self.facts.first if one in found]
        return [*first, *found.values()]

    def body(self) -> Iterable[Widget]:
        """The rule that applies, then the fields."""
        yield self.about
        yield from super().body()

    def ready(self) -> None:
        """Say which rule applies and why."""
        super().ready()
        facts = self.facts
        lines = proposal_lines(facts.proposal, agent=facts.agent) if facts.proposal else []
        self.about.display = bool(lines)
        self.about.show(lines)

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Another rule proposes another amount."""
        if event.field.id == "rule" and self.facts.amounts:
            fen = self.facts.amounts.get(str(event.field.value), 0)
            self.form.fill({"amount": yuan(fen).replace(",", "") if fen else ""})

    def wrong(self, values: Values) -> dict[str, str]:
        """Somebody and some place of the lists, and an amount of money."""
        from deskapp.domain.errors import RuleBroken

        wrong = super().wrong(values)
        for name in ("staff", "site"):
            if name in values and values[name] is None:
                wrong[name] = say(f"sanction.no_{name}" if name == "site" else "sanction.nobody")
        if "amount" not in wrong:
            try:
                read_fen(values["amount"])
            except RuleBroken as error:
                wrong["amount"] = in_words(error)
        return wrong

    def draft_of(self, values: Values) -> Sanction:
        """The proposal as typed."""
        from deskapp.domain.sanction import Sanction

        facts = self.facts
        ticket, praise = facts.ticket, facts.praise
        site = ticket.site_id if ticket else praise.site_id if praise else values["site"]
        return Sanction(
            kind=facts.kind,
            staff_id=praise.staff_id if praise else values["staff"],
            ticket_id=ticket.id if ticket else None,
            praise_id=praise.id if praise else None,
            site_id=site,
            rule=values.get("rule") or facts.rules[0],
            amount=read_fen(values["amount"]),
            reason=values["reason"],
        )


def read_for_ticket(desk: Desk, ticket_id: int, staff_id: int | None) -> ProposeFacts:
    """What a proposal on a ticket opens with: the rule that applies, and who is responsible."""
    from deskapp.domain import sanction as rules
    from deskapp.domain.operator import may
    from deskapp.services import sanctions

    with desk.read() as work:
        ticket = sanctions.weighed(work, work.tickets.find(ticket_id))
        held = [row.responsibility.staff_id for row in work.responsibilities.of_ticket(ticket_id)]
        staff = _here(work)
    first = tuple(dict.fromkeys([*held, *([ticket.responsible_id] if ticket.responsible_id else [])]))
    found = rules.proposal(ticket, ticket.repeat_no, desk.policy)
    chosen = staff_id or (first[0] if len(first) == 1 else None)
    leads = desk.operator is not None and may(desk.operator.role, "sanction.decide")
    amounts = {rule: rules.amount_of(rule, ticket, desk.policy) for rule in rules.applicable(ticket)}
    return ProposeFacts(
        rules=rules.applicable(ticket),
        ticket=ticket,
        proposal=found,
        staff=staff,
        first=first,
        chosen=next((one for one in staff if one.id == chosen), None),
        amount=found.amount,
        agent=not leads,
        may_decide=leads or found.agent_may,
        amounts=amounts,
    )


def read_for_site(desk: Desk) -> ProposeFacts:
    """What a proposal about the quality of a running site opens with (text 4, 2.6.1)."""
    from deskapp.domain.operator import may

    with desk.read() as work:
        staff = _here(work)
    leads = desk.operator is not None and may(desk.operator.role, "sanction.decide")
    return ProposeFacts(staff=staff, agent=not leads, may_decide=leads)


def read_for_praise(desk: Desk, praise: Praise) -> ProposeFacts:
    """What the reward for a praise opens with (text 4, 1.3.7)."""
    from deskapp.domain.operator import may

    with desk.read() as work:
        praised = work.staff.get(praise.staff_id)
    leads = desk.operator is not None and may(desk.operator.role, "sanction.decide")
    amount = desk.policy.reward_praise_yuan * 100
    return ProposeFacts(
        "reward", ("praise",), praise=praise, chosen=praised, amount=amount, agent=not leads, may_decide=leads
    )


def _here(work: Any) -> list[StaffMember]:
    return [one for one in work.staff.all() if one.left_on is None]


def propose(
    screen: Framed, read: Callable[[], ProposeFacts], then: Callable[[], object] | None = None
) -> None:
    """Ask for a proposal over any screen, and make it; decided at once it says so."""
    from deskapp.services import sanctions

    desk = screen.desk
    made: list[ProposeDialog] = []

    def make(facts: ProposeFacts) -> ProposeDialog:
        made.append(ProposeDialog(facts))
        return made[-1]

    def save(_: ProposeFacts, values: Values) -> Sanction:
        at_once = bool(values.get("at_once"))
        return sanctions.propose(desk, made[-1].draft_of(values), at_once=at_once, key=values["submission"])

    def done(one: Sanction) -> None:
        screen.app.say(f"sanction.told_{one.state}", number=one.number)
        if then is not None:
            then()

    screen.ask(read, lambda facts: edit(screen, facts, make, save, read, then=done), group="propose")
