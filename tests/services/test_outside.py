"""The outside as it is set: checked by the field, without secrets; those are kept where only this desk reads them."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.adapters import secrets
from deskapp.domain import outside as rules
from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.outside import PARTS, Asterisk, Cti, Mail, Notices
from deskapp.services import outside
from tests import builders

pytestmark = pytest.mark.row("C5", "C6", "N1")


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch) -> None:
    monkeypatch.setenv("DESKAPP_KEYRING", "0")


@pytest.mark.parametrize("kind", PARTS.values())
def test_what_is_written_is_read(kind) -> None:
    part = replace(kind(), on=False)
    assert rules.from_json(kind, rules.to_json(part)) == part


@given(st.text(max_size=200), st.sampled_from(sorted(PARTS)))
def test_any_text_is_read_as_something_possible(text, name) -> None:
    rules.check_part(replace(rules.from_json(PARTS[name], text), on=False))


@pytest.mark.parametrize(
    ("part", "code", "field"),
    [
        (Asterisk(on=True, host="", user="desk"), "outside.missing", "asterisk.host"),
        (Asterisk(on=True), "outside.missing", "asterisk.user"),
        (Asterisk(host="pbx\r\nAction: Logoff"), "outside.value", "asterisk.host"),
        (Asterisk(user="desk\r\nAction: Logoff"), "outside.value", "asterisk.user"),
        (Cti(port=0), "outside.value", "cti.port"),
        (Cti(port=70_000), "outside.value", "cti.port"),
        (Mail(imap_tls="ssl3"), "outside.value", "mail.imap_tls"),
        (Mail(on=True), "outside.missing", "mail.imap_host"),
        (Mail(on=True, smtp_host="mail.example.com", sender="nobody"), "outside.missing", "mail.sender"),
        (Notices(most_attempts=0), "outside.value", "notices.most_attempts"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_field(part, code, field) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_part(part)
    assert (refused.value.code, refused.value.facts["field"]) == (code, field)


def test_a_part_is_kept_and_the_others_stay(desk) -> None:
    mail = Mail(on=True, imap_host="imap.example.com", imap_user="desk", sender="desk@example.com")
    outside.save_outside(desk, mail)
    outside.save_outside(desk, Asterisk(on=True, user="desk", queues="support,vip"))
    found = outside.read_outside(desk)
    assert (found.mail, found.asterisk.queues, found.cti) == (mail, "support,vip", Cti())


def test_who_may_not_set_up_the_outside_keeps_no_secret_either(desk, second_desk) -> None:
    with pytest.raises(NotAllowed):
        outside.save_outside(second_desk, Cti())
    with pytest.raises(NotAllowed):
        outside.keep_secret(second_desk, "cti_token", "geheim")
    assert outside.secret_of(second_desk, "cti_token") == ""


def test_a_secret_is_in_no_database_and_in_a_file_of_its_owner(desk, tmp_path) -> None:
    own = replace(desk, desk_dir=tmp_path / "desk")
    assert outside.where_secret(own, "asterisk_password") == ""
    assert outside.keep_secret(own, "asterisk_password", "s3cret-帐") == "file"
    assert outside.secret_of(own, "asterisk_password") == "s3cret-帐"
    assert outside.where_secret(own, "asterisk_password") == "file"
    assert stat.S_IMODE(os.stat(own.desk_dir / "secrets.toml").st_mode) == 0o600
    assert "s3cret" not in str(builders.audit_of(desk, "secret"))
    assert builders.audit_of(desk, "secret")[-1][2] == {"name": "asterisk_password", "kept": True}
    with desk.read() as work:
        assert work.settings.get("outside.asterisk", "") == ""
    outside.keep_secret(own, "asterisk_password", "")
    assert outside.where_secret(own, "asterisk_password") == ""


def test_the_environment_comes_first_and_a_file_others_may_read_is_not_read(tmp_path, monkeypatch) -> None:
    secrets.keep("imap_password", "from-file", tmp_path)
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", "from-environment")
    assert secrets.found("imap_password", tmp_path) == ("from-environment", "environment")
    monkeypatch.delenv("DESKAPP_IMAP_PASSWORD")
    assert secrets.found("imap_password", tmp_path) == ("from-file", "file")
    if os.name == "posix":
        os.chmod(tmp_path / "secrets.toml", 0o644)
        assert secrets.found("imap_password", tmp_path) == ("", "")


def test_a_broken_file_holds_nothing(tmp_path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_bytes(b"\xff\xfe not toml")
    os.chmod(path, 0o600)
    assert secrets.secret("cti_token", tmp_path) == ""


@pytest.mark.parametrize(("name", "value", "code"), [
    ("asterisk_password", "a\nb", "outside.secret_characters"),
    ("root_password", "x", "outside.secret_unknown"),
])  # fmt: skip
def test_no_other_secret_and_none_that_breaks_a_line(desk, name, value, code) -> None:
    with pytest.raises(RuleBroken) as refused:
        outside.keep_secret(desk, name, value)
    assert refused.value.code == code
