"""Everything of the programme and the field on a client's history: filtered by letter, opened with Enter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deskapp.domain.bus import Booking, Trip
from deskapp.domain.diagnosis import Diagnosis
from deskapp.domain.followup import Followup
from deskapp.domain.inspection import Inspection
from deskapp.domain.message import Message
from deskapp.domain.praise import Evaluation, Praise
from deskapp.domain.register import RegisterEntry
from deskapp.domain.site_notice import Handbook, SiteNotice
from deskapp.screens.client import ClientScreen
from deskapp.screens.mail import MailScreen
from deskapp.screens.site import SiteScreen
from deskapp.screens.ticket import TicketScreen
from deskapp.screens.timeline_lines import LineDialog
from tests import builders
from tests.screens.pilot import console, listed, press, seen, shows, until

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
TODAY = date(2026, 11, 23)


def a_life(desk) -> int:
    """A client with a line of every kind."""
    card = builders.a_client(desk, "张伟明", "13800138000")
    client_id = card.client.id
    site = builders.a_site(desk, card)
    member = builders.a_member(desk, "韩涛", "inspector")
    ticket = builders.a_complaint(desk, card)
    other = builders.a_complaint(desk)
    now = desk.now()
    with desk.store.write("test", desk.operator) as work:
        for key, subject, of in (("<1>", "[red]还在漏", ticket), ("<2>", "别家的信", other)):
            work.messages.add(
                Message(ticket_id=of.id, message_key=key, subject=subject, body="请尽快", at=now)
            )
    with desk.store.write("test", desk.operator) as work:
        work.inspections.add(
            Inspection(number="XJ20261120-0001", site_id=site.id, done_on=TODAY, inspector_id=member.id,
                       verdict="defects", findings="阳台地砖空鼓\n[red]电箱未锁", ticket_id=ticket.id)
        )  # fmt: skip
        work.site_notices.add(
            SiteNotice(number="KG20261101-0001", kind="start", site_id=site.id, client_id=client_id,
                       on_day=TODAY, received_at=now, note="门卡在物业")
        )  # fmt: skip
        work.handbooks.add(Handbook(site_id=site.id, asked_at=now, asked_of=member.id))
        work.evaluations.add(Evaluation(site_id=site.id, client_id=client_id, month=TODAY, sent_on=TODAY))
        work.praises.add(Praise(at=now, client_id=client_id, staff_id=member.id, words="师傅细心"))
        work.diagnoses.add(Diagnosis(at=now, client_id=client_id, problem="流量下降"))
        trip = work.bus_trips.add(Trip(number="BC1", leaves_at=now, route="徐家汇线", seats=9))
        work.bus_bookings.add(Booking(trip_id=trip.id, client_id=client_id, seats=2))
        work.registers.add(
            RegisterEntry(register="other", number="QT1", day=TODAY, client_id=client_id, title="初谈")
        )
        work.followups.add_many(
            [
                Followup(key=f"k{place}", purpose="weekly", client_id=client_id, site_id=site.id,
                         planned_on=TODAY, due_on=TODAY + timedelta(days=7 * place))
                for place in range(1, 9)
            ]
        )  # fmt: skip
    return client_id


async def opened(app, pilot, client_id):
    app.open_client(client_id)
    await until(app, pilot, lambda: isinstance(app.screen, ClientScreen) and app.screen.counts, "the history")
    await listed(app, pilot, app.screen.table, "its length")


async def keep(app, pilot, letter, count):
    await press(app, pilot, letter)
    await until(app, pilot, lambda: app.screen.table.row_count == count, f"{letter} keeps {count}")


@pytest.mark.row("S2", "F2", "F4", "C8", "S5", "A3", "A4")
@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize(("language", "words"), [
    ("zh", ["v 巡检 1", "w 通知 2", "r 评价 2", "h 诊断 1", "b 看房 1", "g 台账 1", "f 计划 8"]),
    ("en", ["v inspections 1", "w notices 2", "r opinions 2", "b bus 1", "f planned 8"]),
])  # fmt: skip
async def test_the_kinds_are_named_with_their_letters(desk, size, language, words):
    client_id = a_life(desk)
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot, client_id)
        await shows(app, pilot, words[-1])
        glass = seen(app)
        assert [word for word in words if word not in glass] == [], glass
        assert "⟦" not in glass


@pytest.mark.row("S2", "F2", "F4", "C8", "S5", "A3", "A4")
async def test_a_letter_keeps_a_kind_and_its_lines_say_what_they_are(desk):
    client_id = a_life(desk)
    async with console(desk) as (app, pilot):
        await opened(app, pilot, client_id)
        for letter, count, words in (
            ("o", 1, "来信 TS20261123-0001"),
            ("v", 1, "巡检 需整改 XJ20261120-0001"),
            ("w", 2, "开工通知单 2026-11-23"),
            ("r", 2, "师傅细心"),
            ("h", 1, "流量下降"),
            ("b", 1, "2 座"),
            ("g", 1, "QT1"),
            ("f", 8, "计划回访 施工期每周"),
        ):
            await keep(app, pilot, letter, count)
            await shows(app, pilot, words)
        await keep(app, pilot, "a", 13)


@pytest.mark.row("S2")
async def test_enter_shows_a_line_in_full_and_leads_to_what_is_behind_it(desk):
    client_id = a_life(desk)
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot, client_id)
        await keep(app, pilot, "v", 1)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, LineDialog), "in full")
        glass = await press(app, pilot)
        for words in ("阳台地砖空鼓", "[red]电箱未锁", "韩涛", "2026-11-23"[5:]):
            assert words in glass, glass
        await press(app, pilot, "t")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "its ticket")
        await press(app, pilot, "escape", "enter", "g")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "its site")
        await press(app, pilot, "escape")
        await keep(app, pilot, "h", 1)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, LineDialog), "the diagnosis")
        await press(app, pilot, "t", "g")
        assert isinstance(app.screen, LineDialog), "nothing lies behind it"
        await press(app, pilot, "enter")
        await keep(app, pilot, "f", 8)
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, SiteScreen), "where the call is planned")


@pytest.mark.row("C6", "C3")
async def test_enter_on_a_letter_shows_it_and_enter_again_its_ticket(desk):
    client_id = a_life(desk)
    with desk.store.write("test", desk.operator) as work:
        ticket = work.tickets.find(work.timeline.of(client_id, 1, only="letter")[0].ticket_id)
        for place in range(3, 9):
            work.messages.add(Message(ticket_id=ticket.id, message_key=f"<{place}>", subject=f"第{place}封",
                                      body=f"正文{place}", at=desk.now().add(minutes=place)))  # fmt: skip
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot, client_id)
        await keep(app, pilot, "o", 7)
        glass = await press(app, pilot, "down", "down", "down", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, MailScreen), "the letters of its ticket")
        await shows(app, pilot, "正文5")
        glass = await press(app, pilot, "end")
        assert "[red]还在漏" in glass and "别家的信" not in glass, glass
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TicketScreen), "its ticket")
        await press(app, pilot, "escape", "escape")
        assert isinstance(app.screen, ClientScreen)
