"""The files of a paper: rendered once from what was issued, kept with it, written where one finds them (row R1)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from deskapp.domain.document import Document, from_data
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.domain.paper import FORMS
from deskapp.services import attachments
from deskapp.services.drafts import write_whole

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.attachment import Attachment
    from deskapp.repository.work import Work

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def template_in(work: Work, kind: str) -> bytes | None:
    """The company's own template for a kind of paper, or None."""
    found = work.paper_templates.of(kind)
    return work.attachments.content(found.sha256) if found else None


def render(document: Document, form: str, template: bytes | None = None) -> bytes:
    """Write a document as xlsx, docx or pdf; only the docx follows a company's template."""
    if form == "xlsx":
        from deskapp.papers.workbook import workbook

        return workbook(document)
    if form == "pdf":
        from deskapp.papers.pdf import pdf

        return pdf(document)
    if form == "docx":
        from deskapp.papers.docx import docx

        return docx(document, template)
    raise RuleBroken("paper.form_unknown", value=form)


def rendered(desk: Desk, document: Document, form: str) -> bytes:
    """Write a document as a file, by the company's template where there is one."""
    template = None
    if form == "docx":
        with desk.read() as work:
            template = template_in(work, document.kind)
    return render(document, form, template)


def check_template(desk: Desk, document: Document) -> None:
    """Refuse a paper its template cannot be filled with, before it is issued."""
    with desk.read() as work:
        template = template_in(work, document.kind)
    if template is not None:
        render(document, "docx", template)


def keep(desk: Desk, paper_id: int) -> list[Attachment]:
    """Keep the three files of an issued paper; those kept before stay as they are."""
    with desk.read() as work:
        paper = work.issued_papers.find(paper_id)
        there = work.attachments.of("paper", paper_id)
        template = template_in(work, paper.kind)
    kept = {one.name.rpartition(".")[2] for one in there}
    if kept >= set(FORMS):
        return there
    if paper.document is None:
        raise RuleBroken("paper.unreadable")
    document = from_data(paper.document)
    made = [
        attachments.LocalFile(f"{paper.number}.{form}", form, render(document, form, template))
        for form in FORMS
        if form not in kept
    ]
    with desk.write("paper.issue") as work:
        work.issued_papers.held(paper_id)
        now = {one.name for one in work.attachments.of("paper", paper_id)}
        attachments.keep(work, "paper", paper_id, [file for file in made if file.name not in now])
        return work.attachments.of("paper", paper_id)


def content(desk: Desk, paper_id: int, form: str) -> tuple[str, bytes]:
    """The name and the content of a file of an issued paper, as it was kept."""
    if form not in FORMS:
        raise RuleBroken("paper.form_unknown", value=form)
    found = next((one for one in keep(desk, paper_id) if one.name.endswith(f".{form}")), None)
    if found is None:
        raise RuleBroken("paper.unreadable")
    with desk.read() as work:
        return found.name, work.attachments.content(found.sha256)


def export(desk: Desk, paper_id: int, form: str) -> Path:
    """Write a file of an issued paper, as it was kept, into the desk's folder; say where it lies."""
    return save(desk, "papers", *content(desk, paper_id, form))


def export_draft(desk: Desk, document: Document, code: str, form: str) -> Path:
    """Write a paper that was not issued as a file; its name says so."""
    name = f"draft-{document.kind}-{code}.{form}"
    return save(desk, "papers", name, rendered(desk, document, form))


def save(desk: Desk, folder: str, name: str, made: bytes) -> Path:
    """Write a file into a folder of the desk's own, under a name that leads nowhere else."""
    if desk.desk_dir is None:
        raise StorageFailed("paper.no_folder")
    path = desk.desk_dir / folder / (_UNSAFE.sub("_", name).lstrip(".") or "paper")
    try:
        write_whole(path, made)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StorageFailed("paper.not_saved", path=str(path), why=why) from error
    return path
