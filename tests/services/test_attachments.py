"""Files kept with records: read with care, named without harm, kept once, saved where nothing else lies."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from deskapp.domain.attachment import MOST_BYTES
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.services import attachments
from tests import builders

pytestmark = pytest.mark.row("S2")
JPG = b"\xff\xd8\xff\xe0" + b"picture" * 20


@pytest.fixture
def site(desk):
    return builders.a_site(desk, builders.a_client(desk))


def a_file(folder: Path, name: str, content: bytes = JPG) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_kept_and_comes_back_letter_for_letter(desk, site, tmp_path):
    one = attachments.add(desk, "site", site.id, a_file(tmp_path, "阳台 1.JPG"))
    assert (one.name, one.media, one.size) == ("阳台 1.JPG", "image/jpeg", len(JPG))
    assert one.added_by == desk.operator.id
    here = replace(desk, desk_dir=tmp_path / "desk")
    path = attachments.save_copy(here, one)
    assert path.read_bytes() == JPG
    assert path == tmp_path / "desk" / "attachments" / f"site-{site.id}-{one.id}.jpg"


def test_the_same_file_again_stays_one_and_the_same_content_is_stored_once(desk, site, tmp_path):
    photo = a_file(tmp_path, "a.jpg")
    first = attachments.add(desk, "site", site.id, photo)
    assert attachments.add(desk, "site", site.id, photo) == first
    other = attachments.add(desk, "site", site.id, a_file(tmp_path, "b.jpg"))
    assert (other.id != first.id, other.sha256) == (True, first.sha256)
    with desk.read() as work:
        assert work.attachments.count_of("site", [site.id, 99]) == {site.id: 2}
        blobs = work.connection.exec_driver_sql("SELECT count(*) FROM blobs").scalar_one()
    assert blobs == 1


@pytest.mark.parametrize(
    "name",
    [
        "a\x1b[2Jb.jpg",
        "\u202ephoto.jpg",
        "x" * 200 + ".jpg",
        "con.jpg",
        ".hidden.jpg",
        "a\nb.jpg",
        "a;rm -rf .jpg",
        "[red]x.jpg",
        "照" * 60 + ".jpg",
    ],
)
def test_hostile_names_are_kept_harmless_and_saved_under_names_of_our_own(desk, site, tmp_path, name):
    one = attachments.add(desk, "site", site.id, a_file(tmp_path, name))
    assert "/" not in one.name
    assert one.name.isprintable()
    assert not one.name.startswith(".")
    assert len(one.name) <= 120
    here = replace(desk, desk_dir=tmp_path / "desk")
    assert attachments.save_copy(here, one).parent == tmp_path / "desk" / "attachments"


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "..\\..\\x.jpg", "a\0b.jpg", "", "." * 50, "~root"]
)
def test_what_a_stored_name_says_leads_nowhere(desk, site, tmp_path, name):
    stored = attachments.add(desk, "site", site.id, a_file(tmp_path, "a.jpg"))
    here = replace(desk, desk_dir=tmp_path / "desk")
    forged = replace(stored, name=name, noun="../../../x", media="../../bin/sh")
    path = attachments.save_copy(here, forged)
    assert path.parent == tmp_path / "desk" / "attachments"
    assert path.name == f"file-{site.id}-{stored.id}.bin"


@pytest.mark.parametrize(
    ("code", "name", "content"),
    [
        ("attachments.type", "virus.exe", b"MZ"),
        ("attachments.type", "noending", JPG),
        ("attachments.mismatch", "fake.jpg", b"MZ this is a program"),
        ("attachments.mismatch", "fake.pdf", JPG),
        ("attachments.mismatch", "fake.txt", b"\x00\x01\x02"),
        ("attachments.mismatch", "fake.docx", JPG),
        ("attachments.empty", "empty.jpg", b""),
    ],
)
def test_what_is_no_photo_and_no_paper_is_refused(desk, site, tmp_path, code, name, content):
    with pytest.raises(RuleBroken) as refused:
        attachments.add(desk, "site", site.id, a_file(tmp_path, name, content))
    assert refused.value.code == code
    with desk.read() as work:
        assert work.attachments.of("site", site.id) == []


def test_what_is_no_file_or_not_there_is_refused_at_once(desk, site, tmp_path):
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    for path, code in (
        (tmp_path, "attachments.no_file"),
        (pipe, "attachments.no_file"),
        (tmp_path / "gone.jpg", "attachments.unreadable"),
        ("a\0b.jpg", "attachments.unreadable"),
    ):
        with pytest.raises(RuleBroken) as refused:
            attachments.add(desk, "site", site.id, path)
        assert refused.value.code == code


def test_too_big_a_file_is_refused_without_reading_it(desk, site, tmp_path):
    big = tmp_path / "big.jpg"
    with big.open("wb") as stream:
        stream.write(JPG)
        stream.truncate(MOST_BYTES + 1)
    with pytest.raises(RuleBroken, match=r"attachments\.too_big"):
        attachments.add(desk, "site", site.id, big)


def test_all_or_none_and_only_with_what_is_there(desk, site, tmp_path):
    good, bad = a_file(tmp_path, "a.jpg"), a_file(tmp_path, "b.exe", b"MZ")
    with pytest.raises(RuleBroken):
        attachments.add_all(desk, "site", site.id, [good, bad])
    with pytest.raises(LookupError):
        attachments.add(desk, "site", 9999, good)
    with pytest.raises(RuleBroken, match=r"attachments\.noun"):
        attachments.add(desk, "operator", 1, good)
    with desk.read() as work:
        assert work.attachments.of("site", site.id) == []


@pytest.mark.row("P1")
def test_two_desks_may_keep_the_same_content_at_once(desk, second_desk, site, tmp_path):
    photo = attachments.read(a_file(tmp_path, "a.jpg"))
    with desk.store.write("attachment.add", desk.operator) as work:
        attachments.keep(work, "site", site.id, [photo])
    other = builders.a_site(desk, site.client_id)
    with second_desk.store.write("attachment.add", second_desk.operator) as work:
        (one,) = attachments.keep(work, "site", other.id, [photo])
        assert work.attachments.content(one.sha256) == JPG


def test_a_desk_without_a_folder_says_so(desk, site, tmp_path):
    one = attachments.add(desk, "site", site.id, a_file(tmp_path, "a.jpg"))
    with pytest.raises(StorageFailed, match=r"attachments\.no_folder"):
        attachments.save_copy(replace(desk, desk_dir=None), one)
    (tmp_path / "desk").write_bytes(b"a file where the folder should be")
    with pytest.raises(StorageFailed, match=r"attachments\.not_saved"):
        attachments.save_copy(replace(desk, desk_dir=tmp_path / "desk"), one)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_paths_are_read_as_people_type_paste_and_drop_them(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    spaced = a_file(tmp_path, "my photo.jpg")
    plain = a_file(tmp_path, "a.jpg")
    for typed, found in (
        ("", []),
        (f"  {plain} ", [plain]),
        (str(spaced), [spaced]),
        (f"'{spaced}' {plain}", [spaced, plain]),
        (f'"{spaced}"', [spaced]),
        (str(spaced).replace(" ", "\\ "), [spaced]),
        (f"file://{str(spaced).replace(' ', '%20')} {plain}", [spaced, plain]),
        ("~/a.jpg", [plain]),
        ("it's.jpg", [Path("it's.jpg")]),
        ("a\0b", [Path("a\0b")]),
    ):
        assert attachments.paths_of(typed) == found, typed


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_path_is_completed_as_far_as_the_folder_leaves_no_choice(desk, tmp_path):
    a_file(tmp_path, "balcony-1.jpg")
    a_file(tmp_path, "balcony-2.jpg")
    a_file(tmp_path, ".hidden.jpg")
    (tmp_path / "papers").mkdir()
    assert attachments.completed(f"{tmp_path}/b") == f"{tmp_path}/balcony-"
    assert attachments.completed(f"{tmp_path}/balcony-1") == f"{tmp_path}/balcony-1.jpg"
    assert attachments.completed(f"{tmp_path}/pa") == f"{tmp_path}/papers/"
    assert attachments.completed(f"/etc/hostname {tmp_path}/pa") == f"/etc/hostname {tmp_path}/papers/"
    assert attachments.completed(f"{tmp_path}/zz") == f"{tmp_path}/zz"
    assert attachments.completed(f"{tmp_path}/gone/x") == f"{tmp_path}/gone/x"
    assert attachments.completed("a\0/b") == "a\0/b"
