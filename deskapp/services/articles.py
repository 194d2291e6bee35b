"""The knowledge base: articles written, changed with every version kept, retired, used and rated (row K1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deskapp.desk import Desk
from deskapp.domain.article import (
    LIVE,
    RATINGS,
    RETIRED,
    About,
    Article,
    ArticleRow,
    ArticleUse,
    ArticleVersion,
    SearchMiss,
    Use,
    check_article,
    check_state,
    missed,
)
from deskapp.domain.errors import RuleBroken
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.repository.work import Work


def write(desk: Desk, article: Article, *, key: str = "", miss: str = "") -> Article:
    """Write an article or change one; what it said before is kept, and what was missed counts as written."""
    article = _tidied(article)
    check_article(article)
    with desk.write("article.write") as work:
        if article.id:
            return write_in(work, article)
        stored = once(work, key, "article.write", lambda: write_in(work, article), work.articles.find)
        _settle(work, miss, stored.id)
        return stored


def write_in(work: Work, article: Article) -> Article:
    """Store an article, new or changed, within a transaction; what it said before is kept."""
    signed = replace(article, written_at=work.now, written_by=_who(work))
    return (
        _changed(work, signed) if article.id else work.articles.add(replace(signed, revision=1, state=LIVE))
    )


def _tidied(article: Article) -> Article:
    """Text as it will be read: no blank lines round it, keys parted by single spaces."""
    return replace(
        article,
        title=" ".join(article.title.split()),
        body=article.body.strip(),
        keys=" ".join(article.keys.split()),
    )


def _changed(work: Work, article: Article) -> Article:
    known = work.articles.find(article.id)
    same = ("title", "body", "keys", "category_id")
    if all(getattr(known, name) == getattr(article, name) for name in same):
        return known
    written = replace(article, state=known.state, code=known.code, revision=known.revision + 1)
    stored = work.articles.save(written, known)
    if (known.title, known.body) != (article.title, article.body):
        work.article_versions.add(_as_it_was(known))
    return stored


def _as_it_was(article: Article) -> ArticleVersion:
    return ArticleVersion(
        article_id=article.id,
        revision=article.revision,
        title=article.title,
        body=article.body,
        written_at=article.written_at,
        written_by=article.written_by,
    )


def bring_back(desk: Desk, article: Article, version: ArticleVersion) -> Article:
    """Let an article say again what it said in an earlier version; what it says now is kept too."""
    return write(desk, replace(article, title=version.title, body=version.body))


def retire(desk: Desk, article: Article) -> Article:
    """Take an article out of use: it is found and offered no more, and stays to be read."""
    return _turned(desk, article, RETIRED)


def restore(desk: Desk, article: Article) -> Article:
    """Put a retired article back into use."""
    return _turned(desk, article, LIVE)


def _turned(desk: Desk, article: Article, state: str) -> Article:
    check_state(article, state)
    with desk.write("article.retire") as work:
        return work.articles.save(replace(article, state=state))


def use(desk: Desk, article_id: int, act: Use, about: About | None = None) -> None:
    """Count that an article was opened or inserted, or whether it helped.

    Each operator's word counts once for a ticket or call; a later word takes the place of the earlier.
    """
    with desk.write("article.use") as work:
        work.articles.find(article_id)
        use_in(work, article_id, act, about or About())


def use_in(work: Work, article_id: int, act: Use, about: About) -> None:
    """Count a use within a transaction."""
    new = ArticleUse(
        article_id=article_id,
        at=work.now,
        operator_id=_who(work),
        act=act,
        ticket_id=about.ticket_id,
        call_id=about.call_id,
    )
    if act in RATINGS:
        if about.ticket_id is None and about.call_id is None:
            raise RuleBroken("article.rate_nothing")
        if not _rated(work, new):
            return
    else:
        work.article_uses.add(new)
    work.articles.tally(article_id, act)


def _rated(work: Work, new: ArticleUse) -> bool:
    """Store what somebody says of an article; False when they have said it already."""
    before = work.article_uses.rating(new)
    if before is None:
        work.article_uses.add(new)
        return True
    if before.act == new.act:
        return False
    work.article_uses.save(replace(before, act=new.act, at=new.at))
    work.articles.tally(new.article_id, before.act, -1)
    return True


def _who(work: Work) -> int | None:
    return work.operator.id or None if work.operator else None


def read(desk: Desk, article_id: int) -> ArticleRow:
    """One article as it stands, with the name of its category."""
    with desk.read() as work:
        rows = work.articles.rows([article_id])
    if not rows:
        raise LookupError(f"article {article_id}")
    return rows[0]


def versions(desk: Desk, article: Article) -> list[ArticleVersion]:
    """What an article says and said, the newest first, each with who wrote it."""
    with desk.read() as work:
        return [_as_it_was(work.articles.find(article.id)), *work.article_versions.of(article.id)]


def count_miss(desk: Desk, typed: str) -> str:
    """Count a search that found nothing; give what was counted, nothing when it was too short to mean anything."""
    words = missed(typed)
    if words:
        with desk.write("article.use") as work:
            work.search_misses.missed(words, work.now)
    return words


def drop_miss(desk: Desk, miss: SearchMiss) -> SearchMiss:
    """Decide that nobody needs to write about it; looked for again, it is back."""
    with desk.write("article.write") as work:
        return work.search_misses.save(replace(miss, state="dropped"))


def _settle(work: Work, typed: str, article_id: int) -> None:
    """What was missed has its article now."""
    found = work.search_misses.of_words(typed) if typed else None
    if found is not None and (found.state, found.article_id) != ("written", article_id):
        work.search_misses.save(replace(found, state="written", article_id=article_id))


def missing_starters(desk: Desk, language: str) -> int:
    """How many of the articles that come with the program are not here."""
    with desk.read() as work:
        return len(_absent(work, language))


def lay_in(desk: Desk, language: str) -> int:
    """Put in the articles that come with the program and are not here; none that is here is touched."""
    with desk.write("article.write") as work:
        return lay_in_starters(work, language)


def lay_in_starters(work: Work, language: str) -> int:
    """Put them in within a transaction; say how many."""
    absent = _absent(work, language)
    if absent:
        categories = {one.code: one.id for one in work.categories.listed()}
        for entry in absent:
            work.articles.add(
                Article(
                    code=entry["code"],
                    title=entry["title"],
                    body=entry["body"].strip(),
                    keys=entry.get("keys", ""),
                    category_id=categories.get(entry.get("category", "")),
                    written_at=work.now,
                )
            )
    return len(absent)


def _absent(work: Work, language: str) -> list[dict[str, Any]]:
    from deskapp.services.company import defaults

    here = work.articles.codes()
    return [entry for entry in defaults(f"articles.{language}")["article"] if entry["code"] not in here]
