"""Documents and action items: numbers, checks, how pressing an item is (row K4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import office_document as rules
from deskapp.domain.errors import RuleBroken
from deskapp.domain.office_document import ActionItem, OfficeDocument

pytestmark = pytest.mark.row("K4")
DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "poem"}, "document.kind_unknown"),
        ({"title": " "}, "document.title_missing"),
        ({"day": date.min}, "document.day_missing"),
        ({"title": "字" * 121}, "document.title_long"),
        ({"people": "字" * 501}, "document.people_long"),
        ({"body": "字" * 20_001}, "document.body_long"),
    ],
)
def test_documents_that_are_refused(changes, code) -> None:
    rules.check_document(OfficeDocument(title="例会", day=DAY))
    with pytest.raises(RuleBroken, match=code.replace(".", r"\.")):
        rules.check_document(OfficeDocument(**({"title": "例会", "day": DAY} | changes)))


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (ActionItem(words=" ", due_on=DAY), "action_item.words_missing"),
        (ActionItem(words="字" * 301, due_on=DAY), "action_item.words_long"),
        (ActionItem(words="写"), "action_item.due_missing"),
    ],
)
def test_items_that_are_refused(item, code) -> None:
    with pytest.raises(RuleBroken, match=code.replace(".", r"\.")):
        rules.check_item(item)


@pytest.mark.parametrize(
    ("state", "days", "urgency"),
    [
        *[
            ("open", days, word)
            for days, word in ((-1, "late"), (0, "due"), (1, "soon"), (3, "soon"), (4, ""))
        ],
        *[("handed", -1, "late"), ("done", -1, ""), ("dropped", 0, "")],
    ],
)
def test_how_pressing_an_item_is(state, days, urgency) -> None:
    assert ActionItem(state=state, due_on=DAY + timedelta(days)).urgency(DAY) == urgency


def test_people_are_parted_by_whatever_people_type() -> None:
    assert rules.people_of("李敏、刘敏,周琪;李敏 方蕾") == ("李敏", "刘敏", "周琪", "方蕾")
    assert rules.people_of(" ") == ()


@given(st.text(max_size=40))
def test_what_is_kept_can_be_printed(typed) -> None:
    kept = rules.one_line(typed)
    assert kept == rules.one_line(kept)
    assert not any(ord(one) < 32 or 0xD800 <= ord(one) < 0xE000 for one in kept)
    assert "\r" not in rules.plain(typed)
    assert rules.number("20261123", 7) == "WJ20261123-0007"
