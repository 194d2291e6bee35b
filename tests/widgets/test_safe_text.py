import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from deskapp.widgets import signs
from deskapp.widgets.safe_text import cut, fit, shown, shown_in_place

anything = st.text(st.characters(exclude_categories=[]), max_size=60)


@pytest.fixture
def plain():
    signs.use_plain(True)
    yield
    signs.use_plain(False)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("张伟明", "张伟明"),
        ("[red]x[/]", "[red]x[/]"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\x07\x7f", "a␇␡"),
        ("a\x9b2Jb", "a\ufffd2Jb"),
        ("付款\u202e元001", "付款·元001"),
        ("\u2066a\u2069", "·a·"),
        ("a\u200bb\ufeff", "a·b·"),
        ("👨\u200d👩", "👨·👩"),
        ("❤\ufe0f", "❤"),
        ("\ud83d", "\ufffd"),
        ("a\nb", "a␊b"),
        ("a\u2028b", "a␤b"),
        ("e\u0301", "e\u0301"),
        ("z" + "\u0301" * 40, "z" + "\u0301" * 3),
        ("\u3164x", "·x"),
        ("葛\U000e0100", "葛"),
    ],
)
def test_what_is_hidden_is_shown(typed, seen):
    assert shown(typed) == seen


def test_newlines_are_kept_when_asked_for():
    assert shown("a\r\nb\tc\x1b", newlines=True) == "a\nb   c␛"


@given(anything)
def test_nothing_shown_acts_on_a_terminal_and_all_of_it_can_be_written(text):
    seen = shown(text)
    seen.encode("utf-8")
    assert not {unicodedata.category(c) for c in seen} & {"Cc", "Cs", "Zl", "Zp"}
    assert not any(
        unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for c in seen
    )
    assert shown(seen) == seen


@given(anything)
def test_shown_in_place_keeps_every_character_in_its_place(text):
    assert len(shown_in_place(text)) == len(text)
    assert "\x1b" not in shown_in_place(text)


@given(anything, st.integers(0, 40), st.sampled_from(["left", "right"]))
def test_a_fitted_text_takes_exactly_its_cells(text, cells, align):
    assert cell_len(fit(shown(text), cells, align)) == cells


@given(anything, st.integers(0, 40))
def test_a_cut_is_a_beginning_that_fits(text, cells):
    seen = shown(text)
    assert seen.startswith(cut(seen, cells))
    assert cell_len(cut(seen, cells)) <= cells


@pytest.mark.parametrize(
    ("text", "cells", "seen"),
    [
        ("张伟明", 6, "张伟明"),
        ("张伟明", 8, "张伟明  "),
        ("张伟明", 5, "张伟…"),
        ("张伟明", 4, "张… "),
        ("张伟明", 1, "…"),
        ("张伟明", 0, ""),
        ("abc", 2, "a…"),
    ],
)
def test_chinese_is_cut_between_its_cells(text, cells, seen):
    assert fit(text, cells) == seen


def test_plain_signs_are_ascii_and_calm_ambiguous_punctuation(plain):
    assert shown("“十点前”…") == '"十点前"~'
    assert all(signs.sign(name).isascii() for name in signs._PLAIN)


def test_both_sets_have_the_same_signs_of_one_cell():
    assert signs._PLAIN.keys() == signs._HANDSOME.keys()
    assert {cell_len(sign) for sign in [*signs._PLAIN.values(), *signs._HANDSOME.values()]} == {1}
