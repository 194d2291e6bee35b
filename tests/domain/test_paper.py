"""When papers are due, and what may be written and issued."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain.calendar import day_kind
from deskapp.domain.document import from_data, to_data
from deskapp.domain.errors import RuleBroken
from deskapp.domain.paper import (
    IssuedPaper,
    PaperKind,
    PaperRow,
    check_issue,
    check_text,
    due_on,
    number,
)
from deskapp.services.papers import KINDS
from deskapp.services.papers.registry import builder_of
from tests.papers.documents import CHARTS, hostile, ordinary

pytestmark = pytest.mark.row("R1")


@pytest.mark.parametrize(
    ("period", "due", "day", "said"),
    [
        ("week", "friday", date(2026, 11, 25), date(2026, 11, 27)),
        ("week", "friday", date(2026, 10, 1), date(2026, 9, 30)),
        ("month", "end", date(2026, 11, 3), date(2026, 11, 30)),
        ("month", "end", date(2026, 10, 3), date(2026, 10, 30)),
        ("month", "after:3", date(2026, 11, 3), date(2026, 12, 3)),
        ("month", "first", date(2026, 12, 9), date(2026, 12, 1)),
        ("quarter", "end", date(2026, 11, 3), date(2026, 12, 31)),
        ("none", "", date(2026, 11, 3), None),
    ],
)
def test_due_days_are_working_days(period, due, day, said):
    kind = PaperKind("x", period, due)
    assert due_on(kind, kind.period_of(day)) == said


@settings(max_examples=60)
@given(st.dates(date(2024, 1, 1), date(2026, 12, 20)), st.sampled_from(["friday", "end", "first", "after:2"]))
def test_a_paper_is_due_on_a_working_day_near_its_period(day, due):
    kind = PaperKind("x", "week", due)
    period = kind.period_of(day)
    found = due_on(kind, period)
    assert day_kind(found).working
    assert period.first - timedelta(12) <= found <= period.last + timedelta(12)


def test_only_parts_of_the_paper_are_written_and_not_without_end():
    kind = PaperKind("x", parts=("remarks",))
    check_text(kind, "remarks", "好")
    for part, words, code in (("other", "", "paper.no_part"), ("remarks", "字" * 20_001, "paper.text_long")):
        with pytest.raises(RuleBroken, match=code):
            check_text(kind, part, words)


@pytest.mark.parametrize(
    ("revision", "seen", "reason", "code"),
    [
        (0, 0, "", ""),
        (1, 1, "漏了一项", ""),
        (1, 1, " ", "paper.reason_missing"),
        (1, 0, "", "paper.issued_already"),
        (2, 1, "漏了一项", "paper.issued_already"),
    ],
)
def test_what_may_be_issued(revision, seen, reason, code):
    latest = IssuedPaper(number="BB20261127-0001", revision=revision) if revision else None
    if not code:
        check_issue(latest, seen, reason)
        return
    with pytest.raises(RuleBroken, match=code):
        check_issue(latest, seen, reason)


def test_late_is_counted_from_the_day_it_was_due():
    paper = IssuedPaper(due_on=date(2026, 11, 20))
    assert [PaperRow(paper, issued_on=date(2026, 11, day)).late_days for day in (19, 20, 25)] == [0, 0, 5]
    assert PaperRow(IssuedPaper(), issued_on=date(2026, 11, 25)).late_days == 0


@pytest.mark.parametrize(
    "document", [ordinary(), ordinary(*CHARTS), hostile()], ids=["plain", "charts", "hostile"]
)
def test_a_document_is_read_as_it_was_written(document):
    import json

    assert from_data(json.loads(json.dumps(to_data(document)))) == document


@pytest.mark.parametrize(
    "data", [{}, {"kind": "x"}, {"kind": "x", "title": "y", "blocks": [{"block": "z"}]}, []]
)
def test_what_no_program_wrote_is_said_to_be_unreadable(data):
    with pytest.raises(RuleBroken, match=r"paper\.unreadable"):
        from_data(data)


def test_numbers_are_as_people_know_them():
    assert number("BB", "20261127", 1) == "BB20261127-0001"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_every_kind_is_declared_whole(kind):
    from deskapp.domain.paper import PERIODS
    from deskapp.i18n import LANGUAGES, area

    assert kind.period in PERIODS
    assert callable(builder_of(kind.code))
    codes = [kind.title_code, *(f"paper.part.{one}" for one in kind.parts)]
    codes += [f"paper.sign.{one}" for one in kind.signatures]
    for language in LANGUAGES:
        assert set(codes) <= area(language, "paper").keys()
