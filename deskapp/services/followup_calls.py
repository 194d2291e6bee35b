"""A follow-up call: what is said and asked in it, and all that comes of it in one transaction (rows F4, A3, A4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from deskapp.desk import Desk
from deskapp.domain import praise as rules
from deskapp.domain.address import full_address
from deskapp.domain.call import Call, Result
from deskapp.domain.errors import RuleBroken
from deskapp.domain.praise import Praise, Rating
from deskapp.domain.script_talk import Question, answered, questions_of
from deskapp.domain.ticket import Draft, happened_at
from deskapp.domain.time_words import day_end
from deskapp.services import calls, clients, intake, praises, tickets
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.domain.campaign import Campaign
    from deskapp.domain.client import ClientCard
    from deskapp.domain.followup import Script
    from deskapp.domain.rows import TicketRow
    from deskapp.repository.work import Work
    from deskapp.services.calls import Ended

LONGEST_PROBLEM = 4000
ISSUE = "-issue"
"""What the submission of the ticket a call led to has behind that of the call."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at a site; a crew has no id."""

    trade: str
    name: str
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a question the last time."""

    question: Question
    value: object


@dataclass(frozen=True, slots=True)
class Brief:
    """What is known for a planned call: words, questions, the people of the site, the last answers."""

    opening: str = ""
    address: str = ""
    questions: tuple[Question, ...] = ()
    people: tuple[Person, ...] = ()
    last: Call | None = None
    last_answers: tuple[Answer, ...] = ()
    campaign: Campaign | None = None
    """The greeting or notice the call is for."""


def brief(work: Work, call: Call) -> Brief | None:
    """Read what is to be said and asked in a call; None for one nobody planned."""
    if not (call.follows_up or call.followup_id is not None or call.campaign_id is not None):
        return None
    script = script_of(work, call)
    site = work.sites.get(call.site_id)
    last = None
    if call.client_id is not None and call.follows_up:
        last = work.calls.last_talk(call.client_id, call.site_id, call.id)
    return Brief(
        opening=script.opening if script else "",
        address=full_address(site.estate, site.address) if site else "",
        questions=questions_of(script),
        people=people_of(work, call.site_id),
        last=last,
        last_answers=_last_answers(work, last),
        campaign=work.campaigns.get(call.campaign_id),
    )


def script_of(work: Work, call: Call) -> Script | None:
    """The script a call follows: that of the rule which planned it, else the one named like its purpose."""
    followup = work.followups.get(call.followup_id)
    rule = work.followup_rules.get(followup.rule_id) if followup else None
    script = work.scripts.get(rule.script_id) if rule else None
    if script is None and call.purpose:
        script = work.scripts.by_code(call.purpose)
    return script


def people_of(work: Work, site_id: int | None) -> tuple[Person, ...]:
    """Who works at a site, in the order of the trades; its crew by name alone."""
    ids = intake.site_people(work, site_id)
    staff = work.staff.get_many(one for one in ids.values() if one is not None)
    found = [Person(trade, staff[one].name, one) for trade, one in ids.items() if one in staff]
    site = work.sites.get(site_id)
    if site is not None and site.crew.strip():
        found.append(Person("crew", site.crew.strip()))
    return tuple(found)


def _last_answers(work: Work, last: Call | None) -> tuple[Answer, ...]:
    answers = dict(last.answers or {}) if last is not None else {}
    if last is None or not answers:
        return ()
    questions = questions_of(script_of(work, last))
    return tuple(Answer(one, answers[one.code]) for one in questions if one.code in answers)


@dataclass(frozen=True, slots=True)
class FollowupResult:
    """What came of a follow-up call, as it is written down; nothing of it is needed."""

    notes: str = ""
    score: int | None = None
    scores: Mapping[str, int] | None = None
    """Scores by trade."""
    answers: Mapping[str, object] | None = None
    praised_id: int | None = None
    praise: str = ""
    problem: str = ""
    issue: bool = False
    """Whether the problem becomes a ticket."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a follow-up call ended, and the ticket its problem became."""

    ended: Ended
    issue: TicketRow | None = None


def check(result: FollowupResult) -> None:
    """Refuse a result nobody could store, before anything is asked of the database."""
    rules.check_scores(dict(result.scores or {}))
    if result.praise.strip() and result.praised_id is None:
        raise RuleBroken("praise.nobody")
    if len(result.praise) > rules.LONGEST_WORDS:
        raise RuleBroken("praise.words_long", limit=rules.LONGEST_WORDS)
    if result.issue and not result.problem.strip():
        raise RuleBroken("followup_call.problem_missing")
    if len(result.problem) > LONGEST_PROBLEM:
        raise RuleBroken("followup_call.problem_long", limit=LONGEST_PROBLEM)


def finish(
    desk: Desk, call: Call, result: FollowupResult, *, key: str = "", at: DateTime | None = None
) -> Finished:
    """End a follow-up that reached the client: answers, scores, praise and the problem's ticket, all or nothing.

    Under a `key` it is done once, however often it is sent; `at` says when, if that was some time ago.
    """
    check(result)
    with desk.write("call.end") as work:

        def finished_before(call_id: int) -> Finished:
            return Finished(calls.Ended(work.calls.find(call_id)), _issue_row(work, key))

        finishing = partial(_finish, work, desk, call, result, key, at)
        return once(work, key, "call.finish", finishing, finished_before, lambda done: done.ended.call.id)


def _finish(
    work: Work, desk: Desk, call: Call, result: FollowupResult, key: str, at: DateTime | None
) -> Finished:
    questions = questions_of(script_of(work, call))
    answers = answered(questions, dict(result.answers or {}))
    notes = "\n".join(part for part in (result.notes.strip(), result.problem.strip()) if part)
    ended = calls.end_in(
        work, desk, call, Result("reached", notes, score=result.score, answers=answers or None), at
    )
    found, when = ended.call, ended.call.ended_at or work.now
    scores = dict(result.scores or {})
    scores |= {
        one.trade: int(str(answers[one.code])) for one in questions if one.trade and one.code in answers
    }
    rate_in(work, Rating(at=when, source="call", source_id=found.id), scores, found.site_id, found.client_id)
    if result.praised_id is not None:
        praises.add_in(
            work,
            Praise(
                at=when,
                source="call",
                source_id=found.id,
                client_id=found.client_id,
                site_id=found.site_id,
                staff_id=result.praised_id,
                words=result.praise.strip(),
            ),
        )
    if result.issue:
        filed = tickets.file_in(work, desk, _issue(work, desk, found, result.problem, key, at))
        return Finished(ended, work.tickets.row(filed.ticket.id))
    return Finished(ended)


def rate_in(
    work: Work, rating: Rating, scores: Mapping[str, int], site_id: int | None, client_id: int | None
) -> None:
    """Put down a client's scores by trade: each is given to whoever works in it at the site."""
    rules.check_scores(scores)
    people = intake.site_people(work, site_id)
    for trade, score in scores.items():
        staff_id = people.get(trade)
        work.ratings.add(
            replace(rating, trade=trade, score=score, staff_id=staff_id, site_id=site_id, client_id=client_id)
        )


def _issue(work: Work, desk: Desk, call: Call, problem: str, key: str, at: DateTime | None) -> Draft:
    """The ticket of a problem found: who answers for it is proposed, the deadline is the policy's."""
    if call.client_id is None:
        raise RuleBroken("followup_call.no_client")
    who = intake.propose(work, None, call.site_id, "followup_issue")
    received = happened_at(at, work.now)
    return Draft(
        kind="followup_issue",
        client_id=call.client_id,
        site_id=call.site_id,
        subject=problem.strip().partition("\n")[0][:80],
        description=problem.strip(),
        department_id=who.department_id,
        responsible_id=who.responsible_id,
        call_id=call.id,
        own_due_at=day_end(received, desk.policy.issue_days, desk.policy.timezone),
        submission=f"{key}{ISSUE}" if key else None,
        received_at=at,
    )


def _issue_row(work: Work, key: str) -> TicketRow | None:
    ticket = work.tickets.by_submission(f"{key}{ISSUE}")
    return work.tickets.row(ticket.id) if ticket is not None else None


def opt_out(desk: Desk, client_id: int) -> ClientCard:
    """Keep a client's wish to be called no more: the calls still planned are dropped (row F5)."""
    with desk.read() as work:
        client = work.clients.find(client_id)
    return clients.save(desk, replace(client, wants_calls=False))
