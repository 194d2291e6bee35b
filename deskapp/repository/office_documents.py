"""Documents of the department."""

from __future__ import annotations

from deskapp.domain import office_document
from deskapp.repository import tables
from deskapp.repository.base import Repository


class OfficeDocuments(Repository[office_document.OfficeDocument]):
    """Minutes, forms and files."""

    table, record, noun = tables.documents, office_document.OfficeDocument, "document"


class ActionItems(Repository[office_document.ActionItem]):
    """What meetings asked of people."""

    table, record, noun = tables.action_items, office_document.ActionItem, "action_item"
