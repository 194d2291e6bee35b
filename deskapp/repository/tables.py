"""The whole schema, to be read in one sitting; migrations/ brings a database here."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    literal_column,
)

from deskapp.domain.ticket import UNANSWERED_STATES
from deskapp.repository.types import Instant, Json, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")


def _key() -> Column[Any]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _version() -> Column[Any]:
    return Column("version", Integer, nullable=False, server_default="1")


def _text(name: str) -> Column[Any]:
    return Column(name, Words, nullable=False, server_default="")


def _ascii(name: str, length: int = 80, **options: Any) -> Column[Any]:
    """A short text compared byte by byte on both engines, so that prefix ranges mean the same."""
    return Column(name, String(length, collation="C").with_variant(String(length), "sqlite"), **options)


def _to(name: str, target: str, nullable: bool = True, index: bool = False) -> Column[Any]:
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def _flag(name: str, default: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False, server_default=default)


def _number(name: str, default: str = "0") -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=default)


settings = Table(
    "settings",
    metadata,
    Column("key", String(100), primary_key=True),
    _version(),
    Column("value", Json, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

departments = Table(
    "departments",
    metadata,
    _key(),
    _version(),
    Column("code", String(40), nullable=False, unique=True),
    _text("name"),
    Column("head_id", Id),
    _text("duties"),
    _number("position"),
    _flag("active", "1"),
)

posts = Table(
    "posts",
    metadata,
    _key(),
    _version(),
    _to("department_id", "departments", nullable=False, index=True),
    _text("title"),
    _number("headcount", "1"),
    _text("duties"),
    _number("position"),
)

staff = Table(
    "staff",
    metadata,
    _key(),
    _version(),
    _text("name"),
    _to("department_id", "departments", index=True),
    Column("trade", String(40), nullable=False, server_default="other"),
    _text("title"),
    _text("phone"),
    _text("email"),
    Column("channel", String(20), nullable=False, server_default="none"),
    Column("joined_on", Date),
    Column("left_on", Date),
    _text("named_keys"),
    Index("ix_staff_name_trade", "name", "trade"),
)

operators = Table(
    "operators",
    metadata,
    _key(),
    _version(),
    Column("login", String(64), nullable=False, unique=True),
    _text("name"),
    Column("role", String(20), nullable=False),
    _text("password_hash"),
    _flag("active", "1"),
    Column("language", String(8), nullable=False, server_default="zh"),
    Column("theme", String(40), nullable=False, server_default=""),
    _flag("plain_signs", "0"),
    _text("keys"),
    _to("staff_id", "staff"),
    Column("created_at", Instant),
)

categories = Table(
    "categories",
    metadata,
    _key(),
    _version(),
    Column("code", String(40), nullable=False, unique=True),
    _text("name"),
    _to("department_id", "departments"),
    Column("trade", String(40), nullable=False, server_default=""),
    _text("keys"),
    _number("position"),
    _flag("active", "1"),
)

mottos = Table("mottos", metadata, _key(), _version(), _text("text"), _flag("active", "1"))

clients = Table(
    "clients",
    metadata,
    _key(),
    _version(),
    _text("name"),
    _flag("named", "1"),
    Column("kind", String(20), nullable=False, server_default="home"),
    _text("address"),
    _text("note"),
    _flag("wants_calls", "1"),
    Column("created_at", Instant),
    Column("source_key", String(80), unique=True),
)

phones = Table(
    "phones",
    metadata,
    _key(),
    _version(),
    _to("client_id", "clients", nullable=False, index=True),
    _text("raw"),
    Column("normal", String(80), nullable=False, server_default=""),
    _ascii("line_key", nullable=False, server_default="", index=True),
    _ascii("reversed_digits", nullable=False, server_default="", index=True),
    _number("position"),
)

sites = Table(
    "sites",
    metadata,
    _key(),
    _version(),
    _to("client_id", "clients", nullable=False, index=True),
    _text("estate"),
    _text("address"),
    Column("area", Integer),
    Column("stage", String(20), nullable=False, server_default="deposit"),
    _to("designer_id", "staff"),
    _to("consultant_id", "staff"),
    _to("supervisor_id", "staff"),
    _to("manager_id", "staff"),
    _text("crew"),
    Column("deposit", BigInteger),
    Column("deposit_date", Date),
    Column("start_date", Date),
    Column("completed_on", Date),
    _text("note"),
    Column("created_at", Instant),
    Column("source_key", String(80), unique=True),
)

milestones = Table(
    "milestones",
    metadata,
    _key(),
    _version(),
    _to("site_id", "sites", nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("planned_on", Date),
    Column("done_on", Date),
)

payments = Table(
    "payments",
    metadata,
    _key(),
    _version(),
    _to("site_id", "sites", nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("due_on", Date),
    Column("paid_on", Date),
)

tickets = Table(
    "tickets",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    _to("client_id", "clients", nullable=False),
    _to("site_id", "sites"),
    Column("channel", String(20), nullable=False, server_default="phone"),
    _to("category_id", "categories"),
    _text("category"),
    Column("severity", String(20), nullable=False),
    _text("subject"),
    _text("description"),
    _text("demand"),
    Column("state", String(20), nullable=False),
    _to("department_id", "departments"),
    _to("responsible_id", "staff"),
    Column("received_at", Instant, nullable=False),
    Column("target_s", Integer, nullable=False),
    Column("calendar", String(200), nullable=False, server_default="calendar"),
    Column("respond_by", Instant),
    Column("paused_since", Instant),
    _flag("provisional", "0"),
    Column("responded_at", Instant),
    _text("response"),
    Column("due_at", Instant),
    Column("resolved_at", Instant),
    _to("resolved_by", "operators"),
    _text("resolution"),
    Column("verified_at", Instant),
    _to("verified_by", "operators"),
    Column("satisfaction", SmallInteger),
    Column("closed_at", Instant),
    _number("reopened_count"),
    _to("parent_id", "tickets"),
    _to("merged_into", "tickets"),
    _to("repeat_of", "tickets"),
    _number("repeat_no"),
    _to("filed_by", "operators"),
    Column("source_key", String(80), unique=True),
    Column("submission", String(64), unique=True),
    Index("ix_tickets_client_id_received_at", "client_id", "received_at"),
    Index("ix_tickets_kind_received_at", "kind", "received_at"),
    Index("ix_tickets_received_at", "received_at"),
    Index("ix_tickets_resolved_by_resolved_at", "resolved_by", "resolved_at"),
)


def _word(value: str) -> ColumnElement[str]:
    """A constant written into the statement: an index over some rows serves only a query that spells them out."""
    return literal_column(f"'{value}'", String)


WAITING = tickets.c.responded_at.is_(None) & tickets.c.state.in_([_word(s) for s in UNANSWERED_STATES])
UNRESOLVED = tickets.c.state.in_([_word(s) for s in (*UNANSWERED_STATES, "responded")])

ticket_events = Table(
    "ticket_events",
    metadata,
    _key(),
    _version(),
    _to("ticket_id", "tickets", nullable=False, index=True),
    Column("at", Instant, nullable=False),
    _to("operator_id", "operators"),
    Column("kind", String(20), nullable=False),
    _text("text"),
    Column("facts", Json),
)

calls = Table(
    "calls",
    metadata,
    _key(),
    _version(),
    Column("kind", String(20), nullable=False),
    Column("direction", String(4), nullable=False, server_default="in"),
    Column("state", String(12), nullable=False, server_default="open"),
    _to("client_id", "clients"),
    _to("site_id", "sites"),
    _to("ticket_id", "tickets", index=True),
    Column("number", String(80), nullable=False, server_default=""),
    _text("reason"),
    Column("due_at", Instant, nullable=False),
    _number("attempts"),
    _to("taken_by", "operators"),
    Column("taken_at", Instant),
    Column("claim_until", Instant),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("wait_s", Integer),
    Column("talk_s", Integer),
    Column("outcome", String(20), nullable=False, server_default=""),
    _text("notes"),
    Column("score", SmallInteger),
    _to("previous_id", "calls"),
    Column("created_at", Instant),
    _to("created_by", "operators"),
    Index("ix_calls_client_id_due_at", "client_id", "due_at"),
    Index("ix_calls_ended_at", "ended_at"),
)

OPEN_CALL = calls.c.state == _word("open")
TAKEN_CALL = calls.c.state == _word("taken")

outbox = Table(
    "outbox",
    metadata,
    _key(),
    _version(),
    Column("at", Instant, nullable=False),
    Column("reason", String(40), nullable=False),
    _to("ticket_id", "tickets", index=True),
    _to("staff_id", "staff"),
    Column("facts", Json),
    Column("sent_at", Instant),
    Index("ix_outbox_sent_at", "sent_at"),
)

client_search = Table(
    "client_search",
    metadata,
    Column("id", Id, ForeignKey("clients.id"), primary_key=True, autoincrement=False),
    Column("haystack", Text, nullable=False),
    Column("grams", Text, nullable=False),
)

ticket_search = Table(
    "ticket_search",
    metadata,
    Column("id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("haystack", Text, nullable=False),
    Column("grams", Text, nullable=False),
)

name_keys = Table(
    "name_keys",
    metadata,
    _ascii("key", 120, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id"), primary_key=True),
    Index("ix_name_keys_client_id", "client_id"),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    _key(),
    Column("at", Instant, nullable=False),
    Column("operator_id", Id),
    _text("who"),
    Column("act", String(40), nullable=False),
    Column("noun", String(40), nullable=False),
    Column("record_id", Id),
    Column("changes", Json),
    Column("tx", BigInteger, nullable=False, server_default="0"),
    Index("ix_audit_noun_record_id", "noun", "record_id"),
    Index("ix_audit_operator_id_id", "operator_id", "id"),
    Index("ix_audit_at", "at"),
    Index("ix_audit_tx", "tx"),
)

audit_pending = Table(
    "audit_pending",
    metadata,
    _key(),
    Column("tx", BigInteger, nullable=False),
    Column("entries", Integer, nullable=False),
)

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("audit_id", Id, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("act", String(40), nullable=False),
    Column("record_id", Id),
    Index("ix_submissions_at", "at"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("login", String(80), primary_key=True),
    _number("failures"),
    Column("last_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

presence = Table(
    "presence",
    metadata,
    Column("desk", String(40), primary_key=True),
    Column("noun", String(20), primary_key=True),
    Column("record_id", Id, primary_key=True, autoincrement=False),
    _to("operator_id", "operators", nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Index("ix_presence_until", "until"),
)

ticket_tags = Table(
    "ticket_tags",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    _ascii("tag", 40, primary_key=True),
    Index("ix_ticket_tags_tag", "tag", "ticket_id"),
)

ticket_watchers = Table(
    "ticket_watchers",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("operator_id", Id, ForeignKey("operators.id"), primary_key=True, autoincrement=False),
    Index("ix_ticket_watchers_operator_id", "operator_id", "ticket_id"),
)

notices = Table(
    "notices",
    metadata,
    _key(),
    _version(),
    Column("at", Instant, nullable=False),
    _to("operator_id", "operators", nullable=False),
    Column("reason", String(40), nullable=False),
    _to("ticket_id", "tickets", index=True),
    Column("facts", Json),
    Column("read_at", Instant),
    Index("ix_notices_operator_id_read_at", "operator_id", "read_at"),
    Index("ix_notices_operator_id_id", "operator_id", "id"),
)

mappings = Table(
    "mappings",
    metadata,
    _key(),
    _version(),
    Column("noun", String(20), nullable=False),
    Column("signature", String(80), nullable=False),
    Column("columns", Json, nullable=False),
    Column("used_at", Instant),
    Index("uq_mappings_noun_signature", "noun", "signature", unique=True),
)


@cache
def whole() -> MetaData:
    """The schema with its indexes over some rows: making those loads both dialects, which no start should wait for."""
    t, c = tickets.c, calls.c
    partial = {
        "ix_tickets_running": ((t.respond_by, t.id), WAITING),
        "ix_tickets_open_due": ((t.due_at, t.id), UNRESOLVED),
        "ix_calls_open": ((c.kind, c.due_at, c.id), OPEN_CALL),
        "ix_calls_taken": ((c.claim_until, c.id), TAKEN_CALL),
    }
    for name, (columns, where) in partial.items():
        Index(name, *columns, sqlite_where=where, postgresql_where=where)
    return metadata
