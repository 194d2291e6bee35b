"""Greetings for the festivals that come, and special notices: written, previewed, sent, followed (row F5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog, DeskScreen, Panel
from deskapp.screens.campaign_lists import (
    CampaignsSource,
    TargetsSource,
    campaign_columns,
    festival_columns,
    target_columns,
)
from deskapp.screens.campaign_words import reach_words
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.domain.campaign import Campaign, Progress, Reach
    from deskapp.screens.campaign_form import Loaded
    from deskapp.services.campaigns import FestivalRow

STATES = (
    ("a", "all"),
    ("q", "queued"),
    ("r", "reached"),
    ("m", "missed"),
    ("w", "opted_out"),
    ("u", "no_number"),
    ("d", "dropped"),
)
"""The letter that keeps the targets of a state."""


class CampaignsScreen(Editing, Listing, DeskScreen[None]):
    """What was sent and what is prepared at the left; the festivals that come at the right."""

    PLACE, SCREEN_ID, ROWS = "more", "campaigns", ("F5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "greet", id="campaigns.greet"),
        Binding("p", "notice", id="campaigns.notice"),
        Binding("e", "edit", id="campaigns.edit"),
        Binding("s", "send", id="campaigns.send"),
        Binding("x", "cancel", id="campaigns.cancel"),
        Binding("o", "targets", id="campaigns.targets"),
        Binding("escape", "back", id="back"),
    ]
    DEFAULT_CSS = """
    CampaignsScreen #campaigns-left { width: 3fr; }
    CampaignsScreen #campaigns-right { width: 2fr; max-width: 56; }
    CampaignsScreen.-narrow Horizontal { layout: vertical; }
    CampaignsScreen.-narrow #campaigns-left { width: 1fr; height: 3fr; }
    CampaignsScreen.-narrow #campaigns-right { width: 1fr; max-width: 100%; height: 2fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.table = RecordTable(campaign_columns(), empty_code="campaign.none", id="campaigns")
        self.festivals = RecordTable(festival_columns(), id="festivals")
        self.left = Panel("campaign.title", self.table, id="campaigns-left")

    def body(self) -> Iterable[Widget]:
        """Both lists."""
        right = Panel("campaign.festivals", self.festivals, id="campaigns-right")
        yield Horizontal(self.left, right)

    def ready(self) -> None:
        """Read both; begin with the campaigns."""
        self.table.source = CampaignsSource(self.desk)
        self.festivals.source = ListSource([], key=lambda row: (row.coming.festival.code, row.coming.day))
        self.table.focus()
        self._read_festivals()

    def changed(self) -> None:
        """Read anew; the cursors stay."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.refresh_rows()
            self._read_festivals()

    def _read_festivals(self) -> None:
        from deskapp.services.campaigns import coming

        desk = self.desk
        self.ask(lambda: coming(desk), self._show_festivals, group="festivals")

    def _show_festivals(self, rows: list[FestivalRow]) -> None:
        source = self.festivals.source
        if isinstance(source, ListSource) and source.records:
            source.replace(rows)
            self.festivals.refresh_rows()
        else:
            key = lambda row: (row.coming.festival.code, row.coming.day)  # noqa: E731 the same as above
            self.festivals.source = ListSource(rows, key=key)

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """Say how many there are."""
        if message.table is self.table:
            self.left.entitle(count=message.count)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter opens a draft's form, the targets of what was sent, or a festival's greeting."""
        if message.table is self.festivals:
            self.action_greet()
        else:
            self._open(message.record.campaign)

    def _selected(self) -> Campaign | None:
        row = self.table.selected
        if row is None:
            self.app.say("campaign.none_selected")
            return None
        campaign: Campaign = row.campaign
        return campaign

    def action_greet(self) -> None:
        """Write the greeting for the festival under the cursor, or go on with the one prepared."""
        row: FestivalRow | None = self.festivals.selected
        if row is None:
            return
        from deskapp.services.campaigns import begun

        if row.campaign is not None:
            self._open(row.campaign)
        else:
            self._write(begun(self.desk, row))

    def action_notice(self) -> None:
        """Write a special notice."""
        from deskapp.services.campaigns import begun

        self._write(begun(self.desk))

    def action_edit(self) -> None:
        """Change the draft under the cursor."""
        campaign = self._selected()
        if campaign is not None:
            self._open(campaign)

    def _open(self, campaign: Campaign) -> None:
        if campaign.state == "draft":
            self._write(campaign)
        else:
            self.app.push_screen(TargetsScreen(campaign))

    def _write(self, campaign: Campaign) -> None:
        if not self.may("campaign.save"):
            return
        from deskapp.screens import campaign_form as form

        desk = self.desk

        def opened(loaded: Loaded) -> None:
            self.edit(
                loaded,
                form.CampaignDialog,
                lambda begun, values: form.CampaignDialog.save(desk, begun, values),
                lambda: form.load(desk, loaded.campaign),
                then=lambda saved: self.app.say("campaign.saved", number=saved.number),
            )

        self.ask(lambda: form.load(desk, campaign), opened, group="form")

    def action_send(self) -> None:
        """Show whom the campaign under the cursor comes to, and lay the calls when that is right."""
        campaign = self._selected()
        if campaign is None or not self.may("campaign.send"):
            return
        if campaign.state not in ("draft", "sending"):
            self.app.say("campaign.sent_already", number=campaign.number)
            return
        from deskapp.domain.campaign import audience_of
        from deskapp.services import campaigns

        desk, chosen = self.desk, campaign

        def sent(campaign: Campaign) -> None:
            self.app.say("campaign.sent", number=campaign.number, count=campaign.chosen)

        def asked(found: campaigns.Preview) -> None:
            self.app.push_screen(
                SureDialog("campaign.sure.send", chosen, found.reach),
                lambda yes: self.act(lambda: campaigns.send(desk, chosen.id), sent) if yes else None,
            )

        audience = audience_of(campaign.audience)
        self.ask(lambda: campaigns.preview(desk, audience, chosen.due_on, chosen.id), asked, group="send")

    def action_cancel(self) -> None:
        """Take the campaign under the cursor back: the calls nobody has made yet."""
        campaign = self._selected()
        act = "campaign.save" if campaign is not None and campaign.state == "draft" else "campaign.send"
        if campaign is None or not self.may(act):
            return
        from deskapp.services import campaigns

        desk, chosen = self.desk, campaign
        self.app.push_screen(
            SureDialog("campaign.sure.cancel", chosen),
            lambda yes: (
                self.act(
                    lambda: campaigns.cancel(desk, chosen.id),
                    lambda done: self.app.say("campaign.cancelled", number=done.number),
                )
                if yes
                else None
            ),
        )

    def action_targets(self) -> None:
        """List whom the campaign under the cursor reaches."""
        campaign = self._selected()
        if campaign is not None:
            self.app.push_screen(TargetsScreen(campaign))

    def action_back(self) -> None:
        """Back to the queue."""
        self.app.go("queue")


class SureDialog(DeskDialog[bool]):
    """What is about to happen to how many clients; Ctrl+S does it, Esc does not."""

    SCREEN_ID, TITLE_CODE, ROWS = "campaign_sure", "campaign.sure.title", ("F5",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "sure", id="campaign_sure.yes")]

    def __init__(self, question: str, campaign: Campaign, reach: Reach | None = None) -> None:
        super().__init__()
        self.question, self.campaign, self.reach = question, campaign, reach

    def body(self) -> Iterable[Widget]:
        """The campaign, whom it comes to, and the question."""
        campaign = self.campaign
        lines = [
            Content.assemble(
                (str(campaign.due_on), "$text-muted"), "  ", painting.safe(campaign.title, "bold")
            ),
            *(reach_words(self.reach) if self.reach is not None else []),
            Content(""),
            Content(say(self.question, number=campaign.number)),
            Content.styled(say("campaign.sure.keys"), "$text-muted"),
        ]
        yield Lines(lines, grow=True)

    def action_sure(self) -> None:
        """Do it."""
        self.dismiss(True)


class TargetsScreen(Listing, DeskScreen[None]):
    """Whom a campaign reaches: who was called and what they said, who waits, who was left out and why."""

    PLACE, SCREEN_ID, ROWS = "more", "campaign_targets", ("F5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(letter, f"only('{state}')", id=f"campaign_targets.{state}", system=True)
            for letter, state in STATES
        ),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self, campaign: Campaign) -> None:
        super().__init__()
        self.campaign = campaign
        self.state = "all"
        self.progress: Progress | None = None
        self.states = Lines(grow=True)
        self.table = RecordTable((), empty_code="campaign.nobody_here", id="targets")
        self.panel = Panel("campaign.targets", self.states, self.table)

    def body(self) -> Iterable[Widget]:
        """The states with their counts, and the list."""
        yield self.panel

    def ready(self) -> None:
        """Show all."""
        self.table.columns = target_columns(self.desk)
        self.panel.entitle(title=self.campaign.title, number=self.campaign.number)
        self.table.focus()
        self._list()
        self._count()

    def changed(self) -> None:
        """Read anew; the cursor stays."""
        self.table.refresh_rows()
        self._count()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self._show(self.progress)

    def _list(self) -> None:
        state = "" if self.state == "all" else self.state
        self.table.source = TargetsSource(self.desk, self.campaign.id, state)

    def _count(self) -> None:
        desk, campaign_id = self.desk, self.campaign.id

        def read() -> Progress | None:
            with desk.read() as work:
                return work.campaign_targets.progress([campaign_id]).get(campaign_id)

        self.ask(read, self._show, group="count")

    def _show(self, progress: Progress | None) -> None:
        self.progress = progress
        words = []
        for letter, state in STATES:
            count = (
                sum(getattr(progress, one, 0) for _, one in STATES if one != "all")
                if state == "all"
                else getattr(progress, state, 0)
            )
            tone = "bold reverse $primary" if state == self.state else "" if count else "$text-muted"
            word = f"{say(f'campaign.target.{state}')} {count}"
            words.append(Content.assemble((f"{letter} ", "$primary"), (word, tone)))
        self.states.show(painting.rows(words, max(20, self.states.size.width)))

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter opens the client."""
        self.app.open_client(message.record.target.client_id)

    def action_only(self, state: str) -> None:
        """Keep the targets of one state, or all."""
        if state != self.state:
            self.state = state
            self._list()
            self._show(self.progress)

    def action_leave(self) -> None:
        """From one state to all; then back."""
        if self.state != "all":
            self.action_only("all")
        else:
            self.dismiss(None)
