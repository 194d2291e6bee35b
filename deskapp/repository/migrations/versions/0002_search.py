"""Search: full text on SQLite (one token a gram), an array index on PostgreSQL."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for noun in ("client", "ticket"):
            op.execute(
                f"CREATE INDEX ix_{noun}_search_grams ON {noun}_search USING gin (string_to_array(grams, ' '))"
            )
        return
    for noun in ("client", "ticket"):
        table, fts = f"{noun}_search", f"{noun}_fts"
        op.execute(
            f"CREATE VIRTUAL TABLE {fts} USING fts5"
            f"(grams, content='{table}', content_rowid='id', tokenize='ascii', detail='none')"
        )
        add = f"INSERT INTO {fts} (rowid, grams) VALUES (new.id, new.grams);"
        drop = f"INSERT INTO {fts} ({fts}, rowid, grams) VALUES ('delete', old.id, old.grams);"
        op.execute(f"CREATE TRIGGER {table}_add AFTER INSERT ON {table} BEGIN {add} END")
        op.execute(f"CREATE TRIGGER {table}_drop AFTER DELETE ON {table} BEGIN {drop} END")
        op.execute(f"CREATE TRIGGER {table}_change AFTER UPDATE ON {table} BEGIN {drop} {add} END")
