"""Run commands as scripts do, on a home of their own."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from deskapp import cli, i18n


class Ran(NamedTuple):
    """What one command gave."""

    code: int
    out: str
    err: str

    @property
    def complains(self) -> bool:
        """Whether it gave one line on standard error, and no trace."""
        return self.err.count("\n") == 1 and self.err.startswith("deskapp") and "Traceback" not in self.err


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    """No test touches the user's own files, and each starts in Chinese."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DESKAPP_DATABASE_URL", raising=False)
    yield
    i18n.use("zh")


@pytest.fixture
def run(capfdbinary):
    """Run a command in this process."""

    def run(*argv: object) -> Ran:
        capfdbinary.readouterr()
        code = cli.main([str(one) for one in argv])
        said = capfdbinary.readouterr()
        return Ran(code, said.out.decode("utf-8"), said.err.decode("utf-8"))

    return run
