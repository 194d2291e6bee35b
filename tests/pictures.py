"""Draw the README's pictures from the program itself, on the still sample morning: `make pictures`.

Needs the DejaVu fonts of the system, for the signs that the Chinese font lacks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from rich.cells import get_character_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual._context import visible_screen_stack

from deskapp.gallery import still_morning
from deskapp.gallery_glass import _at, strike

DOCS = Path(__file__).parents[1] / "docs"
CELL = (12, 25)
SIZE = (112, 32)
GROUND = "#10141b"
FONT = "fonts/wqy-microhei.ttc"
MONO = 1
"""Where in the font file its monospaced face lies."""

BLOCKS = {
    "\u2588": (0, 0, 1, 1),
    "\u2580": (0, 0, 1, 0.5),
    "\u2584": (0, 0.5, 1, 1),
    "\u258c": (0, 0, 0.5, 1),
    "\u2590": (0.5, 0, 1, 1),
    **{chr(0x2581 + eighth): (0, 1 - (eighth + 1) / 8, 1, 1) for eighth in range(8)},
    **{chr(0x2588 + eighth): (0, 0, 1 - eighth / 8, 1) for eighth in range(1, 8)},
}
"""Part of its cell that a block fills: left, top, right, bottom."""
SHADE = "\u2591"
SIGNS = frozenset("\u26a0\u25d4\u25d1\u25d5\u25cf\u2218\u23ce\u21a9\u2714\u2665\u25f7\u2022")
"""What the fonts of the picture have only in the second of them."""
LINES = {"\u2500": "lr", "\u2502": "ud", "\u256d": "rd", "\u256e": "ld", "\u2570": "ru", "\u256f": "lu"}
"""Which ways a line of a border goes from the middle of its cell."""

PICTURES = (
    ("queue.png", "zh", ()),
    ("board.png", "en", ("f5",)),
)


class Glass:
    """A picture of a terminal, cell by cell."""

    def __init__(self, size: tuple[int, int], background: str) -> None:
        width, height = CELL
        self.image = Image.new("RGB", (size[0] * width, size[1] * height), background)
        self.draw = ImageDraw.Draw(self.image)
        path = str(files("paperang_p2_fonts_cjk") / FONT)
        self.narrow = ImageFont.truetype(path, 20, index=MONO)
        self.wide = ImageFont.truetype(path, 22, index=MONO)
        self.signs = ImageFont.truetype("DejaVuSansMono.ttf", 20)

    def line(self, y: int, segments: Iterable[Segment]) -> None:
        """Draw one line."""
        x = 0
        for text, style, _ in segments:
            front, back = colours(style or Style.null())
            for character in text:
                cells = get_character_cell_size(character)
                self._cell(x, y, cells, character, front, back, bool(style and style.bold))
                x += cells

    def _cell(self, x: int, y: int, cells: int, character: str, front: str, back: str, bold: bool) -> None:
        width, height = CELL
        left, top = x * width, y * height
        right, bottom = left + cells * width, top + height
        self.draw.rectangle((left, top, right - 1, bottom - 1), fill=back)
        if part := BLOCKS.get(character):
            one, two, three, four = part
            box = (left + one * width, top + two * height, left + three * width - 1, top + four * height - 1)
            self.draw.rectangle(box, fill=front)
        elif ways := LINES.get(character):
            self._border(left, top, ways, front)
        elif character == SHADE:
            for down in range(0, height, 3):
                for across in range(down % 2, cells * width, 4):
                    self.draw.point((left + across, top + down), fill=front)
        elif character.strip():
            font = self.wide if cells == 2 else self.narrow
            font = self.signs if character in SIGNS else font
            middle = ((left + right) / 2, top + height * 0.76)
            self.draw.text(
                middle, character, fill=front, font=font, anchor="ms", stroke_width=0.4 if bold else 0
            )

    def _border(self, left: int, top: int, ways: str, front: str) -> None:
        width, height = CELL
        x, y = left + width // 2, top + height // 2
        ends = {"l": (left, y), "r": (left + width, y), "u": (x, top), "d": (x, top + height)}
        radius = width // 2
        if ways in ("lr", "ud"):
            self.draw.line((*ends[ways[0]], *ends[ways[1]]), fill=front)
            return
        across, along = ways
        middle_x = x + radius if across == "r" else x - radius
        middle_y = y + radius if along == "d" else y - radius
        turn = {"rd": 180, "ld": 270, "lu": 0, "ru": 90}[ways]
        box = (middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius)
        self.draw.arc(box, turn, turn + 90, fill=front)
        self.draw.line((x, middle_y, *ends[along]), fill=front)


def colours(style: Style) -> tuple[str, str]:
    """The colours of a style: of what is written, and of what is under it."""

    def hexed(colour: Color | None, usual: str) -> str:
        return usual if colour is None or colour.is_default else colour.get_truecolor().hex

    front, back = hexed(style.color, "#d8dee9"), hexed(style.bgcolor, GROUND)
    return (back, front) if style.reverse else (front, back)


def drawn(app: Any) -> Image.Image:
    """The glass as a picture."""
    with _at(app):
        visible_screen_stack.set(app._background_screens)
        strips = app.screen._compositor.render_strips(app.size)
    glass = Glass((app.size.width, app.size.height), GROUND)
    for y, strip in enumerate(strips[: app.size.height]):
        glass.line(y, strip.crop(0, app.size.width))
    return glass.image.quantize(255, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


async def draw_all() -> None:
    """Draw every picture."""
    DOCS.mkdir(exist_ok=True)
    for name, language, keys in PICTURES:
        async with still_morning(language, SIZE) as (app, pilot):
            await strike(app, *keys)
            drawn(app).save(DOCS / name, optimize=True)
            print(DOCS / name)


if __name__ == "__main__":
    asyncio.run(draw_all())
