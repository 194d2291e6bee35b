"""The signs beside colours, in two sets: handsome ones, and ASCII for terminals that draw those double."""

from __future__ import annotations

_HANDSOME = {
    "ellipsis": "\u2026",
    "cursor": "\u2590",
    "unknown": "\u00b7",
    "full": "\u2588",
    "rest": "\u2591",
    "calm": " ",
    "amber": "\u25d4",
    "red": "\u25d5",
    "overdue": "!",
    "paused": "=",
    "met": "\u2714",
    "missed": "\u2718",
    "error": "\u26a0",
    "chosen": "\u25c9",
    "marked": "*",
    "rule": "\u254e",
    "node": "\u25c9",
    "line": "\u254e",
    "alarm": "\u25f7",
    "down": "\u25be",
    "answer": "\u00bb",
    "note": "\u00a6",
    "shade1": "\u2591",
    "shade2": "\u2592",
    "shade3": "\u2593",
    "shade4": "\u2588",
}
_PLAIN = {
    "ellipsis": "~",
    "cursor": ">",
    "unknown": ".",
    "full": "#",
    "rest": ".",
    "calm": " ",
    "amber": "-",
    "red": "*",
    "overdue": "!",
    "paused": "=",
    "met": "v",
    "missed": "x",
    "error": "!",
    "chosen": "*",
    "marked": "*",
    "rule": "|",
    "node": "o",
    "line": "|",
    "alarm": "@",
    "down": "v",
    "answer": ">",
    "note": "#",
    "shade1": ".",
    "shade2": "-",
    "shade3": "+",
    "shade4": "#",
}
_AMBIGUOUS = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "~",
        "\u2014": "-",
        "\u2013": "-",
        "\u00b7": ".",
        "\u00d7": "x",
        "\u2192": ">",
        "\u2190": "<",
        "\u2103": "C",
        "\u00b0": "o",
    }
)

_plain = False


def use_plain(plain: bool) -> None:
    """Choose plain signs for every later paint: for terminals that draw ambiguous characters double."""
    global _plain
    _plain = plain


def plain_signs() -> bool:
    """Whether plain signs are in use."""
    return _plain


def sign(name: str) -> str:
    """The one-cell sign called `name`, of the set in use."""
    return (_PLAIN if _plain else _HANDSOME)[name]


def plainly(text: str) -> str:
    """Swap ambiguous punctuation for ASCII while plain signs are in use, so columns stay aligned."""
    return text.translate(_AMBIGUOUS) if _plain else text
