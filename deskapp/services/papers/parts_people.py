"""Parts of papers about people: designers, praise, penalties and rewards, evaluation forms (rows S4, A3, A4, T9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskapp.domain import designer
from deskapp.domain.document import Cell, Chart, Table
from deskapp.domain.measure import SATISFIED
from deskapp.domain.paper_figures import Score
from deskapp.domain.period import period_of
from deskapp.i18n import say
from deskapp.services import designers
from deskapp.services.papers.parts import MOST_LINES, more
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.domain.designer import DesignerFigures
    from deskapp.domain.period import Period
    from deskapp.domain.site import SiteRow
    from deskapp.repository.work import Work

FEN = 100


def talks(desk: Desk, period: Period) -> tuple[Table, Chart]:
    """Talks, deposits and how many talks come to one, by designer (text 4, 2.3.6)."""
    rows = designers.figures(desk, period.first, period.last)
    columns = ("designer", "talks", "deposits", "rate", "signed", "lost", "refunded")
    names = [_name(one) for one in rows]
    table = Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple(_talker(name, one) for name, one in zip(names, rows, strict=True)),
        caption=say("paper_parts.caption.talks"),
        total=_talker(say("paper_parts.total"), designer.total(rows)) if rows else (),
        formats=("", "count", "count", "percent", "count", "count", "count"),
        note=say("designers.formula"),
    )
    shown = [(name, one) for name, one in zip(names, rows, strict=True) if one.deposits][:12]
    chart = Chart(
        "bars",
        tuple(name for name, _ in shown),
        tuple(float(one.deposits) for _, one in shown),
        caption=say("paper_parts.caption.deposits"),
    )
    return table, chart


def _name(one: DesignerFigures) -> str:
    return one.name or say("designers.nobody")


def _talker(name: str, one: DesignerFigures) -> tuple[Cell, ...]:
    return name, one.talks, one.deposits, one.rate, one.signed, one.lost, one.refunded


NONE = Score()


@dataclass(frozen=True, slots=True)
class Impression:
    """What clients think of one person: scores, praise, complaints; staff_id 0 is nobody by name."""

    staff_id: int
    name: str = ""
    score: Score = NONE
    praises: int = 0
    complaints: int = 0


def impressions_of(desk: Desk, work: Work, period: Period, trade: str = "designer") -> list[Impression]:
    """What clients think of the people of a trade, those with the most scores first."""
    since, until = period.bounds(desk.policy.timezone)
    scores = work.paper_counts.scores(trade, since, until, SATISFIED)
    praised, complained = (
        work.paper_counts.praised(since, until),
        work.paper_counts.complained_of(since, until),
    )
    staff = work.staff.get_many({*scores, *praised, *complained} - {0})
    ids = [one.id for one in staff.values() if one.trade == trade or one.id in scores]
    found = [
        Impression(
            staff_id,
            staff[staff_id].name if staff_id else "",
            scores.get(staff_id, Score()),
            praised.get(staff_id, 0),
            complained.get(staff_id, 0) if staff_id else 0,
        )
        for staff_id in [*ids, *([0] if 0 in scores else [])]
    ]
    return sorted(found, key=lambda one: (not one.staff_id, -one.score.count, one.name, one.staff_id))


def impressions(desk: Desk, work: Work, period: Period) -> Table:
    """Clients' impressions by designer, as they gave them in follow-up calls and forms (text 4, 2.3.2)."""
    found = impressions_of(desk, work, period)
    columns = ("designer", "scores", "mean", "satisfied", "praises", "complaints")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple(
            (
                one.name or say("designers.nobody"),
                one.score.count,
                one.score.mean,
                one.score.satisfied / one.score.count if one.score.count else None,
                one.praises,
                one.complaints,
            )
            for one in found
        ),
        caption=say("paper_parts.caption.impressions"),
        formats=("", "count", "score", "percent", "count", "count"),
        note=say("paper_parts.note.impressions", least=SATISFIED),
    )


def pending(desk: Desk, work: Work) -> Table:
    """Clients who paid a deposit and have not signed, the longest waiting first (text 4, 2.3.4)."""
    rows, count, today = work.sites.pending(MOST_LINES), work.sites.count_pending(), today_of(desk, work.now)
    columns = ("client", "address", "designer", "deposit", "deposit_on", "waited")
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        tuple(_waiting(row, today) for row in rows),
        caption=say("paper_parts.caption.pending", count=count),
        formats=("", "", "", "yuan", "", "count"),
        widths=(10, 28, 10, 12, 12, 10),
        note=more(count, len(rows)),
    )


def _waiting(row: SiteRow, today: date) -> tuple[Cell, ...]:
    site = row.site
    paid = site.deposit_date
    return (
        row.client_name,
        f"{site.estate} {site.address}".strip(),
        row.people.get("designer", ""),
        site.deposit / FEN if site.deposit is not None else None,
        paid.isoformat() if paid else "",
        (today - paid).days if paid else None,
    )


def praises(desk: Desk, work: Work, period: Period) -> Table:
    """Who was praised by name, by whom and in which words."""
    between = period.bounds(desk.policy.timezone)
    rows, count = work.praises.newest(between, MOST_LINES), work.praises.counts(*between)[0]
    return Table(
        tuple(
            say(f"paper_parts.column.{name}") for name in ("day", "praised", "department", "client", "words")
        ),
        tuple(
            (
                desk.local(row.praise.at).format("MM-DD") if row.praise.at else "",
                row.staff,
                row.department,
                row.client,
                row.praise.words,
            )
            for row in reversed(rows)
        ),
        caption=say("paper_parts.caption.praises", count=count),
        widths=(8, 10, 12, 10, 40),
        note=more(count, len(rows)),
    )


def sanctions(work: Work, month: date) -> Table:
    """What the ledger of a month comes to by person."""
    sums = list(work.sanctions.sums(month).values())
    columns = ("person", "department", "penalty_count", "penalties", "reward_count", "rewards", "net")
    rows = tuple(
        (
            one.name,
            one.department,
            one.penalty_count,
            one.penalties / FEN,
            one.reward_count,
            one.rewards / FEN,
            one.net / FEN,
        )
        for one in sums
    )
    total: tuple[Cell, ...] = (
        say("paper_parts.total"),
        "",
        sum(one.penalty_count for one in sums),
        sum(one.penalties for one in sums) / FEN,
        sum(one.reward_count for one in sums),
        sum(one.rewards for one in sums) / FEN,
        sum(one.net for one in sums) / FEN,
    )
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in columns),
        rows,
        caption=say("paper_parts.caption.sanctions"),
        total=total if rows else (),
        formats=("", "", "count", "yuan", "count", "yuan", "yuan"),
        note=say("paper_parts.note.sanctions"),
    )


def evaluations(work: Work, month: date) -> Table:
    """Evaluation forms of a month: sent, returned, the mean score of each trade."""
    sent, returned = work.evaluations.counts(month)
    means = work.ratings.means_of_forms(month)
    rate = f"{returned / sent:.1%}" if sent else "-"
    return Table(
        tuple(say(f"paper_parts.column.{name}") for name in ("trade", "scores", "mean")),
        tuple((say(f"staff.trade.{trade}"), count, mean) for trade, (mean, count) in sorted(means.items())),
        caption=say("paper_parts.caption.evaluations"),
        formats=("", "count", "score"),
        note=say("paper_parts.note.evaluations", sent=sent, returned=returned, rate=rate),
    )


def month_of(period: Period) -> date:
    """The first day of the month a period ends in."""
    return period_of("month", period.last).first
