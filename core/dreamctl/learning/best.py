"""The weights that did best while learning, so that a run ends with them and not with whichever came last.

Greedy policies of value learners flip now and then between ways that are worth about the same, and need some batches to
be good at the new one; a budget may end in the middle of that.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from .learner import State, below, prefixed

WINDOW = 10  # batches over which what a policy earns is averaged


class Best:
    """Remembers the weights of `modules` after the batches with the highest mean of what they are offered."""

    def __init__(self, modules: nn.Module) -> None:
        self.modules = modules
        self.recent: list[float] = []
        self.value = -math.inf
        self.weights: dict[str, Tensor] = {}

    def offer(self, value: float) -> None:
        """What was earned in a batch with the present weights; nan says nothing."""
        if math.isnan(value):
            return
        self.recent = [*self.recent, value][-WINDOW:]
        mean = float(np.mean(self.recent))
        if len(self.recent) == WINDOW and mean > self.value:
            self.value, self.weights = mean, {k: v.clone() for k, v in self.modules.state_dict().items()}

    def restore(self) -> None:
        """Put the best weights back; nothing happens if there were too few batches to tell."""
        if self.weights:
            self.modules.load_state_dict(self.weights)

    def state(self) -> State:
        """The best weights, and what has been offered."""
        told = {"recent": np.asarray(self.recent, np.float64), "value": np.asarray(self.value)}
        return {**told, **prefixed("weights", self.weights)}

    def load(self, state: State) -> None:
        """Take over `state()`."""
        self.recent, self.value = np.asarray(state["recent"]).tolist(), float(state["value"])
        self.weights = {k: torch.as_tensor(v).clone() for k, v in below("weights", state).items()}
