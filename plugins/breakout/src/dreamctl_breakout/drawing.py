"""How an observation looks: ball, paddle, and how many bricks and turns have gone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Box, Digits, Disc, Drawing

from .names import FEATURES

WIDTH, HEIGHT = 400, 550  # pixels that a canvas of any size is shown in
PADDLE_WIDTH, PADDLE_HEIGHT, BALL = 64, 10, 16
SHOWN = ("ball", "ball x", "ball y", "paddle", "paddle x", "paddle y", "bricks", "lost")


def read(observation: NDArray[Any]) -> NDArray[np.int64]:
    """`SHOWN` of observations [N, O]: whole pixels and numbers [N, 8]."""

    def seen(name: str) -> NDArray[np.float64]:
        return observation[:, FEATURES.index(name)].astype(np.float64)

    columns = (
        seen("ball there"),
        seen("ball x") * WIDTH - BALL / 2,
        seen("ball y") * HEIGHT - BALL / 2,
        seen("paddle there"),
        seen("paddle x") * WIDTH - PADDLE_WIDTH / 2,
        seen("paddle top") * HEIGHT,
        seen("bricks") * 100,
        seen("misses") * 5,
    )
    return np.rint(np.stack(columns, 1)).astype(np.int64)


DRAWING = Drawing(
    width=WIDTH,
    height=HEIGHT,
    background="#ffffff",
    shapes=(
        Digits(colour="#cc3333", x=10, y=10, value="bricks", dot=4),
        Digits(colour="#888888", x=WIDTH - 10, y=10, value="lost", dot=4, leftwards=1),
        Box(colour="#222222", x="paddle x", y="paddle y", width=PADDLE_WIDTH, height=PADDLE_HEIGHT, shown="paddle"),
        Disc(colour="#222222", x="ball x", y="ball y", size=BALL, shown="ball"),
    ),
    columns=SHOWN,
    read=read,
)


def draw(observation: NDArray[Any]) -> NDArray[np.uint8]:
    """The picture of one observation [O]."""
    return DRAWING.picture(observation)
