"""Many desks: a sealed, append-only audit; presence, sign-in delays, tags, watchers, notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from deskapp.repository.types import Instant, Json

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TAG = sa.String(40, collation="C").with_variant(sa.String(40), "sqlite")


def upgrade() -> None:
    _audit()
    op.create_table(
        "submissions",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("record_id", _ID, nullable=True),
    )
    op.create_index("ix_submissions_at", "submissions", ["at"])
    op.create_table(
        "sign_ins",
        sa.Column("login", sa.String(80), primary_key=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
    )
    op.create_table(
        "presence",
        sa.Column("desk", sa.String(40), nullable=False),
        sa.Column("noun", sa.String(20), nullable=False),
        sa.Column("record_id", _ID, autoincrement=False, nullable=False),
        sa.Column("operator_id", _ID, nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_presence_operator_id")),
        sa.PrimaryKeyConstraint("desk", "noun", "record_id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_until", "presence", ["until"])
    _collaboration()


def _audit() -> None:
    op.add_column("audit", sa.Column("tx", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_audit_tx", "audit", ["tx"])
    op.create_index("ix_audit_operator_id_id", "audit", ["operator_id", "id"])
    op.create_table(
        "audit_pending",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("tx", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
    )
    op.create_table(
        "audit_seals",
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("audit_id", _ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_seals_audit_id")),
    )
    op.execute("INSERT INTO audit_pending (tx, entries) SELECT 0, count(*) FROM audit HAVING count(*) > 0")
    for table in ("audit", "audit_seals"):
        _append_only(table)


def _append_only(table: str) -> None:
    """Let the database itself refuse to change or remove what is written."""
    refusal = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )


def _collaboration() -> None:
    op.create_table(
        "ticket_tags",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("tag", _TAG, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_tags_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "tag", name=op.f("pk_ticket_tags")),
    )
    op.create_index("ix_ticket_tags_tag", "ticket_tags", ["tag", "ticket_id"])
    op.create_table(
        "ticket_watchers",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("operator_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_watchers_ticket_id")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_ticket_watchers_operator_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "operator_id", name=op.f("pk_ticket_watchers")),
    )
    op.create_index("ix_ticket_watchers_operator_id", "ticket_watchers", ["operator_id", "ticket_id"])
    op.create_table(
        "notices",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("operator_id", _ID, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("facts", Json(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_notices_operator_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_notices_ticket_id")),
    )
    op.create_index("ix_notices_ticket_id", "notices", ["ticket_id"])
    op.create_index("ix_notices_operator_id_read_at", "notices", ["operator_id", "read_at"])
    op.create_index("ix_notices_operator_id_id", "notices", ["operator_id", "id"])
