"""What scores come to: results by operator and month, and how far two scorers agree (row A5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from deskapp.domain.quality import WHOLE, Form, QualityScore, mean

WORST = 3
"""How many questions are named that went worst."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A score and whose work it is of."""

    operator_id: int | None
    score: QualityScore


@dataclass(frozen=True, slots=True)
class Result:
    """An operator's month: how many samples were scored, their mean, what went worst, the month before."""

    operator_id: int | None
    name: str
    samples: int
    mean: int
    worst: tuple[tuple[str, int], ...] = ()
    """Questions that lost points, the worst first, each with what was got in hundredths of a percent."""
    before: int | None = None

    @property
    def change(self) -> int | None:
        """How the mean moved against the month before, in hundredths of a percent."""
        return None if self.before is None else self.mean - self.before

    def passed(self, percent: int) -> bool:
        """Whether the mean reaches the pass line."""
        return self.mean >= percent * 100


def results(
    now: Sequence[Scored],
    before: Sequence[Scored],
    names: Mapping[int | None, str],
    forms: Mapping[str, Form],
) -> list[Result]:
    """The results of a month by operator, the lowest mean first; a sample scored twice counts once, by its mean."""
    present, past = _means(now), _means(before)
    own: dict[int | None, list[QualityScore]] = {}
    for one in now:
        own.setdefault(one.operator_id, []).append(one.score)
    found = [
        Result(who, names.get(who, ""), count, value, worst(own[who], forms), past.get(who, (0, None))[1])
        for who, (count, value) in present.items()
    ]
    return sorted(found, key=lambda one: (one.mean, one.name, one.operator_id or 0))


def _means(scored: Sequence[Scored]) -> dict[int | None, tuple[int, int]]:
    """How many samples of each operator were scored, and the mean of the samples' means, rounded once."""
    by_sample: dict[int | None, dict[int, list[int]]] = {}
    for one in scored:
        by_sample.setdefault(one.operator_id, {}).setdefault(one.score.sample_id, []).append(one.score.total)
    found = {}
    for who, samples in by_sample.items():
        sums = sum((Fraction(sum(totals), len(totals)) for totals in samples.values()), Fraction())
        found[who] = (len(samples), _rounded(sums / len(samples)))
    return found


def worst(scores: Iterable[QualityScore], forms: Mapping[str, Form]) -> tuple[tuple[str, int], ...]:
    """The questions that went worst: points got of those there were to get, where it applied and points were lost."""
    got: Counter[str] = Counter()
    best: Counter[str] = Counter()
    place: dict[str, int] = {}
    for one in scores:
        form = forms.get(one.form)
        for number, question in enumerate(form.questions if form else ()):
            points = (one.answers or {}).get(question.id)
            place.setdefault(question.id, number)
            if isinstance(points, int):
                got[question.id] += points
                best[question.id] += question.most
    shares = {name: Fraction(got[name], best[name]) for name in best}
    lost = sorted((name for name in shares if shares[name] < 1), key=lambda name: (shares[name], place[name]))
    return tuple((name, _rounded(shares[name] * WHOLE)) for name in lost[:WORST])


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two scorers agree on what both have scored.

    `alike` of `questions` were answered with the same points by both, or left out by both. `kappa` is Cohen's,
    (po - pe) / (1 - pe): po the share alike in class, pe the share chance alone would give by how often each uses
    a class; the classes are left out, no point, some points, all points. None where chance alone gives 1.
    `apart` is the mean distance of the totals, in hundredths of a percent.
    """

    first: int
    second: int
    samples: int
    questions: int
    alike: int
    kappa: Fraction | None
    apart: int

    @property
    def percent(self) -> Fraction:
        """The share answered alike."""
        return Fraction(self.alike, self.questions) if self.questions else Fraction(0)


def agreements(scores: Iterable[QualityScore], forms: Mapping[str, Form]) -> list[Agreement]:
    """The agreement of every two scorers over the samples both scored on the same form, by their ids."""
    by_sample: dict[int, list[QualityScore]] = {}
    for one in scores:
        by_sample.setdefault(one.sample_id, []).append(one)
    pairs: dict[tuple[int, int], list[tuple[QualityScore, QualityScore]]] = {}
    for those in by_sample.values():
        if len(those) == 2 and those[0].form == those[1].form and those[0].form in forms:
            first, second = sorted(those, key=lambda one: one.scored_by)
            pairs.setdefault((first.scored_by, second.scored_by), []).append((first, second))
    return [_agreement(pairs[who], forms) for who in sorted(pairs)]


def _agreement(pairs: Sequence[tuple[QualityScore, QualityScore]], forms: Mapping[str, Form]) -> Agreement:
    alike, classes = 0, []
    for first, second in pairs:
        for question in forms[first.form].questions:
            one, other = ((each.answers or {}).get(question.id) for each in (first, second))
            alike += one == other
            classes.append((_class(one, question.most), _class(other, question.most)))
    distances = [abs(first.total - second.total) for first, second in pairs]
    first, second = pairs[0]
    return Agreement(
        first.scored_by,
        second.scored_by,
        len(pairs),
        len(classes),
        alike,
        kappa(classes),
        mean(distances) or 0,
    )


def _class(points: object, most: int) -> str:
    if not isinstance(points, int):
        return "none"
    return "all" if points == most else "some" if points else "zero"


def kappa(classes: Sequence[tuple[str, str]]) -> Fraction | None:
    """Cohen's kappa of two people's classes of the same things; None where chance alone gives full agreement."""
    if not classes:
        return None
    count = len(classes)
    ours, theirs = Counter(one for one, _ in classes), Counter(other for _, other in classes)
    observed = Fraction(sum(one == other for one, other in classes), count)
    by_chance = Fraction(sum(ours[each] * theirs[each] for each in ours), count * count)
    return None if by_chance == 1 else (observed - by_chance) / (1 - by_chance)


def _rounded(value: Fraction) -> int:
    """A fraction as a whole number, halves up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
