"""The console's colours: a calm dark ground, one accent, amber and red only for time running out."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="desk-dark",
    primary="#4ec9b0",
    secondary="#6cb6ff",
    accent="#4ec9b0",
    warning="#e2b55f",
    error="#f47174",
    success="#4ec9b0",
    foreground="#e6edf3",
    background="#10141b",
    surface="#161b24",
    panel="#2a3442",
    dark=True,
    variables={
        "text-muted": "#8b98a9",
        "text-disabled": "#6b7686",
        "border": "#2a3442",
        "border-blurred": "#2a3442",
    },
)
LIGHT = Theme(
    name="desk-light",
    primary="#0f766e",
    secondary="#1d4ed8",
    accent="#0f766e",
    warning="#9a6700",
    error="#b42318",
    success="#0f766e",
    foreground="#17202b",
    background="#f3f5f7",
    surface="#ffffff",
    panel="#d9e0e7",
    dark=False,
    variables={
        "text-muted": "#53606e",
        "text-disabled": "#7b8794",
        "border": "#b6c2cd",
        "border-blurred": "#c9d3dc",
    },
)
CONTRAST = Theme(
    name="desk-contrast",
    primary="#00ffd0",
    secondary="#80c8ff",
    accent="#00ffd0",
    warning="#ffd23f",
    error="#ff6b6b",
    success="#00ffd0",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#333333",
    dark=True,
    variables={
        "text-muted": "#d0d0d0",
        "text-disabled": "#a0a0a0",
        "border": "#808080",
        "border-blurred": "#606060",
    },
)
THEMES = (DARK, LIGHT, CONTRAST)
