"""Forget a person on request: their data go, the figures stay, a certificate says so (row P6)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain.client import HOUSE
from deskapp.domain.document import Block, Document, Facts, Table, Words
from deskapp.domain.erasure import Erasure, check_erasable, digest_of
from deskapp.domain.errors import BUSY, RuleBroken, StorageFailed
from deskapp.domain.forgotten import Person, scrubbed_of
from deskapp.domain.retention import ages_out
from deskapp.i18n import say
from deskapp.services import campaigns, day_plan, followups

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.repository.work import Work

PREFIX = "XH"
MOST_BACKUPS = 40
"""Backups a certificate names; the rest are counted."""


def erase(desk: Desk, client_id: int, reason: str) -> Erasure:
    """Erase a client's data everywhere, or nothing at all: whatever the figures count must count the same after."""
    try:
        with desk.write("client.erase") as work:
            stored, whose = erase_in(work, desk, client_id, reason)
    except StorageFailed as error:
        if error.code == BUSY:
            raise RuleBroken("erasure.busy") from error
        raise
    forget_drafts(desk, [whose])
    return stored


def erase_in(
    work: Work, desk: Desk, client_id: int, reason: str, cause: str = "request"
) -> tuple[Erasure, Person]:
    """Erase a client's data in a transaction; return the certificate, and what told who it was.

    That the figures stay is proved by the client's own: everybody's are changed by others meanwhile.
    """
    client = work.clients.held(client_id)
    if client.source_key == HOUSE:
        raise RuleBroken("erasure.house")
    if work.erasures.of_client(client_id) is not None:
        raise RuleBroken("erasure.done")
    check_erasable(reason, *work.erasures.running(client_id))
    day = desk.local(work.now).date()
    number = f"{PREFIX}{day:%Y%m%d}-{work.counters.next(f'{PREFIX}{day:%Y%m%d}'):03d}"
    phones = work.phones.of(client_id)
    digest = digest_of(number, client.name, [phone.normal for phone in phones])
    person = work.erasures.person(client_id)
    campaigns.opted_out_in(work, client_id)
    day_plan.opted_out_in(work, client_id, day)
    before = work.erasures.recount(client_id)
    counts = work.erasures.erase(client_id, number, person)
    if work.erasures.recount(client_id) != before:
        raise RuleBroken("erasure.figures")
    followups.plan_in(work, desk, [site.id for site in work.sites.of(client_id)])
    done = Erasure(
        number=number,
        client_id=client_id,
        at=work.now,
        operator_id=work.operator.id if work.operator else None,
        cause=cause,
        reason=reason.strip(),
        counts=counts,
        digest=digest,
    )
    return work.erasures.add(done), person


def forget_drafts(desk: Desk, people: Sequence[Person]) -> None:
    """Throw away the drafts on this desk's disk that name the people; drafts about others stay."""
    folder = desk.desk_dir / "drafts" if desk.desk_dir else None
    for path in folder.glob("*.json") if folder and folder.is_dir() else ():
        try:
            found = path.read_text(encoding="utf-8", errors="replace")
            if any(_names(found, whose) for whose in people):
                path.unlink(missing_ok=True)
        except OSError:
            continue


def _names(draft: str, whose: Person) -> bool:
    """Whether a draft as it lies there names somebody: by what is theirs alone, or by a name nobody else has."""
    if whose.there(draft):
        return True
    try:
        typed = json.loads(draft)["values"]
    except (ValueError, KeyError, TypeError):
        return False
    return bool(scrubbed_of(typed, whose) != typed)


def certificate(desk: Desk, done: Erasure) -> Document:
    """The certificate for whoever asked: what was taken away, what stays and why, and what proves it is about them."""
    at = desk.local(done.at).format("YYYY-MM-DD HH:mm") if done.at else ""
    with desk.read() as work:
        by = work.operators.get(done.operator_id)
        backups = work.erasures.backups(done.at) if done.at else []
    facts = (
        (say("erasure.number"), done.number),
        (say("erasure.at"), at),
        (say("erasure.file"), str(done.client_id)),
        (say("erasure.by"), by.name if by else say("erasure.system")),
    )
    counts = dict(done.counts or {})
    named = counts.pop("documents_named", None)
    rows = tuple((say(f"erasure.what.{name}"), str(count)) for name, count in counts.items())
    blocks: list[Block] = [
        Facts(facts),
        Table((say("erasure.table"), say("erasure.count")), rows, aligns=("left", "right")),
        Words(say("erasure.kept"), say("erasure.stays")),
    ]
    if isinstance(named, list) and named:
        blocks.append(Words(say("erasure.named", numbers=", ".join(map(str, named))), say("erasure.by_hand")))
    blocks += [_backups(desk, backups), Words(done.digest, say("erasure.digest"))]
    return Document(
        kind="erasure",
        title=say("erasure.title"),
        company=desk.company,
        number=done.number,
        made=at,
        blocks=tuple(blocks),
        signatures=(say("erasure.sign"),),
    )


def _backups(desk: Desk, backups: Sequence[tuple[str, DateTime]]) -> Block:
    """What was backed up before still holds the person: which files, from when, and when they are to be destroyed."""
    if not backups:
        return Words(say("erasure.no_backups"), say("erasure.backups"))
    days, rows = desk.policy.retention_days["backups"], []
    for file, made in backups[:MOST_BACKUPS]:
        day = desk.local(made).date()
        until = ages_out(day, days)
        rows.append((file, str(day), str(until) if until else say("retention.for_ever")))
    more = len(backups) - len(rows)
    return Table(
        (say("erasure.backup_file"), say("erasure.backup_made"), say("erasure.backup_until")),
        tuple(rows),
        caption=say("erasure.backups"),
        note=say("erasure.more_backups", count=more) if more else "",
    )


def export(desk: Desk, done: Erasure) -> Path:
    """Write the certificate as pdf into the desk's folder; say where it lies."""
    from deskapp.papers.pdf import pdf
    from deskapp.services.papers.files import save

    return save(desk, "papers", f"{done.number}.pdf", pdf(certificate(desk, done)))
