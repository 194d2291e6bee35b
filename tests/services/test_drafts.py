"""Drafts: one private file a form, whole or not there, each operator's own, gone when filed."""

import os
import time
from dataclasses import replace

import pytest

from deskapp.domain.errors import StorageFailed
from deskapp.services import drafts, slips
from tests import builders

pytestmark = [pytest.mark.row("P3"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

FORM = "complaint-1"


@pytest.fixture
def desk(desk, tmp_path):
    return replace(desk, desk_dir=tmp_path)


def files_of(desk):
    return sorted((desk.desk_dir / "drafts").iterdir())


def test_what_was_kept_comes_back(desk, clock):
    drafts.keep(desk, FORM, {"words": "卫生间漏水\n要求维修", "category": 3, "who": None})
    kept = drafts.kept(desk, FORM)
    assert kept.values == {"words": "卫生间漏水\n要求维修", "category": 3, "who": None}
    assert (kept.form, kept.at) == (FORM, clock.at)


def test_the_newer_one_counts_and_leaves_no_scraps(desk):
    drafts.keep(desk, FORM, {"words": "卫"})
    drafts.keep(desk, FORM, {"words": "卫生间"})
    assert drafts.kept(desk, FORM).values == {"words": "卫生间"}
    assert len(files_of(desk)) == 1


def test_forgotten_is_gone_and_can_be_forgotten_again(desk):
    drafts.keep(desk, FORM, {"words": "卫生间"})
    drafts.forget(desk, FORM)
    drafts.forget(desk, FORM)
    assert drafts.kept(desk, FORM) is None
    assert files_of(desk) == []


def test_nobody_else_may_read_it(desk):
    drafts.keep(desk, FORM, {"words": "卫生间"})
    assert [file.stat().st_mode & 0o777 for file in files_of(desk)] == [0o600]
    assert (desk.desk_dir / "drafts").stat().st_mode & 0o077 == 0


def test_another_operator_is_offered_none_of_them(desk):
    drafts.keep(desk, FORM, {"words": "卫生间"})
    other = builders.seat(desk, builders.AGENT)
    assert drafts.kept(other, FORM) is None
    assert drafts.kept_of(other, "complaint-") == []


def test_another_company_is_offered_none_of_them(desk, monkeypatch):
    drafts.keep(desk, FORM, {"words": "卫生间"})
    monkeypatch.setattr(desk.store, "url", "sqlite:////elsewhere.db")
    assert drafts.kept(desk, FORM) is None


def test_a_changed_database_password_loses_none(desk, monkeypatch):
    monkeypatch.setattr(desk.store, "url", "postgresql://desk:one@db/deskapp")
    drafts.keep(desk, FORM, {"words": "卫生间"})
    monkeypatch.setattr(desk.store, "url", "postgresql://desk:two@db/deskapp")
    assert drafts.kept(desk, FORM) is not None


def test_drafts_of_one_kind_are_listed_the_newest_first(desk, clock):
    for number in ("1", "2", "3"):
        drafts.keep(desk, f"complaint-{number}", {"words": number})
        clock.at = clock.at.add(minutes=1)
    drafts.keep(desk, "act-7-respond", {"words": "答复"})
    assert [one.values["words"] for one in drafts.kept_of(desk, "complaint-")] == ["3", "2", "1"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"at": 1}', b'{"form":"x","at":"?","values":{}}', b"\xff"]
)
def test_a_broken_file_is_no_draft_and_no_error(desk, content):
    drafts.keep(desk, FORM, {"words": "卫生间"})
    files_of(desk)[0].write_bytes(content)
    assert drafts.kept(desk, FORM) is None
    assert drafts.kept_of(desk, "complaint-") == []


def test_cut_off_while_writing_the_earlier_one_stays(desk, monkeypatch):
    drafts.keep(desk, FORM, {"words": "卫生间"})

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(StorageFailed) as failed:
        drafts.keep(desk, FORM, {"words": "卫生间漏水"})
    assert failed.value.facts["why"] == "No space left on device"
    assert drafts.kept(desk, FORM).values == {"words": "卫生间"}
    assert len(files_of(desk)) == 1


def test_a_form_s_name_cannot_lead_out_of_the_folder(desk):
    drafts.keep(desk, "../../etc/" + "x" * 300, {"words": "a"})
    assert [file.parent for file in files_of(desk)] == [desk.desk_dir / "drafts"]


@pytest.mark.parametrize("words", ["\ud83d", "\x00\x1b[31m", "\u202e单", "'\"\\", "a" * 100_000])
def test_any_text_comes_back_as_it_was(desk, words):
    drafts.keep(desk, FORM, {"words": words})
    assert drafts.kept(desk, FORM).values == {"words": words}


def test_without_a_folder_nothing_is_kept(desk):
    homeless = replace(desk, desk_dir=None)
    drafts.keep(homeless, FORM, {"words": "a"})
    drafts.forget(homeless, FORM)
    assert drafts.kept(homeless, FORM) is None
    assert drafts.kept_of(homeless, "complaint-") == []


def test_before_anybody_sits_here_a_draft_is_nobody_else_s(desk):
    nobody = replace(desk, operator=None)
    drafts.keep(nobody, "first-start", {"company": "海棠装饰"})
    assert drafts.kept(nobody, "first-start").values == {"company": "海棠装饰"}
    assert drafts.kept(desk, "first-start") is None


def test_what_nobody_came_back_to_for_a_month_is_swept_whoever_s_it_is(desk):
    other = builders.seat(desk, builders.AGENT)
    drafts.keep(desk, "old", {"words": "a"})
    drafts.keep(other, "old", {"words": "b"})
    drafts.keep(desk, "new", {"words": "c"})
    (desk.desk_dir / "drafts" / ".scrap.json.123").write_text("{")
    long_ago = time.time() - desk.policy.retention_days["drafts"] * 86_400 - 60
    for file in files_of(desk):
        if "old" in file.name or file.name.startswith("."):
            os.utime(file, (long_ago, long_ago))
    assert drafts.sweep(desk) == 3
    assert drafts.kept(desk, "new") is not None
    assert len(files_of(desk)) == 1
    assert drafts.sweep(replace(desk, desk_dir=None)) == 0


@pytest.mark.row("T2")
def test_a_slip_is_written_under_its_number(desk):
    ticket = builders.a_complaint(desk)
    path = slips.save_slip(desk, ticket.id)
    assert path == desk.desk_dir / "slips" / "TS20261123-0001.txt"
    assert path.read_text(encoding="utf-8") == slips.slip_text(desk, ticket.id)
    assert "张伟明" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.row("T2")
def test_a_number_from_elsewhere_cannot_lead_out_of_the_folder(desk):
    ticket = builders.a_complaint(desk)
    with desk.write("ticket.move") as work:
        work.tickets.save(replace(work.tickets.find(ticket.id), number="../../旧系统/1"))
    path = slips.save_slip(desk, ticket.id)
    assert path.parent == desk.desk_dir / "slips"


@pytest.mark.row("T2")
def test_a_slip_that_cannot_be_written_says_why(desk):
    ticket = builders.a_complaint(desk)
    (desk.desk_dir / "slips").write_text("in the way")
    with pytest.raises(StorageFailed) as failed:
        slips.save_slip(desk, ticket.id)
    assert failed.value.code == "slip.not_saved"


def test_a_slip_of_nothing_is_an_error(desk):
    with pytest.raises(LookupError):
        slips.save_slip(desk, 999)
