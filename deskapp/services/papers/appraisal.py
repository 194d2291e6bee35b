"""The monthly appraisal on paper: a table a trade, with the formula under it (A2; text 4, 1.3.4c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.domain.appraisal import ITEMS, MONEY, RATED, TRADES
from deskapp.domain.document import Cell, Document, Facts, Table
from deskapp.i18n import say
from deskapp.services import appraisal_words as words
from deskapp.services import appraisals
from deskapp.services.papers.registry import kind_of
from deskapp.services.papers.words import paper

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.appraisal import AppraisalBoard, AppraisalRow
    from deskapp.domain.period import Period
    from deskapp.repository.work import Work

_FEN = 100


def build(desk: Desk, work: Work, period: Period) -> Document:
    """Make the month's appraisal, as it was closed or as it stands."""
    board = appraisals.board_in(work, desk, period.first)
    closed = say("appraisal.paper.open")
    if board.closed_at is not None:
        at = desk.local(board.closed_at).format("YYYY-MM-DD HH:mm")
        closed = say("appraisal.paper.closed", at=at, who=board.closed_by)
    scored = sum(row.score is not None for row in board.rows)
    facts = Facts(
        (
            (say("appraisal.paper.state"), closed),
            (
                say("appraisal.paper.people"),
                say("appraisal.paper.count", count=len(board.rows), scored=scored),
            ),
        ),
        across=1,
    )
    tables = [_table(board, trade) for trade in TRADES if board.of_trade(trade)]
    return paper(desk, kind_of("appraisal_monthly"), period, facts, *tables)


def _table(board: AppraisalBoard, trade: str) -> Table:
    names = (say("appraisal.column.place"), say("appraisal.column.name"))
    return Table(
        (*names, *(words.short_of(item) for item in ITEMS), say("appraisal.column.score")),
        tuple(_line(row) for row in board.of_trade(trade)),
        caption=say(f"staff.trade.{trade}"),
        aligns=("center", "left", *("right" for _ in ITEMS), "right"),
        widths=(6, 12, *(9 for _ in ITEMS), 10),
        note=words.rules_of(board.weights),
    )


def _line(row: AppraisalRow) -> tuple[Cell, ...]:
    place = words.NOTHING if row.place is None else row.place
    score = None if row.score is None else row.score / 100
    return (place, row.name, *(_cell(row, item) for item in ITEMS), score)


def _cell(row: AppraisalRow, item: str) -> Cell:
    """Numbers as numbers, so that a sheet can reckon with them; nothing where there is no data."""
    figure = row.figure(item)
    if item in RATED:
        return None if figure.mean is None else round(figure.mean, 2)
    if item == "timeliness":
        return words.brief(item, figure)
    return figure.total / _FEN if item in MONEY else figure.count
