"""Samples drawn to be scored, and their scores."""

from __future__ import annotations

from deskapp.domain import quality
from deskapp.repository import tables
from deskapp.repository.base import Repository


class QualitySamples(Repository[quality.QualitySample]):
    """Calls and tickets drawn."""

    table, record, noun = tables.quality_samples, quality.QualitySample, "quality_sample"


class QualityScores(Repository[quality.QualityScore]):
    """What scorers gave them."""

    table, record, noun = tables.quality_scores, quality.QualityScore, "quality_score"
