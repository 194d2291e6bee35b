"""The Word templates papers and slips follow: written out, replaced by the company's own, taken back (row R1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.screens.base import DeskDialog
from deskapp.screens.form_dialog import Editing, FormDialog
from deskapp.widgets import painting
from deskapp.widgets.form import TextField
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.paper import PaperTemplate
    from deskapp.screens.record_form import Values

MOST_TYPED = 4_000
EXAMPLE = "{{ title }}"
ROWS_EXAMPLE = "{%tr for row in tables[0].rows %} {{ row[0] }} {{ row[1] }} {%tr endfor %}"


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A kind of paper or slip, and the company's own template for it."""

    kind: str
    title: str
    own: PaperTemplate | None = None


class TemplatesDialog(Editing, DeskDialog[None]):
    """Every kind with its template; o writes it out to be changed in Word, u puts a changed one in place."""

    SCREEN_ID, TITLE_CODE, ROWS = "paper_templates", "paper.screen.templates", ("R1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "write_out", id="paper_templates.out"),
        Binding("u", "put", id="paper_templates.put"),
        Binding("d", "use_default", id="paper_templates.default"),
    ]
    DEFAULT_CSS = """
    TemplatesDialog RecordTable { height: 10; }
    TemplatesDialog.-low RecordTable { height: 7; }
    TemplatesDialog Wrapped { height: auto; margin: 1 0 0 0; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.table = RecordTable((), id="paper-templates")
        self.how = Wrapped(grow=True)

    def body(self) -> Iterable[Widget]:
        """The kinds, and how a template is written."""
        yield self.table
        yield self.how

    def ready(self) -> None:
        """Read them."""
        self.table.columns = _columns(self.desk)
        words = say("paper.placeholders", example=EXAMPLE, rows=ROWS_EXAMPLE)
        self.how.show([painting.safe(one, "$text-muted") for one in words.split("\n")])
        self.table.focus()
        self.changed()

    def changed(self) -> None:
        """Read them anew."""
        desk = self.desk
        self.ask(lambda: _rows(desk), self._show, group="templates")

    def _show(self, rows: list[TemplateRow]) -> None:
        source = self.table.source
        if isinstance(source, ListSource) and source.records:
            source.replace(rows)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(rows, key=lambda row: row.kind)

    def action_write_out(self) -> None:
        """Write the template in use into the desk's folder."""
        from deskapp.services.papers import templates

        desk, row = self.desk, self.table.selected
        if row is not None:
            self.ask(
                lambda: templates.write_out(desk, row.kind),
                lambda path: self.app.say("paper.template_out", path=str(path)),
                group="template",
            )

    def action_put(self) -> None:
        """Put a Word file in place as the template."""
        from deskapp.services.papers import templates

        desk, row = self.desk, self.table.selected
        if row is None or not self.may("paper.template"):
            return

        def save(one: TemplateRow, values: Values) -> PaperTemplate:
            return templates.save(desk, one.kind, path_of(values["path"] or ""))

        def done(_: PaperTemplate) -> None:
            self.app.say("paper.template_in", title=row.title)
            self.changed()

        self.edit(row, TemplateDialog, save, lambda: row, then=done)

    def action_use_default(self) -> None:
        """Follow the house's template again."""
        from deskapp.services.papers import templates

        desk, row = self.desk, self.table.selected
        if row is None or row.own is None or not self.may("paper.template"):
            return

        def done(_: bool) -> None:
            self.app.say("paper.template_default", title=row.title)
            self.changed()

        self.act(lambda: templates.use_default(desk, row.kind), done)


REFUSED = (
    "paper.template_unknown",
    "paper.template_wrong",
    "paper.template_empty",
    "paper.template_none",
    "paper.template_big",
    "paper.template_macros",
    "attachments.unreadable",
    "attachments.no_file",
    "attachments.type",
    "attachments.mismatch",
    "attachments.empty",
    "attachments.too_big",
)
"""How a file is refused as a template."""


class TemplateDialog(FormDialog):
    """Where the Word file lies; what is wrong with it is said at the field."""

    SCREEN_ID, TITLE_CODE, ROWS = "paper_template", "paper.screen.template", ("R1",)
    FIELD_OF: ClassVar = dict.fromkeys(REFUSED, "path")

    def __init__(self, row: TemplateRow) -> None:
        super().__init__(f"paper-template-{row.kind}", {"path": ""})

    def fields(self) -> Iterable[Widget]:
        """The path."""
        yield TextField("path", "paper.field.path", max_length=MOST_TYPED, required=True)


def path_of(typed: str) -> Path:
    """The one file named in a line as people type, paste or drag it."""
    from deskapp.services import attachments

    found = attachments.paths_of(typed)
    if len(found) != 1:
        raise RuleBroken("attachments.no_file", name=typed[:60])
    return found[0]


def _rows(desk: Desk) -> list[TemplateRow]:
    from deskapp.services.papers import templates

    own = templates.own(desk)
    return [TemplateRow(code, title, own.get(code)) for code, title in templates.kinds()]


def _columns(desk: Desk) -> list[Column]:
    def which(row: TemplateRow, _: PaintContext) -> Content:
        if row.own is None:
            return Content.styled(say("paper.house_template"), "$text-muted")
        return painting.safe(row.own.name, "$accent")

    def since(row: TemplateRow, _: PaintContext) -> Content:
        return Content.styled(paint.when(desk, row.own.set_at) if row.own else "", "$text-muted")

    return [
        Column("title", "paper.column.title", None, lambda row, _: painting.safe(row.title, "bold")),
        Column("template", "paper.column.template", 26, which),
        Column("since", "paper.column.since", 11, since),
    ]
