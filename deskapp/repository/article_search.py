"""Find articles by whatever is typed, as clients and tickets are found; and those that share words with a text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from deskapp.domain.article import Wanted
from deskapp.domain.search_text import Term, index_tokens, like_pattern, query_terms
from deskapp.repository.prepared import Prepared

if TYPE_CHECKING:
    from deskapp.repository.work import Work


class ArticleSearch:
    """Search as one types in titles, keys, their pinyin and initials, and the texts."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def ids(self, typed: str, wanted: Wanted, limit: int) -> list[int]:
        """The ids of the articles that hold every word typed: those with it in the title first, then the most used."""
        terms = query_terms(typed)
        if not terms:
            return []
        values: dict[str, Any] = {f"t{i}": like_pattern(term) for i, term in enumerate(terms)}
        values |= {"state": wanted.state, "n": limit, "title": like_pattern(terms[0])}
        if wanted.category_id:
            values["category"] = wanted.category_id
        tokens = list(dict.fromkeys(token for term in terms for token in _tokens(term, terms)))
        postgresql = self.work.dialect == "postgresql"
        if tokens and postgresql:
            values["tokens"] = tokens
        elif tokens:
            values["match"] = " AND ".join(map(_quoted, tokens))
        within = {None: "", 0: " AND a.category_id IS NULL"}.get(
            wanted.category_id, " AND a.category_id = :category"
        )
        query = _holding(len(terms), within, narrowed=bool(tokens), gin=postgresql)
        return [row[0] for row in query.rows(self.work.connection, **values)]

    def sharing(self, tokens: Sequence[str], limit: int) -> list[int]:
        """The ids of articles in use that share the most of these index tokens with a text."""
        if not tokens:
            return []
        if self.work.dialect == "postgresql":
            rows = _SHARING_GIN.rows(self.work.connection, tokens=list(tokens), n=limit)
        else:
            values = {f"t{i}": _quoted(token) for i, token in enumerate(tokens)}
            rows = _sharing(len(tokens)).rows(self.work.connection, n=limit, **values)
        return [row[0] for row in rows]


def _tokens(term: Term, terms: Sequence[Term]) -> tuple[str, ...]:
    """A Latin word beside Chinese narrows by the text alone, as it does with clients."""
    if term.kind == "latin" and any(other.kind != "latin" for other in terms):
        return ()
    return index_tokens(term)


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'


@cache
def _holding(terms: int, within: str, *, narrowed: bool, gin: bool) -> Prepared:
    """The index narrows, LIKE decides; what is too short for the index is looked for in all, which are few."""
    likes = " AND ".join(f"s.haystack LIKE :t{i} ESCAPE '\\'" for i in range(terms))
    source, holds = "article_search s", ""
    if narrowed and gin:
        holds = "string_to_array(s.grams, ' ') @> CAST(:tokens AS text[]) AND "
    elif narrowed:
        source, holds = (
            "article_fts f JOIN article_search s ON s.id = f.rowid",
            "article_fts MATCH :match AND ",
        )
    first = "CASE WHEN lower(a.title || ' ' || a.keys) LIKE :title ESCAPE '\\' THEN 0 ELSE 1 END"
    return Prepared(
        text(
            f"SELECT a.id FROM {source} JOIN articles a ON a.id = s.id "
            f"WHERE {holds}{likes} AND a.state = :state{within} ORDER BY {first}, a.used DESC, a.id DESC LIMIT :n"
        )
    )


@cache
def _sharing(tokens: int) -> Prepared:
    each = " UNION ALL ".join(
        f"SELECT rowid AS id FROM article_fts WHERE article_fts MATCH :t{i}" for i in range(tokens)
    )
    return Prepared(
        text(
            f"SELECT a.id FROM ({each}) h JOIN articles a ON a.id = h.id WHERE a.state = 'live' "
            "GROUP BY a.id ORDER BY count(*) DESC, a.id DESC LIMIT :n"
        )
    )


_SHARING_GIN = Prepared(
    text(
        "SELECT a.id FROM article_search s JOIN articles a ON a.id = s.id "
        "WHERE a.state = 'live' AND string_to_array(s.grams, ' ') && CAST(:tokens AS text[]) "
        "ORDER BY (SELECT count(*) FROM unnest(string_to_array(s.grams, ' ')) g "
        "WHERE g = ANY(CAST(:tokens AS text[]))) DESC, a.id DESC LIMIT :n"
    )
)
