"""The project handbook: asked for, collected, checked item by item, what is missing asked for again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskapp.domain.errors import Conflict, RuleBroken
from deskapp.services import handbooks
from deskapp.services.handbooks import check_handbook, collect_handbook
from deskapp.services.site_notices import file_notice, withdraw_notice
from tests import builders
from tests.services.test_site_notices import TODAY, a_notice, days_before

pytestmark = pytest.mark.row("F3")


def asked(desk):
    """A handbook asked of 赵刚."""
    return file_notice(desk, a_notice("completion", days_before(2), people={"manager": "赵刚"})).handbook


def all_there(**others: bool) -> dict[str, bool]:
    return {item.code: True for item in handbooks.items()} | others


def told(desk) -> list[tuple[str, list[str]]]:
    with desk.read() as work:
        return [(one.reason, one.facts["missing"]) for one in work.outbox.all() if "handbook" in one.reason]


def test_it_is_collected_checked_and_complete(desk, second_desk) -> None:
    handbook = asked(desk)
    assert handbook.due_on == days_before(2) + timedelta(days=7)
    here = collect_handbook(second_desk, handbook, "工地送来")
    assert (here.state, here.collected_on, here.note) == ("collected", TODAY, "工地送来")
    done = check_handbook(second_desk, here, all_there())
    assert (done.state, done.checked_by, done.is_open) == ("complete", second_desk.operator.id, False)
    assert told(desk) == [("handbook.asked", [])]


def test_what_is_missing_is_asked_for_again(desk, clock) -> None:
    handbook = collect_handbook(desk, asked(desk))
    clock.at = clock.at.add(days=1)
    short = check_handbook(desk, handbook, all_there(wiring=False, hidden=False), "两项没带")
    assert short.state == "incomplete"
    assert short.due_on == TODAY + timedelta(days=1 + desk.policy.handbook_days)
    assert told(desk)[-1] == ("handbook.incomplete", ["hidden", "wiring"])
    done = check_handbook(desk, short, all_there())
    assert (done.state, done.collected_on) == ("complete", TODAY)


def test_it_is_checked_whole_and_as_it_was_seen(desk, second_desk) -> None:
    handbook = asked(desk)
    with pytest.raises(RuleBroken, match="unchecked") as refused:
        check_handbook(desk, handbook, {"drawings": True})
    assert refused.value.facts["count"] == len(handbooks.items()) - 1
    collect_handbook(second_desk, handbook)
    with pytest.raises(Conflict):
        collect_handbook(desk, handbook)
    with desk.read() as work:
        here = work.handbooks.find(handbook.id)
    with pytest.raises(RuleBroken, match="handbook_here"):
        collect_handbook(desk, here)


@pytest.mark.row("P3")
def test_under_a_key_it_is_collected_and_checked_once(desk) -> None:
    handbook = asked(desk)
    here = collect_handbook(desk, handbook, key="k1")
    assert collect_handbook(desk, handbook, key="k1") == here
    short = check_handbook(desk, here, all_there(final=False), key="k2")
    assert check_handbook(desk, here, all_there(), key="k2") == short


def test_one_handed_in_stays_when_the_completion_is_taken_back(desk) -> None:
    filed = file_notice(desk, a_notice("completion", days_before(2), people={"manager": "赵刚"}))
    here = collect_handbook(desk, filed.handbook)
    withdraw_notice(desk, filed.notice, "弄错了")
    again = file_notice(desk, a_notice("completion", TODAY))
    assert again.handbook == here


def test_without_a_project_manager_nobody_is_told(desk) -> None:
    filed = file_notice(desk, a_notice("completion", days_before(2)))
    assert (filed.manager, filed.handbook.asked_of, told(desk)) == ("", None, [])


def test_lists_fit_together_forwards_and_backwards(desk, clock) -> None:
    for number in range(5):
        day = days_before(number * 3 % 5)
        client = builders.a_client(desk, f"业主{number}").client.id
        file_notice(
            desk,
            a_notice("completion", day, client_id=client, address=f"{number}-1", people={"manager": "赵刚"}),
        )
        clock.at = clock.at.add(minutes=1)
    with desk.read() as work:
        books, notices = work.handbooks, work.site_notices
        whole = books.open_first(50)
        assert [row.handbook.due_on for row in whole] == sorted(row.handbook.due_on for row in whole)
        assert (len(whole), books.count_open()) == (5, 5)
        assert {(row.asked_of, row.client_name) for row in whole} == {("赵刚", f"业主{n}") for n in range(5)}
        newest = notices.newest(50)
        assert [row.client_name for row in newest] == [f"业主{n}" for n in range(4, -1, -1)]
        assert (notices.count(), newest[0].address) == (5, "海棠湾 4-1")
        for place, (book, notice) in enumerate(zip(whole, newest, strict=True)):
            assert books.open_first(50, book) == whole[place + 1 :]
            assert books.open_before(50, book) == whole[:place]
            assert books.open_at(place, 1) == [book]
            assert notices.newest(50, notice) == newest[place + 1 :]
            assert notices.newest_before(50, notice) == newest[:place]
            assert notices.newest_at(place, 1) == [notice]
        assert (books.open_before(2), notices.newest_before(2)) == (whole[-2:], newest[-2:])
    done = check_handbook(desk, whole[0].handbook, all_there())
    with desk.read() as work:
        assert done.id not in [row.handbook.id for row in work.handbooks.open_first(50)]
