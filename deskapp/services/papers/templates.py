"""The company's own Word templates: put in place only when they can be filled, given back, taken away (row R1)."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.domain.document import Document
from deskapp.domain.errors import RuleBroken
from deskapp.domain.paper import PaperTemplate
from deskapp.domain.praise import Evaluation
from deskapp.i18n import say
from deskapp.services import attachments
from deskapp.services.papers import evaluation, files
from deskapp.services.papers.issuing import preview
from deskapp.services.papers.registry import KINDS
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.desk import Desk


def kinds() -> list[tuple[str, str]]:
    """Every kind of paper and slip that may have a template, with its title."""
    from deskapp.papers.slip_document import KINDS as SLIPS
    from deskapp.papers.slip_document import title

    others = [*((code, title(code)) for code in SLIPS), (evaluation.KIND, say("praise.paper.title"))]
    return [*((code, say(kind.title_code)) for code, kind in KINDS.items()), *others]


def own(desk: Desk) -> dict[str, PaperTemplate]:
    """The company's own templates, by kind."""
    with desk.read() as work:
        return {one.kind: one for one in work.paper_templates.listed()}


def save(desk: Desk, kind: str, path: Path | str) -> PaperTemplate:
    """Put a Word file of this machine in place as the template of a kind; one that cannot be filled is refused."""
    file = attachments.read(path)
    if file.ending != "docx":
        raise RuleBroken("paper.template_none")
    files.render(_sample(desk, kind), "docx", file.content)
    digest = sha256(file.content).hexdigest()
    with desk.write("paper.template") as work:
        work.attachments.put(digest, file.content)
        there = work.paper_templates.of(kind)
        made = replace(
            there or PaperTemplate(kind=kind),
            name=file.name,
            sha256=digest,
            set_at=work.now,
            set_by=work.operator.id if work.operator else None,
        )
        return work.paper_templates.save(made) if there else work.paper_templates.add(made)


def use_default(desk: Desk, kind: str) -> bool:
    """Take the company's own template away, so that the house's is used; False when there was none."""
    with desk.write("paper.template") as work:
        there = work.paper_templates.of(kind)
        if there is not None:
            work.paper_templates.remove(there)
        return there is not None


def write_out(desk: Desk, kind: str) -> Path:
    """Write the template in use into the desk's folder, to be changed in Word; say where it lies."""
    from deskapp.papers.docx import house_template

    _sample(desk, kind)
    with desk.read() as work:
        content = files.template_in(work, kind)
    return files.save(desk, "templates", f"{kind}.docx", content or house_template())


def _sample(desk: Desk, kind: str) -> Document:
    """A paper of a kind to try a template on."""
    if kind in KINDS:
        return preview(desk, kind, today_of(desk, desk.now())).document
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Ticket
    from deskapp.papers.slip import SlipFacts
    from deskapp.papers.slip_document import KINDS as SLIPS
    from deskapp.papers.slip_document import document

    if kind == evaluation.KIND:
        return evaluation.document(desk, Evaluation())
    if kind not in SLIPS:
        raise RuleBroken("paper.kind_unknown", value=kind)
    now = desk.now()
    ticket = Ticket(kind=kind.removeprefix("slip_"), received_at=now)
    return document(TicketRow(ticket), SlipFacts(company=desk.company, zone=desk.policy.timezone))
