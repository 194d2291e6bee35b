"""A tag is the same however it was typed, and never holds what nobody sees (row T15)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.tag import MOST, asked, folded, normal

pytestmark = pytest.mark.row("T15")


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("漏水", "漏水"),
        (" #漏水 ", "漏水"),
        ("#漏水", "漏水"),
        ("ＶＩＰ", "vip"),
        ("VIP", "vip"),
        ("Straße", "strasse"),
        ("\u3000二次\u3000", "二次"),
        ("a" * MOST, "a" * MOST),
    ],
)
def test_the_same_tag_however_it_was_typed(typed, tag):
    assert normal(typed) == tag


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "ticket.tag_missing"),
        (" # ", "ticket.tag_missing"),
        ("漏 水", "ticket.tag_spaces"),
        ("漏\u3000水", "ticket.tag_spaces"),
        ("漏\n水", "ticket.tag_spaces"),
        ("漏\u200b水", "ticket.tag_spaces"),
        ("\x1b[31m", "ticket.tag_spaces"),
        ("\ud800", "ticket.tag_spaces"),
        ("a" * (MOST + 1), "ticket.tag_long"),
        ("\ufdfa" * 3, "ticket.tag_spaces"),
    ],
)
def test_what_is_no_tag(typed, code):
    with pytest.raises(RuleBroken) as refused:
        normal(typed)
    assert refused.value.code == code


@given(st.text(max_size=60))
def test_a_tag_stays_what_it_is(typed):
    """Written as stored it is written so for good: short, folded, nothing hidden in it."""
    assert folded(folded(typed)) == folded(typed)
    try:
        tag = normal(typed)
    except RuleBroken:
        return
    assert normal(tag) == tag == unicodedata.normalize("NFKC", tag)
    assert 0 < len(tag) <= MOST
    assert not any(c.isspace() or not c.isprintable() for c in tag)
    assert asked(f"#{tag}") == ((tag,), "")


@given(st.text())
def test_a_search_without_a_sign_is_left_as_it_was(typed):
    tags, rest = asked(typed)
    if not tags:
        assert rest == typed
    assert not any(tag.startswith("#") for tag in tags)


def test_tags_and_words_are_parted():
    assert asked("张伟 #漏水 #VIP 海棠") == (("漏水", "vip"), "张伟 海棠")
    assert asked("021-62345678#801") == ((), "021-62345678#801")
    assert asked("#") == (("",), "")
