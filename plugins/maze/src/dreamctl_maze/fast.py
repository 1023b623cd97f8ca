"""The same maze, B of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.compiled import compiled

from .env import ACTIONS, ENDS, HEIGHT, PLACES, START, WIDTH, distances, moved

NEVER_RESET = -1


class Mazes(Simulator):
    """Row b plays the task `params[b]`: the number of the dead end. No randomness, so seeds do not matter."""

    def __init__(self, dense: bool, batch: int) -> None:
        self.dense, self.batch = dense, batch
        self.observation = np.zeros((batch, 2), np.uint8)  # [B, (x, y)]
        self.end = np.full(batch, NEVER_RESET, np.int64)  # [B]

    def reset(
        self,
        params: Sequence[int],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.uint8]:
        self.observation = self.observation.copy()
        self.observation[rows], self.end[rows] = START, params
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        before, self.observation = self.observation, np.empty_like(self.observation)
        reward = np.empty(self.batch, np.float32)  # [B]
        over = np.empty(self.batch, bool)  # [B]
        _step(actions, self.dense, self.end, before, self.observation, reward, over)
        return Step(self.observation, reward, over)

    def render(self, row: int) -> NDArray[np.uint8]:
        from .draw import DRAWING

        return DRAWING.picture(self.observation[row])


def _ways() -> NDArray[np.int64]:
    """[A, W, H, 2] where a move leads from a place."""
    ways = np.zeros((len(ACTIONS), WIDTH, HEIGHT, 2), np.int64)
    for action in range(len(ACTIONS)):
        for x, y in PLACES:
            ways[action, x, y] = moved((x, y), action)
    return ways


def _left() -> NDArray[np.int64]:
    """[ends, W, H] the steps from a place to each dead end."""
    left = np.zeros((len(ENDS), WIDTH, HEIGHT), np.int64)
    for end, prize in enumerate(ENDS):
        for (x, y), steps in distances(prize).items():
            left[end, x, y] = steps
    return left


WAYS, LEFT = _ways(), _left()


@compiled
def _step(actions, dense, end, before, after, reward, over):  # type: ignore[no-untyped-def]
    for b in range(len(actions)):
        x, y, e = int(before[b, 0]), int(before[b, 1]), end[b]
        over[b] = e != NEVER_RESET and LEFT[e, x, y] == 0
        after[b, 0], after[b, 1], reward[b] = x, y, 0
        if over[b] or e == NEVER_RESET:
            continue
        to_x, to_y = WAYS[actions[b], x, y, 0], WAYS[actions[b], x, y, 1]
        after[b, 0], after[b, 1] = to_x, to_y
        over[b] = LEFT[e, to_x, to_y] == 0
        if dense:
            reward[b] = (LEFT[e, x, y] - LEFT[e, to_x, to_y]) / LEFT[e, START[0], START[1]]
        else:
            reward[b] = over[b]
