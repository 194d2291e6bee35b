"""How figures and the cases behind them become lines of a list (row R2)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.services import figure_words
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.measure import Case, Line

BAR = 12
TONES = {True: "$success", False: "$error", None: "$text-muted"}
STATES = {
    "ticket": "ticket.state",
    "call": "call.state",
    "followup": "followup.state",
    "site": "site.stage",
    "inspection": "inspections.verdict",
    "paper": "paper.title",
    "form": "praise.which",
}
"""What the state of a case is said by: a paper's is its kind."""


def figure_columns(by: str) -> list[Column]:
    """The columns of the board: figures by name, or the parts of one."""
    named = _part if by else _name
    return [
        Column("name", f"figures.by.{by}" if by else "figures.column.name", None, named),
        Column("cases", "figures.column.cases", 7, _cases, align="right", min_terminal=100),
        Column("value", "figures.column.value", 13, _value, align="right"),
        Column("bar", "", BAR, _bar, min_terminal=90),
        Column("before", "figures.column.before", 13, _before, align="right", min_terminal=64),
        Column("change", "figures.column.change", 19, _change),
    ]


def _part(line: Line, _context: PaintContext) -> Content:
    if not line.part.by:
        return Content.styled(say("figures.whole"), "bold")
    return painting.safe(figure_words.part_words(line))


def _name(line: Line, _context: PaintContext) -> Content:
    return Content(figure_words.name_of(line.measure))


def _cases(line: Line, _context: PaintContext) -> Content:
    return Content.styled(str(line.now.bottom), "$text-muted")


def _value(line: Line, _context: PaintContext) -> Content:
    return Content.styled(figure_words.value_words(line.measure, line.value), "bold")


def _before(line: Line, _context: PaintContext) -> Content:
    return Content.styled(figure_words.value_words(line.measure, line.earlier), "$text-muted")


def _change(line: Line, _context: PaintContext) -> Content:
    return Content.styled(figure_words.change_words(line), TONES[line.better])


def _bar(line: Line, _context: PaintContext) -> Content:
    """A share as a bar; a count or a time against the period before, the longer of the two being the whole bar."""
    if line.value is None:
        return Content("")
    whole = _WHOLE.get(line.measure.unit) or max(line.value, line.earlier or 0.0)
    filled = round(BAR * min(1.0, line.value / whole)) if whole else 0
    full, rest = signs.sign("full") * filled, signs.sign("rest") * (BAR - filled)
    return Content.assemble((full, "$primary"), (rest, "$text-disabled"))


_WHOLE = {"percent": 100.0, "score": 5.0}
"""What a whole bar is, by the unit of a figure."""


def case_columns(desk: Desk, line: Line, which: str) -> list[Column]:
    """The columns of a list of cases: those that say something about this kind of record."""
    noun = line.measure.noun
    columns = [Column("at", "figures.column.at", 16, lambda one, _: Content(_at(desk, one)))]
    if which == "all":
        columns.append(Column("counted", "", 8, _counted))
    if noun in ("ticket", "call", "inspection", "paper"):
        columns.append(Column("number", "figures.column.number", 16, _number, min_terminal=76))
    if noun not in ("inspection", "paper"):
        columns.append(Column("client", "figures.column.client", 10, _client))
    if noun != "site":
        columns.append(Column("words", "figures.column.words", None, _words))
    if noun != "paper":
        columns.append(
            Column(
                "address", "figures.column.address", None, _address, min_terminal=0 if noun == "site" else 100
            )
        )
    if noun != "score":
        columns.append(Column("state", "figures.column.state", 12 if noun != "paper" else 24, _state))
    if line.measure.unit == "score":
        columns.append(Column("score", "figures.column.score", 6, _score, align="right"))
    elif line.measure.amount:
        columns.append(Column("seconds", "figures.column.seconds", 14, _seconds, align="right"))
    return columns


def _at(desk: Desk, one: Case) -> str:
    if one.at is None:
        return ""
    return f"{desk.local(one.at):YYYY-MM-DD HH:mm}" if isinstance(one.at, datetime) else str(one.at)  # type: ignore[arg-type]


def _counted(one: Case, _context: PaintContext) -> Content:
    sign = signs.sign("met" if one.counted else "missed")
    word = say("figures.counted" if one.counted else "figures.not_counted")
    return Content.styled(f"{sign} {word}", "$success" if one.counted else "$warning")


def _number(one: Case, _context: PaintContext) -> Content:
    return painting.safe(one.number, "$text-muted")


def _client(one: Case, _context: PaintContext) -> Content:
    return Content(paint.client_name(one.client))


def _words(one: Case, _context: PaintContext) -> Content:
    if one.noun == "followup":
        return Content(say(f"followup.purpose.{one.words}"))
    if one.noun == "score":
        return Content(say(f"staff.trade.{one.words}")) if one.words else Content("")
    if one.noun == "paper" and one.id < 0:
        return Content.styled(say("figures.not_issued", first=one.first_on), "$error")
    return painting.safe(" ".join(one.words.split()))


def _score(one: Case, _context: PaintContext) -> Content:
    return Content("" if one.seconds is None else str(round(one.seconds)))


def _address(one: Case, _context: PaintContext) -> Content:
    return painting.safe(one.address, "$text-muted")


def _state(one: Case, _context: PaintContext) -> Content:
    return Content(say(f"{STATES[one.noun]}.{one.state}")) if one.state else Content("")


def _seconds(one: Case, _context: PaintContext) -> Content:
    return Content("" if one.seconds is None else figure_words.span_words(one.seconds))
