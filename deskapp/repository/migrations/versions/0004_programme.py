"""The programme: rules, scripts, planned calls; notices, inspections, repairs, registers, shops, campaigns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from deskapp.repository.types import Instant, Json, Words

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ASCII = sa.String(length=80, collation="C").with_variant(sa.String(length=80), "sqlite")
_WAITING = (
    "responded_at IS NULL AND state IN ('received', 'dispatched', 'reopened') "
    "AND kind IN ('complaint', 'followup_issue', 'repair')"
)
_OPEN = "state IN ('received', 'dispatched', 'responded', 'resolved', 'verified', 'reopened')"


def upgrade() -> None:
    _tables_1()
    _tables_2()
    _tables_3()
    _tables_4()
    _tables_5()
    _tables_6()
    _to_calls("followup_id", "followups")
    _to_calls("campaign_id", "campaigns")
    op.add_column("calls", sa.Column("purpose", sa.String(length=20), server_default="", nullable=False))
    op.add_column("calls", sa.Column("answers", Json(), nullable=True))
    op.add_column("sites", sa.Column("signed_on", sa.Date(), nullable=True))
    op.add_column("sites", sa.Column("plan_mark", sa.String(length=32), server_default="", nullable=False))
    op.add_column("sites", sa.Column("plan_until", sa.Date(), nullable=True))
    op.create_index("ix_sites_plan_until", "sites", ["plan_until"])
    op.create_index("ix_sites_stage", "sites", ["stage", "id"])
    op.create_index("ix_sites_completed_on", "sites", ["completed_on"])
    op.create_index("ix_payments_due_on", "payments", ["due_on"])
    op.create_index("ix_payments_paid_on_due_on", "payments", ["paid_on", "due_on"])
    where = sa.text("plan_mark = ''")
    op.create_index("ix_sites_unplanned", "sites", ["id"], sqlite_where=where, postgresql_where=where)
    op.add_column("tickets", sa.Column("own_due_at", Instant(), nullable=True))
    _heard()
    _clocks()
    where = sa.text(_OPEN)
    op.create_index(
        "ix_tickets_open_kind",
        "tickets",
        ["kind", "due_at", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def _heard() -> None:
    """When each client was last reached, from the calls made until now."""
    op.add_column("clients", sa.Column("heard_at", Instant(), nullable=True))
    op.execute(
        "UPDATE clients SET heard_at = (SELECT max(ended_at) FROM calls "
        "WHERE calls.client_id = clients.id AND outcome = 'reached')"
    )
    op.create_index(
        "ix_clients_callable",
        "clients",
        ["heard_at", "id"],
        sqlite_where=sa.text("wants_calls = 1"),
        postgresql_where=sa.text("wants_calls"),
    )


def _to_calls(column: str, target: str) -> None:
    """A reference added to a table there is: SQLite takes one only with its column."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE calls ADD COLUMN {column} INTEGER REFERENCES {target} (id)")
    else:
        op.add_column("calls", sa.Column(column, _ID, nullable=True))
        op.create_foreign_key(f"fk_calls_{column}", "calls", target, [column], ["id"])
    op.create_index(f"ix_calls_{column}", "calls", [column])


def _clocks() -> None:
    """Only kinds in which a client waits for an answer run a response clock."""
    op.drop_index("ix_tickets_running", "tickets")
    where = sa.text(_WAITING)
    op.create_index(
        "ix_tickets_running", "tickets", ["respond_by", "id"], sqlite_where=where, postgresql_where=where
    )
    op.execute("UPDATE tickets SET respond_by = NULL WHERE kind IN ('rectification', 'handoff')")


def _tables_1() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "scripts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", Words(), server_default="", nullable=False),
        sa.Column("opening", Words(), server_default="", nullable=False),
        sa.Column("questions", Json(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scripts")),
        sa.UniqueConstraint("code", name=op.f("uq_scripts_code")),
    )
    op.create_table(
        "followup_rules",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", Words(), server_default="", nullable=False),
        sa.Column("anchor", sa.String(length=20), nullable=False),
        sa.Column("first_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_unit", sa.String(length=8), server_default="day", nullable=False),
        sa.Column("every_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("every_unit", sa.String(length=8), server_default="day", nullable=False),
        sa.Column("until_event", sa.String(length=20), server_default="", nullable=False),
        sa.Column("until_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("until_unit", sa.String(length=8), server_default="month", nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("shift", sa.String(length=10), server_default="next", nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("script_id", _ID, nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["script_id"], ["scripts.id"], name=op.f("fk_followup_rules_script_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup_rules")),
        sa.UniqueConstraint("code", name=op.f("uq_followup_rules_code")),
    )
    op.create_table(
        "shops",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("name", Words(), server_default="", nullable=False),
        sa.Column("platform", Words(), server_default="", nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("note", Words(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_shops_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
    )
    op.create_index(op.f("ix_shops_client_id"), "shops", ["client_id"], unique=False)


def _tables_2() -> None:
    op.create_table(
        "turnovers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("shop_id", _ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_turnovers_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turnovers")),
    )
    op.create_index("ix_turnovers_month", "turnovers", ["month"], unique=False)
    op.create_index("uq_turnovers_shop_id_month", "turnovers", ["shop_id", "month"], unique=True)
    op.create_table(
        "attachments",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("noun", sa.String(length=20), nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("name", Words(), server_default="", nullable=False),
        sa.Column("media", sa.String(length=80), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", Instant(), nullable=True),
        sa.Column("added_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["operators.id"], name=op.f("fk_attachments_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_noun_record_id", "attachments", ["noun", "record_id"], unique=False)
    op.create_table(
        "bus_trips",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("leaves_at", Instant(), nullable=False),
        sa.Column("route", Words(), server_default="", nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("driver_id", _ID, nullable=True),
        sa.Column("plate", Words(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="planned", nullable=False),
        sa.Column("report", Words(), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=True),
        sa.Column("created_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["operators.id"], name=op.f("fk_bus_trips_created_by")),
        sa.ForeignKeyConstraint(["driver_id"], ["staff.id"], name=op.f("fk_bus_trips_driver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bus_trips")),
        sa.UniqueConstraint("number", name=op.f("uq_bus_trips_number")),
    )
    op.create_index("ix_bus_trips_leaves_at", "bus_trips", ["leaves_at", "id"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("kind", sa.String(length=12), server_default="greeting", nullable=False),
        sa.Column("occasion", sa.String(length=40), server_default="", nullable=False),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("text", Words(), server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("audience", Json(), nullable=True),
        sa.Column("state", sa.String(length=12), server_default="draft", nullable=False),
        sa.Column("chosen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", Instant(), nullable=True),
        sa.Column("created_by", _ID, nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["operators.id"], name=op.f("fk_campaigns_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("number", name=op.f("uq_campaigns_number")),
    )
    op.create_index("ix_campaigns_due_on", "campaigns", ["due_on", "id"], unique=False)


def _tables_3() -> None:
    op.create_table(
        "evaluations",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("site_id", _ID, nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("created_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_evaluations_client_id")),
        sa.ForeignKeyConstraint(["created_by"], ["operators.id"], name=op.f("fk_evaluations_created_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_evaluations_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
    )
    op.create_index(op.f("ix_evaluations_client_id"), "evaluations", ["client_id"], unique=False)
    op.create_index("ix_evaluations_month", "evaluations", ["month", "id"], unique=False)
    op.create_index("uq_evaluations_site_id_month", "evaluations", ["site_id", "month"], unique=True)
    op.create_table(
        "handbooks",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("site_id", _ID, nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_of", _ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("collected_on", sa.Date(), nullable=True),
        sa.Column("checks", Json(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("checked_by", _ID, nullable=True),
        sa.Column("state", sa.String(length=12), server_default="asked", nullable=False),
        sa.Column("note", Words(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["asked_of"], ["staff.id"], name=op.f("fk_handbooks_asked_of")),
        sa.ForeignKeyConstraint(["checked_by"], ["operators.id"], name=op.f("fk_handbooks_checked_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_handbooks_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handbooks")),
        sa.UniqueConstraint("site_id", name=op.f("uq_handbooks_site_id")),
    )
    op.create_index("ix_handbooks_state", "handbooks", ["state", "due_on", "id"], unique=False)
    op.create_table(
        "praises",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("source", sa.String(length=12), server_default="call", nullable=False),
        sa.Column("source_id", _ID, nullable=True),
        sa.Column("client_id", _ID, nullable=True),
        sa.Column("site_id", _ID, nullable=True),
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("reported_at", Instant(), nullable=True),
        sa.Column("reported_by", _ID, nullable=True),
        sa.Column("created_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_praises_client_id")),
        sa.ForeignKeyConstraint(["created_by"], ["operators.id"], name=op.f("fk_praises_created_by")),
        sa.ForeignKeyConstraint(["reported_by"], ["operators.id"], name=op.f("fk_praises_reported_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_praises_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_praises_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_praises")),
    )
    op.create_index("ix_praises_at", "praises", ["at", "id"], unique=False)
    op.create_index(op.f("ix_praises_client_id"), "praises", ["client_id"], unique=False)
    op.create_index("ix_praises_staff_id_at", "praises", ["staff_id", "at"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("client_id", _ID, nullable=True),
        sa.Column("site_id", _ID, nullable=True),
        sa.Column("staff_id", _ID, nullable=True),
        sa.Column("trade", sa.String(length=40), server_default="", nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_ratings_client_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_ratings_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ratings_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
    )
    op.create_index("ix_ratings_at", "ratings", ["at"], unique=False)
    op.create_index(op.f("ix_ratings_site_id"), "ratings", ["site_id"], unique=False)
    op.create_index("ix_ratings_source_source_id", "ratings", ["source", "source_id"], unique=False)
    op.create_index("ix_ratings_staff_id_at", "ratings", ["staff_id", "at"], unique=False)


def _tables_4() -> None:
    op.create_table(
        "register_entries",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("register", sa.String(length=40), nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("client_id", _ID, nullable=True),
        sa.Column("site_id", _ID, nullable=True),
        sa.Column("staff_id", _ID, nullable=True),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("haystack", Words(), server_default="", nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=True),
        sa.Column("created_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_register_entries_client_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["operators.id"], name=op.f("fk_register_entries_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["operators.id"], name=op.f("fk_register_entries_decided_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_register_entries_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_register_entries_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("number", name=op.f("uq_register_entries_number")),
    )
    op.create_index(op.f("ix_register_entries_client_id"), "register_entries", ["client_id"], unique=False)
    op.create_index(
        "ix_register_entries_register_day", "register_entries", ["register", "day", "id"], unique=False
    )
    op.create_index(
        "ix_register_entries_register_staff_id",
        "register_entries",
        ["register", "staff_id", "day"],
        unique=False,
    )
    op.create_index(
        "ix_register_entries_register_state",
        "register_entries",
        ["register", "state", "day", "id"],
        unique=False,
    )
    op.create_table(
        "site_notices",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("site_id", _ID, nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("channel", sa.String(length=12), server_default="form", nullable=False),
        sa.Column("facts", Json(), nullable=True),
        sa.Column("note", Words(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="current", nullable=False),
        sa.Column("reason", Words(), server_default="", nullable=False),
        sa.Column("replaces_id", _ID, nullable=True),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.Column("created_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_site_notices_client_id")),
        sa.ForeignKeyConstraint(["created_by"], ["operators.id"], name=op.f("fk_site_notices_created_by")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["site_notices.id"], name=op.f("fk_site_notices_replaces_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_notices_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_notices")),
        sa.UniqueConstraint("number", name=op.f("uq_site_notices_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_site_notices_source_key")),
    )
    op.create_index(op.f("ix_site_notices_client_id"), "site_notices", ["client_id"], unique=False)
    op.create_index("ix_site_notices_received_at", "site_notices", ["received_at", "id"], unique=False)
    op.create_index(op.f("ix_site_notices_site_id"), "site_notices", ["site_id"], unique=False)
    op.create_table(
        "warranties",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("site_id", _ID, nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_warranties_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warranties")),
    )
    op.create_index("uq_warranties_site_id_scope", "warranties", ["site_id", "scope"], unique=True)
    op.create_table(
        "bus_bookings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("trip_id", _ID, nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("seats", sa.Integer(), server_default="1", nullable=False),
        sa.Column("pick_up", Words(), server_default="", nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("note", Words(), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=True),
        sa.Column("created_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_bus_bookings_client_id")),
        sa.ForeignKeyConstraint(["created_by"], ["operators.id"], name=op.f("fk_bus_bookings_created_by")),
        sa.ForeignKeyConstraint(["trip_id"], ["bus_trips.id"], name=op.f("fk_bus_bookings_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bus_bookings")),
    )
    op.create_index(op.f("ix_bus_bookings_client_id"), "bus_bookings", ["client_id"], unique=False)
    op.create_index(
        "uq_bus_bookings_trip_id_client_id", "bus_bookings", ["trip_id", "client_id"], unique=True
    )


def _tables_5() -> None:
    op.create_table(
        "campaign_targets",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("call_id", _ID, nullable=True),
        sa.Column("state", sa.String(length=12), server_default="queued", nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_targets_campaign_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_campaign_targets_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_targets")),
    )
    op.create_index(op.f("ix_campaign_targets_client_id"), "campaign_targets", ["client_id"], unique=False)
    op.create_index(
        "ix_campaign_targets_campaign_id_state", "campaign_targets", ["campaign_id", "state", "client_id"]
    )
    op.create_index(
        "uq_campaign_targets_campaign_id_client_id",
        "campaign_targets",
        ["campaign_id", "client_id"],
        unique=True,
    )
    op.create_table(
        "followups",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("rule_id", _ID, nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("site_id", _ID, nullable=True),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="planned", nullable=False),
        sa.Column("call_id", _ID, nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", _ID, nullable=True),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.String(length=20), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_followups_client_id")),
        sa.ForeignKeyConstraint(["done_by"], ["operators.id"], name=op.f("fk_followups_done_by")),
        sa.ForeignKeyConstraint(["rule_id"], ["followup_rules.id"], name=op.f("fk_followups_rule_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_followups_site_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_followups_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followups")),
        sa.UniqueConstraint("key", name=op.f("uq_followups_key")),
    )
    op.create_index(op.f("ix_followups_client_id"), "followups", ["client_id"], unique=False)
    op.create_index("ix_followups_due_on", "followups", ["due_on", "id"], unique=False)
    op.create_index("ix_followups_site_id_rule_id", "followups", ["site_id", "rule_id"], unique=False)
    op.create_index(op.f("ix_followups_ticket_id"), "followups", ["ticket_id"], unique=False)
    op.create_index(
        "ix_followups_waiting",
        "followups",
        ["due_on", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('planned', 'queued')"),
        postgresql_where=sa.text("state IN ('planned', 'queued')"),
    )
    op.create_table(
        "inspections",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("site_id", _ID, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("inspector_id", _ID, nullable=True),
        sa.Column("verdict", sa.String(length=12), server_default="ok", nullable=False),
        sa.Column("findings", Words(), server_default="", nullable=False),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("created_at", Instant(), nullable=True),
        sa.Column("created_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["operators.id"], name=op.f("fk_inspections_created_by")),
        sa.ForeignKeyConstraint(["inspector_id"], ["staff.id"], name=op.f("fk_inspections_inspector_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_inspections_site_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_inspections_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
        sa.UniqueConstraint("number", name=op.f("uq_inspections_number")),
    )
    op.create_index("ix_inspections_done_on", "inspections", ["done_on", "id"], unique=False)
    op.create_index("ix_inspections_site_id_done_on", "inspections", ["site_id", "done_on"], unique=False)
    op.create_index(op.f("ix_inspections_ticket_id"), "inspections", ["ticket_id"], unique=False)
    op.create_table(
        "repairs",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("crew", Words(), server_default="", nullable=False),
        sa.Column("worker_id", _ID, nullable=True),
        sa.Column("scope", sa.String(length=20), server_default="general", nullable=False),
        sa.Column("in_warranty", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("appointment_at", Instant(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("work_done", Words(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_repairs_ticket_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["staff.id"], name=op.f("fk_repairs_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_repairs_ticket_id")),
    )
    op.create_index("ix_repairs_appointment_at", "repairs", ["appointment_at", "id"], unique=False)


def _tables_6() -> None:
    op.create_table(
        "day_plans",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("operator_id", _ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("call_id", _ID, nullable=True),
        sa.Column("reason", sa.String(length=40), server_default="", nullable=False),
        sa.Column("facts", Json(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_day_plans_call_id")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_day_plans_client_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_day_plans_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_plans")),
    )
    op.create_index("uq_day_plans_day_client_id", "day_plans", ["day", "client_id"], unique=True)
    op.create_table(
        "diagnoses",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("shop_id", _ID, nullable=True),
        sa.Column("site_id", _ID, nullable=True),
        sa.Column("call_id", _ID, nullable=True),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("problem", Words(), server_default="", nullable=False),
        sa.Column("cause", Words(), server_default="", nullable=False),
        sa.Column("advice", Words(), server_default="", nullable=False),
        sa.Column("outcome", Words(), server_default="", nullable=False),
        sa.Column("measure", Words(), server_default="", nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("after", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_diagnoses_call_id")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_diagnoses_client_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["operators.id"], name=op.f("fk_diagnoses_ended_by")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_diagnoses_operator_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_diagnoses_shop_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_diagnoses_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagnoses")),
    )
    op.create_index("ix_diagnoses_at", "diagnoses", ["at", "id"], unique=False)
    op.create_index("ix_diagnoses_client_id_at", "diagnoses", ["client_id", "at"], unique=False)
    op.create_index("ix_diagnoses_ended_at", "diagnoses", ["ended_at"], unique=False)
    where = sa.text("state = 'open'")
    op.create_index(
        "ix_diagnoses_open", "diagnoses", ["at", "id"], sqlite_where=where, postgresql_where=where
    )
