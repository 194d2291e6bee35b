"""Measure and print the table: `python -m tests.bench --help`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench import (
    finding,
    flood,
    glass,
    lists,
    many,
    peers,
    planning,
    record,
    startup,
    storing,
    telling,
)
from tests.bench.bench import Bench, Measure
from tests.bench.measure import Figure, lines
from tests.bench.stock import Stock, cache_folder
from tests.bench.terminal import compile_all

MEASURES: dict[str, Sequence[Measure]] = {
    "B1": (startup.starts,),
    "B2": (startup.starts,),
    "B3": (glass.echo,),
    "B4": (glass.pop,),
    "B5": (finding.search,),
    "B6": (storing.filing, many.filing),
    "B7": (lists.long_lists,),
    "B8": (glass.idle,),
    "B9": (startup.memory,),
    "B10": (many.claims,),
    "B11": (telling.propagation,),
    "B12": (storing.importing,),
    "B13": (storing.month,),
    "B14": (peers.peers,),
    "B15": (planning.planning,),
    "B16": (flood.flood,),
}

SIZES = {"clients": 1_000_000, "tickets": 200_000, "calls": 300_000, "rows": 1_000_000}
"""How much there is; runs of the same sizes are compared."""


def main(given: Sequence[str] | None = None) -> int:
    """Run what is asked and print the table; the exit code says nothing of targets."""
    asked = _parser().parse_args(given)
    only = asked.only.split(",") if asked.only else list(MEASURES)
    if unknown := set(only) - set(MEASURES):
        print(
            f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}",
            file=sys.stderr,
        )
        return 2
    if not asked.as_it_is:
        compile_all()
    figures: list[Figure] = []
    begun = time.monotonic()
    for engine in asked.engines or ("sqlite", "postgresql"):
        figures += _measure(engine, only, asked)
    print(
        f"\n{asked.clients:,} clients, {asked.tickets:,} tickets, {asked.calls:,} calls; "
        f"long lists of {asked.rows:,}; {asked.rounds} rounds; {time.monotonic() - begun:.0f} s\n"
    )
    folder, sizes = asked.cache or cache_folder(), {name: getattr(asked, name) for name in SIZES}
    figures.sort(key=lambda one: int(one.id[1:]))
    print("\n".join(lines(figures, record.before(folder, figures, sizes))))
    print(f"\nkept in {record.keep(folder, figures, sizes)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="B1,B3", help="some benchmarks")
    for name, size in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=size, metavar="N", help=f"default {size:,}")
    parser.add_argument("--imported", type=int, default=20_000, metavar="N", help="clients to import")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="rounds of figure and floor")
    engines = parser.add_mutually_exclusive_group()
    for flag, those in (
        ("--sqlite", ("sqlite",)),
        ("--postgres", ("postgresql",)),
        ("--both", ("sqlite", "postgresql")),
    ):
        engines.add_argument(flag, dest="engines", action="store_const", const=those)
    parser.add_argument("--cache", type=Path, default=None, help="where the filled databases are kept")
    parser.add_argument("--as-it-is", action="store_true", help="do not compile bytecode first")
    return parser


def _measure(engine: str, only: Sequence[str], asked: argparse.Namespace) -> list[Figure]:
    figures: list[Figure] = []
    folder = asked.cache or cache_folder()
    with tempfile.TemporaryDirectory() as drafts, Stock(engine, folder, _say) as stock:
        sizes = (asked.clients, asked.tickets, asked.calls, asked.rows, asked.imported, asked.rounds)
        bench = Bench(stock, *sizes, Path(drafts))
        for measure in dict.fromkeys(measure for one in only for measure in MEASURES[one]):
            begun = time.monotonic()
            try:
                for figure in measure(bench):
                    figures.append(figure)
                    _say("  ".join(lines([figure])[1].split("  ")))
            except Exception as error:
                _say(f"{measure.__name__} on {engine} failed: {type(error).__name__}: {error}")
            _say(f"  ({measure.__name__}: {time.monotonic() - begun:.0f} s)")
    return figures


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
