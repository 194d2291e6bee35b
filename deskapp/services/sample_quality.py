"""The sample's quality monitoring: samples of two months, most of the last one scored and talked over (row A5)."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pendulum

from deskapp.domain.quality import QualitySample
from deskapp.services.quality import draw_in, form_of, score_in, this_month

if TYPE_CHECKING:
    from deskapp.services.sample import Stage

SCORES, SCORES_TOO, AGENT = "zhouqi", "fanglei", "limin"
TWICE = 3
"""How many samples are scored by a second person."""
THIS_MONTH = 2
"""How many of this month's samples are scored already."""


def monitor(stage: Stage, seed: int) -> None:
    """Draw both months, score the last one and a little of this, let somebody else score some of them too."""
    dice, work = Random(seed + 13), stage.work
    month = this_month(stage.desk)
    first = month.bounds(stage.desk.policy.timezone)[0].add(hours=9, minutes=10).in_timezone(pendulum.UTC)
    work.operator = stage.operators[SCORES]
    work.now = min(first, stage.now)
    last = draw_in(work, stage.desk, month.before().first)
    work.now = max(work.now, stage.now.subtract(hours=17))
    present = draw_in(work, stage.desk, month.first)
    _score(stage, dice, last[:-1], SCORES)
    _score(stage, dice, last[: TWICE * 2 : 2], SCORES_TOO)
    _score(stage, dice, [one for one in present if one.reason == "random"][:THIS_MONTH], SCORES)
    _read(stage)
    work.now, work.operator = stage.now, stage.operators[AGENT]


def _score(stage: Stage, dice: Random, samples: list[QualitySample], login: str) -> None:
    work, words = stage.work, stage.words["quality"]
    by = work.operator = stage.operators[login]
    for sample in samples:
        if sample.operator_id == by.id:
            continue
        work.now = min(stage.now, work.now.add(minutes=dice.randint(4, 9)))
        answers: dict[str, int | None] = {}
        for one in form_of().questions:
            lost = 0 if one.fatal else dice.choice((0, 0, 0, 1))
            answers[one.id] = None if one.skip and dice.random() < 0.1 else one.most - min(lost, one.most)
        lacking = [one.id for one in form_of().questions if answers[one.id] not in (None, one.most)]
        note = words["coaching"].get(lacking[0], "") if lacking and dice.random() < 0.6 else ""
        score_in(work, sample.id, answers, dice.choice(words["remarks"]), note)


def _read(stage: Stage) -> None:
    """Let everybody but whose morning it is have read what they were told."""
    work, own = stage.work, stage.operators[AGENT].id
    samples = {one.id: one for one in work.quality_samples.all()}
    for score in work.quality_scores.all():
        whose = samples[score.sample_id].operator_id
        if score.coaching and whose not in (None, own):
            work.operator = work.operators.get(whose)
            work.now = stage.now.subtract(minutes=30)
            work.quality_scores.save(replace(score, read_at=work.now), known=score)
