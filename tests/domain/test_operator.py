"""Roles and ranks, and the login proposed for a name."""

from __future__ import annotations

import pytest

from deskapp.domain.errors import NotAllowed
from deskapp.domain.operator import RANKS, ROLES, Operator, check_rank, proposed_login


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("李敏", "limin"),
        ("单丽", "shanli"),
        ("尉迟恭", "yuchigong"),
        ("吕绿", "lvlv"),
        ("Anna Smith", "annasmith"),
        ("José", "jose"),
        ("Lee 李", "leeli"),
        ("", ""),
        ("!!!", ""),
        ("😀", ""),
    ],
)
def test_a_login_is_proposed_from_the_name(name, login):
    assert proposed_login(name) == login


def test_every_role_has_a_rank_and_nobody_reaches_above_their_own():
    assert set(RANKS) == set(ROLES)
    for own in ROLES:
        for other in ROLES:
            if RANKS[other] > RANKS[own]:
                with pytest.raises(NotAllowed):
                    check_rank(Operator(role=own), other)
            else:
                check_rank(Operator(role=own), other)
    with pytest.raises(NotAllowed):
        check_rank(None, "agent")
