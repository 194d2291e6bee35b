"""How records become words and colours on every screen: days, phones, severities, call kinds, cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.widgets import painting, signs
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk
    from deskapp.domain.call import Call
    from deskapp.domain.client import ClientCard
    from deskapp.domain.rows import TimelineItem
    from deskapp.services.clients import ClientFile

SEVERITY_TONES = {
    "minor": "$text-muted",
    "major": "$foreground",
    "critical": "bold $error",
    "crisis": "bold reverse $error",
}
CALL_TONES = {
    "inbound": "bold $error",
    "callback": "$warning",
    "verification": "$secondary",
    "followup": "$foreground",
    "care": "$primary",
}
_CALL_SIGNS = {
    "inbound": ("\u00bb", ">"),
    "callback": ("\u21a9", "<"),
    "verification": ("\u2714", "v"),
    "followup": ("\u2218", "o"),
    "care": ("\u2665", "*"),
}


def call_sign(kind: str) -> str:
    """The one-cell sign of a kind of call."""
    handsome, plain = _CALL_SIGNS.get(kind, (" ", " "))
    return plain if signs.plain_signs() else handsome


def severity(value: str) -> Content:
    """The severity's word in its tone."""
    return Content.styled(say(f"ticket.severity.{value}"), SEVERITY_TONES.get(value, ""))


def when(desk: Desk, instant: DateTime | None) -> str:
    """An instant in the company's zone: the time alone today, month and day before, the year when it is another."""
    if instant is None:
        return ""
    local, today = desk.local(instant), desk.local(desk.now())
    if local.date() == today.date():
        return local.format("HH:mm")
    if local.year == today.year:
        return local.format("MM-DD HH:mm")
    return local.format("YYYY-MM-DD HH:mm")


def day_of(desk: Desk, instant: DateTime | None) -> str:
    """The day of an instant in the company's zone."""
    return "" if instant is None else desk.local(instant).format("YYYY-MM-DD")


def span(seconds: int) -> str:
    """A length of time as mm:ss, or h:mm:ss from an hour on."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def phone(normal: str, *, masked: bool = False) -> str:
    """A number for eyes; masked in lists others may look over."""
    if not normal:
        return ""
    from deskapp.domain import phone_shown

    return phone_shown.masked(normal) if masked else phone_shown.shown(normal)


def number(desk: Desk, normal: str, raw: str = "", *, needed: bool = False) -> str:
    """A number as this desk may see it: whole or masked."""
    from deskapp.services import unmasking

    return shown(unmasking.number(desk, normal, raw, needed=needed))


def address(desk: Desk, text: str) -> str:
    """A mail address as this desk may see it: many are a mobile number."""
    from deskapp.services import unmasking

    return unmasking.words(desk, text)


def call_number(desk: Desk, call: Call) -> str:
    """The number of a call: whole for whoever is in it."""
    from deskapp.services import unmasking

    return number(desk, call.number, needed=unmasking.in_call(desk, call)) or say("client.hidden")


def client_name(name: str) -> str:
    """A client's name, or the word for a caller nobody knows yet."""
    return shown(name) if name else say("client.unnamed")


def card_lines(desk: Desk, file: ClientFile, call: Call | None = None) -> list[Content]:
    """The client's card: name, phones as this desk may see them (whole for whoever is in the call), sites, figures."""
    from deskapp.services import unmasking

    card, needed = file.card, call is not None and unmasking.in_call(desk, call)
    lines = [
        Content.assemble(
            (client_name(card.client.name), "bold"),
            "  ",
            ("  ".join(number(desk, p.normal, p.raw, needed=needed) for p in card.phones), "$primary"),
        )
    ]
    if not file.sites and (card.address or card.client.address):
        lines.append(painting.safe(card.address or card.client.address))
    for one in file.sites[:3]:
        from deskapp.domain.address import full_address

        where = full_address(one.site.estate, one.site.address)
        lines.append(Content.assemble(shown(where), "  ", (say(f"site.stage.{one.site.stage}"), "$warning")))
        people = "  ".join(f"{say(f'site.role.{role}')} {shown(name)}" for role, name in one.people)
        if people:
            lines.append(Content.styled(people, "$text-muted"))
    score = f"{file.score:g}" if file.score else "-"
    counts = say(
        "client.figures", tickets=file.tickets, open=file.open_tickets, calls=file.calls, score=score
    )
    lines.append(Content.styled(counts, "$error" if file.open_tickets else "$text-muted"))
    if card.client.note:
        lines.append(painting.safe(card.client.note, "$text-muted"))
    return lines


def timeline_words(item: TimelineItem) -> tuple[str, str]:
    """A timeline line as a title and its detail, all of it in one line."""
    title, detail = _timeline_words(item)
    return title, " ".join(filter(None, map(str.strip, detail.splitlines())))


def _timeline_words(item: TimelineItem) -> tuple[str, str]:
    if item.source == "call":
        outcome = (
            say(f"call.outcome.{item.code}") if item.code in _OUTCOMES else say(f"call.state.{item.code}")
        )
        score = f"  {say('client.score', score=item.score)}" if item.score else ""
        return f"{say(f'call.kind.{item.kind}')} {outcome}{score}{_elsewhere(item)}", item.text
    if item.source == "ticket":
        return (
            f"{say(f'ticket.kind.{item.kind}')} {say(f'ticket.event.{item.code}')} {item.number}",
            item.text,
        )
    if item.source == "payment":
        fen = int(dict(item.facts).get("amount_fen", "0"))
        return say(f"site.payment.{item.kind}"), say(
            "client.paid", amount=f"{fen / 100:,.2f}", address=shown(item.text)
        )
    if item.source != "site":
        from deskapp.screens.timeline_lines import title_of

        return title_of(item), item.text
    return say(f"site.milestone.{item.kind}"), item.text


def _elsewhere(item: TimelineItem) -> str:
    """Which telephone answered, where it was no operator's."""
    facts = dict(item.facts)
    return f"  {elsewhere(facts['elsewhere'])}" if "elsewhere" in facts else ""


def elsewhere(agent: str) -> str:
    """That a call was answered at a telephone no operator has, and at which."""
    from deskapp.domain.pbx import phone_of

    return say("call.answered_elsewhere", agent=shown(phone_of(agent)) or "?")


_OUTCOMES = frozenset({"reached", "no_answer", "busy", "wrong_number", "refused", "call_back"})


def timeline_day(desk: Desk, item: TimelineItem) -> str:
    """The day and time of a timeline line."""
    import pendulum

    instant = desk.local(pendulum.from_timestamp(item.at_us / 1_000_000))
    this_year = instant.year == desk.local(desk.now()).year
    from deskapp.screens.timeline_lines import BY_DAY

    if item.source in BY_DAY:
        return instant.format("MM-DD" if this_year else "YYYY-MM-DD")
    return instant.format("MM-DD HH:mm" if this_year else "YYYY-MM-DD HH:mm")


def recent_lines(desk: Desk, items: list[TimelineItem]) -> list[Content]:
    """The newest lines of a history, for a preview."""
    lines = []
    for item in items:
        title, detail = timeline_words(item)
        lines.append(
            Content.assemble(
                (timeline_day(desk, item), "$text-muted"), " ", title, "  ", (shown(detail), "$text-muted")
            )
        )
    return lines


def salutation_lines(desk: Desk, card: ClientCard | None) -> list[Content]:
    """What to say first: greeting by the hour, with the operator's name (text 3)."""
    hour = desk.local(desk.now()).hour
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    greeting = say(f"script.greeting.{part}")
    who = card.client.name if card and card.client.name else ""
    asked = say("script.is_that", name=shown(who)) if who else say("script.who_is_it")
    operator = desk.operator.name if desk.operator else ""
    return [
        Content(f"{greeting} {asked}"),
        Content(say("script.i_am", company=shown(desk.company), operator=shown(operator))),
    ]
