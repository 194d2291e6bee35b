"""A client's history: the whole file beside one timeline of everything, filtered by a letter (rows C3, S1)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.rows import AHEAD, whole_length
from deskapp.i18n import say
from deskapp.screens import client_acts, paint, telephone
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.client_card import file_lines
from deskapp.widgets import painting
from deskapp.widgets.lines import Lines
from deskapp.widgets.prose import Prose
from deskapp.widgets.record_table import Column, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.rows import TimelineItem
    from deskapp.services.clients import ClientFile, SiteCard

KINDS = (
    ("a", ""),
    ("l", "call"),
    ("t", "ticket"),
    ("o", "letter"),
    ("s", "site"),
    ("p", "payment"),
    ("v", "inspection"),
    ("w", "notice"),
    ("r", "opinion"),
    ("h", "diagnosis"),
    ("b", "bus"),
    ("g", "register"),
    ("f", "plan"),
)
"""The letter of each kind of line, and the kind of the timeline it keeps."""
ALWAYS_SHOWN = ("", "call", "ticket", "site", "payment")
"""Kinds named above the list even when there is no line of theirs."""
BEHIND_A_SITE = ("site", "payment", "plan")
"""Lines whose site says all there is to say of them."""
MOST_SHOWN = 400
_SIGNS = {"ticket": "#", "site": "+", "payment": "\u00a5"}
_TONES = {"call": "$foreground", "ticket": "$primary", "site": "$secondary", "payment": "$warning"}


class TimelineSource:
    """Everything that happened with one client as a long list: pages by key, in both directions."""

    def __init__(self, desk: Desk, client_id: int, only: str = "") -> None:
        self.desk, self.client_id, self.only = desk, client_id, only

    def count(self) -> int:
        """How many lines there are."""
        with self.desk.read() as work:
            return work.timeline.length(self.client_id, self.only, AHEAD)

    def first(self, limit: int) -> list[TimelineItem]:
        """The newest lines."""
        with self.desk.read() as work:
            return work.timeline.of(self.client_id, limit, only=self.only, ahead=AHEAD)

    def last(self, limit: int) -> list[TimelineItem]:
        """The oldest lines."""
        with self.desk.read() as work:
            return work.timeline.newer(self.client_id, limit, only=self.only, ahead=AHEAD)

    def after(self, record: TimelineItem, limit: int) -> list[TimelineItem]:
        """The lines older than one."""
        with self.desk.read() as work:
            return work.timeline.of(self.client_id, limit, before=record, only=self.only, ahead=AHEAD)

    def before(self, record: TimelineItem, limit: int) -> list[TimelineItem]:
        """The lines newer than one."""
        with self.desk.read() as work:
            return work.timeline.newer(self.client_id, limit, than=record, only=self.only, ahead=AHEAD)

    def at(self, offset: int, limit: int) -> list[TimelineItem]:
        """The lines at a place in the middle."""
        with self.desk.read() as work:
            return work.timeline.of(self.client_id, offset + limit, only=self.only, ahead=AHEAD)[offset:]

    def key(self, record: TimelineItem) -> Hashable:
        """A line is known by its record."""
        return record.source, record.record_id


class ClientScreen(DeskScreen[None]):
    """Everything about one client: the file, the sites with their people, and all that ever happened."""

    PLACE, SCREEN_ID, ROWS = "clients", "client", ("C3", "S1")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "complaint", id="client.complaint"),
        Binding("e", "edit", id="client.edit"),
        Binding("equals_sign", "edit_site", id="client.edit_site"),
        Binding("plus", "new_site", id="client.new_site"),
        Binding("z", "promise", id="client.promise"),
        Binding("d", "call_now", id="client.call_now"),
        Binding("i", "rings", id="client.rings"),
        Binding("c", "dial", id="client.dial"),
        Binding("m", "more", id="client.more"),
        *(
            Binding(letter, f"only('{source}')", id=f"client.only.{source or 'all'}", system=True)
            for letter, source in KINDS
        ),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ClientScreen #client-card { width: 2fr; max-width: 58; }
    ClientScreen #client-history { width: 3fr; }
    ClientScreen.-narrow Horizontal { layout: vertical; }
    ClientScreen.-narrow #client-card { width: 1fr; max-width: 100%; height: 9; }
    ClientScreen.-narrow #client-history { width: 1fr; height: 1fr; }
    """

    def __init__(self, client_id: int) -> None:
        super().__init__()
        self.client_id = client_id
        self.only = ""
        self.unmasked = False
        """Whether the whole numbers were asked for: until the screen is left."""
        self.file: ClientFile | None = None
        self.counts: dict[str, int] = {}
        self.card = Prose(id="client-card-lines")
        self.kinds = Lines(grow=True, id="client-kinds")
        self.table = RecordTable(_columns(self), empty_code="client.timeline_empty", header=False)
        self.panel = Panel("client.title", self.card, id="client-card")

    def body(self) -> Iterable[Widget]:
        """The file at the left or above, the timeline at the right or below."""
        history = Panel("client.history", self.kinds, self.table, id="client-history")
        yield Horizontal(self.panel, history)

    def ready(self) -> None:
        """Read the file and the newest lines."""
        self.table.focus()
        self.table.source = TimelineSource(self.desk, self.client_id, self.only)
        self._read()

    def changed(self) -> None:
        """Read again; the cursor stays on its line."""
        self.table.refresh_rows()
        self._read()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.file is not None:
            self._show(self.file, self.counts)

    def _read(self) -> None:
        from deskapp.services.clients import whole_file

        desk, client_id = self.desk, self.client_id

        def read() -> tuple[ClientFile | None, dict[str, int]]:
            with desk.read() as work:
                counts = work.timeline.lengths(client_id)
            return whole_file(desk, client_id), counts

        self.ask(read, lambda found: self._show(*found), group="file")

    def _show(self, file: ClientFile | None, counts: dict[str, int]) -> None:
        if file is None:
            self.app.tell(LookupError(f"client {self.client_id}"))
            return
        self.file, self.counts = file, counts
        self.panel.entitle(name=paint.client_name(file.card.client.name[:40]))
        self.card.show(file_lines(self.desk, file, self.unmasked))
        self._show_kinds()

    def _show_kinds(self) -> None:
        """One word a kind, with its letter and how many lines it has; the one shown stands out."""
        words = []
        for letter, source in KINDS:
            count = self.counts.get(source, 0) if source else whole_length(self.counts, AHEAD)
            if not count and source not in (*ALWAYS_SHOWN, self.only):
                continue
            tone = (
                "bold reverse $primary" if source == self.only else "$foreground" if count else "$text-muted"
            )
            kind = source or "all"
            word = f"{say(f'client.kind_of.{kind}')} {count}"
            words.append(Content.assemble((f"{letter} ", "$primary"), (word, tone)))
        self.kinds.show(painting.rows(words, max(20, self.kinds.size.width)))

    def on_resize(self) -> None:
        """Break the kinds into lines anew."""
        if self.counts:
            self._show_kinds()

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: this client, and the newest site that is being built."""
        return {"client_id": self.client_id, "site_id": running_site(self.file.sites if self.file else ())}

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket, the call, the letter, or the site behind a line; any other line in full."""
        item: TimelineItem = message.record
        if item.source == "ticket" and item.ticket_id:
            self.app.open_ticket(item.ticket_id)
        elif item.source == "call" and item.call_id:
            from deskapp.screens.call_detail import CallDetailDialog

            self.app.push_screen(CallDetailDialog(item.call_id))
        elif item.source == "letter" and item.ticket_id:
            from deskapp.screens.mail import MailScreen

            self.app.push_screen(MailScreen(item.ticket_id, item.number, item.record_id))
        elif item.source in BEHIND_A_SITE and (site_id := dict(item.facts).get("site_id")):
            from deskapp.screens.sites import show_site

            show_site(self, int(site_id))
        else:
            from deskapp.screens.timeline_lines import LineDialog

            self.app.push_screen(LineDialog(item))

    def action_only(self, source: str) -> None:
        """Show one kind of line, or all."""
        if source != self.only:
            self.only = source
            self.table.source = TimelineSource(self.desk, self.client_id, source)
            self._show_kinds()

    def action_complaint(self) -> None:
        """File a complaint of this client."""
        from deskapp.screens.places import open_form

        open_form(self.app)

    def action_edit(self) -> None:
        """Change the file."""
        client_acts.edit_client(self, self.client_id)

    def action_edit_site(self) -> None:
        """Change a site."""
        if self.file is not None:
            client_acts.choose_site(self, self.client_id, self.file.sites)

    def action_new_site(self) -> None:
        """Open another site."""
        client_acts.edit_site(self, self.client_id, None)

    def action_promise(self) -> None:
        """Plan a callback."""
        client_acts.promise_call(self, self.client_id)

    def action_call_now(self) -> None:
        """Call the client."""
        client_acts.call_now(self, self.client_id)

    def action_dial(self) -> None:
        """Have the telephone system dial the client."""
        telephone.dial_client(self, self.client_id)

    def action_rings(self) -> None:
        """The client is on the telephone beside the console."""
        if self.file is not None:
            client_acts.rings(self, self.file.card)

    def action_more(self) -> None:
        """Offer what else can be done for the client."""
        from deskapp.screens.client_more import offer

        offer(self, self.client_id, running_site(self.file.sites if self.file else ()))

    def action_leave(self) -> None:
        """Back to where one came from; from one kind of line to all of them first."""
        if self.only:
            self.action_only("")
        else:
            self.dismiss(None)


def running_site(sites: Iterable[SiteCard]) -> int | None:
    """The newest site being built; the only site, when there is but one."""
    from deskapp.domain.site import RUNNING_STAGES

    there = list(sites)
    running = [one.site.id for one in there if one.site.stage in RUNNING_STAGES]
    if running:
        return running[0]
    return there[0].site.id if len(there) == 1 else None


def _columns(screen: ClientScreen) -> list[Column]:
    return [
        Column("at", "", 11, lambda item, _: _when(screen, item), align="right"),
        Column("sign", "", 1, _sign),
        Column("what", "", None, _what),
        Column("who", "", 8, _who, min_terminal=60),
    ]


def _when(screen: ClientScreen, item: TimelineItem) -> Content:
    return Content.styled(paint.timeline_day(screen.desk, item), "$text-muted")


def _sign(item: TimelineItem, _context: PaintContext) -> Content:
    if item.source == "call":
        return Content.styled(paint.call_sign(item.kind), paint.CALL_TONES.get(item.kind, ""))
    if item.source not in _SIGNS:
        from deskapp.screens.timeline_lines import sign_of

        return sign_of(item)
    return Content.styled(_SIGNS[item.source], _TONES.get(item.source, ""))


def _what(item: TimelineItem, _context: PaintContext) -> Content:
    title, detail = paint.timeline_words(item)
    return painting.join(
        [painting.safe(title, _TONES.get(item.source, "")), painting.safe(detail[:MOST_SHOWN], "$text-muted")]
    )


def _who(item: TimelineItem, _context: PaintContext) -> Content:
    who = item.who or (say("ticket_view.system") if item.source == "ticket" else "")
    return painting.safe(who[:20], "$text-muted")
