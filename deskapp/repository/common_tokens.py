"""How common the tokens of a search are, as PostgreSQL's statistics know it.

Its array index gives whatever holds a token in no order: all of it is read and sorted, however few are wanted. Of
common tokens the newest records hold enough. The planner cannot tell, for it takes what a text contains and what its
tokens are for two things that have nothing to do with each other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from sqlalchemy import Connection, text

from deskapp.domain.search_text import Term
from deskapp.repository.prepared import Prepared

KNOWN_S = 600.0
"""How long the statistics of one connection are good for."""
_COMMON = Prepared(
    text(
        "SELECT s.most_common_elems::text::text[], s.most_common_elem_freqs, t.reltuples FROM pg_stats s "
        "JOIN pg_class t ON t.oid = to_regclass(quote_ident(s.schemaname) || '.' || :source) "
        "WHERE s.schemaname = ANY(current_schemas(false)) AND s.tablename = :index"
    )
)


@dataclass(frozen=True, slots=True)
class CommonTokens:
    """What the statistics of one index say: about how many records there are, and what parts of them hold what."""

    records: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)

    def part(
        self, terms: Sequence[Term], tokens_of: Callable[[Term, Sequence[Term]], Sequence[str]]
    ) -> float:
        """About which part of all records holds these terms, of 1; 0 where that is not known to be a large one.

        Characters of one word come together, as the rarest of them; digits have nothing to do with each other.
        """
        found = 1.0
        for term in terms:
            parts = [self.parts.get(token, 0.0) for token in tokens_of(term, terms)]
            found *= (min if term.kind == "han" else prod)(parts or [1.0])
        return found


def common_tokens(connection: Connection, noun: str) -> CommonTokens:
    """The most common tokens of a noun's index; none while nobody has gathered statistics."""
    known: dict[str, tuple[float, CommonTokens]] = connection.info.setdefault("common_tokens", {})
    until, common = known.get(noun, (0.0, CommonTokens()))
    if time.monotonic() >= until:
        source = f"{noun}_search"
        rows = _COMMON.rows(connection, source=source, index=f"ix_{source}_grams")
        tokens, parts, records = rows[0] if rows else (None, None, 0.0)
        common = CommonTokens(records, dict(zip(tokens or (), parts or (), strict=False)))
        known[noun] = time.monotonic() + KNOWN_S, common
    return common
