"""RL2: one recurrent network learns to explore and to exploit from reward alone (Duan et al. 2016, Wang et al. 2016).

    max  E[ sum over the whole trial of the rewards that count ],   a_t ~ pi(. | everything seen in this trial)

The hidden state is kept across the episodes of a trial and cleared between trials; an episode's end is an input, and
cuts neither the memory nor the return. Nothing tells exploration what to look for: it learns from the reward that
execution gets later, which is what makes it hard (Liu et al. 2021, section 3).

`--set learner=gradient` (the default; Duan et al. used TRPO, here PPO) or `learner=q` (as in the released DREAM code).
Rewards of the exploration count too, unless `--set exploration_counts=false`, which is E-RL2 (`e_rl2.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray

from .. import random
from ..learning.acting import RecurrentPolicy
from ..learning.inputs import Inputs
from ..learning.learner import TrialLearner
from ..learning.options import from_problem
from ..learning.policy_gradient import PGLearner, PGOptions
from ..learning.q_learning import QLearner, QOptions
from ..learning.trials import Trials
from ..records import Problem, Task
from ..simulation.episodes import Episodes, follow
from ..simulation.policy import Policy, Seen


@frozen(kw_only=True)
class Rl2Options:
    """Settings of RL2."""

    learner: Literal["gradient", "q"] = "gradient"
    exploration_counts: bool = True
    batch: int = 512
    hidden: int = 32
    learning_rate: float = 3e-3
    discount: float = 0.99
    q_lambda: float = 0.5  # of Q-learning's returns, which rows that act at random would else pull down


class Rl2(TrialLearner):
    """One network for the whole trial; execution goes on from the memory that exploration left."""

    Options: type[Any] = Rl2Options

    def __init__(self, problem: Problem) -> None:
        self.problem, self.options = problem, from_problem(self.Options, problem)
        torch.manual_seed(random.key(problem.seed, 0) >> 1)
        self.inputs = Inputs(problem.environment)
        self.trials = Trials(problem, problem.batch or self.options.batch)
        self.learner = self.build()

    def build(self) -> QLearner | PGLearner:
        """What learns to act."""
        return self.acting()

    def acting(self, **parts: Any) -> QLearner | PGLearner:
        """A learner of the chosen kind, made of these parts."""
        o = self.options
        settings = {"hidden": o.hidden, "learning_rate": o.learning_rate, "discount": o.discount}
        if o.learner == "q":
            return QLearner(self.inputs, QOptions(**settings, lambda_=o.q_lambda), device=self.problem.device, **parts)
        return PGLearner(self.inputs, PGOptions(**settings), device=self.problem.device, **parts)

    def iterate(self) -> Mapping[str, float]:
        tasks, seeds = self.trials.draw(self.iterations)
        trial = self.play(tasks, seeds)
        counts = trial.executing[:, :-1] | self.options.exploration_counts
        learned = self.learn(trial, trial.reward * counts, tasks, progress=self.steps / self.problem.steps)
        self.iterations += 1
        self.steps = self.trials.taken
        returns = (trial.reward * (trial.executing[:, :-1] & trial.mask)).sum(1)
        return {"execution/return": float(returns.mean()), **learned}

    def play(self, tasks: Sequence[Task], seeds: NDArray[np.uint64]) -> Episodes:
        """Whole trials: exploration, and execution from the memory that it left."""
        policy = self.policy()
        exploration = self.trials.explore(policy, tasks, seeds)
        execution = self.trials.execute(Continuing(policy), tasks, seeds, self.condition(exploration))
        return follow(exploration, execution)

    def learn(
        self, trial: Episodes, reward: NDArray[np.float32], tasks: Sequence[Task], progress: float
    ) -> Mapping[str, float]:
        """Learn from whole trials, with the rewards [B, T] that count."""
        learned = self.learner.learn(trial, reward, progress=progress)
        return {f"rl2/{name}": value for name, value in learned.items()}

    def policy(self, *, greedy: bool = False) -> Policy:
        """The present policy, as it plays in training, or greedy."""
        return self.acting_policy(greedy=greedy)

    def acting_policy(self, *, greedy: bool) -> RecurrentPolicy:
        """The learner's own policy."""
        if isinstance(self.learner, QLearner):
            return self.learner.policy() if greedy else self.learner.exploring(self.trials.batch)
        return self.learner.policy(greedy=greedy)

    def explorer(self) -> Policy:
        return self.policy(greedy=True)

    @torch.no_grad()
    def condition(self, explorations: Episodes) -> Any:
        """The memory after the last observation of each exploration."""
        x = self.inputs.of_episodes(explorations).to(self.problem.device)
        return self.learner.net.remember(x, explorations)

    def executor(self) -> Policy:
        return Continuing(self.policy(greedy=True))

    def parts(self) -> Mapping[str, Any]:
        return {"learner": self.learner}


class Continuing(Policy):
    """A policy with a memory that starts from the one it is conditioned on."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def start(self, batch: int, condition: Any = None) -> Any:
        fresh = self.policy.start(batch)
        return fresh if condition is None else (condition, *fresh[1:])

    def act(self, seen: Seen, memory: Any, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Any]:
        return self.policy.act(seen, memory, uniform)
