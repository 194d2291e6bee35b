"""The words of notices."""

from __future__ import annotations

from sqlalchemy import bindparam

from deskapp.domain import notice_template
from deskapp.repository import tables
from deskapp.repository.base import Repository


class NoticeTemplates(Repository[notice_template.NoticeTemplate]):
    """Words by reason."""

    table, record, noun = tables.notice_templates, notice_template.NoticeTemplate, "notice_template"

    def by_reason(self, reason: str) -> notice_template.NoticeTemplate | None:
        """The company's own words for a reason, if it has any."""
        return self.first(self.select().where(self.table.c.reason == bindparam("r")), r=reason)
