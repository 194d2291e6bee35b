"""How Alembic runs here: on the connection it is handed, with our types written by name."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from deskapp.repository.tables import whole


def render(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    """Write our own types by their names in new migrations."""
    if kind == "type" and type(thing).__module__ == "deskapp.repository.types":
        autogen.imports.add("from deskapp.repository.types import Instant, Json")
        return f"{type(thing).__name__}()"
    return False


def ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave the full-text tables of SQLite and the array indexes of PostgreSQL out of comparisons: SQL made them."""
    return not (
        kind in ("table", "index") and name is not None and ("_fts" in name or name.endswith("_grams"))
    )


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=whole(),
    render_item=render,
    include_object=ours,
    render_as_batch=False,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
