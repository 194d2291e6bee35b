"""Import a spreadsheet: choose, look, correct the mapping, then all of it or all that is right (row P4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens import import_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.import_column import ColumnDialog
from deskapp.widgets.form import Choice, ChoiceField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import ListSource, RecordTable
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.domain.import_mapping import ColumnMapping
    from deskapp.services.imports import Preview, Report

NOUNS = ("clients", "complaints", "staff", "sites", "notices")
MAPPABLE = frozenset({"import.no_header", "import.no_column", "import.map_header", "import.map_row"})
"""Errors that somebody who sees the sheet can put right: by the header's row, by a column for a field."""


class PathField(TextField):
    """The file's path; Enter reads it, Down goes into the folder shown below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "read", id="imports.read"),
        Binding("down", "into_list", id="imports.into_list", system=True),
    ]

    def action_read(self) -> None:
        """Read the file."""
        if isinstance(self.screen, ImportScreen):
            self.screen.read_path()

    def action_into_list(self) -> None:
        """Go into the folder."""
        if isinstance(self.screen, ImportScreen):
            self.screen.files.focus()


class ImportScreen(DeskScreen[None]):
    """What a file would bring, every error by row and column, before anything is stored."""

    PLACE, SCREEN_ID, ROWS = "more", "imports", ("P4",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "bring('all')", id="imports.all"),
        Binding("s", "bring('right')", id="imports.right"),
        Binding("e", "errors", id="imports.errors"),
        Binding("t", "sheet", id="imports.sheet"),
        Binding("h", "header", id="imports.header"),
        Binding("slash", "path", id="imports.path"),
        Binding("escape", "leave", id="back"),
    ]
    DEFAULT_CSS = """
    ImportScreen #imports-ask { height: 4; padding: 1 1 0 1; }
    ImportScreen #imports-map { width: 2fr; max-width: 46; }
    ImportScreen #imports-rows { width: 5fr; }
    ImportScreen.-narrow #imports-below { layout: vertical; }
    ImportScreen.-narrow #imports-map { width: 1fr; max-width: 100%; height: 2fr; }
    ImportScreen.-narrow #imports-rows { width: 1fr; height: 3fr; }
    ImportScreen #imports-told { height: 2; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: Preview | None = None
        self.raw: lists.RawSheet | None = None
        """The sheet as it stands, when its header was not understood."""
        self.told_mapping: ColumnMapping | None = None
        self.sheet: str | None = None
        self.showing_errors = False
        self.noun_field = ChoiceField("imports-noun", "imports.noun", value="clients", advance=True)
        self.path_field = PathField("imports-path", "imports.path", placeholder_code="imports.path_hint")
        self.files = RecordTable(lists.file_columns(), empty_code="imports.no_files", id="imports-files")
        self.fields = RecordTable(
            lists.field_columns(), empty_code="imports.nothing_read", id="imports-fields"
        )
        self.rows = Vertical(id="imports-list")
        self.told = Lines(id="imports-told")
        self.rows_panel = Panel("imports.files", self.files, self.rows, id="imports-rows")

    def body(self) -> Iterable[Widget]:
        """What and which file; below the mapping, and what comes in."""
        yield Vertical(self.noun_field, self.path_field, id="imports-ask")
        yield Horizontal(
            Panel("imports.mapping", self.fields, id="imports-map"), self.rows_panel, id="imports-below"
        )
        yield self.told

    def ready(self) -> None:
        """Offer what can be imported, and the folder one stands in."""
        self.relabel()
        self.noun_field.fill("clients")
        self._list_files()
        self.path_field.focus()

    def relabel(self) -> None:
        """Say the choices again too."""
        super().relabel()
        self.noun_field.choices = [Choice(noun, say(f"imports.noun.{noun}")) for noun in NOUNS]
        self._tell()

    def action_leave(self) -> None:
        """From the preview back to the file; from there back to the queue."""
        if self.seen is not None or self.raw is not None:
            self._forget()
            self.path_field.focus()
        else:
            self.app.go("queue")

    def action_path(self) -> None:
        """Choose another file."""
        self.path_field.focus()

    def on_choice_field_changed(self, message: ChoiceField.Changed) -> None:
        """Something else is to be imported: read the file as that."""
        self.told_mapping = None
        if (self.seen is not None or self.raw is not None) and message.value:
            self.read_path()

    def on_input_changed(self, event: TextField.Changed) -> None:
        """Show what lies at the path typed."""
        if event.input is self.path_field:
            self._forget()
            self._list_files()

    def _list_files(self) -> None:
        typed = self.path_field.value.strip()
        self.ask(lambda: lists.entries(typed), self._listed, group="files")

    def _listed(self, found: list[lists.Entry]) -> None:
        self.files.source = ListSource(found, key=lambda entry: entry.path)

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """A file is read, a folder opened, a field given another column."""
        record = message.record
        if isinstance(record, lists.Entry):
            self._choose(record)
        elif isinstance(record, lists.FieldLine):
            self._change_column(record)

    def _choose(self, entry: lists.Entry) -> None:
        self.path_field.fill(entry.path + ("/" if entry.is_folder else ""))
        if entry.is_folder:
            self.path_field.focus()
        else:
            self.call_after_refresh(self.read_path)

    def read_path(self) -> None:
        """Read the file and show what it would bring."""
        from deskapp.services import imports

        path = Path(self.path_field.value.strip()).expanduser()
        if not self.path_field.value.strip():
            return
        if path.is_dir():
            self.path_field.fill(f"{path}/")
            return
        if not path.exists() and self.files.row_count == 1 and isinstance(self.files.selected, lists.Entry):
            self._choose(self.files.selected)
            return
        noun, desk = self.noun_field.value or "clients", self.desk
        mapping, sheet = self.told_mapping, self.sheet
        self.told.show([Content.styled(say("imports.reading"), "$text-muted")])
        self.ask(
            lambda: imports.preview(desk, noun, path, mapping, sheet, first=500),
            self._previewed,
            group="preview",
            wrong=self._unreadable,
        )

    def _unreadable(self, error: Exception) -> None:
        """Say what is wrong; a sheet whose header is not understood is shown as it stands, to be put right."""
        if getattr(error, "code", "") not in MAPPABLE:
            self._cannot(error)
            return
        path, sheet = Path(self.path_field.value.strip()).expanduser(), self.sheet
        row = self.told_mapping.header_row if self.told_mapping else None
        self.ask(
            lambda: lists.look(path, sheet, row),
            lambda raw: self._looked(raw, error),
            group="preview",
            wrong=self._cannot,
        )

    def _cannot(self, error: Exception) -> None:
        self._forget()
        self.path_field.error = in_words(error)
        self.told.show([Content.styled(shown(in_words(error)), "$error")])

    def _looked(self, raw: lists.RawSheet, error: Exception) -> None:
        self.seen, self.raw = None, raw
        told = self.told_mapping.columns if self.told_mapping else {}
        lines = lists.raw_field_lines(self.noun_field.value or "clients", told)
        self.fields.source = ListSource(lines, key=lambda line: line.field)
        self._show_list()
        where = say("imports.where", sheet=shown(raw.sheet), row=raw.header_row, encoding=raw.encoding)
        self.told.show(
            [
                Content.styled(shown(in_words(error)), "$error"),
                Content.styled(f"{where}  {say('imports.put_right')}", "$warning"),
            ]
        )
        self.fields.focus()

    def _previewed(self, preview: Preview) -> None:
        self.seen, self.raw = preview, None
        self.showing_errors = bool(preview.errors) and not preview.rows
        self.fields.source = ListSource(lists.field_lines(preview), key=lambda line: line.field)
        self._show_list()
        self._tell()
        self.fields.focus()

    def _show_list(self) -> None:
        preview, raw = self.seen, self.raw
        nothing = preview is None and raw is None
        self.files.display = nothing
        self.rows.display = not nothing
        self.rows.remove_children()
        self.rows_panel.title_code = "imports.files"
        if raw is not None:
            table = RecordTable(lists.raw_columns(raw))
            table.source = ListSource(raw.rows, key=lambda row: row.number)
            self.rows_panel.title_code = "imports.sheet"
            self.rows.mount(table)
        elif preview is not None:
            if self.showing_errors:
                table = RecordTable(lists.error_columns(), empty_code="imports.no_errors")
                table.source = ListSource(preview.errors, key=id)
            else:
                table = RecordTable(lists.row_columns(preview), empty_code="imports.no_rows")
                table.source = ListSource(preview.rows, key=lambda row: row.row)
            self.rows_panel.title_code = "imports.errors" if self.showing_errors else "imports.rows"
            self.rows.mount(table)
        self.rows_panel.relabel()
        self.refresh_bindings()

    def _tell(self) -> None:
        preview = self.seen
        if preview is None:
            self.told.show([Content.styled(say("imports.what_to_do"), "$text-muted")])
            return
        reading = preview.reading
        facts = {
            "sheet": shown(reading.sheet),
            "row": reading.parsed.header.row_number,
            "encoding": reading.encoding,
        }
        counts = say(
            "imports.counts",
            read=reading.parsed.read,
            new=preview.new,
            duplicates=len(preview.duplicates),
            errors=len({error.row for error in preview.errors}),
        )
        where = say("imports.where", **facts) + (
            f"  {say('imports.remembered')}" if reading.remembered else ""
        )
        self.told.show(
            [
                Content.styled(counts, "$error" if preview.errors else "$success"),
                Content.styled(where.rstrip(" \u00b7"), "$text-muted"),
            ]
        )

    def _forget(self) -> None:
        if self.seen is not None or self.raw is not None:
            self.seen, self.raw, self.told_mapping, self.sheet = None, None, None, None
            self.fields.source = ListSource([])
            self._show_list()
        self.path_field.error = ""
        self._tell()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a sheet that was read is there only with one."""
        if action in ("bring", "errors"):
            return self.seen is not None
        if action == "sheet":
            return len(self._sheets()) > 1
        return action != "header" or bool(self._sheets())

    def _sheets(self) -> tuple[str, ...]:
        if self.raw is not None:
            return self.raw.sheets
        return self.seen.reading.sheets if self.seen is not None else ()

    def action_errors(self) -> None:
        """Turn between the rows to come and the errors."""
        self.showing_errors = not self.showing_errors
        self._show_list()

    def action_sheet(self) -> None:
        """Read the next sheet of the file."""
        sheets = self._sheets()
        here = self.raw.sheet if self.raw else self.seen.reading.sheet if self.seen else ""
        if here in sheets:
            self.sheet = sheets[(sheets.index(here) + 1) % len(sheets)]
            self.told_mapping = None
            self.read_path()

    def action_header(self) -> None:
        """Say in which row the header stands."""
        from deskapp.screens.settings import LineDialog

        self.app.push_screen(LineDialog("imports.header_row", str(self._header()[0])), self._header_said)

    def _header_said(self, row: str | None) -> None:
        if row is not None and row.isdecimal() and int(row):
            from deskapp.domain.import_mapping import ColumnMapping

            self.told_mapping = ColumnMapping(header_row=int(row))
            self.read_path()

    def _header(self) -> tuple[int, list[str], dict[str, tuple[str, ...]]]:
        """The header's row, its texts, and which of them feed which field."""
        if self.raw is not None:
            told = self.told_mapping.columns if self.told_mapping else {}
            return self.raw.header_row, list(self.raw.headers), dict(told)
        if self.seen is None:
            return 1, [], {}
        header = self.seen.reading.parsed.header
        columns = {name: tuple(texts) for name, texts in header.columns().items()}
        return header.row_number, [text for text in header.headers if text], columns

    def _change_column(self, line: lists.FieldLine) -> None:
        headers = self._header()[1]
        if headers:
            dialog = ColumnDialog(line, headers)
            self.app.push_screen(dialog, lambda chosen: self._columns_chosen(line, chosen))

    def _columns_chosen(self, line: lists.FieldLine, chosen: tuple[str, ...] | None) -> None:
        row, _, columns = self._header()
        if chosen is None or not self._sheets():
            return
        from deskapp.domain.import_mapping import ColumnMapping

        columns = {name: texts for name, texts in columns.items() if name != line.field}
        if chosen:
            columns[line.field] = chosen
        told = self.told_mapping or ColumnMapping()
        self.told_mapping = replace(told, columns=columns, header_row=row)
        self.read_path()

    def action_bring(self, what: str) -> None:
        """Import: everything or nothing, or everything that is right."""
        from deskapp.services import imports

        preview = self.seen
        if preview is None:
            return
        desk, reading = self.desk, preview.reading
        self.told.show([Content.styled(say("imports.storing"), "$warning")])
        self.act(
            lambda: imports.run(desk, reading, skip_bad=what == "right"),
            self._brought,
            wrong=self._not_brought,
        )

    def _not_brought(self, error: Exception) -> None:
        self._tell()
        self.app.tell(error)

    def _brought(self, report: Report) -> None:
        facts = {"read": report.read, "imported": report.imported, "duplicates": report.duplicates}
        left = len({error.row for error in report.errors})
        if report.refused:
            self.showing_errors = True
            self._show_list()
            self.told.show([Content.styled(say("imports.refused", errors=len(report.errors)), "$error")])
            return
        self._forget()
        self.told.show([Content.styled(say("imports.done", left=left, **facts), "$success")])
        self.path_field.focus()
