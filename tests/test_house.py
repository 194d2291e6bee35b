"""The house: what stands at its top, which way imports go, what a start loads, how long a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

TOP = {"deskapp", "tests", "pyproject.toml", "screens.md"} | {
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    ".gitignore",
    "Makefile",
    "requirements.lock",
    "docs",
    ".ci",
}

CONTRACTS = {
    "layers",
    "pure-domain",
    "textual-on-the-glass",
    "sql-in-one-room",
    "repository-behind-the-desk",
    "widgets-without-a-desk",
    "wiring-without-a-glass",
}

# Nothing but Textual and the skeleton before the first frame: each of these is felt by whoever waits for it.
HEAVY = {
    "sqlalchemy",
    "alembic",
    "psycopg",
    "pypinyin",
    "phonenumbers",
    "openpyxl",
    "xlsxwriter",
    "python_calamine",
    "reportlab",
    "docx",
    "docxtpl",
    "jinja2",
    "PIL",
    "argparse",
    "zoneinfo",
    "pendulum",
}

LONGEST = 400
# A file may be longer for a reason: path → reason. (Migrations may: they are history, never edited.)
LONGER = {
    "deskapp/repository/tables.py": "the whole schema, read in one sitting",
    "deskapp/repository/work.py": "one line a noun",
    "tests/repository/test_base.py": "one record a noun",
    "tests/services/test_rights.py": "one try a right",
}


def sources(*rooms: str) -> list[Path]:
    """Every Python file of the rooms, as paths from the root."""
    return sorted(file.relative_to(ROOT) for room in rooms for file in (ROOT / room).rglob("*.py"))


def modules(room: str) -> list[str]:
    """The dotted names of all modules under a package."""
    dotted = (".".join(file.with_suffix("").parts) for file in sources(room))
    return [name.removesuffix(".__init__") for name in dotted]


def loaded_by(*names: str) -> set[str]:
    """The top-level packages a fresh interpreter has loaded after importing `names`."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {', '.join(names)}; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return {name.partition(".")[0] for name in told.stdout.split()}


def test_only_what_any_project_has_stands_at_the_top() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: built things cannot be told from kept ones")
    assert {path.partition("/")[0] for path in listed.stdout.splitlines()} - TOP == set()


def test_the_arrows_are_written_down() -> None:
    assert {contract["id"] for contract in PROJECT["tool"]["importlinter"]["contracts"]} >= CONTRACTS


def test_the_arrows_are_kept() -> None:
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    told = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_rules_load_neither_screens_nor_database() -> None:
    assert (
        loaded_by(*modules("deskapp/domain")) & {"textual", "rich", "sqlalchemy", "alembic", "psycopg"}
        == set()
    )


@pytest.mark.parametrize("module", ["deskapp.cli", "deskapp.app"])
def test_a_start_loads_nothing_heavy(module: str) -> None:
    begun = (ROOT / "deskapp" / "app.py").exists()
    if not begun:
        pytest.skip("there is no app yet")
    assert loaded_by(module) & HEAVY == set()


@pytest.mark.parametrize("file", sources("deskapp"), ids=str)
def test_a_module_says_what_it_holds(file: Path) -> None:
    assert ast.get_docstring(ast.parse((ROOT / file).read_text(encoding="utf-8")))


def test_long_files_have_a_reason() -> None:
    long = {
        str(file)
        for file in sources("deskapp", "tests")
        if "versions" not in file.parts
        and len((ROOT / file).read_text(encoding="utf-8").splitlines()) > LONGEST
    }
    assert long == set(LONGER)


def test_the_lock_holds_every_requirement_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {
        canonicalize_name(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([\w.]+)", lock)
    }
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    asked = [
        *PROJECT["build-system"]["requires"],
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
        *(line for group in groups.values() for line in group),
    ]
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), str(requirement)
    assert not re.search(r"(?m)^\s*-(?!-hash=)|://", lock)
