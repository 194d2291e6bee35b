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
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    literal_column,
)

from deskapp.domain.followup import WAITING_STATES
from deskapp.domain.ticket import CLOCKED_KINDS, OPEN_STATES, UNANSWERED_STATES
from deskapp.repository.types import Instant, Json, String, Words

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
    Column("extension", String(120), nullable=False, server_default=""),
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
    Column("heard_at", Instant),
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
    Column("signed_on", Date),
    Column("start_date", Date),
    Column("completed_on", Date),
    _text("note"),
    Column("created_at", Instant),
    Column("source_key", String(80), unique=True),
    Column("plan_mark", String(32), nullable=False, server_default=""),
    Column("plan_until", Date),
    Index("ix_sites_stage", "stage", "id"),
    Index("ix_sites_completed_on", "completed_on"),
    Index("ix_sites_plan_until", "plan_until"),
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
    Index("ix_payments_due_on", "due_on"),
    Index("ix_payments_paid_on_due_on", "paid_on", "due_on"),
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
    Column("own_due_at", Instant),
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


WAITING = (
    tickets.c.responded_at.is_(None)
    & tickets.c.state.in_([_word(s) for s in UNANSWERED_STATES])
    & tickets.c.kind.in_([_word(s) for s in CLOCKED_KINDS])
)
UNRESOLVED = tickets.c.state.in_([_word(s) for s in (*UNANSWERED_STATES, "responded")])
OPEN_TICKET = tickets.c.state.in_([_word(s) for s in OPEN_STATES])
CHILD_TICKET = tickets.c.parent_id.is_not(None)
"""A complaint grouped under the first of its cause (T11)."""

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

ENDING_EVENT = ticket_events.c.kind.in_([_word(one) for one in ("resolved", "closed")])
"""A ticket was reported solved, or closed."""

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
    Column("purpose", String(20), nullable=False, server_default=""),
    _to("followup_id", "followups", index=True),
    _to("campaign_id", "campaigns", index=True),
    Column("answers", Json),
    Column("pbx_key", String(160)),
    Column("pbx_state", String(12), nullable=False, server_default=""),
    Column("queue", String(80), nullable=False, server_default=""),
    Column("agent", String(120), nullable=False, server_default=""),
    _text("caller_name"),
    Column("place", Integer),
    Column("hold_s", Integer),
    Column("created_at", Instant),
    _to("created_by", "operators"),
    Index("ix_calls_client_id_due_at", "client_id", "due_at"),
    Index("ix_calls_ended_at", "ended_at"),
    Index("uq_calls_pbx_key", "pbx_key", unique=True),
)

UNPLANNED = sites.c.plan_mark == _word("")
CALLABLE = clients.c.wants_calls

OPEN_CALL = calls.c.state == _word("open")
TAKEN_CALL = calls.c.state == _word("taken")

scripts = Table(
    "scripts",
    metadata,
    _key(),
    _version(),
    Column("code", String(40), nullable=False, unique=True),
    _text("name"),
    _text("opening"),
    Column("questions", Json),
    _number("position"),
    _flag("active", "1"),
)

followup_rules = Table(
    "followup_rules",
    metadata,
    _key(),
    _version(),
    Column("code", String(40), nullable=False, unique=True),
    _text("name"),
    Column("anchor", String(20), nullable=False),
    _number("first_count"),
    Column("first_unit", String(8), nullable=False, server_default="day"),
    _number("every_count"),
    Column("every_unit", String(8), nullable=False, server_default="day"),
    Column("until_event", String(20), nullable=False, server_default=""),
    _number("until_count"),
    Column("until_unit", String(8), nullable=False, server_default="month"),
    Column("purpose", String(20), nullable=False),
    Column("shift", String(10), nullable=False, server_default="next"),
    Column("since_on", Date),
    _to("script_id", "scripts"),
    _number("position"),
    _flag("active", "1"),
)

followups = Table(
    "followups",
    metadata,
    _key(),
    _version(),
    Column("key", String(80), nullable=False, unique=True),
    _to("rule_id", "followup_rules"),
    Column("purpose", String(20), nullable=False),
    _to("client_id", "clients", nullable=False, index=True),
    _to("site_id", "sites"),
    _to("ticket_id", "tickets", index=True),
    Column("planned_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    _flag("provisional", "0"),
    Column("state", String(10), nullable=False, server_default="planned"),
    Column("call_id", Id),
    Column("done_on", Date),
    _to("done_by", "operators"),
    Column("score", SmallInteger),
    Column("reason", String(20), nullable=False, server_default=""),
    Column("created_at", Instant),
    Index("ix_followups_site_id_rule_id", "site_id", "rule_id"),
    Index("ix_followups_due_on", "due_on", "id"),
)

WAITING_FOLLOWUP = followups.c.state.in_([_word(s) for s in WAITING_STATES])

site_notices = Table(
    "site_notices",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    _to("site_id", "sites", nullable=False, index=True),
    _to("client_id", "clients", nullable=False, index=True),
    Column("on_day", Date, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("channel", String(12), nullable=False, server_default="form"),
    Column("facts", Json),
    _text("note"),
    Column("state", String(12), nullable=False, server_default="current"),
    _text("reason"),
    _to("replaces_id", "site_notices"),
    Column("source_key", String(80), unique=True),
    _to("created_by", "operators"),
    Index("ix_site_notices_received_at", "received_at", "id"),
)

handbooks = Table(
    "handbooks",
    metadata,
    _key(),
    _version(),
    Column("site_id", Id, ForeignKey("sites.id"), nullable=False, unique=True),
    Column("asked_at", Instant, nullable=False),
    _to("asked_of", "staff"),
    Column("due_on", Date),
    Column("collected_on", Date),
    Column("checks", Json),
    Column("checked_at", Instant),
    _to("checked_by", "operators"),
    Column("state", String(12), nullable=False, server_default="asked"),
    _text("note"),
    Index("ix_handbooks_state", "state", "due_on", "id"),
)

warranties = Table(
    "warranties",
    metadata,
    _key(),
    _version(),
    _to("site_id", "sites", nullable=False),
    Column("scope", String(20), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Index("uq_warranties_site_id_scope", "site_id", "scope", unique=True),
)

inspections = Table(
    "inspections",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    _to("site_id", "sites", nullable=False),
    Column("done_on", Date, nullable=False),
    _to("inspector_id", "staff"),
    Column("verdict", String(12), nullable=False, server_default="ok"),
    _text("findings"),
    _to("ticket_id", "tickets", index=True),
    Column("created_at", Instant),
    _to("created_by", "operators"),
    Index("ix_inspections_site_id_done_on", "site_id", "done_on"),
    Index("ix_inspections_done_on", "done_on", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    _key(),
    _version(),
    Column("noun", String(20), nullable=False),
    Column("record_id", Id, nullable=False),
    _text("name"),
    Column("media", String(80), nullable=False, server_default=""),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("sha256", String(64), nullable=False),
    Column("added_at", Instant),
    _to("added_by", "operators"),
    Index("ix_attachments_noun_record_id", "noun", "record_id"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

repairs = Table(
    "repairs",
    metadata,
    _key(),
    _version(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, unique=True),
    _text("crew"),
    _to("worker_id", "staff"),
    Column("scope", String(20), nullable=False, server_default="general"),
    _flag("in_warranty", "0"),
    Column("warranty_until", Date),
    Column("appointment_at", Instant),
    Column("done_at", Instant),
    Column("cost", BigInteger),
    _text("work_done"),
    Index("ix_repairs_appointment_at", "appointment_at", "id"),
)

ratings = Table(
    "ratings",
    metadata,
    _key(),
    _version(),
    Column("at", Instant, nullable=False),
    Column("source", String(12), nullable=False),
    Column("source_id", Id, nullable=False),
    _to("client_id", "clients"),
    _to("site_id", "sites", index=True),
    _to("staff_id", "staff"),
    Column("trade", String(40), nullable=False, server_default=""),
    Column("score", SmallInteger, nullable=False),
    Index("ix_ratings_source_source_id", "source", "source_id"),
    Index("ix_ratings_staff_id_at", "staff_id", "at"),
    Index("ix_ratings_at", "at"),
)

praises = Table(
    "praises",
    metadata,
    _key(),
    _version(),
    Column("at", Instant, nullable=False),
    Column("source", String(12), nullable=False, server_default="call"),
    Column("source_id", Id),
    _to("client_id", "clients", index=True),
    _to("site_id", "sites"),
    _to("staff_id", "staff", nullable=False),
    _text("words"),
    Column("reported_at", Instant),
    _to("reported_by", "operators"),
    _to("created_by", "operators"),
    Index("ix_praises_staff_id_at", "staff_id", "at"),
    Index("ix_praises_at", "at", "id"),
)

evaluations = Table(
    "evaluations",
    metadata,
    _key(),
    _version(),
    _to("site_id", "sites", nullable=False),
    _to("client_id", "clients", nullable=False, index=True),
    Column("month", Date, nullable=False),
    Column("sent_on", Date),
    Column("returned_on", Date),
    _text("words"),
    _to("created_by", "operators"),
    Index("uq_evaluations_site_id_month", "site_id", "month", unique=True),
    Index("ix_evaluations_month", "month", "id"),
)

register_entries = Table(
    "register_entries",
    metadata,
    _key(),
    _version(),
    Column("register", String(40), nullable=False),
    _ascii("number", nullable=False, unique=True),
    Column("day", Date, nullable=False),
    _to("client_id", "clients", index=True),
    _to("site_id", "sites"),
    _to("staff_id", "staff"),
    Column("state", String(20), nullable=False, server_default=""),
    _text("title"),
    _text("haystack"),
    Column("data", Json),
    _to("decided_by", "operators"),
    Column("decided_at", Instant),
    Column("created_at", Instant),
    _to("created_by", "operators"),
    Index("ix_register_entries_register_day", "register", "day", "id"),
    Index("ix_register_entries_register_staff_id", "register", "staff_id", "day"),
    Index("ix_register_entries_register_state", "register", "state", "day", "id"),
)

bus_trips = Table(
    "bus_trips",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("leaves_at", Instant, nullable=False),
    _text("route"),
    Column("seats", Integer, nullable=False),
    _to("driver_id", "staff"),
    _text("plate"),
    Column("state", String(12), nullable=False, server_default="planned"),
    _text("report"),
    Column("created_at", Instant),
    _to("created_by", "operators"),
    Index("ix_bus_trips_leaves_at", "leaves_at", "id"),
)

bus_bookings = Table(
    "bus_bookings",
    metadata,
    _key(),
    _version(),
    _to("trip_id", "bus_trips", nullable=False),
    _to("client_id", "clients", nullable=False, index=True),
    Column("seats", Integer, nullable=False, server_default="1"),
    _text("pick_up"),
    Column("came", Boolean),
    _text("note"),
    Column("created_at", Instant),
    _to("created_by", "operators"),
    Index("uq_bus_bookings_trip_id_client_id", "trip_id", "client_id", unique=True),
)

shops = Table(
    "shops",
    metadata,
    _key(),
    _version(),
    _to("client_id", "clients", nullable=False, index=True),
    _text("name"),
    _text("platform"),
    Column("began_on", Date),
    _text("note"),
    _flag("active", "1"),
)

turnovers = Table(
    "turnovers",
    metadata,
    _key(),
    _version(),
    _to("shop_id", "shops", nullable=False),
    Column("month", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Index("uq_turnovers_shop_id_month", "shop_id", "month", unique=True),
    Index("ix_turnovers_month", "month"),
)

diagnoses = Table(
    "diagnoses",
    metadata,
    _key(),
    _version(),
    Column("at", Instant, nullable=False),
    _to("client_id", "clients", nullable=False),
    _to("shop_id", "shops"),
    _to("site_id", "sites"),
    _to("call_id", "calls"),
    _to("operator_id", "operators"),
    _text("problem"),
    _text("cause"),
    _text("advice"),
    _text("outcome"),
    _text("measure"),
    Column("before", BigInteger),
    Column("after", BigInteger),
    Column("state", String(12), nullable=False, server_default="open"),
    Column("ended_at", Instant),
    _to("ended_by", "operators"),
    Index("ix_diagnoses_client_id_at", "client_id", "at"),
    Index("ix_diagnoses_at", "at", "id"),
    Index("ix_diagnoses_ended_at", "ended_at"),
)

OPEN_DIAGNOSIS = diagnoses.c.state == _word("open")

day_plans = Table(
    "day_plans",
    metadata,
    _key(),
    _version(),
    _to("operator_id", "operators", nullable=False),
    Column("day", Date, nullable=False),
    _to("client_id", "clients", nullable=False),
    _to("call_id", "calls"),
    Column("reason", String(40), nullable=False, server_default=""),
    Column("facts", Json),
    _number("position"),
    Column("created_at", Instant),
    Index("uq_day_plans_day_client_id", "day", "client_id", unique=True),
)

campaigns = Table(
    "campaigns",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("kind", String(12), nullable=False, server_default="greeting"),
    Column("occasion", String(40), nullable=False, server_default=""),
    _text("title"),
    _text("text"),
    Column("due_on", Date, nullable=False),
    Column("audience", Json),
    Column("state", String(12), nullable=False, server_default="draft"),
    _number("chosen"),
    _number("skipped"),
    Column("created_at", Instant),
    _to("created_by", "operators"),
    Column("sent_at", Instant),
    Index("ix_campaigns_due_on", "due_on", "id"),
)

campaign_targets = Table(
    "campaign_targets",
    metadata,
    _key(),
    _version(),
    _to("campaign_id", "campaigns", nullable=False),
    _to("client_id", "clients", nullable=False, index=True),
    Column("call_id", Id),
    Column("state", String(12), nullable=False, server_default="queued"),
    Index("uq_campaign_targets_campaign_id_client_id", "campaign_id", "client_id", unique=True),
    Index("ix_campaign_targets_campaign_id_state", "campaign_id", "state", "client_id"),
)

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
    Column("once", String(120)),
    Column("state", String(10), nullable=False, server_default="waiting"),
    _number("attempts"),
    Column("next_at", Instant),
    Column("held_until", Instant),
    _text("error"),
    Column("channel", String(20), nullable=False, server_default=""),
    Column("sent_at", Instant),
    _to("handled_by", "operators"),
    Index("ix_outbox_sent_at", "sent_at"),
    Index("uq_outbox_once", "once", unique=True),
    Index("ix_outbox_state_at", "state", "at", "id"),
)

WAITING_NOTICE = outbox.c.state == _word("waiting")

notice_templates = Table(
    "notice_templates",
    metadata,
    _key(),
    _version(),
    Column("reason", String(40), nullable=False, unique=True),
    _text("title"),
    _text("body"),
)

pbx_links = Table(
    "pbx_links",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("state", String(12), nullable=False, server_default=""),
    _text("error"),
    Column("heard_at", Instant),
    Column("begun_at", Instant),
)

escalations = Table(
    "escalations",
    metadata,
    _key(),
    _version(),
    _to("ticket_id", "tickets", nullable=False),
    Column("clock", String(12), nullable=False),
    _number("round"),
    Column("level", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("told", Json),
    Index("uq_escalations_ticket_id_clock_round_level", "ticket_id", "clock", "round", "level", unique=True),
)

decisions = Table(
    "decisions",
    metadata,
    _key(),
    _version(),
    _to("ticket_id", "tickets", nullable=False, index=True),
    Column("at", Instant, nullable=False),
    _to("operator_id", "operators"),
    _text("words"),
    Column("state", String(12), nullable=False, server_default="open"),
    _to("decided_by", "operators"),
    Column("decided_at", Instant),
    _text("answer"),
    Index("ix_decisions_state", "state", "at", "id"),
)

emails = Table(
    "emails",
    metadata,
    _key(),
    _version(),
    _to("client_id", "clients", nullable=False, index=True),
    Column("address", String(254), nullable=False, index=True),
)

messages = Table(
    "messages",
    metadata,
    _key(),
    _version(),
    _to("ticket_id", "tickets", nullable=False),
    _to("client_id", "clients"),
    Column("direction", String(4), nullable=False),
    Column("message_key", String(200), nullable=False, unique=True),
    Column("in_reply_to", String(200), nullable=False, server_default=""),
    _text("sender"),
    _text("recipient"),
    _text("subject"),
    _text("body"),
    Column("at", Instant, nullable=False),
    Column("state", String(10), nullable=False, server_default="received"),
    _flag("automatic", "0"),
    _flag("responds", "0"),
    _number("attempts"),
    Column("next_at", Instant),
    Column("held_until", Instant),
    _text("error"),
    Column("sent_at", Instant),
    _to("operator_id", "operators"),
    Index("ix_messages_ticket_id_at", "ticket_id", "at"),
    Index("ix_messages_in_reply_to", "in_reply_to"),
    Index("ix_messages_state_at", "state", "at", "id"),
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False, server_default="0"),
    Column("last_uid", BigInteger, nullable=False, server_default="0"),
    _text("error"),
    Column("checked_at", Instant),
)

findings = Table(
    "findings",
    metadata,
    _key(),
    _version(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, unique=True),
    _text("cause"),
    Column("trade", String(40), nullable=False, server_default=""),
    _text("crew"),
    _text("material"),
    _text("words"),
    Column("at", Instant, nullable=False),
    _to("operator_id", "operators"),
    Index("ix_findings_at", "at", "id"),
)

responsibilities = Table(
    "responsibilities",
    metadata,
    _key(),
    _version(),
    _to("ticket_id", "tickets", nullable=False),
    _to("staff_id", "staff", nullable=False),
    _text("words"),
    Column("at", Instant, nullable=False),
    _to("operator_id", "operators"),
    Column("apology_at", Instant),
    _to("apology_by", "staff"),
    _text("apology"),
    Index("uq_responsibilities_ticket_id_staff_id", "ticket_id", "staff_id", unique=True),
    Index("ix_responsibilities_staff_id_at", "staff_id", "at"),
)

sanctions = Table(
    "sanctions",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    _to("staff_id", "staff", nullable=False),
    _to("ticket_id", "tickets", index=True),
    _to("praise_id", "praises", index=True),
    _to("site_id", "sites"),
    Column("rule", String(40), nullable=False),
    Column("amount", BigInteger, nullable=False),
    _text("reason"),
    Column("state", String(12), nullable=False, server_default="proposed"),
    Column("month", Date),
    Column("proposed_at", Instant, nullable=False),
    _to("proposed_by", "operators"),
    Column("decided_at", Instant),
    _to("decided_by", "operators"),
    Index("ix_sanctions_state", "state", "proposed_at", "id"),
    Index("ix_sanctions_staff_id_month", "staff_id", "month"),
    Index("ix_sanctions_proposed_at", "proposed_at", "id"),
    Index("ix_sanctions_month", "month", "id"),
)

sanction_entries = Table(
    "sanction_entries",
    metadata,
    _key(),
    _version(),
    _to("sanction_id", "sanctions", nullable=False, index=True),
    _to("staff_id", "staff", nullable=False),
    Column("act", String(12), nullable=False),
    Column("at", Instant, nullable=False),
    _to("operator_id", "operators"),
    Column("amount", BigInteger, nullable=False, server_default="0"),
    Column("month", Date, nullable=False),
    Column("rule", String(40), nullable=False, server_default=""),
    _text("words"),
    Index("ix_sanction_entries_month_staff_id", "month", "staff_id", "id"),
    Index("ix_sanction_entries_staff_id_month", "staff_id", "month", "id"),
)

mass_complaints = Table(
    "mass_complaints",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), unique=True),
    _text("cause"),
    _to("category_id", "categories"),
    Column("state", String(12), nullable=False, server_default="open"),
    Column("opened_at", Instant, nullable=False),
    _to("opened_by", "operators"),
    _text("answer"),
    Column("answered_at", Instant),
    _text("resolution"),
    Column("resolved_at", Instant),
    Index("ix_mass_complaints_state", "state", "opened_at", "id"),
)

appraisal_months = Table(
    "appraisal_months",
    metadata,
    _key(),
    _version(),
    Column("month", Date, nullable=False, unique=True),
    Column("weights", Json),
    Column("closed_at", Instant),
    _to("closed_by", "operators"),
)

appraisals = Table(
    "appraisals",
    metadata,
    _key(),
    _version(),
    Column("month", Date, nullable=False),
    _to("staff_id", "staff", nullable=False),
    Column("trade", String(40), nullable=False, server_default=""),
    _number("score"),
    Column("place", Integer),
    Column("figures", Json),
    Index("uq_appraisals_month_staff_id", "month", "staff_id", unique=True),
)

quality_samples = Table(
    "quality_samples",
    metadata,
    _key(),
    _version(),
    Column("drawn_at", Instant, nullable=False),
    _to("drawn_by", "operators"),
    Column("month", Date, nullable=False),
    _to("operator_id", "operators"),
    _to("call_id", "calls"),
    _to("ticket_id", "tickets"),
    Column("reason", String(12), nullable=False),
    Column("state", String(12), nullable=False, server_default="open"),
    Index("uq_quality_samples_call_id", "call_id", unique=True),
    Index("uq_quality_samples_ticket_id", "ticket_id", unique=True),
    Index("ix_quality_samples_month", "month", "state", "id"),
    Index("ix_quality_samples_operator_id_month", "operator_id", "month", "state", "id"),
)

quality_scores = Table(
    "quality_scores",
    metadata,
    _key(),
    _version(),
    _to("sample_id", "quality_samples", nullable=False),
    Column("scored_at", Instant, nullable=False),
    _to("scored_by", "operators", nullable=False),
    Column("form", String(40), nullable=False, server_default=""),
    Column("answers", Json),
    _number("total"),
    _text("words"),
    _text("coaching"),
    Column("read_at", Instant),
    Index("uq_quality_scores_sample_id_scored_by", "sample_id", "scored_by", unique=True),
    Index("ix_quality_scores_scored_at", "scored_at", "id"),
)

issued_papers = Table(
    "issued_papers",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("due_on", Date),
    _number("revision", "1"),
    _to("replaces_id", "issued_papers"),
    _text("reason"),
    _text("title"),
    Column("document", Json),
    Column("issued_at", Instant, nullable=False),
    _to("issued_by", "operators"),
    Index("uq_issued_papers_kind_first_on_revision", "kind", "first_on", "revision", unique=True),
    Index("ix_issued_papers_issued_at", "issued_at", "id"),
    Index("ix_issued_papers_last_on", "last_on", "id"),
    Index("ix_issued_papers_due_on", "due_on", "id"),
)

paper_texts = Table(
    "paper_texts",
    metadata,
    _key(),
    _version(),
    Column("kind", String(40), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("part", String(40), nullable=False),
    _text("words"),
    Column("written_at", Instant),
    _to("written_by", "operators"),
    Index("uq_paper_texts_kind_first_on_part", "kind", "first_on", "part", unique=True),
)

paper_templates = Table(
    "paper_templates",
    metadata,
    _key(),
    _version(),
    Column("kind", String(40), nullable=False, unique=True),
    _text("name"),
    Column("sha256", String(64), nullable=False),
    Column("set_at", Instant),
    _to("set_by", "operators"),
)

articles = Table(
    "articles",
    metadata,
    _key(),
    _version(),
    Column("code", String(40), unique=True),
    _text("title"),
    _text("body"),
    _text("keys"),
    _to("category_id", "categories", index=True),
    Column("state", String(12), nullable=False, server_default="live"),
    _number("revision", "1"),
    _number("used"),
    _number("helped"),
    _number("failed"),
    Column("written_at", Instant, nullable=False),
    _to("written_by", "operators"),
    Index("ix_articles_state", "state", "used", "id"),
)

article_versions = Table(
    "article_versions",
    metadata,
    _key(),
    _version(),
    _to("article_id", "articles", nullable=False),
    Column("revision", Integer, nullable=False),
    _text("title"),
    _text("body"),
    Column("written_at", Instant, nullable=False),
    _to("written_by", "operators"),
    Index("uq_article_versions_article_id_revision", "article_id", "revision", unique=True),
)

article_uses = Table(
    "article_uses",
    metadata,
    _key(),
    _version(),
    _to("article_id", "articles", nullable=False),
    Column("at", Instant, nullable=False),
    _to("operator_id", "operators"),
    Column("act", String(12), nullable=False),
    _to("ticket_id", "tickets", index=True),
    _to("call_id", "calls"),
    Index("ix_article_uses_article_id_at", "article_id", "at"),
)

search_misses = Table(
    "search_misses",
    metadata,
    _key(),
    _version(),
    Column("typed", String(80), nullable=False, unique=True),
    _number("times", "1"),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("state", String(12), nullable=False, server_default="open"),
    _to("article_id", "articles"),
    Index("ix_search_misses_state", "state", "times", "id"),
)

phrases = Table(
    "phrases",
    metadata,
    _key(),
    _version(),
    Column("code", String(40), unique=True),
    Column("kind", String(12), nullable=False),
    _text("title"),
    _text("words"),
    _text("keys"),
    _text("advice"),
    _number("position"),
    _flag("active", "1"),
    Index("ix_phrases_kind", "kind", "position", "id"),
)

documents = Table(
    "documents",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    _text("title"),
    Column("day", Date, nullable=False),
    _text("body"),
    _text("people"),
    _flag("active", "1"),
    Column("created_at", Instant, nullable=False),
    _to("created_by", "operators"),
    Index("ix_documents_day", "day", "id"),
    Index("ix_documents_kind_day", "kind", "day", "id"),
)

action_items = Table(
    "action_items",
    metadata,
    _key(),
    _version(),
    _to("document_id", "documents", nullable=False, index=True),
    _text("words"),
    _to("staff_id", "staff"),
    Column("due_on", Date),
    Column("state", String(12), nullable=False, server_default="open"),
    _to("ticket_id", "tickets"),
    Column("done_on", Date),
    _text("outcome"),
    _number("position"),
    Index("ix_action_items_state", "state", "due_on", "id"),
)

macros = Table(
    "macros",
    metadata,
    _key(),
    _version(),
    _text("name"),
    _text("keys"),
    Column("letter", String(8), nullable=False, server_default=""),
    Column("moves", Json),
    _to("operator_id", "operators", index=True),
    _number("position"),
    _flag("active", "1"),
)

saved_views = Table(
    "saved_views",
    metadata,
    _key(),
    _version(),
    _to("operator_id", "operators", index=True),
    Column("place", String(40), nullable=False),
    _text("name"),
    Column("wanted", Json),
    _number("position"),
    Index("ix_saved_views_place", "place", "position", "id"),
)

erasures = Table(
    "erasures",
    metadata,
    _key(),
    _version(),
    _ascii("number", nullable=False, unique=True),
    Column("client_id", Id, nullable=False),
    Column("at", Instant, nullable=False),
    _to("operator_id", "operators"),
    Column("cause", String(20), nullable=False, server_default="request"),
    _text("reason"),
    Column("counts", Json),
    Column("digest", String(64), nullable=False, server_default=""),
    Index("ix_erasures_at", "at", "id"),
)

article_search = Table(
    "article_search",
    metadata,
    Column("id", Id, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("haystack", Text, nullable=False),
    Column("grams", Text, nullable=False),
)

document_search = Table(
    "document_search",
    metadata,
    Column("id", Id, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("haystack", Text, nullable=False),
    Column("grams", Text, nullable=False),
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
    t, c, f, o, e = tickets.c, calls.c, followups.c, outbox.c, ticket_events.c
    partial = {
        "ix_tickets_running": ((t.respond_by, t.id), WAITING),
        "ix_tickets_open_due": ((t.due_at, t.id), UNRESOLVED),
        "ix_tickets_open_kind": ((t.kind, t.due_at, t.id), OPEN_TICKET),
        "ix_calls_open": ((c.kind, c.due_at, c.id), OPEN_CALL),
        "ix_calls_taken": ((c.claim_until, c.id), TAKEN_CALL),
        "ix_sites_unplanned": ((sites.c.id,), UNPLANNED),
        "ix_outbox_waiting": ((o.next_at, o.id), WAITING_NOTICE),
        "ix_followups_waiting": ((f.due_on, f.id), WAITING_FOLLOWUP),
        "ix_clients_callable": ((clients.c.heard_at, clients.c.id), CALLABLE),
        "ix_diagnoses_open": ((diagnoses.c.at, diagnoses.c.id), OPEN_DIAGNOSIS),
        "ix_tickets_children": ((t.parent_id, t.id), CHILD_TICKET),
        "ix_tickets_resolved": ((t.resolved_at, t.id), t.resolved_at.is_not(None)),
        "ix_tickets_closed": ((t.closed_at, t.id), t.closed_at.is_not(None)),
        "ix_ticket_events_ending": ((e.kind, e.at, e.ticket_id), ENDING_EVENT),
    }
    for name, (columns, where) in partial.items():
        Index(name, *columns, sqlite_where=where, postgresql_where=where)
    return metadata
