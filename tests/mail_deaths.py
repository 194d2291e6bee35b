"""A desk in a process of its own that dies by a signal in the middle of taking or sending a letter."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from pendulum import DateTime

from deskapp.adapters import imap, smtp
from deskapp.clock import StillClock
from deskapp.repository.work import Work
from deskapp.services import mail, mail_out
from tests import builders
from tests.mail_servers import PASSWORD

TAKING = ("fetched", "written", "audited", "committed")
"""The letter is here; its rows are written; its audit entries too; all of it is committed and nothing after it."""
SENDING = ("held", "accepted", "noting", "noted")
"""Nothing is said yet; the server said yes; that is being noted; it is noted and nothing after it."""
WITHIN_S = 60

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def dies(url: str, at: DateTime, where: str) -> None:
    """Let a desk fetch or send in a process of its own until it dies there."""
    process = _PROCESSES.Process(target=_sit, args=(url, at, where), daemon=True)
    process.start()
    process.join(WITHIN_S)
    assert process.exitcode == -signal.SIGKILL, f"it lived on, or ended by itself: {process.exitcode}"


def _die() -> None:
    """Be gone at once: nothing is closed, flushed or rolled back, no server is told goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


def _sit(url: str, at: DateTime, where: str) -> None:
    os.environ["DESKAPP_IMAP_PASSWORD"] = PASSWORD
    desk = builders.open_at(url, StillClock(at))
    if where == "fetched":
        imap.Inbox.fetch = _then_dies(imap.Inbox.fetch)  # type: ignore[method-assign]
    elif where == "committed":
        mail.take = _then_dies(mail.take)
    elif where in ("written", "audited"):
        _at_its_end(mail, "_take", before=where == "written")
    elif where == "held":
        smtp.send = _first_dies
    elif where == "accepted":
        smtp.send = _then_dies(smtp.send)
    elif where == "noting":
        _at_its_end(mail_out, "_accepted", before=False)
    elif where == "noted":
        mail_out._accepted = _then_dies(mail_out._accepted)
    mail.fetch(desk, at_once=True) if where in TAKING else mail_out.send_due(desk)


def _first_dies(*_: Any) -> None:
    _die()


def _then_dies(verb: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*arguments: Any, **named: Any) -> None:
        verb(*arguments, **named)
        _die()

    return dying


def _at_its_end(module: Any, verb: str, *, before: bool) -> None:
    """Die at the end of the transaction a verb makes, on this side of its commit."""
    finish, within = Work.finish, getattr(module, verb)

    def trapped(work: Work, *arguments: Any) -> None:
        if not before:
            finish(work, *arguments)
        _die()

    def entered(*arguments: Any) -> Any:
        Work.finish = trapped  # type: ignore[method-assign]
        return within(*arguments)

    setattr(module, verb, entered)
