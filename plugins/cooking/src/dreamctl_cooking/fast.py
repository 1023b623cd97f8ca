"""The same kitchen, B of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.compiled import compiled

from .env import (
    AT_BOWL,
    AT_DRAWER,
    BOWL,
    DONE,
    DRAWERS,
    DROP,
    EMPTY,
    END,
    HOLD_FIRST,
    HOLD_SECOND,
    MISTAKE,
    OBSERVATION_SPACE,
    PICKUP,
    PROGRESS,
    SIZE,
    SLOTS,
    START,
    STEP_REWARD,
    STEPS,
)

NEVER_RESET, NOTHING = -1, -1


class Kitchens(Simulator):
    """Row b plays the task `params[b]`: what the three drawers hold. No randomness, so seeds do not matter."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.observation = np.zeros((batch, *OBSERVATION_SPACE.shape), np.uint8)  # [B, O]
        self.drawers = np.full((batch, len(DRAWERS)), NEVER_RESET, np.int32)  # [B, 3] ingredients
        self.asked = np.full((batch, 2), NOTHING, np.int32)  # [B, (first, second)]
        self.stage = np.zeros(batch, np.int32)  # [B]
        self.taken = np.zeros(batch, np.int32)  # [B] steps
        self.over = np.zeros(batch, bool)  # [B]

    def reset(
        self,
        params: Sequence[tuple[int, int, int]],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.uint8]:
        self.observation, self.over = self.observation.copy(), self.over.copy()
        self.observation[rows] = (*START, AT_BOWL, EMPTY, *[EMPTY] * SLOTS)
        self.drawers[rows] = np.asarray(params, np.int32).reshape(-1, len(DRAWERS))
        self.asked[rows] = NOTHING if instructions is None or not instructions.shape[1] else instructions
        self.stage[rows], self.taken[rows], self.over[rows] = HOLD_FIRST, 0, False
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        before, self.observation = self.observation, np.empty_like(self.observation)
        self.over = self.over.copy()
        reward = np.empty(self.batch, np.float32)  # [B]
        state = self.drawers, self.asked, self.stage, self.taken, self.over
        _step(actions, state, before, self.observation, reward)
        return Step(self.observation, reward, self.over)

    def render(self, row: int) -> NDArray[np.uint8]:
        from .draw import draw

        first, second = self.asked[row].tolist()
        return draw(self.observation[row], None if first == NOTHING else (first, second))


@compiled
def _step(actions, state, before, after, reward):  # type: ignore[no-untyped-def]
    drawers, asked, stage, taken, over = state
    for b in range(len(actions)):
        for part in range(before.shape[1]):
            after[b, part] = before[b, part]
        reward[b] = 0
        if over[b] or drawers[b, 0] == NEVER_RESET:
            continue
        taken[b] += 1
        x, y, status, held = int(before[b, 0]), int(before[b, 1]), before[b, 2], int(before[b, 3])
        action = actions[b]
        picked = action == PICKUP and status == AT_DRAWER
        placed = False
        if action == 0:
            x = max(x - 1, 0)
        elif action == 1:
            y = min(y + 1, SIZE - 1)
        elif action == 2:
            x = min(x + 1, SIZE - 1)
        elif action == 3:
            y = max(y - 1, 0)
        elif picked:
            held = drawers[b, y]
        elif action == DROP:
            if status != AT_BOWL:
                held = EMPTY
            elif held != EMPTY:
                for slot in range(SLOTS):
                    if after[b, 4 + slot] == EMPTY:
                        after[b, 4 + slot] = held
                        held = EMPTY
                        placed = True
                        break
        after[b, 0], after[b, 1], after[b, 3] = x, y, held
        after[b, 2] = AT_BOWL if x == BOWL[0] and y == BOWL[1] else AT_DRAWER if x == SIZE - 1 else 0
        if action == END:
            reward[b], over[b] = STEP_REWARD * (1 + max(STEPS - taken[b], 0)), True
            continue
        reward[b] = STEP_REWARD
        if asked[b, 0] == NOTHING:
            continue
        wanted = asked[b, stage[b] // 2]
        if stage[b] == HOLD_FIRST or stage[b] == HOLD_SECOND:
            if picked:
                right = held == wanted
                reward[b] = PROGRESS if right else MISTAKE
                stage[b] += right
        elif held != wanted:
            reward[b] = PROGRESS if placed else MISTAKE
            stage[b] += 1 if placed else -1
        over[b] = stage[b] == DONE
