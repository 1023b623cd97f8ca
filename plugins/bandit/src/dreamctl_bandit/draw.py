"""Pictures of bandits, drawn from what the player sees."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Box, Digits, Disc, Drawing

CELL, COLUMNS, DOT = 48, 8, 4  # pixels, arms in a row
PAPER, ARM, REVEALER, PULLED, GOLD, INK = "#faf8f3", "#d6ceb4", "#7a5cc4", "#2f6fed", "#e2b33c", "#3e3c42"


@cache
def revealing(arms: int) -> Drawing:
    """Arms with their numbers, the revealing one first; above them what it has shown."""
    shapes = []
    for arm in range(arms):
        x, y = arm % COLUMNS * CELL, CELL * (1 + arm // COLUMNS)
        shapes += [
            Box(x=x + 2, y=y + 2, width=CELL - 4, height=CELL - 4, colour=ARM if arm else REVEALER),
            Digits(x=x + 8, y=y + 12, value=arm, dot=DOT, colour=INK),
        ]
    shown = Digits(x=8, y=12, value="pays", dot=DOT, colour=REVEALER, shown="pays")
    height = CELL * (1 + -(-arms // COLUMNS))
    return Drawing(width=CELL * COLUMNS, height=height, background=PAPER, shapes=[*shapes, shown], columns=("pays",))


def _two_armed(observation: NDArray[Any]) -> NDArray[np.int64]:
    """Whether each arm was pulled last, and whether it paid [N, 3]."""
    return np.stack([observation[:, 0] == 1, observation[:, 0] == 2, observation[:, 1] == 1], 1).astype(np.int64)


TWO_ARMED = Drawing(
    width=240,
    height=160,
    background=PAPER,
    columns=("first", "second", "paid"),
    read=_two_armed,
    shapes=(
        *(Box(x=x, y=70, width=80, height=70, colour=ARM) for x in (20, 140)),
        Box(x=20, y=70, width=80, height=70, colour=PULLED, shown="first"),
        Box(x=140, y=70, width=80, height=70, colour=PULLED, shown="second"),
        Disc(x=100, y=14, size=40, colour=GOLD, shown="paid"),
    ),
)
