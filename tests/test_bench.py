"""The bench itself: a small run prints its table, is kept as JSON, and the next one says how it fared."""

from __future__ import annotations

import json

import pytest

from tests.bench import record
from tests.bench.__main__ import main
from tests.bench.measure import Figure, lines

SMALL = ("--sqlite", "--as-it-is", "--clients", "40", "--tickets", "40", "--calls", "40", "--rounds", "2")
SIZES = {"clients": 40, "tickets": 40, "calls": 40, "rows": 1_000_000}


def test_a_run_is_kept_and_the_next_one_compared_with_it(tmp_path, capsys) -> None:
    asked = [*SMALL, "--only", "B5,B13", "--cache", str(tmp_path)]
    assert main(asked) == 0
    first = capsys.readouterr().out
    (kept,) = tmp_path.glob("runs/*.json")
    run = json.loads(kept.read_text())
    assert run["sizes"] == SIZES
    assert {one["id"] for one in run["figures"]} == {"B5", "B13"}
    assert main(asked) == 0
    second = capsys.readouterr().out
    for one in run["figures"]:
        (line,) = [line for line in second.splitlines() if one["what"] in line]
        assert line.endswith(f"{one['ratio']:.2f}x")
        (line,) = [line for line in first.splitlines() if one["what"] in line]
        assert line.endswith(("ok", "MISSED")) or not one["target"]


def figure(ratio: float, target: float | None = 2.0, **told: bool) -> Figure:
    return Figure("B6", "file", "sqlite", 0.2, 0.1, ratio, target, **told)


def test_only_a_run_of_the_same_sizes_counts_and_the_newest_of_them(tmp_path) -> None:
    for clients, ratio in ((40, 1.0), (40, 3.0), (50, 9.0)):
        record.keep(tmp_path, [figure(ratio)], SIZES | {"clients": clients})
    (tmp_path / "runs" / "99990101.json").write_text('{"sizes": {')
    assert record.before(tmp_path, [figure(1.0)], SIZES) == {("B6", "file", "sqlite"): 3.0}
    assert record.before(tmp_path, [figure(1.0)], SIZES | {"rows": 1}) == {}


@pytest.mark.parametrize(
    ("ratio", "at_least", "verdict"),
    [(2.0, False, "ok"), (2.1, False, "MISSED"), (2.0, True, "ok"), (1.9, True, "MISSED")],
)
def test_a_target_is_met_or_missed(ratio: float, at_least: bool, verdict: str) -> None:
    assert figure(ratio, at_least=at_least).verdict == verdict
    assert lines([figure(ratio, at_least=at_least)])[1].endswith(verdict)
