"""Articles of the knowledge base, their versions and uses, and what was looked for and not found (row K1; text 5)."""

from __future__ import annotations

from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class Article:
    """What people may read to a caller: `keys` are words to find it by, `code` names one that came with the program."""

    id: int = 0
    version: int = 0
    code: str | None = None
    title: str = ""
    body: str = ""
    keys: str = ""
    category_id: int | None = None
    state: str = "live"
    revision: int = 1
    used: int = 0
    helped: int = 0
    failed: int = 0
    written_at: DateTime | None = None
    written_by: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """An article as it once was."""

    id: int = 0
    version: int = 0
    article_id: int = 0
    revision: int = 1
    title: str = ""
    body: str = ""
    written_at: DateTime | None = None
    written_by: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleUse:
    """One use of an article: opened, inserted, said to help or not, for a ticket or in a call."""

    id: int = 0
    version: int = 0
    article_id: int = 0
    at: DateTime | None = None
    operator_id: int | None = None
    act: str = "opened"
    ticket_id: int | None = None
    call_id: int | None = None


@dataclass(frozen=True, slots=True)
class SearchMiss:
    """What was looked for and not found, how often, and the article written for it."""

    id: int = 0
    version: int = 0
    typed: str = ""
    times: int = 1
    first_at: DateTime | None = None
    last_at: DateTime | None = None
    state: str = "open"
    article_id: int | None = None
