"""How numbers are written for eyes: whole or masked. Lists paint them, so that nothing is loaded here to read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskapp.domain.phone_number import PhoneNumber

MOBILE_DIGITS = re.compile(r"0?(1[3-9][0-9]{9})")
SERVICE_DIGITS = re.compile(r"[48]00[0-9]{7}")
SHORT_DIGITS = re.compile(r"1[0-2][0-9]{1,4}|95[0-9]{3,6}|950[0-9]{2,10}|96[0-9]{3,4}")
EXTENSION_DIGITS = re.compile(r"[1-9][0-9]{2,4}")
_WITHIN = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def match_key(number: PhoneNumber | str) -> str:
    """Give what all spellings of one line share, for the screen pop: `normal` without its extension.

    A local number of unknown area keeps a key of its own: give `parse` the area code to avoid that.
    """
    return _normal(number).partition(";")[0]


def masked(number: PhoneNumber | str) -> str:
    """Hide the middle: "138****8000", "021****5678"; public short and service numbers stay readable."""
    main = match_key(number)
    if any(public.fullmatch(main) for public in (SERVICE_DIGITS, SHORT_DIGITS, EXTENSION_DIGITS)):
        return main
    if main.startswith("+86"):
        area, local = split_national(main[3:])
        return f"{area or local[:3]}****{local[-4:]}"
    return f"{main[:3] if len(main) > 8 else ''}****{main[-4:]}" if main else ""


def masked_within(text: str) -> str:
    """Mask the mobile numbers somebody wrote into a text, a mail address above all."""
    return _WITHIN.sub(lambda found: f"{found[0][:3]}****{found[0][-4:]}", text)


def told(normal: str, raw: str, *, whole: bool) -> str:
    """A number for eyes, whole or masked; of one that could not be read only the last digits are told."""
    if whole:
        return shown(normal) if normal else raw
    return masked(normal) if normal else f"****{raw[-4:]}" if raw else ""


def shown(number: PhoneNumber | str) -> str:
    """Write for reading: "138 0013 8000", "021-6234 5678#801", "400-800-1234"; `parse` reads it back."""
    main, _, extension = _normal(number).partition(";ext=")
    tail = f"#{extension}" if extension else ""
    if main.startswith("+86"):
        area, local = split_national(main[3:])
        return (f"{area}-{_halved(local)}" if area else f"{local[:3]} {local[3:7]} {local[7:]}") + tail
    if main.startswith("+"):
        return _foreign_shown(main) + tail
    if SERVICE_DIGITS.fullmatch(main):
        return f"{main[:3]}-{main[3:6]}-{main[6:]}{tail}"
    return (main if SHORT_DIGITS.fullmatch(main) else _halved(main)) + tail


def _normal(number: PhoneNumber | str) -> str:
    return number if isinstance(number, str) else number.normal


def split_national(national: str) -> tuple[str, str]:
    """The area code with its 0 ("" for a mobile) and the rest of a number inside China."""
    if MOBILE_DIGITS.fullmatch(national):
        return "", national
    width = 2 if national[0] == "2" or national.startswith("10") else 3
    return "0" + national[:width], national[width:]


def _halved(local: str) -> str:
    return f"{local[:-4]} {local[-4:]}" if len(local) > 6 else local


def _foreign_shown(normal: str) -> str:
    import phonenumbers

    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(phonenumbers.parse(normal, None), international))
