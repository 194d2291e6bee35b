"""A ticket's clocks as every screen paints them: what is left, how much is used, and the verdict (row T4)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from deskapp.i18n import language, say
from deskapp.screens import paint
from deskapp.widgets import painting, signs
from deskapp.widgets.countdown import paint_countdown, sign_and_style, state_at, state_word

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.policy import Policy
    from deskapp.domain.response_clock import State
    from deskapp.domain.rows import TicketRow
    from deskapp.domain.ticket import Ticket

_SECOND_US = 1_000_000


def thresholds(policy: Policy) -> tuple[int, int]:
    """The policy's amber and red, in seconds left."""
    return int(policy.amber_hours * 3600), int(policy.red_hours * 3600)


def reading_us(ticket: Ticket, now_us: int) -> int:
    """The instant a response clock is read at: a paused one stands where it was stopped."""
    if ticket.paused_since is None:
        return now_us
    return ticket.paused_since.int_timestamp * _SECOND_US


def response_state(row: TicketRow, now_us: int, policy: Policy) -> State:
    """How the response clock stands."""
    paused: Literal["paused"] | None = "paused" if row.ticket.paused_since else None
    return state_at(row.respond_by_us or None, now_us, paused, *thresholds(policy))


def response_left(row: TicketRow, now_us: int, policy: Policy) -> Content:
    """The response clock's countdown, with sign and colour."""
    amber_s, red_s = thresholds(policy)
    state: Literal["paused"] | None = "paused" if row.ticket.paused_since else None
    at = reading_us(row.ticket, now_us)
    return paint_countdown(row.respond_by_us or None, at, state, amber_s=amber_s, red_s=red_s)


def used(row: TicketRow, now_us: int) -> float:
    """The part of the time to the deadline that has gone by, 1 and no more when it is over."""
    received = row.ticket.received_at
    if received is None or not row.respond_by_us:
        return 0.0
    begin = received.int_timestamp * _SECOND_US
    span = row.respond_by_us - begin
    return 1.0 if span <= 0 else min(1.0, max(0.0, (reading_us(row.ticket, now_us) - begin) / span))


def standing(row: TicketRow, now_us: int, policy: Policy) -> Content:
    """The state in a word, and whether the deadline is provisional."""
    return _standing(response_state(row, now_us, policy), row.ticket.provisional, language())


@lru_cache(64)
def _standing(state: State, is_provisional: bool, _language: str) -> Content:
    word = Content.styled(state_word(state) if state != "calm" else "", sign_and_style(state)[1])
    return painting.join([word, _provisional(is_provisional)], " ")


def provisional(ticket: Ticket) -> Content:
    """A word that says a deadline may move: its year's holidays are not published yet."""
    return _provisional(ticket.provisional)


def _provisional(is_provisional: bool) -> Content:
    if not is_provisional:
        return Content("")
    return Content.styled(say("board.provisional"), "$warning")


def response_line(desk: Desk, row: TicketRow, now_us: int) -> Content:
    """The response clock in a line: countdown and deadline while it runs, the verdict once it is over."""
    ticket, met = row.ticket, row.ticket.response_met
    if ticket.clock_runs:
        parts = [
            response_left(row, now_us, desk.policy),
            standing(row, now_us, desk.policy),
            Content.styled(say("board.by", when=paint.when(desk, ticket.respond_by)), "$text-muted"),
        ]
        return painting.join(parts)
    if met is None:
        return Content.styled(say("board.no_verdict"), "$text-muted")
    return _verdict(met, paint.when(desk, ticket.responded_at))


def resolution_line(desk: Desk, row: TicketRow, now_us: int) -> Content:
    """The time to the resolution in a line, or its verdict."""
    ticket, met = row.ticket, row.ticket.resolution_met
    if met is not None:
        return _verdict(met, paint.when(desk, ticket.resolved_at or ticket.closed_at))
    if not row.due_us or not ticket.is_open:
        return Content.styled(say("board.no_verdict"), "$text-muted")
    left = row.due_us - now_us
    day = 24 * 3600 * _SECOND_US
    until = Content.styled(say("board.by", when=paint.when(desk, ticket.due_at)), "$text-muted")
    if left > 2 * day:
        return painting.join([Content(f"  {say('board.days_left', days=left // day)}"), until])
    amber_s, red_s = thresholds(desk.policy)
    return painting.join([paint_countdown(row.due_us, now_us, amber_s=amber_s, red_s=red_s), until])


def _verdict(met: bool, when: str) -> Content:
    state: State = "met" if met else "missed"
    mark, tone = sign_and_style(state)
    return Content.assemble((f"{mark} {state_word(state)}", tone), (f"  {when}", "$text-muted"))


def who_has_it(row: TicketRow) -> Content:
    """Department and person, or the word for nobody yet."""
    names = [name for name in (row.department, row.responsible) if name]
    if not names:
        return Content.styled(say("board.nobody"), "$warning")
    return painting.safe(" ".join(names))


def severity_sign(value: str) -> str:
    """A mark beside the colour of what is worst."""
    return signs.sign("error") if value == "crisis" else ""
