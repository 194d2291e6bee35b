"""Several of a few: taken in and out by digits, initials and the space bar."""

from __future__ import annotations

from textual.app import App, ComposeResult

from deskapp.widgets.form import Choice, FormPanel
from deskapp.widgets.form_several import SeveralField

STAGES = [Choice(name, name, (name[0],)) for name in ("deposit", "signed", "building")]


class Demo(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, ...]] = []

    def compose(self) -> ComposeResult:
        yield FormPanel(SeveralField("stages", "", STAGES))

    def on_choice_field_changed(self, event: SeveralField.Changed) -> None:
        self.heard.append(event.value)


async def test_digits_initials_and_the_space_bar_take_in_and_out() -> None:
    app = Demo()
    async with app.run_test() as pilot:
        form = app.query_one(FormPanel)
        assert form.values() == {"stages": ()}
        form.focus_first()
        await pilot.press("3", "1", "b", "s", "right", "space", "9", "left", "left")
        assert form.values() == {"stages": ("deposit", "signed", "building")}
        await pilot.press("space")
        assert form.values() == {"stages": ("signed", "building")}
        assert len(app.heard) == 6
        await pilot.press("backspace")
        assert form.values() == {"stages": ()}


async def test_it_is_filled_with_what_it_gave() -> None:
    app = Demo()
    async with app.run_test() as pilot:
        form = app.query_one(FormPanel)
        for given, there in ((["building", "gone"], ("building",)), (None, ()), (("signed",), ("signed",))):
            form.fill({"stages": given})
            assert form.values() == {"stages": there}
        await pilot.pause()
        assert app.heard == []
