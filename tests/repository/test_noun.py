"""Every noun of a transaction is the repository its type says, and is loaded when it is asked for."""

from __future__ import annotations

import subprocess
import sys

from deskapp.desk import Desk
from deskapp.repository.noun import Noun
from deskapp.repository.work import Work

NOUNS = {name: noun for name, noun in vars(Work).items() if isinstance(noun, Noun)}


def test_every_noun_is_what_its_type_says() -> None:
    assert len(NOUNS) > 80
    said = {name: Work.__annotations__[name] for name in NOUNS}
    assert said == {name: f"Noun[{noun.find().__name__}]" for name, noun in NOUNS.items()}


def test_every_noun_has_a_module_of_its_own_loaded_when_asked_for() -> None:
    code = "import sys, deskapp.repository.work; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    assert {f"deskapp.repository.{noun.path.partition(':')[0]}" for noun in NOUNS.values()} & loaded == set()


def test_a_transaction_makes_its_repository_once(desk: Desk) -> None:
    with desk.read() as work:
        assert work.clients is work.clients
        first = work.clients
    with desk.read() as work:
        assert work.clients is not first
