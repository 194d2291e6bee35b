"""The outside world: telephone, mail, notices that are sent, escalation, decisions on the spot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from deskapp.repository.types import Instant, Json, Words

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _tables()
    _columns()


def _tables() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_uid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", Words(), server_default="", nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailboxes")),
    )
    op.create_table(
        "notice_templates",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("body", Words(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_templates")),
        sa.UniqueConstraint("reason", name=op.f("uq_notice_templates_reason")),
    )
    op.create_table(
        "pbx_links",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="", nullable=False),
        sa.Column("error", Words(), server_default="", nullable=False),
        sa.Column("heard_at", Instant(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pbx_links")),
    )
    op.create_table(
        "emails",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_emails_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emails")),
    )
    op.create_index(op.f("ix_emails_address"), "emails", ["address"], unique=False)
    op.create_index(op.f("ix_emails_client_id"), "emails", ["client_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("answer", Words(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["operators.id"], name=op.f("fk_decisions_decided_by")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_decisions_operator_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_decisions_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_state", "decisions", ["state", "at", "id"], unique=False)
    op.create_index(op.f("ix_decisions_ticket_id"), "decisions", ["ticket_id"], unique=False)
    op.create_table(
        "escalations",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("clock", sa.String(length=12), nullable=False),
        sa.Column("round", sa.Integer(), server_default="0", nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("told", Json(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_escalations_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index(
        "uq_escalations_ticket_id_clock_round_level",
        "escalations",
        ["ticket_id", "clock", "round", "level"],
        unique=True,
    )
    op.create_table(
        "messages",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("client_id", _ID, nullable=True),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("message_key", sa.String(length=200), nullable=False),
        sa.Column("in_reply_to", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sender", Words(), server_default="", nullable=False),
        sa.Column("recipient", Words(), server_default="", nullable=False),
        sa.Column("subject", Words(), server_default="", nullable=False),
        sa.Column("body", Words(), server_default="", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="received", nullable=False),
        sa.Column("automatic", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("responds", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("error", Words(), server_default="", nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("operator_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_messages_client_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_messages_operator_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("message_key", name=op.f("uq_messages_message_key")),
    )
    op.create_index("ix_messages_in_reply_to", "messages", ["in_reply_to"], unique=False)
    op.create_index("ix_messages_state_at", "messages", ["state", "at", "id"], unique=False)
    op.create_index("ix_messages_ticket_id_at", "messages", ["ticket_id", "at"], unique=False)


def _columns() -> None:
    op.add_column("calls", sa.Column("pbx_key", sa.String(length=160), nullable=True))
    op.add_column("calls", sa.Column("pbx_state", sa.String(length=12), server_default="", nullable=False))
    op.add_column("calls", sa.Column("queue", sa.String(length=80), server_default="", nullable=False))
    op.add_column("calls", sa.Column("agent", sa.String(length=120), server_default="", nullable=False))
    op.add_column("calls", sa.Column("caller_name", Words(), server_default="", nullable=False))
    op.add_column("calls", sa.Column("place", sa.Integer(), nullable=True))
    op.add_column("calls", sa.Column("hold_s", sa.Integer(), nullable=True))
    op.create_index("uq_calls_pbx_key", "calls", ["pbx_key"], unique=True)
    op.add_column(
        "operators", sa.Column("extension", sa.String(length=120), server_default="", nullable=False)
    )
    op.add_column("outbox", sa.Column("once", sa.String(length=120), nullable=True))
    op.add_column(
        "outbox", sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False)
    )
    op.add_column("outbox", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("next_at", Instant(), nullable=True))
    op.add_column("outbox", sa.Column("held_until", Instant(), nullable=True))
    op.add_column("outbox", sa.Column("error", Words(), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("channel", sa.String(length=20), server_default="", nullable=False))
    op.create_index("ix_outbox_state_at", "outbox", ["state", "at", "id"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["next_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("uq_outbox_once", "outbox", ["once"], unique=True)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE outbox ADD COLUMN handled_by INTEGER REFERENCES operators (id)")
    else:
        op.add_column("outbox", sa.Column("handled_by", _ID, nullable=True))
        op.create_foreign_key("fk_outbox_handled_by", "outbox", "operators", ["handled_by"], ["id"])
    op.execute("UPDATE outbox SET state = 'sent' WHERE sent_at IS NOT NULL")
