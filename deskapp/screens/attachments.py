"""The files kept with a record: added by path, listed, saved where they can be looked at (row S2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog, Panel
from deskapp.widgets import painting
from deskapp.widgets.form_field import TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable

if TYPE_CHECKING:
    from pathlib import Path

    from deskapp.desk import Desk
    from deskapp.domain.attachment import Attachment
    from deskapp.screens.base import Framed

MOST_TYPED = 4_000


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a record, what the record is called, and who added them."""

    of: str
    files: tuple[Attachment, ...] = ()
    names: dict[int, str] = field(default_factory=dict)


class PathField(TextField):
    """Where one types, pastes or drops the paths of files: Tab completes, Enter keeps them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False, priority=True),
        Binding("down", "to_list", show=False),
    ]

    def action_next_field(self) -> None:
        """Keep the files named."""
        if isinstance(self.screen, AttachmentsDialog) and self.read():
            self.screen.action_add()
        else:
            self.screen.focus_next()

    def action_complete(self) -> None:
        """Complete the path; where there is nothing to complete, go on."""
        if isinstance(self.screen, AttachmentsDialog) and self.value:
            self.screen.complete(self.value)
        else:
            self.screen.focus_next()

    def action_to_list(self) -> None:
        """To the files below."""
        self.screen.focus_next()


class AttachmentsDialog(DeskDialog[None]):
    """The files of a site, an inspection or a ticket; Enter in the list saves a copy and says where it lies."""

    SCREEN_ID, TITLE_CODE, ROWS = "attachments", "attachments.title", ("S2", "K4")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "add", id="attachments.add", priority=True),
        Binding("enter", "save", id="attachments.save"),
        Binding("slash,plus", "type", id="attachments.type"),
    ]
    DEFAULT_CSS = """
    AttachmentsDialog RecordTable { height: 10; margin: 1 0 0 0; }
    AttachmentsDialog Lines { padding: 0 1; }
    """

    def __init__(self, noun: str, record_id: int) -> None:
        super().__init__()
        self.noun, self.record_id = noun, record_id
        self.found = Files("")
        self.told = Lines(grow=True)
        self.paths = PathField("attachments-path", "attachments.path", max_length=MOST_TYPED)
        self.table = RecordTable((), empty_code="attachments.none", id="attachments-table")

    def body(self) -> Iterable[Widget]:
        """A line for paths, and the files."""
        yield self.paths
        yield self.told
        yield self.table

    def ready(self) -> None:
        """Read the files."""
        self._tell(say("attachments.how"), "$text-muted")
        self.paths.focus()
        self.changed()

    def changed(self) -> None:
        """Read the files anew."""
        desk, noun, record_id = self.desk, self.noun, self.record_id
        self.ask(lambda: _read(desk, noun, record_id), self._show, group="files")

    def _show(self, found: Files) -> None:
        self.found = found
        self.query_one(".dialog", Panel).entitle(of=found.of[:60])
        if not self.table.columns:
            self.table.columns = self._columns()
            self.table.source = ListSource(found.files)
        elif isinstance(self.table.source, ListSource):
            self.table.source.replace(found.files)
            self.table.refresh_rows()

    def _columns(self) -> list[Column]:
        def added(one: Attachment, _: PaintContext) -> Content:
            return Content.styled(paint.when(self.desk, one.added_at), "$text-muted")

        def who(one: Attachment, _: PaintContext) -> Content:
            return painting.safe(self.found.names.get(one.added_by or 0, ""), "$text-muted")

        def size(one: Attachment, _: PaintContext) -> Content:
            return Content.styled(size_words(one.size), "$text-muted")

        return [
            Column("name", "attachments.column.name", None, lambda one, _: painting.safe(one.name)),
            Column("size", "attachments.column.size", 9, size, align="right"),
            Column("added", "attachments.column.added", 11, added),
            Column("who", "attachments.column.who", 8, who, min_terminal=60),
        ]

    def _tell(self, words: str, tone: str) -> None:
        self.told.show([painting.safe(words, tone)])

    def complete(self, typed: str) -> None:
        """Complete what is typed from the folder, in a thread: it may lie far away."""
        from deskapp.services import attachments

        def done(whole: str) -> None:
            if whole == typed:
                self.app.bell()
            elif self.paths.value == typed:
                self.paths.fill(whole)

        self.ask(lambda: attachments.completed(typed), done, group="complete")

    def action_type(self) -> None:
        """Back to the line for paths."""
        self.paths.focus()

    def action_add(self) -> None:
        """Keep the files named; what is refused stays in the line."""
        from deskapp.services import attachments

        typed, desk, noun, record_id = self.paths.read(), self.desk, self.noun, self.record_id
        if not typed:
            return

        def add() -> list[Attachment]:
            return attachments.add_all(desk, noun, record_id, attachments.paths_of(typed))

        def kept(files: list[Attachment]) -> None:
            self.paths.fill("")
            self._tell(say("attachments.kept", count=len(files)), "$success")
            self.changed()

        def refused(error: Exception) -> None:
            from deskapp.i18n.errors import in_words

            self._tell(in_words(error), "$error")

        self.act(add, kept, wrong=refused)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Save a copy of the file."""
        from deskapp.services import attachments

        desk, one = self.desk, message.record

        def saved(path: Path) -> None:
            self._tell(say("attachments.saved", path=str(path)), "$success")

        self.ask(lambda: attachments.save_copy(desk, one), saved, group="save")

    def action_save(self) -> None:
        """Save a copy of the file under the cursor."""
        self.table.action_choose()


def size_words(size: int) -> str:
    """A size as people say it."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def _read(desk: Desk, noun: str, record_id: int) -> Files:
    from deskapp.domain.address import full_address

    with desk.read() as work:
        files = tuple(work.attachments.of(noun, record_id))
        names = {
            one.id: one.name for one in work.operators.get_many([f.added_by or 0 for f in files]).values()
        }
        if noun == "site":
            site = work.sites.find(record_id)
            return Files(full_address(site.estate, site.address), files, names)
        if noun == "message":
            return Files(work.messages.find(record_id).subject, files, names)
        if noun == "document":
            return Files(work.documents.find(record_id).number, files, names)
        record = work.inspections.find(record_id) if noun == "inspection" else work.tickets.find(record_id)
        return Files(record.number, files, names)


def open_files(screen: Framed, noun: str, record_id: int) -> None:
    """Show the files of a record over any screen."""
    screen.app.push_screen(AttachmentsDialog(noun, record_id))
