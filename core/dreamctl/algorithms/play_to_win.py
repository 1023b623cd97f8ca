"""play-to-win: an explorer that learned to score on correct programs, and plays every program like that.

It is the player of Play to Grade (Nie, Brunskill, Piech 2021): it never looks for faults, and finds those that show on
the way to a good score. What it learns is the environment's own reward, on training tasks in which no item is present:

    max  E[ sum_t gamma^t r_t ]

The paper learns by DQN; here it is the core's recurrent Q-learner (`learning/q_learning.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import torch
from attrs import frozen

from .. import random
from ..errors import UsageError
from ..learning.inputs import Inputs
from ..learning.learner import TrialLearner
from ..learning.options import from_problem
from ..learning.q_learning import QLearner, QOptions
from ..learning.trials import Trials, sample_tasks
from ..records import Problem, Task, TaskSet
from ..simulation.policy import Policy


@frozen(kw_only=True)
class WinOptions:
    """Settings of play-to-win."""

    batch: int = 128
    hidden: int = 64
    learning_rate: float = 1e-3
    discount: float = 0.99
    restless: float = 0.05  # epsilon at test time


class PlayToWin(TrialLearner):
    """Q-learning on the reward, one episode a trial."""

    def __init__(self, problem: Problem) -> None:
        self.options = o = from_problem(WinOptions, problem)
        torch.manual_seed(random.key(problem.seed, 0) >> 1)
        self.problem = attrs.evolve(problem, tasks=TaskSet(train=_correct(problem)))
        self.trials = Trials(self.problem, problem.batch or o.batch, episodes=1)
        options = QOptions(hidden=o.hidden, learning_rate=o.learning_rate, discount=o.discount)
        self.q = QLearner(Inputs(problem.environment), options, device=problem.device)

    def iterate(self) -> Mapping[str, float]:
        if not self.problem.tasks.train:
            raise UsageError("play-to-win learns on correct programs, and no training task is without any fault.")
        tasks, seeds = self.trials.draw(self.iterations)
        played = self.trials.explore(self.q.exploring(self.trials.batch), tasks, seeds)
        learned = self.q.learn(played, played.reward, progress=self.trials.taken / self.problem.steps)
        self.iterations += 1
        self.steps = self.trials.taken
        return {"exploration/return": float(played.returns.mean()), "exploration/loss": learned["loss"]}

    def explorer(self) -> Policy:
        return self.q.policy(self.options.restless)

    def parts(self) -> Mapping[str, Any]:
        return {"q": self.q}


def _correct(problem: Problem) -> list[Task]:
    """The training tasks in which no item is present."""
    assert problem.rubric is not None
    tasks = sample_tasks(problem)
    return [task for task, row in zip(tasks, problem.rubric.targets(tasks), strict=True) if (row == 0).all()]
