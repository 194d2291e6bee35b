"""Quality monitoring by keys: drawn, scored beside the work, coached, read by whose work it was (A5)."""

from __future__ import annotations

import pytest

from deskapp.domain.call import Result
from deskapp.screens.quality import QualityScreen
from deskapp.screens.quality_form import CoachDialog, ScoreDialog
from deskapp.screens.quality_results import AgreementDialog, QualityResultsScreen
from deskapp.screens.quality_view import QualitySampleScreen
from deskapp.services import calls, quality
from tests import builders
from tests.screens.pilot import console, press, seen, shows, until, write

pytestmark = [pytest.mark.row("A5"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
SIZES = [((120, 40), "zh"), ((80, 24), "zh"), ((120, 40), "en"), ((80, 24), "en")]
FULL = {one.id: one.most for one in quality.form_of().questions}


@pytest.fixture
def talk(second_desk):
    """A talk of 刘敏's."""
    return calls.end(second_desk, builders.a_ring(second_desk), Result("reached", "问[red]保修\x1b期限"))


async def on(app, pilot, screen):
    await until(app, pilot, lambda: isinstance(app.screen, screen), screen.__name__)


@pytest.mark.parametrize(("size", "language"), SIZES)
async def test_the_pictures(desk, second_desk, talk, size, language):
    month = quality.this_month(desk).first
    [one] = quality.draw(desk, month)
    builders.an_operator(desk, "周琦", "quality", "zhouqi")
    quality.score(builders.seat(desk, "zhouqi"), one, FULL, coaching="先问好")
    async with console(desk, size=size, language=language) as (app, pilot):
        await press(app, pilot, "f8", "q")
        await shows(app, pilot, "待再评" if language == "zh" else "1 of 2")
        assert "100.0%" not in seen(app), "scored by another: blind"
        glass = seen(app) + await press(app, pilot, "enter")
        await on(app, pilot, ScoreDialog)
        await shows(app, pilot, "问[red]保修")
        glass += seen(app)
        words = (
            ("无语言垃圾", "还有 9 项没有评") if language == "zh" else ("No foul words", "9 questions left")
        )
        assert all(word in glass for word in words)
        await press(app, pilot, "escape")
        glass += await press(app, pilot, "r")
        await on(app, pilot, QualityResultsScreen)
        await shows(app, pilot, "刘敏")
        glass += seen(app) + await press(app, pilot, "escape")
        glass += await press(app, pilot, "a")
        await on(app, pilot, AgreementDialog)
        glass += seen(app)
        assert "⟦" not in glass and "\x1b" not in glass and "kappa" in glass


async def test_from_the_draw_to_the_note_that_was_read(desk, second_desk, talk):
    async with console(desk) as (app, pilot):
        await press(app, pilot, "f8", "q")
        await shows(app, pilot, "还没有样本")
        await press(app, pilot, "d")
        await shows(app, pilot, "新抽 1 件")
        await press(app, pilot, "enter")
        await on(app, pilot, ScoreDialog)
        await press(app, pilot, "2", "9", "5", "n", "1", "1")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "请评这一项")
        await press(app, pilot, "escape")
        await on(app, pilot, QualityScreen)
        await press(app, pilot, "enter")
        await on(app, pilot, ScoreDialog)
        await until(app, pilot, lambda: app.screen.form.values()["courtesy"] == 5, "the draft is back")
        assert app.screen.form.values()["listening"] == "n"
        app.screen.form.field("understood").focus()
        await press(app, pilot, "3", "n", "3", "2", "tab")
        await shows(app, pilot, "得分")
        await write(app, pilot, "下一步说清楚")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "未读")
        await press(app, pilot, "c")
        await on(app, pilot, CoachDialog)
        await press(app, pilot, "end")
        await write(app, pilot, "是谁做")
        await press(app, pilot, "ctrl+s")
        await shows(app, pilot, "已发给刘敏")
        await press(app, pilot, "r", "enter")
        await on(app, pilot, QualityScreen)
        await shows(app, pilot, "2026-11 · 刘敏 · 1")
        await press(app, pilot, "left")
        await shows(app, pilot, "2026-10 · 刘敏 · 0")
    with desk.read() as work:
        [score] = work.quality_scores.all()
    assert score.answers == FULL | {"listening": None, "voice": 1, "apology": None, "promise": 2}
    assert score.coaching == "下一步说清楚是谁做"
    async with console(second_desk) as (app, pilot):
        await press(app, pilot, "f10", "m")
        await shows(app, pilot, "辅导意见")
        await press(app, pilot, "enter")
        await on(app, pilot, QualityScreen)
        await shows(app, pilot, "我的结果 · 1")
        await press(app, pilot, "d", "enter")
        await on(app, pilot, QualitySampleScreen)
        await shows(app, pilot, "是谁做")
        assert "1/3" in seen(app) and "不适用" in seen(app) and "保修" in seen(app)
        await press(app, pilot, "k")
        await shows(app, pilot, "本人已读")
    with desk.read() as work:
        assert work.quality_scores.find(score.id).read_at is not None
