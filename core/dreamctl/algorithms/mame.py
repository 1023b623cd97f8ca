"""MAME: explore for what makes adaptation work (Gurumurthy, Kumar, Sycara 2020).

Three things are learned: an exploration policy mu, an exploitation policy pi(a | s, z), and a model M(s, a, z) of the
return over the next N steps. Execution is conditioned on a z that was adapted to the exploration by one gradient step
on the model's error, which needs no reward from the task to be known in advance:

    l_t(z) = (M(s_t, a_t, z) - R_t^N)^2 / 2,     z' = z_0 - alpha / T sum_t l_t'(z_0)
    outer loss L(z') = E[ pi's loss on the execution ] + E[ M's error on the execution ]

z_0, M and pi learn by the gradient of L through the step. Exploring changes L by changing what z is adapted to. The
DiCE form of that gradient weighs sample t of the inner step by w_t = prod_{i <= t} mu(a_i) / stopgrad mu(a_i), so

    d L / d mu = - E[ sum_t grad log mu(a_t) sum_{i >= t} r_i ],     r_i = - dL/dw_i = alpha / T l_i'(z_0) . L'(z')

which is a policy gradient on an intrinsic reward: how far the step of adaptation that sample i asks for goes down the
outer loss. The explorer is trained by PPO on it (clipped ratios, entropy, a baseline of its own), here with L the
model's error alone, which is far less noisy than pi's loss on one episode. With `--set intrinsic=0` it learns nothing:
the ablation.

The full text of the paper was not at hand: this follows its abstract and what is known of the released code (separate
policies, N-step returns, DiCE ratios, z of 32 numbers, discount 0.95), and the derivation above is ours. There several
updates of several trajectories are made, with alpha = 0.5; here one, on one exploration, with alpha = 20: where rewards
are 0 or 1 and means are taken over steps, smaller ones are not noticed by the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from .. import random
from ..learning.inputs import Inputs
from ..learning.learner import TrialLearner
from ..learning.options import from_problem
from ..learning.policy_gradient import PGLearner, PGOptions
from ..learning.prediction import About, Transitions
from ..learning.trials import Trials
from ..records import Problem
from ..simulation.episodes import Episodes
from ..simulation.policy import Policy


@frozen(kw_only=True)
class MameOptions:
    """Settings of MAME."""

    batch: int = 512
    hidden: int = 32
    z: int = 32
    fast: float = 20.0  # alpha
    ahead: int = 5  # N
    intrinsic: float = 1.0  # weight of the explorer's reward
    model: float = 1.0  # weight of the model's error in the outer loss
    warmup: float = 0.2  # share of the budget in which exploration is random and only the rest learns
    learning_rate: float = 3e-3
    discount: float = 0.95


class Model(nn.Module):
    """M(s, a, z), and z_0, where adaptation starts."""

    def __init__(self, inputs: Inputs, z: int, hidden: int) -> None:
        super().__init__()
        self.z_0 = nn.Parameter(torch.randn(z) * 0.1)
        self.net = About(Transitions.state_size(inputs) + inputs.actions, z, 1, hidden)

    def errors(self, acted: Tensor, returns: Tensor, z: Tensor) -> Tensor:
        """l_t(z) [b, T], from (s, a) [b, T, S + A], returns [b, T] and z [b, T, Z] or [b, 1, Z]."""
        return 0.5 * (self.net(acted, z)[..., 0] - returns) ** 2


class Mame(TrialLearner):
    """Explorer, model and executor."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.options = problem, from_problem(MameOptions, problem)
        o, device = self.options, problem.device
        torch.manual_seed(random.key(problem.seed, 0) >> 1)
        self.inputs = Inputs(problem.environment)
        self.trials = Trials(problem, problem.batch or o.batch)
        self.model = Model(self.inputs, o.z, o.hidden).to(device)
        options = PGOptions(hidden=o.hidden, learning_rate=o.learning_rate, discount=o.discount)
        self.exploration = PGLearner(self.inputs, options, device=device)
        self.execution = PGLearner(self.inputs, options, condition=o.z, trained_too=self.model, device=device)

    def iterate(self) -> Mapping[str, float]:
        o, progress = self.options, self.steps / self.problem.steps
        tasks, seeds = self.trials.draw(self.iterations)
        tau = self.trials.explore(self.exploration.policy(), tasks, seeds)
        execution = self.trials.execute(self.execution.policy(), tasks, seeds, self.condition(tau))
        inner, outer = self.samples(tau), self.samples(execution)
        reward = self.usefulness(inner, outer)  # before any update, so that it belongs to the behaviour

        z = torch.empty(0)

        def adapted(rows: Tensor) -> Tensor:
            nonlocal z
            z = self.adapt(inner.rows(rows), through=True)
            return z

        def error(rows: Tensor) -> Tensor:
            return o.model * self.outer(outer.rows(rows), z).mean()  # the z that these rows have just been given

        executed = self.execution.learn(
            execution, execution.reward, condition=adapted, auxiliary=error, progress=progress
        )
        explored: Mapping[str, float] = {}
        if progress >= o.warmup:
            explored = self.exploration.learn(tau, np.float32(o.intrinsic) * reward, progress=progress)
        self.iterations += 1
        self.steps = self.trials.taken
        return {
            "execution/return": float(execution.returns.mean()),
            "execution/loss": executed["loss"],
            "exploration/useful": float(reward.sum(1).mean()),
            "exploration/loss": explored.get("loss", float("nan")),
        }

    def samples(self, episodes: Episodes) -> Samples:
        """The steps of episodes, for the model."""
        o, device = self.options, self.problem.device
        steps = Transitions.of(self.inputs, self.inputs.of_episodes(episodes).to(device))
        returns = n_step_returns(episodes, o.ahead, o.discount)
        return Samples(
            torch.cat([steps.state, steps.action], -1),
            torch.from_numpy(returns).to(device),
            torch.from_numpy(episodes.mask).to(device),
        )

    def adapt(self, inner: Samples, *, through: bool = False) -> Tensor:
        """Z' [b, Z]; with gradient `through` the step into z_0 and M, if that is asked for."""
        with torch.enable_grad():
            z_0 = self.model.z_0.expand(len(inner.mask), 1, -1)
            z = z_0 if through else z_0.detach().requires_grad_()
            error = self.model.errors(inner.acted, inner.returns, z).mul(inner.share).sum()
            (step,) = torch.autograd.grad(error, z, create_graph=through)
        return (z - self.options.fast * step)[:, 0]

    def outer(self, outer: Samples, z: Tensor) -> Tensor:
        """The model's error on the execution, by z [b, Z]: [b]."""
        return self.model.errors(outer.acted, outer.returns, z[:, None]).mul(outer.share).sum(1)

    def usefulness(self, inner: Samples, outer: Samples) -> NDArray[np.float32]:
        """r_t = alpha / T l_t'(z_0) . L'(z') of every step of the exploration [B, T]."""
        z = self.adapt(inner).detach().requires_grad_()
        (down,) = torch.autograd.grad(self.outer(outer, z).sum(), z)  # [B, Z]
        z_0 = self.model.z_0.detach().expand(*inner.mask.shape, -1).clone().requires_grad_()  # [B, T, Z]
        error = self.model.errors(inner.acted, inner.returns, z_0).mul(inner.share).sum()
        (asked,) = torch.autograd.grad(error, z_0)
        return (self.options.fast * (asked * down[:, None]).sum(2)).cpu().numpy()

    def explorer(self) -> Policy:
        return self.exploration.policy(greedy=True)

    def condition(self, explorations: Episodes) -> Tensor:
        """Z' [B, Z]."""
        return self.adapt(self.samples(explorations)).detach()

    def executor(self) -> Policy:
        return self.execution.policy(greedy=True)

    def parts(self) -> Mapping[str, Any]:
        return {"model": self.model, "exploration": self.exploration, "execution": self.execution}


@frozen(eq=False)
class Samples:
    """Steps of episodes for the model."""

    acted: Tensor  # [B, T, S + A] state and action
    returns: Tensor  # [B, T] over the next N steps
    mask: Tensor  # [B, T]

    @property
    def share(self) -> Tensor:
        """1 / T for each step that was played [B, T]."""
        return self.mask / self.mask.sum(1, keepdim=True).clamp(min=1)

    def rows(self, rows: Tensor) -> Samples:
        """Some of the rows."""
        return Samples(self.acted[rows], self.returns[rows], self.mask[rows])


def n_step_returns(episodes: Episodes, ahead: int, discount: float) -> NDArray[np.float32]:
    """R_t^N = sum_{k < N} discount^k r_t+k within the episode [B, T]; 0 where no step was played."""
    reward = np.where(episodes.mask, episodes.reward, 0)
    steps = reward.shape[1]
    returns = np.zeros_like(reward)
    for k in range(min(ahead, steps)):
        same = episodes.episode[:, k:steps] == episodes.episode[:, : steps - k]
        returns[:, : steps - k] += discount**k * np.where(same, reward[:, k:], 0)
    return np.where(episodes.mask, returns, 0).astype(np.float32)
