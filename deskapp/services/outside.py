"""What the console is told of the outside: read, changed by whoever may, secrets kept apart (rows C5, C6, N1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import outside
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.domain.outside import Asterisk, Cti, Mail, Notices, Outside

if TYPE_CHECKING:
    from deskapp.repository.work import Work


def read_outside(desk: Desk) -> Outside:
    """Every part as it is set now."""
    with desk.read() as work:
        return outside_in(work)


def outside_in(work: Work) -> Outside:
    """Every part as it is set, inside a transaction."""
    return Outside(
        outside.from_json(Asterisk, work.settings.get("outside.asterisk", "")),
        outside.from_json(Cti, work.settings.get("outside.cti", "")),
        mail_in(work),
        outside.from_json(Notices, work.settings.get("outside.notices", "")),
    )


def mail_in(work: Work) -> Mail:
    """How mail is set, inside a transaction."""
    return outside.from_json(Mail, work.settings.get("outside.mail", ""))


def save_outside(desk: Desk, part: Asterisk | Cti | Mail | Notices) -> None:
    """Change one part, in force from the next connection on."""
    outside.check_part(part)
    name = next(name for name, kind in outside.PARTS.items() if isinstance(part, kind))
    with desk.write("outside.save") as work:
        work.settings.put(f"outside.{name}", outside.to_json(part))


def secret_of(desk: Desk, name: str) -> str:
    """A secret of this machine, by its name; "" where there is none."""
    from deskapp.adapters import secrets

    return secrets.secret(name, desk.desk_dir)


def where_secret(desk: Desk, name: str) -> str:
    """Where a secret is kept: environment, keyring, file, or "" where there is none. Its value is never shown."""
    from deskapp.adapters import secrets

    return secrets.found(name, desk.desk_dir)[1]


def keep_secret(desk: Desk, name: str, value: str) -> str:
    """Keep a secret on this machine, or forget it; return where. The audit trail says that, never what."""
    from deskapp.adapters import secrets

    if name not in outside.SECRETS:
        raise RuleBroken("outside.secret_unknown", value=name)
    if any(ord(character) < 32 for character in value):
        raise RuleBroken("outside.secret_characters")
    with desk.write("outside.save") as work:
        try:
            where = secrets.keep(name, value, desk.desk_dir)
        except OSError as error:
            raise StorageFailed("outside.secret_not_kept", why=error.strerror or str(error)) from error
        work.log("secret", None, "change", {"name": name, "kept": bool(value)})
    return where
