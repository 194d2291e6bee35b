"""How the company's mailbox stands, light enough for the frame around every screen (row C6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.services.outside import mail_in

if TYPE_CHECKING:
    from deskapp.domain.outside import Mail
    from deskapp.repository.work import Work


def mailbox_name(mail: Mail) -> str:
    """What a mailbox is called where it is kept how far it was read."""
    return f"{mail.imap_user}@{mail.imap_host}:{mail.imap_port}/{mail.folder}"[-120:]


def is_wrong(work: Work) -> bool:
    """Whether the mailbox could not be read the last time, inside a transaction."""
    mail = mail_in(work)
    if not mail.on or not mail.imap_host:
        return False
    state = work.mailboxes.get(mailbox_name(mail))
    return state is not None and state.error != ""
