"""What becomes of a notice to somebody outside the console: by which way, when again, in which words (row N1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.outside import CHANNELS, Notices
from deskapp.domain.staff import StaffMember

REASONS = (
    "ticket.filed",
    "ticket.dispatched",
    "ticket.transferred",
    "ticket.released",
    "ticket.reopened",
    "ticket.urged",
    "ticket.mail",
    "ticket.escalated",
    "ticket.crisis",
    "rectification.warn",
    "repair.appointed",
    "repair.rescheduled",
    "repair.released",
    "handbook.asked",
    "handbook.incomplete",
    "praise.reported",
    "decision.taken",
    "penalty.decided",
    "penalty.confirmed",
    "penalty.reversed",
    "reward.decided",
    "reward.reversed",
    "paper.late",
    "action_item.given",
    "action_item.late",
)
"""Everything people outside the console are told of."""
HOLES = (
    *("name", "number", "client", "address", "subject", "deadline", "company", "when", "words", "missing"),
    "amount",
)
"""The facts a text may have holes for."""
LISTS = ("waiting", "dead", "hand", "sent")
"""What a notice can be: on its way, given up, to be told by hand, sent. `handled` ones are told or not needed."""
LEASE_S = 120
"""How long one desk has for sending one notice, before another may."""
SENDING_S = 25.0
"""How long a service may take for one notice."""
LONGEST_WAIT_S = 3_600
OLD = timedelta(days=1)
"""What is older than this when notices are first switched on is news to nobody."""
NO_WAY_S = 900
"""How long a notice waits for a machine that knows the address of its channel."""
MOST_TITLE, MOST_BODY = 200, 2_000
CHANNEL_FAULTS = ("timeout", "token", "path", "busy", "broken", "garbage")
"""Codes of failures that the next notice of the channel would meet as well."""
_HOLE = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a try came to: the state the notice has now, when it is tried again, and the code of why."""

    state: str
    next_at: DateTime | None = None


def unreachable(member: StaffMember | None) -> str:
    """Why somebody cannot be told by a machine, as a code; "" when they can."""
    if member is None or member.left_on is not None:
        return "gone"
    if member.channel not in CHANNELS:
        return "telephone" if member.channel == "phone" else "no_channel"
    if member.channel == "email" and "@" not in member.email:
        return "no_email"
    return "no_phone" if member.channel == "sms" and not member.phone.strip() else ""


def key_of(notice_id: int, at: DateTime | None) -> str:
    """The name of a notice, the same at each try, so that a receiver knows it again; no other company's is like it."""
    return f"deskapp-{notice_id}-{int(at.timestamp() * 1_000_000) if at is not None else 0}"


def is_held(held_until: DateTime | None, now: DateTime) -> bool:
    """Whether a desk is sending a notice now; a lease that has ended is anybody's."""
    return held_until is not None and held_until > now


def tires(code: str, lasting: bool) -> bool:
    """Whether a failure is the channel's and not this notice's: the others of the channel wait for the next time."""
    return not lasting and (code.startswith("probe.") or code in CHANNEL_FAULTS)


def wait_after(attempts: int, first_seconds: int) -> int:
    """Seconds until the next try: twice as long each time, an hour at most."""
    return int(min(first_seconds * 2 ** min(max(attempts - 1, 0), 20), LONGEST_WAIT_S))


def after_failure(attempts: int, lasting: bool, notices: Notices, now: DateTime) -> Verdict:
    """What becomes of a notice that was not taken: tried again, or dead."""
    if lasting or attempts >= notices.most_attempts:
        return Verdict("dead")
    return Verdict("waiting", now.add(seconds=wait_after(attempts, notices.first_wait_seconds)))


def is_old(at: DateTime | None, since: DateTime) -> bool:
    """Whether a notice was written too long before notices were first switched on."""
    return at is not None and at < since - OLD


def filled(template: str, facts: Mapping[str, str]) -> str:
    """A text with its holes filled, once: a hole nobody knows stays as it is, and what fills one is not read again."""
    return _HOLE.sub(lambda hole: facts.get(hole[1], hole[0]), template)


def one_line(text: str) -> str:
    """A title: one line, with nothing in it that could begin another."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MOST_TITLE]


def address(template: str, member: StaffMember) -> str:
    """Where to send to: the holes of the channel's address filled so that nothing in them can alter it."""
    facts = {"email": member.email, "phone": member.phone, "name": member.name}
    return filled(template, {hole: quote(value.strip(), safe="") for hole, value in facts.items()})


def check_template(reason: str, title: str, body: str) -> None:
    """Refuse words that say nothing, too many of them, or for a reason there is not."""
    if reason not in REASONS:
        raise RuleBroken("notice_out.reason", value=reason)
    if not title.strip():
        raise RuleBroken("notice_out.title_missing")
    if not body.strip():
        raise RuleBroken("notice_out.body_missing")
    if len(title) > MOST_TITLE or len(body) > MOST_BODY:
        raise RuleBroken("notice_out.too_long", title=MOST_TITLE, body=MOST_BODY)
    unknown = [hole for hole in _HOLE.findall(title + body) if hole not in HOLES]
    if unknown:
        raise RuleBroken("notice_out.hole", hole=unknown[0])
