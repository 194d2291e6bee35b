"""Which column feeds which field: the vocabulary, the header found, the mapping file obeyed."""

from __future__ import annotations

from typing import Any

import pytest

from deskapp.domain.errors import RuleBroken
from deskapp.domain.import_mapping import check_encoding
from deskapp.domain.import_table import (
    FIELDS,
    Row,
    find_header,
    headers_of,
    parse_mapping_file,
    read_rows,
    resolve,
)
from deskapp.domain.import_vocabulary import plain, words

pytestmark = pytest.mark.row("P4")

CLIENTS = ("姓名", "电话", "地址", "定金", "定金日期", "开工日期", "备注")


def rows(*cells: tuple[Any, ...], start: int = 1) -> tuple[Row, ...]:
    """Rows numbered from `start`; an empty one is left out as the reader leaves it out."""
    return tuple(Row(number, line) for number, line in enumerate(cells, start) if line)


def code_of(act: Any, *values: Any, **options: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(RuleBroken) as caught:
        act(*values, **options)
    return caught.value.code, caught.value.facts


class TestVocabulary:
    def test_it_serves_every_field_of_every_noun_and_no_other(self) -> None:
        assert {noun: set(said) for noun, said in words()["headers"].items()} == {
            noun: set(fields) for noun, fields in FIELDS.items()
        }

    @pytest.mark.parametrize("kind", ["headers", "values"])
    def test_no_word_stands_for_two_fields_of_one_noun(self, kind: str) -> None:
        for noun, fields in words()[kind].items():
            owners: dict[str, set[str]] = {}
            for field, said in fields.items():
                for word in said:
                    owners.setdefault(plain(word), set()).add(field)
            assert {word: names for word, names in owners.items() if len(names) > 1} == {}, noun


class TestHeader:
    def test_it_is_found_under_titles_and_notes(self) -> None:
        table = rows(
            ("××公司 客户登记表",),
            ("填表日期:2024年3月18日", None, None, "填表人:李敏"),
            (),
            ("序号", "客户姓名*", "联系电话\n（必填）", "面积(㎡)", "定金（元）", "电话2", "手机(微信同号)"),
            (1, "张三", "1", 2, 3, None, None),
        )
        guess = find_header(table, headers_of("clients"))
        assert guess.row_number == 4
        assert guess.mapping == {"name": (1,), "phones": (2, 5, 6), "area": (3,), "deposit": (4,)}
        assert guess.unmapped == ("序号",)
        assert guess.ambiguous == ()

    @pytest.mark.parametrize(
        ("noun", "header", "field"),
        [
            *(("complaints", "case_id", "number"), ("complaints", "open_date", "received_at")),
            *(("complaints", "closed_dt", "closed_at"), ("complaints", "target_close_date", "due_at")),
            *(("complaints", "OPEN_DT", "received_at"), ("complaints", "sla_target_dt", "due_at")),
            *(("complaints", "Created Date", "received_at"), ("complaints", "Complaint Type", "category")),
            *(("complaints", "留言主题", "subject"), ("complaints", "留言详情", "description")),
            *(("complaints", "full_address", "address"), ("complaints", "desc", "description")),
            *(
                ("complaints", "on_time", None),
                ("complaints", "点赞数", None),
                ("clients", "项目经理电话", None),
            ),
            *(
                ("clients", "电话(设计师)", None),
                ("clients", "客户备注", "note"),
                ("clients", "姓名/称呼", "name"),
            ),
            *(
                ("clients", "Phone Number", "phones"),
                ("clients", "联系电话１", "phones"),
                ("staff", "E-mail", "email"),
            ),
            *(
                ("sites", "竣工日期", "completed_on"),
                ("sites", "施工队", "crew"),
                ("clients", "x" * 500, None),
            ),
        ],
    )
    def test_words(self, noun: str, header: str, field: str | None) -> None:
        beside = {"clients": "面积", "complaints": "渠道", "staff": "部门", "sites": "面积"}[noun]
        guess = find_header(rows((beside, header, "序号")), headers_of(noun)) if field else None
        if field:
            assert guess is not None
            assert guess.mapping[field] == (1,)
        else:
            assert (
                code_of(find_header, rows((beside, header, "序号")), headers_of(noun))[0]
                == "import.no_header"
            )

    def test_two_columns_for_one_field_are_decided_the_same_way_and_shown(self) -> None:
        guess = find_header(rows(("type", "desc", "problem", "datetime", "date")), headers_of("complaints"))
        assert guess.mapping == {"category": (2,), "description": (1,), "received_at": (3,)}
        assert [tuple(one) for one in guess.ambiguous] == [
            ("category", "problem", ("type",)),
            ("received_at", "datetime", ("date",)),
        ]
        assert guess.unmapped == ("type", "date")

    def test_of_equal_rows_the_upper_one_and_a_lone_column_are_taken(self) -> None:
        assert find_header(rows(CLIENTS, CLIENTS, start=3), headers_of("clients")).row_number == 3
        assert find_header(rows(("姓名",), ("张三",)), headers_of("staff")).mapping == {"name": (0,)}

    def test_no_header_and_no_needed_column(self) -> None:
        assert code_of(read_rows, rows(("张三", "13800138000")), "clients")[0] == "import.no_header"
        assert code_of(read_rows, (), "clients")[0] == "import.no_header"
        code, facts = code_of(read_rows, rows(("姓名", "地址")), "clients")
        assert (code, facts["field"]) == ("import.no_column", "phones")
        assert code_of(read_rows, rows(CLIENTS), "cats")[0] == "import.noun"

    def test_signature_knows_the_same_header_again(self) -> None:
        one, same = (
            find_header(rows(header), headers_of("clients"))
            for header in (("姓名", "电话"), ("姓名 ", "电话*"))
        )
        other = find_header(rows(("电话", "姓名")), headers_of("clients"))
        assert one.signature == same.signature != other.signature


class TestMappingFile:
    TABLE = rows(("登记",), ("甲", "乙", "丙", "乙2"), ("张三", "13800138000", "备注里", "13900139000"))

    def test_columns_are_taken_from_the_headers_it_names(self) -> None:
        said = parse_mapping_file('[columns]\nname = "甲"\nphones = ["乙", "乙2"]\nnote = "丙"', "clients")
        parsed = read_rows(self.TABLE, "clients", said)
        assert parsed.header.row_number == 2
        assert parsed.rows[0].values["name"] == "张三"
        assert parsed.rows[0].values["phones"] == ("13800138000", "13900139000")
        assert parsed.header.columns() == {"name": ["甲"], "phones": ["乙", "乙2"], "note": ["丙"]}

    @pytest.mark.parametrize("place", ["{}\n[columns]\nname='甲'", "[options]\n{}\n[columns]\nname='甲'"])
    def test_options_stand_at_the_top_or_in_their_table(self, place: str) -> None:
        said = parse_mapping_file(
            place.format(
                'header_row = 3\nencoding = "gbk"\ntimezone = "Asia/Tokyo"\nsheet = "表"\narea_code = "0571"'
            )
        )
        assert (said.header_row, said.encoding, said.timezone) == (3, "gbk", "Asia/Tokyo")
        assert (said.sheet, said.area_code, said.columns) == ("表", "0571", {"name": ("甲",)})

    def test_only_a_header_row_leaves_the_columns_to_the_guess(self) -> None:
        table = rows(CLIENTS, (), ("姓名", "手机", "备注"), ("张三", "13800138000", "x"))
        parsed = read_rows(table, "clients", parse_mapping_file("header_row = 3"))
        assert (parsed.header.row_number, parsed.read, len(parsed.rows)) == (3, 1, 1)

    @pytest.mark.parametrize(
        ("text", "code", "facts"),
        [
            ('[columns]\nname = "甲"\ncolour = "乙"', "map_field", {"field": "colour"}),
            ('[columns]\nname = ["甲", "乙"]', "map_many", {"field": "name"}),
            ("[columns]\nname = 3", "map_value", {"option": "name"}),
            ('columns = "甲"', "map_value", {"option": "columns"}),
            ("[columns", "map_file", {}),
            ("header_row = 0", "map_value", {"option": "header_row"}),
            ("header_row = true", "map_value", {"option": "header_row"}),
            ("head = 1", "map_option", {"option": "head"}),
            ('timezone = "Mars/Base"', "timezone", {"timezone": "Mars/Base"}),
            ('encoding = "klingon"', "encoding_name", {"encoding": "klingon"}),
        ],
    )
    def test_mistakes_are_named(self, text: str, code: str, facts: dict[str, Any]) -> None:
        found, said = code_of(parse_mapping_file, text, "clients")
        assert found == f"import.{code}"
        assert facts.items() <= said.items()

    def test_headers_and_rows_that_are_not_there_are_named(self) -> None:
        said = parse_mapping_file('[columns]\nname = "甲"\nphones = "手机"', "clients")
        assert code_of(resolve, self.TABLE, "clients", said) == (
            "import.map_header",
            {"field": "phones", "header": "手机", "row": 2},
        )
        assert (
            code_of(resolve, self.TABLE, "clients", parse_mapping_file("header_row = 9"))[0]
            == "import.map_row"
        )
        foreign = parse_mapping_file('[columns]\nseverity = "甲"')
        assert code_of(resolve, self.TABLE, "clients", foreign)[0] == "import.map_field"

    def test_several_columns_make_one_text(self) -> None:
        said = parse_mapping_file(
            '[columns]\ndescription = ["问", "答"]\naddress = ["区", "路"]', "complaints"
        )
        table = rows(("问", "答", "区", "路"), ("漏水", "三次", "西湖区", None), ("a", None, "b", "c"))
        values = [row.values for row in read_rows(table, "complaints", said).rows]
        assert [value["description"] for value in values] == ["漏水\n三次", "a"]
        assert [value["address"] for value in values] == ["西湖区", "b c"]

    def test_encodings_go_by_any_of_their_names(self) -> None:
        assert (check_encoding("GBK"), check_encoding("gb2312"), check_encoding("UTF8")) == (
            "gb18030",
            "gb18030",
            "utf-8",
        )
