"""Operators, their roles, and who may do what (text 4, 2.6.1 and 3.6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pendulum import DateTime

from deskapp.domain.errors import NotAllowed, RuleBroken

ROLES = ("agent", "manager", "quality", "director", "admin")
ALL = frozenset(ROLES)
RANKS: Mapping[str, int] = {"agent": 0, "quality": 1, "manager": 1, "director": 2, "admin": 3}
"""Nobody gives, changes or takes away a role above their own."""
LEADERS = frozenset({"manager", "director", "admin"})
OFFICERS = frozenset({"manager", "quality", "director", "admin"})

RIGHTS: Mapping[str, frozenset[str]] = {
    "client.save": ALL,
    "call.ring": ALL,
    "call.take": ALL,
    "call.end": ALL,
    "call.plan": ALL,
    "ticket.file": ALL,
    "ticket.move": ALL,
    "ticket.note": ALL,
    "ticket.reopen": ALL,
    "ticket.severity": ALL,
    "ticket.merge": OFFICERS,
    "ticket.withdraw": ALL,
    "mass.save": ALL,
    "decision.take": ALL,
    "decision.confirm": LEADERS,
    "finding.save": ALL,
    "sanction.propose": ALL,
    "sanction.decide": LEADERS,
    "sanction.decide_repeat": ALL,
    "sanction.appeal": ALL,
    "sanction.reverse": LEADERS,
    "site.save": ALL,
    "milestone.save": ALL,
    "payment.save": ALL,
    "notice.file": ALL,
    "handbook.save": ALL,
    "inspection.save": ALL,
    "attachment.add": ALL,
    "repair.save": ALL,
    "praise.save": ALL,
    "evaluation.save": ALL,
    "register.save": ALL,
    "register.decide": OFFICERS,
    "bus.save": ALL,
    "shop.save": ALL,
    "diagnosis.save": ALL,
    "day_plan.save": ALL,
    "campaign.save": ALL,
    "campaign.send": OFFICERS,
    "rule.save": OFFICERS,
    "script.save": OFFICERS,
    "staff.save": LEADERS,
    "department.save": LEADERS,
    "category.save": OFFICERS,
    "motto.save": OFFICERS,
    "document.save": ALL,
    "document.retire": OFFICERS,
    "action_item.save": ALL,
    "article.write": ALL,
    "article.use": ALL,
    "article.retire": OFFICERS,
    "phrase.save": OFFICERS,
    "macro.save": ALL,
    "macro.share": OFFICERS,
    "view.save": ALL,
    "policy.save": OFFICERS,
    "operator.save": LEADERS,
    "company.save": LEADERS,
    "outside.save": LEADERS,
    "notice.handle": ALL,
    "template.save": OFFICERS,
    "appraisal.close": LEADERS,
    "quality.draw": OFFICERS,
    "quality.score": OFFICERS,
    "quality.read": ALL,
    "paper.write": ALL,
    "paper.issue": ALL,
    "paper.template": OFFICERS,
    "import.run": OFFICERS,
    "export.run": OFFICERS,
    "client.erase": LEADERS,
    "retention.run": LEADERS,
    "phone.unmask": ALL,
    "backup.make": LEADERS,
    "prefs.save": ALL,
    "audit.read": OFFICERS,
}


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who signs in: login, name, role, and the language they work in."""

    id: int = 0
    version: int = 0
    login: str = ""
    name: str = ""
    role: str = "agent"
    password_hash: str = ""
    active: bool = True
    language: str = "zh"
    theme: str = ""
    plain_signs: bool = False
    keys: str = ""
    staff_id: int | None = None
    extension: str = ""
    """The telephone at this operator's desk, as the telephone system names it."""
    created_at: DateTime | None = None


def sees_whole_numbers(role: str) -> bool:
    """Whether a role is shown whole telephone numbers, on the glass and in exports; others get them masked."""
    return role in LEADERS


def may(role: str, act: str) -> bool:
    """Whether a role has the right to an act; an act nobody listed is nobody's."""
    return role in RIGHTS.get(act, frozenset())


def check_may(operator: Operator | None, act: str) -> None:
    """Refuse an act the operator's role has no right to, and every act of an account out of use."""
    if operator is not None and not operator.active:
        raise NotAllowed("rights.disabled", act=act, role=operator.role)
    if operator is None or not may(operator.role, act):
        raise NotAllowed("rights.refused", act=act, role=operator.role if operator else "")


def check_rank(operator: Operator | None, role: str) -> None:
    """Refuse to touch an account whose role is above one's own."""
    own = RANKS.get(operator.role, -1) if operator else -1
    if RANKS.get(role, 0) > own:
        raise NotAllowed("operator.above", role=role)


def proposed_login(name: str) -> str:
    """Propose a login for a name: its pinyin or its letters, "" when there are none (Li Min: limin)."""
    from unicodedata import normalize

    from deskapp.domain.search_text import name_keys

    keys = name_keys(name)
    plain = normalize("NFKD", keys[0] if keys else "").lower()
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())[:64]


def check_operator(operator: Operator) -> None:
    """Refuse an empty or spaced login, one with characters nobody sees, an unknown role."""
    login = operator.login
    if not login or any(c.isspace() or not c.isprintable() for c in login) or len(login) > 64:
        raise RuleBroken("operator.login", value=login)
    if operator.role not in ROLES:
        raise RuleBroken("operator.role", value=operator.role)


def check_password(password: str) -> None:
    """Refuse a password nobody should use: fewer than six characters."""
    if len(password) < 6:
        raise RuleBroken("operator.password_short", least=6)
