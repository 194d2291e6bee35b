"""Papers at work: previewed, written, issued once under a number, corrected, kept as issued, exported."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import docx as word
import openpyxl
import pytest

from deskapp.domain.document import Words
from deskapp.domain.errors import Conflict, RuleBroken, StorageFailed
from deskapp.services import papers, slips
from deskapp.services.papers import files, templates
from tests import builders
from tests.papers.test_docx import a_template, words_of
from tests.papers.test_pdf import pages_of

pytestmark = pytest.mark.row("R1")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
KIND, WEEK = "followups_weekly", date(2026, 11, 18)
MONDAY = date(2026, 11, 16)


def text_of(document) -> str:
    return "\n".join(block.words for block in document.blocks if isinstance(block, Words))


def test_a_paper_is_previewed_written_issued_and_read_as_it_was(desk):
    papers.write_text(desk, KIND, WEEK, "remarks", " 本周平稳 ")
    preview = papers.preview(desk, KIND, WEEK)
    assert (preview.period.first, preview.due_on, preview.issued) == (MONDAY, date(2026, 11, 20), None)
    assert text_of(preview.document) == "本周平稳\n"
    paper = papers.issue(desk, KIND, WEEK)
    assert (paper.number, paper.revision, paper.first_on) == ("BB20261123-0001", 1, MONDAY)
    papers.write_text(desk, KIND, WEEK, "remarks", "后来改的")
    row, document = papers.opened(desk, paper.id)
    assert (document.number, document.made) == (paper.number, "李敏 制表 2026-11-23 09:42")
    assert text_of(document) == "本周平稳\n"
    assert (row.who, row.late_days) == ("李敏", 3)
    assert papers.preview(desk, KIND, WEEK).issued.number == paper.number


def test_a_correction_is_a_revision_with_a_reason_and_the_old_one_stays(desk):
    first = papers.issue(desk, KIND, WEEK)
    with pytest.raises(RuleBroken, match=r"paper\.reason_missing"):
        papers.issue(desk, KIND, WEEK)
    papers.write_text(desk, KIND, WEEK, "remarks", "补充")
    second = papers.issue(desk, KIND, WEEK, "漏了说明")
    assert (second.number, second.revision, second.replaces_id) == ("BB20261123-0002", 2, first.id)
    assert [row.paper.id for row in papers.revisions(desk, KIND, WEEK)] == [second.id, first.id]
    assert "BB20261123-0001" in papers.opened(desk, second.id)[1].footer
    assert text_of(papers.opened(desk, first.id)[1]) == "\n"
    listed = papers.Issued(desk)
    assert ([row.paper.id for row in listed.first(9)], listed.count()) == ([second.id], 1)


def test_two_desks_issue_at_once_one_wins_and_the_other_is_told(desk, second_desk):
    together = Barrier(2)

    def issue(one):
        together.wait()
        try:
            return papers.issue(one, KIND, WEEK, seen=0)
        except RuleBroken as told:
            return told

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(issue, (desk, second_desk)))
    told = [one for one in found if isinstance(one, RuleBroken)]
    assert [(one.code, one.facts["number"]) for one in told] == [("paper.issued_already", "BB20261123-0001")]
    assert papers.Issued(desk).count() == 1
    after = papers.issue(desk, KIND, date(2026, 11, 11))
    assert after.number == "BB20261123-0002", "no number was lost to the desk that came second"


def test_who_looked_at_an_older_revision_is_told_and_a_sent_again_key_makes_one(desk):
    first = papers.issue(desk, KIND, WEEK, key="a" * 32)
    assert papers.issue(desk, KIND, WEEK, key="a" * 32).id == first.id
    papers.issue(desk, KIND, WEEK, "一", seen=1)
    with pytest.raises(RuleBroken, match=r"paper\.issued_already"):
        papers.issue(desk, KIND, WEEK, "二", seen=1)


def test_two_write_the_same_part_and_nothing_is_lost(desk, second_desk):
    text = papers.write_text(desk, KIND, WEEK, "remarks", "甲", 0)
    with pytest.raises(Conflict) as told:
        papers.write_text(second_desk, KIND, WEEK, "remarks", "乙", 0)
    assert told.value.who == "李敏"
    again = papers.write_text(second_desk, KIND, WEEK, "remarks", "甲乙", text.version)
    assert (again.words, again.first_on) == ("甲乙", MONDAY)
    with pytest.raises(RuleBroken, match=r"paper\.no_part"):
        papers.write_text(desk, KIND, WEEK, "nonsense", "x")


@sqlite_only
def test_the_three_files_are_kept_with_the_paper_and_exported_as_they_were(desk):
    paper = papers.issue(desk, KIND, WEEK)
    with desk.read() as work:
        kept = {
            one.name: work.attachments.content(one.sha256) for one in work.attachments.of("paper", paper.id)
        }
    assert set(kept) == {f"BB20261123-0001.{form}" for form in ("xlsx", "docx", "pdf")}
    desk = replace(desk, company="改了名字")
    for form in ("xlsx", "docx", "pdf"):
        path = files.export(desk, paper.id, form)
        assert path == desk.desk_dir / "papers" / f"BB20261123-0001.{form}"
        assert path.read_bytes() == kept[path.name]
    assert builders.COMPANY in pages_of(kept["BB20261123-0001.pdf"])[0]
    sheet = openpyxl.load_workbook(io.BytesIO(kept["BB20261123-0001.xlsx"])).active
    assert sheet.cell(1, 1).value == builders.COMPANY
    with pytest.raises(RuleBroken, match=r"paper\.form_unknown"):
        files.export(desk, paper.id, "../exe")


@sqlite_only
def test_files_lost_on_the_way_are_made_from_what_was_issued(desk, monkeypatch):
    def gone(*_):
        raise StorageFailed("storage.lost")

    monkeypatch.setattr(files, "keep", gone)
    with pytest.raises(StorageFailed):
        papers.issue(desk, KIND, WEEK)
    monkeypatch.undo()
    (row,) = papers.Issued(desk).first(5)
    assert "BB20261123-0001" in pages_of(files.export(desk, row.paper.id, "pdf").read_bytes())[0]


@sqlite_only
def test_a_company_s_template_is_put_in_place_without_code_and_taken_back(desk, tmp_path):
    path = tmp_path / "函.docx"
    path.write_bytes(a_template("红头文件 {{ company }}", "{{ title }}", "{{ body }}"))
    assert templates.save(desk, KIND, path).name == "函.docx"
    paper = papers.issue(desk, KIND, WEEK)
    text = words_of(word.Document(files.export(desk, paper.id, "docx")))
    assert "红头文件 海棠装饰" in text and "回访类别" in text
    assert templates.write_out(desk, KIND).read_bytes() == path.read_bytes()
    assert templates.use_default(desk, KIND) and not templates.use_default(desk, KIND)
    later = papers.issue(desk, KIND, date(2026, 11, 11))
    assert "红头文件" not in words_of(word.Document(files.export(desk, later.id, "docx")))
    assert "红头文件" in words_of(word.Document(files.export(desk, paper.id, "docx"))), "kept as issued"


@sqlite_only
def test_a_wrong_template_is_refused_and_never_passed_over_in_silence(desk, tmp_path):
    path = tmp_path / "x.docx"
    path.write_bytes(a_template("{{ title }} {{ oops }}"))
    with pytest.raises(RuleBroken) as refused:
        templates.save(desk, KIND, path)
    assert (refused.value.code, refused.value.facts["name"]) == ("paper.template_unknown", "oops")
    assert templates.own(desk) == {}
    path.write_bytes(a_template("{{ facts['按期'] }}"))
    templates.save(desk, KIND, path)
    with desk.write("paper.template") as work:
        own = work.paper_templates.of(KIND)
        work.attachments.put("f" * 64, a_template("{{ facts['没有'] }}"))
        work.paper_templates.save(replace(own, sha256="f" * 64))
    with pytest.raises(RuleBroken, match=r"paper\.template_wrong"):
        papers.issue(desk, KIND, WEEK)
    assert papers.Issued(desk).count() == 0, "nothing is issued that cannot be written"


@sqlite_only
@pytest.mark.row("T2")
@pytest.mark.parametrize("form", ["txt", "docx", "pdf", "xlsx"])
def test_a_ticket_s_slip_is_written_in_every_format(desk, form, tmp_path):
    ticket = builders.a_complaint(desk)
    path = slips.save_slip(desk, ticket.id, form)
    assert path == desk.desk_dir / "slips" / f"{ticket.number}.{form}"
    if form == "docx":
        own = tmp_path / "单.docx"
        own.write_bytes(a_template("本公司联系单 {{ number }}", "{{ body }}"))
        templates.save(desk, "slip_complaint", own)
        text = words_of(word.Document(slips.save_slip(desk, ticket.id, form)))
        assert f"本公司联系单 {ticket.number}" in text and "卫生间漏水" in text
    if form == "pdf":
        assert ticket.number in pages_of(path.read_bytes())[0]


@sqlite_only
def test_lists_are_read_page_by_page_and_how_kinds_stand_is_said(desk):
    weeks = [date(2026, 11, 2 + 7 * n) for n in range(3)]
    made = [papers.issue(desk, KIND, day) for day in weeks]
    listed = papers.Issued(desk, KIND)
    rows = listed.first(2)
    assert [row.paper.id for row in rows] == [made[2].id, made[1].id]
    assert [row.paper.id for row in listed.after(rows[-1], 5)] == [made[0].id]
    assert [row.paper.id for row in listed.before(rows[-1], 5)] == [made[2].id]
    assert [row.paper.id for row in listed.last(1)] == [made[0].id]
    assert [row.paper.id for row in listed.at(1, 1)] == [made[1].id]
    assert papers.Issued(desk, "other").count() == 0
    kind = papers.kind_of(KIND)
    (before,) = papers.standing(desk, {KIND: kind.period_of(weeks[0])})
    (now,) = papers.standing(desk, {KIND: kind.period_of(date(2026, 11, 23))})
    assert (before.issued.paper.id, now.issued, now.due_on) == (made[0].id, None, date(2026, 11, 27))
    with pytest.raises(RuleBroken, match=r"paper\.kind_unknown"):
        papers.preview(desk, "other", WEEK)


@sqlite_only
def test_the_week_s_follow_ups_are_those_the_coverage_counts(desk):
    from deskapp.domain.coverage import Counts, Period
    from deskapp.domain.document import Table
    from deskapp.services import sample

    sample.fill(desk)
    with desk.read() as work:
        lines = work.coverage.lines(Period(MONDAY, date(2026, 11, 22)), date(2026, 11, 23), "purpose")
    assert lines
    total = sum((line.counts for line in lines), Counts())
    table = next(one for one in papers.preview(desk, KIND, WEEK).document.blocks if isinstance(one, Table))
    assert table.total[1:6] == (total.due, total.done, total.late, total.missed, total.overdue)
