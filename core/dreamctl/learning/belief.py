"""Gaussian beliefs about what matters of a task: q(z | tau_:t) = N(mean, exp(logvar)), diagonal, and acting on them.

A belief is one tensor [..., 2Z], the mean and then the logarithm of the variance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .. import random
from ..simulation.policy import Policy, Seen
from .acting import RecurrentPolicy
from .networks import Recurrent


def divergence(belief: Tensor, other: Tensor | None = None) -> Tensor:
    """KL(belief || other) in nats [...], from [..., 2Z]; without another, from the prior N(0, I)."""
    mean, logvar = belief.chunk(2, -1)
    mean_0, logvar_0 = torch.zeros_like(belief).chunk(2, -1) if other is None else other.chunk(2, -1)
    nats = logvar_0 - logvar - 1 + (logvar.exp() + (mean - mean_0) ** 2) / logvar_0.exp()
    return 0.5 * nats.sum(-1)


def divergence_chain(beliefs: Tensor) -> Tensor:
    """KL of each belief from the one before it [B, T+1], of the first from N(0, I), for beliefs [B, T+1, 2Z]."""
    before = torch.cat([torch.zeros_like(beliefs[:, :1]), beliefs[:, :-1]], 1)
    return divergence(beliefs, before)


def natural(factors: Tensor) -> Tensor:
    """What adds up where Gaussian factors [..., 2Z] are multiplied: 1 / variance, and mean / variance [..., 2Z]."""
    mean, logvar = factors.chunk(2, -1)
    precision = (-logvar).exp()
    return torch.cat([precision, precision * mean], -1)


def from_natural(total: Tensor) -> Tensor:
    """The belief [..., 2Z] of such a sum; N(0, I) where nothing was added."""
    precision, weighted = total.chunk(2, -1)
    nothing = precision == 0
    precision = torch.where(nothing, 1.0, precision)
    return torch.cat([weighted / precision, -precision.log()], -1)


def gaussian_product(factors: Tensor, mask: Tensor) -> Tensor:
    """The normalised product [B, 2Z] of Gaussian factors [B, N, 2Z], of those in `mask` [B, N]; of none, N(0, I)."""
    return from_natural((natural(factors) * mask[..., None]).sum(1))


def gaussian_sample(belief: Tensor, noise: Tensor) -> Tensor:
    """A sample z = mean + deviation * noise [..., Z], with gradient through both, from standard normal noise."""
    mean, logvar = belief.chunk(2, -1)
    return mean + (0.5 * logvar).exp() * noise


class BelievingPolicy(Policy):
    """A policy that is conditioned, at every position, on what an encoder believes there.

    It goes on from the encoder's memory, if `start` is given one.
    """

    def __init__(self, encoder: Recurrent, policy: RecurrentPolicy) -> None:
        self.encoder, self.policy = encoder, policy

    def start(self, batch: int, condition: Any = None) -> Any:
        believed = self.encoder.start(batch) if condition is None else condition
        return believed, self.policy.net.start(batch)

    @torch.no_grad()
    def act(self, seen: Seen, memory: Any, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Any]:
        believed, own = memory
        x = self.policy.inputs.of_seen(seen).to(self.encoder.head.weight.device)
        belief, believed = self.encoder.step(x, believed)
        out, own = self.policy.net.step(x, own, belief)
        return self.policy.choose(out, seen, uniform), (believed, own)


def normal(uniform: NDArray[np.float64], size: int) -> NDArray[np.float32]:
    """Standard normal noise [B, size] from one uniform number per row [B], which is all that a policy may draw from."""
    stream = np.ascontiguousarray(uniform, np.float64).view(np.uint64)  # a seed as good as any
    bits = random.bits(np.repeat(stream, size), np.tile(np.arange(size, dtype=np.uint64), len(stream)))
    return (
        torch.special.ndtri(torch.from_numpy(random.uniform(bits)).clamp(1e-9, 1 - 1e-9)).view(-1, size).float().numpy()
    )
