"""Articles of the knowledge base, their versions and uses, and what was looked for and not found (row K1; text 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.search_text import fold

if TYPE_CHECKING:
    from deskapp.domain.ticket import Ticket

LIVE, RETIRED = "live", "retired"
STATES = (LIVE, RETIRED)
USES = ("opened", "inserted")
"""What people do with an article."""
RATINGS = ("helped", "failed")
"""What they say of it afterwards."""
ORDERS = ("used", "newest")
"""How a list of articles may be sorted."""
MISS_STATES = ("open", "written", "dropped")
MOST_TITLE, MOST_BODY, MOST_KEYS, MOST_MISSED = 120, 20_000, 300, 80
LEAST_MISSED = 2
"""Fewer characters than these are a slip of the finger, not something that was looked for."""
A_NUMBER = 6
"""From so many digits on it is a telephone or a ticket: a person is meant, and no article missing."""

Use = Literal["opened", "inserted", "helped", "failed"]


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


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """A line of a list: an article and the name of its category."""

    article: Article
    category: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles are listed: of a state, perhaps of one category (0: of none), in which order."""

    state: str = LIVE
    category_id: int | None = None
    order: str = ORDERS[0]


@dataclass(frozen=True, slots=True)
class About:
    """What somebody is busy with: the words so far, the category, and the ticket or call it is for."""

    text: str = ""
    category_id: int | None = None
    ticket_id: int | None = None
    call_id: int | None = None


def about_ticket(ticket: Ticket, typed: str = "") -> About:
    """What somebody is busy with who has a ticket before them, and has typed so much about it."""
    return About(f"{ticket.subject} {ticket.description} {typed}", ticket.category_id, ticket.id)


def check_article(article: Article) -> None:
    """Refuse an article without a title or text, or one too long to be read to anybody."""
    if not article.title:
        raise RuleBroken("article.title_missing")
    if not article.body:
        raise RuleBroken("article.body_missing")
    for field, value, most in (
        ("title", article.title, MOST_TITLE),
        ("body", article.body, MOST_BODY),
        ("keys", article.keys, MOST_KEYS),
    ):
        if len(value) > most:
            raise RuleBroken("article.too_long", field=field, count=len(value), limit=most)


def check_state(article: Article, state: str) -> None:
    """Refuse to retire what is retired, or to bring back what is in use."""
    if state == article.state:
        raise RuleBroken(f"article.already_{state}", title=article.title)


def missed(typed: str) -> str:
    """What was looked for as it is counted: folded and cut; nothing when it was too short, or somebody's number."""
    folded = fold(typed)[:MOST_MISSED].strip()
    number = sum(map(str.isdigit, folded)) >= A_NUMBER
    return folded if len(folded) >= LEAST_MISSED and not number else ""


QUOTED = ">"
"""What a line begins with that may be said to a client as it is."""


def quotable(body: str) -> str:
    """What of an article goes into an answer: the lines meant to be said as they are, or all of it without any."""
    said = [line.removeprefix(QUOTED).strip() for line in body.splitlines() if line.startswith(QUOTED)]
    return "\n".join(said) or whole(body)


def whole(body: str) -> str:
    """An article's text without the marks of what may be said."""
    lines = [
        line.removeprefix(QUOTED).lstrip() if line.startswith(QUOTED) else line for line in body.splitlines()
    ]
    return "\n".join(lines)
