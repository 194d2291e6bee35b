"""A paper previewed, its written parts kept, issued under a number, corrected as a new revision (row R1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from deskapp.domain import paper as rules
from deskapp.domain.document import Document, from_data, to_data
from deskapp.domain.errors import Conflict, RuleBroken, StorageFailed
from deskapp.domain.paper import IssuedPaper, PaperKind, PaperRow, PaperText
from deskapp.i18n import say
from deskapp.services.papers import files
from deskapp.services.papers.dues import begun_in
from deskapp.services.papers.registry import KINDS, builder_of, kind_of
from deskapp.services.papers.words import at_once, with_texts
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work


@dataclass(frozen=True, slots=True)
class Preview:
    """A paper as it would be issued now, what people wrote for it, and its last revision if it was issued."""

    kind: PaperKind
    period: Period
    document: Document
    bare: Document
    """The same before what people wrote was merged into it."""
    texts: Mapping[str, PaperText]
    due_on: date | None = None
    issued: IssuedPaper | None = None

    @property
    def seen(self) -> int:
        """The revision that is to be replaced; 0 when there is none."""
        return self.issued.revision if self.issued else 0


def preview(desk: Desk, kind: str, first_on: date) -> Preview:
    """Make a paper for the period a day lies in, without issuing it."""
    with desk.read() as work:
        return preview_in(work, desk, kind, first_on)


def preview_in(work: Work, desk: Desk, kind: str, first_on: date) -> Preview:
    """Make a paper inside a transaction that does more than that, as it is at its moment."""
    declared = kind_of(kind)
    period = declared.period_of(first_on)
    texts = work.paper_texts.of(kind, period.first)
    bare = builder_of(kind)(at_once(desk, work), work, period)
    issued = work.issued_papers.latest(kind, period.first)
    revision = issued.revision + 1 if issued else 1
    bare = replace(bare, number=say("paper.number_follows"), revision=revision)
    due_on = rules.due_on(declared, period)
    return Preview(declared, period, with_texts(bare, declared, texts), bare, texts, due_on, issued)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a kind of paper stands for a period: when it is due, and what was issued."""

    kind: PaperKind
    period: Period
    due_on: date | None = None
    issued: PaperRow | None = None
    owed: bool = True
    """Whether anybody owes it: not for days before the company began to work with the program."""


def standing(desk: Desk, periods: Mapping[str, Period]) -> list[Standing]:
    """How some kinds of paper stand, each for a period of its own."""
    with desk.read() as work:
        papers = {code: work.issued_papers.latest(code, one.first) for code, one in periods.items()}
        rows = {row.paper.kind: row for row in _rows(work, desk, [one for one in papers.values() if one])}
        begun = begun_in(work, desk)
    kinds = {code: kind_of(code) for code in periods}
    return [
        Standing(
            kinds[code],
            one,
            rules.due_on(kinds[code], one),
            rows.get(code),
            begun is not None and one.first >= begun,
        )
        for code, one in periods.items()
    ]


def write_text(
    desk: Desk, kind: str, first_on: date, part: str, words: str, version: int | None = None
) -> PaperText:
    """Keep what a person wrote for one part of a paper.

    `version` is that of the text it was written over (0 when there was none): Conflict when somebody wrote since.
    """
    declared = kind_of(kind)
    rules.check_text(declared, part, words)
    text = PaperText(kind=kind, first_on=declared.period_of(first_on).first, part=part, words=words.strip())
    try:
        return _write(desk, text, version)
    except StorageFailed as error:
        if error.code != "storage.refused":
            raise
        return _write(desk, text, version)


def _write(desk: Desk, text: PaperText, version: int | None) -> PaperText:
    """Keep a text; refused when another desk keeps the first one for the same part at this moment."""
    with desk.write("paper.write") as work:
        there = work.paper_texts.of(text.kind, text.first_on).get(text.part)
        if version is not None and version != (there.version if there else 0):
            raise work.paper_texts.conflict(there.id) if there else Conflict("paper_text", 0, "", None)
        written = replace(
            there or text,
            words=text.words,
            written_at=work.now,
            written_by=work.operator.id if work.operator else None,
        )
        return work.paper_texts.save(written) if there else work.paper_texts.add(written)


def issue(
    desk: Desk, kind: str, first_on: date, reason: str = "", key: str = "", seen: int | None = None
) -> IssuedPaper:
    """Issue a paper, or correct an issued one for a `reason`: it is kept as it is now, and as three files.

    `seen` is the revision one looked at (0 for none): whoever was overtaken by another desk is told
    (paper.issued_already) and nothing is issued. Under a `key` it is issued once, however often it is sent.
    """
    before = preview(desk, kind, first_on)
    known = before.seen if seen is None else seen
    files.check_template(desk, before.document)
    with desk.write("paper.issue") as work:
        making = partial(issue_in, work, desk, before, reason, known)
        made = once(work, key, "paper.issue", making, work.issued_papers.find)
    files.keep(desk, made.id)
    return made


def issue_in(work: Work, desk: Desk, before: Preview, reason: str = "", seen: int = 0) -> IssuedPaper:
    """Issue a paper inside a transaction that does more than that; its files are made when somebody asks for one.

    The number comes first: whoever issues at the same moment waits here, and then sees this one.
    """
    kind, period = before.kind, before.period
    day = desk.day_in_number(work.now)
    number = rules.number(kind.prefix, day, work.counters.next(f"{kind.prefix}{day}"))
    latest = work.issued_papers.latest(kind.code, period.first)
    rules.check_issue(latest, seen, reason)
    texts = work.paper_texts.of(kind.code, period.first)
    who = work.operator.name if work.operator else ""
    at = desk.local(work.now).format("YYYY-MM-DD HH:mm")
    revision = latest.revision + 1 if latest else 1
    document = replace(
        with_texts(before.bare, kind, texts),
        number=number,
        made=say("paper.made", who=who, at=at),
        revision=revision,
        footer=say("paper.replaces", number=latest.number, reason=reason.strip()) if latest else "",
    )
    return work.issued_papers.add(
        IssuedPaper(
            number=number,
            kind=kind.code,
            first_on=period.first,
            last_on=period.last,
            due_on=before.due_on,
            revision=revision,
            replaces_id=latest.id if latest else None,
            reason=reason.strip() if latest else "",
            title=document.title,
            document=to_data(document),
            issued_at=work.now,
            issued_by=work.operator.id if work.operator else None,
        )
    )


def opened(desk: Desk, paper_id: int) -> tuple[PaperRow, Document]:
    """An issued paper, and what it says: as it was issued."""
    with desk.read() as work:
        paper = work.issued_papers.find(paper_id)
        (row,) = _rows(work, desk, [paper])
    if paper.document is None:
        raise RuleBroken("paper.unreadable")
    return row, from_data(paper.document)


def revisions(desk: Desk, kind: str, first_on: date) -> list[PaperRow]:
    """All revisions of the paper of the period a day lies in, the newest first."""
    declared = KINDS.get(kind)
    first = declared.period_of(first_on).first if declared else first_on
    with desk.read() as work:
        return _rows(work, desk, work.issued_papers.revisions(kind, first))


def _rows(work: Work, desk: Desk, papers: list[IssuedPaper]) -> list[PaperRow]:
    people = work.operators.get_many(one.issued_by for one in papers if one.issued_by)
    return [
        PaperRow(
            one,
            people[one.issued_by].name if one.issued_by in people else "",
            desk.local(one.issued_at).date() if one.issued_at else None,
        )
        for one in papers
    ]


class Issued:
    """Issued papers in their last revision, the last issued first, read page by page; `kind` "" is all."""

    def __init__(self, desk: Desk, kind: str = "") -> None:
        self.desk, self.kind = desk, kind

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.issued_papers.count(self.kind)

    def _page(
        self, limit: int, after: PaperRow | None = None, before: PaperRow | None = None, **place: bool | int
    ) -> list[PaperRow]:
        with self.desk.read() as work:
            found = work.issued_papers.page(
                self.kind,
                limit,
                after=after.paper if after else None,
                before=before.paper if before else None,
                **place,  # type: ignore[arg-type]
            )
            return _rows(work, self.desk, found)

    def first(self, limit: int) -> list[PaperRow]:
        """The last issued."""
        return self._page(limit)

    def last(self, limit: int) -> list[PaperRow]:
        """The first issued."""
        return self._page(limit, last=True)

    def after(self, record: PaperRow, limit: int) -> list[PaperRow]:
        """The next older ones."""
        return self._page(limit, after=record)

    def before(self, record: PaperRow, limit: int) -> list[PaperRow]:
        """The next later ones."""
        return self._page(limit, before=record)

    def at(self, offset: int, limit: int) -> list[PaperRow]:
        """Those at a place in the middle."""
        return self._page(limit, offset=offset)

    def key(self, record: PaperRow) -> int:
        """A paper stays itself."""
        return record.paper.id
