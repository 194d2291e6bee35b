"""Which site is meant, found by its client: a search as one types, then one of the client's sites (rows S1, F1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget

from deskapp.screens.base import DeskDialog
from deskapp.screens.client_find import ClientFinder
from deskapp.screens.site_choice import SiteChoice
from deskapp.widgets.record_table import RecordTable, Source

if TYPE_CHECKING:
    from deskapp.services.clients import SiteCard


class SitePickDialog(DeskDialog[int]):
    """Type any part of a client's name, number or address; Enter gives back the id of the client's site."""

    SCREEN_ID, TITLE_CODE, ROWS = "site_pick", "programme.pick_site", ("F1", "S1")
    DEFAULT_CSS = """
    SitePickDialog ClientFinder { width: 1fr; height: 18; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.finder = ClientFinder(self._newest, "clients.newest", "clients.nothing")

    def body(self) -> Iterable[Widget]:
        """The search line and the list."""
        yield self.finder

    def _newest(self) -> Source:
        from deskapp.services.client_search import NewestClients

        return NewestClients(self.desk)

    def ready(self) -> None:
        """Let the operator type."""
        self.finder.begin()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take the client's site, or ask which."""
        from deskapp.services.clients import site_cards

        desk, client_id = self.desk, message.record.client_id

        def read() -> tuple[SiteCard, ...]:
            with desk.read() as work:
                return site_cards(work, work.sites.of(client_id))

        self.ask(read, self._sites, group="sites")

    def _sites(self, sites: tuple[SiteCard, ...]) -> None:
        if not sites:
            self.app.say("programme.no_site")
        elif len(sites) == 1:
            self.dismiss(sites[0].site.id)
        else:
            self.app.push_screen(SiteChoice(sites), self._chosen)

    def _chosen(self, site_id: int | None) -> None:
        if site_id is not None:
            self.dismiss(site_id)
