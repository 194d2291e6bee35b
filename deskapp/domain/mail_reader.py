"""Read the bytes of a mail into a letter: any charset, any breakage, never an exception (row C6)."""

from __future__ import annotations

import codecs
import re
from base64 import b64decode
from binascii import Error as Base64Error
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses
from quopri import decodestring
from urllib.parse import unquote_to_bytes

from pendulum import DateTime

from deskapp.domain import attachment
from deskapp.domain.mail import (
    LONGEST_ADDRESS,
    LONGEST_BODY,
    LONGEST_SUBJECT,
    Letter,
    Part,
    clean,
    digest,
    ids_in,
    is_address,
    is_automatic,
)
from deskapp.domain.mail_html import text_of

MOST_PARTS = 50
"""Files a letter may bring."""
MOST_LEAVES = 500
"""Parts of a letter that are looked at."""
LONGEST_HEADER = 16_000
"""Characters of a header that are looked at: names and addresses are found in more time than there are of them."""
LONGEST_SENDER = 2_000
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Codecs Python knows that no mail is written in; some take an hour for a megabyte."""
_WORD = re.compile(rb"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z-]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(rb"(\?=)\s+(=\?)")
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "euc-cn": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
}
"""Charsets that are wider in truth than they say."""
_GUESSES = ("utf-8", "gb18030", "big5hkscs")
_NARROW = frozenset(
    {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "windows-1252", "cp1252"}
)
"""What careless programs call everything: any bytes are words in these, and seldom the ones that were written."""
_PAIRS = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])*")
"""Bytes as GB2312 has them; West European letters hardly ever stand in pairs only."""


class _Bounded(Compat32):
    """Reads headers as they stand, none longer than is looked at, those of inner parts too."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Part a header into its name and the beginning of its value."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


_POLICY = _Bounded()


def decoded(content: bytes, charset: str = "") -> str:
    """Bytes as text: by the charset they name, else by those they could be."""
    name = _charset(charset.strip("\"' ").lower())
    called = "" if name in _NARROW and _belied(content) else name
    for guess in (_WIDER.get(called, called), *_GUESSES):
        try:
            if guess:
                return content.decode(guess)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode(_WIDER.get(name, "utf-8") if name in _WIDER else "utf-8", "replace")


def _charset(name: str) -> str:
    """The charset a mail names, "" where no mail can be written in it."""
    try:
        return "" if codecs.lookup(name).name in _NO_CHARSETS else name
    except (LookupError, UnicodeError, ValueError):
        return name


def _belied(content: bytes) -> bool:
    """Whether bytes that are called West European are UTF-8 or Chinese in truth."""
    if content.isascii():
        return False
    try:
        content.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return bool(_PAIRS.fullmatch(content))


def header_text(raw: object) -> str:
    """A header as words: RFC 2047 in any charset, a character cut in two between words, or bare bytes."""
    content = _bytes(raw)
    content = _BETWEEN.sub(rb"\1\2", re.sub(rb"\r?\n[ \t]*", b" ", content))
    said, place = "", 0
    pending, charset = b"", ""
    for match in _WORD.finditer(content):
        between = content[place : match.start()]
        name = match[1].decode("ascii").lower()
        if pending and (between or name != charset):
            said, pending = said + decoded(pending, charset), b""
        said += decoded(between) if between else ""
        pending, charset, place = pending + _unworded(match[2], match[3]), name, match.end()
    said += decoded(pending, charset) if pending else ""
    return said + (decoded(content[place:]) if place < len(content) else "")


def _bytes(raw: object) -> bytes:
    """A header as the bytes it came in."""
    text = str(raw or "") if not isinstance(raw, str) else raw
    try:
        return text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _unworded(how: bytes, what: bytes) -> bytes:
    if how in b"qQ":
        return decodestring(what.replace(b"_", b" "), header=False)
    try:
        return b64decode(what + b"=" * (-len(what) % 4))
    except (Base64Error, ValueError):
        return what


def read_letter(raw: bytes, own: str, at: DateTime | None = None, *, most_bytes: int = 0) -> Letter:
    """Read a mail; `own` is our address, `most_bytes` what a file of it may weigh (0 for as much as may be kept)."""
    try:
        return _read(
            message_from_bytes(raw, policy=_POLICY), raw, own, at, most_bytes or attachment.MOST_BYTES
        )
    except Exception:
        return _bare(raw, own, at)


def _bare(raw: bytes, own: str, at: DateTime | None) -> Letter:
    """What can be said of bytes that are no mail anybody can read."""
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    text = clean(decoded(body or head), LONGEST_BODY, lines=True)
    return Letter(digest(raw), recipient=own, body=text, at=at, left_out=("unreadable",))


def _read(message: Message, raw: bytes, own: str, at: DateTime | None, most_bytes: int) -> Letter:
    headers = {name.lower(): header_text(value) for name, value in reversed(_headers(message))}
    name, sender = _first_address(headers.get("from", "") or headers.get("sender", ""))
    if not is_address(sender):
        name, sender = (
            _first_address(headers.get("reply-to", "")) if headers.get("reply-to") else (name, sender)
        )
    subject = clean(headers.get("subject", ""), LONGEST_SUBJECT)
    body, parts, left_out, inner = _contents(message, most_bytes)
    own_ids = ids_in(headers.get("message-id", ""))
    return Letter(
        own_ids[-1] if own_ids else digest(raw),
        sender=clean(sender, LONGEST_ADDRESS).lower(),
        sender_name=clean(name, 100),
        recipient=clean(_first_address(headers.get("to", ""))[1], LONGEST_ADDRESS),
        subject=subject,
        body=clean(body, LONGEST_BODY, lines=True),
        references=ids_in(headers.get("in-reply-to", ""), headers.get("references", ""), inner),
        automatic=is_automatic(headers, sender, subject, own),
        at=at,
        parts=tuple(parts),
        left_out=tuple(left_out),
    )


def _headers(message: Message) -> list[tuple[str, object]]:
    """The headers as they stand, whatever is in them."""
    return [(str(name), value) for name, value in message.raw_items()]


def _first_address(header: str) -> tuple[str, str]:
    header = header[:LONGEST_SENDER]
    found = [one for one in getaddresses([header.replace("\n", " ")]) if "@" in one[1]]
    if found:
        return found[0]
    bare = re.search(r"[^\s<>,;\"']+@[^\s<>,;\"']+", header)
    return ("", bare[0]) if bare else (header, "")


def _contents(message: Message, most_bytes: int) -> tuple[str, list[Part], list[str], str]:
    """The words of a mail, its files, what was left out, and the ids in what came back."""
    plain: list[str] = []
    html: list[str] = []
    parts: list[Part] = []
    left: list[str] = []
    inner: list[str] = []
    for count, leaf in enumerate(_leaves(message)):
        if count >= MOST_LEAVES:
            left.append("many")
            break
        kind, name = leaf.get_content_type(), _name(leaf)
        attached = str(leaf.get("content-disposition", "")).strip().lower().startswith("attachment")
        if kind in ("message/rfc822", "text/rfc822-headers") or kind.startswith("message/"):
            inner.append(_inner_ids(leaf))
            plain.append(_status(leaf) if kind == "message/delivery-status" else _forwarded(leaf))
            continue
        if kind in ("text/plain", "text/html") and not attached and not name:
            (plain if kind == "text/plain" else html).append(_text(leaf))
        elif kind.startswith("text/") and not name and not attached:
            plain.append(_text(leaf))
        else:
            _keep(leaf, name, most_bytes, parts, left)
    said = "\n\n".join(one for one in plain if one.strip())
    if not said.strip():
        said = "\n\n".join(text_of(one) for one in html)
    return said, parts, left, " ".join(inner)


def _leaves(message: Message) -> list[Message]:
    """The parts that hold something, those inside a mail that was attached left closed."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) <= MOST_LEAVES:
        one = waiting.pop(0)
        inside = one.get_payload()
        if one.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting[:0] = [part for part in inside if isinstance(part, Message)]
        else:
            found.append(one)
    return found


def _payload(leaf: Message) -> bytes:
    content = leaf.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(leaf: Message) -> str:
    charset = leaf.get_param("charset", "")
    if isinstance(charset, tuple):
        charset = charset[2]
    return decoded(_payload(leaf), str(charset or "")).lstrip("\ufeff")


def _inner_ids(leaf: Message) -> str:
    """The ids of the mail that came back, so that it finds its ticket."""
    inside = leaf.get_payload()
    heads = [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []
    if not heads:
        heads = [message_from_bytes(_payload(leaf), policy=_POLICY)]
    return " ".join(header_text(one.get("message-id", "")) for one in heads)


def _forwarded(leaf: Message) -> str:
    """The words of a mail that was sent on inside another."""
    inside = leaf.get_payload()
    said = []
    for one in inside if isinstance(inside, list) else []:
        if isinstance(one, Message):
            words = [
                _text(part) if part.get_content_type() == "text/plain" else text_of(_text(part))
                for part in _leaves(one)[:MOST_PARTS]
                if part.get_content_maintype() == "text"
            ]
            said += [header_text(one.get("subject", "")), *words]
    return "\n".join(line for text in said for line in (f"> {row}" for row in text.splitlines()))


def _status(leaf: Message) -> str:
    """What a server says of a mail it could not deliver."""
    inside = leaf.get_payload()
    blocks = inside if isinstance(inside, list) else []
    wanted = ("final-recipient", "status", "diagnostic-code")
    said = [
        f"{name}: {header_text(value)}"
        for block in blocks
        if isinstance(block, Message)
        for name, value in _headers(block)
        if name.lower() in wanted
    ]
    return "\n".join(said)


def _name(leaf: Message) -> str:
    """The name of a file as its sender wrote it, RFC 2231 or RFC 2047 or neither; no path and nothing hidden in it."""
    for parameter, header in (("filename", "content-disposition"), ("name", "content-type")):
        found = leaf.get_param(parameter, None, header)
        if found:
            if isinstance(found, tuple):
                charset, _, value = found
                said = (
                    decoded(unquote_to_bytes(_bytes(value)), charset or "")
                    if "%" in value
                    else _refined(value, charset)
                )
            else:
                said = header_text(found)
            if said.strip():
                return attachment.clean_name(said)
    return ""


def _refined(value: str, charset: str | None) -> str:
    """RFC 2231 text, that the standard library gives back one byte a character."""
    try:
        return decoded(value.encode("latin-1"), charset or "")
    except UnicodeEncodeError:
        return value


def _keep(leaf: Message, name: str, most_bytes: int, parts: list[Part], left: list[str]) -> None:
    """Keep a file that may be kept; say of any other that it was there."""
    content = _payload(leaf)
    called = name or f"file.{attachment.ending_of('x.' + leaf.get_content_subtype()) or 'bin'}"
    if len(parts) >= MOST_PARTS:
        left.append(f"many\t{called}")
    elif len(content) > min(most_bytes, attachment.MOST_BYTES):
        left.append(f"big\t{called}")
    elif not content:
        left.append(f"empty\t{called}")
    else:
        try:
            attachment.kind_of(called, content)
        except Exception:
            left.append(f"type\t{called}")
        else:
            parts.append(Part(called, content))
