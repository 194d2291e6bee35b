"""The fields of the outside's settings, read and written; what a connection test came to, in words (C5, C6, N1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.domain.outside import CHANNELS, PARTS, TLS
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.widgets import signs
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, TextField
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.outside import Outside
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
LONGEST = 254


def fields_of(section: str) -> Iterable[Widget]:
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


def say_choices(form: FormPanel) -> None:
    """Say what can be chosen, in the language in use."""
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


def read_all(desk: Desk) -> tuple[Outside, dict[str, str]]:
    """What is set, and where each secret is kept."""
    from deskapp.services import outside

    names = [name for section in SECRETS.values() for name in section]
    return outside.read_outside(desk), {name: outside.where_secret(desk, name) for name in names}


def finding(found: Found) -> Content:
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
