"""Connections tried from the settings: with typed secrets or kept ones, by whoever may, each part's own faults."""

from __future__ import annotations

import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deskapp.domain.errors import NotAllowed, RuleBroken
from deskapp.domain.outside import CHANNELS, Asterisk, Mail, Notices
from deskapp.services import outside, probing
from tests import builders

pytestmark = [
    pytest.mark.row("C5", "C6", "N1"),
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated"),
]


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch) -> None:
    monkeypatch.setenv("DESKAPP_KEYRING", "0")


@pytest.fixture
def own(desk, tmp_path):
    """A desk whose secrets are its own."""
    return replace(desk, desk_dir=tmp_path)


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args) -> None:
        """Say nothing."""


@pytest.fixture
def web():
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    server.paths = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_who_may_not_set_up_may_not_send_secrets_anywhere(second_desk) -> None:
    with pytest.raises(NotAllowed):
        probing.probe(second_desk, Asterisk(host="evil.example", user="desk"), {})


def test_what_cannot_be_is_not_tried(own) -> None:
    with pytest.raises(RuleBroken):
        probing.probe(own, Asterisk(port=0), {})


def test_no_server_and_no_address_are_said(own) -> None:
    assert [one.code for one in probing.probe(own, Mail(), {})] == ["probe.no_mail"]
    (found,) = probing.probe(own, Notices(), {})
    assert (found.well, found.code, found.facts["channel"]) == (False, "probe.no_url", list(CHANNELS))


def test_each_channel_is_tried_and_the_typed_address_goes_before_the_kept_one(own, web) -> None:
    outside.keep_secret(own, "notice_url_sms", "json://127.0.0.1:1/old")
    typed = {f"notice_url_{name}": f"json://127.0.0.1:{web.server_port}/{name}" for name in ("sms", "wecom")}
    found = probing.probe(own, Notices(), typed)
    assert [(one.code, one.well) for one in found] == [
        ("probe.notice_sent", True),
        ("probe.notice_sent", True),
        ("probe.no_url", True),
    ]
    assert sorted(path.partition("?")[0] for path in web.paths) == ["/sms", "/wecom"]


def test_an_address_that_asks_for_a_receiver_goes_to_whoever_tests(own, web) -> None:
    typed = {"notice_url_sms": f"json://127.0.0.1:{web.server_port}/to/{{phone}}"}
    assert probing.probe(own, Notices(), typed)[0].code == "probe.needs_person"
    assert web.paths == []
    member = builders.a_member(own, "李敏", phone="13800138000")
    with own.write("operator.save") as work:
        mine = work.operators.find(own.operator.id)
        mine = work.operators.save(replace(mine, staff_id=member.id), known=mine)
    assert probing.probe(own.signed_in(mine), Notices(), typed)[0].code == "probe.notice_sent"
    assert "13800138000" in web.paths[0]
