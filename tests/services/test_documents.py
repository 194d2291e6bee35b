"""Documents: numbered, found by what they and their files say, their action items work until they end (row K4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskapp.domain.errors import Conflict, NotAllowed, RuleBroken
from deskapp.domain.handoff import Answer
from deskapp.domain.office_document import ActionItem, OfficeDocument
from deskapp.services import action_items, attachments, documents, handoffs, tickets
from tests import builders

pytestmark = pytest.mark.row("K4")
TODAY = date(2026, 11, 23)
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def minutes(desk, title="客服部周例会", **fields):
    given = {
        "kind": "minutes",
        "day": TODAY,
        "people": "李敏、刘敏",
        "body": "讨论瓷砖空鼓的处理办法",
    } | fields
    return documents.save(desk, OfficeDocument(title=title, **given))


def item(desk, document, words="联系厂家到场检测", days=0, **fields):
    one = ActionItem(document_id=document.id, words=words, due_on=TODAY + timedelta(days), **fields)
    return action_items.save(desk, one)


def found(desk, typed, kind=""):
    return [row.document.title for row in documents.find(desk, typed, kind)]


def told(desk):
    with desk.read() as work:
        return [(one.reason, one.staff_id) for one in work.outbox.all()]


def test_numbers_are_gapless_per_day_on_both_engines(desk, second_desk, clock):
    first, second = minutes(desk), minutes(second_desk, "第二份", kind="form")
    with pytest.raises(RuleBroken, match=r"document\.title_missing"):
        minutes(desk, " ")
    third = documents.save(desk, OfficeDocument(title="第三份", day=TODAY), key="same")
    again = documents.save(desk, OfficeDocument(title="第三份", day=TODAY), key="same")
    clock.at = clock.at.add(days=1)
    fourth = minutes(desk, "次日")
    numbers = [one.number for one in (first, second, third, fourth)]
    assert numbers == ["WJ20261123-0001", "WJ20261123-0002", "WJ20261123-0003", "WJ20261124-0001"]
    assert again == third


def test_many_desks_at_once_leave_no_gap(desk, second_desk):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: minutes((desk, second_desk)[n % 2], f"第{n}份"), range(8)))
    assert sorted(one.number[-4:] for one in made) == [f"{n:04d}" for n in range(1, 9)]


def test_search_finds_title_people_body_number_and_files(desk, tmp_path):
    one = minutes(desk)
    minutes(desk, "客户回访登记表", kind="form", people="", body="")
    (tmp_path / "名单.csv").write_text("姓名,电话\n欧阳海棠,13800138000\n", encoding="gb18030")
    attachments.add_all(desk, "document", one.id, [tmp_path / "名单.csv"])
    for typed in (
        "周例会",
        "例",
        "zhoulihui",
        "kfbzlh",
        "liumin",
        "刘敏",
        "空鼓",
        "1123-0001",
        "欧阳海棠",
        "13800138000",
    ):
        assert found(desk, typed) == ["客服部周例会"], typed
    assert found(desk, "刘敏 欧阳海棠") == ["客服部周例会"]
    assert found(desk, "客") == ["客户回访登记表", "客服部周例会"]
    assert found(desk, "客", "form") == ["客户回访登记表"]
    assert found(desk, "不在") == []
    documents.save(desk, replace(one, title="客服部月例会", body="改了"))
    assert found(desk, "空鼓") == []
    assert found(desk, "月例会 欧阳海棠") == ["客服部月例会"]


def test_the_list_is_paged_by_day_kind_and_use(desk):
    made = [minutes(desk, f"第{n}次", day=TODAY - timedelta(n % 3)) for n in range(7)]
    form = minutes(desk, "表", kind="form")
    documents.retire(desk, form)
    with desk.read() as work:
        whole = work.documents.page(20)
        keys = [(row.document.day, row.document.id) for row in whole]
        assert keys == sorted(keys, reverse=True)
        assert len(keys) == len(made)
        pages, last = [], None
        while page := work.documents.page(3, after=last):
            pages, last = pages + page, page[-1]
        assert pages == whole
        assert work.documents.page(3, before=whole[4]) == whole[1:4]
        assert work.documents.page(3, last=True) == whole[-3:]
        assert work.documents.page(3, offset=2) == whole[2:5]
        assert work.documents.page(3, kind="form") == []
        assert [row.document.id for row in work.documents.page(3, active=False)] == [form.id]
        assert (work.documents.count(), work.documents.count("form", False)) == (7, 1)
        assert work.documents.counts() == {"minutes": 7}


@SQLITE
def test_who_is_slower_is_told_and_a_retired_document_comes_back(desk, second_desk):
    one = minutes(desk)
    changed = documents.save(desk, replace(one, title="新标题", number="XX", active=False))
    assert (changed.number, changed.active) == (one.number, True)
    with pytest.raises(Conflict):
        documents.save(desk, replace(one, title="旧的"))
    with pytest.raises(NotAllowed):
        documents.retire(second_desk, changed)
    gone = documents.retire(desk, changed)
    assert documents.find(desk, "新标题") == []
    assert [row.document.id for row in documents.find(desk, "新标题", active=False)] == [one.id]
    assert documents.retire(desk, gone, active=True).active


def test_items_are_due_work_of_whoever_answers_and_of_who_leads(desk, second_desk):
    person = builders.a_member(desk, "王建国")
    with desk.read() as work:
        agent = work.operators.by_login(builders.AGENT)
    with desk.store.write("test") as work:
        work.operators.save(replace(agent, staff_id=person.id))
    agent_desk = builders.seat(desk, builders.AGENT)
    document = minutes(desk)
    late, soon = item(desk, document, days=-2), item(desk, document, "写总结", 3, staff_id=person.id)
    item(desk, document, "不急", 4, staff_id=person.id)
    assert [(row.item.id, row.item.urgency(TODAY)) for row in action_items.due(desk)] == [
        (late.id, "late"),
        (soon.id, "soon"),
    ]
    assert [(row.item.id, row.staff) for row in action_items.due(agent_desk)] == [
        (late.id, ""),
        (soon.id, "王建国"),
    ]
    item(desk, document, "别人的", staff_id=builders.a_member(desk, "赵六").id)
    with pytest.raises(RuleBroken, match=r"action_item\.outcome_missing"):
        action_items.settle(agent_desk, soon, "done", " ")
    done = action_items.settle(agent_desk, soon, "done", "已交")
    assert (done.state, done.done_on, done.outcome) == ("done", TODAY, "已交")
    assert [row.item.id for row in action_items.due(agent_desk)] == [late.id]
    with pytest.raises(RuleBroken, match=r"action_item\.over"):
        action_items.save(desk, replace(done, words="再改"))
    with desk.read() as work:
        row = work.documents.page(1)[0]
        assert (row.items, row.waiting, row.next_due) == (4, 3, late.due_on)
        assert [one.item.id for one in work.action_items.page(5, state="done")] == [done.id]
        assert work.action_items.count("open") == 3
    assert action_items.reopen(desk, done).state == "open"


@SQLITE
def test_a_late_item_is_told_once_for_its_day(desk, clock):
    person, manager = builders.a_member(desk, "王建国"), builders.a_member(desk, "赵经理")
    document = minutes(desk)
    given = item(desk, document, staff_id=person.id)
    nobodys = item(desk, document, "没有人负责", -1)
    assert told(desk) == [("action_item.given", person.id)]
    assert action_items.watch(desk) == 0
    with desk.store.write("test") as work:
        boss = work.operators.by_login(builders.AGENT)
        work.operators.save(replace(boss, role="manager", staff_id=manager.id))
    clock.at = clock.at.add(days=1)
    assert action_items.watch(desk) == 2
    assert action_items.watch(desk) == 0
    assert set(told(desk)[1:]) == {("action_item.late", person.id), ("action_item.late", manager.id)}
    action_items.settle(desk, nobodys, "dropped", "并入别项")
    later = action_items.save(desk, replace(given, due_on=TODAY + timedelta(3)))
    clock.at = clock.at.add(days=4)
    assert action_items.watch(desk) == 1
    assert told(desk)[-1] == ("action_item.late", person.id)
    assert later.staff_id == person.id


def test_a_new_late_item_is_told_however_many_old_ones_there_are(desk, clock, monkeypatch):
    monkeypatch.setattr(action_items, "MOST_LATE", 2)
    person = builders.a_member(desk, "王建国")
    document = minutes(desk)
    for n in range(5):
        item(desk, document, f"旧事 {n}", staff_id=person.id)
    clock.at = clock.at.add(days=1)
    assert sum(action_items.watch(desk) for _ in range(5)) == 5
    item(desk, document, "新事", 1, staff_id=person.id)
    clock.at = clock.at.add(days=1)
    assert action_items.watch(desk) == 1


def test_a_search_of_one_kind_looks_past_all_the_others(desk):
    wanted = [minutes(desk, "旧表格", kind="form").number, minutes(desk, "旧表格二", kind="form").number]
    for n in range(20):
        minutes(desk, f"例会 {n}")
    with desk.read() as work:
        found = work.documents.finding("空鼓", 2, kind="form")
        assert sorted(row.document.number for row in found) == wanted
        assert len(work.documents.finding("空鼓", 2)) == 2


def test_two_who_attach_to_one_document_at_once_leave_both_files_to_be_found(desk, second_desk, tmp_path):
    (tmp_path / "one.txt").write_text("欧阳", encoding="utf-8")
    (tmp_path / "two.txt").write_text("司徒", encoding="utf-8")
    each = ((desk, tmp_path / "one.txt"), (second_desk, tmp_path / "two.txt"))
    for n in range(6):
        document = minutes(desk, f"例会 {n}")
        with ThreadPoolExecutor(2) as pool:
            adding = [
                pool.submit(attachments.add_all, at, "document", document.id, [file]) for at, file in each
            ]
            assert [one.exception() for one in adding] == [None, None]
        with desk.read() as work:
            for words in ("欧阳", "司徒"):
                assert document.id in [row.document.id for row in work.documents.finding(words, 50)], (
                    n,
                    words,
                )


def test_an_item_handed_to_a_department_follows_its_ticket(desk, second_desk):
    department = builders.a_department(desk)
    document = minutes(desk)
    one = item(desk, document)
    asked = action_items.Asked(department.id, None, desk.now().add(days=2), "请三天内到场")
    ticket = action_items.hand_over(desk, one, asked, key="hand")
    assert action_items.hand_over(desk, one, asked, key="hand").id == ticket.id
    assert (ticket.kind, ticket.department_id, ticket.subject) == ("handoff", department.id, one.words)
    assert document.number in ticket.description
    handed = state_of(desk, one)
    assert (handed.state, handed.ticket_id) == ("handed", ticket.id)
    assert action_items.due(desk) == []
    with pytest.raises(RuleBroken, match=r"action_item\.handed"):
        action_items.settle(desk, handed, "done", "好了")
    closed = handoffs.answer(desk, handoffs.read(desk, ticket.id), Answer("已检测,两块空鼓", "王工"))
    done = state_of(desk, one)
    assert (done.state, done.done_on) == ("done", TODAY)
    assert "两块空鼓" in done.outcome
    reopened = tickets.move(desk, closed, "reopen", "又响了")
    assert state_of(desk, one).state == "handed"
    tickets.move(desk, reopened, "withdraw", "不用了")
    back = state_of(desk, one)
    assert (back.state, back.ticket_id) == ("open", None)
    second = action_items.hand_over(desk, back, asked)
    assert second.client_id == ticket.client_id


def state_of(desk, one):
    with desk.read() as work:
        return work.action_items.find(one.id)


@SQLITE
def test_what_may_be_attached_and_what_it_is_found_by(desk, tmp_path):
    document = minutes(desk)
    (tmp_path / "page.html").write_text("<script>bad</script><p>欧阳</p>", encoding="utf-8")
    (tmp_path / "wrong.pdf").write_text("no pdf", encoding="utf-8")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04broken")
    for noun, name, code in (
        ("document", "wrong.pdf", "attachments.mismatch"),
        ("document", "nowhere.txt", "attachments.unreadable"),
        ("site", "page.html", "attachments.type"),
    ):
        with pytest.raises(RuleBroken, match=code.replace(".", r"\.")):
            attachments.add_all(desk, noun, document.id, [tmp_path / name])
    attachments.add_all(desk, "document", document.id, [tmp_path / "page.html", tmp_path / "broken.docx"])
    files = documents.opened(desk, document.id).files
    assert [(one.attachment.name, one.reading.why, one.added_by) for one in files] == [
        ("page.html", "", "李敏"),
        ("broken.docx", "broken", "李敏"),
    ]
    assert (found(desk, "欧阳"), found(desk, "broken.docx"), found(desk, "bad")) == (
        ["客服部周例会"],
        ["客服部周例会"],
        [],
    )


@SQLITE
def test_files_are_saved_where_one_says_and_never_over_another(desk, tmp_path):
    document = minutes(desk)
    source = tmp_path / "记录.txt"
    source.write_text("会议记录", encoding="utf-8")
    (kept,) = attachments.add_all(desk, "document", document.id, [source])
    first = documents.save_file(desk, kept, tmp_path / ".")
    assert first.name == "记录 (2).txt"
    assert first.read_text(encoding="utf-8") == "会议记录"
    hostile = replace(kept, name="../../etc/passwd")
    assert documents.save_file(desk, hostile, tmp_path).parent == tmp_path
    for folder in (tmp_path / "nowhere", source):
        with pytest.raises(RuleBroken, match=r"document\.no_folder"):
            documents.save_file(desk, kept, folder)


@SQLITE
@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx"])
def test_minutes_are_printed_with_items_and_who_signs(desk, form):
    document = minutes(desk)
    item(desk, document)
    made = documents.paper(desk, document.id)
    assert (made.kind, made.number, made.signatures) == ("minutes", document.number, ("记录人", "主持人"))
    assert "讨论瓷砖空鼓的处理办法" in str(made.blocks)
    assert "联系厂家到场检测" in str(made.blocks)
    path = documents.export(desk, document.id, form)
    assert path.name == f"{document.number}.{form}"
    assert path.stat().st_size > 1000
