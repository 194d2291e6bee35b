"""Everything that happened with a client, newest first, one line each; a kind can be shown alone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from textual.content import Content

from deskapp.widgets import painting
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable

_SECOND_US = 1_000_000
_TITLE_AND_DETAIL = 70


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened: when, what kind, how it is painted, and what it opens."""

    at_us: int
    kind: str
    sign: str
    title: str
    detail: str = ""
    tone: str = "$foreground"
    ref: Hashable = None


class Timeline(RecordTable):
    """A list of what happened; Enter opens the entry (`Chosen`)."""

    def __init__(
        self,
        *,
        zone: str = "Asia/Shanghai",
        empty_code: str = "widgets.timeline.empty",
        id: str | None = None,  # noqa: A002 Textual's own name
        classes: str | None = None,
    ) -> None:
        self.zone = ZoneInfo(zone)
        """The company's zone, in which times are shown."""
        self._entries: tuple[TimelineEntry, ...] = ()
        self._only: str | None = None
        self._shown = ListSource((), _key)
        columns = (
            Column("at", "", 11, self._when),
            Column("sign", "", 1, _sign),
            Column("title", "", None, _title),
            Column("detail", "", None, _detail, min_terminal=_TITLE_AND_DETAIL),
        )
        super().__init__(
            columns, source=self._shown, empty_code=empty_code, header=False, id=id, classes=classes
        )

    def show(self, entries: Iterable[TimelineEntry]) -> None:
        """Show these entries; the one selected stays so."""
        self._entries = tuple(sorted(entries, key=lambda entry: -entry.at_us))
        self._list()

    def only(self, kind: str | None) -> None:
        """Show one kind alone; None shows all."""
        self._only = kind
        self._list()

    @property
    def kinds(self) -> dict[str, int]:
        """The kinds there are, and how many entries of each."""
        kinds: dict[str, int] = {}
        for entry in self._entries:
            kinds[entry.kind] = kinds.get(entry.kind, 0) + 1
        return kinds

    def _list(self) -> None:
        entries = [entry for entry in self._entries if self._only in (None, entry.kind)]
        self._shown.replace(entries)
        self.refresh_rows()

    def _when(self, entry: TimelineEntry, context: PaintContext) -> Content:
        at = datetime.fromtimestamp(entry.at_us // _SECOND_US, self.zone)
        now = datetime.fromtimestamp(self.now_us // _SECOND_US, self.zone)
        if at.date() == now.date():
            return Content.styled(f"{at:%H:%M}".rjust(11), "$foreground")
        return Content.styled(
            f"{at:%m-%d %H:%M}" if at.year == now.year else f" {at:%Y-%m-%d}", "$text-muted"
        )


def _key(entry: Any) -> Hashable:
    return entry.at_us, entry.kind, entry.ref, entry.title


def _sign(entry: TimelineEntry, _context: PaintContext) -> Content:
    return painting.safe(entry.sign, entry.tone)


def _title(entry: TimelineEntry, context: PaintContext) -> Content:
    """The title, and in a narrow list the detail behind it."""
    title = painting.safe(entry.title, entry.tone)
    if context.table_width >= _TITLE_AND_DETAIL:
        return title
    return painting.join([title, painting.safe(entry.detail, "$text-muted")])


def _detail(entry: TimelineEntry, _context: PaintContext) -> Content:
    return painting.safe(entry.detail, "$text-muted")
