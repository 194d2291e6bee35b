"""The one form of all registers, built from what a register declares; and the reason of a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from zlib import crc32

from textual.widget import Widget

from deskapp.domain import register as rules
from deskapp.domain.address import full_address
from deskapp.domain.errors import RuleBroken
from deskapp.domain.register_kind import APPROVED
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.base import Panel
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.screens.record_form import Values
from deskapp.screens.register_lists import choice_word, name_of
from deskapp.screens.site_form import TRADE_OF, staff_choices
from deskapp.screens.staff_forms import yes_no
from deskapp.screens.ticket_form_fields import ClientLookup
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField
from deskapp.widgets.form_grid import ChoiceGrid
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.register import RegisterEntry
    from deskapp.domain.register_kind import FieldKind, RegisterKind
    from deskapp.domain.site import Site
    from deskapp.domain.staff import StaffMember
    from deskapp.screens.base import Framed

IN_A_LINE = 4
"""The most choices that stand in one line; more of them stand in columns."""
SITES_FOUND = 12


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a form begins with: the register, the line with its answers, and the names of whom they mean."""

    kind: RegisterKind
    entry: RegisterEntry
    today: date
    answers: rules.Values = field(default_factory=dict)
    client: str = ""
    sites: tuple[Site, ...] = ()
    """The sites of the client."""
    names: dict[int, str] = field(default_factory=dict)
    staff: tuple[StaffMember, ...] = ()
    follows: RegisterEntry | None = None
    """The decided line this one is to take the place of."""


def load(
    desk: Desk,
    kind: RegisterKind,
    entry: RegisterEntry,
    given: rules.Values | None = None,
    follows: RegisterEntry | None = None,
) -> Loaded:
    """Read what a form begins with; runs in a thread."""
    from deskapp.services.planning import today_of

    with desk.read() as work:
        today = today_of(desk, work.now)
        if entry.id:
            entry = work.registers.find(entry.id)
            answers = rules.values_of(kind, entry)
        else:
            answers = rules.opening(kind, today) | dict(given or {})
        site = work.sites.get(answers.get("site"))
        client = work.clients.get(answers.get("client") or (site.client_id if site else None))
        everybody = work.staff.all()
        sites = work.sites.of(client.id) if client else []
    return Loaded(
        kind,
        entry,
        today,
        answers,
        client.name if client else "",
        tuple(sites),
        {one.id: one.name for one in everybody},
        tuple(one for one in everybody if one.left_on is None),
        follows,
    )


class RegisterDialog(FormDialog):
    """A line of a register: its fields as they are declared, people picked by a few letters, days as one says them."""

    SCREEN_ID, TITLE_CODE, ROWS = "register_entry", "registers.form.title", ("S4", "S6")

    def __init__(self, loaded: Loaded) -> None:
        self.loaded, self.kind = loaded, loaded.kind
        self.sites: tuple[Site, ...] = loaded.sites
        entry, known = loaded.entry, loaded.answers
        problem = str((entry.data or {}).get("problem", ""))
        marked = f"{crc32(problem.encode()):08x}" if problem else "new"
        about = known.get("client") or known.get("site") or marked
        name = entry.id or (f"after-{loaded.follows.id}" if loaded.follows else f"of-{about}")
        super().__init__(f"register-{self.kind.code}-{name}", _given(loaded))

    def fields(self) -> Iterable[Widget]:
        """The fields the register declares."""
        return [self._widget(one) for one in self.kind.fields]

    def _widget(self, one: FieldKind) -> Widget:
        label = f"registers.field.{self.kind.code}.{one.id}"
        if one.kind in ("client", "staff") or (one.kind == "site" and not self.kind.of_kind("client")):
            hint = {"client": "handoff.client_hint", "staff": "site.form.person_hint"}
            code = hint.get(one.kind, "registers.site_hint")
            return PickField(one.id, label, self._lookup(one), required=one.required, placeholder_code=code)
        if one.kind == "site":
            return ChoiceGrid(one.id, label, self._site_choices(), required=one.required)
        if one.kind in ("choice", "yes_no"):
            choices = self._choices(one)
            made = ChoiceGrid if len(choices) > IN_A_LINE else ChoiceField
            return made(one.id, label, choices, required=one.required)
        if one.kind == "long":
            return LongField(one.id, label, lines=3, required=one.required)
        hints = {"money": "site.form.money_hint", "day": "sites.day_hint"}
        most = rules.LONGEST["text"] if one.kind == "text" else 30
        return TextField(
            one.id, label, max_length=most, required=one.required, placeholder_code=hints.get(one.kind, "")
        )

    def _choices(self, one: FieldKind) -> list[Choice]:
        if one.kind == "yes_no":
            return yes_no()
        return [Choice(value, choice_word(self.kind, one.id, value)) for value in one.choices]

    def _lookup(self, one: FieldKind) -> Callable[[str], list[Choice]]:
        if one.kind == "client":
            return lambda typed: ClientLookup(self.desk)(typed)
        if one.kind == "site":
            return lambda typed: find_sites(self.desk, typed)
        return lambda typed: staff_choices(self.loaded.staff, one.trade, typed)

    def _site_choices(self) -> list[Choice]:
        return [_site_choice(one) for one in self.sites]

    def ready(self) -> None:
        """Say which register it is; begin with what is not known yet."""
        super().ready()
        number = self.loaded.follows.number if self.loaded.follows else self.loaded.entry.number
        code = "registers.form.follows" if self.loaded.follows else self.TITLE_CODE
        panel = self.query_one(".dialog", Panel)
        panel.title_code = code
        panel.entitle(register=name_of(self.kind), number=number)
        if self.typed is None and not self.loaded.entry.id:
            self._propose_people()
            self._opened_with = self.form.values()
            empty = [name for name, one in self.form.fields.items() if one.read() in (None, "")]
            if empty:
                self.form.field(empty[0]).focus()

    def relabel(self) -> None:
        """Say everything again, the choices too."""
        for one in self.kind.fields:
            field = self.form.fields.get(one.id)
            if isinstance(field, ChoiceField):
                field.choices = self._site_choices() if one.kind == "site" else self._choices(one)
        super().relabel()

    def on_pick_field_picked(self, event: PickField.Picked) -> None:
        """Another client has other sites; a site has people."""
        if event.choice is None or event.field.id not in ("client", "site"):
            return
        desk, picked, by_site = self.desk, int(event.choice.value), event.field.id == "site"

        def read() -> tuple[Site, ...]:
            with desk.read() as work:
                return (work.sites.find(picked),) if by_site else tuple(work.sites.of(picked))

        self.ask(read, self._show_sites, group="sites")

    def _show_sites(self, sites: tuple[Site, ...]) -> None:
        self.sites = sites
        grid = self.form.fields.get("site")
        if isinstance(grid, ChoiceField):
            grid.choices = self._site_choices()
            if len(sites) == 1:
                grid.fill(sites[0].id)
            needed = self.kind.named("site").required and not sites
            self.tell(say("registers.no_site_yet") if needed else "", "$warning")
        self._propose_people()

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        """Propose the people of the site that was chosen."""
        if event.field.id == "site":
            self._propose_people()

    def _propose_people(self) -> None:
        """Fill in whom the site names, where nobody is named yet."""
        if not self.kind.of_kind("site"):
            return
        site = next((one for one in self.sites if one.id == self.form.field("site").read()), None)
        roles = {trade: role for role, trade in TRADE_OF.items()}
        for one in self.kind.of_kind("staff"):
            role, field = roles.get(one.trade, ""), self.form.field(one.id)
            person = getattr(site, f"{role}_id", None) if site is not None and role else None
            if person and isinstance(field, PickField) and not field.text:
                field.fill(Choice(person, shown(self.loaded.names.get(person, ""))))

    def _answers(self, values: Values) -> tuple[dict[str, Any], dict[str, str]]:
        """What was typed as answers, and what cannot be read, by field."""
        answers: dict[str, Any] = {}
        unread: dict[str, str] = {}
        for one in self.kind.fields:
            if values.get(one.id) is None and values.get(f"{one.id}.text"):
                unread[one.id] = say("registers.pick")
                continue
            try:
                answers[one.id] = rules.read(one, values.get(one.id), self.loaded.today)
            except RuleBroken as error:
                unread[one.id] = in_words(error)
        return answers, unread

    def wrong(self, values: Values) -> dict[str, str]:
        """What cannot be read, and what the register does not allow."""
        answers, unread = self._answers(values)
        refused = rules.wrong(self.kind, answers, self.loaded.today)
        return {name: in_words(error) for name, error in refused.items()} | unread

    def save(self, desk: Desk, values: Values) -> RegisterEntry:
        """Store what was typed."""
        from deskapp.services import registers

        answers, _ = self._answers(values)
        loaded = self.loaded
        return registers.save(
            desk, loaded.entry, answers, follows=loaded.follows, key=values.get("submission", "")
        )


def _given(loaded: Loaded) -> dict[str, Any]:
    """The answers as the form's fields take them."""
    given: dict[str, Any] = {}
    for one in loaded.kind.fields:
        value = loaded.answers.get(one.id)
        if one.kind in ("client", "site", "staff", "choice", "yes_no"):
            given[one.id] = value
        else:
            given[one.id] = rules.written(one, value)
        if one.kind == "client" and value is not None:
            given[f"{one.id}.text"] = paint.client_name(loaded.client)
        if one.kind == "staff" and value is not None:
            given[f"{one.id}.text"] = shown(loaded.names.get(value, ""))
        if one.kind == "site" and value is not None and not loaded.kind.of_kind("client"):
            site = next((site for site in loaded.sites if site.id == value), None)
            given[f"{one.id}.text"] = _site_choice(site).label if site else ""
    return given


def _site_choice(site: Site) -> Choice:
    return Choice(
        site.id, f"{shown(full_address(site.estate, site.address))} {say(f'site.stage.{site.stage}')}"
    )


def find_sites(desk: Desk, typed: str) -> list[Choice]:
    """The sites of the clients who fit what is typed; runs in a thread."""
    with desk.read() as work:
        ids = work.search.client_ids(typed, SITES_FOUND)
        clients, sites = work.clients.get_many(ids), work.sites.of_many(ids)
    return [
        replace(_site_choice(site), detail=paint.client_name(clients[client_id].name))
        for client_id in ids
        for site in reversed(sites[client_id])
    ]


class WhyDialog(FormDialog):
    """Why a line is approved, refused or struck out; an approval needs no words."""

    SCREEN_ID, TITLE_CODE, ROWS = "register_why", "registers.why.title", ("S6", "S4")
    FIELD_OF: ClassVar = {"registers.why_missing": "why"}

    def __init__(self, act: str, entry: RegisterEntry) -> None:
        self.act_code, self.entry_seen = act, entry
        super().__init__(f"register-why-{act}-{entry.id}", {"why": ""})

    def fields(self) -> Iterable[Widget]:
        """The reason."""
        approves = self.act_code == APPROVED
        code = "registers.why.note" if approves else "registers.why.field"
        yield LongField("why", code, lines=3, required=not approves)

    def ready(self) -> None:
        """Say what is being decided."""
        super().ready()
        panel = self.query_one(".dialog", Panel)
        panel.entitle(act=say(f"registers.act.{self.act_code}"), number=self.entry_seen.number)


def write(
    screen: Framed,
    kind: RegisterKind,
    entry: RegisterEntry,
    given: rules.Values | None = None,
    follows: RegisterEntry | None = None,
) -> None:
    """Ask for a line of a register and store it; what follows from it is asked for next."""
    desk = screen.desk
    made: list[RegisterDialog] = []

    def make(loaded: Loaded) -> RegisterDialog:
        made.append(RegisterDialog(loaded))
        return made[-1]

    def done(stored: RegisterEntry) -> None:
        screen.app.say("registers.saved", register=name_of(kind), number=stored.number)
        next_one = kind.leads_to.get(stored.state, "") if not entry.id else ""
        if next_one:
            _lead_on(screen, next_one, rules.values_of(kind, stored))

    def reload() -> Loaded:
        return load(desk, kind, entry, given, follows)

    def opened(loaded: Loaded) -> None:
        edit(screen, loaded, make, lambda _, values: made[-1].save(desk, values), reload, then=done)

    screen.ask(reload, opened, group="edit")


def _lead_on(screen: Framed, code: str, before: rules.Values) -> None:
    """Open the next register's form with what the line before it said."""
    from deskapp.services.registers import kinds

    kind = kinds()[code]
    alike = {one.id: before[one.id] for one in kind.fields if one.id in before and one.kind != "long"}
    write(screen, kind, rules.RegisterEntry(register=code), alike)
