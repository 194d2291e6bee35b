"""What every repository keeps: versions, conflicts, an audit entry for each change, all or nothing, times and texts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier

import pendulum
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deskapp.domain.appraisal import Appraisal, AppraisalMonth
from deskapp.domain.article import Article, SearchMiss
from deskapp.domain.attachment import Attachment
from deskapp.domain.bus import Trip
from deskapp.domain.call import Call
from deskapp.domain.campaign import Campaign
from deskapp.domain.client import Client, Phone
from deskapp.domain.day_plan import PlannedClient
from deskapp.domain.decision import Decision
from deskapp.domain.diagnosis import Diagnosis
from deskapp.domain.erasure import Erasure
from deskapp.domain.errors import Conflict, StorageFailed
from deskapp.domain.escalation import Escalation
from deskapp.domain.followup import Followup, FollowupRule, Script
from deskapp.domain.inspection import Inspection
from deskapp.domain.macro import Macro, SavedView
from deskapp.domain.mass_complaint import MassComplaint
from deskapp.domain.message import Email, Message
from deskapp.domain.notice import Notice
from deskapp.domain.notice_template import NoticeTemplate
from deskapp.domain.office_document import OfficeDocument
from deskapp.domain.operator import Operator
from deskapp.domain.paper import IssuedPaper, PaperTemplate, PaperText
from deskapp.domain.phrase import Phrase
from deskapp.domain.praise import Evaluation, Praise, Rating
from deskapp.domain.quality import QualitySample
from deskapp.domain.register import RegisterEntry
from deskapp.domain.repair import Repair
from deskapp.domain.responsibility import Finding, Responsibility
from deskapp.domain.sanction import Sanction
from deskapp.domain.shop import Shop
from deskapp.domain.site import Milestone, Payment, Site
from deskapp.domain.site_notice import Handbook, SiteNotice, Warranty
from deskapp.domain.staff import Category, Department, Motto, Post, StaffMember
from deskapp.domain.ticket import Ticket, TicketEvent
from deskapp.repository.imports import RememberedMapping
from deskapp.repository.instants import from_micros, to_micros
from deskapp.repository.tickets import OutboxNotice
from deskapp.repository.types import storable
from tests import builders

NOW = builders.NOW
DAY = date(2026, 3, 1)


def records(client_id: int, site_id: int, ticket_id: int, department_id: int, member_id: int) -> dict:
    """One new record of every noun, and a field that a change gives another value."""
    return {
        "clients": (Client(name="王丽", created_at=NOW), {"note": "常出差"}),
        "phones": (Phone(client_id=client_id, raw="110", normal="110"), {"raw": "1-1-0"}),
        "sites": (Site(client_id=client_id, estate="翠湖", area=8850), {"start_date": date(2026, 3, 1)}),
        "milestones": (Milestone(site_id=site_id, kind="start"), {"done_on": date(2026, 3, 1)}),
        "payments": (Payment(site_id=site_id, kind="deposit", amount=1), {"amount": 10**12}),
        "tickets": (
            Ticket(number="X1", client_id=client_id, received_at=NOW, target_s=1),
            {"paused_since": NOW, "satisfaction": 5},
        ),
        "ticket_events": (
            TicketEvent(ticket_id=ticket_id, at=NOW, kind="note"),
            {"facts": {"甲": [1, None]}},
        ),
        "outbox": (OutboxNotice(at=NOW, reason="x", ticket_id=ticket_id), {"sent_at": NOW}),
        "calls": (Call(due_at=NOW, client_id=client_id), {"notes": "已答复", "score": 4}),
        "departments": (Department(code="x", name="新部门"), {"head_id": member_id}),
        "posts": (Post(department_id=department_id, title="专员"), {"headcount": 3}),
        "staff": (StaffMember(name="钱军", department_id=department_id), {"left_on": date(2026, 1, 2)}),
        "operators": (Operator(login="x", name="新人", role="agent"), {"active": False}),
        "categories": (Category(code="x", name="新类"), {"keys": "xl"}),
        "mottos": (Motto(text="今日事今日毕"), {"active": False}),
        "notices": (Notice(at=NOW, operator_id=1, ticket_id=ticket_id), {"read_at": NOW}),
        "followup_rules": (FollowupRule(code="x", purpose="other"), {"since_on": DAY}),
        "scripts": (Script(code="x", name="新话术"), {"questions": [{"code": "a", "text": "好吗?"}]}),
        "followups": (
            Followup(key="x", client_id=client_id, site_id=site_id, planned_on=DAY, due_on=DAY),
            {"state": "done", "done_on": DAY, "score": 5},
        ),
        "site_notices": (
            SiteNotice(number="KG1", site_id=site_id, client_id=client_id, on_day=DAY, received_at=NOW),
            {"state": "withdrawn", "reason": "发错了"},
        ),
        "handbooks": (Handbook(site_id=site_id, asked_at=NOW), {"collected_on": DAY}),
        "warranties": (Warranty(site_id=site_id, from_on=DAY, until_on=DAY), {"until_on": date(2031, 3, 1)}),
        "inspections": (Inspection(number="XJ1", site_id=site_id, done_on=DAY), {"findings": "墙面空鼓"}),
        "attachments": (Attachment(noun="site", record_id=site_id, name="照片.jpg", sha256="0"), {"size": 2}),
        "repairs": (Repair(ticket_id=ticket_id), {"appointment_at": NOW}),
        "ratings": (Rating(at=NOW, source_id=1, staff_id=member_id, score=5), {"score": 4}),
        "praises": (Praise(at=NOW, staff_id=member_id, words="很负责"), {"reported_at": NOW}),
        "evaluations": (Evaluation(site_id=site_id, client_id=client_id, month=DAY), {"returned_on": DAY}),
        "registers": (RegisterEntry(register="x", number="X1", day=DAY), {"data": {"甲": 1}}),
        "bus_trips": (Trip(number="KF1", leaves_at=NOW, seats=7), {"report": "到访五组"}),
        "shops": (Shop(client_id=client_id, name="素色家居"), {"active": False}),
        "diagnoses": (Diagnosis(at=NOW, client_id=client_id, problem="流量少"), {"after": 10**12}),
        "day_plans": (PlannedClient(operator_id=1, day=DAY, client_id=client_id), {"position": 3}),
        "campaigns": (Campaign(number="WH1", due_on=DAY), {"audience": {"stages": ["warranty"]}}),
        "messages": (Message(ticket_id=ticket_id, message_key="<1@x>", at=NOW), {"state": "sent"}),
        "emails": (Email(client_id=client_id, address="zhang@example.com"), {"address": "wei@example.com"}),
        "escalations": (Escalation(ticket_id=ticket_id, due_at=NOW, at=NOW), {"told": {"staff": [1]}}),
        "decisions": (Decision(ticket_id=ticket_id, at=NOW, words="先停工"), {"state": "confirmed"}),
        "notice_templates": (NoticeTemplate(reason="x", title="催办"), {"body": "请处理"}),
        "findings": (Finding(ticket_id=ticket_id, at=NOW), {"cause": "防水未做闭水"}),
        "responsibilities": (
            Responsibility(ticket_id=ticket_id, staff_id=member_id, at=NOW),
            {"apology_at": NOW, "apology": "上门致歉"},
        ),
        "sanctions": (
            Sanction(number="CF1", staff_id=member_id, rule="x", amount=20_000, proposed_at=NOW),
            {"state": "decided", "month": DAY},
        ),
        "mass_complaints": (
            MassComplaint(number="PL1", ticket_id=ticket_id, opened_at=NOW),
            {"answer": "本周统一更换"},
        ),
        "appraisal_months": (AppraisalMonth(month=DAY), {"weights": {"complaints": 40}}),
        "appraisals": (Appraisal(month=DAY, staff_id=member_id), {"score": 9_150, "place": 1}),
        "quality_samples": (QualitySample(drawn_at=NOW, month=DAY), {"state": "scored"}),
        "issued_papers": (
            IssuedPaper(number="BB1", kind="x", first_on=DAY, last_on=DAY, issued_at=NOW),
            {"document": {"title": "周报"}},
        ),
        "paper_texts": (PaperText(kind="x", first_on=DAY, part="plan"), {"words": "下周回访"}),
        "paper_templates": (PaperTemplate(kind="x", sha256="0"), {"name": "周报.docx"}),
        "articles": (Article(title="空鼓怎么办", written_at=NOW), {"body": "敲开重做"}),
        "search_misses": (SearchMiss(typed="除甲醛", first_at=NOW, last_at=NOW), {"times": 2}),
        "phrases": (Phrase(kind="reply", words="{{client.name}}您好"), {"active": False}),
        "documents": (
            OfficeDocument(number="HY1", title="周例会", day=DAY, created_at=NOW),
            {"body": "本周投诉三件"},
        ),
        "macros": (Macro(name="已致歉"), {"moves": {"甲": [1]}}),
        "saved_views": (SavedView(place="tickets", name="我的"), {"wanted": {"state": "open"}}),
        "erasures": (Erasure(number="XH1", client_id=client_id, at=NOW), {"reason": "客户要求"}),
        "mappings": (
            RememberedMapping(noun="clients", signature="s", columns={"name": "姓名"}),
            {"used_at": NOW},
        ),
    }


CHILDREN = {
    *("bus_bookings", "turnovers", "campaign_targets", "sanction_entries", "quality_scores"),
    *("article_versions", "article_uses", "action_items"),
}
"""Nouns that hang on another new one; their services' tests keep them."""
NOUNS = tuple(records(0, 0, 0, 0, 0))
UNIQUE = {
    *("tickets", "departments", "operators", "categories", "mappings", "followup_rules", "scripts"),
    *("followups", "site_notices", "handbooks", "warranties", "inspections", "repairs", "evaluations"),
    *("registers", "bus_trips", "day_plans", "campaigns", "messages", "escalations", "notice_templates"),
    *("findings", "responsibilities", "sanctions", "mass_complaints", "appraisal_months", "appraisals"),
    *("issued_papers", "paper_texts", "paper_templates", "search_misses", "documents", "erasures"),
}
"""Nouns of which two alike cannot be."""
MANY = tuple(name for name in NOUNS if name not in UNIQUE)


@pytest.fixture
def every(desk) -> dict:
    client = builders.a_client(desk)
    site, ticket = builders.a_site(desk, client), builders.a_complaint(desk, client)
    member = builders.a_member(desk)
    return records(client.client.id, site.id, ticket.id, member.department_id, member.id)


def in_repository(work, name: str):
    return getattr(work, name)


def test_every_repository_is_in_the_table(desk) -> None:
    from deskapp.repository.base import Repository

    with desk.read() as work:
        names = {name for name in dir(type(work)) if isinstance(getattr(work, name), Repository)}
    assert names == set(NOUNS) | CHILDREN


@pytest.mark.row("P2")
@pytest.mark.parametrize("name", NOUNS)
def test_every_change_of_every_noun_is_kept_versioned_and_logged(desk, every, name: str) -> None:
    record, change = every[name]
    with desk.store.write("test", desk.operator) as work:
        repository = in_repository(work, name)
        stored = repository.add(record)
        changed = repository.save(replace(stored, **change))
        same = repository.save(changed)
    with desk.read() as work:
        kept = in_repository(work, name).find(stored.id)
    assert (stored.version, changed.version, same.version) == (1, 2, 2)
    assert kept == replace(changed, **({"named_keys": kept.named_keys} if name == "staff" else {}))
    entries = builders.audit_of(desk, repository.noun, stored.id)
    assert [(who, act) for who, act, _ in entries] == [("李敏", "test:add"), ("李敏", "test:change")]
    assert set(change) <= set(entries[1][2])


@pytest.mark.row("P2")
@pytest.mark.parametrize("name", MANY)
def test_many_at_once_are_as_one_by_one(desk, every, name: str) -> None:
    record, change = every[name]
    with desk.store.write("test", desk.operator) as work:
        repository = in_repository(work, name)
        before = max([0, *(one.id for one in repository.all())])
        stored = repository.add_many([record, replace(record, **change)])
        alone = repository.add(record)
    assert before < stored[0].id < stored[1].id < alone.id
    with desk.read() as work:
        kept = [in_repository(work, name).find(one.id) for one in stored]
    if name != "staff":
        assert kept == stored
    assert [len(builders.audit_of(desk, repository.noun, one.id)) for one in stored] == [1, 1]


@pytest.mark.row("T5", "P2")
@pytest.mark.parametrize("name", NOUNS)
def test_what_somebody_saved_meanwhile_is_a_conflict_that_names_him(desk, second_desk, every, name) -> None:
    record, change = every[name]
    with desk.store.write("test", desk.operator) as work:
        stored = in_repository(work, name).add(record)
    with second_desk.store.write("test", second_desk.operator) as work:
        in_repository(work, name).save(replace(stored, **change))
    with pytest.raises(Conflict) as told, desk.store.write("test", desk.operator) as work:
        in_repository(work, name).save(replace(stored, **change))
    assert (told.value.record_id, told.value.who, told.value.at) == (stored.id, "刘敏", NOW)


@pytest.mark.row("T5")
def test_two_threads_that_save_one_record_one_wins(desk, second_desk) -> None:
    client = builders.a_client(desk).client
    for place in range(10):
        meet = Barrier(2)

        def save(one, client=client, place=place, meet=meet) -> bool:
            meet.wait()
            try:
                with one.write("client.save") as work:
                    work.clients.save(replace(client, note=f"{one.operator.name}{place}"))
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(save, (desk, second_desk))) == [False, True]
        with desk.read() as work:
            client, version = work.clients.find(client.id), client.version
        assert client.version == version + 1


@pytest.mark.row("P3")
def test_what_fails_leaves_no_trace_not_even_in_the_audit(desk) -> None:
    before = len(builders.audit_of(desk, "client"))

    def half_a_change() -> None:
        with desk.write("client.save") as work:
            work.clients.add(Client(name="王丽"))
            work.counters.next("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_a_change()
    with desk.read() as work:
        assert work.clients.all() == []
    assert len(builders.audit_of(desk, "client")) == before
    with desk.write("client.save") as work:
        assert work.counters.next("x") == 1


@pytest.mark.row("P3")
def test_what_the_database_refuses_is_a_storage_error_and_undone(desk) -> None:
    def one_too_many() -> None:
        with desk.write("client.save") as work:
            work.clients.add(Client(name="王丽", source_key="k"))
            work.clients.add(Client(name="李丽", source_key="k"))

    with pytest.raises(StorageFailed) as refused:
        one_too_many()
    assert refused.value.code == "storage.refused"
    with desk.read() as work:
        assert work.clients.all() == []


@pytest.mark.row("P2")
def test_a_password_is_never_in_the_audit(desk) -> None:
    with desk.write("operator.save") as work:
        stored = work.operators.add(Operator(login="x", name="x", role="agent", password_hash="secret-1"))
        work.operators.save(replace(stored, password_hash="secret-2"))
    told = str(builders.audit_of(desk, "operator"))
    assert "secret" not in told
    assert "***" in told


@pytest.mark.row("P3")
@pytest.mark.parametrize("text", ["a\0b", "\ud800", "甲\udfff乙", "\0" * 3])
def test_what_no_database_can_hold_is_replaced_visibly(desk, text: str) -> None:
    with desk.write("client.save") as work:
        stored = work.clients.add_file(Client(name="王丽", note=text)).client
    with desk.read() as work:
        kept = work.clients.find(stored.id).note
    assert kept == storable(text)
    assert len(kept) == len(text)
    assert "\ufffd" in kept


HARMLESS = [
    "[red]王[/]",
    "O'Neil; DROP TABLE clients",
    "𠮷野\U0001f469\u200d\U0001f467",
    "\u202eabc\u200b",
    "\x1b[31m",
    "甲" * 10_000,
    "\r\n\t",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_every_other_text_is_kept_to_the_letter(desk, text: str) -> None:
    with desk.write("client.save") as work:
        stored = work.clients.add_file(Client(name="王丽", note=text)).client
    with desk.read() as work:
        assert work.clients.find(stored.id).note == text


instants = st.datetimes(datetime(1600, 1, 1), datetime(4000, 1, 1), timezones=st.just(UTC))


@given(instants)
@example(datetime(3059, 1, 1, 0, 0, 0, 999_997, tzinfo=UTC))
def test_instants_are_kept_to_the_microsecond(instant: datetime) -> None:
    read = from_micros(to_micros(instant))
    assert read == instant
    assert read.tzinfo is pendulum.UTC


@pytest.mark.row("T4")
def test_instants_of_any_zone_come_back_as_the_same_instant_in_utc(desk) -> None:
    shown = pendulum.datetime(2026, 11, 23, 9, 42, 10, tz="Asia/Shanghai").add(microseconds=123_457)
    with desk.write("client.save") as work:
        stored = work.clients.add(Client(name="王丽", created_at=shown))
    with desk.read() as work:
        kept = work.clients.find(stored.id).created_at
    assert kept == shown
    assert kept.timezone_name == "UTC"


def test_an_instant_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        to_micros(datetime(2026, 11, 23))


@pytest.mark.row("T2")
def test_counters_are_gapless_however_many_take(desk, second_desk) -> None:
    def take(place: int) -> int:
        one = (desk, second_desk)[place % 2]
        with one.store.write("test", one.operator) as work:
            return work.counters.next("series", 1 + place % 3)

    with ThreadPoolExecutor(6) as pool:
        firsts = list(pool.map(take, range(30)))
    taken = [first + more for place, first in enumerate(firsts) for more in range(1 + place % 3)]
    assert sorted(taken) == list(range(1, 61))


def test_settings_are_kept_and_logged_once(desk) -> None:
    with desk.store.write("test", desk.operator) as work:
        assert work.settings.get("theme", "无") == "无"
        for value in ({"色": 1}, {"色": 1}, {"色": 2}):
            work.settings.put("theme", value)
        assert work.settings.get("theme") == {"色": 2}
    changes = [told for _, act, told in builders.audit_of(desk, "setting") if act == "test:change"]
    assert changes == [{"theme": [None, {"色": 1}]}, {"theme": [{"色": 1}, {"色": 2}]}]


@pytest.mark.row("P1")
def test_the_latest_mark_moves_with_every_change_anybody_makes(desk, second_desk) -> None:
    def mark() -> int:
        with desk.read() as work:
            return work.latest()

    before = mark()
    assert mark() == before
    builders.a_client(second_desk)
    assert mark() > before


def test_nobody_reads_what_is_not_there(desk) -> None:
    with desk.read() as work:
        assert work.clients.get(None) is work.clients.get(99) is None
        assert work.clients.get_many([]) == work.clients.get_many([99]) == {}
        with pytest.raises(LookupError, match="client 99"):
            work.clients.find(99)


@pytest.mark.row("T4")
def test_without_a_clock_of_ours_time_is_the_databases(desk_url) -> None:
    desk = builders.open_at(desk_url)
    with desk.read() as work:
        shown = work.now
    assert abs((pendulum.now("UTC") - shown).total_seconds()) < 60
    desk.store.close()
