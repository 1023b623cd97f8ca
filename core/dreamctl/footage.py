"""What a person sees of a game between two observations: its screen, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

Shape = tuple[int, int, int, int, int]  # its look, then left, top, width and height in whole pixels
Picture = tuple[Shape, ...]  # from the back to the front

BOX, OVAL, LINE, TEXT, POINTER = "box", "oval", "line", "text", "pointer"  # kinds of looks
WIDEST = 1200  # pixels of a picture, whatever a program says of its canvas


@frozen
class Look:
    """How a shape looks: its kind and its colours, `#rrggbb` or empty for none; a text is as large as its shape."""

    kind: str
    fill: str = ""
    outline: str = ""
    text: str = ""


@frozen(eq=False, kw_only=True)
class Footage:
    """Consecutive frames of an episode: `frames[0]` is how things stood before the first of the steps.

    `ends` says of each step with which frame it ends. `pace` is in frames a second.
    `observation` is what would have been observed, had the step ended with that frame: [frames, *O].
    `said` is what the program had to say at its end: a traceback, say.
    """

    width: int
    height: int
    background: str
    pace: float
    looks: Sequence[Look]
    frames: Sequence[Picture]
    ends: Sequence[int]
    observation: NDArray[Any]
    said: str = field(default="")

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """The screen in a frame: uint8 [H, W, 3]."""
        return paint(self.width, self.height, self.background, self.looks, self.frames[frame])


class Live(Protocol):
    """A game that a person plays with the mouse, frame by frame.

    `over`: it has come to its end. `message` says why, in words for the person.
    """

    width: int
    height: int
    over: bool
    message: str

    def advance(self, x: int, y: int, click: bool) -> float:
        """Play one frame with the mouse there, in pixels of the screen; how many seconds the program lets it stay."""

    def picture(self) -> NDArray[np.uint8]:
        """The screen: uint8 [height, width, 3]."""

    def close(self) -> None:
        """End the program."""


def paint(width: int, height: int, background: str, looks: Sequence[Look], picture: Picture) -> NDArray[np.uint8]:
    """The shapes on a screen: uint8 [H, W, 3]."""
    from PIL import Image, ImageDraw

    screen = Image.new("RGB", (width, height), background)
    draw = ImageDraw.Draw(screen)
    for look, left, top, wide, high in picture:
        _paint(draw, looks[look], (left, top, left + max(wide, 1) - 1, top + max(high, 1) - 1))
    return np.asarray(screen)


def _paint(draw: Any, look: Look, box: tuple[int, int, int, int]) -> None:
    fill, outline = look.fill or None, look.outline or None
    if look.kind == BOX:
        draw.rectangle(box, fill, outline)
    elif look.kind == OVAL:
        draw.ellipse(box, fill, outline)
    elif look.kind == LINE:
        draw.line(box, outline or fill)
    elif look.kind == POINTER:
        x, y = box[:2]
        draw.polygon([(x, y), (x, y + 16), (x + 4, y + 12), (x + 11, y + 11)], fill, outline)
    elif look.kind == TEXT and fill:
        draw.text(box[:2], look.text, fill, _font(look.text, box))


def _font(text: str, box: tuple[int, int, int, int]) -> Any:
    """A font in which the text fills its box."""
    from PIL import ImageFont

    lines = text.count("\n") + 1
    return ImageFont.load_default(max(min((box[3] - box[1]) / lines * 0.8, 60), 8))
