"""The forms of shops and diagnoses: a shop, a month's turnover, a problem with its cause, what came of the advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content
from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.base import Panel
from deskapp.screens.client_card import yuan
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.site_form import read_day, read_yuan
from deskapp.screens.staff_forms import wrong_days
from deskapp.screens.ticket_form_fields import ClientLookup
from deskapp.widgets import painting
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from datetime import date

    from deskapp.domain.diagnosis import Diagnosis, Outcome
    from deskapp.domain.shop import Shop, Turnover
    from deskapp.screens.record_form import Values


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What the form of a shop opens with."""

    shop: Shop
    client: str = ""
    today: str = ""


class ShopDialog(FormDialog):
    """A shop of a client: its name, where it sells, since when it is called."""

    SCREEN_ID, TITLE_CODE, ROWS = "shop", "shop.form.title", ("S7",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "shop.name": "name",
        "shop.name_long": "name",
        "shop.note_long": "note",
        "shop.began_later": "began_on",
    }

    def __init__(self, facts: ShopFacts) -> None:
        self.facts = facts
        shop = facts.shop
        given = {
            "who": shop.client_id or None,
            "who.text": facts.client,
            "name": shop.name,
            "platform": shop.platform,
            "began_on": str(shop.began_on or ("" if shop.id else facts.today)),
            "note": shop.note,
            "active": shop.active,
        }
        super().__init__(f"shop-{shop.id or f'of-{shop.client_id}'}", given)

    def fields(self) -> Iterable[Widget]:
        """Whose, its name and platform, since when; whether it is in use once it is there."""
        if not self.facts.shop.client_id:
            yield PickField("who", "shop.form.client", required=True, placeholder_code="complaint.who_hint")
        yield TextField("name", "shop.form.name", max_length=100, required=True)
        yield TextField(
            "platform", "shop.form.platform", max_length=100, placeholder_code="shop.platform_hint"
        )
        yield TextField("began_on", "shop.form.began_on", max_length=20)
        yield LongField("note", "shop.form.note", lines=2)
        if self.facts.shop.id:
            words = [
                Choice(value, say(f"shop.active.{code}")) for value, code in ((True, "yes"), (False, "no"))
            ]
            yield ChoiceField("active", "shop.form.active", words)

    def ready(self) -> None:
        """Open; clients are found as they are typed."""
        super().ready()
        who = self.form.fields.get("who")
        if isinstance(who, PickField):
            who.lookup = ClientLookup(self.desk)
        else:
            self.query_one(".dialog", Panel).whisper(paint.client_name(self.facts.client))

    def wrong(self, values: Values) -> dict[str, str]:
        """A client of the files, and a day that is one."""
        wrong = super().wrong(values) | wrong_days(values, ["began_on"])
        if "who" in values and values["who"] is None:
            wrong["who"] = say("shop.whose")
        return wrong

    def shop(self, values: Values) -> Shop:
        """The shop as typed."""
        return replace(
            self.facts.shop,
            client_id=values.get("who") or self.facts.shop.client_id,
            name=values["name"],
            platform=values["platform"],
            began_on=read_day(values["began_on"]),
            note=values["note"],
            active=bool(values.get("active", True)),
        )


@dataclass(frozen=True, slots=True)
class TurnoverFacts:
    """What the form of a month's turnover opens with: whose it is, and the months known."""

    shop: Shop
    client: str
    month: date
    today: date
    newest: tuple[Turnover, ...] = ()


class TurnoverDialog(FormDialog):
    """What a shop turned over in a month; a month that is known is corrected."""

    SCREEN_ID, TITLE_CODE, ROWS = "turnover", "shop.turnover.title", ("S7",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "shop.month": "month",
        "shop.month_to_come": "month",
        "shop.amount": "amount",
    }

    def __init__(self, facts: TurnoverFacts) -> None:
        self.facts = facts
        known = {one.month: one.amount for one in facts.newest}
        amount = f"{known[facts.month] / 100:.2f}".removesuffix(".00") if facts.month in known else ""
        given = {"month": f"{facts.month:%Y-%m}", "amount": amount}
        super().__init__(f"turnover-{facts.shop.id}-{facts.month:%Y-%m}", given)

    def body(self) -> Iterable[Widget]:
        """The months known, and the fields."""
        months = "   ".join(f"{one.month:%Y-%m} {yuan(one.amount)}" for one in self.facts.newest)
        lines = Wrapped(grow=True)
        lines.show([Content.styled(months or say("shop.turnover.none"), "$text-muted"), Content("")])
        yield lines
        yield from super().body()

    def fields(self) -> Iterable[Widget]:
        """The month and the amount."""
        yield TextField("month", "shop.turnover.month", max_length=20, required=True)
        yield TextField(
            "amount",
            "shop.turnover.amount",
            max_length=30,
            required=True,
            placeholder_code="shop.amount_hint",
        )

    def ready(self) -> None:
        """Say whose it is; the amount is what is typed."""
        super().ready()
        whose = f"{paint.client_name(self.facts.client)}  {shown(self.facts.shop.name)}"
        self.query_one(".dialog", Panel).whisper(whose)
        self.form.fields["amount"].focus()

    def wrong(self, values: Values) -> dict[str, str]:
        """A month and an amount."""
        wrong = super().wrong(values)
        for name, read in (("month", self.month), ("amount", self.amount)):
            if name not in wrong:
                try:
                    read(values)
                except RuleBroken as error:
                    wrong[name] = in_words(error)
        return wrong

    def month(self, values: Values) -> date:
        """The month typed."""
        from deskapp.domain.shop import check_turnover, read_month

        month = read_month(values["month"], self.facts.today)
        check_turnover(month, 0, self.facts.today)
        return month

    def amount(self, values: Values) -> int:
        """The amount typed, in fen."""
        return read_yuan(values["amount"]) or 0


@dataclass(frozen=True, slots=True)
class DiagnosisFacts:
    """What the form of a diagnosis opens with: whose, and the shops and sites it may be about."""

    diagnosis: Diagnosis
    client: str = ""
    about: tuple[tuple[str, int, str], ...] = ()
    """"shop" or "site", its id and its name."""


class DiagnosisDialog(FormDialog):
    """The problem of a shop or site, its cause, the advice given, and the figure that shall get better."""

    SCREEN_ID, TITLE_CODE, ROWS = "diagnosis", "diagnosis.form.title", ("C8",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "diagnosis.problem": "problem",
        "diagnosis.cause": "cause",
        "diagnosis.words_long": "problem",
        "diagnosis.measure": "measure",
        "diagnosis.measure_long": "measure",
        "diagnosis.figure": "before",
        "diagnosis.of_another": "about",
    }

    def __init__(self, facts: DiagnosisFacts) -> None:
        self.facts = facts
        one = facts.diagnosis
        about = f"shop-{one.shop_id}" if one.shop_id else f"site-{one.site_id}" if one.site_id else None
        given = {
            "about": about,
            "problem": one.problem,
            "cause": one.cause,
            "advice": one.advice,
            "measure": one.measure,
            "before": typed_figure(one.before),
        }
        super().__init__(f"diagnosis-{one.id or f'of-{one.client_id}'}", given)

    def fields(self) -> Iterable[Widget]:
        """What it is about, the problem, its cause, the advice, the figure now."""
        if self.facts.about:
            choices = [Choice(f"{noun}-{key}", shown(name)) for noun, key, name in self.facts.about]
            yield ChoiceField("about", "diagnosis.field.about", choices)
        yield LongField("problem", "diagnosis.field.problem", lines=2, required=True)
        yield LongField("cause", "diagnosis.field.cause", lines=2, required=True)
        yield LongField("advice", "diagnosis.field.advice", lines=2)
        yield TextField(
            "measure", "diagnosis.field.measure", max_length=60, placeholder_code="diagnosis.measure_hint"
        )
        yield TextField("before", "diagnosis.field.before", max_length=30)

    def ready(self) -> None:
        """Open at the problem; say whose it is and what the manual says of causes."""
        super().ready()
        who = paint.client_name(self.facts.client)
        self.query_one(".dialog", Panel).whisper(f"{who}  {say('diagnosis.eighty')}")
        self.form.fields["problem"].focus()

    def wrong(self, values: Values) -> dict[str, str]:
        """A cause above all; the figure must be one, and named."""
        wrong = super().wrong(values)
        if not values["cause"]:
            wrong["cause"] = say("diagnosis.cause")
        wrong |= wrong_figure("before", values)
        if values["before"] and not values["measure"]:
            wrong["measure"] = say("diagnosis.measure")
        return wrong

    def diagnosis(self, values: Values) -> Diagnosis:
        """The diagnosis as typed."""
        noun, _, key = str(values.get("about") or "").partition("-")
        return replace(
            self.facts.diagnosis,
            shop_id=int(key) if noun == "shop" else None,
            site_id=int(key) if noun == "site" else None,
            problem=values["problem"],
            cause=values["cause"],
            advice=values["advice"],
            measure=values["measure"],
            before=read_figure(values["before"]),
        )


class OutcomeDialog(FormDialog):
    """What came of the advice: whether it helped, in words, and the figure afterwards."""

    SCREEN_ID, TITLE_CODE, ROWS = "diagnosis_outcome", "diagnosis.outcome_title", ("C8",)
    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "diagnosis.no_state": "state",
        "diagnosis.outcome": "outcome",
        "diagnosis.words_long": "outcome",
        "diagnosis.figure": "after",
        "diagnosis.nothing_measured": "after",
    }

    def __init__(self, facts: DiagnosisFacts) -> None:
        self.facts = facts
        one = facts.diagnosis
        given: dict[str, Any] = {
            "state": None if one.is_open else one.state,
            "outcome": one.outcome,
            "after": typed_figure(one.after),
        }
        super().__init__(f"diagnosis-outcome-{one.id}", given)

    def body(self) -> Iterable[Widget]:
        """What was found and advised, and the fields."""
        one = self.facts.diagnosis
        lines = Wrapped(grow=True)
        lines.show(
            [*(_told(name, getattr(one, name)) for name in ("problem", "cause", "advice")), Content("")]
        )
        yield lines
        yield from super().body()

    def fields(self) -> Iterable[Widget]:
        """A digit for whether it helped, the words, the figure."""
        from deskapp.domain.diagnosis import ENDED

        states = [Choice(state, say(f"diagnosis.state.{state}")) for state in ENDED]
        yield ChoiceField("state", "diagnosis.field.state", states, required=True, advance=True)
        yield LongField("outcome", "diagnosis.field.outcome", lines=3, required=True)
        if self.facts.diagnosis.measure:
            yield TextField("after", "diagnosis.field.after", max_length=30)

    def ready(self) -> None:
        """Say whose it is, and the figure before."""
        super().ready()
        one = self.facts.diagnosis
        figure = f"  {shown(one.measure)} {typed_figure(one.before)}" if one.measure else ""
        self.query_one(".dialog", Panel).whisper(f"{paint.client_name(self.facts.client)}{figure}")

    def wrong(self, values: Values) -> dict[str, str]:
        """Whether it helped, how, and a figure that is one."""
        return super().wrong(values) | wrong_figure("after", values)

    def outcome(self, values: Values) -> Outcome:
        """What was typed."""
        from deskapp.domain.diagnosis import Outcome

        return Outcome(values["state"], values["outcome"], read_figure(values.get("after") or ""))


def _told(name: str, words: str) -> Content:
    label = Content.styled(f"{say(f'diagnosis.field.{name}')}  ", "$text-muted")
    return Content.assemble(label, painting.safe(" ".join(words.split()) or "-"))


def read_figure(typed: str) -> int | None:
    """A figure as typed, percent or not, in hundredths; None when nothing is typed."""
    return read_yuan(typed.rstrip("%\uff05 ")) if typed.rstrip("%\uff05 ") else None


def typed_figure(figure: int | None) -> str:
    """A figure as it is typed."""
    return "" if figure is None else f"{figure / 100:.2f}".removesuffix(".00")


def wrong_figure(name: str, values: Values) -> dict[str, str]:
    """What is wrong with a figure."""
    try:
        read_figure(values.get(name) or "")
    except RuleBroken:
        return {name: say("diagnosis.figure", value=shown(str(values[name])))}
    return {}


def abouts(shops: Sequence[Shop], sites: Iterable[tuple[int, str]]) -> tuple[tuple[str, int, str], ...]:
    """What a client's diagnosis may be about: the shops in use, then the sites."""
    found = [("shop", shop.id, shop.name) for shop in shops if shop.active]
    return (*found, *(("site", key, name) for key, name in sites))
