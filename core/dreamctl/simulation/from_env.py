"""A plain `gymnasium.Env` per row, seen as a batched simulator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, SupportsFloat

import gymnasium
import numpy as np
from numpy.typing import NDArray

from ..errors import PluginError
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
            with self._no_exit():
                observation, _ = env.reset(seed=int(seeds[i]), options=options)
            self._see(row, observation)
            self.over[row] = False
        return self.observation

    def step(self, actions: NDArray[np.integer]) -> Step:
        self.observation = self.observation.copy()
        reward = np.zeros(self.batch, np.float32)  # [B]
        for row, env in enumerate(self.envs):
            if env is None or self.over[row].any():
                continue
            with self._no_exit():
                observation, value, terminated, truncated, _ = env.step(int(actions[row]))
            self._see(row, observation)
            if not isinstance(value, SupportsFloat) or not math.isfinite(value):
                raise PluginError(f"{self.environment.name}: its env gave the reward {value!r}, which is no number.")
            reward[row], self.over[row] = value, (terminated, truncated)
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

    def _see(self, row: int, observation: Any) -> None:
        """Keep what the env of a row shows; what is not of its space's shape, or not finite, nobody can learn from."""
        name, expected = self.environment.name, self.observation.shape[1:]
        if np.shape(observation) != expected:
            raise PluginError(
                f"{name}: its env showed an observation of shape {np.shape(observation)}, "
                f"but its observation_space has the shape {expected}."
            )
        self.observation[row] = observation
        if self.observation.dtype.kind == "f" and not np.isfinite(self.observation[row]).all():
            raise PluginError(f"{name}: its env showed an observation with a number that is not finite.")

    @contextmanager
    def _no_exit(self) -> Iterator[None]:
        """An env that calls `sys.exit` would end whoever plays it, perhaps with a code that says all is well."""
        try:
            yield
        except SystemExit as error:
            raise PluginError(f"{self.environment.name}: its env called sys.exit({error.code!r}).") from error

    def _env(self, row: int, params: Any) -> gymnasium.Env[Any, Any]:
        env = self.envs[row]
        if env is None or self.params[row] is not params:
            if env is not None:
                env.close()
            env = self.envs[row] = self.make(params)
            self.params[row] = params
        return env
