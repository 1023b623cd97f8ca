"""The picture of a city, drawn from what the player sees and is asked for; no window is opened."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Box, Digits, Disc, Drawing

from .env import DEPOTS, MAP, SIZE, STOPS, USELESS_DEPOTS, USELESS_STOPS, Place

CELL, LINE, DOT = 36, 1, 4  # pixels
PAPER, FLOOR, SIGN = "#faf8f3", "#e8e2d5", "#e2b33c"
USEFUL, USELESS, GOAL, PLAYER, INK = "#3f9a6b", "#aaa49a", "#e2574c", "#2f6fed", "#3e3c42"


def draw(observation: NDArray[np.uint8], goal: Place | None, *, useless: bool) -> NDArray[np.uint8]:
    """uint8 [H, W, 3]. Stops and depots of useful lines are green, the others grey; the map shows while it is read."""
    return drawing(has_map=len(observation) == 4, useless=useless, goal=goal).picture(observation)


@cache
def drawing(*, has_map: bool, useless: bool, goal: Place | None = None) -> Drawing:
    """Of a city in which this corner is asked for, or none."""
    grey = (*USELESS_STOPS, *USELESS_DEPOTS) if useless else ()
    shapes: list[Box] = [
        *(_square((x, y), FLOOR) for x in range(SIZE) for y in range(SIZE)),
        *(_square(place, USEFUL, 6) for place in (*STOPS, *DEPOTS)),
        *(_square(place, USELESS, 6) for place in grey),
        *([] if goal is None else [_square(goal, GOAL, 3)]),
    ]
    player = Disc(x="left", y="top", size=CELL - 18, colour=PLAYER)
    left, top = _corner(MAP)
    number = Digits(x=left + 6, y=top + 8, value="symbol", dot=DOT, colour=INK, shown="symbol")
    sign = [_square(MAP, SIGN, 2)] if has_map else []
    columns = ("left", "top", "symbol")
    side = SIZE * CELL
    return Drawing(
        width=side, height=side, background=PAPER, shapes=[*shapes, *sign, player, number], columns=columns, read=_read
    )


def place(observations: NDArray[Any]) -> NDArray[np.int64]:
    """Where the player is on the picture: (x, y) in pixels [N, 2]."""
    return _read(observations)[:, :2] + (CELL - 18) // 2


def _read(observation: NDArray[Any]) -> NDArray[np.int64]:
    """The player's place in pixels, and what the map shows [N, 3]."""
    seen = observation.astype(np.int64)
    symbol = seen[:, 3] if seen.shape[1] == 4 else np.zeros(len(seen), np.int64)
    return np.stack([seen[:, 0] * CELL + 9, (SIZE - 1 - seen[:, 1]) * CELL + 9, symbol], 1)


def _square(place: Place, colour: str, margin: int = LINE) -> Box:
    left, top = _corner(place)
    side = CELL - 2 * margin
    return Box(x=left + margin, y=top + margin, width=side, height=side, colour=colour)


def _corner(place: Place) -> Place:
    """The left and top edges of a place in pixels."""
    return place[0] * CELL, (SIZE - 1 - place[1]) * CELL
