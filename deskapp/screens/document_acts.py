"""What is done with documents and action items, from any screen: ask, save, say (row K4)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskapp.screens import document_forms as forms
from deskapp.screens.form_dialog import edit

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskapp.domain.attachment import Attachment
    from deskapp.domain.office_document import ActionItem, ItemRow, OfficeDocument
    from deskapp.screens.base import Framed

    Then = Callable[[Any], object]


def show(screen: Framed, document_id: int) -> None:
    """Open one document over any screen."""
    from deskapp.screens.document import DocumentScreen

    screen.app.push_screen(DocumentScreen(document_id))


def write(screen: Framed, document: OfficeDocument, then: Then | None = None) -> None:
    """Write a new document, or change one."""
    desk = screen.desk

    def fresh() -> OfficeDocument:
        if not document.id:
            return document
        with desk.read() as work:
            return work.documents.find(document.id)

    def saved(one: OfficeDocument) -> None:
        screen.app.say("document.saved", number=one.number)
        if then is not None:
            then(one)

    save = partial(forms.DocumentDialog.save, desk)
    edit(screen, document, forms.DocumentDialog, save, fresh, then=saved)


def item(screen: Framed, one: ActionItem, staff: str, document: str, then: Then) -> None:
    """Add an action item, or change one."""
    desk = screen.desk
    facts = forms.ItemFacts(one, staff, document)

    def fresh() -> forms.ItemFacts:
        with desk.read() as work:
            found = work.action_items.find(one.id) if one.id else one
            member = work.staff.get(found.staff_id)
        return replace(facts, item=found, staff=member.name if member else "")

    save = partial(forms.ItemDialog.save, desk)
    edit(screen, facts, partial(forms.ItemDialog, desk), save, fresh, then=then)


def settle(screen: Framed, row: ItemRow, then: Then) -> None:
    """End an item with what came of it; one that is over is opened again."""
    from deskapp.services import action_items

    desk = screen.desk
    if not row.item.waits:
        screen.act(lambda: action_items.reopen(desk, row.item), then)
        return
    save = partial(forms.SettleDialog.save, desk)
    edit(screen, row, forms.SettleDialog, save, lambda: _fresh(screen, row), then=then)


def hand_over(screen: Framed, row: ItemRow, then: Then) -> None:
    """Hand an open item to a department."""
    desk = screen.desk
    if row.item.state != "open":
        open_ticket(screen, row)
        return

    def handed(ticket: Any) -> None:
        screen.app.say("action_item.handed_over", number=ticket.number)
        then(ticket)

    save = partial(forms.HandOverDialog.save, desk)
    edit(screen, row, partial(forms.HandOverDialog, desk), save, lambda: _fresh(screen, row), then=handed)


def open_ticket(screen: Framed, row: ItemRow) -> None:
    """Open the ticket an item was handed over by."""
    if row.item.ticket_id is None:
        screen.app.say("action_item.no_ticket")
    else:
        screen.app.open_ticket(row.item.ticket_id)


def _fresh(screen: Framed, row: ItemRow) -> ItemRow:
    with screen.desk.read() as work:
        return work.action_items.rows([work.action_items.find(row.item.id)])[0]


def save_file(screen: Framed, attachment: Attachment) -> None:
    """Write a copy of a file into a folder one names."""
    desk = screen.desk
    folder = str(desk.desk_dir or Path.home())

    def saved(path: Path) -> None:
        screen.app.say("document.file_saved", path=str(path))

    edit(
        screen,
        attachment,
        lambda one: forms.SaveFileDialog(one, folder),
        partial(forms.SaveFileDialog.save, desk),
        lambda: attachment,
        then=saved,
    )


def export(screen: Framed, document_id: int) -> None:
    """Write a document as pdf, docx or xlsx."""
    from deskapp.screens.paper_dialogs import export_with
    from deskapp.services import documents

    desk = screen.desk
    export_with(screen, lambda form: documents.export(desk, document_id, form))
