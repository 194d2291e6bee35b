"""Words for people: say(code, **facts) in the language in use; one TOML file an area and language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = {"zh": "zh_CN", "en": "en"}

_language = "zh"


def use(language: str) -> None:
    """Switch the language of every later `say`: "zh" or "en"; anything else is an error."""
    global _language
    if language not in LANGUAGES:
        raise ValueError(language)
    _language = language


def language() -> str:
    """The language in use: "zh" or "en"."""
    return _language


@cache
def area(language: str, name: str) -> dict[str, str]:
    """All words of one area, flat: "queue.title" → text. An area is the first part of a code."""
    path = Path(__file__).parent / LANGUAGES[language] / f"{name}.toml"
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    _flatten(name, tomllib.loads(path.read_text(encoding="utf-8")), found)
    return found


def _flatten(prefix: str, node: dict[str, Any], found: dict[str, str]) -> None:
    for key, value in node.items():
        code = f"{prefix}.{key}"
        if isinstance(value, dict):
            _flatten(code, value, found)
        else:
            found[code] = value


def knows(code: str) -> bool:
    """Whether the language in use has words for `code`."""
    return code in area(_language, code.split(".", 1)[0])


def say(code: str, **facts: Any) -> str:
    """The words of `code`, its {holes} filled with `facts`; a code without words shows itself in ⟦⟧."""
    words = area(_language, code.split(".", 1)[0]).get(code)
    if words is None:
        return f"⟦{code}⟧"
    return words.format_map(_Facts(facts)) if facts else words


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"
