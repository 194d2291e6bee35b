"""The first start, and what the company decides: name, policy, departments, categories, mottos (rows A1, K3, T3)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.domain.operator import Operator, check_operator
from deskapp.domain.policy import Policy
from deskapp.domain.staff import Category, Department, Motto, Post, StaffMember, check_member, motto_of_day
from deskapp.services.operators import hash_password
from deskapp.services.phrases import lay_out_phrases
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.repository.work import Work

CODE_LENGTH = 40
"""The most characters of a code, which a new department or category takes from its name."""


def needs_first_start(desk: Desk) -> bool:
    """Whether nobody can sign in yet."""
    with desk.read() as work:
        return not work.operators.any()


def first_start(
    desk: Desk, company: str, name: str, login: str, role: str, password: str, language: str = "zh"
) -> Desk:
    """Found the company: its name, its first operator, and the directory, categories and mottos it starts with."""
    if not company.strip():
        raise RuleBroken("company.name_missing")
    founder = Operator(login=login.strip(), name=name.strip() or login.strip(), role=role, language=language)
    check_operator(founder)
    hashed = hash_password(password)
    with desk.store.write("company.found", founder) as work:
        work.counters.at_least("founded", 1)  # whoever comes second waits here until the first is done
        if work.operators.any():
            raise RuleBroken("company.founded")
        founder = work.operators.add(replace(founder, password_hash=hashed, created_at=work.now))
        work.operator = founder
        work.settings.put("company", company.strip())
        work.settings.put("policy", desk.policy.to_json())
        lay_out_defaults(work)
        _lay_out_programme(work, desk)
        _lay_out_articles(work, language)
        lay_out_phrases(work, language)
    return replace(desk, company=company.strip(), operator=founder)


def defaults(name: str) -> dict[str, Any]:
    """Read a file of data the console starts with: directory, categories, mottos."""
    return tomllib.loads((files("deskapp.data") / f"{name}.toml").read_text(encoding="utf-8"))


def lay_out_defaults(work: Work) -> None:
    """Store the department directory of text 5 with the building departments of text 4, categories and mottos."""
    departments: dict[str, Department] = {}
    for position, entry in enumerate(defaults("directory")["department"]):
        posts = entry.pop("post", [])
        stored = work.departments.add(Department(**entry, position=position))
        departments[stored.code] = stored
        work.posts.add_many(
            [Post(department_id=stored.id, position=place, **post) for place, post in enumerate(posts)]
        )
    for position, entry in enumerate(defaults("categories")["category"]):
        answers = departments.get(entry.pop("department", ""))
        work.categories.add(
            Category(**entry, position=position, department_id=answers.id if answers else None)
        )
    work.mottos.add_many([Motto(text=text) for text in defaults("mottos")["motto"]])


def _lay_out_programme(work: Work, desk: Desk) -> None:
    from deskapp.services.planning import today_of
    from deskapp.services.programme import lay_out_programme

    lay_out_programme(work, today_of(desk, work.now))


def _lay_out_articles(work: Work, language: str) -> None:
    from deskapp.services.articles import lay_in_starters

    lay_in_starters(work, language)


def save_policy(desk: Desk, policy: Policy, base: Policy | None = None) -> Desk:
    """Put a changed policy in force for what is filed from now on; running clocks keep their promise.

    With the `base` it was made from, refuse with Conflict when another policy is in force by now.
    """
    policy = policy.validated()
    with desk.write("policy.save") as work:
        if base is not None and Policy.from_json(work.settings.get("policy", "{}")) != base:
            raise Conflict("policy", 0)
        work.settings.put("policy", policy.to_json())
    return replace(desk, policy=policy)


def refreshed(desk: Desk) -> Desk:
    """The desk with company, policy and operator as they are now; the very same desk when nothing has changed."""
    with desk.read() as work:
        return refreshed_in(work, desk)


def refreshed_in(work: Work, desk: Desk) -> Desk:
    """The same, inside a transaction."""
    operator = desk.operator
    if operator is not None and operator.id:
        operator = work.operators.get(operator.id) or replace(operator, active=False)
    company = work.settings.get("company", "")
    policy = Policy.from_json(work.settings.get("policy", "{}"))
    same = (company, policy, operator) == (desk.company, desk.policy, desk.operator)
    return desk if same else replace(desk, company=company, policy=policy, operator=operator)


def save_company(desk: Desk, name: str) -> Desk:
    """Rename the company."""
    if not name.strip():
        raise RuleBroken("company.name_missing")
    with desk.write("company.save") as work:
        work.settings.put("company", name.strip())
    return replace(desk, company=name.strip())


def motto(desk: Desk) -> str:
    """The motto of the day, or nothing when they are turned off."""
    if not desk.policy.motto_shown:
        return ""
    with desk.read() as work:
        chosen = motto_of_day(tuple(work.mottos.all()), desk.local(desk.now()).date())
    return chosen.text if chosen else ""


def save_motto(desk: Desk, record: Motto) -> Motto:
    """Add or change a motto."""
    if not record.text.strip():
        raise RuleBroken("motto.empty")
    with desk.write("motto.save") as work:
        return work.mottos.save(record) if record.id else work.mottos.add(record)


def save_staff(desk: Desk, member: StaffMember, *, key: str = "") -> StaffMember:
    """Add or change a member of staff; under a `key` a new one is added once, however often it is sent."""
    member = replace(member, name=member.name.strip())
    check_member(member)
    with desk.write("staff.save") as work:
        if member.id:
            return work.staff.save(member)
        return once(work, key, "staff.add", lambda: work.staff.add(member), work.staff.find)


def save_department(desk: Desk, department: Department) -> Department:
    """Add or change a department; a new one stands last."""
    department = replace(department, name=department.name.strip())
    if not department.name:
        raise RuleBroken("department.name_missing")
    with desk.write("department.save") as work:
        namesake = work.departments.by_name(department.name)
        if namesake is not None and namesake.id != department.id:
            raise RuleBroken("department.exists", name=department.name)
        if department.id:
            return work.departments.save(department)
        code = department.code or department.name[:CODE_LENGTH]
        return work.departments.add(replace(department, code=code, position=_last(work.departments) + 1))


def save_post(desk: Desk, post: Post, *, key: str = "") -> Post:
    """Add or change a post of a department; a new one stands last, and under a `key` is added once."""
    if not post.title.strip():
        raise RuleBroken("department.post_missing")
    if post.headcount < 0:
        raise RuleBroken("department.headcount", value=post.headcount)
    with desk.write("department.save") as work:
        if post.id:
            return work.posts.save(post)
        there = work.posts.of(post.department_id)
        new = replace(post, position=max((one.position for one in there), default=-1) + 1)
        return once(work, key, "post.add", lambda: work.posts.add(new), work.posts.find)


def save_category(desk: Desk, category: Category) -> Category:
    """Add or change a category and who answers for it; a new one stands last."""
    category = replace(category, name=category.name.strip())
    if not category.name:
        raise RuleBroken("category.name_missing")
    if not category.keys:
        category = replace(category, keys=" ".join(initials(category.name)))
    with desk.write("category.save") as work:
        namesake = work.categories.by_name(category.name)
        if namesake is not None and namesake.id != category.id:
            raise RuleBroken("category.exists", name=category.name)
        if category.id:
            return work.categories.save(category)
        code = category.code or category.name[:CODE_LENGTH]
        return work.categories.add(replace(category, code=code, position=_last(work.categories) + 1))


def _last(places: Any) -> int:
    """The position of the last of a short list."""
    return max((one.position for one in places.all()), default=-1)


def initials(name: str) -> tuple[str, ...]:
    """The short spellings a name may be picked by: the initials of its characters, in every reading."""
    from deskapp.domain.search_text import pinyin_text

    return tuple(key for key in pinyin_text(name).split() if len(key) <= max(2, len(name)))


def who_answers(
    work: Work, category_id: int | None, site_people: Mapping[str, int | None]
) -> tuple[int | None, int | None, str]:
    """Propose department and person for a complaint, with the reason's code (row T1).

    The category's trade at that site first, then the department's head, then the department alone.
    """
    category = work.categories.get(category_id)
    if category is None:
        return None, None, ""
    person = site_people.get(category.trade) if category.trade else None
    if person is not None:
        member = work.staff.get(person)
        return (member.department_id if member else None) or category.department_id, person, "site_trade"
    department = work.departments.get(category.department_id)
    if department is not None and department.head_id is not None:
        return department.id, department.head_id, "department_head"
    return category.department_id, None, "department" if category.department_id else ""
