"""Evaluation forms: sent each month to the sites completed in it, returned with scores (row A4; text 4, 1.3.8)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import praise as rules
from deskapp.domain.call import Call
from deskapp.domain.errors import RuleBroken
from deskapp.domain.praise import Evaluation, EvaluationRow, Rating, month_after, month_of
from deskapp.i18n import say
from deskapp.services.followups import today_of
from deskapp.services.intake import site_people
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.site import Site
    from deskapp.repository.work import Work

MOST_SENT = 1000


def proposed(desk: Desk, month: date) -> list[Site]:
    """The sites a month's forms go to: completed in it, or earlier within warranty and never sent one."""
    with desk.read() as work:
        return _proposed(work, desk, month)


def _proposed(work: Work, desk: Desk, month: date) -> list[Site]:
    since = month_after(month, -int(desk.policy.warranty_months["general"]))
    return work.evaluations.to_send(since, month_after(month), MOST_SENT)


def send_batch(desk: Desk, month: date) -> list[Evaluation]:
    """Mark the forms of a month as sent today, one a site; what was sent stays sent, however often it is asked."""
    if month != month_of(month):
        raise RuleBroken("praise.month", value=month)
    with desk.write("evaluation.save") as work:
        work.counters.at_least(f"evaluations-{month}", 1)  # whoever comes second waits here
        today, by = today_of(desk, work.now), work.operator.id if work.operator else None
        if month > today:
            raise RuleBroken("praise.month_to_come", value=month)
        forms = [
            Evaluation(site_id=site.id, client_id=site.client_id, month=month, sent_on=today, created_by=by)
            for site in _proposed(work, desk, month)
        ]
        return work.evaluations.add_many(forms)


def open_of(desk: Desk, site_id: int) -> Evaluation | None:
    """The newest form sent to a site, returned or not."""
    with desk.read() as work:
        return work.evaluations.newest_of(site_id)


def scores_of(desk: Desk, evaluation: Evaluation) -> dict[str, int]:
    """The scores a form came back with, by trade."""
    if not evaluation.id:
        return {}
    with desk.read() as work:
        return work.ratings.by_source("evaluation", [evaluation.id]).get(evaluation.id, {})


def give_back(
    desk: Desk,
    evaluation: Evaluation,
    scores: Mapping[str, int],
    words: str = "",
    returned_on: date | None = None,
    *,
    key: str = "",
) -> Evaluation:
    """Enter a form that came back: its scores by trade become ratings; entered again, they are corrected.

    A form that was handed over without having been sent is entered as one of its month.
    """
    rules.check_scores(scores)
    if len(words) > rules.LONGEST_WORDS:
        raise RuleBroken("praise.words_long", limit=rules.LONGEST_WORDS)
    if not scores and not words.strip():
        raise RuleBroken("praise.empty_return")
    with desk.write("evaluation.save") as work:
        entering = partial(_enter, work, desk, evaluation, scores, words.strip(), returned_on)
        return once(work, key, "evaluation.return", entering, work.evaluations.find)


def _enter(
    work: Work,
    desk: Desk,
    evaluation: Evaluation,
    scores: Mapping[str, int],
    words: str,
    returned_on: date | None,
) -> Evaluation:
    today = today_of(desk, work.now)
    day = returned_on or today
    rules.check_return(evaluation, day, today)
    by = work.operator.id if work.operator else None
    if evaluation.id:
        saved = work.evaluations.save(replace(evaluation, returned_on=day, words=words))
    else:
        month = month_of(today)
        if work.evaluations.of_month(evaluation.site_id, month) is not None:
            raise RuleBroken("praise.sent_already", value=month)
        saved = work.evaluations.add(
            replace(evaluation, month=month, returned_on=day, words=words, created_by=by)
        )
    people = site_people(work, saved.site_id)
    given = Rating(
        at=work.now,
        source="evaluation",
        source_id=saved.id,
        client_id=saved.client_id,
        site_id=saved.site_id,
    )
    there = {one.trade: one for one in work.ratings.of_source("evaluation", saved.id)}
    _check_closed(work, desk, there, scores)
    for trade, score in scores.items():
        if trade in there:
            work.ratings.save(replace(there[trade], score=score), known=there[trade])
        else:
            work.ratings.add(replace(given, trade=trade, score=score, staff_id=people.get(trade)))
    for trade in there.keys() - scores.keys():
        work.ratings.remove(there[trade])
    return saved


def _check_closed(work: Work, desk: Desk, there: Mapping[str, Rating], scores: Mapping[str, int]) -> None:
    """RuleBroken praise.month_closed where other scores would change an appraisal that is closed for good."""
    months = {month_of(today_of(desk, one.at)) for one in there.values() if one.at is not None}
    changed = {trade: one.score for trade, one in there.items()} != dict(scores)
    closed = [month for month in sorted(months) if changed and work.appraisal_months.closed(month)]
    if closed:
        raise RuleBroken("praise.month_closed", value=f"{closed[0]:%Y-%m}")


def late_before(desk: Desk, now: DateTime) -> date:
    """Forms sent before this day are late when they are not back: the policy's days have gone by."""
    return today_of(desk, now) - timedelta(days=desk.policy.evaluation_days)


def remind(desk: Desk, month: date) -> int:
    """Plan a call to every client whose form of a month is late; a form is called about once, whoever asks again."""
    with desk.write("call.plan") as work:
        before = late_before(desk, work.now)
        called, after = 0, None
        while rows := work.evaluations.page(month, MOST_SENT, which="late", late_before=before, after=after):
            called += sum(_remind(work, row.evaluation) for row in rows)
            after = rows[-1]
        return called


def _remind(work: Work, form: Evaluation) -> bool:
    key = f"evaluation.remind/{form.id}/{form.month}"
    if not work.submissions.begin(key, "evaluation.remind"):
        return False
    phones = work.phones.of(form.client_id)
    call = work.calls.add(
        Call(
            kind="callback",
            direction="out",
            client_id=form.client_id,
            site_id=form.site_id,
            number=phones[0].normal if phones else "",
            reason=say("praise.remind.reason", sent=form.sent_on),
            due_at=work.now,
            created_at=work.now,
            created_by=work.operator.id if work.operator else None,
        )
    )
    work.submissions.end(key, call.id)
    return True


class MonthForms:
    """The evaluation forms of a month as a long list, in the order they were sent; all or one of WHICH_FORMS.

    With a `trade` they are those behind its mean score.
    """

    def __init__(self, desk: Desk, month: date, which: str = "all", trade: str = "") -> None:
        self.desk, self.month, self.which, self.trade = desk, month, which, trade

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            before = late_before(self.desk, work.now)
            return work.evaluations.count(self.month, self.which, before, self.trade)

    def _page(self, limit: int, **place: EvaluationRow | int | bool) -> list[EvaluationRow]:
        with self.desk.read() as work:
            before = late_before(self.desk, work.now)
            return work.evaluations.page(
                self.month,
                limit,
                which=self.which,
                late_before=before,
                trade=self.trade,
                **place,  # type: ignore[arg-type]
            )

    def first(self, limit: int) -> list[EvaluationRow]:
        """The first."""
        return self._page(limit)

    def last(self, limit: int) -> list[EvaluationRow]:
        """The last."""
        return self._page(limit, last=True)

    def after(self, record: EvaluationRow, limit: int) -> list[EvaluationRow]:
        """Those after one."""
        return self._page(limit, after=record)

    def before(self, record: EvaluationRow, limit: int) -> list[EvaluationRow]:
        """Those before one."""
        return self._page(limit, before=record)

    def at(self, offset: int, limit: int) -> list[EvaluationRow]:
        """Those from a place on."""
        return self._page(limit, offset=offset)

    def key(self, record: EvaluationRow) -> Hashable:
        """A form stays itself."""
        return record.evaluation.id
