"""Telephone numbers as people and exchanges write them, and the one spelling each line is known by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from deskapp.domain.errors import RuleBroken
from deskapp.domain.phone_shown import (
    EXTENSION_DIGITS,
    MOBILE_DIGITS,
    SERVICE_DIGITS,
    SHORT_DIGITS,
    match_key,
    split_national,
)

MOBILE, LANDLINE, SERVICE, SHORT = "mobile", "landline", "service", "short"
LOCAL, EXTENSION, FOREIGN = "local", "extension", "foreign"

_AREA = r"10|2[0-9]|(?!400|800|950)[3-9][0-9]{2}"
_PLAIN_MOBILE = re.compile(r"(?:\+86|0086|86|0)?(1[3-9][0-9]{9})")
_PLAIN_LANDLINE = re.compile(
    r"(?:\+86|0086)?0(10|2[0-9](?=-?[0-9]{8}\Z)|(?!400|800|950)[3-9][0-9]{2})-?([2-9][0-9]{6,7})",
)
_SUBSCRIBER = r"[2-9][0-9]{7}|[2-9][0-9]{6}|12[0-9]{3}|9[56][0-9]{3,4}"
_LANDLINE = re.compile(rf"({_AREA})({_SUBSCRIBER})")
_NO_ZERO = re.compile(rf"(?:{_AREA})[-. ]?[2-9][0-9]{{6,7}}")
_LOCAL = re.compile(r"[2-9][0-9]{2,3}[-. ]?[0-9]{4}")

_SHAPE = re.compile(r"\(?\+?[0-9(][-0-9(). ]*")
_CHINA = re.compile(r"\(?(?:\+|00) ?86\)?[-. ]*|86(?=(?:[^0-9]*[0-9]){10,12}\Z)[-. ]*")
_ABROAD = re.compile(r"\(?\+|00")
_QUOTES = "'`\"\u2018\u2019\u201c\u201d\u2032\u00b4"
_UNSEEN = re.compile(rf"[{_QUOTES}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_ANY_DIGIT = re.compile(r"\d")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212\u2500]+\s*")
_NOTE = re.compile(r"[(\[\u3010][^()\[\]\u3010\u3011+0-9]*[)\]\u3011]")
_ADDRESS = re.compile(r"^(?:sips?|tel|callto):|@.*$")
_WHOLE = re.compile(r"^([0-9]+)\.0+$")
_POWER = re.compile(r"([0-9])(?:\.([0-9]+))?e\+?([0-9]{1,2})")
_LABELS = re.compile(r"^[^0-9+(]+|[^0-9)]+$")

# Words for turning to an extension or an inner line, as written between a number and its extension
_TURN = "\u8f6c\u63a5?|\u8f49\u63a5?|\u5206\u673a\u53f7?|\u5206\u6a5f|\u5185\u7ebf|;ext=|extension|ext|x|#"
_WORDED = re.compile(rf"[-,;( ]*(?:{_TURN})[-.: ]*([0-9]{{1,8}})\)?")
_AFTER_LANDLINE = re.compile(r"(.*0[0-9]{2,3}\)?[-. ]?[2-9][0-9]{6,7})-([0-9]{1,6})")
_AFTER_ANY = re.compile(r"(.*[0-9]) ?[-(] ?([0-9]{1,6})\)?")

_BETWEEN = re.compile(
    rf"(?:[/\uff0f\\|\uff5c\u3001;\uff1b,\uff0c&\r\n\u6216\u548c\u53ca]|"
    rf"[(\uff08][^()\uff08\uff090-9]*[)\uff09](?=\s*[0-9+]))+(?!\s*(?:{_TURN}))",
)
# In Chinese: unknown, unknown number or call, anonymous, hidden, private, kept secret, cannot be shown.
_HIDDEN = frozenset(
    (
        "",
        *("anonymous", "unknown", "private", "restricted", "unavailable", "withheld", "blocked", "hidden"),
        *("private number", "unknown number", "no caller id", "not available", "out of area", "null", "none"),
        *("\u672a\u77e5", "\u672a\u77e5\u53f7\u7801", "\u672a\u77e5\u6765\u7535", "\u533f\u540d"),
        *("\u9690\u85cf", "\u9690\u85cf\u53f7\u7801", "\u79c1\u4eba\u53f7\u7801", "\u4fdd\u5bc6"),
        *("\u65e0\u6cd5\u663e\u793a", "\u65e0\u6765\u7535\u663e\u793a"),
    ),
)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One telephone number: as it was written, as it is known, and as its digits are searched."""

    raw: str
    """What was typed, or what the exchange sent."""
    normal: str
    """E.164 ("+862167121532;ext=801"); 400, 800 and short numbers are their digits alone ("4008001234")."""
    digits: str
    """What people dial inside China, extension left out: "02167121532", "13800138000", "4008001234"."""
    kind: str
    """mobile, landline, service (400, 800), short (110, 95588), local (no area code), extension, foreign."""


def parse(raw: str | int | float, area_code: str = "") -> PhoneNumber:
    """Read one number; `area_code` completes a landline written without.

    Raises phone.not_a_number, or phone.lost_digits for "1.38001E+10", which a spreadsheet cut short.
    """
    written = _written(raw)
    found = _plain(written) or _read(written, area_code)
    if found is None:
        raise RuleBroken("phone.not_a_number", value=written.strip()[:40])
    return found


def parse_many(text: str | int | float, area_code: str = "") -> tuple[PhoneNumber, ...]:
    """Read every number of a cell ("a/b", "a b", lines …), in order, repeats dropped; () when empty.

    A number without area code takes that of the landline before it ("021-62345678/62345679"). Words between
    numbers are passed over. Raises as `parse` does when any part with a digit, or the whole, is no number.
    """
    written = _written(text)
    alone = _plain(written) or _read(written, area_code)
    if alone is not None:
        return (alone,)
    found: dict[str, PhoneNumber] = {}
    for piece in filter(_ANY_DIGIT.search, _BETWEEN.split(written)):
        for number in _spaced(piece.strip(), area_code):
            found.setdefault(number.normal, number)
            area_code = _area_of(number) or area_code
    if not found and written.strip():
        raise RuleBroken("phone.not_a_number", value=written.strip()[:40])
    return tuple(found.values())


def is_hidden(raw: str) -> bool:
    """Whether the caller's number was withheld ("", "anonymous", "<unknown>" …)."""
    text = _ADDRESS.sub("", unicodedata.normalize("NFKC", raw).casefold().strip(" <>()[]\"'\t"))
    return text.strip(" <>") in _HIDDEN


def same_line(one: PhoneNumber | str, other: PhoneNumber | str) -> bool:
    """Whether both reach the same line, extensions aside."""
    return match_key(one) == match_key(other)


def _area_of(number: PhoneNumber) -> str:
    return split_national(number.normal[3:].partition(";")[0])[0] if number.kind == LANDLINE else ""


def _written(raw: str | int | float) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool) or raw != raw or not 0 < raw < 1e15 or raw != int(raw):
        raise RuleBroken("phone.not_a_number", value=str(raw))
    return str(int(raw))


def _plain(raw: str) -> PhoneNumber | None:
    if mobile := _PLAIN_MOBILE.fullmatch(raw):
        return PhoneNumber(raw, "+86" + mobile[1], mobile[1], MOBILE)
    if landline := _PLAIN_LANDLINE.fullmatch(raw):
        national = landline[1] + landline[2]
        return PhoneNumber(raw, "+86" + national, "0" + national, LANDLINE)
    return None


def _read(raw: str, area_code: str) -> PhoneNumber | None:
    text = _unpowered(_cleaned(raw), raw)
    for body, extension in _ways(text):
        found = _recognised(body, area_code)
        if found and (not extension or found[2] in (MOBILE, LANDLINE, SERVICE, FOREIGN, LOCAL)):
            normal, digits, kind = found
            return PhoneNumber(raw, f"{normal};ext={extension}" if extension else normal, digits, kind)
    return None


def _cleaned(raw: str) -> str:
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", raw).casefold())
    text = _DASHES.sub("-", " ".join(text.split()))
    return _WHOLE.sub(r"\1", _NOTE.sub("", _ADDRESS.sub("", text)).strip())


def _unpowered(text: str, raw: str) -> str:
    power = _POWER.fullmatch(text)
    if power is None:
        return text
    decimals = power[2] or ""
    if len(decimals.rstrip("0")) > int(power[3]) or len(decimals) < int(power[3]):
        raise RuleBroken("phone.lost_digits", value=raw.strip()[:40])
    return power[1] + decimals[: int(power[3])]


def _ways(text: str) -> Iterator[tuple[str, str]]:
    """Every way to part a number from its extension, the surest first."""
    text = _unlabelled(text)
    worded = _WORDED.search(text)
    if worded:
        if worded.end() == len(text):
            yield _unlabelled(text[: worded.start()]), worded[1]
        return
    if grouped := _AFTER_LANDLINE.fullmatch(text):
        yield grouped[1], grouped[2]
    yield text, ""
    if last := _AFTER_ANY.fullmatch(text):
        yield last[1], last[2]


def _unlabelled(text: str) -> str:
    """Take off words before and after a full number ("Mrs Li 138…"); a short number must stand alone."""
    bare = _LABELS.sub("", text)
    return bare if sum(map(str.isdigit, bare)) >= 7 else text.strip()


def _recognised(text: str, area_code: str) -> tuple[str, str, str] | None:
    if not _SHAPE.fullmatch(text):
        return None
    if china := _CHINA.match(text):
        return _chinese(text[china.end() :], area_code, dialled_from_abroad=True)
    if abroad := _ABROAD.match(text):
        return _foreign(text[abroad.end() :])
    return _chinese(text, area_code)


def _chinese(text: str, area_code: str, dialled_from_abroad: bool = False) -> tuple[str, str, str] | None:
    digits = _digits(text)
    if mobile := MOBILE_DIGITS.fullmatch(digits):
        return "+86" + mobile[1], mobile[1], MOBILE
    if SERVICE_DIGITS.fullmatch(digits):
        return digits, digits, SERVICE
    found = _landline(digits.removeprefix("0"))
    if digits.startswith("0") or (found and (dialled_from_abroad or _NO_ZERO.fullmatch(text))):
        return found
    if SHORT_DIGITS.fullmatch(text):
        return text, text, SHORT
    if _LOCAL.fullmatch(text):
        area = _digits(area_code).removeprefix("0")
        return _landline(area + digits) if area else (digits, digits, LOCAL)
    return (text, text, EXTENSION) if EXTENSION_DIGITS.fullmatch(text) else None


def _landline(national: str) -> tuple[str, str, str] | None:
    parts = _LANDLINE.fullmatch(national)
    if parts is None or (len(parts[1]) == 2 and len(parts[2]) == 7):
        return None
    return "+86" + national, "0" + national, LANDLINE


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def _foreign(text: str) -> tuple[str, str, str] | None:
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + _digits(text), None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return normal, normal[1:], FOREIGN


def _spaced(piece: str, area_code: str) -> Iterator[PhoneNumber]:
    """Read numbers set apart by spaces only: the longest beginning that is a number, then the rest."""
    words = piece.split()
    while words:
        for end in range(len(words), 0, -1):
            number = _read(" ".join(words[:end]), area_code)
            if number and number.kind != EXTENSION:
                break
        else:
            raise RuleBroken("phone.not_a_number", value=piece[:40])
        yield number
        area_code, words = _area_of(number) or area_code, words[end:]
