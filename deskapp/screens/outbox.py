"""Notices going out: what waits, what could not be delivered, what is to be told by hand, what was sent (row N1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from deskapp.domain.notice_outbox import HOLES, LISTS, MOST_TITLE, filled
from deskapp.i18n import say
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing, FormDialog
from deskapp.screens.outbox_words import columns, notice_lines, phone_of, what_of, who_of
from deskapp.screens.paged import Listed
from deskapp.screens.record_form import Values
from deskapp.widgets import painting, signs
from deskapp.widgets.form import LongField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.repository.outbox import OutboxRow
    from deskapp.services.post import Posted, Wording


OUTCOMES: Mapping[str, str] = {
    "sent": "notice_out.again_sent",
    "delayed": "notice_out.again_delayed",
    "dead": "notice_out.again_dead",
    "hand": "notice_out.again_hand",
}
"""What can come of trying again, and how that is said."""


class OutboxSource:
    """The notices in one state, the newest first, read by key."""

    def __init__(self, desk: Desk, state: str) -> None:
        self.desk, self.state = desk, state

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.post.count(self.state)

    def _page(self, limit: int, **place: Any) -> list[OutboxRow]:
        with self.desk.read() as work:
            return work.post.page(self.state, limit, **place)

    def first(self, limit: int) -> list[OutboxRow]:
        """The newest."""
        return self._page(limit)

    def last(self, limit: int) -> list[OutboxRow]:
        """The oldest."""
        return self._page(limit, last=True)

    def after(self, record: OutboxRow, limit: int) -> list[OutboxRow]:
        """Those after one."""
        return self._page(limit, after=record)

    def before(self, record: OutboxRow, limit: int) -> list[OutboxRow]:
        """Those before one."""
        return self._page(limit, before=record)

    def at(self, offset: int, limit: int) -> list[OutboxRow]:
        """Those from a place on."""
        return self._page(limit, offset=offset)

    def key(self, record: OutboxRow) -> Hashable:
        """A notice stays itself."""
        return record.notice.id


class HandledDialog(FormDialog):
    """How somebody was told whom no machine reached."""

    SCREEN_ID, TITLE_CODE, ROWS = "outbox_handled", "notice_out.handle_title", ("N1",)

    def __init__(self, row: OutboxRow) -> None:
        self.row, self.about = row, Wrapped(grow=True)
        super().__init__(f"outbox-{row.notice.id}", {"note": ""})

    def body(self) -> Iterable[Widget]:
        """Whom, and of what; then how."""
        yield self.about
        yield from super().body()
        self.about.show([painting.join([who_of(self.row), phone_of(self.row), what_of(self.row)], " ")])

    def fields(self) -> Iterable[Widget]:
        """A word to it."""
        yield LongField("note", "notice_out.field.note", lines=3)


class WordsDialog(FormDialog):
    """The words of one reason, with an example that follows what is typed."""

    SCREEN_ID, TITLE_CODE, ROWS = "outbox_words", "notice_out.template_title", ("N1",)
    FIELD_OF: ClassVar = {
        "notice_out.title_missing": "title",
        "notice_out.body_missing": "body",
        "notice_out.hole": "body",
        "notice_out.too_long": "body",
    }

    def __init__(self, wording: Wording) -> None:
        self.wording, self.example = wording, Wrapped(grow=True)
        super().__init__(f"outbox-words-{wording.reason}", {"title": wording.title, "body": wording.body})

    def body(self) -> Iterable[Widget]:
        """The fields; what may stand in them, and what would come of it."""
        yield from super().body()
        yield self.example

    def fields(self) -> Iterable[Widget]:
        """Title and text."""
        yield TextField("title", "notice_out.field.title", max_length=MOST_TITLE, required=True)
        yield LongField("body", "notice_out.field.body", lines=4, required=True)

    def ready(self) -> None:
        """Begin with the example of the words as they are."""
        super().ready()
        self._show()
        self.set_interval(0.3, self._show)

    def _show(self) -> None:
        values = self.form.values()
        facts = self.wording.facts
        text = f"{filled(values['title'] or '', facts)}: {filled(values['body'] or '', facts)}"
        holes = " ".join(f"{{{hole}}}" for hole in HOLES)
        self.example.show(
            [
                painting.safe(say("notice_out.holes", holes=holes), "$text-muted"),
                painting.safe(say("notice_out.example", text=" ".join(text.split()))),
            ]
        )


class OutboxScreen(Editing, Listed, DeskScreen[None]):
    """Notices by state; Enter opens the ticket."""

    PLACE, SCREEN_ID, ROWS = "more", "outbox", ("N1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", id="outbox.open"),
        Binding("r", "retry", id="outbox.retry"),
        Binding("d", "handled", id="outbox.handled"),
        Binding("e", "words", id="outbox.words"),
        Binding("v", "view", id="outbox.view"),
        Binding("escape", "leave", id="back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.state = "dead"
        self.standing = Lines(grow=True)
        self.table = RecordTable((), empty_code="notice_out.empty", id="outbox-table")
        self.panel = Panel("notice_out.title", self.table)
        self.about = Wrapped(grow=True, id="outbox-about")
        """The notice under the cursor: its words, why it is not out, what can be done."""

    def body(self) -> Iterable[Widget]:
        """Whether anything is undelivered; the list; the notice under the cursor."""
        yield self.standing
        yield self.panel
        yield self.about

    def ready(self) -> None:
        """Begin with what was given up, or whatever else there is."""
        self._look()
        desk = self.desk

        def fullest() -> str:
            with desk.read() as work:
                return next((one for one in ("dead", "hand", "waiting") if work.post.count(one)), "dead")

        def found(state: str) -> None:
            self.state = state
            self._look()

        self.ask(fullest, found, group="outbox-first")
        self._stand()

    def _look(self) -> None:
        self.table.columns = columns(self.desk, self.state)
        self.table.source = OutboxSource(self.desk, self.state)
        self.table.focus()
        self._titles()

    def _titles(self) -> None:
        count = self.table.row_count
        which = say(f"notice_out.list.{self.state}")
        self.panel.entitle(which=which, count="" if count is None else count)
        self.panel.relabel()

    def _stand(self) -> None:
        from deskapp.services import post

        desk = self.desk
        self.ask(lambda: post.standing(desk), self._stands, group="outbox-standing")

    def _stands(self, found: tuple[bool, int]) -> None:
        on, undelivered = found
        lines = [] if on else [painting.safe(say("notice_out.is_off"), "bold $warning")]
        if undelivered:
            words = f"{signs.sign('error')} {say('notice_out.work', count=undelivered)}"
            lines.append(painting.safe(words, "bold $error"))
        elif on:
            lines.append(painting.safe(say("notice_out.well"), "$text-muted"))
        self.standing.show(lines)

    def changed(self) -> None:
        """Read anew; the cursor stays."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.refresh_rows()
            self._stand()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self.table.columns = columns(self.desk, self.state)
            self._titles()
            self._tell()
            self._stand()

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """The list knows its length: where it is empty nothing is told."""
        self._tell()

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Say all there is to say of the notice under the cursor."""
        self._tell()

    def _tell(self) -> None:
        row: OutboxRow | None = self.table.selected
        self.about.show(notice_lines(self.desk, row) if row is not None else [])
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What has been sent is neither tried again nor told by hand."""
        row: OutboxRow | None = self.table.selected
        if action in ("retry", "handled"):
            return row is not None and row.notice.state in ("waiting", "dead", "hand")
        if action == "open":
            return row is not None and row.notice.ticket_id is not None
        return row is not None if action == "words" else True

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Open the ticket, if it is about one."""
        if message.record.notice.ticket_id:
            self.app.open_ticket(message.record.notice.ticket_id)

    def action_view(self) -> None:
        """Show the next list."""
        self.state = LISTS[(LISTS.index(self.state) + 1) % len(LISTS)]
        self._look()

    def action_retry(self) -> None:
        """Try the notice under the cursor again, now."""
        from deskapp.services import post

        row: OutboxRow | None = self.table.selected
        if row is None or not self.may("notice.handle"):
            return
        desk, notice = self.desk, row.notice
        self.act(lambda: post.retry(desk, notice), self._done("notice_out.again", send=True))

    def _done(self, code: str, *, send: bool = False) -> Callable[[Any], None]:
        from deskapp.services import post

        desk = self.desk

        def done(_: Any) -> None:
            self.app.say(code)
            self.app.changed()
            if send:
                self.ask(lambda: post.send_due(desk), sent, group="outbox-send")

        def sent(posted: Posted) -> None:
            for came, said in OUTCOMES.items():
                if getattr(posted, came):
                    self.app.say(said)
            self.app.changed()

        return done

    def action_handled(self) -> None:
        """Note that whom the notice under the cursor is for was told by hand."""
        from deskapp.services import post

        row: OutboxRow | None = self.table.selected
        if row is None or not self.may("notice.handle"):
            return
        desk, notice = self.desk, row.notice

        def save(_: OutboxRow, values: Values) -> object:
            return post.handle(desk, notice, values["note"] or "")

        done = self._done("notice_out.handled")
        self.edit(row, HandledDialog, save, lambda: row, then=done)

    def action_words(self) -> None:
        """Change the words of notices like the one under the cursor."""
        from deskapp.services import post

        row: OutboxRow | None = self.table.selected
        if row is None or not self.may("template.save"):
            return
        desk, notice = self.desk, row.notice

        def save(wording: Wording, values: Values) -> object:
            return post.save_template(
                desk, wording.reason, values["title"] or "", values["body"] or "", wording.version
            )

        def load() -> Wording:
            return post.wording(desk, notice)

        def opened(wording: Wording) -> None:
            self.edit(wording, WordsDialog, save, load, then=self._done("notice_out.saved"))

        self.ask(load, opened, group="outbox-words")

    def action_leave(self) -> None:
        """Back to the queue."""
        self.app.go("queue")
