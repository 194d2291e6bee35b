"""What papers say equals what is counted again, on both databases; every kind is made of nothing, and of a morning."""

from __future__ import annotations

import io
from dataclasses import astuple, replace
from datetime import date

import openpyxl
import pytest

from deskapp.clock import StillClock
from deskapp.config import Config
from deskapp.domain.document import Chart, Facts, Table, Words, from_data, to_data
from deskapp.domain.period import period_of
from deskapp.i18n import knows, say, use
from deskapp.services import figure_words, figures, papers, sample
from deskapp.services.papers import dues, files, late
from deskapp.wiring import open_desk
from tests import builders
from tests.papers.test_pdf import pages_of
from tests.services.paper_data import Again, fill

pytestmark = [pytest.mark.row("R1"), pytest.mark.xdist_group("sample")]
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
MONTH = period_of("month", date(2026, 10, 9))


def tables_of(document) -> dict[str, Table]:
    return {block.caption: block for block in document.blocks if isinstance(block, Table)}


def facts_of(document) -> dict[str, str]:
    return {
        name: value for block in document.blocks if isinstance(block, Facts) for name, value in block.pairs
    }


def table(document, code: str, **facts) -> Table:
    return tables_of(document)[say(f"paper_parts.caption.{code}", **facts)]


@pytest.fixture
def company(desk, clock):
    """Two months in Berlin, whose summer ends on the 25th of October; read on the third of November."""
    desk = replace(desk, policy=replace(desk.policy, timezone="Europe/Berlin"))
    clock.at = clock.at.subtract(days=20)
    fill(desk, 5, 48)
    return desk


@pytest.mark.row("S1", "S2", "S4", "F6")
def test_every_count_is_what_python_counts(company):
    for period in (MONTH, period_of("week", date(2026, 10, 25)), period_of("day", date(2026, 11, 1))):
        again, bounds = Again(company, period), period.bounds(company.policy.timezone)
        days = period.first, period.last
        with company.read() as work:
            counts = work.paper_counts
            assert {k: astuple(v) for k, v in counts.tickets(*bounds).items()} == again.tickets_by_kind()
            assert counts.begun_and_completed(*days) == again.begun_and_completed()
            assert {k: astuple(v) for k, v in counts.milestones(*days).items()} == again.points()
            assert {k: astuple(v) for k, v in counts.payments(*days).items()} == again.money()
            assert astuple(counts.inspections(*days)) == again.inspected()
            assert counts.sites_not_inspected(*days) == len(again.not_inspected())
            for trade in ("designer", "crew"):
                found = counts.scores(trade, *bounds, 4)
                assert {k: astuple(v) for k, v in found.items()} == again.scores(trade)
            assert counts.praised(*bounds) == again.praised()
            assert counts.complained_of(*bounds) == again.complained_of()
            assert counts.planned_calls(*days) == again.planned_calls()
            assert len(counts.inspection_rows(*days, 10_000)) == again.inspected()[0]


def test_what_the_papers_print_is_what_was_counted(company):
    again = Again(company, MONTH)
    works = papers.preview(company, "works_monthly", MONTH.first).document
    begun, done = again.begun_and_completed()
    facts = facts_of(works)
    assert (facts["本期开工"], facts["本期完工"]) == (str(begun), str(done))
    assert facts["巡检次数"] == str(again.inspected()[0])
    points = {row[0]: row[1:] for row in table(works, "milestones").rows}
    assert points == {say(f"site.milestone.{kind}"): found for kind, found in again.points().items()}
    yuan = {row[0]: row[1:] for row in table(works, "money").rows}
    assert yuan == {
        say(f"site.payment.{kind}"): (due, fen / 100, paid, got / 100)
        for kind, (due, fen, paid, got) in again.money().items()
    }
    assert table(works, "money").total[2] == pytest.approx(sum(row[2] for row in yuan_rows(works)))
    service = papers.preview(company, "service_monthly", MONTH.first).document
    kinds = {row[0]: row[1:] for row in table(service, "tickets").rows}
    assert kinds == {say(f"ticket.kind.{kind}"): found for kind, found in again.tickets_by_kind().items()}
    check_kpis(company, service)
    viewing = facts_of(papers.preview(company, "viewing_monthly", MONTH.first).document)
    names = ("班次", "取消班次", "预订户数", "到场户数", "未到户数")
    assert tuple(int(viewing[name]) for name in names) == again.bus()
    plan = papers.preview(company, "month_plan", MONTH.first).document
    assert table(plan, "calls_ahead").total[1:] == (sum(again.planned_calls().values()),)
    quarter = table(papers.preview(company, "quarter_plan", MONTH.first).document, "calls_ahead")
    for row in (*quarter.rows, quarter.total):
        assert row[1] == sum(row[2:]), "the months of a quarter are the quarter"


def yuan_rows(document):
    return table(document, "money").rows


def check_kpis(desk, document) -> None:
    """The figures a paper prints are those of the service of figures, and each tells its formula with its numbers."""
    rows = {row[0]: row for row in table(document, "kpis").rows}
    board = figures.figures_of(desk, MONTH)
    checked = 0
    for line in board.lines:
        name = figure_words.name_of(line.measure)
        if name in rows:
            _, now, before, _, formula = rows[name]
            assert now == figure_words.value_words(line.measure, line.value)
            assert before == figure_words.value_words(line.measure, line.earlier)
            assert formula == figure_words.formula_words(desk, line)
            assert now in formula or line.measure.unit == "count"
            checked += 1
    assert checked == len(rows) >= 15


@sqlite_only
def test_impressions_by_designer_are_the_scores_clients_gave(company):
    again = Again(company, MONTH)
    scores = again.scores("designer")
    brief = papers.preview(company, "meeting_brief", MONTH.first).document
    with company.read() as work:
        names = {one.id: one.name for one in work.staff.all()}
    rows = table(brief, "impressions").rows
    assert sum(row[1] for row in rows) == sum(count for count, _, _ in scores.values())
    found = sorted((row[1], round(row[2], 6), round(row[3], 6)) for row in rows if row[1])
    assert found == sorted((c, round(t / c, 6), round(g / c, 6)) for c, t, g in scores.values())
    assert {row[0] for row in rows} <= {*names.values(), say("designers.nobody")}


def build(url: str) -> None:
    sample.found(open_desk(Config(url), clock=StillClock(builders.NOW))).store.close()


@pytest.fixture
def morning(template_database, clock):
    desk = builders.open_at(template_database("sample", build), clock, sample.DEMO_LOGIN)
    yield desk
    desk.store.close()


@pytest.mark.parametrize("code", papers.KINDS)
def test_every_paper_is_made_of_nothing(desk, code):
    document = papers.preview(desk, code, date(2026, 11, 23)).document
    assert from_data(to_data(document)) == document
    assert "" not in [block.caption for block in document.blocks if isinstance(block, Table | Chart | Words)]


@sqlite_only
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_paper_of_a_morning_is_written_in_every_format(morning, language):
    use(language)
    with morning.read() as work:
        trip = min(one.leaves_at for one in work.bus_trips.all() if one.state == "planned")
    days = dict.fromkeys(papers.KINDS, date(2026, 11, 18)) | {"viewing_day": morning.local(trip).date()}
    try:
        for code, kind in papers.KINDS.items():
            document = papers.preview(morning, code, days[code]).document
            assert any(block.rows for block in document.blocks if isinstance(block, Table)), code
            parts = [block.part for block in document.blocks if isinstance(block, Words) and block.part]
            assert sorted(parts) == sorted(kind.parts), "each part once"
            text = "".join(pages_of(files.render(document, "pdf")))
            assert document.title in text.replace("\r\n", "") and "\u27e6" not in text
            assert not [word for word in text.split() if knows(word.strip(".")) and "." in word], code
            book = openpyxl.load_workbook(io.BytesIO(files.render(document, "xlsx")))
            cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value]
            for block in document.blocks:
                assert not isinstance(block, Table) or block.columns[0] in cells
            assert files.render(document, "docx")
    finally:
        use("zh")


@sqlite_only
def test_a_paper_made_before_its_period_is_over_says_so(desk, clock):
    preview = papers.preview(desk, "service_weekly", date(2026, 11, 23))
    assert preview.document.period == "2026 年第 48 周 (11-23 至 11-29),截至 11-23"
    clock.at = clock.at.add(days=6)
    assert "截至 11-29" in papers.preview(desk, "service_weekly", date(2026, 11, 23)).document.period
    clock.at = clock.at.add(days=1)
    assert "截至" not in papers.preview(desk, "service_weekly", date(2026, 11, 23)).document.period
    assert "截至" not in papers.preview(desk, "month_plan", date(2026, 12, 1)).document.period


def test_what_is_due_is_open_until_it_is_issued_and_a_correction_opens_nothing(desk, clock):
    assert dues.open_dues(desk) == [], "nothing is due on the day the company begins"
    clock.at = clock.at.add(days=4)
    weekly = {"followups_weekly", "service_weekly", "inspections_weekly"}
    assert {one.due.kind.code for one in dues.open_dues(desk)} == weekly | {"month_plan"}
    assert {one.state for one in dues.open_dues(desk)} == {"due", "soon"}
    papers.issue(desk, "service_weekly", date(2026, 11, 27))
    papers.issue(desk, "service_weekly", date(2026, 11, 27), "漏了一项")
    assert {one.due.kind.code for one in dues.open_dues(desk)} == weekly - {"service_weekly"} | {"month_plan"}
    clock.at = clock.at.add(days=3)
    late_ones = [(one.due.kind.code, one.left) for one in dues.open_dues(desk) if one.state == "late"]
    assert sorted(late_ones) == [("followups_weekly", -3), ("inspections_weekly", -3)]
    agent = builders.seat(desk, builders.AGENT)
    assert "month_plan" not in {one.due.kind.code for one in dues.open_dues(agent)}, "the manager's"


@pytest.mark.row("N1")
def test_who_owes_a_late_paper_is_told_once(desk, second_desk, clock):
    member = builders.a_member(desk, "刘敏", "service")
    with desk.store.write("test") as work:
        agent = next(one for one in work.operators.all() if one.role == "agent")
        work.operators.save(replace(agent, staff_id=member.id))
    assert late.watch(desk) == 0
    clock.at = clock.at.add(days=7)
    assert late.watch(desk) == 3
    assert (late.watch(desk), late.watch(second_desk)) == (0, 0)
    papers.issue(desk, "service_weekly", date(2026, 11, 27))
    with desk.read() as work:
        told = [one for one in work.outbox.all() if one.reason == "paper.late"]
    assert {one.staff_id for one in told} == {member.id}
    assert {one.facts["due_on"] for one in told} == {"2026-11-27"}
    assert say("paper.title.service_weekly") in {one.facts["subject"] for one in told}


@sqlite_only
def test_the_sample_has_last_week_s_papers_issued_and_one_that_is_late(morning):
    rows = papers.Issued(morning).first(20)
    assert {row.paper.kind for row in rows} == {"followups_weekly", "service_weekly"}
    assert {row.late_days for row in rows} == {0}
    assert "截至 11-20" in papers.opened(morning, rows[0].paper.id)[1].period
    (one,) = dues.open_dues(morning)
    assert (one.due.kind.code, one.state) == ("inspections_weekly", "late")
