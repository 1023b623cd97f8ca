"""Off-policy soft actor-critic for discrete actions, on memoryless networks: what PEARL learns to act with.

Haarnoja et al. 2018, with twin critics Q_k(s, z, a), the smaller of which counts, and slowly following target copies.
Where actions can be counted, the policy that SAC's actor is fitted to is known, so there is no actor network:

    pi(a | s, z) = softmax_a( min_k Q_k(s, z, a) / alpha )
    V(s, z)      = alpha logsumexp_a( min_k Q_k(s, z, a) / alpha ) - alpha log A
    y_t          = r_t + discount V'(s_t+1, z),       V' of the targets, 0 behind a real end

The constant alpha log A makes V the value of the best policy when every entropy is counted from that of uniform play,
so that a task without rewards is worth 0.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from ..simulation.policy import Seen
from .acting import RecurrentPolicy
from .inputs import Inputs
from .networks import Feedforward


@frozen(kw_only=True)
class SoftQOptions:
    """Settings of soft Q-learning."""

    hidden: int = 64
    discount: float = 0.99
    temperature: float = 0.05  # alpha, in return
    follow: float = 0.02  # of the way to the critics that the targets go at each step


class Critics(nn.Module):
    """Two networks of (s, z): x [..., F], z [B, Z] -> the smaller value of each action [..., A]."""

    def __init__(self, inputs: Inputs, hidden: int, z: int) -> None:
        super().__init__()
        self.both = nn.ModuleList(Feedforward(inputs.size, inputs.actions, hidden=hidden, condition=z) for _ in "12")
        self.head = self.both[0].head

    def standardise_by(self, x: Tensor, measured: NDArray[np.bool_]) -> None:
        """As for `Recurrent`."""
        for net in self.both:
            net.standardise_by(x, measured)

    def start(self, batch: int) -> None:
        """They remember nothing."""

    def each(self, x: Tensor, z: Tensor) -> list[Tensor]:
        """The values of both."""
        return [net(x, z) for net in self.both]

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return torch.minimum(*self.each(x, z))

    def step(self, x: Tensor, memory: None, z: Tensor) -> tuple[Tensor, None]:
        """One position, as for `Recurrent`."""
        return self(x, z), None


class SoftQ(nn.Module):
    """Critics and their targets."""

    def __init__(self, inputs: Inputs, options: SoftQOptions, *, z: int) -> None:
        super().__init__()
        self.inputs, self.options = inputs, options
        self.critics = Critics(inputs, options.hidden, z)
        self.targets = copy.deepcopy(self.critics).requires_grad_(False)

    def standardise_by(self, x: Tensor, measured: NDArray[np.bool_]) -> None:
        """As for `Recurrent`."""
        self.critics.standardise_by(x, measured)
        self.targets.standardise_by(x, measured)

    def value(self, q: Tensor) -> Tensor:
        """V [...] of the smaller values q [..., A]."""
        alpha = self.options.temperature
        return alpha * ((q / alpha).logsumexp(-1) - math.log(q.shape[-1]))

    def loss(self, x: Tensor, action: Tensor, reward: Tensor, terminated: Tensor, mask: Tensor, z: Tensor) -> Tensor:
        """The squared errors of both critics, summed, mean over the steps of `mask` [b, T].

        x [b, T+1, F] are features of episodes, action int64, reward, terminated [b, T], z [b, Z]. The gradient goes
        into the critics and into z; the targets y have none.
        """
        with torch.no_grad():
            following = self.value(self.targets(x, z))[:, 1:]
            y = reward + self.options.discount * torch.where(terminated, 0, following)
        errors = [(q[:, :-1].gather(2, action[..., None])[..., 0] - y) ** 2 for q in self.critics.each(x, z)]
        return ((errors[0] + errors[1]) * mask).sum() / mask.sum().clamp(min=1)

    @torch.no_grad()
    def follow(self) -> None:
        """Move the targets towards the critics."""
        for target, critic in zip(self.targets.parameters(), self.critics.parameters(), strict=True):
            target.lerp_(critic, self.options.follow)

    def policy(self, *, greedy: bool = False) -> SoftPolicy:
        """The present policy, which samples, or its most probable action."""
        return SoftPolicy(self.critics, self.inputs, 0.0 if greedy else self.options.temperature)


class SoftPolicy(RecurrentPolicy):
    """pi(a | s, z) by inverting its cumulative distribution at the row's uniform number; at temperature 0 its mode."""

    def __init__(self, net: Any, inputs: Inputs, temperature: float) -> None:
        super().__init__(net, inputs)
        self.temperature = temperature

    def choose(self, out: Tensor, seen: Seen, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        if not self.temperature:
            return out.argmax(1).cpu().numpy()
        passed = (out / self.temperature).softmax(1).cumsum(1).double().cpu().numpy() <= uniform[:, None]
        return np.minimum(passed.sum(1), self.inputs.actions - 1)
