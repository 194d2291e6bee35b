"""What a day looks like in these widgets: `python -m tests.widgets.demos board` to see by eye."""

import sys
import time
from dataclasses import dataclass

from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content

from deskapp.widgets import countdown
from deskapp.widgets.form import Choice, ChoiceField, FormPanel, LongField, PickField, TextField
from deskapp.widgets.record_table import Column, ListSource, RecordTable
from deskapp.widgets.strip import ClockStrip, ClockSummary, KeyBar, Place, TopBar, TopState
from tests.widgets.demo import DemoApp

SECOND = 1_000_000
NOW = 1_795_398_130 * SECOND
PLACES = [Place(f"place{n}", f"F{n}", f"demo.place{n}") for n in range(2, 11)]
WORDS = {
    "demo.place2": "队列",
    "demo.place3": "客户",
    "demo.place4": "投诉",
    "demo.place5": "时钟",
    "demo.place6": "回访",
    "demo.place7": "工地",
    "demo.place8": "报表",
    "demo.place9": "知识",
    "demo.place10": "更多",
    "demo.left": "剩余",
    "demo.number": "单号",
    "demo.client": "客户",
    "demo.subject": "内容",
    "demo.severity": "程度",
    "demo.who": "责任人",
    "demo.bar": "用时",
    "demo.phone": "电话",
    "demo.category": "类别",
    "demo.demand": "诉求",
}
KEYS = {
    "answer": "答复",
    "urge": "催办",
    "hand": "转交",
    "escalate": "升级",
    "group": "分组",
    "find": "查找",
    "back": "返回",
    "help": "按键",
    "filter": "筛选",
    "dial": "拨号",
    "later": "稍后",
    "next": "接下一个",
    "export": "导出",
    "print": "打印",
}


@dataclass(frozen=True)
class Clock:
    id: int
    due_us: int
    client: str
    subject: str
    severity: str
    who: str


CLOCKS = [
    Clock(n, NOW + left * SECOND, *words)
    for n, (left, *words) in enumerate(
        [
            (-11560, "李秀英", "瓷砖空鼓", "危机", "工程部 赵刚"),
            (-482, "周敏", "电话无人接", "一般", "设计部 王丽"),
            (2467, "王芳", "卫生间漏水三次,师傅说改天再来,结果一直没有人来过", "严重", "工程部 赵刚"),
            (3331, "陈建国", "延期三周", "较重", "工程部 周大勇"),
            (12015, "孙霞", "柜门色差", "一般", "材料部 吴倩"),
            (32564, "张伟明", "地板异响", "一般", "工程部 赵刚"),
            (56830, "刘洋", "发票未寄", "一般", "财务部 何洁"),
            (80339, "郭涛", "噪音扰民", "一般", "工程部 周大勇"),
        ]
    )
]


def teach_words():
    """Give the demo's own words to the catalogue in use."""
    from deskapp.i18n import area

    for language in ("zh", "en"):
        area(language, "demo").update(WORDS)


def clock_columns():
    def left(row, context):
        return countdown.paint_countdown(row.due_us, context.now_us)

    def used(row, context):
        state = countdown.state_at(row.due_us, context.now_us)
        return countdown.bar(1 - (row.due_us - context.now_us) / SECOND / 86400, context.width, state)

    def state(row, context):
        now = countdown.state_at(row.due_us, context.now_us)
        return Content.styled(countdown.state_word(now), countdown.sign_and_style(now)[1])

    return [
        Column("left", "demo.left", 11, left, align="right"),
        Column("bar", "demo.bar", 18, used, min_terminal=100),
        Column("state", "", 8, state),
        Column(
            "number", "demo.number", 8, lambda row, _: Content.styled(f"TS…-00{row.id:02d}", "$text-muted")
        ),
        Column("client", "demo.client", 8, lambda row, _: row.client),
        Column("subject", "demo.subject", None, lambda row, _: row.subject),
        Column("severity", "demo.severity", 4, lambda row, _: row.severity),
        Column("who", "demo.who", 13, lambda row, _: Content.styled(row.who, "$text-muted"), min_terminal=90),
    ]


class BoardDemo(DemoApp):
    CSS = """
    #urgent { height: 5; border: round $error; padding: 0 1; }
    RecordTable { border: round $panel; border-title-color: $primary; }
    """
    BINDINGS = [
        Binding(key, "noop", id=name)
        for key, name in [
            ("a", "answer"),
            ("u", "urge"),
            ("t", "hand"),
            ("e", "escalate"),
            ("g", "group"),
            ("slash", "find"),
            ("escape", "back"),
            ("question_mark", "help"),
            ("enter", "next"),
            ("ctrl+e", "export"),
            ("ctrl+p", "print"),
            ("z", "later"),
            ("f", "filter"),
        ]
    ]

    def __init__(self, now=NOW, running=False):
        super().__init__()
        teach_words()
        self.now, self.running = now, running

    def compose(self):
        yield TopBar(PLACES)
        yield ClockStrip()
        with Horizontal(id="urgent"):
            yield countdown.BigDigits()
        yield RecordTable(clock_columns(), source=ListSource(CLOCKS), now_us=self.now)
        yield KeyBar(lambda name: KEYS.get(name, ""))

    def on_mount(self):
        table = self.query_one(RecordTable)
        table.border_title = "24 小时响应 · 8 件计时中"
        table.focus()
        self.query_one("#urgent").border_title = "最急 TS20261123-0003"
        self.query_one(TopBar).show(TopState("place5", "☎ 空闲", "$primary", "李敏", "专员"))
        self.query_one(ClockStrip).show(
            ClockSummary("TS20261123-0003", NOW + 2467 * SECOND, None, "王芳", "卫生间漏水", "赵刚", 2, 3, 7)
        )
        self.query_one(countdown.BigDigits).show(NOW + 2467 * SECOND, self.now)
        self.query_one(KeyBar).show_progress(Content.styled("今日 通话 3/5 了解 2/4 解决 1/2", "$text-muted"))
        self.tick()
        if self.running:
            started = time.monotonic()
            self.set_interval(1, lambda: self.tick(int(time.monotonic() - started)))

    def tick(self, seconds=0):
        now = self.now + seconds * SECOND
        for part in self.query("TopBar, ClockStrip, BigDigits, RecordTable"):
            part.tick(now)

    def action_noop(self):
        self.said = True


SEVERITIES = [
    Choice(name, words, (initials,))
    for name, words, initials in [
        ("minor", "一般", "yb"),
        ("major", "较重", "jz"),
        ("critical", "严重", "yz"),
        ("crisis", "危机", "wj"),
    ]
]
CATEGORIES = [
    Choice(n, words, (initials,))
    for n, (words, initials) in enumerate(
        [
            ("水电", "sd"),
            ("瓦工瓷砖", "wgcz"),
            ("木工", "mg"),
            ("油漆", "yq"),
            ("防水", "fs"),
            ("材料质量", "clzl"),
            ("工期延误", "gqyw"),
            ("设计", "sj"),
            ("服务态度", "fwtd"),
            ("收费", "sf"),
            ("环保", "hb"),
        ]
    )
]
STAFF = [
    Choice(7, "赵刚", ("zg",), "工程部 项目经理"),
    Choice(8, "赵国强", ("zgq",), "工程部 工长"),
    Choice(9, "王丽", ("wl",), "设计部 设计师"),
]


def find_staff(text):
    return [
        choice for choice in STAFF if text in choice.label or any(key.startswith(text) for key in choice.keys)
    ]


class FormDemo(DemoApp):
    CSS = "FormPanel { border: round $panel; padding: 1 1; border-title-color: $primary; }"

    def __init__(self, lookup=find_staff):
        super().__init__()
        teach_words()
        self.lookup = lookup
        self.said = []

    def compose(self):
        yield TopBar(PLACES)
        with FormPanel() as panel:
            panel.border_title = "新投诉"
            yield TextField("client", "demo.client", required=True, max_length=20)
            yield TextField("phone", "demo.phone")
            yield ChoiceField("category", "demo.category", CATEGORIES)
            yield ChoiceField("severity", "demo.severity", SEVERITIES, value="minor", advance=True)
            yield LongField("words", "demo.subject", lines=4, required=True)
            yield PickField("staff", "demo.who", self.lookup, required=True)
            yield TextField("demand", "demo.demand")
        yield KeyBar(lambda name: KEYS.get(name, ""))

    def on_mount(self):
        self.panel = self.query_one(FormPanel)
        self.query_one(TopBar).show(TopState("place4", "☎ 空闲", "$primary", "李敏", "专员"))
        self.query_one(TopBar).tick(NOW)
        self.panel.focus_first()

    def on_form_panel_changed(self, event):
        self.said.append(event.values)

    def key_f12(self):
        self.panel.show_errors({"client": "请填写客户", "staff": "请从列表中选一位"})


DEMOS = {"board": BoardDemo, "form": FormDemo}

if __name__ == "__main__":
    DEMOS[sys.argv[1]](**({"running": True} if sys.argv[1] == "board" else {})).run()
