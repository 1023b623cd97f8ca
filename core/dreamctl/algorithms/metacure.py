"""MetaCURE: explore where knowing the task would have helped to predict (Zhang et al. 2021).

A context encoder keeps a belief q(z | tau_:t) about the task; a predictor says on a sample of it what a step will lead
to, and so does one that is told the task's identity kappa:

    l_t       = -log p(r_t, s_t+1 | s_t, a_t, z),       z ~ q(. | tau_:t), the belief *before* the step
    l_t^kappa = -log p(r_t, s_t+1 | s_t, a_t, kappa)
    explorer's reward   r_t + w (l_t - l_t^kappa)

The difference is what the step tells about the task: what nobody can predict cancels. Summed over a trial it stands for
I(tau; kappa), though by Gaussians of fixed width it is not that number of nats. Unlike DREAM's reward it counts
whatever depends on the task, of use or not: each distractor is looked at. The explorer acts on the belief (mean and
variance), the executor on z, drawn anew for each trial in training and the mean at test time. With `--set intrinsic=0`
the explorer has the task's reward alone: the ablation.

The encoder minimises l_t, what the last belief of an exploration leaves unpredicted of the execution, and kl KL(q ||
N(0, I)) of every belief; the policies' gradients do not reach it.

The full text of the paper was not at hand: this follows its abstract and what is known of the released code (two
policies over one context encoder, this reward, kl = 0.001; w = 0.2 before rewards are scaled by 100, here w = 1). There
both policies are learned by SAC from replay; here by the Q-learner that DREAM has, from fresh trials. What of the
encoder's gradient comes from the critics there is not known to us.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from .. import random
from ..learning.belief import BelievingPolicy, divergence, gaussian_sample
from ..learning.embedding import TaskEncoder, identifier_sizes, identifiers
from ..learning.inputs import Inputs
from ..learning.learner import TrialLearner
from ..learning.networks import Feedforward, Recurrent
from ..learning.optimisation import Optimiser, dealt
from ..learning.options import from_problem
from ..learning.prediction import Predictor, Transitions
from ..learning.q_learning import QLearner, QOptions
from ..learning.trials import NOISE, Trials
from ..records import Problem
from ..simulation.episodes import Episodes
from ..simulation.policy import Policy
from .dream import GREEDY, mean_of


@frozen(kw_only=True)
class MetacureOptions:
    """Settings of MetaCURE."""

    batch: int = 512
    hidden: int = 32
    z: int = 8
    intrinsic: float = 1.0  # w
    kl: float = 0.001  # weight of the divergence
    rewards: float = 1.0  # weight of predicting rewards
    states: float = 1.0  # weight of predicting states
    minibatches: int = 6  # of the belief and the predictors, which lag behind with fewer
    warmup: float = 0.1  # share of the budget in which exploration is random and only the rest learns
    learning_rate: float = 3e-3
    discount: float = 0.99


class Metacure(TrialLearner):
    """Belief, the two predictors, explorer and executor."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.options = problem, from_problem(MetacureOptions, problem)
        o, device = self.options, problem.device
        torch.manual_seed(random.key(problem.seed, 0) >> 1)
        self.inputs = Inputs(problem.environment)
        self.trials = Trials(problem, problem.batch or o.batch)
        self.q = Recurrent(self.inputs.size, 2 * o.z, hidden=o.hidden, zero_head=True).to(device)
        self.p = Predictor(self.inputs, o.z, o.hidden).to(device)
        self.f = TaskEncoder(identifier_sizes(problem, "MetaCURE"), o.z).to(device)  # kappa, for its predictor
        self.p_kappa = Predictor(self.inputs, o.z, o.hidden).to(device)
        self.optimiser = Optimiser([self.q, self.p, self.f, self.p_kappa], o.learning_rate, clip=1.0)
        options = QOptions(hidden=o.hidden, learning_rate=o.learning_rate, discount=o.discount)
        self.exploration = QLearner(self.inputs, options, network=Feedforward, condition=2 * o.z, device=device)
        self.execution = QLearner(self.inputs, options, condition=o.z, device=device)

    def iterate(self) -> Mapping[str, float]:
        o, n = self.options, self.iterations
        progress = self.steps / self.problem.steps
        tasks, seeds = self.trials.draw(n)
        kappa = identifiers(tasks).to(self.problem.device)
        rng = np.random.default_rng(random.key(self.problem.seed, NOISE, n))

        batch, ladder = self.trials.batch, self.exploration.ladder(self.trials.batch)
        warming_up = progress < o.warmup
        noisy = self.exploration.policy(1.0) if warming_up else self.exploration.exploring(batch)
        policy = BelievingPolicy(self.q, noisy)
        tau = self.trials.explore(policy, tasks, seeds)
        x = self.inputs.of_episodes(tau).to(self.problem.device)
        if not self.optimiser.steps:
            self.q.standardise_by(x[torch.from_numpy(tau.valid)], self.inputs.measured)
        noise = torch.from_numpy(rng.normal(size=(*x.shape[:2], o.z)).astype(np.float32)).to(x.device)
        with torch.no_grad():  # before any update, so that reward and behaviour belong together
            belief = self.q(x)
            before, known = self.nats(Transitions.of(self.inputs, x), gaussian_sample(belief, noise)[:, :-1], kappa)
        z = gaussian_sample(last(belief, tau), last(noise, tau))
        execution = self.trials.execute(self.execution.exploring(batch), tasks, seeds, z)

        executed = self.execution.learn(execution, execution.reward, condition=lambda rows: z[rows], progress=progress)
        predicted = self.predict(tau, execution, kappa, noise, progress)
        explored: Mapping[str, float] = {}
        curious = curiosity(before, known, tau)
        if not warming_up:
            reward = tau.reward + np.float32(o.intrinsic) * curious
            explored = self.exploration.learn(tau, reward, condition=lambda rows: belief[rows], progress=progress)

        self.iterations += 1
        self.steps = self.trials.taken
        greedy = ladder < GREEDY
        return {
            "execution/return": mean_of(execution.returns, greedy),
            "execution/loss": executed["loss"],
            "exploration/curiosity": mean_of(curious.sum(1), greedy | warming_up),
            "exploration/loss": explored.get("loss", float("nan")),
            "belief/nats": predicted,
        }

    def nats(self, steps: Transitions, z: Tensor, kappa: Tensor) -> tuple[Tensor, Tensor]:
        """What the belief's sample [B, T, Z] and what the task's identity leaves unpredicted of each step: [B, T]."""
        weights = {"rewards": self.options.rewards, "states": self.options.states}
        return self.p.nats(steps, z, **weights), self.p_kappa.nats(steps, self.f(kappa), **weights)

    def predict(self, tau: Episodes, execution: Episodes, kappa: Tensor, noise: Tensor, progress: float) -> float:
        """Learn belief and predictors from both parts of the trials; nats a step of the belief."""
        losses = []
        for part in dealt(len(tau), self.options.minibatches):
            seen, asked = tau.rows(part), execution.rows(part)
            predicted, informed, nats = self.losses(seen, asked, kappa[part], noise[part])
            self.optimiser.step(predicted + informed + self.options.kl * nats, progress)
            losses.append(float(predicted.detach()))
        return float(np.mean(losses))

    def losses(self, tau: Episodes, execution: Episodes, kappa: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Nats a step of the belief's predictor and of the other, and the beliefs' mean divergence from the prior."""
        x, x_2 = (self.inputs.of_episodes(e).to(noise.device) for e in (tau, execution))
        belief = self.q(x)
        z = gaussian_sample(belief, noise)
        exploring = self.nats(Transitions.of(self.inputs, x), z[:, :-1], kappa)
        executing = self.nats(Transitions.of(self.inputs, x_2), last(z, tau)[:, None], kappa)
        mask, mask_2, valid = (torch.from_numpy(a).to(x.device) for a in (tau.mask, execution.mask, tau.valid))
        steps = mask.sum() + mask_2.sum()
        predicted, informed = (
            ((one * mask).sum() + (two * mask_2).sum()) / steps for one, two in zip(exploring, executing, strict=True)
        )
        return predicted, informed, (divergence(belief) * valid).sum() / valid.sum()

    def explorer(self) -> Policy:
        return BelievingPolicy(self.q, self.exploration.policy())

    @torch.no_grad()
    def condition(self, explorations: Episodes) -> Tensor:
        """The mean of the last belief [B, Z]."""
        belief = self.q(self.inputs.of_episodes(explorations).to(self.problem.device))
        return last(belief, explorations).chunk(2, -1)[0]

    def executor(self) -> Policy:
        return self.execution.policy()

    def parts(self) -> Mapping[str, Any]:
        believing = {"q": self.q, "p": self.p, "f": self.f, "p_kappa": self.p_kappa, "optimiser": self.optimiser}
        return {**believing, "exploration": self.exploration, "execution": self.execution}


def curiosity(believed: Tensor, informed: Tensor, tau: Episodes) -> NDArray[np.float32]:
    """l_t - l_t^kappa of every step that was played, 0 elsewhere [B, T]."""
    return np.where(tau.mask, (believed - informed).cpu().numpy(), np.float32(0))


def last(values: Tensor, episodes: Episodes) -> Tensor:
    """Values [B, T+1, ...] at each row's last observation [B, ...]."""
    at = torch.from_numpy(episodes.valid.sum(1) - 1)
    return values[torch.arange(len(at)), at]
