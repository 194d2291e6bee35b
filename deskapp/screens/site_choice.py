"""Which of a client's sites is meant, by one digit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.services.clients import SiteCard


class SiteChoice(DeskDialog[int]):
    """The client's sites, the newest first; a digit or Enter gives back the id of one."""

    SCREEN_ID, TITLE_CODE, ROWS = "site_choice", "site.choice.title", ("S1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(n), f"take({n})", show=False, system=True, id=f"site_choice.{n}") for n in range(1, 10)
    ]
    DEFAULT_CSS = """
    SiteChoice RecordTable { height: 10; }
    """

    def __init__(self, sites: Sequence[SiteCard]) -> None:
        super().__init__()
        self.sites = tuple(sites)
        rows = [(number, one) for number, one in enumerate(self.sites, 1)]
        self.table = RecordTable(
            [Column("number", "", 2, _number), Column("where", "", None, _where)],
            source=ListSource(rows, key=lambda row: row[0]),
            header=False,
        )

    def body(self) -> Iterable[Widget]:
        """The sites."""
        yield self.table

    def ready(self) -> None:
        """Let the arrows work."""
        self.table.focus()

    def action_take(self, number: int) -> None:
        """Take the site with this number."""
        if number <= len(self.sites):
            self.dismiss(self.sites[number - 1].site.id)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take the site under the cursor."""
        self.dismiss(message.record[1].site.id)


def _number(row: tuple[int, SiteCard], _context: PaintContext) -> Content:
    return Content.styled(str(row[0]), "bold $primary")


def _where(row: tuple[int, SiteCard], _context: PaintContext) -> Content:
    from deskapp.domain.address import full_address

    site = row[1].site
    return Content.assemble(
        shown(full_address(site.estate, site.address)[:200]),
        "  ",
        (say(f"site.stage.{site.stage}"), "$warning"),
    )
