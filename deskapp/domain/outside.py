"""What the console is told of the outside: telephone system, webhook, mail, channels; no secret is ever in here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

from deskapp.domain.errors import RuleBroken

CHANNELS = ("email", "sms", "wecom", "dingtalk", "feishu")
"""Ways people are told; `phone` and `none` of the staff list are nobody's to send."""
SECRETS = (
    "asterisk_password",
    "cti_token",
    "imap_password",
    "smtp_password",
    *(f"notice_url_{channel}" for channel in CHANNELS),
)
"""The names under which secrets are kept: an address to send to holds tokens, so it is one."""
_HOST = re.compile(r"[A-Za-z0-9_.:\[\]-]{1,253}")
_LINE = re.compile(r"[^\x00-\x1f\x7f]*")


@dataclass(frozen=True, slots=True)
class Asterisk:
    """An Asterisk reached over its manager interface (row C5)."""

    on: bool = False
    host: str = "127.0.0.1"
    port: int = 5038
    user: str = ""
    queues: str = ""
    """The queues that are ours, with commas between; empty for all of them."""
    dial_context: str = "from-internal"
    dial_prefix: str = ""
    ping_seconds: int = 5
    """How often it is asked whether it lives; no answer within as long again is a dead connection."""


@dataclass(frozen=True, slots=True)
class Cti:
    """The webhook any other telephone system tells its calls to (row C5)."""

    on: bool = False
    host: str = "127.0.0.1"
    port: int = 8088


@dataclass(frozen=True, slots=True)
class Mail:
    """Where mail is fetched and sent (row C6)."""

    on: bool = False
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: str = "tls"
    imap_user: str = ""
    folder: str = "INBOX"
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_tls: str = "tls"
    smtp_user: str = ""
    sender: str = ""
    """The address clients see and answer to."""
    signature: str = ""
    attachment_mb: int = 20
    poll_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Notices:
    """How colleagues are told outside the console (row N1); the addresses of the channels are secrets."""

    on: bool = False
    most_attempts: int = 8
    """Tries after which a notice counts as undeliverable."""
    first_wait_seconds: int = 60
    """Wait before the second try; each further wait is twice as long, an hour at most."""


P = TypeVar("P", Asterisk, Cti, Mail, Notices)
PARTS: Mapping[str, type[Any]] = {"asterisk": Asterisk, "cti": Cti, "mail": Mail, "notices": Notices}
TLS = ("tls", "starttls", "none")


@dataclass(frozen=True, slots=True)
class Outside:
    """Every part of the outside as it is set."""

    asterisk: Asterisk = field(default_factory=Asterisk)
    cti: Cti = field(default_factory=Cti)
    mail: Mail = field(default_factory=Mail)
    notices: Notices = field(default_factory=Notices)


def check_part(part: Asterisk | Cti | Mail | Notices) -> None:
    """Refuse values that cannot be, by the field: outside.value."""
    name = next(name for name, kind in PARTS.items() if isinstance(part, kind))
    for each in fields(part):
        value = getattr(part, each.name)
        if not _possible(each.name, value):
            raise RuleBroken("outside.value", field=f"{name}.{each.name}", value=value)
    if isinstance(part, Asterisk | Cti) and part.on and not part.host:
        raise RuleBroken("outside.missing", field=f"{name}.host")
    if isinstance(part, Asterisk) and part.on and not part.user:
        raise RuleBroken("outside.missing", field="asterisk.user")
    if isinstance(part, Mail) and part.on and (part.smtp_host and "@" not in part.sender):
        raise RuleBroken("outside.missing", field="mail.sender")
    if isinstance(part, Mail) and part.on and not (part.imap_host or part.smtp_host):
        raise RuleBroken("outside.missing", field="mail.imap_host")


def _possible(name: str, value: Any) -> bool:
    if name == "on":
        return type(value) is bool
    if name.endswith("port"):
        return type(value) is int and 0 < value < 65_536
    if name.endswith("_tls"):
        return value in TLS
    if isinstance(value, int):
        return type(value) is int and 1 <= value <= 86_400
    if name.endswith("host"):
        return isinstance(value, str) and (not value or bool(_HOST.fullmatch(value)))
    if name == "signature":
        return isinstance(value, str) and len(value) <= 2_000
    return isinstance(value, str) and len(value) <= 254 and bool(_LINE.fullmatch(value))


def to_json(part: Asterisk | Cti | Mail | Notices) -> str:
    """Write a part as JSON."""
    return json.dumps(asdict(part), ensure_ascii=False)


def from_json(kind: type[P], text: str) -> P:
    """Read a part; what is not there or cannot be is as at first."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = {}
    part = kind()
    for each in fields(kind):
        if isinstance(found, dict) and each.name in found and _possible(each.name, found[each.name]):
            part = replace(part, **{each.name: found[each.name]})
    return part
