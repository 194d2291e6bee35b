"""What every test may ask for: a database of either kind, and how property tests are run.

`database_url` lends a fresh empty database, once on SQLite and once on a real PostgreSQL; `template_database`
lends copies of one that is built once a worker. `desk` is a founded company on a database of its own, with
李敏 (admin) at it; `second_desk` is 刘敏 (agent) at another desk on the same database. Both show the time of
`clock`, which the test sets: `clock.at = clock.at.add(hours=1)`. A test for one kind of database says so:
`@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)`.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from deskapp.clock import StillClock
from deskapp.desk import Desk
from tests import builders, postgres
from tests.databases import Build, PostgresDatabases, SqliteDatabases, compile_once

IN_CI = os.environ.get("CI") == "true"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
LONGEST = {"test_screens_md", "test_browser", "test_two_years", "test_many_desks"}
FOLDER = pytest.StashKey[Path]()
DEAR = PasswordHasher.__init__.__defaults__
"""What a password's hash costs in time, memory and lanes, outside tests."""
WHY_NO_POSTGRES = "PostgreSQL half not tested: "

# A shared machine may pause any example, and what fails in CI must fail again at home.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "desk"))


def pytest_configure(config: pytest.Config) -> None:
    """Give the run its folder, which lives as long as the main process; workers are told where it lies."""
    told = getattr(config, "workerinput", None)
    if told is not None:
        folder = Path(told["deskapp_folder"])
    else:
        folder, held = postgres.hold()
        config.add_cleanup(lambda: postgres.release(folder, held))
    config.stash[FOLDER] = folder
    builders.keep_folders_in(folder / f"desks-{WORKER}")
    compile_once()
    PasswordHasher.__init__.__defaults__ = (1, 8, 1, *DEAR[3:])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


def pytest_collection_finish() -> None:
    """Keep what lives as long as the run out of the collector's way; it would walk all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]
    """Tell an xdist worker the folder of the run."""
    node.workerinput["deskapp_folder"] = str(node.config.stash[FOLDER])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in red that one database went untested; a skip alone is easily overlooked."""
    reasons = {
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and WHY_NO_POSTGRES in report.longrepr[2]
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(reason, red=True, bold=True)


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """The SQLAlchemy URL of the maintenance database on the run's own PostgreSQL server."""
    try:
        return postgres.url_of(request.config.stash[FOLDER])
    except postgres.Unavailable as reason:
        why = f"{WHY_NO_POSTGRES}{reason}"
    if IN_CI:
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


@pytest.fixture(scope="session")
def sqlite_databases(request: pytest.FixtureRequest) -> SqliteDatabases:
    """Where this worker's SQLite databases are made."""
    folder = request.config.stash[FOLDER] / f"sqlite-{WORKER}"
    folder.mkdir()
    return SqliteDatabases(folder)


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> Iterator[PostgresDatabases]:
    """Where this worker's PostgreSQL databases are made."""
    databases = PostgresDatabases(postgres_url, WORKER)
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database of this test: each test runs once a kind."""
    return str(request.param)


@pytest.fixture
def databases(request: pytest.FixtureRequest, backend: str) -> SqliteDatabases | PostgresDatabases:
    """Where databases of this test's kind are made; PostgreSQL starts only now."""
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[backend]
    found: SqliteDatabases | PostgresDatabases = request.getfixturevalue(name)
    return found


@pytest.fixture
def database_url(databases: SqliteDatabases | PostgresDatabases) -> Iterator[str]:
    """A fresh, empty database of this test's kind, dropped after it."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def template_database(
    databases: SqliteDatabases | PostgresDatabases,
) -> Iterator[Callable[[str, Build], str]]:
    """Lend `(key, build) → URL`: `build(url)` fills a template once a worker, every call copies it."""
    with ExitStack() as lent:
        yield lambda key, build: lent.enter_context(databases.fresh(key, build))


@pytest.fixture
def dear_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as dearly as outside tests."""
    monkeypatch.setattr(PasswordHasher.__init__, "__defaults__", DEAR)


@pytest.fixture
def clock() -> StillClock:
    """The time of every desk of the test: Monday 2026-11-23, 09:42:10 in Shanghai, until the test sets it."""
    return StillClock(builders.NOW)


@pytest.fixture
def desk_url(template_database: Callable[[str, Build], str]) -> str:
    """The URL of a founded company: 李敏 (admin) and 刘敏 (agent), directory, categories, mottos."""
    return template_database("founded", builders.found_company)


@pytest.fixture
def desk(desk_url: str, clock: StillClock) -> Iterator[Desk]:
    """A desk of a founded company, 李敏 (admin) at it."""
    opened = builders.open_at(desk_url, clock)
    yield opened
    opened.store.close()


@pytest.fixture
def second_desk(desk_url: str, clock: StillClock) -> Iterator[Desk]:
    """Another desk on the same database, 刘敏 (agent) at it, with connections of its own."""
    opened = builders.open_at(desk_url, clock, builders.AGENT)
    yield opened
    opened.store.close()
