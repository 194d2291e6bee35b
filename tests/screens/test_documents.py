"""Documents by keys: written, found by a file, items done and handed over, due above the queue (row K4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deskapp.domain.office_document import ActionItem, OfficeDocument
from deskapp.screens.action_items import ActionItemsScreen
from deskapp.screens.attachments import AttachmentsDialog
from deskapp.screens.document import DocumentScreen
from deskapp.screens.document_forms import (
    DocumentDialog,
    HandOverDialog,
    ItemDialog,
    SaveFileDialog,
    SettleDialog,
)
from deskapp.screens.document_paper import DocumentPaperScreen
from deskapp.screens.documents import DocumentsScreen
from deskapp.screens.paper_dialogs import FormatDialog
from deskapp.screens.queue import QueueScreen
from deskapp.services import action_items, documents
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("K4"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
TODAY = date(2026, 11, 23)


async def on(app, pilot, screen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)


def a_document(desk, *days, title="客服部周例会"):
    document = documents.save(desk, OfficeDocument(title=title, day=TODAY, people="李敏", body="讨论空鼓"))
    for place, day in enumerate(days, 1):
        one = ActionItem(document_id=document.id, words=f"第{place}项", due_on=TODAY + timedelta(day))
        action_items.save(desk, one)
    return document


async def test_minutes_from_the_first_key_to_print_and_search(desk, tmp_path):
    (tmp_path / "名单.md").write_text("欧阳海棠的工地", encoding="utf-8")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await press(app, pilot, "f10", "7")
        await on(app, pilot, DocumentsScreen)
        await shows(app, pilot, "还没有文件")
        await press(app, pilot, "n")
        await on(app, pilot, DocumentDialog)
        app.screen.form.fill({"title": "[b]周例会\x1b[31m", "people": "李敏、刘敏", "body": "讨论[red]空鼓"})
        await press(app, pilot, "ctrl+s")
        await on(app, pilot, DocumentScreen)
        await shows(app, pilot, "WJ20261123-0001")
        assert "讨论[red]空鼓" in seen(app)
        await press(app, pilot, "n")
        await on(app, pilot, ItemDialog)
        await press(app, pilot, "ctrl+s")
        assert isinstance(app.screen, ItemDialog)
        app.screen.form.fill({"words": "联系厂家", "due": "2026-11-22"})
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "迟 1 天")
        await press(app, pilot, "a")
        await on(app, pilot, AttachmentsDialog)
        app.screen.paths.fill(str(tmp_path / "名单.md"))
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "名单.md")
        await press(app, pilot, "escape")
        await shows(app, pilot, "内容可查(7 字)")
        await press(app, pilot, "s")
        await on(app, pilot, SaveFileDialog)
        app.screen.form.fill({"folder": str(tmp_path)})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, (tmp_path / "名单 (2).md").exists, "saved")
        await on(app, pilot, DocumentScreen)
        await press(app, pilot, "v")
        await on(app, pilot, DocumentPaperScreen)
        await shows(app, pilot, "2026-11-22 │ 待办")
        await press(app, pilot, "p")
        await on(app, pilot, FormatDialog)
        await press(app, pilot, "w")
        await until(app, pilot, (app.desk.desk_dir / "documents" / "WJ20261123-0001.docx").exists, "printed")
        await press(app, pilot, "escape", "d")
        await on(app, pilot, SettleDialog)
        await write(app, pilot, "已约周三")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已约周三")
        await press(app, pilot, "escape", "slash")
        await write(app, pilot, "欧阳海棠")
        await shows(app, pilot, "查到的 1")
        await write(app, pilot, "无")
        await shows(app, pilot, "查到的 0")


async def test_due_items_stand_above_the_queue_and_are_handed_over(desk):
    document = a_document(desk, -2, 0)
    department = builders.a_department(desk)
    async with console(desk, size=(120, 40)) as (app, pilot):
        await shows(app, pilot, "迟 2 天")
        assert "今天到期" in seen(app)
        assert "行动项 2" in seen(app)
        await press(app, pilot, "t")
        await on(app, pilot, ActionItemsScreen)
        await shows(app, pilot, "第1项")
        await press(app, pilot, "h")
        await on(app, pilot, HandOverDialog)
        app.screen.form.fill({"answers": f"{department.id}:", "answers.text": department.name})
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: app.screen.table.row_count == 1, "one is left")
        await press(app, pilot, "f")
        await until(
            app, pilot, lambda: app.screen.state == "handed" and app.screen.table.row_count == 1, "handed"
        )
        await shows(app, pilot, "XZ20261123-0001")
        await press(app, pilot, "f2")
        await on(app, pilot, QueueScreen)
        await until(app, pilot, lambda: len(app.screen.papers.items) == 1, "the strip follows")
        await press(app, pilot, "t")
        await on(app, pilot, DocumentScreen)
        await shows(app, pilot, "XZ20261123-0001")
        await press(app, pilot, "end", "d")
        await on(app, pilot, SettleDialog)
        await write(app, pilot, "写好了")
        await press(app, pilot, "ctrl+s", "escape")
        await until(
            app, pilot, lambda: isinstance(app.screen, QueueScreen) and not app.screen.papers.items, "done"
        )
    assert [row.item.state for row in documents.opened(desk, document.id).items] == ["handed", "done"]


@pytest.mark.parametrize(("size", "language"), [((80, 24), "en"), ((120, 40), "zh")])
async def test_the_pictures(desk, second_desk, size, language):
    a_document(desk, -1, title="第一份")
    other = a_document(desk, title="第二份")
    async with console(desk, size=size, language=language) as (app, pilot):
        await press(app, pilot, "f10", "7")
        await shows(app, pilot, "第二份")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: app.screen.table.row_count == 1, "retired")
        assert "第二份" not in seen(app)
        await press(app, pilot, "v")
        await shows(app, pilot, "第二份")
        await press(app, pilot, "x")
        await until(app, pilot, lambda: app.screen.table.row_count == 0, "restored")
        await press(app, pilot, "escape", "3")
        await until(app, pilot, lambda: app.screen.table.row_count == 0, "no forms")
        await press(app, pilot, "escape")
        await until(app, pilot, lambda: app.screen.table.row_count == 2, "all")
        documents.save(second_desk, OfficeDocument(title="别处写的", day=TODAY))
        await shows(app, pilot, "别处写的")
        await press(app, pilot, "escape")
        await on(app, pilot, QueueScreen)
    assert documents.opened(desk, other.id).document.active
