"""Counts and measures, computed by the database alike on both engines: one statement a family of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import mean
from typing import TYPE_CHECKING, Any, cast

from pendulum import DateTime
from sqlalchemy import BigInteger, Select, bindparam, case, func, select

from deskapp.domain.kpi import ResponseFigures
from deskapp.domain.measure import Formula, Measure, Terms, Value
from deskapp.domain.period import Period
from deskapp.repository.figure_papers import papers_due, values_of
from deskapp.repository.figure_sets import SECOND_US, SOURCES, Source, in_sets
from deskapp.repository.figure_slices import Key, Slice, names_of, slice_of
from deskapp.repository.prepared import Prepared
from deskapp.repository.types import Instant

if TYPE_CHECKING:
    from deskapp.repository.work import Work

Wanted = tuple[Measure, Formula]
_RESPONSES = (
    "received",
    "withdrawn",
    "answered",
    "within_24h",
    "met",
    "waiting",
    "overdue",
    "ended_unanswered",
)


@dataclass(frozen=True, slots=True)
class _Group:
    """What one statement said of one group: how many are in each set, and the sums asked for, in µs."""

    sizes: Mapping[Any, int]
    sums: Mapping[Any, int]


class Figures:
    """Figures over a period: instants from `since` up to, not including, `until`."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def values(self, terms: Terms, wanted: Sequence[Wanted], by: str = "") -> dict[tuple[str, Key], Value]:
        """Each figure by measure and group; a group without a case is left out, the whole never is."""
        found: dict[tuple[str, Key], Value] = {}
        for family in dict.fromkeys(measure.family for measure, _ in wanted):
            mine = [one for one in wanted if one[0].family == family]
            if by and by not in mine[0][0].slices:
                continue
            if family == "papers":
                papers = values_of(papers_due(self.work, terms), by)
                found |= {(one.code, key): value for one, _ in mine for key, value in papers.items()}
                continue
            found |= self._family(family, terms, mine, by)
        return found

    def names(self, by: str, keys: Iterable[Key]) -> dict[Key, str]:
        """What the groups of a slice are called, where data names them."""
        return names_of(self.work, by, keys)

    def _family(
        self, family: str, terms: Terms, wanted: Sequence[Wanted], by: str
    ) -> dict[tuple[str, Key], Value]:
        source, sliced = SOURCES[family], slice_of(family, by)
        sets = [pair for measure, formula in wanted for pair in _sets(formula)]
        means = [(one.top, measure.amount) for measure, one in wanted if measure.how == "mean"]
        groups = self._groups(source, terms, sliced, dict.fromkeys(sets), dict.fromkeys(means))
        medians = {
            measure.code: self._medians(source, terms, sliced, formula.top, measure.amount, groups)
            for measure, formula in wanted
            if measure.how == "median"
        }
        return {
            (measure.code, key): _value(measure, formula, group, medians.get(measure.code, {}).get(key))
            for key, group in groups.items()
            for measure, formula in wanted
            if not by or group.sizes[_sets(formula)[-1]]
        }

    def _groups(
        self,
        source: Source,
        terms: Terms,
        sliced: Slice,
        sets: Iterable[tuple[str, ...]],
        means: Iterable[tuple[str, str]],
    ) -> dict[Key, _Group]:
        """Count a family once: so many records in each set, so many microseconds in each sum, by group."""
        names, sums, width = list(sets), list(means), len(sliced.columns)
        query = _counting(source, terms, sliced, names, sums)
        found: dict[Key, _Group] = {}
        for row in self.work.connection.execute(query):
            counts = [int(cell or 0) for cell in row[width:]]
            group = _Group(
                dict(zip(names, counts, strict=False)), dict(zip(sums, counts[len(names) :], strict=True))
            )
            key = sliced.key(row[:width])
            found[key] = _added(found[key], group) if key in found else group
        return found

    def _medians(
        self,
        source: Source,
        terms: Terms,
        sliced: Slice,
        name: str,
        amount: str,
        groups: Mapping[Key, _Group],
    ) -> dict[Key, float]:
        """The middle amount of each group, in µs: the mean of the two in the middle where their number is even."""
        took = source.amounts[amount].label("took")
        where = (source.within(terms), in_sets(source, (name,), terms))
        if not sliced.columns:
            count = groups[None].sizes[name,]
            if not count:
                return {}
            middle = _in_the_middle(source, terms, name, amount, (count - 1) // 2, 2 - count % 2)
            values = [int(row[0]) for row in self.work.connection.execute(middle)]
            return {None: sum(values) / len(values)}
        keys = [column.label(f"key{place}") for place, column in enumerate(sliced.columns)]
        part = list(sliced.columns)
        place = func.row_number().over(order_by=took, partition_by=part).label("place")
        ranked = (
            select(*keys, took, place, func.count().over(partition_by=part).label("size"))
            .select_from(sliced.joined(source.table))
            .where(*where)
            .subquery()
        )
        c, width = ranked.c, len(keys)
        query = select(*(c[key.name] for key in keys), func.sum(c.took), func.count())
        query = query.where(c.place.in_(((c.size + 1) // 2, (c.size + 2) // 2)))
        query = query.group_by(*(c[key.name] for key in keys))
        return {
            sliced.key(row[:width]): int(row[width]) / row[width + 1]
            for row in self.work.connection.execute(query)
        }

    def first_response(self, since: DateTime, until: DateTime) -> ResponseFigures:
        """First response over the complaints received in a period; see ResponseFigures for the definitions."""
        asked = {"since": since, "until": until}
        row = _RESPONSE_COUNTS.rows(self.work.connection, now=self.work.now, **asked)[0]
        *count, total = (int(cell or 0) for cell in row)
        answered = count[_RESPONSES.index("answered")]
        middle = {"skip": max(0, answered - 1) // 2, "most": 2 - answered % 2}
        values = [int(one[0]) for one in _RESPONSE_MIDDLE.rows(self.work.connection, **asked, **middle)]
        return replace(
            ResponseFigures(*count),
            mean_first_response_seconds=round(total / answered / SECOND_US, 1) if answered else None,
            median_first_response_seconds=round(mean(values) / SECOND_US, 1) if answered else None,
        )


def _sets(formula: Formula) -> list[tuple[str, ...]]:
    """The sets a figure counts: those counted among those they are a share of, and these."""
    if not formula.bottom or formula.bottom == formula.top:
        return [(formula.top,)]
    return [(formula.bottom, formula.top), (formula.bottom,)]


def _value(measure: Measure, formula: Formula, group: _Group, median: float | None) -> Value:
    sizes = [group.sizes[one] for one in _sets(formula)]
    top, bottom = sizes[0], sizes[-1]
    if measure.how == "mean" and top:
        return Value(top, bottom, group.sums[formula.top, measure.amount] / top / SECOND_US)
    return Value(top, bottom, None if median is None else median / SECOND_US)


def _added(one: _Group, other: _Group) -> _Group:
    sizes = {name: size + other.sizes[name] for name, size in one.sizes.items()}
    return _Group(sizes, {name: total + other.sums[name] for name, total in one.sums.items()})


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _counting(
    source: Source,
    terms: Terms,
    sliced: Slice,
    names: Iterable[tuple[str, ...]],
    sums: Iterable[tuple[str, str]],
) -> Select[Any]:
    """One way through a family: by group, the size of each set, then the sum of each amount."""
    columns = [_count(in_sets(source, one, terms)) for one in names]
    columns += [
        func.sum(case((in_sets(source, (name,), terms), source.amounts[amount]))) for name, amount in sums
    ]
    query = select(*sliced.columns, *columns).select_from(sliced.joined(source.table))
    return query.where(source.within(terms)).group_by(*sliced.columns)


def _in_the_middle(source: Source, terms: Terms, name: str, amount: str, skip: Any, most: Any) -> Select[Any]:
    """The amounts of a set in their order, some skipped."""
    took = source.amounts[amount].label("took")
    where = (source.within(terms), in_sets(source, (name,), terms))
    return select(took).where(*where).order_by(took).offset(skip).limit(most)


def _asked_later() -> Terms:
    """Terms whose instants are given when a prepared statement is run."""
    since, until, now = (cast("Any", _given(name, Instant())) for name in ("since", "until", "now"))
    return Terms(Period("days", date.min, date.min), since, until, now, date.min, "UTC")


def _given(name: str, kind: Any = None) -> Any:
    return bindparam(name, None, type_=kind)


_RECEIVED, _ANSWERED = SOURCES["received"], ("answered", "response")
_RESPONSE_COUNTS = Prepared(
    _counting(_RECEIVED, _asked_later(), Slice(), [(name,) for name in _RESPONSES], [_ANSWERED])
)
_RESPONSE_MIDDLE = Prepared(
    _in_the_middle(
        _RECEIVED, _asked_later(), *_ANSWERED, _given("skip", BigInteger()), _given("most", BigInteger())
    )
)
