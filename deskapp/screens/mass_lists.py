"""How mass complaints are painted: the list, one group's spread and its complaints with their clocks (row T11)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.document import Chart
from deskapp.domain.mass_complaint import Alike, MassComplaint, MassRow, Spread
from deskapp.i18n import knows, say
from deskapp.screens import clock_paint, paint
from deskapp.screens.paged import Paged
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.mass_complaint import Counts
    from deskapp.domain.rows import TicketRow
    from deskapp.services.mass import Opened

STATES = {
    "open": ("alarm", "bold $warning"),
    "reopened": ("alarm", "bold $error"),
    "answered": ("answer", "$primary"),
    "resolved": ("met", "$success"),
    "closed": ("met", "$text-muted"),
    "dissolved": ("missed", "$text-muted"),
}
"""The sign and the tone of each state."""
NAMED_MOST = 4
"""The most estates, categories and people named in a line."""


class MassRows(Paged[MassRow]):
    """Groups as a long list, those still open first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)

    def _page(self, work: Any, limit: int, **place: Any) -> list[MassRow]:
        found: list[MassRow] = work.mass_complaints.page(limit, **place)
        return found

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.mass_complaints.count()

    def key(self, record: MassRow) -> Hashable:
        """One stays itself."""
        return record.mass.id


def state_words(state: str) -> Content:
    """A state with its sign."""
    sign, tone = STATES.get(state, ("unknown", ""))
    word = say(f"mass.state.{state}") if knows(f"mass.state.{state}") else shown(state)
    return Content.styled(f"{signs.sign(sign)} {word}", tone)


def group_columns(desk: Desk) -> list[Column]:
    """State, number, cause, how many clients, how many wait, of what, since when."""

    def opened(row: MassRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.mass.opened_at), "$text-muted")

    def waiting(row: MassRow, _: PaintContext) -> Content:
        return Content.styled(str(row.waiting), "bold $warning" if row.waiting else "$text-muted")

    return [
        Column("state", "mass.column.state", 11, lambda row, _: state_words(row.mass.state)),
        Column("cause", "mass.column.cause", None, lambda row, _: painting.safe(row.mass.cause, "bold")),
        Column("tickets", "mass.column.tickets", 7, lambda row, _: Content(str(row.tickets)), align="right"),
        Column("clients", "mass.column.clients", 7, lambda row, _: Content(str(row.clients)), align="right"),
        Column("waiting", "mass.column.waiting", 8, waiting, align="right"),
        Column("opened", "mass.column.opened", 12, opened),
        Column("category", "mass.column.category", 14, _category, min_terminal=100),
        Column("number", "mass.column.number", 16, _number, min_terminal=110),
    ]


def _category(row: MassRow, _: PaintContext) -> Content:
    return painting.safe(row.category, "$text-muted")


def _number(row: MassRow, _: PaintContext) -> Content:
    return painting.safe(row.mass.number, "$text-muted")


def child_columns(desk: Desk, marked: Callable[[int], bool] | None = None) -> list[Column]:
    """A complaint of a group: its state, its own clock, whose it is, where, who answers."""

    def clock(row: TicketRow, context: PaintContext) -> Content:
        if row.ticket.clock_runs:
            return clock_paint.response_left(row, context.now_us, desk.policy)
        return clock_paint.response_line(desk, row, context.now_us)

    def state(row: TicketRow, _: PaintContext) -> Content:
        return Content(say(f"ticket.state.{row.ticket.state}"))

    def mark(row: TicketRow, _: PaintContext) -> Content:
        on = marked is not None and marked(row.ticket.id)
        return Content.styled(signs.sign("met") if on else "-", "bold $success" if on else "$text-muted")

    def received(row: TicketRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.ticket.received_at), "$text-muted")

    columns = [
        Column("state", "mass.column.state", 9, state),
        Column("clock", "mass.column.clock", 24, clock),
        Column("client", "mass.column.client", 10, _client),
        Column("subject", "mass.column.subject", None, _subject),
        Column("address", "mass.column.address", 24, _address, min_terminal=100),
        Column("received", "mass.column.received", 12, received, min_terminal=100),
    ]
    return columns if marked is None else [Column("mark", "mass.column.mark", 4, mark), *columns]


def _client(row: TicketRow, _: PaintContext) -> Content:
    return painting.safe(paint.client_name(row.client_name), "bold")


def _subject(row: TicketRow, _: PaintContext) -> Content:
    return painting.safe(row.ticket.subject)


def _address(row: TicketRow, _: PaintContext) -> Content:
    return painting.safe(row.address, "$text-muted")


def head_lines(desk: Desk, opened: Opened) -> list[Content]:
    """How it stands, how far it has spread, what was answered and what was done."""
    mass, spread = opened.mass, opened.spread
    lines = [
        painting.join([state_words(mass.state), painting.safe(mass.cause, "bold")]),
        Content(counts_words(spread)),
        _line("mass.estates", spread.estates),
        _line("mass.categories", spread.categories),
        _line("mass.responsible", spread.responsible),
    ]
    for code, text, at in (
        ("mass.answer", mass.answer, mass.answered_at),
        ("mass.resolution", mass.resolution, mass.resolved_at),
    ):
        if text:
            head = f"{say(code)} {paint.when(desk, at)} "
            lines.append(Content.assemble((head, "$text-muted"), painting.safe(" ".join(text.split()))))
    return [line for line in lines if line.plain]


def counts_words(spread: Spread) -> str:
    """Complaints, clients, sites and days in a line."""
    days = sum(count > 0 for _, count in spread.days)
    return say("mass.spread", tickets=spread.tickets, clients=spread.clients, sites=spread.sites, days=days)


def _line(code: str, counts: Counts) -> Content:
    named = [f"{shown(name)} {count}" for name, count in counts[:NAMED_MOST]]
    if len(counts) > NAMED_MOST:
        named.append(say("mass.more", count=len(counts) - NAMED_MOST))
    words = say("cli.list_comma").join(named)
    return Content.assemble((f"{say(code)} ", "$text-muted"), words) if named else Content("")


def day_chart(spread: Spread) -> Chart:
    """A bar a day."""
    return Chart(
        "bars",
        tuple(f"{day:%m-%d}" for day, _ in spread.days),
        tuple(float(count) for _, count in spread.days),
    )


def alike_words(alike: Alike, joins: bool = False) -> Content:
    """That others complain alike: whether it is part of a group, or may be one after filing; what the key does."""
    facts = {"clients": alike.clients, "days": alike.days}
    if alike.mass is None:
        return Content.styled(f"{signs.sign('alarm')} {say('mass.alike', **facts)}", "bold $warning")
    code = "mass.joins" if joins else "mass.part_of"
    words = say(code, number=shown(alike.mass.number), cause=shown(alike.mass.cause[:20]), **facts)
    sign, tone = ("met", "bold $success") if joins else ("alarm", "bold $warning")
    return Content.styled(f"{signs.sign(sign)} {words}", tone)


def part_words(mass: MassComplaint, clients: int) -> Content:
    """Of which group a complaint is a part, and how many clients that has."""
    words = say("mass.is_part", number=shown(mass.number), clients=clients, cause=shown(mass.cause[:24]))
    return painting.join([Content.styled(words, "bold $warning"), state_words(mass.state)])
