"""Money, floor area and fixed choices as people type them in spreadsheets, read exactly or refused with the reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_cells import Cell, clean, shown
from deskapp.domain.import_vocabulary import plain, values_of, words

MOST_MONEY = 10**12
"""The most a cell may hold, in fen (ten thousand million yuan): more is a typing error."""
MOST_AREA = 1_000_000

_CENT = Decimal("0.01")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_TOKENS = re.compile(r"\d+(?:\.\d+)?|\D")
_ASIDE = re.compile(r"\([^()\d]*\)$")
_COINS = re.compile("^(.+)[\u5143\u5706\u5757](?:\u96f6)?(?:(.)\u89d2)?(?:(.)\u5206)?$")


def parse_money(value: Cell) -> int:
    """Read an amount of yuan into fen (1/100 yuan); raises RuleBroken import.money…

    A numeric cell is rounded half up to the fen, as Excel shows it; typed text may not be finer than a fen.
    """
    if isinstance(value, str):
        return _money_of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RuleBroken("import.money", value=shown(value))
    return _fen(_decimal(value, "import.money").quantize(_CENT, ROUND_HALF_UP), shown(value))


def parse_area(value: Cell) -> int | float:
    """Read a floor area in square metres, to 1/100; raises RuleBroken import.area."""
    if isinstance(value, bool) or value is None or not isinstance(value, str | int | float):
        raise RuleBroken("import.area", value=shown(value))
    area = _area_of_text(value) if isinstance(value, str) else _decimal(value, "import.area")
    if not 0 < area <= MOST_AREA:
        raise RuleBroken("import.area", value=shown(value))
    area = area.quantize(_CENT, ROUND_HALF_UP)
    return int(area) if area == int(area) else float(area)


def parse_severity(text: str) -> str:
    """Read a severity: minor, major, critical, crisis; raises RuleBroken import.severity."""
    return parse_choice("severity", text)


def parse_channel(text: str) -> str:
    """Read the channel of a complaint: phone, email, visit, web, gm, leadership, unknown; or import.channel."""
    return parse_choice("channel", text)


def parse_state(text: str) -> str:
    """Read the state of a complaint, in the words of other systems too; raises RuleBroken import.state."""
    return parse_choice("state", text)


def parse_kind(text: str) -> str:
    """Read the kind of a notice: start or completion; raises RuleBroken import.kind, import.kind_withdrawn."""
    said = plain(text)
    if any(word in said for word, code in values_of("kind").items() if code == "withdrawn"):
        raise RuleBroken("import.kind_withdrawn", value=text)
    return parse_choice("kind", text)


def kind_in(title: str) -> str:
    """The kind of notices a title speaks of; \"\" when it speaks of none or of both."""
    said = plain(title)
    kinds = {code for word, code in values_of("kind").items() if len(word) >= 2 and word in said}
    return kinds.pop() if len(kinds) == 1 and kinds < {"start", "completion"} else ""


@lru_cache(maxsize=4096)
def parse_choice(field: str, text: str) -> str:
    """Find a word among a field's synonyms: whole, else the longest one inside it; raises import.FIELD."""
    known, said = values_of(field), plain(text)
    if said in known:
        return known[said]
    inside = [
        word for word in known if len(word) >= (2 if not word.isascii() else 4) and _contains(said, word)
    ]
    longest = max(map(len, inside), default=0)
    codes = {known[word] for word in inside if len(word) == longest}
    if len(codes) != 1:
        raise RuleBroken(f"import.{field}", value=text)
    return codes.pop()


def _contains(said: str, word: str) -> bool:
    """Whether a word is said, and not turned round by the word before it."""
    place = said.find(word)
    return place >= 0 and not said[:place].endswith(tuple(map(plain, words()["rows"]["negations"])))


@lru_cache(maxsize=4096)
def _money_of_text(text: str) -> int:
    said = _ASIDE.sub("", _narrow(text)) or _narrow(text)
    bare = _trim(said, "money")
    if re.match(r"\(\D?\d[\d,.]*\D{0,2}\)$", said) or bare.startswith(("-", "\u2212")):
        raise RuleBroken("import.money_negative", value=text)
    amount = _number(bare)
    if amount is None:
        amount = _with_coins(said)
    if amount is None:
        raise RuleBroken("import.money", value=text)
    if amount > MOST_MONEY:
        raise RuleBroken("import.money_range", value=text)
    if amount != amount.quantize(_CENT):
        raise RuleBroken("import.money_fraction", value=text)
    return _fen(amount, text)


def _with_coins(said: str) -> Decimal | None:
    """Read an amount that names its jiao and fen."""
    match = _COINS.match(said)
    if not match:
        return None
    whole = _number(_trim(match[1], "money"))
    jiao, fen = (_number(part) if part else Decimal(0) for part in match.groups()[1:])
    if whole is None or jiao is None or fen is None:
        return None
    return whole + jiao / 10 + fen / 100


def _fen(amount: Decimal, value: str) -> int:
    if amount < 0:
        raise RuleBroken("import.money_negative", value=value)
    fen = int(amount * 100)
    if fen > MOST_MONEY:
        raise RuleBroken("import.money_range", value=value)
    return fen


@lru_cache(maxsize=4096)
def _area_of_text(text: str) -> Decimal:
    area = _number(_trim(_ASIDE.sub("", _narrow(text)), "area"))
    if area is None:
        raise RuleBroken("import.area", value=text)
    return area


def _decimal(value: int | float, code: str) -> Decimal:
    """A number cell as a decimal; what is no number (NaN, infinity) or beyond reason is refused."""
    try:
        number = Decimal(repr(value))
    except InvalidOperation:
        raise RuleBroken(code, value=shown(value)) from None
    if not number.is_finite() or abs(number) > 10**15:
        raise RuleBroken(code, value=shown(value))
    return number


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", clean(text)).lower().replace(" ", "")[:60]


def _trim(said: str, kind: str) -> str:
    """Take away the words that stand before and after a number of this kind."""
    rule: dict[str, Any] = words()[kind]
    before, after = _narrowed(tuple(rule["before"])), _narrowed(tuple(rule["after"]))
    while True:
        start = next((word for word in before if said.startswith(word)), "")
        said = said.removeprefix(start)
        end = next((word for word in after if said.endswith(word)), "")
        said = said.removesuffix(end)
        if not start and not end:
            return said


@lru_cache(maxsize=8)
def _narrowed(said: tuple[str, ...]) -> Sequence[str]:
    """Words as they look after a text was narrowed, longest first."""
    return sorted({_narrow(word) for word in said}, key=len, reverse=True)


def _number(said: str) -> Decimal | None:
    """Read 5000, 5,000, 1.5\u4e07, 5\u5343, Chinese numerals plain and formal; None when it is none of them."""
    if _GROUPED.fullmatch(said):
        return Decimal(said.replace(",", ""))
    if not said or len(said) > 30 or "," in said:
        return None
    return _spoken_number(_TOKENS.findall(said))


def _spoken_number(tokens: Sequence[str]) -> Decimal | None:
    """Add up figures and units; a last figure straight after a unit counts tenths of it (1\u4e075 is 15,000)."""
    digits, units = words()["numbers"]["digits"], words()["numbers"]["units"]
    total, section, current, last = Decimal(0), Decimal(0), None, 0
    for token in tokens:
        if token in units:
            last = units[token]
            counted = section + (current or 0) if last >= 10000 else current or (1 if last == 10 else 0)
            if not counted:
                return None
            section = counted * last if last >= 10000 else section + counted * last
            if last >= 10000:
                total, section = total + section, Decimal(0)
            current = None
        elif current is not None:
            return None
        elif digits.get(token) == 0:
            last = 0
        elif token in digits or (token.isascii() and token[0].isdecimal()):
            current = Decimal(digits.get(token, token))
        else:
            return None
    if current is not None and last > 10 and current < 10:
        current *= last // 10
    if tokens[1:] and not any(token in units for token in tokens):
        return None
    return total + section + (current or 0)
