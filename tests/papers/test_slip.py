"""The slip as plain text: every fact on it, every line of one width, nothing in it that acts on a printer."""

import unicodedata
from dataclasses import replace
from datetime import date

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp import i18n
from deskapp.domain.repair import Repair, RepairRow
from deskapp.domain.rows import TicketRow
from deskapp.domain.ticket import Ticket
from deskapp.papers.slip import SlipFacts, cells, clean, slip, slip_lines, wrap

pytestmark = pytest.mark.row("T2")

NOW = pendulum.datetime(2026, 11, 23, 1, 42, 10)
TICKET = Ticket(
    number="TS20261123-0001",
    category="漏水渗水",
    severity="major",
    subject="卫生间漏水",
    description="楼下邻居天花板渗水,要求尽快维修。\n已经打过两次电话。",
    demand="三天内修好",
    received_at=NOW,
    respond_by=NOW.add(hours=24),
    due_at=NOW.add(days=5),
    repeat_no=1,
)
ROW = TicketRow(TICKET, "张伟明", "海棠湾 3-2-1101", "赵刚", "工程部")
FACTS = SlipFacts("海棠装饰", ("138 0013 8000",), "李敏", repeat_of="TS20261120-0003")

words = st.text(max_size=200)


def table_of(lines):
    return [line for line in lines if line[:1] in "+|"]


@pytest.fixture(autouse=True)
def chinese():
    i18n.use("zh")
    yield
    i18n.use("zh")


@pytest.mark.parametrize(
    "fact",
    ["海棠装饰", "《客户投诉联系单》", "TS20261123-0001", "2026-11-23 09:42", "张伟明", "138 0013 8000"]
    + ["海棠湾 3-2-1101", "电话", "漏水渗水", "较重", "卫生间漏水", "已经打过两次电话。", "三天内修好"]
    + ["工程部", "赵刚", "2026-11-24 09:42", "2026-11-28 09:42", "李敏", "第 2 次", "TS20261120-0003"],
)
def test_every_fact_is_on_it(fact):
    assert fact in slip(ROW, FACTS)


def test_in_english_the_labels_are_english():
    i18n.use("en")
    assert "CLIENT COMPLAINT SLIP" in slip(ROW, FACTS)
    assert "Respond by" in slip(ROW, FACTS)


@pytest.mark.parametrize("width", [36, 46, 60, 76, 100])
def test_the_lines_of_the_table_are_of_one_width(width):
    assert {cells(line) for line in table_of(slip_lines(ROW, FACTS, width))} == {width}


@given(words, words, words, st.integers(36, 120))
def test_whatever_was_typed_stays_in_its_column(name, subject, description, width):
    ticket = replace(TICKET, subject=subject, description=description)
    lines = slip_lines(replace(ROW, ticket=ticket, client_name=name), FACTS, width)
    assert {cells(line) for line in table_of(lines)} == {width}
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for line in lines for c in line)


@given(words, st.integers(2, 60))
def test_wrapping_loses_no_character_and_fits(text, width):
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    kept = "".join("".join(lines).split())
    assert kept == "".join(clean("\n".join(text.splitlines())).split())


def test_a_comma_does_not_begin_a_line():
    assert wrap("一二三四五,六七", 10) == ["一二三四", "五,六七"]


def test_what_has_no_number_yet_says_so():
    assert "保存后编号" in slip(replace(ROW, ticket=replace(TICKET, number="")), FACTS)


REPAIR = Repair(
    scope="waterproof", in_warranty=True, warranty_until=date(2029, 1, 10), crew="钱家班",
    appointment_at=NOW.add(days=1), work_done="重做了防水", cost=12050,
)  # fmt: skip


@pytest.mark.row("T13")
@pytest.mark.parametrize("width", [30, 60, 76])
def test_a_repair_says_warranty_who_comes_when_and_asks_for_the_clients_score(width):
    row = replace(ROW, ticket=replace(TICKET, kind="repair", number="WX20261123-0001"))
    facts = replace(FACTS, repair=RepairRow(REPAIR, row, "钱强"))
    lines = slip_lines(row, facts, width)
    text = "".join(lines).replace(" ", "").replace("|", "")
    for fact in (
        "《客户维修受理单》",
        "防水",
        "2029-01-10",
        "2026-11-2409:42",
        "钱强",
        "钱家班",
        "重做了防水",
        "120.50元",
    ):
        assert fact in text
    assert "[]5分" in text and "客户意见" in text and "重复投诉" not in text
    assert {cells(line) for line in table_of(lines)} == {width}


@pytest.mark.row("T14", "S2")
@pytest.mark.parametrize("kind", ["handoff", "rectification"])
def test_what_a_colleague_answers_asks_no_client(kind):
    row = replace(ROW, ticket=replace(TICKET, kind=kind, demand="", respond_by=None, resolution="已付清"))
    text = slip(row, FACTS)
    assert "已付清" in text and "2026-11-28 09:42" in text
    assert [
        word for word in ("客户确认", "首次响应", "响应时限", "投诉内容", "客户要求") if word in text
    ] == []
