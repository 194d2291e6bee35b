"""Tests a connection to the outside with what stands in the settings, saved or not (rows C5, C6, N1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain import outside
from deskapp.domain.errors import RuleBroken
from deskapp.domain.operator import check_may
from deskapp.domain.outside import CHANNELS, Asterisk, Cti, Mail, Notices
from deskapp.services.outside import secret_of

if TYPE_CHECKING:
    from deskapp.domain.staff import StaffMember


@dataclass(frozen=True, slots=True)
class Found:
    """What one test came to: well or not, and the sentence that says so."""

    well: bool
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def probe(
    desk: Desk,
    part: Asterisk | Cti | Mail | Notices,
    typed: Mapping[str, str],
    words: tuple[str, str] = ("deskapp", "test"),
) -> list[Found]:
    """Try the part as it is typed, with secrets as typed or else as kept; `words` are the test message.

    Whoever may not change the settings may not try others with the secrets kept here.
    """
    check_may(desk.operator, "outside.save")
    outside.check_part(part)

    def secret(name: str) -> str:
        return typed.get(name) or secret_of(desk, name)

    if isinstance(part, Asterisk):
        return [_tried(lambda: _asterisk(part, secret("asterisk_password")))]
    if isinstance(part, Cti):
        return [_tried(lambda: _webhook(part, secret("cti_token")))]
    if isinstance(part, Mail):
        return _mail(part, secret)
    return _notices(desk, secret, words)


def _tried(test: Callable[[], Found]) -> Found:
    try:
        return test()
    except RuleBroken as error:
        return Found(False, error.code, error.facts)


def _asterisk(part: Asterisk, password: str) -> Found:
    from deskapp.adapters.probe import asterisk

    version, queues = asterisk(part, password)
    return Found(True, "probe.asterisk_well", {"version": version, "queues": queues})


def _webhook(part: Cti, token: str) -> Found:
    from deskapp.adapters.probe import webhook

    where = f"{part.host}:{part.port}"
    if webhook(part, token) == "free":
        return Found(True, "probe.webhook_free", {"host": where})
    return Found(True, "probe.webhook_ours", {"host": where})


def _mail(part: Mail, secret: Callable[[str], str]) -> list[Found]:
    from deskapp.adapters.probe import mail_server, mailbox

    found: list[Found] = []
    if part.imap_host:

        def read() -> Found:
            letters = mailbox(part, secret("imap_password"))
            return Found(True, "probe.imap_well", {"folder": part.folder, "count": letters})

        found.append(_tried(read))
    if part.smtp_host:

        def written() -> Found:
            mail_server(part, secret("smtp_password"))
            return Found(True, "probe.smtp_well", {"host": f"{part.smtp_host}:{part.smtp_port}"})

        found.append(_tried(written))
    return found or [Found(False, "probe.no_mail")]


def _notices(desk: Desk, secret: Callable[[str], str], words: tuple[str, str]) -> list[Found]:
    """A message a channel that has an address, to whoever tests where the address asks for a receiver."""
    from deskapp.adapters.probe import notice
    from deskapp.domain.notice_outbox import address

    me = _myself(desk)

    found: list[Found] = []
    for channel in CHANNELS:
        url = secret(f"notice_url_{channel}")
        if not url:
            continue
        wants = [hole for hole in ("email", "phone") if f"{{{hole}}}" in url]
        if not all(getattr(me, hole).strip() for hole in wants):
            found.append(Found(False, "probe.needs_person", {"channel": channel}))
            continue

        def sent(channel: str = channel, url: str = address(url, me)) -> Found:
            notice(channel, url, *words)
            return Found(True, "probe.notice_sent", {"channel": channel})

        found.append(_tried(sent))
    missing = [channel for channel in CHANNELS if not secret(f"notice_url_{channel}")]
    if missing:
        found.append(Found(bool(found), "probe.no_url", {"channel": missing}))
    return found


def _myself(desk: Desk) -> StaffMember:
    """Whoever sits here, as the staff list knows them."""
    from deskapp.domain.staff import StaffMember

    operator = desk.operator
    with desk.read() as work:
        found = work.staff.get(operator.staff_id) if operator and operator.staff_id else None
    return found or StaffMember(name=operator.name if operator else "")
