"""The evaluation form to hand to a client, empty, or as it came back with its scores marked (row A4; text 4, 1.3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.address import full_address
from deskapp.domain.document import Cell, Document, Facts, Table, Words
from deskapp.domain.praise import TRADES, Evaluation
from deskapp.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deskapp.desk import Desk
    from deskapp.domain.site import Site

KIND = "evaluation_form"
"""The kind of this document: a template of the company's own may stand for it."""
SCORES = (5, 4, 3, 2, 1)
_BOX, _TICK = "\u25a1", "\u221a"


def form_document(desk: Desk, evaluation_id: int) -> Document:
    """Make one form of the register a document, as it stands now."""
    from deskapp.services.followup_calls import people_of

    with desk.read() as work:
        form = work.evaluations.find(evaluation_id)
        client, site = work.clients.get(form.client_id), work.sites.get(form.site_id)
        people = {one.trade: one.name for one in people_of(work, form.site_id)}
        scores = work.ratings.by_source("evaluation", [form.id]).get(form.id, {})
    return document(desk, form, client.name if client else "", site, people, scores)


def number_of(form: Evaluation) -> str:
    """What a form is called by when it comes back: its month and its place in the register."""
    return f"PJ{form.month:%Y%m}-{form.id:04d}"


def document(
    desk: Desk,
    form: Evaluation,
    client: str = "",
    site: Site | None = None,
    people: Mapping[str, str] | None = None,
    scores: Mapping[str, int] | None = None,
) -> Document:
    """Make a form a document: a line for each trade of the site with a box a score, room for words, who signs."""
    given, names, empty = scores or {}, people or {}, _BOX if form.returned_on is None else ""
    trades = [trade for trade in TRADES if trade in names or trade in given] or list(TRADES)
    facts = Facts(
        (
            (say("praise.paper.client"), client),
            (say("praise.paper.site"), full_address(site.estate, site.address) if site else ""),
            (say("praise.paper.completed"), str(site.completed_on or "") if site else ""),
            (say("praise.paper.sent"), str(form.sent_on or "")),
        )
    )
    table = Table(
        (
            say("praise.paper.whom"),
            say("praise.paper.name"),
            *(say(f"praise.paper.score.{n}") for n in SCORES),
        ),
        tuple(_line(trade, names.get(trade, ""), given.get(trade), empty) for trade in trades),
        caption=say("praise.paper.how"),
        aligns=("left", "left", *("center" for _ in SCORES)),
        widths=(12, 10, *(10 for _ in SCORES)),
    )
    return Document(
        kind=KIND,
        title=say("praise.paper.title"),
        company=desk.company,
        number=number_of(form) if form.id else say("slip.number_follows"),
        blocks=(
            Words(say("praise.paper.dear", company=desk.company)),
            facts,
            table,
            Words(form.words, caption=say("praise.paper.words"), lines=0 if form.words else 5),
            Words("", caption=say("praise.paper.praise"), lines=2),
        ),
        signatures=(say("praise.paper.signed"), say("praise.paper.day")),
        footer=say("praise.paper.back", company=desk.company),
    )


def _line(trade: str, name: str, score: int | None, empty: str) -> tuple[Cell, ...]:
    """An empty box for each score, or a tick at the one that was given."""
    boxes = (empty if score is None else _TICK if score == one else "" for one in SCORES)
    return (say(f"staff.trade.{trade}"), name, *boxes)


def save_form(desk: Desk, evaluation_id: int, form: str) -> Path:
    """Write a form as docx, pdf or xlsx into the desk's folder, and say where it lies."""
    from deskapp.services.papers import files

    made = form_document(desk, evaluation_id)
    return files.save(desk, "papers", f"{made.number}.{form}", files.rendered(desk, made, form))
