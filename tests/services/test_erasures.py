"""A person is forgotten: nothing of theirs is left anywhere, every figure stays, the trail is whole."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from deskapp.domain.client import HOUSE
from deskapp.domain.erasure import ERASED, digest_of
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.office_document import OfficeDocument
from deskapp.domain.paper import IssuedPaper
from deskapp.domain.sanction import Sanction
from deskapp.domain.staff import Department, StaffMember
from deskapp.repository import audit as trail
from deskapp.repository.erasures import Erasures
from deskapp.services import articles, attachments, audit, backups, clients, drafts, erasures, found
from tests import builders

pytestmark = pytest.mark.row("P6")
NAME, PHONE, STREET, WORDS = "欧阳若兰", "13711112222", "紫荆路九号", "卫生间漏水淹了衣柜"
EMAIL = "ruolan@example.com"


@pytest.fixture
def person(desk, tmp_path):
    """A client with a number, an address, a site with a file, and a complaint that was withdrawn."""
    card = clients.add(desk, builders.Client(name=NAME, address=STREET, note="怕狗"), PHONE, emails=EMAIL)
    site = builders.a_site(desk, card, address=STREET)
    file = tmp_path / "a.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + WORDS.encode() * 9)
    attachments.add(desk, "site", site.id, file)
    ticket = builders.a_complaint(desk, card, subject=WORDS, description=f"{NAME}说{WORDS}")
    return card.client.id, ticket


def everything(desk):
    """Every text in every table, in one."""
    with desk.store.snapshot() as work:
        return "\n".join(repr(row) for one in work.dump.tables() for row in work.dump.rows(one))


def withdrawn(desk, ticket):
    with desk.store.engine.begin() as connection:
        connection.execute(text("UPDATE tickets SET state = 'closed' WHERE id = :i"), {"i": ticket.id})


def test_nothing_of_a_person_is_left_and_everything_counts_the_same(desk, person):
    client_id, ticket = person
    other = builders.a_client(desk, "旁人", "13800005555")
    with pytest.raises(RuleBroken) as refused:
        erasures.erase(desk, client_id, "本人申请")
    assert refused.value.code == "erasure.tickets"
    withdrawn(desk, ticket)
    articles.count_miss(desk, f"{NAME}家漏水")
    audit.seal(desk)
    assert NAME in everything(desk)
    with desk.read() as work:
        before = work.erasures.recount()
    done = erasures.erase(desk, client_id, "本人 11 月 23 日来电申请")
    left = everything(desk)
    for word in (NAME, PHONE, STREET, WORDS, EMAIL, "怕狗", "ouyang", PHONE[::-1], "ruolan"):
        assert word not in left, word
    with desk.read() as work:
        assert work.erasures.recount() == before
        assert work.tickets.get(ticket.id) is not None
        assert work.clients.cards([other.client.id])[0].phones
    assert found.search(desk, NAME, 5) == ([], []) and clients.whose(desk, PHONE) == []
    assert done.number.startswith("XH") and done.digest == digest_of(done.number, NAME, [f"+86{PHONE}"])
    assert NAME not in repr(erasures.certificate(desk, done))
    assert erasures.export(desk, done).read_bytes().startswith(b"%PDF")
    assert audit.verify(desk).fault is None
    with pytest.raises(RuleBroken) as again:
        erasures.erase(desk, client_id, "再来")
    assert again.value.code == "erasure.done"


def test_an_entry_an_erasure_blanked_may_not_be_changed_again(desk, person):
    client_id, ticket = person
    withdrawn(desk, ticket)
    audit.seal(desk)
    erasures.erase(desk, client_id, "本人申请")
    assert audit.verify(desk).fault is None
    from deskapp.repository.audit import writable

    with desk.store.write("x") as work, writable(work):
        work.connection.execute(
            text("UPDATE audit SET changes = '{}' WHERE noun = 'client' AND record_id = :i"), {"i": client_id}
        )
    fault = audit.verify(desk).fault
    assert fault is not None and fault.code == "changed"
    with pytest.raises(Exception, match="append-only"), desk.store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET who = 'x'"))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_only_leaders_erase_and_only_with_a_reason(desk, second_desk, person):
    client_id, ticket = person
    withdrawn(desk, ticket)
    with pytest.raises(NotAllowed):
        erasures.erase(second_desk, client_id, "本人申请")
    with pytest.raises(RuleBroken) as refused:
        erasures.erase(desk, client_id, "  ")
    assert refused.value.code == "erasure.reason"


def test_what_others_wrote_stays_without_the_person_and_the_certificate_says_what_does_not_go(
    desk, person, tmp_path
):
    client_id, ticket = person
    member = builders.a_member(desk)
    digits = f"{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}"
    rows = [[ticket.number, NAME, digits, 7], ["TS20200101-0001", "旁人", "13800005555", 5]]
    document = {
        "kind": "weekly",
        "title": "t",
        "blocks": [{"block": "table", "columns": ["a"], "rows": rows}],
    }
    at = desk.now()
    with desk.write("paper.issue") as work:
        paper = work.issued_papers.add(
            IssuedPaper(
                number="ZB1",
                kind="weekly",
                first_on=at.date(),
                last_on=at.date(),
                issued_at=at,
                document=document,
            )
        )
        sanction = work.sanctions.add(
            Sanction(
                number="CF1",
                kind="penalty",
                staff_id=member.id,
                ticket_id=ticket.id,
                rule="no_reply",
                amount=-10000,
                reason=f"没有答复{NAME}",
                proposed_at=at,
            )
        )
        work.documents.add(
            OfficeDocument(
                number="HY1", kind="minutes", title="例会", day=at.date(), body=f"议{NAME}一事", created_at=at
            )
        )
    backups.make(desk, tmp_path / "before.backup")
    withdrawn(desk, ticket)
    audit.seal(desk)
    done = erasures.erase(desk, client_id, "本人申请")
    with desk.read() as work:
        kept = work.issued_papers.find(paper.id).document["blocks"][0]["rows"]
        assert kept == [[ticket.number, ERASED, ERASED, 7], rows[1]]
        now = work.sanctions.find(sanction.id)
        assert (now.reason, now.amount) == (f"没有答复{ERASED}", -10000)
    left = everything(desk).replace(f"议{NAME}一事", "")
    assert NAME not in left, "in the minutes, which people must see to, and nowhere else"
    told = repr(erasures.certificate(desk, done))
    until = desk.local(at).date().add(days=desk.policy.retention_days["backups"])
    assert "HY1" in told and "before.backup" in told and str(until) in told and NAME not in told
    assert audit.verify(desk).fault is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("whose", ["member", "client", "department"])
def test_a_paper_keeps_the_name_of_another_that_holds_the_name_of_whoever_is_forgotten(desk, whose):
    gone = builders.a_client(desk, "李明", PHONE)
    with desk.write("client.erase") as work:
        if whose == "member":
            work.staff.add(StaffMember(name="李明辉"))
        elif whose == "client":
            work.clients.add(builders.Client(name="李明辉"))
        else:
            work.departments.add(Department(code="x", name="李明辉"))
        day = work.now.date()
        document = {"blocks": [{"rows": [["李明辉", 3], ["李明", 4], ["客户李明辉", 1]]}]}
        paper = work.issued_papers.add(
            IssuedPaper(
                number="ZB1",
                kind="weekly",
                first_on=day,
                last_on=day,
                issued_at=work.now,
                document=document,
            )
        )
    articles.count_miss(desk, "李明辉的电话")
    erasures.erase(desk, gone.client.id, "本人申请")
    assert "李明辉的电话" in everything(desk)
    with desk.read() as work:
        rows = work.issued_papers.find(paper.id).document["blocks"][0]["rows"]
    assert rows == [["李明辉", 3], [ERASED, 4], ["客户李明辉", 1]]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_companys_own_file_is_nobody_and_stays(desk):
    with desk.store.write("x") as work:
        house = work.clients.add(builders.Client(name="华居装饰", source_key=HOUSE))
        later = work.now.add(years=20)
        assert work.retention.old("clients", later, 0, house.id, 9) == []
    with pytest.raises(RuleBroken) as refused:
        erasures.erase(desk, house.id, "本人申请")
    assert refused.value.code == "erasure.house"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_only_drafts_that_name_the_person_go(desk):
    gone = builders.a_client(desk, "李明", PHONE)
    builders.a_client(desk, "李明辉", "13800005555")
    kept = {
        "by_number": {"phone": PHONE, "who": "某人"},
        "by_name": {"fields": ["李明", "漏水"]},
        "other": {"words": "设计师李明辉没来"},
        "unclear": {"words": "李明天来"},
    }
    for form, values in kept.items():
        drafts.keep(desk, form, values)
    erasures.erase(desk, gone.client.id, "本人申请")
    assert {form for form in kept if drafts.kept(desk, form)} == {"other", "unclear"}


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_others_save_meanwhile_stops_no_erasure(desk, second_desk, monkeypatch):
    gone, erase = builders.a_client(desk, NAME, PHONE), Erasures.erase

    def beside_others(self, *about):
        builders.a_client(second_desk, "旁人", "13800005555")
        return erase(self, *about)

    monkeypatch.setattr(Erasures, "erase", beside_others)
    assert erasures.erase(desk, gone.client.id, "本人申请").number
    assert NAME not in everything(desk) and "旁人" in everything(desk)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_an_erasure_does_not_wait_long_behind_a_writer_and_says_so(desk, second_desk, monkeypatch):
    monkeypatch.setattr(trail, "PATIENCE", "50ms")
    gone = builders.a_client(desk, NAME, PHONE)
    with second_desk.store.engine.begin() as writing:
        writing.execute(text("LOCK TABLE audit IN ROW EXCLUSIVE MODE"))
        with pytest.raises(RuleBroken) as refused:
            erasures.erase(desk, gone.client.id, "本人申请")
        with desk.store.write("client.erase") as work:
            assert work.erasures.redact({"call": [999]}, "x") == 0, "nothing to change waits for nobody"
    assert refused.value.code == "erasure.busy" and NAME in everything(desk)
    assert erasures.erase(desk, gone.client.id, "本人申请").number
    with desk.store.write("client.erase") as work, trail.writable(work):
        assert work.connection.execute(text("SHOW lock_timeout")).scalar_one() == "0"
