"""The outside: telephone, webhook, mail, notices; set, secrets kept apart, each connection tried (rows C5, C6, N1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.domain.outside import CHANNELS, PARTS, TLS
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.outside_links import link_lines, read_links
from deskapp.widgets import painting, signs
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.safe_text import shown
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.outside import Outside
    from deskapp.repository.pbx_links import PbxLink
    from deskapp.services.probing import Found

SECRETS: Mapping[str, tuple[str, ...]] = {
    "asterisk": ("asterisk_password",),
    "cti": ("cti_token",),
    "mail": ("imap_password", "smtp_password"),
    "notices": tuple(f"notice_url_{channel}" for channel in CHANNELS),
}
"""The secrets of each section; typed blind, never shown."""
AFTER: Mapping[str, str] = {"imap_password": "imap_user", "smtp_password": "smtp_user"}
"""Secrets that stand behind a field; the others stand at the end."""
FORGET = "-"
"""Typed for a secret, it is forgotten."""
LONGEST = 254
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
    OutsideScreen.-narrow #outside-side { width: 1fr; max-width: 100%; height: 7; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.sections = Lines(id="outside-sections")
        self.forms = {name: FormPanel(*_fields(name), id=f"outside-form-{name}") for name in PARTS}
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
            _say_choices(form)
        self.forms[self.at].focus_first()
        self.changed()

    def changed(self) -> None:
        """Read again; what was typed stays."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            desk = self.desk
            if self.owner != self.app.desk.operator.id:
                self._forget_typed()
                self.owner = self.app.desk.operator.id
            self.ask(lambda: _read(desk), self._show, group="outside")

    def _show(self, told: tuple[Outside, dict[str, str]]) -> None:
        before, (self.base, self.where) = self.base, told
        for name, form in self.forms.items():
            now, typed = as_typed(getattr(self.base, name)), form.values()
            was = as_typed(getattr(before, name)) if before is not None else typed
            form.fill({key: value for key, value in now.items() if typed[key] == was[key]})
        self._show_secrets()
        self._show_said()
        self._look()

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
                _say_choices(form)
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
            lines = [Content.styled(say(f"outside.about.{self.at}"), "$text-muted")]
        else:
            lines = [_finding(one) for one in found]
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

        self.act(save, lambda _: self._saved(at, secrets), wrong=self._wrong)

    def _saved(self, at: str, secrets: Mapping[str, str]) -> None:
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

    def action_leave(self) -> None:
        """Back to the queue; typed secrets do not stay behind."""
        self._forget_typed()
        self.app.go("queue")

    def _forget_typed(self) -> None:
        for section, names in SECRETS.items():
            self.forms[section].fill(dict.fromkeys(names, ""))


def _fields(section: str) -> Iterable[Widget]:
    """The fields of a section; secrets behind the account they belong to."""
    behind = {account: name for name, account in AFTER.items() if name in SECRETS[section]}
    for each in fields(PARTS[section]):
        code = f"outside.field.{section}.{each.name}"
        if each.name == "on" or each.name.endswith("_tls"):
            yield ChoiceField(each.name, code, required=True)
        elif each.name == "signature":
            yield LongField(each.name, code, lines=3)
        else:
            yield TextField(each.name, code, max_length=LONGEST)
        if each.name in behind:
            yield _secret(section, behind[each.name])
    for name in SECRETS[section]:
        if name not in AFTER:
            yield _secret(section, name)


def _secret(section: str, name: str) -> TextField:
    return TextField(name, f"outside.field.{section}.{name}", password=True, max_length=2_000)


def _say_choices(form: FormPanel) -> None:
    yes_no = [Choice(True, say("outside.on")), Choice(False, say("outside.off"))]
    tls = [Choice(name, say(f"outside.tls.{name}")) for name in TLS]
    for name, field in form.fields.items():
        if isinstance(field, ChoiceField):
            field.choices = yes_no if name == "on" else tls


def as_typed(part: Any) -> dict[str, Any]:
    """A part as its form shows it."""
    typed = {each.name: getattr(part, each.name) for each in fields(part)}
    return {name: str(value) if type(value) is int else value for name, value in typed.items()}


def as_part(part: Any, typed: Mapping[str, Any]) -> Any:
    """Read a form; outside.value names the field that should be a number and is none."""
    values: dict[str, Any] = {}
    for each in fields(part):
        before, value = getattr(part, each.name), typed[each.name]
        if type(before) is int:
            text = str(value or "").strip()
            if not (text.isascii() and text.isdigit() and len(text) < 9):
                section = next(name for name, kind in PARTS.items() if isinstance(part, kind))
                raise RuleBroken("outside.value", field=f"{section}.{each.name}", value=shown(text))
            values[each.name] = int(text)
        else:
            values[each.name] = before if value is None else value
    return replace(part, **values)


def kept_words(where: str) -> str:
    """Whether a secret is kept and where, never what it is."""
    return say(f"outside.kept.{where or 'nowhere'}")


def _read(desk: Desk) -> tuple[Outside, dict[str, str]]:
    from deskapp.services import outside

    names = [name for section in SECRETS.values() for name in section]
    return outside.read_outside(desk), {name: outside.where_secret(desk, name) for name in names}


def _finding(found: Found) -> Content:
    """What a test came to, with a sign and a colour."""
    facts = dict(found.facts)
    channels = facts.get("channel")
    if channels:
        several = [channels] if isinstance(channels, str) else channels
        facts["channel"] = say("cli.list_comma").join(say(f"outside.channel.{one}") for one in several)
    words = in_words(RuleBroken(found.code, **facts))
    if channels and facts["channel"] not in words:
        words = say("outside.of_channel", channel=facts["channel"], words=words)
    mark, tone = (signs.sign("met"), "$success") if found.well else (signs.sign("error"), "$error")
    return Content.assemble((f"{mark} ", tone), (shown(words), "" if found.well else tone))
