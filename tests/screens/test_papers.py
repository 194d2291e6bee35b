"""Papers by keys: previewed, written, issued, corrected, exported, their templates replaced; slips in any format."""

from __future__ import annotations

from datetime import date

import pytest

from deskapp.screens.paper import IssuedPaperScreen, PreviewScreen
from deskapp.screens.papers import PapersScreen
from deskapp.services import papers
from tests import builders
from tests.papers.test_docx import a_template
from tests.screens.pilot import console, press, seen, settle, shows, until, write

pytestmark = [pytest.mark.row("R1"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
KIND = "followups_weekly"


async def at_papers(app, pilot) -> None:
    await press(app, pilot, "f8", "p")
    await until(app, pilot, lambda: isinstance(app.screen, PapersScreen), "papers")


async def test_a_paper_goes_from_preview_to_its_file_by_keys(desk, tmp_path):
    async with console(desk, size=(80, 24), folder=tmp_path) as (app, pilot):
        await at_papers(app, pilot)
        assert "还没有签发过报表" in seen(app)
        glass = await press(app, pilot, "n", "left_square_bracket")
        assert "每周客户回访情况汇报" in glass and "2026 年第 47 周" in glass and "应于 11-20" in glass
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, PreviewScreen), "preview")
        await shows(app, pilot, "编号:(签发后编号)")
        assert "│ 应回访 " in seen(app)
        await press(app, pilot, "e")
        await write(app, pilot, "本周平稳")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已保存填写的部分")
        await press(app, pilot, "end")
        await shows(app, pilot, "本周平稳")
        await press(app, pilot, "i", "ctrl+s")
        await until(app, pilot, lambda: isinstance(app.screen, IssuedPaperScreen), "issued")
        await press(app, pilot, "home")
        await shows(app, pilot, "编号:BB20261123-0001")
        await press(app, pilot, "x", "w")
        path = tmp_path / "papers" / "BB20261123-0001.docx"
        await until(app, pilot, path.exists, "the file")
        await press(app, pilot, "escape")
        await shows(app, pilot, "迟 3 天")
        assert "2026-W47" in seen(app)


async def test_a_correction_asks_why_and_both_revisions_can_be_read(desk):
    first = papers.issue(desk, KIND, date(2026, 11, 18))
    async with console(desk, language="en") as (app, pilot):
        await at_papers(app, pilot)
        await press(app, pilot, "enter")
        await shows(app, pilot, first.number)
        await press(app, pilot, "c", "i", "ctrl+s")
        await shows(app, pilot, "Reason")
        assert papers.Issued(desk).count() == 1, "not without a reason"
        await write(app, pilot, "one figure was wrong")
        await press(app, pilot, "ctrl+s")
        await until(
            app, pilot, lambda: len(papers.revisions(desk, KIND, date(2026, 11, 18))) == 2, "revision"
        )
        await until(app, pilot, lambda: isinstance(app.screen, IssuedPaperScreen), "issued")
        await press(app, pilot, "v")
        await shows(app, pilot, "Reason: one figure was wrong")
        await press(app, pilot, "down", "enter")
        await until(app, pilot, lambda: getattr(app.screen, "paper_id", 0) == first.id, "the first")


async def test_overtaken_by_another_desk_one_is_told_who_has_issued(desk, second_desk):
    async with console(desk) as (app, pilot):
        app.push_screen(PreviewScreen(KIND, date(2026, 11, 18)))
        await shows(app, pilot, "未签发")
        await press(app, pilot, "i")
        papers.issue(second_desk, KIND, date(2026, 11, 18))
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "别的控制台刚刚签发了这一期:BB20261123-0001")
        assert isinstance(app.screen, PreviewScreen)
        await shows(app, pilot, "已签发 BB20261123-0001")


async def test_a_template_is_replaced_by_keys_and_a_wrong_one_is_refused_at_its_field(desk, tmp_path):
    wrong, right = tmp_path / "a.docx", tmp_path / "b.docx"
    wrong.write_bytes(a_template("{{ oops }}"))
    right.write_bytes(a_template("{{ title }} {{ body }}"))
    async with console(desk, folder=tmp_path) as (app, pilot):
        await at_papers(app, pilot)
        await press(app, pilot, "t", "u")
        await write(app, pilot, str(wrong))
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "oops")
        await press(app, pilot, *["backspace"] * len("a.docx"))
        await write(app, pilot, "b.docx")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "今后用这个模板")
        await press(app, pilot, "o")
        await until(app, pilot, (tmp_path / "templates" / f"{KIND}.docx").exists, "written out")
        await press(app, pilot, "d")
        await shows(app, pilot, "改回自带模板")


@pytest.mark.row("T2")
@pytest.mark.parametrize(("key", "ending"), [("enter", "pdf"), ("x", "xlsx"), ("t", "txt")])
async def test_a_slip_is_saved_in_the_format_that_is_chosen(desk, tmp_path, key, ending):
    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path, size=(80, 24)) as (app, pilot):
        app.open_ticket(ticket.id)
        await settle(app, pilot)
        await press(app, pilot, "k", key)
        path = tmp_path / "slips" / f"{ticket.number}.{ending}"
        await until(app, pilot, path.exists, "the slip")
        await shows(app, pilot, "联系单已存")
