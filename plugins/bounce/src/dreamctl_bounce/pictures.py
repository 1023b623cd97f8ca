"""The screen as a small picture: all that a player sees of the game, and nothing else. The readable form.

A picture has 112 x 100 cells: a panel of 12 rows with both scores, own left and opponent's right, and below it the
screen at a quarter of its size. What lies in a cell is counted in pixels of the full screen, so that no position is
lost in the smaller picture: a box covers a cell by 0 to 16 pixels. Balls are translucent: where two lie on one another
the cell is twice as bright.

The four channels are the scene (scores, walls, paddle) and the balls, after the first and after the second frame of the
step just played. At the start of an episode, and where the game ended in the first frame, both frames are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from .game import BounceEnv
from .programs import Program
from .rules import (
    AT,
    BALL,
    BORDER,
    FRAMES_PER_STEP,
    GOAL_LEFT,
    GOAL_RIGHT,
    PADDLE_HEIGHT,
    PADDLE_TOP,
    PADDLE_WIDTH,
    SCORE_LIMIT,
    SCREEN,
    bounds,
)

CELL = 4  # pixels of the screen along each side of a cell
PANEL = 12  # rows above the screen
HEIGHT, WIDTH = PANEL + SCREEN // CELL, SCREEN // CELL
DOT = 2  # cells along each side of a digit's dot
DIGIT_WIDTH, MARGIN = 4 * DOT, 4  # cells from digit to digit, and beside the scores
INK, STONE, WOOD = 240, 4, 8  # brightness: of a digit's cell; of a pixel of wall, of paddle
DIGITS = (  # five rows of three dots
    "111101101101111",
    "010110010010111",
    "111001111100111",
    "111001111001111",
    "101101111001001",
    "111100111001111",
    "111100111101111",
    "111001001001001",
    "111101111101111",
    "111101111001111",
)
DOTS = np.array([[dot == "1" for dot in digit] for digit in DIGITS]).reshape(-1, 5, 3)  # [10, 5, 3]
SCENE, BALLS_SEEN, PLANES = 0, 1, 2  # channels of a frame


def picture_space() -> spaces.Box:
    """Of one row: uint8 [112, 100, 4]."""
    return spaces.Box(0, 255, (HEIGHT, WIDTH, FRAMES_PER_STEP * PLANES), np.uint8)


def reading_space(score_limit: int = SCORE_LIMIT) -> spaces.Box:
    """Of one row: int16, `rules.FEATURES`; where a game ends, what happened is counted over three frames."""
    low, high = zip(*bounds(score_limit).values(), strict=True)
    most = np.array(high, np.int16)
    most[AT["goal"] :] += most[AT["goal"] :] // FRAMES_PER_STEP
    return spaces.Box(np.array(low, np.int16), most, dtype=np.int16)


def frame(paddle_x: int, scores: Sequence[int], balls: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
    """The two planes of one frame: [112, 100, 2]; `balls` are the left and top edges of their boxes."""
    scene, seen = np.zeros((2, SCREEN, SCREEN), np.int64)
    scene[:BORDER, :GOAL_LEFT] = scene[:BORDER, GOAL_RIGHT:] = STONE
    scene[:, :BORDER] = scene[:, -BORDER:] = STONE
    scene[PADDLE_TOP : PADDLE_TOP + PADDLE_HEIGHT, paddle_x : paddle_x + PADDLE_WIDTH] = WOOD
    for x, y in balls:
        seen[max(y, 0) : max(y + BALL, 0), max(x, 0) : max(x + BALL, 0)] += 1
    planes = np.zeros((HEIGHT, WIDTH, PLANES), np.uint8)
    for plane, pixels in ((SCENE, scene), (BALLS_SEEN, seen)):
        planes[PANEL:, :, plane] = pixels.reshape(WIDTH, CELL, WIDTH, CELL).sum((1, 3))
    own, opponent = map(str, scores)
    _write(planes[..., SCENE], own, MARGIN)
    _write(planes[..., SCENE], opponent, WIDTH - MARGIN - DIGIT_WIDTH * len(opponent))
    return planes


def _write(scene: NDArray[np.uint8], number: str, column: int) -> None:
    for digit in number:
        block = np.kron(DOTS[int(digit)], np.ones((DOT, DOT), bool)) * INK
        scene[1 : 1 + len(block), column : column + block.shape[1]] = block
        column += DIGIT_WIDTH


class PictureEnv(BounceEnv):
    """One game of Bounce, seen as pictures."""

    def __init__(self, program: Program, score_limit: int = SCORE_LIMIT, render_mode: str | None = "rgb_array") -> None:
        super().__init__(program, score_limit, render_mode)
        self.observation_space = picture_space()
        self.frames: list[NDArray[np.uint8]] = []

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.frames = []
        return super().step(action)

    def frame(self, action: int) -> None:
        super().frame(action)
        self.frames.append(self.look())

    def look(self) -> NDArray[np.uint8]:
        scores = [min(score, self.score_limit) for score in (self.own, self.opponent)]
        return frame(self.paddle_x, scores, [(ball.x, ball.y) for ball in self.alive])

    def observe(self) -> NDArray[Any]:
        seen = self.frames or [self.look()]
        return np.concatenate([seen[0], seen[-1]], 2)

    def render(self) -> NDArray[np.uint8]:
        return shown(self.observe())

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        self.frames = []
        return super().reset(seed=seed, options=options)


def shown(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture for people, uint8 [448, 400, 3]: the balls in yellow, and dimly where they were a frame ago."""
    scene, now = picture[..., PLANES + SCENE].astype(int), picture[..., PLANES + BALLS_SEEN].astype(int)
    before = picture[..., BALLS_SEEN].astype(int)
    colours = np.stack([scene + 15 * now + 4 * before, scene + 12 * now + 3 * before, scene + 5 * now], 2)
    return np.minimum(colours, 255).astype(np.uint8).repeat(CELL, 0).repeat(CELL, 1)
