"""The rules of mail by tables and properties: numbers in subjects, machines told from people, HTML as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain import mail
from deskapp.domain.errors import RuleBroken
from deskapp.domain.mail import MailFailed, as_kept, from_kept
from deskapp.domain.mail_html import text_of
from deskapp.domain.mail_reader import header_text, read_letter

pytestmark = pytest.mark.row("C6")
OWN = "kefu@haitang.example"


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: 漏水 [TS20261123-0001]", ("TS20261123-0001",)),
        ("回复：【ts20261123-0001】", ("TS20261123-0001",)),
        ("ＴＳ２０２６１１２３－０００１", ("TS20261123-0001",)),
        ("wx20261123 0007 和 TS202611230002", ("WX20261123-0007", "TS20261123-0002")),
        ("TS20261123-12345", ("TS20261123-12345",)),
        ("(TS20261123–0001) TS20261123-0001", ("TS20261123-0001",)),
        ("XTS20261123-0001", ()),
        ("订单 20261123-0001", ()),
        ("TS2026112-0001", ()),
        ("", ()),
    ],
)
def test_numbers_are_found_however_they_are_written(subject: str, numbers: tuple[str, ...]) -> None:
    assert mail.numbers_in(subject) == numbers


@given(st.text(max_size=400), st.sampled_from(["TS20261123-0001", "HF20260101-0123", "WX20261231-9999"]))
def test_a_subject_with_its_number_is_found_again(subject: str, number: str) -> None:
    once = mail.with_number(subject, number)
    assert number in mail.numbers_in(once)
    assert len(once) <= mail.LONGEST_SUBJECT
    assert once.isprintable()


@pytest.mark.parametrize(
    "subject", ["漏水", "Re: 漏水", "回复：答复: RE: 漏水", "Re[2]: 漏水 [TS20261123-0001]", "AW: Re: 漏水"]
)
def test_marks_of_answers_do_not_pile_up(subject: str) -> None:
    assert mail.with_number(subject, "TS20261123-0001") == "Re: 漏水 [TS20261123-0001]"


@pytest.mark.parametrize(
    ("headers", "sender", "subject", "automatic"),
    [
        ({}, "a@b.cn", "卫生间漏水", False),
        ({"auto-submitted": "no"}, "a@b.cn", "", False),
        ({"auto-submitted": "auto-replied; x=1"}, "a@b.cn", "", True),
        ({"precedence": "Bulk"}, "a@b.cn", "", True),
        ({"precedence": "first-class"}, "a@b.cn", "", False),
        ({"x-auto-response-suppress": "All"}, "a@b.cn", "", True),
        ({"x-auto-response-suppress": "none"}, "a@b.cn", "", False),
        ({"list-id": "<x>"}, "a@b.cn", "", True),
        ({"return-path": " <> "}, "a@b.cn", "", True),
        ({"return-path": "<a@b.cn>"}, "a@b.cn", "", False),
        ({"content-type": "multipart/report; x"}, "a@b.cn", "", True),
        ({}, OWN.upper(), "", True),
        ({}, "MAILER-DAEMON@b.cn", "", True),
        ({}, "noreply@b.cn", "", True),
        ({}, "norman@b.cn", "", False),
        ({}, "a@b.cn", "自动回复：外出", True),
        ({}, "a@b.cn", "Automatic reply: away", True),
        ({}, "a@b.cn", "Out of Office: x", True),
        ({}, "a@b.cn", "On vacation until Monday", True),
        ({}, "a@b.cn", "自动回复", True),
        ({}, "a@b.cn", "Undelivered Mail Returned", True),
        ({}, "a@b.cn", "自动回复功能坏了吗", False),
        ({}, "a@b.cn", "请问自动门坏了", False),
        ({}, "a@b.cn", "On vacation my flat leaked?", False),
    ],
)
def test_machines_are_told_from_people(
    headers: dict[str, str], sender: str, subject: str, automatic: bool
) -> None:
    assert mail.is_automatic(headers, sender, subject, OWN) is automatic


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>你好</p><p>漏水</p>", "你好\n\n漏水"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<div>一</div><div>二</div>", "一\n二"),
        ("<ul><li>一<li>二</ul>", "- 一\n- 二"),
        ("<style>p{}</style><script>alert(1)</script>好", "好"),
        ("<head><title>x</title><meta charset=gb2312></head><body>好</body>", "好"),
        ("<table><tr><td>楼层<td>十一</tr><tr><td>门<td>二</table>", "楼层 十一\n门 二"),
        ("a &lt;b&gt; &amp; &nbsp;c&#28431;", "a <b> & c漏"),
        ('<a href="http://x.cn/">看这里</a>', "看这里 <http://x.cn/>"),
        ('<a href="http://x.cn">http://x.cn</a>', "http://x.cn"),
        ('<a href="javascript:x">按</a>', "按"),
        ("<blockquote>旧话</blockquote>新话", "> 旧话\n\n新话"),
        ("<img src=x onerror=y>[red]x[/red]", "[red]x[/red]"),
        ("<p>没有<b>关上", "没有关上"),
        ("<<<>>< p", "<<<>>< p"),
        ("", ""),
    ],
)
def test_html_is_read_as_text(html: str, text: str) -> None:
    assert text_of(html) == text


@given(st.text(alphabet=st.sampled_from("<>/ab& ;\n\"'=!-p#x漏"), max_size=200))
def test_no_html_breaks_the_reader(html: str) -> None:
    text = text_of(html)
    assert "<p>" not in text
    assert "\n\n\n" not in text


@given(st.binary(max_size=600))
def test_any_bytes_are_read_as_a_letter_that_can_be_kept(raw: bytes) -> None:
    letter = read_letter(raw, OWN)
    assert letter.key
    assert len(letter.key) <= mail.LONGEST_KEY
    for text in (
        letter.key,
        letter.sender,
        letter.sender_name,
        letter.recipient,
        letter.subject,
        letter.body,
    ):
        assert "\0" not in text
        text.encode("utf-8")
    assert letter.subject == "" or letter.subject.isprintable()
    assert read_letter(raw, OWN) == letter


@given(
    st.lists(
        st.sampled_from(
            [b"From: a@b.cn\r\n", b"Subject: =?gbk?B?wsm=?=\r\n", b"Content-Type: multipart/mixed; boundary=x\r\n",
             b"\r\n", b"--x\r\n", b"--x--\r\n", b"Content-Type: text/html; charset=nope\r\n", b"\xc2\xa9\xff<p>\r\n",
             b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: message/rfc822\r\n", b"=?q?=\r\n",
             b"Content-Disposition: attachment; filename*=gbk''%D0\r\n", b"Message-ID: <x@y>\r\n"]
        ),
        max_size=14,
    )
)  # fmt: skip
def test_broken_mail_is_read_too(lines: list[bytes]) -> None:
    letter = read_letter(b"".join(lines), OWN)
    letter.body.encode("utf-8")
    assert "unreadable" not in letter.left_out, "the reader broke"


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "gb18030", "big5", "utf-8"])
def test_headers_in_any_charset(charset: str) -> None:
    from base64 import b64encode

    words = "廚房漏水" if charset == "big5" else "厨房漏水"
    encoded = b64encode(words.encode(charset)).decode()
    assert header_text(f"=?{charset}?B?{encoded}?=") == words
    assert header_text(f"=?{charset.upper()}?b?{encoded.rstrip('=')}?= !") == f"{words} !"


def test_a_character_cut_in_two_words_is_whole_again() -> None:
    from base64 import b64encode

    raw = "漏水了".encode("gb18030")
    words = " ".join(f"=?gb2312?B?{b64encode(part).decode()}?=" for part in (raw[:3], raw[3:]))
    assert header_text(words) == "漏水了"


@pytest.mark.parametrize(("charset", "cut"), [("utf-8", 4), ("gb18030", 3), ("big5", 1)])
@pytest.mark.parametrize("how", ["B", "Q"])
def test_a_character_cut_in_two_is_whole_however_it_is_written(charset: str, cut: int, how: str) -> None:
    from base64 import b64encode

    raw = "廚房漏水".encode(charset)
    written = [
        b64encode(part).decode() if how == "B" else "".join(f"={byte:02X}" for byte in part)
        for part in (raw[:cut], raw[cut:])
    ]
    assert header_text("\r\n ".join(f"=?{charset}?{how}?{part}?=" for part in written)) == "廚房漏水"


@pytest.mark.parametrize(
    "label", ["utf-8", "iso-8859-1", "windows-1252", "us-ascii", "x-unknown", "gb2312", ""]
)
@pytest.mark.parametrize("truth", ["utf-8", "gb18030"])
def test_a_wrong_label_does_not_spoil_the_words(label: str, truth: str) -> None:
    from base64 import b64encode

    words = "卫生间漏水，请尽快"
    raw = words.encode(truth)
    head = f"From: a@b.cn\nSubject: =?{label or 'x'}?B?{b64encode(raw).decode()}?=\n".encode()
    kind = f"Content-Type: text/plain; charset={label}\n\n".encode() if label else b"\n"
    letter = read_letter(head + kind + raw, OWN)
    assert (letter.subject, letter.body) == (words, words)


@pytest.mark.parametrize("words", ["Café déjà à Orléans", "Grüße aus Köln", "naïve", "piñata"])
def test_west_european_letters_stay_what_they_are(words: str) -> None:
    raw = b"From: a@b.fr\nContent-Type: text/plain; charset=iso-8859-1\n\n" + words.encode("latin-1")
    assert read_letter(raw, OWN).body == words


def test_gb2312_holds_more_than_it_says_and_bare_bytes_are_guessed() -> None:
    raw = (
        b"From: a@b.cn\nSubject: "
        + "䶮家".encode("gb18030")
        + b"\nContent-Type: text/plain; charset=gb2312\n\n"
    )
    letter = read_letter(raw + "䶮".encode("gb18030"), OWN)
    assert (letter.subject, letter.body) == ("䶮家", "䶮")


def test_a_bounce_finds_the_letter_that_came_back() -> None:
    raw = (
        b"From: MAILER-DAEMON@x.cn\nSubject: failure\nContent-Type: multipart/report; boundary=b\n\n--b\n\nsorry\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: x\n\nFinal-Recipient: rfc822; a@b.cn\n"
        b"Status: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <ours@haitang.example>\n\n--b--\n"
    )
    letter = read_letter(raw, OWN)
    assert letter.automatic
    assert letter.references == ("<ours@haitang.example>",)
    assert "5.1.1" in letter.body


@pytest.mark.parametrize(
    ("body", "fresh"),
    [
        ("还在漏\n> 旧\n> 话", "还在漏"),
        ("还在漏\n\n-----原始邮件-----\n发件人: x", "还在漏"),
        ("好\nOn Mon, 23 Nov 2026 at 09:42, 海棠 wrote:\n> x", "好"),
        ("好\n2026年11月23日，海棠 写道：\n> x", "好"),
        ("> 全是引文", "> 全是引文"),
    ],
)
def test_what_is_quoted_is_left_out(body: str, fresh: str) -> None:
    assert mail.fresh_part(body) == fresh


@given(st.text(max_size=300))
def test_a_quotation_is_quoted_in_every_line(body: str) -> None:
    assert all(line.startswith(">") for line in mail.quoted(body).split("\n"))


@pytest.mark.parametrize(
    "typed", ["", "x", "a@b@c", "a b@c.cn", "a@", "a@b.cn\nBcc: x@y.cn", "a..b@c.cn", "é@b.cn"]
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        mail.address_of(typed)
    assert refused.value.code == "mail.address"


def test_addresses_as_people_type_them() -> None:
    assert mail.addresses_of(" A@b.cn，c@d.cn; a@B.cn、<e@f.cn>\n") == ("a@b.cn", "c@d.cn", "e@f.cn")


@given(st.integers(min_value=0, max_value=10_000))
def test_waits_grow_to_an_hour(attempts: int) -> None:
    wait = mail.wait_before(attempts)
    assert mail.FIRST_WAIT_S <= wait <= mail.LONGEST_WAIT_S
    assert wait <= mail.wait_before(attempts + 1)


def test_a_failure_is_kept_as_it_was() -> None:
    kept = from_kept(as_kept(MailFailed("mail.refused", host="h", why="550 查无此人")))
    assert kept is not None
    assert (kept.code, kept.facts) == ("mail.refused", {"host": "h", "why": "550 查无此人"})
    assert from_kept("") is None
    assert from_kept("broken") is not None


@pytest.mark.parametrize(
    ("subject", "number", "bare"),
    [
        ("Re: 漏水 [TS20261123-0001]", "TS20261123-0001", "漏水"),
        ("回复:答复: 漏水【ts20261123-0001】急", "TS20261123-0001", "漏水急"),
        ("TS20261123-0001", "TS20261123-0001", "TS20261123-0001"),
        ("Re: 漏水 [TS20261123-0001]", "", "漏水 [TS20261123-0001]"),
        ("", "TS20261123-0001", ""),
    ],
)
def test_what_a_letter_is_about(subject: str, number: str, bare: str) -> None:
    assert mail.bare_subject(subject, number) == bare
