"""The small dialogs of a site: a control point, a payment (row S1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.domain.site import MILESTONES, PAYMENTS, Milestone, Payment, Site, next_milestone, of_kind
from deskapp.domain.time_words import read_day
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.base import Panel
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.widgets.form import Choice, ChoiceField, TextField

if TYPE_CHECKING:
    from deskapp.desk import Desk


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the dialogs begin with: the site, its control points and payments, and the company's day."""

    site: Site
    milestones: tuple[Milestone, ...]
    payments: tuple[Payment, ...]
    today: date
    address: str = ""


def load(desk: Desk, site_id: int) -> Loaded:
    """Read what the dialogs begin with; runs in a thread."""
    from deskapp.domain.address import full_address
    from deskapp.services.planning import today_of

    with desk.read() as work:
        site = work.sites.find(site_id)
        return Loaded(
            site,
            tuple(work.milestones.of([site_id])),
            tuple(work.payments.of([site_id])),
            today_of(desk, work.now),
            full_address(site.estate, site.address),
        )


def typed_day(typed: str, today: date) -> date | None:
    """Read a day: t is today, +3 or -3 counts from it, else as it is written; nothing is None."""
    from deskapp.domain.import_dates import parse_date

    if not typed:
        return None
    return read_day(typed, today) or parse_date(typed)


def wrong_days(values: Values, names: Sequence[str], today: date) -> dict[str, str]:
    """What is wrong with the days typed, by field."""
    wrong = {}
    for name in names:
        try:
            typed_day(values[name], today)
        except RuleBroken as error:
            wrong[name] = in_words(error)
    return wrong


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


class KindDialog(FormDialog):
    """A dialog about one kind of several: choosing another kind shows what is written of that."""

    def __init__(self, loaded: Loaded, draft: str, kind: str) -> None:
        self.loaded = loaded
        self._kind = kind
        super().__init__(f"{draft}-{loaded.site.id}", self.of_kind(kind))

    def of_kind(self, kind: str) -> dict[str, Any]:
        """The answers as they are written of a kind."""
        raise NotImplementedError

    def ready(self) -> None:
        """Say whose site it is."""
        super().ready()
        self.query_one(".dialog", Panel).entitle(address=self.loaded.address[:40])

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Show what is written of the kind that was chosen."""
        if event.field.id == "kind" and event.value and event.value != self._kind:
            self._kind = event.value
            self.form.fill(self.of_kind(event.value))

    def changes_of(self, values: Values) -> bool:
        """Whether anything but the kind differs from what is written."""
        written = self.of_kind(self._kind)
        return any(values.get(name) != value for name, value in written.items())

    @property
    def changed_here(self) -> bool:
        """Looking at another kind changes nothing."""
        return self.changes_of(self.form.values())


class MilestoneDialog(KindDialog):
    """A control point of a site: for which day it is planned, on which it was reached."""

    SCREEN_ID, TITLE_CODE, ROWS = "milestone", "sites.milestone.title", ("S1", "F1")
    FIELD_OF: ClassVar = {
        "site.milestone_no_day": "planned_on",
        "site.milestone_future": "done_on",
        "site.milestone_order": "done_on",
        "site.milestone_order_after": "done_on",
    }

    def __init__(self, loaded: Loaded) -> None:
        coming = next_milestone(loaded.milestones)
        there = {one.kind for one in loaded.milestones}
        first = next((kind for kind in MILESTONES if kind not in there), MILESTONES[-1])
        super().__init__(loaded, "milestone", coming.kind if coming is not None else first)

    def of_kind(self, kind: str) -> dict[str, Any]:
        """The days written of a control point."""
        one = of_kind(self.loaded.milestones, kind) or Milestone()
        return {"kind": kind, "planned_on": _day(one.planned_on), "done_on": _day(one.done_on)}

    def fields(self) -> Iterable[Widget]:
        """Which, and the two days."""
        kinds = [Choice(kind, say(f"site.milestone.{kind}")) for kind in MILESTONES]
        yield ChoiceField("kind", "sites.field.milestone", kinds, required=True, advance=True)
        yield TextField(
            "planned_on", "sites.field.planned_on", max_length=30, placeholder_code="sites.day_hint"
        )
        yield TextField("done_on", "sites.field.done_on", max_length=30, placeholder_code="sites.day_hint")

    def wrong(self, values: Values) -> dict[str, str]:
        """Days must be days."""
        return super().wrong(values) | wrong_days(values, ("planned_on", "done_on"), self.loaded.today)

    @staticmethod
    def save(desk: Desk, loaded: Loaded, values: Values) -> Milestone:
        """Store what was typed."""
        from deskapp.services.sites import save_milestone

        known = of_kind(loaded.milestones, values["kind"])
        changed = replace(
            known or Milestone(site_id=loaded.site.id, kind=values["kind"]),
            planned_on=typed_day(values["planned_on"], loaded.today),
            done_on=typed_day(values["done_on"], loaded.today),
        )
        return save_milestone(desk, changed, key=values.get("submission", ""))


class PaymentDialog(KindDialog):
    """A payment of a site: how much, due when, paid when."""

    SCREEN_ID, TITLE_CODE, ROWS = "payment", "sites.payment.title", ("S1",)
    FIELD_OF: ClassVar = {
        "site.payment_amount": "amount",
        "site.payment_future": "paid_on",
        "site.payment_early": "paid_on",
    }

    def __init__(self, loaded: Loaded) -> None:
        there = {one.kind: one for one in loaded.payments}
        waiting = [kind for kind in PAYMENTS if kind not in there or there[kind].paid_on is None]
        super().__init__(loaded, "payment", waiting[0] if waiting else PAYMENTS[-1])

    def of_kind(self, kind: str) -> dict[str, Any]:
        """The amount and days written of a payment."""
        one = of_kind(self.loaded.payments, kind) or Payment()
        amount = f"{one.amount / 100:.2f}".removesuffix(".00") if one.amount else ""
        return {"kind": kind, "amount": amount, "due_on": _day(one.due_on), "paid_on": _day(one.paid_on)}

    def fields(self) -> Iterable[Widget]:
        """Which, how much, and the two days."""
        kinds = [Choice(kind, say(f"site.payment.{kind}")) for kind in PAYMENTS]
        yield ChoiceField("kind", "sites.field.payment", kinds, required=True, advance=True)
        yield TextField(
            "amount",
            "sites.field.amount",
            max_length=30,
            required=True,
            placeholder_code="site.form.money_hint",
        )
        yield TextField("due_on", "sites.field.due_on", max_length=30, placeholder_code="sites.day_hint")
        yield TextField("paid_on", "sites.field.paid_on", max_length=30, placeholder_code="sites.day_hint")

    def wrong(self, values: Values) -> dict[str, str]:
        """Days must be days, and the amount one of money."""
        wrong = super().wrong(values) | wrong_days(values, ("due_on", "paid_on"), self.loaded.today)
        try:
            _fen(values["amount"])
        except RuleBroken as error:
            wrong["amount"] = in_words(error)
        return wrong

    @staticmethod
    def save(desk: Desk, loaded: Loaded, values: Values) -> Payment:
        """Store what was typed."""
        from deskapp.services.sites import save_payment

        known = of_kind(loaded.payments, values["kind"])
        changed = replace(
            known or Payment(site_id=loaded.site.id, kind=values["kind"]),
            amount=_fen(values["amount"]),
            due_on=typed_day(values["due_on"], loaded.today),
            paid_on=typed_day(values["paid_on"], loaded.today),
        )
        return save_payment(desk, changed, key=values.get("submission", ""))


def _fen(typed: str) -> int:
    from deskapp.domain.import_values import parse_money

    return (parse_money(typed) or 0) if typed else 0
