"""What learners that act share: a network that is kept, and how a policy acts with a recurrent one."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..simulation.policy import Policy, Seen
from .inputs import Inputs
from .learner import State, below, prefixed
from .networks import Memory
from .optimisation import Optimiser

ActingMemory = tuple[Memory, Any]  # of the network, and the condition


class NetworkLearner:
    """A network and its optimiser: what learners that act keep, and what a checkpoint holds of them."""

    net: Any
    optimiser: Optimiser

    def state(self) -> State:
        """Weights and optimiser."""
        return {**prefixed("net", self.net.state_dict()), **prefixed("optimiser", self.optimiser.state())}

    def load(self, state: State) -> None:
        """Take over `state()`."""
        self.net.load_state_dict(below("net", state))
        self.optimiser.load(below("optimiser", state))


class RecurrentPolicy(Policy):
    """Steps a network (`Recurrent`, or one with its methods) through a trial; `choose` makes actions of its outputs."""

    def __init__(self, net: Any, inputs: Inputs) -> None:
        self.net, self.inputs = net, inputs

    def start(self, batch: int, condition: Any = None) -> ActingMemory:
        return self.net.start(batch), condition

    @torch.no_grad()
    def act(
        self, seen: Seen, memory: ActingMemory, uniform: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], ActingMemory]:
        recurrent, condition = memory
        x = self.inputs.of_seen(seen).to(self.net.head.weight.device)
        out, recurrent = self.net.step(x, recurrent, condition)
        return self.choose(out, seen, uniform), (recurrent, condition)

    @abstractmethod
    def choose(self, out: Tensor, seen: Seen, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        """Actions [B] from the network's outputs [B, out] for what is seen."""
