"""Names and words that mean to do harm: through form, import, search, screens and exports they stay words."""

import csv
import io
import json
import re
import unicodedata

import openpyxl
import pytest

from deskapp.cli import main
from deskapp.domain.errors import RuleBroken
from deskapp.domain.search_text import index_tokens, query_terms
from deskapp.services import calls
from tests import builders
from tests.screens.pilot import console, press, seen, settle

HOSTILE = [
    "[red]红字[/red]",
    "[@click=app.quit]点我[/]",
    "\x1b[31m红\x1b[0m\x1b]0;标题\x07",
    "\u202e倒着写\u202c",
    "零\u200b宽\u200d字\ufeff",
    "𠮷野家",
    "👨‍👩‍👧 一家",
    "=cmd|'/c calc'!A1",
    "'; DROP TABLE clients; --",
    "../../etc/passwd",
    "%s{0}{name}\\n",
    "é́́́́ 叠",
    "回\r车\t格",
]
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def harmless(glass, width):
    """No control, bidi or zero-width character reaches the terminal, and no line is longer than it is wide."""
    found = FORBIDDEN.search(glass)
    assert found is None, (hex(ord(found[0])), glass)
    for line in glass.splitlines():
        cells = sum(
            2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1
            for c in line
        )
        assert cells <= width, line


@pytest.fixture
def peopled(desk):
    """One client with a complaint and a planned call for every hostile word."""
    for word in HOSTILE:
        client = builders.a_client(desk, word, note=word, address=word)
        builders.a_complaint(desk, client, subject=word, description=word * 3)
        calls.plan(desk, "callback", client.client.id, desk.now(), word)
    return desk


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_screen_shows_them_harmlessly(peopled, size, tmp_path):
    async with console(peopled, size=size, folder=tmp_path) as (app, pilot):
        for place in (["f2"], ["f3"], ["f5"], ["f10", "d"]):
            await press(app, pilot, *place)
            for _ in HOSTILE:
                harmless(seen(app), size[0])
                await press(app, pilot, "down")
        with peopled.read() as work:
            rows = work.tickets.newest(len(HOSTILE))
        for row in rows:
            for show, record in ((app.open_client, row.ticket.client_id), (app.open_ticket, row.ticket.id)):
                show(record)
                await settle(app, pilot)
                harmless(seen(app), size[0])
                app.screen.dismiss(None)
                await settle(app, pilot)


@pytest.mark.row("P5")
def test_search_finds_them_as_typed(peopled):
    with peopled.read() as work:
        subjects = {row.ticket.subject: row.ticket.client_id for row in work.tickets.newest(99)}
        found = {
            word: work.search.client_ids(word)
            for word in HOSTILE
            if any(map(index_tokens, query_terms(word)))
        }
    assert len(found) == len(HOSTILE)
    for word, ids in found.items():
        assert subjects[word.strip()] in ids, word


@pytest.mark.row("P4")
def test_import_and_export_keep_them_and_disarm_them(desk_url, tmp_path, capsys):
    sheet = tmp_path / "register.csv"
    with sheet.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["姓名", "电话", "备注"])
        for place, word in enumerate(HOSTILE):
            writer.writerow([word, f"1380013{place:04d}", word])
    assert main(["--db", desk_url, "import", "clients", str(sheet), "--skip-bad", "--json"]) in (0, 1)
    told = json.loads(capsys.readouterr().out)
    assert told["read"] == len(HOSTILE)
    assert told["imported"] == len(HOSTILE), told["errors"]

    assert main(["--db", desk_url, "export", "clients", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff"))))
    assert not [row["name"] for row in rows if row["name"][:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert any(row["name"] == "𠮷野家" for row in rows)

    book = tmp_path / "out.xlsx"
    assert main(["--db", desk_url, "export", "clients", "--format", "xlsx", "--out", str(book)]) == 0
    cells = [cell for line in openpyxl.load_workbook(book).active.iter_rows() for cell in line]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells), "no formula, no link"


@pytest.mark.row("T1")
def test_ten_thousand_characters_are_kept_whole_or_refused_in_words(desk):
    long = "漏水" * 5_000
    ticket = builders.a_complaint(desk, subject="很长", description=long)
    with desk.read() as work:
        assert work.tickets.find(ticket.id).description == long
        assert work.search.tickets("漏水漏水")[0].ticket.id == ticket.id
    with pytest.raises(RuleBroken) as refused:
        builders.a_client(desk, "张" * 10_000)
    assert refused.value.code == "client.name_long"
