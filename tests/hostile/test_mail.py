"""Letters that mean harm: whatever is in them, they are read soon, and what is written back is one letter to one."""

import time
from email import message_from_bytes

import pendulum
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deskapp.adapters.smtp import message_of
from deskapp.domain import mail as rules
from deskapp.domain.attachment import LONGEST_NAME
from deskapp.domain.errors import RuleBroken
from deskapp.domain.mail import Outgoing
from deskapp.domain.mail_html import text_of
from deskapp.domain.mail_reader import read_letter
from deskapp.services.mail import keep
from tests.hostile import TIMES, examples

pytestmark = pytest.mark.row("C6")
HEAD = b"From: a@b.c\r\nTo: desk@x.y\r\nSubject: s\r\nMessage-ID: <1@a>\r\n"
N = 30_000
SOON_S = 4.0
"""Of this process's own time: what grew with the square of its length took minutes."""


def body(kind, content):
    return HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + content


SLOW = {
    "an address of dots": b"From: " + b"a." * N + b"@x\r\n\r\nhi",
    "an address of signs": b"From: " + b'"<@(,\\' * N + b"\r\n\r\nhi",
    "parameters": HEAD + b"Content-Type: text/plain; " + b'a="b";' * N + b"\r\n\r\nhi",
    "quotes": HEAD + b"Content-Type: text/plain; a=" + b'";' * N + b"\r\n\r\nhi",
    "continued names": HEAD
    + b"Content-Disposition: attachment; "
    + b"".join(b"filename*%d=b;" % n for n in range(N // 10))
    + b"\r\n\r\nhi",
    "encoded words": b"From: a@b.c\r\nSubject: " + b"=?utf-8?q?" * N + b"\r\n\r\nhi",
    "references": HEAD + b"References: " + b"<a" * N + b"\r\n\r\nhi",
    "punycode": body(b"text/plain; charset=punycode", b"a" * 10 * N + b"-" + b"a" * 10 * N),
    "idna": body(b"text/plain; charset=idna", b"a." * 10 * N),
    "comments": body(b"text/html", b"<!--" * N),
    "declarations": body(b"text/html", b"<![CDATA[" * N),
    "open tags": body(b"text/html", b"<a <b </c " * N),
    "links in links": body(b"text/html", b"<a href=http://x.y>w<br>" * N + b"</a>" * N),
    "quotations": body(b"text/html", b"<blockquote>" * N),
    "scripts": body(b"text/html", b"<script>" * N + b"</scrip" * N),
    "entities": body(b"text/html", b"&#x&amp" * N),
    "nested": b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(900)
    ),
    "parts": body(b"multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n" * N),
    "mails in mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 900 + b"\r\nhi",
    "headers": HEAD + b"X-A: b\r\n" * N + b"\r\nhi",
    "quoted heads": body(b"text/plain", (b"On " + b"x" * 200 + b"\r\n") * (N // 10)),
}


@pytest.mark.parametrize("raw", SLOW.values(), ids=SLOW)
def test_no_letter_takes_long_to_read(raw):
    begun = time.process_time()
    letter = read_letter(raw, "desk@x.y")
    rules.fresh_part(letter.body)
    assert time.process_time() - begun < SOON_S


def test_what_python_calls_a_charset_and_no_mail_does_is_none():
    for charset in (
        b"punycode",
        b"idna",
        b"unicode_escape",
        b"raw_unicode_escape",
        b"rot13",
        b"zlib",
        b"undefined",
    ):
        letter = read_letter(body(b"text/plain; charset=" + charset, b"abc-\\u0041 d.e"), "desk@x.y")
        assert letter.body == "abc-\\u0041 d.e", charset


def test_a_long_header_is_cut_and_the_letter_is_still_itself():
    letter = read_letter(b"X: " + b"y" * 90_000 + b"\r\n" + HEAD + b"\r\n" + "漏水".encode(), "desk@x.y")
    assert (letter.key, letter.sender, letter.subject, letter.body) == ("<1@a>", "a@b.c", "s", "漏水")


NASTY = st.text(
    st.one_of(st.characters(), st.sampled_from('\r\n\0\x1b\u202e\u2028\x85\x0b\ud800<>,;:@"\\=?%')),
    max_size=60,
)


def kept_as_text(text, lines=False):
    return all(one.isprintable() or (lines and one in "\n\t") for one in text)


@given(
    NASTY,
    NASTY,
    NASTY,
    st.sampled_from(["utf-8", "gb18030", "utf-7", "utf-16", "hz", "nonsense", "punycode"]),
    st.binary(max_size=200),
)
@examples(40)
def test_what_a_letter_holds_is_text_and_no_path(subject, sender, name, charset, content):
    def raw(text):
        return text.encode("utf-8", "surrogatepass").replace(b"\n", b"\n ").replace(b"\r", b"")

    kind = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    letter = read_letter(
        b"From: " + raw(sender) + b" <x@y.z>\r\nSubject: " + raw(subject) + b"\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + kind + content + b"\r\n--b\r\n"
        b'Content-Disposition: attachment; filename="' + raw(name) + b'.pdf"\r\n\r\n%PDF-1\r\n--b--',
        "desk@x.y",
    )
    assert kept_as_text(letter.subject)
    assert kept_as_text(letter.sender_name)
    assert kept_as_text(letter.body, lines=True)
    assert len(letter.subject) <= rules.LONGEST_SUBJECT
    for part in letter.parts:
        assert kept_as_text(part.name)
        assert not set(part.name) & set('/\\:*?"<>|\0')
        assert len(part.name) <= LONGEST_NAME
        assert not part.name.startswith(".")


@given(NASTY, NASTY, NASTY, NASTY)
@example("s\r\nBcc: victim@x.y", "b", "a@b.c", "co\r\nX: y")
@example("s", "b\r\n.\r\nMAIL FROM:<x@y.z>", "a@b.c\r\nBcc: d@e.f", "c")
@example("s", "b", "a@b.c,d@e.f", "c")
@examples(60)
def test_an_answer_goes_to_one_address_and_has_no_header_of_anybody_s(subject, words, recipient, company):
    try:
        to, about, said = rules.check_outgoing(
            recipient, rules.with_number(subject, "TS20261123-0001"), words
        )
    except RuleBroken:
        return
    letter = Outgoing("<k@x.y>", "desk@x.y", to, about, said, in_reply_to="<1@a>", sender_name=company)
    try:
        content = message_of(letter, pendulum.datetime(2026, 11, 23)).as_bytes()
    except (ValueError, UnicodeError):
        return
    read = message_from_bytes(content)
    wanted = {
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }
    assert sorted(read.keys()) == sorted(wanted)
    assert "," not in read["To"]
    assert b"\r\n.\r\n" not in content


@given(st.text(st.sampled_from("<>/!-?[]ab \"'=&#;x"), max_size=300))
@examples(60)
def test_no_page_breaks_the_reader(page):
    text_of(page)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_hostile_letters_become_tickets(desk):
    """Every slow or broken letter of the corpus is kept, with what can be said of it."""
    letters = [read_letter(raw, "desk@x.y") for raw in [*SLOW.values()][:: 1 if TIMES > 1 else 4]]
    for letter in letters:
        with desk.store.write("mail.fetch") as work:
            kept = keep(work, desk, letter)
            said = (letter.key, letter.subject, letter.body)
            assert kept is not None or said in {
                (one.key, one.subject, one.body) for one in letters if one is not letter
            }
