"""A plain `gymnasium.Env` per row, seen as a batched simulator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from ..records import Environment
from .simulator import Simulator, Step


class EnvSimulator(Simulator):
    """One env per row, made anew by `environment.env(params)` at each reset with other params.

    Env row b is reset with the row's own 64-bit seed; an instruction arrives as `options={"instruction": ...}`.
    """

    def __init__(self, environment: Environment, batch: int) -> None:
        assert environment.env is not None
        self.environment, self.batch = environment, batch
        self.make = environment.env
        self.envs: list[gymnasium.Env[Any, Any] | None] = [None] * batch
        self.params: list[Any] = [None] * batch
        space = environment.observation_space
        self.observation = np.zeros((batch, *(space.shape or ())), space.dtype)  # [B, *O]
        self.over = np.zeros((batch, 2), bool)  # [B, (terminated, truncated)]

    def reset(
        self,
        params: Sequence[Any],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        self.observation = self.observation.copy()
        for i, row in enumerate(rows):
            env = self._env(int(row), params[i])
            options = None if instructions is None else {"instruction": instructions[i]}
            self.observation[row], _ = env.reset(seed=int(seeds[i]), options=options)
            self.over[row] = False
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        self.observation = self.observation.copy()
        reward = np.zeros(self.batch, np.float32)  # [B]
        for row, env in enumerate(self.envs):
            if env is None or self.over[row].any():
                continue
            observation, value, terminated, truncated, _ = env.step(int(actions[row]))
            self.observation[row], reward[row], self.over[row] = observation, value, (terminated, truncated)
        return Step(self.observation, reward, self.over[:, 0].copy(), self.over[:, 1].copy())

    def render(self, row: int) -> NDArray[np.uint8]:
        env = self.envs[row]
        picture = env.render() if env is not None else None
        if not isinstance(picture, np.ndarray):
            raise NotImplementedError(f"{self.environment.name}: its env draws no rgb_array")
        return picture

    def close(self) -> None:
        for env in self.envs:
            if env is not None:
                env.close()

    def _env(self, row: int, params: Any) -> gymnasium.Env[Any, Any]:
        env = self.envs[row]
        if env is None or self.params[row] is not params:
            if env is not None:
                env.close()
            env = self.envs[row] = self.make(params)
            self.params[row] = params
        return env
