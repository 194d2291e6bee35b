"""A client's whole file in words: numbers, address, sites with people, control points and payments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.widgets import painting, signs
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.client import Client, Phone
    from deskapp.domain.site import Milestone, Payment
    from deskapp.services.clients import ClientFile, SiteCard

MOST_SHOWN = 600
"""Characters of a note the card shows; all of it is in the form."""


def file_lines(desk: Desk, file: ClientFile, unmasked: bool = False) -> list[Content]:
    """The card of a client's history screen, to be wrapped at any width; numbers whole only if they were asked for."""
    client, today = file.card.client, desk.local(desk.now()).date()
    numbers = [_number(one, unmasked) for one in file.card.phones]
    lines = [painting.join([_name_line(client), *(Content.styled(number, "$primary") for number in numbers)])]
    if file.emails:
        lines.append(painting.safe(_addresses(desk, file, unmasked), "$primary"))
    if client.address:
        lines.append(painting.safe(client.address))
    lines.append(figures_line(file))
    lines += note_lines(client.note)
    for number, one in enumerate(file.sites, 1):
        lines += [Content(""), *site_lines(one, number, today)]
    return lines


def _addresses(desk: Desk, file: ClientFile, unmasked: bool) -> str:
    return "  ".join(one if unmasked else paint.address(desk, one) for one in file.emails)


def _number(phone: Phone, unmasked: bool) -> str:
    """A number for the card; one that could not be read is hidden but for its last digits."""
    if unmasked:
        return paint.phone(phone.normal) or shown(phone.raw)
    return paint.phone(phone.normal, masked=True) or shown(f"****{phone.raw[-4:]}")


def _name_line(client: Client) -> Content:
    words = [Content.styled(paint.client_name(client.name), "bold")]
    if client.kind == "shop":
        words.append(Content.styled(say("client.kind.shop"), "$secondary"))
    if not client.wants_calls:
        words.append(Content.styled(say("client.no_calls"), "$warning"))
    return painting.join(words)


def figures_line(file: ClientFile) -> Content:
    """Tickets, open ones, calls and the mean score."""
    score = f"{file.score:g}" if file.score else "-"
    words = say("client.figures", tickets=file.tickets, open=file.open_tickets, calls=file.calls, score=score)
    return Content.styled(words, "$error" if file.open_tickets else "$text-muted")


def note_lines(note: str) -> list[Content]:
    """The note, line by line, cut where it would push all else away."""
    cut = note[:MOST_SHOWN] + (signs.sign("ellipsis") if len(note) > MOST_SHOWN else "")
    return [painting.safe(line, "$text-muted") for line in cut.splitlines()]


def site_lines(one: SiteCard, number: int, today: date) -> list[Content]:
    """A site: where and at which stage, its people, control points and payments."""
    from deskapp.domain.address import full_address

    site = one.site
    area = say("site.square_metres", area=f"{site.area / 100:g}") if site.area else ""
    head = [
        Content.styled(f"{number} {shown(full_address(site.estate, site.address))}", "bold"),
        Content.styled(say(f"site.stage.{site.stage}"), "$warning"),
        Content.styled(area, "$text-muted"),
    ]
    people = [f"{say(f'site.role.{role}')} {shown(name)}" for role, name in one.people]
    if site.crew:
        people.append(f"{say('site.crew')} {shown(site.crew)}")
    lines = [painting.join(head), Content.styled("  ".join(people), "$text-muted")]
    lines.append(painting.join(_milestone(mark, today) for mark in one.milestones))
    lines += [_payment(payment, today) for payment in one.payments]
    lines += note_lines(site.note)
    return [line for line in lines if line.plain]


def _milestone(mark: Milestone, today: date) -> Content:
    name = say(f"site.milestone.{mark.kind}")
    if mark.done_on:
        return Content.styled(f"{name} {signs.sign('met')}{_day(mark.done_on, today)}", "$text-muted")
    if mark.planned_on is None:
        return Content.styled(name, "$text-muted")
    late = mark.planned_on < today
    sign = signs.sign("overdue") if late else ""
    return Content.styled(f"{name} {sign}{_day(mark.planned_on, today)}", "$error" if late else "$foreground")


def _payment(payment: Payment, today: date) -> Content:
    facts = {"kind": say(f"site.payment.{payment.kind}"), "amount": yuan(payment.amount)}
    if payment.paid_on:
        words = say("site.paid", day=_day(payment.paid_on, today), **facts)
        return Content.styled(f"{words} {signs.sign('met')}", "$text-muted")
    if payment.due_on is None:
        return Content(say("site.to_pay", **facts))
    words = say("site.due", day=_day(payment.due_on, today), **facts)
    if payment.due_on < today:
        return Content.styled(f"{words} {signs.sign('overdue')}{say('site.overdue')}", "$error")
    return Content(words)


def yuan(fen: int) -> str:
    """An amount in fen, written in yuan: whole yuan without their fen."""
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{fen / 100:,.2f}"


def _day(day: date, today: date) -> str:
    return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"
