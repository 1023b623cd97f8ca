"""DreamGrader: DREAM for rubric answers (Liu, Stephan, Nie, Piech, Brunskill, Finn 2022).

The labels y take the place of DREAM's embedding z, there is no execution, and the answer is the decoder's own output:

    r_t = 1/L sum_l w_l [ log q(y_l | tau_:t+1) - log q(y_l | tau_:t) ] - c,    w_l = H(y_l)^-rare

with L the number of labels that vary; the others weigh nothing.

The decoder is a judge of prefixes, of the run's own kind if that is one. The explorer acts on its belief so far. It
learns by policy gradient over the environment's skills (`learning/skilled.py`), which finds the small advantages that
Q-learning misses in the noise of the reward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray

from .. import random
from ..learning.gain import entropy_weight, information_gain, label_log_likelihood
from ..learning.inputs import Inputs
from ..learning.learner import Judge, TrialLearner
from ..learning.options import from_problem
from ..learning.skilled import Journal, SkilledLearner, SkilledOptions
from ..learning.trials import NOISE, Trials, sample_tasks
from ..records import Problem, Task
from ..simulation.episodes import Episodes
from ..simulation.policy import Policy
from .running import RunningJudge


@frozen(kw_only=True)
class GraderOptions:
    """Settings of DREAM for grading."""

    batch: int = 160
    hidden: int = 128
    hold: int = 10  # steps that a skill is held at most
    episodes: int = 1  # exploration episodes of a training trial, at most; more may follow at test time
    cost: float = 0.0  # c, in nats a label and step
    rare: float = 0.0  # how much more rare labels count
    warmup: float = 0.05  # share of the budget in which only the decoder learns, from skills drawn at random
    learning_rate: float = 1e-3
    discount: float = 0.99
    lambda_: float = 0.95
    minibatches: int = 4
    entropy: float = 0.01
    epochs: int = 4


class DreamGrader(TrialLearner):
    """DREAM for rubric answers: the explorer earns information about the labels."""

    Options: type[Any] = GraderOptions

    def __init__(self, problem: Problem) -> None:
        assert problem.rubric is not None
        self.problem, self.options = problem, from_problem(self.Options, problem)
        o = self.options
        torch.manual_seed(random.key(problem.seed, 0) >> 1)
        episodes = min(o.episodes, problem.environment.exploration_episodes)
        self.trials = Trials(problem, problem.batch or o.batch, episodes)
        self.q: Judge = problem.judge or RunningJudge(attrs.evolve(problem, options={}))
        names = [f.name for f in attrs.fields(SkilledOptions) if hasattr(o, f.name)]
        self.exploration = SkilledLearner(
            Inputs(problem.environment),
            SkilledOptions(**{name: getattr(o, name) for name in names}),
            follower=self.q.follower(),
            items=len(problem.rubric.items),
            device=problem.device,
        )
        known = sample_tasks(problem)
        targets = problem.rubric.targets(known)
        self.truth = {task.key: row for task, row in zip(known, targets, strict=True)}
        self.weight = entropy_weight(targets) ** o.rare

    def iterate(self) -> Mapping[str, float]:
        o, n = self.options, self.iterations
        progress = self.steps / self.problem.steps
        tasks, seeds = self.trials.draw(n)
        y = self._targets(tasks)

        journal = Journal()
        tau = self.trials.explore(self.exploration.policy(journal), tasks, seeds)
        journal.close(tau.valid.shape[1], self.exploration.follower)
        probability = journal.belief if self.exploration.follower else self.q.predict(tau)
        log_q = self.worth(probability, y)
        decoded = self.q.learn(tau, y)
        explored: Mapping[str, float] = {}
        if progress >= o.warmup:
            torch.manual_seed(random.key(self.problem.seed, NOISE, n) >> 1)  # of the minibatches
            explored = self.exploration.learn(tau, self.reward(log_q, tau), journal, progress)

        self.iterations += 1
        self.steps = self.trials.taken
        return {
            "exploration/gain": float(information_gain(log_q, tau).sum(1).mean()),
            "exploration/loss": explored.get("loss", float("nan")),
            **{f"decoder/{name}": value for name, value in decoded.items()},
        }

    def worth(self, probability: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
        """What beliefs [B, T+1, L] about labels y [B, L] are worth: 1/L sum_l w_l log q(y_l), [B, T+1]."""
        return label_log_likelihood(probability, y, self.weight / max(1, int(np.count_nonzero(self.weight))))

    def reward(self, log_q: NDArray[np.float32], tau: Episodes) -> NDArray[np.float32]:
        """The explorer's reward [B, T]: information gain about the labels."""
        return information_gain(log_q, tau, self.options.cost)

    def _targets(self, tasks: Sequence[Task]) -> NDArray[np.float32]:
        """The labels y [B, L]; those of listed tasks were looked up once, as it takes long."""
        assert self.problem.rubric is not None
        if all(task.key in self.truth for task in tasks):
            return np.stack([self.truth[task.key] for task in tasks])
        return self.problem.rubric.targets(tasks)

    def explorer(self) -> Policy:
        return self.exploration.policy()

    def parts(self) -> Mapping[str, Any]:
        return {"exploration": self.exploration, "q": self.q}
