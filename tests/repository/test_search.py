"""Search finds exactly what brute force over every record would find, on both databases (row P5)."""

import random

import pytest

from deskapp.domain.search_text import fold, index_tokens, matches, pinyin_text, query_terms
from tests import builders

pytestmark = pytest.mark.row("P5")

NAMES = [
    "张伟明",
    "张伟",
    "单雄信",
    "曾国强",
    "解晓东",
    "尉迟敬德",
    "𠮷野",
    "欧阳娜娜",
    "王%_芳",
    "O'Neil",
    "李秀英👩",
    "吕布",
]
ESTATES = ["海棠湾 3-2-1101", "万科城 5-1-302", "翠湖天地 9-2-1704", "Ceylon Street 70"]


@pytest.fixture
def people(desk):
    """A dozen clients with numbers and addresses; their haystacks as the oracle sees them."""
    dice = random.Random(5)
    found = {}
    for place, name in enumerate(NAMES):
        phone = f"138{place:04d}{dice.randint(0, 9999):04d}"
        card = builders.a_client(desk, name, phone, address=dice.choice(ESTATES))
        found[card.client.id] = (name, f"{name} {card.client.address} {phone}")
        builders.a_complaint(desk, card, subject=f"卫生间漏水{place}次", description=f"第{place}次了")
    return found


SPELLED = "zwm zhangwei wm sxx shanxiongxin dan zgq zengguo xxd xiexiao ycjd yuchi oynn lvbu lubu o'neil"


@pytest.mark.parametrize("typed", SPELLED.split())
def test_pinyin_and_initials_of_every_reading(desk, people, typed):
    with desk.read() as work:
        ids = work.search.client_ids(typed)
    spelled = {i: f"{fold(name)} {pinyin_text(name)}" for i, (name, _) in people.items()}
    wanted = {i for i, text in spelled.items() if fold(typed) in text}
    assert wanted
    assert wanted <= set(ids), (typed, wanted, ids)


def test_every_piece_of_every_record_finds_it_and_only_true_hits_come(desk, people):
    with desk.read() as work:
        for client_id, (name, hay) in people.items():
            pieces = [name, name[:1], name[1:3], hay[-4:], hay[-11:], hay[-8:-4], *hay.split()]
            for typed in dict.fromkeys(
                piece for piece in pieces if any(map(index_tokens, query_terms(piece)))
            ):
                ids = work.search.client_ids(typed)
                assert client_id in ids, (typed, name)
                for other in ids:
                    other_name, other_hay = people[other]
                    assert matches(f"{fold(other_hay)} {pinyin_text(other_name)}", query_terms(typed)), (
                        typed,
                        other_hay,
                    )


@pytest.mark.parametrize(
    "typed", ["%", "_", "'", '"', "\\", "*", "AND", "NEAR(", "a" * 10_000, "漏" * 500, "\x00", "  ", "-"]
)
def test_nothing_typed_is_ever_a_command(desk, people, typed):
    with desk.read() as work:
        work.search.client_ids(typed)
        work.search.tickets(typed)
        assert work.search.client_ids("张伟明"), "and the next search works"


def test_tickets_by_number_words_client_and_phone(desk, people):
    with desk.read() as work:
        newest = work.tickets.newest(1)[0]
        for typed in (newest.ticket.number, newest.ticket.number[-4:], "漏水11", "第11次", "吕布", "lvbu"):
            assert newest.ticket.id in [row.ticket.id for row in work.search.tickets(typed)], typed


def test_a_number_that_there_is_finds_its_ticket_alone(desk):
    client = builders.a_client(desk, "张伟明", "13800138000")
    first = builders.a_complaint(desk, client)
    second = builders.a_complaint(desk, client, description=f"{first.number} / TS20991231-0007")
    with desk.read() as work:
        found = {
            typed: [row.ticket.id for row in work.search.tickets(typed)]
            for typed in (
                first.number,
                first.number.lower(),
                first.number[:-1],
                first.number[2:],
                "TS20991231-0007",
            )
        }
    assert found == {
        first.number: [first.id],
        first.number.lower(): [first.id],
        first.number[:-1]: [second.id, first.id],
        first.number[2:]: [second.id, first.id],
        "TS20991231-0007": [second.id],
    }


def test_a_changed_name_and_a_second_number_are_found_at_once(desk, people):
    from dataclasses import replace

    from deskapp.services import clients

    with desk.read() as work:
        client = work.clients.find(next(iter(people)))
    clients.save(desk, replace(client, name="贾宝玉"), "13711112222, 021-62345678")
    with desk.read() as work:
        assert client.id in work.search.client_ids("jby")
        assert client.id in work.search.client_ids("2222")
        assert client.id in work.search.client_ids("62345")
        assert client.id not in work.search.client_ids("张伟明")
        assert client.id in [row.ticket.client_id for row in work.search.tickets("贾宝玉")]
