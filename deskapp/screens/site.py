"""One site: who builds it, its control points and payments, its calls, inspections, warranty and tickets (row S1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import client_acts, site_view
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import ListSource, RecordTable

if TYPE_CHECKING:
    from deskapp.services.sites import SiteFile


class SiteScreen(Editing, Listing, DeskScreen[None]):
    """Everything about one site; control points and payments are written in small dialogs, one key each."""

    PLACE, SCREEN_ID, ROWS = "more", "site", ("S1", "F1")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "milestone", id="site.milestone"),
        Binding("p", "payment", id="site.payment"),
        Binding("s", "advance", id="site.advance"),
        Binding("e", "edit_site", id="site.edit"),
        Binding("x", "inspect", id="site.inspect"),
        Binding("a", "files", id="site.files"),
        Binding("f", "line_files", id="site.line_files"),
        Binding("n", "complaint", id="site.complaint"),
        Binding("o", "client", id="site.client"),
        Binding("z", "more", id="site.more"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    SiteScreen #site-card { width: 2fr; max-width: 58; }
    SiteScreen #site-lines { width: 3fr; }
    SiteScreen.-narrow #site-card { width: 1fr; }
    SiteScreen.-narrow #site-lines { width: 1fr; }
    """

    def __init__(self, site_id: int) -> None:
        super().__init__()
        self.site_id = site_id
        self.file: SiteFile | None = None
        self.card = Prose(id="site-card-lines")
        self.table = RecordTable((), empty_code="sites.no_lines", header=False, id="site-table")
        self.panel = Panel("sites.card", self.card, id="site-card")
        self.lines = Panel("sites.lines", self.table, id="site-lines")

    def body(self) -> Iterable[Widget]:
        """The site at the left, what goes on at the right."""
        yield Horizontal(self.panel, self.lines)

    def ready(self) -> None:
        """Read the site."""
        self.table.focus()
        self._read()

    def changed(self) -> None:
        """Read the site anew; the cursor stays on its line."""
        self._read()

    def opens(self) -> tuple[str, int]:
        """This site, so that the other desks know who has it."""
        return ("site", self.site_id)

    def _read(self) -> None:
        from deskapp.services import sites

        desk, site_id = self.desk, self.site_id
        self.ask(lambda: sites.read_file(desk, site_id), self._show, group="site")

    def _show(self, file: SiteFile) -> None:
        from deskapp.services.planning import today_of

        self.file, today = file, today_of(self.desk, self.desk.now())
        self.panel.entitle(name=site_view.title_name(file))
        self.card.show(site_view.card_lines(file, today))
        if not self.table.columns:
            self.table.columns = site_view.line_columns(today)
        rows, source = site_view.lines_of(file, today), self.table.source
        if isinstance(source, ListSource) and source.records:
            source.replace(rows)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(rows, key=lambda row: row.key)
        self.refresh_bindings()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.file is not None and self.app.desk is not None:
            self._show(self.file)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The stage moves on only where control points speak for it."""
        return bool(self.file and self.file.proposal) if action == "advance" else True

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: this site and its client."""
        if self.file is None:
            return {}
        return {"client_id": self.file.card.site.client_id, "site_id": self.site_id}

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket or the call behind a line; an inspection without one shows its files."""
        line: site_view.SiteLine = message.record
        if line.ticket_id:
            self.app.open_ticket(line.ticket_id)
        elif line.call_id:
            from deskapp.screens.call_detail import CallDetailDialog

            self.app.push_screen(CallDetailDialog(line.call_id))
        elif line.kind == "inspection":
            self._open_files("inspection", line.record_id)

    def action_milestone(self) -> None:
        """Write a control point."""
        self._write("milestone.save")

    def action_payment(self) -> None:
        """Write a payment."""
        self._write("payment.save")

    def _write(self, act: str) -> None:
        from deskapp.screens import site_forms

        if not self.may(act):
            return
        form: Any = site_forms.MilestoneDialog if act == "milestone.save" else site_forms.PaymentDialog
        noun = "milestone" if act == "milestone.save" else "payment"
        desk, site_id = self.desk, self.site_id

        def load() -> site_forms.Loaded:
            return site_forms.load(desk, site_id)

        def done(record: Any) -> None:
            self.app.say("sites.written", what=say(f"site.{noun}.{record.kind}"))

        def opened(loaded: site_forms.Loaded) -> None:
            self.edit(loaded, form, lambda begun, values: form.save(desk, begun, values), load, then=done)

        self.ask(load, opened, group="edit")

    def action_advance(self) -> None:
        """Move the site on to the stage its control points speak for."""
        from deskapp.services import sites

        if self.file is None or not self.file.proposal:
            return
        desk, site, stage = self.desk, self.file.card.site, self.file.proposal
        words = say(f"site.stage.{stage}")
        self.act(
            lambda: sites.advance(desk, site, stage), lambda _: self.app.say("sites.advanced", stage=words)
        )

    def action_edit_site(self) -> None:
        """Change the site."""
        if self.file is not None:
            client_acts.edit_site(self, self.file.card.site.client_id, self.site_id)

    def action_inspect(self) -> None:
        """Record an inspection."""
        from deskapp.screens.inspections import open_inspection

        if self.file is not None:
            open_inspection(self, self.file.card.site.client_id, self.site_id)

    def action_files(self) -> None:
        """Show the files of the site."""
        self._open_files("site", self.site_id)

    def action_line_files(self) -> None:
        """Show the files of the inspection or ticket under the cursor."""
        line = self.table.selected
        if line is not None and line.kind in ("inspection", "ticket"):
            self._open_files(line.kind, line.record_id)

    def _open_files(self, noun: str, record_id: int) -> None:
        from deskapp.screens.attachments import open_files

        open_files(self, noun, record_id)

    def action_complaint(self) -> None:
        """File a complaint about this site."""
        from deskapp.screens.places import open_form

        open_form(self.app)

    def action_client(self) -> None:
        """Open the client's history."""
        if self.file is not None:
            self.app.open_client(self.file.card.site.client_id)

    def action_more(self) -> None:
        """Offer what else can be done for the client."""
        from deskapp.screens.client_more import offer

        if self.file is not None:
            offer(self, self.file.card.site.client_id, self.site_id)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
