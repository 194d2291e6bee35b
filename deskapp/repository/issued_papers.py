"""Papers as they were issued, what people wrote for those to come, and the company's templates."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, null, select

from deskapp.domain import paper
from deskapp.repository import paging, tables
from deskapp.repository.base import Repository

_P = tables.issued_papers.c
_NEWER = tables.issued_papers.alias("newer")
_CURRENT = ~exists().where(
    _NEWER.c.kind == _P.kind, _NEWER.c.first_on == _P.first_on, _NEWER.c.revision > _P.revision
)
_KEYS = (_P.issued_at, _P.id)


class IssuedPapers(Repository[paper.IssuedPaper]):
    """Papers as they were issued; lists read them without their documents."""

    table, record, noun = tables.issued_papers, paper.IssuedPaper, "paper"
    hidden = frozenset({"document"})

    def latest(self, kind: str, first_on: date) -> paper.IssuedPaper | None:
        """The last revision of a paper for the period that begins on a day."""
        return next(iter(self.revisions(kind, first_on, limit=1)), None)

    def periods_since(self, day: date) -> set[tuple[str, date]]:
        """The kinds and first days of the papers issued for days from one on, whatever their revisions."""
        query = select(_P.kind, _P.first_on).where(_P.last_on >= day, _P.revision == 1)
        return {(row[0], row[1]) for row in self.connection.execute(query)}

    def revisions(self, kind: str, first_on: date, limit: int = 200) -> list[paper.IssuedPaper]:
        """All revisions of a paper, the newest first."""
        query = self._light().where(_P.kind == kind, _P.first_on == first_on)
        return self.records(query.order_by(_P.revision.desc()).limit(limit))

    def page(
        self,
        kind: str,
        limit: int,
        *,
        after: paper.IssuedPaper | None = None,
        before: paper.IssuedPaper | None = None,
        last: bool = False,
        offset: int | None = None,
    ) -> list[paper.IssuedPaper]:
        """A page of the papers of a kind ("" for all) in their last revision, the last issued first."""
        query = self._light().where(*self._listed(kind))
        if offset is not None:
            return self.records(paging.at(query, [key.desc() for key in _KEYS], offset, limit))
        place = after or before
        values = [place.issued_at, place.id] if place else None
        backward = before is not None or last
        found = self.records((paging.after if backward else paging.before)(query, _KEYS, values, limit))
        return found[::-1] if backward else found

    def count(self, kind: str = "") -> int:
        """How many papers of a kind ("" for all) were issued, whatever their revisions."""
        query = select(func.count()).select_from(self.table).where(*self._listed(kind))
        return int(self.connection.execute(query).scalar_one())

    def _listed(self, kind: str) -> list[ColumnElement[bool]]:
        return [_CURRENT, _P.kind == kind] if kind else [_CURRENT]

    def _light(self) -> Select[Any]:
        """All but the documents, which may be long."""
        return select(*(null() if name == "document" else _P[name] for name in self._names))


class PaperTexts(Repository[paper.PaperText]):
    """What people wrote for papers."""

    table, record, noun = tables.paper_texts, paper.PaperText, "paper_text"

    def of(self, kind: str, first_on: date) -> dict[str, paper.PaperText]:
        """What was written for a paper, by part."""
        c = self.table.c
        found = self.records(self.select().where(c.kind == kind, c.first_on == first_on))
        return {one.part: one for one in found}


class PaperTemplates(Repository[paper.PaperTemplate]):
    """The company's own templates."""

    table, record, noun = tables.paper_templates, paper.PaperTemplate, "paper_template"

    def of(self, kind: str) -> paper.PaperTemplate | None:
        """The template of a kind of paper, if the company has its own."""
        return self.first(self.select().where(self.table.c.kind == kind))

    def listed(self) -> list[paper.PaperTemplate]:
        """All templates, by kind."""
        return self.records(self.select().order_by(self.table.c.kind))
