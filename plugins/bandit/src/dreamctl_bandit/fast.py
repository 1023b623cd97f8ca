"""The same bandits, B of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.compiled import compiled
from dreamctl.random_jit import bits, uniform

from .env import REVEALS

NEVER_RESET = -1


class Revealings(Simulator):
    """Row b plays the task `params[b]`: the arm that pays. There is no randomness, so seeds do not matter."""

    def __init__(self, arms: int, batch: int) -> None:
        self.arms, self.batch = arms, batch
        self.observation = np.zeros((batch, 1), np.uint8)  # [B, 1]
        self.pays = np.full(batch, NEVER_RESET)  # [B] arms
        self.over = np.zeros(batch, bool)  # [B]

    def reset(
        self,
        params: Sequence[int],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.uint8]:
        self.observation, self.over = self.observation.copy(), self.over.copy()
        self.pays[rows] = params
        self.observation[rows], self.over[rows] = 0, False
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        plays = ~self.over & (self.pays != NEVER_RESET)  # [B]
        shows = plays & (actions == REVEALS)
        self.observation = np.where(shows, self.pays, self.observation[:, 0]).astype(np.uint8)[:, None]
        self.over = self.over | plays
        return Step(self.observation, (plays & (actions == self.pays)).astype(np.float32), self.over)

    def render(self, row: int) -> NDArray[np.uint8]:
        from .draw import revealing

        return revealing(self.arms).picture(self.observation[row])


class TwoArmeds(Simulator):
    """Row b plays the task `params[b]`: the chances of its arms. Its pulls are draws 0, 1, ... of its seed's stream."""

    def __init__(self, pulls: int, batch: int) -> None:
        self.pulls, self.batch = pulls, batch
        self.observation = np.zeros((batch, 2), np.uint8)  # [B, (arm + 1, paid)]
        self.chances = np.full((batch, 2), float(NEVER_RESET))  # [B, arms]
        self.seeds = np.zeros(batch, np.uint64)  # [B]
        self.taken = np.zeros(batch, np.uint64)  # [B] pulls

    def reset(
        self,
        params: Sequence[tuple[float, float]],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.uint8]:
        self.observation = self.observation.copy()
        self.chances[rows] = np.asarray(params, float).reshape(-1, 2)
        self.observation[rows], self.seeds[rows], self.taken[rows] = 0, seeds, 0
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        self.observation = np.empty_like(self.observation)
        reward = np.empty(self.batch, np.float32)  # [B]
        _pull(actions, self.pulls, self.chances, self.seeds, self.taken, self.observation, reward)
        return Step(self.observation, reward, np.zeros(self.batch, bool))

    def render(self, row: int) -> NDArray[np.uint8]:
        from .draw import TWO_ARMED

        return TWO_ARMED.picture(self.observation[row])


@compiled
def _pull(actions, pulls, chances, seeds, taken, observation, reward):  # type: ignore[no-untyped-def]
    for b in range(len(actions)):
        if chances[b, 0] == NEVER_RESET:
            observation[b, 0] = observation[b, 1] = reward[b] = 0
            continue
        paid = uniform(bits(seeds[b], taken[b])) < chances[b, actions[b]]
        taken[b] += np.uint64(1)
        observation[b, 0] = actions[b] + 1
        observation[b, 1] = paid
        reward[b] = paid / pulls
