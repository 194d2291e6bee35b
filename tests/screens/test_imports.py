"""The import screen: find the file, correct the mapping, see every error, bring in all or what is right."""

import csv

import pytest

from deskapp.screens.import_column import ColumnDialog
from deskapp.screens.imports import ImportScreen
from tests.screens.pilot import console, press, seen, shows, until

pytestmark = [pytest.mark.row("P4"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@pytest.fixture
def register(tmp_path):
    """A register with a title above its header, one row without a number and one with a day that is none."""
    file = tmp_path / "register.csv"
    rows = [
        ["客户登记表", "", "", ""],
        ["姓名", "联系电话", "定金日期", "别名"],
        ["张伟明", "13800138000", "2026-01-06", "老张"],
        ["李秀英", "无", "2026-01-07", "英姐"],
        ["王芳", "13900139000", "2026-02-30", ""],
        ["陈建国", "021-62345678", "2026年3月1日", "建国"],
    ]
    with file.open("w", encoding="gb18030", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


async def opened(app, pilot):
    app.go("imports")
    await until(app, pilot, lambda: isinstance(app.screen, ImportScreen))


async def previewed(app, pilot, file):
    app.screen.path_field.fill(str(file))
    await press(app, pilot, "enter")
    await until(app, pilot, lambda: app.screen.seen is not None, "previewed")


def names(desk):
    with desk.read() as work:
        return {card.client.name for card in work.clients.newest(50)}


@pytest.mark.parametrize(("size", "language"), [((120, 40), "zh"), ((80, 24), "en")])
async def test_errors_are_named_and_nothing_half_comes_in(desk, register, size, language):
    async with console(desk, size=size, language=language) as (app, pilot):
        await opened(app, pilot)
        await previewed(app, pilot, register)
        await press(app, pilot, "e")
        glass = seen(app)
        assert "2026-02-30" in glass
        assert "⟦" not in glass
        await press(app, pilot, "a")
        await until(app, pilot, lambda: app.screen.showing_errors, "refused")
        assert names(desk) == set(), "all or nothing"
        await press(app, pilot, "s")
        await until(app, pilot, lambda: app.screen.seen is None, "brought in")
        assert names(desk) == {"张伟明", "陈建国"}
        await previewed(app, pilot, register)
        await shows(app, pilot, "已有 2" if language == "zh" else "known 2")


async def test_a_field_is_given_another_column_and_remembered(desk, register):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await previewed(app, pilot, register)
        await press(app, pilot, "enter")
        assert isinstance(app.screen, ColumnDialog)
        await press(app, pilot, "end", "enter")
        await until(
            app, pilot, lambda: isinstance(app.screen, ImportScreen) and app.screen.told_mapping is not None
        )
        await shows(app, pilot, "老张")
        await press(app, pilot, "s")
        await until(app, pilot, lambda: "老张" in names(desk), "brought in by the other column")
        await previewed(app, pilot, register)
        await shows(app, pilot, "沿用上次的对照")


async def test_a_path_is_completed_and_a_wrong_file_said_in_words(desk, register):
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        app.screen.path_field.fill(f"{register.parent}/reg")
        await shows(app, pilot, "register.csv")
        await press(app, pilot, "enter")
        await until(app, pilot, lambda: app.screen.seen is not None, "the only match is read")
        broken = register.parent / "broken.xlsx"
        broken.write_bytes(b"PK\x03\x04 not a workbook")
        app.screen.path_field.fill(str(broken))
        app.screen.path_field.focus()
        await press(app, pilot, "enter")
        await shows(app, pilot, "broken.xlsx")
        assert app.screen.seen is None


async def field(app, pilot, name, *keys):
    """Give a field of the mapping a column by keys."""
    lines = [line.field for line in app.screen.fields.source.records]
    app.screen.fields.cursor_row = lines.index(name)
    await press(app, pilot, "enter", *keys, "enter")


async def test_a_sheet_with_headers_nobody_knows_is_put_right_by_hand(desk, tmp_path):
    file = tmp_path / "strange.csv"
    file.write_text("内部资料\n甲,乙,丙\n张伟明,13800138000,x\n王芳,13900139000,y\n", encoding="utf-8")
    async with console(desk, size=(80, 24)) as (app, pilot):
        await opened(app, pilot)
        app.screen.path_field.fill(str(file))
        await press(app, pilot, "enter")
        await shows(app, pilot, "找不到表头")
        glass = seen(app)
        assert "张伟明" in glass, "the sheet as it stands"
        assert "表头在第 2 行" in glass
        await field(app, pilot, "name", "home")
        await shows(app, pilot, "没有一列能当作 电话")
        await field(app, pilot, "phones", "home", "down")
        await until(app, pilot, lambda: app.screen.seen is not None, "understood")
        await shows(app, pilot, "新 2")
        await press(app, pilot, "a")
        await until(app, pilot, lambda: names(desk) == {"张伟明", "王芳"}, "brought in")


async def test_another_row_can_be_the_header(desk, tmp_path):
    file = tmp_path / "two.csv"
    text = "姓名,电话\n旧表,00000\n客户,手机\n张伟明,13800138000\n"
    file.write_text(text, encoding="utf-8")
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await previewed(app, pilot, file)
        await shows(app, pilot, "表头在第 1 行")
        await press(app, pilot, "h", "backspace", "3", "enter")
        await shows(app, pilot, "表头在第 3 行")
        await shows(app, pilot, "新 1")


async def test_a_workbook_of_several_sheets_is_turned_over(desk, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("姓名", "电话"), ("张伟明", "13800138000"), ("李秀英", "13912345678")):
        book.active.append(row)
    other = book.create_sheet("另一张")
    for row in (("甲", "乙"), ("王芳", "13900139000")):
        other.append(row)
    book.save(tmp_path / "book.xlsx")
    async with console(desk) as (app, pilot):
        await opened(app, pilot)
        await previewed(app, pilot, tmp_path / "book.xlsx")
        await press(app, pilot, "t")
        await shows(app, pilot, "找不到表头")
        assert "另一张" in seen(app)
        await press(app, pilot, "t")
        await until(app, pilot, lambda: app.screen.seen is not None, "the first sheet again")
        assert app.screen.raw is None
        await press(app, pilot, "escape")
        assert app.screen.seen is None
        assert isinstance(app.screen, ImportScreen)


@pytest.mark.row("P2")
async def test_an_agent_looks_but_brings_nothing_in(second_desk, register):
    async with console(second_desk) as (app, pilot):
        await opened(app, pilot)
        await previewed(app, pilot, register)
        await press(app, pilot, "s")
        await shows(app, pilot, "客服专员无权导入数据")
        assert names(second_desk) == set()
