"""Phrases at hand: the starter list of text 3, one's own, what fills their holes, what the adviser knows (row K2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from deskapp import i18n
from deskapp.desk import Desk
from deskapp.domain import phrase as rules
from deskapp.domain.courtesy import Rules, rules_of
from deskapp.domain.phrase import KINDS, Phrase
from deskapp.domain.ticket import number
from deskapp.i18n import say
from deskapp.services.submissions import once

if TYPE_CHECKING:
    from deskapp.domain.client import Client
    from deskapp.domain.ticket import Ticket
    from deskapp.repository.work import Work

PARTS_OF_DAY = ("morning", "afternoon", "evening")
"""Until noon, until six, and after."""


@cache
def starter(language: str) -> tuple[Phrase, ...]:
    """The phrases of text 3 a company begins with, in a language, each kind numbered from 0."""
    from deskapp.services.company import defaults

    counts = dict.fromkeys(KINDS, 0)
    found = []
    for entry in defaults(f"phrases_{language}")["phrase"]:
        kind = entry["kind"]
        found.append(Phrase(**{**entry, "words": entry["words"].strip()}, position=counts[kind]))
        counts[kind] += 1
    return tuple(found)


def lay_out_phrases(work: Work, language: str) -> int:
    """Store what of the starter list is not here yet; what is here is left as it is. Says how many were new."""
    there = work.phrases.codes()
    new = [one for one in starter(language) if one.code not in there]
    if new:
        work.phrases.add_many(new)
    return len(new)


def add_starter(desk: Desk, language: str) -> int:
    """Offer the starter list to a company that has none of it, or not all; twice adds nothing."""
    with desk.write("phrase.save") as work:
        work.counters.at_least("phrases", 1)  # two desks that ask at once: the second finds it done
        return lay_out_phrases(work, language)


def lacking_starter(phrases: Sequence[Phrase]) -> int:
    """How many of the starter list are not among these."""
    there = {one.code for one in phrases}
    return sum(one.code not in there for one in starter(offered_language()))


def listed(desk: Desk) -> list[Phrase]:
    """Every phrase, kind by kind, those out of use too."""
    with desk.read() as work:
        return sorted(work.phrases.listed(), key=_place)


def at_hand(desk: Desk) -> list[Phrase]:
    """What can be said: every phrase in use that is not forbidden."""
    return [one for one in listed(desk) if one.active and one.kind != "forbidden"]


def adviser(desk: Desk) -> Rules:
    """What outgoing text is held to."""
    words = [i18n.area(language, "script") for language in i18n.LANGUAGES]
    greetings = [one[f"script.greeting.{part}"].rstrip("!") for one in words for part in PARTS_OF_DAY]
    return rules_of(listed(desk), greetings)


def save(desk: Desk, phrase: Phrase, *, key: str = "") -> Phrase:
    """Add or change a phrase; a new one stands last of its kind, and under a `key` is added once."""
    words = phrase.words.strip()
    title = phrase.title.strip() or words.partition("\n")[0][: rules.LONGEST_TITLE]
    phrase = replace(phrase, words=words, title=title, advice=phrase.advice.strip(), keys=phrase.keys.strip())
    rules.check_phrase(phrase)
    if not phrase.keys:
        phrase = replace(phrase, keys=_initials(phrase.title))
    with desk.write("phrase.save") as work:
        if not phrase.id:
            return once(work, key, "phrase.add", lambda: _add(work, phrase), work.phrases.find)
        before = work.phrases.find(phrase.id)
        if before.kind != phrase.kind:
            phrase = replace(phrase, position=_last(work, phrase.kind) + 1)
        return work.phrases.save(phrase, before)


def retire(desk: Desk, phrase: Phrase, *, active: bool = False) -> Phrase:
    """Put a phrase out of use, or back into it."""
    with desk.write("phrase.save") as work:
        return work.phrases.save(replace(phrase, active=active))


def move(desk: Desk, phrase: Phrase, by: int) -> bool:
    """Change places with the neighbour of the same kind; False at the end of the list."""
    with desk.write("phrase.save") as work:
        kin = work.phrases.of_kind(phrase.kind)
        here = next((place for place, one in enumerate(kin) if one.id == phrase.id), None)
        if here is None or not 0 <= here + by < len(kin):
            return False
        kin.insert(here + by, kin.pop(here))
        for place, one in enumerate(kin):
            if one.position != place:
                work.phrases.save(replace(one, position=place), one)
        return True


def facts(desk: Desk, client_id: int | None = None, ticket_id: int | None = None) -> dict[str, str]:
    """What fills the holes of a phrase about a client, or a ticket and its client."""
    with desk.read() as work:
        ticket = work.tickets.get(ticket_id)
        client = work.clients.get(client_id or (ticket.client_id if ticket else None))
    return facts_of(desk, client, ticket)


def facts_of(desk: Desk, client: Client | None, ticket: Ticket | None) -> dict[str, str]:
    """What fills the holes, from records that were read."""
    due = (ticket.respond_by if ticket.clock_runs else ticket.due_at) if ticket else None
    return {
        "greeting": greeting(desk, i18n.language()),
        **{f"greeting.{language}": greeting(desk, language) for language in i18n.LANGUAGES},
        "company": desk.company,
        "operator.name": desk.operator.name if desk.operator else "",
        **_naming(client.name if client else ""),
        "client.address": client.address if client else "",
        "ticket.number": ticket.number if ticket else "",
        "ticket.subject": ticket.subject if ticket else "",
        "ticket.due": desk.local(due).strftime("%Y-%m-%d %H:%M") if due else "",
        "today": desk.local(desk.now()).strftime("%Y-%m-%d"),
    }


def _naming(name: str) -> dict[str, str]:
    """A client's name, and how one who has it is addressed, in every language."""
    said: dict[str, str] = {"client.name": name, "client.title": title(name, i18n.language())}
    return {**said, **{f"client.title.{one}": title(name, one) for one in i18n.LANGUAGES}}


def title(name: str, language: str) -> str:
    """How a client of this name is addressed in a language."""
    words = i18n.area(language, "phrase")
    return rules.addressed(name, words["phrase.titled"], words["phrase.titles"].split())


def greeting(desk: Desk, language: str) -> str:
    """The greeting of the hour in a language, by the company's clock."""
    hour = desk.local(desk.now()).hour
    part = PARTS_OF_DAY[(hour >= 12) + (hour >= 18)]
    return i18n.area(language, "script")[f"script.greeting.{part}"]


def sample_facts(desk: Desk) -> dict[str, str]:
    """What fills the holes where there is no client yet: an invented one's."""
    tomorrow = desk.local(desk.now().add(days=1))
    invented = ("client.address", "ticket.subject")
    return {
        **facts_of(desk, None, None),
        **_naming(say("phrase.sample.client.name")),
        **{one: say(f"phrase.sample.{one}") for one in invented},
        "ticket.number": number("complaint", tomorrow.strftime("%Y%m%d"), 1),
        "ticket.due": tomorrow.strftime("%Y-%m-%d %H:%M"),
    }


def offered_language() -> str:
    """The language the starter list is offered in: the desk's."""
    return i18n.language()


def _add(work: Work, phrase: Phrase) -> Phrase:
    return work.phrases.add(replace(phrase, position=_last(work, phrase.kind) + 1))


def _last(work: Work, kind: str) -> int:
    return max((one.position for one in work.phrases.of_kind(kind)), default=-1)


def _place(phrase: Phrase) -> tuple[int, int, int]:
    return KINDS.index(phrase.kind) if phrase.kind in KINDS else len(KINDS), phrase.position, phrase.id


def _initials(title: str) -> str:
    from deskapp.services.company import initials

    return " ".join(initials(title))
