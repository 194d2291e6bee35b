"""What is kept too long goes by itself, in small steps, once a day; every figure stays; a record says what went."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.domain.period import period_of
from deskapp.domain.retention import DEFAULT_DAYS
from deskapp.repository import audit as trail
from deskapp.repository.erasures import Erasures
from deskapp.repository.instants import to_micros
from deskapp.services import audit, clients, figures, retention, tick
from tests import builders

pytestmark = pytest.mark.row("P6")
NUMBER, NAME, BODY = "13711112222", "欧阳若兰", "请看附件里的发票"


def sql(desk, statement, **values):
    with desk.store.engine.begin() as connection:
        return connection.execute(text(statement), values)


def keeping(desk, years=0, **days):
    return replace(
        desk,
        policy=replace(desk.policy, retention_days={**DEFAULT_DAYS, **days}, retention_client_years=years),
    )


def long_ago(desk, **back):
    return to_micros(desk.now().subtract(**(back or {"years": 12})))


def recount(desk):
    with desk.read() as work:
        return work.erasures.recount()


def boards(desk):
    """Every figure of the months in which anything was, under each rival formula."""
    days = [desk.local(desk.now().subtract(years=years)).date() for years in (0, 12)]
    rivals = ({}, {"reopened": "resolved", "service_level": "answered"})
    return [
        [(line.measure.code, line.part.value, line.now) for line in board.lines]
        for day in days
        for chosen in rivals
        for board in [figures.figures_of(desk, period_of("month", day), "", tuple(chosen), chosen)]
    ]


def everything(desk):
    with desk.store.snapshot() as work:
        return "\n".join(repr(row) for one in work.dump.tables() for row in work.dump.rows(one))


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Let a step come to the end of the run however busy the machine is."""
    monkeypatch.setattr(retention, "STEP_S", 60.0)


@pytest.fixture
def old(desk):
    """What lies there from long ago: an unknown caller, a letter, a notice, a miss, and a client out of touch."""
    at = long_ago(desk)
    call = builders.a_ring(desk, NUMBER)
    sql(
        desk,
        "UPDATE calls SET state = 'abandoned', ended_at = :a, caller_name = '陌生人' WHERE id = :i",
        a=at,
        i=call.id,
    )
    gone = builders.a_client(desk, NAME, "13800009999")
    category = builders.a_category(desk)
    ticket = builders.a_complaint(desk, gone, category_id=category)
    again = builders.a_complaint(desk, gone, category_id=category)
    sql(
        desk,
        "INSERT INTO messages (ticket_id, direction, message_key, sender, recipient, subject, body, at) "
        "VALUES (:t, 'in', 'k', 'a@b', 'c@d', '发票', :b, :a)",
        t=ticket.id,
        b=BODY,
        a=at,
    )
    for once in (None, "late-1"):
        sql(
            desk,
            "INSERT INTO outbox (at, reason, state, sent_at, once, facts) VALUES (:a, 'x', 'sent', :a, :o, :f)",
            a=at,
            o=once,
            f='{"name": "陌生收件"}',
        )
    sql(
        desk,
        "INSERT INTO search_misses (typed, first_at, last_at) VALUES ('没搜到', :a, :a)",
        a=at,
    )
    sql(
        desk,
        "UPDATE tickets SET state = 'closed', received_at = :a, closed_at = :a WHERE id = :i",
        a=at,
        i=ticket.id,
    )
    sql(desk, "UPDATE tickets SET state = 'closed', received_at = :a WHERE id = :i", a=at + 9, i=again.id)
    sql(desk, "UPDATE clients SET created_at = :a WHERE id = :i", a=at, i=gone.client.id)
    sql(
        desk, "UPDATE calls SET state = 'dropped', ended_at = :a WHERE client_id = :i", a=at, i=gone.client.id
    )
    return gone.client.id


def test_what_is_old_goes_and_nothing_else_and_every_figure_stays(desk, old):
    recent = builders.a_client(desk, "近客", "13700007777")
    builders.a_complaint(desk, recent)
    told = boards(desk)
    assert ("repeat_rate", 1) in {(code, value.top) for board in told for code, _, value in board}
    lines = {line.kind: line.count for line in retention.preview(keeping(desk, years=8))}
    wanted = {"unknown_calls": 1, "outbox": 2, "mail": 1, "misses": 1, "clients": 1}
    assert {kind: count for kind, count in lines.items() if count} == wanted
    assert [one.words for one in retention.listed(keeping(desk, years=8), "clients")] == [NAME]
    before, here = recount(desk), keeping(desk, years=8)
    assert tick.tick(here).forgotten == sum(wanted.values())
    left = everything(desk)
    for words in (NUMBER, NAME, BODY, "陌生人", "陌生收件", "没搜到", "13800009999"):
        assert words not in left, words
    assert "近客" in left and recount(desk) == before and boards(desk) == told
    assert [line.count for line in retention.preview(here) if line.count] == []
    (done,) = retention.runs(here)
    assert done.done and dict(done.counts) == wanted
    (entry,) = [act for _, act, _ in builders.audit_of(desk, "retention")]
    assert entry == "retention.run:run"
    with desk.read() as work:
        certificate = work.erasures.of_client(old)
        assert certificate is not None and certificate.cause == "retention"
    assert audit.verify(desk).fault is None and clients.whose(desk, "13800009999") == []


def test_once_a_day_until_somebody_asks_and_nothing_kept_for_ever_goes(desk, old, clock):
    for_ever = keeping(desk, **dict.fromkeys(DEFAULT_DAYS, 0))
    assert retention.step(for_ever) == 0 and retention.runs(for_ever) == []
    here = keeping(desk, mail=0)
    assert retention.step(here) == 4
    later = keeping(desk)
    assert retention.step(later) == 0 and BODY in everything(desk)
    done = retention.run(later)
    assert done.total == 5 and BODY not in everything(desk) and len(retention.runs(desk)) == 1
    clock.at = clock.at.add(days=1)
    assert retention.step(later) == 0 and [one.total for one in retention.runs(desk)] == [0, 5]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_step_is_short_and_the_next_desk_goes_on_where_it_stopped(desk, second_desk, monkeypatch):
    at = long_ago(desk)
    for _ in range(7):
        call = builders.a_ring(desk)
        sql(desk, "UPDATE calls SET state = 'abandoned', ended_at = :a WHERE id = :i", a=at, i=call.id)
    monkeypatch.setattr(retention, "BATCH", 3)
    monkeypatch.setattr(retention, "STEP_S", 0.0)
    steps = [retention.step(one) for one in (desk, second_desk, desk)]
    assert steps == [3, 3, 1]
    for _ in range(20):
        retention.step(second_desk)
    (done,) = retention.runs(desk)
    assert done.done and done.total == 7


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", ["open", "warranty", "called", "unpaid"])
def test_a_client_anything_still_runs_with_stays(desk, old, change):
    site = builders.a_site(desk, old, stage="ended")
    sql(desk, "UPDATE sites SET created_at = :a", a=long_ago(desk))
    here = keeping(desk, years=8)
    assert [one.id for one in retention.listed(here, "clients")] == [old]
    day = desk.now().add(days=30).date().isoformat()
    sql(
        desk,
        {
            "open": "UPDATE tickets SET state = 'reopened'",
            "warranty": f"INSERT INTO warranties (site_id, scope, from_on, until_on) "
            f"VALUES ({site.id}, 'general', '2010-01-01', '{day}')",
            "called": f"UPDATE calls SET ended_at = {to_micros(desk.now())}, client_id = {old}",
            "unpaid": f"INSERT INTO payments (site_id, kind, amount) VALUES ({site.id}, 'final', 5)",
        }[change],
    )
    assert retention.listed(here, "clients") == []
    retention.run(here)
    assert NAME in everything(desk)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_step_behind_a_writer_stands_back_and_the_next_goes_on(desk, second_desk, old, monkeypatch):
    monkeypatch.setattr(trail, "PATIENCE", "50ms")
    here = keeping(desk, years=8)
    with second_desk.store.engine.begin() as writing:
        writing.execute(text("LOCK TABLE audit IN ROW EXCLUSIVE MODE"))
        assert retention.step(here) == 0 and NAME in everything(desk)
    assert retention.step(here) > 0 and NAME not in everything(desk)


def test_a_client_who_cannot_be_forgotten_is_passed_over(desk, old, monkeypatch, caplog):
    monkeypatch.setattr(Erasures, "erase", lambda *_: 1 // 0)
    here = keeping(desk, years=8)
    assert retention.run(here).done and NAME in everything(desk)
    assert f"client file {old}" in caplog.text and NAME not in caplog.text
    assert audit.verify(desk).fault is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_trail_tells_each_thing_that_went_once(desk, old):
    assert retention.run(keeping(desk, mail=0)).total == 4
    assert retention.run(keeping(desk)).total == 5
    retention.run(keeping(desk))
    told = [changes["counts"] for _, _, changes in builders.audit_of(desk, "retention")]
    assert sorted(told, key=len) == [{"mail": 1}, {"unknown_calls": 1, "outbox": 2, "misses": 1}]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_part_of_a_tick_that_fails_keeps_none_from_running(desk, monkeypatch, caplog):
    done = []

    def fail(_desk):
        done.append("failed")
        raise RuleBroken("x.y")

    monkeypatch.setattr(tick.escalation, "watch", fail)
    monkeypatch.setattr(tick.mail, "attend", lambda _: done.append("mail"))
    monkeypatch.setattr(tick.retention, "step", lambda _: done.append("retention"))
    with pytest.raises(RuleBroken, match=r"x\.y"):
        tick.tick(desk)
    assert done == ["failed", "mail", "retention"] and "escalated" in caplog.text


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_tick_whose_database_is_away_stops_there(desk, monkeypatch):
    def lost(_desk):
        raise StorageFailed("storage.lost", why="x")

    monkeypatch.setattr(tick.escalation, "watch", lost)
    monkeypatch.setattr(tick.retention, "step", lambda _: pytest.fail("went on"))
    with pytest.raises(StorageFailed):
        tick.tick(desk)
