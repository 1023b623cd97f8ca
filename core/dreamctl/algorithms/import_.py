"""IMPORT: a recurrent policy regularised by one that is told the task (Kamienny et al. 2020).

One policy head pi(a | s_t, h) acts on either of two embeddings: f(mu), made of the task's identifier, or the memory
f_H(tau_t) of what was seen. Training alternates between them,

    odd iterations    max  E[ return of pi(. | s_t, f_H(tau_t)) ] - beta E[ sum_t || f_H(tau_t) - f(mu) ||^2 ]
    even iterations   max  E[ return of pi(. | s_t, f(mu)) ]

so the head soon knows what to do in a task, and the memory is drawn to the embedding that makes it do so. The distance
moves f_H alone. At test time the memory is all there is.

What DREAM adds: the embedding here keeps whatever tells tasks apart, and exploring is still learned from the return at
the end of the trial. The full text of the paper was not at hand: this follows its abstract and opening, and the form
that the authors of DREAM compare with (Liu et al. 2021, released code: squared distance, its identity side detached,
summed over time, beta = 1). Kamienny et al. learn with A2C; here it is PPO, or with `--set learner=q` Q-learning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from ..learning.embedding import TaskEncoder, identifier_sizes, identifiers
from ..learning.networks import Memory, Recurrent, Standardised, conditioned, head
from ..learning.policy_gradient import PGLearner
from ..learning.q_learning import QLearner
from ..records import Task
from ..simulation.episodes import Episodes, follow
from .rl2 import Rl2, Rl2Options


@frozen(kw_only=True)
class ImportOptions(Rl2Options):
    """Settings of IMPORT."""

    z: int = 16  # dimension of both embeddings
    tie: float = 1.0  # beta


class Import(Rl2):
    """RL2's trials, played in turn by what has been seen and by what the task is."""

    Options = ImportOptions

    def build(self) -> QLearner | PGLearner:
        self.f = TaskEncoder(identifier_sizes(self.problem, "IMPORT"), self.options.z).to(self.problem.device)
        return self.acting(network=Head, condition=self.options.z, trained_too=self.f)

    @property
    def informed(self) -> bool:
        """Whether this iteration plays on f(mu)."""
        return self.iterations % 2 == 0

    def play(self, tasks: Sequence[Task], seeds: NDArray[np.uint64]) -> Episodes:
        if not self.informed:
            return super().play(tasks, seeds)
        policy = self.policy()
        with torch.no_grad():
            z = self.f(identifiers(tasks).to(self.problem.device))
        return follow(self.trials.explore(policy, tasks, seeds, z), self.trials.execute(policy, tasks, seeds, z))

    def learn(
        self, trial: Episodes, reward: NDArray[np.float32], tasks: Sequence[Task], progress: float
    ) -> Mapping[str, float]:
        mu = identifiers(tasks).to(self.problem.device)
        if self.informed:
            learned = self.learner.learn(trial, reward, condition=lambda rows: self.f(mu[rows]), progress=progress)
            return {f"informed/{name}": value for name, value in learned.items()}
        x = self.inputs.of_episodes(trial).to(self.problem.device)
        valid = torch.from_numpy(trial.valid).to(self.problem.device)

        def tie(rows: Tensor) -> Tensor:
            return self.options.tie * self.distance(x[rows], valid[rows], mu[rows])

        learned = self.learner.learn(trial, reward, auxiliary=tie if self.options.tie else None, progress=progress)
        return {f"recurrent/{name}": value for name, value in learned.items()}

    def distance(self, x: Tensor, valid: Tensor, mu: Tensor) -> Tensor:
        """|| f_H(tau_t) - stopgrad f(mu) ||^2, summed over the valid positions [b, T+1], mean over rows."""
        with torch.no_grad():
            z = self.f(mu)
        squared = ((self.learner.net.f_H(x) - z[:, None]) ** 2).sum(2)
        return (squared * valid).sum(1).mean()

    def parts(self) -> Mapping[str, Any]:
        return {**super().parts(), "f": self.f}


class Head(Standardised):
    """pi(. | s_t, h): h is the condition [B, Z] where there is one, else the memory f_H(tau_t)."""

    def __init__(self, features: int, out: int, *, hidden: int, condition: int, zero_head: bool = False) -> None:
        super().__init__(features)
        self.f_H = Recurrent(features, condition, hidden=hidden)
        self.body = nn.Sequential(nn.Linear(self.features + condition, hidden), nn.LayerNorm(hidden), nn.ReLU())
        self.head = head(hidden, out, zero_head)

    def standardise_by(self, x: Tensor, measured: NDArray[np.bool_]) -> None:
        super().standardise_by(x, measured)
        self.f_H.standardise_by(x, measured)

    def start(self, batch: int) -> Memory:
        """As for `Recurrent`."""
        return self.f_H.start(batch)

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        return self._act(x, self.f_H(x) if condition is None else condition)

    def step(self, x: Tensor, memory: Memory, condition: Tensor | None = None) -> tuple[Tensor, Memory]:
        """One position, as for `Recurrent`."""
        if condition is None:
            condition, memory = self.f_H.step(x, memory)
        return self._act(x, condition), memory

    def remember(self, x: Tensor, episodes: Episodes) -> Memory:
        """As for `Recurrent`."""
        return self.f_H.remember(x, episodes)

    def _act(self, x: Tensor, h: Tensor) -> Tensor:
        return self.head(self.body(conditioned(self.standard(x), h)))
