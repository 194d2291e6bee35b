"""Departments, posts, staff by trade, categories of complaint and who answers for each (row A1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from deskapp.domain.errors import RuleBroken

TRADES = (
    "designer",
    "consultant",
    "supervisor",
    "project_manager",
    "crew",
    "inspector",
    "service",
    "finance",
    "materials",
    "office",
    "other",
)
CHANNELS = ("none", "email", "sms", "wecom", "dingtalk", "feishu", "phone")


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the company and who heads it."""

    id: int = 0
    version: int = 0
    code: str = ""
    name: str = ""
    head_id: int | None = None
    duties: str = ""
    position: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department as a list shows it: its head's name, and how many work there."""

    department: Department
    head_name: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a department with its duties, as the directory of text 5 lists them."""

    id: int = 0
    version: int = 0
    department_id: int = 0
    title: str = ""
    headcount: int = 1
    duties: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person who works here: trade, department, and the way they want to be told."""

    id: int = 0
    version: int = 0
    name: str = ""
    department_id: int | None = None
    trade: str = "other"
    title: str = ""
    phone: str = ""
    email: str = ""
    channel: str = "none"
    joined_on: date | None = None
    left_on: date | None = None
    named_keys: str = ""


def check_member(member: StaffMember) -> None:
    """Refuse a member without a name, of an unknown trade, or told by a way that leads nowhere."""
    if not member.name.strip():
        raise RuleBroken("staff.name_missing")
    if member.trade not in TRADES:
        raise RuleBroken("staff.trade_unknown", value=member.trade)
    if member.channel not in CHANNELS:
        raise RuleBroken("staff.channel_unknown", value=member.channel)
    if member.channel == "email" and "@" not in member.email:
        raise RuleBroken("staff.email_missing")
    if member.channel in ("sms", "phone") and not member.phone.strip():
        raise RuleBroken("staff.phone_missing")
    if member.joined_on and member.left_on and member.left_on < member.joined_on:
        raise RuleBroken("staff.left_before")


@dataclass(frozen=True, slots=True)
class Category:
    """What is complained of, and which department and trade answers for it unless somebody overrules."""

    id: int = 0
    version: int = 0
    code: str = ""
    name: str = ""
    department_id: int | None = None
    trade: str = ""
    keys: str = ""
    position: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class Motto:
    """A line of text 2 for the day (row K3)."""

    id: int = 0
    version: int = 0
    text: str = ""
    active: bool = True


def motto_of_day(mottos: tuple[Motto, ...], day: date) -> Motto | None:
    """Choose the day's motto: the same all day at every desk, another tomorrow."""
    shown = [motto for motto in mottos if motto.active]
    return shown[day.toordinal() % len(shown)] if shown else None
