"""What the Q-learner and the policy-gradient learner share: a network that is kept, and how a policy acts with it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..simulation.policy import Policy, Seen
from .gain import SMALLEST
from .inputs import Inputs
from .learner import Follower, State, below, prefixed
from .networks import Memory, Recurrent
from .optimisation import Optimiser

ActingMemory = tuple[Memory, Any, Any]  # of the network, the condition, and the follower of the belief


class RecurrentLearner:
    """A network and its optimiser: what both learners keep, and what a checkpoint holds of them."""

    net: Recurrent
    optimiser: Optimiser

    def state(self) -> State:
        """Weights and optimiser."""
        return {**prefixed("net", self.net.state_dict()), **prefixed("optimiser", self.optimiser.state())}

    def load(self, state: State) -> None:
        """Take over `state()`."""
        self.net.load_state_dict(below("net", state))
        self.optimiser.load(below("optimiser", state))


class RecurrentPolicy(Policy):
    """Steps a network through a trial; `choose` makes actions of its outputs.

    With a `follower`, the network also sees the judge's belief after every observation.
    """

    def __init__(self, net: Recurrent, inputs: Inputs, follower: Follower | None = None) -> None:
        self.net, self.inputs, self.follower = net, inputs, follower

    def start(self, batch: int, condition: Any = None) -> ActingMemory:
        return self.net.start(batch), condition, self.follower and self.follower.start(batch)

    @torch.no_grad()
    def act(
        self, seen: Seen, memory: ActingMemory, uniform: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], ActingMemory]:
        recurrent, condition, followed = memory
        belief = None
        if self.follower is not None:
            belief, followed = self.follower.step(seen, followed)
        x = with_belief(self.inputs.of_seen(seen), belief).to(self.net.head.weight.device)
        out, recurrent = self.net.step(x, recurrent, condition)
        return self.choose(out, uniform), (recurrent, condition, followed)

    @abstractmethod
    def choose(self, out: Tensor, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        """Actions [B] from the network's outputs [B, out]."""


def with_belief(x: Tensor, belief: NDArray[np.float32] | None) -> Tensor:
    """Features [..., F] with the log-odds of the belief [..., L] appended."""
    if belief is None:
        return x
    p = np.clip(belief, SMALLEST, 1 - SMALLEST)
    return torch.cat([x, torch.from_numpy(np.log(p / (1 - p)))], -1)
