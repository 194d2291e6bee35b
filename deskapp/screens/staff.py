"""Departments and staff, posts and duties, who answers for what, and who signs in (row A1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from deskapp.domain.errors import NotAllowed
from deskapp.domain.operator import Operator, check_rank
from deskapp.domain.staff import Category, Department, DepartmentRow, Post, StaffMember
from deskapp.i18n import say
from deskapp.screens import staff_forms as forms
from deskapp.screens import staff_lists as lists
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.form_dialog import Editing
from deskapp.screens.paged import Listing
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_table import ListSource, RecordTable
from deskapp.widgets.safe_text import cut, shown


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record this screen edits: where it is kept, its form, and the right it takes."""

    noun: str
    form: Any
    act: str


KINDS: dict[type, Kind] = {
    StaffMember: Kind("staff", forms.MemberDialog, "staff.save"),
    Department: Kind("departments", forms.DepartmentDialog, "department.save"),
    Post: Kind("posts", forms.PostDialog, "department.save"),
    Category: Kind("categories", forms.CategoryDialog, "category.save"),
    Operator: Kind("operators", forms.AccountDialog, "operator.save"),
}
VIEWS = ("people", "categories", "accounts")


@dataclass(frozen=True, slots=True)
class Lists:
    """The short lists of the screen, read in one go."""

    departments: list[DepartmentRow]
    categories: list[Category]
    operators: list[Operator]
    choices: forms.Choices


class StaffScreen(Editing, Listing, DeskScreen[None]):
    """Departments at the left, their staff and posts at the right; categories and accounts one key away."""

    PLACE, SCREEN_ID, ROWS = "more", "staff", ("A1", "P2")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "look('people', 'departments')", id="staff.departments"),
        Binding("s", "look('people', 'staff')", id="staff.people"),
        Binding("p", "look('people', 'posts')", id="staff.posts"),
        Binding("c", "look('categories', 'categories')", id="staff.categories"),
        Binding("o", "look('accounts', 'accounts')", id="staff.accounts"),
        Binding("n", "add", id="staff.add"),
        Binding("e", "edit", id="staff.edit"),
        Binding("slash", "find", id="staff.find"),
        Binding("l", "gone", id="staff.gone"),
        Binding("escape", "back", id="back"),
    ]
    DEFAULT_CSS = """
    StaffScreen #staff-left { width: 30; }
    StaffScreen.-wide #staff-left { width: 40; }
    StaffScreen #staff-high { height: 3fr; }
    StaffScreen #staff-low { height: 2fr; }
    StaffScreen #staff-find { border: none; height: 1; padding: 0; background: $panel; display: none; }
    StaffScreen #staff-duties { height: auto; max-height: 8; display: none; }
    StaffScreen.-wide #staff-duties { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = "people"
        self.gone = False
        self.names = lists.Names()
        self.choices = forms.Choices()
        self.departments = RecordTable(lists.department_columns(), id="departments")
        self.staff = RecordTable(lists.staff_columns(self.names), empty_code="staff.nobody", id="staff")
        self.posts = RecordTable(lists.post_columns(), empty_code="staff.no_posts", id="posts")
        self.categories = RecordTable(lists.category_columns(self.names), id="categories")
        self.accounts = RecordTable(lists.account_columns(), id="accounts")
        self.find = Input(id="staff-find", max_length=60)
        self.duties = Lines(grow=True, id="staff-duties")
        self.left = Panel("staff.title.departments", self.departments)
        self.middle = Panel("staff.title.staff", self.find, self.staff)
        self.low = Panel("staff.title.posts", self.posts, self.duties)
        self.views: dict[str, Widget] = {
            "people": Horizontal(
                Vertical(self.left, id="staff-left"),
                Vertical(Vertical(self.middle, id="staff-high"), Vertical(self.low, id="staff-low")),
            ),
            "categories": Panel("staff.title.categories", self.categories),
            "accounts": Panel("staff.title.accounts", self.accounts),
        }

    def body(self) -> Iterable[Widget]:
        """All views; one is shown."""
        yield from self.views.values()

    def ready(self) -> None:
        """Read everything; begin with the departments."""
        self._show_view()
        self.departments.source = ListSource([], key=lambda row: row.department.id)
        self.departments.focus()
        self.changed()

    def changed(self) -> None:
        """Read everything anew; cursors stay."""
        if self.app.desk is None or self.app.desk.operator is None:
            return
        desk = self.desk
        self.ask(lambda: _read(desk), self._show, group="lists")
        if self.find.value:
            self._find(self.find.value)
        else:
            self.staff.refresh_rows()

    def _show(self, found: Lists) -> None:
        self.names.departments = {row.department.id: row.department.name for row in found.departments}
        self.choices = found.choices
        _put(self.departments, found.departments, lambda row: row.department.id)
        _put(self.categories, found.categories)
        _put(self.accounts, found.operators)
        self._posts()

    def relabel(self) -> None:
        """Say everything again; what can be chosen is read anew."""
        super().relabel()
        self._titles()
        self.changed()

    def _titles(self) -> None:
        row = self.departments.selected
        name = row.department.name if row is not None and row.department.id else say("staff.everybody")
        self.middle.entitle(department=name, count=self.staff.row_count or 0)
        self.low.entitle(department=name)
        self.middle.whisper(say("staff.with_gone") if self.gone else "")
        self.low.whisper(row.department.duties.strip() if row is not None else "")

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show the staff and posts of the department under the cursor, and the duties of the post."""
        if message.table is self.departments:
            self._open_department()
        elif message.table is self.posts:
            self._say_duties(message.record)

    def on_record_table_counted(self, message: RecordTable.Counted) -> None:
        """Say how many there are."""
        if message.table is self.staff:
            self._titles()

    def _department_id(self) -> int | None:
        row = self.departments.selected
        return row.department.id or None if row is not None else None

    def _open_department(self) -> None:
        self.staff.source = lists.StaffSource(self.desk, self._department_id(), self.gone)
        self._titles()
        self._posts()

    def _posts(self) -> None:
        desk, department_id = self.desk, self._department_id()

        def read() -> list[Post]:
            with desk.read() as work:
                return work.posts.of(department_id) if department_id else []

        self.ask(read, lambda posts: self._show_posts(posts), group="posts")

    def _show_posts(self, posts: list[Post]) -> None:
        self.posts.empty_code = "staff.no_posts" if self._department_id() else "staff.which_department"
        _put(self.posts, posts)
        self._titles()
        if not posts:
            self.duties.show([])

    def _say_duties(self, post: Post) -> None:
        width = max(20, self.duties.size.width)
        lines = [part for line in post.duties.strip().splitlines() for part in _wrapped(shown(line), width)]
        self.duties.show([Content.styled(line, "$text-muted") for line in lines[:8]])

    def action_look(self, view: str, table: str) -> None:
        """Show a view and go to one of its lists."""
        self.view = view
        self._show_view()
        self.query_one(f"#{table}", RecordTable).focus()

    def _show_view(self) -> None:
        for name, widget in self.views.items():
            widget.display = name == self.view

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter opens the record's form."""
        self._edit(message.record)

    def action_edit(self) -> None:
        """Open the form of the record under the cursor."""
        table = self._table()
        if table.selected is not None:
            self._edit(table.selected)

    def action_add(self) -> None:
        """Open an empty form for the list one is in."""
        department_id = self._department_id()
        table = self._table()
        if table is self.posts and department_id is None:
            self.app.say("staff.which_department")
            return
        new: dict[str, Callable[[], Any]] = {
            "departments": lambda: Department(),
            "staff": lambda: StaffMember(department_id=department_id),
            "posts": lambda: Post(department_id=department_id or 0),
            "categories": lambda: Category(),
            "accounts": lambda: Operator(),
        }
        self._edit(new[table.id or "staff"]())

    def _table(self) -> RecordTable:
        focused = self.focused
        if isinstance(focused, RecordTable):
            return focused
        return {"people": self.staff, "categories": self.categories, "accounts": self.accounts}[self.view]

    def _edit(self, record: Any) -> None:
        other = ""
        if isinstance(record, DepartmentRow):
            record, other = record.department, record.head_name
            if not record.id:
                self.staff.focus()
                return
        elif isinstance(record, StaffMember | Category):
            other = self.names.departments.get(record.department_id or 0, "")
        kind = KINDS[type(record)]
        if not self.may(kind.act) or not self._may_touch(record):
            return
        desk, loaded = self.desk, forms.Loaded(record, self.choices, other)
        self.edit(
            loaded,
            kind.form,
            lambda begun, values: kind.form.save(desk, begun, values),
            lambda: forms.reload(desk, kind.noun, loaded),
        )

    def _may_touch(self, record: Any) -> bool:
        """Whether an account is not above one's own."""
        if not isinstance(record, Operator):
            return True
        try:
            check_rank(self.desk.operator, record.role)
        except NotAllowed as refused:
            self.app.tell(refused)
            return False
        return True

    def action_gone(self) -> None:
        """Show those who left too, or no longer."""
        self.gone = not self.gone
        self.staff.source = lists.StaffSource(self.desk, self._department_id(), self.gone)
        self._titles()

    def action_find(self) -> None:
        """Find a member of staff by name, pinyin, initials or number."""
        self.action_look("people", "staff")
        self.find.display = True
        self.find.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show who fits what is typed."""
        self._find(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to those found."""
        self.staff.focus()

    def _find(self, typed: str) -> None:
        if not typed.strip():
            self._open_department()
            return
        desk = self.desk

        def found() -> list[StaffMember]:
            with desk.read() as work:
                return work.staff.finding(typed, desk.local(desk.now()).date(), 50)

        self.ask(found, lambda members: setattr(self.staff, "source", ListSource(members)), group="find")

    def action_back(self) -> None:
        """End a search; else back to the queue."""
        if self.find.display:
            self.find.display = False
            self.find.value = ""
            self.staff.focus()
        elif self.view != "people":
            self.action_look("people", "departments")
        else:
            self.app.go("queue")


def _wrapped(text: str, width: int) -> Iterable[str]:
    """A line in pieces no wider than `width` cells."""
    while text:
        piece = cut(text, width) or text[0]
        yield piece
        text = text[len(piece) :]


def _put(table: RecordTable, records: list[Any], key: Any = None) -> None:
    """Put other records into a short list; its cursor stays on its record."""
    source = table.source
    if isinstance(source, ListSource) and source.records:
        source.replace(records)
        table.refresh_rows()
    else:
        table.source = ListSource(records, key=key)


def _read(desk: Any) -> Lists:
    today = desk.local(desk.now()).date()
    with desk.read() as work:
        departments = work.departments.overview(today)
        everybody = replace(lists.EVERYBODY, count=work.staff.count(None, today))
        categories = sorted(work.categories.all(), key=lambda one: (not one.active, one.position, one.id))
        operators = work.operators.listed()
    chosen = forms.choices([row.department for row in departments], desk.operator.role)
    return Lists([everybody, *departments], categories, operators, chosen)
