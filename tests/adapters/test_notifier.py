"""Notices over the wire, each way of failing told from the others, and no token in any of it (row N1)."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from email.header import decode_header, make_header

import pytest

from deskapp.adapters import notifier
from deskapp.adapters.notifier import Failure
from tests.mail_servers import SmtpServer, free_port, smtp_server
from tests.notice_receiver import CUT_OFF, Receiver, a_receiver

pytestmark = [pytest.mark.row("N1"), pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")]
TOKEN = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
TITLE, BODY, KEY = "新投诉 TS20261123-0001", "赵刚,张伟明来投诉:卫生间漏水\n第二行 <b>&{}%s", "deskapp-7"


@pytest.fixture
def web() -> Iterator[Receiver]:
    with a_receiver() as one:
        yield one


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with smtp_server() as one:
        yield one


def sent(url: str, seconds: float = 20.0) -> Failure | None:
    return notifier.send(url, TITLE, BODY, KEY, seconds)


def why(url: str, seconds: float = 20.0) -> tuple[str, str]:
    failed = sent(url, seconds)
    assert failed is not None and TOKEN not in f"{failed.why}{failed.host}"
    return failed.code, failed.kind


def by_mail(mail: SmtpServer, more: str = "") -> str:
    return f"mailto://127.0.0.1:{mail.port}/zhao%40haitang.example?from=kefu@haitang.example{more}"


def test_a_letter_arrives_whole_with_its_name(mail):
    assert sent(by_mail(mail)) is None
    [letter] = mail.taken
    assert str(make_header(decode_header(letter["Subject"]))) == TITLE
    assert letter.get_payload(decode=True).decode().replace("\r\n", "\n").strip() == BODY
    assert (letter["To"], letter["From"]) == ("zhao@haitang.example", "kefu@haitang.example")
    assert letter["Idempotency-Key"] == KEY


@pytest.mark.parametrize(
    ("at", "said", "code", "kind"),
    [
        ("to_recipient", "550 5.1.1 no such user", "refused", "lasting"),
        ("to_recipient", "450 mailbox busy", "refused", "temporary"),
        ("says", "554 looks like spam", "refused", "lasting"),
        ("says", "451 try later", "refused", "temporary"),
        ("says", "drop", "probe.protocol", "temporary"),
    ],
)
def test_a_mail_servers_no_is_heard(mail, at, said, code, kind):
    getattr(mail, at).append(said)
    failed = sent(by_mail(mail))
    assert (failed.code, failed.kind) == (code, kind) and not mail.taken
    if said != "drop":
        assert said in failed.why


def test_a_mail_server_that_wants_another_login_or_tls(mail):
    url = by_mail(mail).replace("mailto://", f"mailto://kefu:{TOKEN}@")
    assert why(url) == ("probe.not_offered", "temporary")
    assert why(by_mail(mail, "&mode=starttls")) == ("probe.not_offered", "temporary")
    assert why(by_mail(mail, "&mode=ssl"))[0] in ("probe.no_tls", "probe.protocol")


def test_a_webhook_gets_title_words_and_name(web):
    assert sent(f"json://127.0.0.1:{web.port}/{TOKEN}") is None
    assert (web.got[0]["title"], web.got[0]["message"], web.keys) == (TITLE, BODY, [KEY])


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        *((400, "refused", "lasting"), (401, "token", "temporary"), (404, "path", "temporary")),
        *((429, "busy", "temporary"), (500, "broken", "temporary"), (CUT_OFF, "probe.protocol", "temporary")),
    ],
)
def test_a_webhooks_no_is_heard(web, answer, code, kind):
    web.answer = answer
    assert why(f"json://127.0.0.1:{web.port}/{TOKEN}") == (code, kind)


def test_nobody_there_no_such_name_and_no_answer(monkeypatch):
    monkeypatch.setattr(notifier, "READ_S", 0.3)
    assert why(f"json://127.0.0.1:{free_port()}/{TOKEN}")[0] == "probe.refused"
    assert why(f"mailto://127.0.0.1:{free_port()}/a@b.cn?from=c@d.cn&x={TOKEN}")[0] == "probe.refused"
    assert why(f"json://kein-solcher-name.invalid/{TOKEN}")[0] == "probe.name"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert why(f"json://127.0.0.1:{silent.getsockname()[1]}/{TOKEN}")[0] == "probe.timeout"
        assert why(f"jsons://127.0.0.1:{silent.getsockname()[1]}/{TOKEN}", 0.2)[0] == "timeout"


def test_another_kind_of_server_is_none():
    with socket.create_server(("127.0.0.1", 0)) as other:
        import threading

        def serve() -> None:
            opened, _ = other.accept()
            with opened:
                opened.recv(1000)
                opened.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        threading.Thread(target=serve, daemon=True).start()
        assert why(f"json://127.0.0.1:{other.getsockname()[1]}/{TOKEN}")[0] == "probe.protocol"


ROBOTS = [
    ("wecombot", "wecombot", "NotifyWeComBot", "api_url", b'{"errcode":0}', b'{"errcode":93000,"errmsg":"bad %s"}'),
    ("dingtalk", "dingtalk", "NotifyDingTalk", "notify_url", b'{"errcode":0}', b'{"errcode":310000,"errmsg":"%s"}'),
    ("feishu", "feishu", "NotifyFeishu", "notify_url", b'{"code":0}', b'{"code":19024,"msg":"Key %s"}'),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "module", "name", "at", "yes", "no"), ROBOTS)
def test_a_yes_that_says_no_is_a_no(web, monkeypatch, scheme, module, name, at, yes, no):
    import importlib

    service = getattr(importlib.import_module(f"apprise.plugins.{module}"), name)
    home = f"http://127.0.0.1:{web.port}/hook"
    if at == "api_url":
        begun = service.__init__

        def begin(self, *args, **more):
            begun(self, *args, **more)
            self.api_url = home

        monkeypatch.setattr(service, "__init__", begin)
    else:
        monkeypatch.setattr(service, at, home)
    url = f"{scheme}://{TOKEN.replace('-', '')}"
    web.body = no % TOKEN.replace("-", "").encode()
    failed = sent(url)
    assert (failed.code, failed.kind) == ("refused", "lasting")
    assert TOKEN.replace("-", "") not in failed.why and failed.why.split()[0].isdigit()
    web.body = b"<html>please sign in to the network</html>"
    assert why(url) == ("garbage", "temporary")
    web.body = yes
    assert sent(url) is None


@pytest.mark.parametrize("url", ["", "nonsense", f"nonsense://{TOKEN}", "json://", "wecombot://"])
def test_what_is_no_address(url):
    assert why(url) == ("url", "lasting")


def test_nothing_of_it_is_written_into_a_log(web):
    written: list[str] = []

    class Log(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(f"{record.name} {record.getMessage()}")

    log, root = Log(), logging.getLogger()
    root.addHandler(log)
    try:
        assert sent(f"json://127.0.0.1:{web.port}/{TOKEN}") is None
        web.answer = 500
        assert why(f"json://127.0.0.1:{web.port}/{TOKEN}")[0] == "broken"
    finally:
        root.removeHandler(log)
    assert not [line for line in written if line.startswith("apprise") or BODY in line]
