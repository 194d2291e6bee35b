"""What all builders share: the head and the foot of a paper, its period in words, the parts a person writes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from deskapp.domain.document import Block, Document, Words
from deskapp.i18n import say
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.paper import PaperKind, PaperText
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work

EMPTY_LINES = 3
"""Lines left for the pen where nobody has written anything."""


@dataclass(frozen=True)
class _OneReading:
    """A store that has one transaction to look into, whoever asks, and its moment for a clock."""

    work: Work

    @property
    def clock(self) -> _OneReading:
        """Itself: it tells one time."""
        return self

    def now(self) -> DateTime:
        """The moment of the transaction."""
        return self.work.now

    def read(self) -> AbstractContextManager[Work]:
        """The transaction, which is closed by whoever opened it."""
        return nullcontext(self.work)

    def report(self) -> AbstractContextManager[Work]:
        """The same transaction: a paper's figures are of one moment, wherever reports are read from."""
        return nullcontext(self.work)


def at_once(desk: Desk, work: Work) -> Desk:
    """The same desk, all of whose looks are into one transaction: the figures of a paper are of one moment."""
    return replace(desk, store=cast("Any", _OneReading(work)))


def period_words(period: Period) -> str:
    """A period as people say it."""
    first, last = period.first, period.last
    if period.unit == "week":
        year, week, _ = first.isocalendar()
        return say("paper.period.week", year=year, week=week, first=f"{first:%m-%d}", last=f"{last:%m-%d}")
    if period.unit == "month":
        return say("paper.period.month", year=first.year, month=first.month)
    if period.unit == "quarter":
        return say("paper.period.quarter", year=first.year, quarter=(first.month + 2) // 3)
    if first == last:
        return first.isoformat()
    return say("paper.period.days", first=first.isoformat(), last=last.isoformat())


def paper(desk: Desk, kind: PaperKind, period: Period, *blocks: Block) -> Document:
    """Put head and foot to the blocks of a paper; number and maker follow when it is issued.

    A paper made before its period is over says until which day it tells.
    """
    today, days = today_of(desk, desk.now()), period_words(period)
    if period.first <= today <= period.last and period.days > 1:
        days = say("paper.to_date", period=days, day=f"{today:%m-%d}")
    return Document(
        kind=kind.code,
        title=say(kind.title_code),
        company=desk.company,
        period=days,
        blocks=blocks,
        signatures=tuple(say(f"paper.sign.{role}") for role in kind.signatures),
    )


def part(name: str) -> Words:
    """The place in a paper of a part a person writes; a builder puts it where it belongs, else it comes last."""
    return Words("", caption=say(f"paper.part.{name}"), part=name, lines=EMPTY_LINES)


def with_texts(document: Document, kind: PaperKind, texts: Mapping[str, PaperText]) -> Document:
    """Merge what people wrote into a paper."""
    there = {block.part for block in document.blocks if isinstance(block, Words) and block.part}
    blocks = [*document.blocks, *(part(name) for name in kind.parts if name not in there)]
    return replace(document, blocks=tuple(_with_text(block, texts) for block in blocks))


def _with_text(block: Block, texts: Mapping[str, PaperText]) -> Block:
    if not isinstance(block, Words) or not block.part:
        return block
    text = texts.get(block.part)
    return replace(block, words=text.words) if text is not None and text.words else block
