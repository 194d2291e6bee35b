"""The forms of the staff screen: a member, a department, a post, a category, an account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.widget import Widget

from deskapp.domain.errors import RuleBroken
from deskapp.domain.operator import RANKS, ROLES
from deskapp.domain.staff import CHANNELS, TRADES
from deskapp.i18n import say
from deskapp.i18n.errors import in_words
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.widgets.form import Choice, ChoiceField, LongField, PickField, TextField

if TYPE_CHECKING:
    from datetime import date

    from deskapp.desk import Desk
    from deskapp.domain.operator import Operator
    from deskapp.domain.staff import Category, Department, Post, StaffMember


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in the forms; read with the lists, so that a form opens at once."""

    departments: tuple[Choice, ...] = ()
    trades: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()

    def departments_with(self, department_id: int | None, name: str) -> tuple[Choice, ...]:
        """The departments in use, and the record's own even when it is no longer."""
        if department_id is None or any(one.value == department_id for one in self.departments):
            return self.departments
        return (*self.departments, Choice(department_id, name))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a form begins with: the record, what can be chosen, and the name of whom it refers to."""

    record: Any
    choices: Choices
    other: str = ""
    """The name of a department's head, or of a record's own department."""


def choices(departments: Iterable[Department], role: str) -> Choices:
    """Prepare what can be chosen by an operator of a role; runs in a thread."""
    own = RANKS.get(role, -1)
    return Choices(
        tuple(_choice(one.id, one.name) for one in departments if one.active),
        tuple(_choice(trade, say(f"staff.trade.{trade}")) for trade in TRADES),
        tuple(_choice(one, say(f"operator.role.{one}")) for one in ROLES if RANKS[one] <= own),
    )


def reload(desk: Desk, noun: str, loaded: Loaded) -> Loaded:
    """Read a record anew; runs in a thread."""
    with desk.read() as work:
        record = getattr(work, noun).find(loaded.record.id)
        head = work.staff.get(record.head_id) if noun == "departments" else None
    return replace(loaded, record=record, other=head.name if head else loaded.other)


def _choice(value: Any, label: str) -> Choice:
    from deskapp.services.company import initials

    return Choice(value, label, initials(label))


def _day(text: str) -> date | None:
    """Read a day as people type it; nothing is None."""
    from deskapp.domain.import_dates import parse_date

    return parse_date(text) if text else None


def wrong_days(values: Values, names: Sequence[str]) -> dict[str, str]:
    """What is wrong with the days typed, by field."""
    errors = {}
    for name in names:
        try:
            _day(values[name])
        except RuleBroken as error:
            errors[name] = in_words(error)
    return errors


def yes_no() -> list[Choice]:
    """Yes and no."""
    return [Choice(True, say("form.yes"), ("s", "y")), Choice(False, say("form.no"), ("f", "n"))]


class MemberDialog(FormDialog):
    """A member of staff: who, where, what trade, and how they are told."""

    SCREEN_ID, TITLE_CODE, ROWS = "member", "staff.member.title", ("A1",)
    FIELD_OF: ClassVar = {
        "staff.name_missing": "name",
        "staff.email_missing": "email",
        "staff.phone_missing": "phone",
        "staff.left_before": "left_on",
    }

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        member: StaffMember = loaded.record
        self.departments = loaded.choices.departments_with(member.department_id, loaded.other)
        super().__init__(
            f"staff-{member.id}",
            {name: getattr(member, name) for name in ("name", "trade", "title", "phone", "email", "channel")}
            | {"department": member.department_id}
            | {name: str(getattr(member, name) or "") for name in ("joined_on", "left_on")},
        )

    def fields(self) -> Iterable[Widget]:
        """Few lines, in the order people say them."""
        channels = [Choice(channel, say(f"staff.channel.{channel}")) for channel in CHANNELS]
        yield TextField("name", "staff.field.name", max_length=60, required=True)
        yield ChoiceField("department", "staff.field.department", self.departments)
        yield ChoiceField("trade", "staff.field.trade", self.loaded.choices.trades, required=True)
        yield TextField("title", "staff.field.title", max_length=60)
        yield TextField("phone", "staff.field.phone", max_length=60)
        yield TextField("email", "staff.field.email", max_length=120)
        yield ChoiceField("channel", "staff.field.channel", channels)
        yield TextField("joined_on", "staff.field.joined_on", max_length=20, placeholder_code="form.day")
        yield TextField("left_on", "staff.field.left_on", max_length=20, placeholder_code="form.day")

    def wrong(self, values: Values) -> dict[str, str]:
        """Days must be days."""
        return super().wrong(values) | wrong_days(values, ("joined_on", "left_on"))

    @staticmethod
    def save(desk: Desk, loaded: Loaded, values: Values) -> StaffMember:
        """Store what was typed."""
        from deskapp.services.company import save_staff

        plain = {name: values[name] for name in ("name", "title", "phone", "email")}
        changed = replace(
            loaded.record,
            **plain,
            department_id=values["department"],
            trade=values["trade"] or "other",
            channel=values["channel"] or "none",
            joined_on=_day(values["joined_on"]),
            left_on=_day(values["left_on"]),
        )
        return save_staff(desk, changed, key=values.get("submission", ""))


class DepartmentDialog(FormDialog):
    """A department: its name, who heads it, what it does."""

    SCREEN_ID, TITLE_CODE, ROWS = "department", "department.title", ("A1",)
    FIELD_OF: ClassVar = {"department.name_missing": "name", "department.exists": "name"}

    def __init__(self, loaded: Loaded) -> None:
        department: Department = loaded.record
        super().__init__(
            f"department-{department.id}",
            {
                "name": department.name,
                "head": department.head_id,
                "head.text": loaded.other if department.head_id else "",
                "duties": department.duties.strip(),
                "active": department.active,
            },
        )

    def fields(self) -> Iterable[Widget]:
        """Name, head, duties, in use or not."""
        yield TextField("name", "department.field.name", max_length=60, required=True)
        yield PickField("head", "department.field.head", lambda typed: find_staff(self.desk, typed))
        yield LongField("duties", "department.field.duties", lines=5)
        yield ChoiceField("active", "department.field.active", yes_no())

    def wrong(self, values: Values) -> dict[str, str]:
        """A head must be somebody who works here."""
        unknown = values["head.text"] and values["head"] is None
        head = {"head": say("department.head_unknown")} if unknown else {}
        return super().wrong(values) | head

    @staticmethod
    def save(desk: Desk, loaded: Loaded, values: Values) -> Department:
        """Store what was typed."""
        from deskapp.services.company import save_department

        changed = replace(
            loaded.record,
            name=values["name"],
            head_id=values["head"],
            duties=values["duties"],
            active=values["active"] is not False,
        )
        return save_department(desk, changed)


class PostDialog(FormDialog):
    """A post of a department with its duties."""

    SCREEN_ID, TITLE_CODE, ROWS = "post", "department.post.title", ("A1",)
    FIELD_OF: ClassVar = {"department.post_missing": "title", "department.headcount": "headcount"}

    def __init__(self, loaded: Loaded) -> None:
        post: Post = loaded.record
        super().__init__(
            f"post-{post.department_id}-{post.id}",
            {"title": post.title, "headcount": str(post.headcount), "duties": post.duties.strip()},
        )

    def fields(self) -> Iterable[Widget]:
        """Title, how many, duties."""
        yield TextField("title", "department.field.post", max_length=60, required=True)
        yield TextField("headcount", "department.field.headcount", max_length=5)
        yield LongField("duties", "department.field.duties", lines=9)

    def wrong(self, values: Values) -> dict[str, str]:
        """The headcount is a number."""
        right = not values["headcount"] or values["headcount"].isdecimal()
        return super().wrong(values) | ({} if right else {"headcount": say("form.whole_number")})

    @staticmethod
    def save(desk: Desk, loaded: Loaded, values: Values) -> Post:
        """Store what was typed."""
        from deskapp.services.company import save_post

        count = int(values["headcount"] or 0)
        changed = replace(loaded.record, title=values["title"], headcount=count, duties=values["duties"])
        return save_post(desk, changed, key=values.get("submission", ""))


class CategoryDialog(FormDialog):
    """A category of complaint, and who answers for it unless somebody overrules."""

    SCREEN_ID, TITLE_CODE, ROWS = "category", "category.title", ("A1", "T1")
    FIELD_OF: ClassVar = {"category.name_missing": "name", "category.exists": "name"}

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        category: Category = loaded.record
        self.departments = loaded.choices.departments_with(category.department_id, loaded.other)
        super().__init__(
            f"category-{category.id}",
            {
                "name": category.name,
                "department": category.department_id,
                "trade": category.trade,
                "keys": category.keys,
                "active": category.active,
            },
        )

    def fields(self) -> Iterable[Widget]:
        """Name, who answers, what picks it, in use or not."""
        yield TextField("name", "category.field.name", max_length=60, required=True)
        yield ChoiceField("department", "category.field.department", self.departments)
        yield ChoiceField("trade", "category.field.trade", self.loaded.choices.trades)
        yield TextField(
            "keys", "category.field.keys", max_length=60, placeholder_code="category.keys_proposed"
        )
        yield ChoiceField("active", "department.field.active", yes_no())

    @staticmethod
    def save(desk: Desk, loaded: Loaded, values: Values) -> Category:
        """Store what was typed."""
        from deskapp.services.company import save_category

        changed = replace(
            loaded.record,
            name=values["name"],
            department_id=values["department"],
            trade=values["trade"] or "",
            keys=values["keys"].lower(),
            active=values["active"] is not False,
        )
        return save_category(desk, changed)


class AccountDialog(FormDialog):
    """An account: who signs in, with which rights; a password is set, never shown."""

    SCREEN_ID, TITLE_CODE, ROWS = "account", "operator.title", ("P2",)
    SECRET = ("password", "again")
    FIELD_OF: ClassVar = {
        "operator.login": "login",
        "operator.exists": "login",
        "operator.role": "role",
        "operator.above": "role",
        "operator.last_admin": "role",
        "operator.password_short": "password",
    }

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        account: Operator = loaded.record
        self.known = bool(account.id)
        self._proposed = account.login
        super().__init__(
            f"account-{account.id}",
            {
                "name": account.name,
                "login": account.login,
                "role": account.role,
                "extension": account.extension,
                "active": account.active,
            },
        )

    def fields(self) -> Iterable[Widget]:
        """Name, login, role, password twice, telephone, in use or not."""
        yield TextField("name", "operator.field.name", max_length=60, required=True)
        yield TextField("login", "operator.field.login", max_length=64, required=True)
        yield ChoiceField("role", "operator.field.role", self.loaded.choices.roles, required=True)
        kept = "operator.password_kept" if self.known else ""
        yield TextField(
            "password",
            "operator.field.password",
            password=True,
            max_length=200,
            required=not self.known,
            placeholder_code=kept,
        )
        yield TextField("again", "operator.field.again", password=True, max_length=200)
        yield TextField(
            "extension", "operator.field.extension", max_length=60, placeholder_code="operator.extension_like"
        )
        if self.known:
            yield ChoiceField("active", "operator.field.active", yes_no())

    def on_input_changed(self, event: TextField.Changed) -> None:
        """Propose a login while the name is typed, until another one was chosen."""
        if event.input.id != "name" or self.form.field("login").read() != self._proposed:
            return
        from deskapp.domain.operator import proposed_login

        name = event.value
        if not self.known:
            self.ask(lambda: proposed_login(name), self._propose, group="login")

    def _propose(self, login: str) -> None:
        if self.form.field("login").read() == self._proposed:
            self._proposed = login
            self.form.fill({"login": login})

    def wrong(self, values: Values) -> dict[str, str]:
        """Both passwords are the same, and a new account has one."""
        differ = values["password"] != values["again"]
        return super().wrong(values) | ({"again": say("first.again_differs")} if differ else {})

    @staticmethod
    def save(desk: Desk, loaded: Loaded, values: Values) -> Operator:
        """Store what was typed."""
        from deskapp.services import operators

        if not loaded.record.id:
            new = operators.add(desk, values["login"], values["name"], values["role"], values["password"])
            extension = values["extension"].strip()
            return operators.save(desk, replace(new, extension=extension)) if extension else new
        changed = replace(
            loaded.record,
            login=values["login"],
            name=values["name"],
            role=values["role"],
            extension=values["extension"].strip(),
            active=values["active"] is not False,
        )
        return operators.save(desk, changed, values["password"])


def find_staff(desk: Desk, typed: str) -> list[Choice]:
    """Who works here by part of a name, pinyin or initials; runs in a thread."""
    with desk.read() as work:
        found = work.staff.finding(typed, desk.local(desk.now()).date(), 8)
        departments = {one.id: one.name for one in work.departments.listed()}
    return [
        Choice(one.id, one.name, detail=f"{departments.get(one.department_id or 0, '')} {one.title}".strip())
        for one in found
    ]
