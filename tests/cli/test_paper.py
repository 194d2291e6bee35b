"""`deskapp paper`: listed, shown, written as a file; as it was issued once it was."""

from __future__ import annotations

import pytest

from deskapp.services import papers
from deskapp.services.operators import system_operator
from tests import builders
from tests.papers.test_pdf import pages_of

pytestmark = [pytest.mark.row("R1"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
KIND = "followups_weekly"


def test_kinds_are_listed_and_a_period_is_shown_as_it_would_be(run, desk_url):
    assert KIND in run("paper", "--db", desk_url).out
    told = run("paper", KIND, "--period", "2026-W47", "--db", desk_url)
    assert told.code == 0
    assert "2026 年第 47 周" in told.out and "(签发后编号)" in told.out and "│ 应回访" in told.out


def test_an_issued_paper_is_written_as_it_was_kept(run, desk_url, tmp_path, clock):
    desk = builders.open_at(desk_url, clock).signed_in(system_operator())
    paper = papers.issue(desk, KIND, clock.now().date())
    desk.store.close()
    out = tmp_path / "week.pdf"
    told = run("paper", KIND, "--period", "2026-W48", "--format", "pdf", "--out", out, "--db", desk_url)
    assert (told.code, paper.number in told.out) == (0, True)
    assert paper.number in pages_of(out.read_bytes())[0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nonsense",), 1),
        ((KIND, "--period", "2026-11"), 1),
        ((KIND, "--period", "soon"), 1),
        ((KIND, "--format", "pdf"), 2),
    ],
)
def test_what_cannot_be_made_is_said_in_a_line(run, desk_url, words, code):
    told = run("paper", *words, "--db", desk_url)
    assert (told.code, told.complains) == (code, True)
