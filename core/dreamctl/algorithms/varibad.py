"""VariBAD: act on a belief about the task that is learned by reconstruction (Zintgraf et al. 2020).

An encoder keeps q(m | tau_:t) = N(mean, variance) after every step. It is trained so that a sample of it, at *any* time
t, explains the *whole* trial, what has happened and what is to come, with the belief before it for a prior:

    ELBO_t = E_{m ~ q(. | tau_:t)} [ sum_i log p(r_i | s_i, a_i, s_i+1, m) + log p(s_i+1 | s_i, a_i, m) ]
             - kl KL( q(m | tau_:t) || q(m | tau_:t-1) ),        q(m | tau_:-1) = N(0, I)
    max  E[ sum_t ELBO_t ],      i over all steps of the trial

The policy pi(a_t | s_t, mean_t, variance_t) is trained on the reward of the whole trial, as in RL2, and has no memory
of its own. Its gradient does not reach the encoder.

With `--set decode=false` the trial is not decoded: the ablation, in which the divergence alone shapes the belief.

As in the authors' code the divergence is weighed down. What differs: both parts of the likelihood are those of unit
Gaussians, half the sum of squared errors, which is what `kl` is weighed against, and no Bernoullis for each cell of a
grid; the encoder is the LSTM that all networks here are, not a GRU; and with `--set learner=q` the policy is learned by
Q-learning, not by PPO.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from .. import random
from ..learning.belief import BelievingPolicy, divergence_chain, gaussian_sample
from ..learning.networks import Feedforward, Recurrent
from ..learning.optimisation import Optimiser
from ..learning.policy_gradient import PGLearner
from ..learning.prediction import Predictor, Transitions
from ..learning.q_learning import QLearner
from ..learning.replay import Replay
from ..learning.trials import REPLAYING
from ..records import Task
from ..simulation.episodes import Episodes
from ..simulation.policy import Policy
from .rl2 import Rl2, Rl2Options


@frozen(kw_only=True)
class VaribadOptions(Rl2Options):
    """Settings of VariBAD."""

    z: int = 5  # dimension of m
    kl: float = 0.01  # weight of the divergence
    rewards: float = 1.0  # weight of decoding rewards
    states: float = 1.0  # weight of decoding states
    decode: bool = True
    trials: int = 64  # that the belief learns from at a time
    updates: int = 3  # of the belief, for each iteration
    megabytes: float = 32  # bound of the replay that they are drawn from


class Varibad(Rl2):
    """RL2's trials, played on a belief that has an objective of its own."""

    Options = VaribadOptions

    def build(self) -> QLearner | PGLearner:
        o, device = self.options, self.problem.device
        self.q = Recurrent(self.inputs.size, 2 * o.z, hidden=o.hidden, zero_head=True).to(device)
        self.p = Predictor(self.inputs, o.z, o.hidden).to(device)
        self.optimiser = Optimiser([self.q, self.p], o.learning_rate, clip=1.0)
        self.replay = Replay(o.megabytes)
        return self.acting(network=Feedforward, condition=2 * o.z)

    def policy(self, *, greedy: bool = False) -> Policy:
        return BelievingPolicy(self.q, self.acting_policy(greedy=greedy))

    def learn(
        self, trial: Episodes, reward: NDArray[np.float32], tasks: Sequence[Task], progress: float
    ) -> Mapping[str, float]:
        x = self.inputs.of_episodes(trial).to(self.problem.device)
        if not self.optimiser.steps:
            self.q.standardise_by(x[torch.from_numpy(trial.valid)], self.inputs.measured)
        with torch.no_grad():
            belief = self.q(x)  # [B, T+1, 2Z]
        learned = self.learner.learn(trial, reward, condition=lambda rows: belief[rows], progress=progress)
        self.replay.add(trial, np.zeros((len(trial), 1), np.int8))
        rng = np.random.default_rng(random.key(self.problem.seed, REPLAYING, self.iterations))
        believed = [self.believe(rng, progress) for _ in range(self.options.updates)]
        names = ("belief/decoded", "belief/divergence")
        return {f"policy/{name}": value for name, value in learned.items()} | dict(
            zip(names, np.mean(believed, 0).tolist(), strict=True)
        )

    def believe(self, rng: np.random.Generator, progress: float) -> tuple[float, float]:
        """One step up the ELBO on replayed trials; the two parts of its negative."""
        trials, _ = self.replay.sample(rng, self.options.trials)
        x = self.inputs.of_episodes(trials).to(self.problem.device)
        belief = self.q(x)
        noise = torch.from_numpy(rng.normal(size=(*belief.shape[:2], self.options.z)).astype(np.float32))
        valid, mask = (torch.from_numpy(a).to(x.device) for a in (trials.valid, trials.mask))
        decoded, divergence = self.negative_elbo(x, belief, noise.to(x.device), valid, mask)
        self.optimiser.step(decoded * self.options.decode + self.options.kl * divergence, progress)
        return float(decoded.detach()), float(divergence.detach())

    def negative_elbo(
        self, x: Tensor, belief: Tensor, noise: Tensor, valid: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """-log p of all steps [mask] by a sample of the belief at every position [valid], and the divergences.

        Both are summed over positions and steps, and means over trials; x [b, T+1, F], belief [b, T+1, 2Z].
        """
        m = gaussian_sample(belief, noise)[:, :, None]  # [b, T+1, 1, Z]
        nats = self.p.nats(Transitions.of(self.inputs, x), m, rewards=self.options.rewards, states=self.options.states)
        decoded = (nats * (valid[:, :, None] & mask[:, None])).sum((1, 2)).mean()
        return decoded, (divergence_chain(belief) * valid).sum(1).mean()

    @torch.no_grad()
    def condition(self, explorations: Episodes) -> Any:
        """The encoder's memory after the last observation of each exploration."""
        return self.q.remember(self.inputs.of_episodes(explorations).to(self.problem.device), explorations)

    def parts(self) -> Mapping[str, Any]:
        return {**super().parts(), "q": self.q, "p": self.p, "optimiser": self.optimiser, "replay": self.replay}
