"""Designs and students' programs side by side as one `Simulator`: designs by the fast one, programs in the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Simulator, Step

from .design import Design
from .drawing import draw
from .simulator import DesignSimulator
from .students import Program, ProgramSimulator, open_sandbox


class MixedSimulator(Simulator):
    """`batch` rows; params are `Design`s and `Program`s. The sandbox is opened when the first program starts."""

    def __init__(self, batch: int, sandbox: Callable[[], Any] = open_sandbox) -> None:
        self.batch = batch
        self.designs = DesignSimulator(batch)
        self.programs = ProgramSimulator(batch, sandbox)
        self.real = np.zeros(batch, bool)  # [B] the row is a student's program

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
        rows = np.asarray(rows, np.intp)
        real = np.array([isinstance(each, Program) for each in params], bool)
        self.real[rows] = real
        self.designs.over[rows] = True  # unless they are reset below
        self.programs.end(rows)
        for simulator, chosen in ((self.designs, ~real), (self.programs, real)):
            if chosen.any():
                simulator.reset([params[at] for at in np.flatnonzero(chosen)], seeds[chosen], rows[chosen])
        return self._seen()

    def step(self, actions: NDArray[np.integer]) -> Step:
        designs = self.designs.step(actions)
        if not self.real.any():
            return designs
        programs = self.programs.step(actions)
        return Step(
            self._seen(),
            np.zeros(self.batch, np.float32),
            np.where(self.real, programs.terminated, designs.terminated),
            failure=np.where(self.real, programs.failure, designs.failure),
        )

    def render(self, row: int) -> NDArray[np.uint8]:
        return draw(self._seen()[row])

    def failure(self, row: int) -> str:
        return self.programs.failure(row) if self.real[row] else ""

    def close(self) -> None:
        self.programs.close()

    def _seen(self) -> NDArray[np.float32]:
        if not self.real.any():
            return self.designs.observation
        return np.where(self.real[:, None], self.programs.observation, self.designs.observation)
