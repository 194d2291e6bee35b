"""The trail at work: sealed after the commit, closed to change by the database itself, tampering named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deskapp.domain.audit import AuditFilter
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.services import audit, tickets
from deskapp.services.audit_trail import Trail, read_filter
from tests import builders

pytestmark = pytest.mark.row("P2")


@pytest.fixture
def trail(desk):
    """A desk with a few tickets in its trail, all sealed."""
    for number in range(3):
        builders.a_complaint(desk, builders.a_client(desk, f"客户{number}", f"1380013800{number}"))
    audit.seal(desk)
    return desk


def read(desk, typed: str) -> list:
    return [row.entry for row in Trail(desk, read_filter(desk, typed)).first(50)]


def tamper(desk, *statements: str) -> None:
    """Do what only somebody with the database's own password can: take the guards off, and change rows."""
    with desk.store.engine.begin() as connection:
        for table in ("audit", "audit_seals"):
            if desk.store.dialect == "sqlite":
                for event in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{event}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def middle(desk) -> int:
    with desk.store.engine.connect() as connection:
        return connection.execute(text("SELECT max(id) / 2 FROM audit")).scalar_one()


def fault_of(desk) -> tuple[str, int | None] | None:
    fault = audit.verify(desk).fault
    return None if fault is None else (fault.code, fault.audit_id)


def test_what_was_done_is_sealed_once(trail):
    verdict = audit.verify(trail)
    with trail.store.engine.connect() as connection:
        assert verdict.entries == connection.execute(text("SELECT count(*) FROM audit")).scalar_one() > 0
    assert verdict.fault is None and len(verdict.head) == 64
    assert audit.seal(trail) == 0
    assert audit.verify(trail) == verdict


@pytest.mark.parametrize("table", ["audit", "audit_seals"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_the_database_itself_refuses_change_and_removal(trail, table, act):
    change = {"audit": "who = 'x'", "audit_seals": "digest = 'x'"}[table]
    with pytest.raises(DBAPIError, match="append-only"), trail.store.engine.begin() as connection:
        connection.execute(text(act.format(table, change)))


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_table_cannot_be_emptied(trail):
    with pytest.raises(DBAPIError, match="append-only"), trail.store.engine.begin() as connection:
        connection.execute(text("TRUNCATE audit, audit_seals"))


def test_a_changed_entry_is_named(trail):
    at = middle(trail)
    tamper(trail, f"UPDATE audit SET who = 'nobody' WHERE id = {at}")
    fault = audit.verify(trail).fault
    assert fault is not None and (fault.code, fault.audit_id, fault.who) == ("changed", at, "nobody")


def test_a_removed_entry_is_named(trail):
    at = middle(trail)
    tamper(trail, f"DELETE FROM audit WHERE id = {at}")
    assert fault_of(trail) == ("removed", at)


def test_an_inserted_entry_is_named(trail):
    at = middle(trail)
    names = "at, operator_id, who, act, noun, record_id, changes, tx"
    tamper(trail, f"INSERT INTO audit ({names}) SELECT {names} FROM audit WHERE id = {at}")
    with trail.store.engine.connect() as connection:
        last = connection.execute(text("SELECT max(id) FROM audit")).scalar_one()
    assert fault_of(trail) == ("inserted", last)


def test_an_entry_removed_with_its_seal_is_named_by_its_place(trail):
    at = middle(trail)
    tamper(trail, f"DELETE FROM audit_seals WHERE audit_id = {at}", f"DELETE FROM audit WHERE id = {at}")
    fault = audit.verify(trail).fault
    assert fault is not None and (fault.code, fault.audit_id) == ("removed", None) and fault.seq


def test_a_chain_cut_off_at_its_end_is_seen_by_a_desk_that_remembers(trail, tmp_path):
    remembers = replace(trail, desk_dir=tmp_path)
    assert audit.verify(remembers).fault is None
    with trail.store.engine.connect() as connection:
        last = connection.execute(text("SELECT max(seq) FROM audit_seals")).scalar_one()
        gone = connection.execute(text(f"SELECT audit_id FROM audit_seals WHERE seq = {last}")).scalar_one()
    tamper(trail, f"DELETE FROM audit_seals WHERE seq = {last}", f"DELETE FROM audit WHERE id = {gone}")
    assert fault_of(remembers) == ("removed", gone)
    builders.a_client(remembers)
    assert audit.seal(remembers) > 0
    assert fault_of(remembers)[1] == gone, "sealing on does not make the desk forget"
    assert fault_of(replace(trail, desk_dir=tmp_path / "new")) is None


def test_an_entry_taken_out_before_it_is_sealed_is_missed(trail):
    builders.a_client(trail, "后来", "13900000000")
    with trail.store.engine.connect() as connection:
        last = connection.execute(text("SELECT max(id) FROM audit")).scalar_one()
    tamper(trail, f"DELETE FROM audit WHERE id = {last}")
    verdict = audit.verify(trail)
    assert verdict.fault is not None and verdict.fault.code == "removed"


def test_two_desks_seal_one_chain(trail, second_desk):
    builders.a_client(trail, "甲", "13900000001")
    builders.a_client(second_desk, "乙", "13900000002")
    assert audit.seal(second_desk) + audit.seal(trail) > 0
    builders.a_client(second_desk, "丙", "13900000005")
    assert audit.seal(trail) > 0 == audit.seal(second_desk)
    assert audit.verify(trail).fault is None


def test_read_by_record_person_and_time(trail, second_desk, clock):
    client = builders.a_client(trail, "赵倩", "13900000003")
    ticket = builders.a_complaint(trail, client)
    clock.at = clock.at.add(hours=1)
    tickets.note(second_desk, ticket, "请带梯子")
    of_ticket = read(trail, ticket.number)
    assert [entry.record_id for entry in of_ticket] == [ticket.id] * len(of_ticket) and of_ticket
    theirs = read(trail, "刘敏")
    assert theirs == read(trail, "liumin") == read(trail, "刘")
    assert {entry.who for entry in theirs} == {second_desk.operator.name}
    with trail.read() as work:
        assert work.audit.page(AuditFilter(since=clock.at), 10) == theirs
    assert read(trail, "刘敏 11-23") == read(trail, "2026-11-23 刘敏") == theirs
    assert read(trail, "刘敏 11-22") == read(trail, "刘敏 11-24") == []
    with trail.read() as work:
        whole = work.audit.page(AuditFilter(), 1000)
        assert work.audit.count(AuditFilter()) == len(whole)
        assert work.audit.page(AuditFilter(), 3, before=whole[4].id) == whole[5:8]
        assert work.audit.page_before(AuditFilter(), 3, after=whole[4].id) == whole[1:4]
        assert work.audit.page_at(AuditFilter(), 5, 3) == whole[5:8]


def test_the_trail_is_not_everybodys_to_read(second_desk):
    with pytest.raises(NotAllowed):
        Trail(second_desk, AuditFilter())
    with pytest.raises(NotAllowed):
        audit.verify(second_desk)


@pytest.mark.parametrize("word", ["TS20200101-0001", "13-45", "2026-02-30", "没有此人"])
def test_a_word_nobody_understands_is_named(trail, word):
    with pytest.raises(RuleBroken) as broken:
        read_filter(trail, f"李敏 {word}")
    assert (broken.value.code, broken.value.facts) == ("audit.unknown", {"word": word})


def half_done(desk) -> None:
    with desk.write("client.save") as work:
        work.log("client", 1, "change", {"name": ["a", "b"]})
        raise RuleBroken("form.clash")


def test_nothing_that_failed_is_in_the_trail(trail):
    before = audit.verify(trail)
    with pytest.raises(RuleBroken):
        half_done(trail)
    assert audit.verify(trail) == before


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_number_given_again_after_a_removal_is_named(trail):
    with trail.store.engine.connect() as connection:
        last = connection.execute(text("SELECT max(id) FROM audit")).scalar_one()
    tamper(trail, f"DELETE FROM audit WHERE id = {last}")
    builders.a_client(trail, "后来", "13900000000")
    assert fault_of(trail) == ("changed", last)
