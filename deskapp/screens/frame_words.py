"""What the frame says: operator, phone, clocks and the day's progress, from the facts the app holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.i18n import say
from deskapp.screens.telephone import link_line
from deskapp.widgets.strip import ClockSummary, TopState

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.adapters.asterisk import LinkState
    from deskapp.desk import Desk
    from deskapp.services.frame import FrameFacts


def top_state(
    place: str,
    desk: Desk | None,
    facts: FrameFacts | None,
    since: DateTime | None = None,
    waiting: int = 0,
    link: LinkState | None = None,
) -> TopState:
    """What the top bar shows: place, phone, operator, role; since when the database is away, how many acts wait."""
    operator = desk.operator if desk else None
    words, tone = away_words(desk, facts, since, waiting) or phone_words(desk, facts, link)
    return TopState(
        current=place,
        phone=words,
        phone_tone=tone,
        operator=operator.name if operator else "",
        role=say(f"operator.role.{operator.role}") if operator else "",
        notices=facts.notices if facts and operator else 0,
    )


def away_words(
    desk: Desk | None, facts: FrameFacts | None, since: DateTime | None, waiting: int
) -> tuple[str, str] | None:
    """That the database is away, of when what is shown therefore is, and how many acts wait; None when all is well."""
    if facts is None or desk is None or not (facts.lost or since is not None or waiting):
        return None
    if not facts.lost and since is None:
        return say("frame.waiting", count=waiting), "bold $warning"
    at = desk.local(since).format("HH:mm") if since is not None else ""
    code = "frame.away_waiting" if waiting else "frame.away"
    return say(code, at=at, count=waiting), "bold $error"


def clock_words(desk: Desk | None) -> tuple[str, str] | None:
    """That this machine's clock was set by so much while the console runs, which it does not follow (row T4)."""
    jumped_s = desk.store.database_clock.jumped_s if desk is not None else 0
    if not jumped_s:
        return None
    hours, minutes = divmod(round(abs(jumped_s) / 60), 60)
    sign = "+" if jumped_s > 0 else "\u2212"
    return say("frame.clock_set", by=f"{sign}{hours}:{minutes:02}"), "bold $warning"


def phone_words(
    desk: Desk | None, facts: FrameFacts | None, link: LinkState | None = None
) -> tuple[str, str]:
    """What the telephone does, and the tone to say it in."""
    if facts is None:
        return (say("frame.phone.opening"), "$text-muted")
    if facts.lost:
        return (say("frame.phone.lost"), "bold $error")
    if facts.ringing:
        return (say("frame.phone.rings", who=facts.ringing, count=facts.inbound), "bold $warning")
    if facts.talking:
        return (say("frame.phone.talking", who=facts.talking), "$primary")
    if (line := clock_words(desk) or link_line(link)) is not None:
        return line
    if facts.undelivered:
        return (say("frame.undelivered", count=facts.undelivered), "bold $warning")
    if facts.letters:
        return (say("frame.letters", count=facts.letters), "bold $warning")
    if facts.mailbox_wrong:
        return (say("frame.mailbox_wrong"), "bold $warning")
    if facts.delayed:
        return (say("frame.delayed", count=facts.delayed), "$warning")
    if facts.letters_delayed:
        return (say("frame.letters_delayed", count=facts.letters_delayed), "$warning")
    return (say("frame.phone.idle"), "$text-muted")


def clock_summary(facts: FrameFacts | None) -> ClockSummary:
    """What the clock strip shows: the most urgent clock, or the crisis that turns it red."""
    if facts is None:
        return ClockSummary()
    strip, row, crisis = facts.strip, facts.strip.urgent, ""
    if facts.crisis is not None:
        row = facts.crisis
        crisis = f"{row.client_name} {row.ticket.subject}"
    if row is None:
        return ClockSummary()
    return ClockSummary(
        number=row.ticket.number,
        due_us=row.respond_by_us,
        state="paused" if row.ticket.paused_since else None,
        client=row.client_name,
        subject=row.ticket.subject,
        responsible=row.responsible,
        overdue=strip.overdue,
        within_hour=strip.within_hour,
        today=strip.due_today,
        crisis=crisis,
    )


def counts_only(facts: FrameFacts | None) -> ClockSummary:
    """What the strip of a locked screen shows: how much is due, and nobody's name."""
    if facts is None:
        return ClockSummary(counts_only=True)
    strip = facts.strip
    return ClockSummary(
        overdue=strip.overdue,
        within_hour=strip.within_hour,
        today=strip.due_today,
        counts_only=True,
        crisis=say("widgets.strip.crisis") if facts.crisis is not None else "",
    )


def progress(desk: Desk | None, facts: FrameFacts | None, *, short: bool = False) -> str:
    """The day's progress against its targets, for the foot of every screen; `short` leaves room for keys."""
    if facts is None or desk is None:
        return ""
    day, targets, plan = facts.progress, desk.policy.day_targets, facts.plan
    planned = "" if short or not plan.chosen else say("frame.plan", called=plan.called, chosen=plan.chosen)
    words = say(
        "frame.progress_short" if short else "frame.progress",
        calls=day.calls,
        calls_target=targets.get("calls", 0),
        understood=day.understood,
        understood_target=targets.get("understood", 0),
        solved=day.solved,
        solved_target=targets.get("solved", 0),
    )
    return f"{words} {planned}" if planned else words
