"""What is done with shops and diagnoses, from any screen: read what a form needs, ask, save."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deskapp.domain.diagnosis import Diagnosis
from deskapp.domain.shop import Shop
from deskapp.i18n import say
from deskapp.screens import shops_forms as forms
from deskapp.screens.form_dialog import edit
from deskapp.screens.shops_lists import changed
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.domain.shop import Turnover
    from deskapp.screens.base import Framed
    from deskapp.screens.record_form import Values

MONTHS_SHOWN = 6


def ask_shop(screen: Framed, shop: Shop) -> None:
    """Open a shop, or change one."""
    from deskapp.services import shops

    desk = screen.desk
    made: list[forms.ShopDialog] = []

    def read() -> forms.ShopFacts:
        with desk.read() as work:
            fresh = work.shops.find(shop.id) if shop.id else shop
            client = work.clients.get(fresh.client_id)
        today = desk.local(desk.now()).format("YYYY-MM-DD")
        return forms.ShopFacts(fresh, client.name if client else "", today)

    def make(facts: forms.ShopFacts) -> forms.ShopDialog:
        made.append(forms.ShopDialog(facts))
        return made[-1]

    def save(_facts: forms.ShopFacts, values: Values) -> Shop:
        return shops.save_shop(desk, made[-1].shop(values), key=values["submission"])

    def opened(facts: forms.ShopFacts) -> None:
        edit(
            screen,
            facts,
            make,
            save,
            read,
            then=lambda one: screen.app.say("shop.saved", name=shown(one.name)),
        )

    screen.ask(read, opened, group="edit")


def ask_turnover(screen: Framed, shop_id: int, month: date) -> None:
    """Write down what a shop turned over in a month, or correct it; then say how that compares."""
    from deskapp.services import shops

    desk = screen.desk
    made: list[forms.TurnoverDialog] = []

    def read() -> forms.TurnoverFacts:
        with desk.read() as work:
            shop = work.shops.find(shop_id)
            client = work.clients.get(shop.client_id)
            newest = tuple(work.turnovers.of_shop(shop_id, MONTHS_SHOWN))
        today = desk.local(desk.now()).date()
        return forms.TurnoverFacts(shop, client.name if client else "", month, today, newest)

    def make(facts: forms.TurnoverFacts) -> forms.TurnoverDialog:
        made.append(forms.TurnoverDialog(facts))
        return made[-1]

    def save(facts: forms.TurnoverFacts, values: Values) -> Turnover:
        dialog = made[-1]
        return shops.record_turnover(desk, facts.shop.id, dialog.month(values), dialog.amount(values))

    def saved(one: Turnover) -> None:
        screen.ask(lambda: _compared(desk, one), lambda words: _tell(screen, one, words), group="compared")

    screen.ask(read, lambda facts: edit(screen, facts, make, save, read, then=saved), group="edit")


def _compared(desk: Desk, one: Turnover) -> str:
    with desk.read() as work:
        row = work.shops.rows([work.shops.find(one.shop_id)], one.month)[0]
    return changed(row.change).plain


def _tell(screen: Framed, one: Turnover, words: str) -> None:
    screen.app.say("shop.turnover.saved", month=f"{one.month:%Y-%m}", change=words)


def ask_diagnosis(screen: Framed, diagnosis: Diagnosis) -> None:
    """Write down a problem with its cause and the advice, or change what was written."""
    from deskapp.services import diagnoses

    desk = screen.desk
    made: list[forms.DiagnosisDialog] = []

    def make(facts: forms.DiagnosisFacts) -> forms.DiagnosisDialog:
        made.append(forms.DiagnosisDialog(facts))
        return made[-1]

    def save(_facts: forms.DiagnosisFacts, values: Values) -> Diagnosis:
        typed = made[-1].diagnosis(values)
        if typed.id:
            return diagnoses.save(desk, typed)
        return diagnoses.add(desk, typed, key=values["submission"])

    def read() -> forms.DiagnosisFacts:
        return read_diagnosis(desk, diagnosis)

    def opened(facts: forms.DiagnosisFacts) -> None:
        edit(screen, facts, make, save, read, then=lambda _: screen.app.say("diagnosis.saved"))

    screen.ask(read, opened, group="edit")


def read_diagnosis(desk: Desk, diagnosis: Diagnosis) -> forms.DiagnosisFacts:
    """Read what the form of a diagnosis needs; a new one of a shop opens with its last turnover as the figure."""
    from deskapp.domain.address import full_address

    with desk.read() as work:
        fresh = work.diagnoses.find(diagnosis.id) if diagnosis.id else diagnosis
        client = work.clients.get(fresh.client_id)
        shops, sites = work.shops.of(fresh.client_id), work.sites.of(fresh.client_id)
        if not fresh.id and fresh.shop_id is None and fresh.site_id is None and len(shops) == 1:
            fresh = replace(fresh, shop_id=shops[0].id)
        last = work.turnovers.of_shop(fresh.shop_id, 1) if fresh.shop_id and not fresh.id else []
    if last and not fresh.measure:
        measure = say("diagnosis.turnover_of", month=f"{last[0].month:%Y-%m}")
        fresh = replace(fresh, measure=measure, before=last[0].amount)
    about = forms.abouts(shops, ((site.id, full_address(site.estate, site.address)) for site in sites))
    return forms.DiagnosisFacts(fresh, client.name if client else "", about)


def ask_outcome(screen: Framed, diagnosis: Diagnosis) -> None:
    """Write down what came of the advice."""
    from deskapp.services import diagnoses

    desk = screen.desk
    made: list[forms.OutcomeDialog] = []

    def make(facts: forms.DiagnosisFacts) -> forms.OutcomeDialog:
        made.append(forms.OutcomeDialog(facts))
        return made[-1]

    def save(facts: forms.DiagnosisFacts, values: Values) -> Diagnosis:
        return diagnoses.end(desk, facts.diagnosis, made[-1].outcome(values))

    def read() -> forms.DiagnosisFacts:
        return read_diagnosis(desk, diagnosis)

    def opened(facts: forms.DiagnosisFacts) -> None:
        edit(
            screen,
            facts,
            make,
            save,
            read,
            then=lambda one: screen.app.say(
                "diagnosis.outcome_saved", state=say(f"diagnosis.state.{one.state}")
            ),
        )

    screen.ask(read, opened, group="edit")
