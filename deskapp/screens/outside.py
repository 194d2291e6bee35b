"""The outside: telephone, webhook, mail, notices; set, secrets kept apart, each connection tried (rows C5, C6, N1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.domain.outside import PARTS
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import paint
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.draft_keeper import DraftKeeper
from deskapp.screens.outside_fields import (
    SECRETS,
    as_part,
    as_typed,
    fields_of,
    finding,
    kept_words,
    read_all,
    say_choices,
)
from deskapp.screens.outside_links import link_lines, read_links
from deskapp.widgets import painting, signs
from deskapp.widgets.form import FormPanel, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.domain.outside import Outside
    from deskapp.repository.pbx_links import PbxLink
    from deskapp.services.drafts import Kept
    from deskapp.services.probing import Found

DRAFT = "outside"
FORGET = "-"
"""Typed for a secret, it is forgotten."""
LOOKS_S = 3.0
"""How often it is looked how the ears of the machines stand."""


class OutsideScreen(DeskScreen[None]):
    """One section at a time; beside it what each secret is kept in, and what the last test said."""

    PLACE, SCREEN_ID, ROWS = "more", "outside", ("C5", "C6", "N1")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", id="outside.save"),
        Binding("ctrl+r", "test", id="outside.test"),
        Binding("ctrl+n", "section", id="outside.section"),
        Binding("ctrl+z", "undo", id="outside.undo"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    OutsideScreen #outside-sections { height: 1; }
    OutsideScreen #outside-forms { width: 3fr; }
    OutsideScreen #outside-side { width: 2fr; max-width: 60; }
    OutsideScreen.-narrow #outside-all { layout: vertical; }
    OutsideScreen.-narrow #outside-forms { width: 1fr; }
    OutsideScreen.-narrow #outside-side { width: 1fr; max-width: 100%; height: 9; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.sections = Lines(id="outside-sections")
        self.forms = {name: FormPanel(*fields_of(name), id=f"outside-form-{name}") for name in PARTS}
        self.said = Wrapped(id="outside-said")
        self.at = next(iter(PARTS))
        """The section that is shown."""
        self.base: Outside | None = None
        """What the forms were filled from."""
        self.where: dict[str, str] = {}
        """Where each secret is kept."""
        self.owner: int | None = None
        """Who typed what stands here: secrets typed are for nobody else."""
        self.links: dict[str, list[PbxLink]] = {}
        """How each machine's ear stands, by section."""
        self.keeper: DraftKeeper | None = None
        """Keeps what is typed and not saved, but for secrets."""
        self.found: dict[str, list[Found] | None] = {}
        """What the last test of a section came to; None while it runs."""

    def body(self) -> Iterable[Widget]:
        """The sections' names, the fields of one, and what is known of it."""
        yield self.sections
        yield Horizontal(
            Panel("outside.title", *self.forms.values(), id="outside-forms"),
            Vertical(Panel("outside.test_title", self.said), id="outside-side"),
            id="outside-all",
        )

    def ready(self) -> None:
        """Read what is set, once the fields are there."""
        self._show_section()
        self.call_after_refresh(self._begin)
        self.set_interval(LOOKS_S, self._look)

    def _look(self) -> None:
        if self.base is not None and self.app.desk is not None and self.app.desk.operator is not None:
            desk = self.desk
            self.ask(lambda: read_links(desk), self._linked, group="links", wrong=lambda _: None)

    def _linked(self, links: dict[str, list[PbxLink]]) -> None:
        if links != self.links:
            self.links = links
            self._show_said()

    def _begin(self) -> None:
        if not all(len(form.fields) for form in self.forms.values()):
            self.call_after_refresh(self._begin)
            return
        for form in self.forms.values():
            say_choices(form)
        self.forms[self.at].focus_first()
        self.changed()

    def changed(self) -> None:
        """Read again; what was typed stays."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            desk = self.desk
            if self.owner != self.app.desk.operator.id:
                self._sits_down(self.app.desk.operator.id)
            self.ask(lambda: read_all(desk), self._show, group="outside")

    def _sits_down(self, operator_id: int) -> None:
        """Nobody finds what another has typed: it is kept for whoever typed it, and secrets are gone."""
        self._keep_now()
        self._forget_typed()
        self.owner, self.keeper = operator_id, None
        if self.base is not None:
            for name, form in self.forms.items():
                form.fill(as_typed(getattr(self.base, name)))

    def _show(self, told: tuple[Outside, dict[str, str]]) -> None:
        before, (self.base, self.where) = self.base, told
        for name, form in self.forms.items():
            now, typed = as_typed(getattr(self.base, name)), form.values()
            was = as_typed(getattr(before, name)) if before is not None else typed
            form.fill({key: value for key, value in now.items() if typed[key] == was[key]})
        self._ask_draft()
        self._show_secrets()
        self._show_said()
        self._look()

    def _ask_draft(self) -> None:
        """Read what was typed before and not saved, once for whoever sits here."""
        if self.keeper is not None:
            return
        from deskapp.services import drafts

        desk = self.desk
        keeper = self.keeper = DraftKeeper(self.app, desk, DRAFT)
        self.ask(
            lambda: drafts.kept(desk, DRAFT),
            lambda kept: self._put_back(keeper, kept),
            group="draft",
            wrong=lambda _: None,
        )

    def _put_back(self, keeper: DraftKeeper, kept: Kept | None) -> None:
        """What was typed and not saved before stands there again, in the fields nobody has touched since."""
        if kept is None or keeper is not self.keeper:
            return
        touched = self._typed()
        for name, form in self.forms.items():
            values = kept.values.get(name)
            if isinstance(values, dict):
                known = as_typed(getattr(self.base, name)).keys() - touched.get(name, {}).keys()
                form.fill({key: value for key, value in values.items() if key in known})
        if self._typed() != touched:
            self.app.say("outside.draft", when=paint.when(self.desk, kept.at))

    def _typed(self) -> dict[str, dict[str, Any]]:
        """What stands in the forms and is not saved, by section; no secret is ever in it."""
        found: dict[str, dict[str, Any]] = {}
        for name, form in self.forms.items() if self.base is not None else ():
            saved, values = as_typed(getattr(self.base, name)), form.values()
            if typed := {key: values[key] for key in saved if values[key] != saved[key]}:
                found[name] = typed
        return found

    def _keep(self) -> None:
        if self.keeper is None:
            return
        if typed := self._typed():
            self.keeper.keep(typed)
        else:
            self.keeper.forget()

    def _keep_now(self) -> None:
        """Keep at once what no pause has kept yet."""
        pending = any(form.pending for form in self.forms.values())
        if pending and self.keeper is not None and (typed := self._typed()):
            self.keeper.keep_now(typed)

    def on_form_panel_changed(self, message: FormPanel.Changed) -> None:
        """Keep what is typed at each pause."""
        self._keep()

    def on_unmount(self) -> None:
        """The screen goes away."""
        self._keep_now()

    def _show_secrets(self) -> None:
        for section, names in SECRETS.items():
            for name in names:
                field = self.forms[section].field(name)
                if isinstance(field, TextField):
                    field.placeholder = kept_words(self.where.get(name, ""))

    def relabel(self) -> None:
        """Say choices, secrets and findings again too."""
        super().relabel()
        self._show_section()
        if self.base is not None:
            for form in self.forms.values():
                say_choices(form)
            self._show_secrets()
            self._show_said()

    def _show_section(self) -> None:
        for name, form in self.forms.items():
            form.display = name == self.at
        names = []
        for name in PARTS:
            mark = signs.sign("cursor") if name == self.at else " "
            tone = "bold $primary" if name == self.at else "$text-muted"
            names.append(Content.styled(f"{mark} {say(f'outside.section.{name}')}", tone))
        self.sections.show([painting.join(names, "   ")])

    def _show_said(self) -> None:
        found = self.found.get(self.at, [])
        if found is None:
            lines = [Content.styled(say("outside.testing"), "$text-muted")]
        elif not found:
            lines = [
                Content.styled(
                    say(f"outside.about.{self.at}", phone="{phone}", email="{email}"), "$text-muted"
                )
            ]
        else:
            lines = [finding(one) for one in found]
        self.said.show([*lines, *link_lines(self.desk, self.at, self.links.get(self.at, ()))])

    def action_section(self) -> None:
        """Show the next section."""
        names = list(PARTS)
        self.at = names[(names.index(self.at) + 1) % len(names)]
        self._show_section()
        self._show_said()
        self.forms[self.at].focus_first()

    def action_save(self) -> None:
        """Save this section and its secrets; a wrong value is named at its field."""
        if self.base is None:
            return
        from deskapp.services import outside

        desk, at = self.desk, self.at
        secrets = self._secrets(at)
        try:
            part = self._part(at)
        except RuleBroken as error:
            self._wrong(error)
            return

        def save() -> None:
            outside.save_outside(desk, part)
            for name, value in secrets.items():
                outside.keep_secret(desk, name, "" if value == FORGET else value)

        self.act(save, lambda _: self._saved(at, part, secrets), wrong=self._wrong)

    def _saved(self, at: str, part: Any, secrets: Mapping[str, str]) -> None:
        if self.base is not None:
            self.base = replace(self.base, **{at: part})
        self._keep()
        self.forms[at].fill(dict.fromkeys(secrets, ""))
        self.forms[at].show_errors({})
        self.app.say("outside.saved", section=say(f"outside.section.{at}"))

    def _secrets(self, at: str) -> dict[str, str]:
        """The secrets typed; those left empty stay as they are."""
        values = self.forms[at].values()
        return {name: values[name].strip() for name in SECRETS[at] if values[name].strip()}

    def _part(self, at: str) -> Any:
        from deskapp.domain.outside import check_part

        part = as_part(getattr(self.base, at), self.forms[at].values())
        check_part(part)
        return part

    def _wrong(self, error: Exception) -> None:
        field = str(error.facts.get("field", "")) if isinstance(error, RuleBroken) else ""
        section, _, name = field.partition(".")
        if isinstance(error, RuleBroken) and section in self.forms and name in self.forms[section].fields:
            self.forms[section].show_errors({name: in_words(error)})
        else:
            self.app.tell(error)

    def action_test(self) -> None:
        """Try this section's connection as it stands here, saved or not."""
        if self.base is None or self.found.get(self.at, []) is None:
            return
        from deskapp.services.probing import probe

        desk, at = self.desk, self.at
        secrets = {name: "" if value == FORGET else value for name, value in self._secrets(at).items()}
        try:
            part = self._part(at)
        except RuleBroken as error:
            self._wrong(error)
            return
        words = say("outside.test_message"), say("outside.test_body", company=desk.company or "-")
        self.found[at] = None
        self._show_said()
        self.ask(
            lambda: probe(desk, part, secrets, words),
            lambda found: self._tested(at, found),
            group=f"probe-{at}",
            wrong=lambda error: self._not_tested(at, error),
        )

    def _tested(self, at: str, found: list[Found]) -> None:
        self.found[at] = found
        self._show_said()

    def _not_tested(self, at: str, error: Exception) -> None:
        self.found[at] = []
        self._show_said()
        self._wrong(error)

    def action_undo(self) -> None:
        """Show this section as it is saved; typed secrets are gone."""
        if self.base is not None:
            form = self.forms[self.at]
            form.fill(as_typed(getattr(self.base, self.at)) | dict.fromkeys(SECRETS[self.at], ""))
            form.show_errors({})
            self._keep()

    def action_leave(self) -> None:
        """Back to the queue; what was typed is there the next time, but for secrets: they do not stay behind."""
        if self._typed():
            self._keep()
            self.app.say("form.kept")
        self._forget_typed()
        self.app.go("queue")

    def _forget_typed(self) -> None:
        for section, names in SECRETS.items():
            self.forms[section].fill(dict.fromkeys(names, ""))
