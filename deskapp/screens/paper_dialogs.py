"""What is asked about a paper: which, for which period, its words, the reason of a correction, as which file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog, Framed
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.papers import columns, state_words
from deskapp.services.papers.words import period_words
from deskapp.widgets import painting, signs
from deskapp.widgets.form import LongField, TextField
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.paper import PaperRow
    from deskapp.domain.period import Period
    from deskapp.screens.record_form import Values
    from deskapp.services.papers import Preview, Standing

FORMAT_KEYS = (("p", "pdf"), ("w", "docx"), ("x", "xlsx"), ("t", "txt"))


class KindsDialog(DeskDialog[tuple[str, date]]):
    """The papers there are, for the present period or another: when due, what was issued; Enter makes one."""

    SCREEN_ID, TITLE_CODE, ROWS = "paper_kinds", "paper.screen.kinds", ("R1",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", id="paper_kinds.take"),
        Binding("left_square_bracket", "period(-1)", id="paper_kinds.earlier"),
        Binding("right_square_bracket", "period(1)", id="paper_kinds.later"),
    ]
    DEFAULT_CSS = """
    KindsDialog RecordTable { height: 16; }
    KindsDialog.-low RecordTable { height: 12; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.periods: dict[str, Period] = {}
        self.table = RecordTable(_kind_columns(None), id="paper-kinds")

    def body(self) -> Iterable[Widget]:
        """The kinds."""
        yield self.table

    def ready(self) -> None:
        """Begin with the present periods; plans are made for the next."""
        from deskapp.services.papers import KINDS
        from deskapp.services.planning import today_of

        today = today_of(self.desk, self.desk.now())
        self.table.columns = _kind_columns(today)
        self.periods = {code: kind.usual_period(today) for code, kind in KINDS.items()}
        self.table.focus()
        self._read()

    def _read(self) -> None:
        from deskapp.services import papers

        desk, periods = self.desk, dict(self.periods)
        self.ask(lambda: papers.standing(desk, periods), self._show, group="kinds")

    def _show(self, rows: list[Standing]) -> None:
        source = self.table.source
        if isinstance(source, ListSource) and source.records:
            source.replace(rows)
            self.table.refresh_rows()
        else:
            self.table.source = ListSource(rows, key=lambda row: row.kind.code)

    def action_period(self, by: int) -> None:
        """Go to the periods before or after."""
        self.periods = {code: one.before() if by < 0 else one.after() for code, one in self.periods.items()}
        self._read()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Make the paper under the cursor."""
        row: Standing = message.record
        self.dismiss((row.kind.code, row.period.first))

    def action_take(self) -> None:
        """Make the paper under the cursor."""
        self.table.action_choose()


def _kind_columns(today: date | None) -> list[Column]:
    def state(row: Standing, _: PaintContext) -> Content:
        return standing_words(row, today)

    return [
        Column(
            "title",
            "paper.column.title",
            None,
            lambda row, _: painting.safe(say(row.kind.title_code), "bold"),
        ),
        Column("period", "paper.column.period", 24, lambda row, _: painting.safe(short_period(row.period))),
        Column("state", "paper.column.state", 17, state),
    ]


def short_period(period: Period) -> str:
    """A period in a narrow column."""
    return period_words(period).partition(" (")[0]


def standing_words(row: Standing, today: date | None) -> Content:
    """Whether a paper was issued; else when it is due, late ones with a sign and in red."""
    if row.issued is not None:
        return Content.assemble(
            painting.safe(row.issued.paper.number[2:], "$text-muted"), " ", state_words(row.issued)
        )
    if row.due_on is None or today is None:
        return Content.styled("-", "$text-disabled")
    late = (today - row.due_on).days
    if not row.owed:
        return Content.styled(say("paper.due", day=f"{row.due_on:%m-%d}"), "$text-muted")
    if late > 0:
        return Content.styled(f"{signs.sign('overdue')}{say('paper.state.late', days=late)}", "bold $error")
    return Content.styled(say("paper.due", day=f"{row.due_on:%m-%d}"), "$warning" if late == 0 else "")


class TextsDialog(FormDialog):
    """The parts of a paper that a person writes."""

    SCREEN_ID, TITLE_CODE, ROWS = "paper_texts", "paper.screen.texts", ("R1",)

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        kind, first = preview.kind.code, preview.period.first
        super().__init__(f"paper-{kind}-{first}", words_of(preview))

    def fields(self) -> Iterable[Widget]:
        """A field a part."""
        lines = 8 if len(self.preview.kind.parts) == 1 else 4
        for part in self.preview.kind.parts:
            yield LongField(part, f"paper.part.{part}", lines=lines)


def words_of(preview: Preview) -> dict[str, str]:
    """What was written so far, by part."""
    return {part: preview.texts[part].words if part in preview.texts else "" for part in preview.kind.parts}


def save_texts(desk: Desk, begun: Preview, values: Values) -> None:
    """Keep the parts that were changed."""
    from deskapp.services import papers

    before = words_of(begun)
    for part in begun.kind.parts:
        words = values[part] or ""
        if words != before[part]:
            version = begun.texts[part].version if part in begun.texts else 0
            papers.write_text(desk, begun.kind.code, begun.period.first, part, words, version)


class IssueDialog(DeskDialog[bool]):
    """What is about to be issued; Ctrl+S issues it, Esc does not."""

    SCREEN_ID, TITLE_CODE, ROWS = "paper_issue", "paper.screen.issue", ("R1",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "sure", id="paper_issue.yes")]

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview, self.key = preview, uuid4().hex

    def body(self) -> Iterable[Widget]:
        """The paper, its period, and what issuing means."""
        document = self.preview.document
        lines = [
            painting.safe(document.title, "bold"),
            painting.safe(document.period),
            Content(""),
            *map(Content, say("paper.sure").split("\n")),
        ]
        yield Lines(lines, grow=True)

    def action_sure(self) -> None:
        """Issue it."""
        self.dismiss(True)


class CorrectDialog(FormDialog):
    """Why an issued paper is issued anew."""

    SCREEN_ID, TITLE_CODE, ROWS = "paper_correct", "paper.screen.correct", ("R1",)
    FIELD_OF: ClassVar = {"paper.reason_missing": "reason"}

    def __init__(self, preview: Preview) -> None:
        self.preview, self.about = preview, Wrapped(grow=True)
        super().__init__(f"paper-correct-{preview.kind.code}-{preview.period.first}", {"reason": ""})

    def body(self) -> Iterable[Widget]:
        """What is replaced; then why."""
        yield self.about
        yield from super().body()
        issued = self.preview.issued
        number = issued.number if issued else ""
        self.about.show(
            [painting.safe(say("paper.correcting", number=number, title=self.preview.document.title))]
        )

    def fields(self) -> Iterable[Widget]:
        """The reason."""
        yield TextField("reason", "paper.field.reason", max_length=200, required=True)


class FormatDialog(DeskDialog[str]):
    """As which file: one letter; Enter takes the pdf."""

    SCREEN_ID, TITLE_CODE, ROWS = "paper_format", "paper.screen.format", ("R1", "T2")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"take('{form}')", id=f"paper_format.{form}") for key, form in FORMAT_KEYS),
        Binding("enter", "take('pdf')", id="paper_format.enter", show=False),
    ]

    def __init__(self, *, text: bool = False) -> None:
        super().__init__()
        self.forms = tuple(one for one in FORMAT_KEYS if text or one[1] != "txt")

    def body(self) -> Iterable[Widget]:
        """The formats, each with its letter."""
        lines = [
            Content.assemble((f" {key} ", "bold $primary"), " ", say(f"paper.format.{form}"))
            for key, form in self.forms
        ]
        yield Lines(lines, grow=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only slips are written as plain text."""
        return action != "take" or parameters[0] in [form for _, form in self.forms]

    def action_take(self, form: str) -> None:
        """Take a format."""
        self.dismiss(form)


def export_with(
    screen: Framed, write: Callable[[str], Path], *, text: bool = False, told: str = "paper.saved"
) -> None:
    """Ask for a format, write the file, and say where it lies."""

    def saved(path: Path) -> None:
        screen.app.say(told, path=str(path))

    def chosen(form: str | None) -> None:
        if form is not None:
            screen.ask(lambda: write(form), saved, group="export")

    screen.app.push_screen(FormatDialog(text=text), chosen)


def export_issued(screen: Framed, paper_id: int) -> None:
    """Write a file of an issued paper, as it was kept."""
    from deskapp.services.papers import files

    desk = screen.desk
    export_with(screen, lambda form: files.export(desk, paper_id, form))


class RevisionsDialog(DeskDialog[int]):
    """The revisions of a paper, the newest first, with the reason of each; Enter reads one."""

    SCREEN_ID, TITLE_CODE, ROWS = "paper_revisions", "paper.screen.revisions", ("R1",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", id="paper_revisions.take")]
    DEFAULT_CSS = """
    RevisionsDialog RecordTable { height: 8; }
    RevisionsDialog Wrapped { height: auto; margin: 1 0 0 0; padding: 0 1; }
    """

    def __init__(self, rows: Sequence[PaperRow]) -> None:
        super().__init__()
        self.rows = tuple(rows)
        self.table = RecordTable((), id="paper-revisions")
        self.reason = Wrapped(grow=True)

    def body(self) -> Iterable[Widget]:
        """The revisions; why the marked one was issued."""
        yield self.table
        yield self.reason

    def ready(self) -> None:
        """Show them."""
        self.table.columns = columns(self.desk)
        self.table.source = ListSource(self.rows, key=lambda row: row.paper.id)
        self.table.focus()

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Say why the revision under the cursor was issued."""
        paper = message.record.paper
        words = say("paper.reason", reason=paper.reason) if paper.reason else say("paper.first_issue")
        self.reason.show([painting.safe(words, "$text-muted")])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Read the revision under the cursor."""
        self.dismiss(message.record.paper.id)

    def action_take(self) -> None:
        """Read the revision under the cursor."""
        self.table.action_choose()
