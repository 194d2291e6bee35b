"""Who can answer for a ticket, as choices: departments and their people, found by name, pinyin or trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskapp.i18n import say
from deskapp.widgets.form_choice import Choice
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.screens.known import Known

_MOST = 40


def answer_value(department_id: int | None, responsible_id: int | None) -> str:
    """Write department and person as one value a draft can keep."""
    return f"{department_id or ''}:{responsible_id or ''}"


def answer_of(value: object) -> tuple[int | None, int | None]:
    """Read department and person back; neither from anything else."""
    department, _, person = str(value or "").partition(":")
    return (
        int(department) if department.isdecimal() else None,
        int(person) if person.isdecimal() else None,
    )


def answer_label(department: str, responsible: str) -> str:
    """Department and person in one line, the person first."""
    return " · ".join(shown(name) for name in (responsible, department) if name)


class Answerers:
    """Finds who can answer; reads departments and staff once, when first asked."""

    def __init__(self, desk: Desk, known: Known | None = None) -> None:
        self.desk, self.known = desk, known
        self._known: list[tuple[str, Choice]] | None = None

    def __call__(self, typed: str) -> list[Choice]:
        """Those whose name, pinyin, department or trade has every word typed; a label typed whole asks for all."""
        if self._known is None:
            self._known = self._read() if self.known is None else self.known.ask("answerers", self._read)
        if any(choice.label == typed for _, choice in self._known):
            typed = ""
        words = typed.lower().replace("\u00b7", " ").split()
        return [choice for spoken, choice in self._known if all(word in spoken for word in words)][:_MOST]

    def _read(self) -> list[tuple[str, Choice]]:
        from deskapp.domain.search_text import pinyin_text

        with self.desk.read() as work:
            today = self.desk.local(work.now).date()
            departments = [one for one in work.departments.listed() if one.active]
            staff = [(d, member) for d in departments for member in work.staff.of(d.id, today)]
        found = []
        for department, member in staff:
            trade = say(f"staff.trade.{member.trade}")
            names = f"{member.name} {pinyin_text(member.name)} {department.name} {trade}".lower()
            label = answer_label(department.name, member.name)
            found.append((names, Choice(answer_value(department.id, member.id), label, detail=trade)))
        for department in departments:
            names = f"{department.name} {pinyin_text(department.name)} {department.code}".lower()
            found.append(
                (names, Choice(answer_value(department.id, None), answer_label(department.name, "")))
            )
        return found
