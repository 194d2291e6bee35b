"""Bring a database to the schema this program needs; Alembic is imported only when there is something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from deskapp.domain.errors import StorageFailed
from deskapp.repository.engine import storage_errors
from deskapp.repository.migrations import HEAD

if TYPE_CHECKING:
    from deskapp.repository.work import Store

LOCK = 20261123
"""The advisory lock of PostgreSQL under which a schema is changed."""


def version(store: Store) -> str | None:
    """The schema version of a database; None when it has no schema yet."""
    with storage_errors(), store.engine.connect() as connection:
        try:
            row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
        except DBAPIError as error:
            if _no_table(error):
                return None
            raise
        return str(row[0]) if row else None


def _no_table(error: DBAPIError) -> bool:
    words = str(error.orig).lower()
    return "no such table" in words or ("does not exist" in words and "alembic_version" in words)


def migrate(store: Store) -> bool:
    """Upgrade to HEAD if needed; True when something was done. A database newer than the program is refused."""
    found = version(store)
    if found == HEAD:
        return False
    if found is not None and found > HEAD:
        raise StorageFailed("storage.newer", found=found, known=HEAD)
    with storage_errors(), store.engine.connect() as bare:
        connection = bare.execution_options(deskapp_write=True)
        with connection.begin():
            if store.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": LOCK})
            upgrade(connection)
    return True


def config(connection: Connection) -> Any:
    """Alembic's configuration, made in code: the scripts lie in this package."""
    from importlib.resources import files

    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(files("deskapp.repository") / "migrations"))
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection, until: str = "head") -> None:
    """Run the missing migrations on a connection, inside its transaction; up to an older one if asked."""
    from alembic import command

    command.upgrade(config(connection), until)


def drift(connection: Connection) -> list[Any]:
    """What differs between the database and tables.py; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from deskapp.repository.tables import whole

    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_object": lambda _o, name, kind, _r, _c: (
                not (kind in ("table", "index") and name and ("_fts" in name or name.endswith("_grams")))
            ),
        },
    )
    return list(compare_metadata(context, whole()))
