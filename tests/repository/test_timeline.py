"""A client's whole history: every kind of line, exact counts, pages that fit, and the calls to come before it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deskapp.domain.bus import Booking, Trip
from deskapp.domain.diagnosis import Diagnosis
from deskapp.domain.followup import Followup
from deskapp.domain.inspection import Inspection
from deskapp.domain.message import LETTER_EVENTS, Message
from deskapp.domain.praise import Evaluation, Praise, Rating
from deskapp.domain.register import RegisterEntry
from deskapp.domain.rows import AHEAD, TIMELINE_KINDS
from deskapp.domain.site import Milestone, Payment
from deskapp.domain.site_notice import Handbook, SiteNotice
from deskapp.services.ticket_told import record
from tests import builders

TODAY = date(2026, 11, 23)


@pytest.fixture
def history(desk) -> int:
    """A client with some lines of every kind, and another whose lines are not theirs."""
    found = [_life(desk, name) for name in ("张伟明", "李秀英")]
    return found[0]


def _life(desk, name: str) -> int:
    card = builders.a_client(desk, name)
    client_id = card.client.id
    site = builders.a_site(desk, card, address=f"{name}家")
    member = builders.a_member(desk, "韩涛", "inspector")
    now, me = desk.now(), desk.operator.id
    days = [TODAY - timedelta(days=n) for n in range(4)]
    with desk.store.write("test", desk.operator) as work:
        serial = work.counters.next("test")
        for day in days:
            work.milestones.add(Milestone(site_id=site.id, kind="start", done_on=day))
            work.payments.add(Payment(site_id=site.id, kind="final", amount=500, paid_on=day))
            work.inspections.add(
                Inspection(number=f"XJ{serial}{day}", site_id=site.id, done_on=day, inspector_id=member.id,
                           verdict="defects", findings="阳台地砖空鼓")
            )  # fmt: skip
        work.site_notices.add(
            SiteNotice(number=f"KG{serial}", kind="start", site_id=site.id, client_id=client_id, on_day=days[1],
                       received_at=now, note="门卡在物业", created_by=me)
        )  # fmt: skip
        work.handbooks.add(Handbook(site_id=site.id, asked_at=now, asked_of=member.id))
        sent = work.evaluations.add(
            Evaluation(site_id=site.id, client_id=client_id, month=days[0].replace(day=1), sent_on=days[3],
                       returned_on=days[0], words="很好")
        )  # fmt: skip
        for score in (4, 5, 5):
            work.ratings.add(Rating(at=now, source="evaluation", source_id=sent.id, score=score))
        work.praises.add(Praise(at=now, client_id=client_id, staff_id=member.id, words="师傅细心"))
        work.diagnoses.add(Diagnosis(at=now, client_id=client_id, operator_id=me, problem="流量下降"))
        trip = work.bus_trips.add(
            Trip(number=f"BC{serial}", leaves_at=now.add(days=2), route="徐家汇—海棠湾", seats=9)
        )
        work.bus_bookings.add(Booking(trip_id=trip.id, client_id=client_id, seats=2, created_by=me))
        work.registers.add(
            RegisterEntry(
                register="talks", number=f"QT{serial}", day=days[2], client_id=client_id, title="初谈"
            )
        )
        for place in range(8):
            work.followups.add(
                Followup(key=f"{name}{place}", purpose="weekly", client_id=client_id, site_id=site.id,
                         planned_on=TODAY, due_on=TODAY + timedelta(days=7 * place),
                         state="planned" if place else "queued")
            )  # fmt: skip
    ticket = builders.a_complaint(desk, card)
    builders.a_planned_call(desk, client=card)
    with desk.store.write("test", desk.operator) as work:
        for place, (direction, state) in enumerate((("in", "received"), ("in", "received"), ("out", "sent"))):
            sent = now.add(seconds=9) if state == "sent" else None
            work.messages.add(
                Message(ticket_id=ticket.id, message_key=f"<{name}{place}>", direction=direction, state=state,
                        subject="还在漏", body="请尽快\n" * 999, at=now, automatic=place == 1, sent_at=sent,
                        operator_id=me if sent else None)
            )  # fmt: skip
        for kind in LETTER_EVENTS:
            record(work, ticket, kind)
    return client_id


EXPECTED = {
    "call": 1, "ticket": 1, "letter": 3, "site": 4, "payment": 4, "inspection": 4, "notice": 2, "opinion": 2,
    "diagnosis": 1, "bus": 1, "register": 1, "plan": 7,
}  # fmt: skip


@pytest.mark.row("S2", "F2", "F4", "C8", "S5", "A3", "A4")
def test_every_kind_is_there_with_its_facts(desk, history) -> None:
    with desk.read() as work:
        whole = work.timeline.of(history, 500)
        site_id = work.sites.of(history)[0].id
    by_source = {item.source: item for item in whole}
    assert set(by_source) == {source for of in TIMELINE_KINDS.values() for source in of} - {"plan"}
    told = {
        source: (item.kind, item.code, item.text, item.number[:2], item.who, item.score)
        for source, item in by_source.items()
    }
    assert told["inspection"] == ("defects", "defects", "阳台地砖空鼓", "XJ", "韩涛", None)
    assert told["notice"] == ("start", "current", "门卡在物业", "KG", "李敏", None)
    assert told["handbook"] == ("handbook", "asked", "", "", "韩涛", None)
    assert told["evaluation"][:3] == ("evaluation", "returned", "很好")
    assert told["evaluation"][5] == 5
    assert told["praise"] == ("praise", "open", "师傅细心", "", "韩涛", None)
    assert told["diagnosis"][1:5] == ("open", "流量下降", "", "李敏")
    assert told["letter"][:2] == ("in", "received")
    assert told["bus"][:4] == ("bus", "booked", "徐家汇—海棠湾", "BC")
    assert told["register"][:4] == ("talks", "", "初谈", "QT")
    assert dict(by_source["notice"].facts) == {"site_id": str(site_id), "day": "2026-11-22"}
    assert dict(by_source["payment"].facts) == {"site_id": str(site_id), "amount_fen": "500"}
    assert dict(by_source["bus"].facts) == {"count": "2"}


@pytest.mark.parametrize("only", ["", *TIMELINE_KINDS])
@pytest.mark.parametrize("ahead", [0, AHEAD])
def test_pages_fit_in_both_directions_and_lengths_are_exact(desk, history, only: str, ahead: int) -> None:
    with desk.read() as work:
        lines = work.timeline
        whole = lines.of(history, 500, only=only, ahead=ahead)
        keys = [item.key for item in whole]
        assert keys == sorted(set(keys), reverse=True)
        expected = EXPECTED[only] if only else sum(EXPECTED.values()) - EXPECTED["plan"] + ahead
        assert len(whole) == lines.length(history, only, ahead) == expected
        for size in (1, 3):
            forth, back = [], []
            while page := lines.of(
                history, size, before=forth[-1] if forth else None, only=only, ahead=ahead
            ):
                forth += page
            while page := lines.newer(history, size, than=back[0] if back else None, only=only, ahead=ahead):
                back = page + back
            assert [item.key for item in forth] == keys == [item.key for item in back]


def test_lengths_by_kind(desk, history) -> None:
    with desk.read() as work:
        assert work.timeline.lengths(history) == EXPECTED
        assert work.timeline.lengths(history + 100) == dict.fromkeys(EXPECTED, 0)


@pytest.mark.row("F1", "F4")
def test_the_next_calls_to_come_stand_before_the_history(desk, history) -> None:
    with desk.read() as work:
        plain = work.timeline.of(history, 3)
        assert "plan" not in {item.source for item in plain}
        whole = work.timeline.of(history, 500, ahead=2)
        plan = work.timeline.of(history, 500, only="plan")
    assert [item.source for item in whole].count("plan") == 2
    assert [item.kind for item in plan] == ["weekly"] * 7
    assert [item for item in whole if item.source == "plan"] == plan[-2:], "the nearest of them"
    assert plan[-1].text == "张伟明家"


def test_a_trip_says_how_it_went(desk, history) -> None:
    from dataclasses import replace

    def code() -> str:
        with desk.read() as work:
            return work.timeline.of(history, 9, only="bus")[0].code

    def change(noun: str, **fields) -> None:
        with desk.store.write("test", desk.operator) as work:
            one = getattr(work, noun).all()[0]
            getattr(work, noun).save(replace(one, **fields))

    assert code() == "booked"
    for came, expected in ((True, "came"), (False, "absent")):
        change("bus_bookings", came=came)
        assert code() == expected
    change("bus_trips", state="cancelled")
    assert code() == "cancelled"


@pytest.mark.row("C6", "C3")
def test_a_letter_stands_where_it_was_taken_and_says_how_it_is(desk, history) -> None:
    with desk.read() as work:
        whole = work.timeline.of(history, 500, only="letter")
        tickets = work.timeline.of(history, 500, only="ticket")
    assert [(item.kind, item.code, item.who) for item in whole] == [
        ("out", "sent", "李敏"),
        ("in", "automatic", ""),
        ("in", "received", ""),
    ]
    assert whole[0].at_us - whole[1].at_us == 9_000_000
    assert {item.number for item in whole} == {tickets[0].number}
    assert whole[0].text.startswith("还在漏\n请尽快\n")
    assert len(whole[0].text) < 400, "a page of long letters stays a page"
    assert [item.code for item in tickets] == ["filed"], "what a ticket says of its letters is not said twice"
