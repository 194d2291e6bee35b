"""Phrases kept: the starter list laid down once, one's own written and ordered, holes filled from the records."""

from dataclasses import replace

import pytest

from deskapp.clock import StillClock
from deskapp.config import Config
from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.phrase import KINDS, Phrase, fill
from deskapp.services import company, phrases
from deskapp.wiring import open_desk
from tests import builders

pytestmark = pytest.mark.row("K2")
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def by_code(desk, code):
    return next(one for one in phrases.listed(desk) if one.code == code)


def test_a_company_begins_with_the_starter_list_and_it_is_laid_down_once(desk):
    there = phrases.listed(desk)
    assert {one.code for one in there} == {one.code for one in phrases.starter("zh")}
    assert [one.kind for one in there] == sorted((one.kind for one in there), key=KINDS.index)
    changed = phrases.save(desk, replace(by_code(desk, "courtesy-please"), words="劳驾"))
    gone = phrases.retire(desk, by_code(desk, "reply-visit"))
    assert (
        phrases.lacking_starter(there)
        == phrases.add_starter(desk, "zh")
        == phrases.add_starter(desk, "en")
        == 0
    )
    after = phrases.listed(desk)
    assert len(after) == len(there)
    assert changed in after
    assert gone in after
    assert gone not in phrases.at_hand(desk)
    assert not any(one.kind == "forbidden" for one in phrases.at_hand(desk))


@sqlite_only
def test_an_older_database_is_offered_what_it_lacks(desk):
    with desk.write("phrase.save") as work:
        for one in work.phrases.listed()[5:]:
            work.phrases.remove(one)
    kept = phrases.listed(desk)
    lacking = phrases.lacking_starter(kept)
    assert lacking == len(phrases.starter("zh")) - 5
    assert phrases.add_starter(desk, "zh") == lacking
    assert phrases.add_starter(desk, "zh") == 0
    assert set(kept) <= set(phrases.listed(desk))


@sqlite_only
def test_an_english_company_begins_in_english(database_url):
    empty = open_desk(Config(database_url), clock=StillClock(builders.NOW))
    desk = company.first_start(empty, "Haitang", "Li Min", "limin", "admin", "haitang-1", "en")
    assert by_code(desk, "courtesy-thanks").words == "thank you"
    empty.store.close()


def test_one_writes_ones_own_and_a_new_one_is_made_once(desk):
    new = Phrase(kind="apology", words=" 让您久等了，请原谅 ")
    saved = phrases.save(desk, new, key="k1")
    assert phrases.save(desk, new, key="k1") == saved
    assert (saved.title, saved.words, saved.keys) == ("让您久等了，请原谅", "让您久等了，请原谅", saved.keys)
    assert "rnjdlqyl" in saved.keys.split()
    assert [one.id for one in phrases.listed(desk) if one.kind == "apology"][-1] == saved.id
    with pytest.raises(RuleBroken, match="phrase.hole"):
        phrases.save(desk, replace(saved, words="{{client.age}}"))
    moved = phrases.save(desk, replace(saved, kind="reply"))
    assert [one for one in phrases.listed(desk) if one.kind == "reply"][-1] == moved
    with pytest.raises(Conflict):
        phrases.save(desk, replace(saved, words="别的"))


@sqlite_only
def test_phrases_change_places_among_their_kind_only(desk):
    def order():
        return [one.code for one in phrases.listed(desk) if one.kind == "courtesy"]

    first, second = order()[:2]
    assert phrases.move(desk, by_code(desk, second), -1)
    assert order()[:2] == [second, first]
    assert not phrases.move(desk, by_code(desk, second), -1)
    assert not phrases.move(desk, by_code(desk, order()[-1]), 1)
    agent = builders.seat(desk, builders.an_operator(desk).login)
    with pytest.raises(NotAllowed):
        phrases.move(agent, by_code(desk, second), 1)


def test_holes_are_filled_from_client_and_ticket_at_the_hour_it_is(desk, clock):
    client = builders.a_client(desk, "张伟明")
    ticket = builders.a_complaint(desk, client, subject="墙面开裂 {{company}}")
    words = "{{client.name}} {{ticket.number}} {{ticket.subject}} {{operator.name}} {{ticket.due}} {{client.title}}"
    done = fill(words, phrases.facts(desk, None, ticket.id))
    due = desk.local(ticket.respond_by).strftime("%Y-%m-%d %H:%M")
    assert done.text == f"张伟明 {ticket.number} 墙面开裂 {{{{company}}}} 李敏 {due} 张伟明先生/女士"
    assert done.lacking == ()
    assert fill("{{ticket.number}}", phrases.facts(desk, client.client.id)).lacking == ("ticket.number",)
    for hour, greeting in ((8, "早上好!"), (14, "下午好!"), (19, "晚上好!")):
        clock.at = desk.local(clock.at).set(hour=hour).in_timezone("UTC")
        assert phrases.facts(desk)["greeting"] == greeting


@sqlite_only
def test_the_adviser_follows_the_company_list(desk):
    from deskapp.domain.courtesy import advise

    phrases.save(desk, Phrase(kind="forbidden", title="不说行话", words="增项\n甲方", advice="说清楚是什么"))
    (one,) = advise("甲方说要改", phrases.adviser(desk))
    assert advise("Good afternoon! 明天去", phrases.adviser(desk), ["greeting"]) == ()
    assert (one.found, one.rule, one.advice) == ("甲方", "不说行话", "说清楚是什么")
    phrases.retire(desk, next(each for each in phrases.listed(desk) if each.title == "不说行话"))
    assert advise("甲方说要改", phrases.adviser(desk)) == ()


@sqlite_only
def test_the_greeting_speaks_the_language_of_the_phrase(desk):
    facts = phrases.facts(desk)
    zh, en = facts["greeting.zh"], facts["greeting.en"]
    assert fill("{{greeting}}请问", facts).text == f"{zh}请问"
    assert fill("{{greeting}} This is", facts).text == f"{en} This is"
    assert fill("{{greeting}}", facts).text == zh


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("张伟明", "张伟明先生/女士", "张伟明"),
        (" 张女士 ", "张女士", "张女士"),
        ("Mary Smith", "Mary Smith", "Mary Smith"),
        ("海棠湾物业管理公司", "海棠湾物业管理公司", "海棠湾物业管理公司"),
        ("", "", ""),
    ],
)
def test_a_client_is_addressed_by_a_title_that_is_not_guessed(name, zh, en):
    assert (phrases.title(name, "zh"), phrases.title(name, "en")) == (zh, en)
