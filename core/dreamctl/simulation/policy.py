"""Policies: who acts. Memory is explicit, so acting one step or a thousand is the same function."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray


@frozen(eq=False)
class Seen:
    """What a player has before it when it acts, one entry per row."""

    observation: NDArray[Any]  # [B, *O]
    action: NDArray[np.int64]  # [B] the last action, -1 if there was none
    reward: NDArray[np.float32]  # [B] the last reward, 0 where it is hidden
    new_episode: NDArray[np.bool_]  # [B] an episode has just begun
    instruction: NDArray[Any] | None = None  # [B, *I] what execution asks for; None while exploring


class Policy(ABC):
    """Chooses actions for a batch of rows."""

    @abstractmethod
    def start(self, batch: int, condition: Any = None) -> Any:
        """The memory before the first step of a trial.

        `condition` is whatever the policy is conditioned on, with B as the first axis: an embedding z, a task that
        was sampled, the index of the label being looked for; None for nothing.
        """

    @abstractmethod
    def act(self, seen: Seen, memory: Any, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Any]:
        """Actions [B] and the new memory. `uniform` [B] in [0, 1) is the only randomness a policy may use."""


class RandomPolicy(Policy):
    """Each action with the same probability."""

    def __init__(self, actions: int) -> None:
        self.actions = actions

    def start(self, batch: int, condition: Any = None) -> None:
        return None

    def act(self, seen: Seen, memory: None, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], None]:
        return (uniform * self.actions).astype(np.int64), None


class ReplayPolicy(Policy):
    """Plays recorded actions [B, T] again, one column a step; stays on 0 where the record has none."""

    def __init__(self, actions: NDArray[np.int64]) -> None:
        self.actions = actions

    def start(self, batch: int, condition: Any = None) -> int:
        return 0

    def act(self, seen: Seen, memory: int, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], int]:
        return np.maximum(self.actions[:, memory], 0), memory + 1
