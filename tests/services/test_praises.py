"""Praise reported once to whoever heads the department; forms sent once, returned, corrected, counted (A3, A4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from deskapp.domain.errors import RuleBroken
from deskapp.domain.praise import Evaluation, Praise
from deskapp.services import appraisals, evaluations, praises, submissions
from deskapp.services.papers import evaluation, templates
from tests import builders
from tests.followed import ratings_of

NOVEMBER = date(2026, 11, 1)


def broken(act, *arguments, **named) -> str:
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def outbox(desk) -> list[tuple[str, int | None, object]]:
    with desk.read() as work:
        return [(one.reason, one.staff_id, one.facts) for one in work.outbox.all()]


def a_completed_site(desk, name: str = "张伟明", day: date = date(2026, 11, 10), **fields):
    return builders.a_site(desk, builders.a_client(desk, name), stage="finished", completed_on=day, **fields)


@pytest.mark.row("A3")
def test_praise_is_reported_once_and_the_head_is_told(desk) -> None:
    head = builders.a_member(desk, "钱总")
    builders.a_department(desk, head=head)
    member = builders.a_member(desk, "赵刚")
    praise = praises.add(desk, Praise(staff_id=member.id, words="认真负责"), key="k")
    assert praises.add(desk, Praise(staff_id=member.id, words="认真负责"), key="k").id == praise.id
    done = praises.report(desk, praise)
    assert (done.reported_at, done.reported_by) == (desk.now(), desk.operator.id)
    assert outbox(desk)[-1] == (
        "praise.reported",
        head.id,
        {"name": "赵刚", "words": "认真负责", "praise_id": praise.id},
    )
    told = len(outbox(desk))
    assert broken(praises.report, desk, praise) == "praise.reported"
    assert broken(praises.save, desk, praise) == "praise.reported"
    assert len(outbox(desk)) == told


@pytest.mark.row("A3")
def test_praise_of_nobody_is_refused_and_a_headless_department_is_nobody_to_tell(desk) -> None:
    assert broken(praises.add, desk, Praise(words="好")) == "praise.nobody"
    assert broken(praises.add, desk, Praise(staff_id=9_999)) == "praise.nobody"
    praise = praises.add(desk, Praise(staff_id=builders.a_member(desk).id))
    changed = praises.save(desk, replace(praise, words="准时"))
    assert praises.report(desk, changed).reported_at is not None and not outbox(desk)


@pytest.mark.row("A3")
def test_a_month_s_praise_is_listed_page_by_page_the_newest_first(desk, clock) -> None:
    member, client = builders.a_member(desk, "赵刚"), builders.a_client(desk, "李秀英")
    made = []
    for _ in range(7):
        made.append(praises.add(desk, Praise(staff_id=member.id, client_id=client.client.id)).id)
        clock.at = clock.at.add(hours=1)
    clock.at = clock.at.add(days=20)
    praises.add(desk, Praise(staff_id=member.id))
    source, newest = praises.MonthPraise(desk, NOVEMBER), made[::-1]
    assert source.count() == 7
    page = source.first(3)
    assert [row.praise.id for row in page] == newest[:3]
    assert (page[0].staff, page[0].client, page[0].department) == ("赵刚", "李秀英", "工程部")
    after = source.after(page[-1], 3)
    assert [row.praise.id for row in after] == newest[3:6]
    assert [row.praise.id for row in source.before(after[0], 2)] == newest[1:3]
    assert [row.praise.id for row in source.last(2)] == newest[-2:]
    assert [row.praise.id for row in source.at(2, 2)] == newest[2:4]
    assert praises.MonthPraise(desk, date(2026, 12, 1)).count() == 1


@pytest.mark.row("A4")
def test_a_month_s_forms_go_to_sites_completed_and_never_sent_one(desk) -> None:
    this, before = a_completed_site(desk), a_completed_site(desk, "李秀英", date(2026, 9, 3))
    a_completed_site(desk, "王芳", date(2024, 10, 31))  # out of warranty
    a_completed_site(desk, "周敏", date(2026, 12, 2))  # next month's
    builders.a_site(desk, builders.a_client(desk, "陈建国"))  # still being built
    assert [site.id for site in evaluations.proposed(desk, NOVEMBER)] == [before.id, this.id]
    forms = evaluations.send_batch(desk, NOVEMBER)
    assert [(one.site_id, one.sent_on) for one in forms] == [
        (before.id, date(2026, 11, 23)),
        (this.id, date(2026, 11, 23)),
    ]
    assert evaluations.send_batch(desk, NOVEMBER) == [] and evaluations.proposed(desk, NOVEMBER) == []
    assert broken(evaluations.send_batch, desk, date(2026, 12, 1)) == "praise.month_to_come"
    assert broken(evaluations.send_batch, desk, date(2026, 11, 2)) == "praise.month"


@pytest.mark.row("A4")
def test_two_desks_that_send_at_once_send_each_form_once(desk, second_desk) -> None:
    sites = {a_completed_site(desk, f"客户{n}").id for n in range(5)}
    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(lambda at: evaluations.send_batch(at, NOVEMBER), (desk, second_desk)))
    assert sorted(one.site_id for forms in sent for one in forms) == sorted(sites)


@pytest.mark.row("A4")
def test_a_return_scores_the_people_and_can_be_corrected(desk) -> None:
    designer = builders.a_member(desk, "王丽", "designer")
    site = a_completed_site(desk, designer_id=designer.id)
    form = evaluations.send_batch(desk, NOVEMBER)[0]
    back = evaluations.give_back(desk, form, {"designer": 4, "crew": 5}, "总体不错", key="k")
    assert evaluations.give_back(desk, form, {"designer": 4, "crew": 5}, "总体不错", key="k") == back
    assert (back.returned_on, back.words) == (date(2026, 11, 23), "总体不错")
    assert ratings_of(desk, "evaluation", form.id) == {"designer": (4, designer.id), "crew": (5, None)}
    again = evaluations.give_back(desk, back, {"designer": 2, "supervisor": 3}, "改了主意")
    assert evaluations.scores_of(desk, again) == {"designer": 2, "supervisor": 3}
    assert broken(evaluations.give_back, desk, again, {}, " ") == "praise.empty_return"
    assert broken(evaluations.give_back, desk, again, {"designer": 9}) == "ticket.score"
    assert evaluations.open_of(desk, site.id) == again


@pytest.mark.row("A4")
def test_a_form_s_scores_stay_as_they_are_once_their_month_is_closed(desk, clock) -> None:
    a_completed_site(desk, designer_id=builders.a_member(desk, "王丽", "designer").id)
    back = evaluations.give_back(desk, evaluations.send_batch(desk, NOVEMBER)[0], {"designer": 4}, "好")
    clock.at = clock.at.add(days=20)
    appraisals.close(desk, NOVEMBER)
    assert broken(evaluations.give_back, desk, back, {"designer": 1}, "好") == "praise.month_closed"
    assert broken(evaluations.give_back, desk, back, {"crew": 5}, "好") == "praise.month_closed"
    said = evaluations.give_back(desk, back, {"designer": 4}, "补一句")
    assert (said.words, evaluations.scores_of(desk, said)) == ("补一句", {"designer": 4})


@pytest.mark.row("A4")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_form_is_printed_empty_and_as_it_came_back(desk) -> None:
    designer = builders.a_member(desk, "王丽", "designer")
    a_completed_site(desk, designer_id=designer.id)
    form = evaluations.send_batch(desk, NOVEMBER)[0]
    _, _, empty, *_ = evaluation.form_document(desk, form.id).blocks
    assert empty.rows == (("设计师", "王丽", *["□"] * 5),), "a box for each score of everybody of the site"
    evaluations.give_back(desk, form, {"designer": 4}, "总体不错")
    made = evaluation.form_document(desk, form.id)
    assert (made.title, made.number) == ("客户评价表", f"PJ202611-{form.id:04d}")
    assert made.blocks[2].rows == (("设计师", "王丽", "", "√", "", "", ""),)
    assert [block.words for block in made.blocks[3:]] == ["总体不错", ""]
    for kind, begins in (("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        assert evaluation.save_form(desk, form.id, kind).read_bytes().startswith(begins)
    assert (evaluation.KIND, "客户评价表") in templates.kinds(), "the company may have its own"
    assert templates.write_out(desk, evaluation.KIND).exists()


@pytest.mark.row("A4")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_every_mean_opens_to_the_forms_behind_it(desk) -> None:
    for _ in range(3):
        a_completed_site(desk)
    forms = evaluations.send_batch(desk, NOVEMBER)
    for form, scores in zip(forms, ({"designer": 4, "crew": 5}, {"designer": 1}, {"crew": 3}), strict=True):
        evaluations.give_back(desk, form, scores)
    means = praises.month_figures(desk, NOVEMBER).by_trade
    assert means == {"designer": (2.5, 2), "crew": (4.0, 2)}
    for trade, (mean, count) in means.items():
        behind = evaluations.MonthForms(desk, NOVEMBER, trade=trade)
        found = [row.scores[trade] for row in behind.first(9)]
        assert (behind.count(), len(found), sum(found) / len(found)) == (count, count, mean)


@pytest.mark.row("A4")
def test_a_form_handed_over_unasked_is_entered_but_counts_as_none_sent(desk) -> None:
    site = a_completed_site(desk)
    fresh = Evaluation(site_id=site.id, client_id=site.client_id)
    back = evaluations.give_back(desk, fresh, {"crew": 3})
    assert (back.month, back.sent_on) == (NOVEMBER, None)
    assert broken(evaluations.give_back, desk, fresh, {"crew": 3}) == "praise.sent_already"
    found = praises.month_figures(desk, NOVEMBER)
    assert (found.sent, found.returned, found.return_rate) == (0, 0, None)
    assert evaluations.MonthForms(desk, NOVEMBER).count() == 1
    assert evaluations.scores_of(desk, fresh) == {}


@pytest.mark.row("A4")
def test_late_forms_are_called_about_once_and_every_figure_has_its_list(desk, clock) -> None:
    for n in range(4):
        a_completed_site(desk, f"客户{n}", date(2026, 11, n + 1))
    forms = evaluations.send_batch(desk, NOVEMBER)
    assert evaluations.remind(desk, NOVEMBER) == 0
    clock.at = clock.at.add(days=desk.policy.evaluation_days)
    assert praises.month_figures(desk, NOVEMBER).late == 0, "the last day is in time"
    clock.at = clock.at.add(days=1)
    evaluations.give_back(desk, forms[0], {"designer": 4})
    found = praises.month_figures(desk, NOVEMBER)
    assert (found.sent, found.returned, found.late) == (4, 1, 3)
    for which, ids in (("sent", forms), ("returned", forms[:1]), ("out", forms[1:]), ("late", forms[1:])):
        listed = evaluations.MonthForms(desk, NOVEMBER, which)
        assert [row.evaluation.id for row in listed.first(9)] == [one.id for one in ids]
        assert listed.count() == len(ids)
    assert [evaluations.remind(desk, NOVEMBER) for _ in range(2)] == [3, 0]
    with desk.read() as work:
        calls = [call for call in work.calls.all() if call.kind == "callback"]
    assert {call.client_id for call in calls} == {one.client_id for one in forms[1:]}
    clock.at = clock.at.add(days=2 * submissions.KEPT_DAYS)
    with desk.store.write("test") as work:
        submissions.sweep(work, work.now.subtract(days=submissions.KEPT_DAYS))
    assert evaluations.remind(desk, NOVEMBER) == 0, "not again when its key would have been forgotten"
    clock.at = clock.at.subtract(days=2 * submissions.KEPT_DAYS)
    assert praises.month_figures(desk, date(2026, 12, 1)).rate_before == 0.25


@pytest.mark.row("A4")
def test_a_month_in_figures_and_its_forms_page_by_page(desk) -> None:
    for n in range(5):
        a_completed_site(desk, f"客户{n}", date(2026, 11, n + 1))
    forms = evaluations.send_batch(desk, NOVEMBER)
    evaluations.give_back(desk, forms[0], {"designer": 4, "crew": 5})
    evaluations.give_back(desk, forms[1], {"designer": 2})
    praises.add(desk, Praise(staff_id=builders.a_member(desk).id))
    found = praises.month_figures(desk, NOVEMBER)
    assert (found.sent, found.returned, found.return_rate, found.praised, found.reported) == (5, 2, 0.4, 1, 0)
    assert found.by_trade == {"designer": (3.0, 2), "crew": (5.0, 1)}
    source, ids = evaluations.MonthForms(desk, NOVEMBER), [one.id for one in forms]
    page = source.first(2)
    assert [row.evaluation.id for row in page] == ids[:2]
    assert page[0].scores == {"designer": 4, "crew": 5} and page[0].completed_on == date(2026, 11, 1)
    assert [row.evaluation.id for row in source.after(page[-1], 2)] == ids[2:4]
    assert [row.evaluation.id for row in source.before(page[1], 2)] == ids[:1]
    assert [row.evaluation.id for row in source.last(2)] == ids[-2:]
    assert [row.evaluation.id for row in source.at(3, 9)] == ids[3:]
