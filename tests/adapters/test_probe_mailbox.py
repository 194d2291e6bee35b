"""A mailbox tried against a real server: wrong password, wrong folder, security it does not have, and well (C6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from deskapp.adapters import imap, probe
from deskapp.adapters.probe import ProbeFailed
from tests.mail_servers import PASSWORD, USER, ImapServer, imap_server, mail_at

pytestmark = [pytest.mark.row("C6"), pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def box() -> Iterator[ImapServer]:
    with imap_server() as one:
        yield one


@pytest.mark.parametrize(
    ("fields", "password", "code", "facts"),
    [
        ({}, "wrong-Pass77", "probe.login", {"user": USER}),
        ({"imap_user": "nobody"}, PASSWORD, "probe.login", {"user": "nobody"}),
        ({"folder": "投诉"}, PASSWORD, "probe.folder", {"folder": "投诉"}),
        ({"imap_tls": "starttls"}, PASSWORD, "probe.not_offered", {}),
        ({"imap_tls": "tls"}, PASSWORD, "probe.no_tls", {}),
    ],
)
def test_each_fault_of_a_mailbox_is_named(box, monkeypatch, fields, password, code, facts):
    monkeypatch.setattr(imap, "TIMEOUT_S", 3.0)
    with pytest.raises(ProbeFailed) as failed:
        probe.mailbox(replace(mail_at(imap=box.port), **fields), password)
    assert failed.value.code == code
    assert (
        facts.items() <= failed.value.facts.items() and f"127.0.0.1:{box.port}" == failed.value.facts["host"]
    )
    assert password not in str(failed.value.facts)


def test_a_mailbox_that_is_well_says_how_many_letters_it_has(box):
    assert probe.mailbox(mail_at(imap=box.port), PASSWORD) == 0
    box.put(b"From: a@b.cn\r\nSubject: x\r\n\r\ny\r\n")
    assert probe.mailbox(mail_at(imap=box.port), PASSWORD) == 1
    assert box.unseen() == 1, "looked at, not read"
