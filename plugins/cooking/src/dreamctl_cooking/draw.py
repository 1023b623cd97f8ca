"""The picture of a kitchen, drawn from what the player sees and is asked for; no window is opened."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Box, Disc, Drawing

from .env import BOWL, DRAWERS, INGREDIENTS, SIZE, SLOTS

CELL, ITEM = 80, 18  # pixels
PAPER, FLOOR, WOOD, CHINA, PLAYER = "#faf8f3", "#e8e2d5", "#b98d5f", "#ffffff", "#2f6fed"
COLOURS = "#d9534f", "#3f9a6b", "#e2b33c", "#7a5cc4"  # of the ingredients


def draw(observation: NDArray[np.uint8], asked: tuple[int, ...] | None) -> NDArray[np.uint8]:
    """uint8 [H, W, 3]. The bowl is white, drawers are brown; what is asked for stands below the kitchen."""
    return drawing(asked or ()).picture(observation)


@cache
def drawing(asked: tuple[int, ...] = ()) -> Drawing:
    """Of a kitchen in which these ingredients are asked for."""
    side = SIZE * CELL
    shapes = [
        *(_square(x, y, FLOOR) for x in range(SIZE) for y in range(SIZE)),
        *(_square(x, y, WOOD) for x, y in DRAWERS),
        _square(*BOWL, CHINA),
        Disc(x="left", y="top", size=CELL // 2, colour=PLAYER),
    ]
    for k, colour in enumerate(COLOURS):
        shapes.append(Disc(x="hand", y="arm", size=ITEM, colour=colour, shown=f"hold {k}"))
        for slot in range(SLOTS):
            x, y = BOWL[0] * CELL + 8 + slot * (ITEM + 4), (SIZE - BOWL[1]) * CELL - ITEM - 8
            shapes.append(Disc(x=x, y=y, size=ITEM, colour=colour, shown=f"slot {slot} {k}"))
    for place, ingredient in enumerate(asked):
        shapes.append(Disc(x=10 + place * 30, y=side + 8, size=24, colour=COLOURS[ingredient]))
    slots = [f"slot {slot} {k}" for slot in range(SLOTS) for k in range(INGREDIENTS)]
    columns = ("left", "top", "hand", "arm", *(f"hold {k}" for k in range(INGREDIENTS)), *slots)
    return Drawing(width=side, height=side + 40, background=PAPER, shapes=shapes, columns=columns, read=_read)


def place(observations: NDArray[Any]) -> NDArray[np.int64]:
    """Where the player is on the picture: (x, y) in pixels [N, 2]."""
    return _read(observations)[:, :2] + CELL // 4


def _read(observation: NDArray[Any]) -> NDArray[np.int64]:
    """The player's place in pixels, the hand's, and whether it and each slot hold each ingredient [N, 20]."""
    seen = observation.astype(np.int64)
    left, top = seen[:, :1] * CELL + CELL // 4, (SIZE - 1 - seen[:, 1:2]) * CELL + 6
    things = (seen[:, 3:, None] == np.arange(INGREDIENTS)).reshape(len(seen), -1)
    return np.concatenate([left, top, left + 11, top + 11, things], 1)


def _square(x: int, y: int, colour: str) -> Box:
    return Box(x=x * CELL + 1, y=(SIZE - 1 - y) * CELL + 1, width=CELL - 2, height=CELL - 2, colour=colour)
