"""Documents of the sample morning: minutes whose items are due, a regulation under discussion, a form (row K4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from deskapp.domain.office_document import ActionItem, OfficeDocument
from deskapp.services import action_items, attachments, document_text, documents
from deskapp.services.planning import today_of

if TYPE_CHECKING:
    from deskapp.services.sample import Stage

AGENT, MANAGER = "limin", "fanglei"


def keep_documents(stage: Stage) -> None:
    """Write the documents, each on its day; the first has a file with it."""
    words = stage.words["documents"]
    made = [_written(stage, one) for one in words["list"]]
    stage.work.now = stage.now
    content = words["attached"].encode("utf-8")
    file = attachments.LocalFile(words["attached_name"], "csv", content)
    attachments.keep(stage.work, "document", made[0].id, [file])
    document_text.index_in(stage.work, made[0].id)
    stage.work.operator = stage.operators[AGENT]


def _written(stage: Stage, one: dict[str, Any]) -> OfficeDocument:
    work, today = stage.work, today_of(stage.desk, stage.now)
    stage.seat(MANAGER)
    day = today + timedelta(one["days"])
    work.now = stage.now.add(days=one["days"])
    named = {name: one[name] for name in ("kind", "title", "people", "body")}
    document = documents.add_in(work, stage.desk, OfficeDocument(day=day, **named))
    for words, trade, days, state, outcome in one["items"]:
        person = next((member for member in stage.staff if member.trade == trade), None)
        mine = stage.operators[AGENT].staff_id
        staff_id = person.id if person is not None else mine
        item = action_items.add_in(
            work,
            ActionItem(
                document_id=document.id, words=words, staff_id=staff_id, due_on=today + timedelta(days)
            ),
        )
        if state == "done":
            action_items.settle_in(work, stage.desk, item, state, outcome)
    return document
