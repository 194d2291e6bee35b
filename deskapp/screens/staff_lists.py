"""The lists of the staff screen: departments, staff by page, posts, categories, accounts."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from textual.content import Content

from deskapp.domain.staff import Category, Department, DepartmentRow, Post, StaffMember
from deskapp.i18n import say
from deskapp.widgets import painting, signs
from deskapp.widgets.record_table import Column, PaintContext
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.domain.operator import Operator

EVERYBODY = DepartmentRow(Department())
"""The line above the departments: all staff."""


class StaffSource:
    """The staff of a department, or all, as a long list; those who left are shown when asked for."""

    def __init__(self, desk: Desk, department_id: int | None = None, gone: bool = False) -> None:
        self.desk = desk
        self.department_id = department_id
        self.gone = gone
        self._today = None if gone else desk.local(desk.now()).date()

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.staff.count(self.department_id, self._today)

    def _page(self, limit: int, **place: Any) -> list[StaffMember]:
        with self.desk.read() as work:
            return work.staff.page(limit, self.department_id, self._today, **place)

    def first(self, limit: int) -> list[StaffMember]:
        """The first by trade."""
        return self._page(limit)

    def last(self, limit: int) -> list[StaffMember]:
        """The last by trade."""
        return self._page(limit, last=True)

    def after(self, record: StaffMember, limit: int) -> list[StaffMember]:
        """Those after one."""
        return self._page(limit, after=record)

    def before(self, record: StaffMember, limit: int) -> list[StaffMember]:
        """Those before one."""
        return self._page(limit, before=record)

    def at(self, offset: int, limit: int) -> list[StaffMember]:
        """Those from a place on."""
        return self._page(limit, offset=offset)

    def key(self, record: StaffMember) -> Hashable:
        """A member stays themself, whatever changes."""
        return record.id


class Names:
    """Names of departments by id, for the columns that show them; filled when departments are read."""

    def __init__(self) -> None:
        self.departments: dict[int, str] = {}

    def department(self, department_id: int | None) -> str:
        """A department's name."""
        return shown(self.departments.get(department_id or 0, ""))


def department_columns() -> list[Column]:
    """Name, head, how many."""

    def name(row: DepartmentRow, _: PaintContext) -> Content:
        if not row.department.id:
            return Content.styled(say("staff.everybody"), "bold")
        return painting.safe(row.department.name, "" if row.department.active else "$text-disabled strike")

    return [
        Column("name", "staff.column.department", None, name),
        Column("head", "staff.column.head", 8, lambda row, _: painting.safe(row.head_name, "$text-muted")),
        Column("count", "staff.column.count", 5, lambda row, _: Content(str(row.count)), align="right"),
    ]


def staff_columns(names: Names) -> list[Column]:
    """Name, trade, title, number, how told; who left is struck out with the day."""

    def name(member: StaffMember, _: PaintContext) -> Content:
        return painting.safe(member.name, "$text-disabled strike" if member.left_on else "bold")

    def told(member: StaffMember, _: PaintContext) -> Content:
        if member.left_on:
            return Content.styled(say("staff.left", day=member.left_on), "$warning")
        return Content.styled(
            say(f"staff.channel.{member.channel}"), "$text-muted" if member.channel == "none" else ""
        )

    return [
        Column("name", "staff.column.name", 10, name),
        Column("trade", "staff.column.trade", 10, lambda one, _: Content(say(f"staff.trade.{one.trade}"))),
        Column("title", "staff.column.title", None, lambda one, _: painting.safe(one.title)),
        Column(
            "department",
            "staff.column.department",
            10,
            lambda one, _: painting.safe(names.department(one.department_id), "$text-muted"),
            min_terminal=70,
        ),
        Column("phone", "staff.column.phone", 13, lambda one, _: painting.safe(one.phone, "$primary")),
        Column("told", "staff.column.told", 8, told, min_terminal=46),
    ]


def post_columns() -> list[Column]:
    """Title, headcount, the first of the duties."""

    def duties(post: Post, _: PaintContext) -> Content:
        return painting.safe(" ".join(post.duties.split()), "$text-muted")

    return [
        Column("title", "staff.column.post", 20, lambda post, _: painting.safe(post.title)),
        Column(
            "headcount",
            "staff.column.headcount",
            4,
            lambda post, _: Content(str(post.headcount)),
            align="right",
        ),
        Column("duties", "staff.column.duties", None, duties),
    ]


def category_columns(names: Names) -> list[Column]:
    """What is complained of, and who answers."""

    def answers(category: Category, _: PaintContext) -> Content:
        trade = say(f"staff.trade.{category.trade}") if category.trade else ""
        return painting.join(
            [painting.safe(names.department(category.department_id)), Content(trade)], " \u00b7 "
        )

    return [
        Column("name", "staff.column.category", 18, lambda one, _: painting.safe(one.name)),
        Column("answers", "staff.column.answers", None, answers),
        Column("keys", "staff.column.keys", 14, lambda one, _: painting.safe(one.keys, "$text-muted")),
        Column("active", "staff.column.active", 6, _in_use),
    ]


def account_columns() -> list[Column]:
    """Who signs in, with which rights."""

    def role(operator: Operator, _: PaintContext) -> Content:
        return Content(say(f"operator.role.{operator.role}"))

    return [
        Column("login", "staff.column.login", 16, lambda one, _: painting.safe(one.login)),
        Column("name", "staff.column.name", 14, lambda one, _: painting.safe(one.name, "bold")),
        Column("role", "staff.column.role", None, role),
        Column("active", "staff.column.active", 6, _in_use),
    ]


def _in_use(record: Any, _: PaintContext) -> Content:
    if record.active:
        return Content.styled(f"{signs.sign('met')} {say('form.yes')}", "$text-muted")
    return Content.styled(f"{signs.sign('missed')} {say('form.no')}", "$warning")
