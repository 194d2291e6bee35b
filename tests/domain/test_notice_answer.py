"""What a service's answer to a notice means: yes only where it says yes in its own way (row N1)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.notice_answer import LASTING, ROBOTS, TEMPORARY, of_body, of_status

pytestmark = pytest.mark.row("N1")


@pytest.mark.parametrize(
    ("scheme", "body", "code", "kind"),
    [
        ("wecombot", '{"errcode":0,"errmsg":"ok"}', "", ""),
        ("wecombot", '{"errcode":93000,"errmsg":"invalid webhook url"}', "refused", LASTING),
        ("wecombot", '{"errcode":45009,"errmsg":"api freq out of limit"}', "busy", TEMPORARY),
        ("wecombot", '{"errcode":-1,"errmsg":"system busy"}', "busy", TEMPORARY),
        ("wecombot", '{"errcode":48002,"errmsg":"something new"}', "refused", TEMPORARY),
        ("dingtalk", '{"errcode":"0"}', "", ""),
        ("dingtalk", '{"errcode":310000,"errmsg":"keywords not in content"}', "refused", LASTING),
        ("dingtalk", '{"errcode":130101,"errmsg":"send too fast"}', "busy", TEMPORARY),
        ("feishu", '{"code":0,"msg":"success","data":{}}', "", ""),
        ("feishu", '{"StatusCode":0,"StatusMessage":"success"}', "", ""),
        ("feishu", '{"code":19021,"msg":"sign match fail"}', "refused", LASTING),
        ("Feishu", '{"code":11232,"msg":"frequency limited"}', "busy", TEMPORARY),
        ("wecombot", "", "garbage", TEMPORARY),
        ("wecombot", "<html>sign in to the network</html>", "garbage", TEMPORARY),
        ("wecombot", "[]", "garbage", TEMPORARY),
        ("dingtalk", "{}", "garbage", TEMPORARY),
        ("feishu", "[" * 100_000, "garbage", TEMPORARY),
        ("json", "", "", ""),
        ("json", "<html>thank you</html>", "", ""),
        ("json", '{"code":200,"msg":"ok"}', "", ""),
        ("json", '{"errcode":40001,"errmsg":"invalid credential"}', "refused", TEMPORARY),
        ("json", '{"success":false,"message":"no balance"}', "refused", TEMPORARY),
    ],
)
def test_what_an_answer_under_a_yes_means(scheme, body, code, kind):
    found = of_body(scheme, body.encode())
    assert (found.code, found.kind) == (code, kind) if code else found is None


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        *((400, "refused", LASTING), (401, "token", TEMPORARY), (403, "token", TEMPORARY)),
        *((404, "path", TEMPORARY), (410, "refused", LASTING), (418, "refused", TEMPORARY)),
        *((429, "busy", TEMPORARY), (500, "broken", TEMPORARY), (503, "broken", TEMPORARY)),
    ],
)
def test_what_another_status_means(status, code, kind):
    found = of_status(status)
    assert (found.code, found.kind) == (code, kind) and str(status) in found.why


@given(st.sampled_from(sorted(ROBOTS)), st.binary(max_size=300))
def test_no_garbage_is_a_yes_of_a_robot(scheme, body):
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    said = isinstance(found, dict) and any(name in found for name in ROBOTS[scheme])
    refusal = of_body(scheme, body)
    assert said or (refusal is not None and refusal.code in ("garbage", "refused"))


@given(st.sampled_from(sorted(ROBOTS)), st.integers(1, 999_999), st.text(max_size=400))
def test_its_own_words_are_kept_and_none_too_long(scheme, code, words):
    body = json.dumps({ROBOTS[scheme][0]: code, "errmsg": words}).encode()
    refusal = of_body(scheme, body)
    assert refusal is not None and refusal.why.startswith(str(code)) and len(refusal.why) <= 310
