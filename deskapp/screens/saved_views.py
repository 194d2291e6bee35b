"""What a list was narrowed to, kept under a name and chosen by a digit (rows P5, T15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog, Framed
from deskapp.screens.form_dialog import FormDialog, edit
from deskapp.widgets import painting
from deskapp.widgets.form import Choice, ChoiceField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.domain.macro import SavedView
    from deskapp.screens.record_form import Values

Numbered = tuple[int, "SavedView"]


class SavedViews(Framed):
    """A list whose narrowing can be kept and chosen again."""

    def wanted(self) -> dict[str, object]:
        """What the list is narrowed to."""
        raise NotImplementedError

    def narrow(self, wanted: Mapping[str, object]) -> None:
        """Narrow the list so."""
        raise NotImplementedError

    def action_views(self) -> None:
        """Choose a saved view, or keep the present one."""
        dialog = ViewsDialog(self.SCREEN_ID, self.wanted())
        self.app.push_screen(dialog, lambda wanted: None if wanted is None else self.narrow(wanted))


class ViewsDialog(DeskDialog[Mapping[str, object]]):
    """The views of a list: a digit or Enter shows one, n keeps the present one, x deletes."""

    SCREEN_ID, TITLE_CODE, ROWS = "saved_views", "view.title", ("P5",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(n), f"take({n})", show=False, system=True, id=f"site_choice.{n}")
            for n in range(1, 10)
        ),
        Binding("n", "new", id="views.new"),
        Binding("x", "drop", id="views.drop"),
    ]
    DEFAULT_CSS = """
    ViewsDialog RecordTable { height: 10; }
    """

    def __init__(self, place: str, now: Mapping[str, object]) -> None:
        super().__init__()
        self.place_of, self.now = place, now
        self.table = RecordTable(
            [
                Column("number", "", 2, _number),
                Column("name", "", None, _name),
                Column("wanted", "", 30, _wanted),
                Column("whose", "", 9, _whose),
            ],
            source=ListSource(key=lambda row: row[1].id),
            empty_code="view.empty",
            header=False,
        )

    def body(self) -> Iterable[Widget]:
        """The views, and how it goes."""
        yield self.table
        yield Lines([Content.styled(say("view.how"), "$text-muted")], grow=True)

    def ready(self) -> None:
        """Read them."""
        self.table.focus()
        self.changed()

    def changed(self) -> None:
        """Read them anew."""
        from deskapp.services import macros

        desk, place = self.desk, self.place_of
        self.ask(lambda: macros.views(desk, place), self._show, group="views")

    def _show(self, views: Sequence[SavedView]) -> None:
        source = self.table.source
        assert isinstance(source, ListSource)
        source.replace(enumerate(views, 1))
        self.table.refresh_rows()

    def action_take(self, number: int) -> None:
        """Show the view with this number."""
        source = self.table.source
        if isinstance(source, ListSource) and number <= len(source.records):
            self.dismiss(source.records[number - 1][1].wanted or {})

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Show the view under the cursor."""
        self.dismiss(message.record[1].wanted or {})

    def action_new(self) -> None:
        """Keep what the list is narrowed to under a name."""
        from deskapp.domain.macro import SavedView
        from deskapp.services import macros

        desk, place, now = self.desk, self.place_of, self.now

        def save(_: object, values: Values) -> SavedView:
            own = None if values["whose"] == "shared" else desk.operator.id if desk.operator else 0
            view = SavedView(operator_id=own, place=place, name=(values["name"] or "").strip(), wanted=now)
            return macros.save_view(desk, view)

        def done(view: SavedView) -> None:
            self.app.say("view.saved", name=view.name)
            self.changed()

        edit(self, None, lambda _: ViewDialog(place), save, lambda: None, then=done)

    def action_drop(self) -> None:
        """Delete the view under the cursor."""
        from deskapp.services import macros

        desk, row = self.desk, self.table.selected
        if row is None:
            return

        def done(_: bool) -> None:
            self.app.say("view.gone", name=row[1].name)
            self.changed()

        self.act(lambda: macros.forget_view(desk, row[1]), done)


class ViewDialog(FormDialog):
    """Under which name, and for whom."""

    SCREEN_ID, TITLE_CODE, ROWS = "view_form", "view.new", ("P5",)
    FIELD_OF: ClassVar = {"view.name": "name"}

    def __init__(self, place: str) -> None:
        super().__init__(f"view-{place}", {"name": "", "whose": "own"})

    def fields(self) -> Iterable[Widget]:
        """Name, and whose."""
        yield TextField("name", "view.field", required=True)
        yield ChoiceField("whose", "view.whose", whose_choices(), required=True)


def whose_choices() -> list[Choice]:
    """One's own, or everybody's."""
    return [Choice("own", say("view.own"), ("z", "m")), Choice("shared", say("view.shared"), ("d", "e"))]


def _number(row: Numbered, _: PaintContext) -> Content:
    return Content.styled(str(row[0]) if row[0] < 10 else "", "bold $primary")


def _name(row: Numbered, _: PaintContext) -> Content:
    return painting.safe(row[1].name)


def _wanted(row: Numbered, _: PaintContext) -> Content:
    wanted = row[1].wanted or {}
    kind, tag = wanted.get("kind"), wanted.get("tag")
    parts = [
        say("view.open") if wanted.get("open") else "",
        say(f"ticket.kind.{kind}") if kind else "",
        f"#{tag}" if tag else "",
        str(wanted.get("words") or ""),
    ]
    return painting.safe(" ".join(filter(None, parts)), "$text-muted")


def _whose(row: Numbered, _: PaintContext) -> Content:
    return Content.styled(say("view.shared") if row[1].operator_id is None else "", "$text-muted")
