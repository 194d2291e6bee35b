"""What a line does to its site: deposits and contracts, taken back when the line is (S4)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.register_effects import site_after
from deskapp.domain.site import STAGES, Site

pytestmark = pytest.mark.row("S4")
DAY, OTHER = date(2026, 11, 20), date(2026, 11, 2)


def paid(amount: int = 100, day: date = DAY, standing: str = "paid"):
    return {"amount": amount, "day": day, "standing": standing}


def talk(outcome: str, day: date = DAY):
    return {"outcome": outcome, "day": day}


def deposit_of(site: Site):
    return site.stage, site.deposit, site.deposit_date


@pytest.mark.parametrize(
    ("before", "after", "site", "wanted"),
    [
        (None, paid(), Site(), ("deposit", 100, DAY)),
        (None, paid(), Site(deposit=7), ("deposit", 7, DAY)),
        (None, paid(), Site(deposit=7, deposit_date=OTHER), ("deposit", 7, OTHER)),
        (None, paid(), Site(stage="building"), ("building", 100, DAY)),
        (paid(), paid(200), Site(deposit=100, deposit_date=DAY), ("deposit", 200, DAY)),
        (paid(), paid(200), Site(deposit=7, deposit_date=DAY), ("deposit", 7, DAY)),
        (paid(), None, Site(deposit=100, deposit_date=DAY), ("deposit", None, None)),
        (paid(), None, Site(deposit=7, deposit_date=OTHER), ("deposit", 7, OTHER)),
        (paid(), paid(standing="refunded"), Site(deposit=100, deposit_date=DAY), ("cancelled", 100, DAY)),
        (paid(), paid(standing="refunded"), Site(stage="signed", deposit=100, deposit_date=DAY),
         ("signed", 100, DAY)),
        (paid(standing="refunded"), paid(), Site(stage="cancelled", deposit=100, deposit_date=DAY),
         ("deposit", 100, DAY)),
    ],
)  # fmt: skip
def test_a_deposit_goes_to_its_site(before, after, site: Site, wanted) -> None:
    assert deposit_of(site_after("deposit", before, after, site)) == wanted


@pytest.mark.parametrize(
    ("before", "after", "site", "wanted"),
    [
        (None, talk("signed"), Site(), ("signed", DAY)),
        (None, talk("signed"), Site(stage="building"), ("building", DAY)),
        (None, talk("signed"), Site(stage="building", signed_on=OTHER), ("building", OTHER)),
        (None, talk("lost"), Site(), ("deposit", None)),
        (talk("signed"), talk("signed", OTHER), Site(stage="signed", signed_on=DAY), ("signed", OTHER)),
        (talk("signed"), talk("again"), Site(stage="signed", signed_on=DAY), ("deposit", None)),
        (talk("signed"), None, Site(stage="signed", signed_on=DAY), ("deposit", None)),
        (talk("signed"), None, Site(stage="signed", signed_on=OTHER), ("signed", OTHER)),
        (talk("signed"), None, Site(stage="building", signed_on=DAY), ("building", DAY)),
    ],
)
def test_a_signed_talk_signs_its_site(before, after, site: Site, wanted) -> None:
    found = site_after("talk", before, after, site)
    assert (found.stage, found.signed_on) == wanted


@given(st.sampled_from(STAGES), st.sampled_from(["paid", "refunded"]))
def test_a_deposit_written_and_struck_out_leaves_its_site_as_it_was(stage: str, standing: str) -> None:
    site = Site(stage=stage)
    there = site_after("deposit", None, paid(standing=standing), site)
    back = site_after("deposit", paid(standing=standing), None, there)
    assert back == site or (stage == "cancelled" and standing == "refunded")


@given(st.sampled_from(STAGES), st.sampled_from(["first", "signed", "lost"]))
def test_no_line_ever_moves_a_site_past_signing(stage: str, outcome: str) -> None:
    after = site_after("talk", None, talk(outcome), Site(stage=stage))
    assert after.stage == stage or (stage, after.stage) == ("deposit", "signed")
