"""Whole numbers are for whose role sees them, and for whose work needs them now, which is written down (row P6)."""

from __future__ import annotations

import pytest

from deskapp.domain.phone_shown import told
from deskapp.services import calls, exports, slips, unmasking
from tests import builders

pytestmark = [pytest.mark.row("P6"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
NUMBER = "13800138000"


@pytest.mark.parametrize(
    ("normal", "raw", "masked", "whole"),
    [
        ("+8613800138000", "13800138000", "138****8000", "138 0013 8000"),
        ("+862162345678", "", "021****5678", "021-6234 5678"),
        ("", "tel 8000", "****8000", "tel 8000"),
        ("", "", "", ""),
    ],
)
def test_a_number_is_told_whole_or_masked(normal, raw, masked, whole, desk):
    assert told(normal, raw, whole=False) == masked and told(normal, raw, whole=True) == whole


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("13800138000@139.com", "138****8000@139.com"),
        ("a13800138000 > b@c.cn", "a138****8000 > b@c.cn"),
        ("TS20261123-0001 113800138000", "TS20261123-0001 113800138000"),
    ],
)
def test_a_number_within_an_address_is_masked_too(text, left, desk, second_desk):
    assert (unmasking.words(second_desk, text), unmasking.words(desk, text)) == (left, text)


@pytest.mark.parametrize("role", ["agent", "quality", "manager", "director", "admin"])
def test_the_role_decides_and_nobody_sees_nothing(desk, role):
    here = desk.signed_in(builders.an_operator(desk, role=role))
    whole = role in ("manager", "director", "admin")
    assert unmasking.number(here, "+8613800138000") == ("138 0013 8000" if whole else "138****8000")
    assert unmasking.number(here, "+8613800138000", needed=True) == "138 0013 8000"


def test_whoever_is_in_the_call_sees_its_number_and_nobody_else(desk, second_desk):
    call = builders.a_ring(desk, NUMBER)
    assert not unmasking.in_call(second_desk, call)
    taken = calls.take(second_desk, call)
    assert unmasking.in_call(second_desk, taken) and not unmasking.in_call(desk, taken)


def test_a_slip_read_on_the_glass_is_masked_and_one_that_leaves_is_written_down(desk, second_desk):
    ticket = builders.a_complaint(desk, builders.a_client(desk, "张伟明", NUMBER))
    assert "138 0013 8000" in slips.slip_text(desk, ticket.id)
    assert "138****8000" in slips.slip_text(second_desk, ticket.id)
    for here in (desk, second_desk):
        assert "138 0013 8000" in slips.save_slip(here, ticket.id).read_text(encoding="utf-8")
    looks = [
        change for _, act, change in builders.audit_of(desk, "client", ticket.client_id) if "unmask" in act
    ]
    assert looks == [{"numbers": 1, "for": "slip"}]


def test_an_export_of_calls_masks_whatever_number_it_is(desk, tmp_path):
    builders.a_ring(desk, "62345678")
    here = desk.signed_in(builders.an_operator(desk, role="quality"))
    exports.export(here, "calls", "csv", tmp_path / "calls.csv")
    text = (tmp_path / "calls.csv").read_text(encoding="utf-8-sig")
    assert "5678" in text and "62345678" not in text
