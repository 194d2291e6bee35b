"""The desk: what every service works with: store, operator, policy, and the two ways to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import pendulum
from pendulum import DateTime

from deskapp.domain.operator import Operator, check_may
from deskapp.domain.policy import Policy

if TYPE_CHECKING:
    from pathlib import Path

    from deskapp.repository.work import Store, Work


@dataclass(frozen=True)
class Desk:
    """One operator at one console. Frozen: another operator or policy is another desk."""

    store: Store
    operator: Operator | None = None
    policy: Policy = field(default_factory=Policy)
    company: str = ""
    desk_dir: Path | None = None

    def now(self) -> DateTime:
        """The present instant on the shared database's clock, in UTC."""
        return self.store.clock.now()

    def read(self) -> AbstractContextManager[Work]:
        """Look without changing anything."""
        return self.store.read()

    def report(self) -> AbstractContextManager[Work]:
        """Look at much, in the copy kept for reports if there is one; its `now` is the instant it stands at."""
        return self.store.report()

    @contextmanager
    def write(self, act: str) -> Iterator[Work]:
        """Change things as one act the operator has a right to, as they are now: all of it or nothing.

        Whoever was taken out of use, or given another role, since they sat down is refused here.
        """
        check_may(self.operator, act)
        with self.store.write(act, self.operator) as work:
            work.operator = self._present(work)
            check_may(work.operator, act)
            yield work

    def check(self, act: str) -> None:
        """Refuse an act that only looks, unless the operator, as they are now, has a right to it."""
        with self.read() as work:
            check_may(self._present(work), act)

    def _present(self, work: Work) -> Operator | None:
        """The operator as the account is now; whoever runs commands has none."""
        operator = self.operator
        return work.operators.get(operator.id) if operator is not None and operator.id else operator

    def signed_in(self, operator: Operator) -> Desk:
        """The same desk with somebody at it."""
        return replace(self, operator=operator)

    def local(self, instant: DateTime) -> DateTime:
        """An instant in the company's zone, for eyes."""
        return instant.in_timezone(_zone(self.policy.timezone))

    def day_in_number(self, instant: DateTime) -> str:
        """The company's day at an instant as numbers of papers and tickets name it: "20261123"."""
        day = self.local(instant)
        return f"{day.year:04}{day.month:02}{day.day:02}"

    def today(self) -> DateTime:
        """The start of the company's day, in UTC."""
        return _day(self.policy.timezone, self.now())[0]

    def end_of_day(self) -> DateTime:
        """The first instant of the company's tomorrow, in UTC."""
        return _day(self.policy.timezone, self.now())[1]


_days: dict[str, tuple[DateTime, DateTime]] = {}
"""The day of each zone that was asked for last: asked at every claim, and the same until midnight."""


def _day(zone: str, now: DateTime) -> tuple[DateTime, DateTime]:
    """The first instant of the day in a zone, and of the next, in UTC."""
    day = _days.get(zone)
    if day is None or not day[0] <= now < day[1]:
        start = now.in_timezone(_zone(zone)).start_of("day")
        day = _days[zone] = start.in_timezone(pendulum.UTC), start.add(days=1).in_timezone(pendulum.UTC)
    return day


@lru_cache(maxsize=32)
def _zone(name: str) -> pendulum.Timezone:
    """A zone by its name: made anew for every instant, it would be read from its file for every instant."""
    return pendulum.timezone(name)
