"""The sample's follow-up programme: calls laid out, those until now made or missed, today's waiting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pendulum

from deskapp.domain.call import Call
from deskapp.domain.site_notice import NoticeDraft
from deskapp.services import site_notices
from deskapp.services.planning import Programme, today_of
from deskapp.services.sample import Stage

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.followup import Followup

CALLERS = ("limin", "chenjie", "wutong")
LONG_AGO = 180
"""Days of follow-up calls kept."""
TODAY, LATE = 14, 3
"""How many follow-up calls wait that are due today, and how many that are late."""
MOST_LATE = 9
"""How many wait when few are due today: it is not a working day, or not the day of most sites."""
LIVING = (8, 10, 11, 12)
"""Which of the words said in follow-up calls are those of people who live in their home."""
MISSED, UNANSWERED_FIRST, A_DAY_LATE = 0.05, 0.12, 0.1


@dataclass(frozen=True, slots=True)
class Made:
    """How a call went: when, with whom, and what was said."""

    at: DateTime
    login: str
    outcome: str
    words: str
    score: int | None = None
    talk: int = 0


def follow_up(stage: Stage, seed: int) -> None:
    """Lay out every site's calls as if the programme had always been there, on dice of its own."""
    work, dice = stage.work, Random(seed + 11)
    work.now = stage.now
    today = today_of(stage.desk, stage.now)
    _begins(stage, today)
    for rule in work.followup_rules.listed():
        work.followup_rules.save(replace(rule, since_on=today - timedelta(days=LONG_AGO)), known=rule)
    ids = [site.id for site in stage.sites.values()]
    Programme(work, stage.desk).plan(ids)
    laid = [one for known in work.followups.of_sites(ids).values() for one in known]
    queued = sorted((one for one in laid if one.state == "queued"), key=_place, reverse=True)
    rest = _made_already(queued, today)
    morning, rest = rest[:3], rest[3:]
    play = _Play(stage, dice, today)
    play.open_calls(queued)
    play.morning(morning)
    past = [one for one in laid if one.state == "missed"]
    play.past(sorted([*rest, *past], key=_place))
    for notice in work.outbox.all():
        if notice.sent_at is None:
            work.outbox.save(replace(notice, sent_at=notice.at))


def _place(one: Followup) -> tuple[date, int, int, date]:
    """Orders follow-ups alike on every database, whatever ids they were given."""
    return one.due_on, -(one.site_id or 0), one.rule_id or 0, one.planned_on


def _begins(stage: Stage, today: date) -> None:
    """This morning's start notice: a home that was signed is begun in three days."""
    work, desk = stage.work, stage.seat(CALLERS[0])
    signed = next(site for site in stage.sites.values() if site.stage == "signed")
    work.now = stage.ago(minutes=25)
    note = stage.words["programme"]["start_note"]
    draft = NoticeDraft("start", today + timedelta(days=3), signed.client_id, signed.id, note=note)
    stage.sites[signed.client_id] = site_notices.file_in(work, desk, draft, plan=False).place.site
    work.now = stage.now


def _made_already(queued: list[Followup], today: date) -> list[Followup]:
    """Of the calls due, the newest first, those that have been made by this hour: the others wait."""
    due = [one for one in queued if one.due_on == today][:TODAY]
    late = [one for one in queued if one.due_on < today]
    late = late[: LATE if len(due) >= MOST_LATE else LATE + MOST_LATE - len(due)]
    waiting = {one.id for one in (*due, *late)}
    return [one for one in queued if one.id not in waiting]


class _Play:
    """Calls made by the programme until now."""

    def __init__(self, stage: Stage, dice: Random, today: date) -> None:
        self.stage, self.dice, self.today = stage, dice, today
        clients = stage.work.phones.of_many([client.id for client in stage.clients])
        self.numbers = {client_id: phones[0].normal for client_id, phones in clients.items() if phones}
        self.waiting: dict[int, Call] = {}

    def open_calls(self, queued: list[Followup]) -> None:
        """Read the calls that stand in the queue."""
        found = self.stage.work.calls.get_many(one.call_id for one in queued if one.call_id)
        self.waiting = {call.followup_id or 0: call for call in found.values()}

    def morning(self, followups: list[Followup]) -> None:
        """The agent's morning so far: two clients reached, one who did not answer and is tried again."""
        said = self.stage.words["calls"]
        (praise, best), (fine, good) = said["followup"][0], said["followup"][4]
        made = (
            Made(self.stage.ago(minutes=34), "limin", "reached", praise, best, 186),
            Made(self.stage.ago(minutes=22), "limin", "reached", fine, good, 143),
            Made(self.stage.ago(minutes=12), "limin", "no_answer", said["no_answer"]),
        )
        for one, how in zip(followups, made, strict=False):
            call = self._end(one, how)
            if how.outcome == "reached":
                self._done(one, call, how)
            else:
                self._again(one, call)

    def past(self, followups: list[Followup]) -> None:
        """Make the calls that were due until now: nearly all on their day, a few too late or never."""
        for one in followups:
            at = self._moment(one.due_on)
            callers = CALLERS[1:] if today_of(self.stage.desk, at) >= self.today else CALLERS
            if self.dice.random() < MISSED and one.state == "missed":
                how = Made(at, self.dice.choice(callers), "refused", self.stage.words["calls"]["refused"])
                call = self._end(one, how)
                self.stage.work.followups.save(replace(one, reason="refused", call_id=call.id), known=one)
                continue
            if one.due_on < self.today and self.dice.random() < UNANSWERED_FIRST:
                outcome = self.dice.choice(("no_answer", "busy"))
                words = self.stage.words["calls"][outcome]
                self._add(one, Made(at, self.dice.choice(callers), outcome, words))
                at = at.add(hours=2)
            words, score = self.dice.choice(self._said(one))
            how = Made(
                at, self.dice.choice(callers), "reached", words, score or None, self.dice.randint(60, 420)
            )
            self._done(one, self._end(one, how), how)

    def _said(self, one: Followup) -> list[tuple[str, int]]:
        """What clients say: of a home they live in, or of one that is built."""
        said = self.stage.words["calls"]["followup"]
        home = one.purpose in ("completed", "monthly", "quarterly")
        return [words for place, words in enumerate(said) if (place in LIVING) == home]

    def _moment(self, day: date) -> DateTime:
        """Some moment of a working day's hours, at times of the day after; of today a moment ago."""
        if self.dice.random() < A_DAY_LATE:
            day = min(day + timedelta(days=1), max(day, self.today - timedelta(days=2)))
        if day >= self.today:
            return self.stage.ago(minutes=self.dice.randint(9, 70))
        begin = pendulum.datetime(day.year, day.month, day.day, 9, tz=self.stage.desk.policy.timezone)
        return begin.add(minutes=self.dice.randint(0, 8 * 60 + 30)).in_timezone("UTC")

    def _end(self, one: Followup, how: Made) -> Call:
        """End the call that stands in the queue for a follow-up, or write down the one that was made."""
        there = self.waiting.get(one.id)
        if there is None:
            return self._add(one, how)
        return self.stage.work.calls.save(self._ended(there, how), known=there)

    def _add(self, one: Followup, how: Made) -> Call:
        new = Call(
            kind="followup",
            direction="out",
            client_id=one.client_id,
            site_id=one.site_id,
            number=self.numbers.get(one.client_id, ""),
            due_at=how.at,
            purpose=one.purpose,
            followup_id=one.id,
            created_at=how.at,
        )
        return self.stage.work.calls.add(self._ended(new, how))

    def _ended(self, call: Call, how: Made) -> Call:
        return replace(
            call,
            state="done",
            attempts=call.attempts + 1,
            taken_by=self.stage.operators[how.login].id,
            taken_at=how.at,
            started_at=how.at,
            ended_at=how.at.add(seconds=how.talk or 25),
            talk_s=how.talk,
            outcome=how.outcome,
            notes=how.words,
            score=how.score,
        )

    def _done(self, one: Followup, call: Call, how: Made) -> None:
        made = replace(
            one,
            state="done",
            reason="",
            done_on=today_of(self.stage.desk, how.at),
            done_by=call.taken_by,
            score=how.score,
            call_id=call.id,
        )
        self.stage.work.followups.save(made, known=one)

    def _again(self, one: Followup, call: Call) -> None:
        """Nobody answered: the call waits for another try."""
        due = self.stage.now.add(minutes=self.stage.desk.policy.call_spacing_minutes)
        again = replace(
            Call(kind="followup", direction="out", client_id=call.client_id, site_id=call.site_id),
            number=call.number,
            purpose=call.purpose,
            followup_id=one.id,
            attempts=call.attempts,
            previous_id=call.id,
            due_at=due,
            created_at=self.stage.now,
            created_by=call.taken_by,
        )
        stored = self.stage.work.calls.add(again)
        self.stage.work.followups.save(replace(one, call_id=stored.id), known=one)
