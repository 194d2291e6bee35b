"""A database of every earlier version opens in this one with everything in it as it was, and can be worked in."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from deskapp import cli
from deskapp.config import Config
from deskapp.repository import migrate
from deskapp.repository.migrations import HEAD
from deskapp.repository.work import Store
from deskapp.services import audit, clients, found
from deskapp.services.operators import system_operator
from deskapp.wiring import open_desk
from tests import builders

pytestmark = pytest.mark.row("P6")

AT = 1_795_398_130_000_000
ROWS: dict[str, tuple[str, ...]] = {
    "0001": (
        "INSERT INTO settings (key, value) VALUES ('company', '\"海棠装饰\"')",
        "INSERT INTO counters (name, last) VALUES ('TS20261101', 7)",
        "INSERT INTO departments (id, code, name, position) VALUES (1, 'engineering', '工程部', 1)",
        "INSERT INTO staff (id, name, department_id, trade) VALUES (1, '赵刚', 1, 'project_manager')",
        "INSERT INTO operators (id, login, name, role) VALUES (1, 'limin', '李敏', 'admin')",
        "INSERT INTO clients (id, name, kind, address, note) VALUES (1, '欧阳若兰', 'home', '紫荆路九号', '怕狗')",
        "INSERT INTO phones (id, client_id, raw, normal, line_key, reversed_digits) VALUES "
        "(1, 1, '137 1111 2222', '+8613711112222', '+8613711112222', '22221111731')",
        "INSERT INTO sites (id, client_id, estate, address, stage) VALUES (1, 1, '海棠湾', '3-2-1101', 'building')",
        f"INSERT INTO tickets (id, number, kind, client_id, severity, subject, state, received_at, target_s) VALUES "
        f"(1, 'TS20261101-007', 'complaint', 1, 'major', '卫生间漏水', 'received', {AT}, 86400)",
        f"INSERT INTO ticket_events (id, ticket_id, at, kind, text) VALUES (1, 1, {AT}, 'note', '已联系')",
        f"INSERT INTO calls (id, kind, client_id, due_at, state, outcome) VALUES "
        f"(1, 'incoming', 1, {AT}, 'ended', 'reached')",
        f"INSERT INTO audit (id, at, who, act, noun, record_id, changes) VALUES "
        f"(1, {AT}, '李敏', 'client.save:add', 'client', 1, '{{\"name\":\"欧阳若兰\"}}')",
    ),
    "0002": (
        "INSERT INTO client_search (id, haystack, grams) VALUES (1, '欧阳若兰', '欧阳 阳若 若兰')",
        "INSERT INTO name_keys (key, client_id) VALUES ('欧阳若兰', 1)",
    ),
    "0003": (
        f"INSERT INTO submissions (key, at, act, record_id) VALUES ('k1', {AT}, 'client.add', 1)",
        "INSERT INTO audit_pending (tx, entries) VALUES (0, 1)",
        "INSERT INTO ticket_tags (ticket_id, tag) VALUES (1, '加急')",
    ),
    "0004": (
        "INSERT INTO followups (id, key, purpose, client_id, planned_on, due_on) VALUES "
        "(1, 'k', 'care', 1, '2026-11-20', '2026-11-23')",
        "INSERT INTO blobs (sha256, content) VALUES ('aa', {blob})",
        "INSERT INTO attachments (id, noun, record_id, name, sha256) VALUES (1, 'site', 1, '照片.png', 'aa')",
    ),
    "0005": ("INSERT INTO emails (id, client_id, address) VALUES (1, 1, 'ruolan@example.com')",),
    "0006": (
        "INSERT INTO sanctions (id, number, kind, staff_id, rule, amount, proposed_at) VALUES "
        f"(1, 'CF20261101-001', 'penalty', 1, 'no_reply', -10000, {AT})",
    ),
    "0007": (
        f"INSERT INTO articles (id, code, title, body, written_at) VALUES (1, 'wet', '防水', '闭水两天', {AT})",
        "INSERT INTO article_search (id, haystack, grams) VALUES (1, '防水 闭水两天', '防水 闭水 水两 两天')",
    ),
}
"""What each version's own tables held: laid down as that version would have, never by today's code."""


def laid_down(store, version):
    """Make a database of an old version with its rows; return all of them by table and column."""
    blob = "x'00ff10'" if store.dialect == "sqlite" else r"'\x00ff10'"
    with store.engine.begin() as connection:
        migrate.upgrade(connection, version)
        for rows in (rows for since, rows in ROWS.items() if since <= version):
            for row in rows:
                connection.exec_driver_sql(row.replace("{blob}", blob))
        if store.dialect == "postgresql":
            for name in (
                "departments",
                "staff",
                "operators",
                "clients",
                "phones",
                "sites",
                "tickets",
                "calls",
                "audit",
            ):
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1)"))
    return held(store)


def held(store):
    with store.snapshot() as work:
        return {
            one.table: [dict(zip(dict(one.columns), row, strict=True)) for row in work.dump.rows(one)]
            for one in work.dump.tables()
        }


@pytest.mark.parametrize("version", list(ROWS))
def test_a_database_of_an_earlier_version_opens_with_all_of_its_data(database_url, version):
    store = Store(database_url)
    before = laid_down(store, version)
    assert migrate.version(store) == version
    store.close()
    desk = open_desk(Config(database_url, desk_dir=builders.own_folder(database_url))).signed_in(
        system_operator()
    )
    try:
        assert migrate.version(desk.store) == HEAD and desk.company == "海棠装饰"
        after = held(desk.store)
        for table, rows in before.items():
            kept = [{name: now[name] for name in old} for now, old in zip(after[table], rows, strict=False)]
            assert kept == rows, table
        with desk.store.engine.connect() as connection:
            assert migrate.drift(connection) == []
        assert [card.client.name for card in clients.whose(desk, "13711112222")] == ["欧阳若兰"]
        if version >= "0002":
            assert found.search(desk, "若兰", 5)[0]
        assert audit.verify(desk).fault is None
        assert builders.a_client(desk, "新来的").client.id == 2
    finally:
        desk.store.close()


def test_the_fixtures_reach_up_to_this_version():
    assert f"{int(max(ROWS)) + 1:04}" == HEAD, "rows of the version before this one are missing here"


def test_an_unknown_newer_database_is_refused_in_one_line(database_url, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    store = Store(database_url)
    migrate.migrate(store)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    store.close()
    for command in (["migrate"], ["search", "x"], ["backup", str(tmp_path / "b")]):
        assert cli.main([*command, "--db", database_url, "--lang", "en"]) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "0999" in said and HEAD in said and "upgrade the program" in said
    assert not (tmp_path / "b").exists()
