"""The same hallway, B of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.compiled import compiled

from .env import Layout

NEVER_RESET = -1


class Hallways(Simulator):
    """Row b plays the task `params[b] = (right, noise)`. There is no randomness, so seeds do not matter."""

    def __init__(self, layout: Layout, batch: int) -> None:
        self.layout, self.batch = layout, batch
        self.observation = np.zeros((batch, 3 + layout.noise), np.uint8)  # [B, O] all that changes
        self.params = np.full((batch, 2), NEVER_RESET, np.int32)  # [B, (right, noise)]

    def reset(
        self,
        params: Sequence[tuple[int, int]],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.uint8]:
        self.observation = self.observation.copy()
        _reset(np.asarray(params, np.int32).reshape(-1, 2), rows, self.params, self.observation)
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        layout = self.layout
        before, self.observation = self.observation, np.empty_like(self.observation)
        reward = np.empty(self.batch, np.float32)  # [B]
        terminated = np.empty(self.batch, bool)  # [B]
        size = (layout.hallways, layout.length, layout.sign, layout.has_sign)
        _step(size, self.params, actions, before, self.observation, reward, terminated)
        return Step(self.observation, reward, terminated)

    def render(self, row: int) -> NDArray[np.uint8]:
        from .draw import draw

        return draw(self.layout, self.observation[row])


@compiled
def _reset(given, rows, params, observation):  # type: ignore[no-untyped-def]
    for i, row in enumerate(rows):
        params[row, 0], params[row, 1] = given[i, 0], given[i, 1]
        observation[row] = 0


@compiled
def _step(size, params, actions, before, after, reward, terminated):  # type: ignore[no-untyped-def]
    hallways, length, sign, has_sign = size
    behind = hallways + 1
    tiles = after.shape[1] - 3
    for b in range(len(actions)):
        way, distance = int(before[b, 0]), int(before[b, 1])
        in_hallway = 0 < way < behind
        right = params[b, 0]
        still = right == NEVER_RESET or (in_hallway and distance == length)
        if not still:
            if way == 0:
                way, distance = actions[b] + 1, 1
            elif actions[b] == hallways:
                distance -= 1
                way = way if distance else 0
            else:
                distance = min(distance + 1, sign if way == behind else length)
        in_hallway = 0 < way < behind
        at_end = in_hallway and distance == length
        at_sign = has_sign and way == behind and distance == sign
        after[b, 0] = way
        after[b, 1] = distance
        after[b, 2] = right + 1 if at_sign else 0
        for tile in range(tiles):
            after[b, 3 + tile] = 1 + (params[b, 1] >> tile & 1) if in_hallway and distance == 1 else 0
        reward[b] = at_end and not still and way == right + 1
        terminated[b] = at_end
