"""The picture of the maze, drawn from what the player sees; where the prize is, only its reward says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Box, Digits, Disc, Drawing

from .env import ENDS, HEIGHT, PLACES, WIDTH

CELL, DOT = 40, 3  # pixels
WALL, FLOOR, END, PLAYER, INK = "#6b6a70", "#f3eee2", "#e2b33c", "#2f6fed", "#3e3c42"


def _read(observation: NDArray[Any]) -> NDArray[np.int64]:
    """The player's place in pixels [N, 2]."""
    return observation.astype(np.int64) * CELL + 9


DRAWING = Drawing(
    width=WIDTH * CELL,
    height=HEIGHT * CELL,
    background=WALL,
    columns=("left", "top"),
    read=_read,
    shapes=(
        *(
            Box(x=x * CELL, y=y * CELL, width=CELL, height=CELL, colour=END if (x, y) in ENDS else FLOOR)
            for x, y in PLACES
        ),
        *(Digits(x=x * CELL + 15, y=y * CELL + 12, value=n + 1, dot=DOT, colour=INK) for n, (x, y) in enumerate(ENDS)),
        Disc(x="left", y="top", size=CELL - 18, colour=PLAYER),
    ),
)


def place(observations: NDArray[Any]) -> NDArray[np.int64]:
    """Where the player is on the picture: (x, y) in pixels [N, 2]."""
    return _read(observations) + (CELL - 18) // 2
