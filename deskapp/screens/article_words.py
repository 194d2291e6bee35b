"""An article as it is read: its text, and below it who wrote it and how it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from deskapp.domain.article import QUOTED, RETIRED, ArticleRow
from deskapp.i18n import say
from deskapp.screens import paint
from deskapp.widgets import painting
from deskapp.widgets.safe_text import shown

if TYPE_CHECKING:
    from deskapp.desk import Desk


def body_lines(body: str) -> list[Content]:
    """The text; what may be said to a client as it is stands out, with its mark."""
    return [_line(line) for line in body.splitlines()]


def _line(line: str) -> Content:
    if line.startswith(QUOTED):
        return Content.assemble((QUOTED, "$primary"), (shown(line[1:].strip()), "bold"))
    return painting.safe(line)


def article_lines(desk: Desk, row: ArticleRow, author: str = "") -> list[Content]:
    """The text, and below it category, keys, when and by whom it was written, how often it was used and helped."""
    one = row.article
    category = shown(row.category) or say("article.general")
    about = say("article.starter", category=category)
    if one.revision > 1 or not one.code:
        at = paint.day_of(desk, one.written_at)
        about = say("article.about", category=category, revision=one.revision, at=at, who=shown(author))
    did = say("article.did", used=one.used, helped=one.helped, failed=one.failed)
    keys = [Content.styled(say("article.keys", keys=shown(one.keys)), "$text-muted")] if one.keys else []
    state = [Content.styled(say("article.is_retired"), "bold $warning")] if one.state == RETIRED else []
    return [
        *state,
        *body_lines(one.body),
        Content(""),
        Content.styled(about, "$text-muted"),
        Content.styled(did, "$text-muted"),
        *keys,
    ]
