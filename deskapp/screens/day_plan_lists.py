"""How the day's plan becomes lines: who is chosen, who is proposed, why, and how far it got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.day_plan import REASONS, Candidate, Reason, reasons_of
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.client_card import yuan
from deskapp.screens.shops_lists import change_words, changed, percent
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import cut, shown

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.services.day_plan import PlannedRow, Proposal
    from deskapp.services.shops import ShopFigures

STATE_TONES = {"waiting": "$text-muted", "tried": "$warning", "reached": "$success"}
_STATE_SIGNS = {"waiting": "unknown", "tried": "missed", "reached": "met"}
_TONES = {
    "falling": "$error",
    "problem": "$warning",
    "promised": "$warning",
    "unheard": "",
    "never": "$primary",
}
MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the plan: a candidate with reasons; marked when chosen, stored when the plan has them already."""

    candidate: Candidate
    reasons: tuple[Reason, ...]
    points: int
    planned: PlannedRow | None = None


def lines_of(found: Proposal) -> list[PlanLine]:
    """Those chosen in the order chosen, then those proposed, the weightiest first."""
    chosen = [PlanLine(row.candidate, _reasons(row, found.day), 0, row) for row in found.chosen]
    return [*chosen, *(PlanLine(one.candidate, one.reasons, one.points) for one in found.proposed)]


def _reasons(row: PlannedRow, day: date) -> tuple[Reason, ...]:
    """What speaks for a chosen client now, and first why they were chosen if that has changed since."""
    now, plan = reasons_of(row.candidate, day), row.plan
    if plan.reason not in REASONS or any(one.code == plan.reason for one in now):
        return now
    return (Reason(plan.reason, 0, plan.facts or {}), *now)


def reason_words(desk: Desk, reason: Reason) -> str:
    """A reason in words; texts people typed are cut and made harmless, what was not kept is left out."""
    facts = reason.facts
    if reason.code == "falling":
        month = str(facts.get("month") or "")[5:7].lstrip("0")
        seen = percent(int(str(facts.get("permille") or 0)))
        return (
            say("day_plan.why.falling", month=month, change=seen)
            if month
            else say("day_plan.why.fell", change=seen)
        )
    if reason.code == "problem":
        problem = shown(cut(" ".join(str(facts.get("problem") or "").split()), MOST_WORDS))
        count = facts.get("count") or 1
        if problem:
            return say("day_plan.why.problem", count=count, problem=problem)
        return say("day_plan.why.problems", count=count)
    if reason.code == "promised" and facts.get("at"):
        import pendulum

        at = desk.local(pendulum.from_timestamp(int(str(facts["at"]))))
        return say("day_plan.why.promised", at=at.format("HH:mm"))
    if reason.code == "unheard" and facts.get("days"):
        return say("day_plan.why.unheard", days=facts["days"])
    return say(f"day_plan.reason.{reason.code}")


def words_of(desk: Desk, reasons: Sequence[Reason]) -> str:
    """All reasons in one line, for whoever makes the call."""
    return say("day_plan.between").join(reason_words(desk, one) for one in reasons)


def plan_columns(desk: Desk, marked: Any) -> list[Column]:
    """Chosen or not, who, why, points, how far it got; `marked` says whether a client is chosen now."""

    def mark(line: PlanLine, _: PaintContext) -> Content:
        kept = line.planned is not None
        if not marked(line.candidate.client_id):
            return Content.styled("-" if kept else " ", "$warning")
        return Content.styled(signs.sign("chosen"), "bold $primary" if kept else "bold $warning")

    def client(line: PlanLine, _: PaintContext) -> Content:
        kind = say("client.kind.shop") if line.candidate.kind == "shop" else ""
        return painting.join(
            [
                painting.safe(paint.client_name(line.candidate.name), "bold"),
                Content.styled(kind, "$secondary"),
            ],
            " ",
        )

    def why(line: PlanLine, _: PaintContext) -> Content:
        words = [Content.styled(reason_words(desk, one), _TONES[one.code]) for one in line.reasons]
        return painting.join(words) if words else Content.styled(say("day_plan.own_choice"), "$text-muted")

    def points(line: PlanLine, _: PaintContext) -> Content:
        return Content.styled(str(line.points) if line.points else "", "$text-muted")

    def state(line: PlanLine, _: PaintContext) -> Content:
        if line.planned is None:
            return Content("")
        code = line.planned.state
        return Content.styled(
            f"{signs.sign(_STATE_SIGNS[code])} {say(f'day_plan.state.{code}')}", STATE_TONES[code]
        )

    return [
        Column("mark", "", 1, mark),
        Column("client", "shop.column.client", 14, client),
        Column("why", "day_plan.column.why", None, why),
        Column("points", "day_plan.column.points", 4, points, align="right"),
        Column("state", "day_plan.column.state", 10, state),
    ]


def why_lines(desk: Desk, line: PlanLine) -> list[Content]:
    """The reasons of one client with the points of each."""
    if not line.reasons:
        return [Content.styled(say("day_plan.own_choice"), "$text-muted")]
    return [
        Content.assemble(
            (f"{one.points or '':>3} ", "bold $primary"), (reason_words(desk, one), _TONES[one.code])
        )
        for one in line.reasons
    ]


def shop_lines(found: ShopFigures) -> list[Content]:
    """The shops of a client: last month against the one before, since the calls began, the newest months."""
    lines = []
    for row, newest in zip(found.rows, found.newest, strict=True):
        lines.append(
            painting.join(
                [painting.safe(row.shop.name, "bold"), painting.safe(row.shop.platform, "$text-muted")]
            )
        )
        lines.append(
            Content.assemble(
                say("day_plan.shop_month", month=f"{row.month:%Y-%m}"),
                " ",
                changed(row.change),
                "  ",
                say("day_plan.shop_since", change=change_words(row.since)),
            )
        )
        months = "  ".join(f"{one.month:%y-%m} {yuan(one.amount)}" for one in newest)
        lines.append(Content.styled(months, "$text-muted"))
    return [line for line in lines if line.plain]


def day_words(day: date, today: date) -> str:
    """A day as it is said: today, tomorrow, or its weekday, with its date."""
    ahead = (day - today).days
    name = say("day_plan.today") if ahead == 0 else say("day_plan.tomorrow") if ahead == 1 else ""
    weekday = say(f"widgets.weekday.{day.isoweekday()}")
    return f"{name or weekday} {day:%m-%d}"
