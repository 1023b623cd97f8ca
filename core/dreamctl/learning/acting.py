"""What learners that act share: a network that is kept, and how a policy acts with a recurrent one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..simulation.episodes import Episodes
from ..simulation.policy import Policy, Seen
from .inputs import Inputs
from .learner import State, load_states, states
from .networks import Memory
from .optimisation import Optimiser, dealt

Loss = Callable[[Tensor], Tensor]  # of rows [b] of a batch
ActingMemory = tuple[Memory, Any]  # of the network, and the condition


class NetworkLearner:
    """A network, what trains it (and another module with it), and what a checkpoint holds of them.

    `options` have a `learning_rate`, `clip`, `epochs` and `minibatches`.
    """

    def __init__(self, inputs: Inputs, options: Any, net: Any, trained_too: nn.Module | None, device: str) -> None:
        self.inputs, self.options, self.net, self.device = inputs, options, net.to(device), device
        modules = [self.net] if trained_too is None else [self.net, trained_too]
        self.optimiser = Optimiser(modules, options.learning_rate, options.clip)

    def features(self, episodes: Episodes) -> Tensor:
        """What the network sees of trials [B, T+1, F]; the first of them say how it standardises that."""
        x = self.inputs.of_episodes(episodes).to(self.device)
        if not self.optimiser.steps:
            self.net.standardise_by(x[torch.from_numpy(episodes.valid)], self.inputs.measured)
        return x

    def descend(self, everyone: Tensor, loss: Loss, auxiliary: Loss | None, progress: float) -> float:
        """Passes over all rows in minibatches, each a step down `loss(rows)` and `auxiliary(rows)`: the mean loss."""
        losses = []
        for _ in range(self.options.epochs):
            for part in dealt(len(everyone), self.options.minibatches):
                rows = everyone[part]
                each = loss(rows)
                self.optimiser.step(each if auxiliary is None else each + auxiliary(rows), progress)
                losses.append(float(each.detach()))
        return float(np.mean(losses))

    def state(self) -> State:
        """Weights and optimiser."""
        return states({"net": self.net, "optimiser": self.optimiser})

    def load(self, state: State) -> None:
        """Take over `state()`."""
        load_states({"net": self.net, "optimiser": self.optimiser}, state)


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
