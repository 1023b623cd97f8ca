"""task-id: DREAM with the task's identity in place of the bottlenecked z (the lecture's "Idea 3.0").

Execution is told which of the N training tasks it plays, and exploration earns what it tells about that:

    max  E[ return of pi_exec(. | onehot(mu)) ]
    r_t = log q(mu | tau_:t+1) - log q(mu | tau_:t) - c,      q a softmax over the N training tasks

Nothing squeezes out what does not matter, so exploring for whatever tells tasks apart is as good as for what helps:
each distractor is looked at. At test time execution is given the softmax in place of the one-hot vector; a task that
was not trained on has no place in it.

Everything else is DREAM's (`dream.py`). Source: the lecture that introduces DREAM (Liu et al. 2021) by its failure.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ..errors import UsageError
from ..learning.embedding import identifier_sizes, identifiers
from ..learning.gain import identity_log_likelihood
from .dream import DecoupledOptions, Dream


class OneHot(nn.Module):
    """Identifiers [B, K] -> which of the known ones each is, one-hot [B, N]; zeros for one that is not known."""

    known: Tensor

    def __init__(self, known: Tensor) -> None:
        super().__init__()
        self.register_buffer("known", known)  # [N, K]

    def forward(self, identifier: Tensor) -> Tensor:
        return (identifier[:, None] == self.known).all(2).float()


class TaskId(Dream):
    """DREAM's parts, with z = onehot(mu), a softmax for a decoder, and no bottleneck."""

    Options = DecoupledOptions

    def encoder(self) -> OneHot:
        identifier_sizes(self.problem, "task-id")
        if self.problem.tasks.sample is not None:
            raise UsageError("task-id: it has a place for each listed task, and this task set also generates others.")
        return OneHot(identifiers(self.problem.tasks.train).unique(dim=0))

    @property
    def size(self) -> int:
        return len({task.identifier for task in self.problem.tasks.train})

    def noise(self, rng: np.random.Generator, z: Tensor) -> Tensor:
        return torch.zeros_like(z)

    def squeezed(self, z: Tensor, progress: float) -> Tensor:
        return z.new_zeros(())

    def measured(self, z: Tensor) -> dict[str, float]:
        return {}

    def log_likelihood(self, mu: Tensor, z: Tensor, g: NDArray[np.float32]) -> NDArray[np.float32]:
        return identity_log_likelihood(g, z.argmax(1).cpu().numpy())

    def told(self, g: Tensor) -> Tensor:
        return g.softmax(1)

    def _distance(self, g: Tensor, mu: NDArray[np.int64]) -> Tensor:
        """-log q(mu | prefix) [b, T+1]."""
        identity = self.f(torch.from_numpy(mu).to(g.device)).argmax(1)
        return functional.cross_entropy(g.movedim(2, 1), identity[:, None].expand(g.shape[:2]), reduction="none")
