"""The knowledge base of the sample morning: what was used for which ticket, what helped, what nobody found (row K1)."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from deskapp.domain.article import About, Article
from deskapp.services.articles import use_in, write_in

if TYPE_CHECKING:
    from deskapp.services.sample import Stage

HELPED = (True, True, True, False, True, True)


def use_articles(stage: Stage, seed: int) -> None:
    """Use the starters for the tickets of their category, write one of the company's own, and miss a few."""
    dice = Random(seed + 11)
    _use(stage, dice)
    _write(stage)
    for typed, times, days in stage.words["articles"]["missed"]:
        stage.work.search_misses.missed(typed, stage.workday(days), times)


def _use(stage: Stage, dice: Random) -> None:
    by_category: dict[int | None, list[int]] = {}
    for article in stage.work.articles.all():
        by_category.setdefault(article.category_id, []).append(article.id)
    for place, ticket in enumerate(stage.work.tickets.all()):
        fitting = by_category.get(ticket.category_id) if ticket.category_id else None
        if not fitting or ticket.received_at is None or dice.random() < 0.3:
            continue
        stage.seat(dice.choice(("limin", "liumin", "zhouqi")))
        stage.work.now = min(ticket.received_at.add(minutes=dice.randint(1, 20)), stage.now)
        about, article_id = About(ticket_id=ticket.id), dice.choice(fitting)
        use_in(stage.work, article_id, "opened" if place % 3 else "inserted", about)
        if place % 2:
            use_in(stage.work, article_id, "helped" if HELPED[place % len(HELPED)] else "failed", about)


def _write(stage: Stage) -> None:
    """Articles of the company's own, each changed once."""
    categories = {one.code: one.id for one in stage.work.categories.listed()}
    for words in stage.words["articles"]["written"]:
        stage.seat(words["by"])
        article = Article(title=words["title"], keys=words["keys"], category_id=categories[words["category"]])
        for body, days in zip(words["bodies"], words["days"], strict=True):
            stage.work.now = stage.workday(days)
            article = write_in(stage.work, replace(article, body=body))
