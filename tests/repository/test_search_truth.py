"""Whatever is typed, search finds what reading every record would find, and nothing else (row P5)."""

from __future__ import annotations

import random

import pytest

from deskapp.domain.address import full_address
from deskapp.domain.search_text import index_tokens, matches, name_keys, pinyin_text, query_terms
from tests import builders

pytestmark = pytest.mark.row("P5")

MANY = 10_000
NAMES = [
    "张伟明",
    "单晓燕",
    "曾国强",
    "解晓东",
    "尉迟敬",
    "欧阳娜娜",
    "𠮷野家",
    "O'Neil",
    "王%_芳",
    "[red]李[/]",
    "李秀英(婆婆)",
    "吕布",
    "张玮",
    "\u202e王五",
    "Ａｎｎａ王",
    "小\u200b满",
    "仇\\建军",
    '查"良"镛',
    "乐乐👩",
]
WORDS = [
    "漏水",
    "空鼓",
    "延期",
    "3-2-1101",
    "海棠湾",
    "TS2026",
    "50%",
    "a_b",
    "c\\d",
    "O'Neil",
    '"甲"',
    "ＡＢ１２",
    "主卫👩",
    "𠮷",
    "卫生间",
    "wifi",
]


@pytest.fixture(params=range(2))
def dice(request) -> random.Random:
    return random.Random(request.param)


@pytest.fixture
def truth(desk, dice):
    """What every client and ticket can be found by, as their owners wrote it."""
    clients, tickets = {}, {}
    for name in NAMES:
        phones = [builders.a_phone() for _ in range(dice.randint(0, 2))]
        note = " ".join(dice.sample(WORDS, 3))
        card = builders.a_client(desk, name, "/".join(phones), note=note, address="莲花路 12 弄")
        site = builders.a_site(desk, card, estate=dice.choice(["海棠湾", "Ceylon"]), address="9-2-1704")
        where = full_address(site.estate, site.address)
        clients[card.client.id] = (name, " ".join([name, card.client.address, note, where, *phones]))
        words = {"subject": dice.choice(WORDS), "description": note, "demand": "修 好"}
        ticket = builders.a_complaint(desk, card, site_id=dice.choice([site.id, None]), **words)
        at = where if ticket.site_id else card.client.address
        said = [ticket.number, ticket.subject, note, "修 好", name, at]
        tickets[ticket.id] = (name, " ".join(said))
    return clients, tickets


def pieces(dice: random.Random, texts: list[str]) -> list[str]:
    """What somebody might type: stretches of what is there, two at a time, and what is nowhere."""
    found = [
        "没有这个",
        "zzz",
        "999999",
        "%",
        "_",
        "\\",
        '"',
        "'",
        "*",
        "NOT 漏",
        "漏 OR 水",
        "漏*",
        "\0漏",
        "🙂",
    ]
    for _ in range(120):
        text = dice.choice(texts)
        start = dice.randrange(len(text))
        found.append(text[start : start + dice.randint(1, 9)])
        other = dice.choice(texts)
        found.append(f"{found[-1].strip()} {other[: dice.randint(1, 4)]}")
    return found


def can_be_found(typed: str) -> bool:
    """Whether the index promises anything: a single Latin letter or two digits are too short to ask for."""
    terms = query_terms(typed)
    latin = [term.kind == "latin" for term in terms]
    asked = [term for term, is_latin in zip(terms, latin, strict=True) if all(latin) or not is_latin]
    return any(index_tokens(term) for term in asked)


def test_clients_are_found_exactly(desk, dice, truth) -> None:
    clients, _ = truth
    with desk.read() as work:
        for typed in pieces(dice, [text for _, text in clients.values()]):
            terms = query_terms(typed)
            found = work.search.client_ids(typed, MANY)
            assert len(found) == len(set(found)), typed
            joined = "".join(term.text for term in terms)
            spelled = {
                one
                for one, (name, _) in clients.items()
                if terms
                and all(term.kind == "latin" for term in terms)
                and any(key.startswith(joined) for key in name_keys(name))
            }
            plain = {one for one, (_, text) in clients.items() if terms and matches(text, terms)}
            loose = {
                one
                for one, (name, text) in clients.items()
                if terms and matches(f"{text} {pinyin_text(name)}", terms)
            }
            assert set(found) <= loose | spelled, typed
            if can_be_found(typed):
                assert plain | spelled <= set(found), typed


def test_tickets_are_found_exactly(desk, dice, truth) -> None:
    clients, tickets = truth
    with desk.read() as work:
        for typed in pieces(dice, [text for _, text in tickets.values()]):
            terms = query_terms(typed)
            found = [row.ticket.id for row in work.search.tickets(typed, MANY)]
            assert len(found) == len(set(found)), typed
            plain = {one for one, (_, text) in tickets.items() if terms and matches(text, terms)}
            loose = {
                one
                for one, (name, text) in tickets.items()
                if terms and matches(f"{text} {pinyin_text(name)}", terms)
            }
            whose = set(work.search.client_ids(typed, MANY))
            theirs = {
                row.ticket.id for row in work.tickets.rows(list(tickets)) if row.ticket.client_id in whose
            }
            assert set(found) <= loose | theirs, typed
            if can_be_found(typed):
                assert plain <= set(found), typed


@pytest.mark.parametrize("digits", [3, 4, 7, 8, 11])
def test_any_stretch_of_a_number_finds_its_client(desk, digits: int) -> None:
    card = builders.a_client(desk, "张伟明", "13800138765")
    builders.a_client(desk, "李秀英", "13911112222")
    with desk.read() as work:
        for start in range(11 - digits + 1):
            assert card.client.id in work.search.client_ids("13800138765"[start : start + digits])


def test_the_newest_come_first_and_no_more_than_asked(desk) -> None:
    ids = [builders.a_client(desk, f"王小{name}").client.id for name in "一二三四五六"]
    with desk.read() as work:
        assert work.search.client_ids("王小", 4) == ids[::-1][:4]
        assert [card.client.name for card in work.search.clients("王小三", 9)] == ["王小三"]
        assert work.search.clients("", 9) == work.search.tickets(" ", 9) == []


def test_the_exact_name_stands_before_longer_ones(desk) -> None:
    for name in ("张伟", "小张伟", "张伟明"):
        builders.a_client(desk, name)
    with desk.read() as work:
        assert [card.client.name for card in work.search.clients("张伟")] == ["张伟", "张伟明", "小张伟"]


def test_a_moved_site_moves_in_the_search_of_its_tickets_too(desk) -> None:
    from dataclasses import replace

    from deskapp.services import clients

    card = builders.a_client(desk)
    site = builders.a_site(desk, card)
    ticket = builders.a_complaint(desk, card, site_id=site.id)
    clients.save_site(desk, replace(site, estate="翠湖天地", address="9-2-1704"))
    with desk.read() as work:
        assert [row.ticket.id for row in work.search.tickets("翠湖天地")] == [ticket.id]
        assert work.search.tickets("海棠湾") == []
        assert work.search.client_ids("1704") == [card.client.id]
