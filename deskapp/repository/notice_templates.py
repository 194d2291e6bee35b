"""The words of notices."""

from __future__ import annotations

from deskapp.domain import notice_template
from deskapp.repository import tables
from deskapp.repository.base import Repository


class NoticeTemplates(Repository[notice_template.NoticeTemplate]):
    """Words by reason."""

    table, record, noun = tables.notice_templates, notice_template.NoticeTemplate, "notice_template"
