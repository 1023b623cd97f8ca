"""PEARL: posterior sampling with a posterior that is learned (Rakelly et al. 2019).

Every step of a task is a piece of evidence c_n = (s, a, r, s') about it, in whatever order they came:

    q(z | c) = prod_n N(z; mean_n, variance_n),    (mean_n, variance_n) = an MLP of c_n;     q(z | nothing) = N(0, I)

At the start of each episode z is drawn from q given all episodes before, and the episode is played by pi(a | s, z).
Actor and critic are soft actor-critic, off-policy, on all trials of a task; the context is of its most recent ones,

    min_{Q, q}  E_{z ~ q(. | c)} [ (Q(s, z, a) - y)^2 ] + kl KL( q(z | c) || N(0, I) )

and the encoder is trained by these two terms alone: the critic's error and the divergence.

With `--set posterior=false` every z is drawn from N(0, I): the ablation, for which exploring is in vain.

What differs from the authors' code: actions are discrete, so the policy that an actor would be fitted to is computed
from the critics (`learning/soft_q.py`); the context always holds the next observation (an option there), since where
rewards are hidden nothing else tells tasks apart; evidence from executions trains the critics only, and at test time
the greedy action is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from .. import random
from ..learning.belief import divergence, from_natural, gaussian_sample, natural, normal
from ..learning.inputs import Inputs
from ..learning.learner import TrialLearner
from ..learning.networks import Feedforward
from ..learning.optimisation import Optimiser
from ..learning.options import from_problem
from ..learning.prediction import Transitions
from ..learning.replay import Replay
from ..learning.soft_q import SoftPolicy, SoftQ, SoftQOptions
from ..learning.trials import REPLAYING, Trials
from ..records import Problem, Task
from ..simulation.episodes import Episodes, follow
from ..simulation.policy import Policy, Seen


@frozen(kw_only=True)
class PearlOptions:
    """Settings of PEARL."""

    batch: int = 512
    hidden: int = 64
    z: int = 5
    kl: float = 0.001  # weight of the divergence, in squared return per nat
    posterior: bool = True
    temperature: float = 0.05  # alpha
    updates: int = 8  # for each iteration
    trials: int = 64  # that each learns from
    megabytes: float = 64  # bound of the replay
    learning_rate: float = 3e-3
    discount: float = 0.99


class Pearl(TrialLearner):
    """The context encoder q, and the critics that play on what it says."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.options = problem, from_problem(PearlOptions, problem)
        o = self.options
        torch.manual_seed(random.key(problem.seed, 0) >> 1)
        self.inputs = Inputs(problem.environment)
        self.trials = Trials(problem, problem.batch or o.batch)
        self.q = Feedforward(Transitions.size(self.inputs), 2 * o.z, hidden=o.hidden, zero_head=True)
        soft = SoftQOptions(hidden=o.hidden, discount=o.discount, temperature=o.temperature)
        self.soft = SoftQ(self.inputs, soft, z=o.z).to(problem.device)
        self.q.to(problem.device)
        self.optimiser = Optimiser([self.q, self.soft.critics], o.learning_rate, clip=1.0)
        self.replay = Replay(o.megabytes)

    def iterate(self) -> Mapping[str, float]:
        o, progress = self.options, self.steps / self.problem.steps
        tasks, seeds = self.trials.draw(self.iterations)
        policy = self.policy()
        exploration = self.trials.explore(policy, tasks, seeds)
        execution = self.trials.execute(policy, tasks, seeds, self.condition(exploration))
        trial, which = follow(exploration, execution), numbers(tasks)
        if not self.optimiser.steps:
            x = self.inputs.of_episodes(trial)[torch.from_numpy(trial.valid)].to(self.problem.device)
            self.soft.standardise_by(x, self.inputs.measured)
        self.replay.add(trial, which[:, None])

        rng = np.random.default_rng(random.key(self.problem.seed, REPLAYING, self.iterations))
        measured = []
        for _ in range(o.updates):
            rows = rng.permutation(len(tasks))
            rows = rows[rows >= len(tasks) - self.replay.capacity][: o.trials]  # those that are kept
            played, _ = self.replay.sample_like(rng, which[rows])
            belief = from_natural(self.evidence(exploration.rows(rows)))
            noise = torch.from_numpy(rng.normal(size=(len(rows), o.z)).astype(np.float32)).to(belief.device)
            error, nats = self.losses(played, belief, noise)
            self.optimiser.step(error + o.kl * nats, progress)
            self.soft.follow()
            measured.append((float(error.detach()), float(nats.detach())))

        self.iterations += 1
        self.steps = self.trials.taken
        error_, nats_ = np.mean(measured, 0).tolist()
        return {
            "execution/return": float(execution.returns.mean()),
            "critic/error": error_,
            "posterior/nats": nats_,
        }

    def losses(self, played: Episodes, belief: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """The critics' error on trials of the same tasks, and how far the beliefs [b, 2Z] are from the prior."""
        device = self.problem.device
        x = self.inputs.of_episodes(played).to(device)
        action = torch.from_numpy(np.maximum(played.action, 0)).to(device)
        reward, terminated, mask = (
            torch.from_numpy(a).to(device) for a in (played.reward, played.terminated, played.mask)
        )
        z = gaussian_sample(belief, noise)
        return self.soft.loss(x, action, reward, terminated, mask, z), divergence(belief).mean()

    def evidence(self, explorations: Episodes) -> Tensor:
        """The sum of what every step says [B, 2Z], in natural parameters."""
        x = self.inputs.of_episodes(explorations).to(self.problem.device)
        said = natural(self.q(Transitions.of(self.inputs, x).all))
        mask = torch.from_numpy(explorations.mask).to(self.problem.device)
        return (said * mask[..., None]).sum(1) * self.options.posterior

    def policy(self, *, greedy: bool = False) -> PosteriorPolicy:
        """Posterior sampling with the present networks."""
        return PosteriorPolicy(self.q, self.soft.policy(greedy=greedy), self.options.z, self.options.posterior)

    def explorer(self) -> Policy:
        return self.policy(greedy=True)

    @torch.no_grad()
    def condition(self, explorations: Episodes) -> Tensor:
        """The evidence of the explorations [B, 2Z]."""
        return self.evidence(explorations)

    def executor(self) -> Policy:
        return self.policy(greedy=True)

    def parts(self) -> Mapping[str, Any]:
        return {"q": self.q, "soft": self.soft, "optimiser": self.optimiser, "replay": self.replay}


@frozen(eq=False)
class _Memory:
    evidence: Tensor  # [B, 2Z] of all steps so far, in natural parameters
    z: Tensor  # [B, Z] drawn for this episode
    x: Tensor  # [B, F] what was seen last


class PosteriorPolicy(Policy):
    """Draws z at the start of each episode, given all steps before; it begins with the evidence of its condition."""

    def __init__(self, q: Feedforward, policy: SoftPolicy, z: int, posterior: bool) -> None:
        self.q, self.policy, self.size, self.posterior = q, policy, z, posterior

    def start(self, batch: int, condition: Tensor | None = None) -> _Memory:
        nothing = self.q.head.weight.new_zeros
        evidence = nothing(batch, 2 * self.size) if condition is None else condition
        return _Memory(evidence, nothing(batch, self.size), nothing(batch, self.policy.inputs.size))

    @torch.no_grad()
    def act(self, seen: Seen, memory: _Memory, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], _Memory]:
        inputs, device = self.policy.inputs, memory.z.device
        x = inputs.of_seen(seen).to(device)
        step = Transitions.of(inputs, torch.stack([memory.x, x], 1)).all[:, 0]
        happened = torch.from_numpy((seen.action >= 0) & self.posterior).to(device)[:, None]
        evidence = memory.evidence + natural(self.q(step)) * happened
        noise = torch.from_numpy(normal(uniform, self.size)).to(device)
        begins = torch.from_numpy(seen.new_episode).to(device)[:, None]
        z = torch.where(begins, gaussian_sample(from_natural(evidence), noise), memory.z)
        out, _ = self.policy.net.step(x, None, z)
        return self.policy.choose(out, seen, uniform), _Memory(evidence, z, x)


def numbers(tasks: Sequence[Task]) -> NDArray[np.int64]:
    """A number for each task by its key [B], by which trials of the same task are found."""
    known: dict[str, Any] = {task.key: None for task in tasks}
    for key in known:
        known[key] = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little", signed=True)
    return np.array([known[task.key] for task in tasks], np.int64)
