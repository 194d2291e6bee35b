"""The rules of mail: which ticket a letter is about, what a machine wrote, what may be written back (row C6)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from pendulum import DateTime

from deskapp.domain.errors import RuleBroken
from deskapp.domain.ticket import PREFIXES

LONGEST_KEY = 200
LONGEST_SUBJECT = 300
LONGEST_BODY = 100_000
"""Characters of a letter that are kept; what is longer is no letter."""
LONGEST_ADDRESS = 254
MOST_ATTEMPTS = 8
"""Tries after which a letter counts as undeliverable."""
FIRST_WAIT_S = 60
LONGEST_WAIT_S = 3600
LEASE_S = 300
"""How long one desk may take to hand a letter to the server; after that another desk tries."""
_NUMBER = re.compile(
    rf"(?<![A-Z0-9])({'|'.join(PREFIXES.values())})[ _]?(\d{{8}}) ?[-_\u2010-\u2015\u2212]? ?(\d{{4,6}})(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_ID = re.compile(r"<[^<>\s]{1,998}>")
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
)
_REPLY_MARK = re.compile(
    r"^\s*(?:(?:re|aw|sv|fw|fwd|wg|\u56de\u590d|\u7b54\u590d|\u8f6c\u53d1|\u56de\u8986|\u8f49\u5bc4)"
    r"(?:\[\d+\])?\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)
_QUOTE_HEAD = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|original|forwarded message|\u539f\u59cb\u90ae\u4ef6"
    r"|\u56de\u590d\u7684\u539f\u90ae\u4ef6|\u8f6c\u53d1\u90ae\u4ef6\u4fe1\u606f)\s*-{2,}"
    r"|on\b.{4,200}\bwrote:|.{4,200}(?:\u5199\u9053|\u5beb\u9053)\s*[:\uff1a]|_{20,})\s*$",
    re.IGNORECASE,
)
_OUT_OF_OFFICE = re.compile(
    r"^\s*(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)\b|out of (?:the )?office"
    r"|away from (?:my )?(?:mail|office|desk)|on (?:vacation|leave|holiday)(?=\s*(?:[:.,!(-]|until|from|till|$))"
    r"|abwesenheit|r\u00e9ponse automatique|undeliver(?:able|ed)\b|mail delivery (?:failed|failure|system)"
    r"|delivery status notification|returned mail|failure notice"
    r"|(?:\u81ea\u52a8\u56de\u590d|\u81ea\u52a8\u7b54\u590d|\u81ea\u52d5\u56de\u8986|\u81ea\u52d5\u56de\u5fa9"
    r"|\u4e0d\u5728\u529e\u516c\u5ba4|\u4f11\u5047\u4e2d)(?=[\s:\uff1a(\uff08\[\u3010\uff0c,-]|$)"
    r"|\u9000\u4fe1|\u7cfb\u7edf\u9000\u4fe1|\u6295\u9012\u5931\u8d25)",
    re.IGNORECASE,
)
_MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply-.*|bounces?(?:[+-].*)?)@", re.IGNORECASE
)


class MailFailed(RuleBroken):
    """A mail server could not be reached or refused; `lasting` says that trying again cannot help."""

    def __init__(self, code: str, *, lasting: bool = False, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.lasting = lasting


def as_kept(failed: MailFailed) -> str:
    """A failure as it is kept: code and facts, to be said in any language later."""
    return json.dumps([failed.code, failed.facts], ensure_ascii=False)


def from_kept(kept: str) -> MailFailed | None:
    """The failure that was kept; None where all is well."""
    if not kept:
        return None
    try:
        code, facts = json.loads(kept)
        return MailFailed(str(code), **facts)
    except (ValueError, TypeError):
        return MailFailed("mail.lost", host="", why=kept[:200])


@dataclass(frozen=True, slots=True)
class Part:
    """A file a letter brought, under the name its sender gave it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was read: clean text, nothing of it markup, a path or a control character."""

    key: str
    """Its Message-ID, or a digest of what it says where it has none."""
    sender: str = ""
    sender_name: str = ""
    recipient: str = ""
    subject: str = ""
    body: str = ""
    references: tuple[str, ...] = ()
    """The ids it answers, the nearest first."""
    automatic: bool = False
    at: DateTime | None = None
    """When the server received it."""
    parts: tuple[Part, ...] = ()
    left_out: tuple[str, ...] = field(default=())
    """What of it could not be kept, one line each: a code, perhaps with a name after a tab."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter to be handed to the server; its id was made before, so that a second try is the same letter."""

    message_id: str
    sender: str
    recipient: str
    subject: str
    body: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sender_name: str = ""


def clean(text: str, most: int, *, lines: bool = False) -> str:
    """Text as it may be stored and shown: no controls, no half characters, at most so long; perhaps in lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    kept = "".join(
        one if one.isprintable() or (lines and one in "\n\t") else " " if one.isspace() else ""
        for one in text
    )
    if lines:
        kept = "\n".join(line.rstrip() for line in kept.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", kept).strip("\n")[:most]
    return re.sub(r"\s+", " ", kept).strip()[:most]


def numbers_in(subject: str) -> tuple[str, ...]:
    """The ticket numbers a subject names, whatever way they are written: [ts20261123-0001] → TS20261123-0001."""
    found = []
    for match in _NUMBER.finditer(_narrow(subject)):
        prefix, day, serial = match.groups()
        found.append(f"{prefix.upper()}{day}-{serial}")
    return tuple(dict.fromkeys(found))


def _narrow(text: str) -> str:
    """Full-width letters and digits as the narrow ones they stand for."""
    return "".join(chr(ord(one) - 0xFEE0) if 0xFF01 <= ord(one) <= 0xFF5E else one for one in text)


def with_number(subject: str, number: str) -> str:
    """A subject to answer under, that names the ticket once: Re: … [TS20261123-0001]."""
    bare = clean(_REPLY_MARK.sub("", subject), LONGEST_SUBJECT - 40)
    if number not in numbers_in(bare):
        bare = f"{bare} [{number}]".strip()
    return f"Re: {bare}"


def bare_subject(subject: str, number: str = "") -> str:
    """What a letter is about: its subject without marks of answers and the number of its ticket."""
    bare = _REPLY_MARK.sub("", subject)
    if number:
        bare = re.sub(
            rf"\s*[\[\u3010(\uff08]?{re.escape(number)}[\]\u3011)\uff09]?", "", bare, flags=re.IGNORECASE
        )
    return bare.strip() or subject


def ids_in(*headers: str) -> tuple[str, ...]:
    """The message ids in In-Reply-To and References, the nearest first, as keys."""
    found: list[str] = []
    for header in headers:
        found += reversed(_ID.findall(header))
    return tuple(dict.fromkeys(map(as_key, found)))[:50]


def as_key(message_id: str) -> str:
    """A message id as it is kept: itself, or its digest where it is longer than any should be."""
    return message_id if len(message_id) <= LONGEST_KEY else digest(message_id.encode())


def digest(content: bytes) -> str:
    """A key for a letter that has no id: the same content gives the same key."""
    return f"sha256:{sha256(content).hexdigest()}"


def is_automatic(headers: Mapping[str, str], sender: str, subject: str, own: str) -> bool:
    """Whether a machine wrote it, or it is our own come back: nobody's answer, and nothing is answered to it.

    RFC 3834 and its relatives; `headers` by their names in lower case.
    """
    submitted = headers.get("auto-submitted", "").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if headers.get("precedence", "").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    suppress = headers.get("x-auto-response-suppress", "").strip().lower()
    if suppress and suppress != "none":
        return True
    if any(
        headers.get(name)
        for name in ("list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "x-auto-reply")
    ):
        return True
    if headers.get("return-path", "-").strip() == "<>" or headers.get("x-failed-recipients"):
        return True
    if headers.get("content-type", "").strip().lower().startswith("multipart/report"):
        return True
    if sender and own and sender.lower() == own.lower():
        return True
    return bool(_MACHINES.match(sender) or _OUT_OF_OFFICE.match(subject))


def address_of(typed: str) -> str:
    """An address as it is kept, in lower case; refuse what is none, and more than one."""
    address = typed.strip().strip("<>").lower()
    if not is_address(address):
        raise RuleBroken("mail.address", value=typed.strip())
    return address


def is_address(text: str) -> bool:
    """Whether a text is one address that can be written to."""
    return len(text) <= LONGEST_ADDRESS and ".." not in text and bool(_ADDRESS.fullmatch(text))


def addresses_of(typed: str) -> tuple[str, ...]:
    """The addresses in a line as people type them, with commas, semicolons or blanks between."""
    parts = [one for one in re.split(r"[\s,;\u3001\uff0c\uff1b]+", typed) if one]
    return tuple(dict.fromkeys(map(address_of, parts)))


def check_outgoing(recipient: str, subject: str, body: str) -> tuple[str, str, str]:
    """A letter's parts as they are sent; refuse one to nobody, without words, or beyond all measure."""
    if not recipient.strip():
        raise RuleBroken("mail.no_recipient")
    if not body.strip():
        raise RuleBroken("mail.no_words")
    if len(body) > LONGEST_BODY:
        raise RuleBroken("mail.too_long", most=LONGEST_BODY)
    return address_of(recipient), clean(subject, LONGEST_SUBJECT), clean(body, LONGEST_BODY, lines=True)


def fresh_part(body: str) -> str:
    """What a letter says itself: without what it quotes below; all of it where that would leave nothing."""
    kept: list[str] = []
    for line in body.split("\n"):
        if _QUOTE_HEAD.match(line):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    fresh = "\n".join(kept).strip()
    return fresh or body.strip()


def quoted(body: str, most: int = 40) -> str:
    """A letter's own words, to be answered below them: each line behind >."""
    lines = fresh_part(body).split("\n")
    shown = [*lines[:most], *(["..."] if len(lines) > most else [])]
    return "\n".join(f"> {line}".rstrip() for line in shown)


def wait_before(attempts: int) -> int:
    """Seconds before the next try after so many: each wait twice as long, an hour at most."""
    return int(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** max(0, min(attempts - 1, 20))))
