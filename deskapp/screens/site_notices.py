"""Start and completion notices, the newest first, and the project handbooks that are awaited (rows F2, F3, S3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.domain.site_notice import HandbookRow, NoticeRow
from deskapp.i18n import say
from deskapp.screens import site_notice_forms as forms
from deskapp.screens import site_notice_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing, edit
from deskapp.screens.paged import Listing
from deskapp.screens.site_notice_filed import NoticeFiledDialog
from deskapp.services import handbooks
from deskapp.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.site_notice import Handbook
    from deskapp.screens.base import Framed
    from deskapp.services.site_notices import FiledNotice, WithdrawnNotice

VIEWS = ("notices", "handbooks")


class SiteNoticesScreen(Editing, Listing, DeskScreen[None]):
    """What the engineering department has told, and the handbooks it owes; one key files, one takes back."""

    PLACE, SCREEN_ID, ROWS = "more", "site_notices", ("F2", "F3", "S3", "T14")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="site_notices.open"),
        Binding("s", "add('start')", id="site_notices.start"),
        Binding("c", "add('completion')", id="site_notices.completion"),
        Binding("w", "withdraw", id="site_notices.withdraw"),
        Binding("i", "detail", id="site_notices.detail"),
        Binding("b", "turn", id="site_notices.turn"),
        Binding("r", "collect", id="site_notices.collect"),
        Binding("h", "check", id="site_notices.check"),
        Binding("escape", "back", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view = VIEWS[0]
        self.late = 0
        self.notices = RecordTable((), empty_code="site_notices.no_notices", id="site-notices")
        self.books = RecordTable((), empty_code="site_notices.no_handbooks", id="handbooks")
        self.panels = {
            "notices": Panel("site_notices.title.notices", self.notices),
            "handbooks": Panel("site_notices.title.handbooks", self.books),
        }

    def body(self) -> Iterable[Widget]:
        """Both lists; one is shown."""
        yield from self.panels.values()

    @property
    def table(self) -> RecordTable:
        """The list that is shown."""
        return self.notices if self.view == "notices" else self.books

    def ready(self) -> None:
        """Begin with the newest notices."""
        desk = self.desk
        self.notices.columns, self.books.columns = lists.notice_columns(desk), lists.handbook_columns(desk)
        self.notices.source, self.books.source = lists.NoticesSource(desk), lists.HandbooksSource(desk)
        self._show()
        self._count()

    def changed(self) -> None:
        """Read anew; the cursors stay."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        source = self.notices.source
        if isinstance(source, lists.NoticesSource) and source.desk is self.app.desk:
            self.notices.refresh_rows()
            self.books.refresh_rows()
            self._count()
        else:
            self.ready()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None:
            self.notices.columns = lists.notice_columns(self.desk)
            self.books.columns = lists.handbook_columns(self.desk)
            self._titles()

    def _show(self) -> None:
        for name, panel in self.panels.items():
            panel.display = name == self.view
        self.table.focus()
        self._titles()
        self.refresh_bindings()

    def _count(self) -> None:
        source = lists.HandbooksSource(self.desk)
        self.ask(source.late, self._counted, group="late")

    def _counted(self, late: int) -> None:
        self.late = late
        self._titles()

    def _titles(self) -> None:
        counts = {name: _known(table) for name, table in zip(VIEWS, (self.notices, self.books), strict=True)}
        self.panels["notices"].entitle(count=counts["notices"])
        self.panels["handbooks"].entitle(count=counts["handbooks"], late=self.late)

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """A list knows its length."""
        self._titles()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the client's history."""
        self.app.open_client(_client_of(message.record))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A notice is taken back where notices are listed."""
        return self.view == "notices" if action in ("withdraw", "detail") else True

    def action_open(self) -> None:
        """Open the client under the cursor."""
        self.table.action_choose()

    def action_turn(self) -> None:
        """Show the handbooks, or the notices again."""
        self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        self._show()

    def action_back(self) -> None:
        """Back to the notices; from there to the queue."""
        if self.view != VIEWS[0]:
            self.action_turn()
        else:
            self.app.go("queue")

    def action_add(self, kind: str) -> None:
        """File a notice."""
        if self.may("notice.file"):
            write(self, lambda: forms.About(kind))

    def action_detail(self) -> None:
        """Show what the notice under the cursor brought about, and how that stands."""
        from deskapp.services.site_notices import brought_about

        row: NoticeRow | None = self.notices.selected
        if row is not None:
            desk, notice_id = self.desk, row.notice.id
            self.ask(
                lambda: brought_about(desk, notice_id),
                lambda found: self.app.push_screen(NoticeFiledDialog(found, fresh=False)),
                group="detail",
            )

    def action_withdraw(self) -> None:
        """Take the notice under the cursor back."""
        row: NoticeRow | None = self.notices.selected
        if row is None or not self.may("notice.file"):
            return
        if row.notice.state != "current":
            state = say(f"site_notices.state.{row.notice.state}")
            self.app.say("site_notices.not_current", number=row.notice.number, state=state)
            return
        desk = self.desk
        self.edit(
            row,
            forms.WithdrawNoticeDialog,
            lambda loaded, values: forms.WithdrawNoticeDialog.save(desk, loaded.notice, values),
            lambda: row,
            then=self._withdrawn,
        )

    def _withdrawn(self, done: WithdrawnNotice) -> None:
        facts = {
            "number": done.notice.number,
            "stage": say(f"site.stage.{done.site.stage}"),
            "dropped": done.laid.dropped,
            "created": done.laid.created,
            "handoffs": len(done.handoffs),
        }
        if done.notice.kind == "start":
            self.app.say("site_notices.withdrawn.start", **facts)
        else:
            self.app.say("site_notices.withdrawn.completion", **facts)

    def action_collect(self) -> None:
        """Record that the handbook under the cursor was handed in."""
        desk = self.desk

        def collect(row: HandbookRow) -> None:
            self.act(
                lambda: handbooks.collect_handbook(desk, row.handbook),
                lambda _: self.app.say("site_notices.collected"),
            )

        self._with_book(collect)

    def action_check(self) -> None:
        """Check the handbook under the cursor item by item."""
        desk = self.desk

        def check(row: HandbookRow) -> None:
            self.edit(
                row,
                forms.HandbookDialog,
                lambda loaded, values: forms.HandbookDialog.save(desk, loaded.handbook, values),
                lambda: _book_of(desk, row.handbook.site_id) or row,
                then=self._checked,
            )

        self._with_book(check)

    def _checked(self, book: Handbook) -> None:
        if book.state == "complete":
            self.app.say("site_notices.complete")
            return
        count, items = len(lists.missing_items(book)), lists.missing_words(book)
        self.app.say("site_notices.incomplete", count=count, day=book.due_on, items=items)

    def _with_book(self, then: Callable[[HandbookRow], None]) -> None:
        """Do something with the handbook of the line under the cursor, whichever list that is."""
        record: Any = self.table.selected
        if record is None:
            self.app.say("site_notices.nothing_chosen")
            return
        if not self.may("handbook.save"):
            return
        if isinstance(record, HandbookRow):
            then(record)
            return
        desk, site_id = self.desk, record.notice.site_id
        self.ask(lambda: _book_of(desk, site_id), lambda found: self._found(found, then), group="book")

    def _found(self, found: HandbookRow | None, then: Callable[[HandbookRow], None]) -> None:
        if found is None or found.handbook.state == "withdrawn":
            self.app.say("site_notices.no_handbook")
        else:
            then(found)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client under the cursor."""
        record = self.table.selected
        if record is None:
            return {}
        site_id = record.handbook.site_id if isinstance(record, HandbookRow) else record.notice.site_id
        return {"client_id": _client_of(record), "site_id": site_id}


def _known(table: RecordTable) -> int | str:
    return "" if table.row_count is None else table.row_count


def _client_of(record: NoticeRow | HandbookRow) -> int:
    return record.client_id if isinstance(record, HandbookRow) else record.notice.client_id


def _book_of(desk: Desk, site_id: int) -> HandbookRow | None:
    """The handbook of a site with what a list shows beside it."""
    with desk.read() as work:
        return work.handbooks.row_of(site_id)


def write(screen: Framed, read: Callable[[], forms.About]) -> None:
    """File a notice from any screen, and show what it brought about."""
    desk = screen.desk

    def filed(done: FiledNotice) -> None:
        screen.app.push_screen(NoticeFiledDialog(done))

    def opened(about: forms.About) -> None:
        edit(
            screen,
            about,
            lambda loaded: forms.NoticeDialog(desk, loaded),
            lambda _, values: forms.NoticeDialog.save(desk, values),
            read,
            then=filed,
        )

    screen.ask(read, opened, group="site-notice")


def open_notice(screen: Framed, client_id: int, site_id: int | None) -> None:
    """File a notice about a client: of completion where a site is being built, else of its start."""
    desk = screen.desk

    def read() -> forms.About:
        from deskapp.services.clients import site_cards

        with desk.read() as work:
            client = work.clients.find(client_id)
            sites = work.sites.of(client_id)
            if site_id is not None:
                sites = [one for one in sites if one.id == site_id]
            card = site_cards(work, sites[:1])[0] if len(sites) == 1 else None
        built = card is not None and card.site.stage in ("building", "midterm")
        return forms.About("completion" if built else "start", client_id, client.name, card)

    write(screen, read)
