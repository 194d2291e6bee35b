"""Staff of a list: who, which trade, which department; departments nobody knows yet are opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from deskapp.domain.import_table import ParsedRow
from deskapp.domain.search_text import fold
from deskapp.domain.staff import Department, StaffMember
from deskapp.services.imports.sorting import Sorted, Sorter, digest


@dataclass(slots=True)
class StaffRow:
    """A member of staff to be taken on, and the department's name."""

    member: StaffMember
    department: str


class StaffSorter(Sorter):
    """A member is known by name and trade; two of one name and trade by their telephones."""

    def sort(self, rows: Sequence[ParsedRow]) -> Sorted:
        """Part new people from known ones."""
        found = Sorted()
        known: dict[tuple[str, str], set[str]] = {}
        for member in self.work.staff.all():
            known.setdefault((fold(member.name), member.trade), set()).add(fold(member.phone))
        for row in rows:
            values = row.values
            trade, phone = values.get("trade") or "other", values.get("phone") or ""
            phones = known.setdefault((fold(values["name"]), trade), set())
            if phones and (not phone or fold(phone) in phones or "" in phones):
                found.duplicates.append(row.row)
                continue
            phones.add(fold(phone))
            member = StaffMember(
                name=values["name"],
                trade=trade,
                title=values.get("title") or "",
                phone=phone,
                email=values.get("email") or "",
                channel="email" if values.get("email") else "none",
                joined_on=values.get("joined_on"),
            )
            found.new.append(StaffRow(member, values.get("department") or ""))
        return found

    def store(self, found: Sorted) -> None:
        """Open missing departments, then take everybody on."""
        new: list[StaffRow] = found.new
        departments: dict[str, int] = {}
        for department in self.work.departments.all():
            departments.setdefault(fold(department.code), department.id)
            departments[fold(department.name)] = department.id
        for name in dict.fromkeys(row.department for row in new if row.department):
            if fold(name) not in departments:
                code = name if len(name) <= 40 else digest("d", name)[:40]
                opened = self.work.departments.add(
                    Department(code=code, name=name, position=len(departments))
                )
                departments[fold(name)] = opened.id
        self.work.staff.add_many(
            [replace(row.member, department_id=departments.get(fold(row.department))) for row in new]
        )
