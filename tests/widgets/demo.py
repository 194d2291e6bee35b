"""A small app that shows one widget in the look meant, for tests and for looking at by eye."""

from textual.app import App
from textual.theme import Theme

THEME = Theme(
    name="demo",
    primary="#4ec9b0",
    secondary="#6cb6ff",
    accent="#4ec9b0",
    warning="#e5b567",
    error="#f2777a",
    success="#4ec9b0",
    foreground="#d7dee8",
    background="#10151c",
    surface="#161d27",
    panel="#2a3646",
    dark=True,
    variables={"text-muted": "#7f8ea3", "text-disabled": "#4a5668", "border": "#4ec9b0"},
)


class DemoApp(App):
    """The theme, and whatever the demo composes."""

    ENABLE_COMMAND_PALETTE = False

    def get_default_screen(self):
        self.register_theme(THEME)
        self.theme = "demo"
        return super().get_default_screen()
