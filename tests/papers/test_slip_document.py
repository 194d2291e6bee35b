"""Every slip as a document: its fields, its lines to sign, its receipt; in every format (rows T2, T13, S2, F4)."""

from __future__ import annotations

import io

import docx as word
import openpyxl
import pendulum
import pytest

from deskapp.domain.document import Facts
from deskapp.domain.rows import TicketRow
from deskapp.domain.ticket import INTERNAL_KINDS, PREFIXES, Ticket
from deskapp.papers.docx import docx
from deskapp.papers.page import page
from deskapp.papers.pdf import pdf
from deskapp.papers.slip import SlipFacts
from deskapp.papers.slip_document import KINDS, document
from deskapp.papers.workbook import workbook
from tests.papers.test_docx import words_of
from tests.papers.test_pdf import pages_of

pytestmark = pytest.mark.row("R1", "T2", "T13", "S2", "F4")

TITLES = {
    "complaint": "客户投诉联系单",
    "followup_issue": "回访联系单",
    "repair": "客户维修受理单",
    "rectification": "整改通知书",
    "handoff": "协作联系单",
}
AT = pendulum.datetime(2026, 11, 23, 1, 42)


def a_slip(kind: str):
    ticket = Ticket(kind=kind, number="TS20261123-0001", description="卫生间漏水", received_at=AT, due_at=AT)
    row = TicketRow(
        ticket, client_name="张伟明", address="海棠湾 3-2-1101", department="工程部", responsible="赵刚"
    )
    return document(row, SlipFacts(company="海棠装饰", phones=("138 0013 8000",), filed_by="李敏"))


def test_there_is_a_slip_for_every_kind_of_ticket():
    assert {f"slip_{kind}" for kind in PREFIXES} == set(KINDS)


@pytest.mark.parametrize("kind", TITLES)
def test_a_slip_has_its_fields_signatures_and_receipt(kind):
    made = a_slip(kind)
    facts = {name: value for one in made.blocks if isinstance(one, Facts) for name, value in one.pairs}
    assert (made.title, made.number, made.company) == (TITLES[kind], "TS20261123-0001", "海棠装饰")
    assert (facts["客户"], facts["电话"], facts["责任人"]) == ("张伟明", "138 0013 8000", "赵刚")
    assert facts["解决时限"] == "2026-11-23 09:42"
    assert ("签收人" in facts, made.signatures[:2]) == (True, ("受理人", "责任人"))
    assert ("客户" in made.signatures) is (kind not in INTERNAL_KINDS)


@pytest.mark.parametrize("kind", TITLES)
def test_a_slip_says_the_same_in_every_format(kind):
    made = a_slip(kind)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(made))).active
    texts = [
        "".join(pages_of(pdf(made))),
        words_of(word.Document(io.BytesIO(docx(made)))),
        "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row),
        "\n".join(page(made, 78)),
    ]
    for text in texts:
        for words in (
            TITLES[kind],
            "TS20261123-0001",
            "张伟明",
            "海棠湾 3-2-1101",
            "卫生间漏水",
            "回执",
            "签收时间",
            "赵刚",
        ):
            assert words in text
        assert "责任人:____" in text


@pytest.mark.parametrize("kind", TITLES)
def test_a_slip_is_one_page(kind):
    assert len(pages_of(pdf(a_slip(kind)))) == 1
