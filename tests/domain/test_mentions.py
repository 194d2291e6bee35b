"""Who is called on in words: colleagues by name or login, the longest name first, never a mail address (row T15)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.mentions import callable_names, mentioned
from deskapp.domain.operator import Operator

pytestmark = pytest.mark.row("T15")

OPERATORS = (
    Operator(id=1, login="limin", name="李敏"),
    Operator(id=2, login="liminhua", name="李敏华"),
    Operator(id=3, login="wang.fang", name="王芳"),
    Operator(id=4, login="wf2", name="王芳"),
    Operator(id=5, login="gone", name="陈建国", active=False),
    Operator(id=6, login="mary", name="Mary Smith"),
    Operator(id=7, login="", name=""),
)
NAMES = callable_names(OPERATORS)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@李敏 请看", {1}),
        ("请@李敏看一下", {1}),
        ("@李敏华,明天上门", {2}),
        ("@李敏、@李敏华", {1, 2}),
        ("＠李敏", {1}),
        ("@LiMin", {1}),
        ("@ｌｉｍｉｎ", {1}),
        ("@liminhua", {2}),
        ("@limin2", set()),
        ("@limin.", {1}),
        ("@limin,@wang.fang", {1, 3}),
        ("@limin请看", {1}),
        ("@王芳", {3, 4}),
        ("@Mary Smith can you", {6}),
        ("@mary smithson", {6}),
        ("@陈建国", set()),
        ("@gone", set()),
        ("limin@qq.com", set()),
        ("发到limin@limin.com", set()),
        ("zhang@李敏", set()),
        ("见 @limin.com", set()),
        ("@limin@qq.com", set()),
        ("@@limin", {1}),
        ("(@limin)", {1}),
        ("@ 李敏", set()),
        ("@", set()),
        ("", set()),
        ("李敏", set()),
    ],
)
def test_who_is_called_on(text, ids):
    assert mentioned(text, NAMES) == ids


@given(st.text())
def test_any_text_calls_on_known_people_or_nobody(text):
    assert mentioned(text, NAMES) <= {1, 2, 3, 4, 6}
    assert mentioned(text.replace("@", "").replace("\uff20", "").replace("\ufe6b", ""), NAMES) == set()


@given(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789._%+-", min_size=1),
    st.sampled_from([*NAMES, "qq.com", "limin.com"]),
)
def test_a_mail_address_calls_on_nobody(local, host):
    assert mentioned(f"{local}@{host}", NAMES) == set()


@given(st.text(alphabet=st.characters(exclude_characters="@\uff20\ufe6b")), st.text())
def test_after_a_space_a_chinese_name_is_always_heard(before, after):
    """Whatever stands round it, hostile or not: somebody of the longest name that stands there is called on."""
    found = mentioned(f"{before} @李敏{after}", NAMES)
    assert found & {1, 2}


@given(st.text(max_size=8), st.text(max_size=8), st.text())
def test_names_nobody_foresaw_break_nothing(name, login, text):
    names = callable_names([Operator(id=9, login=login, name=name)])
    assert mentioned(text, names) <= {9}
    assert mentioned(f"@{name}", names) <= {9}
