"""The dialog a site is written in: where, how far, who builds it, the deposit and its days (row S1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.record_form import RecordForm, Typed, Values
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.site import Site
    from deskapp.domain.staff import StaffMember

TRADE_OF = {
    "designer": "designer",
    "consultant": "consultant",
    "supervisor": "supervisor",
    "manager": "project_manager",
}
"""The trade that fills each role of a site."""
DAYS = ("deposit_date", "start_date", "completed_on")
MOST_TYPED = 200
_FIELD_OF = {"site.address_missing": "address", "site.completed_first": "completed_on"}


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A site as typed: the record to save."""

    site: Site
    typed: Typed


class SiteForm(RecordForm[SiteEntry]):
    """One contract: people are picked among the staff by a few letters, days and amounts typed as one says them."""

    SCREEN_ID, ROWS = "site_form", ("S1",)

    def __init__(self, site: Site, names: dict[str, str] | None = None, typed: Typed | None = None) -> None:
        self.site = site
        self.staff: Sequence[StaffMember] = ()
        title, draft = "site.form.new", f"site.new.{site.client_id}"
        if site.id:
            title, draft = "site.form.edit", f"site.{site.id}"
        super().__init__(title, draft, site_values(site, names or {}), typed)

    def fields(self) -> Iterable[Widget]:
        """Where, how far, who, and the days."""
        yield TextField("estate", "site.field.estate", max_length=MOST_TYPED)
        yield TextField("address", "site.field.address", max_length=MOST_TYPED)
        yield TextField("area", "site.field.area", max_length=20, placeholder_code="site.form.area_hint")
        yield ChoiceGrid("stage", "site.field.stage", _stages())
        for role in TRADE_OF:
            yield PickField(
                role,
                f"staff.trade.{TRADE_OF[role]}",
                self._lookup(role),
                placeholder_code="site.form.person_hint",
            )
        yield TextField("crew", "site.field.crew", max_length=MOST_TYPED)
        yield TextField(
            "deposit", "site.field.deposit", max_length=30, placeholder_code="site.form.money_hint"
        )
        for day in DAYS:
            yield TextField(day, f"site.field.{day}", max_length=30, placeholder_code="site.form.day_hint")
        yield LongField("note", "site.field.note", lines=3)

    def ready(self) -> None:
        """Open, and read who works here."""
        super().ready()
        desk = self.desk

        def everybody() -> Sequence[StaffMember]:
            with desk.read() as work:
                return [member for member in work.staff.all() if member.left_on is None]

        self.ask(everybody, lambda staff: setattr(self, "staff", staff), group="staff")

    def relabel(self) -> None:
        """Say everything again, the stages too."""
        field = self.form.fields.get("stage")
        if isinstance(field, ChoiceField):
            field.choices = _stages()
        super().relabel()

    def spoken(self, name: str, value: Any) -> str:
        """An answer in words."""
        return say(f"site.stage.{value}") if name == "stage" else super().spoken(name, value)

    def _lookup(self, role: str) -> Callable[[str], list[Choice]]:
        return lambda typed: staff_choices(self.staff, TRADE_OF[role], typed)

    def wrong(self, values: Values) -> dict[str, str]:
        """Amounts, areas and days must be read, people known, and the site whole."""
        from deskapp.domain.errors import RuleBroken
        from deskapp.domain.site import check_site
        from deskapp.i18n.errors import in_words

        wrong: dict[str, str] = {}
        for name in ("area", "deposit", *DAYS):
            try:
                _READERS.get(name, read_day)(values[name])
            except RuleBroken as error:
                wrong[name] = in_words(error)
        for role in TRADE_OF:
            if values[role] is None and values[f"{role}.text"]:
                wrong[role] = say("site.form.nobody")
        if not wrong:
            try:
                check_site(self._site(values))
            except RuleBroken as error:
                wrong[_FIELD_OF.get(error.code, "address")] = in_words(error)
        return wrong

    def entry(self, values: Values) -> SiteEntry:
        """The site as typed."""
        return SiteEntry(self._site(values), Typed(values, self.given, self.submission))

    def _site(self, values: Values) -> Site:
        people = {f"{role}_id": values[role] for role in TRADE_OF}
        return replace(
            self.site,
            estate=values["estate"],
            address=values["address"],
            area=read_area(values["area"]),
            stage=values["stage"] or self.site.stage,
            crew=values["crew"],
            deposit=read_yuan(values["deposit"]),
            note=values["note"],
            deposit_date=read_day(values["deposit_date"]),
            start_date=read_day(values["start_date"]),
            completed_on=read_day(values["completed_on"]),
            **people,
        )


def site_values(site: Site, names: dict[str, str]) -> dict[str, Any]:
    """A site as answers by field: yuan, square metres, days as text; people by id with their names."""
    values: dict[str, Any] = {
        name: getattr(site, name) for name in ("estate", "address", "stage", "crew", "note")
    }
    values["area"] = f"{site.area / 100:g}" if site.area else ""
    values["deposit"] = "" if site.deposit is None else f"{site.deposit / 100:.2f}".removesuffix(".00")
    for name in DAYS:
        day = getattr(site, name)
        values[name] = day.isoformat() if day else ""
    for role in TRADE_OF:
        values[role] = getattr(site, f"{role}_id")
        values[f"{role}.text"] = names.get(role, "")
    return values


def read_area(typed: str) -> int | None:
    """Square metres as typed into hundredths; None when nothing is typed."""
    from deskapp.domain.import_values import parse_area

    return round(parse_area(typed) * 100) if typed else None


def read_yuan(typed: str) -> int | None:
    """Yuan as typed into fen; None when nothing is typed."""
    from deskapp.domain.import_values import parse_money

    return parse_money(typed) if typed else None


def read_day(typed: str) -> date | None:
    """A day as typed; None when nothing is typed."""
    from deskapp.domain.import_dates import parse_date

    return parse_date(typed) if typed else None


_READERS: dict[str, Callable[[str], Any]] = {"area": read_area, "deposit": read_yuan}


def staff_choices(staff: Sequence[StaffMember], trade: str, typed: str) -> list[Choice]:
    """Who fits some letters of a name, those of the trade first, each with the trade."""
    wanted = typed.strip().lower()
    found = [member for member in staff if _fits(member.name, wanted)]
    found.sort(key=lambda member: member.trade != trade)
    return [Choice(m.id, shown(m.name), detail=say(f"staff.trade.{m.trade}")) for m in found[:20]]


def _fits(name: str, wanted: str) -> bool:
    return wanted in name.lower() or any(key.startswith(wanted) for key in _keys(name))


@lru_cache(maxsize=2_000)
def _keys(name: str) -> tuple[str, ...]:
    from deskapp.domain.search_text import name_keys

    return name_keys(name)


def _stages() -> list[Choice]:
    from deskapp.domain.site import STAGES

    return [Choice(stage, say(f"site.stage.{stage}")) for stage in STAGES]
