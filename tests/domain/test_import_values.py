"""Dates, times, money, areas and fixed choices as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_table import (
    parse_area,
    parse_channel,
    parse_choice,
    parse_date,
    parse_instant,
    parse_money,
    parse_severity,
    parse_state,
)
from deskapp.domain.import_vocabulary import values_of
from deskapp.domain.site import STAGES
from deskapp.domain.staff import TRADES
from deskapp.domain.ticket import CHANNELS, STATES

pytestmark = pytest.mark.row("P4")

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
FIGURES = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def han(number: int) -> str:
    """A day or month in Chinese numerals."""
    tens, ones = divmod(number, 10)
    return (
        (FIGURES[str(tens)] if tens > 1 else "")
        + ("十" if tens else "")
        + (FIGURES[str(ones)] if ones else "")
    )


def code_of(parse: object, *values: object) -> str:
    with pytest.raises(RuleBroken) as caught:
        parse(*values)
    return caught.value.code


WAYS = [
    lambda d: d,
    lambda d: datetime(d.year, d.month, d.day, 23, 59),
    lambda d: (d - date(1899, 12, 30)).days,
    lambda d: (d - date(1899, 12, 30)).days + 0.75,
    lambda d: str((d - date(1899, 12, 30)).days),
    lambda d: f"{d.year}{d.month:02}{d.day:02}",
    lambda d: d.year * 10000 + d.month * 100 + d.day,
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: f"{d.year}/{d.month:02}/{d.day:02}",
    lambda d: f" {d.year}.{d.month}.{d.day}\u3000",
    lambda d: f"{d.year} {d.month} {d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}年 {d.month}月 {d.day}号",
    lambda d: f"{d.year % 100:02}年{d.month}月{d.day}日" if d.year < 2090 else d,
    lambda d: "".join(FIGURES[c] for c in str(d.year)) + f"年{han(d.month)}月{han(d.day)}日",
    lambda d: f"{d.year}-{d.month}-{d.day} 00:00:00",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{d.day:02}-{MONTHS[d.month - 1].upper()}-{d.year}",
    lambda d: f"{d.day}-{han(d.month)}月-{d.year}",
    lambda d: f"{d.year}/{d.month}/{d.day} 星期{'一二三四五六日'[d.weekday()]}",
    lambda d: f"２{d.year % 1000:03}年{d.month}月{d.day}日" if d.year >= 2000 else d,
]


class TestDate:
    @given(day=DAYS, way=st.sampled_from(WAYS))
    def test_every_spelling_of_a_day_is_that_day(self, day: date, way: object) -> None:
        assert parse_date(way(day)) == day

    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("24.1.6", date(2024, 1, 6)),
            ("24/01/06", date(2024, 1, 6)),
            ("20/1/1", date(2020, 1, 1)),
            ("1-Jan-20", date(2020, 1, 1)),
            ("1-一月-20", date(2020, 1, 1)),
            ("13/04/2024", date(2024, 4, 13)),
            ("04/13/2024", date(2024, 4, 13)),
            ("05/05/2024", date(2024, 5, 5)),
            ("January 6th, 2024", date(2024, 1, 6)),
            ("2024年1月6日（周六）", date(2024, 1, 6)),
            ("2025-08-01 23:35:06.539-07", date(2025, 8, 1)),
        ],
    )
    def test_spelled(self, text: str, day: date) -> None:
        assert parse_date(text) == day

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            ("1月6日", "date_no_year"),
            ("1/1", "date_no_year"),
            ("1-Jan", "date_no_year"),
            ("2024年1月", "date_no_day"),
            ("2024-01", "date_no_day"),
            ("2024年", "date_no_day"),
            ("2024年2月30日", "date_impossible"),
            ("2024-13-01", "date_impossible"),
            ("2024-1-6 25:00", "date_impossible"),
            ("03/04/2024", "date_ambiguous"),
            ("01/01/20", "date_ambiguous"),
            ("05.06.07", "date_ambiguous"),
            ("2024-1-6 晚上12点", "date_ambiguous"),
            ("1989-12-31", "date_range"),
            ("2101-01-01", "date_range"),
            (date(1899, 12, 31), "date_range"),
            (12, "date"),
            (-1.5, "date"),
            (1704500000, "date"),
            (float("nan"), "date"),
            (float("inf"), "date"),
            (True, "date"),
            (None, "date"),
            ("", "date"),
            ("无", "date"),
            ("下周", "date"),
            ("market 6, 2024", "date"),
            ("01:01.0", "date"),
            ("1:01 上午", "date"),
            ("2024-01-06" * 9, "date"),
        ],
    )
    def test_doubtful_is_refused_with_the_reason(self, value: object, code: str) -> None:
        assert code_of(parse_date, value) == f"import.{code}"
        assert code_of(parse_instant, value) == f"import.{code}"

    @given(st.text(max_size=30))
    def test_any_text_is_a_date_or_refused(self, text: str) -> None:
        try:
            day = parse_date(text)
        except RuleBroken:
            return
        assert 1990 <= day.year <= 2100


class TestInstant:
    @given(wall=st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30)), hours=st.integers(-12, 14))
    def test_an_offset_in_the_cell_wins(self, wall: datetime, hours: int) -> None:
        there = wall.replace(tzinfo=timezone(timedelta(hours=hours)))
        assert parse_instant(there.isoformat(" "), "Asia/Shanghai") == there
        assert parse_instant(there.isoformat(), "Asia/Shanghai") == there
        assert parse_instant(there, "Asia/Shanghai") == there

    @given(
        wall=st.datetimes(datetime(1992, 1, 2), datetime(2100, 12, 30)).map(
            lambda d: d.replace(microsecond=0)
        ),
        place=st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC"]),
        form=st.sampled_from(
            ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d  %I:%M:%S %p", "%Y年%m月%d日%H时%M分%S秒", "%Y%m%d%H%M%S"]
        ),
    )
    def test_a_time_without_one_is_on_the_clocks_of_the_place(
        self, wall: datetime, place: str, form: str
    ) -> None:
        instant = parse_instant(wall.strftime(form), place)
        assert instant == wall.replace(tzinfo=ZoneInfo(place))
        assert instant.utcoffset() == timedelta(0)
        assert parse_instant(wall, place) == instant

    @given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30)).map(lambda d: d.replace(microsecond=0)))
    def test_serial_numbers_keep_their_second(self, wall: datetime) -> None:
        serial = (wall - datetime(1899, 12, 30)) / timedelta(days=1)
        assert parse_instant(serial, "UTC") == wall.replace(tzinfo=UTC)

    @pytest.mark.parametrize(
        ("text", "utc"),
        [
            ("2024/6/8 8:30:15", "2024-06-08T00:30:15"),
            ("2020/1/1 1:01 上午", "2019-12-31T17:01:00"),
            ("2020/1/1 12:30 AM", "2019-12-31T16:30:00"),
            ("2020年1月1日 下午3点半", "2020-01-01T07:30:00"),
            ("2020年1月1日中午12点", "2020-01-01T04:00:00"),
            ("2024-1-6 24:00", "2024-01-06T16:00:00"),
            ("2024-01-06 8：30", "2024-01-06T00:30:00"),
            ("Saturday, January 6, 2024 8:30 PM", "2024-01-06T12:30:00"),
            ("2025-08-01T06:35:06Z", "2025-08-01T06:35:06"),
            ("2025-08-01 06:35:06.539+00", "2025-08-01T06:35:06.539"),
            ("2025-08-01 06:35:06 GMT+8", "import.date"),
        ],
    )
    def test_spelled(self, text: str, utc: str) -> None:
        if utc.startswith("import."):
            assert code_of(parse_instant, text) == utc
        else:
            assert parse_instant(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)

    def test_unknown_place(self) -> None:
        assert code_of(parse_instant, "2024-01-06", "Asia/Peking2") == "import.timezone"
        assert code_of(parse_instant, "2024-01-06", "../etc/passwd") == "import.timezone"


class TestMoney:
    @given(st.integers(0, 10**11))
    def test_an_amount_reads_back_however_it_is_written(self, fen: int) -> None:
        yuan, rest = divmod(fen, 100)
        for text in (
            f"{yuan}.{rest:02}",
            f"¥{yuan:,}.{rest:02}",
            f"人民币 {yuan:,}.{rest:02} 元",
            f"定金：{fen / 100:.2f}",
        ):
            assert parse_money(text) == fen
        assert parse_money(fen / 100) == fen

    @pytest.mark.parametrize(
        ("value", "yuan"),
        [
            ("5000", 5000),
            ("5,000元", 5000),
            ("￥5,000", 5000),
            ("5千", 5000),
            ("1.5万", 15000),
            ("1万5", 15000),
            ("1万5千", 15000),
            ("2W", 20000),
            ("伍仟", 5000),
            ("人民币伍仟元整", 5000),
            ("一万零五百", 10500),
            ("一万五", 15000),
            ("十万", 100000),
            ("三千五百元五角", 3500.5),
            ("伍仟元零五分", 5000.05),
            ("5000元(已付)", 5000),
            ("约5000元", 5000),
            (0, 0),
            (5000.0, 5000),
            (1111.1151, 1111.12),
        ],
    )
    def test_spelled(self, value: object, yuan: float) -> None:
        assert parse_money(value) == round(yuan * 100)

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            ("-5000", "money_negative"),
            ("(5,000)", "money_negative"),
            ("¥-5000", "money_negative"),
            (-0.01, "money_negative"),
            ("1.234", "money_fraction"),
            ("5,00", "money"),
            ("5000-10000", "money"),
            ("5000+2000", "money"),
            ("$50", "money"),
            ("1e5", "money"),
            ("一二", "money"),
            ("万", "money"),
            ("百", "money"),
            ("5万万", "money"),
            ("元", "money"),
            ("", "money"),
            ("五千多块吧", "money"),
            (True, "money"),
            (None, "money"),
            (date(2024, 1, 6), "money"),
            (float("nan"), "money"),
            (float("inf"), "money"),
            (1e300, "money"),
            (10**12, "money_range"),
        ],
    )
    def test_doubtful_is_refused(self, value: object, code: str) -> None:
        assert code_of(parse_money, value) == f"import.{code}"

    @given(st.text(max_size=30))
    def test_any_text_is_money_or_refused(self, text: str) -> None:
        try:
            fen = parse_money(text)
        except RuleBroken:
            return
        assert isinstance(fen, int)
        assert fen >= 0


@pytest.mark.parametrize(
    ("value", "area"),
    [
        *(("120㎡", 120), ("120 平米", 120), ("约120", 120), ("89.00", 89), (98.5, 98.5), (143, 143)),
        *(
            ("120多平", 120),
            ("建筑面积：120m²", 120),
            ("1,200平方", 1200),
            ("一百二十平方米", 120),
            ("88.888", 88.89),
        ),
    ],
)
def test_areas(value: object, area: float) -> None:
    assert parse_area(value) == area


@pytest.mark.parametrize("value", ["100-120", "0", -3, "m2", "", "大", None, True, float("nan"), 10**9])
def test_areas_refused(value: object) -> None:
    assert code_of(parse_area, value) == "import.area"


class TestChoice:
    @pytest.mark.parametrize(
        ("field", "text", "code"),
        [
            *(
                ("severity", "一般", "minor"),
                ("severity", "较严重", "major"),
                ("severity", "严重！", "critical"),
            ),
            *(
                ("severity", "危机投诉", "crisis"),
                ("severity", "P1", "crisis"),
                ("severity", "Minor", "minor"),
            ),
            *(("state", "Closed", "closed"), ("state", "已办结", "closed"), ("state", "未解决", "received")),
            *(
                ("state", "处理中", "dispatched"),
                ("state", "信息审核", "received"),
                ("state", "厂家回复中", "responded"),
            ),
            *(("state", "In progress", "dispatched"), ("state", "re-opened", "reopened")),
            *(
                ("channel", "12345政务热线", "phone"),
                ("channel", "总经理信箱", "gm"),
                ("channel", "WALK-IN", "visit"),
            ),
            *(("trade", "高级设计师", "designer"), ("stage", "水电阶段", "building")),
        ],
    )
    def test_words_of_people_and_of_other_systems(self, field: str, text: str, code: str) -> None:
        assert parse_choice(field, text) == code

    def test_unknown_and_contradictory_words_are_refused_by_name(self) -> None:
        with pytest.raises(RuleBroken) as caught:
            parse_severity("很不严重")
        assert (caught.value.code, caught.value.facts) == ("import.severity", {"value": "很不严重"})
        assert code_of(parse_channel, "电话来访") == "import.channel"
        assert code_of(parse_state, "瞎") == "import.state"

    def test_every_code_exists_and_can_be_said(self) -> None:
        said = {
            field: set(values_of(field).values())
            for field in ("severity", "channel", "state", "trade", "stage")
        }
        assert said["severity"] == {"minor", "major", "critical", "crisis"}
        assert said["channel"] == set(CHANNELS)
        assert said["state"] == set(STATES) - {"merged"}
        assert said["trade"] == set(TRADES)
        assert said["stage"] == set(STAGES)
