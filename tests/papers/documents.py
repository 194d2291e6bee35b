"""Documents for the tests of the writers: an ordinary one, a long one, and one full of words meant to do harm."""

from __future__ import annotations

from deskapp.domain.document import Chart, Document, Facts, Table, Words

CHARTS = (
    Chart("bars", ("甲", "乙", "丙"), (3, 0, 8.5), caption="签单"),
    Chart("bars", tuple(f"很长很长的部门名称第{n}个" for n in range(9)), tuple(range(9)), caption="部门"),
    Chart(
        "line", tuple(f"{m}月" for m in range(1, 13)), (80.0, 91.5) * 6, unit="%", target=90, caption="响应率"
    ),
    Chart("pareto", ("漏水", "空鼓", "其他"), (40, 25, 3), percents=(58.8, 95.6, 100.0), caption="原因"),
    Chart("heat", ("8", "9", "10"), tuple(map(float, range(6))), rows=("周一", "周二"), caption="时段"),
    Chart("gauge", ("响应率",), (86.4,), target=90, caption="响应率"),
)


def ordinary(*blocks: object, **fields: object) -> Document:
    """A paper with head, foot, facts, a table with a total, and words."""
    table = Table(
        ("部门", "件数", "完成率", "金额"),
        (("工程部", 1200, 0.25, 1234.5), ("设计部", 3, 1.0, 0)),
        caption="按部门",
        total=("合计", 1203, 0.5, 1234.5),
        formats=("", "count", "percent", "yuan"),
        note="完成率 = 完成 ÷ 应做",
    )
    facts = Facts((("应回访", "58"), ("按期", "48"), ("完成率", "82.8%")), across=3)
    values = {
        "title": "客服周报表",
        "company": "海棠装饰",
        "number": "BB20261127-0001",
        "period": "2026 年第 48 周",
        "made": "李敏 制表",
        "signatures": ("制表", "审核", "批准"),
        "blocks": blocks or (facts, table, Words("一切正常\n继续努力", caption="说明", part="remarks")),
    }
    return Document(kind="followups_weekly", **(values | fields))  # type: ignore[arg-type]


def long_table(rows: int) -> Table:
    """A table over several pages."""
    words = "卫生间漏水,楼下邻居天花板渗水,要求尽快维修。"
    return Table(
        ("序号", "客户", "内容"),
        tuple((n, f"客户{n}", words * (1 + n % 3)) for n in range(1, rows + 1)),
        caption="明细",
    )


HOSTILE = (
    "<b>粗</b> & </para><font size=99>",
    "=cmd|'/c calc'!A1",
    "+1",
    "@SUM(A1)",
    "{{ 7*7 }}{% raw %}",
    "\x00\x07\x1b[31m\u202eabc\ud800",
    "😀𠮷\ufffe\u200b",
    "a\r\nb\tc\u2028d",
    "]]></w:t><w:p/>&amp;",
    "W" * 3000,
    "字" * 9000,
    "",
)


def hostile() -> Document:
    """The same words wherever a paper has words."""
    rows = tuple((one, one, n) for n, one in enumerate(HOSTILE))
    table = Table(
        HOSTILE[:3], rows, caption=HOSTILE[0], note=HOSTILE[4], total=(HOSTILE[1], HOSTILE[5], None)
    )
    facts = tuple(Facts(((one or "空", one),), across=1) for one in HOSTILE)
    words = tuple(Words(one, caption=one[:40]) for one in HOSTILE)
    chart = Chart("bars", HOSTILE[:7], tuple(map(float, range(7))), caption=HOSTILE[6])
    return ordinary(
        table, *facts, *words, chart, title=HOSTILE[0], company=HOSTILE[5], number=HOSTILE[1], made=HOSTILE[6]
    )
