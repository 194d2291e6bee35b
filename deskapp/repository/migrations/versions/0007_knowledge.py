"""Knowledge, phrases, documents, macros, saved views, erasures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from deskapp.repository.types import Instant, Json, Words

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ASCII = sa.String(length=80, collation="C").with_variant(sa.String(length=80), "sqlite")


def upgrade() -> None:
    _tables()
    _search()


def _tables() -> None:
    op.create_table(
        "phrases",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("keys", Words(), server_default="", nullable=False),
        sa.Column("advice", Words(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
        sa.UniqueConstraint("code", name=op.f("uq_phrases_code")),
    )
    op.create_index("ix_phrases_kind", "phrases", ["kind", "position", "id"], unique=False)
    op.create_table(
        "articles",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("body", Words(), server_default="", nullable=False),
        sa.Column("keys", Words(), server_default="", nullable=False),
        sa.Column("category_id", _ID, nullable=True),
        sa.Column("state", sa.String(length=12), server_default="live", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("helped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("written_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_articles_category_id")),
        sa.ForeignKeyConstraint(["written_by"], ["operators.id"], name=op.f("fk_articles_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("code", name=op.f("uq_articles_code")),
    )
    op.create_index(op.f("ix_articles_category_id"), "articles", ["category_id"], unique=False)
    op.create_index("ix_articles_state", "articles", ["state", "used", "id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", Words(), server_default="", nullable=False),
        sa.Column("people", Words(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["operators.id"], name=op.f("fk_documents_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("number", name=op.f("uq_documents_number")),
    )
    op.create_index("ix_documents_day", "documents", ["day", "id"], unique=False)
    op.create_index("ix_documents_kind_day", "documents", ["kind", "day", "id"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("client_id", _ID, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("cause", sa.String(length=20), server_default="request", nullable=False),
        sa.Column("reason", Words(), server_default="", nullable=False),
        sa.Column("counts", Json(), nullable=True),
        sa.Column("digest", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_erasures_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("number", name=op.f("uq_erasures_number")),
    )
    op.create_index("ix_erasures_at", "erasures", ["at", "id"], unique=False)
    op.create_table(
        "macros",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("name", Words(), server_default="", nullable=False),
        sa.Column("keys", Words(), server_default="", nullable=False),
        sa.Column("letter", sa.String(length=8), server_default="", nullable=False),
        sa.Column("moves", Json(), nullable=True),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_macros_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_macros")),
    )
    op.create_index(op.f("ix_macros_operator_id"), "macros", ["operator_id"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("name", Words(), server_default="", nullable=False),
        sa.Column("wanted", Json(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_saved_views_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_operator_id"), "saved_views", ["operator_id"], unique=False)
    op.create_index("ix_saved_views_place", "saved_views", ["place", "position", "id"], unique=False)
    op.create_table(
        "action_items",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("staff_id", _ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", Words(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_action_items_document_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_action_items_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_action_items_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_items")),
    )
    op.create_index(op.f("ix_action_items_document_id"), "action_items", ["document_id"], unique=False)
    op.create_index("ix_action_items_state", "action_items", ["state", "due_on", "id"], unique=False)
    op.create_table(
        "article_search",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("haystack", sa.Text(), nullable=False),
        sa.Column("grams", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["articles.id"], name=op.f("fk_article_search_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_search")),
    )
    op.create_table(
        "article_versions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("body", Words(), server_default="", nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("written_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_versions_article_id")),
        sa.ForeignKeyConstraint(
            ["written_by"], ["operators.id"], name=op.f("fk_article_versions_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_versions")),
    )
    op.create_index(
        "uq_article_versions_article_id_revision", "article_versions", ["article_id", "revision"], unique=True
    )
    op.create_table(
        "document_search",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("haystack", sa.Text(), nullable=False),
        sa.Column("grams", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["documents.id"], name=op.f("fk_document_search_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_search")),
    )
    op.create_table(
        "search_misses",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("typed", sa.String(length=80), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("article_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_search_misses_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_misses")),
        sa.UniqueConstraint("typed", name=op.f("uq_search_misses_typed")),
    )
    op.create_index("ix_search_misses_state", "search_misses", ["state", "times", "id"], unique=False)
    op.create_table(
        "article_uses",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("call_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_uses_article_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_article_uses_call_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_article_uses_operator_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_article_uses_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_uses")),
    )
    op.create_index("ix_article_uses_article_id_at", "article_uses", ["article_id", "at"], unique=False)
    op.create_index(op.f("ix_article_uses_ticket_id"), "article_uses", ["ticket_id"], unique=False)


def _search() -> None:
    for noun in ("article", "document"):
        table, fts = f"{noun}_search", f"{noun}_fts"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"CREATE INDEX ix_{table}_grams ON {table} USING gin (string_to_array(grams, ' '))")
            continue
        op.execute(
            f"CREATE VIRTUAL TABLE {fts} USING fts5"
            f"(grams, content='{table}', content_rowid='id', tokenize='ascii', detail='none')"
        )
        add = f"INSERT INTO {fts} (rowid, grams) VALUES (new.id, new.grams);"
        drop = f"INSERT INTO {fts} ({fts}, rowid, grams) VALUES ('delete', old.id, old.grams);"
        op.execute(f"CREATE TRIGGER {table}_add AFTER INSERT ON {table} BEGIN {add} END")
        op.execute(f"CREATE TRIGGER {table}_drop AFTER DELETE ON {table} BEGIN {drop} END")
        op.execute(f"CREATE TRIGGER {table}_change AFTER UPDATE ON {table} BEGIN {drop} {add} END")
