"""The batched simulator: the one shape in which everything that runs arrives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import Factory, field, frozen
from numpy.typing import NDArray

CRASHED, OVER_LIMIT, OUR_FAULT = 1, 2, 3  # failure codes; 0 is no failure


@frozen(eq=False)
class Step:
    """What one step gives, in Gymnasium's words, one entry per row.

    `failure` is 0 or a code (`CRASHED`, `OVER_LIMIT`, `OUR_FAULT`), explained by `simulator.failure(row)`.
    """

    observation: NDArray[Any]  # [B, *O]
    reward: NDArray[np.float32]  # [B]
    terminated: NDArray[np.bool_]  # [B]
    truncated: NDArray[np.bool_] = field(default=Factory(lambda s: np.zeros_like(s.terminated), takes_self=True))
    failure: NDArray[np.uint8] = field(
        default=Factory(lambda s: np.zeros(len(s.terminated), np.uint8), takes_self=True)
    )


class Simulator(ABC):
    """B worlds side by side.

    It never resets by itself. A finished row (terminated, truncated or failed) holds still until it is reset: its
    observation stays, its reward is 0, and `terminated` (or `truncated`, `failure`) stays set. Each row has its own
    task and its own seed, so it behaves the same whatever shares its batch. Arrays that are returned are never
    changed later. A program that is over before its first step terminates at that step.
    """

    batch: int

    @abstractmethod
    def reset(
        self,
        params: Sequence[Any],
        seeds: NDArray[np.uint64],
        rows: NDArray[np.intp],
        instructions: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        """Start an episode in `rows`; `params`, `seeds` and `instructions` are as long as `rows`.

        Returns the observation of the whole batch [B, *O]; rows never reset yet are zero.
        `instructions` is None in exploration.
        """

    @abstractmethod
    def step(self, actions: NDArray[np.integer]) -> Step:
        """Advance every row by one action; `actions` [B]. What a finished row is given does not matter."""

    def render(self, row: int) -> NDArray[np.uint8]:
        """The row's screen: uint8 [H, W, 3]."""
        raise NotImplementedError(f"{type(self).__name__} draws no pictures")

    def failure(self, row: int) -> str:
        """A sentence about the row's failure; empty if it has none."""
        return ""

    def close(self) -> None:  # noqa: B027  # most have nothing to free
        """Free what is held. The simulator is not used afterwards."""
