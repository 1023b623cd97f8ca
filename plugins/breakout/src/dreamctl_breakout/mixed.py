"""Designs and students' programs side by side in one batch: a row is played by whoever can play it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step
from dreamctl.sandbox import Limits, Sandbox, shared_sandbox

from .design import Design
from .names import ACTIONS, observation_space
from .simulator import DesignSimulator
from .source import FILE, source
from .students import HARNESS, PARTS, Program, ProgramSimulator


def sandbox() -> Sandbox:
    """Where students' programs run."""
    return shared_sandbox(HARNESS, parts=PARTS, limits=Limits())


class BreakoutSimulator(Simulator):
    """`batch` games; params are `Design`s, which are compiled, and `Program`s, which run in a sandbox."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.designs = DesignSimulator(batch)
        self.programs = ProgramSimulator(batch, sandbox)
        self.written = np.zeros(batch, bool)  # [B] the row's program is a student's

    def reset(
        self,
        params: Sequence[Design | Program],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        written = np.array([isinstance(each, Program) for each in params])
        for simulator, own in ((self.designs, ~written), (self.programs, written)):
            simulator.reset([params[i] for i in np.flatnonzero(own)], seeds[own], rows[own])
        self.designs.over[rows[written]] = True
        self.written[rows] = written
        return self._of_each(self.designs.observation, self.programs.observation)

    def step(self, actions: NDArray[np.integer]) -> Step:
        compiled, run = self.designs.step(actions), self.programs.step(actions)
        names = ("observation", "reward", "terminated", "truncated", "failure")
        return Step(**{name: self._of_each(getattr(compiled, name), getattr(run, name)) for name in names})

    def render(self, row: int) -> NDArray[np.uint8]:
        return self.designs.render(row)

    def failure(self, row: int) -> str:
        return self.programs.failure(row) if self.written[row] else ""

    def close(self) -> None:
        self.programs.close()

    def _of_each(self, compiled: NDArray[Any], run: NDArray[Any]) -> NDArray[Any]:
        return np.where(self.written.reshape(-1, *(1,) * (compiled.ndim - 1)), run, compiled)


class PlainBreakout(gymnasium.Env[NDArray[np.float32], int]):
    """One game of a design, played by its source: the specification of `fast.py`."""

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012
    render_mode = "rgb_array"

    def __init__(self, params: Design | Program) -> None:
        self.program = params if isinstance(params, Program) else Program({FILE: source(params).encode()})
        self.action_space = gymnasium.spaces.Discrete(len(ACTIONS))
        self.observation_space = observation_space()
        self.simulator = ProgramSimulator(1, sandbox)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        drawn = int(self.np_random.integers(2**63)) if seed is None else seed
        return self.simulator.reset([self.program], np.array([drawn], np.uint64), np.arange(1))[0], {}

    def step(self, action: int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        step = self.simulator.step(np.array([action]))
        return step.observation[0], float(step.reward[0]), bool(step.terminated[0]), bool(step.truncated[0]), {}

    def render(self) -> NDArray[np.uint8]:
        from .drawing import draw

        return draw(self.simulator.observation[0])

    def close(self) -> None:
        self.simulator.close()
