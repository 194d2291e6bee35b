"""What is done to a penalty or reward by a key: decide, refuse, appeal, answer an appeal, take back (rows T9, A3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import sanction_words
from deskapp.screens.client_card import yuan
from deskapp.screens.form_dialog import Editing, FormDialog
from deskapp.screens.record_form import Values
from deskapp.widgets import painting
from deskapp.widgets.form import LongField, TextField
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.operator import Operator
    from deskapp.domain.policy import Policy
    from deskapp.domain.sanction import Sanction, SanctionRow

ACT_BINDINGS: tuple[Binding, ...] = (
    Binding("y", "sanction('decide')", id="sanction.decide"),
    Binding("x", "sanction('refuse')", id="sanction.refuse"),
    Binding("o", "sanction('appeal')", id="sanction.appeal"),
    Binding("c", "sanction('confirm')", id="sanction.confirm"),
    Binding("r", "sanction('reverse')", id="sanction.reverse"),
)
RIGHTS: Mapping[str, str] = {
    "refuse": "sanction.decide",
    "appeal": "sanction.appeal",
    "confirm": "sanction.reverse",
    "reverse": "sanction.reverse",
}


def possible(row: SanctionRow | None, operator: Operator | None, policy: Policy) -> frozenset[str]:
    """The acts that are legal now and that this operator may do; whoever it is about only appeals."""
    from deskapp.domain.errors import RuleBroken
    from deskapp.domain.operator import may
    from deskapp.domain.sanction import check_decider, check_own
    from deskapp.domain.sanction_ledger import legal_acts

    found = set()
    for act in legal_acts(row.sanction) if row is not None else ():
        assert row is not None
        try:
            if act == "decide":
                check_decider(operator, row.sanction, row.ticket, policy)
            elif act != "appeal":
                check_own(operator, row.sanction)
        except RuleBroken:
            continue
        if act == "decide" or (operator is not None and may(operator.role, RIGHTS[act])):
            found.add(act)
    return frozenset(found)


def read_fen(typed: Any) -> int:
    """An amount of yuan as typed, in fen; RuleBroken says what is wrong with it."""
    from deskapp.domain.import_values import parse_money

    return parse_money(str(typed)) or 0


class SanctionActDialog(FormDialog):
    """What it is about, and the words the act needs; a decision has its amount."""

    SCREEN_ID, TITLE_CODE, ROWS = "sanction_act", "sanction.act_title", ("T9", "A3")
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "sanction.words": "words",
        "sanction.long": "words",
        "sanction.other_amount": "words",
        "sanction.amount": "amount",
    }

    def __init__(self, act: str, row: SanctionRow) -> None:
        self.act_name, self.row = act, row
        given = {"amount": yuan(row.sanction.amount).replace(",", ""), "words": ""}
        super().__init__(f"sanction-{row.sanction.id}-{act}", given)
        self.about = Wrapped(grow=True, id="sanction-about")

    @property
    def decides(self) -> bool:
        """Whether it is the decision."""
        return self.act_name == "decide"

    def fields(self) -> Iterable[Widget]:
        """A decision's amount; words, which only a decision as proposed can do without."""
        if self.decides:
            yield TextField("amount", "sanction.field.amount", max_length=12, required=True)
        code = "sanction.field.remark" if self.decides else "sanction.field.words"
        yield LongField("words", code, lines=4, required=not self.decides)

    def body(self) -> Iterable[Widget]:
        """The penalty or reward, then the fields."""
        yield self.about
        yield from super().body()

    def ready(self) -> None:
        """Say what is done to what."""
        super().ready()
        self.query_one(".dialog").entitle(act=say(f"sanction.do.{self.act_name}"))  # type: ignore[attr-defined]
        one = self.row.sanction
        self.about.show([sanction_words.standing(self.row), painting.safe(" ".join(one.reason.split()))])

    def wrong(self, values: Values) -> dict[str, str]:
        """An amount must be one of money."""
        from deskapp.domain.errors import RuleBroken

        wrong = super().wrong(values)
        if self.decides and "amount" not in wrong:
            try:
                read_fen(values["amount"])
            except RuleBroken as error:
                wrong["amount"] = in_words(error)
        return wrong


class SanctionActs(Editing):
    """A screen whose keys act on the penalty or reward one stands on."""

    def standing_on(self) -> SanctionRow | None:
        """The one the keys act on."""
        raise NotImplementedError

    def sanction_acts(self) -> frozenset[str]:
        """What can be done to it here and now."""
        if self.app.desk is None:
            return frozenset()
        return possible(self.standing_on(), self.desk.operator, self.desk.policy)

    def action_sanction(self, act: str) -> None:
        """Ask what the act needs, and do it; what is refused comes back with every word."""
        row = self.standing_on()
        if row is None:
            return
        if act not in self.sanction_acts():
            self.app.say("sanction.not_now", number=row.sanction.number)
            return
        from deskapp.services import sanctions

        desk = self.desk
        self.edit(
            row,
            lambda found: SanctionActDialog(act, found),
            lambda found, values: do(desk, act, found.sanction, values),
            lambda: sanctions.read(desk, row.sanction.id),
            then=lambda _: self.app.say(
                "sanction.done", act=say(f"sanction.do.{act}"), number=shown(row.sanction.number)
            ),
        )


def do(desk: Desk, act: str, one: Sanction, values: Values) -> Sanction:
    """Do an act with what was typed."""
    from deskapp.services import sanctions

    words, key = values["words"] or "", values["submission"]
    if act == "decide":
        return sanctions.decide(desk, one, read_fen(values["amount"]), words, key=key)
    if one.state == "appealed":
        return sanctions.answer_appeal(desk, one, act == "reverse", words, key=key)
    verbs: Mapping[str, Callable[..., Sanction]] = {
        "refuse": sanctions.refuse,
        "appeal": sanctions.appeal,
        "reverse": sanctions.reverse,
    }
    return verbs[act](desk, one, words, key=key)


def act_bindings() -> list[BindingType]:
    """The keys of the acts, alike on every screen."""
    return [*ACT_BINDINGS]
