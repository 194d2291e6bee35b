"""The words: alike in both languages, there for every code, each of some use, and none of them in Python."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from deskapp.i18n import LANGUAGES
from deskapp.i18n import area as words_of

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "deskapp"
CATALOGUES = PACKAGE / "i18n"

# Calls whose first argument is a code.
SPEAKERS = {"say", "knows", "RuleBroken", "NotAllowed", "StorageFailed"}

# Chinese and English desks write these alike.
SAME_IN_BOTH = {
    *{"ID", "OK", "PDF", "CSV", "xlsx", "docx", "SMS", "IP", "URL", "KPI", "SIM", "PIN"},
    *{"SQLite", "PostgreSQL", "Asterisk", "IMAP", "SMTP", "webhook", "Excel", "Word"},
    *{"Enter", "Esc", "Tab", "Ctrl", "Shift", "Alt", "Home", "End", "PgUp", "PgDn", "English"},
}

# Chinese that belongs in an English sentence.
CHINESE_IN_ENGLISH = {"中文", "简体中文"}

# Ideographs, their punctuation, full-width forms, kana.
CJK = re.compile(r"[\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def areas() -> list[str]:
    """Every area that has a file in either language."""
    return sorted(
        {file.stem for folder in LANGUAGES.values() for file in (CATALOGUES / folder).glob("*.toml")}
    )


@cache
def catalogue(language: str) -> dict[str, str]:
    """All words of a language: code → text."""
    return {code: text for area in areas() for code, text in words_of(language, area).items()}


def holes(text: str) -> set[str]:
    """The names of the facts a text has holes for."""
    named = (name for _, name, _, _ in Formatter().parse(text) if name is not None)
    return {re.split(r"[.\[]", name)[0] for name in named}


def plain(text: str) -> str:
    """A text without its holes."""
    return "".join(piece for piece, *_ in Formatter().parse(text))


@dataclass(frozen=True)
class Call:
    """One place in Python that names a code and, if they can be told, the facts given to it."""

    place: str
    code: str
    facts: frozenset[str] | None


@cache
def trees() -> dict[str, ast.Module]:
    """Every Python file of the package, parsed."""
    return {
        str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(PACKAGE.rglob("*.py"))
    }


def calls() -> Iterator[Call]:
    """Every say("a.b"), RuleBroken("a.b") … and every keyword argument called code or …_code."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            place = f"{path}:{node.lineno}"
            if _name(node.func) in SPEAKERS and node.args and (code := _text(node.args[0])):
                given = [keyword.arg for keyword in node.keywords]
                yield Call(place, code, None if None in given else frozenset(filter(None, given)))
            for keyword in node.keywords:
                if (
                    keyword.arg
                    and re.fullmatch(r"(\w+_)?code", keyword.arg)
                    and (code := _text(keyword.value))
                ):
                    yield Call(place, code, None)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def mentioned() -> set[str]:
    """Every whole string in Python or in the package's data that could be a code."""
    in_python = (text for tree in trees().values() for node in ast.walk(tree) if (text := _text(node)))
    in_data = (text for file in PACKAGE.joinpath("data").rglob("*.toml") for text in _strings(_toml(file)))
    return {*in_python, *in_data}


def _toml(file: Path) -> object:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


def made_up() -> set[str]:
    """Patterns of the codes Python puts together: f"ticket.state.{state}" or "ticket.state." + state."""
    found = {re.escape(text) + r"\w.*" for text in mentioned() if re.fullmatch(r"\w+(\.\w+)*\.", text)}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                pieces = [_text(piece) for piece in node.values]
                if _looks_like_a_code(pieces):
                    found.add("".join(r"[\w.]+" if piece is None else re.escape(piece) for piece in pieces))
    return found


def _looks_like_a_code(pieces: list[str | None]) -> bool:
    """Whether an f-string can make a code: dots and words only, and an area's name or a whole word in it."""
    written = [piece for piece in pieces if piece is not None]
    if not written or not all(re.fullmatch(r"[\w.]+", piece) for piece in written):
        return False
    if pieces[0] is not None:
        return pieces[0].partition(".")[0] in areas()
    return any(re.search(r"\.\w{3,}", piece) for piece in written)


@pytest.mark.parametrize("area", areas())
def test_both_languages_say_the_same_things(area: str) -> None:
    chinese, english = words_of("zh", area), words_of("en", area)
    assert chinese.keys() == english.keys()
    assert {code: holes(text) for code, text in chinese.items()} == {
        code: holes(text) for code, text in english.items()
    }


def test_every_code_has_words() -> None:
    wordless = [f"{call.place} {call.code}" for call in calls() if call.code not in catalogue("zh")]
    assert not wordless, "\n".join(wordless)


def test_facts_fill_every_hole() -> None:
    known = catalogue("zh")
    unfilled = [
        f"{call.place} {call.code} {sorted(missing)}"
        for call in calls()
        if call.facts is not None and (missing := holes(known.get(call.code, "")) - call.facts)
    ]
    assert not unfilled, "\n".join(unfilled)


def test_every_word_has_a_use() -> None:
    whole, patterns = mentioned(), [re.compile(pattern) for pattern in made_up()]
    unused = [
        code
        for code in catalogue("zh")
        if code not in whole and not any(pattern.fullmatch(code) for pattern in patterns)
    ]
    assert not unused, "\n".join(unused)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_empty(language: str) -> None:
    assert [code for code, text in catalogue(language).items() if not text.strip()] == []


def test_chinese_has_no_english_left_over() -> None:
    left = [
        f"{code} = {text}"
        for code, text in catalogue("zh").items()
        if not CJK.search(text) and set(re.findall(r"[A-Za-z]{2,}", plain(text))) - SAME_IN_BOTH
    ]
    assert not left, "\n".join(left)


def test_english_has_no_chinese_left_over() -> None:
    allowed = re.compile("|".join(sorted(CHINESE_IN_ENGLISH, key=len, reverse=True)))
    left = [f"{code} = {text}" for code, text in catalogue("en").items() if CJK.search(allowed.sub("", text))]
    assert not left, "\n".join(left)


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_words_for_people_live_in_python(file: Path) -> None:
    """What is written as an escape is a parser's business; what is written out is somebody's reading."""
    comments = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE}
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline)
    found = [f"{t.start[0]}: {t.string}" for t in tokens if t.type not in comments and CJK.search(t.string)]
    assert found == []


@pytest.mark.parametrize(
    ("source", "code", "fits"),
    [
        ('say(f"policy.severity.{x}")', "policy.severity.minor", True),
        ('say(f"policy.severity.{x}")', "policy.severity", False),
        ('say("policy.severity." + x)', "policy.severity.minor", True),
        ('say(f"{area}.title")', "policy.title", True),
        ('log(f"policy says {x}")', "policy says no", False),
        ('key(f"{a}.{b}")', "policy.hours", False),
    ],
)
def test_a_code_put_together_counts_as_used(source: str, code: str, fits: bool, monkeypatch) -> None:
    monkeypatch.setitem(globals(), "trees", lambda: {"x.py": ast.parse(source)})
    assert any(re.fullmatch(pattern, code) for pattern in made_up()) is fits


def test_holes_are_found() -> None:
    assert holes("{number}: {left:>8} of {client.name}, {{kept}}") == {"number", "left", "client"}
