"""The same city, B of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.compiled import compiled

from .env import (
    ACTIONS,
    AT_STOP,
    DEPOTS,
    END,
    GOAL_REWARD,
    LINES,
    MAP,
    MOVES,
    NONE,
    RIDE,
    SIZE,
    START,
    STEP_REWARD,
    STEPS,
    STOPS,
    USELESS_DEPOTS,
    USELESS_STOPS,
    Place,
    links,
    moved,
    observation_space,
)

NEVER_RESET, NO_GOAL = -2, -1


class Cities(Simulator):
    """Row b plays the task `params[b] = (useful, useless)`. There is no randomness, so seeds do not matter."""

    def __init__(self, has_map: bool, batch: int) -> None:
        self.batch = batch
        self.observation = np.zeros((batch, *observation_space(has_map).shape), np.uint8)  # [B, O]
        self.params = np.full((batch, 2), NEVER_RESET, np.int32)  # [B, (useful, useless)]
        self.goal = np.full((batch, 2), NO_GOAL, np.int32)  # [B, (x, y)]
        self.taken = np.zeros(batch, np.int32)  # [B] steps
        self.over = np.zeros(batch, bool)  # [B]

    def reset(
        self,
        params: Sequence[tuple[int, int]],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.uint8]:
        self.observation, self.over = self.observation.copy(), self.over.copy()
        self.observation[rows] = 0
        self.observation[rows, :2] = START
        self.params[rows] = np.asarray(params, np.int32).reshape(-1, 2)
        self.goal[rows] = NO_GOAL if instructions is None or not instructions.shape[1] else instructions
        self.taken[rows], self.over[rows] = 0, False
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        before, self.observation = self.observation, np.empty_like(self.observation)
        self.over = self.over.copy()
        reward = np.empty(self.batch, np.float32)  # [B]
        _step(actions, self.params, self.goal, before, self.observation, self.taken, self.over, reward)
        return Step(self.observation, reward, self.over)

    def render(self, row: int) -> NDArray[np.uint8]:
        from .draw import draw

        x, y = self.goal[row].tolist()
        goal = None if x == NO_GOAL else (x, y)
        return draw(self.observation[row], goal, useless=self.params[row, 1] != NONE)


def _ways() -> NDArray[np.int64]:
    """[A, 9, 9, 2] where an action leads from a place, but for rides."""
    ways = np.empty((len(ACTIONS), SIZE, SIZE, 2), np.int64)
    for action, x, y, _ in np.ndindex(ways.shape):
        ways[action, x, y] = moved((x, y), MOVES.get(action, (0, 0)))
    return ways


def _rides(stops: tuple[Place, ...], depots: tuple[Place, ...]) -> NDArray[np.int64]:
    """[24, 9, 9, 2] where the bus at a place goes; -1 where there is none."""
    rides = np.full((len(LINES), SIZE, SIZE, 2), -1, np.int64)
    for number in range(len(LINES)):
        for (x, y), to in links(stops, depots, number).items():
            rides[number, x, y] = to
    return rides


WAYS, USEFUL, USELESS = _ways(), _rides(STOPS, DEPOTS), _rides(USELESS_STOPS, USELESS_DEPOTS)


@compiled
def _step(actions, params, goal, before, after, taken, over, reward):  # type: ignore[no-untyped-def]
    has_map = after.shape[1] == 4
    for b in range(len(actions)):
        for part in range(before.shape[1]):
            after[b, part] = before[b, part]
        reward[b] = 0
        if over[b] or params[b, 0] == NEVER_RESET:
            continue
        useful, useless, action = params[b, 0], params[b, 1], actions[b]
        x, y = int(before[b, 0]), int(before[b, 1])
        taken[b] += 1
        if action == RIDE:
            if USEFUL[useful, x, y, 0] >= 0:
                x, y = USEFUL[useful, x, y, 0], USEFUL[useful, x, y, 1]
            elif useless != NONE and USELESS[useless, x, y, 0] >= 0:
                x, y = USELESS[useless, x, y, 0], USELESS[useless, x, y, 1]
        else:
            x, y = WAYS[action, x, y, 0], WAYS[action, x, y, 1]
        stop = USEFUL[useful, x, y, 0] >= 0 or (useless != NONE and USELESS[useless, x, y, 0] >= 0)
        after[b, 0], after[b, 1] = x, y
        after[b, 2] = AT_STOP if stop else 0
        if has_map:
            after[b, 3] = 1 + useful if x == MAP[0] and y == MAP[1] else 0
        if x == goal[b, 0] and y == goal[b, 1]:
            reward[b], over[b] = GOAL_REWARD, True
        elif action == END:
            reward[b], over[b] = STEP_REWARD * (1 + max(STEPS - taken[b], 0)), True
        else:
            reward[b] = STEP_REWARD
