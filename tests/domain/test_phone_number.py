"""Every spelling of a telephone number finds the one line it means (C3, P4, P6)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.phone_number import PhoneNumber, is_hidden, parse, parse_many, same_line
from deskapp.domain.phone_shown import masked, match_key, shown
from deskapp.i18n import area

SHEETS = Path(__file__).parents[2].parent / "shared" / "data" / "spreadsheets"

MOBILE = "+8613800138000"
SHANGHAI = "+862162345678"
SHENZHEN = "+867552345678"

SPELLINGS = [
    ("13800138000", MOBILE),
    (13800138000, MOBILE),
    (13800138000.0, MOBILE),
    ("13800138000.0", MOBILE),
    ("1.3800138000E+10", MOBILE),
    ("+8613800138000", MOBILE),
    ("+86 138 0013 8000", MOBILE),
    ("+86-138-0013-8000", MOBILE),
    ("(+86)13800138000", MOBILE),
    ("0086 13800138000", MOBILE),
    ("8613800138000", MOBILE),
    ("86-13800138000", MOBILE),
    ("013800138000", MOBILE),
    ("138.0013.8000", MOBILE),
    ("138—0013—8000", MOBILE),
    ("(138)00138000", MOBILE),
    ("１３８００１３８０００", MOBILE),
    ("+８６ １３８-００１３-８０００", MOBILE),
    ("’13800138000", MOBILE),
    ("\u200e13800138000\u200b", MOBILE),
    ("13800138000(女)", MOBILE),
    ("13800138000【老板】", MOBILE),
    ("李女士13800138000", MOBILE),
    ("手机:13800138000", MOBILE),
    ("tel:+86-138-0013-8000", MOBILE),
    ("sip:13800138000@10.0.0.1", MOBILE),
    ("13800138000转8012", MOBILE + ";ext=8012"),
    ("021-62345678", SHANGHAI),
    ("(021)62345678", SHANGHAI),
    ("021 6234 5678", SHANGHAI),
    ("021-6234-5678", SHANGHAI),
    ("+86 21 62345678", SHANGHAI),
    ("+86(0)21-62345678", SHANGHAI),
    ("86 21 62345678", SHANGHAI),
    ("2162345678", SHANGHAI),
    ("21-62345678", SHANGHAI),
    ("0755-2345678", SHENZHEN),
    ("7552345678", SHENZHEN),
    ("0755-2345678-801", SHENZHEN + ";ext=801"),
    ("0755-2345678-8", SHENZHEN + ";ext=8"),
    ("(0755)2345678(801)", SHENZHEN + ";ext=801"),
    ("0755-2345678转801", SHENZHEN + ";ext=801"),
    ("0755-2345678 轉 801", SHENZHEN + ";ext=801"),
    ("0755-2345678转分机801", SHENZHEN + ";ext=801"),
    ("0755-2345678,分机号:801", SHENZHEN + ";ext=801"),
    ("0755-2345678(转801)", SHENZHEN + ";ext=801"),
    ("0755-2345678 ext. 801", SHENZHEN + ";ext=801"),
    ("0755-2345678x801", SHENZHEN + ";ext=801"),
    ("0755-2345678#801", SHENZHEN + ";ext=801"),
    (SHENZHEN + ";ext=801", SHENZHEN + ";ext=801"),
    ("0571-12345", "+8657112345"),
    ("0951-12345", "+8695112345"),
    ("95105105", "95105105"),
    ("400-800-1234", "4008001234"),
    ("4008001234", "4008001234"),
    ("+86 400 800 1234", "4008001234"),
    ("800-810-1234", "8008101234"),
    ("400-800-1234转2", "4008001234;ext=2"),
    ("110", "110"),
    (110, "110"),
    ("12345", "12345"),
    ("+8612345", "12345"),
    ("95588", "95588"),
    ("96110", "96110"),
    ("10086", "10086"),
    ("801", "801"),
    ("62345678", "62345678"),
    ("6234-5678", "62345678"),
    ("+1 212 555 0123", "+12125550123"),
    ("00852 2123 4567", "+85221234567"),
    ("+44 20 7946 0958 ext 12", "+442079460958;ext=12"),
]

NO_NUMBERS = [
    *("", "  ", "无", "见备注", "support", "+", "+86", "()", "138****8000", "1380013800", "138001380001"),
    *("20-3-3004", "3-2-1101", "2024-03-01", "约110", "0", "00000000", "+999 123", "021-6234567"),
    *(0, -13800138000, 89.5, float("nan"), float("inf"), True, 1e20),
]


@pytest.mark.row("C3", "P4")
@pytest.mark.parametrize(("raw", "normal"), SPELLINGS)
def test_every_spelling_is_read(raw: str | int | float, normal: str) -> None:
    assert parse(raw).normal == normal


@pytest.mark.row("P4")
@pytest.mark.parametrize("raw", NO_NUMBERS)
def test_what_is_no_number_is_refused(raw: str | int | float) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse(raw)
    assert refused.value.code == "phone.not_a_number"


@pytest.mark.row("P4")
@pytest.mark.parametrize("raw", ["1.38001E+10", "1.38E+10", "1.3800138e10", "１.38001E+10"])
def test_digits_lost_by_a_spreadsheet_are_not_invented(raw: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse(raw)
    assert refused.value.code == "phone.lost_digits"


@pytest.mark.parametrize(
    ("raw", "digits", "kind"),
    [
        ("+86 138 0013 8000", "13800138000", "mobile"),
        ("(0755)2345678转801", "07552345678", "landline"),
        ("400-800-1234", "4008001234", "service"),
        ("95588", "95588", "short"),
        ("62345678", "62345678", "local"),
        ("8012", "8012", "extension"),
        ("+1 212 555 0123", "12125550123", "foreign"),
    ],
)
def test_digits_are_what_people_dial(raw: str, digits: str, kind: str) -> None:
    number = parse(raw)
    assert (number.raw, number.digits, number.kind) == (raw, digits, kind)


@pytest.mark.parametrize(
    ("raw", "area", "normal"),
    [
        ("62345678", "021", SHANGHAI),
        ("62345678", "21", SHANGHAI),
        ("6234 5678", "021", SHANGHAI),
        ("2345678", "0755", SHENZHEN),
        ("2345678-801", "0755", SHENZHEN + ";ext=801"),
        ("13800138000", "021", MOBILE),
        ("95588", "021", "95588"),
        ("0755-2345678", "021", SHENZHEN),
    ],
)
def test_the_area_code_completes_only_local_numbers(raw: str, area: str, normal: str) -> None:
    assert parse(raw, area).normal == normal


def test_a_local_number_too_short_for_its_area_is_refused() -> None:
    with pytest.raises(RuleBroken):
        parse("2345678", "021")


@pytest.mark.row("P4")
@pytest.mark.parametrize(
    ("cell", "normals"),
    [
        ("", []),
        ("13800138000", [MOBILE]),
        (13800138000.0, [MOBILE]),
        ("138 0013 8000", [MOBILE]),
        *((f"13800138000{mark}021-62345678", [MOBILE, SHANGHAI]) for mark in "/、;；,，\n|&或"),
        ("13800138000/无", [MOBILE]),
        ("13800138000、无、021-62345678", [MOBILE, SHANGHAI]),
        ("021-62345678 ／ 13800138000", [SHANGHAI, MOBILE]),
        ("13800138000 021-62345678", [MOBILE, SHANGHAI]),
        ("021 62345678 138 0013 8000", [SHANGHAI, MOBILE]),
        ("13800138000(男)021-62345678(女)", [MOBILE, SHANGHAI]),
        ("李先生 13800138000 王女士 021-62345678", [MOBILE, SHANGHAI]),
        ("13800138000/+86 138 0013 8000", [MOBILE]),
        ("021-62345678/62345679", [SHANGHAI, "+862162345679"]),
        ("021-62345678 62345679", [SHANGHAI, "+862162345679"]),
        ("0755-2345678,转801", [SHENZHEN + ";ext=801"]),
        (f"{SHENZHEN};ext=801;{MOBILE}", [SHENZHEN + ";ext=801", MOBILE]),
    ],
)
def test_a_cell_of_several_numbers(cell: str | float, normals: list[str]) -> None:
    assert [number.normal for number in parse_many(cell)] == normals


@pytest.mark.row("P4")
@pytest.mark.parametrize("cell", ["13800138000/139", "021-62345678/801", "13800138000 139", "见备注"])
def test_one_bad_part_refuses_the_cell(cell: str) -> None:
    with pytest.raises(RuleBroken):
        parse_many(cell)


def test_the_default_area_code_reaches_every_part() -> None:
    assert [n.normal for n in parse_many("62345678、62345679", "021")] == [SHANGHAI, "+862162345679"]


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    "raw",
    [
        *("", " ", "anonymous", "Anonymous", "<unknown>", "unknown", "Private", "WITHHELD", "未知", "匿名"),
        *("sip:anonymous@anonymous.invalid", "Ａnonymous", '"unknown"'),
    ],
)
def test_hidden_callers(raw: str) -> None:
    assert is_hidden(raw)


@pytest.mark.parametrize("raw", ["13800138000", "021-62345678", "support", "无", "801"])
def test_a_number_or_a_name_is_not_hidden(raw: str) -> None:
    assert not is_hidden(raw)


@pytest.mark.row("C3")
@pytest.mark.parametrize(("raw", "normal"), SPELLINGS)
def test_all_spellings_of_a_line_share_a_key(raw: str | int | float, normal: str) -> None:
    assert match_key(parse(raw)) == normal.split(";")[0]
    assert same_line(parse(raw), normal)


def test_other_lines_have_other_keys() -> None:
    assert len({match_key(parse(raw)) for raw in ("13800138000", "13800138001", "021-62345678")}) == 3


@pytest.mark.row("P6")
@pytest.mark.parametrize(
    ("normal", "hidden"),
    [
        (MOBILE, "138****8000"),
        (SHANGHAI, "021****5678"),
        (SHENZHEN + ";ext=801", "0755****5678"),
        ("62345678", "****5678"),
        ("+12125550123", "+12****0123"),
        ("138 0013 8000", "138****8000"),
        ("4008001234", "4008001234"),
        ("95588", "95588"),
        ("801", "801"),
        ("", ""),
    ],
)
def test_masked(normal: str, hidden: str) -> None:
    assert masked(normal) == hidden


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("13800138000", "138 0013 8000"),
        ("02162345678", "021-6234 5678"),
        ("0755-2345678转801", "0755-234 5678#801"),
        ("4008001234", "400-800-1234"),
        ("95588", "95588"),
        ("62345678", "6234 5678"),
        ("+12125550123", "+1 212-555-0123"),
    ],
)
def test_shown(raw: str, text: str) -> None:
    assert shown(parse(raw)) == text


def _landline(area: str, local: str) -> str:
    return "0" + area + (local if len(area) == 2 else local[:7])


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
landlines = st.builds(
    _landline,
    st.from_regex(r"10|2[0-9]|(?!400|800|950)[3-9][0-9]{2}", fullmatch=True),
    st.from_regex(r"[2-9][0-9]{7}", fullmatch=True),
)
extensions = st.from_regex(r"|(?:-|#|转|分机|ext |;ext=)[0-9]{1,6}", fullmatch=True)
numbers = st.one_of(mobiles, landlines, st.from_regex(r"400[0-9]{7}|95[0-9]{3}", fullmatch=True))


@pytest.mark.row("C3")
@given(numbers, extensions)
def test_what_is_shown_and_what_is_kept_read_back(digits: str, extension: str) -> None:
    number = parse(digits + (extension if len(digits) > 5 else ""))
    assert parse(number.normal).normal == number.normal
    assert parse(shown(number)).normal == number.normal
    assert parse(shown(number)).kind == number.kind
    assert number.digits == digits


@given(
    st.one_of(
        st.text(max_size=30), st.text("0123456789+-() .转/、;x#eE元", max_size=30), st.floats(), st.integers()
    )
)
def test_anything_is_read_or_refused_with_words(raw: str | int | float) -> None:
    for read in (parse, parse_many):
        normals, code = _outcome(read, raw)
        assert code in ("", "phone.not_a_number", "phone.lost_digits")
        assert [parse(normal).normal for normal in normals] == normals


def _outcome(
    read: Callable[[str | int | float], PhoneNumber | tuple[PhoneNumber, ...]], raw: str | int | float
) -> tuple[list[str], str]:
    try:
        found = read(raw)
    except RuleBroken as refused:
        return [], refused.code
    return [number.normal for number in (found if isinstance(found, tuple) else (found,))], ""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", ["phone.not_a_number", "phone.lost_digits", "phone.kind.local"])
def test_there_are_words_for_it(code: str, language: str) -> None:
    assert area(language, "phone")[code]


@pytest.mark.row("P4")
def test_the_phones_of_a_real_sheet() -> None:
    if not SHEETS.is_dir():
        pytest.skip("the sample spreadsheets are not beside the repository")
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl reads the sample")
    truth = json.loads((SHEETS / "customers_messy.truth.json").read_text(encoding="utf-8"))
    phones = {client["name"]: client["phones"] for client in truth["clients"]}
    sheet = openpyxl.load_workbook(SHEETS / "customers_messy.xlsx").worksheets[0]
    read = {}
    for row in sheet.iter_rows(min_row=4, values_only=True):
        name = "".join(str(row[1] or "").split())
        if name in phones:
            read[name] = [number.normal for number in parse_many(row[2])]
    assert read == phones


def test_the_library_is_loaded_only_for_foreign_numbers() -> None:
    source = (
        "import sys; from deskapp.domain.phone_number import parse; parse('021-62345678');"
        "assert 'phonenumbers' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0


@pytest.mark.bench
def test_a_million_plain_numbers() -> None:
    raws = [f"138{number:08d}" for number in range(200_000)]
    start = perf_counter()
    last: PhoneNumber | None = None
    for raw in raws:
        last = parse(raw)
    speed = len(raws) / (perf_counter() - start)
    print(f"{speed:,.0f} numbers/s")
    assert last is not None
    assert speed > 200_000
