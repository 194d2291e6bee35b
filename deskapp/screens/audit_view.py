"""An audit entry in words: the act, the record, and each field before and after."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pendulum
from textual.content import Content

from deskapp.i18n import knows, say
from deskapp.i18n.errors import WORDS_OF, word
from deskapp.screens import paint
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.audit import AuditEntry
    from deskapp.services.audit_trail import AuditRow

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.*[+-]\d\d:\d\d")


def act_words(entry: AuditEntry) -> str:
    """The act somebody had the right to, else what was done to the row."""
    act, _, did = entry.act.rpartition(":")
    if knows(f"rights.act.{act}"):
        return say(f"rights.act.{act}")
    return say(f"audit.did.{did}") if knows(f"audit.did.{did}") else shown(entry.act)


def record_words(row: AuditRow) -> str:
    """The kind of record and what it is called, its number where it has no name."""
    entry = row.entry
    kind = say(f"audit.noun.{entry.noun}") if knows(f"audit.noun.{entry.noun}") else shown(entry.noun)
    name = shown(row.label) or ("" if entry.record_id is None else str(entry.record_id))
    return f"{kind} {name}".rstrip()


def changes(desk: Desk, entry: AuditEntry) -> Iterator[tuple[str, str, str]]:
    """Each field: its name, what it was ("" for what is new) and what it became."""
    for field, value in (entry.changes or {}).items():
        before, after = _halves(value)
        old, new = _object(before), _object(after)
        if old is not None and new is not None:
            for name in sorted(old.keys() | new.keys()):
                if old.get(name) != new.get(name):
                    yield _name(name), _value(desk, name, old.get(name)), _value(desk, name, new.get(name))
        else:
            fact = f"{entry.noun}_{field}"
            fact = fact if fact in WORDS_OF else field
            yield _name(field), _value(desk, fact, before), _value(desk, fact, after)


def _halves(value: Any) -> tuple[Any, Any]:
    """What a field was and what it became; something new was nothing before."""
    return (value[0], value[1]) if isinstance(value, list) and len(value) == 2 else ("", value)


def _object(value: Any) -> Mapping[str, Any] | None:
    """A value that is itself a set of fields, such as the policy."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None


def _name(field: str) -> str:
    for code in (f"audit.field.{field}", f"policy.field.{field}"):
        if knows(code):
            return say(code)
    return shown(field)


def _value(desk: Desk, field: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return say(f"audit.value.{str(value).lower()}")
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        instant = pendulum.parse(value)
        return paint.when(desk, instant) if isinstance(instant, pendulum.DateTime) else value
    if field in WORDS_OF and isinstance(value, str):
        return shown(word(field, value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown(text)


def summary(desk: Desk, entry: AuditEntry) -> Content:
    """What changed, in one line."""
    parts: list[Any] = []
    for name, before, after in changes(desk, entry):
        parts += [("  ", ""), (f"{name} ", "$text-muted")] if parts else [(f"{name} ", "$text-muted")]
        parts += [(before, "strike $text-muted"), " → "] if before else []
        parts.append(after or say("form.nothing"))
        if len(parts) > 24:
            break
    return Content.assemble(*parts)


def whole(desk: Desk, row: AuditRow) -> list[Content]:
    """Everything an entry says, a line a field."""
    entry = row.entry
    at = desk.local(entry.at).format("YYYY-MM-DD HH:mm:ss")
    head = say("audit.head", at=at, who=shown(entry.who), act=act_words(entry), record=record_words(row))
    sealed = say("audit.sealed" if entry.sealed else "audit.unsealed", number=entry.id)
    lines = [Content.styled(head, "bold"), Content.styled(sealed, "$text-muted"), Content("")]
    for name, before, after in changes(desk, entry):
        told: list[Any] = [(before, "strike $text-muted"), " → "] if before else []
        lines.append(Content.assemble((f"{name}  ", "$text-muted"), *told, after or say("form.nothing")))
    return lines
