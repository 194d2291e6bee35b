"""A person is taken out of what others wrote, and nobody who only bears the same name is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskapp.domain.erasure import ERASED
from deskapp.domain.forgotten import person_of, scrubbed_of

pytestmark = pytest.mark.row("P6")


def of(alone):
    phones = [("+8613711112222", "137-1111-2222")]
    return person_of(
        "张伟", phones, ["紫荆路九号", "zw@example.com"], ["TS20261123-0001"], () if alone else ("张伟",)
    )


@pytest.mark.parametrize(
    ("text", "alone", "left"),
    [
        ("张伟来电", True, f"{ERASED}来电"),
        ("张伟来电", False, "张伟来电"),
        ("张伟 13711112222", False, f"{ERASED} {ERASED}"),
        ("137 1111 2222 / 137****2222", False, f"{ERASED} / {ERASED}"),
        ("TS20261123-0001 张伟漏水", False, f"TS20261123-0001 {ERASED}漏水"),
        ("紫荆路九号", False, ERASED),
        ("13711112223 李芳", True, "13711112223 李芳"),
    ],
)
def test_marks_go_always_and_a_name_where_it_is_theirs(text, alone, left):
    assert of(alone).without(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("李明辉", "李明辉"),
        ("李明", ERASED),
        ("设计师李明辉,客户 李明", f"设计师李明辉,客户 {ERASED}"),
        ("李明来电", "李明来电"),
        ("李明 13711112222 设计师李明辉", f"{ERASED} {ERASED} 设计师李明辉"),
        ("李明(7)", f"{ERASED}(7)"),
    ],
)
def test_a_name_within_the_name_of_another_goes_only_where_it_stands_alone(text, left):
    whose = person_of("李明", [("+8613711112222", "13711112222")], [], [], ["李明辉", "王芳"])
    assert whose.without(text) == left


@pytest.mark.parametrize(
    ("text", "left"), [("Annabel Li", f"Annabel {ERASED}"), ("Lisa", "Lisa"), ("找Li谈", f"找{ERASED}谈")]
)
def test_a_name_in_letters_is_not_found_within_a_word(text, left):
    assert person_of("Li", [], [], []).without(text) == left


def test_a_row_with_a_case_of_theirs_loses_the_name_and_keeps_every_number():
    document = {"blocks": [{"rows": [["TS20261123-0001", "张伟", 3], ["TS20261123-0002", "张伟", 4]]}]}
    left = {"blocks": [{"rows": [["TS20261123-0001", ERASED, 3], ["TS20261123-0002", "张伟", 4]]}]}
    assert scrubbed_of(document, of(False)) == left


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=12,
    )
)
@settings(max_examples=60)
def test_what_does_not_name_them_stays_exactly_as_it_was(value):
    if not any(one in repr(value) for one in of(True).sought):
        assert scrubbed_of(value, of(True)) == value


def test_nothing_sought_is_within_another():
    sought = of(True).sought
    assert not any(one != other and one in other for one in sought for other in sought)
    assert "13711112222" in sought and "+8613711112222" not in sought
