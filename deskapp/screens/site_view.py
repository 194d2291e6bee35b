"""One site in words: its people, days and payments at the left, what is to come and what was at the right (row S1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.address import full_address
from deskapp.domain.site import MILESTONES, PAYMENTS, ROLES, of_kind
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.client_card import yuan
from deskapp.screens.site_lists import short_day, stage_words
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import fit, shown

if TYPE_CHECKING:
    from deskapp.domain.site import Payment
    from deskapp.services.sites import SiteFile

CALLS_TO_COME = 8
CALLS_MADE = 6
INSPECTIONS = 8
_TONES = {
    "call": "$foreground",
    "inspection": "$secondary",
    "notice": "$text-muted",
    "warranty": "$success",
    "ticket": "$primary",
}


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One line of what goes on at a site, and the record Enter opens."""

    kind: str
    day: date | None
    words: Content
    ticket_id: int | None = None
    call_id: int | None = None
    record_id: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """A line is known by its record."""
        return self.kind, self.record_id


def card_lines(file: SiteFile, today: date) -> list[Content]:
    """The site at the left: where, stage, people by role, control points, payments, note, files."""
    site = file.card.site
    area = say("site.square_metres", area=f"{site.area / 100:g}") if site.area else ""
    lines = [
        Content.styled(shown(full_address(site.estate, site.address)), "bold"),
        painting.join([stage_words(site.stage), Content.styled(area, "$text-muted")]),
    ]
    if file.proposal:
        words = say("sites.proposal", stage=say(f"site.stage.{file.proposal}"))
        lines.append(Content.styled(f"{signs.sign('answer')} {words}", "bold $warning"))
    names = dict(file.card.people)
    people = [f"{say(f'site.role.{role}')} {shown(names[role])}" for role in ROLES if role in names]
    if site.crew:
        people.append(f"{say('site.crew')} {shown(site.crew)}")
    lines += [Content(""), Content("  ".join(people))] if people else []
    lines += [Content(""), _head("sites.milestones"), *_milestones(file, today)]
    lines += [Content(""), _head("sites.payments"), *_payments(file, today)]
    if site.note.strip():
        lines += [Content(""), *(painting.safe(line, "$text-muted") for line in site.note.splitlines())]
    if file.files:
        lines += [Content(""), Content.styled(say("sites.files", count=file.files), "$secondary")]
    return lines


def _head(code: str) -> Content:
    return Content.styled(say(code), "$text-muted")


def _milestones(file: SiteFile, today: date) -> Iterator[Content]:
    width = 2 + max(painting.cells(say(f"site.milestone.{kind}")) for kind in MILESTONES)
    for kind in MILESTONES:
        one = of_kind(file.card.milestones, kind)
        label = fit(say(f"site.milestone.{kind}"), width)
        if one is None:
            yield Content.styled(f"  {label}-", "$text-disabled")
        elif one.done_on is not None:
            other = one.planned_on is not None and one.planned_on != one.done_on
            planned = say("sites.planned", day=short_day(one.planned_on, today)) if other else ""
            yield Content.assemble(
                (f"{signs.sign('met')} ", "$success"),
                f"{label}{short_day(one.done_on, today)}  ",
                (planned, "$text-muted"),
            )
        else:
            late = (today - one.planned_on).days if one.planned_on else 0
            words = f"{label}{short_day(one.planned_on, today)}"
            more = f"  {say('sites.late', days=late)}" if late > 0 else ""
            sign = signs.sign("overdue") if late > 0 else " "
            yield Content.styled(f"{sign} {words}{more}", "$error" if late > 0 else "$foreground")


def _payments(file: SiteFile, today: date) -> Iterator[Content]:
    width = 2 + max(painting.cells(say(f"site.payment.{kind}")) for kind in PAYMENTS)
    for kind in PAYMENTS:
        of_it = [one for one in file.card.payments if one.kind == kind]
        label = fit(say(f"site.payment.{kind}"), width)
        if not of_it:
            yield Content.styled(f"  {label}-", "$text-disabled")
        for one in of_it:
            yield _payment(one, label, today)


def _payment(one: Payment, label: str, today: date) -> Content:
    amount = f"{label}{yuan(one.amount)}"
    if one.paid_on is not None:
        paid = say("sites.paid_on", day=short_day(one.paid_on, today))
        return Content.assemble((f"{signs.sign('met')} ", "$success"), f"{amount}  ", (paid, "$text-muted"))
    if one.due_on is None:
        return Content(f"  {amount}  {say('sites.unpaid')}")
    late, day = (today - one.due_on).days, short_day(one.due_on, today)
    if late > 0:
        words = f"{signs.sign('overdue')} {amount}  {day} {say('sites.late', days=late)}"
        return Content.styled(words, "$error")
    return Content(f"  {amount}  {say('sites.due_on', day=day)}")


def lines_of(file: SiteFile, today: date) -> list[SiteLine]:
    """What goes on: open tickets, calls to come and made, inspections, warranty, notices; the most pressing first."""
    return [*_tickets(file), *_calls_to_come(file, today), *_inspections(file), *_made(file), *_papers(file)]


def _tickets(file: SiteFile) -> Iterator[SiteLine]:
    for row in file.tickets:
        ticket = row.ticket
        words = painting.join(
            [
                Content.styled(say(f"ticket.kind.{ticket.kind}"), "$primary"),
                painting.safe(ticket.subject),
                Content.styled(say(f"ticket.state.{ticket.state}"), "$warning"),
                painting.safe(ticket.number, "$text-muted"),
            ]
        )
        day = ticket.due_at.date() if ticket.due_at else None
        yield SiteLine("ticket", day, words, ticket_id=ticket.id, record_id=ticket.id)


def _calls_to_come(file: SiteFile, today: date) -> Iterator[SiteLine]:
    waiting = [one for one in file.followups if one.waits]
    for one in waiting[:CALLS_TO_COME]:
        late = (today - one.due_on).days
        state = say(f"followup.state.{one.state}")
        more = say("sites.late", days=late) if late > 0 else ""
        words = painting.join(
            [
                Content(say(f"followup.purpose.{one.purpose}")),
                Content.styled(state, "$warning" if one.state == "queued" else "$text-muted"),
                Content.styled(more, "$error"),
            ]
        )
        yield SiteLine("call", one.due_on, words, record_id=one.id)


def _made(file: SiteFile) -> Iterator[SiteLine]:
    over = [one for one in file.followups if one.state in ("done", "missed")]
    for one in over[::-1][:CALLS_MADE]:
        missed = one.state == "missed"
        reason = say(f"followup.reason.{one.reason}") if missed and one.reason else ""
        state = f"{signs.sign('missed' if missed else 'met')} {say(f'followup.state.{one.state}')} {reason}"
        words = painting.join(
            [
                Content(say(f"followup.purpose.{one.purpose}")),
                Content.styled(state.rstrip(), "$error" if missed else "$success"),
                Content.styled(say("client.score", score=one.score) if one.score else "", "$text-muted"),
            ]
        )
        yield SiteLine("call", one.done_on or one.due_on, words, call_id=one.call_id, record_id=one.id)


def _inspections(file: SiteFile) -> Iterator[SiteLine]:
    for one in file.inspections[:INSPECTIONS]:
        ok = one.verdict == "ok"
        words = painting.join(
            [
                Content.styled(
                    f"{signs.sign('met' if ok else 'missed')} {say(f'inspections.verdict.{one.verdict}')}",
                    "$success" if ok else "$error",
                ),
                painting.safe(one.findings.splitlines()[0][:200] if one.findings.strip() else ""),
                painting.safe(one.number, "$text-muted"),
            ]
        )
        yield SiteLine("inspection", one.done_on, words, ticket_id=one.ticket_id, record_id=one.id)


def _papers(file: SiteFile) -> Iterator[SiteLine]:
    for one in file.warranties:
        until = say("sites.warranty_until", day=one.until_on)
        words = painting.join(
            [Content(say(f"sites.warranty.{one.scope}")), Content.styled(until, "$success")]
        )
        yield SiteLine("warranty", one.from_on, words, record_id=one.id)
    for notice in file.notices:
        words = painting.join(
            [
                Content(say(f"sites.notice.{notice.kind}")),
                Content("" if notice.state == "current" else say(f"site_notices.state.{notice.state}")),
                painting.safe(notice.number, "$text-muted"),
                painting.safe(notice.note[:200], "$text-muted"),
            ]
        )
        yield SiteLine("notice", notice.on_day, words, record_id=notice.id)


def line_columns(today: date) -> list[Column]:
    """Day, kind, words."""

    def day(line: SiteLine, _: PaintContext) -> Content:
        return Content.styled(short_day(line.day, today), "$text-muted")

    def kind(line: SiteLine, _: PaintContext) -> Content:
        return Content.styled(say(f"sites.kind.{line.kind}"), _TONES[line.kind])

    return [
        Column("day", "", 8, day, align="right"),
        Column("kind", "", 6, kind),
        Column("words", "", None, lambda line, _: line.words),
    ]


def title_name(file: SiteFile) -> str:
    """The client's name, for the title."""
    return paint.client_name(file.row.client_name[:40])
