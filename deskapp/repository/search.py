"""Find clients and tickets by whatever is typed; the two engines differ in the ten lines of `_candidates`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, text

from deskapp.domain.client import ClientCard
from deskapp.domain.rows import TicketRow
from deskapp.domain.search_text import Term, fold, index_tokens, like_pattern, query_terms
from deskapp.domain.tag import asked
from deskapp.repository import tables
from deskapp.repository.common_tokens import common_tokens
from deskapp.repository.prepared import Prepared, PreparedFor

if TYPE_CHECKING:
    from deskapp.repository.work import Work


MOST_TAGGED = 2_000
"""The most tickets found by words of which those with a tag are looked for."""


_HAN_ALONE = re.compile("[\u4e00-\u9fff]*")
"""A name that folding leaves as it is, and most are: to fold one is what costs most in a list of names."""
_DATED = re.compile(r"[a-z]{2}[0-9]{8}")
"""How a number begins: who has typed so much of one that there is asks for that one, not for where it is mentioned."""
ENOUGH_TOKENS = 4
"""How many tokens of a number the index is asked for."""
FAR = 15_000
"""Records of the newest among which PostgreSQL looks for words so common that they are sure to be there."""


class Search:
    """Search as one types: Chinese of any length, pinyin, initials, digits, numbers, addresses, free text."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def clients(self, typed: str, limit: int = 50) -> list[ClientCard]:
        """The clients that match every word typed, the closest first; nothing typed finds nothing."""
        cards = self.work.clients.cards(self.client_ids(typed, limit))
        wanted = fold(typed).strip()
        return sorted(cards, key=lambda card: _distance(card.client.name, wanted))

    def client_ids(self, typed: str, limit: int = 50) -> list[int]:
        """The ids of matching clients: last digits and pinyin by b-tree first, then the index."""
        terms = query_terms(typed)
        if not terms:
            return []
        found: dict[int, None] = {}
        if len(terms) == 1 and terms[0].kind == "digits" and len(terms[0].text) >= 4:
            found |= dict.fromkeys(self._by_tail(terms[0].text, limit))
        latin = [term for term in terms if term.kind == "latin"]
        if latin and len(latin) == len(terms):
            found |= dict.fromkeys(self._by_name_key(terms, limit))
        if len(found) < limit:
            found |= dict.fromkeys(self._candidates("client", terms, limit))
        return list(found)[:limit]

    def tickets(self, typed: str, limit: int = 50) -> list[TicketRow]:
        """The tickets that match every word typed, or belong to a client whose pinyin or number does.

        `#leak` asks for a tag that begins so.
        """
        tags, rest = asked(typed)
        if not tags:
            return self.work.tickets.rows(self._ticket_ids(typed, limit))
        among = self._ticket_ids(rest, MOST_TAGGED) if rest else None
        return self.work.tickets.rows(self.work.tags.tagged(tags, limit, among))

    def documents(self, typed: str, limit: int = 50) -> list[int]:
        """The ids of the documents that match every word typed, in the text of their files too."""
        return self._candidates("document", query_terms(typed), limit)

    def _ticket_ids(self, typed: str, limit: int) -> list[int]:
        terms = query_terms(typed)
        if not terms:
            return []
        found: dict[int, None] = dict.fromkeys(self._by_number(terms, limit))
        if found and _DATED.match(terms[0].text):
            return list(found)
        if len(found) < limit:
            found |= dict.fromkeys(self._candidates("ticket", terms, limit))
        if len(found) < limit and all(term.kind in ("latin", "digits") for term in terms):
            found |= dict.fromkeys(self._of_clients(self.client_ids(typed, 20), limit))
        return list(found)[:limit]

    def _ids(self, query: Prepared, **values: Any) -> list[int]:
        return [row[0] for row in query.rows(self.work.connection, **values)]

    def _by_tail(self, digits: str, limit: int) -> list[int]:
        low, high = _prefix_range(digits[::-1])
        return self._ids(_TAIL, low=low, high=high, n=limit)

    def _by_name_key(self, terms: Sequence[Term], limit: int) -> list[int]:
        """Whose whole key it is, the newest first, then those it begins: in the order of the index, never sorted."""
        low, high = _prefix_range("".join(term.text for term in terms))
        whole = self._ids(_NAME_KEY, key=low, n=limit)
        more = self._ids(_NAME_KEYS, low=low, high=high, n=limit) if len(whole) < limit else []
        return [*whole, *more]

    def _by_number(self, terms: Sequence[Term], limit: int) -> list[int]:
        if len(terms) != 1 or not terms[0].text.isascii():
            return []
        low, high = _prefix_range(terms[0].text.upper())
        return self._ids(_NUMBER, low=low, high=high, n=limit)

    def _of_clients(self, client_ids: list[int], limit: int) -> list[int]:
        return [row[0] for row in _OF_CLIENTS.rows(self.work.connection, client_ids, n=limit)]

    def _candidates(self, noun: str, terms: Sequence[Term], limit: int) -> list[int]:
        """Ids whose index tokens are all there and whose text truly contains every term, the newest first."""
        tokens = list(dict.fromkeys(token for term in terms for token in self._tokens(term, terms)))
        if not tokens:
            return []
        values: dict[str, Any] = {f"t{i}": like_pattern(term) for i, term in enumerate(terms)} | {"n": limit}
        if self.work.dialect == "postgresql":
            newest = self._among_newest(noun, terms, values)
            if len(newest) == limit:
                return newest
            return self._ids(_holding(noun, len(terms), gin=True), tokens=tokens, **values)
        match = " AND ".join('"' + token.replace('"', '""') + '"' for token in tokens)
        return self._ids(_holding(noun, len(terms), gin=False), match=match, **values)

    def _among_newest(self, noun: str, terms: Sequence[Term], values: dict[str, Any]) -> list[int]:
        """The newest that hold what is common, on PostgreSQL; fewer than asked for, all have to be looked through."""
        common = common_tokens(self.work.connection, noun)
        part, farthest = common.part(terms, self._tokens), min(FAR, common.records / 4)
        found: list[int] = []
        while len(found) < values["n"] <= part * farthest:
            far = round(2 * values["n"] / part)
            found = self._ids(_newest(noun, len(terms)), far=far, **values)
            part = min(part / 2, len(found) / far)
        return found

    @staticmethod
    def _tokens(term: Term, terms: Sequence[Term]) -> tuple[str, ...]:
        """What the index is asked for; LIKE decides, so that it may be less than all.

        A Latin word beside Chinese or digits may be pinyin, which only the text holds: it narrows, never finds.
        Numbers begin alike, so that their beginnings cost much and narrow nothing: their last tokens are enough.
        """
        if term.kind == "latin" and any(other.kind != "latin" for other in terms):
            return ()
        tokens = index_tokens(term)
        return tokens[-ENOUGH_TOKENS:] if term.text.isascii() else tokens


def _range(what: str, table: str, column: str, order: str = "") -> Prepared:
    within = f"{column} >= :low AND {column} < :high"
    return Prepared(text(f"SELECT {what} FROM {table} WHERE {within} ORDER BY {column} {order} LIMIT :n"))


_TAIL = _range("client_id", "phones", "reversed_digits")
_NUMBER = _range("id", "tickets", "number", "DESC")
_NAME_KEY = Prepared(
    text("SELECT client_id FROM name_keys WHERE key = :key ORDER BY client_id DESC LIMIT :n")
)
_NAME_KEYS = Prepared(
    text("SELECT client_id FROM name_keys WHERE key > :low AND key < :high ORDER BY key, client_id LIMIT :n")
)
_T = tables.tickets.c
_OF_CLIENTS = PreparedFor(
    lambda keys: (
        select(_T.id).where(_T.client_id.in_(keys)).order_by(_T.received_at.desc()).limit(bindparam("n"))
    )
)


def _likes(terms: int) -> str:
    """What decides: so many terms are in the text."""
    return " AND ".join(f"s.haystack LIKE :t{i} ESCAPE '\\'" for i in range(terms))


@cache
def _holding(noun: str, terms: int, *, gin: bool) -> Prepared:
    """The index narrows, LIKE decides on so many terms: by the array index of PostgreSQL, or SQLite's full text."""
    if gin:
        source, holds = f"{noun}_search s", "string_to_array(s.grams, ' ') @> CAST(:tokens AS text[])"
    else:
        source = f"{noun}_fts f JOIN {noun}_search s ON s.id = f.rowid"
        holds = f"{noun}_fts MATCH :match"
    order = "s.id" if gin else "f.rowid"
    return Prepared(
        text(f"SELECT s.id FROM {source} WHERE {holds} AND {_likes(terms)} ORDER BY {order} DESC LIMIT :n"),
        anew=True,
    )


@cache
def _newest(noun: str, terms: int) -> Prepared:
    """Those of the newest records whose text contains so many terms."""
    newest = f"SELECT id, haystack FROM {noun}_search ORDER BY id DESC LIMIT :far"
    return Prepared(text(f"SELECT s.id FROM ({newest}) s WHERE {_likes(terms)} ORDER BY s.id DESC LIMIT :n"))


def _prefix_range(prefix: str) -> tuple[str, str]:
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _distance(name: str, wanted: str) -> int:
    folded = name if _HAN_ALONE.fullmatch(name) else fold(name)
    if folded == wanted:
        return 0
    if folded.startswith(wanted):
        return 1
    return 2
