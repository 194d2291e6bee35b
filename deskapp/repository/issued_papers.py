"""Papers as they were issued, what people wrote for those to come, and the company's templates."""

from __future__ import annotations

from deskapp.domain import paper
from deskapp.repository import tables
from deskapp.repository.base import Repository


class IssuedPapers(Repository[paper.IssuedPaper]):
    """Papers as they were issued."""

    table, record, noun = tables.issued_papers, paper.IssuedPaper, "paper"


class PaperTexts(Repository[paper.PaperText]):
    """What people wrote for papers."""

    table, record, noun = tables.paper_texts, paper.PaperText, "paper_text"


class PaperTemplates(Repository[paper.PaperTemplate]):
    """The company's own templates."""

    table, record, noun = tables.paper_templates, paper.PaperTemplate, "paper_template"
