"""One ticket: its clocks, words and history; every legal move by a key, none that is not; nothing typed lost."""

import pytest

from deskapp.domain.errors import StorageFailed
from deskapp.domain.policy import Policy
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.ticket_acts import ACTS, possible
from deskapp.screens.ticket_dialog import FIELDS, ActDialog
from deskapp.services import company
from deskapp.services import tickets as verbs
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("T5"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

WORDS = "已联系客户,明天上门"


def found(desk, ticket):
    with desk.read() as work:
        return work.tickets.find(ticket.id)


def events(desk, ticket):
    with desk.read() as work:
        return [(event.kind, event.text) for event in work.ticket_events.of(ticket.id)]


async def opened(app, pilot, ticket):
    app.open_ticket(ticket.id)
    await until(app, pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.view, "ticket")


async def asked(app, pilot, key):
    await press(app, pilot, key)
    await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "dialog")


async def state_is(app, pilot, state):
    await until(
        app,
        pilot,
        lambda: isinstance(app.screen, TicketScreen) and app.screen.view.row.ticket.state == state,
        state,
    )


@pytest.mark.parametrize(
    ("size", "language"), [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
)
@pytest.mark.row("T3", "T4", "T10")
async def test_the_picture(desk, size, language):
    client = builders.a_client(desk, "张伟明[red]", "13800138000")
    leak = builders.a_category(desk)
    builders.a_complaint(desk, client, category_id=leak)
    ticket = builders.a_complaint(
        desk, client, category_id=leak, severity="crisis", description="\x1b[31m[b]漏"
    )
    ticket = verbs.dispatch(desk, ticket, builders.a_department(desk).id, builders.a_member(desk).id)
    verbs.note(desk, ticket, "已约时间")
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot, ticket)
        glass = seen(app)
        for words in ("TS20261123-0002", "02:00:00", "11:42", "工程部 赵刚", "138 0013 8000", "已约时间"):
            assert words in glass
        assert "张伟明[red]" in glass and "[b]漏" in glass
        assert ("第 2 次" if language == "zh" else "no. 2") in glass
        assert "⟦" not in glass and "\x1b" not in glass


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        ("received", "respond dispatch settle withdraw merge grade note decide"),
        ("dispatched", "respond dispatch settle withdraw merge grade note decide urge escalate"),
        ("responded", "respond dispatch resolve withdraw merge grade note decide"),
        ("resolved", "verify reopen withdraw merge grade note decide"),
        ("verified", "close reopen grade note decide"),
        ("closed", "reopen note"),
        ("reopened", "respond dispatch resolve withdraw merge grade note decide"),
        ("withdrawn", "note"),
        ("merged", "note"),
    ],
)
def test_a_key_is_there_only_while_its_act_is_legal(desk, state, acts):
    ticket = builders.a_ticket_in(desk, state)
    assert possible(ticket, desk.operator, desk.policy) == set(acts.split())


def test_an_agent_has_no_key_for_what_agents_may_not(desk, second_desk):
    ticket = builders.a_complaint(desk)
    assert "merge" in possible(ticket, desk.operator, desk.policy)
    assert "merge" not in possible(ticket, second_desk.operator, desk.policy)
    assert possible(ticket, None, desk.policy) == frozenset()


def test_every_act_has_its_verb(backend):
    assert set(FIELDS) <= set(ACTS)


@pytest.mark.row("T4")
async def test_an_answer_stops_the_clock_and_is_in_the_history(desk, clock):
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "a")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请写明内容")
        await write(app, pilot, WORDS)
        await press(app, pilot, "ctrl+s")
        await state_is(app, pilot, "responded")
        glass = seen(app)
        assert "按时" in glass and "首次响应" in glass and WORDS in glass
    assert found(desk, ticket).response == WORDS


@pytest.mark.row("T7")
async def test_answered_solved_verified_by_somebody_else(desk, second_desk):
    """Whoever solved it is told why they cannot verify it; the other closes it with the client's score."""
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "b")
        await write(app, pilot, WORDS)
        await press(app, pilot, "ctrl+s")
        await state_is(app, pilot, "resolved")
        await press(app, pilot, "v")
        await shows(app, pilot, "由你解决，须由他人验证")
        assert isinstance(app.screen, TicketScreen)
    async with console(second_desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "v")
        await press(app, pilot, "1", "ctrl+s")
        await shows(app, pilot, "请打 1 到 5 分")
        await press(app, pilot, "4")
        await write(app, pilot, "客户说可以")
        await press(app, pilot, "enter")
        await state_is(app, pilot, "closed")
        assert "满意度 4" in seen(app)
    assert [kind for kind, _ in events(desk, ticket)] == [
        "filed",
        "responded",
        "resolved",
        "verified",
        "closed",
    ]


@pytest.mark.row("T7")
async def test_a_client_who_is_not_content_reopens_it(desk, second_desk):
    ticket = builders.a_ticket_in(desk, "resolved")
    async with console(second_desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "v")
        await press(app, pilot, "2", "ctrl+s")
        await shows(app, pilot, "请写明内容")
        await write(app, pilot, "还在漏")
        await press(app, pilot, "ctrl+s")
        await state_is(app, pilot, "reopened")
    assert events(desk, ticket)[-1] == ("reopened", "还在漏")


async def test_dispatched_by_pinyin_graded_and_urged(desk):
    member = builders.a_member(desk, "赵刚")
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "d")
        await write(app, pilot, "zhaogang")
        await shows(app, pilot, "赵刚 · 工程部")
        await press(app, pilot, "enter", "enter")
        await state_is(app, pilot, "dispatched")
        await asked(app, pilot, "g")
        await press(app, pilot, "4", "enter")
        await shows(app, pilot, "一般 > 危机")
        await asked(app, pilot, "u")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: len(app.screen.view.events) == 5, "urged")
        assert "派单  赵刚 · 工程部" in seen(app)
    ticket = found(desk, ticket)
    assert (ticket.responsible_id, ticket.severity) == (member.id, "crisis")
    with desk.read() as work:
        assert [notice.reason for notice in work.outbox.unsent_of(ticket.id)] == [
            "ticket.dispatched",
            "ticket.urged",
        ]


async def test_a_duplicate_merges_into_the_earlier_one(desk):
    client = builders.a_client(desk)
    earlier, ticket = builders.a_complaint(desk, client), builders.a_complaint(desk, client)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "m")
        await shows(app, pilot, earlier.number)
        await press(app, pilot, "1", "tab")
        await write(app, pilot, "同一件事")
        await press(app, pilot, "enter")
        await state_is(app, pilot, "merged")
        assert f"已并入 {earlier.number}" in seen(app)
    assert found(desk, ticket).merged_into == earlier.id


async def test_with_nothing_earlier_there_is_nothing_to_merge_into(desk):
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "m")
        await shows(app, pilot, "没有更早的未结工单")


@pytest.mark.row("T4")
async def test_a_clock_is_paused_and_runs_on_where_the_policy_lets_it(desk):
    company.save_policy(desk, Policy(pause_while_waiting=True))
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "p")
        await write(app, pilot, "等客户回电")
        await press(app, pilot, "enter")
        await shows(app, pilot, "暂停计时")
        await until(app, pilot, lambda: found(desk, ticket).paused_since, "paused")
        await state_is(app, pilot, "received")
        await asked(app, pilot, "p")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: found(desk, ticket).paused_since is None, "running")


async def test_two_desks_one_wins_the_other_is_told_and_loses_nothing(desk, second_desk):
    """The answer of the slower desk comes back in the dialog and is done on the ticket as it stands now."""
    ticket = builders.a_complaint(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "a")
        await write(app, pilot, WORDS)
        verbs.set_severity(second_desk, ticket, "critical", "楼下被淹")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "刘敏刚刚先保存了这条记录")
        await until(app, pilot, lambda: isinstance(app.screen, ActDialog), "again")
        assert app.screen.form.values()["words"] == WORDS
        await press(app, pilot, "ctrl+s")
        await state_is(app, pilot, "responded")
    ticket = found(desk, ticket)
    assert (ticket.severity, ticket.response) == ("critical", WORDS)


async def test_what_is_no_longer_legal_is_given_back_as_a_note(desk, second_desk, tmp_path):
    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "a")
        await write(app, pilot, WORDS)
        verbs.move(second_desk, ticket, "withdraw", "客户撤诉")
        await press(app, pilot, "ctrl+s")
        await until(
            app,
            pilot,
            lambda: isinstance(app.screen, ActDialog) and app.screen.act_of.name == "note",
            "as a note",
        )
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: ("note", WORDS) in events(desk, ticket), "noted")
        await until(app, pilot, lambda: not list(tmp_path.glob("drafts/*.json")), "no draft is left")


@pytest.mark.row("P3")
async def test_an_answer_no_database_takes_is_given_by_itself_when_it_does(desk, tmp_path, monkeypatch):
    def lost(*_args, **_facts):
        raise StorageFailed("storage.lost", why="cable")

    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "a")
        await write(app, pilot, WORDS)
        with monkeypatch.context() as broken:
            broken.setattr(verbs, "move", lost)
            await press(app, pilot, "ctrl+s")
            await shows(app, pilot, "已存本机")
            await shows(app, pilot, "1 条待发")
            assert not isinstance(app.screen, ActDialog)
        await shows(app, pilot, "已提交 1 条")
        await shows(app, pilot, WORDS)
    with desk.read() as work:
        assert work.tickets.find(ticket.id).response == WORDS


@pytest.mark.row("P3")
async def test_left_with_esc_the_words_are_there_next_time(desk, tmp_path):
    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await opened(app, pilot, ticket)
        await asked(app, pilot, "t")
        await write(app, pilot, WORDS)
        await press(app, pilot, "escape")
        await asked(app, pilot, "t")
        await until(app, pilot, lambda: app.screen.form.values()["words"] == WORDS, "back")
        await press(app, pilot, "ctrl+s")
        await until(app, pilot, lambda: ("note", WORDS) in events(desk, ticket), "noted")
        await until(app, pilot, lambda: not list(tmp_path.glob("drafts/*.json")), "forgotten")


@pytest.mark.row("T2", "C3")
async def test_the_slip_and_a_new_complaint_of_the_same_client(desk, tmp_path):
    ticket = builders.a_complaint(desk)
    async with console(desk, folder=tmp_path) as (app, pilot):
        await opened(app, pilot, ticket)
        assert app.screen.context() == {"client_id": ticket.client_id, "site_id": None}
        await press(app, pilot, "k", "t")
        await until(app, pilot, lambda: list(tmp_path.glob("slips/*.txt")), "slip")


async def test_a_ticket_s_row_as_the_history_tells_it(desk):
    """To whom it was given each time, though the ticket knows only the last."""
    first, second = builders.a_member(desk, "赵刚"), builders.a_member(desk, "周大勇")
    ticket = builders.a_complaint(desk)
    department = builders.a_department(desk)
    for member in (first, second):
        ticket = verbs.dispatch(desk, ticket, department.id, member.id, "换人")
    async with console(desk) as (app, pilot):
        await opened(app, pilot, ticket)
        glass = seen(app)
        assert (
            glass.index("转交  赵刚 · 工程部 > 周大勇 · 工程部")
            < glass.index("派单  赵刚 · 工程部")
            < glass.index("受理  李敏")
        )
