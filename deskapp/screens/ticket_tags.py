"""Tags and watchers by a few letters: what there is, narrowed as one types; Enter puts it on or takes it off (T15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ScreenResultType
from textual.widget import Widget
from textual.widgets import Input

from deskapp.i18n import say
from deskapp.screens.base import DeskDialog, Panel
from deskapp.widgets import painting, signs
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import Column, ListSource, PaintContext, RecordTable

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.rows import TicketRow


@dataclass(frozen=True, slots=True)
class Line:
    """One that can be chosen: its value, its words, whether it is on, and what finds it."""

    value: str | int
    words: str
    detail: str = ""
    on: bool = False
    new: bool = False
    spoken: str = ""

    def fits(self, typed: str) -> bool:
        """Whether every word typed is in it, in its pinyin or its initials."""
        return all(part in self.spoken for part in typed.casefold().split())


class PickDialog(DeskDialog[ScreenResultType], Generic[ScreenResultType]):
    """A line to type in and a list that narrows; subclasses say what is listed and what Enter does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", id="back"),
        Binding("down", "move(1)", system=True, id="list.down"),
        Binding("up", "move(-1)", system=True, id="list.up"),
    ]
    HOW_CODE: ClassVar[str] = ""
    EMPTY_CODE: ClassVar[str] = "ticket_tags.nothing"
    DEFAULT_CSS = """
    PickDialog RecordTable { height: 8; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()
        self._narrowed: str | None = None
        """What the list was narrowed by; None while it is to begin at its first line."""
        self._begins = True
        self.typed = Input(id="pick-typed", max_length=60)
        self.table = RecordTable(
            [Column("words", "", None, _words), Column("detail", "", 16, _detail)],
            empty_code=self.EMPTY_CODE,
            header=False,
        )

    def body(self) -> Iterable[Widget]:
        """How it goes, the line, and what fits."""
        yield Lines([Content.styled(say(self.HOW_CODE), "$text-muted")], grow=True)
        yield self.typed
        yield self.table

    def ready(self) -> None:
        """Read what there is."""
        self.typed.focus()
        self.read()

    def changed(self) -> None:
        """Somebody has put on or taken off something: read again."""
        self.read()

    def read(self) -> None:
        """Ask for the lines and `show` them."""
        raise NotImplementedError

    def chosen(self, line: Line) -> None:
        """Do what Enter does with a line."""
        raise NotImplementedError

    def show(self, lines: Sequence[Line]) -> None:
        """Show these, as far as they fit what is typed."""
        if self._begins and self.table.cursor_row == 0:
            self._narrowed = None
        self._begins = False
        self.lines = tuple(lines)
        self._narrow()

    def _done(self) -> None:
        """Begin anew after an act."""
        if self.is_mounted:
            self.typed.value, self._begins = "", True
            self.read()

    def more(self, typed: str) -> list[Line]:
        """What typing alone offers beyond the list."""
        return []

    def _narrow(self) -> None:
        typed = self.typed.value.strip().lstrip("#\uff03")
        fits = [line for line in self.lines if line.fits(typed)]
        rows, source = [*fits, *self.more(typed)], self.table.source
        if typed == self._narrowed and isinstance(source, ListSource):
            source.replace(rows)
            self.table.refresh_rows()
        else:
            self._narrowed = typed
            self.table.source = ListSource(rows, key=lambda line: (line.value, line.new))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._narrow()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line under the cursor."""
        self.table.action_choose()

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Take the line chosen."""
        self.chosen(message.record)

    def on_key(self, event: events.Key) -> None:
        """Nothing typed here may reach the screen below."""

    def action_move(self, by: int) -> None:
        """Move in the list while typing."""
        self.table.action_move(by)


def _words(line: Line, _context: PaintContext) -> Content:
    mark = signs.sign("met") if line.on else "+" if line.new else " "
    tone = "bold $success" if line.on else "$primary" if line.new else "$foreground"
    return Content.assemble((f"{mark} ", tone), painting.safe(line.words, tone))


def _detail(line: Line, _context: PaintContext) -> Content:
    return Content.styled(line.detail, "$text-muted")


def tag_lines(known: Sequence[tuple[str, int]], on: Sequence[str] = ()) -> list[Line]:
    """Tags as lines, those that are on first, then the most used, each found by its letters or pinyin."""
    from deskapp.domain.search_text import pinyin_text

    counts = dict(known)
    named = [*on, *(tag for tag, _ in known if tag not in on)]
    return [
        Line(
            tag,
            f"#{tag}",
            say("ticket_tags.on") if tag in on else say("ticket_tags.count", count=counts.get(tag, 0)),
            on=tag in on,
            spoken=f"{tag} {pinyin_text(tag)}",
        )
        for tag in named
    ]


class TagsDialog(PickDialog[None]):
    """The tags of a ticket: Enter puts one on or takes it off; a word nobody has used yet becomes a new one."""

    SCREEN_ID, TITLE_CODE, ROWS = "ticket_tags", "ticket_tags.title", ("T15",)
    HOW_CODE, EMPTY_CODE = "ticket_tags.how", "ticket_tags.empty"

    def __init__(self, row: TicketRow) -> None:
        super().__init__()
        self.row = row

    def ready(self) -> None:
        """Say of which ticket."""
        self.query_one(Panel).entitle(number=self.row.ticket.number)
        super().ready()

    def read(self) -> None:
        """Ask for the ticket's tags and all there are."""
        from deskapp.services import collaboration

        desk, ticket_id = self.desk, self.row.ticket.id

        def lines() -> list[Line]:
            on, known = collaboration.tags_of(desk, ticket_id)
            return tag_lines(known, on)

        self.ask(lines, self.show, group="tags")

    def more(self, typed: str) -> list[Line]:
        """A new tag, when the word is none yet."""
        from deskapp.domain.tag import folded

        tag = folded(typed)
        if not tag or any(line.value == tag for line in self.lines):
            return []
        return [Line(tag, f"#{tag}", say("ticket_tags.new"), new=True)]

    def chosen(self, line: Line) -> None:
        """Put the tag on, or take it off."""
        from deskapp.services import harmless

        desk, ticket, act = self.desk, self.row.ticket, "untag" if line.on else "tag"

        def done(one: harmless.Undo | None) -> None:
            if one is not None:
                self.app.undoing.offer(one, f"{say(f'bulk.act.{act}')} {line.words}")
            self._done()

        def put() -> harmless.Undo | None:
            step = harmless.tag(desk, ticket, str(line.value), on=not line.on)
            return harmless.undo_of(desk, act, [step])

        self.act(put, done)


class TagFilterDialog(PickDialog[str]):
    """Which tag the list of tickets is narrowed to."""

    SCREEN_ID, TITLE_CODE, ROWS = "tag_filter", "ticket_tags.filter", ("T15",)
    HOW_CODE = "ticket_tags.filter_how"

    def read(self) -> None:
        """Ask for all tags."""
        desk = self.desk

        def lines() -> list[Line]:
            with desk.read() as work:
                return tag_lines(work.tags.known())

        self.ask(lines, self.show, group="tags")

    def chosen(self, line: Line) -> None:
        """This one."""
        self.dismiss(str(line.value))


class WatchersDialog(PickDialog[None]):
    """Who watches a ticket: Enter puts a colleague on, who is told so; oneself on and off."""

    SCREEN_ID, TITLE_CODE, ROWS = "watchers", "ticket_tags.watchers", ("T15",)
    HOW_CODE = "ticket_tags.watchers_how"

    def __init__(self, row: TicketRow) -> None:
        super().__init__()
        self.row = row

    def ready(self) -> None:
        """Say of which ticket."""
        self.query_one(Panel).entitle(number=self.row.ticket.number)
        super().ready()

    def read(self) -> None:
        """Ask who watches and who could."""
        desk, ticket_id = self.desk, self.row.ticket.id
        self.ask(lambda: _people(desk, ticket_id), self.show, group="watchers")

    def chosen(self, line: Line) -> None:
        """Put a colleague on; only they themselves take themselves off."""
        from deskapp.services import collaboration

        desk, ticket, who = self.desk, self.row.ticket, int(line.value)
        own = desk.operator is not None and desk.operator.id == who
        if line.on and not own:
            self.app.say("ticket_tags.only_they", name=line.words)
        elif line.on:
            self.act(lambda: collaboration.unwatch(desk, ticket), lambda _: self._done())
        else:
            self.act(lambda: collaboration.watch(desk, ticket, who), lambda _: self._done())


def _people(desk: Desk, ticket_id: int) -> list[Line]:
    from deskapp.domain.search_text import pinyin_text
    from deskapp.services import collaboration

    with desk.read() as work:
        watching = {who for who, _ in work.watchers.of(ticket_id)}
    people = [*([desk.operator] if desk.operator else []), *collaboration.colleagues(desk)]
    lines = [
        Line(
            one.id,
            one.name,
            say("ticket_tags.watching") if one.id in watching else say(f"operator.role.{one.role}"),
            on=one.id in watching,
            spoken=f"{one.name} {one.login} {pinyin_text(one.name)}".casefold(),
        )
        for one in people
    ]
    return sorted(lines, key=lambda line: not line.on)
