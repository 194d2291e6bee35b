"""Scores, praise and evaluation forms."""

from __future__ import annotations

from deskapp.domain import praise
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Ratings(Repository[praise.Rating]):
    """Scores of trades and people."""

    table, record, noun = tables.ratings, praise.Rating, "rating"


class Praises(Repository[praise.Praise]):
    """Praise by name."""

    table, record, noun = tables.praises, praise.Praise, "praise"


class Evaluations(Repository[praise.Evaluation]):
    """Evaluation forms by month."""

    table, record, noun = tables.evaluations, praise.Evaluation, "evaluation"
