"""Designs and students' programs in one batch: each row is played by the simulator that can play it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step

from .design import Design
from .names import ACTIONS, FEATURES, observation_space
from .simulator import DesignSimulator
from .students import Program, ProgramSimulator, program_of, sandbox


class MixedSimulator(Simulator):
    """`batch` games; params are `Design`s, which are compiled, and `Program`s, which run in what `box()` gives."""

    def __init__(self, batch: int, box: Callable[[], Any] = sandbox) -> None:
        self.batch = batch
        self.designs, self.programs = DesignSimulator(batch), ProgramSimulator(batch, box)
        self.is_program = np.zeros(batch, bool)  # [B]

    @property
    def played(self) -> int:
        """Frames of all rows so far."""
        return self.designs.played + self.programs.played

    def reset(
        self,
        params: Sequence[Design | Program],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        rows, programs = np.asarray(rows, np.intp), np.array([isinstance(p, Program) for p in params], bool)
        self.is_program[rows] = programs
        self.designs.over[rows] = True  # what stood there before is not played on
        for row in rows.tolist():
            self.programs.drop(row)
        seen = np.zeros((self.batch, len(FEATURES)), np.float32)  # [B, O]
        for simulator, mine in ((self.designs, ~programs), (self.programs, programs)):
            if mine.any():
                some = [p for p, so in zip(params, mine, strict=True) if so]
                simulator.reset(some, np.asarray(seeds, np.uint64)[mine], rows[mine])
        for row in range(self.batch):
            seen[row] = self._of(row).observation[row]
        return seen

    def step(self, actions: NDArray[np.integer]) -> Step:
        one = self.designs.step(actions)
        if not self.is_program.any():
            return one
        other = self.programs.step(actions)
        return Step(
            np.where(self.is_program[:, None], other.observation, one.observation),
            np.where(self.is_program, other.reward, one.reward),
            np.where(self.is_program, other.terminated, one.terminated),
            failure=np.where(self.is_program, other.failure, one.failure),
        )

    def render(self, row: int) -> NDArray[np.uint8]:
        from .drawing import draw

        return draw(self._of(row).observation[row])

    def failure(self, row: int) -> str:
        return self._of(row).failure(row)

    def close(self) -> None:
        self.programs.close()

    def _of(self, row: int) -> Any:
        return self.programs if self.is_program[row] else self.designs


class PlainBreakout(gymnasium.Env[NDArray[np.float32], int]):
    """One game of a design, played by its source: the specification of `fast.py`."""

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012
    render_mode = "rgb_array"

    def __init__(self, params: Design | Program) -> None:
        self.program = program_of(params)
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
