"""What the index promises is kept, and people find names however they type them (P5)."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from itertools import product
from time import perf_counter

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from deskapp.domain.search_text import (
    LIMIT,
    Term,
    fold,
    grams,
    haystack,
    index_tokens,
    like_pattern,
    matches,
    name_keys,
    pinyin_text,
    query_terms,
)

pytestmark = pytest.mark.row("P5")

ALPHABET = "张伟明漏水𠮷䶮卫生间aAbzZ019012-_%\\.\"'/()·。，ＡＢ１é́ßİﬁ㎡かДд \u3000\u200b\u202e\ufe0f\u00ad\n"
texts = st.one_of(st.text(ALPHABET, max_size=40), st.text(max_size=40))


@st.composite
def texts_and_parts(draw: st.DrawFn) -> tuple[str, Term]:
    """A text, and something somebody could type that stands in it."""
    text = draw(texts)
    searched = haystack(text)
    start = draw(st.integers(0, max(0, len(searched) - 1)))
    word = searched[start : start + draw(st.integers(1, 12))].split()
    assume(word)
    return text, Term(word[0], "mixed")


@given(texts_and_parts())
@example(("20-3-3004", Term("0-3-30", "mixed")))
@example(("客户张zw来电", Term("户张z", "mixed")))
@example(("TS20261123-0001", Term("s20261123-0", "mixed")))
def test_what_matches_is_in_the_index(found: tuple[str, Term]) -> None:
    text, term = found
    assert matches(text, [term])
    assert set(index_tokens(term)) <= set(grams(text).split(" "))


@given(texts, texts)
def test_whatever_is_typed_the_index_agrees_with_the_truth(text: str, typed: str) -> None:
    for term in query_terms(typed):
        if matches(text, [term]):
            assert set(index_tokens(term)) <= set(grams(text).split(" "))


@given(st.lists(texts, max_size=4))
def test_separate_texts_are_one_haystack(parts: list[str]) -> None:
    assert grams(*parts) == grams(haystack(*parts)) == grams(" ".join(parts))


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert haystack(haystack(text)) == haystack(text)


@given(texts)
def test_tokens_are_distinct_and_safe_to_quote(text: str) -> None:
    tokens = grams(text).split(" ") if grams(text) else []
    assert len(tokens) == len(set(tokens))
    assert all(token and '"' not in token and not any(map(str.isspace, token)) for token in tokens)


@given(st.lists(texts, min_size=1, max_size=5), texts)
@example(["户𠮷\U00030000来"], "\U00030000")
@example(["50%_\\"], "%_\\")
def test_sqlite_finds_what_the_truth_says(rows: list[str], typed: str) -> None:
    terms = query_terms(typed)
    tokens = [token for term in terms for token in index_tokens(term)]
    assume(tokens)
    with sqlite3.connect(":memory:") as bare:
        bare.execute("CREATE TABLE s (id INTEGER PRIMARY KEY, haystack TEXT)")
        bare.execute("CREATE VIRTUAL TABLE f USING fts5 (grams, tokenize='ascii', detail='none')")
        for number, row in enumerate(rows):
            bare.execute("INSERT INTO s VALUES (?, ?)", (number, haystack(row)))
            bare.execute("INSERT INTO f (rowid, grams) VALUES (?, ?)", (number, grams(row)))
        likes = "".join(" AND haystack LIKE ? ESCAPE '\\'" for _ in terms)
        found = bare.execute(
            f"SELECT id FROM f JOIN s ON s.id = f.rowid WHERE f MATCH ? {likes} ORDER BY id",
            (" AND ".join(f'"{token}"' for token in tokens), *map(like_pattern, terms)),
        ).fetchall()
    bare.close()
    assert [number for (number,) in found] == [n for n, row in enumerate(rows) if matches(row, terms)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Ａ座　１２ \n 室 ", "a座 12 室"),
        ("𠮷田", "𠮷田"),
        ("张\u200b三\u202e\ufeff", "张三"),
        ("STRASSE straße", "strasse strasse"),
        ("89㎡", "89m2"),
        ("a\x00b", "ab"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("漏水了", "漏 水 了 漏水 水了"),
        ("ts2026", "ts2 s20 202 026"),
        ("3-2-1101", "3 2 110 101"),
        ("张zw", "张 zw"),
        ("𠮷", "𠮷"),
        ("。，!", ""),
    ],
)
def test_grams(text: str, tokens: str) -> None:
    assert grams(text) == tokens


@pytest.mark.parametrize("query", ["漏", "漏水", "卫生间", "水三次", "生间漏水三次"])
def test_chinese_of_any_length_is_in_the_index(query: str) -> None:
    (term,) = query_terms(query)
    assert index_tokens(term)
    assert set(index_tokens(term)) <= set(grams("卫生间漏水三次").split())


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", []),
        ("  \u200b", []),
        ("张伟明", [("张伟明", "han")]),
        ("漏水　卫生间", [("漏水", "han"), ("卫生间", "han")]),
        ("ZWM", [("zwm", "latin")]),
        ("张 zwm 张", [("张", "han"), ("zwm", "latin")]),
        ("8000", [("8000", "digits")]),
        ("８０００", [("8000", "digits")]),
        ("张zw", [("张zw", "mixed")]),
        ("3-2-1101", [("3-2-1101", "mixed")]),
        ("20-3-3004", [("20-3-3004", "mixed")]),
        ("TS20261123-0001", [("ts20261123-0001", "mixed")]),
        ("20261123-0001", [("20261123-0001", "mixed")]),
        ("2026 1123", [("2026", "digits"), ("1123", "digits")]),
        ("13800138000", [("13800138000", "digits")]),
        ("138-0013-8000", [("13800138000", "digits")]),
        ("138 0013 8000", [("13800138000", "digits")]),
        ("138 0013", [("1380013", "digits")]),
        ("138 0013 80", [("138001380", "digits")]),
        ("+86 138 0013 8000", [("13800138000", "digits")]),
        ("+8613800138000", [("13800138000", "digits")]),
        ("0086-13800138000", [("13800138000", "digits")]),
        ("8613800138000", [("13800138000", "digits")]),
        ("+86 21 6234 5678", [("2162345678", "digits")]),
        ("+86(0)21 62345678", [("2162345678", "digits")]),
        ("021-62345678", [("02162345678", "digits")]),
        ("(021) 6234 5678", [("02162345678", "digits")]),
        ("021-62345678-801", [("02162345678", "digits")]),
        ("021-623", [("021623", "digits")]),
        ("400-800-1234", [("4008001234", "digits")]),
        ("+1 212-555-0123", [("12125550123", "digits")]),
    ],
)
def test_query_terms(typed: str, terms: list[tuple[str, str]]) -> None:
    assert [(term.text, term.kind) for term in query_terms(typed)] == terms


@pytest.mark.parametrize(
    ("term", "tokens"),
    [
        ("水", ("水",)),
        ("漏水", ("漏水",)),
        ("zw", ()),
        ("zwm", ("zwm",)),
        ("0", ()),
        ("1-2-3", ("2",)),
        ("-", ()),
    ],
)
def test_index_tokens(term: str, tokens: tuple[str, ...]) -> None:
    assert index_tokens(Term(term, "mixed")) == tokens


def test_like_pattern_takes_nothing_for_a_wildcard() -> None:
    assert like_pattern(Term("5%_\\", "mixed")) == "%5\\%\\_\\\\%"


def test_a_very_long_text_is_cut_not_refused() -> None:
    text = "漏水" * LIMIT + "末尾"
    assert len(haystack(text)) == LIMIT
    assert not matches(text, query_terms("末尾"))
    assert len(query_terms("水" * 10 * LIMIT)[0].text) <= 500


NAMES = [
    ("张伟明", "zhangweiming zwm weiming wm zhangw zh"),
    ("单雄信", "shanxiongxin danxiongxin chanxiongxin sxx dxx"),
    ("曾国藩", "zengguofan cengguofan zgf cgf"),
    ("解晓东", "xiexiaodong jiexiaodong xxd jxd"),
    ("尉迟恭", "yuchigong weichigong ycg gong"),
    ("仇英", "qiuying chouying"),
    ("朴树", "piaoshu pushu"),
    ("区大伟", "oudawei qudawei odw"),
    ("查良镛", "zhaliangyong chaliangyong"),
    ("盖叫天", "gejiaotian gaijiaotian"),
    ("万俟卨", "moqi wansi mq"),
    ("乐嘉", "yuejia lejia"),
    ("吕布", "lvbu lubu lb"),
    ("耶律阿保机", "yelvabaoji yeluabaoji abaoji"),
    ("欧阳平伟", "ouyangpingwei oypw pingwei pw"),
    ("欧阳", "ouyang oy yang"),
    ("長孫無忌", "zhangsunwuji wuji"),
    ("李行", "lixing lihang"),
    ("王𠮷娜", "wangjina wjn jina"),
    ("徐䶮", "xuyan xy"),
    ("吴\u3000明", "wuming wm ming"),
    ("张zw", "zhangzw zzw"),
    ("Lily 林", "lilylin ll lin"),
    ("John Smith", "johnsmith smith js"),
    ("绿地21城", "lvdi21cheng ld21c"),
    ("万科城（店铺）", "wankecheng wkc"),
    ("买买提·艾力", "maimaitiaili mmtal aili"),
    ("A座小王", "azuoxiaowang azxw"),
    ("(店铺)", "dianpu dp"),
]


@pytest.mark.parametrize(("name", "typed"), NAMES)
def test_names_are_found_by_pinyin(name: str, typed: str) -> None:
    keys = name_keys(name)
    for beginning in typed.split():
        assert any(key.startswith(beginning) for key in keys), beginning


def test_a_latin_name_is_found_as_it_is_written() -> None:
    assert "john smith" in name_keys("John Smith (VIP)")


@pytest.mark.parametrize(("name", "typed"), NAMES)
def test_the_haystack_confirms_what_the_keys_find(name: str, typed: str) -> None:
    assert matches(f"{name} {pinyin_text(name)}", query_terms(typed))


def test_the_bracketed_part_is_left_out() -> None:
    assert name_keys("万科城（店铺）") == name_keys("万科城")


@pytest.mark.parametrize("name", ["", " ", "!!", "()", "\u200b"])
def test_no_name_has_no_keys(name: str) -> None:
    assert name_keys(name) == ()
    assert pinyin_text(name) == ""


@pytest.mark.parametrize(("name", "first"), [("单雄信", "shanxiongxin"), ("王伟", "wangwei"), ("李", "li")])
def test_the_first_key_is_the_likeliest_reading(name: str, first: str) -> None:
    assert name_keys(name)[0] == first


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=2))
@example("重行")
def test_every_reading_of_a_character_matches(name: str) -> None:
    from pypinyin import Style, pinyin

    readings = [pinyin(each, style=Style.NORMAL, heteronym=True, errors="ignore") for each in name]
    assume(all(readings))
    ways = [{way for way in each[0] if way.isascii() and way.isalpha()} for each in readings]
    assume(all(ways) and len(ways[0]) * len(ways[1]) <= 8)
    keys = name_keys(name)
    assert all(key in pinyin_text(name) for key in keys)
    for one, other in product(*ways):
        assert any(key.startswith(one + other) for key in keys)
        assert any(key.startswith(one[0] + other[0]) for key in keys)
        assert any(key.startswith(other) for key in keys)


@given(st.text(max_size=80))
@example("行重" * 20)
def test_any_name_has_a_bounded_number_of_safe_keys(name: str) -> None:
    keys = name_keys(name)
    assert len(keys) == len(set(keys)) <= 32 * 2 * 7
    assert all(key and " ".join(key.split()) == key for key in keys)


def test_pypinyin_is_loaded_only_for_names() -> None:
    source = (
        "import sys; from deskapp.domain.search_text import grams, query_terms; grams('\\u5f20');"
        "query_terms('zwm');"
        "assert 'pypinyin' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0


@pytest.mark.bench
def test_a_million_names() -> None:
    given_names = [chr(code) for code in range(0x4E00, 0x9FA5, 17)]
    names = [f"张{one}{other}" for one in given_names[:200] for other in given_names[:500]]
    for character in given_names:
        name_keys(f"张{character}")
    start = perf_counter()
    for name in names:
        name_keys(name)
    million = (perf_counter() - start) * 1_000_000 / len(names)
    print(f"{million:.1f} s for 1,000,000 names")
    assert million < 15


def test_characters_are_read_the_same_without_pypinyins_phrases() -> None:
    """The phrases, which nothing here asks for, are left out of memory."""
    read = (
        "from pypinyin import Style, pinyin; from pypinyin.constants import PHRASES_DICT; import zlib;"
        "han = [*map(chr, [*range(0x3400, 0xfb00), *range(0x20000, 0x2b740)])];"
        "found = [pinyin(one, style=Style.NORMAL, heteronym=True, errors='ignore') for one in han];"
        "print(len(PHRASES_DICT) > 0, zlib.crc32(repr(found).encode()))"
    )

    def told(code: str) -> list[str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith("PYPINYIN")}
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=given
        )
        return run.stdout.split()

    whole, ours = told(read), told(f"import deskapp; {read}")
    assert (whole[0], ours[0]) == ("True", "False")
    assert whole[1] == ours[1]
