"""Connections tried against real servers on the loopback: each fault is told from the others."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from deskapp.adapters import imap, probe, smtp
from deskapp.adapters.probe import ProbeFailed
from deskapp.domain.outside import Asterisk, Cti, Mail
from tests.adapters.test_cti import TOKEN, listening

pytestmark = [pytest.mark.row("C5", "C6", "N1"), pytest.mark.timeout(60)]
SECRET = "geheim-77"


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    for module, name in ((imap, "TIMEOUT_S"), (smtp, "TIMEOUT_S"), (probe, "PATIENCE_S")):
        monkeypatch.setattr(module, name, 1.0)


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server that treats each connection so."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                opened, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=guarded, args=(opened,), daemon=True).start()

    def guarded(opened: socket.socket) -> None:
        try:
            serve(opened)
        except OSError:
            pass

    threading.Thread(target=run, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def silent(opened: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    while opened.recv(1000):
        pass


def another(opened: socket.socket) -> None:
    """Be a server of some other kind."""
    opened.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    opened.recv(1000)
    opened.close()


def closed_port() -> int:
    """A port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def ways(port: int, host: str = "127.0.0.1", tls: str = "none") -> dict[str, Callable[[], Any]]:
    """Every server that is tried, at one address."""
    mail = Mail(True, host, port, tls, "desk", "INBOX", host, port, tls, "desk", "desk@example.com")
    return {
        "asterisk": lambda: probe.asterisk(Asterisk(True, host, port, "desk"), SECRET),
        "imap": lambda: probe.mailbox(mail, SECRET),
        "smtp": lambda: probe.mail_server(mail, SECRET),
    }


def fault(test: Callable[[], Any]) -> str:
    """The code of what is wrong; no secret is in it."""
    with pytest.raises(ProbeFailed) as failed:
        test()
    assert SECRET not in str(failed.value)
    return failed.value.code


@pytest.mark.parametrize("kind", ["asterisk", "imap", "smtp"])
def test_each_way_of_not_being_there(kind) -> None:
    assert fault(ways(closed_port())[kind]) == "probe.refused"
    assert fault(ways(5038, "kein-solcher-name.invalid")[kind]) == "probe.name"
    assert fault(ways(5038, "a" * 70 + ".example")[kind]) == "probe.name"
    with server(silent) as port:
        assert fault(ways(port)[kind]) == "probe.timeout"
    with server(another) as port:
        assert fault(ways(port)[kind]) == "probe.protocol"
    with server(socket.socket.close) as port:
        assert fault(ways(port)[kind]) == "probe.protocol"


@pytest.mark.parametrize("kind", ["imap", "smtp"])
def test_a_server_without_tls_is_told_from_one_with_a_wrong_certificate(kind, tmp_path) -> None:
    with server(another) as port:
        assert fault(ways(port, tls="tls")[kind]) == "probe.no_tls"
    with tls_server(certificate(tmp_path, "127.0.0.1", 1)) as port:
        assert fault(ways(port, tls="tls")[kind]) == "probe.tls_unknown"


@pytest.mark.parametrize("kind", ["imap", "smtp"])
@pytest.mark.parametrize(("name", "days", "code"), [
    ("mail.example.com", 1, "probe.tls_host"),
    ("127.0.0.1", -1, "probe.tls_expired"),
])  # fmt: skip
def test_a_certificate_of_a_trusted_issuer_may_be_wrong(
    kind, name, days, code, tmp_path, monkeypatch
) -> None:
    path = certificate(tmp_path, name, days)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with tls_server(path) as port:
        assert fault(ways(port, tls="tls")[kind]) == code


@contextmanager
def tls_server(path: Path) -> Iterator[int]:
    """A server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def shaken(opened: socket.socket) -> None:
        with context.wrap_socket(opened, server_side=True) as safe:
            safe.sendall(b"* OK ready\r\n")

    with server(shaken) as port:
        yield port


def certificate(folder: Path, host: str, days: int) -> Path:
    """A certificate signed by itself, that ends so many days from now, with its key."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    said = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=5))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([said]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}{days}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


class _Box:
    async def handle_MAIL(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802
        envelope.mail_from = address
        return "553 not yours" if address.startswith("boss") else "250 ok"


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize(("password", "sender", "code"), [
    (SECRET, "desk@example.com", ""),
    ("wrong", "desk@example.com", "probe.login"),
    (SECRET, "boss@example.com", "probe.sender"),
])  # fmt: skip
def test_a_mail_server_says_who_may_send(password, sender, code) -> None:
    def known(_server, _session, _envelope, _mechanism, data) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"desk", SECRET.encode()), handled=False)

    running = Controller(
        _Box(), "127.0.0.1", closed_port(), authenticator=known, auth_require_tls=False, auth_required=True
    )
    running.start()
    mail = Mail(
        True, smtp_host="127.0.0.1", smtp_port=running.port, smtp_tls="none", smtp_user="desk", sender=sender
    )
    try:
        if code:
            assert fault(lambda: probe.mail_server(mail, password)) == code
        else:
            probe.mail_server(mail, password)
    finally:
        running.stop()


def test_starttls_that_is_not_offered() -> None:
    running = Controller(_Box(), "127.0.0.1", closed_port())
    running.start()
    mail = Mail(
        True, smtp_host="127.0.0.1", smtp_port=running.port, smtp_tls="starttls", sender="a@example.com"
    )
    try:
        assert fault(lambda: probe.mail_server(mail, SECRET)) == "probe.not_offered"
    finally:
        running.stop()


def pbx(
    refused: str = "", queues: tuple[str, ...] = ("support",), originate: bool = True
) -> Callable[..., None]:
    """Asterisk's manager interface as it answers the questions of a test."""

    def answer(action: str) -> bytes:
        if action == refused:
            words = "Authentication failed" if action == "Login" else "Permission denied"
            return f"Response: Error\r\nMessage: {words}\r\n\r\n".encode()
        if action == "QueueStatus":
            listed = "".join(f"Event: QueueParams\r\nQueue: {one}\r\n\r\n" for one in queues)
            return f"Response: Success\r\n\r\n{listed}Event: QueueStatusComplete\r\n\r\n".encode()
        if action == "ListCommands" and originate:
            return b"Event: FullyBooted\r\n\r\nResponse: Success\r\nOriginate: Originate a call.\r\n\r\n"
        return b"Response: Success\r\nPing: Keepalive.\r\n\r\n"

    def serve(opened: socket.socket) -> None:
        opened.sendall(b"Asterisk Call Manager/11.0.0\r\n")
        read = opened.makefile("rb")
        for line in read:
            if line.startswith(b"Action: "):
                opened.sendall(answer(line.split()[1].decode()))

    return serve


@pytest.mark.parametrize(("serve", "code"), [
    (pbx("Login"), "probe.login"),
    (pbx("QueueStatus"), "probe.no_rights"),
    (pbx(originate=False), "probe.no_rights"),
    (pbx(queues=("sales",)), "probe.queue"),
])  # fmt: skip
def test_a_telephone_system_that_refuses(serve, code) -> None:
    with server(serve) as port:
        asked = Asterisk(True, "127.0.0.1", port, "desk", queues="support")
        assert fault(lambda: probe.asterisk(asked, SECRET)) == code


def test_a_telephone_system_that_is_well() -> None:
    with server(pbx(queues=("support", "vip"))) as port:
        asked = Asterisk(True, "127.0.0.1", port, "desk", queues="vip, support")
        assert probe.asterisk(asked, SECRET) == ("11.0.0", 2)
        assert fault(lambda: probe.asterisk(asked, "a\r\nAction: Originate")) == "outside.secret_characters"


def test_the_webhooks_port_free_ours_anothers() -> None:
    assert probe.webhook(Cti(True, "127.0.0.1", closed_port()), TOKEN) == "free"
    assert fault(lambda: probe.webhook(Cti(True, "127.0.0.1", closed_port()), "")) == "probe.no_token"
    assert (
        fault(lambda: probe.webhook(Cti(True, "192.0.2.1", closed_port()), TOKEN)) == "probe.not_this_machine"
    )
    heard: list[Any] = []
    with listening(heard.append) as webhook:
        part = Cti(True, "127.0.0.1", webhook.port)
        assert probe.webhook(part, TOKEN) == "ours"
        assert fault(lambda: probe.webhook(part, "another")) == "probe.other_token"
    with server(another) as port:
        assert fault(lambda: probe.webhook(Cti(True, "127.0.0.1", port), TOKEN)) == "probe.port_taken"


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802
        self.server.heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, ""),
        (401, "notice_out.error.token"),
        (404, "notice_out.error.path"),
        (500, "notice_out.error.broken"),
    ],
)
def test_a_message_goes_through_a_channel_or_says_why_not(status, code) -> None:
    web = HTTPServer(("127.0.0.1", 0), _Hook)
    web.heard, web.status = [], status  # type: ignore[attr-defined]
    threading.Thread(target=web.serve_forever, daemon=True).start()
    url = f"json://127.0.0.1:{web.server_port}/{SECRET}"
    try:
        if code:
            assert fault(lambda: probe.notice("wecom", url, "测试", "你好")) == code
        else:
            probe.notice("wecom", url, "测试", "你好")
        assert "\\u4f60" in web.heard[0] or "你好" in web.heard[0]  # type: ignore[attr-defined]
    finally:
        web.shutdown()
        web.server_close()
    assert fault(lambda: probe.notice("wecom", f"nonsense://{SECRET}", "a", "b")) == "notice_out.error.url"
