"""Reading what a simulator shows: pictures become measured features before anything learns from them.

An environment with a `reader` shows its players one thing (a picture, say) and lets them learn from another: what the
reader makes of it. The reader is given what a player is given and no more: observations, own actions, and which rows
have ended; never a task, and never the state of a game.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from ..records import Environment
from .open import open_simulator
from .simulator import Simulator, Step


class Reader(Protocol):
    """Reads the observations of B rows, each from what that row has shown since its episode began."""

    def start(self, rows: NDArray[np.intp], observation: NDArray[Any]) -> NDArray[Any]:
        """An episode began in `rows` of `observation` [B, *O]; returns the readings of all rows [B, R]."""

    def read(
        self,
        observation: NDArray[Any],
        actions: NDArray[np.integer],
        going: NDArray[np.bool_],
        ended: NDArray[np.bool_],
    ) -> NDArray[Any]:
        """`actions` [B] led here; rows not `going` hold still, `ended` ones have shown their last. Readings [B, R]."""


def as_read(environment: Environment) -> Environment:
    """The environment as learners know it: where it has a reader, what that reads is what is observed."""
    if environment.reader is None or environment.reading_space is None:
        return environment
    assert environment.reading_space is not None
    return attrs.evolve(
        environment,
        observation_space=environment.reading_space,
        simulator=lambda batch: ReadSimulator(environment, batch),
        env=None,
        reader=None,
        reading_space=None,
        reward_seen=False,  # it would tell of points that the reader has to see
    )


class ReadSimulator(Simulator):
    """A simulator of `environment`, seen through its reader."""

    def __init__(self, environment: Environment, batch: int) -> None:
        assert environment.reader is not None
        self.batch, self.shown = batch, open_simulator(environment, batch)
        self.reader = environment.reader(batch)
        self.over = np.ones(batch, bool)  # [B]

    def reset(
        self,
        params: Sequence[Any],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        self.over = self.over.copy()
        self.over[rows] = False
        return self.reader.start(rows, self.shown.reset(params, seeds, rows, instructions))

    def step(self, actions: NDArray[np.integer]) -> Step:
        step = self.shown.step(actions)
        ended = step.terminated | step.truncated | (step.failure > 0)
        read = self.reader.read(step.observation, actions, ~self.over, ended)
        self.over = ended
        return attrs.evolve(step, observation=read)

    def render(self, row: int) -> NDArray[np.uint8]:
        return self.shown.render(row)

    def failure(self, row: int) -> str:
        return self.shown.failure(row)

    def close(self) -> None:
        self.shown.close()
