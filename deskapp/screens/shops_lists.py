"""How shops, clients better off and diagnoses become lines of a list: figures, changes, what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.shop import BetterClient, Change, ShopRow, change
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.client_card import yuan
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.diagnosis import Diagnosis, DiagnosisRow

TONES = {"better": "bold $success", "worse": "bold $error", "same": "", "unknown": "$text-muted"}
STATE_TONES = {"open": "$warning", "helped": "$success", "no_change": "$error"}
_STATE_SIGNS = {"open": "unknown", "helped": "met", "no_change": "missed"}
NARROW = 90


def percent(permille: int) -> str:
    """A change in tenths of a percent with its sign, as it is read."""
    return f"{permille / 10:+.1f}%" if abs(permille) < 1000 else f"{permille / 10:+.0f}%"


def change_words(seen: Change) -> str:
    """A change in words: its percentage, or why there is none."""
    if seen.permille is None:
        return say("shop.from_nothing") if seen.verdict == "better" else say("shop.verdict.unknown")
    return say("shop.verdict.same") if seen.verdict == "same" else percent(seen.permille)


def changed(seen: Change) -> Content:
    """A change in its tone."""
    return Content.styled(change_words(seen), TONES[seen.verdict])


def amount(fen: int | None) -> Content:
    """An amount, or that none was written down."""
    return Content(yuan(fen)) if fen is not None else Content.styled("-", "$text-muted")


def shop_columns(desk: Desk) -> list[Column]:
    """Whose shop, the month and the one before, the change, since the calls began, the last call, what is open."""

    def name(row: ShopRow, context: PaintContext) -> Content:
        shut = Content.styled(say("shop.shut"), "$text-muted") if not row.shop.active else Content("")
        mark = signs.sign("error") if row.problem and context.table_width < NARROW + 10 else ""
        platform = painting.safe(row.shop.platform, "$text-muted")
        return painting.join(
            [Content.styled(mark, "$warning"), painting.safe(row.shop.name), platform, shut], " "
        )

    def heard(row: ShopRow, _: PaintContext) -> Content:
        if row.heard_at is None:
            return Content.styled(say("shop.never_heard"), "$warning")
        return Content.styled(paint.day_of(desk, row.heard_at)[2:], "$text-muted")

    return [
        Column("client", "shop.column.client", 10, lambda row, _: painting.safe(row.client, "bold")),
        Column("shop", "shop.column.shop", None, name),
        Column("now", "shop.column.now", 10, lambda row, _: amount(row.now), align="right"),
        Column("before", "shop.column.before", 10, lambda row, _: amount(row.before), align="right"),
        Column("change", "shop.column.change", 7, lambda row, _: changed(row.change), align="right"),
        Column("since", "shop.column.since", 8, lambda row, _: changed(row.since), align="right"),
        Column("heard", "shop.column.heard", 8, heard),
        Column(
            "problem",
            "shop.column.problem",
            26,
            lambda row, _: painting.safe(_line(row.problem), "$warning"),
            min_terminal=NARROW + 10,
        ),
    ]


def better_columns() -> list[Column]:
    """Whose results got better: what their shops turned over before and now."""

    def gain(row: BetterClient, _: PaintContext) -> Content:
        return changed(change(row.now, row.before))

    return [
        Column("client", "shop.column.client", None, lambda row, _: painting.safe(row.client, "bold")),
        Column("shops", "shop.column.shops", 6, lambda row, _: Content(str(row.shops)), align="right"),
        Column("before", "shop.column.before", 12, lambda row, _: amount(row.before), align="right"),
        Column("now", "shop.column.now", 12, lambda row, _: amount(row.now), align="right"),
        Column("change", "shop.column.change", 8, gain, align="right"),
    ]


def diagnosis_columns(desk: Desk) -> list[Column]:
    """When, whose, the problem and its cause, what came of the advice."""

    def at(row: DiagnosisRow, _: PaintContext) -> Content:
        return Content.styled(paint.day_of(desk, row.diagnosis.at)[2:], "$text-muted")

    def state(row: DiagnosisRow, _: PaintContext) -> Content:
        return state_words(row.diagnosis)

    def text(field: str, tone: str = "") -> Column:
        return Column(
            field,
            f"diagnosis.field.{field}",
            None,
            lambda row, _: painting.safe(_line(getattr(row.diagnosis, field)), tone),
            min_terminal=NARROW if field == "advice" else 0,
        )

    return [
        Column("at", "diagnosis.column.at", 8, at),
        Column("client", "shop.column.client", 10, lambda row, _: painting.safe(row.client, "bold")),
        Column("about", "diagnosis.column.about", 16, _about, min_terminal=NARROW),
        text("problem"),
        text("cause", "$text-muted"),
        text("advice", "$text-muted"),
        Column("state", "diagnosis.column.state", 10, state),
        Column("figure", "diagnosis.column.figure", 17, _figures, min_terminal=70),
    ]


def _about(row: DiagnosisRow, _: PaintContext) -> Content:
    return painting.safe(row.about, "$text-muted")


def _figures(row: DiagnosisRow, _: PaintContext) -> Content:
    return Content(figure_words(row.diagnosis))


def state_words(one: Diagnosis) -> Content:
    """What came of the advice, with its sign."""
    return Content.styled(
        f"{signs.sign(_STATE_SIGNS[one.state])} {say(f'diagnosis.state.{one.state}')}", STATE_TONES[one.state]
    )


def figure_words(one: Diagnosis) -> str:
    """The figure before and after."""
    if one.before is None and one.after is None:
        return ""
    before, after = (yuan(value) if value is not None else "?" for value in (one.before, one.after))
    return f"{before} > {after}"


def _line(words: str) -> str:
    return " ".join(words.split())
