"""Papers, responsibility, penalties and rewards, mass complaints, appraisal, quality monitoring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from deskapp.repository.types import Instant, Json, Words

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ASCII = sa.String(length=80, collation="C").with_variant(sa.String(length=80), "sqlite")


def upgrade() -> None:
    op.create_table(
        "appraisals",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("trade", sa.String(length=40), server_default="", nullable=False),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("figures", Json(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_appraisals_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisals")),
    )
    op.create_index("uq_appraisals_month_staff_id", "appraisals", ["month", "staff_id"], unique=True)
    op.create_table(
        "appraisal_months",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("weights", Json(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["operators.id"], name=op.f("fk_appraisal_months_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_months")),
        sa.UniqueConstraint("month", name=op.f("uq_appraisal_months_month")),
    )
    op.create_table(
        "issued_papers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("replaces_id", _ID, nullable=True),
        sa.Column("reason", Words(), server_default="", nullable=False),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("document", Json(), nullable=True),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("issued_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["issued_by"], ["operators.id"], name=op.f("fk_issued_papers_issued_by")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["issued_papers.id"], name=op.f("fk_issued_papers_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_papers")),
        sa.UniqueConstraint("number", name=op.f("uq_issued_papers_number")),
    )
    op.create_index("ix_issued_papers_issued_at", "issued_papers", ["issued_at", "id"], unique=False)
    op.create_index("ix_issued_papers_last_on", "issued_papers", ["last_on", "id"], unique=False)
    op.create_index("ix_issued_papers_due_on", "issued_papers", ["due_on", "id"], unique=False)
    op.create_index(
        "uq_issued_papers_kind_first_on_revision",
        "issued_papers",
        ["kind", "first_on", "revision"],
        unique=True,
    )
    op.create_table(
        "paper_templates",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", Words(), server_default="", nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("set_at", Instant(), nullable=True),
        sa.Column("set_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["set_by"], ["operators.id"], name=op.f("fk_paper_templates_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_templates")),
        sa.UniqueConstraint("kind", name=op.f("uq_paper_templates_kind")),
    )
    op.create_table(
        "paper_texts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("written_at", Instant(), nullable=True),
        sa.Column("written_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["written_by"], ["operators.id"], name=op.f("fk_paper_texts_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_texts")),
    )
    op.create_index(
        "uq_paper_texts_kind_first_on_part", "paper_texts", ["kind", "first_on", "part"], unique=True
    )
    op.create_table(
        "findings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("cause", Words(), server_default="", nullable=False),
        sa.Column("trade", sa.String(length=40), server_default="", nullable=False),
        sa.Column("crew", Words(), server_default="", nullable=False),
        sa.Column("material", Words(), server_default="", nullable=False),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("operator_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_findings_operator_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_findings_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_findings_ticket_id")),
    )
    op.create_index("ix_findings_at", "findings", ["at", "id"], unique=False)
    op.create_table(
        "mass_complaints",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("cause", Words(), server_default="", nullable=False),
        sa.Column("category_id", _ID, nullable=True),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_by", _ID, nullable=True),
        sa.Column("answer", Words(), server_default="", nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("resolution", Words(), server_default="", nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_mass_complaints_category_id")
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["operators.id"], name=op.f("fk_mass_complaints_opened_by")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_mass_complaints_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_complaints")),
        sa.UniqueConstraint("number", name=op.f("uq_mass_complaints_number")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_mass_complaints_ticket_id")),
    )
    op.create_index("ix_mass_complaints_state", "mass_complaints", ["state", "opened_at", "id"], unique=False)
    op.create_table(
        "responsibilities",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("ticket_id", _ID, nullable=False),
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("apology_at", Instant(), nullable=True),
        sa.Column("apology_by", _ID, nullable=True),
        sa.Column("apology", Words(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["apology_by"], ["staff.id"], name=op.f("fk_responsibilities_apology_by")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_responsibilities_operator_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_responsibilities_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_responsibilities_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibilities")),
    )
    op.create_index("ix_responsibilities_staff_id_at", "responsibilities", ["staff_id", "at"], unique=False)
    op.create_index(
        "uq_responsibilities_ticket_id_staff_id", "responsibilities", ["ticket_id", "staff_id"], unique=True
    )
    op.create_table(
        "sanctions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", _ASCII, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("praise_id", _ID, nullable=True),
        sa.Column("site_id", _ID, nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", Words(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="proposed", nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("proposed_by", _ID, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["operators.id"], name=op.f("fk_sanctions_decided_by")),
        sa.ForeignKeyConstraint(["praise_id"], ["praises.id"], name=op.f("fk_sanctions_praise_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["operators.id"], name=op.f("fk_sanctions_proposed_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_sanctions_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sanctions_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_sanctions_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
        sa.UniqueConstraint("number", name=op.f("uq_sanctions_number")),
    )
    op.create_index("ix_sanctions_month", "sanctions", ["month", "id"], unique=False)
    op.create_index(op.f("ix_sanctions_praise_id"), "sanctions", ["praise_id"], unique=False)
    op.create_index("ix_sanctions_proposed_at", "sanctions", ["proposed_at", "id"], unique=False)
    op.create_index("ix_sanctions_staff_id_month", "sanctions", ["staff_id", "month"], unique=False)
    op.create_index("ix_sanctions_state", "sanctions", ["state", "proposed_at", "id"], unique=False)
    op.create_index(op.f("ix_sanctions_ticket_id"), "sanctions", ["ticket_id"], unique=False)
    op.create_table(
        "sanction_entries",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("sanction_id", _ID, nullable=False),
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=40), server_default="", nullable=False),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_sanction_entries_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["sanctions.id"], name=op.f("fk_sanction_entries_sanction_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sanction_entries_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_entries")),
    )
    op.create_index(
        "ix_sanction_entries_month_staff_id", "sanction_entries", ["month", "staff_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_sanction_entries_sanction_id"), "sanction_entries", ["sanction_id"], unique=False
    )
    op.create_index(
        "ix_sanction_entries_staff_id_month", "sanction_entries", ["staff_id", "month", "id"], unique=False
    )
    op.create_table(
        "quality_samples",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.Column("drawn_by", _ID, nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("operator_id", _ID, nullable=True),
        sa.Column("call_id", _ID, nullable=True),
        sa.Column("ticket_id", _ID, nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_quality_samples_call_id")),
        sa.ForeignKeyConstraint(["drawn_by"], ["operators.id"], name=op.f("fk_quality_samples_drawn_by")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_quality_samples_operator_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_quality_samples_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_samples")),
    )
    op.create_index("ix_quality_samples_month", "quality_samples", ["month", "state", "id"], unique=False)
    op.create_index(
        "ix_quality_samples_operator_id_month",
        "quality_samples",
        ["operator_id", "month", "state", "id"],
        unique=False,
    )
    op.create_index("uq_quality_samples_call_id", "quality_samples", ["call_id"], unique=True)
    op.create_index("uq_quality_samples_ticket_id", "quality_samples", ["ticket_id"], unique=True)
    op.create_table(
        "quality_scores",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("sample_id", _ID, nullable=False),
        sa.Column("scored_at", Instant(), nullable=False),
        sa.Column("scored_by", _ID, nullable=False),
        sa.Column("form", sa.String(length=40), server_default="", nullable=False),
        sa.Column("answers", Json(), nullable=True),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("words", Words(), server_default="", nullable=False),
        sa.Column("coaching", Words(), server_default="", nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["quality_samples.id"], name=op.f("fk_quality_scores_sample_id")
        ),
        sa.ForeignKeyConstraint(["scored_by"], ["operators.id"], name=op.f("fk_quality_scores_scored_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_scores")),
    )
    op.create_index("ix_quality_scores_scored_at", "quality_scores", ["scored_at", "id"], unique=False)
    op.create_index(
        "uq_quality_scores_sample_id_scored_by", "quality_scores", ["sample_id", "scored_by"], unique=True
    )
    op.create_index(
        "ix_tickets_children",
        "tickets",
        ["parent_id", "id"],
        unique=False,
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    for name, table, columns, where in (
        ("ix_tickets_resolved", "tickets", ["resolved_at", "id"], "resolved_at IS NOT NULL"),
        ("ix_tickets_closed", "tickets", ["closed_at", "id"], "closed_at IS NOT NULL"),
        (
            "ix_ticket_events_ending",
            "ticket_events",
            ["kind", "at", "ticket_id"],
            "kind IN ('resolved', 'closed')",
        ),
    ):
        some = sa.text(where)
        op.create_index(name, table, columns, unique=False, sqlite_where=some, postgresql_where=some)
