"""Many games side by side, seen as pictures: bit-equal to `pictures.py`, which says what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from dreamctl import Step
from dreamctl.compiled import compiled

from .fast import FastBounce, frame_of, over_of
from .pictures import (
    BALLS_SEEN,
    CELL,
    DIGIT_WIDTH,
    DOT,
    DOTS,
    HEIGHT,
    INK,
    MARGIN,
    PANEL,
    PLANES,
    SCENE,
    WIDTH,
    WOOD,
    frame,
    shown,
)
from .programs import Program
from .rules import BALL, BALLS, FRAMES_PER_STEP, PADDLE_HEIGHT, PADDLE_TOP, PADDLE_WIDTH, SCORE_LIMIT, SCREEN

CHANNELS = FRAMES_PER_STEP * PLANES


def _empty() -> NDArray[np.uint8]:
    """The walls alone, in every frame: [112, 100, channels]."""
    planes = frame(0, (0, 0), ())
    planes[:PANEL] = 0
    planes[PANEL + PADDLE_TOP // CELL : PANEL + (PADDLE_TOP + PADDLE_HEIGHT) // CELL + 1, :, SCENE] = planes[
        PANEL + PADDLE_TOP // CELL - 1, :, SCENE
    ]
    return np.concatenate([planes] * FRAMES_PER_STEP, 2)


EMPTY = _empty()


class PictureBounce(FastBounce):
    """`batch` games of Bounce, each seen as uint8 [112, 100, 4]."""

    def __init__(self, batch: int, score_limit: int = SCORE_LIMIT) -> None:
        super().__init__(batch, score_limit)
        self.pictures = np.zeros((batch, HEIGHT, WIDTH, CHANNELS), np.uint8)  # [B, *O]

    def reset(
        self,
        params: Sequence[Program],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        super().reset(params, seeds, rows)
        self.pictures = self.pictures.copy()
        _draw_all(np.asarray(rows, np.intp), self.games, self.score_limit, self.pictures)
        return self.pictures

    def step(self, actions: NDArray[np.integer]) -> Step:
        before, self.pictures = self.pictures, np.empty_like(self.pictures)
        reward = np.empty(self.batch, np.float32)  # [B]
        _play(
            np.asarray(actions, np.int64), self.games, self.pool.words, self.score_limit, before, self.pictures, reward,
            self.over,
        )  # fmt: skip
        return Step(self.pictures, reward, self.over.copy())

    def render(self, row: int) -> NDArray[np.uint8]:
        return shown(self.pictures[row])


@compiled(nogil=True)
def _draw_all(rows, games, limit, out):  # type: ignore[no-untyped-def]
    for b in rows:
        _copy(EMPTY, out[b])
        for number in range(FRAMES_PER_STEP):
            _draw(games[b], limit, number * PLANES, out[b])


@compiled(nogil=True)
def _play(actions, games, pool, limit, before, out, reward, over):  # type: ignore[no-untyped-def]
    """One step of every game that is not over, drawn after each frame; the others hold still."""
    for b in range(len(actions)):
        g = games[b]
        reward[b] = 0
        over[b] |= over_of(g, limit)
        if over[b]:
            _copy(before[b], out[b])
            continue
        _copy(EMPTY, out[b])
        own, opponent = g.own, g.opponent
        for number in range(FRAMES_PER_STEP):
            if not over[b]:
                frame_of(g, actions[b], pool, limit)
                over[b] = over_of(g, limit)
            _draw(g, limit, number * PLANES, out[b])
        reward[b] = g.own - own - (g.opponent - opponent)


@numba.njit
def _copy(picture, out):  # type: ignore[no-untyped-def]
    """As one run of bytes, which is many times faster than by rows and columns."""
    here, there = picture.ravel(), out.ravel()  # views, since both are contiguous
    for i in range(len(here)):
        there[i] = here[i]


@numba.njit
def _draw(g, limit, first, out):  # type: ignore[no-untyped-def]
    """Scores, paddle and balls of one frame, into the channels from `first` on."""
    _number(min(g.own, limit), False, first + SCENE, out)
    _number(min(g.opponent, limit), True, first + SCENE, out)
    _box(g.paddle_x, PADDLE_TOP, PADDLE_WIDTH, PADDLE_HEIGHT, WOOD, first + SCENE, out)
    for k in range(BALLS):
        if g.alive & (1 << k):
            _box(np.int64(g.x[k]), np.int64(g.y[k]), BALL, BALL, 1, first + BALLS_SEEN, out)


@numba.njit
def _box(x, y, width, height, brightness, channel, out):  # type: ignore[no-untyped-def]
    """Add to each cell the pixels of a box that lie in it."""
    left, right = max(x, 0), min(x + width, SCREEN)
    top, bottom = max(y, 0), min(y + height, SCREEN)
    if left >= right or top >= bottom:
        return
    for row in range(top // CELL, (bottom - 1) // CELL + 1):
        high = (min(bottom, (row + 1) * CELL) - max(top, row * CELL)) * brightness
        for column in range(left // CELL, (right - 1) // CELL + 1):
            wide = min(right, (column + 1) * CELL) - max(left, column * CELL)
            out[PANEL + row, column, channel] += np.uint8(high * wide)


@numba.njit
def _number(value, to_the_right, channel, out):  # type: ignore[no-untyped-def]
    many, rest = 1, value // 10
    while rest > 0:
        many += 1
        rest //= 10
    column = (WIDTH - MARGIN if to_the_right else MARGIN + many * DIGIT_WIDTH) - DIGIT_WIDTH
    for _ in range(many):
        digit = value % 10
        for i in range(DOTS.shape[1] * DOT):
            for j in range(DOTS.shape[2] * DOT):
                if DOTS[digit, i // DOT, j // DOT]:
                    out[1 + i, column + j, channel] = INK
        value //= 10
        column -= DIGIT_WIDTH
