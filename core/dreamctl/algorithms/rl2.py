"""RL2: one recurrent network learns to explore and to exploit from reward alone (Duan et al. 2016, Wang et al. 2016).

    max  E[ sum over the whole trial of the rewards that count ],   a_t ~ pi(. | everything seen in this trial)

The hidden state is kept across the episodes of a trial and cleared between trials; an episode's end is an input, and
cuts neither the memory nor the return. Nothing tells exploration what to look for: it learns from the reward that
execution gets later, which is what makes it hard (Liu et al. 2021, section 3).

`--set learner=gradient` (the default; Duan et al. used TRPO, here PPO) or `learner=q` (as in the released DREAM code).
Rewards seen while exploring count too, unless `--set exploration_counts=false`, which is E-RL2 (Stadie et al. 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray

from .. import random
from ..learning.inputs import Inputs
from ..learning.learner import Learner, State, below, prefixed
from ..learning.options import from_problem
from ..learning.policy_gradient import PGLearner, PGOptions
from ..learning.q_learning import QLearner, QOptions
from ..learning.trials import Trials
from ..records import Problem
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


class Rl2(Learner):
    """One network for the whole trial; execution goes on from the memory that exploration left."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.options = problem, from_problem(Rl2Options, problem)
        o = self.options
        torch.manual_seed(random.key(problem.seed, 0) >> 1)
        self.inputs = Inputs(problem.environment)
        self.trials = Trials(problem, problem.batch or o.batch)
        self.learner: QLearner | PGLearner
        if o.learner == "q":
            settings = QOptions(hidden=o.hidden, learning_rate=o.learning_rate, discount=o.discount)
            self.learner = QLearner(self.inputs, settings, device=problem.device)
        else:
            pg = PGOptions(hidden=o.hidden, learning_rate=o.learning_rate, discount=o.discount)
            self.learner = PGLearner(self.inputs, pg, device=problem.device)
        self.iterations = self.steps = 0

    def iterate(self) -> Mapping[str, float]:
        tasks, seeds = self.trials.draw(self.iterations)
        policy = self._training_policy()
        exploration = self.trials.explore(policy, tasks, seeds)
        memory = self.condition(exploration)
        execution = self.trials.execute(Continuing(policy), tasks, seeds, memory)
        trial = follow(exploration, execution)
        counts = trial.executing[:, :-1] | self.options.exploration_counts
        learned = self.learner.learn(trial, trial.reward * counts, progress=self.steps / self.problem.steps)
        self.iterations += 1
        self.steps = self.trials.taken
        return {"execution/return": float(execution.returns.mean()), **{f"rl2/{k}": v for k, v in learned.items()}}

    def _training_policy(self) -> Policy:
        if isinstance(self.learner, QLearner):
            return self.learner.policy(self.learner.ladder(self.trials.batch))
        return self.learner.policy()

    def _greedy_policy(self) -> Policy:
        return self.learner.policy() if isinstance(self.learner, QLearner) else self.learner.policy(greedy=True)

    def explorer(self) -> Policy:
        return self._greedy_policy()

    @torch.no_grad()
    def condition(self, explorations: Episodes) -> Any:
        """The memory after the last observation of each exploration."""
        x = self.inputs.of_episodes(explorations).to(self.problem.device)
        return self.learner.net.remember(x, explorations)

    def executor(self) -> Policy:
        return Continuing(self._greedy_policy())

    def state(self) -> State:
        return {
            **prefixed("learner", self.learner.state()),
            "iterations": np.asarray(self.iterations),
            "steps": np.asarray(self.steps),
        }

    def load(self, state: State) -> None:
        self.learner.load(below("learner", state))
        self.iterations = int(state["iterations"])
        self.steps = self.trials.taken = int(state["steps"])


class Continuing(Policy):
    """A recurrent policy that starts from the memory it is conditioned on."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def start(self, batch: int, condition: Any = None) -> Any:
        fresh = self.policy.start(batch)
        return fresh if condition is None else (condition, *fresh[1:])

    def act(self, seen: Seen, memory: Any, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Any]:
        return self.policy.act(seen, memory, uniform)
